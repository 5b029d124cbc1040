"""Stage 4: signatures to candidates: pairs of texts that are nearly alike as a whole (Indyk and Motwani 1998).

In the scan the texts are paragraphs: what is found here and not by stage 5 are paragraphs edited so evenly that no long run
of words survived.
"""

import math

import numpy as np
import numpy.typing as npt

from dedup import _native
from dedup.errors import UsageError

MOST_ROWS = 128
"""Rows that the kernel takes in a band; no goal wants more."""


def bands_for(threshold: float, missed_at: float, slots: int) -> tuple[int, int]:
    """Return the bands and rows, of at most `slots`, that miss a pair at `threshold` with a chance of at most `missed_at`.

    Of those, the most selective: the most rows. A pair of Jaccard j agrees in some band with probability 1 - (1 - j^r)^b
    (Leskovec, Rajaraman and Ullman 2014, 3.4.2). Where no choice is sure enough: single rows, the surest there is.
    """
    for rows in range(min(slots, MOST_ROWS), 0, -1):
        bands = slots // rows
        if (1 - threshold**rows) ** bands <= missed_at:
            return bands, rows
    return slots, 1


def check_goal(threshold: float, missed_at: float) -> None:
    """UsageError for a threshold or chance outside (0, 1]."""
    for name, value in (("threshold", threshold), ("missed_at", missed_at)):
        if not 0 < value <= 1:
            raise UsageError(f"{name} is {value}; it must be above 0 and at most 1")


def least_agreement(threshold: float, missed_at: float, slots: int) -> int:
    """Return the most slots that two signatures may be asked to share, if a pair at `threshold` is to fail with a chance of at
    most `missed_at`: the shared ones of `slots` are binomial, each with that chance (Broder 1997).
    """  # noqa: D205 one sentence
    if threshold == 1:
        return slots
    below, log_odds = 0.0, (math.log(threshold), math.log1p(-threshold))
    for shared in range(slots + 1):
        choices = math.lgamma(slots + 1) - math.lgamma(shared + 1) - math.lgamma(slots - shared + 1)
        below += math.exp(choices + shared * log_odds[0] + (slots - shared) * log_odds[1])
        if below > missed_at:
            return shared
    return slots


def candidates(signatures: npt.NDArray[np.uint32], bands: int, rows: int, *, full: int) -> npt.NDArray[np.uint32]:
    """Return pairs i < j of rows of `signatures` (n, slots) that agree in all `rows` slots of a band, shape (pairs, 2), sorted.

    A bucket of more than `full` members joins each to its first only, so that pairs stay linear in the input. ValueError if
    the bands do not fit the slots.
    """
    return _native.band_candidates(np.ascontiguousarray(signatures), bands, rows, full)
