"""A story on the page of a tree: its sentence, its drawings, its table and its panels."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from dedup.language.counting import counted
from dedup.report.tree_axis import span_in_words
from dedup.report.tree_common import CONFIDENCE_WORDS, in_words
from dedup.report.tree_items import Item, Items
from dedup.report.tree_layout import Block, Drawing, drawing, outlets_of
from dedup.report.tree_panels import Panel, Row, panel, row, source_named
from dedup.types import NewsStory, Origin, PassageTree

_ONE_DRAWING = 40
"""A story of at most so many documents is one drawing; a larger one has a drawing for each of its largest origins."""
_DRAWINGS = 8
"""Origins that a large story draws."""
_NAMED = 4
"""Origins that the sentence of a story names."""
_ROWS = 400
"""Edges that the table of a story lists."""
_PASSAGES = 30
"""Passage trees that a story shows."""
_TIES = 8
"""Groups with the same statement that are drawn."""


class Figure(NamedTuple):
    """A drawing with its caption, the text of its passage if it is that of one, and what it says instead to a screen reader."""

    caption: str
    said: str
    drawing: Drawing
    text: str = ""


@dataclass(slots=True)
class Story:
    """What the page says of a story."""

    ref: str
    headline: str
    sentence: str
    span: str
    outlets: list[str]
    since: str
    until: str
    best: float
    figures: list[Figure] = field(default_factory=list)
    passages: list[Figure] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    panels: list[Panel] = field(default_factory=list)
    independent: list[Item] = field(default_factory=list)
    ties: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def summary(number: int, found: NewsStory, items: Items) -> Story:
    """Return a story without its drawings, its table and its panels."""
    origins = _ordered(found)
    documents = [items[name] for name in found.documents]
    times = [item.time for item in documents if item.time]
    first = min(documents, key=_early)
    outlets = outlets_of(documents)
    known = sorted(name for name in outlets if name != "outlet unknown")
    inside = set(found.documents)
    return Story(
        f"s{number}",
        _headline(found, origins, items) or first.label.headline,
        _sentence(found, origins, items, len(known)),
        span_in_words(times) if times else "",
        known,
        f"{min(times):%Y-%m-%d}" if times else "",
        f"{max(times):%Y-%m-%d}" if times else "",
        max((edge.confidence for name, edge in items.edges.items() if name in inside), default=0.0) if len(inside) < 50 else 1.0,
    )


def fill(story: Story, found: NewsStory, items: Items, passages: Sequence[PassageTree]) -> Story:
    """Add the drawings, the table and the panels to `story`; `passages` are the passage trees of its documents."""
    blocks, single = _blocks(found, items)
    groups = sorted(found.same_statement, key=len, reverse=True)[:_TIES]
    beside = Block(f"Independent reports ({len(single)})" if single else "", single, {item.id: item.id for item in single})
    if len(found.documents) <= _ONE_DRAWING:
        drawn = [(*blocks, beside) if single else tuple(blocks)]
    else:
        drawn = [(block,) for block in blocks[:_DRAWINGS]] + ([(beside,)] if single else [])
        _say_rest(story, blocks[_DRAWINGS:])
    for parts in drawn:
        made = drawing(parts, groups if len(parts) > 1 or parts[0] is beside else ())
        story.figures.append(Figure(_caption(parts), _said(parts), made))
        if made.left_out:
            story.left_out.append(f"{counted(made.left_out, 'document')} of “{parts[0].name}” not drawn")
    shown = [item for block in blocks for one in block.items for item in (one, *one.updates)]
    near = found.documents
    rows = [made for item in shown if (made := row(item, items, near))]
    story.rows = rows[:_ROWS]
    if len(rows) > _ROWS:
        story.left_out.append(f"{counted(len(rows) - _ROWS, 'edge')} not in the table")
    told = {made.item.id for made in story.rows} | {dot.item.id for figure in story.figures for dot in figure.drawing.dots}
    story.panels = [panel(item, items, near) for item in (*shown, *single) if item.id in told]
    story.independent = single
    story.ties = [_tie(group, items) for group in groups]
    if not any(name in items.edges for name in found.documents):
        _add_passages(story, passages, items, found.documents)
    return story


def _ordered(found: NewsStory) -> list[Origin]:
    return sorted(found.origins, key=lambda origin: (-len(origin.documents), origin.id))


def _headline(found: NewsStory, origins: Sequence[Origin], items: Items) -> str:
    """The headline that most documents of the largest origin have; of several, the one of the earliest document."""
    return _most([items[name] for name in (origins[0].documents if origins else found.documents)])


def _most(among: Sequence[Item]) -> str:
    """The headline that most of `among` have, without unseen sources; of several, the one of the earliest document."""
    documents = sorted((item for item in among if not item.hidden), key=_early)
    most = Counter(item.label.headline for item in documents).most_common(1)
    return most[0][0] if most else ""


def _early(item: Item) -> tuple[bool, float, str]:
    return item.time is None, item.time.timestamp() if item.time else 0.0, item.id


def _sentence(found: NewsStory, origins: Sequence[Origin], items: Items, outlets: int) -> str:
    counts = counted(len(found.documents), "article") + (f" of {counted(outlets, 'outlet')}" if outlets else "")
    names = Counter[str]()
    held = Counter[str]()
    for origin in origins:
        name = source_named(origin.id, items)
        names[name] += 1
        held[name] += len(origin.documents)
    best = held.most_common(_NAMED)
    named = [_origins_named(name, names[name], number, first=not n) for n, (name, number) in enumerate(best)]
    more = len(origins) - sum(names[name] for name, _ in best)
    rest = f" and {more:,} more" if more else ""
    return f"{counts} · {counted(len(origins), 'independent source')} ({_sure(origins)}): {', '.join(named)}{rest}"


def _origins_named(name: str, origins: int, documents: int, *, first: bool) -> str:
    """How a sentence names the origins that have one name, and the number of articles that have their text from them."""
    several = name if origins == 1 else f"{origins:,} {name.removeprefix('an ').replace('text', 'texts')}"
    if origins > 1 and not name.startswith("an unseen"):
        several = f"{origins:,} of {name}"
    return f"{several} ({counted(documents, 'article') if first else f'{documents:,}'})"


def _sure(origins: Sequence[Origin]) -> str:
    """How sure it is that the origins are independent, in words."""
    words = Counter(in_words(origin.confidence) for origin in origins)
    order = [word for _, word in CONFIDENCE_WORDS] + [in_words(0)]
    if len(words) == 1:
        return next(iter(words))
    return ", ".join(f"{words[word]:,} {word}" for word in order if words[word])


def _blocks(found: NewsStory, items: Items) -> tuple[list[Block], list[Item]]:
    """The block of each origin from which documents were made, the largest first, and the reports that stand alone."""
    blocks, single = list[Block](), list[Item]()
    for origin in _ordered(found):
        names = list(items.below(origin.id))
        if len(names) == 1 and len(origin.documents) <= 1:
            single.append(items[origin.id])
            continue
        shown, stands = items.folded([*names, *(name for name in origin.documents if name not in set(names))])
        _letter(shown, items)
        counts = f"{counted(len(origin.documents), 'article')} of {counted(len(outlets_of(shown)), 'outlet')}"
        name = f"{items[origin.id].label.headline}, printed as “{_most(shown)}”" if origin.id in items.sources else items[origin.id].named
        blocks.append(Block(f"{name[:1].upper()}{name[1:]}: {counts}", shown, stands))
    single.sort(key=_early)
    return blocks, single


def _letter(shown: Iterable[Item], items: Items) -> None:
    """Give documents with the same words the same letter."""
    letters = dict[tuple[str, ...], str]()
    for item in shown:
        if version := items.same_words.get(item.id):
            item.letter = letters.setdefault(version, chr(ord("A") + len(letters) % 26))


def _caption(blocks: Sequence[Block]) -> str:
    times = [item.time for block in blocks for one in block.items for item in (one, *one.updates) if item.time]
    return f"{span_in_words(times)}, times in UTC" if times else ""


def _said(blocks: Sequence[Block]) -> str:
    return f"Who copied whom, over time, a lane for each outlet. {'; '.join(block.name for block in blocks)}. The table below says the same."


def _say_rest(story: Story, blocks: Sequence[Block]) -> None:
    if blocks:
        documents = sum(1 for block in blocks for one in block.items for item in (one, *one.updates) if not item.hidden)
        story.left_out.append(
            f"{counted(len(blocks), 'smaller source')} with {counted(documents, 'article')} not drawn; the table lists them"
        )


def _tie(group: Sequence[str], items: Items) -> str:
    names = [source_named(name, items) for name in group]
    return f"{counted(len(group), 'report')}: {', '.join(names[:12])}{f' and {len(names) - 12} more' if len(names) > 12 else ''}"


def _add_passages(story: Story, trees: Sequence[PassageTree], items: Items, near: Sequence[str]) -> None:
    """Draw who has each passage from whom, for a story in which no document is a copy of another."""
    for tree in trees[:_PASSAGES]:
        names = [tree.root] if isinstance(tree.root, str) else [tree.root.doc or ""]
        parents = {edge.child: edge for edge in tree.edges}
        names += [edge.child for edge in tree.edges]
        made = [items.in_passage(name, parents.get(name), tree.family) for name in dict.fromkeys(names)]
        block = Block("", _parents_first(made), {item.id: item.id for item in made})
        span = items.families[tree.family].canonical
        text = items.documents[span.doc or ""].text[span.start : span.end]
        story.panels += [panel(item, items, near) for item in made]
        story.rows += [found for item in made if (found := row(item, items, near))]
        story.passages.append(Figure(_caption([block]), _said([block]), drawing([block]), text))
    if len(trees) > _PASSAGES:
        story.left_out.append(f"{counted(len(trees) - _PASSAGES, 'passage')} not drawn")


def _parents_first(made: Sequence[Item]) -> list[Item]:
    out, waiting = list[Item](), list(made)
    placed = set[str]()
    while waiting:
        known = {item.id for item in waiting}
        ready = [item for item in waiting if not item.edge or item.edge.parent in placed or item.edge.parent not in known]
        ready = ready or waiting[:1]
        out += ready
        placed |= {item.id for item in ready}
        waiting = [item for item in waiting if item.id not in placed]
    return out
