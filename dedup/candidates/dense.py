"""Stage 5, second part: which pairs of a dense group are looked at.

Edited copies of one story share runs with nearly all other copies, each pair in other places, so that all pairs are too many. A
dense group is a k-core of the graph of pairs (Seidman 1983): the largest set of documents of which each is to be compared with
`dense_neighbours` others of the set. A document most of whose neighbours are in the core belongs to it too.

Each document of a dense group is compared with these documents of the group:

- the first one that it shares runs with
- the `dense_partners` documents that share most runs with it
- for each of its places that no pair chosen so far contains: of the documents that share the place, the one that shares most
  runs with it

So each shared place is compared with some document, and the number of pairs is linear in the number of documents.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from dedup.arrays import among

_Ints = npt.NDArray[np.integer[Any]]
_Bools = npt.NDArray[np.bool_]


def dense_documents(windows: npt.NDArray[np.uint32], count: int, neighbours: int) -> _Bools:
    """Return whether each of `count` documents belongs to a dense group, shape (count,).

    `windows` uint32 (n, 6) as `align` takes them; their pairs of documents are the edges of the graph. Each member of the core
    has at least `neighbours` neighbours in it.
    """
    pairs = windows[_firsts(windows), :2].astype(np.int64)
    found = core(windows, count, neighbours)
    there = np.bincount(pairs[found[pairs[:, ::-1]]], minlength=count)
    dense: _Bools = found | (2 * there > np.bincount(pairs.ravel(), minlength=count))
    return dense


def core(windows: npt.NDArray[np.uint32], count: int, neighbours: int) -> _Bools:
    """Return whether each of `count` documents has `neighbours` neighbours in the k-core of the graph of `dense_documents`."""
    left = windows[_firsts(windows), :2].astype(np.int64)
    while True:
        stays = (np.bincount(left.ravel(), minlength=count) >= neighbours)[left].all(axis=1)
        if stays.all():
            break
        left = left[stays]
    found = np.zeros(count, np.bool_)
    found[left] = True
    return found


def thinned(windows: npt.NDArray[np.uint32], dense: _Bools, rank: _Ints, partners: int) -> npt.NDArray[np.uint32]:
    """Return the rows of `windows` that are to be looked at, in their order: all windows of some pairs.

    Pairs within a dense group are thinned as the module's docstring says; all others are kept.

    - `windows` uint32 (n, 6) as `align` takes them
    - `dense` bool (documents,): whether a document belongs to a dense group
    - `rank` (documents,): order of the documents; the first is that of least rank
    - `partners`: documents that share most runs with a document, with which it is compared
    """
    first = _firsts(windows)
    pairs, counts = windows[first, :2].astype(np.int64), np.diff(first, append=len(windows))
    inside: _Bools = np.logical_and(*dense[pairs].T)
    kept = ~inside
    # Each pair seen from either side: a document, the other one, and the number of the pair.
    own = np.flatnonzero(inside)
    document, other, pair = *np.concatenate([pairs[own], pairs[own, ::-1]]).T, np.tile(own, 2)
    kept[pair[_least(document, rank[other])]] = True
    kept[pair[_least(document, rank[other], -counts[pair], most=partners)]] = True
    # Each window seen from either side.
    of = np.repeat(np.arange(len(pairs)), counts)
    rows = np.flatnonzero(inside[of])
    document, other, pair = *np.concatenate([pairs[of[rows]], pairs[of[rows], ::-1]]).T, np.tile(of[rows], 2)
    place = document << 32 | np.concatenate([windows[rows, 2], windows[rows, 4]])
    left = np.flatnonzero(~among(place, place[kept[pair]]))
    place, other, pair = place[left], other[left], pair[left]
    kept[pair[_least(place, rank[other], -counts[pair])]] = True
    return windows[kept[of]]


def _firsts(windows: npt.NDArray[np.uint32]) -> _Ints:
    """The number of the first window of each pair."""
    firsts: _Ints = np.flatnonzero(np.any(np.diff(windows[:, :2].astype(np.int64), axis=0, prepend=-1), axis=1))
    return firsts


def _least(group: _Ints, *by: _Ints, most: int = 1) -> _Ints:
    """The numbers of the `most` least items of each group by the keys `by`; the last is the main key, as in `np.lexsort`."""
    order = np.lexsort([*by, group])
    ranked = group[order]
    least: _Ints = order[np.arange(len(order)) - np.searchsorted(ranked, ranked) < most]
    return least
