"""What the page says of one document and its source: the sentence, the evidence, the doubts, the rivals and the word diff."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from markupsafe import Markup

from dedup.language.counting import counted
from dedup.report.diff import Piece, facts, pieces
from dedup.report.labels import Label, Marked, marked_diff
from dedup.report.tree_common import CONFIDENCE_WORDS, extent, in_words, rival_name, source_name
from dedup.report.tree_items import Item, Items, with_names
from dedup.types import Edge, Extent, Match, Rival

_COMPARED = 1500
"""Characters of the child that a word diff shows."""
_OPENING = 300
"""Characters of an unseen source that are shown."""
_QUOTED = 60
"""Characters of a passage that the table shows."""
_FACTS = 12
"""Changed facts that a panel lists."""
_RIVALS = 6
"""Rivals that a panel lists."""
_NEAR = 40
"""Documents of a group with the same words that a panel names."""
_STARTS = dict(
    zip(
        (*(word for _, word in CONFIDENCE_WORDS), in_words(0)),
        (
            "{} was made from",
            "{} was probably made from",
            "{} was perhaps made from",
            "nobody can tell whether {} was made from",
        ),
        strict=True,
    )
)
"""How a sentence on an edge starts, by the words for its confidence."""
CREDITS = {"credited": "credits its source", "uncredited": "no credit found"}
"""What the page calls each credit of an item."""


class Compared(NamedTuple):
    """A shared stretch of a child and its parent: its kind of text, and its word diff."""

    content: str
    diff: list[Marked]


@dataclass(slots=True)
class Panel:
    """All that the page says of an item on demand."""

    ref: str
    label: Label
    hidden: bool
    sentence: Markup = field(default_factory=Markup)
    sure: str = ""
    credit: str = ""
    reasons: Sequence[Markup] = ()
    doubts: Sequence[Markup] = ()
    rivals: Sequence[tuple[Markup, str]] = ()
    compared: Sequence[Compared] = ()
    cut: str = ""
    facts: Sequence[tuple[str, str, str]] = ()
    passages: Sequence[Markup] = ()
    same_words: Sequence[Markup] = ()
    opening: str = ""
    updates: Sequence[Item] = field(default_factory=list)


class PanelRow(NamedTuple):
    """An edge in the table of a story; `passage` is the opening of the passage that it is about, if it is about one."""

    item: Item
    parent: Markup
    parent_ref: str
    kind: str
    sure: str
    credit: str
    why: Markup
    confidence: float
    passage: str = ""


def panel(item: Item, items: Items, near: tuple[str, ...]) -> Panel:
    """Return the panel of an item; `near` are the ids of its story, which its sentences may name."""
    out = Panel(item.ref, item.label, item.hidden, updates=item.updates)
    edge = item.edge
    if edge:
        out.sentence, out.sure = _sentence(item, edge, items), sure(edge.confidence)
        out.credit = CREDITS.get(item.credit, "")
        out.reasons = with_names(edge.evidence, edge, items, near)
        out.doubts = with_names([doubt.text for doubt in edge.doubts], edge, items, near)
        out.rivals = [(_rival(rival, items), f"{rival.confidence * 100:.0f} %") for rival in edge.rivals[:_RIVALS]]
        if edge.parent in items.documents:
            _compare(out, edge, items, item.family)
    if item.hidden:
        source = items.sources[item.id]
        copies = counted(len(source.children), "text")
        told = f"This text is not among the documents. It is inferred from {copies} that were made from it."
        out.sentence = Markup("{} {}").format(told, out.sentence)
        out.sure = sure(source.confidence) if not edge else out.sure
        out.opening = _opening(items, source.children)
    elif edge is None:
        out.sentence = Markup("Nothing shows that this text as a whole was made from another one.")
    out.passages = [] if item.family else [_passage(found, items) for found in items.passages.get(item.id, ())]
    group = [name for name in items.same_words.get(item.id, ()) if name != item.id]
    out.same_words = [items[name].marked for name in group[:_NEAR]]
    return out


def row(item: Item, items: Items, near: tuple[str, ...]) -> PanelRow | None:
    """Return the row of an item's edge; None where it has none."""
    edge = item.edge
    if edge is None:
        return None
    parent = items[edge.parent]
    said = with_names([reason.text for reason in (*edge.reasons[-1:], *edge.doubts[:1])], edge, items, near)
    kind = "update" if edge.kind == "update" else ""
    credit = CREDITS.get(item.credit, "not known")
    told = (parent.ref, kind, sure(edge.confidence), credit, Markup(". ").join(said), edge.confidence)
    return PanelRow(item, parent.marked, *told, passage=_quoted(item.family, items))


def _quoted(family: str, items: Items) -> str:
    if not family:
        return ""
    span = items.families[family].canonical
    text = " ".join(items.documents[span.doc or ""].text[span.start : span.end].split())
    return text if len(text) <= _QUOTED else f"{text[:_QUOTED]}…"


def sure(confidence: float) -> str:
    """Return a confidence in words and percent.

    >>> sure(0.9)
    'likely (90 %)'
    """
    percent = int(confidence * 100 + 1e-6)  # rounded down, so that 94.99 does not look as sure as 95
    return f"{in_words(confidence)} ({percent} %)"


def _sentence(item: Item, edge: Edge, items: Items) -> Markup:
    """From whom the child has its text, in words that are as sure as the edge."""
    parent = items[edge.parent]
    when = f", {parent.label.time}" if parent.label.time else ""
    what = "this passage" if item.family else "this text as a whole"
    if edge.kind == "update":
        what = "this later version by the same outlet"
    start = _STARTS[in_words(edge.confidence)].format(what)
    return Markup("{} {}{}.").format(start[:1].upper() + start[1:], parent.marked, when)


def _rival(rival: Rival, items: Items) -> Markup:
    return items[rival.parent].marked if rival.parent else Markup("{}").format(rival_name(None, {}))


def _passage(edge: Edge, items: Items) -> Markup:
    said = Markup("").join(Markup("; {}").format(text) for text in with_names(extent(edge), edge, items, ()))
    return Markup("Perhaps from {}: {}{}").format(items[edge.parent].marked, sure(edge.confidence), said)


def _compare(out: Panel, edge: Edge, items: Items, family: str) -> None:
    """Put the word diff into `out`: of narration and quotations, up to `_COMPARED` characters."""
    old, new = items.documents[edge.parent].text, items.documents[edge.child].text
    found = [m for m in items.matches(edge.child, edge.parent) if not family or m.family == family]
    shown = [match for match in found if match.content in ("narration", "quotation")]
    compared, changed, left = [], list[Piece](), _COMPARED
    for match in shown:
        parts = _pieces(match, old, new, left)
        changed += pieces(old, new, Extent(match.b.start, match.b.end), match.changes)
        if left > 0 and parts:
            compared.append(Compared(match.content, marked_diff(parts)))
        left -= match.b.end - match.b.start
    out.compared, out.facts = compared, list(facts(changed))[:_FACTS]
    notes = []
    if left < 0:
        notes.append(f"The first {_COMPARED:,} characters of {_COMPARED - left:,} that both share are shown.")
    if forms := len(found) - len(shown):
        notes.append(f"{counted(forms, 'shared phrase or form', 'shared phrases or forms')} of a page left out.")
    out.cut = " ".join(notes)


def _pieces(match: Match, old: str, new: str, room: int) -> list[Piece]:
    end = min(match.b.end, match.b.start + max(room, 0))
    if end < match.b.end:
        end = new.rfind(" ", match.b.start, end) if " " in new[match.b.start : end] else end
    return list(pieces(old, new, Extent(match.b.start, end), match.changes))


def _opening(items: Items, children: Iterable[str]) -> str:
    """The first of the passages that most copies of an unseen source have; "" where no two have one."""
    copies, held = set(children), []
    for family in items.families_of(copies):
        spans = [span for span in family.passages if span.doc in copies]
        if len({span.doc for span in spans}) > 1:
            held.append((-len(spans), min(span.start for span in spans), spans[0]))
    if not held:
        return ""
    span = min(held)[2]
    text = items.documents[span.doc or ""].text[span.start : span.end]
    return text if len(text) <= _OPENING else f"{text[:_OPENING]}…"


def source_named(name: str, items: Items) -> str:
    """Return the name of an origin in the sentence of a story: an unseen source's, or an outlet's."""
    if name in items.sources:
        return source_name(items.sources[name])
    label = items[name].label
    return label.outlet or f"“{label.headline}”"
