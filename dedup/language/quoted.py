"""What stands between quotation marks in texts, in arrays; quotations end in the paragraph that opens them."""

import re
from collections.abc import Sequence
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from dedup.types import Document

_Ints = npt.NDArray[np.int64]

_QUOTED = re.compile(r"\"[^\"\n]*\"|“[^“”\n]*”|„[^„“”\n]*[“”]|«[^«»\n]*»|「[^「」\n]*」")
_POST = re.compile(r"^[^\n]+\n?[^\S\n]*(?:--?|[–—])[^\S\n]*[^\n(]{1,60}\(@\w{1,30}\)", re.MULTILINE)
"""A line, and behind it or on the next: — A Name (@name)."""


def quotations(text: str, *, posts: bool = False) -> list[tuple[int, int]]:
    """Return where `text` stands in quotation marks, in order; with `posts`, also where it is what somebody posted."""
    found = [match.span() for match in _QUOTED.finditer(text)]
    return sorted(found + [match.span() for match in _POST.finditer(text)]) if posts and "(@" in text else found


class Quoted:
    """The quotations in the texts of `docs`, int64 (n,), numbers of `documents`; n extents in them may then be asked for.

    `start` and `end` are code points, int64 (n,).
    """

    def __init__(self, docs: _Ints, documents: Sequence[Document]) -> None:
        members, inverse = np.unique(docs, return_inverse=True)
        texts = [documents[d].text for d in members.tolist()]
        # One axis for all texts.
        bases = list(accumulate((len(text) + 2 for text in texts), initial=0))
        spans = [
            (base + start, base + end) for base, text in zip(bases, texts, strict=False) for start, end in quotations(text)
        ]
        self._starts, self._ends = np.array([(-1, -1), *spans], np.int64).T
        self._before = np.concatenate(([0], np.cumsum(self._ends - self._starts)))
        self._base: _Ints = np.array(bases, np.int64)[inverse]

    def touches(self, start: _Ints, end: _Ints) -> npt.NDArray[np.bool_]:
        """Return whether each extent touches a quotation."""
        at = np.searchsorted(self._starts, self._base + np.maximum(start, end - 1), side="right") - 1
        touched: npt.NDArray[np.bool_] = self._ends[at] > self._base + start
        return touched

    def share(self, start: _Ints, end: _Ints) -> npt.NDArray[np.float64]:
        """Return the share of each extent that stands in quotations; no extent may be empty."""
        return (self._up_to(end) - self._up_to(start)) / (end - start)

    def _up_to(self, place: _Ints) -> _Ints:
        """Quoted code points before `place`."""
        at = np.searchsorted(self._starts, self._base + place, side="right")
        left: _Ints = self._before[at] - np.maximum(0, self._ends[at - 1] - self._base - place)
        return left
