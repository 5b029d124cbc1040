"""Archives: ZIP, WACZ and tar; each file in them is read as in a folder."""

import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import count
from typing import BinaryIO, cast

from dedup.errors import SourceError
from dedup.sources import metadata_table as beside
from dedup.sources.common import At, File, Reader, Record, suffix
from dedup.sources.streams import Counted, seekable

_BROKEN = (
    *(zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, struct.error),
    *(EOFError, NotImplementedError, RuntimeError, ValueError, OSError),
)
"""What the libraries say of a file in an archive that is damaged, encrypted, or packed in a way they do not know."""


class Zip:
    """A ZIP archive; of a WACZ the web archives in it."""

    name = "zip"

    def claims(self, name: str) -> bool:
        """Whether the name ends like one."""
        return suffix(name) in {".zip", ".wacz"}

    def accepts(self, name: str, head: bytes) -> bool:
        """Whether it starts as one, and is no document of an office."""
        return head.startswith((b"PK\x03\x04", b"PK\x05\x06")) and suffix(name) != ".docx" and b"word/document.xml" not in head

    def records(self, file: File, stream: BinaryIO, reader: Reader) -> Iterator[Record]:
        """Yield the records of each file in it."""
        with seekable(stream) as whole:
            try:
                archive = zipfile.ZipFile(whole)
            except _BROKEN as error:
                _ours(error)
                At(file, reader).skip("damaged-file", f"not a whole ZIP archive: {error}")
                return
            yield from self._members(archive, file, reader)

    @staticmethod
    def _members(archive: zipfile.ZipFile, file: File, reader: Reader) -> Iterator[Record]:
        members = [m for m in archive.infolist() if not m.is_dir()]
        names = {m.filename for m in members}
        if "datapackage.json" in names and any(name.startswith("archive/") for name in names):  # a WACZ
            members = [m for m in members if m.filename.startswith("archive/")]
        tables: dict[str, beside.Table] = {}
        left, numbers = 0, count()
        for member in sorted(members, key=lambda m: (not m.filename.endswith(beside.NAME), m.filename)):  # tables first
            name = member.filename
            folder, _, base = name.rpartition("/")
            inner = file.inside(name, known=beside.of(tables.get(folder, {}), base))
            if not _wanted(name, reader):
                left += 1
                continue
            try:
                if base == beside.NAME:
                    with archive.open(member) as opened:
                        known = beside.table(inner, _counted(opened, reader), reader)
                    if known is not None:
                        tables[folder] = known
                        continue
                with archive.open(member) as opened:
                    yield from _numbered(reader.parse(inner, _counted(opened, reader)), numbers)
            except _BROKEN as error:
                _ours(error)
                At(inner, reader).skip("damaged-file", f"cannot be unpacked: {str(error) or type(error).__name__}")
        _tell_left(left, file, reader)


class Tar:
    """A tar archive, read from its start to its end."""

    name = "tar"

    def claims(self, name: str) -> bool:
        """Whether the name ends like one."""
        return suffix(name) == ".tar"

    def accepts(self, name: str, head: bytes) -> bool:
        """Whether it starts as one."""
        return head[257:262] == b"ustar" or self.claims(name)

    def records(self, file: File, stream: BinaryIO, reader: Reader) -> Iterator[Record]:
        """Yield the records of each file in it."""
        left, numbers = 0, count()
        try:
            with tarfile.open(fileobj=stream, mode="r|", tarinfo=_Member) as archive:
                for member in archive:
                    if member.isdir():
                        continue
                    opened = archive.extractfile(member) if member.isfile() and _wanted(member.name, reader) else None
                    if opened is None:
                        left += 1
                        continue
                    inner = file.inside(member.name.removeprefix("./"))
                    yield from _numbered(reader.parse(inner, _counted(opened, reader)), numbers)
        except _BROKEN as error:
            _ours(error)
            At(file, reader).skip("damaged-file", f"cut off or damaged: {error}", "what stands before that is read")
        _tell_left(left, file, reader)


class _Member(tarfile.TarInfo):
    """Says of a damaged header that it is one; the library would take it for the end of the archive."""

    @classmethod
    def fromtarfile(cls, archive: tarfile.TarFile) -> "_Member":
        try:
            return super().fromtarfile(archive)
        except tarfile.InvalidHeaderError as error:  # type: ignore[attr-defined] # not in the stubs
            raise tarfile.ReadError(str(error)) from error


def _ours(error: Exception) -> None:
    """Raise again what is no damage but a limit, a missing package, or a failure of the disk."""
    if isinstance(error, SourceError) or (isinstance(error, OSError) and error.errno is not None):
        raise error


def _numbered(records: Iterable[Record], numbers: Iterator[int]) -> Iterator[Record]:
    """Number the records by their place in the archive, not in its files."""
    return (replace(record, number=next(numbers)) for record in records)


def _wanted(name: str, reader: Reader) -> bool:
    """Whether a file in an archive is read: as in a folder, no hidden ones, and none of other formats."""
    parts = name.removeprefix("./").split("/")
    return not any(part.startswith(".") or part == "__MACOSX" for part in parts) and reader.claims(parts[-1])


def _tell_left(left: int, file: File, reader: Reader) -> None:
    if left:
        files = "1 file" if left == 1 else f"{left} files"
        reader.notices.add(
            "other-format", f"{file.place}: left out {files} of other formats, or hidden, or links", path=file.path
        )


def _counted(opened: object, reader: Reader) -> BinaryIO:
    return cast("BinaryIO", io.BufferedReader(Counted(cast("BinaryIO", opened), reader.unpacked, jumps=False), 1 << 16))


SOURCES = (Zip(), Tar())
