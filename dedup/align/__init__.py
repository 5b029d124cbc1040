"""Stage 6: candidate pairs to matches: spans, edits and bits of evidence.

The `alignments` kernel (`rust/src/align.rs`) chains shared tokens and scores them in bits; `background` says what a word is
worth. Two documents are related when one passage carries more bits than chance explains in the whole corpus: `threshold`
beyond log2 of the number of token pairs in it (the logarithm of an E-value, Karlin and Altschul 1990). Related documents
are then compared whole, without need of a shared run, and a passage needs `threshold` beyond log2 of their own token pairs.
"""

from collections.abc import Sequence

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
    given: bool = False,
) -> Alignments:
    """Align the pairs of documents that `windows` join, each once.

    `windows` uint32 (n, 6): document a, document b, a from, a to, b from, b to (tokens), sorted by documents. `corpus` is the
    number of tokens that were searched to find them; None where something else says that they are related. `given` pairs were
    asked for: document a may be written from b, and no more evidence is needed than each match's own.
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
            not given,
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
