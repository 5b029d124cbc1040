"""Who copied whom, for a person at a terminal."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from dedup.language.counting import counted
from dedup.report.about import outlet_and_time
from dedup.report.printable import flowing
from dedup.report.tree_common import UNSURE_BELOW, extent, in_words, rival_name, roots, source_name, unseen_sources
from dedup.types import Edge, ReasonKind, Report

_EXTENT: frozenset[ReasonKind] = frozenset({"shared-sentences", "shared-characters", "copies-agree"})
"""Reasons that say how much two texts share; a tree has no room for them."""
_OPENING = 90
"""Characters of a passage that stand above its tree."""
_SHOWN = 2
"""Other reasons of an edge that a tree shows."""


def render_tree(report: Report, console: Console, *, only: str | None = None) -> None:
    """Print a tree for each story, then the passages that come from other documents.

    With `only`, print what is known of the source of the document with that id.
    """
    if only is not None:
        _explain(report, only, console)
        return
    found = report.provenance
    main = [edge for edge in found.edges if edge.kind != "passage"]
    tops = roots(report)
    counts = (
        counted(len(report.documents), "document"),
        counted(len(tops), "tree"),
        counted(len(unseen_sources(report)), "unseen source"),
    )
    console.print(Text(" · ".join(counts), "bold"))
    if not main:
        console.print("No document is a copy of another as a whole." + (" Who has each passage:" if found.passages else ""))
        _passages(report, console)
    labels, children = _labels(report), defaultdict(list)
    for edge in main:
        children[edge.parent].append(edge)
    for top in tops:
        console.print()
        console.print(_tree(top, children, labels))
    single = [edge for edge in found.edges if edge.kind == "passage"]
    if single:
        console.print(Text("\nPassages from other documents", "bold"))
        for edge in single:
            sure = "; ".join([in_words(edge.confidence), *map(flowing, extent(edge))])
            console.print(Text(f"  {flowing(edge.child)} ← {flowing(edge.parent)}: {sure}"))
    for version in found.versions:
        console.print(Text(f"\nThe same words: {', '.join(map(flowing, version))}"))


def _passages(report: Report, console: Console) -> None:
    """Print the tree of each passage."""
    labels, families = _labels(report), {family.id: family for family in report.families}
    texts = {document.id: document.text for document in report.documents}
    for tree in report.provenance.passages:
        span = families[tree.family].canonical
        words = " ".join(texts[span.doc or ""][span.start : span.end].split())
        console.print(Text(f"\n“{words[:_OPENING]}{'…' if len(words) > _OPENING else ''}”", "bold"))
        children = defaultdict(list)
        for edge in tree.edges:
            children[edge.parent].append(edge)
        top = tree.root if isinstance(tree.root, str) else tree.root.doc or ""
        console.print(_tree(top, children, labels))


def _tree(top: str, children: Mapping[str, Sequence[Edge]], labels: Mapping[str, Text]) -> Tree:
    tree = Tree(labels[top])
    open_ = [(tree, top)]
    while open_:
        branch, parent = open_.pop()
        for edge in children.get(parent, ()):
            label = labels[edge.child].copy()
            label.append(f" · {in_words(edge.confidence)}", "dim" if edge.confidence >= UNSURE_BELOW else "italic dim")
            if edge.kind == "update":
                label.append(" · update", "dim")
            for sentence in [reason.text for reason in edge.reasons if reason.kind not in _EXTENT][:_SHOWN]:
                label.append(f"\n{flowing(sentence)}", "dim")
            open_.append((branch.add(label), edge.child))
    return tree


def _labels(report: Report) -> dict[str, Text]:
    """By id, what the tree shows of each document and of each unseen source."""
    labels = {source.id: Text(f"╌ {flowing(source_name(source))}", "italic magenta") for source in report.provenance.sources}
    for document in report.documents:
        about = "".join(f" · {part}" for part in outlet_and_time(document))
        labels[document.id] = Text.assemble((flowing(document.id), "bold cyan"), flowing(about))
    return labels


def _explain(report: Report, only: str, console: Console) -> None:
    edges = [edge for edge in report.provenance.edges if edge.child == only]
    sources = {source.id: source.agency or "an unseen source" for source in report.provenance.sources}
    if not edges:
        console.print(Text(f"{flowing(only)}: no source of it was found."))
    for edge in edges:
        parent = flowing(sources.get(edge.parent, edge.parent))
        head = f"{flowing(only)} ← {parent} · {edge.kind} · {edge.confidence:.0%}, {in_words(edge.confidence)}"
        console.print(Text(head, "bold"))
        for sign, reasons in (("+", edge.reasons), ("–", edge.doubts)):
            for reason in reasons:
                console.print(Text(f"  {sign} {flowing(reason.text)}"))
        for rival in edge.rivals:
            console.print(Text(f"  ? {flowing(rival_name(rival.parent, sources))}: {rival.confidence:.0%}"))
