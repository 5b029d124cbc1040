"""Compressed files: gzip, bzip2, xz, Zstandard; what is in them is read as if it were not."""

import bz2
import gzip
import io
import lzma
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from dedup.sources.common import At, File, MissingExtra, Reader, Record, suffix
from dedup.sources.streams import Counted, peeked

_KINDS = {".gz": "gzip", ".bz2": "bzip2", ".xz": "xz", ".zst": "zstd", ".tgz": "gzip", ".tbz": "bzip2", ".txz": "xz"}
_MAGIC = {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ\0": "xz", b"\x28\xb5\x2f\xfd": "zstd"}
_BUFFER = 1 << 20


class Packed:
    """One file, compressed."""

    name = "compressed"

    def claims(self, name: str) -> bool:
        """Whether the name ends like that of a compressed file of another format."""
        return suffix(name) in _KINDS

    def accepts(self, name: str, head: bytes) -> bool:  # noqa: ARG002 the protocol's
        """Whether it starts as one."""
        return _kind(head) is not None

    def records(self, file: File, stream: BinaryIO, reader: Reader) -> Iterator[Record]:
        """Yield the records of what was compressed; of a damaged file those before the damage."""
        own, title = suffix(file.title), file.part or Path(file.path).name
        part = title[: -len(own)] + (".tar" if own in {".tgz", ".tbz", ".txz"} else "") if own in _KINDS else title
        name = file.name[: -len(own)] if own in _KINDS and file.name.lower().endswith(own) else file.name
        unpacked, broken = _opened(stream)
        counted = Counted(unpacked, reader.unpacked, jumps=False, broken=broken)
        yield from reader.parse(file._replace(part=part, name=name), cast("BinaryIO", io.BufferedReader(counted, _BUFFER)))
        if counted.error:
            why = str(counted.error) or type(counted.error).__name__
            At(file, reader).skip("damaged-file", f"cut off or damaged: {why}", "what stands before that is read")


def _kind(head: bytes) -> str | None:
    return next((kind for magic, kind in _MAGIC.items() if head.startswith(magic)), None)


def _opened(stream: BinaryIO) -> tuple[BinaryIO, tuple[type[Exception], ...]]:
    """The stream unpacked, and what its library raises where it is cut off or damaged."""
    head, stream = peeked(stream)
    kind = _kind(head)
    if kind == "gzip":
        return cast("BinaryIO", gzip.GzipFile(fileobj=stream)), (EOFError, zlib.error, OSError)
    if kind == "bzip2":
        return cast("BinaryIO", bz2.BZ2File(stream)), (EOFError, OSError)
    if kind == "xz":
        return cast("BinaryIO", lzma.LZMAFile(stream)), (EOFError, lzma.LZMAError)
    if kind is None:
        return stream, ()  # its name alone says that it is compressed
    try:
        from backports import zstd  # noqa: PLC0415 an extra
    except ImportError as error:
        raise MissingExtra("zstd", error) from error
    return cast("BinaryIO", zstd.ZstdFile(stream)), (EOFError, zstd.ZstdError)


SOURCE = Packed()
