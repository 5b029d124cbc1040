"""Byte streams: what has been looked at is read again, and what unfolds is kept within limits."""

import codecs
import io
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

from dedup.errors import SourceError
from dedup.params import Reading

HEAD = 1 << 16
"""Bytes of a file that are looked at to tell its format."""
_SPOOL = 1 << 26
"""Bytes that are kept in memory where a format must jump about in a stream that cannot."""
_FREE = 1 << 26
"""Bytes that may always be unpacked, whatever the ratio."""


class TooMuch(SourceError):  # noqa: N818 as the user sees it
    """A file that unpacks to more than the limits allow."""


class Budget:
    """How much one file may unpack to, in all of its layers together."""

    def __init__(self, reading: Reading, size: int | None) -> None:
        self._ratio, self._most, self._size = reading.ratio, reading.size, size
        self.taken = 0
        """Bytes read of the file itself."""
        self._made = 0

    def made(self, count: int) -> None:
        """Count bytes that were unpacked; TooMuch above the limits."""
        self._made += count
        if self._made > self._most:
            raise TooMuch(f"unpacks to more than {self._most:,} bytes; raise the limit with --max-size")
        packed = self.taken if self._size is None else self._size
        if self._made > max(_FREE, self._ratio * packed):
            raise TooMuch(f"unpacks to more than {self._ratio} times its size; raise the limit with --max-ratio")


class Counted(io.RawIOBase):
    """A stream that tells how many bytes were read from it, and that ends where its reading fails in a way of `broken`.

    `error` is then what was said. Formats of files within files are not asked to know of the damage around them.
    """

    def __init__(
        self,
        inner: BinaryIO,
        told: Callable[[int], None],
        *,
        jumps: bool = True,
        broken: tuple[type[Exception], ...] = (),
    ) -> None:
        super().__init__()
        self._inner, self._told, self._jumps, self._broken = inner, told, jumps, broken
        self._read: Callable[[int], bytes] = getattr(inner, "read1", inner.read)
        self.error: Exception | None = None

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Whether the stream within is."""
        return self._jumps and self._inner.seekable()

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go elsewhere."""
        return self._inner.seek(offset, whence)

    def tell(self) -> int:
        """Return the place."""
        return self._inner.tell()

    def readinto(self, buffer: "bytearray | memoryview[int]") -> int:  # type: ignore[override] # what a buffered reader gives
        """Fill `buffer`."""
        try:
            data = b"" if self.error else self._read(len(buffer))
        except self._broken as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise
            self.error, data = error, b""
        buffer[: len(data)] = data
        self._told(len(data))
        return len(data)


class _Rewound(io.RawIOBase):
    """Some bytes, and then a stream."""

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


class Recoded(io.RawIOBase):
    """A stream of text in another encoding as UTF-8; what is invalid is U+FFFD."""

    def __init__(self, inner: BinaryIO, encoding: str) -> None:
        super().__init__()
        self._inner, self._decoder, self._left = inner, codecs.getincrementaldecoder(encoding)("replace"), b""

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: "bytearray | memoryview[int]") -> int:  # type: ignore[override] # what a buffered reader gives
        """Fill `buffer`."""
        data = b"\0"
        while data and not self._left:
            data = self._inner.read(len(buffer))
            self._left = self._decoder.decode(data, final=not data).encode()
        part, self._left = self._left[: len(buffer)], self._left[len(buffer) :]
        buffer[: len(part)] = part
        return len(part)


def peeked(stream: BinaryIO) -> tuple[bytes, BinaryIO]:
    """Return the first bytes of `stream`, and a stream that starts with them."""
    head = stream.read(HEAD)
    if stream.seekable():
        stream.seek(0)
        return head, stream
    return head, io.BufferedReader(_Rewound(head, stream), HEAD)


@contextmanager
def seekable(stream: BinaryIO) -> Iterator[BinaryIO]:
    """Yield `stream`, or a copy of it, in which one can jump about."""
    if stream.seekable():
        yield stream
        return
    with tempfile.SpooledTemporaryFile(_SPOOL) as copy:
        shutil.copyfileobj(stream, copy)
        copy.seek(0)
        yield cast("BinaryIO", copy)
