"""Who copied whom, as one page for a browser."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from dedup.language.counting import counted
from dedup.report.about import outlet_and_time
from dedup.report.page import page
from dedup.report.ranking import ranked_trees
from dedup.report.tree_common import extent, in_words, rival_name, source_name, unseen_sources
from dedup.types import Document, Edge, Report, UnseenSource

_OPENING = 300
"""Characters of an unseen source that are shown."""


@dataclass(frozen=True, slots=True)
class _Node:
    """A document or an unseen source in a tree.

    `edge` leads to its parent. `notes` are the numbers of the passages that it has from other documents.
    """

    name: str
    about: str
    hidden: bool = False
    opening: str = ""
    edge: Edge | None = None
    word: str = ""
    rivals: Sequence[tuple[str, str]] = ()
    notes: Sequence[int] = field(default_factory=list)


def tree_page(report: Report) -> str:
    """Return the page: a tree for each story, then the passages that come from other documents."""
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
    tops = ranked_trees(report)
    return page(
        "tree.html",
        documents=counted(len(report.documents), "document"),
        trees=counted(len(tops), "tree"),
        sources=counted(len(unseen_sources(report)), "unseen source"),
        stories=[list(_walk(top, children, nodes)) for top in tops],
        passages=[(edge, "; ".join([in_words(edge.confidence), *extent(edge)])) for edge in passages],
        versions=found.versions,
    )


def _walk(top: str, children: Mapping[str, list[str]], nodes: Mapping[str, _Node]) -> Iterator[tuple[bool, _Node]]:
    """Each node of a tree twice: True before its children, False after them."""
    stack = [(True, top)]
    while stack:
        opens, name = stack.pop()
        yield opens, nodes[name]
        if opens:
            stack.append((False, name))
            stack += [(True, child) for child in reversed(children.get(name, []))]


def _nodes(report: Report, edges: Mapping[str, Edge], notes: Mapping[str, list[int]]) -> dict[str, _Node]:
    sources = {source.id: source_name(source) for source in unseen_sources(report)}
    documents = {d.id: d for d in report.documents}
    shown = {name: (_about(document), False, "") for name, document in documents.items()}
    shown |= {source.id: ("", True, _opening(report, documents, source)) for source in unseen_sources(report)}
    out = {}
    for name, own in shown.items():
        edge = edges.get(name)
        word = f"{in_words(edge.confidence)} ({edge.confidence:.0%})" if edge else ""
        rivals = [(rival_name(r.parent, sources), f"{r.confidence:.0%}") for r in (edge.rivals if edge else ())]
        out[name] = _Node(sources.get(name, name), *own, edge, word, rivals, notes.get(name, []))
    return out


def _about(document: Document) -> str:
    return " · ".join([*outlet_and_time(document), *([document.title] if document.title else [])])


def _opening(report: Report, documents: Mapping[str, Document], source: UnseenSource) -> str:
    """The first of the passages that most copies of an unseen source have; "" where no two have one."""
    held = []
    for family in report.families:
        copies = [span for span in family.passages if span.doc in source.children]
        if family.kind == "reuse" and len({span.doc for span in copies}) > 1:
            held.append((-len(copies), min(span.start for span in copies), copies[0]))
    if not held:
        return ""
    span = min(held)[2]
    text = documents[span.doc or ""].text[span.start : span.end]
    return text if len(text) <= _OPENING else f"{text[:_OPENING]}…"
