"""What numpy has too, but at a price; and keys of pairs."""

from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

T = TypeVar("T", bound=np.generic)


def distinct(values: npt.NDArray[T]) -> npt.NDArray[T]:
    """Return the distinct values of a flat array, sorted.

    As `numpy.unique`, which loads `numpy.ma` when it is first called: as much time as a check of a draft takes.
    """
    ordered = np.sort(values)
    keep = np.ones(len(ordered), np.bool_)
    keep[1:] = ordered[1:] != ordered[:-1]
    return ordered[keep]


def among(values: npt.NDArray[T], others: npt.NDArray[T]) -> npt.NDArray[np.bool_]:
    """Return whether each of `values` is one of `others`, flat arrays both; as `numpy.isin`, which loads `numpy.ma` too."""
    ordered = np.sort(others)
    found: npt.NDArray[np.bool_] = np.searchsorted(ordered, values) < np.searchsorted(ordered, values, side="right")
    return found


def keys(pairs: npt.NDArray[np.integer[Any]]) -> npt.NDArray[np.uint64]:
    """Return a number for each pair in the first two columns of `pairs`, shape (n,); in their order."""
    first, second = pairs[:, :2].astype(np.uint64).T
    found: npt.NDArray[np.uint64] = (first << np.uint64(32)) | second
    return found
