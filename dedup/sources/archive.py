"""Archives: ZIP, WACZ and tar. Each file inside is read as in a folder."""

import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import count
from typing import BinaryIO, cast

from dedup.errors import SourceError
from dedup.sources import office
from dedup.sources.common import File, Position, ReadContext, Record, is_hidden, suffix
from dedup.sources.metadata_table import METADATA_FILE, MetadataTable, metadata_of, read_metadata_table
from dedup.sources.streams import CountedStream, random_access

_DAMAGE = (
    *(zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, struct.error),
    *(EOFError, NotImplementedError, RuntimeError, ValueError, OSError),
)
"""Errors that the libraries raise at a file inside that is damaged, encrypted, or packed by a method that they do not know."""
_ZIP_MARKS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08PK\x03\x04")
"""The first bytes of a ZIP archive: of its first file, of its end if it has none, of one that was to be split."""
_IS_UTF8 = 0x800
"""The bit of a file's flags that says that its name is UTF-8."""
_WESTERN = frozenset("ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜáíóúñÑ")
"""The letters of code page 437."""
_BUFFER_BYTES = 1 << 16


class Zip:
    """A ZIP archive. If it is a WACZ (a web archive with an index), only the WARC files inside are read."""

    name = "zip"
    suffixes = frozenset({".zip", ".wacz"})

    def accepts(self, name: str, head: bytes) -> bool:  # noqa: ARG002 the protocol's
        """Return whether the first bytes are those of a ZIP archive. What cannot be opened and is called a DOCX is one."""
        return head.startswith(_ZIP_MARKS)

    def records(self, file: File, stream: BinaryIO, context: ReadContext) -> Iterator[Record]:
        """Yield the records of each file inside. A DOCX is such an archive too; its parts are no files of their own."""
        with random_access(stream) as whole:
            try:
                archive = zipfile.ZipFile(whole)
            except _DAMAGE as error:
                _raise_unless_damage(error)
                if suffix(file.own_name) in office.DOCX.suffixes:
                    yield from office.DOCX.records(file, whole, context)
                else:
                    Position(file, context).skip("damaged-file", f"not a whole ZIP archive: {error}")
                return
            if office.is_docx(file.own_name, archive.namelist()):
                yield from office.DOCX.records(file, whole, context)
            else:
                yield from _zip_records(archive, file, context)


def _zip_records(archive: zipfile.ZipFile, file: File, context: ReadContext) -> Iterator[Record]:
    """The records of each file inside; those of damaged files are left out with a notice."""
    tables: dict[str, MetadataTable] = {}
    left_out, numbers = 0, count()
    members = _zip_members(archive)
    if unknown := sum(_name(member)[1] for member in members):
        message = f"names inside that do not say their encoding: {unknown:,}; their bytes are shown"
        Position(file, context).warn("unknown-name", f"{message}; to see the names, pack the files with UTF-8 names")
    for member in members:
        name = _name(member)[0]
        folder, _, base = name.rpartition("/")
        inner = file.member(name, metadata=metadata_of(tables.get(folder, {}), base))
        if not _is_read(name, context):
            left_out += 1
            continue
        try:
            if base == METADATA_FILE:
                with archive.open(member) as opened:
                    table = read_metadata_table(inner, _counted(opened, context), context)
                if table is not None:
                    tables[folder] = table
                    continue
            with archive.open(member) as opened:
                yield from _numbered(context.parse(inner, _counted(opened, context)), numbers)
        except _DAMAGE as error:
            _raise_unless_damage(error)
            reason = f"damaged, encrypted or packed by an unknown method: {str(error) or type(error).__name__}"
            Position(inner, context).skip("damaged-file", reason)
    _report_left_out(left_out, file, context)


def _name(member: zipfile.ZipInfo) -> tuple[str, bool]:
    r"""The name of a file inside, and whether its encoding is unknown: then bytes that are not ASCII are shown, as `\x83`.

    A name without the mark of UTF-8 may still be UTF-8, which other encodings hardly ever look like, or else have letters of
    code page 437, the standard's encoding. Programs in East Asia or Eastern Europe write names in their own encodings.
    """
    if member.filename.isascii() or member.flag_bits & _IS_UTF8:
        return member.filename, False
    try:
        data = member.filename.encode("cp437")
    except UnicodeEncodeError:  # the standard library took it from a field that holds it in UTF-8
        return member.filename, False
    with suppress(UnicodeDecodeError):
        return data.decode("utf-8"), False
    if all(character in _WESTERN or (character.isascii() and character != "\\") for character in member.filename):
        return member.filename, False
    # A byte that looks like a backslash is half a letter in some encodings, and parts no folders.
    return data.replace(b"\\", b"\\x5c").decode("ascii", "backslashreplace"), True


def _zip_members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The files inside, by name, but metadata tables first, because they are needed for the others."""
    members = [m for m in archive.infolist() if not m.is_dir()]
    warcs = [m for m in members if m.filename.startswith("archive/")]
    if warcs and any(m.filename == "datapackage.json" for m in members):  # a WACZ
        members = warcs
    return sorted(members, key=lambda m: (not m.filename.endswith(METADATA_FILE), m.filename))


class Tar:
    """A tar archive, read in one pass."""

    name = "tar"
    suffixes = frozenset({".tar"})

    def accepts(self, name: str, head: bytes) -> bool:
        """Return whether the suffix or the first header are those of a tar archive."""
        return _starts_tar(head[: tarfile.BLOCKSIZE]) or suffix(name) in self.suffixes

    def records(self, file: File, stream: BinaryIO, context: ReadContext) -> Iterator[Record]:
        """Yield the records of each file inside, up to the place where the archive is damaged."""
        left_out, numbers = 0, count()
        try:
            # An archive that was appended to another comes behind the zeros that end the first.
            with tarfile.open(fileobj=stream, mode="r|", tarinfo=_Member, ignore_zeros=True) as archive:
                for member in archive:
                    if member.isdir():
                        continue
                    opened = archive.extractfile(member) if member.isfile() and _is_read(member.name, context) else None
                    if opened is None:
                        left_out += 1
                        continue
                    inner = file.member(member.name.removeprefix("./"))
                    yield from _numbered(context.parse(inner, _counted(opened, context)), numbers)
        except _DAMAGE as error:
            _raise_unless_damage(error)
            Position(file, context).stop("damaged-file", f"cut off or damaged: {error}")
        _report_left_out(left_out, file, context)


def _starts_tar(block: bytes) -> bool:
    """Whether the first block is a header: by its mark, which old archives lack, or else by its checksum."""
    if block[257:262] == b"ustar" and b"\0" in block:
        return True
    try:
        tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        return False
    return True


class _Member(tarfile.TarInfo):
    """A header that raises if it is damaged. The library would take a damaged header for the end of the archive."""

    @classmethod
    def fromtarfile(cls, archive: tarfile.TarFile) -> "_Member":
        try:
            return super().fromtarfile(archive)
        except tarfile.InvalidHeaderError as error:  # type: ignore[attr-defined] # not in the stubs
            raise tarfile.ReadError(str(error)) from error


def _raise_unless_damage(error: Exception) -> None:
    """Raise `error` again if it is a limit, a missing package, or a failure of the disk: then the archive is not damaged."""
    if isinstance(error, SourceError) or (isinstance(error, OSError) and error.errno is not None):
        raise error


def _numbered(records: Iterable[Record], numbers: Iterator[int]) -> Iterator[Record]:
    """The records, numbered by their place in the archive instead of that in the file inside."""
    return (replace(record, number=next(numbers)) for record in records)


def _is_read(name: str, context: ReadContext) -> bool:
    """Whether a file inside is read: not hidden, no copy of macOS's resource forks, and of a suffix that a format claims."""
    parts = name.removeprefix("./").split("/")
    return not any(is_hidden(part) or part == "__MACOSX" for part in parts) and context.claims(parts[-1])


def _report_left_out(number: int, file: File, context: ReadContext) -> None:
    if number:
        message = f"files inside that were left out (of other formats, hidden, or links): {number:,}"
        Position(file, context).warn("other-format", message)


def _counted(opened: object, context: ReadContext) -> BinaryIO:
    """The stream of a file inside; what is read of it counts as unpacked."""
    counted = CountedStream(cast("BinaryIO", opened), context.count_unpacked, random_access=False)
    return cast("BinaryIO", io.BufferedReader(counted, _BUFFER_BYTES))


ZIP, TAR = Zip(), Tar()
