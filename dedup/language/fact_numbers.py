"""Printed numbers and number words, as values.

A figure is a word that begins with a digit; signs and letters at it say more: €40m, -7, 5th, 3pm. Number words in a row make
one number: two hundred and fifty.
"""

import math
import re
from collections.abc import Sequence
from typing import NamedTuple

from dedup.language.fact_words import FactWords


class PrintedWords(NamedTuple):
    """A stretch of n words of a text."""

    words: Sequence[str]
    """(n,): folded as the `tokens` kernel folds them."""
    gaps: Sequence[str]
    """(n + 1,): what stands before each word, and behind the last."""
    shown: Sequence[str]
    """(n,): the words as they are printed."""


class Part(NamedTuple):
    """A word of a number: its kind, its value, and the words `first` to `last` (exclusive) to which it extends."""

    kind: str
    value: float
    first: int
    last: int


class Item(NamedTuple):
    """A word, sign or number with a meaning, and the words `first` to `last` (exclusive) that state it."""

    kind: str
    value: str
    first: int
    last: int


class Figure(NamedTuple):
    """What a word that begins with a digit says."""

    before: list[Item]
    """What the signs before it say."""
    part: Part | None
    """Its number; None if it is no number to count with."""
    behind: list[Item]
    """What the signs and letters behind it say."""
    complete: bool
    """Whether the next number word begins another number."""
    last: int
    """The word behind it."""


CURRENCY_SIGNS = {
    "$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₽": "RUB", "₩": "KRW", "₺": "TRY", "₴": "UAH", "₪": "ILS",
    "₫": "VND", "₦": "NGN", "₱": "PHP", "฿": "THB", "₡": "CRC", "₲": "PYG", "₵": "GHS", "₸": "KZT", "₼": "AZN", "₾": "GEL",
    "₿": "BTC", "¢": "cent", "￥": "JPY", "＄": "USD", "￡": "GBP", "￦": "KRW", "﷼": "IRR", "₨": "INR", "₮": "MNT", "៛": "KHR",
}  # fmt: skip
_UNIT_SIGNS = {
    "%": "concentr-percent", "٪": "concentr-percent", "％": "concentr-percent", "‰": "concentr-permille", "°": "angle-degree",
    "º": "angle-degree", "℃": "temperature-celsius", "℉": "temperature-fahrenheit", "′": "prime", "″": "double-prime",
}  # fmt: skip
_BOUND_SIGNS = {"<": "<", ">": ">", "≤": "<=", "≥": ">=", "±": "±", "＜": "<", "＞": ">"}
_CURRENCY = re.escape("".join(CURRENCY_SIGNS))
_BEFORE = re.compile(
    rf"(?P<plus>(?<![^\s(\[“\"«‘,;:/])[-−–+＋±])?\s?(?P<bound>[<>≤≥＜＞])?\s?(?P<currency>[{_CURRENCY}])?\s?(?P<minus>[-−])?$"
)
_BEHIND = re.compile(rf"\s?(?:(?P<unit>[{''.join(_UNIT_SIGNS)}])|(?P<currency>[{_CURRENCY}]))(?P<rest>.*)", re.DOTALL)
FACT_SIGNS = re.compile(
    rf"[{_CURRENCY}{''.join(_UNIT_SIGNS)}{''.join(_BOUND_SIGNS)}]|(?<![^\s(\[“\"«‘,;:/$€£])[-−–+＋](?=[\d$€£])|(?<=\d)[/:](?=\d)"
)
"""A sign that may state a fact."""

_FIGURE = re.compile(r"(\d+(?:\.\d+)*)(?:⁄(\d+))?(.*)")
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+")
_ORDINALS = frozenset(
    {"st", "nd", "rd", "th", "er", "ere", "eme", "e", "re", "nde", "ste", "de", "a", "o", "te", "ten", "ter", "es", "ma", "mo"}
    | {"ya", "ый", "ой", "я", "й", "го", "м", "х"}
)
"""Letters behind a figure that make it an ordinal: 5th, 5e, 5ый."""
_SIZES = {
    "k": 10**3, "mn": 10**6, "mln": 10**6, "mio": 10**6, "b": 10**9, "bn": 10**9, "bln": 10**9, "mrd": 10**9, "tn": 10**12,
    "trn": 10**12,
}  # fmt: skip
_KOREAN_SIZES = {"백": 100, "천": 1000, "만": 10**4, "억": 10**8, "조": 10**12}
_HALVES = {"am": 0, "pm": 720}
_LONGEST_FIGURE = 30
"""Digits of the longest figure that is read as a number."""
_LARGEST_SHARE = 20
"""The largest denominator of a fraction: 3/4 is one, 3/44 is none."""


def is_gap(gap: str) -> bool:
    """Return whether two words with `gap` between them may be parts of one number."""
    return gap in {"", " ", "-", "\xa0", "\u2011", "\n", "\u202f"}


def shown(value: float) -> str:
    """Return `value` as facts have it: a whole number without a point, another with six digits."""
    if not math.isfinite(value):
        return str(value)
    return f"{round(value):d}" if abs(value - round(value)) < 1e-9 * max(1, abs(value)) else f"{value:.6g}"


def figure(given: PrintedWords, known: FactWords, at: int, *, millions: bool) -> Figure:
    """Return what the word at `at`, which begins with a digit, says with the signs and letters at it."""
    match = _FIGURE.match(given.words[at])
    if match is None:
        return Figure([], None, [], True, at + 1)
    digits, lower, suffix = match.groups()
    before, currency, negative = _signs_before(given, at)
    if _GROUPED.fullmatch(digits):
        digits = digits.replace(".", "")
    if digits.count(".") > 1:  # a date in figures: 12.3.2024
        return Figure([*before, Item("clock", digits, at, at + 1)], None, [], True, at + 1)
    if len(digits) > _LONGEST_FIGURE:  # no number that anybody counts with
        return Figure([*before, Item("value", digits, at, at + 1)], None, [], True, at + 1)
    value = float(digits) / (float(lower) or 1) if lower else float(digits)
    value = -value if negative else value
    behind: list[Item] = []
    millions = millions or currency
    if suffix:
        value, behind = _suffixed(value, suffix, known, at, millions=millions)
    elif millions and given.words[at + 1 : at + 2] == ["m"] and is_gap(given.gaps[at + 1]):
        return Figure(before, Part("figure", value * 10**6, at, at + 2), [], True, at + 2)
    if any(item.kind in {"ordinal", "clock", "decade"} for item in behind):
        return Figure([*before, *behind], None, [], True, at + 1)
    after = _BEHIND.match(given.gaps[at + 1])
    complete = bool(behind or after)
    if after:
        behind = [*behind, *_signs_behind(given, at, after, currency=currency)]
    return Figure(before, Part("figure", value, at, at + 1), behind, complete, at + 1)


def _signs_before(given: PrintedWords, at: int) -> tuple[list[Item], bool, bool]:
    """What the signs before a figure say, whether one is of a currency, and whether they make the figure negative."""
    before = given.gaps[at]
    sign = _BEFORE.search(before)
    named = sign.groupdict() if sign else {}
    items = []
    if named.get("bound"):
        items.append(Item("bound", _BOUND_SIGNS[named["bound"]], at, at + 1))
    if named.get("currency"):
        items.append(Item("unit", CURRENCY_SIGNS[named["currency"]], at, at + 1))
    plus = named.get("plus") or named.get("minus") or ""
    range_of_figures = plus == "–" and at > 0 and given.words[at - 1][-1:].isdigit()
    if not plus or range_of_figures or (at > 0 and before[:1] == plus):
        return items, bool(named.get("currency")), False
    negative = plus in "-−–"
    if not negative:
        items.append(Item("unit", plus, at, at + 1))
    return items, bool(named.get("currency")), negative


def _signs_behind(given: PrintedWords, at: int, after: re.Match[str], *, currency: bool) -> list[Item]:
    """The unit or currency of the sign behind a figure; a sign between two figures may belong to the second."""
    if after["unit"]:
        return [Item("unit", _UNIT_SIGNS[after["unit"]], at, at + 1)]
    follows = after["rest"] == "" and at + 1 < len(given.words) and given.words[at + 1][:1].isdigit()
    if currency or (follows and given.gaps[at + 1][:1].isspace()):
        return []
    return [Item("unit", CURRENCY_SIGNS[after["currency"]], at, at + 1)]


def _suffixed(value: float, suffix: str, known: FactWords, at: int, *, millions: bool) -> tuple[float, list[Item]]:
    """What the letters behind the digits of one word say: 40m, 3pm, 5th, 20명."""
    items: list[Item] = []
    if suffix == "m" and millions:
        value *= 10**6
    elif suffix in _SIZES:
        value *= _SIZES[suffix]
    elif suffix in _HALVES:
        items = [Item("clock", f"{int(value) % 12 + _HALVES[suffix] // 60}:00", at, at + 1)]
    elif suffix in _ORDINALS:
        items = [Item("ordinal", shown(value), at, at + 1)]
    elif suffix == "s":
        items = [Item("decade", shown(value), at, at + 1), Item("near", f"{shown(value)}s", at, at + 1)]
    elif (hour := re.fullmatch(r"h(\d\d)?", suffix)) and value < 25:
        items = [Item("clock", f"{int(value)}:{hour[1] or '00'}", at, at + 1)]
    else:
        return _measured(value, suffix, known, at)
    return value, items


def _measured(value: float, suffix: str, known: FactWords, at: int) -> tuple[float, list[Item]]:
    """What a unit or size that is written together with a figure says: 100km, 20명, 3만."""
    while suffix[:1] in _KOREAN_SIZES:
        value, suffix = value * _KOREAN_SIZES[suffix[0]], suffix[1:]
    for length in range(len(suffix), 0, -1):
        for meaning in known.listed.get(suffix[:length], ()):
            if meaning.kind == "number" and not meaning.rest and length == len(suffix):
                return value * float(meaning.value), []
            if meaning.kind == "unit" and not meaning.rest:
                return value, [Item("unit", meaning.value, at, at + 1)]
        if suffix[0] < "\u1100":
            break
    return value, []


def composed(parts: list[Part], language: str) -> list[Item]:
    """Return the numbers that number words in a row make. A bare one (a, one, ein) says nothing."""
    out: list[Item] = []
    total = current = 0.0
    first = last = -1
    bare = True

    def close() -> None:
        if first >= 0 and not (bare and total + current == 1):
            out.append(Item("value", shown(total + current), first, last))

    for kind, value, low, high in parts:
        started = first >= 0
        if kind == "digit" and value >= 10 and started and (current % 10 or not current):
            ones = current % 10
            current += (ones or 1) * value - ones
        elif kind == "digit" and started and (not current or value < _magnitude(current)):
            current += value
        elif kind == "times" and current:
            ones = current % 10
            current += ones * value - ones
        elif kind in {"number", "size"} and value >= 1000 and started:
            if current:
                total, current = total + current * value, 0.0
            else:
                total = total * value if 0 < total < value else total + value
        elif kind == "number" and value in {100, 12} and 0 < abs(current) < 100:
            current *= value
        elif started and (kind == "plus" or _adds(current, value, language) or (not current and value < 1000)):
            current += value
        else:
            close()
            large = kind == "number" and value >= 1000
            total, current, first, bare = (value, 0.0, low, True) if large else (0.0, value, low, True)
        bare = bare and kind != "figure" and (first == low)
        last = high
    close()
    return out


def _adds(current: float, value: float, language: str) -> bool:
    """Whether a number word adds to those before it: twenty + four, cent + vingt, three + ten in Arabic."""
    if language in {"ar", "he"} and 0 < current < 10 and value in {10, 20, 30, 40, 50, 60, 70, 80, 90}:
        return True
    if language == "fr" and current in {60, 80} and 0 < value < 20:
        return True
    return 0 < value < _magnitude(current)


def _magnitude(current: float) -> float:
    """The place of the last digit of a whole number that is not 0; 0 of a number below ten or with a fraction."""
    if current < 10 or current != int(current):
        return 0
    place = 1
    while current % (place * 10) == 0:
        place *= 10
    return place


def grouped(items: list[Item], given: PrintedWords) -> list[Item]:
    """Return the items with clock times, fractions and figures that a space divides made one."""
    out: list[Item] = []
    for item in items:
        before = out[-1] if out else None
        timed = before is not None and before.kind in {"value", "clock"} and item.first <= before.last
        if before and before.kind == item.kind == "value" and before.last == item.first:
            joined = _joined(before, item, given)
            out[-1:] = [joined] if joined else [before, item]
        elif item.kind == "hour":
            if before and timed and ":" in (time := _clock(before.value)):
                out[-1] = Item("clock", time, before.first, item.last)
        elif item.kind == "half-day":
            if before and timed and (halved := _half_day(before, item)):
                out[-1] = halved
        else:
            out.append(item)
    return out


def _joined(one: Item, other: Item, given: PrintedWords) -> Item | None:
    """Two figures as one: a fraction, a clock time, or thousands that a space divides."""
    gap, left, right = given.gaps[other.first], given.words[other.first - 1], given.words[other.first]
    if not (left.isdecimal() and right.isdecimal()) or len(one.value) > _LONGEST_FIGURE:
        return None
    if gap == "/" and int(left) < int(right) <= _LARGEST_SHARE:
        return Item("share", shown(int(left) / int(right)), one.first, other.last)
    if gap == ":" and int(left) < 25 and len(right) == 2 and int(right) < 60:
        return Item("clock", f"{int(left)}:{right}", one.first, other.last)
    more = one.last - one.first > 1 and len(left) == 3
    if gap == " " and len(right) == 3 and len(left) <= 3 and (more or left[0] != "0"):
        return Item("value", f"{one.value}{right}", one.first, other.last)
    return None


def _half_day(time: Item, half: Item) -> Item | None:
    """A time with am or pm behind it."""
    hour, _, minute = _clock(time.value).partition(":")
    if not hour.isdecimal() or len(hour) > 2 or int(hour) > 12:
        return None
    return Item("clock", f"{int(hour) % 12 + (12 if half.value == 'pm' else 0)}:{minute}", time.first, half.last)


def _clock(value: str) -> str:
    """A number beside a word for a clock time as a time: 14.3 (printed 14.30) is 14:30; as it is if it is none."""
    hour, _, minute = value.replace(".", ":").partition(":")
    if hour.isdecimal() and (not minute or minute.isdecimal()) and len(hour) <= 2 >= len(minute):
        return f"{int(hour)}:{minute.ljust(2, '0')}"
    return value
