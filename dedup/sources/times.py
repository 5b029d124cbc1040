"""Publication times, as newsrooms write them, in UTC."""

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
"""Hours east of Greenwich of zones that mean one thing in the news; IST, say, means three."""
_EARLIEST = datetime(1605, 1, 1, tzinfo=UTC)
"""No newspaper is older (the Relation of Strasbourg)."""
_AHEAD = timedelta(days=2)
"""How far in the future an embargoed draft may lie."""
_MILLISECONDS = 1e11
"""Seconds since 1970 are fewer than this."""
_STAMP = re.compile(
    r"\W*(?:(?:first |last )?(?:published|posted|updated|date)\b(?: (?:at|on))?\W*)?"
    r"(?P<time>(?:(?:mon|tues?|wednes|thurs?|fri|satur|sun)[a-z]*\.?,? )?"
    r"(?:\d{1,2}(?:st|nd|rd|th)?\.? [a-z]{3,9}\.?,? \d{4}|[a-z]{3,9}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4}"
    r"|\d{4}-\d\d-\d\d)(?:[ t,|]+(?:at )?\d\d?[:.]\d\d(?::\d\d)?(?: ?[ap]\.?m\b\.?)?(?: ?[a-z]{1,4}\b| ?[+-]\d\d:?\d\d)?)?)\W*",
    re.IGNORECASE,
)
"""A line that is a date, with a time or not, and nothing else."""
_SHORTEST, _LONGEST = 8, 100
"""Characters in such a line."""
_NEAR = 1000
"""Characters at either end of a text in which it may stand."""


def parse_time(value: object) -> datetime | None:
    """Return a publication time in UTC, or None for what is no time. A time without a zone is UTC."""
    found = time_or_why(value)
    return found if isinstance(found, datetime) else None


def time_or_why(value: object) -> datetime | str:
    """Return a publication time in UTC, or in words why `value` is none: unreadable, ambiguous, or impossible.

    Read are ISO 8601, RFC 2822, seconds or milliseconds since 1970, and dates in English words.
    """
    try:
        found = _read(value.strip()) if isinstance(value, str) else _number(value)
    except (ValueError, OverflowError, OSError, TypeError, RecursionError):
        return "no time that can be read"
    if isinstance(found, str):
        return found
    try:
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (OverflowError, ValueError):  # beyond the years 1 to 9999, or 24 hours and more from UTC
        return "no time that can be read"
    if found.timestamp() == 0:
        return "the zero of computers' clocks"
    if found < _EARLIEST:
        return "before the first newspaper"
    return "in the future" if found > datetime.now(UTC) + _AHEAD else found


def stamped_time(text: str) -> str | None:
    """Return the time that a line of its own near either end of `text` states, as written."""
    for part in (text[:_NEAR], text[-_NEAR:]):
        for line in [line for line in part.split("\n") if _SHORTEST <= len(line) <= _LONGEST]:
            if found := _STAMP.fullmatch(line.strip()):
                return found["time"]
    return None


def _number(value: object) -> datetime | str:
    if isinstance(value, datetime):
        return value
    if hasattr(value, "isoformat"):  # a date of Parquet, YAML or TOML
        return datetime.fromisoformat(value.isoformat())
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "no time that can be read"
    return datetime.fromtimestamp(value / 1000 if abs(value) >= _MILLISECONDS else value, UTC)


@lru_cache(4096)
def _read(value: str) -> datetime | str:
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        pass
    if re.fullmatch(r"[0-9]{9,13}(\.[0-9]+)?", value):
        return _number(float(value))
    if re.fullmatch(r"[0-9]{14}", value):
        return datetime.strptime(value, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    from dateutil import parser  # noqa: PLC0415 most times are ISO

    # What is not written is taken from the default, so a date that lacks a part differs between two defaults; and
    # 3/4/2018 between two orders.
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
    if offset is not None or name is None:
        return offset
    if name.upper() not in _HOURS:
        raise ValueError(f"unknown zone {name}")
    return _HOURS[name.upper()] * 3600
