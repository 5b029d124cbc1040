"""The consensus of a walk over forests: one forest with the parents that the sampled forests have most."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from dedup.arrays import DisjointSets
from dedup.provenance.forest import GONE, ROOT, Forest, Shares, put_away
from dedup.provenance.variant_table import VariantTable

Ties = Mapping[tuple[int, int], float]
"""Pairs of rows, the smaller number first, and how often one is the parent of the other. ROOT is the parent of an origin."""


def consensus(table: VariantTable, forest: Forest, shares: Shares) -> Forest:
    """Return the forest with the ties that occur most in the walk from `forest`, whose `shares` these are.

    A tie is a pair of rows, whichever of them is the copy: without dates, another origin reverses many edges at once, and the
    two directions would divide the share between them. Each tree then has the origin from which most edges are as in the walk.
    Parents with the same words count as the one that `forest` has. Unseen sources with one child are taken out.
    """
    count, rows = len(shares), len(forest)
    seen: Shares = [defaultdict(float) for _ in forest]
    for row, walked in enumerate(shares):
        for parent, share in walked.items():
            seen[row][forest[row] if table.equal_parents(row, parent, forest[row]) else parent] += share
    for row in range(count, rows):
        seen[row][forest[row]] = 1.0
    ties: dict[tuple[int, int], float] = defaultdict(float)
    for row, parents in enumerate(seen):
        for parent, share in parents.items():
            if parent != GONE:
                ties[min(row, parent), max(row, parent)] += share
    chosen = [GONE] * rows
    for tree in heaviest_trees(ties, rows):
        origin = max(tree, key=lambda row: (_direct(tree, row, seen, chosen), -row))
        _direct(tree, origin, seen, chosen)
    put_away(chosen, count)
    return chosen


def heaviest_trees(ties: Ties, rows: int) -> list[dict[int, list[int]]]:
    """Return the heaviest forest of `ties` (Kruskal 1956) as trees: the neighbours of each row, without ROOT.

    Each tree starts with the row whose tie to ROOT was chosen.
    """
    groups = DisjointSets(rows + 1)
    neighbours: dict[int, list[int]] = defaultdict(list)
    origins = []
    for (a, b), _ in sorted(ties.items(), key=lambda tie: (-tie[1], tie[0])):
        if groups.join(a + 1, b + 1):
            if a == ROOT:
                origins.append(b)
            else:
                neighbours[a].append(b)
                neighbours[b].append(a)
    trees = []
    for origin in origins:
        tree, queue = {origin: neighbours[origin]}, [origin]
        for row in queue:
            new = [other for other in neighbours[row] if other not in tree]
            tree |= {other: neighbours[other] for other in new}
            queue += new
        trees.append(tree)
    return trees


def _direct(tree: Mapping[int, list[int]], origin: int, seen: Sequence[Mapping[int, float]], chosen: Forest) -> float:
    """Direct the ties of `tree` away from `origin`, in `chosen`; return the sum of the shares of these edges."""
    chosen[origin] = ROOT
    queue, total = [origin], seen[origin].get(ROOT, 0.0)
    for row in queue:
        for other in tree[row]:
            if other != chosen[row]:
                chosen[other] = row
                total += seen[other].get(row, 0.0)
                queue.append(other)
    return total
