"""Compressed files: gzip, bzip2, xz, Zstandard. The file inside is read as if it were not compressed."""

import bz2
import gzip
import io
import lzma
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from dedup.sources.common import File, MissingExtra, Position, ReadContext, Record, suffix
from dedup.sources.streams import CountedStream, peek

TAR_SUFFIXES = frozenset({".tgz", ".tbz", ".txz"})
"""Suffixes of compressed tar archives."""
_MAGIC = {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ\0": "xz", b"\x28\xb5\x2f\xfd": "zstd"}
"""The method of compression, by the first bytes of the file."""
_BUFFER_BYTES = 1 << 20


class Compressed:
    """One compressed file."""

    name = "compressed"
    suffixes = TAR_SUFFIXES | {".gz", ".bz2", ".xz", ".zst"}

    def accepts(self, name: str, head: bytes) -> bool:  # noqa: ARG002 the protocol's
        """Return whether the first bytes are those of a compressed file."""
        return _method(head) is not None

    def records(self, file: File, stream: BinaryIO, context: ReadContext) -> Iterator[Record]:
        """Yield the records of the file inside, up to the place where this file is damaged."""
        unpacked, damage = _unpacked(stream)
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


def _method(head: bytes) -> str | None:
    return next((method for magic, method in _MAGIC.items() if head.startswith(magic)), None)


def _unpacked(stream: BinaryIO) -> tuple[BinaryIO, tuple[type[Exception], ...]]:
    """The unpacked stream, and the errors that its library raises if `stream` is cut off or damaged."""
    head, stream = peek(stream)
    method = _method(head)
    if method == "gzip":
        return cast("BinaryIO", gzip.GzipFile(fileobj=stream)), (EOFError, zlib.error, OSError)
    if method == "bzip2":
        return cast("BinaryIO", bz2.BZ2File(stream)), (EOFError, OSError)
    if method == "xz":
        return cast("BinaryIO", lzma.LZMAFile(stream)), (EOFError, lzma.LZMAError)
    if method is None:
        return stream, ()  # not compressed, in spite of its suffix
    try:
        from backports import zstd  # noqa: PLC0415 an extra
    except ImportError as error:
        raise MissingExtra("zstd", error) from error
    return cast("BinaryIO", zstd.ZstdFile(stream)), (EOFError, zstd.ZstdError)


COMPRESSED = Compressed()
