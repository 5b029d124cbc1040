"""What a stretch of words says in numbers, units, dates and denials, as values that are equal if the facts are.

"Twenty-four", "two dozen" and ٢٤ are one number; "40 percent" and "40%" one number and one unit. A word means what it means in
the language of the text (`fact_meanings`); figures, signs and number words make numbers (`fact_numbers`).
"""

from typing import NamedTuple

from dedup.language.fact_meanings import FactPlace, meaning_of
from dedup.language.fact_numbers import (
    NumberItem,
    NumberPart,
    PrintedWords,
    composed_number,
    figure,
    goes_on,
    grouped,
    is_gap,
    shown,
)
from dedup.language.fact_words import FactWords
from dedup.types import Flag


class Fact(NamedTuple):
    """A fact, and the words `first` to `last` (exclusive) that state it."""

    flags: tuple[Flag, ...]
    """What an editor is told if it changes; the first says with which others it is compared."""
    value: str
    first: int
    last: int


_NUMBER_KINDS = frozenset({"number", "digit", "size", "times", "plus", "half", "minus"})
_DATE_KINDS = frozenset({"month", "weekday", "season", "part", "clock", "near", "relative", "next"})
_YEARS = range(1100, 2100)
_NEIGHBOURS = 16
"""Items on either side that are looked at for one beside another; so the work grows with the length of the text only."""


def facts_of(given: PrintedWords, known: FactWords, *, millions: bool = False) -> list[Fact]:
    """Return the facts that `given` states, in order. With `millions`, an m behind a figure is a million, not a metre."""
    items = _items(given, known, millions=millions)
    return [fact for n in range(len(items)) if (fact := _fact(items, n, given, known))]


def _fact(items: list[NumberItem], n: int, given: PrintedWords, known: FactWords) -> Fact | None:
    """The fact that item n states; None if it states none without another beside it."""
    kind, value, first, last = items[n]
    flags: tuple[Flag, ...] = ()
    if kind == "value":
        flags = ("number", "date") if _is_dated(items, n, given, known) else ("number",)
    elif kind == "ordinal":
        dated = _beside_month(items, n, given, known)
        flags, value = (("number", "date"), value) if dated else (("number",), f"{value}.")
    elif kind in {"share", "multiple"}:
        upper, _, lower = value.partition("/")
        number = shown(float(upper) / float(lower or 1))
        flags, value = ("number",), number if kind == "share" else f"x{number}"
    elif kind == "bound":
        flags = ("number",) if _has_number_near(items, n) else ()
    elif kind == "unit":
        flags = ("unit",)
    elif kind == "not":
        flags = ("negation",)
    elif kind == "next":
        flags = ("date",) if _has_time_beside(items, n) else ()
    elif kind in _DATE_KINDS:
        flags, value = ("date", "number") if kind == "clock" else ("date",), f"{kind} {value}"
    return Fact(flags, value, first, last) if flags else None


def _is_dated(items: list[NumberItem], n: int, given: PrintedWords, known: FactWords) -> bool:
    """Whether a number is a part of a date: beside a month, or a year."""
    _, value, first, last = items[n]
    year = last == first + 1 and len(given.words[first]) == 4 and value.isdigit() and int(value) in _YEARS
    measured = (
        n + 1 < len(items) and items[n + 1].kind == "unit" and items[n + 1].first <= last and items[n + 1].value != "year"
    )
    return (year and not measured) or _beside_month(items, n, given, known)


def _beside_month(items: list[NumberItem], n: int, given: PrintedWords, known: FactWords) -> bool:
    """Whether a month stands directly beside item n, or with a small word between."""
    item = items[n]
    for other in (items[m] for m in (n - 1, n + 1) if 0 <= m < len(items)):
        if other.kind == "month":
            between = given.words[min(item.last, other.last) : max(item.first, other.first)]
            if len(between) <= 1 and all(word in known.joints for word in between):
                return True
    return False


def _around(items: list[NumberItem], n: int, reach: int) -> list[NumberItem]:
    """The items that lie within `reach` words of item n."""
    first, last = items[n].first - reach, items[n].last + reach
    here = [*items[max(0, n - _NEIGHBOURS) : n], *items[n + 1 : n + 1 + _NEIGHBOURS]]
    return [other for other in here if other.first <= last and other.last >= first]


def _has_number_near(items: list[NumberItem], n: int) -> bool:
    """Whether a number stands near a bound."""
    numbers = [other for other in _around(items, n, 3) if other.kind in {"value", "ordinal", "share"}]
    return any(other.first < items[n].last + 3 for other in numbers)


def _has_time_beside(items: list[NumberItem], n: int) -> bool:
    """Whether a date or a unit of time stands within a word of item n."""
    return any(
        other.kind in _DATE_KINDS - {"next"}
        or (other.kind == "unit" and other.value.startswith("duration"))
        or other.value in {"year", "day"}
        for other in _around(items, n, 1)
    )


class _Walk:
    """The items read so far, and the parts of a number that may go on."""

    def __init__(self, language: str) -> None:
        self.items: list[NumberItem] = []
        self.parts: list[NumberPart] = []
        self._language = language

    def close(self) -> None:
        """End the number."""
        if self.parts:
            self.items.extend(composed_number(self.parts, self._language))
            self.parts.clear()


def _items(given: PrintedWords, known: FactWords, *, millions: bool) -> list[NumberItem]:
    """Words and signs with a meaning, in order; numbers of several words are one."""
    walk = _Walk(known.language)
    n, at = len(given.words), 0
    while at < n:
        found = meaning_of(FactPlace(given, known, at, walk.items, walk.parts))
        if found is None:
            is_figure = given.words[at][:1].isdecimal()
            if not is_figure or not goes_on(walk.parts, given, known, at):
                walk.close()
            at = _read_figure(walk, given, known, at, millions) if is_figure else at + 1
            continue
        last = at + 1 + len(found.rest)
        if found.kind in _NUMBER_KINDS:
            if not is_gap(given.gaps[at]):
                walk.close()
            upper, _, lower = found.value.partition("/")
            walk.parts.append(NumberPart(found.kind, float(upper) / float(lower or 1), at, last))
        elif found.kind != "link" or not is_gap(given.gaps[at]):
            walk.close()
            if found.kind not in {"plain", "link"}:
                walk.items.append(NumberItem(found.kind, found.value, at, last))
        at = last
    walk.close()
    return grouped(walk.items, given)


def _read_figure(walk: _Walk, given: PrintedWords, known: FactWords, at: int, millions: bool) -> int:
    """Add what the figure at `at` says; return the next word."""
    read = figure(given, known, at, millions=millions)
    if read.before:
        walk.close()
    walk.items.extend(read.before)
    if read.part:
        walk.parts.append(read.part)
    if read.complete:
        walk.close()
    walk.items.extend(read.behind)
    return read.last
