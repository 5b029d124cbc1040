"""Who copied whom, for a person at a terminal and for graph tools."""

import io
import re
from collections import defaultdict

import networkx as nx
from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from dedup.report.diff import flowing
from dedup.types import Document, Edge, ReasonKind, Report

_DAY = re.compile(r' lastmodifieddate="[^"]*"')
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_EXTENT: frozenset[ReasonKind] = frozenset({"shared-sentences", "shared-characters", "copies-agree"})
"""Reasons that say how much two texts share; a tree has no room for them."""
_SHOWN = 2
"""Other reasons of an edge that a tree shows."""
WORDS = ((0.95, "almost certain"), (0.85, "likely"), (0.6, "best guess"))


def in_words(confidence: float) -> str:
    """Return how sure that is, as a person would say it."""
    return next((word for least, word in WORDS if confidence >= least), "unsure")


def extent(edge: Edge) -> list[str]:
    """Return the sentences that say how much of a passage two texts share."""
    return [reason.text for reason in edge.reasons if reason.kind in ("shared-characters", "unlabelled")][:1]


def render_tree(report: Report, console: Console, *, only: str | None = None) -> None:
    """Print a tree a story, then passages that were taken one by one; or what is known of the document `only`."""
    documents = {d.id: d for d in report.documents}
    found = report.provenance
    if only is not None:
        _explain(report, only, console)
        return
    main = [edge for edge in found.edges if edge.kind != "passage"]
    agencies = {source.id: source.agency for source in found.sources}
    children = defaultdict(list)
    for edge in main:
        children[edge.parent].append(edge)
    parented = {edge.child for edge in main}
    roots = sorted(parent for parent in children if parent not in parented)
    console.print(Text(f"{len(documents):,} documents · {len(roots):,} trees · {len(found.sources):,} unseen sources", "bold"))
    if not main:
        console.print("No document is a copy of another as a whole.")
    for root in roots:
        tree = Tree(_name(root, documents, agencies))
        _grow(tree, root, children, documents, agencies)
        console.print()
        console.print(tree)
    single = [edge for edge in found.edges if edge.kind == "passage"]
    if single:
        console.print(Text("\nPassages from other documents", "bold"))
        for edge in single:
            sure = "; ".join([in_words(edge.confidence), *extent(edge)])
            console.print(Text(f"  {flowing(edge.child)} ← {flowing(edge.parent)}: {sure}"))
    for version in found.versions:
        console.print(Text(f"\nThe same words: {', '.join(map(flowing, version))}"))


def _grow(
    tree: Tree,
    parent: str,
    children: dict[str, list[Edge]],
    documents: dict[str, Document],
    agencies: dict[str, str | None],
) -> None:
    for edge in children.get(parent, ()):
        label = _name(edge.child, documents, agencies)
        label.append(f" · {in_words(edge.confidence)}", "dim" if edge.confidence >= WORDS[-1][0] else "italic dim")
        if edge.kind == "update":
            label.append(" · update", "dim")
        for sentence in [reason.text for reason in edge.reasons if reason.kind not in _EXTENT][:_SHOWN]:
            label.append(f"\n{flowing(sentence)}", "dim")
        _grow(tree.add(label), edge.child, children, documents, agencies)


def _name(name: str, documents: dict[str, Document], agencies: dict[str, str | None]) -> Text:
    if name in agencies:
        agency = agencies[name]
        return Text(f"╌ an unseen text of {agency}" if agency else "╌ an unseen source", "italic magenta")
    document = documents[name]
    rest = "".join(
        f" · {part}"
        for part in (document.outlet, f"{document.published:%Y-%m-%d %H:%M}" if document.published else None)
        if part
    )
    return Text.assemble((flowing(name), "bold cyan"), flowing(rest))


def _explain(report: Report, only: str, console: Console) -> None:
    edges = [edge for edge in report.provenance.edges if edge.child == only]
    agencies = {source.id: source.agency or "an unseen source" for source in report.provenance.sources}
    if not edges:
        console.print(Text(f"{flowing(only)}: no source of it was found."))
    for edge in edges:
        parent = agencies.get(edge.parent, edge.parent)
        head = f"{flowing(only)} ← {flowing(parent)} · {edge.kind} · {edge.confidence:.0%}, {in_words(edge.confidence)}"
        console.print(Text(head, "bold"))
        for sign, reasons in (("+", edge.reasons), ("–", edge.doubts)):
            for reason in reasons:
                console.print(Text(f"  {sign} {flowing(reason.text)}"))
        for rival in edge.rivals:
            other = agencies.get(rival.parent, rival.parent) if rival.parent else "no source among these"
            console.print(Text(f"  ? {flowing(other)}: {rival.confidence:.0%}"))


def graph(report: Report, fmt: str) -> str:
    """Return the edges as `dot`, `mermaid`, `graphml` or `gexf`."""
    found = report.provenance
    out: nx.DiGraph[str] = nx.DiGraph()
    agencies = {source.id: source.agency or "unseen source" for source in found.sources}
    for document in report.documents:
        label = document.outlet or document.id
        out.add_node(
            document.id, label=label, hidden=False, published=document.published.isoformat() if document.published else ""
        )
    for name, agency in agencies.items():
        out.add_node(name, label=agency, hidden=True, published="")
    for edge in found.edges:
        if not out.has_edge(edge.parent, edge.child):
            out.add_edge(edge.parent, edge.child, kind=edge.kind, confidence=edge.confidence)
    if fmt in {"graphml", "gexf"}:
        buffer = io.BytesIO()
        (nx.write_graphml_xml if fmt == "graphml" else nx.write_gexf)(out, buffer)
        # The same documents give the same bytes on every day; and XML has no room for control characters.
        return _NOT_XML.sub("\ufffd", _DAY.sub("", buffer.getvalue().decode("utf-8")))
    number = {name: f"n{k}" for k, name in enumerate(out)}
    if fmt == "dot":
        lines = ["digraph provenance {", "  rankdir=LR;"]
        for name, node in out.nodes.items():
            lines.append(f"  {number[name]} [label={_quoted(node['label'])}{', style=dashed' if node['hidden'] else ''}];")
        for a, b, data in out.edges(data=True):
            style = ", style=dashed" if data["kind"] == "passage" or data["confidence"] < WORDS[-1][0] else ""
            lines.append(f'  {number[a]} -> {number[b]} [label="{data["confidence"]:.2f}"{style}];')
        return "\n".join([*lines, "}"])
    lines = ["flowchart LR"]
    for name, node in out.nodes.items():
        label = _quoted(node["label"])
        lines.append(f"  {number[name]}{f'([{label}])' if node['hidden'] else f'[{label}]'}")
    for a, b, data in out.edges(data=True):
        arrow = "-.->" if data["kind"] == "passage" or data["confidence"] < WORDS[-1][0] else "-->"
        lines.append(f"  {number[a]} {arrow}|{data['confidence']:.2f}| {number[b]}")
    return "\n".join(lines)


def _quoted(label: str) -> str:
    clean = flowing(label).replace("\\", "\\\\").replace('"', "'")
    return f'"{clean}"'
