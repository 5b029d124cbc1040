"""Slow, obvious versions of `dedup.outlets`, word by word from all pairs of documents, and of `dedup.filtered`."""

import re
import statistics
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from dedup import Filters
from dedup.types import Document, Edge, Report, Span


def _outlet(document: Document) -> str | None:
    return {None: None, "CNN": "CNN", "cnn.com": "CNN"}.get(document.outlet, document.outlet)


def _when(document: Document) -> tuple[datetime, ...]:
    """The first and the last moment at which a document may have been published; nothing for one without a date."""
    time = document.published
    if time is None:
        return ()
    whole = (time.hour, time.minute, time.second, time.microsecond) == (0, 0, 0, 0)
    return time, time + timedelta(days=1, microseconds=-1) if whole else time


def _earlier(one: Document, other: Document) -> bool:
    first, later = _when(one), _when(other)
    return bool(first and later) and first[1] < later[0]


def _ancestors_of(name: str, above: dict[str, str]) -> list[str]:
    out = []
    while name in above:
        name = above[name]
        out.append(name)
    return out


def outlet_relation(
    report: Report, one: Document, other: Document, family: str | None
) -> tuple[str, object, tuple[object, ...]]:
    """`from`, `first` or `unknown`, the source, and its place among the sources."""
    sure = [edge for edge in report.provenance.edges if edge.confidence >= 0.85]
    above = {edge.child: edge.parent for edge in sure if edge.kind != "passage"}
    agency = {source.id: source.agency for source in report.provenance.sources}
    if (one.id, other.id) in {(e.child, e.parent) for e in sure} and _outlet(other):
        return "from", (_outlet(other), True), (0,)
    own, others = _ancestors_of(one.id, above), _ancestors_of(other.id, above)
    hidden = own[-1] if own and own[-1] in agency and others and others[-1] == own[-1] and one.id not in others else None
    for tree in report.provenance.passages:
        roots = {e.child: e.parent for e in tree.edges if e.confidence >= 0.85 and agency.get(e.parent)}
        root = roots.get(one.id)
        if hidden is None and tree.family == family and root is not None and root == roots.get(other.id):
            hidden = root
    if hidden is not None and (agency[hidden] is None or agency[hidden] != _outlet(one)):
        return "from", (agency[hidden], False), (1,)
    if _outlet(other) and _earlier(other, one):
        return "from", (_outlet(other), True), (2, _when(other)[1], other.id)
    if _earlier(one, other) or (other.id, one.id) in {(e.child, e.parent) for e in sure} or one.id in others:
        return "first", None, ()
    return "unknown", None, ()


def outlets(report: Report, percent: float) -> dict[str, dict[str, Any]]:
    """What `dedup.outlets` counts, by outlet; words are separated by single spaces."""
    documents = {document.id: document for document in report.documents}
    out: dict[str, dict[str, Any]] = {}
    for document in report.documents:
        if name := _outlet(document):
            empty = dict.fromkeys(("articles", "original", "copied", "unknown", "quoted", "rule", "undecided"), 0)
            own = out.setdefault(name, {**empty, "passages": 0, "started": 0, "carried": 0, "hours": [], "days": []})
            own["articles"] += 1
            kinds = []
            earlier = maybe = 0
            for found in re.finditer(r"\S+", document.text):
                uses = list(_uses_of_word(report, documents, document, found.start()))
                kinds.append(_kind_of_word(report, document, uses))
                earlier += any(_outlet(other) and _earlier(other, document) for other, _, _ in uses)
                maybe += any(not _earlier(document, other) for other, _, _ in uses)
            for kind in kinds:
                own[kind] += 1
            own["rule"] += earlier * 100 >= percent * len(kinds)
            own["undecided"] += earlier * 100 < percent * len(kinds) <= maybe * 100
    for family in report.families:
        if family.content == "narration":
            _passages_of(
                report, [documents[name] for name in sorted({span.doc or "" for span in family.passages})], family.id, out
            )
    for own in out.values():
        own["lag_hours"] = statistics.median(own["hours"]) if own["hours"] else None
        own["lag_days"] = statistics.median(own["days"]) if own["days"] else None
    return out


def _uses_of_word(
    report: Report, documents: dict[str, Document], document: Document, at: int
) -> Iterator[tuple[Document, str, str | None]]:
    for match in report.matches:
        for one, other in ((match.a, match.b), (match.b, match.a)):
            foreign = documents[other.doc or ""]
            same = _outlet(foreign) is not None and _outlet(foreign) == _outlet(document)
            counts = match.content in ("narration", "quotation") and not same
            if counts and one.doc == document.id and one.start <= at < one.end:
                yield foreign, match.content, match.family


def _kind_of_word(report: Report, document: Document, uses: list[tuple[Document, str, str | None]]) -> str:
    told = {outlet_relation(report, document, other, family)[0] for other, kind, family in uses if kind == "narration"}
    if "from" in told:
        return "copied"
    if "unknown" in told:
        return "unknown"
    if any(kind == "quotation" and not _earlier(document, other) for other, kind, _ in uses):
        return "quoted"
    return "original"


def _passages_of(report: Report, members: list[Document], family: str, out: dict[str, dict[str, Any]]) -> None:
    def order(document: Document) -> tuple[object, ...]:
        when = _when(document)
        return (bool(when), *when, document.id)

    heads: dict[object, Document] = {}
    for document in sorted(members, key=order):
        heads.setdefault(_outlet(document) or (document.id,), document)
    for name, document in heads.items():
        others = [other for other in heads.values() if other is not document]
        if not isinstance(name, str) or not others:
            continue
        told = {outlet_relation(report, document, other, family)[0] for other in others}
        out[name]["passages"] += 1
        out[name]["carried"] += "from" in told
        out[name]["started"] += told == {"first"}
        before = [other for other in others if _outlet(other) and _earlier(other, document)]
        if "from" in told and before:
            first = min(before, key=order)
            then, now = _when(first), _when(document)
            if then[0] == then[1] and now[0] == now[1]:
                out[name]["hours"].append((now[0] - then[0]).total_seconds() / 3600)
            else:
                out[name]["days"].append((now[0].date() - then[0].date()).days)


def filtered(report: Report, wanted: Filters) -> dict[str, list[Any]]:
    """What `dedup.filtered` leaves: matches, ids of families, and edges."""
    documents = {document.id: document for document in report.documents}
    agency = {source.id: source.agency for source in report.provenance.sources}
    chosen = {name for name, document in documents.items() if wanted.choose(document)}

    def outlet(name: str | None) -> str | None:
        return agency[name] if name in agency else _outlet(documents[name or ""])

    def across(names: Sequence[str | None]) -> bool:
        return not wanted.across_outlets or len({outlet(name) for name in names} - {None}) > 1

    def across_edge(edge: Edge) -> bool:
        nameless = edge.parent in agency and agency[edge.parent] is None and outlet(edge.child) is not None
        return not wanted.across_outlets or nameless or across([edge.child, edge.parent])

    def words(span: Span) -> int:
        return len(documents[span.doc or ""].text[span.start : span.end].split())

    matches = [
        match
        for match in report.matches
        if {match.a.doc, match.b.doc} & chosen
        and across([match.a.doc, match.b.doc])
        and min(words(match.a), words(match.b)) >= wanted.min_words
    ]
    named = {match.family for match in matches}
    families = []
    for family in report.families:
        names = [span.doc for span in family.passages]
        passes = set(names) & chosen and across(names) and words(family.canonical) >= wanted.min_words
        if family.id in named or passes:
            families.append(family.id)
    trees = {edge.child: edge.parent for edge in report.provenance.edges if edge.kind != "passage" and across_edge(edge)}
    lines = {name: {name, *_ancestors_of(name, trees)} for name in (*documents, *agency)}
    edges = []
    for edge in report.provenance.edges:
        if edge.kind == "passage":
            near = bool({edge.child, edge.parent} & chosen)
        else:
            near = any(edge.child in lines[name] or name in lines[edge.child] for name in chosen)
        if across_edge(edge) and (near or not wanted.chooses_documents):
            edges.append((edge.child, edge.parent, edge.kind))
    return {"matches": matches, "families": families, "edges": edges}
