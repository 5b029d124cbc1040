"""What a capital letter says: in most languages a name, in German a noun, and in a text in capitals nothing."""

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from dedup import _native
from dedup.arrays import Tokens, among

_GERMAN = "der die das den dem des und ist nicht mit von im ein eine einen einer auf für sich auch zu an bei nach aus dass"
"""The most frequent words of German, the only language of news that capitalises its nouns."""
_GERMAN_SHARE = 0.15
"""Share of these words from which a text is German. In German it is about a third; other languages share a few of them."""
_CAPITALS = 0.7
"""Share of capitalised words from which a text is in capitals."""
_SAMPLED = 300
"""Words of a text that are looked at."""


@lru_cache(1)
def _german() -> npt.NDArray[np.uint64]:
    return np.sort(Tokens(*_native.tokens(_GERMAN.split())).hashes)


def name_doubt(tokens: Tokens, used: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
    """Return how little a capital says that a word is a name, float32 (texts,): 0 it is one, 0.5 in German, 1 it says nothing.

    Only the texts `used` are looked at.
    """
    doubt = np.zeros(len(tokens), np.float32)
    sizes = np.minimum(tokens.offsets[used + 1] - tokens.offsets[used], _SAMPLED)
    bounds = np.concatenate(([0], np.cumsum(sizes)))
    at = np.arange(bounds[-1]) - np.repeat(bounds[:-1], sizes) + np.repeat(tokens.offsets[used], sizes)
    german = among(tokens.hashes, _german())

    def share(flags: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
        counts = np.concatenate(([0], np.cumsum(flags)))[bounds]
        shares: npt.NDArray[np.float64] = np.diff(counts) / np.maximum(sizes, 1)
        return shares

    doubt[used[share(german[tokens.ids[at]]) >= _GERMAN_SHARE]] = 0.5
    doubt[used[share(tokens.capitals[at]) >= _CAPITALS]] = 1.0
    return doubt
