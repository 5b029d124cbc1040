"""What a query finds, told as of its draft: the draft is side a of every match."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from dedup import families
from dedup.types import Change, ChangeType, Document, Family, Match, Report, Span

DRAFT = "\0"
"""Before the id of a draft, which may have that of an indexed document."""
_CLUSTER = 400
"""Characters between two fingerprints of one passage, in an index without text."""
_TURNED: dict[ChangeType, ChangeType] = {"replace": "replace", "insert": "delete", "delete": "insert"}


@dataclass(frozen=True, slots=True)
class Unverified:
    """Where a text and a document of an index without text share fingerprints: no bits, for nothing was aligned."""

    a: Span
    b: Span
    fingerprints: int
    verified: bool = False


def clusters(rows: list[tuple[int, int, int]], own: str | None, other: str) -> Iterator[Unverified]:
    """Passages of one document: fingerprints close to each other on both sides, two or more. Rows: start, end, start there."""
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


def together(reports: Sequence[Report]) -> Report:
    """Return several documents' reports as one; what two of them tell stands in it once."""
    documents = {d.id: d for report in reversed(reports) for d in report.documents}
    found = {frozenset((m.a, m.b)): m for report in reversed(reports) for m in report.matches}
    shared: dict[str, float] = {}
    for report in reports:
        for name, share in report.shared.items():
            shared[name] = max(share, shared.get(name, 0.0))
    return Report(
        tuple(documents[name] for name in sorted(documents)),
        tuple(sorted(found.values(), key=lambda m: (m.a, m.b))),
        tuple({f.id: f for report in reports for f in report.families}.values()),
        tuple(notice for report in reports for notice in report.notices),
        reports[0].params if reports else {},
        shared,
    )


def of_draft(report: Report, draft: Document, own: str) -> Report:
    """What of `report` touches `draft`, with the id `own`, as side a."""

    def named(span: Span) -> Span:
        return span._replace(doc=own) if span.doc == draft.id else span

    touched = {f.id: f for f in report.families if any(p.doc == draft.id for p in f.passages)}
    made = {
        name: Family(
            families.identify(named(f.canonical).doc or "", f.canonical.start, f.canonical.end),
            f.kind,
            named(f.canonical),
            tuple(sorted(map(named, f.passages))),
        )
        for name, f in touched.items()
    }
    found = []
    for match in report.matches_of(draft.id):
        turned = match if match.a.doc == draft.id else _turned(match)
        family = made[match.family].id if match.family in made else match.family
        found.append(replace(turned, a=named(turned.a), family=family))
    found.sort(key=lambda m: (m.a.start, m.a.end, m.b))
    others = {m.b.doc for m in found} | {p.doc for f in made.values() for p in f.passages} - {own}
    documents = [replace(draft, id=own)] + [d for d in report.documents if d.id in others]
    return Report(
        tuple(documents),
        tuple(found),
        tuple(sorted(made.values(), key=lambda f: (f.canonical.doc or "", f.canonical.start))),
        tuple(replace(n, document=own) for n in report.notices if n.document == draft.id),
        report.params,
        {own: report.shared[draft.id]} | {d.id: report.shared[d.id] for d in documents[1:]},
    )


def _turned(match: Match) -> Match:
    """The match with its sides exchanged."""
    changes = tuple(Change(_TURNED[c.type], c.b, c.a, c.flags) for c in match.changes)
    return replace(match, a=match.b, b=match.a, changes=changes)
