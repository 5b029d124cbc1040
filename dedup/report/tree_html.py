"""Who copied whom, as one page for a browser: it asks for nothing from a network, and all that is of a text is escaped."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from jinja2 import Environment, PackageLoader, StrictUndefined

from dedup.report.tree_terminal import extent, in_words
from dedup.types import Document, Edge, Report, UnseenSource

_OPENING = 300
"""Characters of an unseen source that are shown."""


@dataclass(frozen=True, slots=True)
class _Node:
    """A text of a tree; `edge` leads to its parent, `notes` number the passages that it has from elsewhere."""

    name: str
    about: str
    hidden: bool = False
    opening: str = ""
    edge: Edge | None = None
    word: str = ""
    rivals: Sequence[tuple[str, str]] = ()
    notes: Sequence[int] = field(default_factory=list)


def page(report: Report) -> str:
    """Return the page: a tree a story, then passages that were taken one by one."""
    found = report.provenance
    passages = [edge for edge in found.edges if edge.kind == "passage"]
    main = [edge for edge in found.edges if edge.kind != "passage"]
    notes: dict[str, list[int]] = defaultdict(list)
    for number, edge in enumerate(passages, 1):
        notes[edge.child].append(number)
    nodes = _nodes(report, {edge.child: edge for edge in main}, notes)
    children: dict[str, list[str]] = defaultdict(list)
    for edge in main:
        children[edge.parent].append(edge.child)
    roots = sorted(children.keys() - {edge.child for edge in main})
    pages = Environment(
        loader=PackageLoader("dedup.report"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return pages.get_template("tree.html").render(
        documents=f"{len(report.documents):,}",
        sources=f"{len(found.sources):,}",
        stories=[list(_walk(root, children, nodes)) for root in roots],
        passages=[(edge, "; ".join([in_words(edge.confidence), *extent(edge)])) for edge in passages],
        versions=found.versions,
    )


def _walk(root: str, children: Mapping[str, list[str]], nodes: Mapping[str, _Node]) -> Iterator[tuple[bool, _Node]]:
    """Each text of a tree twice: where it opens, and where all below it has been told."""
    stack = [(True, root)]
    while stack:
        opens, name = stack.pop()
        yield opens, nodes[name]
        if opens:
            stack.append((False, name))
            stack += [(True, child) for child in reversed(children.get(name, []))]


def _nodes(report: Report, edges: Mapping[str, Edge], notes: Mapping[str, list[int]]) -> dict[str, _Node]:
    names = {s.id: f"an unseen text of {s.agency}" if s.agency else "an unseen source" for s in report.provenance.sources}
    documents = {d.id: d for d in report.documents}
    about = {name: (_about(document), False, "") for name, document in documents.items()}
    about |= {s.id: ("", True, _opening(report, documents, s)) for s in report.provenance.sources}
    out = {}
    for name, told in about.items():
        edge = edges.get(name)
        word = f"{in_words(edge.confidence)} ({edge.confidence:.0%})" if edge else ""
        rivals = [
            (names.get(r.parent, r.parent) if r.parent else "no source among these", f"{r.confidence:.0%}")
            for r in (edge.rivals if edge else ())
        ]
        out[name] = _Node(names.get(name, name), *told, edge, word, rivals, notes.get(name, []))
    return out


def _about(document: Document) -> str:
    time = f"{document.published:%Y-%m-%d %H:%M}" if document.published else None
    return " · ".join(part for part in (document.outlet, time, document.title) if part)


def _opening(report: Report, documents: Mapping[str, Document], source: UnseenSource) -> str:
    """How an unseen source began: the passage that most of its copies have, and of those the first."""
    held = []
    for family in report.families:
        own = [span for span in family.passages if span.doc in source.children]
        if len({span.doc for span in own}) > 1:
            held.append((-len(own), min(span.start for span in own), own[0]))
    if not held:
        return ""
    span = min(held)[2]
    text = documents[span.doc or ""].text[span.start : span.end]
    return text if len(text) <= _OPENING else f"{text[:_OPENING]}…"
