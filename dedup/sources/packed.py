"""Compressed files: gzip, bzip2, xz, Zstandard; what is in them is read as if it were not."""

import bz2
import gzip
import io
import lzma
import zlib
from collections.abc import Iterator
from typing import BinaryIO, cast

from dedup.sources.common import At, File, MissingExtra, Reader, Record, suffix
from dedup.sources.streams import Counted

_KINDS = {".gz": "gzip", ".bz2": "bzip2", ".xz": "xz", ".zst": "zstd", ".tgz": "gzip", ".tbz": "bzip2", ".txz": "xz"}
_MAGIC = {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ\0": "xz", b"\x28\xb5\x2f\xfd": "zstd"}
_BROKEN = (EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile)
"""What the libraries say of a file that is cut off or damaged."""


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
        own = suffix(file.title)
        part = file.title[: -len(own)] + (".tar" if own in {".tgz", ".tbz", ".txz"} else "") if own in _KINDS else file.title
        name = file.name[: -len(own)] if own in _KINDS and file.name.lower().endswith(own) else file.name
        broken = ""
        try:
            unpacked = io.BufferedReader(Counted(_opened(stream), reader.unpacked), 1 << 20)
            yield from reader.parse(file._replace(part=part, name=name), cast("BinaryIO", unpacked))
        except _BROKEN as error:
            broken = str(error) or type(error).__name__
        except OSError as error:
            if error.errno is not None:
                raise
            broken = str(error)
        except Exception as error:
            if type(error).__name__ != "ZstdError":
                raise
            broken = str(error)
        if broken:
            At(file, reader).skip("damaged-file", f"cut off or damaged: {broken}", "what stands before that is read")


def _kind(head: bytes) -> str | None:
    return next((kind for magic, kind in _MAGIC.items() if head.startswith(magic)), None)


def _opened(stream: BinaryIO) -> BinaryIO:
    head = stream.peek(8) if isinstance(stream, io.BufferedReader) else stream.read(8)
    if not isinstance(stream, io.BufferedReader):
        stream.seek(0)
    kind = _kind(head)
    if kind == "gzip":
        return cast("BinaryIO", gzip.GzipFile(fileobj=stream))
    if kind == "bzip2":
        return cast("BinaryIO", bz2.BZ2File(stream))
    if kind == "xz":
        return cast("BinaryIO", lzma.LZMAFile(stream))
    if kind is None:
        return stream  # its name alone says that it is compressed
    try:
        import zstandard  # noqa: PLC0415 an extra
    except ImportError as error:
        raise MissingExtra("zstd", error) from error
    return cast("BinaryIO", zstandard.ZstdDecompressor().stream_reader(stream, read_across_frames=True))


SOURCE = Packed()
