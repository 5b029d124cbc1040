"""Helpers for arrays and groups."""

from hypothesis import given
from hypothesis import strategies as st

from dedup.arrays import DisjointSets, covered


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)).map(sorted).map(tuple)))
def test_the_union_of_intervals_counts_each_place_once(spans: list[tuple[int, int]]) -> None:
    assert covered(spans) == len({place for start, end in spans for place in range(start, end)})


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9))))
def test_joined_numbers_are_in_one_group_which_its_first_number_stands_for(pairs: list[tuple[int, int]]) -> None:
    sets, groups = DisjointSets(10), {n: {n} for n in range(10)}
    for one, other in pairs:
        apart = groups[one] is not groups[other]
        assert sets.join(one, other) == apart
        both = groups[one] | groups[other]
        groups |= dict.fromkeys(both, both)
    assert [sets.find(n) for n in range(10)] == [min(groups[n]) for n in range(10)]
