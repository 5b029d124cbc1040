"""Stage 6: candidate pairs to matches: spans, edits and bits of evidence.

The `alignments` kernel (`rust/src/align.rs`) chains shared tokens and scores them in bits; `background` says what a word is
worth. Two documents are related when one passage carries more bits than chance explains in the whole corpus: `threshold`
beyond log2 of the number of token pairs in it (the logarithm of an E-value, Karlin and Altschul 1990). Related documents
are then compared whole, without need of a shared run, and a passage needs `threshold` beyond log2 of their own token pairs.
That two tell the same event explains a part of those bits; `wording` leaves out what it explains.
"""

import math
from collections.abc import Sequence
from functools import partial
from itertools import pairwise, repeat

import numpy as np
import numpy.typing as npt

from dedup import _native
from dedup.align.changes import Changes, Side
from dedup.align.wording import worded
from dedup.arrays import Alignments, Tokens
from dedup.language.sentences import CLOSERS, ENDERS, OPENERS
from dedup.params import MatchParams
from dedup.types import Document, Match, MatchKind, Span

_BEFORE = frozenset(OPENERS)
_BEHIND = frozenset(ENDERS + CLOSERS)


def align(
    tokens: Tokens,
    documents: Sequence[Document],
    word_bits: npt.NDArray[np.float32],
    windows: npt.NDArray[np.uint32],
    params: MatchParams,
    *,
    corpus: int | None = None,
    related: bool = False,
) -> Alignments:
    """Align the pairs of `documents` that `windows` join, each once.

    `windows` uint32 (n, 6): document a, document b, a from, a to, b from, b to (tokens), sorted by documents. `corpus` is the
    number of tokens that were searched to find them; None for pairs that were asked for: document a may be written from b, and
    no more evidence is needed than each match's own bits. `related` pairs need no more bits either: something else joins them.
    """
    sizes = np.diff(tokens.offsets).astype(np.float64)
    if len(windows):
        first = np.r_[True, np.any(windows[1:, :2] != windows[:-1, :2], axis=1)]
        pairs = windows[first, :2].astype(np.int64)
    else:
        pairs = np.zeros((0, 2), np.int64)

    def needed(pairs: npt.NDArray[np.integer]) -> npt.NDArray[np.float64]:
        """Bits that chance explains in the corpus, and in the two documents alone, with `threshold`: shape (pairs, 2)."""
        own = np.log2(np.maximum(sizes[pairs[:, 0]] * sizes[pairs[:, 1]], 1.0))
        every = own if corpus is None else np.full(len(pairs), 2 * np.log2(max(corpus, 2)) - 1)
        return params.threshold + np.column_stack([every, own])

    thresholds = needed(pairs)
    if related:
        thresholds[:, 0] = thresholds[:, 1]
    rows, bits, edit_offsets, edits, clipped, wording = _native.alignments(
        tokens.ids,
        tokens.offsets,
        tokens.hashes,
        word_bits,
        tokens.breaks,
        _native.word_classes(tokens.letters, tokens.bounds),
        tokens.letters,
        tokens.bounds,
        np.ascontiguousarray(windows, dtype=np.uint32),
        thresholds.astype(np.float32),
        corpus is not None,
        params,
    )
    found = Alignments(rows, bits, edit_offsets, edits, clipped)
    if corpus is None or math.isinf(params.retold):
        return found
    return worded(found, wording, needed(found.rows[:, :2]), tokens=tokens, documents=documents, params=params)


def matches(
    alignments: Alignments,
    tokens: Tokens,
    documents: Sequence[Document],
    params: MatchParams,
    swap: npt.NDArray[np.bool_],
    *,
    families: Sequence[str] | None = None,
) -> list[Match]:
    """Return each alignment as a match, of the family named, side a and b exchanged where `swap` (n,) is true."""
    rows = alignments.rows.astype(np.int64)
    rows[swap] = rows[swap][:, [1, 0, 4, 5, 2, 3, 6]]
    here = spans(rows[:, [0, 2, 3]], tokens, documents)
    there = spans(rows[:, [1, 4, 5]], tokens, documents)

    def sides() -> tuple[Side, Side]:
        counts = np.diff(alignments.edit_offsets)
        edits = alignments.edits.astype(np.int64)
        turned = np.repeat(swap, counts)
        edits[turned] = edits[turned][:, [2, 3, 0, 1]]
        a, b = (
            Side(
                tokens,
                np.repeat(rows[:, side], counts),
                edits[:, 2 * side],
                edits[:, 2 * side + 1],
                np.repeat(np.array([span.start for span in found], np.int64), counts),
            )
            for side, found in enumerate((here, there))
        )
        return a, b

    changed = Changes(sides, tokens, documents)
    identities = rows[:, 6] / np.maximum(rows[:, 3] - rows[:, 2], rows[:, 5] - rows[:, 4])
    bits = (round(x, 1) for x in alignments.bits.tolist())
    ends = alignments.edit_offsets.tolist()
    return [
        Match(x, y, _kind(identity, params), identity, b, family, partial(changed.of, first, last))  # type: ignore[arg-type] # made later
        for x, y, identity, b, family, (first, last) in zip(
            here, there, identities.tolist(), bits, families or repeat(None, len(rows)), pairwise(ends), strict=True
        )
    ]


def spans(passages: npt.NDArray[np.integer], tokens: Tokens, documents: Sequence[Document]) -> list[Span]:
    """Return the passages, with the quotation marks, brackets and full stop that hug them.

    `passages` (n, 3): document, first token, token after the last; of one token or more.
    """
    doc, first, last = passages.astype(np.int64).T
    side = Side(tokens, doc, first, last)
    after = side.base + last
    behind = tokens.starts[np.minimum(after, len(tokens.starts) - 1)].astype(np.int64)
    ceiling = np.where(after == tokens.offsets[doc + 1], -1, behind)
    columns = (column.tolist() for column in (doc, side.start, side.end, side.before, ceiling))
    out = []
    for d, x, y, low, high in zip(*columns, strict=True):
        text = documents[d].text
        while x > low and text[x - 1] in _BEFORE:
            x -= 1  # noqa: PLW2901 it is moved
        most = len(text) if high < 0 else high
        while y < most and text[y] in _BEHIND:
            y += 1  # noqa: PLW2901
        out.append(Span(documents[d].id, x, y))
    return out


def _kind(identity: float, params: MatchParams) -> MatchKind:
    if identity == 1:
        return "verbatim"
    return "near" if identity >= params.near else "edited"
