"""Stage 8: documents of one story to who copied whom, with unseen sources and the confidence of each answer.

Two texts seldom show which of them is the copy; a third document, a credit, a date or an artefact does. So all edges of a story
are chosen together: documents are collated to a table of variants (`collation`), the table gives the costs of edges (`costs`),
and the forest with the lowest cost is searched (`search`).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import xxhash

from dedup.arrays import DisjointSets, covered
from dedup.provenance.agency_sources import attach_signed
from dedup.provenance.collation import collate
from dedup.provenance.consensus import consensus
from dedup.provenance.costs import EdgeCosts
from dedup.provenance.explain import TracedStory, explain
from dedup.provenance.forest import GONE, ROOT, Forest, Shares, trees
from dedup.provenance.nearest import most_similar, most_similar_sentences
from dedup.provenance.partition import search_in_pieces
from dedup.provenance.search import Search
from dedup.provenance.variant_table import VariantTable
from dedup.trace_params import Calibration, TraceParams, calibrated
from dedup.types import Document, Edge, EdgeKind, Match, Provenance, Reason, Rival, UnseenSource


def stories(documents: Sequence[Document], matches: Sequence[Match], params: TraceParams) -> list[list[int]]:
    """Return the groups of documents that are traced together, by their numbers; each has two or more documents.

    Two documents are in one story if the shorter one shares enough of its text with the other. If two stories together have
    more documents than `StoryParams.searched`, only near-complete copies join them. Few matches join retold texts (`main_share`
    0), so all of these are one story.
    """
    if params.parents.main_share == 0.0:
        return [list(range(len(documents)))] if len(documents) > 1 else []
    number = {d.id: n for n, d in enumerate(documents)}
    sizes = [len(d.text) for d in documents]
    spans: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for match in matches:
        a, b = number[match.a.doc or ""], number[match.b.doc or ""]
        in_shorter = match.a if (sizes[a], a) < (sizes[b], b) else match.b
        spans[min(a, b), max(a, b)].append((in_shorter.start, in_shorter.end))
    links = sorted((-covered(own) / min(sizes[a], sizes[b]), a, b) for (a, b), own in spans.items())
    groups, members = DisjointSets(len(documents)), [1] * len(documents)
    for negative_share, a, b in links:
        one, other = groups.find(a), groups.find(b)
        small = members[one] + members[other] <= params.stories.searched
        if one != other and -negative_share >= (params.stories.share if small else params.stories.copies_share):
            groups.join(one, other)
            members[groups.find(one)] = members[one] + members[other]
    out = defaultdict(list)
    for n in range(len(documents)):
        out[groups.find(n)].append(n)
    return [group for group in out.values() if len(group) > 1]


def trace_story(documents: Sequence[Document], params: TraceParams) -> Provenance:
    """Return who copied whom among `documents`, which are those of one story, sorted by id.

    If the best forest has several trees, each is traced as a story of its own.
    """
    table = collate(documents, params.collation)
    count, retold = len(documents), params.parents.main_share == 0.0
    if count > params.stories.compared:
        found = _Found(documents, table, *most_similar_sentences(table, params.nearest), params.confidence.nearest)
        return _provenance(found, params)
    if count > params.stories.searched and retold:
        found = _Found(documents, table, *most_similar(documents, table, params.nearest), params.confidence.nearest)
        return _provenance(found, params)
    if count > params.stories.searched:
        found = _Found(documents, table, *search_in_pieces(table, params), params.confidence.pieces)
    else:
        found = _Found(documents, table, *_searched(table, params), params.confidence.main)
    separate = [sorted(row for row in tree if row < count) for tree in trees(found.forest)]
    if len(separate) == 1:
        return _provenance(found, params)
    return merged(trace_story([documents[row] for row in tree], params) for tree in separate if len(tree) > 1)


def merged(found: Iterable[Provenance]) -> Provenance:
    """Return the provenance of several stories as one."""
    parts = list(found)
    return Provenance(
        tuple(edge for part in parts for edge in part.edges),
        tuple(version for part in parts for version in part.versions),
        tuple(source for part in parts for source in part.sources),
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """What was found of one story: its table, a forest, the shares of possible parents, and how to read these shares."""

    documents: Sequence[Document]
    table: VariantTable
    forest: Forest
    shares: Shares
    calibration: Calibration


def _searched(table: VariantTable, params: TraceParams) -> tuple[Forest, Shares]:
    """Return the consensus of the forests of a small story, and the shares of the walk; unseen sources are added to `table`."""
    search = Search(EdgeCosts(table, table.rows, params))
    forest, score = search.best()
    if any(search.costs.absent):
        # Without a credit nothing shows an unseen source: what all copies lack of one text may be a mistake that they mended.
        search.add_sources(forest, score)
    shares = search.walk(forest)
    return consensus(table, forest, shares), shares


def _provenance(found: _Found, params: TraceParams) -> Provenance:
    """Return what was found as edges, versions and sources."""
    table, forest, count = found.table, found.forest, len(found.documents)
    agencies = _agencies(table, forest, count)
    attach_signed(table, forest, found.shares, agencies, params.unseen)
    names = [d.id for d in found.documents]
    for row in range(count, table.rows):
        copies = sorted(names[c] for c in _copies(forest, row, count))
        names.append("hidden:" + xxhash.xxh3_64_hexdigest("\0".join(copies).encode("utf-8", "replace")))
    story, versions = TracedStory(table, forest, names, agencies), table.equal_rows()
    equal = {row: rows for rows in versions for row in rows}
    edges = []
    for row, parent in enumerate(forest):
        if parent in (ROOT, GONE):
            continue
        if row >= count:
            reason = Reason("copies-agree", "its copies agree where the parent differs")
            edges.append(Edge(names[row], names[parent], "main", params.confidence.undecided, (reason,)))
        else:
            edges.append(_edge(found, story, row, params.confidence.rival, equal.get(row, ())))
    named = [tuple(sorted(names[row] for row in rows if row < count)) for rows in versions]
    return Provenance(
        tuple(edges), tuple(own for own in named if len(own) > 1), tuple(_sources(found, story, params.confidence.undecided))
    )


def _edge(found: _Found, story: TracedStory, row: int, least: float, equal: Sequence[int]) -> Edge:
    """Return the edge of the document `row`. Other parents with a share of `least` or more are its rivals.

    `equal` are the rows with the words of the document, itself among them; () if it is the only one.
    """
    table, forest, names, shares = found.table, found.forest, story.names, found.shares[row]
    parent = forest[row]
    # A parent with the same words counts as right.
    right = {p for p in shares if table.equal_parents(row, parent, p)}
    share = sum(shares[p] for p in right)
    confidence = _confidence(found, story.agencies, row, share, equal)
    seen = ((w, p) for p, w in shares.items() if w >= least and p != parent)
    others = sorted((one for one in seen if one[1] < 0 or forest[one[1]] != GONE), reverse=True)
    scale = confidence / max(share, 1e-9), (1 - confidence) / max(1 - share, 1e-9)
    rivals = tuple(Rival(names[p] if p >= 0 else None, round(w * scale[p not in right], 4)) for w, p in others)
    is_update = parent < len(found.documents) and table.witnesses[row].newsroom == table.witnesses[parent].newsroom
    kind: EdgeKind = "update" if is_update else "main"
    return Edge(names[row], names[parent], kind, round(confidence, 4), *explain(story, row), rivals)


def _sources(found: _Found, story: TracedStory, undecided: float) -> Iterable[UnseenSource]:
    """Yield the unseen sources that the forest uses.

    The confidence of a source follows from its mean share among the documents that were made from it. A source from which only
    other sources were made has the share `undecided`.
    """
    forest, count, calibration = found.forest, len(found.documents), found.calibration
    for row in range(count, found.table.rows):
        if forest[row] != GONE:
            own = [c for c, p in enumerate(forest) if p == row]
            share = float(np.mean([found.shares[c].get(row, 0.0) for c in own if c < count] or [undecided]))
            agency = story.agencies[row]
            signed = any(found.table.witnesses[c].signed.get(agency or "") for c in own)
            constant = calibration.constant + (0.0 if signed else calibration.unseen)
            confidence = calibrated(share, constant, calibration.slope)
            yield UnseenSource(story.names[row], agency, round(confidence, 4), tuple(sorted(story.names[c] for c in own)))


def _copies(forest: Forest, row: int, count: int) -> list[int]:
    """Return the documents that were made from the unseen source `row`.

    If only other unseen sources were made from it, return the documents that were made from those.
    """
    own = [c for c, p in enumerate(forest) if p == row]
    return [c for c in own if c < count] or [c for source in own for c in _copies(forest, source, count)]


def _agencies(table: VariantTable, forest: Forest, count: int) -> dict[int, str | None]:
    """Return for each unseen source the absent newsroom that most of its copies credit, or None.

    On a tie it is the one that more copies credit first, which is the likeliest source of each.
    """
    agencies: dict[int, str | None] = {}
    for row in range(count, table.rows):
        absent = [table.witnesses[c].absent for c, p in enumerate(forest) if p == row and c < count]
        credited = Counter(name for each in absent for name in each)
        first = Counter(each[0] for each in absent if each)
        agencies[row] = min(credited, key=lambda name: (-credited[name], -first[name], name)) if credited else None
    return agencies


def _confidence(found: _Found, agencies: Mapping[int, str | None], child: int, share: float, equal: Sequence[int]) -> float:
    """Return the probability that the parent of `child` is right; `share` is its share of the walk.

    `equal` are the rows with the words of the child, itself among them; () if it is the only one.
    """
    table, calibration, parent = found.table, found.calibration, found.forest[child]
    then, now = table.witnesses[parent].hours, table.witnesses[child].hours
    unseen = parent in agencies
    source = agencies[parent] if unseen else table.witnesses[parent].newsroom
    known = (
        (calibration.dated, not unseen and then is not None and now is not None and then < now),
        (calibration.credited, source in table.witnesses[child].credited),
        (calibration.unseen, unseen and not table.witnesses[child].signed.get(source or "")),
    )
    constant = calibration.constant + sum(log_odds for log_odds, holds in known if holds)
    confidence = calibrated(share, constant, calibration.slope)
    if parent in equal and not unseen and (then is None or now is None):
        # Of copies with the same words and without dates, each is as likely to be the first.
        copies = sum(row not in agencies for row in equal)
        confidence = min(confidence, (copies - 1) / copies)
    return confidence
