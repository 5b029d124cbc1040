"""When the copies of a passage were published, as rows of dots: time from left to right, one dot a copy.

Where there are few outlets, each has a row; else all copies are in one row, and dots at one place are stacked. A copy of which
only the day is known is a bar over that day; where a day is narrower than a dot, it is a dot. Copies without a time are counted
beside the rows.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from dedup.language.counting import counted
from dedup.report.labels import only_day
from dedup.types import Document, utc

WIDTH, MARGIN = 720, 8
"""Width of the drawing, and the part at each end into which only dots reach."""
_LANES = 4
"""Outlets up to which each has a row."""
_COLUMNS = 90
"""Places at which dots are stacked: one for each 8 units of the width, as wide as a dot."""
_STEP = 9
"""Distance of dots in a stack. A stack of more than `_TALLEST` dots has smaller steps."""
_TALLEST = 8
_DAY = timedelta(days=1)


class Dot(NamedTuple):
    """The centre of a dot."""

    x: float
    y: float


class Bar(NamedTuple):
    """A day: its start, width and middle."""

    x: float
    width: float
    y: float


class Lane(NamedTuple):
    """The copies of one outlet, or of all if `name` is ""."""

    name: str
    height: int
    dots: Sequence[Dot]
    bars: Sequence[Bar]


class Timeline(NamedTuple):
    """The rows, the first and the last time, how long lies between them, and the number of copies without a time.

    `days_only` are drawn as bars. `midnights` are the places of midnights (UTC) in the rows. `said` is for those who do not see
    the drawing.
    """

    rows: Sequence[Lane]
    first: str
    last: str
    span: str
    unknown: int
    days_only: int
    midnights: Sequence[float]
    said: str


def timeline(documents: Sequence[Document]) -> Timeline:
    """Return when `documents` were published."""
    dated = sorted(((utc(d.published), d.outlet or "") for d in documents if d.published), key=lambda pair: pair[0])
    unknown = len(documents) - len(dated)
    if not dated:
        return Timeline((), "", "", "", unknown, 0, (), "No copy has a known time.")
    days = sum(only_day(time) for time, _ in dated)
    low, high = dated[0][0], max(time + _DAY if only_day(time) else time for time, _ in dated)
    first, last = _said(dated[0][0]), _said(dated[-1][0])
    span = _span(dated[-1][0] - dated[0][0], exact=not days)
    said = f"{counted(len(dated), 'copy', 'copies')} from {first} to {last}" if last != first else f"All at {first}"
    said += f"; of {unknown} the time is unknown" if unknown else ""
    bars = days if _bars(low, high) else 0
    return Timeline(_rows(dated, low, high), first, last, span, unknown, bars, _midnights(low, high), said)


def _bars(low: datetime, high: datetime) -> bool:
    """Whether a day is as wide as a dot."""
    return _x(low + _DAY, low, high) - _x(low, low, high) >= WIDTH / _COLUMNS


def _rows(dated: Sequence[tuple[datetime, str]], low: datetime, high: datetime) -> list[Lane]:
    lanes: dict[str, list[datetime]] = defaultdict(list)
    outlets = {outlet for _, outlet in dated}
    named = 1 < len(outlets) <= _LANES and "" not in outlets
    for time, outlet in dated:
        lanes[outlet if named else ""].append(time)
    return [_row(name, times, low, high) for name, times in lanes.items()]


def _row(name: str, times: Sequence[datetime], low: datetime, high: datetime) -> Lane:
    stacks: dict[tuple[bool, int], int] = defaultdict(int)
    placed, wide = [], _bars(low, high)
    for time in times:
        x, day = _x(time, low, high), only_day(time) and wide
        column = round(x / (WIDTH / _COLUMNS))
        placed.append((time, column * WIDTH / _COLUMNS if not day else x, day, stacks[day, column]))
        stacks[day, column] += 1
    tallest = max(stacks.values())
    step = _STEP * min(1.0, _TALLEST / tallest)
    height = round(14 + step * (tallest - 1))
    dots = [Dot(round(x, 1), round(height - 7 - level * step, 1)) for _, x, day, level in placed if not day]
    bars = [
        Bar(round(x, 1), round(_x(time + _DAY, low, high) - x, 1), round(height - 7 - level * step, 1))
        for time, x, day, level in placed
        if day
    ]
    return Lane(name, height, dots, bars)


def _x(time: datetime, low: datetime, high: datetime) -> float:
    whole = (high - low).total_seconds()
    return MARGIN + (WIDTH - 2 * MARGIN) * ((time - low).total_seconds() / whole if whole else 0.0)


def _midnights(low: datetime, high: datetime) -> list[float]:
    """The places of midnights, if they are few."""
    days = (high.date() - low.date()).days
    if not 0 < days <= 31:
        return []
    start = low.replace(hour=0, minute=0, second=0, microsecond=0)
    times = [start + n * _DAY for n in range(days + 1)]
    return [round(_x(time, low, high), 1) for time in times if low < time < high]


def _said(time: datetime) -> str:
    return f"{time:%Y-%m-%d}" if only_day(time) else f"{time:%Y-%m-%d %H:%M}"


def _span(span: timedelta, *, exact: bool) -> str:
    """How long `span` is: in minutes, hours or days; only in days where some times are only days."""
    if span < timedelta(minutes=1):
        return ""
    if span.days >= 2 or not exact:
        return counted(span.days, "day")
    minutes = round(span.total_seconds() / 60)
    return counted(minutes, "minute") if minutes < 120 else counted(round(minutes / 60), "hour")
