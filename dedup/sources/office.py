"""PDF and DOCX: a file a document."""

import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any, BinaryIO

from dedup.sources.common import At, File, MissingExtra, Reader, Record, suffix
from dedup.sources.fields import complete
from dedup.sources.streams import seekable
from dedup.sources.times import parse_time

_HYPHEN = re.compile("[\x02\ufffe\u00ad]\n?")
"""What stands where a word was broken at the end of a line."""
_DATE = re.compile(r"D:(\d{4})(\d\d)(\d\d)(\d\d)?(\d\d)?(\d\d)?(?:Z|([+-]\d\d)'?(\d\d)?)?")
"""A time in a PDF (ISO 32000, 7.9.4)."""
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SIGNS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_LEFT_OUT = frozenset(
    (
        *(f"{_WORD}{name}" for name in ("pPr", "rPr", "tblPr", "trPr", "tcPr", "sdtPr", "del", "moveFrom")),
        "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
    )
)
"""Elements of a DOCX that hold no text, deleted text, or text that stands elsewhere too."""
_PASSWORD = 4
"""What PDFium calls a document whose password it was not given."""


class Pdf:
    """Pages of text; what is only a picture of text is not read."""

    name = "pdf"

    def claims(self, name: str) -> bool:
        """Whether the name ends like one."""
        return suffix(name) == ".pdf"

    def accepts(self, name: str, head: bytes) -> bool:  # noqa: ARG002 the protocol's
        """Whether it starts as one; some have a line of something else above."""
        return b"%PDF-" in head[:1024]

    def records(self, file: File, stream: BinaryIO, reader: Reader) -> Iterator[Record]:
        """Yield the text of all pages."""
        try:
            import pypdfium2  # noqa: PLC0415 an extra
        except ImportError as error:
            raise MissingExtra("office", error) from error
        pages: list[str] = []
        try:
            with pypdfium2.PdfDocument(stream.read()) as opened:
                stated = opened.get_metadata_dict()
                for number in range(len(opened)):
                    try:
                        page = opened[number].get_textpage().get_text_bounded()
                    except pypdfium2.PdfiumError as error:
                        At(file, reader).skip("damaged-file", f"page {number + 1}: {error}", "that page skipped")
                        continue
                    pages.append(_HYPHEN.sub("", page.replace("\r\n", "\n").replace("\r", "\n")))
        except pypdfium2.PdfiumError as error:
            locked = getattr(error, "err_code", None) == _PASSWORD
            At(file, reader).skip("damaged-file", "protected by a password" if locked else f"a damaged PDF: {error}")
            return
        text = "\n\n".join(filter(str.strip, pages))
        if not text:
            At(file, reader).skip("missing-text", "a PDF without text; are its pages pictures? make it searchable first")
            return
        known = {
            "title": stated.get("Title"),
            "author": stated.get("Author"),
            "published": _pdf_time(stated.get("CreationDate", "")),
        }
        yield _record(text, known, file, reader)


class Docx:
    """Paragraphs and tables of a word processor's file."""

    name = "docx"

    def claims(self, name: str) -> bool:
        """Whether the name ends like one."""
        return suffix(name) == ".docx"

    def accepts(self, name: str, head: bytes) -> bool:
        """Whether it is a ZIP archive by its start, and a document by its name or its first parts."""
        return head.startswith(b"PK\x03\x04") and (self.claims(name) or b"word/document.xml" in head)

    def records(self, file: File, stream: BinaryIO, reader: Reader) -> Iterator[Record]:
        """Yield the document's text."""
        try:
            import docx  # noqa: PLC0415 an extra
            from docx.exceptions import PythonDocxError  # noqa: PLC0415
            from docx.opc.exceptions import OpcError  # noqa: PLC0415
            from lxml.etree import LxmlError  # noqa: PLC0415
        except ImportError as error:
            raise MissingExtra("office", error) from error
        try:
            with seekable(stream) as whole:
                with zipfile.ZipFile(whole) as archive:
                    reader.unpacked(sum(member.file_size for member in archive.infolist()))
                whole.seek(0)
                opened = docx.Document(whole)
            text = "\n\n".join(filter(None, (block.strip() for block in _blocks(opened.element.body))))
            stated = opened.core_properties
            known = {
                "title": stated.title,
                "author": stated.author,
                "published": stated.modified if stated.modified != stated.created else None,
            }
        except (
            *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, LxmlError, PythonDocxError, OpcError),
            *(LookupError, ValueError, TypeError, AttributeError, NotImplementedError, RuntimeError, OSError),
        ) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise
            locked = isinstance(error, RuntimeError) and "password" in str(error)
            why = "protected by a password" if locked else f"a damaged DOCX: {str(error)[:100] or type(error).__name__}"
            At(file, reader).skip("damaged-file", why)
            return
        if not text:
            At(file, reader).skip("missing-text", "a DOCX without text")
            return
        yield _record(text, known, file, reader)


def _record(text: str, known: dict[str, Any], file: File, reader: Reader) -> Record:
    known["published"] = parse_time(known["published"])
    kept = {field: value for field, value in known.items() if value}
    return complete(text, kept, dict.fromkeys(kept, "file's properties"), At(file, reader))


def _blocks(parent: Any) -> Iterator[str]:
    """The text of each paragraph, and of each table, a row a line, a merged cell once."""
    for block in _within(parent, "p", "tbl"):
        if block.tag == f"{_WORD}p":
            yield _line(block)
        else:
            rows = (["\n".join(_blocks(cell)) for cell in _within(row, "tc")] for row in _within(block, "tr"))
            yield "\n".join(map("\t".join, rows))


def _line(paragraph: Any) -> str:
    parts = []
    for piece in _within(paragraph, "t", "p", *_SIGNS):
        name = piece.tag.removeprefix(_WORD)
        if name == "t":
            parts.append(piece.text or "")
        elif name == "p":  # in a text box
            parts.append(f"\n{_line(piece)}\n")
        elif piece.get(f"{_WORD}type") not in {"page", "column"}:
            parts.append(_SIGNS[name])
    return "".join(parts)


def _within(parent: Any, *names: str) -> Iterator[Any]:
    """The elements of these names in `parent`, but not within each other; also in insertions, forms and fields."""
    for element in parent:
        if element.tag in {f"{_WORD}{name}" for name in names}:
            yield element
        elif element.tag not in _LEFT_OUT:
            yield from _within(element, *names)


def _pdf_time(value: str) -> datetime | None:
    found = _DATE.match(value)
    if not found:
        return None
    year, month, day, hour, minute, second, east, past = found.groups()
    zone = f"{east}:{past or '00'}" if east else "Z"
    return parse_time(f"{year}-{month}-{day}T{hour or '00'}:{minute or '00'}:{second or '00'}{zone}")


SOURCES = (Pdf(), Docx())
