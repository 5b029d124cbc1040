"""Search the forest of a story with too many documents for one search: make a rough tree, and search each piece of it.

The rough tree is the cheapest arborescence over guessed costs of edges; only a few parents of each row are considered. It is
made several times, and each time documents with many copies in the last tree are cheaper parents. Then the tree is cut into
pieces of as many documents as one search can take, and each piece is searched together with the documents above it.
"""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from dedup import _native
from dedup.provenance.costs import NEVER, EdgeCosts, Outline
from dedup.provenance.forest import ROOT, Forest, Shares, children_of, is_below, put_away
from dedup.provenance.reconstruct import Reconstruction
from dedup.provenance.search import Search
from dedup.provenance.variant_table import Floats, Ints, VariantTable
from dedup.trace_params import PartitionParams, TraceParams


def search_in_pieces(table: VariantTable, params: TraceParams) -> tuple[Forest, Shares]:
    """Return the parent of each row, and for each document the share of each candidate.

    Unseen sources for newsrooms that several documents credit are added to the table, in place.
    """
    count = table.rows
    crediting = _add_credited(table, params)
    outline = Outline(table, count, params)
    costs, firsts = outline.guesses(), _first_rows(table)
    agency = np.array([witness.is_source for witness in table.witnesses], bool)
    popular, copies = np.where(agency, params.forest.popular_agency, params.forest.popular), crediting
    for _ in range(params.partition.rounds):
        prices = costs - np.log(popular + copies)[:, None]
        forest = rough_tree(prices, outline.origin, firsts, params.partition)
        copies = np.maximum(crediting, np.bincount([p for p in forest if p >= 0], minlength=table.rows))
    shares: Shares = [{} for _ in range(table.rows)]
    brief = replace(params, search=replace(params.search, steps=params.partition.steps))
    for above, members in _pieces(forest, np.minimum(costs, costs.T), params.stories.searched):
        _search_piece(table, forest, (above, members), shares, brief)
    put_away(forest, count)
    return forest, shares[:count]


def rough_tree(costs: Floats, origin: Floats, firsts: Ints, params: PartitionParams) -> Forest:
    """Return the cheapest forest with as few trees as possible: `costs` (rows, rows) [parent, child], `origin` (rows,).

    Only the cheapest parents of each row are considered, and the cheapest among `firsts`, the first row of each wording.
    """
    rows = len(costs)
    nearest = np.argsort(costs, axis=0, kind="stable")[: params.parents]
    distinct = firsts[np.argsort(costs[firsts], axis=0, kind="stable")[: params.parents]]
    nearest = np.concatenate([nearest, distinct])
    child = np.broadcast_to(np.arange(rows), nearest.shape)
    able = costs[nearest, child] < NEVER / 2
    # The root of the arborescence is node `rows`; its edges lead to the origins.
    edges = np.concatenate(
        [np.column_stack([nearest[able], child[able]]), np.column_stack([np.full(rows, rows), np.arange(rows)])]
    )
    prices = np.concatenate([costs[nearest, child][able], params.origin + origin])
    found = _native.arborescence(rows + 1, rows, edges.astype(np.int64), prices)
    return [ROOT if parent == rows else parent for parent in found[:-1].tolist()]


def _add_credited(table: VariantTable, params: TraceParams) -> Floats:
    """Add an unseen source for each absent newsroom that enough documents credit, in place.

    Return the number of documents that credit each row, shape (rows,); 0 for documents.
    """
    count = table.rows
    reconstruction = Reconstruction(table, count, params.unseen)
    credited = Counter(name for witness in table.witnesses for name in dict.fromkeys(witness.absent))
    crediting = np.zeros(count)
    for name in sorted(name for name, copies in credited.items() if copies >= params.partition.credits):
        members = [row for row in range(count) if name in table.witnesses[row].absent]
        reconstruction.add(reconstruction.wording(members), members)
        crediting = np.append(crediting, len(members))
    return crediting


def _first_rows(table: VariantTable) -> Ints:
    """Return the earliest row of each wording."""
    times = [math.inf if witness.hours is None else witness.hours for witness in table.witnesses]
    first: dict[tuple[bytes, bytes], int] = {}
    for row in sorted(range(table.rows), key=lambda row: (times[row], row)):
        first.setdefault(table.wording_key(row), row)
    return np.array(list(first.values()), np.int64)


def _search_piece(
    table: VariantTable, forest: Forest, piece: tuple[int, list[int]], shares: Shares, params: TraceParams
) -> None:
    """Search one piece, and write the parents and shares of its rows into `forest` and `shares`."""
    above, members = piece
    rows: list[int] = []
    while above >= 0 and len(rows) < params.partition.above:
        rows.append(above)
        above = forest[above]
    first = len(rows)
    rows += members
    number = {row: n for n, row in enumerate(rows)}
    parents = [parent for row, parent in enumerate(forest) if parent >= 0 and row not in number]
    outside = np.bincount(parents, minlength=len(forest))
    search = Search(EdgeCosts(table.part(rows), len(rows), params), outside[rows])
    found = [number.get(forest[row], ROOT) for row in rows]
    search.climb(found, params.search.rounds)
    for row, parent, walked in list(zip(rows, found, search.walk(found), strict=True))[first:]:
        if parent >= 0 and not is_below(forest, rows[parent], row):
            forest[row] = rows[parent]
        shares[row] = {rows[p] if p >= 0 else p: share for p, share in walked.items()}


def _pieces(forest: Forest, costs: Floats, most: int) -> Iterator[tuple[int, list[int]]]:
    """Yield branches of `forest` of up to `most` rows together, and the row that they hang from, ROOT for whole trees.

    Of the branches of one row, the most similar ones are in one piece.
    """
    children, order = children_of(forest)
    roots = [row for row in order if forest[row] == ROOT]  # before the caller changes `forest`
    branch: list[list[int]] = [[] for _ in forest]
    for row in reversed(order):
        branches = [branch[c] for c in children[row] if branch[c]]
        while sum(map(len, branches)) >= most:
            piece = _similar(branches, costs, most)
            yield row, [r for n in piece for r in branches[n]]
            branches = [own for n, own in enumerate(branches) if n not in piece]
        branch[row] = [row, *(r for own in branches for r in own)]
    yield from ((ROOT, branch[row]) for row in roots)


def _similar(branches: Sequence[Sequence[int]], costs: Floats, most: int) -> list[int]:
    """Return the numbers of the longest branch and of branches near it, of up to `most` rows together.

    The next branch is always the one that is nearest to any branch chosen so far.
    """
    heads = [own[0] for own in branches]
    piece = [max(range(len(branches)), key=lambda n: len(branches[n]))]
    size, near = len(branches[piece[0]]), np.full(len(branches), np.inf)
    while len(piece) < len(branches):
        near = np.minimum(near, costs[list(branches[piece[-1]])][:, heads].min(axis=0))
        near[piece] = np.inf
        nearest = int(near.argmin())
        size += len(branches[nearest])
        if size > most:
            break
        piece.append(nearest)
    return piece
