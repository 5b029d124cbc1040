"""What an index knows of the runs of words in a text: which of them recur at unrelated times, so that nobody owns them."""

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
    places, offsets, docs = _samples(*pairs, min(match.public_times, match.standing_times))
    members = distinct(docs)
    known = {number: (stored_time(published), outlet) for number, outlet, published in store.publications(members.tolist())}
    times, outlets = (
        zip(*(known.get(number, (None, None)) for number in members.tolist()), strict=True) if len(members) else ((), ())
    )
    spread = publications(times, outlets, match.public_days)
    of_places = _native.run_marks(offsets, np.searchsorted(members, docs).astype(np.uint32), spread, match)
    for place, mark in zip(places[of_places > 0].tolist(), of_places[of_places > 0].tolist(), strict=True):
        first = int(encoded.places[place])
        marks[first : first + params.fingerprint] |= mark
    return marks


def _samples(
    docs: npt.NDArray[np.uint32], places: npt.NDArray[np.int64], least: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.uint32]]:
    """Return the n fingerprints of the text that `least` or more documents have, and a sample of these documents for each.

    Fingerprint i is in the documents `docs[offsets[i]:offsets[i + 1]]`; returns the fingerprints, `offsets` and `docs`.
    """
    pairs = distinct(places.astype(np.uint64) << np.uint64(32) | docs)
    owners, docs = (pairs >> np.uint64(32)).astype(np.int64), (pairs & np.uint64(0xFFFFFFFF)).astype(np.uint32)
    starts = np.flatnonzero(np.diff(owners, prepend=-1))
    counts = np.diff(starts, append=len(owners))
    kept = np.repeat(counts >= least, counts)
    for start, count in zip(starts[counts > _SAMPLED].tolist(), counts[counts > _SAMPLED].tolist(), strict=True):
        kept[start : start + count] = False
        kept[start + np.linspace(0, count - 1, _SAMPLED).astype(np.int64)] = count >= least
    found = counts >= least
    offsets = np.concatenate(([0], np.cumsum(np.minimum(counts[found], _SAMPLED)))).astype(np.int64)
    return owners[starts[found]], offsets, docs[kept]
