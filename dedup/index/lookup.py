"""Look up the documents of an index that a scan would compare with a text: by fingerprints and bands of paragraphs."""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dedup.arrays import distinct
from dedup.index.encode import Encoded
from dedup.index.recurrence import recurring_marks
from dedup.params import IndexParams, MatchParams
from dedup.storage.rows import stored_time
from dedup.storage.segments import CONTEXT_BITS, CONTEXT_WORDS, Postings
from dedup.storage.sqlite import Store

_MOST = 200
"""How many documents fingerprints select for a text at most; `_hubs` chooses among more."""


class Candidates(NamedTuple):
    """The `numbers` of the documents to compare with a text, sorted, and the `marks` of its tokens, uint8 (tokens,)."""

    numbers: list[int]
    marks: npt.NDArray[np.uint8]


def look_up_candidates(
    store: Store, encoded: Encoded, bits: npt.NDArray[np.float32], match: MatchParams, params: IndexParams
) -> Candidates:
    """Return the documents that a scan would compare with the one in `encoded`, and which of its words recur in the index.

    `bits` float32 (words,) are the bits of each word of its vocabulary.
    """
    own = encoded.fingerprints
    hits = store.find("fingerprint", distinct(own.keys))
    hit, mine = equal_keys(hits.keys, own.keys)
    before, behind = _around(hits.extras[hit] ^ own.extras[mine], encoded.places[mine], len(encoded.tokens.ids), params)
    worth = np.concatenate(([0.0], np.cumsum(bits[encoded.tokens.ids], dtype=np.float64)))
    first = encoded.places[mine].astype(np.int64) - before
    last = encoded.places[mine].astype(np.int64) + params.fingerprint + behind
    searched = int(store.get("tokens")) + len(encoded.tokens.ids)
    long = _sizes(hits)[hit] >= match.all_pairs_documents
    enough = (last - first >= params.run) | (~long & (worth[last] - worth[first] >= match.needed_seed_bits(searched)))
    chosen = distinct(hits.docs[hit[enough]])
    if len(chosen) > _MOST:
        chosen = _hubs(store, hits.take(hit[enough]), long[enough])
    banded = store.find("band", distinct(encoded.bands.keys))
    # As in a scan, a bucket of many is joined to its first.
    order = np.lexsort((banded.docs, banded.keys))
    alike = banded.take(order)
    start = np.searchsorted(alike.keys, alike.keys)
    near = (np.arange(len(start)) == start) | (_sizes(alike) < match.all_pairs_documents)
    found: list[int] = distinct(np.concatenate([chosen, alike.docs[near]])).tolist()
    return Candidates(found, recurring_marks(store, encoded, (hits.docs[hit], mine), match, params))


def _hubs(store: Store, hits: Postings, long: npt.NDArray[np.bool_]) -> npt.NDArray[np.uint32]:
    """Return at most `_MOST` of the documents in `hits`: those that occur in it most often.

    All documents of a key that few documents have may be chosen. Of a key that many have, only the earliest and the longest
    document may be; `long` bool (hits,) marks such keys.
    """
    found = store.ranks(distinct(hits.docs).tolist())
    orders = (
        sorted(found, key=lambda row: (time.timestamp() if (time := stored_time(row[2])) else math.inf, row[1])),
        sorted(found, key=lambda row: (-row[3], row[1])),
    )
    chosen = set(hits.docs[~long].tolist())
    for order in orders:
        rank = {row[0]: place for place, row in enumerate(order)}
        best: dict[int, int] = {}
        for key, doc in zip(hits.keys[long].tolist(), hits.docs[long].tolist(), strict=True):
            if doc in rank and rank[doc] < rank.get(best.get(key, -1), len(rank)):
                best[key] = doc
        chosen.update(best.values())
    counts = np.bincount(np.unique(hits.docs, return_inverse=True)[1])
    shared = dict(zip(distinct(hits.docs).tolist(), counts.tolist(), strict=True))
    return np.array(sorted(chosen, key=lambda doc: (-shared[doc], doc))[:_MOST], np.uint32)


def equal_keys(
    theirs: npt.NDArray[np.uint64], own: npt.NDArray[np.uint64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return all pairs of equal keys: the place in `theirs` and the place in `own`, both int64 (pairs,)."""
    order = np.argsort(own, kind="stable")
    first, last = np.searchsorted(own[order], theirs, "left"), np.searchsorted(own[order], theirs, "right")
    counts = last - first
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.repeat(np.arange(len(theirs)), counts), order[np.repeat(first, counts) + within]


def _around(
    differ: npt.NDArray[np.uint32], places: npt.NDArray[np.uint32], tokens: int, params: IndexParams
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return how many words directly before and after each fingerprint count as equal, up to `CONTEXT_WORDS` on each side.

    `differ` has the bits in which the contexts of the two postings differ. A word counts as equal if none of its bits differ
    and it is in the text, which has `tokens` words, the fingerprints of which are at `places`.
    """
    before, behind = np.zeros(len(differ), np.int64), np.zeros(len(differ), np.int64)
    mask = np.uint32((1 << CONTEXT_BITS) - 1)
    for step in reversed(range(CONTEXT_WORDS)):
        for count, shift, inside in (
            (before, step, places > step),
            (behind, CONTEXT_WORDS + step, places.astype(np.int64) + params.fingerprint + step < tokens),
        ):
            equal = inside & (differ >> np.uint32(shift * CONTEXT_BITS) & mask == 0)
            count[:] = np.where(equal, count + 1, 0)
    return before, behind


def _sizes(postings: Postings) -> npt.NDArray[np.int64]:
    """Return in how many documents the key of each posting occurs, shape (postings,)."""
    keys, docs = np.unique(postings.keys, return_inverse=True)[1].astype(np.uint64), postings.docs.astype(np.uint64)
    counts = np.bincount((distinct(keys << np.uint64(32) | docs) >> np.uint64(32)).astype(np.int64))
    return counts[keys.astype(np.int64)] if len(keys) else np.zeros(0, np.int64)
