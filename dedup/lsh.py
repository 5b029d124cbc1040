"""Stage 4: signatures to candidates: pairs of texts that are nearly alike as a whole (Indyk and Motwani 1998).

In the scan the texts are paragraphs: what is found here and not by stage 5 are paragraphs edited so evenly that no long run
of words survived.
"""

import numpy as np
import numpy.typing as npt

from dedup import _native


def candidates(signatures: npt.NDArray[np.uint32], bands: int, rows: int, *, full: int) -> npt.NDArray[np.uint32]:
    """Return pairs i < j of rows of `signatures` (n, slots) that agree in all `rows` slots of a band, shape (pairs, 2), sorted.

    A bucket of more than `full` members joins each to its first only, so that pairs stay linear in the input. ValueError if
    the bands do not fit the slots.
    """
    return _native.band_candidates(np.ascontiguousarray(signatures), bands, rows, full)
