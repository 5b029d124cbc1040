"""Where everything is in the drawing of a story: time from left to right, a lane for each outlet.

TreePlaces from left to right are percent of the drawing, so that it fits any width; from top to bottom they are pixels.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from markupsafe import Markup

from dedup.language.counting import counted
from dedup.report.tree_common import CONFIDENCE_WORDS
from dedup.report.tree_items import Item, early
from dedup.report.tree_places import TreePlaces
from dedup.types import Edge

ROW, PAD, HEAD = 22, 5, 26
"""Pixels of a row of documents, between two lanes, and of the heading of a block."""
_LANES, _ROOM = 36, 14
"""Lanes of a block, and documents of a lane, that are drawn."""
_DOTS = 80
"""Documents of a block that are drawn."""
UNKNOWN = "outlet unknown"
"""The lane of documents whose outlet is not known."""
_STYLES = ("certain", "likely", "guess", "open")
"""Classes of edges, one for each of the words for a confidence."""


class Block(NamedTuple):
    """What has its text from one origin, or all independent reports of a story: items, a parent before its children.

    `marked` is its name for a page. `stands` has by id the item that stands for a document: itself, or the one into which it is
    folded. `alone` says that none of them was made from another.
    """

    name: str
    items: Sequence[Item]
    stands: Mapping[str, str]
    marked: Markup = Markup("")
    alone: bool = False


class TreeLane(NamedTuple):
    """The lane of an outlet, or the `heading` of a block. `more` says what of it is not drawn."""

    y: int
    height: int
    name: str
    heading: Markup | None = None
    more: str = ""


class TreeDot(NamedTuple):
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
    content: str


@dataclass(slots=True)
class Drawing:
    """A drawing of blocks, `height` pixels high, with `foot` pixels for the axis below."""

    places: TreePlaces
    lanes: list[TreeLane] = field(default_factory=list)
    dots: list[TreeDot] = field(default_factory=list)
    curves: list[Curve] = field(default_factory=list)
    ties: list[str] = field(default_factory=list)
    height: int = 0
    left_out: int = 0

    @property
    def foot(self) -> int:
        """Pixels below the lanes: for two lines of ticks, and one for each gap that is cut."""
        if self.places.axis:
            return 40 + 14 * len(self.places.axis.breaks)
        return 22 if self.places.unseen else 4


def style_of(confidence: float) -> str:
    """Return the class of an edge with this confidence.

    >>> style_of(0.9), style_of(0.2)
    ('likely', 'open')
    """
    styles = zip(_STYLES, CONFIDENCE_WORDS, strict=False)
    return next((style for style, (least, _) in styles if confidence >= least), _STYLES[-1])


def drawing(blocks: Sequence[Block], groups: Iterable[Sequence[str]] = ()) -> Drawing:
    """Return the drawing of `blocks`, with ties between the documents of each of `groups`."""
    parts = [(block, *_kept(block.items)) for block in blocks]
    out = Drawing(TreePlaces([item for _, kept, _ in parts for items in kept.values() for item in items]))
    for block, kept, more in parts:
        out.left_out += sum(map(len, more.values()))
        _block(out, block, kept, more)
    where = {dot.item.id: dot for dot in out.dots}
    for block in blocks:
        out.curves += _curves(block, where)
    _tie(out, blocks, groups, where)
    return out


def _tie(out: Drawing, blocks: Sequence[Block], groups: Iterable[Sequence[str]], where: Mapping[str, TreeDot]) -> None:
    """Draw ties. Two copies of one origin share far more than a statement, and need none."""
    origin = {item.id: item.id if block.alone else f"{n}" for n, block in enumerate(blocks) for item in block.items}
    for group in groups:
        tied = {origin[name]: where[name] for name in group if name in where}
        out.ties += _ties(sorted(tied.values(), key=lambda dot: dot.y))


def _kept(items: Sequence[Item]) -> tuple[dict[str, list[Item]], dict[str, list[Item]]]:
    """The items of a block that are drawn and those that are not, by outlet, the largest first.

    Of an outlet, a parent is drawn before documents from which none was made.
    """
    parents = {item.edge.parent for item in items if item.edge}
    lanes = defaultdict[str, list[Item]](list)
    for item in items:
        lanes[f"\0{item.id}" if item.hidden else item.label.outlet or UNKNOWN].append(item)
    order = sorted(lanes, key=lambda name: (not name.startswith("\0"), -len(lanes[name])))
    kept, more, left = dict[str, list[Item]](), dict[str, list[Item]](), _DOTS
    for number, name in enumerate(order):
        best = sorted(lanes[name], key=lambda item: (item.id not in parents, early(item)))
        room = min(_ROOM, left) if number < _LANES else 0
        left -= len(best[:room])
        kept |= {name: best[:room]} if best[:room] else {}
        more |= {name: best[room:]} if best[room:] else {}
    return kept, more


def _block(out: Drawing, block: Block, kept: Mapping[str, list[Item]], more: Mapping[str, list[Item]]) -> None:
    """Draw the lanes of a block below what was drawn before."""
    if block.name:
        out.lanes.append(TreeLane(out.height, HEAD, "", block.marked))
        out.height += HEAD
    for name, items in kept.items():
        said = f"+{len(more[name]):,} more" if name in more else ""
        height = _lane(out, items)
        out.lanes.append(TreeLane(out.height, height, "unseen source" if items[0].hidden else name, more=said))
        out.height += height
    rest = [len(items) for name, items in more.items() if name not in kept]
    if rest:
        articles = counted(sum(rest), "more article")
        out.lanes.append(TreeLane(out.height, HEAD, "", Markup("{}: {}").format(counted(len(rest), "more outlet"), articles)))
        out.height += HEAD


def _lane(out: Drawing, items: Sequence[Item]) -> int:
    """Put the items of an outlet into as few rows as they fit in, below what was drawn before; return the height of these."""
    places = out.places
    ends, dots = list[float](), list[tuple[Item, float, int]]()  # `ends` has the place from which on each row is free
    for item in sorted(items, key=places.x):
        x = places.x(item)
        row = next((n for n, end in enumerate(ends) if x >= end), len(ends))
        ends[row:] = [max(x + places.apart, places.bar(item) + 2 if item.updates else 0), *ends[row + 1 :]]
        dots.append((item, x, row))
    for n, (item, x, row) in enumerate(dots):
        after = next((other for _, other, its in dots[n + 1 :] if its == row), 101.0)
        y = out.height + PAD + row * ROW + ROW // 2
        out.dots.append(TreeDot(item, x, y, round(min(after - x - 1, 34.0), 2), places.bar(item)))
    return len(ends) * ROW + 2 * PAD


def _curves(block: Block, where: Mapping[str, TreeDot]) -> Iterable[Curve]:
    for item in block.items:
        edge = item.edge
        if edge and item.id in where and block.stands.get(edge.parent) in where:
            yield _curve(edge, where[block.stands[edge.parent]], where[item.id])


def _curve(edge: Edge, parent: TreeDot, child: TreeDot) -> Curve:
    """A line that leaves its parent to the right or downwards, and comes to its child from the left."""
    px, py, cx, cy = parent.x * 10, parent.y, child.x * 10, child.y
    if cx > px + 25:
        bend = px + 22
        path = f"M{px:g} {py}C{bend:g} {py} {px:g} {cy} {bend:g} {cy}L{cx - 9:g} {cy}"
    else:
        path = f"M{px:g} {py}C{px + 60:g} {py} {cx - 60:g} {cy} {cx - 9:g} {cy}"
    style = f"{style_of(edge.confidence)} {child.item.credit}".strip()
    said, content = f"{child.item.named} from {parent.item.named}", child.item.content
    return Curve(path, style, child.item.ref, said, child.x, cy, edge.confidence, content)


def _ties(dots: Sequence[TreeDot]) -> list[str]:
    """Light lines from each of `dots` to the next."""
    out = []
    for one, other in pairwise(dots):
        ox, oy, tx, ty = one.x * 10, one.y, other.x * 10, other.y
        side = min(ox, tx) - 14
        out.append(f"M{ox:g} {oy}C{side:g} {oy} {side:g} {ty} {tx:g} {ty}")
    return out


def outlets_of(items: Iterable[Item]) -> Counter[str]:
    """Return how many documents each outlet has among `items`."""
    return Counter(item.label.outlet or UNKNOWN for item in items if not item.hidden)
