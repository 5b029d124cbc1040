"""Stage 3: texts to shingle hashes to MinHash signatures (Broder 1997).

A shingle is a run of `shingle` consecutive folded tokens joined by single spaces, hashed with XXH3-64. Texts that share a
passage share its shingles, wherever in the text it stands. Signatures equal those of datasketch 2.x over the low 32 bits of
these hashes (all 64 for `affine64`), bit for bit; a text of fewer tokens has one shingle, a text without tokens none.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from dedup import _native
from dedup.errors import UsageError
from dedup.params import NUM_PERM, SCHEME, SEED, SHINGLE, Scheme

if TYPE_CHECKING:
    from datasketch import MinHash

_CHUNK = 4096
"""Texts signed at a time from an iterable that is not a list."""
_MERSENNE = np.uint64((1 << 61) - 1)


def shingle_hashes(text: str, shingle: int = SHINGLE) -> npt.NDArray[np.uint64]:
    """Return XXH3-64 of every shingle of `text`, uint64 (shingles,), in text order, repeats included.

    UsageError for a `shingle` below 1.
    """
    _check(shingle, "shingle")
    return _native.shingle_hashes(text, shingle)


def signatures(
    texts: Iterable[str],
    num_perm: int = NUM_PERM,
    *,
    shingle: int = SHINGLE,
    seed: int = SEED,
    scheme: Scheme = SCHEME,
) -> npt.NDArray[np.uint32] | npt.NDArray[np.uint64]:
    """Return the MinHash signature of each text, shape (n, num_perm); uint32 for `affine32`, else uint64.

    Slots of a text without tokens hold the largest value. UsageError for a count below 1 or an unknown scheme.
    """
    _check(num_perm, "num_perm")
    _check(shingle, "shingle")
    if isinstance(texts, str):
        raise UsageError("signatures takes an iterable of texts, not one text; put it in a list")
    if not isinstance(seed, int) or not 0 <= seed < 2**32:
        raise UsageError(f"seed is {seed!r}; it must be a whole number from 0 to {2**32 - 1}")
    a, b = permutations(num_perm, seed, scheme)
    chunks: Iterable[list[str]] = [texts] if isinstance(texts, list) else _chunks(texts)
    rows: list[npt.NDArray[Any]] = [
        _native.signatures32(chunk, shingle, a, b)
        if scheme == "affine32"
        else _native.signatures64(chunk, shingle, a, b, scheme == "legacy")
        for chunk in chunks
    ]
    signed: npt.NDArray[Any] = np.concatenate(rows) if rows else np.zeros((0, num_perm), a.dtype)
    return signed


@lru_cache(maxsize=32)
def permutations(num_perm: int, seed: int, scheme: Scheme) -> npt.NDArray[Any]:
    """Return the multipliers and addends that datasketch draws, shape (2, num_perm), of the scheme's dtype.

    They come from `numpy.random.RandomState(seed)`, whose stream numpy has promised never to change.
    """
    draw = np.random.RandomState(seed)
    if scheme == "legacy":
        pairs = [
            (draw.randint(1, _MERSENNE, dtype=np.uint64), draw.randint(0, _MERSENNE, dtype=np.uint64)) for _ in range(num_perm)
        ]
        drawn: npt.NDArray[Any] = np.array(pairs, dtype=np.uint64).T.copy()
    elif scheme in {"affine32", "affine64"}:
        width, dtype = (32, np.uint32) if scheme == "affine32" else (64, np.uint64)
        a = draw.randint(0, 1 << (width - 1), num_perm, dtype=dtype) * dtype(2) + dtype(1)
        drawn = np.array([a, draw.randint(0, 1 << width, num_perm, dtype=dtype)])
    else:
        raise UsageError(f"no scheme {scheme!r}; there are: affine32, affine64, legacy")
    drawn.setflags(write=False)
    return drawn


def to_datasketch(
    signature: npt.NDArray[np.uint32] | npt.NDArray[np.uint64], *, seed: int = SEED, scheme: Scheme = SCHEME
) -> "MinHash":
    """Return `signature`, shape (num_perm,), as a `datasketch.MinHash`; needs datasketch 2.0 or newer.

    Update it further only with the same hashes: `MinHash.update` hashes with SHA-1 unless given another function.
    """
    try:
        from datasketch import MinHash  # noqa: PLC0415 optional
    except ImportError:
        raise UsageError("to_datasketch needs datasketch 2.0 or newer: pip install 'dedup[datasketch]'") from None
    return MinHash(seed=seed, hashvalues=signature, scheme=scheme)


def _check(count: int, name: str) -> None:
    if not isinstance(count, int) or isinstance(count, bool) or not 1 <= count < 2**32:
        raise UsageError(f"{name} is {count!r}; it must be a whole number of at least 1")


def _chunks(texts: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(texts)
    while chunk := list(islice(rest, _CHUNK)):
        yield chunk
