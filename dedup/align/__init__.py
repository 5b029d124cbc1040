"""Stage 6: candidate pairs to matches: spans, edits and bits of evidence.

The `alignments` kernel (`rust/src/align.rs`) chains shared tokens and scores them in bits; `background` says what a word is
worth. Two documents are related when one passage carries more bits than chance explains in the whole corpus: `threshold`
beyond log2 of the number of token pairs in it (the logarithm of an E-value, Karlin and Altschul 1990). Related documents
are then compared whole, without need of a shared run, and a passage needs `threshold` beyond log2 of their own token pairs.
"""

from collections.abc import Sequence
from itertools import groupby

import numpy as np
import numpy.typing as npt

from dedup import _native
from dedup.align.changes import Reader, changes
from dedup.params import MatchParams
from dedup.types import Alignments, Document, Match, MatchKind, Span, Tokens


def align(
    tokens: Tokens,
    word_bits: npt.NDArray[np.float32],
    windows: npt.NDArray[np.uint32],
    params: MatchParams,
    *,
    corpus: int | None = None,
) -> Alignments:
    """Align the pairs of documents that `windows` join, each once.

    `windows` uint32 (n, 6): document a, document b, a from, a to, b from, b to (tokens), sorted by documents. `corpus` is the
    number of tokens that were searched to find them; None where the pairs were given, not found.
    """
    sizes = np.diff(tokens.offsets).astype(np.float64)
    if len(windows):
        first = np.r_[True, np.any(windows[1:, :2] != windows[:-1, :2], axis=1)]
        pairs = windows[first, :2].astype(np.int64)
    else:
        pairs = np.zeros((0, 2), np.int64)
    reported = params.threshold + np.log2(np.maximum(sizes[pairs[:, 0]] * sizes[pairs[:, 1]], 1.0))
    related = reported if corpus is None else np.full(len(pairs), params.threshold + 2 * np.log2(max(corpus, 2)) - 1)
    return Alignments(
        *_native.alignments(
            tokens.ids,
            tokens.offsets,
            tokens.hashes,
            word_bits,
            tokens.breaks,
            _native.word_classes(tokens.letters, tokens.bounds),
            tokens.letters,
            tokens.bounds,
            np.ascontiguousarray(windows, dtype=np.uint32),
            np.column_stack([related, reported]).astype(np.float32),
            params,
        )
    )


def matches(
    alignments: Alignments,
    tokens: Tokens,
    documents: Sequence[Document],
    params: MatchParams,
    swap: npt.NDArray[np.bool_],
) -> list[Match]:
    """Return each alignment as a match, side a and b exchanged where `swap` (n,) is true; families are not named yet."""
    readers: dict[int, Reader] = {}
    out = []
    for number, row in enumerate(alignments.rows.tolist()):
        edits = alignments.edits_of(number).tolist()
        sides = [(row[0], row[2], row[3]), (row[1], row[4], row[5])]
        if swap[number]:
            sides.reverse()
            edits = [[*e[2:], *e[:2]] for e in edits]
        (doc_a, a_from, a_to), (doc_b, b_from, b_to) = sides
        for doc in (doc_a, doc_b):
            if doc not in readers:
                readers[doc] = Reader(documents[doc].text, tokens, doc)
        a, b = readers[doc_a], readers[doc_b]
        identity = row[6] / max(a_to - a_from, b_to - b_from)
        here, there = a.passage(a_from, a_to), b.passage(b_from, b_to)
        out.append(
            Match(
                Span(documents[doc_a].id, *here),
                Span(documents[doc_b].id, *there),
                _kind(identity, params),
                identity,
                round(float(alignments.bits[number]), 1),
                None,
                changes(a, b, edits, (here.start, there.start)),
            )
        )
    return out


def _kind(identity: float, params: MatchParams) -> MatchKind:
    if identity == 1:
        return "verbatim"
    return "near" if identity >= params.near else "edited"


def joined(alignments: Alignments, tokens: Tokens, params: MatchParams) -> Alignments:
    """Return `alignments` with those of one pair of documents made one that stand within `join` code points on both sides.

    What lies between two parts is an edit; where they stand in another order in the two documents, the parts of the
    heaviest run of one order keep theirs and the rest is one.
    """
    if params.join <= 0:
        return alignments
    groups: list[list[int]] = []
    alignments = _sole(alignments)
    rows = alignments.rows.astype(np.int64)
    order = np.lexsort((rows[:, 2], rows[:, 1], rows[:, 0])).tolist()
    for _, numbers in groupby(order, key=lambda i: (rows[i, 0], rows[i, 1])):
        own: list[list[int]] = []
        for number in numbers:
            near = [g for g in own if any(_close(rows[number], rows[i], tokens, params.join) for i in g)]
            own = [g for g in own if g not in near]
            own.append([number, *(i for g in near for i in g)])
        groups += own
    made = [_join(alignments, sorted(group, key=lambda i: rows[i, 2])) for group in sorted(groups, key=min)]
    made = [(_snapped(row, tokens, params.snap), bits, edits) for row, bits, edits in made]
    made = [m for m in made if min(m[0][3] - m[0][2], m[0][5] - m[0][4]) >= params.least]
    made.sort(key=lambda m: (m[0][:2], -m[1], m[0]))
    kept: list[tuple[list[int], float, list[list[int]]]] = []
    for one in made:
        if not any(one[0][:2] == k[0][:2] and _shadowed(one[0], k[0]) for k in kept):
            kept.append(one)
    made = kept
    return Alignments(
        np.array([row for row, _, _ in made], dtype=np.uint32).reshape(-1, 7),
        np.array([bits for _, bits, _ in made], dtype=np.float32),
        np.concatenate(([0], np.cumsum([len(edits) for _, _, edits in made]))).astype(np.int64),
        np.array([edit for _, _, edits in made for edit in edits], dtype=np.uint32).reshape(-1, 4),
        alignments.clipped,
    )


def _sole(alignments: Alignments) -> Alignments:
    """Without those of which a better one of the same documents holds the half, on either side."""
    rows = alignments.rows.tolist()
    order = sorted(range(len(rows)), key=lambda i: (rows[i][:2], -alignments.bits[i], rows[i]))
    kept: list[int] = []
    for i in order:
        if not any(rows[i][:2] == rows[k][:2] and _shadowed(rows[i], rows[k]) for k in kept):
            kept.append(i)
    return alignments.take(np.array(sorted(kept), dtype=np.int64))


def _snapped(row: list[int], tokens: Tokens, within: int) -> list[int]:
    out = list(row)
    for doc, at in ((row[0], 2), (row[1], 4)):
        base, top = int(tokens.offsets[doc]), int(tokens.offsets[doc + 1])
        start, end = base + row[at], base + row[at + 1]
        for k in range(within + 1):
            if start - k <= base or tokens.breaks[start - k]:
                out[at] = max(start - k, base) - base
                break
        for k in range(within + 1):
            if end + k >= top or tokens.breaks[end + k]:
                out[at + 1] = min(end + k, top) - base
                break
    return out


def _shadowed(x: list[int], y: list[int]) -> bool:
    """Whether more than half of alignment `x`, on either side, lies in `y`."""
    a = min(x[3], y[3]) - max(x[2], y[2])
    b = min(x[5], y[5]) - max(x[4], y[4])
    return 2 * a > x[3] - x[2] or 2 * b > x[5] - x[4]


def _close(x: npt.NDArray[np.int64], y: npt.NDArray[np.int64], tokens: Tokens, within: int) -> bool:
    """Whether two alignments of the same documents are less than `within` code points apart on both sides."""

    def gap(doc: int, one: npt.NDArray[np.int64], other: npt.NDArray[np.int64]) -> int:
        base = tokens.offsets[doc]
        first, second = (one, other) if one[0] <= other[0] else (other, one)
        return int(tokens.starts[base + second[0]]) - int(tokens.ends[base + first[1] - 1])

    return gap(x[0], x[2:4], y[2:4]) < within and gap(x[1], x[4:6], y[4:6]) < within


def _join(alignments: Alignments, group: list[int]) -> tuple[list[int], float, list[list[int]]]:
    """One alignment over those of `group` (by their place in document a): its row, bits and edits."""
    rows = [alignments.rows[i].tolist() for i in group]
    bits = [float(alignments.bits[i]) for i in group]
    low = [min(r[2] for r in rows), min(r[4] for r in rows)]
    high = [max(r[3] for r in rows), max(r[5] for r in rows)]
    # The heaviest run of parts that stand in one order, by their bits.
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
        edits += alignments.edits_of(group[i]).tolist()
        place = [rows[i][3], rows[i][5]]
    if high[0] > place[0] or high[1] > place[1]:
        edits.append([place[0], high[0], place[1], high[1]])
    equal = sum(rows[i][6] for i in chain)
    return [*rows[0][:2], low[0], high[0], low[1], high[1], equal], sum(bits), edits
