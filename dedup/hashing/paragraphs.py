"""Stages 3 and 4 for paragraphs: tokens to signatures of paragraphs, and to pairs of similar paragraphs."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dedup.arrays import Layout, Tokens, first_tokens
from dedup.hashing.bands import agreeing_pairs
from dedup.hashing.minhash import token_signatures
from dedup.params import IndexParams, MatchParams


class Signed(NamedTuple):
    """The n paragraphs that are long enough to be signed."""

    owner: npt.NDArray[np.int64]
    """(n,): text that the paragraph is in."""
    start: npt.NDArray[np.int64]
    """(n,): number of the paragraph's first token in its text."""
    counts: npt.NDArray[np.int64]
    """(n,): tokens of the paragraph."""
    signatures: npt.NDArray[np.uint32]
    """(n, `paragraph_bands * paragraph_rows`): signature of the paragraph."""


def signed_paragraphs(tokens: Tokens, laid: Layout, index: IndexParams) -> Signed:
    """Return the paragraphs of `laid` that have at least `paragraph_least` of `tokens`, which take part in matching."""
    bounds = first_tokens(tokens, laid)
    numbers = np.flatnonzero(np.diff(bounds) >= index.paragraph_least)
    first, counts = bounds[numbers], np.diff(bounds)[numbers]
    owner = np.searchsorted(laid.offsets, numbers, side="right") - 1
    slots = index.paragraph_bands * index.paragraph_rows
    signed = token_signatures(tokens, first, counts, slots, shingle=index.paragraph_shingle)
    return Signed(owner, first - tokens.offsets[owner], counts, signed)


def similar_paragraphs(tokens: Tokens, laid: Layout, index: IndexParams, match: MatchParams) -> npt.NDArray[np.uint32]:
    """Return windows of pairs of similar paragraphs of different texts, uint32 (n, 6), as `align` takes them.

    A window is document a, document b, a from, a to, b from, b to, in token numbers.
    """
    owner, start, counts, signed = signed_paragraphs(tokens, laid, index)
    pairs = agreeing_pairs(signed, index.paragraph_bands, index.paragraph_rows, all_pairs=match.all_pairs_documents)
    p, q = pairs[:, 0], pairs[:, 1]
    apart = owner[p] != owner[q]
    # Longer paragraphs share runs and are found by them.
    apart &= counts[p] * counts[q] <= match.max_whole_cells
    p, q = p[apart], q[apart]
    return np.column_stack([owner[p], owner[q], start[p], start[p] + counts[p], start[q], start[q] + counts[q]]).astype(
        np.uint32
    )
