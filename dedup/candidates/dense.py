"""Stage 5, second part: what is looked at in a crowd of copies of one text, where all pairs would be too many.

Edited copies of one story share runs with nearly all of each other, in ever other places. Texts of which each is to be compared
with `MatchParams.family_pairs` others of them are a crowd, as are those that are to be compared with it more than with others.
In a crowd each is compared with the first that it shares runs with, and the `seed_pairs` that share most with it; and, for a
place that none of these has, with the one of all that have it that shares most. So no place is lost, and pairs grow with texts.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from dedup.arrays import among

_Ints = npt.NDArray[np.integer[Any]]
_Bools = npt.NDArray[np.bool_]


def crowd(windows: npt.NDArray[np.uint32], texts: int, least: int) -> _Bools:
    """Return whether each of `texts` is one of a crowd, shape (texts,).

    That is the core of the graph of pairs, the most texts of which each has `least` neighbours among them (Seidman 1983), and
    the texts that have most of their neighbours there. `windows` uint32 (n, 6) as `align` takes them.
    """
    pairs = windows[_firsts(windows), :2].astype(np.int64)
    left = pairs
    while True:
        stays = (np.bincount(left.ravel(), minlength=texts) >= least)[left].all(axis=1)
        if stays.all():
            break
        left = left[stays]
    core = np.zeros(texts, np.bool_)
    core[left] = True
    there = np.bincount(pairs[core[pairs[:, ::-1]]], minlength=texts)
    found: _Bools = core | (2 * there > np.bincount(pairs.ravel(), minlength=texts))
    return found


def thinned(windows: npt.NDArray[np.uint32], crowd: _Bools, rank: _Ints, alike: int) -> npt.NDArray[np.uint32]:
    """Return those of `windows` that are to be looked at: of two texts of the `crowd` as above, with the `alike` most alike.

    `crowd` and `rank`, which says who is first, (texts,).
    """
    first = _firsts(windows)
    pairs, counts = windows[first, :2].astype(np.int64), np.diff(first, append=len(windows))
    inside: _Bools = np.logical_and(*crowd[pairs].T)
    kept = ~inside
    # Both sides of each pair, and then of each window.
    own = np.flatnonzero(inside)
    text, other, pair = *np.concatenate([pairs[own], pairs[own, ::-1]]).T, np.tile(own, 2)
    kept[pair[_least(text, rank[other])]] = True
    kept[pair[_least(text, rank[other], -counts[pair], most=alike)]] = True
    of = np.repeat(np.arange(len(pairs)), counts)
    rows = np.flatnonzero(inside[of])
    text, other, pair = *np.concatenate([pairs[of[rows]], pairs[of[rows], ::-1]]).T, np.tile(of[rows], 2)
    place = text << 32 | np.concatenate([windows[rows, 2], windows[rows, 4]])
    left = np.flatnonzero(~among(place, place[kept[pair]]))
    place, other, pair = place[left], other[left], pair[left]
    kept[pair[_least(place, rank[other], -counts[pair])]] = True
    return windows[kept[of]]


def _firsts(windows: npt.NDArray[np.uint32]) -> _Ints:
    """Where the windows of each pair begin."""
    firsts: _Ints = np.flatnonzero(np.any(np.diff(windows[:, :2].astype(np.int64), axis=0, prepend=-1), axis=1))
    return firsts


def _least(group: _Ints, *by: _Ints, most: int = 1) -> _Ints:
    """Numbers of the `most` least of each group: by the last of `by`, then by the one before."""
    order = np.lexsort([*by, group])
    ranked = group[order]
    least: _Ints = order[np.arange(len(order)) - np.searchsorted(ranked, ranked) < most]
    return least
