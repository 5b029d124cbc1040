"""Where everything is in the drawing of a story: time from left to right, a lane for each outlet.

Places from left to right are percent of the drawing, so that it fits any width; from top to bottom they are pixels.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NamedTuple

from dedup.language.counting import counted
from dedup.report.tree_axis import Axis, axis
from dedup.report.tree_common import CONFIDENCE_WORDS
from dedup.report.tree_items import Item
from dedup.types import Edge

ROW, PAD, HEAD = 22, 5, 26
"""Pixels of a row of documents, between two lanes, and of the heading of a block."""
_LANES, _ROOM = 36, 14
"""Lanes of a block, and documents of a lane, that are drawn."""
_DOTS = 80
"""Documents of a block that are drawn."""
_ROOMY = 34
"""A drawing of at most so many documents leaves room for the headline of each."""
_UNKNOWN = "outlet unknown"
_STYLES = ("certain", "likely", "guess", "open")
"""Classes of edges, one for each of the words for a confidence."""


class Block(NamedTuple):
    """What has its text from one origin, or all independent reports of a story: items, a parent before its children.

    `stands` has by id the item that stands for a document: itself, or the one into which it is folded.
    """

    name: str
    items: Sequence[Item]
    stands: Mapping[str, str]


class Lane(NamedTuple):
    """The lane of an outlet, or the `heading` of a block. `more` says what of it is not drawn."""

    y: int
    height: int
    name: str
    heading: bool = False
    more: str = ""


class Dot(NamedTuple):
    """An item at its place; `width` is what it has for its headline, in percent."""

    item: Item
    x: float
    y: int
    width: float
    bar: float = 0.0
    """Where its last update is, or the day ends of which alone it is known."""


class Curve(NamedTuple):
    """An edge: its path, its class, the anchor of its child, and what it says."""

    path: str
    style: str
    ref: str
    words: str
    x: float
    y: int
    confidence: float


@dataclass(slots=True)
class Drawing:
    """A drawing of blocks. `undated` is where the column of documents without a time begins, if there are any."""

    lanes: list[Lane] = field(default_factory=list)
    dots: list[Dot] = field(default_factory=list)
    curves: list[Curve] = field(default_factory=list)
    ties: list[str] = field(default_factory=list)
    axis: Axis | None = None
    undated: float | None = None
    unseen: bool = False
    height: int = 0
    foot: int = 6
    left_out: int = 0


def style_of(confidence: float) -> str:
    """Return the class of an edge with this confidence."""
    return next((style for style, (least, _) in zip(_STYLES, CONFIDENCE_WORDS, strict=False) if confidence >= least), _STYLES[-1])


def drawing(blocks: Sequence[Block], groups: Iterable[Sequence[str]] = ()) -> Drawing:
    """Return the drawing of `blocks`, with ties between the documents of each of `groups`."""
    out = Drawing()
    parts = []
    for block in blocks:
        kept, more = _kept(block.items)
        out.left_out += sum(len(found) for found in more.values())
        parts.append((block, kept, more))
    every = [item for _, kept, _ in parts for items in kept.values() for item in items]
    places = _Places(out, every)
    at = 0
    for block, kept, more in parts:
        at = _block(out, block, kept, more, places, at)
    out.height = at
    out.foot = 40 if out.axis or out.undated else 22 if out.unseen else 4
    where = {dot.item.id: dot for dot in out.dots}
    for block in blocks:
        out.curves += _curves(block, where)
    block_of = {item.id: number for number, block in enumerate(blocks) for item in block.items}
    alone = len(blocks) - 1
    for group in groups:
        # Two copies of one origin share far more than the statement, and need no tie.
        tied = {(number if (number := block_of[name]) != alone else name): where[name] for name in group if name in where}
        out.ties += _ties(sorted(tied.values(), key=lambda dot: dot.y))
    return out


def _kept(items: Sequence[Item]) -> tuple[dict[str, list[Item]], dict[str, list[Item]]]:
    """The items of a block that are drawn and those that are not, by outlet: those with most of them first; parents are kept first."""
    parents = {item.edge.parent for item in items if item.edge}
    lanes = defaultdict[str, list[Item]](list)
    for item in items:
        lanes[f"\0{item.id}" if item.hidden else item.label.outlet or _UNKNOWN].append(item)
    order = sorted(lanes, key=lambda name: (not name.startswith("\0"), -len(lanes[name])))
    kept, more, left = dict[str, list[Item]](), defaultdict[str, list[Item]](list), _DOTS
    for number, name in enumerate(order):
        best = sorted(lanes[name], key=lambda item: (item.id not in parents, item.time is None, item.time and item.time.timestamp()))
        room = min(_ROOM, left) if number < _LANES else 0
        if best[:room]:
            kept[name] = best[:room]
        if best[room:]:
            more[name] = best[room:]
        left -= len(best[:room])
    return kept, more


class _Places:
    """Where items are from left to right, and how far apart two of a row must be."""

    def __init__(self, out: Drawing, items: Sequence[Item]) -> None:
        times = [item.time for item in items if item.time]
        times += [update.time for item in items for update in item.updates if update.time]
        out.unseen = any(item.hidden for item in items)
        self.left = 12.0 if out.unseen else 2.0
        undated = [item for item in items if not item.hidden and item.time is None]
        self.unknown = self.left
        right = 78.0
        if undated and times:
            self.unknown, right = 74.0, 60.0
        if undated:
            out.undated = self.unknown - 1.5 if times else None
        if times:
            out.axis = axis(times, self.left, right)
        self.axis = out.axis
        self.apart = 20.0 if len(items) <= _ROOMY else 3.0
        self.depth = _depths(items)
        self.step = min(18.0, (96.0 - self.unknown) / (max(self.depth.values(), default=0) + 1.5))

    def x(self, item: Item) -> float:
        if item.hidden:
            return 2.5 + 3.0 * min(self.depth[item.id], 2)
        if item.time and self.axis:
            return self.axis.x(item.time)
        return round(self.unknown + self.step * self.depth[item.id], 2)

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


def _block(
    out: Drawing, block: Block, kept: Mapping[str, list[Item]], more: Mapping[str, list[Item]], places: _Places, at: int
) -> int:
    """Draw a block from the height `at` on; return where it ends."""
    if block.name:
        out.lanes.append(Lane(at, HEAD, block.name, heading=True))
        at += HEAD
    for name, items in kept.items():
        ends = list[float]()  # of each row, the place from which on it is free
        dots = []
        for item in sorted(items, key=places.x):
            x = places.x(item)
            row = next((n for n, end in enumerate(ends) if x >= end), len(ends))
            ends[row:] = [max(x + places.apart, places.bar(item) + 2 if item.updates else 0), *ends[row + 1 :]]
            dots.append((item, x, row))
        for n, (item, x, row) in enumerate(dots):
            after = next((other for _, other, its in dots[n + 1 :] if its == row), 101.0)
            y = at + PAD + row * ROW + ROW // 2
            out.dots.append(Dot(item, x, y, round(min(after - x - 1, 34.0), 2), places.bar(item)))
        height = len(ends) * ROW + 2 * PAD
        said = f"+{len(more[name]):,} more" if name in more else ""
        out.lanes.append(Lane(at, height, "unseen source" if items[0].hidden else name, more=said))
        at += height
    rest = {name: items for name, items in more.items() if name not in kept}
    if rest:
        copies = counted(sum(map(len, rest.values())), "more article")
        out.lanes.append(Lane(at, ROW + PAD, f"{counted(len(rest), 'more outlet')}: {copies}", heading=True))
        at += ROW + PAD
    return at


def _curves(block: Block, where: Mapping[str, Dot]) -> Iterable[Curve]:
    for item in block.items:
        edge = item.edge
        if edge and item.id in where and block.stands.get(edge.parent) in where:
            yield _curve(edge, where[block.stands[edge.parent]], where[item.id])


def _curve(edge: Edge, parent: Dot, child: Dot) -> Curve:
    """A line that leaves its parent to the right or downwards, and comes to its child from the left."""
    px, py, cx, cy = parent.x * 10, parent.y, child.x * 10, child.y
    if cx > px + 25:
        bend = px + 22
        path = f"M{px:g} {py}C{bend:g} {py} {px:g} {cy} {bend:g} {cy}L{cx - 9:g} {cy}"
    else:
        path = f"M{px:g} {py}C{px + 60:g} {py} {cx - 60:g} {cy} {cx - 9:g} {cy}"
    style = f"{style_of(edge.confidence)} {child.item.credit}".strip()
    return Curve(path, style, child.item.ref, f"{child.item.named} from {parent.item.named}", child.x, cy, edge.confidence)


def _ties(dots: Sequence[Dot]) -> list[str]:
    """Light lines from each of `dots` to the next."""
    out = []
    for one, other in zip(dots, dots[1:], strict=False):
        ox, oy, tx, ty = one.x * 10, one.y, other.x * 10, other.y
        side = min(ox, tx) - 14
        out.append(f"M{ox:g} {oy}C{side:g} {oy} {side:g} {ty} {tx:g} {ty}")
    return out


def outlets_of(items: Iterable[Item]) -> Counter[str]:
    """Return how many documents each outlet has among `items`."""
    return Counter(item.label.outlet or _UNKNOWN for item in items if not item.hidden)
