"""Arrays are made distinct, and looked up in each other, as numpy does it, without its price."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dedup.arrays import among, distinct


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
