"""The time axis of a drawing: where a time is between left and right, and the ticks.

A long gap without any document is cut short, because one late copy would press all others into one point. The axis says where.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from dedup.language.counting import counted

_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86400.0
_STEPS = (
    *(minutes * _MINUTE for minutes in (1, 5, 15, 30)),
    *(hours * _HOUR for hours in (1, 2, 3, 6, 12)),
    *(days * _DAY for days in (1, 2, 7, 14, 30, 91, 182, 365, 730, 1825, 3650, 36500)),
)
"""Seconds between two ticks."""
_TICKS = 6
"""Ticks on an axis whose gaps are not cut."""
_GAP = 0.3
"""Share of all time from which on a gap without documents is cut short."""
_CUT = 7.0
"""Percent of the drawing that a gap takes which is cut short."""
_APART = 9.0
"""Percent of the drawing between the labels of two ticks, at least."""


class Tick(NamedTuple):
    """A mark on the axis: its place in percent, the time of day, and the day where it is a new one."""

    x: float
    time: str
    day: str


class Break(NamedTuple):
    """A gap that is cut short: the place of its middle in percent, and how long it is, in words."""

    x: float
    words: str


class Axis(NamedTuple):
    """Where times are: each stretch is a first and a last second, with their places in percent."""

    stretches: tuple[tuple[float, float, float, float], ...]
    ticks: tuple[Tick, ...]
    breaks: tuple[Break, ...]

    def x(self, time: datetime) -> float:
        """Return the place of `time` in percent; a time outside of the axis is at its nearest end."""
        at = _seconds(time)
        for first, last, left, right in self.stretches:
            if at <= last:
                share = (at - first) / (last - first) if last > first else 0.0
                return round(left + (right - left) * min(max(share, 0.0), 1.0), 2)
        return self.stretches[-1][3]


def axis(times: Iterable[datetime], left: float, right: float) -> Axis:
    """Return the axis that shows `times` between `left` and `right`, in percent of the drawing.

    >>> shown = axis([datetime(2018, 7, 15, 6, tzinfo=UTC), datetime(2018, 7, 15, 18, tzinfo=UTC)], 10, 70)
    >>> shown.x(datetime(2018, 7, 15, 12, tzinfo=UTC)), [tick.time for tick in shown.ticks]
    (40.0, ['06:00', '08:00', '10:00', '12:00', '14:00', '16:00', '18:00'])
    """
    known = sorted({_seconds(time) for time in times})
    parts = _parts(known)
    least = _DAY if all(time % _DAY == 0 for time in known) else 0.0
    room = right - left - _CUT * (len(parts) - 1)
    total = sum(last - first for first, last in parts) or 1.0
    stretches, at = list[tuple[float, float, float, float]](), left
    for first, last in parts:
        width = room * (last - first) / total
        stretches.append((first, last, at, at + width))
        at += width + _CUT
    breaks = [Break(round((one[3] + other[2]) / 2, 2), _length(other[0] - one[1])) for one, other in pairwise(stretches)]
    return Axis(tuple(stretches), tuple(_ticks(stretches, total, least)), tuple(breaks))


def span_in_words(times: Sequence[datetime]) -> str:
    """Return the first and the last of `times` in words, in UTC.

    >>> span_in_words([datetime(2018, 7, 15, 6, tzinfo=UTC), datetime(2018, 7, 17, 6, tzinfo=UTC)])
    '15 Jul 2018 06:00 to 17 Jul 2018 06:00 UTC (2 days)'
    """
    first, last = min(times), max(times)
    if first == last:
        return f"{_moment(first)}"
    until = _moment(last) if first.date() != last.date() else f"{last:%H:%M}"
    return f"{_moment(first)} to {until} UTC ({_length(_seconds(last) - _seconds(first))})"


def _parts(known: Sequence[float]) -> list[tuple[float, float]]:
    """The stretches of time between the gaps that are cut short, at most three."""
    span = known[-1] - known[0]
    long = max(_GAP * span, _DAY)
    gaps = sorted((one - other, n) for n, (one, other) in enumerate(pairwise(known)) if other - one > long)
    cuts = sorted(n for _, n in gaps[:2]) if len(known) > 2 else []
    starts, ends = [0, *(n + 1 for n in cuts)], [*cuts, len(known) - 1]
    return [(known[start], known[end]) for start, end in zip(starts, ends, strict=True)]


def _ticks(stretches: Sequence[tuple[float, float, float, float]], total: float, least: float) -> Iterable[Tick]:
    step = next((step for step in _STEPS if step >= least and total / step <= _TICKS), _STEPS[-1])
    free, day = -_APART, ""
    for first, last, left, right in stretches:
        at = -(-first // step) * step
        marks = list[float]()
        while at <= last and len(marks) <= 2 * _TICKS:
            marks.append(at)
            at += step
        for mark in marks or [first]:
            x = left + (right - left) * (mark - first) / (last - first) if last > first else left
            if x < free + _APART:
                continue
            time = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=mark)
            today = f"{time.day} {time:%b %Y}"
            yield Tick(round(x, 2), f"{time:%H:%M}" if step < _DAY else "", today if today != day else "")
            free, day = x, today


def _length(seconds: float) -> str:
    for size, noun in ((_DAY, "day"), (_HOUR, "hour"), (_MINUTE, "minute")):
        if seconds >= 1.5 * size or noun == "minute":
            return counted(max(round(seconds / size), 1), noun)
    return ""


def _moment(time: datetime) -> str:
    return f"{time.day} {time:%b %Y}" if (time.hour, time.minute) == (0, 0) else f"{time.day} {time:%b %Y %H:%M}"


def _seconds(time: datetime) -> float:
    return (time - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()
