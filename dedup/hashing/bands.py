"""Stage 4: signatures to candidate pairs: texts that are similar as a whole (banded LSH, Indyk and Motwani 1998).

In a scan the texts are paragraphs. This stage finds what stage 5 cannot: paragraphs edited so evenly that no long run of words
is left.
"""

import math

import numpy as np
import numpy.typing as npt

from dedup import _native
from dedup.errors import UsageError

MOST_ROWS = _native.MOST_BAND_ROWS
"""Rows that a band may have at most: a limit of the kernel. No goal needs more."""


def bands_for(threshold: float, missed_at: float, slots: int) -> tuple[int, int]:
    """Return the number of bands b and of rows r in a band, with b * r <= `slots`, for a goal.

    The goal is to miss a pair of Jaccard similarity `threshold` with a chance of at most `missed_at`. A pair of similarity j
    agrees in some band with probability 1 - (1 - j^r)^b (Leskovec, Rajaraman and Ullman 2014, 3.4.2). Of the choices that reach
    the goal, the one with most rows is the most selective. If none reaches it, bands of one row come closest.
    """
    for rows in range(min(slots, MOST_ROWS), 0, -1):
        bands = slots // rows
        if (1 - threshold**rows) ** bands <= missed_at:
            return bands, rows
    return slots, 1


def check_goal(threshold: float, missed_at: float) -> None:
    """Raise UsageError for a threshold or chance outside (0, 1]."""
    for name, value in (("threshold", threshold), ("missed_at", missed_at)):
        if not 0 < value <= 1:
            raise UsageError(f"{name} is {value}; it must be above 0 and at most 1")


def least_agreement(threshold: float, missed_at: float, slots: int) -> int:
    """Return the number of slots in which two signatures must agree to be a candidate pair.

    It is the largest number for which a pair of Jaccard similarity `threshold` agrees in fewer slots with a chance of at most
    `missed_at`. Two signatures agree in each of the `slots` with probability `threshold`, independently of the other slots, so
    the number of slots in which they agree is binomial (Broder 1997).
    """
    if threshold == 1:
        return slots
    below, log_odds = 0.0, (math.log(threshold), math.log1p(-threshold))
    for shared in range(slots + 1):
        choices = math.lgamma(slots + 1) - math.lgamma(shared + 1) - math.lgamma(slots - shared + 1)
        below += math.exp(choices + shared * log_odds[0] + (slots - shared) * log_odds[1])
        if below > missed_at:
            return shared
    return slots


def agreeing_pairs(signatures: npt.NDArray[np.uint32], bands: int, rows: int, *, all_pairs: int) -> npt.NDArray[np.uint32]:
    """Return the pairs i < j of rows of `signatures` (n, slots) that agree in all slots of a band, uint32 (pairs, 2), sorted.

    In a bucket of more than `all_pairs` members, only pairs with its first member are returned, so that their number is linear
    in the input. ValueError if the bands do not fit the slots.
    """
    return _native.band_candidates(np.ascontiguousarray(signatures), bands, rows, all_pairs)
