"""Publication times, as newsrooms, web pages and PDFs write them, in UTC: every rule about dates is here."""

import re
import warnings
from datetime import UTC, datetime, timedelta
from functools import lru_cache

_HOURS = {
    "UTC": 0,
    "GMT": 0,
    "Z": 0,
    "WET": 0,
    "WEST": 1,
    "BST": 1,
    "CET": 1,
    "MEZ": 1,
    "CEST": 2,
    "MESZ": 2,
    "EET": 2,
    "EEST": 3,
    "MSK": 3,
    "HKT": 8,
    "SGT": 8,
    "JST": 9,
    "KST": 9,
    "AEST": 10,
    "AEDT": 11,
    "NZST": 12,
    "NZDT": 13,
    "EST": -5,
    "EDT": -4,
    "CST": -6,
    "CDT": -5,
    "MST": -7,
    "MDT": -6,
    "PST": -8,
    "PDT": -7,
}
"""Hours east of Greenwich, for zones whose name means one zone in news. IST, for example, means three."""
_EARLIEST = datetime(1605, 1, 1, tzinfo=UTC)
"""The year of the first newspaper, the Relation of Strasbourg; an earlier date is an error."""
_AHEAD = timedelta(days=2)
"""How far in the future a date may be: drafts under embargo carry the date of publication."""
_MILLISECONDS = 1e11
"""A number from here on counts milliseconds since 1970, a smaller one seconds: 1e11 seconds is the year 5138."""
_DATE_LINE = re.compile(
    r"\W*(?:(?:first |last )?(?:published|posted|updated|date)\b(?: (?:at|on))?\W*)?"
    r"(?P<time>(?:(?:mon|tues?|wednes|thurs?|fri|satur|sun)[a-z]*\.?,? )?"
    r"(?:\d{1,2}(?:st|nd|rd|th)?\.? [a-z]{3,9}\.?,? \d{4}|[a-z]{3,9}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4}"
    r"|\d{4}-\d\d-\d\d)(?:[ t,|]+(?:at )?\d\d?[:.]\d\d(?::\d\d)?(?: ?[ap]\.?m\b\.?)?(?: ?[a-z]{1,4}\b| ?[+-]\d\d:?\d\d)?)?)\W*",
    re.IGNORECASE,
)
"""A line that holds only a date, with or without a time and a word such as "Published"."""
_SHORTEST_LINE, _LONGEST_LINE = 8, 100
"""Characters of such a line."""
_ENDS = 1000
"""Characters at the start and at the end of a text in which such a line is looked for."""
_PAGE_TAG = re.compile(
    rb"""<(?:meta|time)\b[^>]{0,300}?(?:article:published_time|datePublished|pubdate|publish[-_]?date|parsely-pub-date|"""
    rb"""dc\.date(?:\.issued)?|sailthru\.date)["'][^>]{0,300}>""",
    re.IGNORECASE,
)
"""A tag in which a web page states its publication time for machines."""
_TAG_VALUE = re.compile(rb"""(?:content|datetime)\s*=\s*["']([^"']{8,40})["']""", re.IGNORECASE)
_JSON_LD = re.compile(rb'"datePublished"\s*:\s*"([^"]{8,40})"')
"""The publication time in a web page's JSON-LD."""
_PDF_TIME = re.compile(r"D:(\d{4})(\d\d)(\d\d)(\d\d)?(\d\d)?(\d\d)?(?:Z|([+-]\d\d)'?(\d\d)?)?")
"""A time in a PDF (ISO 32000, 7.9.4)."""
_UNREADABLE = "not a readable time (write YYYY-MM-DD HH:MM)"


def parse_time(value: object) -> datetime | None:
    """Return the publication time that `value` states, in UTC; None if it states none. A time without a zone is in UTC."""
    found = time_or_reason(value)
    return found if isinstance(found, datetime) else None


def time_or_reason(value: object) -> datetime | str:
    """Return the publication time that `value` states, in UTC; or the reason why it states none, as words after "is".

    It may be ISO 8601, RFC 2822, seconds or milliseconds since 1970, or a date in English words. A date that can be read in
    two ways, that lacks a part, or that no newspaper can have is none.
    """
    try:
        found = _from_text(value.strip()) if isinstance(value, str) else _from_value(value)
    except (ValueError, OverflowError, OSError, TypeError, RecursionError):
        return _UNREADABLE
    if isinstance(found, str):
        return found
    try:
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (OverflowError, ValueError):  # outside the years 1 to 9999, or a zone of 24 hours or more
        return _UNREADABLE
    if found.timestamp() == 0:
        return "the zero of computer clocks (1970-01-01), not a publication time"
    if found < _EARLIEST:
        return "before the first newspaper (1605)"
    return "in the future" if found > datetime.now(UTC) + _AHEAD else found


def date_line(text: str) -> str | None:
    """Return the date, as it is written, of the first line near the start or the end of `text` that holds only a date."""
    for part in (text[:_ENDS], text[-_ENDS:]):
        for line in [line for line in part.split("\n") if _SHORTEST_LINE <= len(line) <= _LONGEST_LINE]:
            if found := _DATE_LINE.fullmatch(line.strip()):
                return found["time"]
    return None


def page_time(page: bytes) -> datetime | None:
    """Return the publication time that a web page states for machines, to the minute; trafilatura returns only the day."""
    for tag in _PAGE_TAG.finditer(page):
        if (value := _TAG_VALUE.search(tag[0])) and (found := parse_time(value[1].decode("utf-8", "replace"))):
            return found
    for value in _JSON_LD.finditer(page):
        if found := parse_time(value[1].decode("utf-8", "replace")):
            return found
    return None


def pdf_time(value: str) -> datetime | None:
    """Return the time that `value`, a date in a PDF's properties, states; None if it states none."""
    found = _PDF_TIME.match(value)
    if not found:
        return None
    year, month, day, hour, minute, second, zone_hours, zone_minutes = found.groups()
    zone = f"{zone_hours}:{zone_minutes or '00'}" if zone_hours else "Z"
    return parse_time(f"{year}-{month}-{day}T{hour or '00'}:{minute or '00'}:{second or '00'}{zone}")


def _from_value(value: object) -> datetime | str:
    """The time that a value which is not text states: a number, or a date of Parquet, YAML or TOML."""
    if isinstance(value, datetime):
        return value
    if hasattr(value, "isoformat"):  # a date without a time
        return datetime.fromisoformat(value.isoformat())
    if isinstance(value, bool) or not isinstance(value, int | float):
        return _UNREADABLE
    return datetime.fromtimestamp(value / 1000 if abs(value) >= _MILLISECONDS else value, UTC)


@lru_cache(4096)
def _from_text(value: str) -> datetime | str:
    """The time that `value` states, in any zone or none; or the reason why it states none."""
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        pass
    if re.fullmatch(r"[0-9]{9,13}(\.[0-9]+)?", value):
        return _from_value(float(value))
    if re.fullmatch(r"[0-9]{14}", value):
        return datetime.strptime(value, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    from dateutil import parser  # noqa: PLC0415 most times are ISO

    # The parser takes a part that is not written from its default: a date that lacks a part gives two times with two defaults.
    # A date such as 3/4/2018 gives two times with the two orders of day and month.
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # an unknown zone
        try:
            found = [
                parser.parse(value, tzinfos=_zone, default=default, dayfirst=dayfirst)
                for default in (datetime(2000, 1, 1), datetime(2004, 2, 2))
                for dayfirst in (False, True)
            ]
        except Warning as error:
            raise ValueError(str(error)) from error
    if found[0] != found[2]:
        return "a date without day, month or year"
    return found[0] if found[0] == found[1] else "ambiguous: day or month first; write it as YYYY-MM-DD"


def _zone(name: str | None, offset: int | None) -> int | None:
    """The seconds east of Greenwich of a zone; ValueError for a name that is unknown or means several zones."""
    if offset is not None or name is None:
        return offset
    if name.upper() not in _HOURS:
        raise ValueError(f"unknown zone {name}")
    return _HOURS[name.upper()] * 3600
