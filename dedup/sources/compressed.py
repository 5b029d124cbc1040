"""Compressed files: gzip, bzip2, xz, Zstandard, LZ4. The file inside is read as if it were not compressed."""

import bz2
import gzip
import io
import lzma
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

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
        counted = CountedStream(unpacked, context.count_unpacked, random_access=False, damage=damage)
        yield from context.parse(self._inner(file), cast("BinaryIO", io.BufferedReader(counted, _BUFFER_BYTES)))
        if counted.error:
            reason = str(counted.error) or type(counted.error).__name__
            Position(file, context).stop("damaged-file", f"cut off or damaged: {reason}")

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
    if method == "gzip":
        return cast("BinaryIO", gzip.GzipFile(fileobj=stream)), (EOFError, zlib.error, OSError)
    if method == "bzip2":
        return cast("BinaryIO", bz2.BZ2File(stream)), (EOFError, OSError)
    if method == "xz":
        return cast("BinaryIO", lzma.LZMAFile(stream)), (EOFError, lzma.LZMAError)
    if method is None:
        return stream, ()  # not compressed, in spite of its suffix
    if method == "lz4":
        try:
            import pyarrow as pa  # noqa: PLC0415 an extra
        except ImportError as error:
            raise MissingExtra("parquet", error) from error
        return cast("BinaryIO", pa.CompressedInputStream(stream, "lz4")), (EOFError, OSError, pa.ArrowException)
    try:
        from backports import zstd  # noqa: PLC0415 an extra
    except ImportError as error:
        raise MissingExtra("zstd", error) from error
    return cast("BinaryIO", zstd.ZstdFile(stream)), (EOFError, zstd.ZstdError)


COMPRESSED = Compressed()
