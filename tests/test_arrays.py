"""Arrays are made distinct as numpy does it, without its price."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dedup.arrays import distinct


@given(st.lists(st.integers(0, 50)))
def test_distinct_values_are_those_of_numpy(values: list[int]) -> None:
    array = np.array(values, np.uint64)
    found = distinct(array)
    assert found.dtype == array.dtype
    assert found.tolist() == np.unique(array).tolist()
