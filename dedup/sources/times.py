"""Publication times, as newsrooms, web pages and PDFs write them, in UTC: every rule about dates is here."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from dedup.sources.written import AMBIGUOUS, PARTIAL, Written, is_update, read_written

_EARLIEST = datetime(1605, 1, 1, tzinfo=UTC)
"""The year of the first newspaper, the Relation of Strasbourg; an earlier date is an error."""
_AHEAD = timedelta(days=2)
"""How far in the future a date may be: drafts under embargo carry the date of publication."""
_LATEST = 2100
"""The last year of a day that is written as a number."""
_SCALES = ((1e11, 1), (1e14, 1e3), (1e17, 1e6), (1e20, 1e9))
"""A number below the first counts seconds since 1970 (1e11 seconds is the year 5138), then milliseconds, and so on."""
_SECONDS = 1e8
"""A smaller number is no time since 1970, but a day of a spreadsheet (43296), a year, or a count: 1e8 seconds is 1973."""
_ISO = re.compile(r"\d{4}(?:-\d\d-\d\d|-?W\d\d-?\d|\d{4})(?:T\d\d.*| \d\d:.*)?", re.ASCII)
"""What may be ISO 8601. A sign other than T or a space between day and time would make a time of a zone: 2018-07-15+02:00."""
_NUMBER = re.compile(r"-?[0-9]{4,20}(?:\.[0-9]+)?")
_YEAR = re.compile(r"\d{4}")
"""What a line that holds only a date has: quick to look for."""
_SHORTEST_LINE, _LONGEST_LINE, _WORDS = 8, 100, 16
"""Characters of such a line, and its words at the most: Published on Thursday the 5th of July 2018 at 9:30 pm."""
_ENDS = 1000
"""Characters at the start and at the end of a text in which such a line is looked for."""
_PDF_TIME = re.compile(r"D:(\d{4})(\d\d)(\d\d)(\d\d)?(\d\d)?(\d\d)?(?:Z|([+-]\d\d)'?(\d\d)?)?")
"""A time in a PDF (ISO 32000, 7.9.4)."""
_UNREADABLE = "not a readable time (write YYYY-MM-DD HH:MM)"


def parse_time(value: object) -> datetime | None:
    """Return the publication time that `value` states, in UTC; None if it states none. A time without a zone is in UTC."""
    found = time_or_reason(value)
    return found if isinstance(found, datetime) else None


def time_or_reason(value: object) -> datetime | str:
    """Return the publication time that `value` states, in UTC; or the reason why it states none, as words after "is".

    It may be ISO 8601, RFC 2822, a time since 1970, or a date as people write it, in many languages. A date that can
    be read in two ways, that lacks a part, or that no newspaper can have is none.
    """
    stated = stated_time(value)
    if isinstance(stated, str):
        return stated
    found = stated.time
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
    """Return the first line near the start or the end of `text` that holds only a date, also one that is ambiguous.

    A line with the time of a later change counts only if there is no other.
    """
    updated = None
    for part in (text[:_ENDS], text[-_ENDS:]) if len(text) > _ENDS else (text,):
        for line in part.split("\n"):
            if _SHORTEST_LINE <= len(line) <= _LONGEST_LINE and line.count(" ") < _WORDS and _YEAR.search(line):
                line = line.strip()  # noqa: PLW2901 the same line
                stated = _UNREADABLE if _NUMBER.fullmatch(line) else stated_time(line)
                if stated != AMBIGUOUS and isinstance(stated, str):
                    continue
                if not is_update(line):
                    return line
                updated = updated or line
    return updated


def pdf_time(value: str) -> datetime | None:
    """Return the time that `value`, a date in a PDF's properties, states; None if it states none."""
    found = _PDF_TIME.match(value)
    if not found:
        return None
    year, month, day, hour, minute, second, zone_hours, zone_minutes = found.groups()
    zone = f"{zone_hours}:{zone_minutes or '00'}" if zone_hours else "Z"
    return parse_time(f"{year}-{month}-{day}T{hour or '00'}:{minute or '00'}:{second or '00'}{zone}")


def stated_time(value: object) -> Written | str:
    """Return what `value` states, in its own zone; or the reason why it states no time, as words after "is"."""
    try:
        return _from_text(value.strip()) if isinstance(value, str) else _from_value(value)
    except (ValueError, OverflowError, OSError, TypeError, RecursionError, LookupError):
        return _UNREADABLE


def _from_value(value: object) -> Written | str:
    """What a value states that is not text: a number, or a date of Parquet, YAML or TOML."""
    if isinstance(value, datetime):
        return Written(value, has_time=True)
    if hasattr(value, "isoformat"):  # a date without a time
        return Written(datetime.fromisoformat(value.isoformat()), has_time=False)
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return _UNREADABLE
    return _from_number(float(value) if isinstance(value, Decimal) else value)


def _from_number(value: float) -> Written | str:
    """What a number states: a day or a time without the signs between its parts, or time since 1970."""
    digits = str(int(value)) if value == int(value) else ""
    if len(digits) in {8, 12, 14} and (found := _compact(digits)):
        return found
    if value and len(digits) in {4, 6}:
        return PARTIAL
    if value and abs(value) < _SECONDS:
        return "neither a day (YYYYMMDD) nor seconds since 1970"
    scale = next((scale for limit, scale in _SCALES if abs(value) < limit), 0)
    return Written(datetime.fromtimestamp(value / scale, UTC), has_time=True) if scale else _UNREADABLE


def _compact(digits: str) -> Written | None:
    """The day, and the time if there is one, that digits state: 20180715, 201807150930; None if they are no date."""
    parts = [int(digits[:4]), *(int(digits[at : at + 2]) for at in range(4, len(digits), 2))]
    if not _EARLIEST.year <= parts[0] <= _LATEST:
        return None
    try:
        return Written(datetime(*parts), has_time=len(parts) > 3)  # type: ignore[arg-type] # at most six numbers
    except ValueError:
        return None


@lru_cache(4096)
def _from_text(value: str) -> Written | str:
    """What `value` states."""
    if _ISO.fullmatch(value):
        try:
            return Written(datetime.fromisoformat(value), has_time=len(value) > len("YYYY-MM-DD"))
        except ValueError:
            pass
    if _NUMBER.fullmatch(value):
        return _from_number(float(value) if "." in value else int(value))
    return read_written(value)
