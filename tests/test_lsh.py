"""Stage 4: candidates from signatures."""

import numpy as np
import numpy.typing as npt
import oracles
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup import lsh


@st.composite
def signed(draw: st.DrawFn) -> npt.NDArray[np.uint32]:
    rows = draw(st.integers(0, 12))
    cells = draw(st.lists(st.integers(0, 2), min_size=rows * 8, max_size=rows * 8))
    return np.array(cells, dtype=np.uint32).reshape(rows, 8)


@given(signed(), st.sampled_from([(1, 1), (2, 2), (4, 2), (2, 4), (8, 1)]))
def test_candidates_are_the_rows_that_agree_in_a_band(signatures: npt.NDArray[np.uint32], shape: tuple[int, int]) -> None:
    found = lsh.candidates(signatures, *shape, full=100).tolist()
    assert {(i, j) for i, j in found} == oracles.agreeing_bands(signatures, *shape)
    assert found == sorted(found)


@given(signed(), st.integers(2, 5))
def test_a_large_bucket_stays_linear_and_keeps_its_members_connected(signatures: npt.NDArray[np.uint32], full: int) -> None:
    found = {(i, j) for i, j in lsh.candidates(signatures, 1, 8, full=full).tolist()}
    every = oracles.agreeing_bands(signatures, 1, 8)
    assert found <= every
    for i, j in every:
        first = min(k for k in range(len(signatures)) if (signatures[k] == signatures[i]).all())
        assert (first, j) in found
        assert first == i or (first, i) in found
    assert len(found) <= len(signatures) * full


def test_bands_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        lsh.candidates(np.zeros((2, 8), np.uint32), 3, 3, full=10)
