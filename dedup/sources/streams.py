"""Byte streams: looking at the first bytes without losing them, limits on unpacking, other encodings, random access."""

import codecs
import errno
import io
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from dedup.errors import SourceError
from dedup.params import Reading
from dedup.sources.encoding import REPLACE, codec_of
from dedup.sources.limits import FREE_BYTES, HEAD_BYTES, MEMORY_BYTES, PART_BYTES

DATABASE_MARK = b"SQLite format 3\0"
"""How a file of SQLite starts."""
INDEX_MARK = b"ddup"
"""Bytes 68 to 72 of an index, which is such a file: its `application_id`."""
UNREADABLE: set[tuple[int, int]] = set()
"""Device and inode of files that must not be opened: databases that this process has open (`storage.open_files` says why)."""


def open_file(path: str | os.PathLike[str]) -> BinaryIO:
    """Open a file on disk to read its bytes. OSError as the system gives it, and for an index that this process has open."""
    status = os.stat(path)  # noqa: PTH116 a name may be of bytes
    if (status.st_dev, status.st_ino) in UNREADABLE:
        raise OSError(errno.EBUSY, "it is an index that is in use")
    return Path(path).open("rb")


def read_up_to(stream: BinaryIO, size: int) -> bytes:
    """Return the next `size` bytes, or what there is; memory is asked for as bytes arrive, not for `size` at once."""
    parts = []
    while size > 0 and (part := stream.read(min(size, PART_BYTES))):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


class ReadInParts(io.RawIOBase):
    """A stream whose `read` asks for memory as bytes arrive: a damaged file may state sizes that no memory holds."""

    def __init__(self, inner: BinaryIO) -> None:
        super().__init__()
        self._inner = inner

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return whether `seek` works."""
        return self._inner.seekable()

    def seek(self, offset: int, whence: int = 0) -> int:
        """Move to another byte, as `io.IOBase.seek` does."""
        return self._inner.seek(offset, whence)

    def tell(self) -> int:
        """Return the number of the next byte."""
        return self._inner.tell()

    def read(self, size: int | None = -1) -> bytes:
        """Return the next `size` bytes, or what there is; all of them if it is negative or None."""
        return read_up_to(self._inner, sys.maxsize if size is None or size < 0 else size)


class TooLarge(SourceError):  # noqa: N818 as the user sees it
    """A file unpacks to more than the limits allow."""


class UnpackBudget:
    """Counts what one file on disk unpacks to, in all its layers together, and raises above the limits."""

    def __init__(self, reading: Reading, size: int | None) -> None:
        """`size` is that of the file on disk in bytes; None if it is unknown, as of a pipe."""
        self._ratio, self._limit, self._size = reading.ratio, reading.size, size
        self.bytes_read = 0
        """Bytes that were read of the file itself."""
        self._unpacked = 0

    def count_unpacked(self, count: int) -> None:
        """Add `count` bytes that were unpacked. Raise `TooLarge` above the limits."""
        self._unpacked += count
        if self._unpacked > self._limit:
            raise TooLarge(f"unpacks to more than {self._limit:,} bytes; raise the limit with --max-size")
        packed = self.bytes_read if self._size is None else self._size
        if self._unpacked > max(FREE_BYTES, self._ratio * packed):
            raise TooLarge(f"unpacks to more than {self._ratio} times its size; raise the limit with --max-ratio")


class CountedStream(io.RawIOBase):
    """A stream that reports every read to `on_read`, and that ends where the inner stream is damaged.

    An error of a type in `damage` ends the stream as if the file ended there, and is kept in `error`: so a format inside
    another file need not know how that file can be damaged. `random_access=False` makes a stream that cannot seek.
    """

    def __init__(
        self,
        inner: BinaryIO,
        on_read: Callable[[int], None],
        *,
        random_access: bool = True,
        damage: tuple[type[Exception], ...] = (),
    ) -> None:
        super().__init__()
        self._inner, self._on_read, self._random_access, self._damage = inner, on_read, random_access, damage
        self._read: Callable[[int], bytes] = getattr(inner, "read1", inner.read)
        self.error: Exception | None = None

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return whether `seek` works."""
        return self._random_access and self._inner.seekable()

    def seek(self, offset: int, whence: int = 0) -> int:
        """Move to another byte, as `io.IOBase.seek` does."""
        return self._inner.seek(offset, whence)

    def tell(self) -> int:
        """Return the number of the next byte."""
        return self._inner.tell()

    def readinto(self, buffer: "bytearray | memoryview[int]") -> int:  # type: ignore[override] # what a buffered reader gives
        """Fill `buffer` from its start; return the number of bytes, 0 at the end."""
        try:
            data = b"" if self.error else self._read(len(buffer))
        except self._damage as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise  # the disk failed; the file need not be damaged
            self.error, data = error, b""
        buffer[: len(data)] = data
        self._on_read(len(data))
        return len(data)


class _Rewound(io.RawIOBase):
    """The bytes `head`, and then those of the stream `inner`."""

    def __init__(self, head: bytes, inner: BinaryIO) -> None:
        super().__init__()
        self._head, self._inner = head, inner

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview[int]") -> int:  # type: ignore[override] # what a buffered reader gives
        data = self._head[: len(buffer)] if self._head else self._inner.read(len(buffer))
        self._head = self._head[len(data) :] if self._head else b""
        buffer[: len(data)] = data
        return len(data)


class Recorded(io.RawIOBase):
    """A stream that keeps what is read of it, so that it can be read again from its start."""

    def __init__(self, inner: BinaryIO) -> None:
        super().__init__()
        self._inner = inner
        self._kept: bytearray | None = bytearray()

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: "bytearray | memoryview[int]") -> int:  # type: ignore[override] # what a buffered reader gives
        """Fill `buffer` from its start; return the number of bytes, 0 at the end."""
        data = self._inner.read(len(buffer))
        if self._kept is not None:
            self._kept += data
            if len(self._kept) > MEMORY_BYTES:
                self._kept = None
        buffer[: len(data)] = data
        return len(data)

    def forget(self) -> None:
        """Keep nothing from now on: it need not be read again."""
        self._kept = None

    def rewound(self) -> BinaryIO | None:
        """Return a stream that starts where this one started; None if it kept nothing, or too much to hold in memory."""
        return None if self._kept is None else io.BufferedReader(_Rewound(bytes(self._kept), self._inner), HEAD_BYTES)


class Recoded(io.RawIOBase):
    """A stream of text in `encoding`, as UTF-8; invalid bytes become U+FFFD."""

    def __init__(self, inner: BinaryIO, encoding: str) -> None:
        super().__init__()
        self._inner, self._decoder, self._rest = inner, codecs.getincrementaldecoder(codec_of(encoding))(REPLACE), b""
        self.errors = 0
        """How many U+FFFD there were so far."""

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: "bytearray | memoryview[int]") -> int:  # type: ignore[override] # what a buffered reader gives
        """Fill `buffer` from its start; return the number of bytes, 0 at the end."""
        data = b"\0"
        while data and not self._rest:
            data = self._inner.read(len(buffer))
            text = self._decoder.decode(data, final=not data)
            self.errors += text.count("\ufffd")
            self._rest = text.encode()
        part, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(part)] = part
        return len(part)


def peek(stream: BinaryIO) -> tuple[bytes, BinaryIO]:
    """Return the first `HEAD_BYTES` bytes of `stream`, and a stream that still starts with them."""
    head = stream.read(HEAD_BYTES)
    if stream.seekable():
        stream.seek(0)
        return head, stream
    return head, io.BufferedReader(_Rewound(head, stream), HEAD_BYTES)


@contextmanager
def random_access(stream: BinaryIO) -> Iterator[BinaryIO]:
    """Yield `stream` if it can seek, else a temporary copy of it that can."""
    if stream.seekable():
        yield stream
        return
    with tempfile.SpooledTemporaryFile(MEMORY_BYTES) as copy:
        shutil.copyfileobj(stream, copy)
        copy.seek(0)
        yield cast("BinaryIO", copy)
