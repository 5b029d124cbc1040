"""Stage 5, second part: not all pairs of a dense group are compared, and no shared place is lost."""

import random
from collections import defaultdict

import numpy as np
import numpy.typing as npt
import oracles
from hypothesis import given, settings
from hypothesis import strategies as st

import dedup
from dedup.candidates import dense

TEXTS = 9
Row = tuple[int, int, int, int]
rows = st.tuples(st.integers(0, TEXTS - 1), st.integers(0, TEXTS - 1), st.integers(0, 3), st.integers(0, 3))
found = st.lists(rows.filter(lambda row: row[0] < row[1]), max_size=120).map(lambda own: sorted(set(own)))


def windows(found: list[Row]) -> npt.NDArray[np.uint32]:
    return np.array([(a, b, i, i + 5, j, j + 5) for a, b, i, j in found], np.uint32).reshape(-1, 6)


def thinned(found: list[Row], rank: list[int], neighbours: int, partners: int) -> tuple[set[Row], list[bool]]:
    group = dense.dense_documents(windows(found), TEXTS, neighbours)
    left = dense.thinned(windows(found), group, np.array(rank, np.uint32), partners).tolist()
    assert left == sorted(left)
    return {(a, b, i, j) for a, b, i, _, j, _ in left}, group.tolist()


@settings(max_examples=300)
@given(found, st.permutations(range(TEXTS)), st.integers(1, 5), st.integers(0, 3))
def test_each_is_compared_with_the_first_the_most_alike_and_one_that_has_each_of_its_places(
    found: list[Row], rank: list[int], neighbours: int, partners: int
) -> None:
    left, group = thinned(found, rank, neighbours, partners)
    assert group == oracles.dense_documents([(a, b) for a, b, _, _ in found], TEXTS, neighbours)
    # All windows of a pair are kept, or none.
    kept = {(a, b) for a, b, _, _ in left}
    assert left == {row for row in found if row[:2] in kept}
    counts: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for a, b, _, _ in found:
        assert (a, b) in kept or (group[a] and group[b])
        counts[a][b] += 1
        counts[b][a] += 1
    for text, own in counts.items():
        others = [other for other in own if group[text] and group[other]]
        nearest = sorted(others, key=lambda other: (-own[other], rank[other]))[:partners]
        for other in [*nearest, *([min(others, key=rank.__getitem__)] if others else [])]:
            assert (min(text, other), max(text, other)) in kept

    def places(rows: set[Row]) -> set[tuple[int, int]]:
        return {(a, i) for a, _, i, _ in rows} | {(b, j) for _, b, _, j in rows}

    assert places(left) == places(set(found))


def edited(copies: int) -> list[dedup.Document]:
    """Copies of one text, each with some words replaced."""
    draw = random.Random(copies)
    words = [f"w{n}" for n in range(120)]
    made = [[word if draw.random() < 0.7 else f"x{n}{word}" for word in words] for n in range(copies)]
    return [dedup.Document(f"d{n:04}", " ".join(own)) for n, own in enumerate(made)]


def test_edited_copies_are_reported_in_pairs_that_grow_as_they_do() -> None:
    few, many = (dedup.scan(edited(size)) for size in (400, 800))
    assert len(many.matches) < 2.5 * len(few.matches)
    assert np.median(list(many.shared.values())) > 0.9
