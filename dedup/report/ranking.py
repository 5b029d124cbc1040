"""In which order views show what they list; `report.orders` has the names. By default, families by how far they travelled."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from dedup.outlet_types import OutletRow
from dedup.report.word_counts import word_counts
from dedup.types import CONTENTS, Content, Document, Family, Match, NewsStory, Report

_NEVER = datetime.max.replace(tzinfo=UTC)
"""What has no date comes last."""


def ranked(report: Report, shown: Collection[Content], order: str = "spread") -> list[Family]:
    """Return the families of the kinds `shown`, the one that a researcher wants to see first at the head.

    `spread`: narration, phrases and furniture are ordered by the outlets that have them times their bits, so that a paragraph
    in ten outlets comes before a page in two. Quotations are ordered by the difference in wording: what nobody said is news.
    `documents` and `words`: those with most come first. `time`: the one that was published first.
    """
    documents = {d.id: d for d in report.documents}
    matches: dict[str | None, list[Match]] = defaultdict(list)
    for match in report.matches:
        matches[match.family].append(match)
    chosen = [f for f in report.families if f.content in shown]
    spread = sorted(chosen, key=lambda f: _place(f, matches[f.id], documents))
    if order == "documents":
        return sorted(spread, key=lambda f: -len({span.doc for span in f.passages}))
    if order == "words":
        texts = [documents[f.canonical.doc or ""].text[f.canonical.start : f.canonical.end] for f in spread]
        words = dict(zip((f.id for f in spread), word_counts(texts), strict=True))
        return sorted(spread, key=lambda f: -words[f.id])
    if order == "time":
        return sorted(spread, key=lambda f: _first([span.doc or "" for span in f.passages], documents))
    return spread


def ranked_trees(report: Report, order: str = "size") -> list[str]:
    """Return the ids of documents and sources that have children as a whole, but no parent as a whole: the heads of trees.

    `size`: the tree with most documents comes first. `time`: the one with the first document.
    """
    documents = {d.id: d for d in report.documents}
    members: dict[str, list[str]] = defaultdict(list)
    for name, head in heads(report).items():
        if name in documents:
            members[head].append(name)
    if order == "time":
        return sorted(members, key=lambda head: (_first(members[head], documents), -len(members[head]), head))
    return sorted(members, key=lambda head: (-len(members[head]), head))


def heads(report: Report) -> dict[str, str]:
    """Return the head of the tree of each document and source that is in one."""
    above = {edge.child: edge.parent for edge in report.provenance.edges if edge.kind != "passage"}
    found: dict[str, str] = {}
    for name in (*above, *above.values()):
        path = [name]
        while path[-1] in above and path[-1] not in found:
            path.append(above[path[-1]])
        head = found.get(path[-1], path[-1])
        found |= dict.fromkeys(path, head)
    return found


def ranked_stories(report: Report, order: str = "size") -> list[NewsStory]:
    """Return the stories: those with most documents (`size`) or `origins` first, or by the `time` of the first document."""
    documents = {d.id: d for d in report.documents}
    stories = sorted(report.provenance.stories, key=lambda story: (-len(story.documents), story.documents[0]))
    if order == "origins":
        return sorted(stories, key=lambda story: -len(story.origins))
    return sorted(stories, key=lambda story: _first(story.documents, documents)) if order == "time" else stories


def ranked_outlets(rows: Sequence[OutletRow], order: str = "articles") -> list[OutletRow]:
    """Return `rows`, those with most of what `order` names first; by `lag` the quickest first, those without one last."""
    return sorted(rows, key=lambda row: (_OUTLET_ORDERS[order](row), -row.articles, row.outlet))


def _lag(row: OutletRow) -> float:
    """The hours behind the first, by the unit in which more passages are known."""
    if row.lag_hours is not None and row.lags_in_hours >= row.lags_in_days:
        return row.lag_hours
    return float("inf") if row.lag_days is None else row.lag_days * 24


_OUTLET_ORDERS: Mapping[str, Callable[[OutletRow], Any]] = {
    "articles": lambda row: -row.articles,
    "original": lambda row: -row.original,
    "copied": lambda row: -row.copied,
    "started": lambda row: -row.started,
    "carried": lambda row: -row.carried,
    "lag": _lag,
    "name": lambda row: row.outlet.casefold(),
}


def _first(names: Collection[str], documents: Mapping[str, Document]) -> datetime:
    """The first time of publication of these documents."""
    return min((documents[name].published or _NEVER for name in names if name in documents), default=_NEVER)


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
