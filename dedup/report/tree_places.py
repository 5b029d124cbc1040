"""Where the items of a drawing are from left to right: unseen sources first, then times, then what has no time."""

from collections.abc import Sequence
from datetime import timedelta

from dedup.report.tree_axis import axis
from dedup.report.tree_items import Item

_ROOMY = 34
"""A drawing of at most so many documents leaves room for the headline of each."""


class TreePlaces:
    """Where items are from left to right, in percent, and how far `apart` two of a row must be.

    `undated` is where the column of documents without a time begins, if there are any beside others.
    """

    def __init__(self, items: Sequence[Item]) -> None:
        times = [item.time for item in items if item.time]
        times += [update.time for item in items for update in item.updates if update.time]
        beside = bool(times) and any(not item.hidden and item.time is None for item in items)
        self.unseen = any(item.hidden for item in items)
        left = 12.0 if self.unseen else 2.0
        self.undated = 72.5 if beside else None
        self.first = 74.0 if beside else left  # of those without a time
        self.axis = axis(times, left, 60.0 if beside else 78.0) if times else None
        self.apart = 20.0 if len(items) <= _ROOMY else 3.0
        self.depth = _depths(items)
        self.step = min(18.0, (96.0 - self.first) / (max(self.depth.values(), default=0) + 1.5))

    def x(self, item: Item) -> float:
        """Where an item is."""
        if item.hidden:
            return 2.5 + 3.0 * min(self.depth[item.id], 2)
        if item.time and self.axis:
            return self.axis.x(item.time)
        return round(self.first + self.step * self.depth[item.id], 2)

    def bar(self, item: Item) -> float:
        """Where the bar of an item ends."""
        ends = [update.time for update in item.updates if update.time]
        if item.time and item.whole_day:
            ends.append(item.time + timedelta(days=1))
        return self.axis.x(max(ends)) if ends and item.time and self.axis else 0.0


def _depths(items: Sequence[Item]) -> dict[str, int]:
    out = dict[str, int]()
    for item in items:
        out[item.id] = out[item.edge.parent] + 1 if item.edge and item.edge.parent in out else 0
    return out
