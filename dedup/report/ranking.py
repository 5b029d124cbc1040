"""In which order families are shown: narration first, by how far it travelled; quotations by their difference in wording."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from dedup.types import CONTENTS, Content, Document, Family, Match, Report


def ranked(report: Report, shown: Collection[Content]) -> list[Family]:
    """Return the families of the kinds `shown`, the one that a researcher wants to see first at the head.

    Narration, phrases and furniture are ordered by the outlets that have them times their bits, so that a paragraph in ten
    outlets comes before a page in two. Quotations are ordered by the difference in wording: what nobody said is news.
    """
    documents = {d.id: d for d in report.documents}
    matches: dict[str | None, list[Match]] = defaultdict(list)
    for match in report.matches:
        matches[match.family].append(match)
    chosen = [f for f in report.families if f.content in shown]
    return sorted(chosen, key=lambda f: _place(f, matches[f.id], documents))


def _place(family: Family, matches: Sequence[Match], documents: Mapping[str, Document]) -> tuple[object, ...]:
    members = {p.doc or "" for p in family.passages}
    outlets = len({documents[m].outlet or m for m in members})
    bits = max((m.bits_of(family.content) for m in matches), default=0.0)
    size = (-outlets, -len(members), family.canonical.start - family.canonical.end, family.id)
    kind = CONTENTS.index(family.content)
    if family.content == "quotation":
        return (kind, outlets < 2, min((m.identity for m in matches), default=1.0), *size)
    # What one outlet printed again comes behind what travelled.
    return (kind, outlets < 2, -outlets * bits, *size)
