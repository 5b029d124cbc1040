"""Documents in a temporary file: a stream of them that may not fit in memory, kept until all of its ids are known."""

import tempfile
import weakref
from array import array
from collections.abc import Sequence
from dataclasses import replace
from typing import BinaryIO, cast, overload

import msgspec
import numpy as np
import xxhash

from dedup.sources.common import Notices
from dedup.sources.ids import with_distinct_ids
from dedup.types import Document

_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Document)
# Both follow the fields of the class `Document`, so that a new field needs no change here.


class Spool:
    """Documents in a temporary file, each found by its 0-based number in the order of `append`."""

    def __init__(self) -> None:
        """Make the file. It has no name, and is deleted with this object."""
        self._file = cast("BinaryIO", tempfile.TemporaryFile(prefix="dedup-"))  # noqa: SIM115 it lives as long as this
        weakref.finalize(self, self._file.close)
        self._ends = array("q", [0])
        self._ids = array("Q")
        self._names: dict[int, str | None] = {}

    def __len__(self) -> int:
        return len(self._ids)

    def append(self, document: Document) -> None:
        """Write a document to the end of the file."""
        data = _ENCODER.encode(document)
        self._file.write(data)
        self._ends.append(self._ends[-1] + len(data))
        self._ids.append(xxhash.xxh3_64_intdigest(document.id.encode()))

    def __getitem__(self, number: int) -> Document:
        start, end = self._ends[number], self._ends[number + 1]
        self._file.seek(start)
        document = _DECODER.decode(self._file.read(end - start))
        return replace(document, id=self._names[number] or "") if number in self._names else document

    def name(self, notices: Notices) -> None:
        """Give the documents distinct ids, as `ids.with_distinct_ids` does; of repeated ones, all but one are dropped."""
        _, inverse, counts = np.unique(np.array(self._ids), return_inverse=True, return_counts=True)
        numbers = np.flatnonzero(counts[inverse] > 1).tolist()
        # The number travels through `with_distinct_ids` in `origins`, which are not needed there.
        again = [replace(self[n], origins=(("number", str(n)),)) for n in numbers]
        kept = {int(dict(d.origins)["number"]): d.id for d in with_distinct_ids(again, notices)}
        self._names = {n: kept.get(n) for n in numbers}

    def dropped(self) -> list[int]:
        """Return the numbers of the documents that `name` dropped."""
        return [n for n, name in self._names.items() if name is None]

    def ordered(self) -> "Ordered":
        """Return the documents in the order of their ids."""
        ids = {n: self[n].id for n in self._kept()}
        return Ordered(self, array("q", sorted(ids, key=ids.__getitem__)))

    def read(self) -> "Ordered":
        """Return the documents in the order in which they were read."""
        return Ordered(self, array("q", self._kept()))

    def _kept(self) -> list[int]:
        gone = set(self.dropped())
        return [n for n in range(len(self)) if n not in gone]


class Ordered(Sequence[Document]):
    """Documents of a spool in some order; each is read from the file when it is accessed."""

    def __init__(self, spool: Spool, numbers: "array[int]") -> None:
        """`numbers` are those of the documents, in the order of this sequence."""
        self._spool, self.numbers = spool, numbers

    def __len__(self) -> int:
        return len(self.numbers)

    @overload
    def __getitem__(self, at: int) -> Document: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Document]: ...
    def __getitem__(self, at: int | slice) -> Document | Sequence[Document]:
        return self._spool[self.numbers[at]] if isinstance(at, int) else Ordered(self._spool, self.numbers[at])
