"""Stage 5, first part: tokens to winnowed fingerprints to seeds, which are places where two documents share a run of words.

Winnowing (Schleimer, Wilkerson and Aiken 2003) finds every unbroken shared run of `IndexParams.run` tokens. A fingerprint that
more than `all_pairs_documents` documents share is not joined pair by pair. Its places are divided by the `run` tokens around
them; the members of a part share all of these tokens, and each is joined only to the part's first document, by each of two
rankings. So the cost is linear, no shared run of that length is lost, and no list is dropped because it is long.
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
    spread: npt.NDArray[np.uint32],
    *,
    searched: int,
    index: IndexParams,
    match: MatchParams,
) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint8]]:
    """Return the seeds: rows of document a, document b, token in a, token in b, uint32 (seeds, 4), with a < b; and marks.

    A seed is the start of `fingerprint` shared tokens; token numbers are within the document. Rows are sorted by documents and
    diagonal. `word_bits` float32 (words,) are the bits of each vocabulary word; `rank` uint32 (2, n) are two orders of the
    documents, of which the first are the hubs. `spread` uint32 (2, n) has the stretch of time in which each document was
    published (the largest number if that is unknown), and the number of its outlet. `searched` are the tokens of the corpus.

    The marks, uint8 (tokens,), say which tokens are in a run that recurs: 1 at unrelated times, 2 at unrelated times in one
    outlet, 4 in one document. Documents that share only such runs are looked at with hubs only.
    """
    return _native.seeds(
        tokens.ids,
        tokens.offsets,
        tokens.hashes,
        word_bits,
        rank,
        spread,
        index.fingerprint,
        index.window,
        match.needed_seed_bits(searched),
        match,
    )
