"""A story on the page of a tree: its sentence, its drawings, its table and its panels."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from string import ascii_uppercase
from typing import NamedTuple

from markupsafe import Markup

from dedup.language.counting import counted, inflected
from dedup.report.tree_axis import span_in_words
from dedup.report.tree_items import Item, Items, early
from dedup.report.tree_layout import UNKNOWN, Block, Drawing, drawing, outlets_of
from dedup.report.tree_panels import Panel, PanelRow, panel, row
from dedup.report.tree_sentences import caption, headline, name_of, ordered, said, sentence, tied
from dedup.types import NewsStory, PassageTree

_ONE_DRAWING = 40
"""A story of at most so many documents is one drawing; a larger one has a drawing for each of its largest origins."""
_DRAWINGS = 8
"""Origins that a large story draws."""
_ROWS = 400
"""Edges that the table of a story lists."""
_PASSAGES = 30
"""Passage trees that a story shows."""
_REPORTS = 300
"""Independent reports that a story lists."""
_TIES = 8
"""Groups with the same statement that are drawn."""


class Figure(NamedTuple):
    """A drawing with its caption, and what it says to a screen reader. That of a passage has its text and what that holds."""

    caption: str
    said: str
    drawing: Drawing
    text: str = ""
    content: str = ""


@dataclass(slots=True)
class Story:
    """What the page says of a story."""

    ref: str
    headline: str
    sentence: Markup
    span: str
    outlets: list[str]
    since: str
    until: str
    best: float
    figures: list[Figure] = field(default_factory=list)
    passages: list[Figure] = field(default_factory=list)
    rows: list[PanelRow] = field(default_factory=list)
    panels: list[Panel] = field(default_factory=list)
    independent: list[Item] = field(default_factory=list)
    ties: list[Markup] = field(default_factory=list)
    more_ties: int = 0
    left_out: list[str] = field(default_factory=list)


def summary(number: int, found: NewsStory, items: Items) -> Story:
    """Return a story without its drawings, its table and its panels."""
    origins = ordered(found)
    documents = [items[name] for name in found.documents]
    times = [item.time for item in documents if item.time]
    first = min(documents, key=early)
    outlets = outlets_of(documents)
    known = sorted(name for name in outlets if name != UNKNOWN)
    return Story(
        f"s{number}",
        headline(found, origins, items) or first.label.headline,
        sentence(found, origins, items, len(known)),
        span_in_words(times) if times else "",
        known,
        f"{min(times):%Y-%m-%d}" if times else "",
        f"{max(times):%Y-%m-%d}" if times else "",
        max((items.edges[name].confidence for name in found.documents if name in items.edges), default=0.0),
    )


def fill(story: Story, found: NewsStory, items: Items, passages: Sequence[PassageTree]) -> Story:
    """Add the drawings, the table and the panels to `story`; `passages` are the passage trees of its documents."""
    blocks, single = _blocks(found, items)
    groups = sorted(found.same_statement, key=len, reverse=True)[:_TIES]
    name = f"Independent reports: {len(single):,}" if single else ""
    beside = Block(name, single, {item.id: item.id for item in single}, Markup("{}").format(name), alone=True)
    if len(found.documents) <= _ONE_DRAWING:
        drawn = [[*blocks, beside] if single else blocks]
    else:
        drawn = [[block] for block in blocks[:_DRAWINGS]] + ([[beside]] if single else [])
        _say_rest(story, blocks[_DRAWINGS:])
    for parts in drawn:
        made = drawing(parts, groups)
        story.figures.append(Figure(caption(parts), said(parts), made))
        if made.left_out:
            story.left_out.append(
                f"{counted(made.left_out, 'document')} of “{parts[-1].name}” {inflected(made.left_out, 'is', 'are')} not drawn"
            )
    told = {one.id for block in blocks for item in block.items for one in (item, *item.updates)} | {item.id for item in single}
    if hidden := len(set(found.documents) - told) if items.filtered else 0:
        story.left_out.append(
            f"{counted(hidden, 'article')} of this story {inflected(hidden, 'is', 'are')} left out by the filters"
        )
    _tell(story, [item for block in blocks for one in block.items for item in (one, *one.updates)], single, found, items)
    story.more_ties = len(found.same_statement) - len(groups)
    story.ties = [tied(group, items) for group in groups]
    if not any(name in items.edges for name in found.documents):
        _add_passages(story, passages, items, found.documents)
    return story


def _tell(story: Story, shown: Sequence[Item], single: Sequence[Item], found: NewsStory, items: Items) -> None:
    """Add the table of the edges of `shown`, the list of `single` reports, and the panels of all that a link leads to."""
    rows = [made for item in shown if (made := row(item, items, found.documents))]
    story.rows, story.independent = rows[:_ROWS], list(single[:_REPORTS])
    told = {dot.item.id for figure in story.figures for dot in figure.drawing.dots}
    told |= {made.item.id for made in story.rows} | {item.id for item in story.independent}
    story.panels = [panel(item, items, found.documents) for item in (*shown, *single) if item.id in told]
    for number, thing, place in (
        (len(rows) - _ROWS, "edge", "in the table"),
        (len(single) - _REPORTS, "independent report", "in the list"),
    ):
        if number > 0:
            story.left_out.append(f"{counted(number, thing)} {inflected(number, 'is', 'are')} not {place}")


def _blocks(found: NewsStory, items: Items) -> tuple[list[Block], list[Item]]:
    """The block of each origin from which documents were made, the largest first, and the reports that stand alone."""
    blocks, single = list[Block](), list[Item]()
    for origin in ordered(found):
        names = list(items.below(origin.id))
        if len(names) == 1 and len(origin.documents) <= 1:
            single.append(items[origin.id])
            continue
        rest = [name for name in origin.documents if name not in set(names) and (name in items.edges or not items.filtered)]
        if len(names) + len(rest) == 1:
            continue  # the filters left nothing of it but its origin
        shown, stands = items.folded([*names, *rest])
        _letter(shown, items)
        blocks.append(Block(str(name_of(origin, shown, items).striptags()), shown, stands, name_of(origin, shown, items)))
    single.sort(key=early)
    return blocks, single


def _letter(shown: Iterable[Item], items: Items) -> None:
    """Give documents with the same words the same letter."""
    letters = dict[tuple[str, ...], str]()
    for item in shown:
        if version := items.same_words.get(item.id):
            item.letter = letters.setdefault(version, ascii_uppercase[len(letters) : len(letters) + 1])


def _say_rest(story: Story, blocks: Sequence[Block]) -> None:
    if blocks:
        documents = sum(1 for block in blocks for one in block.items for item in (one, *one.updates) if not item.hidden)
        story.left_out.append(
            f"{counted(len(blocks), 'smaller source')} with {counted(documents, 'article')} without a drawing; see the table"
        )


def _add_passages(story: Story, trees: Sequence[PassageTree], items: Items, near: tuple[str, ...]) -> None:
    """Draw who has each passage from whom, for a story in which no document is a copy of another."""
    for tree in trees[:_PASSAGES]:
        names = [tree.root] if isinstance(tree.root, str) else [tree.root.doc or ""]
        parents = {edge.child: edge for edge in tree.edges}
        names += [edge.child for edge in tree.edges]
        made = [items.in_passage(name, parents.get(name), tree.family) for name in dict.fromkeys(names)]
        block = Block("", _parents_first(made), {item.id: item.id for item in made})
        family = items.families[tree.family]
        span = family.canonical
        text = items.documents[span.doc or ""].text[span.start : span.end]
        story.panels += [panel(item, items, near) for item in made]
        story.rows += [found for item in made if (found := row(item, items, near))]
        story.passages.append(Figure(caption([block]), said([block]), drawing([block]), text, family.content))
    if len(trees) > _PASSAGES:
        story.left_out.append(f"{counted(len(trees) - _PASSAGES, 'more passage')} without a drawing")


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
