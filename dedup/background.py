"""Stage 6, first half: how many bits of evidence each word is worth when two texts share it.

A shared word is worth -log2 of its background probability: the share of the corpus' document occurrences that are the
word's, blended with a built-in prior (`data/token_prior.npy`), so that five documents work as well as a million.
"""

from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from dedup import _native
from dedup.params import MatchParams
from dedup.types import Tokens

_UNSEEN_BITS = 17.0
"""The prior lists every token more common than 2^-17."""
_SYLLABLE_BITS = 6.0
"""A letter of Thai, Lao, Burmese or Khmer, which the prior's source does not cover: one of about sixty."""


@cache
def _prior() -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.float32]]:
    table = np.load(Path(__file__).with_name("data") / "token_prior.npy")
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


def word_bits(tokens: Tokens, params: MatchParams) -> npt.NDArray[np.float32]:
    """Return the bits that each vocabulary word is worth, shape (words,), at most `bits_most`."""
    counts = _native.document_counts(tokens.ids, tokens.offsets, len(tokens.hashes)).astype(np.float64)
    weight = params.prior_weight
    probability = (counts + weight * np.exp2(-prior_bits(tokens).astype(np.float64))) / (counts.sum() + weight)
    bits: npt.NDArray[np.float32] = np.minimum(-np.log2(probability), params.bits_most).astype(np.float32)
    return bits
