"""Stage 6, first half: how many bits of evidence each word is worth when two texts share it.

A shared word is worth -log2 of its background probability: the share of the corpus' document occurrences that are the
word's, blended with a built-in prior (`data/token_prior.npy`), so that five documents work as well as a million.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from dedup import _native
from dedup.arrays import Tokens
from dedup.params import MatchParams

_UNSEEN_BITS = 17.0
"""The prior lists every token more common than 2^-17."""
_SYLLABLE_BITS = 6.0
"""A letter of Thai, Lao, Burmese or Khmer, which the prior's source does not cover: one of about sixty."""


@cache
def _prior() -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.float32]]:
    table = np.load(Path(__file__).parents[1] / "data" / "token_prior.npy")
    return np.ascontiguousarray(table["hash"]), table["decibits"].astype(np.float32) / 10


def prior_bits(tokens: Tokens) -> npt.NDArray[np.float32]:
    """Return -log2 of each vocabulary word's probability in running text, shape (words,)."""
    keys, bits = _prior()
    low = (tokens.hashes & np.uint64(0xFFFFFFFF)).astype(np.uint32)
    at = np.minimum(np.searchsorted(keys, low), len(keys) - 1)
    first = tokens.letters[np.minimum(tokens.bounds[:-1], max(len(tokens.letters) - 1, 0))].astype(np.uint16)
    second = tokens.letters[np.minimum(tokens.bounds[:-1] + 1, max(len(tokens.letters) - 1, 0))]
    lead = first << 8 | second
    # UTF-8 leads of U+0E00-0EFF (Thai, Lao), U+1000-109F (Burmese) and U+1780-17FF (Khmer).
    syllable = ((lead >= 0xE0B8) & (lead <= 0xE0BB)) | ((lead >= 0xE180) & (lead <= 0xE182)) | ((lead | 1) == 0xE19F)
    unseen = np.where(syllable, np.float32(_SYLLABLE_BITS), np.float32(_UNSEEN_BITS))
    return np.where(keys[at] == low, bits[at], unseen).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Counts:
    """In how many documents of a corpus each word stands.

    `hashes` uint64 (words,), sorted, and `documents` uint32 (words,); `total` is the sum over all words, also those that are
    left out because their bits are the most there are.
    """

    hashes: npt.NDArray[np.uint64]
    documents: npt.NDArray[np.uint32]
    total: int

    def of(self, hashes: npt.NDArray[np.uint64]) -> npt.NDArray[np.float64]:
        """Return the counts of the words with `hashes`, shape (n,)."""
        if not len(self.hashes):
            return np.zeros(len(hashes))
        at = np.minimum(np.searchsorted(self.hashes, hashes), len(self.hashes) - 1)
        return np.where(self.hashes[at] == hashes, self.documents[at], 0).astype(np.float64)


def counted(tokens: Tokens) -> Counts:
    """Return the counts of the words of `tokens`."""
    documents = _native.document_counts(tokens.ids, tokens.offsets, len(tokens.hashes))
    order = np.argsort(tokens.hashes)
    order = order[documents[order] > 0]
    return Counts(tokens.hashes[order], documents[order], int(documents.sum()))


def summed(parts: Sequence[Counts]) -> Counts:
    """Return the counts of a corpus in parts."""
    if len(parts) == 1:
        return parts[0]
    hashes, inverse = np.unique(np.concatenate([part.hashes for part in parts]), return_inverse=True)
    documents = np.bincount(inverse, np.concatenate([part.documents for part in parts]), len(hashes)).astype(np.uint32)
    return Counts(hashes.astype(np.uint64), documents, sum(part.total for part in parts))


def frozen(counts: Counts, params: MatchParams) -> Counts:
    """Return `counts` without the words that are worth the most bits there are even so."""
    keys, bits = _prior()
    low = (counts.hashes & np.uint64(0xFFFFFFFF)).astype(np.uint32)
    at = np.minimum(np.searchsorted(keys, low), len(keys) - 1)
    # What stands not in the prior may be a syllable.
    prior = np.exp2(-np.where(keys[at] == low, bits[at], _SYLLABLE_BITS).astype(np.float64))
    weight = params.prior_weight
    keep = counts.documents + weight * prior >= (counts.total + weight) * 2.0**-params.bits_most
    return Counts(counts.hashes[keep], counts.documents[keep], counts.total)


def word_bits(tokens: Tokens, params: MatchParams, known: Counts | None = None) -> npt.NDArray[np.float32]:
    """Return the bits that each vocabulary word is worth, shape (words,), at most `bits_most`.

    The corpus is `tokens`, or the one that is `known`.
    """
    if known is None:
        counts = _native.document_counts(tokens.ids, tokens.offsets, len(tokens.hashes)).astype(np.float64)
        total = counts.sum()
    else:
        counts, total = known.of(tokens.hashes), known.total
    weight = params.prior_weight
    probability = (counts + weight * np.exp2(-prior_bits(tokens).astype(np.float64))) / (total + weight)
    bits: npt.NDArray[np.float32] = np.minimum(-np.log2(probability), params.bits_most).astype(np.float32)
    return bits
