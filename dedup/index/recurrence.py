"""What an index knows of the runs of words in a text: which of them recur at unrelated times, so that nobody owns them."""

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from dedup import _native
from dedup.arrays import distinct
from dedup.index.encode import Encoded
from dedup.params import IndexParams, MatchParams
from dedup.pipeline.common import publications
from dedup.storage.rows import stored_time
from dedup.storage.sqlite import Store

_SAMPLED = 64
"""Documents of one run that are looked at. A run that recurs in all of them recurs in a sample, too."""


def recurring_marks(
    store: Store,
    encoded: Encoded,
    pairs: tuple[npt.NDArray[np.uint32], npt.NDArray[np.int64]],
    match: MatchParams,
    params: IndexParams,
) -> npt.NDArray[np.uint8]:
    """Return the mark of each token of the text in `encoded`, uint8 (tokens,), as `winnow.seeds` returns marks in a scan.

    `pairs` are the numbers of documents, and for each of them which fingerprint of the text it has, both (pairs,).
    """
    marks = np.zeros(len(encoded.tokens.ids), np.uint8)
    places, offsets, docs = _samples(*pairs)
    members = distinct(docs)
    known = {number: (stored_time(published), outlet) for number, outlet, published in store.publications(members.tolist())}
    times, outlets = (
        zip(*(known.get(number, (None, None)) for number in members.tolist()), strict=True) if len(members) else ((), ())
    )
    spread = publications(times, outlets, match.public_days)
    of_places = _native.run_marks(offsets, np.searchsorted(members, docs).astype(np.uint32), spread, match)
    for place, mark in zip(places, of_places.tolist(), strict=True):
        first = int(encoded.places[place])
        marks[first : first + params.fingerprint] |= mark
    return marks


def _samples(
    docs: npt.NDArray[np.uint32], places: npt.NDArray[np.int64]
) -> tuple[list[int], npt.NDArray[np.int64], npt.NDArray[np.uint32]]:
    """Return the n fingerprints of the text that documents have, and a sample of these documents for each.

    Fingerprint i is in the documents `docs[offsets[i]:offsets[i + 1]]`; returns the fingerprints, `offsets` and `docs`.
    """
    order = np.lexsort((docs, places))
    docs, places = docs[order], places[order]
    bounds = [0, *(np.flatnonzero(np.diff(places)) + 1).tolist(), len(places)] if len(places) else [0]
    sampled = [np.zeros(0, np.uint32)]
    for low, high in pairwise(bounds):
        own = distinct(docs[low:high])
        sampled.append(own[np.linspace(0, len(own) - 1, min(len(own), _SAMPLED)).astype(np.int64)])
    offsets = np.cumsum([len(own) for own in sampled], dtype=np.int64)
    return places[bounds[:-1]].tolist(), offsets, np.concatenate(sampled)
