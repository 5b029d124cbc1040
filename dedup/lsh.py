"""Stage 4: signatures to candidates: pairs of texts that are nearly alike as a whole (Indyk and Motwani 1998).

In the scan the texts are paragraphs: what is found here and not by stage 5 are paragraphs edited so evenly that no long run
of words survived.
"""

import numpy as np
import numpy.typing as npt

from dedup import _native

_MOST_ROWS = 128
"""Rows that the kernel takes in a band; no goal wants more."""


def bands_for(threshold: float, missed_at: float, slots: int) -> tuple[int, int]:
    """Return the bands and rows, of at most `slots`, that miss a pair at `threshold` with a chance of at most `missed_at`.

    Of those, the most selective: the most rows. A pair of Jaccard j agrees in some band with probability 1 - (1 - j^r)^b
    (Leskovec, Rajaraman and Ullman 2014, 3.4.2). Where no choice is sure enough: single rows, the surest there is.
    """
    for rows in range(min(slots, _MOST_ROWS), 0, -1):
        bands = slots // rows
        if (1 - threshold**rows) ** bands <= missed_at:
            return bands, rows
    return slots, 1


def candidates(signatures: npt.NDArray[np.uint32], bands: int, rows: int, *, full: int) -> npt.NDArray[np.uint32]:
    """Return pairs i < j of rows of `signatures` (n, slots) that agree in all `rows` slots of a band, shape (pairs, 2), sorted.

    A bucket of more than `full` members joins each to its first only, so that pairs stay linear in the input. ValueError if
    the bands do not fit the slots.
    """
    return _native.band_candidates(np.ascontiguousarray(signatures), bands, rows, full)
