"""Copies of a text of one agency that was not collected: they name it as their author, and have it from there.

An agency sends a story out again and again, longer and corrected. So its copies differ as if one had been made from another,
and a tree of them tells which versions are near; whom each has its text from, its byline tells.
"""

from collections import Counter
from collections.abc import Collection, Sequence

from dedup.press.names import usual_name
from dedup.provenance.collation import Table
from dedup.provenance.forest import GONE, ROOT, Forest, put_away, trees
from dedup.provenance.reconstruct import Unseen

Shares = list[dict[int, float]]


def hang(table: Table, forest: Forest, shares: Shares, agencies: dict[int, str | None]) -> None:
    """Give copies that name one absent author that source, in place; `agencies` are the names of all sources.

    Who signs several has its text from the one that most sign, or sign first.
    """
    count = len(shares)
    unseen = Unseen(table, count)
    hung: set[int] = set()
    stands: dict[int, int] = {}
    for tree in trees(forest):
        there = {table.names[row] for row in tree}
        absent = [[name for name, by in table.signed[row].items() if by and name not in there] for row in tree]
        signed, first = Counter(name for own in absent for name in own), Counter(own[0] for own in absent if own)
        for name in sorted(signed, key=lambda name: (-signed[name], -first[name], name)):
            left = [row for row in tree if row not in hung and forest[row] != GONE]
            folded = [row for row in left if row >= count and agencies.get(row) == name]
            copies = {row for row in left if name in table.signed[row]}
            below = [row for row in left if row not in folded and _is_below(table, forest, row, copies, folded)]
            if len(below) > 1:
                # A source that is left with one copy or none was the same one, whatever it was called.
                held, had = Counter(forest[row] for row in below), Counter(forest)
                folded = [row for row in left if row >= count and had[row] - held[row] < (1 if forest[row] >= 0 else 2)]
                below = [row for row in left if row not in folded and (row in below or forest[row] in folded)]
                source = unseen.add(unseen.text(below), below)
                agencies[source] = usual_name(name)
                forest.append(ROOT)
                _move(forest, shares, source, below, {ROOT, *folded, *copies})
                for row in folded:
                    forest[row], stands[row] = GONE, source
                hung.update(below)
    before = list(forest)
    put_away(forest, count)
    stands |= {row: before[row] for row, parent in enumerate(forest) if parent == GONE != before[row]}
    _renamed(shares, stands)


def _is_below(table: Table, forest: Forest, row: int, copies: Collection[int], folded: Collection[int]) -> bool:
    """Whether a row has its text from the source that `copies` name, and for which `folded` stand."""
    parent = forest[row]
    if parent in folded:
        return True
    # An outlet's update of its own text, or a credit to the parent by name.
    if parent >= 0 and table.names[parent] in (table.names[row], *table.credited[row]):
        return False
    # Of several copies no text can tell which was copied again: what all have is their source's.
    return row in copies or (parent in copies and not table.signed[row])


def _move(forest: Forest, shares: Shares, source: int, below: Sequence[int], stood: Collection[int]) -> None:
    """Hang the rows `below` from `source`, for which the rows that `stood` for it speak."""
    for row in below:
        forest[row] = source
        if row < len(shares):
            own = shares[row]
            shares[row] = {p: share for p, share in own.items() if p not in stood}
            shares[row][source] = sum(share for p, share in own.items() if p in stood)


def _renamed(shares: Shares, stands: dict[int, int]) -> None:
    """Count what speaks for a source that is gone for the row that `stands` for it, in place."""
    for row, own in enumerate(shares):
        for gone in [parent for parent in own if parent in stands]:
            share, heir = own.pop(gone), stands[gone]
            while heir in stands:
                heir = stands[heir]
            if heir != row:
                own[heir] = own.get(heir, 0.0) + share
