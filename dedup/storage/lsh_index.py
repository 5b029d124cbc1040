"""An index of signatures: which of many texts are alike, asked one at a time (Indyk and Motwani 1998).

Tables of bands are flat arrays, in memory as in the file, so that a saved index is mapped, not read. The file: eight bytes
`dedupLSH`; format version and hash version, 32 bits each; length of the header, 64 bits; the header, JSON, with parameters and
each array's type, shape and place; the arrays, at multiples of 64; XXH3-64 of all before. Numbers are little-endian.
"""

import json
import math
import mmap
import struct
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import xxhash

from dedup import _native
from dedup.errors import DamagedError, SourceError, UsageError, VersionError
from dedup.hashing.bands import MOST_ROWS, agreeing_pairs, bands_for, check_goal, least_agreement
from dedup.hashing.minhash import ArrowColumn, permutations
from dedup.hashing.minhash import signatures as sign
from dedup.params import HASH_VERSION, MISSED_AT, NUM_PERM, SCHEME, SEED, SHINGLE, THRESHOLD, Scheme
from dedup.storage.files import LSH_MARK, write_whole

_FORMAT = 1
_START = struct.Struct("<8sIIQ")
_ALIGN = 64
_LEAST_ROOM = 64
_NOBODY = np.uint32(0xFFFFFFFF)
_TYPES = {"signatures": "<u4", "heads": "<u4", "chains": "<u4", "letters": "|u1", "bounds": "<i8"}

_Signatures = npt.NDArray[np.uint32] | npt.NDArray[np.uint64]


class LSH:
    """An index of texts by signature. Keys are strings, each used once.

    Its goal: a query misses a text of Jaccard similarity `threshold` with a chance of at most `missed_at`. The bands may cause
    half of this chance, and the estimate of the similarity the other half. If `num_perm` slots cannot reach the goal, the bands
    are those that miss fewest texts. A query returns texts whose estimated similarity is high enough for the goal;
    `dedup.jaccard` gives the exact similarity. Of the slots of `affine64`, only the low 32 bits are compared. Many threads may
    query at the same time, as long as none adds or removes.
    """

    def __init__(
        self,
        threshold: float = THRESHOLD,
        *,
        missed_at: float = MISSED_AT,
        num_perm: int = NUM_PERM,
        shingle: int = SHINGLE,
        seed: int = SEED,
        scheme: Scheme = SCHEME,
        bands: tuple[int, int] | None = None,
    ) -> None:
        """Start empty. `bands` (bands, rows in each) replaces the bands that the goal gives. UsageError for invalid values."""
        check_goal(threshold, missed_at)
        permutations(num_perm, seed, scheme)
        self.threshold, self.missed_at = threshold, missed_at
        self.num_perm, self.shingle, self.seed, self.scheme = num_perm, shingle, seed, scheme
        self.bands = bands or bands_for(threshold, missed_at / 2, num_perm)
        if min(self.bands) < 1 or math.prod(self.bands) > num_perm or self.bands[1] > MOST_ROWS:
            raise UsageError(f"{self.bands[0]} bands of {self.bands[1]} rows do not fit {num_perm} slots")
        self._least = least_agreement(threshold, missed_at / 2, num_perm)
        self._clear()

    def _clear(self) -> None:
        self._signatures = np.zeros((_LEAST_ROOM, self.num_perm), np.uint32)
        self._chains = np.full((_LEAST_ROOM, self.bands[0]), _NOBODY)
        self._heads = np.full((self.bands[0], 2 * _LEAST_ROOM), _NOBODY)
        self._letters: npt.NDArray[np.uint8] = np.zeros(_LEAST_ROOM, np.uint8)
        self._bounds: npt.NDArray[np.int64] = np.zeros(_LEAST_ROOM + 1, np.int64)
        self._alive = np.zeros(_LEAST_ROOM, bool)
        self._used = 0
        self._dead = 0
        self._rows: dict[str, int] | None = {}
        self._mapped: tuple[str | Path, mmap.mmap] | None = None

    def __len__(self) -> int:
        return self._used - self._dead

    def __contains__(self, key: str) -> bool:
        return key in self._by_key()

    def __iter__(self) -> Iterator[str]:
        self._check_mapped()
        return (self._key(row) for row in np.flatnonzero(self._alive[: self._used]).tolist())

    def add(self, keys: Sequence[str], texts: "Iterable[str] | ArrowColumn | _Signatures") -> None:
        """Add one text, or one signature, for each key. Signatures are an array of shape (keys, num_perm).

        UsageError if a key is used already, or if there are more or fewer texts than keys; then nothing is added.
        """
        if isinstance(keys, str):
            raise UsageError("add takes many keys, not one; put it in a list")
        signed = self._signed(texts)
        if len(signed) != len(keys):
            raise UsageError(f"{len(keys):,} keys for {len(signed):,} texts")
        known = self._by_key()
        fresh = dict.fromkeys(keys)
        if len(fresh) < len(keys) or not known.keys().isdisjoint(fresh):
            twice = known.keys() & fresh.keys() or {key for key in fresh if list(keys).count(key) > 1}
            raise UsageError(f"the key {min(twice)!r} is used already; remove it first, or give each text its own")
        encoded = [key.encode("utf-8", "surrogatepass") for key in keys]
        count, first = len(keys), self._used
        self._make_room(count, sum(map(len, encoded)))
        self._signatures[first : first + count] = signed
        ends = self._bounds[first] + np.cumsum([len(e) for e in encoded], dtype=np.int64)
        self._bounds[first + 1 : first + 1 + count] = ends
        self._letters[self._bounds[first] : self._bounds[first + count]] = np.frombuffer(b"".join(encoded), np.uint8)
        self._alive[first : first + count] = True
        self._used += count
        self._insert(first)
        known.update(zip(keys, range(first, first + count), strict=True))

    def query(self, text: "str | _Signatures") -> list[tuple[str, float]]:
        """Return (key, estimated Jaccard similarity) of each text that is similar to `text`, the most similar first.

        `text` is a text, or a signature of shape (num_perm,).
        """
        signature = self._signed([text] if isinstance(text, str) else text[None])[0]
        if (signature == _NOBODY).all():
            return []  # no words: like nothing
        self._check_mapped()
        used = self._used
        found = _native.lsh_query(
            signature, self._signatures[:used], *self.bands, self._heads, self._chains[:used], self._alive[:used], self._least
        )
        return [(self._key(row), equal / self.num_perm) for row, equal in found]

    def remove(self, key: str) -> None:
        """Remove `key`; UsageError if it is not there."""
        known = self._by_key()
        if key not in known:
            raise UsageError(f"no key {key!r} in the index")
        self._own()
        self._alive[known.pop(key)] = False
        self._dead += 1

    def pairs(self) -> list[tuple[str, str, float]]:
        """Return (key, key, estimated Jaccard similarity) of all pairs that are alike, as they were added."""
        self._check_mapped()
        signatures = self._signatures[: self._used]
        filled = np.flatnonzero(self._alive[: self._used] & (signatures != _NOBODY).any(axis=1)).astype(np.uint32)
        signatures = signatures[filled]
        found = agreeing_pairs(signatures, *self.bands, all_pairs=len(filled))
        equal = _native.agreements(signatures, found)
        near = equal >= self._least
        keys = [self._key(row) for row in filled.tolist()]
        return [
            (keys[i], keys[j], n / self.num_perm) for (i, j), n in zip(found[near].tolist(), equal[near].tolist(), strict=True)
        ]

    def save(self, path: str | Path) -> None:
        """Write the index to `path`, whole or not at all; what was removed is gone from it. SourceError if that fails."""
        self._check_mapped()
        index = self._compact()
        used = index._used
        arrays: dict[str, npt.NDArray[Any]] = {
            "signatures": index._signatures[:used],
            "heads": index._heads,
            "chains": index._chains[:used],
            "letters": index._letters[: index._bounds[used]],
            "bounds": index._bounds[: used + 1],
        }
        goal = self._goal()
        places: dict[str, dict[str, object]] = {}
        at = 0
        for name, array in arrays.items():
            places[name] = {"shape": array.shape, "at": at}
            at += -(-array.nbytes // _ALIGN) * _ALIGN
        header = json.dumps({"params": goal, "arrays": places}).encode()
        header += b" " * (-(_START.size + len(header)) % _ALIGN)
        digest = xxhash.xxh3_64()

        def parts() -> Iterator[bytes | memoryview]:
            yield _START.pack(LSH_MARK, _FORMAT, HASH_VERSION, len(header))
            yield header
            for name, array in arrays.items():
                plain = np.ascontiguousarray(array, dtype=_TYPES[name])
                yield plain.reshape(-1).view(np.uint8).data
                yield b"\0" * (-plain.nbytes % _ALIGN)

        def checked() -> Iterator[bytes | memoryview]:
            for part in parts():
                digest.update(part)
                yield part
            yield digest.intdigest().to_bytes(8, "little")

        try:
            write_whole(Path(path), checked(), mark=LSH_MARK)
        except OSError as error:
            raise SourceError(f"cannot write {path}: {error.strerror or error}") from error

    @classmethod
    def load(cls, path: str | Path, *, check: bool = True) -> "LSH":
        """Return the index in `path`, mapped into memory until something is added or removed.

        `check` reads all of it once, for its checksum. SourceError for a file that is no such index, is damaged, or is of
        another version.
        """
        again = "build the index again from the texts"
        try:
            with Path(path).open("rb") as stream:
                mapped = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
                data = memoryview(mapped)
        except (OSError, ValueError) as error:
            reason = "the file is empty" if isinstance(error, ValueError) else error.strerror or error
            raise SourceError(f"cannot read {path}: {reason}; {again}") from error
        if data[:8] != LSH_MARK or len(data) < _START.size + 8:
            raise SourceError(f"{path} is no index of dedup.LSH")
        _, form, hashes, length = _START.unpack(data[: _START.size])
        if (form, hashes) != (_FORMAT, HASH_VERSION):
            message = (
                f"{path}: format {form}, hashes {hashes}; this dedup reads format {_FORMAT}, hashes {HASH_VERSION}: {again}"
            )
            expected, found = (_FORMAT, HASH_VERSION), (form, hashes)
            raise VersionError(message, path=path, field="format, hashes", expected=expected, found=found)
        if check and xxhash.xxh3_64_intdigest(data[:-8]) != int.from_bytes(data[-8:], "little"):
            raise DamagedError(f"{path} is damaged: its checksum is wrong; {again}", path=path, damage="checksum")
        try:
            index = cls._from(data, length)
        except (ValueError, KeyError, TypeError, UsageError) as error:
            raise DamagedError(f"{path} is damaged ({error}); {again}", path=path, damage=str(error)) from error
        index._mapped = path, mapped
        return index

    def _check_mapped(self) -> None:
        """Raise DamagedError if the mapped file has another size now: to read what was cut off would end the process."""
        if self._mapped is not None:
            path, mapped = self._mapped
            if mapped.size() != len(mapped):
                message = f"{path} was overwritten while it was in use; load it again, and replace such files by renaming"
                raise DamagedError(message, path=path, damage="the file was overwritten")

    @classmethod
    def _from(cls, data: memoryview, length: int) -> "LSH":
        start = _START.size + length
        header = json.loads(bytes(data[_START.size : start]))
        params = header["params"]
        index = cls(**{**params, "bands": tuple(params["bands"])})
        found: dict[str, npt.NDArray[Any]] = {}
        for name, place in header["arrays"].items():
            size = math.prod(place["shape"])
            array = np.frombuffer(data[:-8], _TYPES[name], size, start + place["at"])
            found[name] = array.reshape(place["shape"])
        used = len(found["signatures"])
        bounds = found["bounds"]
        shapes = found["signatures"].shape[1:], found["chains"].shape, found["heads"].shape[:1], bounds.shape
        expected = (index.num_perm,), (used, index.bands[0]), index.bands[:1], (used + 1,)
        if shapes != expected or bounds[0] != 0 or bounds[-1] != len(found["letters"]) or (np.diff(bounds) < 0).any():
            raise ValueError("its parts do not fit each other")
        index._signatures, index._heads, index._chains = found["signatures"], found["heads"], found["chains"]
        index._letters, index._bounds = found["letters"], bounds
        index._alive = np.ones(used, bool)
        index._used, index._rows = used, None
        return index

    def _goal(self) -> dict[str, Any]:
        names = ("threshold", "missed_at", "num_perm", "shingle", "seed", "scheme", "bands")
        return {name: getattr(self, name) for name in names}

    def _signed(self, texts: object) -> npt.NDArray[np.uint32]:
        if isinstance(texts, np.ndarray):
            signed = texts
            if signed.ndim != 2 or signed.shape[1] != self.num_perm or signed.dtype not in (np.uint32, np.uint64):
                raise UsageError(
                    f"signatures are uint32 or uint64, shape (n, {self.num_perm}), not {signed.dtype} {signed.shape}"
                )
        else:
            given = cast("Iterable[str]", texts)
            signed = sign(given, self.num_perm, shingle=self.shingle, seed=self.seed, scheme=self.scheme)
        return np.ascontiguousarray(signed.astype(np.uint32, copy=False))

    def _key(self, row: int) -> str:
        key = self._letters[self._bounds[row] : self._bounds[row + 1]].tobytes()
        try:
            return key.decode("utf-8", "surrogatepass")
        except UnicodeDecodeError as error:  # of a file that was loaded without a check
            what = f"key {row} is no UTF-8"
            raise DamagedError(f"the index is damaged: {what}; build it again from the texts", damage=what) from error

    def _by_key(self) -> dict[str, int]:
        if self._rows is None:
            self._check_mapped()
            self._rows = {self._key(row): row for row in np.flatnonzero(self._alive[: self._used]).tolist()}
        return self._rows

    def _own(self) -> None:
        """Copy what is mapped, so that it can change."""
        self._check_mapped()
        if not self._signatures.flags.writeable:
            self._mapped = None
            for name in ("_signatures", "_heads", "_chains", "_letters", "_bounds"):
                setattr(self, name, getattr(self, name).copy())

    def _make_room(self, count: int, letters: int) -> None:
        self._own()
        needed = self._used + count
        if needed > len(self._signatures):
            room = max(needed, len(self._signatures) * 3 // 2)
            for name, fill in (("_signatures", 0), ("_chains", _NOBODY), ("_alive", False)):
                setattr(self, name, _grown(getattr(self, name)[: self._used], room, fill))
            self._bounds = _grown(self._bounds[: self._used + 1], room + 1, 0)
        size = int(self._bounds[self._used]) + letters
        if size > len(self._letters):
            self._letters = _grown(self._letters, max(size, 2 * len(self._letters)), 0)
        if 2 * needed > self._heads.shape[1]:
            self._heads = np.full((self.bands[0], 1 << (2 * needed - 1).bit_length()), _NOBODY)
            self._insert(0)

    def _insert(self, first: int) -> None:
        _native.lsh_insert(self._signatures[: self._used], *self.bands, first, self._heads, self._chains)

    def _compact(self) -> "LSH":
        """This index without what was removed."""
        if not self._dead:
            return self
        index = LSH(**self._goal())
        index.add(list(self), self._signatures[: self._used][self._alive[: self._used]])
        return index


def _grown(array: npt.NDArray[Any], room: int, fill: object) -> npt.NDArray[Any]:
    out = np.full((room, *array.shape[1:]), fill, array.dtype)
    out[: len(array)] = array
    return out
