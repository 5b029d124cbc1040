"""Documents, ready to be stored in an index or asked for: what stages 2 to 5 make of them."""

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
class Made:
    """Documents, ready to be stored or asked for: tokens that take part, paragraphs, postings (documents numbered from 0)."""

    tokens: Tokens
    laid: Layout
    places: npt.NDArray[np.uint32]
    fingerprints: Postings
    bands: Postings


def spoken(documents: Sequence[Document]) -> tuple[Tokens, Layout]:
    """Return the tokens that take part, and the paragraphs, of `documents`."""
    tokens, laid = cut([document.text for document in documents])
    return matchable_tokens(tokens, laid), laid


def make(documents: Sequence[Document], params: IndexParams, *, places: bool = False) -> Made:
    """Stages 2 to 5 of `documents`. The extra of a fingerprint is its context, or its place in code points."""
    tokens, laid = spoken(documents)
    hashes, docs, at, context = _native.fingerprints(
        tokens.ids, tokens.offsets, tokens.hashes, params.fingerprint, params.window, CONTEXT_WORDS, CONTEXT_BITS
    )
    signed = signed_paragraphs(tokens, laid, params)
    keyed = _native.band_keys(signed.signatures, params.paragraph_bands, params.paragraph_rows)
    salt: npt.NDArray[np.uint64] = np.arange(params.paragraph_bands, dtype=np.uint64)
    keys = keys_of(np.add(keyed, salt).reshape(-1), "band")
    owners = np.repeat(signed.owner.astype(np.uint32), params.paragraph_bands)
    extras = context if not places else tokens.starts[tokens.offsets[docs] + at]
    return Made(
        tokens,
        laid,
        at,
        Postings(keys_of(hashes, "fingerprint"), docs, extras),
        Postings(keys, owners, np.zeros(len(keys), np.uint32)),
    )
