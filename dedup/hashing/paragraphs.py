"""Stages 3 and 4 of paragraphs: their signatures, and which of them are nearly alike."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dedup.arrays import Layout, Tokens, first_tokens
from dedup.hashing.bands import candidates
from dedup.hashing.minhash import token_signatures
from dedup.params import IndexParams, MatchParams


class Signed(NamedTuple):
    """Paragraphs long enough to be signed: text, first token in it, tokens, all int64 (n,); signatures uint32 (n, slots)."""

    owner: npt.NDArray[np.int64]
    start: npt.NDArray[np.int64]
    counts: npt.NDArray[np.int64]
    signatures: npt.NDArray[np.uint32]


def signed_paragraphs(tokens: Tokens, laid: Layout, index: IndexParams) -> Signed:
    """Return the paragraphs of texts that have `paragraph_least` tokens that take part."""
    bounds = first_tokens(tokens, laid)
    numbers = np.flatnonzero(np.diff(bounds) >= index.paragraph_least)
    first, counts = bounds[numbers], np.diff(bounds)[numbers]
    owner = np.searchsorted(laid.offsets, numbers, side="right") - 1
    slots = index.paragraph_bands * index.paragraph_rows
    signed = token_signatures(tokens, first, counts, slots, shingle=index.paragraph_shingle)
    return Signed(owner, first - tokens.offsets[owner], counts, signed)


def similar_paragraphs(tokens: Tokens, laid: Layout, index: IndexParams, match: MatchParams) -> npt.NDArray[np.uint32]:
    """Windows (document a, document b, a from, a to, b from, b to) of nearly alike paragraphs."""
    owner, start, counts, signed = signed_paragraphs(tokens, laid, index)
    pairs = candidates(signed, index.paragraph_bands, index.paragraph_rows, full=match.seed_pairs)
    p, q = pairs[:, 0], pairs[:, 1]
    apart = owner[p] != owner[q]
    # Longer ones share runs, and are found by them.
    apart &= counts[p] * counts[q] <= match.cells
    p, q = p[apart], q[apart]
    return np.column_stack([owner[p], owner[q], start[p], start[p] + counts[p], start[q], start[q] + counts[q]]).astype(
        np.uint32
    )
