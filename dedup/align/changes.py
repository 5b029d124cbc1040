"""Edits to changes: where the two sides differ, in code points, and whether it is a fact that an editor would check.

Flags look at the words of the change alone, and at quotation marks around it.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property

from dedup.align.lexicon import DATES, NEGATIONS, NUMERALS, ONLY_CAPITALISED, UNITS
from dedup.types import Change, ChangeType, Extent, Flag, Tokens

_NUMBER = re.compile(r"\d[\d.,\u2009\u202f\u00a0]*\d|\d")
_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|%|[$€£¥°]")
_SENTENCE_START = re.compile(r"(?:^|[.!?…:]['\"”’»)\]]*\s+|\n\s*)['\"“‘«(\[]*$")
_NOT_WORD = re.compile(r"\W+")
_QUOTED = re.compile(r"\"[^\"\n]*\"|“[^“”\n]*”|„[^„“”\n]*[“”]|«[^«»\n]*»|「[^「」\n]*」")

_OPENING = frozenset("\"'“‘«„‹([「『¿¡")
_CLOSING = frozenset(".!?…。！？؟।\"'”’»“›)]」』")


class Reader:
    """One document of a match: its text and where its tokens stand."""

    def __init__(self, text: str, tokens: Tokens, number: int) -> None:
        self.text = text
        own = slice(tokens.offsets[number], tokens.offsets[number + 1])
        self.starts = tokens.starts[own].tolist()
        self.ends = tokens.ends[own].tolist()

    def extent(self, first: int, last: int) -> Extent:
        """Code points of tokens `first:last`; of none, the place behind the token before."""
        if first < last:
            return Extent(self.starts[first], self.ends[last - 1])
        place = self.ends[first - 1] if first else 0
        return Extent(place, place)

    @cached_property
    def quotes(self) -> tuple[list[int], list[int]]:
        """Starts and ends of what stands between quotation marks."""
        found = [m.span() for m in _QUOTED.finditer(self.text)]
        return [start for start, _ in found], [end for _, end in found]

    def passage(self, first: int, last: int) -> Extent:
        """Code points of tokens `first:last` (one or more), with the quotation marks, brackets and full stop that hug them."""
        start, end = self.extent(first, last)
        floor = self.ends[first - 1] if first else 0
        ceiling = self.starts[last] if last < len(self.starts) else len(self.text)
        while start > floor and self.text[start - 1] in _OPENING:
            start -= 1
        while end < ceiling and self.text[end] in _CLOSING:
            end += 1
        return Extent(start, end)

    def quoted(self, extent: Extent) -> bool:
        """Whether `extent` touches a quotation."""
        starts, ends = self.quotes
        if not starts:
            return False
        at = bisect_right(starts, max(extent.start, extent.end - 1)) - 1
        return at >= 0 and ends[at] > extent.start

    def names(self, extent: Extent) -> set[str]:
        """Capitalised words in `extent` that no sentence start explains."""
        found = set()
        for word in _WORD.finditer(self.text, extent.start, extent.end):
            if self.text[word.start()].isupper() and not _SENTENCE_START.search(
                self.text, max(0, word.start() - 12), word.start()
            ):
                found.add(word.group().casefold())
        return found


def changes(a: Reader, b: Reader, edits: Sequence[Sequence[int]], floor: tuple[int, int]) -> tuple[Change, ...]:
    """Return the change that each edit (a from, a to, b from, b to; tokens) is; `floor` is where the passages start."""
    out = []
    for a_from, a_to, b_from, b_to in edits:
        old, new = a.extent(a_from, a_to), b.extent(b_from, b_to)
        # The empty side of an edit at the very start stands behind no word of the passage.
        old = Extent(max(old.start, floor[0]), max(old.end, floor[0]))
        new = Extent(max(new.start, floor[1]), max(new.end, floor[1]))
        kind: ChangeType = "insert" if a_from == a_to else "delete" if b_from == b_to else "replace"
        out.append(Change(kind, old, new, _flags(a, b, old, new)))
    return tuple(out)


def _flags(a: Reader, b: Reader, old: Extent, new: Extent) -> tuple[Flag, ...]:
    left, right = a.text[old.start : old.end], b.text[new.start : new.end]
    numbers = bool(_DIGIT.search(left) or _DIGIT.search(right)) and _numbers(left) != _numbers(right)
    if not numbers and _NOT_WORD.sub("", left).casefold() == _NOT_WORD.sub("", right).casefold():
        return ()  # U.S. and US
    differing = set(_WORD.findall(left)) ^ set(_WORD.findall(right))
    words = {word.casefold() for word in differing}
    capitals = words != differing
    flags: list[Flag] = []
    if numbers or not words.isdisjoint(NUMERALS):
        flags.append("number")
    if not (words - ONLY_CAPITALISED).isdisjoint(DATES) or (capitals and not differing.isdisjoint({"May", "March"})):
        flags.append("date")
    if not words.isdisjoint(UNITS):
        flags.append("unit")
    if capitals and (a.names(old) ^ b.names(new)) - DATES:
        flags.append("name")
    if a.quoted(old) or b.quoted(new):
        flags.append("quote")
    if not words.isdisjoint(NEGATIONS) or any(word.endswith(("n't", "n’t")) for word in words):
        flags.append("negation")
    return tuple(flags)


def _numbers(text: str) -> list[str]:
    return sorted(re.sub(r"[\s,]", "", number) for number in _NUMBER.findall(text))
