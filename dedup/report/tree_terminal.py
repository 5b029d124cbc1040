"""Who copied whom, for a person at a terminal."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.padding import Padding
from rich.text import Text
from rich.tree import Tree

from dedup.language.counting import counted
from dedup.params import TOP_FAMILIES
from dedup.report.about import NOTHING_LEFT, filters_in_words, outlet_and_time, title_of
from dedup.report.orders import ORDERS
from dedup.report.printable import flowing
from dedup.report.ranking import ranked_trees
from dedup.report.tree_common import UNSURE_BELOW, extent, in_words, rival_name, source_name, unseen_sources
from dedup.types import Edge, ReasonKind, Report

_EXTENT: frozenset[ReasonKind] = frozenset({"shared-sentences", "shared-characters", "copies-agree"})
"""Reasons that say how much two texts share; a tree has no room for them."""
_OPENING = 90
"""Characters of a passage that stand above its tree."""
_TITLE = 60
"""Characters of a title in a tree."""
_SHOWN = 2
"""Other reasons of an edge that a tree shows."""


def render_tree(
    report: Report, console: Console, *, only: str | None = None, top: int | None = None, order: str | None = None
) -> None:
    """Print the first `top` trees in the order `order`, then as many passages that come from other documents, and versions.

    With `only`, print what is known of the source of the document with that id.
    """
    if only is not None:
        _explain(report, only, console)
        return
    most = TOP_FAMILIES if top is None else top
    found = report.provenance
    main = [edge for edge in found.edges if edge.kind != "passage"]
    trees = ranked_trees(report, order or ORDERS["tree"][0])
    counts = (
        counted(len(report.documents), "document"),
        counted(len(trees), "tree"),
        counted(len(unseen_sources(report)), "unseen source"),
    )
    console.print(Text(" · ".join(counts), "bold"))
    if line := filters_in_words(report.params):
        console.print(Text(line, "dim"))
    if not main:
        _no_copies(report, console, most)
    labels, children = _labels(report), defaultdict(list)
    for edge in main:
        children[edge.parent].append(edge)
    for head in trees[:most]:
        console.print()
        console.print(_tree(head, children, labels))
    _more(len(trees) - most, "tree", len(trees), console)
    single = [edge for edge in found.edges if edge.kind == "passage"]
    if single:
        console.print(Text("\nPassages from other documents", "bold"))
    for edge in single[:most]:
        sure = "; ".join([in_words(edge.confidence), *map(flowing, extent(edge))])
        console.print(Padding(labels[edge.child], (0, 0, 0, 2)))
        console.print(Padding(Text.assemble("← ", labels[edge.parent], (f"\n{sure}", "dim")), (0, 0, 0, 4)))
    _more(len(single) - most, "passage", len(single), console)
    for version in found.versions[:most]:
        console.print(Text("\nThe same words", "bold"))
        for name in version:
            console.print(Padding(labels[name], (0, 0, 0, 2)))
    _more(len(found.versions) - most, "group of the same words", len(found.versions), console, "groups of the same words")


def _more(rest: int, what: str, every: int, console: Console, plural: str | None = None) -> None:
    if rest > 0:
        console.print(Text(f"\n{counted(rest, f'more {what}', plural and f'more {plural}')}; --top {every} shows all.", "dim"))


def _no_copies(report: Report, console: Console, most: int) -> None:
    """Say that no document is a copy as a whole, and print the trees of passages."""
    found = report.provenance.passages
    nothing = not found and not report.matches and filters_in_words(report.params)
    console.print(
        NOTHING_LEFT
        if nothing
        else "No document is a copy of another as a whole." + (" Who has each passage:" if found else "")
    )
    _passages(report, console, most)
    _more(len(found) - most, "passage", len(found), console)


def _passages(report: Report, console: Console, most: int) -> None:
    """Print the trees of the first passages, at the most `most`."""
    labels, families = _labels(report), {family.id: family for family in report.families}
    texts = {document.id: document.text for document in report.documents}
    for tree in report.provenance.passages[:most]:
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
        title = flowing(title_of(document, _TITLE))
        first, *rest = [part for part in (title, *([] if title else [document.id]), *outlet_and_time(document)) if part]
        rest += [document.id] if title else []
        labels[document.id] = Text.assemble((flowing(first), "bold cyan"), "".join(f" · {flowing(part)}" for part in rest))
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
