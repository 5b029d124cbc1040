"""Stages 3 and 4 together: texts to pairs that are similar as a whole."""

from collections.abc import Iterable
from typing import cast

import numpy as np
import numpy.typing as npt

from dedup import _native
from dedup.hashing.bands import agreeing_pairs, bands_for, check_goal
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
    """Return the pairs of texts whose Jaccard similarity is `threshold` or more, and their exact similarities.

    - `texts`: any iterable of texts
    - `threshold`, in (0, 1]: similarity of the sets of shingles
    - `missed_at`, in (0, 1]: chance with which a pair exactly at the threshold may be missed; a more similar pair is missed
      with
      a far smaller chance. If `num_perm` slots cannot reach it, the chance is as small as they can make it
    - `shingle`, `num_perm`, `seed`: as in `signatures`

    Returns the pairs i < j, uint32 (pairs, 2), sorted, and their similarities, float64 (pairs,). Each pair was verified. A text
    without words is similar to nothing. UsageError for a threshold or chance outside (0, 1].

    >>> import dedup
    >>> pairs, similarities = dedup.near_duplicates(["a b c d e f g", "something else", "a b c d e f h"], 0.5)
    >>> pairs.tolist(), similarities.tolist()
    ([[0, 2]], [0.5])
    """
    check_goal(threshold, missed_at)
    if not isinstance(texts, list | str | bytes):
        texts = list(texts)
    signed = signatures(texts, num_perm, shingle=shingle, seed=seed).astype(np.uint32, copy=False)
    texts = cast("list[str]", texts)  # `signatures` has refused a single text
    filled = _with_words(signed)
    bands, rows = bands_for(threshold, missed_at, num_perm)
    compared = signed if len(filled) == len(signed) else signed[filled]
    pairs = filled[agreeing_pairs(compared, bands, rows, all_pairs=len(texts))]
    # Few of many texts have a partner; only those are cut into shingles.
    members, inverse = np.unique(pairs, return_inverse=True)
    similarity = _native.jaccards([texts[i] for i in members.tolist()], shingle, inverse.reshape(-1, 2).astype(np.uint32))
    near = similarity >= threshold
    return pairs[near], similarity[near]


def _with_words(signed: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """The numbers of the texts that have words, by their signatures.

    All slots of a text without words hold the largest value, so that such texts would be similar to each other.
    """
    largest = np.uint32(0xFFFFFFFF)
    empty = np.flatnonzero(signed[:, 0] == largest)
    return np.delete(np.arange(len(signed), dtype=np.uint32), empty[(signed[empty] == largest).all(axis=1)])
