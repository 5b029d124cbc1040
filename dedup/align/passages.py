"""Alignments to the passages of rewritten text: pieces that stand together made one, ends moved to those of sentences.

Used by presets with `join`: text that was spun, translated back or summarised agrees with its source in pieces.
"""

from collections.abc import Callable
from itertools import groupby

import numpy as np

from dedup.arrays import Alignments, Tokens
from dedup.params import MatchParams

_Piece = tuple[list[int], float, list[list[int]]]
"""Row (documents, extents, equal tokens), bits, edits."""


def joined(alignments: Alignments, tokens: Tokens, params: MatchParams) -> Alignments:
    """Return `alignments` with those of one pair of documents made one that stand within `join` code points on both sides.

    What lies between two parts is an edit; where they stand in another order in the two documents, the parts of the heaviest
    run of one order keep theirs and the rest is one. An end within `snap` tokens of a sentence's is moved there. A passage has
    one source: of two that share half of either side the better is kept; and passages of fewer than `least` tokens are none.
    """
    if params.join <= 0:
        return alignments
    made: list[_Piece] = []
    rows = zip(alignments.rows.tolist(), alignments.bits.tolist(), strict=True)
    pieces = [(row, bits, alignments.edits_of(n).tolist()) for n, (row, bits) in enumerate(rows)]
    pieces.sort(key=lambda piece: piece[0][:2])
    for (doc_a, doc_b), own in groupby(pieces, key=lambda piece: piece[0][:2]):
        close = _closeness(tokens, doc_a, doc_b, params.join)
        whole = [_snapped(_join(group), tokens, params.snap) for group in _groups(_sole(list(own)), close)]
        made += _sole([w for w in whole if min(w[0][3] - w[0][2], w[0][5] - w[0][4]) >= params.least])
    return Alignments(
        np.array([row for row, _, _ in made], dtype=np.uint32).reshape(-1, 7),
        np.array([bits for _, bits, _ in made], dtype=np.float32),
        np.concatenate(([0], np.cumsum([len(edits) for _, _, edits in made]))).astype(np.int64),
        np.array([edit for _, _, edits in made for edit in edits], dtype=np.uint32).reshape(-1, 4),
        alignments.clipped,
    )


def _sole(pieces: list[_Piece]) -> list[_Piece]:
    """Best first, without those of which a better one holds more than half of either side."""
    kept: list[_Piece] = []
    for piece in sorted(pieces, key=lambda p: (-p[1], p[0])):
        if not any(_shadowed(piece[0], better[0]) for better in kept):
            kept.append(piece)
    return kept


def _shadowed(x: list[int], y: list[int]) -> bool:
    return any(2 * (min(x[to], y[to]) - max(x[to - 1], y[to - 1])) > x[to] - x[to - 1] for to in (3, 5))


def _closeness(tokens: Tokens, doc_a: int, doc_b: int, within: int) -> Callable[[list[int], list[int]], bool]:
    """Whether two rows are less than `within` code points apart on both sides."""

    def gap(doc: int, x: list[int], y: list[int]) -> int:
        base = int(tokens.offsets[doc])
        first, second = sorted((x, y))
        return int(tokens.starts[base + second[0]]) - int(tokens.ends[base + first[1] - 1])

    return lambda x, y: gap(doc_a, x[2:4], y[2:4]) < within and gap(doc_b, x[4:6], y[4:6]) < within


def _groups(pieces: list[_Piece], close: Callable[[list[int], list[int]], bool]) -> list[list[_Piece]]:
    """Pieces that chains of close ones join."""
    groups: list[list[_Piece]] = []
    for piece in pieces:
        near = [g for g in groups if any(close(piece[0], other[0]) for other in g)]
        groups = [g for g in groups if g not in near]
        groups.append([piece, *(other for g in near for other in g)])
    return groups


def _join(group: list[_Piece]) -> _Piece:
    """One alignment over all of `group`: its bits are their sum."""
    group = sorted(group, key=lambda piece: piece[0][2])
    rows, bits = [piece[0] for piece in group], [piece[1] for piece in group]
    low = [min(r[2] for r in rows), min(r[4] for r in rows)]
    high = [max(r[3] for r in rows), max(r[5] for r in rows)]
    # The heaviest run of parts that stand in one order.
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
    """`piece` with each end moved out to the end of its sentence, if that is within so many tokens."""
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
