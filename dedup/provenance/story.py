"""Stage 8: documents of one story to who copied whom, with sources that nobody has collected, and how sure that is.

What decides the direction is seldom the pair: it is the third document, a credit, a date, an artefact. So one forest is scored
as a whole (`forest`), over a table of variants (`collate`), with beliefs that are written down (`model`).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import xxhash

from dedup.errors import UsageError
from dedup.params import TRACE_PRESETS, Calibration, TraceParams, calibrated
from dedup.provenance import agency_sources, nearest
from dedup.provenance.collation import Table, collate
from dedup.provenance.costs import Evidence
from dedup.provenance.explain import sentences
from dedup.provenance.forest import GONE, ROOT, Forest, Search, put_away, trees
from dedup.provenance.partition import parted
from dedup.types import Document, Edge, Match, Provenance, Rival, Source

_PLAIN = (0.0, 1.0, 0.0, 0.0, 0.0)
"""A calibration that leaves shares as they are."""
_TOLD = 0.15
"""Share from which another candidate is named."""


def preset(name: str) -> TraceParams:
    """Return the preset for a purpose; UsageError names the ones there are."""
    try:
        return TRACE_PRESETS[name]
    except KeyError:
        raise UsageError(f"no preset {name!r}; there are: {', '.join(TRACE_PRESETS)}") from None


def stories(documents: Sequence[Document], matches: Sequence[Match], params: TraceParams) -> list[list[int]]:
    """Return the numbers of documents that hang together, two or more: each shares much of the shorter with another.

    A story of more than `most` documents is joined by copies alone.

    Where texts are retold, which leaves few words in a row, all are one story.
    """
    if params.main_share == 0.0:
        return [list(range(len(documents)))] if len(documents) > 1 else []
    number = {d.id: n for n, d in enumerate(documents)}
    sizes = [len(d.text) for d in documents]
    spans: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for match in matches:
        a, b = number[match.a.doc or ""], number[match.b.doc or ""]
        here = match.a if (sizes[a], a) < (sizes[b], b) else match.b
        spans[min(a, b), max(a, b)].append((here.start, here.end))
    links = sorted((-_covered(own) / min(sizes[a], sizes[b]), a, b) for (a, b), own in spans.items())
    parent, members = list(range(len(documents))), [1] * len(documents)

    def find(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for lacking, a, b in links:
        one, other = sorted((find(a), find(b)))
        # A small share joins no more than can be weighed together: of one event's reports each shares something with another.
        small = members[one] + members[other] <= params.most
        if one != other and -lacking >= (params.story_share if small else params.story_copies):
            parent[other] = one
            members[one] += members[other]
    groups = defaultdict(list)
    for n in range(len(documents)):
        groups[find(n)].append(n)
    return [group for group in groups.values() if len(group) > 1]


def _covered(spans: Sequence[tuple[int, int]]) -> int:
    """How many places the spans cover, each counted once."""
    total = reached = 0
    for start, end in sorted(spans):
        total += max(0, end - max(start, reached))
        reached = max(reached, end)
    return total


def trace_story(documents: Sequence[Document], params: TraceParams) -> Provenance:
    """Return who copied whom among `documents`, which are those of one story, sorted by id.

    Where they turn out to be several trees, each is traced as a story of its own.
    """
    table = collate(documents)
    count = len(documents)
    if count > params.compared:
        return _told(documents, table, *nearest.nearest(table), _PLAIN)
    if count > params.most and params.main_share == 0.0:
        return _told(documents, table, *nearest.most_alike(documents, table, params), _PLAIN)
    if count > params.most:
        forest, shares = parted(table, params)
        calibration = params.calibration_pieces
    else:
        search = Search(Evidence(table, count, params))
        forest, score = search.best()
        if any(search.evidence.absent):
            # Without a credit, what all copies lack of one text they may as well have mended.
            search.hide(forest, score)
        shares = search.walk(forest)
        forest = _likeliest(table, forest, shares)
        calibration = params.calibration
    apart = [sorted(row for row in tree if row < count) for tree in trees(forest)]
    if len(apart) == 1:
        return _told(documents, table, forest, shares, calibration)
    return together(trace_story([documents[row] for row in tree], params) for tree in apart if len(tree) > 1)


def together(told: Iterable[Provenance]) -> Provenance:
    """Return all that is told of several stories as one."""
    parts = list(told)
    return Provenance(
        tuple(edge for one in parts for edge in one.edges),
        tuple(version for one in parts for version in one.versions),
        tuple(source for one in parts for source in one.sources),
    )


def _likeliest(table: Table, forest: Forest, shares: Sequence[dict[int, float]]) -> Forest:
    """The forest of the ties that the walk saw most; hidden sources keep two children.

    A tie is a pair of rows, whichever copied the other: without dates, where the origin is shifts all directions at once.
    Each tree then has the origin that gives most rows the parent that the walk saw. Which of a version's copies a parent
    is, the words cannot tell: `forest` says it.
    """
    count, rows = len(shares), len(forest)
    seen: list[dict[int, float]] = [defaultdict(float) for _ in forest]
    for row, walked in enumerate(shares):
        for parent, share in walked.items():
            seen[row][forest[row] if table.reads_alike(row, parent, forest[row]) else parent] += share
    for row in range(count, rows):
        seen[row][forest[row]] = 1.0
    ties: dict[tuple[int, int], float] = defaultdict(float)
    for row, parents in enumerate(seen):
        for parent, share in parents.items():
            if parent != GONE:
                ties[min(row, parent), max(row, parent)] += share
    chosen = [GONE] * rows
    for tree in _trees(ties, rows):
        origin = max(tree, key=lambda row: (_directed(tree, row, seen, chosen), -row))
        _directed(tree, origin, seen, chosen)
    put_away(chosen, count)
    return chosen


def _trees(ties: Mapping[tuple[int, int], float], rows: int) -> list[dict[int, list[int]]]:
    """The heaviest forest of `ties` (Kruskal 1956), as trees: each row's neighbours. The origins' tie is to ROOT."""
    group = list(range(rows + 1))

    def find(i: int) -> int:
        while group[i] != i:
            group[i] = group[group[i]]
            i = group[i]
        return i

    near: dict[int, list[int]] = defaultdict(list)
    origins = []
    for (a, b), _ in sorted(ties.items(), key=lambda tie: (-tie[1], tie[0])):
        if find(a) != find(b):
            group[find(a)] = find(b)
            if a == ROOT:
                origins.append(b)
            else:
                near[a].append(b)
                near[b].append(a)
    trees = []
    for origin in origins:
        tree, line = {origin: near[origin]}, [origin]
        for row in line:
            new = [other for other in near[row] if other not in tree]
            tree |= {other: near[other] for other in new}
            line += new
        trees.append(tree)
    return trees


def _directed(tree: Mapping[int, list[int]], origin: int, seen: Sequence[Mapping[int, float]], chosen: Forest) -> float:
    """Write the parents that the rows of `tree` have from `origin` on into `chosen`; return how often they were seen."""
    chosen[origin] = ROOT
    line, total = [origin], seen[origin].get(ROOT, 0.0)
    for row in line:
        for other in tree[row]:
            if other != chosen[row]:
                chosen[other] = row
                total += seen[other].get(row, 0.0)
                line.append(other)
    return total


def _told(
    documents: Sequence[Document],
    table: Table,
    forest: Forest,
    shares: list[dict[int, float]],
    calibration: Calibration,
) -> Provenance:
    """The forest as edges and sources, with what speaks for and against each."""
    count = len(documents)
    agencies = _agencies(table, forest, count)
    agency_sources.hang(table, forest, shares, agencies)
    names = [d.id for d in documents]
    for row in range(count, table.rows):
        below = sorted(names[c] for c in _copies(forest, row, count))
        names.append("hidden:" + xxhash.xxh3_64_hexdigest("\0".join(below).encode("utf-8", "replace")))
    wordings = table.wordings()
    same = {row: rows for rows in wordings for row in rows}
    edges = []
    sources = []
    for row, parent in enumerate(forest):
        if parent in (ROOT, GONE):
            continue
        if row >= count:
            edges.append(Edge(names[row], names[parent], "main", 0.5, ("its copies agree where the parent differs",)))
            continue
        alike = {p for p in shares[row] if table.reads_alike(row, parent, p)}
        share = sum(shares[row][p] for p in alike)
        sure = _sure(table, (row, parent), share, same=same.get(row, []), agencies=agencies, calibration=calibration)
        update = parent < count and table.names[row] == table.names[parent]
        told, doubts = sentences(table, forest, row, names, agencies)
        seen = ((w, p) for p, w in shares[row].items() if w >= _TOLD and p != parent)
        others = sorted((one for one in seen if one[1] < 0 or forest[one[1]] != GONE), reverse=True)
        scale = sure / max(share, 1e-9), (1 - sure) / max(1 - share, 1e-9)
        rivals = tuple(Rival(names[p] if p >= 0 else None, round(w * scale[p not in alike], 4)) for w, p in others)
        edges.append(Edge(names[row], names[parent], "update" if update else "main", round(sure, 4), told, doubts, rivals))
    for row in range(count, table.rows):
        if forest[row] != GONE:
            own = [c for c, p in enumerate(forest) if p == row]
            share = float(np.mean([shares[c].get(row, 0.0) for c in own if c < count] or [0.5]))
            signed = any(table.signed[c].get(agencies[row] or "") for c in own)
            sure = calibrated(share, calibration[0] + (0.0 if signed else calibration[4]), calibration[1])
            sources.append(Source(names[row], agencies[row], round(sure, 4), tuple(sorted(names[c] for c in own))))
    versions = [tuple(sorted(names[row] for row in rows if row < count)) for rows in wordings]
    return Provenance(tuple(edges), tuple(own for own in versions if len(own) > 1), tuple(sources))


def _copies(forest: Forest, row: int, count: int) -> list[int]:
    """The documents that were made from an unseen source; where it has other sources alone below it, those of all of them."""
    own = [c for c, p in enumerate(forest) if p == row]
    return [c for c in own if c < count] or [c for source in own for c in _copies(forest, source, count)]


def _agencies(table: Table, forest: Forest, count: int) -> dict[int, str | None]:
    """Whom the copies of each unseen source credit most, if any does."""
    agencies: dict[int, str | None] = {}
    for row in range(count, table.rows):
        absent = [table.absent[c] for c, p in enumerate(forest) if p == row and c < count]
        credited = Counter(name for each in absent for name in each)
        # The likeliest source of each copy is the first that it credits.
        first = Counter(each[0] for each in absent if each)
        agencies[row] = min(credited, key=lambda name: (-credited[name], -first[name], name)) if credited else None
    return agencies


def _sure(
    table: Table,
    edge: tuple[int, int],
    share: float,
    *,
    same: Sequence[int],
    agencies: Mapping[int, str | None],
    calibration: Calibration,
) -> float:
    """How surely the parent of an `edge` is the source, as a version with `share` of the walk; `same` are of its wording."""
    child, parent = edge
    then, now = table.times[parent], table.times[child]
    seen = parent not in agencies
    source = table.names[parent] if seen else agencies[parent]
    known = (
        seen and then is not None and now is not None and then < now,
        source in table.credited[child],
        # A copy that signs its agency names the one source that it may have.
        not seen and not table.signed[child].get(source or ""),
    )
    constant, slope, *more = calibration
    sure = calibrated(share, constant + sum(what for what, holds in zip(more, known, strict=True) if holds), slope)
    if parent in same and seen and (then is None or now is None):
        # Of copies of one wording without dates each is as likely to be the first.
        copies = sum(row not in agencies for row in same)
        sure = min(sure, (copies - 1) / copies)
    return sure
