"""Stage 8: documents of one story to who copied whom, with unseen sources and the confidence of each answer.

Two texts seldom show which of them is the copy; a third document, a credit, a date or an artefact does. So all edges of a story
are chosen together: documents are collated to a table of variants (`collation`), the table gives the costs of edges (`costs`),
and the forest with the lowest cost is searched (`search`).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import xxhash

from dedup.arrays import DisjointSets, covered
from dedup.press.names import agency_of, usual_name
from dedup.provenance.agency_sources import attach_signed, attach_to_sources
from dedup.provenance.collation import collate
from dedup.provenance.common_source import CommonSources, Habits, attach_common
from dedup.provenance.consensus import consensus
from dedup.provenance.costs import EdgeCosts, main_parents, updates
from dedup.provenance.credited import SIGNS, credited_newsrooms, newsroom
from dedup.provenance.drawn import DrawnText
from dedup.provenance.explain import TracedStory, explain
from dedup.provenance.forest import GONE, ROOT, Forest, Shares, trees
from dedup.provenance.nearest import most_similar, most_similar_sentences
from dedup.provenance.partition import search_in_pieces
from dedup.provenance.search import Search
from dedup.provenance.variant_table import VariantTable
from dedup.trace_params import Calibration, TraceParams, calibrated
from dedup.types import Document, Edge, EdgeKind, Match, Provenance, Reason, Rival, UnseenSource


def stories(documents: Sequence[Document], drawn: DrawnText, params: TraceParams) -> list[list[int]]:
    """Return the groups of documents that are traced together, by their numbers; each has two or more documents.

    Two documents are in one story if the shorter one shares enough of its narration with the other. If two stories together
    have more documents than `StoryParams.searched`, only near-complete copies join them. Few matches join retold texts
    (`main_share` 0), so all of these are one story.
    """
    if params.parents.main_share == 0.0:
        return [list(range(len(documents)))] if len(documents) > 1 else []
    links = sorted((-share, a, b) for (a, b), share in drawn.shares().items())
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


def trace_story(documents: Sequence[Document], drawn: DrawnText, known: Habits, params: TraceParams) -> Provenance:
    """Return who copied whom among `documents`, which are those of one story, sorted by id.

    `drawn` is the narration that documents share, `known` the habits of newsrooms. If the best forest has several trees, each
    is traced as a story of its own.
    """
    table = collate(documents, params.collation, drawn.public)
    count, retold = len(documents), params.parents.main_share == 0.0
    if count > params.stories.compared:
        found = _Found(
            documents,
            table,
            *most_similar_sentences(table, params.nearest),
            params.confidence.nearest,
            params.confidence.either,
        )
        return _provenance(found, drawn, known, params)
    if count > params.stories.searched and retold:
        found = _Found(
            documents,
            table,
            *most_similar(documents, table, params.nearest),
            params.confidence.nearest,
            params.confidence.either,
        )
        return _provenance(found, drawn, known, params)
    if count > params.stories.searched:
        found = _Found(documents, table, *search_in_pieces(table, params), params.confidence.pieces, params.confidence.either)
    else:
        found = _Found(documents, table, *_searched(table, params), params.confidence.main, params.confidence.either)
    able = main_parents(table, updates(table, table.rows), params.parents)
    attach_to_sources(table, found.forest, found.shares, able, params.common.issued)
    separate = [sorted(row for row in tree if row < count) for tree in trees(found.forest)]
    if len(separate) == 1:
        return _provenance(found, drawn, known, params)
    return merged(trace_story([documents[row] for row in tree], drawn, known, params) for tree in separate if len(tree) > 1)


def alone(documents: Sequence[Document], narration: Sequence[Match], edges: Sequence[Edge], params: TraceParams) -> Provenance:
    """Return the unseen sources of documents in no story that state which agency's text they print: by a byline or the like.

    `edges` are those of the stories: their documents are left out. Left out, too, is a collage, most of which stands in two or
    more other documents (`narration` are the matches): no single source has its whole text.
    """
    if params.parents.main_share == 0.0:
        return Provenance()
    placed = {name for edge in edges for name in (edge.child, edge.parent)}
    shared: dict[str, list[tuple[int, int]]] = defaultdict(list)
    others: dict[str, set[str]] = defaultdict(set)
    for match in narration:
        for one, other in ((match.a, match.b), (match.b, match.a)):
            shared[one.doc or ""].append((one.start, one.end))
            others[one.doc or ""].add(other.doc or "")
    out_edges, sources = [], []
    for document in documents:
        collage = len(others[document.id]) > 1 and covered(shared[document.id]) >= params.stories.collage * len(document.text)
        if document.id in placed or collage:
            continue
        outlets = frozenset([document.outlet] if document.outlet else [])
        own = newsroom(document)
        given = credited_newsrooms(document, outlets)
        # A byline is the surest; of several, the likeliest comes first.
        wires = [name for name, kind in given.items() if kind in SIGNS and name != own and agency_of(name)]
        named = sorted(wires, key=lambda name: SIGNS.index(given[name]))
        if not named:
            continue
        agency = usual_name(named[0])
        constant = params.confidence.main.constant + params.confidence.main.credited
        if given[named[0]] != "signed":
            constant += params.confidence.dateline
        confidence = round(calibrated(1.0, constant, params.confidence.main.slope), 4)
        name = unseen_id([document.id])
        reasons = (Reason("credit", f"{document.id} credits {agency}"),)
        doubts = (Reason("unseen-parent", "the source itself was not seen; the credit names it"),)
        out_edges.append(Edge(document.id, name, "main", confidence, reasons, doubts))
        sources.append(UnseenSource(name, agency, confidence, (document.id,)))
    return Provenance(tuple(out_edges), (), tuple(sources))


def unseen_id(copies: Sequence[str]) -> str:
    """Return the id of the unseen source of these documents."""
    return "hidden:" + xxhash.xxh3_64_hexdigest("\0".join(sorted(copies)).encode("utf-8", "replace"))


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
    """What was found of one story: its table, a forest, the shares of possible parents, and how to read these shares.

    `either` is the confidence that one of two documents is the copy of the other, if nothing but their words says so.
    """

    documents: Sequence[Document]
    table: VariantTable
    forest: Forest
    shares: Shares
    calibration: Calibration
    either: float


def _searched(table: VariantTable, params: TraceParams) -> tuple[Forest, Shares]:
    """Return the consensus of the forests of a small story, and the shares of the walk; unseen sources are added to `table`."""
    search = Search(EdgeCosts(table, table.rows, params))
    forest, score = search.best()
    if any(search.costs.absent):
        # Without a credit nothing shows an unseen source: what all copies lack of one text may be a mistake that they mended.
        search.add_sources(forest, score)
    shares = search.walk(forest)
    return consensus(table, forest, shares), shares


def _provenance(found: _Found, drawn: DrawnText, known: Habits, params: TraceParams) -> Provenance:
    """Return what was found as edges, versions and sources."""
    table, forest, count = found.table, found.forest, len(found.documents)
    agencies = _agencies(table, forest, count)
    attach_signed(table, forest, found.shares, agencies, params.unseen)
    retold = params.parents.main_share == 0.0
    common = CommonSources()
    if not retold:
        collages = _collages(found.documents, forest, drawn, params.common.collage)
        common = attach_common(table, forest, found.shares, agencies, collages=collages, known=known, params=params)
    names = [d.id for d in found.documents]
    for row in range(count, table.rows):
        names.append(unseen_id([names[c] for c in _copies(forest, row, count)]))
    story, versions = TracedStory(table, forest, names, agencies, common), table.equal_rows()
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


def _collages(documents: Sequence[Document], forest: Forest, drawn: DrawnText, least: float) -> frozenset[int]:
    """Return the rows of documents with a share of `least` or more from elsewhere than from their parent and its relatives."""
    pairs = [(row, forest[row]) for row in range(len(documents)) if 0 <= forest[row] < len(documents)]
    return frozenset(row for row, parent in pairs if drawn.apart(documents[row], documents[parent]) >= least)


def _edge(found: _Found, story: TracedStory, row: int, least: float, equal: Sequence[int]) -> Edge:
    """Return the edge of the document `row`. Other parents with a share of `least` or more are its rivals.

    `equal` are the rows with the words of the document, itself among them; () if it is the only one.
    """
    table, forest, names, shares = found.table, found.forest, story.names, found.shares[row]
    parent = forest[row]
    # A parent with the same words counts as right.
    right = {p for p in shares if table.equal_parents(row, parent, p)}
    share = sum(shares[p] for p in right)
    confidence = _confidence(found, story, row, share, equal)
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
            confidence = story.common.likely.get(row, calibrated(share, constant, calibration.slope))
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


def _only_named(table: VariantTable, child: int, source: str | None) -> bool:
    """Whether a document credits a source without a byline."""
    witness = table.witnesses[child]
    return source in witness.credited and not witness.signed.get(source or "")


def _confidence(found: _Found, story: TracedStory, child: int, share: float, equal: Sequence[int]) -> float:
    """Return the probability that the parent of `child` is right; `share` is its share of the walk.

    `equal` are the rows with the words of the child, itself among them; () if it is the only one.
    """
    if child in story.common.likely:
        return story.common.likely[child]
    table, calibration, parent, agencies = found.table, found.calibration, found.forest[child], story.agencies
    then, now = table.witnesses[parent].hours, table.witnesses[child].hours
    unseen = parent in agencies
    source = agencies[parent] if unseen else table.witnesses[parent].newsroom
    known = (
        (calibration.dated, not unseen and then is not None and now is not None and then < now),
        (calibration.credited, source in table.witnesses[child].credited),
        (calibration.unseen, unseen and source not in table.witnesses[child].credited),
        (calibration.named, unseen and _only_named(table, child, source)),
    )
    constant = calibration.constant + sum(log_odds for log_odds, holds in known if holds)
    confidence = calibrated(share, constant, calibration.slope)
    if parent in equal and not unseen and (then is None or now is None):
        # Of copies with the same words and without dates, each is as likely to be the first.
        copies = sum(row not in agencies for row in equal)
        confidence = min(confidence, (copies - 1) / copies)
    directed = (then is not None and now is not None and then != now) or source in table.witnesses[child].credited
    if not unseen and not directed and len(found.documents) == 2:
        # Of two texts, the words do not show which one is the copy.
        confidence = min(confidence, found.either)
    return confidence * (1 - story.common.doubtful.get(child, 0.0))
