"""What a word can mean where it stands: what must be beside it, and how it must be printed.

The tables say what a word can mean in a language (`fact_words`). Many of these words are also others: "may" and "May", "stone",
"second", 一. Each has its meaning only in a company that shows it.
"""

from collections.abc import Sequence
from typing import NamedTuple

from dedup.language.fact_numbers import CURRENCY_SIGNS, NumberItem, NumberPart, PrintedWords
from dedup.language.fact_words import KOREAN_DIGITS, KOREAN_SIZES, FactWords, Meaning

CODES = frozenset(CURRENCY_SIGNS.values()) | {
    "CHF", "CNY", "CAD", "AUD", "NZD", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "RON", "BGN", "BRL", "MXN", "ARS", "CLP",
    "COP", "ZAR", "SAR", "AED", "EGP", "QAR", "KWD", "IQD", "IDR", "MYR", "SGD", "HKD", "TWD", "PKR", "BDT",
}  # fmt: skip
"""Codes of currencies, which have a meaning in capitals beside a figure."""
_HAN_DIGITS = frozenset("〇零一二三四五六七八九十百千万亿億萬两兩")
_COUNTERS = frozenset(
    "名人个個位年月日天次岁歳件台本枚匹回時时分秒倍元円块條条艘辆架所家间户级度层层點点號楼週周か力ヶ箇番つ吨噸公万亿億兆千百十英"
)
"""Signs behind a Chinese or Japanese digit which show that it counts; without one, it may be a part of any word."""
_CAPITALISED = frozenset({"en"})
"""Languages that write months and weekdays with a capital and have other words that are spelled as they are: may, march."""
_VERBS = frozenset({"fall", "spring"})
"""Seasons that are also verbs."""
_CORRELATIVE = 8
"""Words between the two halves of a denial: neither ... nor."""


class FactPlace(NamedTuple):
    """A word, and what is known around it."""

    given: PrintedWords
    known: FactWords
    at: int
    items: Sequence[NumberItem]
    """What was read before it."""
    parts: Sequence[NumberPart]
    """The number words directly before it."""

    @property
    def word(self) -> str:
        """The word."""
        return self.given.words[self.at]

    @property
    def before(self) -> str:
        """The word before; empty at the beginning."""
        return self.given.words[self.at - 1] if self.at else ""

    @property
    def behind(self) -> str:
        """The word behind; empty at the end."""
        return self.given.words[self.at + 1] if self.at + 1 < len(self.given.words) else ""

    def is_behind_digit(self) -> bool:
        """Return whether the word before ends with a digit."""
        return self.before[-1:].isdigit()

    def is_beside_figure(self) -> bool:
        """Return whether the word before or behind is a figure."""
        return self.before[:1].isdigit() or self.behind[:1].isdigit()


def meaning_of(place: FactPlace) -> Meaning | None:
    """Return what the word at `place` means there; None if it states no fact."""
    given, at = place.given, place.at
    if half := _half_day(place):
        return half
    for meaning in place.known.of(place.word):
        size = len(meaning.rest)
        if size and tuple(given.words[at + 1 : at + 1 + size]) != meaning.rest:
            continue
        condition = _CONDITIONS.get(meaning.kind)
        if (size and meaning.kind not in _SURROUNDED) or condition is None or condition(meaning, place):
            return meaning
    code = given.shown[at]
    if len(code) == 3 and code.isupper() and code in CODES and place.is_beside_figure():
        return Meaning("unit", code)
    return None


def _half_day(place: FactPlace) -> Meaning | None:
    """Am and pm, also with points, behind a figure."""
    word = place.word
    if not place.is_behind_digit():
        return None
    if word in {"am", "pm"} and (place.items or place.parts):
        return Meaning("half-day", word)
    if word in {"a", "p"} and place.behind == "m" and place.given.gaps[place.at + 1] == ".":
        return Meaning("half-day", f"{word}m", ("m",))
    return None


def _counts(_meaning: Meaning, place: FactPlace) -> bool:
    """Whether a sign for a digit stands in a number."""
    counted = place.behind in _COUNTERS and place.behind != "" and not place.given.gaps[place.at + 1]
    return counted or place.before in _HAN_DIGITS or place.behind in _HAN_DIGITS or place.before in {"第", "之"}


def _is_number(_meaning: Meaning, place: FactPlace) -> bool:
    """Whether a number word is one: in Korean, the words of one letter are also other words, such as this and work."""
    single = place.word in KOREAN_DIGITS or place.word in KOREAN_SIZES
    return not single or bool(place.parts) or place.is_behind_digit()


def _is_signed(meaning: Meaning, place: FactPlace) -> bool:
    """Whether a word for a minus stands before a number, and not between two."""
    if place.parts or place.is_behind_digit():
        return False
    at = place.at + 1 + len(meaning.rest)
    behind = place.given.words[at] if at < len(place.given.words) else ""
    return behind[:1].isdigit() or any(m.kind in {"number", "digit"} for m in place.known.of(behind))


def _multiplies(_meaning: Meaning, place: FactPlace) -> bool:
    """Whether a sign for a large number stands behind another number."""
    return bool(place.parts) or place.is_behind_digit()


def _measures(meaning: Meaning, place: FactPlace) -> bool:
    """Whether the name of a unit is one here: names that are also other words are units only behind a number."""
    word, items, degrees = place.word, place.items, place.at > 0 and place.given.gaps[place.at].endswith("°")
    if len(word) == 1 and degrees:
        return meaning.value.startswith("temperature")
    if len(word) <= 2 and word in place.known.no_units:
        return False
    stated = bool(items and items[-1].last >= place.at and items[-1].kind in {"value", "unit", "share"})
    short = len(word) <= 3 and word[:1] < "\u0900"
    return bool(place.parts) or stated or place.is_behind_digit() or degrees or not (short or word in place.known.measured)


def _is_on_a_calendar(_meaning: Meaning, place: FactPlace) -> bool:
    """Whether the name of a month or weekday is one: with a capital where they have one; short names at a figure or point."""
    if place.known.language in _CAPITALISED and not place.given.shown[place.at][:1].isupper():
        return False
    if len(place.word) == 1 and place.is_behind_digit():  # 3日 is the third day
        return False
    return place.word not in place.known.short or place.is_beside_figure() or place.given.gaps[place.at + 1].startswith(".")


def _is_season(_meaning: Meaning, place: FactPlace) -> bool:
    """Whether the name of a season is one: not a verb."""
    return place.known.language != "en" or place.word not in _VERBS or place.before in place.known.articles


def _denies(_meaning: Meaning, place: FactPlace) -> bool:
    """Whether a word that may deny does: "noch" behind "weder", and "pas" that is no step."""
    if place.word == "noch" and place.known.language == "de":
        return "weder" in place.given.words[max(0, place.at - _CORRELATIVE) : place.at]
    return not (place.word in place.known.nouns and place.before in place.known.articles)


def _is_ordinal(_meaning: Meaning, place: FactPlace) -> bool:
    """Whether an ordinal is one: in Vietnamese, the fourth is also a word of its own."""
    return place.known.language != "vi" or place.before == "thứ"


_SURROUNDED = frozenset({"half", "minus"})
"""Kinds of which phrases, too, must have others beside them."""
_CONDITIONS = {
    "number": _is_number,
    "half": lambda _meaning, place: bool(place.parts),
    "minus": _is_signed,
    "digit": _counts,
    "size": _multiplies,
    "unit": _measures,
    "month": _is_on_a_calendar,
    "weekday": _is_on_a_calendar,
    "season": _is_season,
    "not": _denies,
    "ordinal": _is_ordinal,
}
"""What must hold around a word for it to have a meaning of a kind."""
