"""Helpers for arrays do what their slow versions do."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dedup.arrays import DisjointSets, Layout, among, components, covered, distinct
from dedup.text.paragraphs import layout


@given(st.lists(st.text("ab. \n"), max_size=4))
def test_a_layout_is_that_of_the_paragraphs_of_its_texts(texts: list[str]) -> None:
    whole = layout(texts)
    again = Layout.of([whole.of_text(number) for number in range(len(texts))])
    for name in ("offsets", "starts", "ends", "roles"):
        one, other = getattr(whole, name), getattr(again, name)
        assert one.dtype == other.dtype
        assert one.tolist() == other.tolist()


@given(st.lists(st.integers(0, 50)))
def test_distinct_values_are_those_of_numpy(values: list[int]) -> None:
    array = np.array(values, np.uint64)
    found = distinct(array)
    assert found.dtype == array.dtype
    assert found.tolist() == np.unique(array).tolist()


@given(st.lists(st.integers(0, 9)), st.lists(st.integers(0, 9)))
def test_values_are_among_others_as_numpy_says(values: list[int], others: list[int]) -> None:
    one, other = np.array(values, np.int64), np.array(others, np.int64)
    assert among(one, other).tolist() == np.isin(one, other).tolist()


@given(st.integers(1, 30).flatmap(lambda n: st.tuples(st.just(n), st.lists(st.tuples(*[st.integers(0, n - 1)] * 2)))))
def test_a_component_is_what_walking_along_the_pairs_reaches(graph: tuple[int, list[tuple[int, int]]]) -> None:
    count, pairs = graph
    near: dict[int, set[int]] = {n: {n} for n in range(count)}
    for a, b in pairs:
        near[a].add(b)
        near[b].add(a)
    expected = []
    for n in range(count):
        reached, fresh = {n}, {n}
        while fresh:
            fresh = {other for m in fresh for other in near[m]} - reached
            reached |= fresh
        expected.append(min(reached))
    found = components(count, np.array(pairs, np.uint32).reshape(-1, 2))
    assert found.dtype == np.int64
    assert found.tolist() == expected


def test_a_long_chain_is_one_component_in_whatever_order_its_pairs_come() -> None:
    order = np.random.RandomState(1).permutation(5000)
    assert set(components(5000, np.column_stack([order[1:], order[:-1]])).tolist()) == {0}


def test_nothing_has_no_components() -> None:
    assert components(0, np.zeros((0, 2), np.int64)).tolist() == []


@given(st.lists(st.tuples(st.integers(-20, 20), st.integers(-20, 20))))
def test_what_intervals_cover_is_counted_once(spans: list[tuple[int, int]]) -> None:
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
