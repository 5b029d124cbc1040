"""Edits of alignments to changes: where the two sides differ, in code points, and which facts an editor must check.

The changes of a match are its edits, and places with the same words on both sides of which the signs say something else: $40
and £40 (`flags`), or words that only one side has in quotation marks (`marks`). The changes of a match are computed
when they are read.
"""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import NamedTuple, get_args

import numpy as np
import numpy.typing as npt

from dedup.align.flags import FactReader, MatchSides
from dedup.align.marks import quoted_on_one_side
from dedup.arrays import Tokens
from dedup.language.quoted import Quoted
from dedup.types import Change, ChangeType, Document, Extent, Flag

_Ints = npt.NDArray[np.int64]

_FLAGS: tuple[Flag, ...] = get_args(Flag)


class Side:
    """One side of n changes or passages, in arrays int64 (n,).

    `doc` is the document; `first` is the first token and `last` the token after the last, counted in the document; `start` and
    `end` are code points; `base` is the position of the document's first token in `tokens`.
    """

    def __init__(self, tokens: Tokens, doc: _Ints, first: _Ints, last: _Ints, floor: _Ints | int = 0) -> None:
        """A side without tokens lies behind the token before it; no side starts or ends before `floor`."""
        self.doc, self.first, self.last = doc, first, last
        self.base: _Ints = tokens.offsets[doc]
        before = np.where(first > 0, tokens.ends[np.maximum(self.base + first - 1, 0)], 0).astype(np.int64)
        some = first < last
        start = np.where(some, tokens.starts[np.minimum(self.base + first, len(tokens.starts) - 1)], before)
        self.before = before
        self.start: _Ints = np.maximum(start, floor)
        self.end: _Ints = np.maximum(np.where(some, tokens.ends[np.maximum(self.base + last - 1, 0)], before), floor)


class Passages(NamedTuple):
    """The passages of n matches, in arrays int64."""

    rows: _Ints
    """(n, 6 or more): document a, document b, a from, a to, b from, b to, in tokens."""
    starts: _Ints
    """(n, 2): the first code point of each side; no change starts before it."""
    edits: _Ints
    """(edits, 4): a from, a to, b from, b to; those of match i are `offsets[i]:offsets[i + 1]`."""
    offsets: _Ints
    """(n + 1,)"""


class Changes:
    """The changes of many matches. They are computed when one is first read."""

    def __init__(self, passages: Callable[[], Passages], tokens: Tokens, documents: Sequence[Document]) -> None:
        """`passages` returns the passages of all matches; it is called when they are needed."""
        self._passages, self._tokens, self._documents = passages, tokens, documents

    def of(self, match: int) -> tuple[Change, ...]:
        """Return the changes of a match, in order."""
        rows, edits, offsets, places, quoted = self._columns
        low, high = int(offsets[match]), int(offsets[match + 1])
        row: list[int] = rows[match].tolist()
        sides = MatchSides(row[0], row[1], row[2:6], edits[low:high].tolist())
        reader = self._reader
        if low == high and reader.same_text(sides):
            return ()
        flags, more = reader.flags(sides)
        found = [
            _change(place, kinds | {"quote"} if quote else kinds)
            for place, kinds, quote in zip(places[low:high].tolist(), flags, quoted[low:high].tolist(), strict=True)
        ]
        if more := more + quoted_on_one_side(sides, self._tokens, self._documents):
            found += _more_changes(sides, more, self._tokens)
            found.sort(key=lambda change: (change.a, change.b))
        return tuple(found)

    @cached_property
    def _reader(self) -> FactReader:
        return FactReader(self._tokens, self._documents)

    @cached_property
    def _columns(self) -> tuple[_Ints, _Ints, _Ints, _Ints, npt.NDArray[np.bool_]]:
        """Rows of the matches, edits, where those of each match start; the code points of the edits, and which are quoted."""
        given, tokens = self._passages(), self._tokens
        owner = np.repeat(np.arange(len(given.rows)), np.diff(given.offsets))
        sides = [
            Side(tokens, given.rows[owner, s], given.edits[:, 2 * s], given.edits[:, 2 * s + 1], given.starts[owner, s])
            for s in (0, 1)
        ]
        quoted = np.zeros(len(owner), np.bool_)
        for side in sides:
            quoted |= Quoted(side.doc, self._documents, dialogue_too=True).touches(side.start, side.end)
        places = np.column_stack([sides[0].start, sides[0].end, sides[1].start, sides[1].end])
        return given.rows, given.edits, given.offsets, places, quoted


def _change(place: list[int], flags: set[Flag]) -> Change:
    a, b = Extent(place[0], place[1]), Extent(place[2], place[3])
    kind: ChangeType = "insert" if a.start == a.end else "delete" if b.start == b.end else "replace"
    return Change(kind, a, b, tuple(flag for flag in _FLAGS if flag in flags) if flags else ())


def _more_changes(match: MatchSides, more: list[tuple[int, int, int, Flag]], tokens: Tokens) -> list[Change]:
    """Return changes of signs, which have the same words on both sides: first word in a, in b, their count, and the flag."""
    joined: dict[tuple[int, int, int], set[Flag]] = {}
    for first_a, first_b, count, flag in more:
        joined.setdefault((first_a, first_b, count), set()).add(flag)
    out = []
    for (first_a, first_b, count), flags in joined.items():
        place = []
        for doc, first in ((match.doc_a, first_a), (match.doc_b, first_b)):
            at = int(tokens.offsets[doc]) + first
            place += [int(tokens.starts[at]), int(tokens.ends[at + count - 1])]
        out.append(_change(place, flags))
    return out
