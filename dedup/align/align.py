"""Stage 6: pairs of documents to alignments, and alignments to matches with changes and bits of evidence.

The kernel `alignments` (`rust/src/align.rs`) chains shared tokens and scores the chains in bits; `word_weights` computes what a
word is worth. Two documents of a corpus are related if one passage carries more bits than chance explains in the whole corpus:
`threshold_bits` beyond log2 of the number of token pairs in it (the logarithm of an E-value, Karlin and Altschul 1990). Related
documents are then compared whole, without need of a shared run, and a passage needs `threshold_bits` beyond log2 of the token
pairs of the two documents. If two documents report the same event, that explains a part of these bits; `wording` drops the
alignments that it explains.
"""

import math
from collections.abc import Sequence
from functools import partial
from itertools import repeat
from typing import Protocol

import numpy as np
import numpy.typing as npt

from dedup import _native
from dedup.align.changes import Changes, Passages, Side
from dedup.align.ends import reach_sentence_ends
from dedup.align.wording import worded
from dedup.arrays import Alignments, Tokens
from dedup.language.sentences import CLOSERS, ENDERS, OPENERS
from dedup.params import MatchParams
from dedup.types import Content, Document, Match, MatchKind, Part, Span


class PartsOf(Protocol):
    """What kinds of text n alignments hold; `dedup.content` finds them."""

    contents: Sequence[Content]
    """The kind that holds most bits of each alignment."""

    def of(self, number: int) -> tuple[Part, ...]:
        """Return the parts of one alignment."""


_BEFORE = frozenset(OPENERS)
"""Signs directly before a passage that belong to it."""
_BEHIND = frozenset(ENDERS + CLOSERS)
"""Signs directly behind a passage that belong to it."""


def align(  # noqa: PLR0913 what a corpus and a pair need; each has a name
    tokens: Tokens,
    documents: Sequence[Document],
    word_bits: npt.NDArray[np.float32],
    windows: npt.NDArray[np.uint32],
    params: MatchParams,
    *,
    corpus: int | None = None,
    related: bool = False,
    local: npt.NDArray[np.bool_] | None = None,
) -> Alignments:
    """Align each pair of `documents` that has windows.

    - `word_bits` float32 (words,): what each word of the vocabulary is worth
    - `windows` uint32 (n, 6): document a, document b, a from, a to, b from, b to, in token numbers; sorted by documents
    - `corpus`: how many tokens the corpus has in which the pairs were found; None if the caller named the pairs. If None,
      document a may have been written from document b, and only the token pairs of the two documents count as searched
    - `local` bool (n,): windows that are no reason to compare their two documents whole; if nearly all windows of a pair are
      such (`params.local_share`), it is compared only around its windows
    - `related`: whether something else relates the two documents of each pair already, so that only their own token pairs count

    The alignments of a pair are neighbours, best first; pairs are in the order of `windows`.
    """
    first = np.any(np.diff(windows[:, :2].astype(np.int64), axis=0, prepend=-1), axis=1)
    sizes = np.diff(tokens.offsets).astype(np.float64)
    thresholds = _needed(windows[first, :2].astype(np.int64), sizes, corpus, params)
    if related:
        thresholds[:, 0] = thresholds[:, 1]
    cells = np.full((len(thresholds), 1), params.max_whole_cells, np.float64)
    if local is not None and len(local):
        starts = np.flatnonzero(first)
        shares = np.add.reduceat(local.astype(np.float64), starts) / np.diff(starts, append=len(local))
        cells[shares >= params.local_share] = 0
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
        np.hstack([thresholds, cells]).astype(np.float32),
        corpus is not None,
        params,
    )
    found = Alignments(rows, bits, edit_offsets, edits, clipped)
    if corpus is not None and not math.isinf(params.retelling_word_bits):
        needed = _needed(found.rows[:, :2].astype(np.int64), sizes, corpus, params)
        found = worded(found, wording, needed, tokens=tokens, documents=documents, params=params)
    return found


def _needed(
    pairs: npt.NDArray[np.int64], sizes: npt.NDArray[np.float64], corpus: int | None, params: MatchParams
) -> npt.NDArray[np.float64]:
    """Bits that a match of each of `pairs` (n, 2) needs in the whole corpus, and in its two documents only, shape (n, 2).

    `sizes` (documents,) and `corpus` are numbers of tokens; without a corpus, the two documents are all that was searched.
    """
    between = params.threshold_bits + np.log2(np.maximum(sizes[pairs[:, 0]] * sizes[pairs[:, 1]], 1.0))
    anywhere = between if corpus is None else np.full(len(pairs), params.needed_bits(corpus))
    return np.column_stack([anywhere, between])


def matches(
    alignments: Alignments,
    tokens: Tokens,
    documents: Sequence[Document],
    params: MatchParams,
    swap: npt.NDArray[np.bool_],
    *,
    families: Sequence[str] | None = None,
    parts: PartsOf,
) -> list[Match]:
    """Return each of the n alignments as a match.

    Sides a and b are exchanged where `swap` bool (n,) is true. `families` are the ids of the n matches' families. `parts` say
    what kinds of text each alignment holds. An end is moved over changed facts to the end of its sentence. The changes and
    the parts of a match are computed when they are read.
    """
    alignments = reach_sentence_ends(alignments, tokens, documents, params)
    rows = alignments.rows.astype(np.int64)
    rows[swap] = rows[swap][:, [1, 0, 4, 5, 2, 3, 6]]
    here = spans(rows[:, [0, 2, 3]], tokens, documents)
    there = spans(rows[:, [1, 4, 5]], tokens, documents)
    changed = Changes(lambda: _passages(alignments, rows, swap, (here, there)), tokens, documents)
    identities = rows[:, 6] / np.maximum(rows[:, 3] - rows[:, 2], rows[:, 5] - rows[:, 4])
    bits = (round(x, 1) for x in alignments.bits.tolist())
    return [
        Match(
            x,
            y,
            _kind(identity, params),
            identity,
            b,
            family,
            partial(changed.of, n),  # type: ignore[arg-type] # computed when they are read
            content,
            partial(parts.of, n),  # type: ignore[arg-type] # as above
        )
        for n, (x, y, identity, b, family, content) in enumerate(
            zip(here, there, identities.tolist(), bits, families or repeat(None, len(rows)), parts.contents, strict=True)
        )
    ]


def _passages(
    alignments: Alignments, rows: npt.NDArray[np.int64], swap: npt.NDArray[np.bool_], passages: tuple[list[Span], list[Span]]
) -> Passages:
    """The passages of `alignments` with their edits, exchanged where `swap` is true.

    The sides of `rows` and `passages` have been exchanged already.
    """
    edits = alignments.edits.astype(np.int64)
    turned = np.repeat(swap, np.diff(alignments.edit_offsets))
    edits[turned] = edits[turned][:, [2, 3, 0, 1]]
    starts = np.array([[span.start for span in side] for side in passages], np.int64).reshape(2, -1).T
    return Passages(rows, starts, edits, alignments.edit_offsets)


def spans(passages: npt.NDArray[np.integer], tokens: Tokens, documents: Sequence[Document]) -> list[Span]:
    """Return the n passages in code points, with the quotation marks, brackets and full stops directly around them.

    `passages` (n, 3): document, first token, token after the last; each of one token or more.
    """
    doc, first, last = passages.astype(np.int64).T
    side = Side(tokens, doc, first, last)
    after = side.base + last
    behind = tokens.starts[np.minimum(after, len(tokens.starts) - 1)].astype(np.int64)
    # Where the next token starts; -1 if there is none.
    ceiling = np.where(after == tokens.offsets[doc + 1], -1, behind)
    columns = (column.tolist() for column in (doc, side.start, side.end, side.before, ceiling))
    out = []
    for d, x, y, low, high in zip(*columns, strict=True):
        text = documents[d].text
        while x > low and text[x - 1] in _BEFORE:
            x -= 1  # noqa: PLW2901 the passage grows
        most = len(text) if high < 0 else high
        while y < most and text[y] in _BEHIND:
            y += 1  # noqa: PLW2901
        out.append(Span(documents[d].id, x, y))
    return out


def _kind(identity: float, params: MatchParams) -> MatchKind:
    if identity == 1:
        return "verbatim"
    return "near" if identity >= params.near_identity else "edited"
