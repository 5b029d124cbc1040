"""Reports of a draft: what it shares with documents of an index; the draft is side a of every match."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dedup.params import MatchParams
from dedup.pipeline.common import CutDocuments, SharedPassages
from dedup.pipeline.scan import report_of
from dedup.types import Report, Span

_CLUSTER = 400
"""Characters that may lie between two fingerprints of one passage, in an index without texts."""


@dataclass(frozen=True, slots=True)
class Unverified:
    """Where a text and a document of an index without texts share fingerprints; it has no bits, as nothing was aligned."""

    a: Span
    b: Span
    fingerprints: int
    verified: bool = False


def clusters(rows: list[tuple[int, int, int]], own: str | None, other: str) -> Iterator[Unverified]:
    """Yield passages shared with one document: two or more fingerprints that are close to each other on both sides.

    A row is the start and end of a fingerprint in the text, and its start in the document, in code points.
    """
    cluster: list[tuple[int, int, int]] = []
    for row in [*rows, (1 << 60, 1 << 60, 1 << 60)]:
        if cluster and (
            row[0] - cluster[-1][1] > _CLUSTER or abs(row[2] - row[0] - cluster[-1][2] + cluster[-1][0]) > _CLUSTER
        ):
            if len({start for start, _, _ in cluster}) > 1:
                start, end = cluster[0][0], max(last for _, last, _ in cluster)
                there = min(place for _, _, place in cluster)
                length = max(place + last - first for first, last, place in cluster) - there
                yield Unverified(Span(own, start, end), Span(other, there, there + length), len(cluster))
            cluster = []
        cluster.append(row)


def merged_reports(reports: Sequence[Report]) -> Report:
    """Return the reports of several documents as one report, without the repeats of what two of them contain."""
    documents = {d.id: d for report in reversed(reports) for d in report.documents}
    found = {frozenset((m.a, m.b)): m for report in reversed(reports) for m in report.matches}
    return Report(
        tuple(documents[name] for name in sorted(documents)),
        tuple(sorted(found.values(), key=lambda m: (m.a, m.b))),
        tuple({f.id: f for report in reports for f in report.families}.values()),
        tuple(notice for report in reports for notice in report.notices),
        reports[0].params if reports else {},
        _most(report.shared for report in reports),
        narration=_most(report.narration for report in reports),
        quotation=_most(report.quotation for report in reports),
    )


def _most(shares: Iterable[Mapping[str, float]]) -> dict[str, float]:
    """Return the largest of the shares of each document."""
    out: dict[str, float] = {}
    for of_report in shares:
        for name, share in of_report.items():
            out[name] = max(share, out.get(name, 0.0))
    return out


def draft_report(given: CutDocuments, found: SharedPassages, match: MatchParams) -> Report:
    """Return the report of what touches the first document, the draft, which is side a of every match."""
    report = report_of(given, found, match, np.zeros(len(found.alignments), np.bool_))
    draft, *others = report.documents
    families = tuple(f for f in report.families if any(p.doc == draft.id for p in f.passages))
    touching = sorted(report.matches_of(draft.id), key=lambda m: (m.a.start, m.a.end, m.b))
    named = {m.b.doc for m in touching} | {p.doc for f in families for p in f.passages}
    documents = (draft, *(d for d in others if d.id in named))
    return Report(
        documents,
        tuple(touching),
        families,
        tuple(n for n in report.notices if n.document == draft.id),
        report.params,
        {d.id: report.shared[d.id] for d in documents},
        narration=report.narration,
        quotation=report.quotation,
    )


def free_name(name: str, taken: Iterable[str]) -> str:
    """Return `name`, or where it is one of `taken`, the name with `#draft` behind it, as often as needed."""
    names = set(taken)
    while name in names:
        name += "#draft"
    return name
