"""Printed numbers and number words, as values.

A figure is a word that begins with a digit; signs and letters at it say more: €40m, -7, 5th, 3pm. Number words in a row make
one number: two hundred and fifty.
"""

import math
import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from dedup.language.fact_words import KOREAN_SIZES, FactWords, in_sections


class PrintedWords(NamedTuple):
    """A stretch of n words of a text."""

    words: Sequence[str]
    """(n,): folded as the `tokens` kernel folds them."""
    gaps: Sequence[str]
    """(n + 1,): what stands before each word, and behind the last."""
    shown: Sequence[str]
    """(n,): the words as they are printed."""


class NumberPart(NamedTuple):
    """A word of a number: its kind, its value, and the words `first` to `last` (exclusive) to which it extends."""

    kind: str
    value: float
    first: int
    last: int


class NumberItem(NamedTuple):
    """A word, sign or number with a meaning, and the words `first` to `last` (exclusive) that state it."""

    kind: str
    value: str
    first: int
    last: int


class PrintedFigure(NamedTuple):
    """What a word that begins with a digit says."""

    before: list[NumberItem]
    """What the signs before it say."""
    part: NumberPart | None
    """Its number; None if it is no number to count with."""
    behind: list[NumberItem]
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
    rf"(?P<plus>(?<![^\s(\[“\"«‘,;:/])[-−–+＋±])?\s?(?P<bound>[<>≤≥＜＞])?\s?(?P<currency>[{_CURRENCY}])?\s?(?P<percent>[%％])?(?P<minus>[-−])?$"
)
_BEHIND = re.compile(rf"\s?(?:(?P<unit>[{''.join(_UNIT_SIGNS)}])|(?P<currency>[{_CURRENCY}]))(?P<rest>.*)", re.DOTALL)
FACT_SIGNS = re.compile(
    rf"[{_CURRENCY}{''.join(_UNIT_SIGNS)}{''.join(_BOUND_SIGNS)}]|(?<![^\s(\[“\"«‘,;:/$€£])[-−–+＋](?=[\d$€£])|(?<=\d)[/:](?=\d)"
)
"""A sign that may state a fact."""

_FIGURE = re.compile(r"(\d+(?:\.\d+)*)(?:⁄(\d+))?(.*)")
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+")
"""A figure with its thousands apart."""
_GROUPED_IN_INDIA = re.compile(r"\d{1,2}(?:,\d\d)+,\d{3}")
"""A figure with its thousands and hundreds of thousands apart, as it is printed."""
_DATE = re.compile(r"(?P<day>\d\d?)\.(?P<month>\d\d?)\.(?P<year>\d{4})")
_KOREAN_SIZED = re.compile(rf"[{''.join(KOREAN_SIZES)}](?:\d*[{''.join(KOREAN_SIZES)}]|\d+$)*")
_KOREAN_PART = re.compile(rf"(\d+)|([{''.join(KOREAN_SIZES)}])")
_ORDINALS = frozenset(
    {"st", "nd", "rd", "th", "er", "ere", "eme", "e", "re", "nde", "ste", "de", "a", "o", "te", "ten", "ter", "es", "ma", "mo"}
    | {"ya", "ый", "ой", "я", "й", "го", "м", "х"}
)
"""Letters behind a figure that make it an ordinal: 5th, 5e, 5ый."""
_SIZES = {
    "k": 10**3, "mn": 10**6, "mln": 10**6, "mio": 10**6, "b": 10**9, "bn": 10**9, "bln": 10**9, "mrd": 10**9, "tn": 10**12,
    "trn": 10**12,
}  # fmt: skip
_HALVES = {"am": 0, "pm": 720}
_DAY_UNITS = frozenset({"day", "duration-day"})
"""Units which in Chinese, Japanese and Korean stand behind the day of a month."""
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


def figure(given: PrintedWords, known: FactWords, at: int, *, millions: bool) -> PrintedFigure:
    """Return what the word at `at`, which begins with a digit, says with the signs and letters at it."""
    match = _FIGURE.match(given.words[at])
    if match is None:
        return PrintedFigure([], None, [], True, at + 1)
    digits, lower, suffix = match.groups()
    before, currency, negative = _signs_before(given, at)
    if _GROUPED.fullmatch(digits) or _GROUPED_IN_INDIA.match(given.shown[at]):
        digits = digits.replace(".", "")
    if digits.count(".") > 1:
        return PrintedFigure([*before, *_dated(digits, at)], None, [], True, at + 1)
    if len(digits) > _LONGEST_FIGURE:  # no number that anybody counts with
        return PrintedFigure([*before, NumberItem("value", digits, at, at + 1)], None, [], True, at + 1)
    value = float(digits) / (float(lower) or 1) if lower else float(digits)
    value = -value if negative else value
    behind: list[NumberItem] = []
    millions = millions or currency
    if suffix:
        value, behind = _suffixed(value, suffix, known, at, millions=millions)
    elif millions and given.words[at + 1 : at + 2] == ["m"] and is_gap(given.gaps[at + 1]):
        return PrintedFigure(before, NumberPart("figure", value * 10**6, at, at + 2), [], True, at + 2)
    if any(item.kind in {"ordinal", "clock", "decade"} for item in behind):
        return PrintedFigure([*before, *behind], None, [], True, at + 1)
    after = _BEHIND.match(given.gaps[at + 1])
    complete = bool(behind or after)
    if after:
        behind = [*behind, *_signs_behind(given, at, after, currency=currency)]
    return PrintedFigure(before, NumberPart("figure", value, at, at + 1), behind, complete, at + 1)


def _dated(digits: str, at: int) -> list[NumberItem]:
    """A date in figures, 12.3.2024, as the same date in words: day, month and year."""
    match = _DATE.fullmatch(digits)
    if not match or not 1 <= int(match["month"]) <= 12:
        return [NumberItem("clock", digits, at, at + 1)]
    words = (at, at + 1)
    day, month, year = (str(int(part)) for part in match.groups())
    return [NumberItem("value", day, *words), NumberItem("month", month, *words), NumberItem("value", year, *words)]


def _signs_before(given: PrintedWords, at: int) -> tuple[list[NumberItem], bool, bool]:
    """What the signs before a figure say, whether one is of a currency, and whether they make the figure negative."""
    before = given.gaps[at]
    sign = _BEFORE.search(before)
    named = sign.groupdict() if sign else {}
    items = []
    if named.get("bound"):
        items.append(NumberItem("bound", _BOUND_SIGNS[named["bound"]], at, at + 1))
    if named.get("currency"):
        items.append(NumberItem("unit", CURRENCY_SIGNS[named["currency"]], at, at + 1))
    if named.get("percent") and not (at > 0 and given.words[at - 1][-1:].isdigit()):  # in Turkish; else of the figure before
        items.append(NumberItem("unit", _UNIT_SIGNS["%"], at, at + 1))
    plus = named.get("plus") or named.get("minus") or ""
    range_of_figures = plus == "–" and at > 0 and given.words[at - 1][-1:].isdigit()
    if not plus or range_of_figures or (at > 0 and before[:1] == plus):
        return items, bool(named.get("currency")), False
    negative = plus in "-−–"
    if not negative:
        items.append(NumberItem("unit", plus, at, at + 1))
    return items, bool(named.get("currency")), negative


def _signs_behind(given: PrintedWords, at: int, after: re.Match[str], *, currency: bool) -> list[NumberItem]:
    """The unit or currency of the sign behind a figure; a sign between two figures may belong to the second."""
    if after["unit"]:
        return [NumberItem("unit", _UNIT_SIGNS[after["unit"]], at, at + 1)]
    follows = after["rest"] == "" and at + 1 < len(given.words) and given.words[at + 1][:1].isdigit()
    if currency or (follows and given.gaps[at + 1][:1].isspace()):
        return []
    return [NumberItem("unit", CURRENCY_SIGNS[after["currency"]], at, at + 1)]


def _suffixed(value: float, suffix: str, known: FactWords, at: int, *, millions: bool) -> tuple[float, list[NumberItem]]:
    """What the letters behind the digits of one word say: 40m, 3pm, 5th, 20명."""
    items: list[NumberItem] = []
    if suffix == "m" and millions:
        value *= 10**6
    elif suffix in _SIZES:
        value *= _SIZES[suffix]
    elif suffix in _HALVES:
        items = [NumberItem("clock", f"{int(value) % 12 + _HALVES[suffix] // 60}:00", at, at + 1)]
    elif suffix in _ORDINALS:
        items = [NumberItem("ordinal", shown(value), at, at + 1)]
    elif suffix == "s":
        items = [NumberItem("decade", shown(value), at, at + 1), NumberItem("near", f"{shown(value)}s", at, at + 1)]
    elif (hour := re.fullmatch(r"h(\d\d)?", suffix)) and value < 25:
        items = [NumberItem("clock", f"{int(value)}:{hour[1] or '00'}", at, at + 1)]
    else:
        return _measured(value, suffix, known, at)
    return value, items


def _measured(value: float, suffix: str, known: FactWords, at: int) -> tuple[float, list[NumberItem]]:
    """What a unit or size that is written together with a figure says: 100km, 20명, 3만."""
    if suffix[0] in KOREAN_SIZES:
        value, suffix = _korean(value, suffix)
    for length in range(len(suffix), 0, -1):
        for meaning in known.listed.get(suffix[:length], ()):
            if meaning.kind == "number" and not meaning.rest and length == len(suffix):
                return value * float(meaning.value), []
            if meaning.kind == "unit" and not meaning.rest:
                return value, [NumberItem("unit", meaning.value, at, at + 1)]
        if suffix[0] < "\u1100":
            break
    return value, []


def _korean(value: float, suffix: str) -> tuple[float, str]:
    """A figure with the sizes and further figures behind it, 3만5천, and the rest of the word."""
    found = _KOREAN_SIZED.match(suffix)
    whole = found[0] if found else ""
    rows = [(float(digits or KOREAN_SIZES[size]), not digits) for digits, size in _KOREAN_PART.findall(whole)]
    return in_sections([(value, False), *rows]), suffix[len(whole) :]


class _Number:
    """A number of several words, as far as it was read."""

    def __init__(self, part: NumberPart) -> None:
        large = part.kind == "number" and part.value >= 1000
        self.first, self.last = part.first, part.last
        self.bare = part.kind != "figure"
        """Whether it is one number word; a bare one (a, one, ein) says nothing."""
        self._total, self._current = (part.value, 0.0) if large else (0.0, part.value)
        self._size = part.value if large else 0.0

    def value(self) -> float:
        """Return the number."""
        return self._total + self._current

    def takes(self, part: NumberPart, language: str) -> bool:
        """Add a part; return False if it begins another number."""
        added = self._extended(part, language)
        if added:
            self.last, self.bare = part.last, False
        return added

    def _extended(self, part: NumberPart, language: str) -> bool:
        kind, value, current = part.kind, part.value, self._current
        ones = current % 10
        if kind == "digit" and value >= 10 and (ones or not current):
            self._current += (ones or 1) * value - ones
        elif kind == "digit" and (not current or value < _magnitude(current)):
            self._current += value
        elif kind == "times" and current:
            self._current += ones * value - ones
        elif kind == "half":
            self._current, self._total = (current + value, self._total) if current else (0.0, self._total + value * self._size)
        elif kind in {"number", "size"} and value >= 1000:
            if current or not 0 < self._total < value:
                self._total, self._current = self._total + (current or 1) * value, 0.0
            else:
                self._total *= value
            self._size = value
        elif kind == "number" and value in {100, 12} and 0 < abs(current) < 100:
            self._current *= value
        elif kind == "figure":
            if value >= (_magnitude(current) if current else self._size):
                return False
            self._current += value
        elif kind == "plus" or _adds(current, value, language) or (not current and value < 1000):
            self._current += value
        else:
            return False
        return True


def composed_number(parts: list[NumberPart], language: str) -> list[NumberItem]:
    """Return the numbers that number words in a row make. A minus before them is that of the first."""
    negative = parts[0].kind == "minus"
    numbers: list[_Number] = []
    for part in parts[negative:]:
        if not numbers or not numbers[-1].takes(part, language):
            numbers.append(_Number(part))
    out = [
        NumberItem("value", shown(n.value()), n.first, n.last)
        for n in numbers
        if not (n.bare and n.value() == 1 and not negative)
    ]
    if negative and out:
        out[0] = NumberItem("value", f"-{out[0].value.lstrip('-')}", parts[0].first, out[0].last)
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


def goes_on(parts: list[NumberPart], given: PrintedWords, known: FactWords, at: int) -> bool:
    """Return whether the figure at `at` is a part of the number before it: minus 12, 3万5千, 2 lakh 50 thousand."""
    if not parts or not is_gap(given.gaps[at]):
        return False
    before, here = given.words[at - 1], given.words[at]
    if parts[-1].kind == "minus":
        return True
    if parts[-1].kind == "figure":
        return before[-1] in KOREAN_SIZES and any(letter in KOREAN_SIZES for letter in here)
    large = parts[-1].value >= 1000 if parts[-1].kind in {"number", "size"} else parts[-1].kind == "digit"
    behind = known.of(given.words[at + 1]) if at + 1 < len(given.words) else []
    sized = any(m.kind == "number" and not m.rest and 100 <= float(m.value) < parts[-1].value for m in behind)
    return large and (given.gaps[at] == "" or sized)


def grouped(items: list[NumberItem], given: PrintedWords) -> list[NumberItem]:
    """Return the items with clock times, fractions, dates and figures that a space divides made one."""
    out: list[NumberItem] = []
    for item in items:
        before = out[-1] if out else None
        timed = before is not None and before.kind in {"value", "clock"} and item.first <= before.last
        if before and before.kind == item.kind == "value" and before.last == item.first:
            joined = _joined(before, item, given)
            out[-1:] = [joined] if joined else [before, item]
            _order_date(out, given)
        elif item.kind == "hour":
            if before and timed and ":" in (time := _clock(before.value)):
                out[-1] = NumberItem("clock", time, before.first, item.last)
        elif item.kind == "half-day":
            if before and timed and (halved := _half_day(before, item)):
                out[-1] = halved
        elif not (item.value in _DAY_UNITS and _is_dated(out[-3:], item, given)):
            out.append(item)
            _order_date(out, given)
    return out


def _is_dated(before: list[NumberItem], day: NumberItem, given: PrintedWords) -> bool:
    """Whether a word for a day is written together with the day of a month: 3月3日."""
    reach = day.first if given.gaps[day.first] == "" else day.first + 1
    return any(one.kind == "month" for one in before) and any(one.kind == "value" and one.last >= reach for one in before)


def _order_date(items: list[NumberItem], given: PrintedWords) -> None:
    """Order the parts of a date with the year first, 2021-03-03 or 2021年3月3日, as in other dates: day, month, year."""
    found = items[-4:] if len(items) > 3 and items[-3].value == "year" else items[-3:]
    if len(found) < 3 or found[0].kind != "value" or found[-1].kind != "value":
        return
    year, month, day = found[0], found[-2], found[-1]
    if any(one.last < other.first for one, other in pairwise(found)) or not all(
        x.value.isdecimal() for x in (year, month, day)
    ):
        return
    figures = month.kind == "value" and given.gaps[month.first] == given.gaps[day.first] == "-" and len(found) == 3
    if (month.kind == "month" or figures) and len(year.value) == 4 and int(month.value) <= 12 and int(day.value) <= 31:
        items[-len(found) :] = [day, NumberItem("month", str(int(month.value)), month.first, month.last), year]


def _joined(one: NumberItem, other: NumberItem, given: PrintedWords) -> NumberItem | None:
    """Two figures as one: a fraction, a clock time, or thousands that a space divides."""
    gap, left, right = given.gaps[other.first], given.words[other.first - 1], given.words[other.first]
    if not (left.isdecimal() and right.isdecimal()) or len(one.value) > _LONGEST_FIGURE:
        return None
    if gap == "/" and int(left) < int(right) <= _LARGEST_SHARE:
        return NumberItem("share", shown(int(left) / int(right)), one.first, other.last)
    if gap == ":" and int(left) < 25 and len(right) == 2 and int(right) < 60:
        return NumberItem("clock", f"{int(left)}:{right}", one.first, other.last)
    more = one.last - one.first > 1 and len(left) == 3
    if gap == " " and len(right) == 3 and len(left) <= 3 and (more or left[0] != "0"):
        return NumberItem("value", f"{one.value}{right}", one.first, other.last)
    return None


def _half_day(time: NumberItem, half: NumberItem) -> NumberItem | None:
    """A time with am or pm behind it."""
    hour, _, minute = _clock(time.value).partition(":")
    if not hour.isdecimal() or len(hour) > 2 or int(hour) > 12:
        return None
    return NumberItem("clock", f"{int(hour) % 12 + (12 if half.value == 'pm' else 0)}:{minute}", time.first, half.last)


def _clock(value: str) -> str:
    """A number beside a word for a clock time as a time: 14.3 (printed 14.30) is 14:30; as it is if it is none."""
    hour, _, minute = value.replace(".", ":").partition(":")
    if hour.isdecimal() and (not minute or minute.isdecimal()) and len(hour) <= 2 >= len(minute):
        return f"{int(hour)}:{minute.ljust(2, '0')}"
    return value
