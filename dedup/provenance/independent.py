"""How many independent origins a story has, and which documents belong to which.

Whoever counts sources by counting articles counts each reprint. Documents that have their text from each other, or from one
unseen source, are one origin. Documents that only print the same words of a third, such as a statement, are origins of their
own in the same story.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import xxhash

from dedup.arrays import DisjointSets, covered
from dedup.language.counting import counted, inflected
from dedup.trace_params import TraceParams
from dedup.types import Document, Edge, Family, Match, NewsStory, Origin, Provenance, Reason

_DAY = 86400.0


def independent_origins(
    documents: Sequence[Document], matches: Sequence[Match], families: Sequence[Family], found: Provenance, params: TraceParams
) -> tuple[NewsStory, ...]:
    """Return the stories of `documents`, by their ids; documents that share nothing with another are in no story.

    `found` has the edges and the unseen sources.
    """
    number = {document.id: n for n, document in enumerate(documents)}
    of_origin = _origins(number, found.edges)
    linked = DisjointSets(len(documents))
    for own in of_origin.values():
        for n in own[1:]:
            linked.join(own[0], n)
    for edge in found.edges:
        if edge.parent in number and edge.child in number:
            linked.join(number[edge.child], number[edge.parent])
    for a, b in _one_event(documents, matches, number, params):
        linked.join(a, b)
    stories: dict[int, list[str]] = defaultdict(list)
    for root, own in of_origin.items():
        stories[linked.find(own[0])].append(root)
    edges: dict[str, list[Edge]] = defaultdict(list)
    origin_of = {n: root for root, own in of_origin.items() for n in own}
    for edge in found.edges:
        if edge.kind != "passage" and edge.child in number:
            edges[origin_of[number[edge.child]]].append(edge)
    public: dict[int, list[tuple[str, ...]]] = defaultdict(list)
    for group in _same_statements(families, number, origin_of):
        events = {linked.find(number[name]) for name in group}
        if len(events) == 1:
            public[events.pop()].append(group)
    out = []
    for event, roots in stories.items():
        held = sorted(documents[n].id for root in roots for n in of_origin[root])
        if len(held) < 2 and not edges[roots[0]]:
            continue
        origins = [_origin(root, [documents[n].id for n in of_origin[root]], edges[root], params) for root in sorted(roots)]
        name = "story:" + xxhash.xxh3_64_hexdigest(held[0].encode("utf-8", "replace"))
        out.append(NewsStory(name, tuple(held), tuple(origins), tuple(public[event])))
    return tuple(sorted(out, key=lambda story: (-len(story.documents), story.documents[0])))


def _origins(number: Mapping[str, int], edges: Sequence[Edge]) -> dict[str, list[int]]:
    """Return the numbers of the documents of each origin, by its id: that of a document or of an unseen source."""
    above = {edge.child: edge.parent for edge in edges if edge.kind != "passage"}
    out: dict[str, list[int]] = defaultdict(list)
    for name, n in number.items():
        root = name
        while root in above:
            root = above[root]
        out[root].append(n)
    return out


def _one_event(
    documents: Sequence[Document], matches: Sequence[Match], number: Mapping[str, int], params: TraceParams
) -> list[tuple[int, int]]:
    """Return pairs of documents that report one event: they print the same public words within a few days."""
    places: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for match in matches:
        if match.content in ("narration", "quotation"):
            a, b = number[match.a.doc or ""], number[match.b.doc or ""]
            shorter = match.a if len(documents[a].text) <= len(documents[b].text) else match.b
            places[a, b].append((shorter.start, shorter.end))
    out = []
    for (a, b), own in places.items():
        then, now = documents[a].published, documents[b].published
        apart = abs((now - then).total_seconds()) / _DAY if then and now else 0.0
        size = covered(own)
        least = min(len(documents[a].text), len(documents[b].text))
        if apart <= params.stories.days and size >= min(params.stories.statement, params.stories.statement_share * least):
            out.append((a, b))
    return out


def _same_statements(
    families: Sequence[Family], number: Mapping[str, int], origin_of: Mapping[int, str]
) -> list[tuple[str, ...]]:
    """Return the groups of documents of different origins that print the same quotation; none within another."""
    found = set()
    for family in families:
        if family.content == "quotation":
            names = sorted({span.doc or "" for span in family.passages})
            if len({origin_of[number[name]] for name in names}) > 1:
                found.add(tuple(names))
    wider: dict[str, list[set[str]]] = defaultdict(list)
    for group in sorted(found, key=len, reverse=True):
        if not any(other.issuperset(group) for other in wider[group[0]]):
            for name in group:
                wider[name].append(set(group))
    return sorted(group for group in found if any(set(group) == other for other in wider[group[0]]))


def _origin(root: str, documents: Sequence[str], edges: Sequence[Edge], params: TraceParams) -> Origin:
    """Return an origin; its confidence is that of the least sure of its `edges`."""
    reasons = [Reason("independent", f"nothing shows that {root} was made from another of these documents")]
    sure = params.confidence.independent
    if edges:
        sure = min(edge.confidence for edge in edges)
        copies = sum(edge.parent == root for edge in edges)
        reasons = [
            Reason("copies", f"{counted(copies, 'document')} {inflected(copies, 'has its', 'have their')} text from {root}")
        ]
        reasons += [edge.reasons[0] for edge in edges[:_REASONS] if edge.reasons]
    return Origin(root, tuple(sorted(documents)), round(sure, 4), tuple(reasons))


_REASONS = 3
"""Edges whose first reason an origin names."""
