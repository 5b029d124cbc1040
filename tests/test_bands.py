"""Stage 4: candidates from signatures."""

import numpy as np
import numpy.typing as npt
import oracles
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dedup
from dedup.hashing import bands


@st.composite
def signed(draw: st.DrawFn) -> npt.NDArray[np.uint32]:
    rows = draw(st.integers(0, 12))
    cells = draw(st.lists(st.integers(0, 2), min_size=rows * 8, max_size=rows * 8))
    return np.array(cells, dtype=np.uint32).reshape(rows, 8)


@given(signed(), st.sampled_from([(1, 1), (2, 2), (4, 2), (2, 4), (8, 1)]))
def test_candidates_are_the_rows_that_agree_in_a_band(signatures: npt.NDArray[np.uint32], shape: tuple[int, int]) -> None:
    found = bands.agreeing_pairs(signatures, *shape, all_pairs=100).tolist()
    assert {(i, j) for i, j in found} == oracles.agreeing_bands(signatures, *shape)
    assert found == sorted(found)


@given(signed(), st.integers(2, 5))
def test_a_large_bucket_stays_linear_and_keeps_its_members_connected(
    signatures: npt.NDArray[np.uint32], all_pairs: int
) -> None:
    found = {(i, j) for i, j in bands.agreeing_pairs(signatures, 1, 8, all_pairs=all_pairs).tolist()}
    every = oracles.agreeing_bands(signatures, 1, 8)
    assert found <= every
    for i, j in every:
        first = min(k for k in range(len(signatures)) if (signatures[k] == signatures[i]).all())
        assert (first, j) in found
        assert first == i or (first, i) in found
    assert len(found) <= len(signatures) * all_pairs


def test_bands_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        bands.agreeing_pairs(np.zeros((2, 8), np.uint32), 3, 3, all_pairs=10)


@given(st.floats(0.05, 1), st.floats(1e-6, 0.5), st.integers(1, 256))
def test_bands_keep_their_promise_where_any_can(threshold: float, missed_at: float, slots: int) -> None:
    count, rows = bands.bands_for(threshold, missed_at, slots)
    assert 1 <= count * rows <= slots
    missed = (1 - threshold**rows) ** count
    assert missed <= missed_at or (count, rows) == (slots, 1)


words = st.lists(st.sampled_from("abcd"), max_size=30).map(" ".join)


@settings(max_examples=60)
@given(st.lists(words, max_size=8), st.sampled_from([0.3, 0.7, 1.0]))
def test_near_duplicates_are_the_pairs_that_brute_force_finds(texts: list[str], threshold: float) -> None:
    pairs, similarity = dedup.near_duplicates(texts, threshold, missed_at=1e-9, shingle=2, num_perm=256)
    found = {(i, j): s for (i, j), s in zip(pairs.tolist(), similarity.tolist(), strict=True)}
    expected = {
        (i, j): s
        for i in range(len(texts))
        for j in range(i + 1, len(texts))
        if (s := dedup.jaccard(texts[i], texts[j], shingle=2)) >= threshold
    }
    # No more is ever returned; a little may be missed, with a chance that was asked for.
    assert found.items() <= expected.items()
    assert {pair for pair, s in expected.items() if s > 0.9} <= found.keys()


def test_texts_without_words_are_like_nothing() -> None:
    pairs, similarity = dedup.near_duplicates(["", "…", "", "one two"])
    assert pairs.shape == (0, 2)
    assert similarity.shape == (0,)
    assert dedup.near_duplicates([])[0].shape == (0, 2)


def test_near_duplicates_come_of_any_iterable_but_not_of_one_text() -> None:
    texts = ["one two three four five six"] * 2
    assert dedup.near_duplicates(iter(texts))[0].tolist() == [[0, 1]]
    with pytest.raises(dedup.UsageError):
        dedup.near_duplicates("one text")


@pytest.mark.parametrize("arguments", [{"threshold": 0}, {"threshold": 1.5}, {"missed_at": 0}, {"num_perm": 0}])
def test_an_impossible_goal_is_refused(arguments: dict[str, float]) -> None:
    with pytest.raises(dedup.UsageError):
        dedup.near_duplicates(["a", "b"], **arguments)  # type: ignore[arg-type] # one of several
