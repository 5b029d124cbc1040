"""Encode documents for an index: what stages 2 to 5 make of them, to be stored or looked up."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dedup import _native
from dedup.arrays import Layout, Tokens
from dedup.hashing.paragraphs import signed_paragraphs
from dedup.params import IndexParams
from dedup.storage.segments import CONTEXT_BITS, CONTEXT_WORDS, Postings, keys_of
from dedup.text.tokens import cut, matchable_tokens
from dedup.types import Document


@dataclass(frozen=True, slots=True)
class Encoded:
    """n documents: the `tokens` that take part in matching, the `layout` of their paragraphs, and their postings.

    `places` uint32 (fingerprints,): the first token of each fingerprint, within its document. Postings number documents from 0.
    """

    tokens: Tokens
    layout: Layout
    places: npt.NDArray[np.uint32]
    fingerprints: Postings
    bands: Postings


def matchable(documents: Sequence[Document]) -> tuple[Tokens, Layout]:
    """Return the tokens of `documents` that take part in matching, and the layout of their paragraphs."""
    tokens, laid = cut([document.text for document in documents])
    return matchable_tokens(tokens, laid), laid


def encode(documents: Sequence[Document], params: IndexParams, *, places: bool = False) -> Encoded:
    """Return `documents` encoded. The extra of a fingerprint is its context or, if `places`, its start in code points."""
    tokens, laid = matchable(documents)
    hashes, docs, at, context = _native.fingerprints(
        tokens.ids, tokens.offsets, tokens.hashes, params.fingerprint, params.window, CONTEXT_WORDS, CONTEXT_BITS
    )
    signed = signed_paragraphs(tokens, laid, params)
    keyed = _native.band_keys(signed.signatures, params.paragraph_bands, params.paragraph_rows)
    salt: npt.NDArray[np.uint64] = np.arange(params.paragraph_bands, dtype=np.uint64)
    keys = keys_of(np.add(keyed, salt).reshape(-1), "band")
    owners = np.repeat(signed.owner.astype(np.uint32), params.paragraph_bands)
    extras = context if not places else tokens.starts[tokens.offsets[docs] + at]
    return Encoded(
        tokens,
        laid,
        at,
        Postings(keys_of(hashes, "fingerprint"), docs, extras),
        Postings(keys, owners, np.zeros(len(keys), np.uint32)),
    )
