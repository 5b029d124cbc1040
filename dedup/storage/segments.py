"""Posting lists of an index: sorted, packed and immutable, in segments that are merged as the index grows.

A posting says that a document holds a key: `KEY_BITS` bits of the hash of a fingerprint, or of a band of a paragraph.
Beside it stands an extra: what is around the fingerprint, or, in an index without text, where it is. Keys are spread evenly,
so a key's block is known without a directory (`rust/src/postings.rs` has the format). What is added becomes a segment; it takes
in every segment of at most `_GROWTH` times its size, so that n postings are in O(log n) segments and each is written O(log n)
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
"""A key that two hashes have by chance costs a look at a document: in a million of them, of a draft's keys about one."""
CONTEXT_WORDS, CONTEXT_BITS = 3, 2
"""Words before and behind a fingerprint that its posting remembers, and bits of each: they tell a common phrase from a run."""
POSTING_PARAMS = {"key_bits": KEY_BITS, "context_words": CONTEXT_WORDS, "context_bits": CONTEXT_BITS}
"""What shapes postings, beside `IndexParams`."""
_PER_BLOCK = 320
"""Postings: about 1.3 KB, so that many blocks share a page."""
_AT_ONCE = 1 << 22
"""Postings held in memory while segments are merged."""
_PART_BITS = 8
"""First bits of keys by which postings are parted until they are merged, so that few are looked at that are not asked for."""
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
        """Return those `chosen`, by number or mask."""
        return Postings(*(column[chosen] for column in self))  # type: ignore[call-overload] # numpy takes many things


class Run(Protocol):
    """Postings, wherever they are kept."""

    @property
    def postings(self) -> int:
        """How many there are."""

    def between(self, first: int, end: int) -> list[Postings]:
        """Return, in parts, at least those with keys in `first..end`."""


def keys_of(hashes: _Keys, kind: Kind) -> _Keys:
    """Return the keys of 64-bit hashes. Fingerprints are the least of their windows, hence not even; their keys are."""
    mixed = hashes * _SPREAD
    mixed ^= mixed >> np.uint64(32)
    mixed *= _SPREAD
    mixed >>= np.uint64(64 - KEY_BITS[kind])
    return mixed


def gathered(parts: Sequence[Postings]) -> Postings:
    """Return all of `parts` as one."""
    if not parts:
        return Postings(np.zeros(0, np.uint64), np.zeros(0, np.uint32), np.zeros(0, np.uint32))
    return Postings(*(np.concatenate(column) for column in zip(*parts, strict=True)))


class Memory:
    """Postings just made, in parts by the first bits of their keys."""

    def __init__(self, kind: Kind, made: Sequence[Postings]) -> None:
        self._shift = KEY_BITS[kind] - _PART_BITS
        keys, docs, extras, self._bounds = _native.part_postings(made, KEY_BITS[kind], _PART_BITS)
        self._columns = Postings(keys, docs, extras)
        self.postings = len(self._columns.keys)

    def between(self, first: int, end: int) -> list[Postings]:
        """As in `Run`."""
        low, high = self._bounds[first >> self._shift], self._bounds[(end - 1 >> self._shift) + 1]
        return [self._columns.take(slice(low, high))]

    def parts(self) -> Iterator[Postings]:
        """Yield the parts; of keys only the bits that those in a part may differ in."""
        mask = np.uint64((1 << self._shift) - 1)
        for low, high in pairwise(self._bounds.tolist()):
            keys, docs, extras = self._columns.take(slice(low, high))
            yield Postings(keys & mask, docs, extras)


class SetAside:
    """Postings in a temporary table until they are merged: the parts of a run in memory, a row each."""

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
        """As in `Run`."""
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
    """Postings in `blocks` blocks of a file, from number `base` on."""

    db: sqlite3.Connection
    kind: Kind
    base: int
    blocks: int
    postings: int

    def between(self, first: int, end: int) -> list[Postings]:
        """As in `Run`."""
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
        """Yield what is damaged, in words."""
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
    """Return all segments, the largest first. DamagedError if one's row is damaged."""
    out = []
    for kind, base, blocks, postings, checksum in db.execute(
        "SELECT kind, first_block, blocks, postings, checksum FROM segments ORDER BY postings DESC, first_block"
    ):
        segment = Segment(db, kind, base, blocks, postings)
        if _checksum(segment) != checksum:
            raise DamagedError(f"the row of the segment at {base} is damaged")
        out.append(segment)
    return out


def to_merge(existing: Sequence[Segment], size: int) -> list[Segment]:
    """Return those of `existing` that a new segment of `size` postings takes in."""
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
    """Write the postings of `runs`, but for documents `removed` (sorted), as one segment."""
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
