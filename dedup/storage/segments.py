"""Posting lists of an index: sorted, packed and immutable, in segments that are merged as the index grows.

A posting records that a document holds a key: `KEY_BITS` bits of the hash of a fingerprint, or of a band of a paragraph. Its
extra is what is around the fingerprint or, in an index without texts, where the fingerprint is. Keys are spread evenly, so the
block of a key is computed, without a directory (`rust/src/postings.rs` has the format). New postings become a segment, which
takes in every segment of at most `_GROWTH` times its size. So n postings are in O(log n) segments, and each is written O(log n)
times (a log-structured merge, O'Neil et al. 1996).
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from dedup import _native
from dedup.arrays import distinct
from dedup.errors import DamagedError
from dedup.storage import rows

Kind = Literal["fingerprint", "band"]
KEY_BITS: dict[Kind, int] = {"fingerprint": 36, "band": 33}
"""Bits of a key. Where two hashes share a key by chance, a document is read in vain: one per draft in a million texts."""
CONTEXT_WORDS, CONTEXT_BITS = 3, 2
"""Words before and behind a fingerprint, and the bits of each that a posting keeps. They set a run apart from a phrase."""
POSTING_PARAMS = {"key_bits": KEY_BITS, "context_words": CONTEXT_WORDS, "context_bits": CONTEXT_BITS}
"""The parameters of postings, beside `IndexParams`: an index file records both."""
_PER_BLOCK = 320
"""Postings in a block of about 1.3 KB, so that many blocks share a page."""
_LAST = 2**63 - 1
"""The last number that SQLite can store."""
_AT_ONCE = 1 << 22
"""Postings that memory holds while segments are merged."""
_PART_BITS = 8
"""First bits of a key, which decide the part of a run that a posting is in: a merge reads few parts at a time."""
_GROWTH = 2
_SPREAD = np.uint64(0x9E3779B97F4A7C15)

_Keys = npt.NDArray[np.uint64]
_Column = npt.NDArray[np.uint32]


class Postings(NamedTuple):
    """Postings in three columns: key, document, extra."""

    keys: _Keys
    docs: _Column
    extras: _Column

    def take(self, chosen: object) -> "Postings":
        """Return the postings that `chosen` selects: numbers, a mask or a slice."""
        return Postings(*(column[chosen] for column in self))  # type: ignore[call-overload] # numpy takes many things


class Run(Protocol):
    """Postings in memory, in a temporary table or in a segment."""

    @property
    def postings(self) -> int:
        """The number of postings."""

    def between(self, first: int, end: int) -> list[Postings]:
        """Return at least the postings with keys from `first` to below `end`, in parts."""


def keys_of(hashes: _Keys, kind: Kind) -> _Keys:
    """Return the keys of 64-bit hashes. The keys are spread evenly, unlike fingerprints, which are the least of a window."""
    mixed = hashes * _SPREAD
    mixed ^= mixed >> np.uint64(32)
    mixed *= _SPREAD
    mixed >>= np.uint64(64 - KEY_BITS[kind])
    return mixed


def gathered(parts: Sequence[Postings]) -> Postings:
    """Return `parts`, concatenated."""
    if not parts:
        return Postings(np.zeros(0, np.uint64), np.zeros(0, np.uint32), np.zeros(0, np.uint32))
    return Postings(*(np.concatenate(column) for column in zip(*parts, strict=True)))


class Memory:
    """New postings in memory, in parts by the first bits of their keys."""

    def __init__(self, kind: Kind, made: Sequence[Postings]) -> None:
        self._shift = KEY_BITS[kind] - _PART_BITS
        keys, docs, extras, self._bounds = _native.part_postings(made, KEY_BITS[kind], _PART_BITS)
        self._columns = Postings(keys, docs, extras)
        self.postings = len(self._columns.keys)

    def between(self, first: int, end: int) -> list[Postings]:
        """Return what `Run.between` does."""
        low, high = self._bounds[first >> self._shift], self._bounds[(end - 1 >> self._shift) + 1]
        return [self._columns.take(slice(low, high))]

    def parts(self) -> Iterator[Postings]:
        """Yield the postings part by part. A key has only its lower bits: the upper bits are the same within a part."""
        mask = np.uint64((1 << self._shift) - 1)
        for low, high in pairwise(self._bounds.tolist()):
            keys, docs, extras = self._columns.take(slice(low, high))
            yield Postings(keys & mask, docs, extras)


class SetAside:
    """Postings in a temporary table until they are merged; each row is a part."""

    def __init__(self, db: sqlite3.Connection, kind: Kind, run: Memory) -> None:
        self._db, self._shift = db, KEY_BITS[kind] - _PART_BITS
        self.postings = run.postings
        if not db.execute("SELECT 1 FROM sqlite_temp_schema").fetchone():
            db.execute("PRAGMA temp.page_size = 32768")
            db.execute("CREATE TEMP TABLE parts (number INTEGER PRIMARY KEY, data BLOB NOT NULL)")
        (self._base,) = db.execute("SELECT coalesce(max(number) + 1, 0) FROM parts").fetchone()
        rows = (np.concatenate([keys.astype(np.uint32), docs, extras]) for keys, docs, extras in run.parts())
        db.executemany("INSERT INTO parts VALUES (?, ?)", enumerate(rows, self._base))

    def between(self, first: int, end: int) -> list[Postings]:
        """Return what `Run.between` does."""
        low, high = first >> self._shift, end - 1 >> self._shift
        rows = self._db.execute(
            "SELECT data FROM parts WHERE number BETWEEN ? AND ? ORDER BY number", (self._base + low, self._base + high)
        )
        out = []
        for number, (data,) in enumerate(rows, low):
            keys, docs, extras = np.frombuffer(data, np.uint32).reshape(3, -1)
            out.append(Postings(keys + np.uint64(number << self._shift), docs, extras))
        return out


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment: `postings` in `blocks` blocks of the file, the first of which has the number `base`."""

    db: sqlite3.Connection
    kind: Kind
    base: int
    blocks: int
    postings: int

    def between(self, first: int, end: int) -> list[Postings]:
        """Return what `Run.between` does."""
        low, high = self._block(first), self._block(end - 1) + 1
        found = self.db.execute(
            "SELECT number, data FROM blocks WHERE number >= ? AND number < ? ORDER BY number",
            (self.base + low, self.base + high),
        ).fetchall()
        if len(found) != high - low:
            raise DamagedError(f"blocks of the {self.kind} segment at {self.base} are missing")
        return [self._unpacked(found, None)]

    def find(self, keys: _Keys) -> Postings:
        """Return the postings of `keys`, which are sorted. DamagedError if a block is damaged."""
        numbers = distinct((keys * np.uint64(self.blocks) >> np.uint64(KEY_BITS[self.kind])).astype(np.int64) + self.base)
        found = self.db.execute(
            "SELECT number, data FROM blocks WHERE number IN (SELECT value FROM json_each(?))",
            (json.dumps(numbers.tolist()),),
        ).fetchall()
        if len(found) != len(numbers):
            raise DamagedError(f"blocks of the {self.kind} segment at {self.base} are missing")
        return self._unpacked(found, keys)

    def _block(self, key: int) -> int:
        return key * self.blocks >> KEY_BITS[self.kind]

    def _unpacked(self, found: list[tuple[int, bytes]], wanted: _Keys | None) -> Postings:
        numbers = np.array([number for number, _ in found], np.int64) - self.base
        try:
            packed = [data for _, data in found]
            postings = _native.unpack_postings(packed, numbers, self.blocks, KEY_BITS[self.kind], self.base, wanted)
        except (ValueError, TypeError) as error:
            raise DamagedError(f"the segment at {self.base}: {error}") from error
        return Postings(*postings)

    def check(self) -> Iterator[str]:
        """Yield what is damaged in the segment, in words."""
        per = max(1, _AT_ONCE // _PER_BLOCK)
        count = 0
        for low in range(0, self.blocks, per):
            high = min(low + per, self.blocks)
            found = self.db.execute(
                "SELECT number, data FROM blocks WHERE number >= ? AND number < ? ORDER BY number",
                (self.base + low, self.base + high),
            ).fetchall()
            if len(found) != high - low:
                yield f"the {self.kind} segment at {self.base} lacks blocks between {low} and {high}"
            for row in found:
                try:
                    count += len(self._unpacked([row], None).keys)
                except DamagedError:
                    yield f"block {row[0]} of the {self.kind} segment at {self.base} is damaged"
        if count > self.postings:
            yield f"the {self.kind} segment at {self.base} holds {count:,} postings, not {self.postings:,}"


def segments(db: sqlite3.Connection) -> list[Segment]:
    """Return all segments, the largest first. DamagedError if one's row is damaged or missing."""
    out = []
    for kind, base, blocks, postings, checksum in db.execute(
        "SELECT kind, first_block, blocks, postings, checksum FROM segments ORDER BY postings DESC, first_block"
    ):
        segment = Segment(db, kind, base, blocks, postings)
        known = kind in KEY_BITS and all(isinstance(number, int) and number >= 0 for number in (base, blocks, postings))
        if not known or _checksum(segment) != checksum:
            raise DamagedError(f"the row of the segment at {base} is damaged")
        out.append(segment)
    end = 0
    for low, high in [*sorted((segment.base, segment.base + segment.blocks) for segment in out), (_LAST, _LAST)]:
        if db.execute("SELECT 1 FROM blocks WHERE number >= ? AND number < ?", (end, low)).fetchone():
            raise DamagedError(f"the row of the segment at {end} is missing")
        end = high
    return out


def to_merge(existing: Sequence[Segment], size: int) -> list[Segment]:
    """Return the segments of `existing` that a new segment of `size` postings takes in."""
    out = []
    for segment in sorted(existing, key=lambda s: (s.postings, s.base)):
        if segment.postings > _GROWTH * size:
            break
        out.append(segment)
        size += segment.postings
    return out


def write(
    db: sqlite3.Connection,
    kind: Kind,
    runs: Sequence[Run],
    *,
    removed: _Column | None = None,
) -> None:
    """Write the postings of `runs` as one segment, except those of the documents `removed` (sorted)."""
    postings = sum(run.postings for run in runs)
    blocks = max(1, -(-postings // _PER_BLOCK))
    (base,) = db.execute("SELECT coalesce(max(number), 0) + 1 FROM blocks").fetchone()
    per = max(1, blocks * _AT_ONCE // max(postings, 1))
    for low in range(0, blocks, per):
        high = min(low + per, blocks)
        first, end = (-((-number << KEY_BITS[kind]) // blocks) for number in (low, high))
        found = [part for run in runs for part in run.between(first, end)]
        if removed is not None and len(removed):
            found = [part.take(~np.isin(part.docs, removed)) for part in found]
        packed = _native.pack_postings(found, low, high, blocks, KEY_BITS[kind], base)
        db.executemany("INSERT INTO blocks (number, data) VALUES (?, ?)", enumerate(packed, base + low))
    db.execute(
        "INSERT INTO segments (kind, first_block, blocks, postings, checksum) VALUES (?, ?, ?, ?, ?)",
        (kind, base, blocks, postings, _checksum(Segment(db, kind, base, blocks, postings))),
    )


def drop(db: sqlite3.Connection, segment: Segment) -> None:
    """Delete a segment and its blocks."""
    last = segment.base + segment.blocks
    db.execute("DELETE FROM blocks WHERE number >= ? AND number < ?", (segment.base, last))
    db.execute("DELETE FROM segments WHERE first_block = ?", (segment.base,))


def _checksum(segment: Segment) -> int:
    return rows.checksum((segment.kind, segment.base, segment.blocks, segment.postings))
