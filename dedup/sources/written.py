"""Dates in words and numbers, as people, programs and papers write them. `times` is the way in.

A date is translated first: names of months to numbers, zones to marks, and words that add nothing are dropped. What is left
must be a date, a time and a zone, and nothing else: a word that is not understood makes the whole unreadable, because a part of
it would be a guess ("2 hours ago", "5 July, or later"). Nothing is taken from the day on which it is read.
"""

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import NamedTuple

from dedup.language.calendar import folded, is_weekday, month_of

AMBIGUOUS = "ambiguous: day or month first; write it as YYYY-MM-DD"
PARTIAL = "a date without day, month or year"
_HOURS = {
    name: hours
    for hours, names in (
        (0, ("utc", "ut", "gmt", "z", "wet")),
        (1, ("west", "bst", "cet", "mez")),
        (2, ("cest", "mesz", "eet", "sast")),
        (3, ("eest", "msk", "trt")),
        (5, ("pkt",)),
        (7, ("wib",)),
        (8, ("hkt", "sgt", "awst")),
        (9, ("jst", "kst")),
        (9.5, ("acst",)),
        (10, ("aest",)),
        (10.5, ("acdt",)),
        (11, ("aedt",)),
        (12, ("nzst",)),
        (13, ("nzdt",)),
        (-4, ("edt",)),
        (-5, ("est", "cdt")),
        (-6, ("cst", "mdt")),
        (-7, ("mst", "pdt")),
        (-8, ("pst", "akdt")),
        (-9, ("akst",)),
        (-10, ("hst",)),
    )
    for name in names
}
"""Hours east of Greenwich, for zones whose name means one zone in news, or in mail (RFC 2822, 4.3). IST means three."""
_AREAS = {"et": "America/New_York", "ct": "America/Chicago", "mt": "America/Denver", "pt": "America/Los_Angeles"}
"""Zones whose distance from Greenwich depends on the day."""
_AREA = re.compile(r"\b(?:Africa|America|Antarctica|Asia|Atlantic|Australia|Europe|Indian|Pacific)(?:/[A-Za-z_]+){1,2}")
_PLAIN = {ord(dash): "-" for dash in "‐‑‒–—―−"} | dict.fromkeys(
    [0xAD, 0x61C, *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, 0xFEFF]
)
"""Dashes of all kinds; and signs that nobody sees, most of which say in which direction a script runs."""
_DIGIT = re.compile(r"(?![0-9])\d")
_LONGEST = 150
"""Characters of the longest date: in many words, with its zone's name in brackets."""

_WORD = re.compile(
    r"(?:星期|周|週)[一二三四五六日天]|[月火水木金土日]曜日?|[월화수목금토일]요일"
    r"|[年月日号號時时點点分秒년월일시분초]|[^\s\d,.;:()\[\]/|+\-·•@'’،、၊#年月日号號時时點点分秒년월일시분초]+"
)
_HALF = re.compile(r"\b([ap])\.\s?m\b\.?")
_HALVES = {"am": "am", "pm": "pm", "午前": "am", "上午": "am", "오전": "am", "午後": "pm", "下午": "pm", "오후": "pm"}
_ARABIC_HALVES = {"ص": "am", "م": "pm"}
"""Letters for before and after noon, behind a time. Behind a year, the second is for our era."""
_CLOCK = re.compile(r":\d\d\s*\Z")
_AFTER_NUMBERS = {
    **dict.fromkeys(("年", "月", "년", "월"), "-"),
    **dict.fromkeys(("日", "号", "號", "일", "秒", "초"), " "),
    **dict.fromkeys(("分", "분", "h", "hs", "hrs", "uhr", "uur", "u", "時", "时", "點", "点", "시"), ":"),
}
"""What stands for a word that comes after a number."""
_FILLERS = frozenset(
    map(
        folded,
        """
        the of on at st nd rd th t a as à al alle am da de del den der des dia die do du di e ed el em en er ere etter
        ex i il în in í
        kl klo kello klockan klokka klokken klukkan la las le les los min o om op ore saat ste um v y ngày lúc năm godz
        roku w d m gada
        в г года год о р року та ж թ 于 於 ที่ เวลา
        first last published posted date dated datum stand publié publiée publicado publicada pubblicato publicerad publisert
        veröffentlicht gepubliceerd erstellt
        """.split(),  # noqa: SIM905 reads better
    )
)
"""Words of dates that change nothing."""
_UPDATED = frozenset(
    map(
        folded,
        """
        updated update modified aktualisiert actualizado actualizada aggiornato atualizado atualizada actualisé
        bijgewerkt uppdaterad
        oppdatert opdateret
        """.split(),  # noqa: SIM905 reads better
    )
)
"""Words before the time of a later change."""

_DAY, _MONTH, _YEAR = r"(?P<day>\d{1,2})", r"#(?P<month>\d\d)#", r"(?P<year>\d{4})"
_BETWEEN = r"[\s.,/-]*"
_NAMED = [
    re.compile(rf"(?<![\d:.]){_DAY}{_BETWEEN}{_MONTH}{_BETWEEN}(?P<year>\d{{4}}(?!\d)|'?\d\d(?![\d.:]*\d))"),
    re.compile(rf"{_MONTH}{_BETWEEN}{_DAY}(?!\d){_BETWEEN}(?P<year>\d{{4}}|'\d\d)(?!\d)"),
    re.compile(rf"(?<!\d){_YEAR}{_BETWEEN}{_MONTH}{_BETWEEN}{_DAY}(?!\d)"),
]
"""Dates with a month in words: 5 July 2018, July 5, 2018, and 2018, July 5."""
_YEAR_FIRST = re.compile(rf"(?<![\d:.]){_YEAR}\s?(?P<sign>[-/.])\s?(?P<month>\d{{1,2}})\s?(?P=sign)\s?{_DAY}(?!\d)")
_YEAR_FIRST_HAN = re.compile(rf"(?<!\d){_YEAR}\s?-\s?(?P<month>\d{{1,2}})\s?-\s?{_DAY}(?!\d)")
_YEAR_LAST = re.compile(r"(?<![\d:.])(\d{1,2})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{4}|\d\d)(?![\d:])")
_YEAR_AFTER_TIME = re.compile(
    r"(#\d\d#[\s.,]*\d{1,2}|\d{1,2}[\s.,]*#\d\d#)[\s,]+(\d{1,2}:\d\d(?::\d\d)?)\s*((?:§.)?\s*(?:[+-]\d{4})?)\s+(\d{4})(?!\d)"
)
"""The order of C's `asctime` and of `date`: Jul 5 09:30:00 EDT 2018."""
_SIGNS = r"[\s,.;:|·•@'’،、၊()\[\]/-]*"
_TIME = (
    r"(?:(?P<before>[ap]m)\s*)?(?P<hour>\d{1,2})"
    r"(?:\s?[:.]\s?(?P<minute>\d\d)(?:[:.]\s?(?P<second>\d\d)(?:[.,](?P<part>\d{1,9}))?)?:?|:|(?=\s*[ap]m))\s*(?P<after>[ap]m)?"
)
_ZONE = r"(?:§(?P<zone>.))?\s*(?P<offset>[+-]\s?\d{1,2}(?::?\d\d)?(?!\d))?\s*(?:§(?P<also>.))?"
_REST = re.compile(rf"{_SIGNS}(?:§(?P<first>.)\s*(?=\d))?(?:{_TIME})?[\s,]*{_ZONE}{_SIGNS}")
_PART = re.compile(rf"(?:{_SIGNS}(?:#\d\d#|\d{{1,4}})){{0,2}}{_SIGNS}(?:{_TIME})?[\s,]*{_ZONE}{_SIGNS}")
"""What lacks a part of the date: July 2018, 2018, Sunday, 9.30 am."""
_BRACKETS = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_VIETNAMESE = re.compile(r"\bth(?:án)?g\s*(\d{1,2})(?!\d)")
"""Months that have numbers instead of names."""
_NEXT_OFFSET = re.compile(r"\s?[+-]\s?\d")
_ZONED = re.compile(r"(?:[+-]\d\d:?\d\d|\b[A-Z]{2,4}T|UTC|Z)\s*$")


class Written(NamedTuple):
    """What a date states: the time, with or without a zone, and whether it states more than the day."""

    time: datetime
    has_time: bool


def read_written(value: str) -> Written | str:
    """Return what `value` states; or why it states no day, as words after "is". Raise ValueError for what is no date."""
    if len(value) > _LONGEST:
        raise ValueError("too long")
    zones: list[tzinfo] = []
    text = _YEAR_AFTER_TIME.sub(r"\1 \4 \2 \3", _translated(_plain(value), zones))
    found = _day(text)
    if found is None:
        if _PART.fullmatch(text):
            return PARTIAL
        raise ValueError("no date")
    (start, end), days = found
    attached = re.fullmatch(r"[+-]\d\d:?\d\d\s*", text[end:])  # a day with a zone, as XML Schema has it
    rest = _REST.fullmatch(f"{text[:start]} {text[end:]}") if not attached else re.fullmatch(_ZONE, text[end:].strip())
    if rest is None:
        raise ValueError("more than a date")
    if len(days) > 1:
        return AMBIGUOUS
    parts = {"hour": None, **rest.groupdict()}
    time = days.pop() + (timedelta() if parts["hour"] is None else _clock(parts))
    return Written(time.replace(tzinfo=_zone(parts, zones)), parts["hour"] is not None)


def is_update(line: str) -> bool:
    """Return whether `line` starts with a word that stands before the time of a later change."""
    first = _WORD.search(line)
    second = first and _WORD.search(line, first.end())
    return any(word and folded(word[0]) in _UPDATED for word in (first, second))


def ends_with_update(text: str) -> bool:
    """Return whether `text` ends with words that stand before the time of a later change: "Last updated on"."""
    words = [folded(word[0]) for word in _WORD.finditer(text[-_LONGEST:])]
    return not _UPDATED.isdisjoint(words[-3:])


def _plain(value: str) -> str:
    """`value` with digits and dashes of all scripts as those of ASCII, and without signs that nobody sees."""
    if not value.isascii():
        value = unicodedata.normalize("NFKC", value).translate(_PLAIN)
        value = _DIGIT.sub(lambda found: str(unicodedata.decimal(found[0])), value)
    return " ".join(value.split())


def _translated(text: str, zones: list[tzinfo]) -> str:
    """`text` with `#07#` for July, and `§a` for the first of `zones`, which are added to. ValueError for an unknown word."""
    if "§" in text or "#" in text:
        raise ValueError("no date")
    # What is in brackets behind a zone is its name once more: GMT+0200 (CEST).
    text = _BRACKETS.sub(lambda found: "" if _ZONED.search(text[: found.start()]) else f" {found[1]} ", text)
    text = _AREA.sub(lambda found: _mark(_area(found[0]), zones), text)
    text = _VIETNAMESE.sub(lambda found: f" #{int(found[1]):02}# ", _HALF.sub(r"\1m", text.casefold()))
    out, at, months = "", 0, list[str]()
    for found in _WORD.finditer(text):
        out, at = out + text[at : found.start()], found.end()
        word = folded(found[0])
        number = out.rstrip()[-1:].isdigit()  # the word comes after a number
        if word.startswith("§"):
            out += word
        elif word in _HALVES and (number or word != "am"):
            out += f" {_HALVES[word]} "
        elif word in _ARABIC_HALVES and (_CLOCK.search(out) or (word == "م" and number)):
            out += f" {_ARABIC_HALVES[word]} " if _CLOCK.search(out) else " "
        elif word in _AFTER_NUMBERS and number:
            out = out.rstrip() + _AFTER_NUMBERS[word]
        elif (zone := _zone_called(word)) is not None:
            # GMT+0200 lies east of Greenwich, as all but POSIX have it: the number says it all.
            out += "" if zone is UTC and _NEXT_OFFSET.match(text, at) else _mark(zone, zones)
        elif month := month_of(word):
            months.append(word)
            out += f"#{month:02}#"
        elif word in _UPDATED and any(c.isdigit() for c in out):
            return out
        elif word in _FILLERS or word in _UPDATED or is_weekday(word):
            out += " "
        else:
            raise ValueError(f"unknown word {word}")
    out += text[at:]
    if len(months) == 2 and is_weekday(months[0]):  # mar. 3 avr.: Tuesday
        out = re.sub(r"#\d\d#", " ", out, count=1)
    return out.strip()


def _area(name: str) -> tzinfo:
    from zoneinfo import ZoneInfo  # noqa: PLC0415 few dates name an area, and it loads much

    return ZoneInfo(name)


def _zone_called(word: str) -> tzinfo | None:
    """The zone of this name; None if it is no such name."""
    if word in _AREAS:
        return _area(_AREAS[word])
    hours = _HOURS.get(word)
    return None if hours is None else UTC if hours == 0 else timezone(timedelta(hours=hours))


def _mark(zone: tzinfo, zones: list[tzinfo]) -> str:
    """The mark of `zone`, which is added to `zones`."""
    zones.append(zone)
    return f" §{chr(ord('a') + len(zones) - 1)} "


def _day(text: str) -> tuple[tuple[int, int], set[datetime]] | None:
    """Where the date is in a translated text, and the days that it may mean; None if there is none."""
    for pattern in (*_NAMED, _YEAR_FIRST, _YEAR_FIRST_HAN):
        if found := pattern.search(text):
            return found.span(), {datetime(_year(found["year"]), int(found["month"]), int(found["day"]))}
    if not (found := _YEAR_LAST.search(text)):
        return None
    first, _, second, year = found.groups()
    orders = [(year, second, first), (year, first, second)]
    if len(year) == 2:
        orders.append((first, second, year))
    days = set()
    for numbers in orders:
        try:
            days.add(datetime(_year(numbers[0]), int(numbers[1]), int(numbers[2])))
        except ValueError:
            continue
    if not days:
        raise ValueError("no day of the calendar")
    return found.span(), days


def _year(digits: str) -> int:
    """The year that four or two digits name; of two, 69 to 99 are of the last century (POSIX)."""
    number = int(digits.lstrip("'"))
    return number if len(digits) == 4 else number + (1900 if number >= 69 else 2000)


def _clock(parts: dict[str, str | None]) -> timedelta:
    """The time of day; 24:00 is the end of the day."""
    hour, minute, second = (int(parts[name] or 0) for name in ("hour", "minute", "second"))
    half = parts["before"] or parts["after"]
    if half and hour <= 12 and not (hour == 0 and half == "pm"):
        hour = hour % 12 + (12 if half == "pm" else 0)
    elif half == "am":
        raise ValueError("an hour after noon before noon")
    if hour > 24 or minute > 59 or second > 60 or (hour == 24 and (minute or second)):
        raise ValueError("no time of day")
    part = float(f"0.{parts['part'] or 0}")
    return timedelta(hours=hour, minutes=minute, seconds=min(second, 59), microseconds=round(part * 1e6))


def _zone(parts: dict[str, str | None], zones: list[tzinfo]) -> tzinfo | None:
    """The zone that is named or measured; ValueError for one that is nowhere, and for two that differ."""
    mark = parts.get("first") or parts["zone"] or parts["also"]
    named = zones[ord(mark) - ord("a")] if mark else None
    if len(zones) > (named is not None):
        raise ValueError("two zones")
    if not (offset := parts["offset"]):
        return named
    digits = re.sub(r"\D", "", offset)
    hours, minutes = (int(digits), 0) if len(digits) < 3 else (int(digits[:-2]), int(digits[-2:]))
    if hours > 14 or minutes not in {0, 30, 45}:
        raise ValueError("no zone")
    measured = timedelta(hours=hours, minutes=minutes) * (-1 if offset.startswith("-") else 1)
    if isinstance(named, timezone) and named.utcoffset(None) != measured:  # "EDT-0400" is once more the same
        raise ValueError("two zones")
    return timezone(measured)
