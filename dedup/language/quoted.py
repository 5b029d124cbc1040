"""How much of given extents lies in quotations, in arrays: for all matches of a corpus at once."""

from collections.abc import Sequence
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from dedup.language.quotes import dialogue, quotations
from dedup.types import Document

_Ints = npt.NDArray[np.int64]


class Quoted:
    """The quotations of n documents, and how much of given extents they cover.

    `docs`, int64 (n,), are positions in `documents`. The methods take one extent for each of them: `start` and `end` are code
    points, int64 (n,).
    """

    def __init__(self, docs: _Ints, documents: Sequence[Document], *, dialogue_too: bool = False) -> None:
        """With `dialogue_too`, lines of dialogue behind a dash are quotations too."""
        members, inverse = np.unique(docs, return_inverse=True)
        texts = [documents[d].text for d in members.tolist()]
        # All texts lie on one axis, so that one binary search serves all extents.
        bases = list(accumulate((len(text) + 2 for text in texts), initial=0))
        spans = [
            (base + start, base + end)
            for base, text in zip(bases, texts, strict=False)
            for start, end in (with_dialogue(text) if dialogue_too else quotations(text))
        ]
        self._starts, self._ends = np.array([(-1, -1), *spans], np.int64).T
        self._before = np.concatenate(([0], np.cumsum(self._ends - self._starts)))
        self._base: _Ints = np.array(bases, np.int64)[inverse]

    def touches(self, start: _Ints, end: _Ints) -> npt.NDArray[np.bool_]:
        """Return whether each extent overlaps a quotation; an empty extent overlaps one that contains its place."""
        at = np.searchsorted(self._starts, self._base + np.maximum(start, end - 1), side="right") - 1
        touched: npt.NDArray[np.bool_] = self._ends[at] > self._base + start
        return touched

    def share(self, start: _Ints, end: _Ints) -> npt.NDArray[np.float64]:
        """Return the share of each extent that lies in quotations; no extent may be empty."""
        return (self._up_to(end) - self._up_to(start)) / (end - start)

    def _up_to(self, place: _Ints) -> _Ints:
        """Return the number of quoted code points before each `place`."""
        at = np.searchsorted(self._starts, self._base + place, side="right")
        left: _Ints = self._before[at] - np.maximum(0, self._ends[at - 1] - self._base - place)
        return left


def with_dialogue(text: str) -> list[tuple[int, int]]:
    """Return the quotations of `text` and its lines of dialogue, in order; of those that overlap only the first."""
    lines = dialogue(text)
    if not lines:
        return quotations(text)
    out: list[tuple[int, int]] = []
    for span in sorted([*quotations(text), *lines]):
        if not out or span[0] >= out[-1][1]:
            out.append(span)
    return out
