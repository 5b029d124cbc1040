"""Stage 6, last part: alignments of rewritten text to passages.

Text that was spun, translated back or summarised agrees with its source in pieces. Pieces that are close together are joined,
and the ends of the result are moved to the ends of sentences. Only presets with `join_characters` ask for it.
"""

from collections.abc import Callable
from itertools import combinations, groupby

import numpy as np

from dedup.arrays import Alignments, Tokens, components
from dedup.params import MatchParams

_Piece = tuple[list[int], float, list[list[int]]]
"""One alignment: its row, its bits and its edits, each as in `Alignments`."""


def join_nearby(alignments: Alignments, tokens: Tokens, params: MatchParams) -> Alignments:
    """Join the alignments of each pair of documents that are close together; return all results, sorted by documents.

    Two alignments are joined if they are less than `join_characters` code points apart on both sides. What lies between them
    becomes an edit. If their order differs between the two documents, the sequence with most bits that is in order in both
    keeps its equal words, and all else becomes edits. Each end is moved to the end of its sentence if that is within
    `snap_words`.

    Of two results that share more than `shadow_share` of either side, only the one with more bits is kept, so that each word
    has one source. Results of fewer than `min_words` words on either side are dropped. If `join_characters` is 0, `alignments`
    are returned unchanged.
    """
    if params.join_characters <= 0:
        return alignments
    found: list[_Piece] = []
    rows = zip(alignments.rows.tolist(), alignments.bits.tolist(), strict=True)
    pieces = [(row, bits, alignments.edits_of(n).tolist()) for n, (row, bits) in enumerate(rows)]
    pieces.sort(key=lambda piece: piece[0][:2])
    for (doc_a, doc_b), of_pair in groupby(pieces, key=lambda piece: piece[0][:2]):
        close = _closeness(tokens, doc_a, doc_b, params.join_characters)
        groups = _groups(_without_shadows(list(of_pair), params.shadow_share), close)
        whole = [_snapped(_join(group), tokens, params.snap_words) for group in groups]
        long = [w for w in whole if min(w[0][3] - w[0][2], w[0][5] - w[0][4]) >= params.min_words]
        found += _without_shadows(long, params.shadow_share)
    return Alignments(
        np.array([row for row, _, _ in found], dtype=np.uint32).reshape(-1, 7),
        np.array([bits for _, bits, _ in found], dtype=np.float32),
        np.concatenate(([0], np.cumsum([len(edits) for _, _, edits in found]))).astype(np.int64),
        np.array([edit for _, _, edits in found for edit in edits], dtype=np.uint32).reshape(-1, 4),
        alignments.clipped,
    )


def _without_shadows(pieces: list[_Piece], share: float) -> list[_Piece]:
    """The pieces, best first, without those that have more than `share` of either side in a better one."""
    kept: list[_Piece] = []
    for piece in sorted(pieces, key=lambda p: (-p[1], p[0])):
        if not any(_shadowed(piece[0], better[0], share) for better in kept):
            kept.append(piece)
    return kept


def _shadowed(x: list[int], y: list[int], share: float) -> bool:
    """Whether the row `x` has more than `share` of either side in the row `y`."""
    return any(min(x[to], y[to]) - max(x[to - 1], y[to - 1]) > share * (x[to] - x[to - 1]) for to in (3, 5))


def _closeness(tokens: Tokens, doc_a: int, doc_b: int, within: int) -> Callable[[list[int], list[int]], bool]:
    """A function that says whether two rows are less than `within` code points apart on both sides."""

    def gap(doc: int, x: list[int], y: list[int]) -> int:
        base = int(tokens.offsets[doc])
        first, second = sorted((x, y))
        return int(tokens.starts[base + second[0]]) - int(tokens.ends[base + first[1] - 1])

    return lambda x, y: gap(doc_a, x[2:4], y[2:4]) < within and gap(doc_b, x[4:6], y[4:6]) < within


def _groups(pieces: list[_Piece], close: Callable[[list[int], list[int]], bool]) -> list[list[_Piece]]:
    """The groups of pieces that chains of close pieces connect."""
    near = [(i, j) for i, j in combinations(range(len(pieces)), 2) if close(pieces[i][0], pieces[j][0])]
    of = components(len(pieces), np.array(near, np.int64).reshape(-1, 2)).tolist()
    groups: dict[int, list[_Piece]] = {}
    for piece, group in zip(pieces, of, strict=True):
        groups.setdefault(group, []).append(piece)
    return list(groups.values())


def _join(group: list[_Piece]) -> _Piece:
    """One alignment over all of `group`; its bits are the sum of theirs."""
    group = sorted(group, key=lambda piece: piece[0][2])
    rows, bits = [piece[0] for piece in group], [piece[1] for piece in group]
    low = [min(r[2] for r in rows), min(r[4] for r in rows)]
    high = [max(r[3] for r in rows), max(r[5] for r in rows)]
    # The heaviest sequence of pieces that are in one order in both documents.
    best, before = list(bits), [-1] * len(rows)
    for i, row in enumerate(rows):
        for j in range(i):
            if rows[j][3] <= row[2] and rows[j][5] <= row[4] and best[j] + bits[i] > best[i]:
                best[i], before[i] = best[j] + bits[i], j
    chain, at = [], max(range(len(rows)), key=best.__getitem__)
    while at >= 0:
        chain.append(at)
        at = before[at]
    edits, place = [], low
    for i in reversed(chain):
        if rows[i][2] > place[0] or rows[i][4] > place[1]:
            edits.append([place[0], rows[i][2], place[1], rows[i][4]])
        edits += group[i][2]
        place = [rows[i][3], rows[i][5]]
    if high[0] > place[0] or high[1] > place[1]:
        edits.append([place[0], high[0], place[1], high[1]])
    equal = sum(rows[i][6] for i in chain)
    return [*rows[0][:2], low[0], high[0], low[1], high[1], equal], sum(bits), edits


def _snapped(piece: _Piece, tokens: Tokens, within: int) -> _Piece:
    """`piece` with each end moved outwards to the end of its sentence, if that is within `within` tokens."""
    row, bits, edits = piece
    out = list(row)
    for doc, at in ((row[0], 2), (row[1], 4)):
        base, size = int(tokens.offsets[doc]), int(tokens.offsets[doc + 1] - tokens.offsets[doc])
        start, end = row[at], row[at + 1]
        before = tokens.breaks[base + max(0, start - within) : base + start + 1]
        behind = tokens.breaks[base + end : base + min(size, end + within + 1)]
        if before.any():
            out[at] = start - int(np.argmax(before[::-1]))
        elif start <= within:
            out[at] = 0
        if behind.any():
            out[at + 1] = end + int(np.argmax(behind))
        elif size - end <= within:
            out[at + 1] = size
    head, tail = [out[2], row[2], out[4], row[4]], [row[3], out[3], row[5], out[5]]
    if edits and edits[0][0] == row[2] and edits[0][2] == row[4]:
        head = [out[2], edits[0][1], out[4], edits[0][3]]
        edits = edits[1:]
    if edits and edits[-1][1] == row[3] and edits[-1][3] == row[5]:
        tail = [edits[-1][0], out[3], edits[-1][2], out[5]]
        edits = edits[:-1]
    ends = [edit for edit in (head, tail) if edit[1] > edit[0] or edit[3] > edit[2]]
    return out, bits, sorted([*edits, *ends])
