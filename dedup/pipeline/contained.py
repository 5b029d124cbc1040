"""Which kept documents are contained in longer kept ones: a share of their shingles occurs in one of them.

Pairs are found by prefix filtering (Chaudhuri, Ganti and Kaushik 2006): of a document's shingles, a container must have one of
the rarest few, because it may lack only so many. So no pair is missed, and common shingles are hardly ever looked up.
"""

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from dedup import _native
from dedup.params import SHINGLE

if TYPE_CHECKING:
    from dedup.pipeline.near import How, NumberedTexts

_BATCH = 5000
"""Documents whose shingles are computed at a time."""
_BYTES_OF_SORTING = 40
"""Bytes for each shingle while they are sorted."""

Array = npt.NDArray[np.int64]


def containers(
    texts: "NumberedTexts",
    numbers: Array,
    least: float,
    how: "How",
) -> tuple[Array, npt.NDArray[np.float64], Array]:
    """Return the pairs of documents of which the second contains the first, int64 (pairs, 2); how much of it; and sizes.

    `numbers` are those of the documents, the best one first; the pairs hold places in it. The second of a pair has more
    distinct shingles, or as many and a better place. The sizes (n,) are the numbers of distinct shingles.
    """
    sizes = np.zeros(len(numbers), np.int64)
    for start in range(0, len(numbers), _BATCH):
        ends, _ = _native.shingle_sets(texts.many(numbers[start : start + _BATCH]), SHINGLE)
        sizes[start : start + len(ends) - 1] = np.diff(ends)
    parts = max(1, -(-int(sizes.sum()) * _BYTES_OF_SORTING // max(how.memory // 2, 1)))
    found = []
    for part in range(parts):
        how.progress("finding shared shingles", part / parts)
        found.append(_shared(texts, numbers, part, parts))
    owners, hashes, counts = zip(*found, strict=True)
    pairs = _proposed(np.concatenate(owners), np.concatenate(hashes), np.concatenate(counts), sizes, least)
    share = np.empty(len(pairs))
    for start in range(0, len(pairs), _BATCH):
        members, inverse = np.unique(pairs[start : start + _BATCH], return_inverse=True)
        share[start : start + _BATCH] = _native.containments(
            texts.many(numbers[members]), SHINGLE, inverse.reshape(-1, 2).astype(np.uint32)
        )
    return pairs[share >= least], share[share >= least], sizes


def _shared(
    texts: "NumberedTexts", numbers: Array, part: int, parts: int
) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint64], npt.NDArray[np.uint32]]:
    """The owners and hashes of the shingles of one part that several documents have, and how many have each."""
    hashes, owners = [np.empty(0, np.uint64)], [np.empty(0, np.uint32)]
    for start in range(0, len(numbers), _BATCH):
        ends, found = _native.shingle_sets(texts.many(numbers[start : start + _BATCH]), SHINGLE)
        own = np.repeat(np.arange(start, start + len(ends) - 1, dtype=np.uint32), np.diff(ends).astype(np.int64))
        chosen = found % np.uint64(parts) == part if parts > 1 else slice(None)
        hashes.append(found[chosen])
        owners.append(own[chosen])
    every, owner = np.concatenate(hashes), np.concatenate(owners)
    order = np.argsort(every, kind="stable")
    every, owner = every[order], owner[order]
    first = np.flatnonzero(np.append(True, every[1:] != every[:-1])) if len(every) else np.empty(0, np.int64)
    count = np.repeat(np.diff(np.append(first, len(every))), np.diff(np.append(first, len(every))))
    several = count > 1
    return owner[several], every[several], count[several].astype(np.uint32)


def _proposed(
    owners: npt.NDArray[np.uint32],
    hashes: npt.NDArray[np.uint64],
    counts: npt.NDArray[np.uint32],
    sizes: Array,
    least: float,
) -> Array:
    """The pairs that share one of the rarest shingles of the smaller document, sorted."""
    shared = np.bincount(owners, minlength=len(sizes))
    # So many of its shingles a container may lack; those that no other document has come first of the rarest.
    lacking = sizes - np.ceil(least * sizes - 1e-9).astype(np.int64)
    looked_up = np.where((sizes > 0) & (sizes - shared <= lacking), lacking + 1 - (sizes - shared), 0)
    by_owner = np.lexsort((hashes, counts, owners))
    first = np.cumsum(shared) - shared
    rank = np.empty(len(owners), np.int64)
    rank[by_owner] = np.arange(len(owners)) - np.repeat(first, shared)
    asks = rank < looked_up[owners]
    order = np.argsort(hashes, kind="stable")
    found = [np.empty((0, 2), np.int64)]
    starts = np.append(True, hashes[order][1:] != hashes[order][:-1])[: len(order)]
    ends = np.append(np.flatnonzero(starts)[1:], len(order))
    start = 0
    for end in ends.tolist():
        group = order[start:end]
        start = end
        asking = owners[group[asks[group]]].astype(np.int64)
        if not len(asking):
            continue
        every = owners[group].astype(np.int64)
        pairs = np.stack([np.repeat(asking, len(every)), np.tile(every, len(asking))], axis=1)
        small, large = pairs.T
        fits = (sizes[large] > sizes[small]) | ((sizes[large] == sizes[small]) & (large < small))
        found.append(pairs[fits])
    return np.unique(np.concatenate(found), axis=0)


def drop_contained(
    texts: "NumberedTexts",
    numbers: Array,
    followers: dict[int, list[int]],
    least: float,
    how: "How",
) -> dict[int, tuple[int, float]]:
    """Return the documents to drop because they are contained in longer ones: by number, the keeper and the share that it has.

    A document is dropped only if its keeper also contains all `followers`, which were dropped for it. The first `how.given`
    of `numbers` are never dropped.
    """
    pairs, share, sizes = containers(texts, numbers, least, how)
    options: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for (small, large), part in zip(pairs.tolist(), share.tolist(), strict=True):
        options[small].append((-part, large))
    dropped: dict[int, tuple[int, float]] = {}
    gone: set[int] = set()
    for small in sorted(options, key=lambda place: (-sizes[place], place)):
        if small < how.given:
            continue
        for part, large in sorted(options[small]):
            if large in gone:
                continue
            number, keeper = int(numbers[small]), int(numbers[large])
            with_it = followers.get(number, [])
            shares = _shares(texts, with_it, keeper)
            if (shares < least).any():
                continue
            gone.add(small)
            dropped[number] = (keeper, -part)
            dropped.update({one: (keeper, own) for one, own in zip(with_it, shares.tolist(), strict=True)})
            break
    return dropped


def _shares(texts: "NumberedTexts", numbers: list[int], keeper: int) -> npt.NDArray[np.float64]:
    if not numbers:
        return np.empty(0)
    pairs = np.stack([np.arange(1, len(numbers) + 1), np.zeros(len(numbers), np.int64)], axis=1).astype(np.uint32)
    return _native.containments(texts.many(np.array([keeper, *numbers])), SHINGLE, pairs)
