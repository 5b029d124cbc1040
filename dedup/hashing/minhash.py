"""Stage 3: texts to shingle hashes to MinHash signatures (Broder 1997).

A shingle is a run of `shingle` consecutive folded tokens. Its hash is the polynomial of their word hashes modulo 2^64 (Karp and
Rabin 1987), so that no letter is read twice; `rust/src/shingles.rs` defines both hashes, `tests/data/hash_vectors.json` holds
known answers. Texts that share a passage share its shingles, wherever in the text it is. A text of fewer than `shingle` tokens
has one shingle of all of them, a text without tokens has none.

Signatures equal those of datasketch 2.x over the low 32 bits of the shingle hashes (all 64 for `affine64`), bit for bit.
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
"""Texts that are signed together, of an iterable that is not a list."""
_PIECE = 1 << 16
"""Characters that a `Hasher` collects before it signs them."""
_MERSENNE = np.uint64((1 << 61) - 1)
"""The prime of the scheme `legacy`."""


class ArrowColumn(Protocol):
    """A column of strings with the Arrow PyCapsule interface. An object that has only `__arrow_c_array__` is accepted too."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> object: ...


def shingle_hashes(text: str, shingle: int = SHINGLE) -> npt.NDArray[np.uint64]:
    """Return the hash of every shingle of `text`, uint64 (shingles,), in text order, repeats included.

    `shingle` is the number of tokens in a shingle. UsageError if it is below 1.

    >>> import dedup
    >>> dedup.shingle_hashes("one two three four five six").shape
    (2,)
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
    """Return the MinHash signature of each of the n texts, shape (n, num_perm); uint32 for `affine32`, else uint64.

    - `texts`: a list, any iterable, or a column of strings of a library with the Arrow PyCapsule interface (pyarrow, polars and
      others), which is read in place
    - `num_perm`: slots of a signature
    - `shingle`: tokens in a shingle
    - `seed`, from 0 to 2^32 - 1: draws the permutations
    - `scheme`: how permutations are computed: `affine32`, `affine64` or `legacy`

    The slots of a text without tokens hold the largest value. UsageError for a value outside these bounds, or for one text in
    place of many; TypeError for a column of anything but strings.

    >>> import dedup
    >>> signed = dedup.signatures(["The ferry ran aground in fog.", "The ferry ran aground in fog!"])
    >>> signed.shape, bool((signed[0] == signed[1]).all())
    ((2, 128), True)
    """
    _check(num_perm, "num_perm")
    _check(shingle, "shingle")
    _check(seed, "seed", least=0)
    if isinstance(texts, str | bytes):
        raise UsageError("signatures takes many texts, not one; put it in a list")
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
    """Return the affine32 signatures of n stretches of tokens, shape (n, num_perm): `counts[i]` tokens from `first[i]` on.

    They equal those of `signatures` for the text of each stretch, but no text is cut again. ValueError for a stretch that is
    not within the tokens.
    """
    return _native.token_signatures32(tokens.ids, tokens.hashes, first, counts, shingle, *permutations(num_perm, SEED, SCHEME))


class Hasher:
    """Computes the signature of a text that arrives in pieces; it equals that of the whole text.

    Pieces may be cut anywhere, also within a word. Memory does not grow with the text, as long as it has spaces.

    >>> import dedup
    >>> hasher = dedup.Hasher()
    >>> hasher.update("The ferry ran agr")
    >>> hasher.update("ound in fog.")
    >>> bool((hasher.signature() == dedup.signatures(["The ferry ran aground in fog."])[0]).all())
    True
    """

    def __init__(self, num_perm: int = NUM_PERM, *, shingle: int = SHINGLE, seed: int = SEED, scheme: Scheme = SCHEME) -> None:
        """Start with an empty text. UsageError as in `signatures`."""
        self._shingle = shingle
        self._sign = partial(signatures, num_perm=num_perm, shingle=shingle, seed=seed, scheme=scheme)
        self._signed = self._sign([""])[0]
        self._begun = False
        self._pending = ""

    def update(self, piece: str) -> None:
        """Add the next piece of the text."""
        self._pending += piece
        # No word contains a space, so what follows the last one cannot change the tokens before it.
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
        # The next shingles start with the last words of this piece.
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
    """Return the exact Jaccard similarity of the sets of shingles of two texts; 0 if neither has any.

    >>> import dedup
    >>> dedup.jaccard("a b c d e f g", "a b c d e f h")
    0.5
    """
    x, y = np.unique(shingle_hashes(a, shingle)), np.unique(shingle_hashes(b, shingle))
    common = len(np.intersect1d(x, y, assume_unique=True))
    return common / (len(x) + len(y) - common) if common else 0.0


def containment(a: str, b: str, *, shingle: int = SHINGLE) -> float:
    """Return the exact share of the distinct shingles of `a` that `b` has too; 0 if `a` has none.

    >>> import dedup
    >>> dedup.containment("a b c d e f", "x a b c d e f g h y")
    1.0
    """
    x, y = np.unique(shingle_hashes(a, shingle)), np.unique(shingle_hashes(b, shingle))
    return len(np.intersect1d(x, y, assume_unique=True)) / len(x) if len(x) else 0.0


@lru_cache(maxsize=32)
def permutations(num_perm: int, seed: int, scheme: Scheme) -> npt.NDArray[Any]:
    """Return the multipliers and the addends of the permutations that datasketch draws, shape (2, num_perm), read-only.

    The dtype is uint32 for `affine32`, else uint64. They come from `numpy.random.RandomState(seed)`, whose stream numpy has
    promised never to change. UsageError for an unknown scheme.
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
    """The first `count` words of 32 bits that `RandomState(seed)` draws, without `numpy.random`, which is slow to load.

    Both `RandomState` and `random` are the Mersenne twister (Matsumoto and Nishimura 1998). They differ only in how a seed sets
    the state.
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
    """Return `signature`, shape (num_perm,), as a `datasketch.MinHash`. UsageError unless datasketch 2.0 or newer is installed.

    `seed` and `scheme` are those with which the signature was made. `MinHash.update` adds further text only with the hashes of
    `shingle_hashes`; by default it hashes with SHA-1.

    >>> import dedup
    >>> minhash = dedup.to_datasketch(dedup.signatures(["The ferry ran aground in fog."])[0])
    >>> len(minhash)
    128
    """
    try:
        from datasketch import MinHash  # noqa: PLC0415 optional
    except ImportError:
        raise UsageError(f"to_datasketch {install_hint('datasketch 2.0 or newer', 'datasketch')}") from None
    return MinHash(seed=seed, hashvalues=signature, scheme=scheme)


def from_datasketch(minhash: "MinHash | LeanMinHash") -> npt.NDArray[np.uint32] | npt.NDArray[np.uint64]:
    """Return the signature, shape (num_perm,), in a `datasketch.MinHash` or `LeanMinHash`; uint32 for `affine32`, else uint64.

    It can be compared with those of `signatures` if it was made with the same seed and scheme from the hashes of
    `shingle_hashes`.

    >>> import dedup
    >>> signed = dedup.signatures(["The ferry ran aground in fog."])[0]
    >>> bool((dedup.from_datasketch(dedup.to_datasketch(signed)) == signed).all())
    True
    """
    dtype = np.uint32 if minhash.scheme == "affine32" else np.uint64
    found: npt.NDArray[Any] = np.array(minhash.hashvalues, dtype=dtype)
    return found


def _check(number: int, name: str, least: int = 1) -> None:
    if not isinstance(number, int) or isinstance(number, bool) or not least <= number < 2**32:
        raise UsageError(f"{name} is {number!r}; it must be a whole number from {least} to {2**32 - 1}")


def _chunks(texts: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(texts)
    while chunk := list(islice(rest, _CHUNK)):
        yield chunk
