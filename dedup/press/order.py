"""Which of two articles was published first, as far as their dates show."""

import math
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from dedup.types import Document, utc

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_DAY = 86_400_000_000
"""Microseconds of a day."""
_HOUR = 3_600_000_000


class Published(NamedTuple):
    """When an article was published: in `[start, end)`, microseconds since 1970 in UTC; all time if that is unknown."""

    start: float
    end: float

    @property
    def is_known(self) -> bool:
        """Whether the article has a date."""
        return self.end != math.inf

    def before(self, other: "Published") -> bool:
        """Return whether this was certainly before `other`: of two times on one day, one of which is only the day, neither was.

        >>> day, morning = Published(0, _DAY), Published(_HOUR, _HOUR + 1)
        >>> day.before(morning), morning.before(day), day.before(Published(_DAY, _DAY + 1))
        (False, False, True)
        """
        return self.end <= other.start


UNDATED = Published(-math.inf, math.inf)


def published(document: Document) -> Published:
    """Return when a document was published.

    Midnight is read as a date that states only the day, because inputs write such a date so.

    >>> one = published(Document("a", "", published=datetime(2018, 7, 15, 9, 30)))
    >>> other = published(Document("b", "", published=datetime(2018, 7, 15)))
    >>> one.before(other), other.before(one)
    (False, False)
    """
    if document.published is None:
        return UNDATED
    time = utc(document.published)
    start = (time - _EPOCH) // _MICROSECOND
    return Published(start, start + (_DAY if is_only_a_day(time) else 1))


def is_only_a_day(time: datetime) -> bool:
    """Return whether `time` is midnight in UTC, as a date without a clock time is kept.

    >>> is_only_a_day(datetime(2018, 7, 15)), is_only_a_day(datetime(2018, 7, 15, 9))
    (True, False)
    """
    return utc(time).time() == datetime.min.time()


def hours_between(first: Published, later: Published) -> float | None:
    """Return the hours from `first` to `later`; None unless both have a time of day.

    >>> hours_between(Published(0, 1), Published(_HOUR, _HOUR + 1))
    1.0
    """
    exact = first.end - first.start == 1 and later.end - later.start == 1
    return (later.start - first.start) / _HOUR if exact else None


def days_between(first: Published, later: Published) -> int | None:
    """Return the days from the date of `first` to that of `later`; None unless both have a date.

    >>> days_between(Published(0, _DAY), Published(_DAY + _HOUR, _DAY + _HOUR + 1))
    1
    """
    if not (first.is_known and later.is_known):
        return None
    return int(later.start // _DAY - first.start // _DAY)
