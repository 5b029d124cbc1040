"""What a stretch of words says in numbers, units, dates and denials, as values that are equal if the facts are.

"Twenty-four", "two dozen" and ٢٤ are one number; "40 percent" and "40%" one number and one unit. A word means what it means in
the language of the text (`fact_words`). What a sign says is read from the characters between the words.
"""

import math
import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from dedup.language.fact_words import FactWords, Meaning
from dedup.types import Flag


class Fact(NamedTuple):
    """A fact, and the words `first` to `last` (exclusive) that state it."""

    flags: tuple[Flag, ...]
    """What an editor is told if it changes; the first says with which others it is compared."""
    value: str
    first: int
    last: int


class PrintedWords(NamedTuple):
    """A stretch of n words of a text."""

    words: Sequence[str]
    """(n,): folded as the `tokens` kernel folds them."""
    gaps: Sequence[str]
    """(n + 1,): what stands before each word, and behind the last."""
    shown: Sequence[str]
    """(n,): the words as they are printed."""


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
    [
        "st",
        "nd",
        "rd",
        "th",
        "er",
        "ere",
        "eme",
        "e",
        "re",
        "nde",
        "ste",
        "de",
        "a",
        "o",
        "te",
        "ten",
        "ter",
        "es",
        "ma",
        "mo",
        "ya",
        "ый",
        "ой",
        "я",
        "й",
        "го",
        "м",
        "х",
    ]
)
_SIZES = {
    "k": 10**3,
    "mn": 10**6,
    "mln": 10**6,
    "mio": 10**6,
    "b": 10**9,
    "bn": 10**9,
    "bln": 10**9,
    "mrd": 10**9,
    "tn": 10**12,
    "trn": 10**12,
}
_KOREAN_SIZES = {"백": 100, "천": 1000, "만": 10**4, "억": 10**8, "조": 10**12}
_NUMBER_KINDS = frozenset({"number", "digit", "size", "times", "plus"})
_DATE_KINDS = frozenset({"month", "weekday", "season", "part", "clock", "near", "relative", "next"})
_COUNTERS = frozenset(
    "名人个個位年月日天次岁歳件台本枚匹回時时分秒倍元円块條条艘辆架所家间户级度层层点點号楼週周か力ヶ箇番つ吨噸公万亿億兆千百十英"
)
"""Signs behind a Chinese or Japanese digit which show that it counts; without one, it may be a part of any word."""
_AMBIGUOUS = frozenset(
    [
        "foot",
        "feet",
        "stone",
        "bar",
        "bars",
        "night",
        "nights",
        "real",
        "reals",
        "rand",
        "leu",
        "lei",
        "sol",
        "crown",
        "crowns",
        "marks",
        "point",
        "pint",
        "pints",
        "yard",
        "yards",
        "second",
        "quarter",
        "quarters",
        "pesos",
        "peso",
        "corona",
        "coronas",
        "libra",
        "libras",
        "couronne",
        "couronnes",
        "livre",
        "livres",
        "krone",
        "kronen",
        "corone",
        "won",
        "bit",
        "bits",
        "pond",
        "pund",
        "funt",
        "grad",
        "grade",
        "grads",
        "degree",
        "grados",
        "centre",
        "minute",
        "minuta",
        "minuto",
        "cent",
        "cents",
        "pair",
        "ton",
        "tone",
        "mil",
        "millas",
        "mila",
        "min",
        "pa",
        "knot",
        "knots",
        "ounce",
        "marco",
        "lira",
        "liras",
        "buck",
        "bucks",
        "cal",
        "bushel",
        "fathom",
        "carat",
        "carats",
        "quarto",
        "quartos",
        "mark",
        "noche",
        "noches",
        "notte",
        "notti",
        "noite",
        "noites",
        "nacht",
        "nuit",
        "nuits",
        "nächte",
        "naechte",
        "segundo",
        "segunda",
        "secondo",
        "seconda",
        "trimestre",
        "rial",
        "rials",
        "dong",
        "som",
        "sum",
        "taka",
        "colon",
        "dia",
        "pennies",
        "penny",
        "barrel",
    ]
)
"""Names of units that are also other words: they are units only behind a number."""
_NO_UNITS = frozenset(
    [
        "a",
        "c",
        "d",
        "e",
        "f",
        "i",
        "o",
        "u",
        "y",
        "w",
        "in",
        "at",
        "to",
        "is",
        "or",
        "no",
        "s",
        "d",
        "pa",
        "ma",
        "da",
        "db",
        "as",
        "am",
        "au",
        "de",
        "di",
        "du",
        "le",
        "la",
        "on",
        "un",
    ]
)
"""Short names of units that are mostly other words."""
_ARTICLES = frozenset(
    [
        "the",
        "this",
        "last",
        "next",
        "in",
        "by",
        "every",
        "early",
        "late",
        "mid",
        "of",
        "since",
        "until",
        "each",
        "for",
        "a",
        "during",
        "that",
    ]
)
_DIRECT = frozenset({"fall", "spring"})
_SHORT_DATES = frozenset(["sun", "sat", "wed", "mar", "mon", "dec", "jan", "thu", "tue", "fri"])
_CAPITALISED = frozenset({"en"})
"""Languages that write months and weekdays with a capital and have other words that are spelled as they are: may, march."""
_OF = frozenset(["of", "de", "do", "del", "di", "der", "den", "des", "the", "la", "le", "el", "на"])
_HALVES = {"am": 0, "pm": 720}
_DETERMINERS = frozenset(
    [
        "un",
        "le",
        "les",
        "des",
        "ses",
        "son",
        "ces",
        "ce",
        "de",
        "du",
        "au",
        "aux",
        "leur",
        "leurs",
        "mes",
        "tes",
        "nos",
        "vos",
        "quelques",
        "premier",
        "premiers",
        "deux",
        "trois",
        "dix",
        "cent",
        "mille",
    ]
)
_CORRELATIVE = 8
"""Words between the two halves of a denial: neither ... nor."""
_YEARS = range(1100, 2100)
_LONGEST_FIGURE = 30
"""Digits of the longest figure that is read as a number."""
_LARGEST_SHARE = 20
"""The largest denominator of a fraction: 3/4 is one, 3/44 is none."""


_Part = tuple[str, float, int, int]
"""A word of a number: its kind, its value, and the words from and to which it extends."""


class _Item(NamedTuple):
    kind: str
    value: str
    first: int
    last: int


def facts_of(given: PrintedWords, known: FactWords, *, millions: bool = False) -> list[Fact]:
    """Return the facts that `given` states, in order. With `millions`, an m behind a figure is a million, not a metre."""
    items = _items(given, known, millions)
    out: list[Fact] = []
    near_number = _near(items, frozenset({"value", "ordinal", "share"}))
    for n, item in enumerate(items):
        kind, value, first, last = item
        if kind == "value":
            out.append(_number(items, n, given))
        elif kind == "ordinal":
            dated = _beside(items, n, "month", given)
            out.append(Fact(("number", "date") if dated else ("number",), value if dated else f"{value}.", first, last))
        elif kind in {"share", "multiple"}:
            upper, _, lower = value.partition("/")
            number = _shown(float(upper) / float(lower or 1))
            out.append(Fact(("number",), number if kind == "share" else f"x{number}", first, last))
        elif kind == "bound":
            if near_number(first, last, 3):
                out.append(Fact(("number",), value, first, last))
        elif kind == "unit":
            out.append(Fact(("unit",), value, first, last))
        elif kind == "not":
            out.append(Fact(("negation",), value, first, last))
        elif kind == "next":
            if _has_time_beside(items, n):
                out.append(Fact(("date",), value, first, last))
        elif kind in _DATE_KINDS:
            out.append(Fact(("date", "number") if kind == "clock" else ("date",), f"{kind} {value}", first, last))
    return out


def _number(items: list[_Item], n: int, given: PrintedWords) -> Fact:
    """A number; near a month it is a date too, and so is a year."""
    _, value, first, last = items[n]
    year = last == first + 1 and len(given.words[first]) == 4 and value.isdigit() and int(value) in _YEARS
    measured = (
        n + 1 < len(items) and items[n + 1].kind == "unit" and items[n + 1].first <= last and items[n + 1].value != "year"
    )
    dated = (year and not measured) or _beside(items, n, "month", given)
    return Fact(("number", "date") if dated else ("number",), value, first, last)


def _beside(items: list[_Item], n: int, kind: str, given: PrintedWords) -> bool:
    """Whether an item of `kind` stands directly beside item n, or with a small word between."""
    item = items[n]
    for other in (items[m] for m in (n - 1, n + 1) if 0 <= m < len(items)):
        if other.kind == kind:
            between = given.words[min(item.last, other.last) : max(item.first, other.first)]
            if len(between) <= 1 and all(word in _OF for word in between):
                return True
    return False


def _has_time_beside(items: list[_Item], n: int) -> bool:
    first, last = items[n].first, items[n].last
    return any(
        (
            other.kind in _DATE_KINDS - {"next"}
            or (other.kind == "unit" and other.value.startswith("duration"))
            or other.value in {"year", "day"}
        )
        and other.first <= last + 1
        and other.last >= first - 1
        for other in items
        if other is not items[n]
    )


def _near(items: list[_Item], kinds: frozenset[str]) -> Callable[[int, int, int], bool]:
    """A function that says whether an item of `kinds` lies within some words of others."""
    places = [(item.first, item.last) for item in items if item.kind in kinds]
    return lambda first, last, reach: any(low <= last + reach - 1 and high >= first - reach for low, high in places)


def _items(given: PrintedWords, known: FactWords, millions: bool) -> list[_Item]:
    """Words and signs with a meaning, in order; numbers of several words are one."""
    out: list[_Item] = []
    n, at = len(given.words), 0
    parts: list[_Part] = []

    def close() -> None:
        if parts:
            out.extend(_composed(parts, known.language))
            parts.clear()

    while at < n:
        word = given.words[at]
        if known.is_plain(word) and given.shown[at] not in CODES:
            if parts:
                close()
            at += 1
            continue
        found = _meaning(given, known, at, out, parts)
        if found is None and word[:1].isdecimal():
            if parts and not _is_gap(given.gaps[at]):
                close()
            at = _figure(given, known, at, parts, out, close, millions)
            continue
        if found is None:
            close()
            at += 1
            continue
        last = at + 1 + len(found.rest)
        if found.kind in _NUMBER_KINDS:
            if parts and not _is_gap(given.gaps[at]):
                close()
            parts.append((found.kind, float(found.value), at, last))
        elif found.kind == "link":
            if not (parts and _is_gap(given.gaps[at])):
                close()
        else:
            close()
            if found.kind != "plain":
                out.append(_Item(found.kind, found.value, at, last))
        at = last
    close()
    return _figures_grouped(out, given)


def _figures_grouped(items: list[_Item], given: PrintedWords) -> list[_Item]:
    """The items with clock times, fractions and figures that a space divides made one."""
    out: list[_Item] = []
    for item in items:
        before = out[-1] if out else None
        if (
            before
            and before.kind == item.kind == "value"
            and before.last == item.first
            and (joined := _joined(before, item, given))
        ):
            out[-1] = joined
        elif before and item.kind == "hour":
            if before.kind in {"value", "clock"} and item.first <= before.last and ":" in (time := _clock(before.value)):
                out[-1] = _Item("clock", time, before.first, item.last)
        elif (
            before
            and item.kind == "half-day"
            and before.kind in {"value", "clock"}
            and item.first <= before.last
            and (halved := _half_day(before, item))
        ):
            out[-1] = halved
        elif item.kind not in {"half-day", "hour"}:
            out.append(item)
    return out


def _joined(one: _Item, other: _Item, given: PrintedWords) -> _Item | None:
    gap, left, right = given.gaps[other.first], given.words[other.first - 1], given.words[other.first]
    if not (left.isdecimal() and right.isdecimal()) or len(one.value) > _LONGEST_FIGURE:
        return None
    if gap == "/" and int(left) < int(right) <= _LARGEST_SHARE:
        return _Item("share", _shown(int(left) / int(right)), one.first, other.last)
    if gap == ":" and int(left) < 25 and len(right) == 2 and int(right) < 60:
        return _Item("clock", f"{int(left)}:{right}", one.first, other.last)
    more = one.last - one.first > 1 and len(left) == 3
    if gap == " " and len(right) == 3 and len(left) <= 3 and (more or left[0] != "0"):
        return _Item("value", f"{one.value}{right}", one.first, other.last)
    return None


def _half_day(time: _Item, half: _Item) -> _Item | None:
    hour, _, minute = _clock(time.value).partition(":")
    if not hour.isdecimal() or len(hour) > 2 or int(hour) > 12:
        return None
    return _Item("clock", f"{int(hour) % 12 + (12 if half.value == 'pm' else 0)}:{minute}", time.first, half.last)


def _clock(value: str) -> str:
    """A number beside a word for a clock time as a time: 14.3 (printed 14.30) is 14:30; as it is if it is none."""
    hour, _, minute = value.replace(".", ":").partition(":")
    if hour.isdecimal() and (not minute or minute.isdecimal()) and len(hour) <= 2 >= len(minute):
        return f"{int(hour)}:{minute.ljust(2, '0')}"
    return value


def _meaning(given: PrintedWords, known: FactWords, at: int, items: list[_Item], parts: list[_Part]) -> Meaning | None:
    """What the word at `at` means here; None if it states no fact."""
    word = given.words[at]
    if word in {"am", "pm"} and (items or parts) and given.words[at - 1][-1:].isdigit():
        return Meaning("half-day", word)
    if (
        word in {"a", "p"}
        and at + 1 < len(given.words)
        and given.words[at + 1] == "m"
        and given.gaps[at + 1] == "."
        and at
        and given.words[at - 1][-1:].isdigit()
    ):
        return Meaning("half-day", f"{word}m", ("m",))
    for meaning in known.of(word):
        size = len(meaning.rest)
        if size and tuple(given.words[at + 1 : at + 1 + size]) != meaning.rest:
            continue
        if _holds(meaning, given, known, at, items, parts):
            return meaning
    code = given.shown[at]
    if len(code) == 3 and code.isupper() and code in CODES and _number_beside(given, at):
        return Meaning("unit", code)
    return None


CODES = frozenset(CURRENCY_SIGNS.values()) | frozenset(
    [
        "CHF",
        "CNY",
        "CAD",
        "AUD",
        "NZD",
        "SEK",
        "NOK",
        "DKK",
        "PLN",
        "CZK",
        "HUF",
        "RON",
        "BGN",
        "BRL",
        "MXN",
        "ARS",
        "CLP",
        "COP",
        "ZAR",
        "SAR",
        "AED",
        "EGP",
        "QAR",
        "KWD",
        "IQD",
        "IDR",
        "MYR",
        "SGD",
        "HKD",
        "TWD",
        "PKR",
        "BDT",
    ]
)


def _number_beside(given: PrintedWords, at: int) -> bool:
    words = given.words
    return any(words[n][:1].isdigit() for n in (at - 1, at + 1) if 0 <= n < len(words))


def _holds(  # noqa: PLR0911, PLR0917 one condition of a word after the other
    meaning: Meaning,
    given: PrintedWords,
    known: FactWords,
    at: int,
    items: list[_Item],
    parts: list[_Part],
) -> bool:
    """Whether a word that may have this meaning has it here."""
    kind, word, language = meaning.kind, given.words[at], known.language
    if kind == "digit":
        return _counts(given, at)
    if kind == "size":
        return bool(parts) or (at > 0 and given.words[at - 1][-1:].isdigit())
    if meaning.rest:
        return True
    if kind == "unit":
        if len(word) == 1 and at and given.gaps[at].endswith("°"):
            return meaning.value.startswith("temperature")
        if len(word) <= 2 and word in _NO_UNITS:
            return False
        behind = bool(parts) or bool(items and items[-1].last >= at and items[-1].kind in {"value", "unit", "share"})
        behind = behind or (at > 0 and given.words[at - 1][-1:].isdigit()) or (at > 0 and given.gaps[at].endswith("°"))
        short = len(word) <= 3 and word[:1] < "\u0900"
        return behind or not (short or word in _AMBIGUOUS)
    if kind in {"month", "weekday"} and language in _CAPITALISED:
        if word in _SHORT_DATES and not (_number_beside(given, at) or given.gaps[at + 1].startswith(".")):
            return False
        return given.shown[at][:1].isupper()
    if kind == "season" and language == "en" and word in _DIRECT:
        return at > 0 and given.words[at - 1] in _ARTICLES
    if kind == "not" and word == "noch" and language == "de":
        return "weder" in given.words[max(0, at - _CORRELATIVE) : at]
    if kind == "not" and language == "fr" and word in {"pas", "point", "personne", "rien"}:
        return at == 0 or given.words[at - 1] not in _DETERMINERS
    if kind == "ordinal" and language == "vi":
        return at > 0 and given.words[at - 1] == "thứ"
    return True


def _counts(given: PrintedWords, at: int) -> bool:
    """Whether a sign for a digit stands in a number."""
    here = [given.words[n] for n in (at - 1, at + 1) if 0 <= n < len(given.words)]
    behind = given.words[at + 1] if at + 1 < len(given.words) and not given.gaps[at + 1] else ""
    return behind in _COUNTERS or any(word in _HAN_DIGITS for word in here) or (at > 0 and given.words[at - 1] == "第")


_HAN_DIGITS = frozenset("〇零一二三四五六七八九十百千万亿億萬两兩")


def _is_gap(gap: str) -> bool:
    """Whether two words with this between them may be parts of one number."""
    return gap in {"", " ", "-", "\xa0", "\u2011", "\n", "\u202f"}


def _figure(  # noqa: PLR0912, PLR0917 one sign and suffix after the other
    given: PrintedWords,
    known: FactWords,
    at: int,
    parts: list[_Part],
    items: list[_Item],
    close: Callable[[], None],
    millions: bool,
) -> int:
    """Read the figure at `at` with the signs and letters at it; return the next word."""
    word, before, behind = given.words[at], given.gaps[at], given.gaps[at + 1]
    match = _FIGURE.match(word)
    if match is None:
        close()
        return at + 1
    digits, lower, suffix = match.groups()
    close()
    sign = _BEFORE.search(before)
    named = sign.groupdict() if sign else {}
    if named.get("bound"):
        items.append(_Item("bound", _BOUND_SIGNS[named["bound"]], at, at + 1))
    currency = named.get("currency")
    if currency:
        items.append(_Item("unit", CURRENCY_SIGNS[currency], at, at + 1))
    plus = named.get("plus") or named.get("minus") or ""
    if plus and (at == 0 or plus != "–" or not given.words[at - 1][-1:].isdigit()) and (before[:1] != plus or at == 0):
        negative = plus in "-−–"
        if not negative:
            items.append(_Item("unit", plus, at, at + 1))
    else:
        negative = False
    if _GROUPED.fullmatch(digits):
        digits = digits.replace(".", "")
    if digits.count(".") > 1:
        items.append(_Item("clock", digits, at, at + 1))  # a date in figures: 12.3.2024
        return at + 1
    if len(digits) > _LONGEST_FIGURE:  # no number that anybody counts with
        items.append(_Item("value", digits, at, at + 1))
        return at + 1
    value = float(digits) / (float(lower) or 1) if lower else float(digits)
    value = -value if negative else value
    extra: list[_Item] = []
    if suffix:
        value, extra = _suffixed(value, suffix, known, at, millions or bool(currency))
    elif at + 1 < len(given.words) and given.words[at + 1] == "m" and _is_gap(behind) and (millions or currency):
        parts.append(("figure", value * 10**6, at, at + 2))
        close()
        return at + 2
    if any(item.kind in {"ordinal", "clock", "decade"} for item in extra):
        items.extend(extra)
        return at + 1
    parts.append(("figure", value, at, at + 1))
    after = _BEHIND.match(behind)
    if extra or after:
        close()
    items.extend(extra)
    if after:
        name = after["unit"]
        follows = after["rest"] == "" and at + 1 < len(given.words) and given.words[at + 1][:1].isdigit()
        if name:
            items.append(_Item("unit", _UNIT_SIGNS[name], at, at + 1))
        elif not currency and not (follows and behind[:1].isspace()):
            items.append(_Item("unit", CURRENCY_SIGNS[after["currency"]], at, at + 1))
    return at + 1


def _suffixed(value: float, suffix: str, known: FactWords, at: int, millions: bool) -> tuple[float, list[_Item]]:  # noqa: PLR0911 one suffix after the other
    """What the letters behind the digits of one word say: 40m, 3pm, 5th, 20명."""
    if suffix == "m" and millions:
        return value * 10**6, []
    if suffix in _SIZES:
        return value * _SIZES[suffix], []
    if suffix in _HALVES:
        return value, [_Item("clock", f"{int(value) % 12 + _HALVES[suffix] // 60}:00", at, at + 1)]
    if suffix in _ORDINALS:
        return value, [_Item("ordinal", _shown(value), at, at + 1)]
    if suffix == "s":
        return value, [_Item("decade", _shown(value), at, at + 1), _Item("near", f"{_shown(value)}s", at, at + 1)]
    if (hour := re.fullmatch(r"h(\d\d)?", suffix)) and value < 25:
        return value, [_Item("clock", f"{int(value)}:{hour[1] or '00'}", at, at + 1)]
    while suffix[:1] in _KOREAN_SIZES:
        value, suffix = value * _KOREAN_SIZES[suffix[0]], suffix[1:]
    for length in range(len(suffix), 0, -1):
        for meaning in known.listed.get(suffix[:length], ()):
            if meaning.kind == "number" and not meaning.rest and length == len(suffix):
                return value * float(meaning.value), []
            if meaning.kind == "unit" and not meaning.rest:
                return value, [_Item("unit", meaning.value, at, at + 1)]
        if suffix[0] < "\u1100":
            break
    return value, []


def _shown(value: float) -> str:
    if not math.isfinite(value):
        return str(value)
    return f"{round(value):d}" if abs(value - round(value)) < 1e-9 * max(1, abs(value)) else f"{value:.6g}"


def _composed(parts: list[_Part], language: str) -> list[_Item]:
    """The numbers that number words in a row make. A bare one (a, one, ein) says nothing."""
    out: list[_Item] = []
    total = current = 0.0
    first = last = -1
    bare = True

    def close() -> None:
        if first >= 0 and not (bare and total + current == 1):
            out.append(_Item("value", _shown(total + current), first, last))

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
