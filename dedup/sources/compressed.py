"""Compressed files: gzip, bzip2, xz, Zstandard, LZ4. The file inside is read as if it were not compressed."""

import bz2
import io
import lzma
import re
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

from dedup.sources.common import File, MissingExtra, Position, ReadContext, Record, suffix
from dedup.sources.streams import CountedStream, peek

TAR_SUFFIXES = frozenset({".tgz", ".tbz", ".tbz2", ".txz", ".tzst"})
"""Suffixes of compressed tar archives."""
_MAGIC = {
    "gzip": re.compile(rb"\x1f\x8b\x08"),
    # After its mark and its level, bzip2 has that of a block, or, if it is empty, that of its end.
    "bzip2": re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)"),
    "xz": re.compile(rb"\xfd7zXZ\0"),
    "zstd": re.compile(rb"\x28\xb5\x2f\xfd"),
    "lz4": re.compile(rb"\x04\x22\x4d\x18"),
}
"""The first bytes of a compressed file, by the method."""
_SKIPPABLE = re.compile(rb"[\x50-\x5f]\x2a\x4d\x18")
"""The mark of a frame that Zstandard and LZ4 pass over (RFC 8878, 3.1.2). The size of what follows is in the next 4 bytes."""
_BUFFER_BYTES = 1 << 20
_PACKED_BYTES = 1 << 16
"""Bytes of a compressed file that are read at a time."""

Unpacker = Callable[[], Any]
"""What makes an object that unpacks one member, as those of `bz2`, `lzma` and `zlib` do."""


class Compressed:
    """One compressed file."""

    name = "compressed"
    suffixes = TAR_SUFFIXES | {".gz", ".bz2", ".xz", ".zst", ".lz4"}

    def accepts(self, name: str, head: bytes) -> bool:
        """Return whether the first bytes are those of a compressed file."""
        return _method(head, name) is not None

    def records(self, file: File, stream: BinaryIO, context: ReadContext) -> Iterator[Record]:
        """Yield the records of the file inside, up to the place where this file is damaged."""
        unpacked, damage = _unpacked(stream, file.own_name)
        at = Position(file, context)
        counted = CountedStream(unpacked, context.count_unpacked, random_access=False, damage=damage)
        yield from context.parse(self._inner(file), cast("BinaryIO", io.BufferedReader(counted, _BUFFER_BYTES)))
        if counted.error:
            reason = str(counted.error) or type(counted.error).__name__
            at.stop("damaged-file", f"cut off or damaged: {reason}")
        elif isinstance(unpacked, _Members) and unpacked.has_more:
            at.skip("bytes-behind-end", "bytes that are not compressed come behind the compressed data", "they are left out")

    def _inner(self, file: File) -> File:
        """The file inside: `a.txt` in `a.txt.gz`, `a.tar` in `a.tgz`."""
        last, part, name = suffix(file.own_name), file.part or Path(file.path).name, file.name
        if last in self.suffixes:
            part = part[: -len(last)] + (".tar" if last in TAR_SUFFIXES else "")
            name = name[: -len(last)] if name.lower().endswith(last) else name
        return file._replace(part=part, name=name)


def _method(head: bytes, name: str) -> str | None:
    """The method of compression of a file called `name` whose first bytes are `head`; None if it is not compressed."""
    at = 0
    while _SKIPPABLE.match(head, at):
        at += 8 + int.from_bytes(head[at + 4 : at + 8], "little")
    if at and at + 4 > len(head):  # the first frame that is not passed over lies behind `head`
        return "lz4" if suffix(name) == ".lz4" else "zstd"
    return next((method for method, magic in _MAGIC.items() if magic.match(head, at)), None)


def _unpacked(stream: BinaryIO, name: str) -> tuple[BinaryIO, tuple[type[Exception], ...]]:
    """The unpacked stream, and the errors that its library raises if `stream` is cut off or damaged."""
    head, stream = peek(stream)
    method = _method(head, name)
    if method is None:
        return stream, ()  # not compressed, in spite of its suffix
    if method == "lz4":
        try:
            import pyarrow as pa  # noqa: PLC0415 an extra
        except ImportError as error:
            raise MissingExtra("parquet", error) from error
        return cast("BinaryIO", pa.CompressedInputStream(stream, "lz4")), (EOFError, OSError, pa.ArrowException)
    unpacker, damage = _unpacker(method)
    return cast("BinaryIO", _Members(stream, method, unpacker)), (EOFError, damage)


def _unpacker(method: str) -> tuple[Unpacker, type[Exception]]:
    """What unpacks a member, and the error that it raises if the member is damaged."""
    if method == "gzip":
        return _Gunzip, zlib.error
    if method == "bzip2":
        return bz2.BZ2Decompressor, OSError
    if method == "xz":
        return lzma.LZMADecompressor, lzma.LZMAError
    try:
        from backports import zstd  # noqa: PLC0415 an extra
    except ImportError as error:
        raise MissingExtra("zstd", error) from error
    return zstd.ZstdDecompressor, zstd.ZstdError


class _Gunzip:
    """Unpacks a member of gzip, with the interface that `bz2` and `lzma` have."""

    def __init__(self) -> None:
        self._layer = zlib.decompressobj(zlib.MAX_WBITS | 16)
        self._waiting = b""

    def decompress(self, data: bytes, most: int) -> bytes:
        unpacked = self._layer.decompress(self._waiting + data, most)
        self._waiting = self._layer.unconsumed_tail
        return unpacked

    @property
    def needs_input(self) -> bool:
        return not self._waiting

    @property
    def eof(self) -> bool:
        return self._layer.eof

    @property
    def unused_data(self) -> bytes:
        return self._layer.unused_data


class _Members(io.RawIOBase):
    """What the members of a compressed file unpack to, one behind another, up to the first bytes that start none.

    The libraries read such files, too, but most of them end at other bytes without a word, or raise before the last text.
    """

    def __init__(self, packed: BinaryIO, method: str, unpacker: Unpacker) -> None:
        super().__init__()
        self._packed, self._method, self._unpacker = packed, method, unpacker
        self._member: Any = unpacker()
        self._begun = b""
        """Bytes of a member that were read to see that it is one."""
        self.has_more = False
        """Whether bytes that start no member came behind the last one."""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview[int]") -> int:  # type: ignore[override] # what a buffered reader gives
        unpacked = b""
        while not unpacked and self._member is not None:
            if self._member.eof:
                self._member = self._next_member(self._member.unused_data)
                continue
            data = b""
            if self._member.needs_input:
                data, self._begun = self._begun or self._packed.read(_PACKED_BYTES), b""
                if not data:
                    raise EOFError("the end of the compressed data is missing")
            unpacked = self._member.decompress(data, len(buffer))
        buffer[: len(unpacked)] = unpacked
        return len(unpacked)

    def _next_member(self, rest: bytes) -> Any:
        """Return what unpacks the next member, which has begun to; None if there is none. `rest` comes before the stream."""
        while not rest.lstrip(b"\0") and (data := self._packed.read(_PACKED_BYTES)):
            rest = data  # zeros are padding
        rest = rest.lstrip(b"\0")
        if len(rest) < _PACKED_BYTES:
            rest += self._packed.read(_PACKED_BYTES)
        starts = _MAGIC[self._method].match(rest) or (self._method == "zstd" and _SKIPPABLE.match(rest))
        if not starts:
            self.has_more = bool(rest)
            return None
        self._begun = rest
        return self._unpacker()


COMPRESSED = Compressed()
