"""Stage 5: tokens to winnowed fingerprints to seeds: places where two documents share a run of words.

Winnowing (Schleimer, Wilkerson and Aiken 2003) finds every unbroken shared run of `IndexParams.run` tokens. A list of more
than `seed_pairs` documents is not joined all with all: it is parted by the `run` tokens around the fingerprint, and
within a part, whose members share all of those, each joins the document of least rank, by each of two rankings. So the
cost is linear, no run of that length is lost, and no list is dropped for being long.
"""

import numpy as np
import numpy.typing as npt

from dedup import _native
from dedup.arrays import Tokens
from dedup.params import IndexParams, MatchParams


def seeds(
    tokens: Tokens,
    word_bits: npt.NDArray[np.float32],
    rank: npt.NDArray[np.uint32],
    index: IndexParams,
    match: MatchParams,
) -> npt.NDArray[np.uint32]:
    """Return rows (document a, document b, token in a, token in b), a < b, shape (seeds, 4), sorted by documents and diagonal.

    `word_bits` (words,) are the bits of each vocabulary word; `rank` (2, n) orders the documents twice, the
    preferred hubs first.
    """
    return _native.seeds(
        tokens.ids,
        tokens.offsets,
        tokens.hashes,
        word_bits,
        rank,
        index.fingerprint,
        index.window,
        match.seed_pairs,
        match.seed_places,
        match.seed_floor,
    )
