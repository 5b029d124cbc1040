"""Which words are usual words of some language, so that a capital at the beginning of a sentence says nothing.

`data/common_words.npy` has a bit for the last bits of each word's hash; `bench/quality/fact_words.py` makes it. It takes
one rare name in eight for a usual word, and no usual word for a name.
"""

from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

COMMON_WORDS = Path(__file__).parents[1] / "data" / "common_words.npy"
"""The table of bits, eight in a byte, the first the highest. Its size is a power of two."""


@lru_cache(1)
def _bits() -> npt.NDArray[np.uint8]:
    found: npt.NDArray[np.uint8] = np.load(COMMON_WORDS)
    return found


def is_common(word_hash: int) -> bool:
    """Return whether the word with this hash is a usual word."""
    bits = _bits()
    place = word_hash & (8 * len(bits) - 1)
    return bool(bits[place >> 3] >> (7 - (place & 7)) & 1)
