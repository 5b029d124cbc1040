"""Stages 3 and 4 together: texts to pairs that are nearly alike as a whole."""

from collections.abc import Iterable
from typing import cast

import numpy as np
import numpy.typing as npt

from dedup import _native
from dedup.hashing.bands import bands_for, candidates, check_goal
from dedup.hashing.minhash import signatures
from dedup.params import MISSED_AT, NUM_PERM, SEED, SHINGLE, THRESHOLD


def near_duplicates(
    texts: Iterable[str],
    threshold: float = THRESHOLD,
    *,
    missed_at: float = MISSED_AT,
    shingle: int = SHINGLE,
    num_perm: int = NUM_PERM,
    seed: int = SEED,
) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.float64]]:
    """Return the pairs of `texts` of Jaccard similarity `threshold` or more, and that similarity, exact.

    Pairs i < j, uint32 (pairs, 2), sorted; similarities float64 (pairs,), of their sets of shingles. Every pair returned was
    verified; one at the threshold is missed with a chance of at most `missed_at` (a threshold so low that `num_perm` slots
    cannot promise it: as small a chance as they can), a more similar one with a far smaller one. Texts without words are
    like nothing. UsageError for a threshold or chance outside (0, 1].
    """
    check_goal(threshold, missed_at)
    if not isinstance(texts, list | str | bytes):
        texts = list(texts)
    signed = signatures(texts, num_perm, shingle=shingle, seed=seed).astype(np.uint32, copy=False)
    texts = cast("list[str]", texts)  # one text alone has been refused
    # The signature of no words is all ones; such texts would all be alike.
    ones = np.uint32(0xFFFFFFFF)
    empty = np.flatnonzero(signed[:, 0] == ones)
    filled = np.delete(np.arange(len(signed), dtype=np.uint32), empty[(signed[empty] == ones).all(axis=1)])
    bands, rows = bands_for(threshold, missed_at, num_perm)
    pairs = filled[candidates(signed if len(filled) == len(signed) else signed[filled], bands, rows, full=len(texts))]
    # Of many texts few have a partner; only their shingles are wanted.
    members, inverse = np.unique(pairs, return_inverse=True)
    similarity = _native.jaccards([texts[i] for i in members.tolist()], shingle, inverse.reshape(-1, 2).astype(np.uint32))
    near = similarity >= threshold
    return pairs[near], similarity[near]
