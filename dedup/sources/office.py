"""PDF and DOCX: a file a document."""

import re
import zipfile
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
                    page = opened[number].get_textpage().get_text_bounded()
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
            from lxml.etree import LxmlError  # noqa: PLC0415
        except ImportError as error:
            raise MissingExtra("office", error) from error
        try:
            with seekable(stream) as whole:
                with zipfile.ZipFile(whole) as archive:
                    reader.unpacked(sum(member.file_size for member in archive.infolist()))
                whole.seek(0)
                opened = docx.Document(whole)
            text = "\n\n".join(filter(None, (_block(block).strip() for block in opened.iter_inner_content())))
            stated = opened.core_properties
            known = {"title": stated.title, "author": stated.author, "published": stated.modified or stated.created}
        except (
            zipfile.BadZipFile,
            LxmlError,
            KeyError,
            ValueError,
            AttributeError,
            NotImplementedError,
            RuntimeError,
        ) as error:
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


def _block(block: Any) -> str:
    """The text of a paragraph, or of a table, a row a line."""
    if hasattr(block, "rows"):
        return "\n".join("\t".join(cell.text for cell in row.cells) for row in block.rows)
    return str(block.text)


def _pdf_time(value: str) -> datetime | None:
    found = _DATE.match(value)
    if not found:
        return None
    year, month, day, hour, minute, second, east, past = found.groups()
    zone = f"{east}:{past or '00'}" if east else "Z"
    return parse_time(f"{year}-{month}-{day}T{hour or '00'}:{minute or '00'}:{second or '00'}{zone}")


SOURCES = (Pdf(), Docx())
