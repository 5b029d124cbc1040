"""Which of many documents are near-duplicates of others, and which one of each group is kept.

The computation is three functions over batches, so that it runs in memory, on disk (`dedup.storage.work`) and on a cluster:

1. map: `sign` makes a signature and a hash of each text, `band_keys` the keys of its bands
2. shuffle: `shared_buckets` finds the keys that several documents have (banded LSH, Indyk and Motwani 1998)
3. reduce: `_native.Chooser` goes through the documents in order of preference. It drops each for the most similar of those that
   are kept so far, if their exact similarity is `threshold` or more, and keeps it otherwise.

The third is the lexicographically first maximal independent set of the graph of near-duplicates (Blelloch, Fineman and Shun
2012): one answer, whatever the number of threads and the sizes of blocks. Nothing is dropped for a document that is unlike it,
and no two kept documents are near-duplicates, up to the chance with which the bands miss a pair. Equal texts share one fate.
"""

from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
import xxhash

from dedup import _native
from dedup.hashing.bands import bands_for, least_agreement
from dedup.hashing.minhash import signatures
from dedup.params import MISSED_AT, SHINGLE
from dedup.storage.work import FolderWork, MemoryWork

Work = MemoryWork | FolderWork
NEAR_SLOTS = 64
"""Slots of a signature. Its slots have 16 bits: two unlike texts agree in one by chance in one of 65,536 cases."""
SIGNED_BATCH = 2000
"""Documents that are signed at a time."""
COMPARED_BLOCK = 10_000
"""Documents that are compared at a time; their shingles are in memory."""
_EMPTY = 0xFFFFFFFF
"""Each slot of the signature of a text without words."""
_KEPT = -1
_BYTES_OF_SORTING = 32
"""Bytes for each key while keys are sorted."""
DROP_KINDS = ("kept", "exact", "near", "contained")
"""How a document that is dropped is related to the one that is kept for it; the first is that it is kept."""
_EXACT, _NEAR = DROP_KINDS.index("exact"), DROP_KINDS.index("near")
DropKind = Literal["exact", "near", "contained"]


class NumberedTexts(Protocol):
    """Texts by number."""

    def many(self, numbers: npt.NDArray[np.integer]) -> list[str]:
        """Return the texts with these numbers."""


class SignedTexts(NamedTuple):
    """Of each text a hash of 128 bits, uint64 (n, 2), a signature, uint16 (n, NEAR_SLOTS), and whether it has words."""

    hashes: npt.NDArray[np.uint64]
    signatures: npt.NDArray[np.uint16]
    filled: npt.NDArray[np.bool_]


class How(NamedTuple):
    """What decides: the least similarity, and how many documents are kept anyway. `memory` bounds the bytes of sorting."""

    threshold: float
    given: int = 0
    memory: int = 1 << 31
    progress: Callable[[str, float | None], None] = lambda *_: None


class Decisions(NamedTuple):
    """For each document the one that it is dropped for (-1: it is kept), their similarity, its place in `DROP_KINDS`."""

    keeper: npt.NDArray[np.int64]
    similarity: npt.NDArray[np.float64]
    kind: npt.NDArray[np.uint8]


def sign(texts: Sequence[str]) -> SignedTexts:
    """Return the hashes and signatures of `texts`."""
    signed = signatures(list(texts), NEAR_SLOTS)
    digests = b"".join(xxhash.xxh3_128_digest(text.encode("utf-8", "surrogatepass")) for text in texts)
    return SignedTexts(
        np.frombuffer(digests, ">u8").astype(np.uint64).reshape(-1, 2),
        signed.astype(np.uint16),
        (signed != _EMPTY).any(axis=1),
    )


def bands(threshold: float) -> tuple[int, int]:
    """Return the number of bands of a signature and the rows of each, for a threshold."""
    return bands_for(threshold, MISSED_AT, NEAR_SLOTS)


def band_keys(signed: npt.NDArray[np.uint16], band: int, rows: int) -> npt.NDArray[np.uint64]:
    """Return the key of one band of each signature, uint64 (n,)."""
    own = np.ascontiguousarray(signed[:, band * rows : (band + 1) * rows], np.uint32)
    keys: npt.NDArray[np.uint64] = _native.band_keys(own, 1, rows)[:, 0]
    return keys


def shared_buckets(keys: npt.NDArray[np.uint64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the places in `keys` of keys that occur repeatedly, sorted, and the number of the bucket of each, from 0 on."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    same = np.empty(len(keys) + 1, bool)
    same[0] = same[-1] = False
    np.equal(ordered[1:], ordered[:-1], out=same[1:-1])
    repeated = same[:-1] | same[1:]
    numbers = np.cumsum(repeated & ~same[:-1]) - 1
    places, found = order[repeated], numbers[repeated]
    back = np.argsort(places, kind="stable")
    return places[back], found[back]


def decide(
    work: Work,
    count: int,
    order: npt.NDArray[np.int64],
    texts: NumberedTexts,
    how: How,
) -> Decisions:
    """Return which of `count` documents are dropped, and for which.

    `work` holds their `hashes`, `signatures` and `filled`. `order` has their numbers, the best one first.
    """
    keeper = work.blank("keeper", count, np.int64)
    similarity = work.blank("similarity", count, np.float64)
    kind = work.blank("kind", count, np.uint8)
    decisions = Decisions(keeper, similarity, kind)
    if work.stage("exact") is None:
        how.progress("finding equal texts", None)
        _drop_equal(work.array("hashes", np.uint64, 2), order, how.given, decisions)
        work.reach("exact", True)
    compared = order[kind[order] != _EXACT]
    filled = work.array("filled", np.bool_)
    compared = compared[filled[compared]]
    _find_buckets(work, compared, how)
    _choose(work, compared, texts, how._replace(given=int(np.isin(compared, order[: how.given]).sum())), decisions)
    return _followed(decisions)


def _drop_equal(hashes: npt.NDArray[np.uint64], order: npt.NDArray[np.int64], given: int, decisions: Decisions) -> None:
    """Drop each document whose text an earlier one in `order` has."""
    decisions.keeper[:] = _KEPT
    high, low = hashes[order, 0], hashes[order, 1]
    sorted_ = np.lexsort((low, high))  # stable: of equal texts the earliest comes first
    same = np.zeros(len(order), bool)
    same[1:] = (high[sorted_[1:]] == high[sorted_[:-1]]) & (low[sorted_[1:]] == low[sorted_[:-1]])
    heads = np.maximum.accumulate(np.where(same, 0, np.arange(len(order))))
    dropped = same & (sorted_ >= given)
    decisions.keeper[order[sorted_[dropped]]] = order[sorted_[heads[dropped]]]
    decisions.similarity[order[sorted_[dropped]]] = 1.0
    decisions.kind[order[sorted_[dropped]]] = _EXACT


def _find_buckets(work: Work, compared: npt.NDArray[np.int64], how: How) -> None:
    """Write for each band the places in `compared` whose band others share, and the numbers of their buckets."""
    number, rows = bands(how.threshold)
    first = 0
    parts = max(1, -(-len(compared) * _BYTES_OF_SORTING // max(how.memory // 4, 1)))
    for band in range(number):
        if (done := work.stage(f"band{band}")) is not None:
            first = done
            continue
        how.progress("finding shared bands", band / number)
        for name in (f"places{band}", f"buckets{band}"):
            work.truncate(name, 0, np.uint32)
        signed = work.array("signatures", np.uint16, NEAR_SLOTS)
        keys = np.concatenate(
            [
                band_keys(signed[compared[at : at + COMPARED_BLOCK]], band, rows)
                for at in range(0, len(compared), COMPARED_BLOCK)
            ]
            or [np.empty(0, np.uint64)]
        )
        work.release("signatures")
        found = [np.empty((2, 0), np.int64)]
        for part in range(parts):
            own = np.flatnonzero(keys % np.uint64(parts) == part) if parts > 1 else np.arange(len(keys))
            places, buckets = shared_buckets(keys[own])
            found.append(np.stack([own[places], buckets + first]))
            first += int(buckets.max()) + 1 if len(buckets) else 0
        every = np.concatenate(found, axis=1)
        every = every[:, np.argsort(every[0], kind="stable")]
        work.append(f"places{band}", every[0].astype(np.uint32))
        work.append(f"buckets{band}", every[1].astype(np.uint32))
        work.reach(f"band{band}", first)


class _Buckets:
    """The buckets of documents, by their places in the order of preference."""

    def __init__(self, work: Work, number: int) -> None:
        self._bands = [(work.array(f"places{b}", np.uint32), work.array(f"buckets{b}", np.uint32)) for b in range(number)]

    def of(self, first: int, end: int) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint64], npt.NDArray[np.uint32]]:
        """Return the places from `first` to `end` that have buckets; the offsets of the buckets of each; all these buckets."""
        places, buckets = [], []
        for own, numbers in self._bands:
            low, high = np.searchsorted(own, [first, end])
            places.append(own[low:high])
            buckets.append(numbers[low:high])
        every = np.concatenate(places)
        order = np.argsort(every, kind="stable")
        with_buckets, counts = np.unique(every, return_counts=True)
        offsets = np.zeros(len(with_buckets) + 1, np.uint64)
        np.cumsum(counts, out=offsets[1:])
        return with_buckets, offsets, np.concatenate(buckets)[order]


def _choose(work: Work, compared: npt.NDArray[np.int64], texts: NumberedTexts, how: How, decisions: Decisions) -> None:
    """Go through the documents in blocks. The state of the stage is the number of blocks done."""
    number, _ = bands(how.threshold)
    chooser = _native.Chooser(NEAR_SLOTS, least_agreement(how.threshold, MISSED_AT / 10, NEAR_SLOTS), how.threshold, SHINGLE)
    signed = work.array("signatures", np.uint16, NEAR_SLOTS)
    buckets = _Buckets(work, number)
    done = work.stage("chosen") or 0
    starts = range(0, len(compared), COMPARED_BLOCK)
    for block, start in enumerate(starts):
        places, offsets, own = buckets.of(start, min(start + COMPARED_BLOCK, len(compared)))
        numbers = compared[places]
        block_signed = np.ascontiguousarray(signed[numbers])
        names = numbers.astype(np.uint32)
        if block < done or not len(places):
            kept = np.flatnonzero(decisions.keeper[numbers] == _KEPT).astype(np.uint32)
            chooser.restore(offsets, own, block_signed, kept, names[kept])
            continue
        if start < how.given:
            fixed = int(np.searchsorted(places, how.given))
            # A block that is partly given is done in two parts.
            chooser.restore(*_part(offsets, own, block_signed, 0, fixed), np.arange(fixed, dtype=np.uint32), names[:fixed])
            offsets, own, block_signed = _part(offsets, own, block_signed, fixed, len(places))
            numbers, names = numbers[fixed:], names[fixed:]
        how.progress("comparing", start / max(len(compared), 1))
        ends, candidates = chooser.candidates(offsets, own, block_signed)
        others = np.unique(candidates)
        keepers, similar = chooser.choose(
            offsets,
            own,
            block_signed,
            names,
            texts.many(numbers),
            ends,
            candidates,
            others,
            texts.many(chooser.names(others)),
        )
        dropped = keepers != chooser.NOBODY
        decisions.keeper[numbers[dropped]] = keepers[dropped]
        decisions.similarity[numbers[dropped]] = similar[dropped]
        decisions.kind[numbers[dropped]] = _NEAR
        work.release("signatures")
        work.reach("chosen", block + 1)


def _part(
    offsets: npt.NDArray[np.uint64],
    buckets: npt.NDArray[np.uint32],
    signed: npt.NDArray[np.uint16],
    start: int,
    end: int,
) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint32], npt.NDArray[np.uint16]]:
    """The documents from `start` to `end` of a block."""
    own = offsets[start : end + 1]
    return own - own[0], buckets[int(own[0]) : int(own[-1])], signed[start:end]


def _followed(decisions: Decisions) -> Decisions:
    """Let documents whose equal was dropped follow it: its keeper is as similar to them as to it."""
    keeper, similarity, kind = decisions.keeper.copy(), decisions.similarity.copy(), decisions.kind.copy()
    equal = np.flatnonzero(kind == _EXACT)
    moved = equal[keeper[keeper[equal]] != _KEPT]
    head = keeper[moved]
    similarity[moved], kind[moved], keeper[moved] = similarity[head], kind[head], keeper[head]
    return Decisions(keeper, similarity, kind)
