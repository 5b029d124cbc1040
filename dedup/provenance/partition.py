"""Stories with too many documents to weigh all forests at once: a rough tree of all, then each piece of it for itself.

The rough tree is the exact cheapest arborescence of what edges seem to cost, sparse, with what has copies getting more of them.
It is cut into pieces that are weighed as small stories are, each under the texts above it.
"""

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from dedup.params import TraceParams
from dedup.provenance.collation import Floats, Ints, Table
from dedup.provenance.costs import Evidence, Outline, taken
from dedup.provenance.forest import ROOT, Forest, Search, arborescence, put_away
from dedup.provenance.reconstruct import Unseen

_ROUNDS = 2
"""Times that the rough tree is made anew, with what it tells of who gets copied."""
_PASSES = 1
"""Times that all pieces are weighed."""
_COPIES = 8
"""Documents that credit a source that is not among them by which it is looked for."""
_ABOVE = 8
"""Texts above a piece that are weighed with it."""


def parted(table: Table, params: TraceParams) -> tuple[Forest, list[dict[int, float]]]:
    """Return the parent of each row, and how likely each candidate is of a document.

    Hidden sources are looked for behind documents that credit one alone: what most of those hold is added to the table.
    """
    count = table.rows
    unseen = Unseen(table, count)
    credited = Counter(name for names in table.absent for name in dict.fromkeys(names))
    likely = np.zeros(count)
    for name in sorted(name for name, copies in credited.items() if copies >= _COPIES):
        members = [row for row in range(count) if name in table.absent[row]]
        unseen.add(unseen.text(members), members)
        likely = np.append(likely, len(members))
    rows = table.rows
    outline = Outline(table, count, params)
    costs = outline.guesses()
    firsts = _firsts(table)
    popular, copies = np.where(table.agency, params.popular_agency, params.popular), likely
    for _ in range(_ROUNDS):
        forest = arborescence(costs - np.log(popular + copies)[:, None], outline.origin, firsts)
        copies = np.maximum(likely, np.bincount([p for p in forest if p >= 0], minlength=rows))
    shares: list[dict[int, float]] = [{} for _ in range(rows)]
    brief = replace(params, steps=params.steps // 3)
    for _ in range(_PASSES):
        for above, members in _pieces(forest, np.minimum(costs, costs.T), params.most):
            _weigh(table, forest, (above, members), shares, brief)
    put_away(forest, count)
    return forest, shares[:count]


def _firsts(table: Table) -> Ints:
    """The earliest row of each wording."""
    order = sorted(range(table.rows), key=lambda row: (math.inf if (time := table.times[row]) is None else time, row))
    words: dict[tuple[bytes, bytes], int] = {}
    for row in order:
        words.setdefault((table.present[row].tobytes(), table.readings[row].tobytes()), row)
    return np.array(list(words.values()), np.int64)


def _weigh(
    table: Table, forest: Forest, piece: tuple[int, list[int]], shares: list[dict[int, float]], params: TraceParams
) -> None:
    """Write the parents of a piece, and how sure they are, into `forest` and `shares`."""
    above, members = piece
    rows: list[int] = []
    while above >= 0 and len(rows) < _ABOVE:
        rows.append(above)
        above = forest[above]
    first = len(rows)
    rows += members
    number = {row: n for n, row in enumerate(rows)}
    outside = np.bincount(
        [parent for row, parent in enumerate(forest) if parent >= 0 and row not in number], minlength=len(forest)
    )
    search = Search(Evidence(taken(table, rows), len(rows), params), outside[rows])
    found = [number.get(forest[row], ROOT) for row in rows]
    search.climb(found)
    for row, parent, walked in list(zip(rows, found, search.walk(found), strict=True))[first:]:
        if parent >= 0 and not _is_below(forest, rows[parent], row):
            forest[row] = rows[parent]
        shares[row] = {rows[p] if p >= 0 else p: share for p, share in walked.items()}


def _pieces(forest: Forest, costs: Floats, most: int) -> Iterator[tuple[int, list[int]]]:
    """Branches of `forest` of up to `most` rows in all, and the row that they hang from, `ROOT` for whole trees.

    Of the branches of one row those are together that are most alike.
    """
    children: list[list[int]] = [[] for _ in forest]
    order = [row for row, parent in enumerate(forest) if parent < 0]
    roots = list(order)
    for row, parent in enumerate(forest):
        if parent >= 0:
            children[parent].append(row)
    for row in order:
        order += children[row]
    branch: list[list[int]] = [[] for _ in forest]
    for row in reversed(order):
        branches = [branch[c] for c in children[row] if branch[c]]
        while sum(map(len, branches)) >= most:
            piece = _alike(branches, costs, most)
            yield row, [r for n in piece for r in branches[n]]
            branches = [own for n, own in enumerate(branches) if n not in piece]
        branch[row] = [row, *(r for own in branches for r in own)]
    yield from ((ROOT, branch[row]) for row in roots)


def _alike(branches: list[list[int]], costs: Floats, most: int) -> list[int]:
    """The longest of `branches`, and those that are most alike to it or to one of the others, up to `most` rows."""
    heads = [own[0] for own in branches]
    piece = [max(range(len(branches)), key=lambda n: len(branches[n]))]
    size, near = len(branches[piece[0]]), np.full(len(branches), np.inf)
    while len(piece) < len(branches):
        near = np.minimum(near, costs[branches[piece[-1]]][:, heads].min(axis=0))
        near[piece] = np.inf
        nearest = int(near.argmin())
        size += len(branches[nearest])
        if size > most:
            break
        piece.append(nearest)
    return piece


def _is_below(forest: Forest, row: int, above: int) -> bool:
    while row >= 0 and row != above:
        row = forest[row]
    return row == above
