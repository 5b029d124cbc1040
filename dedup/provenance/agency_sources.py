"""Copies of an agency's text that was not collected.

If several documents carry the byline of an agency whose own text is not in their tree, they are attached to one unseen source
for that agency. An agency sends a story out again and again, longer and corrected, so that its copies differ as if one had been
made from another. A search over words finds which versions are near each other; the byline says from whom each copy has its
text.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from dedup.press.names import usual_name
from dedup.provenance.forest import GONE, ROOT, Forest, Shares, put_away, trees
from dedup.provenance.reconstruct import Reconstruction
from dedup.provenance.variant_table import VariantTable
from dedup.trace_params import UnseenParams


def attach_signed(
    table: VariantTable, forest: Forest, shares: Shares, agencies: dict[int, str | None], params: UnseenParams
) -> None:
    """Attach documents that sign the same absent newsroom to one unseen source, in place.

    `agencies` are the newsrooms of all unseen sources by row; new ones are added. A document that signs several newsrooms is
    attached to the one that most documents of its tree sign; on a tie, to the one that more of them name first.
    """
    count = len(shares)
    reconstruction = Reconstruction(table, count, params)
    attached: set[int] = set()
    successors: dict[int, int] = {}
    for tree in trees(forest):
        for name in _absent_signatures(table, tree):
            left = [row for row in tree if row not in attached and forest[row] != GONE]
            replaced = [row for row in left if row >= count and agencies.get(row) == name]
            signers = {row for row in left if name in table.witnesses[row].signed}
            below = [row for row in left if row not in replaced and _belongs(table, forest, row, signers, replaced)]
            if len(below) < 2:
                continue
            # A source that would keep too few copies was the same source, under whatever name.
            leaving, all_children = Counter(forest[row] for row in below), Counter(forest)
            replaced = [
                row for row in left if row >= count and all_children[row] - leaving[row] < (1 if forest[row] >= 0 else 2)
            ]
            below = [row for row in left if row not in replaced and (row in below or forest[row] in replaced)]
            source = reconstruction.add(reconstruction.wording(below), below)
            agencies[source] = usual_name(name)
            forest.append(ROOT)
            _move(forest, shares, source, below, {ROOT, *replaced, *signers})
            for row in replaced:
                forest[row], successors[row] = GONE, source
            attached.update(below)
    before = list(forest)
    put_away(forest, count)
    successors |= {row: before[row] for row, parent in enumerate(forest) if parent == GONE != before[row]}
    _replace(shares, successors)


def _absent_signatures(table: VariantTable, tree: Sequence[int]) -> list[str]:
    """Return the newsrooms that documents of `tree` sign and from which it has no document, the most signed first."""
    there = {table.witnesses[row].newsroom for row in tree}
    absent = [[name for name, byline in table.witnesses[row].signed.items() if byline and name not in there] for row in tree]
    signed, first = Counter(name for own in absent for name in own), Counter(own[0] for own in absent if own)
    return sorted(signed, key=lambda name: (-signed[name], -first[name], name))


def _belongs(table: VariantTable, forest: Forest, row: int, signers: Collection[int], replaced: Collection[int]) -> bool:
    """Return whether a row has its text from the source that `signers` sign and that takes the place of `replaced`."""
    parent = forest[row]
    if parent in replaced:
        return True
    witness = table.witnesses[row]
    # It stays where it is an outlet's update of its own text, or credits its parent by name.
    if parent >= 0 and table.witnesses[parent].newsroom in (witness.newsroom, *witness.credited):
        return False
    # No text shows which of several copies was copied again; what all of them have is in their source.
    return row in signers or (parent in signers and not witness.signed)


def _move(forest: Forest, shares: Shares, source: int, below: Sequence[int], stood_for: Collection[int]) -> None:
    """Make `source` the parent of the rows `below`, with the shares of the parents that stood for it, in place."""
    for row in below:
        forest[row] = source
        if row < len(shares):
            own = shares[row]
            shares[row] = {p: share for p, share in own.items() if p not in stood_for}
            shares[row][source] = sum(share for p, share in own.items() if p in stood_for)


def _replace(shares: Shares, successors: Mapping[int, int]) -> None:
    """Move the share of each source that is gone to the row that took its place, in place."""
    for row, own in enumerate(shares):
        for gone in [parent for parent in own if parent in successors]:
            share, heir = own.pop(gone), successors[gone]
            while heir in successors:
                heir = successors[heir]
            if heir != row:
                own[heir] = own.get(heir, 0.0) + share
