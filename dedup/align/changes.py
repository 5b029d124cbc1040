"""Edits of alignments to changes: where the two sides differ, in code points, and which facts an editor must check.

A flag depends only on the words of the change and on the signs and quotation marks around it. All changes of a scan are
computed together, in arrays, when one of them is first read.
"""

import re
from collections.abc import Callable, Sequence
from functools import cached_property, partial
from typing import Any, get_args

import numpy as np
import numpy.typing as npt

from dedup.arrays import Tokens, distinct
from dedup.language.facts import DATE, NEGATION, NUMERAL, ONLY_CAPITALISED, UNIT, UNIT_SIGNS, meanings
from dedup.language.quoted import Quoted
from dedup.types import Change, ChangeType, Document, Extent, Flag

_Ints = npt.NDArray[np.int64]

_SIGN = re.compile(f"[{UNIT_SIGNS}]")

_KINDS: tuple[ChangeType, ...] = get_args(ChangeType)
_FLAGS: tuple[Flag, ...] = get_args(Flag)
_BIT = {flag: 1 << n for n, flag in enumerate(_FLAGS)}
_COMBINED = [tuple(flag for flag in _FLAGS if bits & _BIT[flag]) for bits in range(1 << len(_FLAGS))]
_FIGURE = 128
"""The bit of a word with a digit, beside those of `language.facts`."""


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

    def members(self) -> tuple[_Ints, _Ints]:
        """Return for all tokens of all changes: the number of the change, and the position in `tokens`."""
        counts = self.last - self.first
        change = np.repeat(np.arange(len(counts)), counts)
        within = np.arange(len(change)) - np.repeat(np.cumsum(counts) - counts, counts)
        return change, np.repeat(self.base + self.first, counts) + within


class Changes:
    """The changes of many matches, one after the other. They are computed when one is first read."""

    def __init__(self, sides: Callable[[], tuple[Side, Side]], tokens: Tokens, documents: Sequence[Document]) -> None:
        """`sides` returns both sides of all changes; it is called when they are needed."""
        self._sides, self._tokens, self._documents = sides, tokens, documents

    def of(self, first: int, last: int) -> tuple[Change, ...]:
        """Return the changes `first` to `last`."""
        if first == last:
            return ()
        kinds, *places, flags = (column[first:last].tolist() for column in self._columns)
        # Calling a constructor once for each of many small tuples would be most of the cost.
        extent, change = partial(tuple.__new__, Extent), partial(tuple.__new__, Change)
        one, other = (map(extent, zip(*places[side : side + 2], strict=True)) for side in (0, 2))
        named, flagged = map(_KINDS.__getitem__, kinds), map(_COMBINED.__getitem__, flags)
        return tuple(map(change, zip(named, one, other, flagged, strict=True)))

    @cached_property
    def _columns(self) -> tuple[npt.NDArray[np.integer[Any]], ...]:
        """Of each change the kind, start and end in a, start and end in b, and the flags."""
        a, b = self._sides()
        kinds = np.where(a.first == a.last, 1, np.where(b.first == b.last, 2, 0)).astype(np.uint8)
        return kinds, a.start, a.end, b.start, b.end, _flags(a, b, self._tokens, self._documents)


def _flags(a: Side, b: Side, tokens: Tokens, documents: Sequence[Document]) -> npt.NDArray[np.uint8]:
    """Return the flags of each change, as bits of `_BIT`."""
    out = np.zeros(len(a.doc), np.uint8)
    (change_a, at_a), (change_b, at_b) = a.members(), b.members()
    change, at = np.concatenate([change_a, change_b]), np.concatenate([at_a, at_b])
    ids = tokens.ids[at].astype(np.int64)
    meant = np.zeros(len(tokens.hashes), np.uint8)
    meant[ids] = 1
    words = {v: tokens.word(v) for v in np.flatnonzero(meant).tolist()}
    known = meanings()
    meant[list(words)] = [known.get(word, 0) | (0 if word.isalpha() else _figure(word)) for word in words.values()]
    meant = meant[ids]

    # A word flags a change if it is on one side only.
    in_a = np.arange(len(ids)) < len(at_a)
    _, key = np.unique(change * len(tokens.hashes) + ids, return_inverse=True)
    sides = np.zeros((2, len(key)), np.bool_)
    sides[0, key[in_a]] = sides[1, key[~in_a]] = True
    one_sided = sides[0, key] != sides[1, key]
    capital = tokens.capitals[at]
    by_flag: dict[Flag, npt.NDArray[np.bool_]] = {
        "number": meant & NUMERAL > 0,
        "date": (meant & DATE > 0) & (capital | (meant & ONLY_CAPITALISED == 0)),
        "unit": meant & UNIT > 0,
        "name": capital & ~tokens.breaks[at] & (meant & DATE == 0),
        "negation": meant & NEGATION > 0,
    }
    for flag, has_it in by_flag.items():
        out[distinct(change[one_sided & has_it])] |= _BIT[flag]

    # The two sides have the same figures if the sums of their hashes are equal.
    figure = meant & _FIGURE > 0
    sums = np.zeros(len(out), np.uint64)
    hashes = tokens.hashes[ids]
    np.add.at(sums, change[figure & in_a], hashes[figure & in_a])
    np.subtract.at(sums, change[figure & ~in_a], hashes[figure & ~in_a])
    out[sums != 0] |= _BIT["number"]
    for n in distinct(change[figure]).tolist():
        left, right = (set(_SIGN.findall(documents[s.doc[n]].text, max(0, s.start[n] - 1), s.end[n] + 1)) for s in (a, b))
        if left != right:
            out[n] |= _BIT["unit"]

    touched = [Quoted(side.doc, documents).touches(side.start, side.end) for side in (a, b)]
    out[touched[0] | touched[1]] |= _BIT["quote"]
    # A change of spacing only, such as U.S. and US, has no flags.
    sizes = a.last - a.first, b.last - b.first
    several = (out > 0) & (out & _BIT["number"] == 0) & (np.minimum(*sizes) > 0) & (np.maximum(*sizes) > 1)
    for n in np.flatnonzero(several).tolist():
        one, other = (tokens.ids[s.base[n] + s.first[n] : s.base[n] + s.last[n]].tolist() for s in (a, b))
        if "".join(map(words.__getitem__, one)) == "".join(map(words.__getitem__, other)):
            out[n] = 0
    return out


def _figure(word: str) -> int:
    return _FIGURE if any(c.isdigit() for c in word) else 0
