"""Stage 6, first part: how many bits of evidence a word is worth if two texts share it.

A shared word is worth -log2 of its background probability. That is the number of documents that hold the word, divided by the
sum of these numbers over all words, blended with built-in word frequencies (`data/token_prior.npy`); so five documents work as
well as a million.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dedup import _native
from dedup.arrays import Tokens
from dedup.errors import DedupError
from dedup.params import HASH_VERSION, MatchParams

PRIOR = Path(__file__).parents[1] / "data" / "token_prior.npy"
"""The table of word frequencies; `bench/quality/token_prior.py` makes it."""


class Prior(NamedTuple):
    """The built-in word frequencies: the low 32 bits of word hashes, uint32 (words,), sorted; and -log2 of the frequencies."""

    keys: npt.NDArray[np.uint32]
    bits: npt.NDArray[np.float32]

    def bits_of(self, hashes: npt.NDArray[np.uint64], unseen: npt.ArrayLike) -> npt.NDArray[np.float32]:
        """Return the bits of the words with `hashes` (n,), shape (n,).

        Words that are not in the table have the bits `unseen`: one number, or one for each word.
        """
        low = (hashes & np.uint64(0xFFFFFFFF)).astype(np.uint32)
        at = np.minimum(np.searchsorted(self.keys, low), len(self.keys) - 1)
        return np.where(self.keys[at] == low, self.bits[at], unseen).astype(np.float32)


@cache
def load_prior(path: Path = PRIOR) -> Prior:
    """Return the table at `path`. DedupError if it was made for another version of the word hashes."""
    with path.open("rb") as file:
        version, table = int(np.load(file)), np.load(file)
    if version != HASH_VERSION:
        raise DedupError(
            f"{path}: made for word hashes of version {version}, but this dedup computes version {HASH_VERSION};"
            " make it anew with bench/quality/token_prior.py"
        )
    return Prior(np.ascontiguousarray(table["hash"]), table["decibits"].astype(np.float32) / 10)


def prior_bits(tokens: Tokens, params: MatchParams) -> npt.NDArray[np.float32]:
    """Return -log2 of each vocabulary word's probability in running text, shape (words,)."""
    return prior_bits_of(tokens.hashes, syllables(tokens), params)


def prior_bits_of(
    hashes: npt.NDArray[np.uint64], syllable: npt.NDArray[np.bool_], params: MatchParams
) -> npt.NDArray[np.float32]:
    """Return the bits of `prior_bits` of words with these hashes (n,); `syllable` bool (n,) as `syllables` returns it."""
    unseen = np.where(syllable, np.float32(params.unseen_syllable_bits), np.float32(params.unseen_word_bits))
    return load_prior().bits_of(hashes, unseen)


def syllables(tokens: Tokens) -> npt.NDArray[np.bool_]:
    """Return which words of the vocabulary are of a script whose tokens are syllables, bool (words,)."""
    first = tokens.letters[np.minimum(tokens.bounds[:-1], max(len(tokens.letters) - 1, 0))].astype(np.uint16)
    second = tokens.letters[np.minimum(tokens.bounds[:-1] + 1, max(len(tokens.letters) - 1, 0))]
    lead = first << 8 | second
    # The first two bytes in UTF-8 of U+0E00-0EFF (Thai, Lao), U+1000-109F (Burmese) and U+1780-17FF (Khmer).
    found: npt.NDArray[np.bool_] = (
        ((lead >= 0xE0B8) & (lead <= 0xE0BB)) | ((lead >= 0xE180) & (lead <= 0xE182)) | ((lead | 1) == 0xE19F)
    )
    return found


@dataclass(frozen=True, slots=True)
class Counts:
    """Document frequencies: the number of documents of a corpus that hold each word."""

    hashes: npt.NDArray[np.uint64]
    """(words,), sorted: hash of each word."""
    documents: npt.NDArray[np.uint32]
    """(words,): number of documents that hold it."""
    total: int
    """Sum of these numbers over all words, also those that `frozen` left out."""

    def of(self, hashes: npt.NDArray[np.uint64]) -> npt.NDArray[np.float64]:
        """Return the document frequencies of the words with `hashes` (n,), shape (n,); 0 for unknown words."""
        if not len(self.hashes):
            return np.zeros(len(hashes))
        at = np.minimum(np.searchsorted(self.hashes, hashes), len(self.hashes) - 1)
        return np.where(self.hashes[at] == hashes, self.documents[at], 0).astype(np.float64)


def count_words(tokens: Tokens) -> Counts:
    """Return the document frequencies of the words of `tokens`."""
    documents = _native.document_counts(tokens.ids, tokens.offsets, len(tokens.hashes))
    order = np.argsort(tokens.hashes)
    order = order[documents[order] > 0]
    return Counts(tokens.hashes[order], documents[order], int(documents.sum()))


def summed(parts: Sequence[Counts]) -> Counts:
    """Return the document frequencies of a corpus from those of its parts, which share no document."""
    if len(parts) == 1:
        return parts[0]
    hashes, inverse = np.unique(np.concatenate([part.hashes for part in parts]), return_inverse=True)
    documents = np.bincount(inverse, np.concatenate([part.documents for part in parts]), len(hashes)).astype(np.uint32)
    return Counts(hashes.astype(np.uint64), documents, sum(part.total for part in parts))


def frozen(counts: Counts, params: MatchParams) -> Counts:
    """Return `counts` without the rare words that are worth `max_word_bits` with or without their count."""
    # Which script a word is of is unknown here, so that a word outside the table may be a syllable.
    prior = np.exp2(-load_prior().bits_of(counts.hashes, params.unseen_syllable_bits).astype(np.float64))
    weight = params.prior_weight
    keep = counts.documents + weight * prior >= (counts.total + weight) * 2.0**-params.max_word_bits
    return Counts(counts.hashes[keep], counts.documents[keep], counts.total)


def word_bits(tokens: Tokens, params: MatchParams, known: Counts | None = None) -> npt.NDArray[np.float32]:
    """Return the bits that each vocabulary word is worth, float32 (words,), at most `max_word_bits`.

    `known` are the document frequencies of the corpus; without them `tokens` are the corpus.
    """
    if known is None:
        counts = _native.document_counts(tokens.ids, tokens.offsets, len(tokens.hashes)).astype(np.float64)
        total = counts.sum()
    else:
        counts, total = known.of(tokens.hashes), known.total
    return bits_of_counts(counts, float(total), prior_bits(tokens, params), params)


def bits_of_counts(
    counts: npt.NDArray[np.float64], total: float, prior: npt.NDArray[np.float32], params: MatchParams
) -> npt.NDArray[np.float32]:
    """Return the bits of words (n,) that `counts` of the `total` of `Counts` hold, with the bits `prior` in running text."""
    weight = params.prior_weight
    probability = (counts + weight * np.exp2(-prior.astype(np.float64))) / (total + weight)
    bits: npt.NDArray[np.float32] = np.minimum(-np.log2(probability), params.max_word_bits).astype(np.float32)
    return bits
