"""A story on the page of a tree: its sentence, its drawings, its table and its panels."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from string import ascii_uppercase
from typing import NamedTuple

from markupsafe import Markup

from dedup.language.counting import counted
from dedup.report.tree_axis import span_in_words
from dedup.report.tree_common import CONFIDENCE_WORDS, in_words
from dedup.report.tree_items import Item, Items, early, isolated
from dedup.report.tree_layout import UNKNOWN, Block, Drawing, drawing, outlets_of
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
_REPORTS = 300
"""Independent reports that a story lists."""
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
    sentence: Markup
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
    ties: list[Markup] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def summary(number: int, found: NewsStory, items: Items) -> Story:
    """Return a story without its drawings, its table and its panels."""
    origins = _ordered(found)
    documents = [items[name] for name in found.documents]
    times = [item.time for item in documents if item.time]
    first = min(documents, key=early)
    outlets = outlets_of(documents)
    known = sorted(name for name in outlets if name != UNKNOWN)
    return Story(
        f"s{number}",
        _headline(found, origins, items) or first.label.headline,
        _sentence(found, origins, items, len(known)),
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
        story.figures.append(Figure(_caption(parts), _said(parts), made))
        if made.left_out:
            story.left_out.append(f"{counted(made.left_out, 'document')} of “{parts[-1].name}” not drawn")
    _tell(story, [item for block in blocks for one in block.items for item in (one, *one.updates)], single, found, items)
    story.ties = [_tied(group, items) for group in groups]
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
            story.left_out.append(f"{counted(number, thing)} not {place}")


def _ordered(found: NewsStory) -> list[Origin]:
    return sorted(found.origins, key=lambda origin: (-len(origin.documents), origin.id))


def _headline(found: NewsStory, origins: Sequence[Origin], items: Items) -> str:
    """The headline that most documents of the largest origin have; of several, the one of the earliest document."""
    names = origins[0].documents if origins and len(origins[0].documents) > 1 else found.documents
    return _most([items[name] for name in names])


def _most(among: Sequence[Item]) -> str:
    """The headline that most of `among` have, without unseen sources; of several, the one of the earliest document."""
    documents = sorted((item for item in among if not item.hidden), key=early)
    most = Counter(item.label.headline for item in documents).most_common(1)
    return most[0][0] if most else ""


def _sentence(found: NewsStory, origins: Sequence[Origin], items: Items, outlets: int) -> Markup:
    counts = counted(len(found.documents), "article") + (f" of {counted(outlets, 'outlet')}" if outlets else "")
    texts, held = Counter[str](), Counter[str]()
    for origin in origins:
        name = source_named(origin.id, items)
        texts[name] += 1
        held[name] += len(origin.documents)
    best = held.most_common(_NAMED)
    named = [_origins_named(name, texts[name], number, first=not n) for n, (name, number) in enumerate(best)]
    more = len(origins) - sum(texts[name] for name, _ in best)
    rest = f" and {more:,} more" if more else ""
    start = f"{counts} · {counted(len(origins), 'independent source')} ({_sure(origins)}): "
    return Markup("{}{}{}").format(start, Markup(", ").join(named), rest)


def _origins_named(name: str, texts: int, documents: int, *, first: bool) -> Markup:
    """How a sentence names the origins that have one name, and the number of articles that have their text from them."""
    count = counted(documents, "article") if first else f"{documents:,}"
    if texts in {1, documents}:
        return Markup("{} ({})").format(isolated(name), count)
    kind, of, agency = name.partition(" of ") if name.startswith("an unseen ") else ("a text", " of ", name)
    several = counted(texts, kind.removeprefix("an ").removeprefix("a "))
    return Markup("{}{}{} ({})").format(several, of, isolated(agency), count)


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
        blocks.append(Block(str(_name(origin, shown, items).striptags()), shown, stands, _name(origin, shown, items)))
    single.sort(key=early)
    return blocks, single


def _name(origin: Origin, shown: Sequence[Item], items: Items) -> Markup:
    top = items[origin.id]
    name = top.marked
    if top.hidden:
        name = Markup("{}, printed as “{}”").format(_capital(top.label.headline), isolated(_most(shown)))
    counts = f"{counted(len(origin.documents), 'article')} of {counted(len(outlets_of(shown)), 'outlet')}"
    return Markup("{}: {}").format(name, counts)


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def _letter(shown: Iterable[Item], items: Items) -> None:
    """Give documents with the same words the same letter."""
    letters = dict[tuple[str, ...], str]()
    for item in shown:
        if version := items.same_words.get(item.id):
            item.letter = letters.setdefault(version, ascii_uppercase[len(letters) : len(letters) + 1])


def _caption(blocks: Sequence[Block]) -> str:
    times = [item.time for block in blocks for one in block.items for item in (one, *one.updates) if item.time]
    return f"{span_in_words(times)}, times in UTC" if times else ""


def _said(blocks: Sequence[Block]) -> str:
    names = "; ".join(block.name for block in blocks)
    return f"Who copied whom, over time, a lane for each outlet. {names}. The table below says the same."


def _say_rest(story: Story, blocks: Sequence[Block]) -> None:
    if blocks:
        documents = sum(1 for block in blocks for one in block.items for item in (one, *one.updates) if not item.hidden)
        story.left_out.append(
            f"{counted(len(blocks), 'smaller source')} with {counted(documents, 'article')} not drawn; the table lists them"
        )


def _tied(group: Sequence[str], items: Items) -> Markup:
    names = Counter(source_named(name, items) for name in group)
    shown = [
        Markup("{}{}").format(isolated(name), f" ({number:,})" if number > 1 else "") for name, number in names.most_common(12)
    ]
    rest = f" and {len(names) - 12:,} more" if len(names) > 12 else ""
    return Markup("{}: {}{}").format(counted(len(group), "report"), Markup(", ").join(shown), rest)


def _add_passages(story: Story, trees: Sequence[PassageTree], items: Items, near: tuple[str, ...]) -> None:
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
