"""A forest of copies as a list: the parent of each row, `ROOT` for an origin, `GONE` for an unseen source not in use.

Rows below `documents` are documents; the rows behind them are unseen sources.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

ROOT, GONE = -1, -2
Forest = list[int]
Shares = list[dict[int, float]]
"""For each document, the share of the sampled forests in which it has each parent."""


def children_of(forest: Forest) -> tuple[list[list[int]], list[int]]:
    """Return the children of each row, and all rows that hang from an origin, parents before children."""
    children: list[list[int]] = [[] for _ in forest]
    order = []
    for row, parent in enumerate(forest):
        if parent >= 0:
            children[parent].append(row)
        elif parent == ROOT:
            order.append(row)
    for row in order:
        order += children[row]
    return children, order


def trees(forest: Forest) -> list[list[int]]:
    """Return the rows of each tree, its origin first."""
    _, order = children_of(forest)
    tree_of: dict[int, list[int]] = {}
    for row in order:
        tree = tree_of[forest[row]] if forest[row] >= 0 else []
        tree.append(row)
        tree_of[row] = tree
    return [tree_of[row] for row in order if forest[row] == ROOT]


def descendants(children: Sequence[Sequence[int]], row: int) -> set[int]:
    """Return `row` and all rows below it."""
    out = [row]
    for one in out:
        out += children[one]
    return set(out)


def is_below(forest: Forest, row: int, above: int) -> bool:
    """Return whether `row` is `above` or hangs from it, at any depth."""
    while row >= 0 and row != above:
        row = forest[row]
    return row == above


def moved(forest: Forest, parents: Mapping[int, int]) -> Forest:
    """Return a copy of `forest` in which the rows in `parents` have these parents."""
    out = list(forest)
    for row, parent in parents.items():
        out[row] = parent
    return out


def is_circular(forest: Forest) -> bool:
    """Return whether some rows hang from themselves."""
    _, order = children_of(forest)
    return len(order) < sum(parent != GONE for parent in forest)


def put_away(forest: Forest, documents: int, named: Collection[int] = ()) -> None:
    """Take unseen sources with fewer than two children out of use, in place; their children move to their parents.

    Sources that their copies name, `named`, need only one.
    """
    children = Counter(forest)
    idle = [row for row in range(documents, len(forest)) if forest[row] != GONE and children[row] < (1 if row in named else 2)]
    for row in idle:
        above = forest[row]
        for child in (child for child, parent in enumerate(forest) if parent == row):
            forest[child] = above
        forest[row] = GONE
    if idle:
        put_away(forest, documents, named)
