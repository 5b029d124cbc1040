"""Stage 3: texts to shingle hashes to MinHash signatures (Broder 1997).

A shingle is a run of `shingle` consecutive folded tokens; its hash is the polynomial of their hashes modulo 2^64 (Karp and
Rabin 1987; `rust/src/shingles.rs` has the constants, `tests/data/hash_vectors.json` known answers), so that no letter is read
twice. Texts that share a passage share its shingles, wherever in the text it stands. Signatures equal those of datasketch 2.x
over the low 32 bits of these hashes (all 64 for `affine64`), bit for bit; a text of fewer tokens has one shingle, a text
without tokens none.
"""

import random
from collections.abc import Iterable, Iterator
from functools import lru_cache, partial
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol, cast

import numpy as np
import numpy.typing as npt

from dedup import _native
from dedup.arrays import Tokens
from dedup.errors import UsageError, install_hint
from dedup.params import NUM_PERM, SCHEME, SEED, SHINGLE, Scheme

if TYPE_CHECKING:
    from datasketch import LeanMinHash, MinHash

_CHUNK = 4096
"""Texts signed at a time from an iterable that is not a list."""
_PIECE = 1 << 16
"""Characters that a `Hasher` gathers before it signs them."""
_MERSENNE = np.uint64((1 << 61) - 1)


class ArrowColumn(Protocol):
    """A column of strings by the Arrow PyCapsule interface (or by `__arrow_c_array__`, one chunk of it)."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> object: ...


def shingle_hashes(text: str, shingle: int = SHINGLE) -> npt.NDArray[np.uint64]:
    """Return the hash of every shingle of `text`, uint64 (shingles,), in text order, repeats included.

    UsageError for a `shingle` below 1.
    """
    _check(shingle, "shingle")
    return _native.shingle_hashes(text, shingle)


def signatures(
    texts: Iterable[str] | ArrowColumn,
    num_perm: int = NUM_PERM,
    *,
    shingle: int = SHINGLE,
    seed: int = SEED,
    scheme: Scheme = SCHEME,
) -> npt.NDArray[np.uint32] | npt.NDArray[np.uint64]:
    """Return the MinHash signature of each text, shape (n, num_perm); uint32 for `affine32`, else uint64.

    `texts` is a list, any iterable (signed in chunks), or a column of strings of any library that speaks the Arrow PyCapsule
    interface (pyarrow, polars, ...), which is read in place. Slots of a text without tokens hold the largest value.
    UsageError for a count below 1, a seed that NumPy would not take, an unknown scheme, or one text in place of many;
    TypeError for a column of anything but strings.
    """
    _check(num_perm, "num_perm")
    _check(shingle, "shingle")
    if isinstance(texts, str | bytes):
        raise UsageError("signatures takes many texts, not one; put it in a list")
    if not isinstance(seed, int) or not 0 <= seed < 2**32:
        raise UsageError(f"seed is {seed!r}; it must be a whole number from 0 to {2**32 - 1}")
    a, b = permutations(num_perm, seed, scheme)
    whole = isinstance(texts, list) or hasattr(texts, "__arrow_c_stream__") or hasattr(texts, "__arrow_c_array__")
    chunks: Iterable[list[str] | ArrowColumn] = [cast("list[str]", texts)] if whole else _chunks(cast("Iterable[str]", texts))
    rows: list[npt.NDArray[Any]] = [
        _native.signatures32(chunk, shingle, a, b)
        if scheme == "affine32"
        else _native.signatures64(chunk, shingle, a, b, scheme == "legacy")
        for chunk in chunks
    ]
    if len(rows) == 1:
        return rows[0]
    signed: npt.NDArray[Any] = np.concatenate(rows) if rows else np.zeros((0, num_perm), a.dtype)
    return signed


def token_signatures(
    tokens: Tokens,
    first: npt.NDArray[np.int64],
    counts: npt.NDArray[np.int64],
    num_perm: int = NUM_PERM,
    *,
    shingle: int = SHINGLE,
) -> npt.NDArray[np.uint32]:
    """Return the affine32 signatures of stretches of tokens, `counts` (n,) from `first` (n,) on, shape (n, num_perm).

    They are those of `signatures` over the text of each stretch, which needs not be cut again. ValueError for one that is not
    within the tokens.
    """
    return _native.token_signatures32(tokens.ids, tokens.hashes, first, counts, shingle, *permutations(num_perm, SEED, SCHEME))


class Hasher:
    """The signature of a text that arrives in pieces: the same as `signatures` gives for the whole.

    Pieces may be cut anywhere, also within a word. Memory does not grow with the text, as long as it has spaces.
    """

    def __init__(self, num_perm: int = NUM_PERM, *, shingle: int = SHINGLE, seed: int = SEED, scheme: Scheme = SCHEME) -> None:
        """Start with no text. UsageError as `signatures`."""
        self._shingle = shingle
        self._sign = partial(signatures, num_perm=num_perm, shingle=shingle, seed=seed, scheme=scheme)
        self._signed = self._sign([""])[0]
        self._begun = False
        self._pending = ""

    def update(self, piece: str) -> None:
        """Add the next piece of the text."""
        self._pending += piece
        # No word reaches over a space; up to the last one, nothing that follows can change how the text is cut.
        at = max(self._pending.rfind(" "), self._pending.rfind("\n"))
        if at < _PIECE:
            return
        done = self._pending[:at]
        offsets, starts, *_ = _native.tokens([done])
        count = int(offsets[-1])
        if count < self._shingle:
            return
        self._signed = np.minimum(self._signed, self._sign([done])[0])
        self._begun = True
        # The next shingles start with the last words of this stretch.
        keep = int(starts[count - self._shingle + 1]) if self._shingle > 1 else at
        self._pending = self._pending[keep:]

    def signature(self) -> npt.NDArray[np.uint32] | npt.NDArray[np.uint64]:
        """Return the signature of the text so far, shape (num_perm,)."""
        rest = int(_native.tokens([self._pending])[0][-1])
        signed: npt.NDArray[Any] = self._signed.copy()
        if rest >= self._shingle or not self._begun:
            signed = np.minimum(signed, self._sign([self._pending])[0])
        return signed


def jaccard(a: str, b: str, *, shingle: int = SHINGLE) -> float:
    """Return the exact Jaccard similarity of the shingles of two texts; 0 where neither has any."""
    x, y = np.unique(shingle_hashes(a, shingle)), np.unique(shingle_hashes(b, shingle))
    common = len(np.intersect1d(x, y, assume_unique=True))
    return common / (len(x) + len(y) - common) if common else 0.0


def containment(a: str, b: str, *, shingle: int = SHINGLE) -> float:
    """Return the exact share of the shingles of `a` that `b` has too; 0 where `a` has none."""
    x, y = np.unique(shingle_hashes(a, shingle)), np.unique(shingle_hashes(b, shingle))
    return len(np.intersect1d(x, y, assume_unique=True)) / len(x) if len(x) else 0.0


@lru_cache(maxsize=32)
def permutations(num_perm: int, seed: int, scheme: Scheme) -> npt.NDArray[Any]:
    """Return the multipliers and addends that datasketch draws, shape (2, num_perm), of the scheme's dtype.

    They come from `numpy.random.RandomState(seed)`, whose stream numpy has promised never to change.
    """
    if scheme == "affine32" and 0 <= seed < 1 << 32:
        words = np.array(_mersenne(seed, 2 * num_perm), np.uint32).reshape(2, num_perm)
        drawn: npt.NDArray[Any] = np.stack([words[0] << np.uint32(1) | np.uint32(1), words[1]])
        drawn.setflags(write=False)
        return drawn
    draw = np.random.RandomState(seed)
    if scheme == "legacy":
        pairs = [
            (draw.randint(1, _MERSENNE, dtype=np.uint64), draw.randint(0, _MERSENNE, dtype=np.uint64)) for _ in range(num_perm)
        ]
        drawn = np.array(pairs, dtype=np.uint64).T.copy()
    elif scheme in {"affine32", "affine64"}:
        width, dtype = (32, np.uint32) if scheme == "affine32" else (64, np.uint64)
        a = draw.randint(0, 1 << (width - 1), num_perm, dtype=dtype) * dtype(2) + dtype(1)
        drawn = np.array([a, draw.randint(0, 1 << width, num_perm, dtype=dtype)])
    else:
        raise UsageError(f"no scheme {scheme!r}; there are: affine32, affine64, legacy")
    drawn.setflags(write=False)
    return drawn


def _mersenne(seed: int, count: int) -> list[int]:
    """The first words that `RandomState(seed)` draws, of 32 bits, without loading `numpy.random`: the start of every command.

    Both it and `random` are the Mersenne twister (Matsumoto, Nishimura 1998); only what a seed makes of it differs.
    """
    state = [seed]
    for n in range(1, 624):
        state.append((1_812_433_253 * (state[-1] ^ (state[-1] >> 30)) + n) & 0xFFFF_FFFF)
    draw = random.Random()
    draw.setstate((3, (*state, 624), None))
    return [draw.getrandbits(32) for _ in range(count)]


def to_datasketch(
    signature: npt.NDArray[np.uint32] | npt.NDArray[np.uint64], *, seed: int = SEED, scheme: Scheme = SCHEME
) -> "MinHash":
    """Return `signature`, shape (num_perm,), as a `datasketch.MinHash`; needs datasketch 2.0 or newer.

    Update it further only with the same hashes: `MinHash.update` hashes with SHA-1 unless given another function.
    """
    try:
        from datasketch import MinHash  # noqa: PLC0415 optional
    except ImportError:
        raise UsageError(f"to_datasketch {install_hint('datasketch 2.0 or newer', 'datasketch')}") from None
    return MinHash(seed=seed, hashvalues=signature, scheme=scheme)


def from_datasketch(minhash: "MinHash | LeanMinHash") -> npt.NDArray[np.uint32] | npt.NDArray[np.uint64]:
    """Return the signature, shape (num_perm,), in a `datasketch.MinHash` or `LeanMinHash`.

    It can be compared with ours if it was made with the same seed and scheme over the hashes of `shingle_hashes`.
    """
    dtype = np.uint32 if minhash.scheme == "affine32" else np.uint64
    found: npt.NDArray[Any] = np.array(minhash.hashvalues, dtype=dtype)
    return found


def _check(count: int, name: str) -> None:
    if not isinstance(count, int) or isinstance(count, bool) or not 1 <= count < 2**32:
        raise UsageError(f"{name} is {count!r}; it must be a whole number of at least 1")


def _chunks(texts: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(texts)
    while chunk := list(islice(rest, _CHUNK)):
        yield chunk
