"""Copies of an agency's text that was not collected.

Documents that carry the byline of an agency whose own text is not in their tree are attached to one unseen source for that
agency, also if there is only one. So is the origin of a tree that has no more than a dateline. An agency sends a story out
again and again, longer and corrected, so that its copies differ as if one had been made from another. A search over words finds
which versions are near each other; the byline says from whom each copy has its text.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from dedup.press.names import usual_name
from dedup.provenance.forest import GONE, ROOT, Forest, Shares, is_below, put_away, trees
from dedup.provenance.reconstruct import Reconstruction
from dedup.provenance.variant_table import Bools, VariantTable
from dedup.trace_params import UnseenParams


def attach_to_sources(table: VariantTable, forest: Forest, shares: Shares, able: Bools, sure: float) -> None:
    """Make a release the parent of the documents that hold its text and credit nobody, in place; an agency's text, of origins.

    `able` bool (rows, rows) says which row holds enough of which to be its parent. `sure` is the share of the walk that such a
    parent gets: the words of two copies alike do not show that one was made from the other.
    """
    issued = [row for row in range(len(shares)) if table.witnesses[row].is_source]
    for row in range(len(shares)) if issued else ():
        witness, parent = table.witnesses[row], forest[row]
        if witness.is_source or witness.credited or parent in issued:
            continue
        if parent >= 0 and (parent >= len(shares) or table.witnesses[parent].newsroom == witness.newsroom):
            continue
        # Agencies are copied by way of others, too; those who were sent a release need no one else.
        near = [s for s in issued if (parent == ROOT or table.witnesses[s].release) and able[s, row]]
        common = [
            (float((table.present[s] & table.present[row]) @ table.loci.words), -s)
            for s in near
            if not is_below(forest, s, row)
        ]
        if common:
            source = -max(common)[1]
            forest[row] = source
            shares[row] = {source: sure, parent: 1 - sure}


def attach_signed(
    table: VariantTable, forest: Forest, shares: Shares, agencies: dict[int, str | None], params: UnseenParams
) -> None:
    """Attach documents that sign an absent newsroom to one unseen source of it, in place.

    `agencies` are the newsrooms of all unseen sources by row; new ones are added. A document that signs several newsrooms is
    attached to the one that most documents of its tree sign; on a tie, to the one that more of them name first.
    """
    count = len(shares)
    _attach_to_seen(table, forest, shares)
    reconstruction = Reconstruction(table, count, params)
    attached: set[int] = set()
    successors: dict[int, int] = {}
    named: set[int] = set()
    for tree in trees(forest):
        for name in _absent_signatures(table, forest, tree):
            left = [row for row in tree if row not in attached and forest[row] != GONE]
            replaced = [row for row in left if row >= count and agencies.get(row) == name]
            signers = {row for row in left if name in table.witnesses[row].signed}
            own = [row for row in left if row not in replaced]
            below = [row for row in own if forest[row] in replaced or _belongs(table, forest, row, signers, name)]
            if not below:
                continue
            # A source that would keep too few copies was the same source, under whatever name.
            leaving, all_children = Counter(forest[row] for row in below), Counter(forest)
            replaced = [
                row for row in left if row >= count and all_children[row] - leaving[row] < (1 if forest[row] >= 0 else 2)
            ]
            below = [row for row in left if row not in replaced and (row in below or forest[row] in replaced)]
            source = reconstruction.add(reconstruction.wording(below), below)
            agencies[source] = usual_name(name)
            named.add(source)
            forest.append(ROOT)
            _move(forest, shares, source, below, {ROOT, *replaced, *signers})
            for row in replaced:
                forest[row], successors[row] = GONE, source
            attached.update(below)
    before = list(forest)
    put_away(forest, count, named)
    successors |= {row: before[row] for row, parent in enumerate(forest) if parent == GONE != before[row]}
    _replace(shares, successors)


def _attach_to_seen(table: VariantTable, forest: Forest, shares: Shares) -> None:
    """Make what a document signs its parent, in place, if that is further above it: it is no copy of another copy."""
    for row in range(len(shares)):
        witness, parent = table.witnesses[row], forest[row]
        if not 0 <= parent < len(shares) or table.witnesses[parent].newsroom in (witness.newsroom, *witness.credited):
            continue
        above = forest[parent]
        while 0 <= above < len(shares):
            if witness.signed.get(table.witnesses[above].newsroom):
                _move(forest, shares, above, [row], {parent, above})
                break
            above = forest[above]


def _absent_signatures(table: VariantTable, forest: Forest, tree: Sequence[int]) -> list[str]:
    """Return the newsrooms that documents of `tree` sign and from which it has no document, the most signed first.

    The dateline of an origin counts as well; other documents may have it from their parents.
    """
    there = {table.witnesses[row].newsroom for row in tree}
    absent = [
        [name for name, byline in table.witnesses[row].signed.items() if (byline or forest[row] == ROOT) and name not in there]
        for row in tree
    ]
    signed, first = Counter(name for own in absent for name in own), Counter(own[0] for own in absent if own)
    return sorted(signed, key=lambda name: (-signed[name], -first[name], name))


def _belongs(table: VariantTable, forest: Forest, row: int, signers: Collection[int], name: str) -> bool:
    """Return whether a row has its text from the source `name`, which `signers` sign."""
    parent, witness = forest[row], table.witnesses[row]
    # It stays where it credits its parent by name, or is an outlet's update of its own text without a byline of the source.
    if parent >= 0 and table.witnesses[parent].newsroom in witness.credited:
        return False
    if parent >= 0 and table.witnesses[parent].newsroom == witness.newsroom:
        return witness.signed.get(name, False)
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
