"""PDF and DOCX: one file, one document."""

import lzma
import re
import struct
import zipfile
import zlib
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, BinaryIO

from dedup.sources.common import File, MissingExtra, Position, ReadContext, Record, suffix
from dedup.sources.fields import make_record
from dedup.sources.streams import TooLarge, random_access
from dedup.sources.times import parse_time, pdf_time

_PDF_HEADER_BYTES = 1024
"""Bytes at the start of a PDF that hold its header; some programs write a line of their own above it."""
_PDF_HEADER = re.compile(rb"(?:^|[\r\n\x00-\x1f])%PDF-\d\.\d")
"""The header of a PDF on a line of its own, or after bytes that are no text."""
_PDF_END, _PDF_END_BYTES = b"%%EOF", 4096
"""The last line of a PDF, and the bytes at its end in which it is looked for: some programs write more behind it."""
_PDF_OBJECT = re.compile(rb"[\r\n]\s*\d+\s+\d+\s+obj\b")
_HYPHEN = re.compile("[\x02\ufffe\u00ad]\n*")
"""What PDFium returns for a hyphen that breaks a word at the end of a line."""
_STREAM = re.compile(rb"stream\r?\n")
_LAYERS = 5
"""How often a stream of a PDF may be compressed; no program compresses one more than twice."""
_PIECE = 1 << 16
"""Bytes that are unpacked at a time."""
_PDFIUM_PASSWORD = 4
"""PDFium's error code for a document that needs a password."""
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_NOTE_MARK = re.compile(r"[\d*†‡,\[\]()]+")
"""The mark of a note, if it is in superscript."""
_WORD_BEFORE = re.compile(r"[^\W\d_]{3}\Z")
"""The end of a word. Units, which can have an exponent, are shorter: the 2 of m² and km² belongs to them."""
_CHARACTERS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
"""Elements of a DOCX that are a character."""
_LEFT_OUT = frozenset(
    (
        *(f"{_WORD}{name}" for name in ("pPr", "rPr", "tblPr", "trPr", "tcPr", "sdtPr", "rubyPr", "rt", "del", "moveFrom")),
        "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
    )
)
"""Elements of a DOCX that hold no text, readings over words, deleted text, or text that also occurs elsewhere."""


class Pdf:
    """A PDF with text. A page that is a picture has none."""

    name = "pdf"
    suffixes = frozenset({".pdf"})

    def accepts(self, name: str, head: bytes) -> bool:
        """Return whether the file starts with the header of a PDF, or has it, and objects, after lines of another program."""
        if head.lstrip().startswith(b"%PDF-"):
            return True
        header = _PDF_HEADER.search(head, 0, _PDF_HEADER_BYTES)
        return header is not None and (suffix(name) in self.suffixes or _PDF_OBJECT.search(head, header.end()) is not None)

    def records(self, file: File, stream: BinaryIO, context: ReadContext) -> Iterator[Record]:
        """Yield the text of all pages as one record; a damaged page is left out with a notice."""
        try:
            import pypdfium2  # noqa: PLC0415 an extra
        except ImportError as error:
            raise MissingExtra("office", error) from error
        at = Position(file, context)
        pages: list[str] = []
        try:
            data = stream.read()
            _count_streams(data, context)
            with pypdfium2.PdfDocument(data) as opened:
                stated = opened.get_metadata_dict()
                most = context.params.pages
                if most is not None and len(opened) > most:
                    raise TooLarge(f"it has {len(opened):,} pages, more than {most:,}")
                for number in range(len(opened)):
                    try:
                        page = opened[number].get_textpage().get_text_bounded()
                    except pypdfium2.PdfiumError as error:
                        at.skip("damaged-file", f"page {number + 1}: {error}", "page skipped")
                        continue
                    pages.append(page.replace("\r\n", "\n").replace("\r", "\n"))
        except pypdfium2.PdfiumError as error:
            locked = getattr(error, "err_code", None) == _PDFIUM_PASSWORD
            at.skip("damaged-file", _LOCKED if locked else f"a damaged PDF: {error}")
            return
        text = _HYPHEN.sub("", "\n\n".join(filter(str.strip, pages)))  # a word may also be broken where a page ends
        if not text:
            at.skip("missing-text", "a PDF without text; if its pages are pictures, make it searchable (OCR) first")
            return
        if _PDF_END not in data[-_PDF_END_BYTES:]:
            at.skip("cut-off", "a PDF without its end", "what there is of it is read; it may be cut off")
        published = pdf_time(stated.get("CreationDate", ""))
        yield _record(text, {"title": stated.get("Title"), "author": stated.get("Author"), "published": published}, at)


def _count_streams(data: bytes, context: ReadContext) -> None:
    """Unpack the compressed streams of a PDF piece by piece, only to count their bytes. Raise `TooLarge` above the limits.

    PDFium unpacks a stream as a whole, however large, and a stream may be compressed several times.
    """
    for found in _STREAM.finditer(data):
        pieces: Iterator[bytes] = (data[at : at + _PIECE] for at in range(found.end(), len(data), _PIECE))
        layers = 0
        while layers < _LAYERS and _is_zlib(first := next(pieces, b"")):
            pieces = _inflated(chain([first], pieces), context)
            layers += 1
        if layers:
            deque(pieces, maxlen=0)  # all layers are unpacked by asking for the last


def _inflated(pieces: Iterator[bytes], context: ReadContext) -> Iterator[bytes]:
    """Yield the unpacked bytes of a zlib stream, as far as it is sound, and count them."""
    layer = zlib.decompressobj()
    for piece in pieces:
        packed = piece
        while packed and not layer.eof:
            try:
                unpacked = layer.decompress(packed, _PIECE)
            except zlib.error:
                return
            context.count_unpacked(len(unpacked))
            yield unpacked
            packed = layer.unconsumed_tail
        if layer.eof:
            return


def _is_zlib(data: bytes) -> bool:
    """Return whether data starts as zlib's format does (RFC 1950, 2.2)."""
    return len(data) > 1 and data[0] & 15 == 8 and (data[0] << 8 | data[1]) % 31 == 0


def is_docx(name: str, parts: Sequence[str]) -> bool:
    """Return whether a ZIP archive called `name` that holds `parts` is a Word document, and no archive with one in it."""
    there = {part.lower() for part in parts}
    is_word = suffix(name) in Docx.suffixes or any(part.startswith("word/document") for part in there)
    return "[content_types].xml" in there and is_word


class Docx:
    """Paragraphs and tables of a Word document."""

    name = "docx"
    suffixes = frozenset({".docx"})

    def accepts(self, name: str, head: bytes) -> bool:  # noqa: ARG002 the protocol's
        """Return False: a DOCX is a ZIP archive, and only the list of its parts at its end says that it is one (`is_docx`)."""
        return False

    def records(self, file: File, stream: BinaryIO, context: ReadContext) -> Iterator[Record]:
        """Yield the document's text as one record."""
        try:
            import docx  # noqa: PLC0415 an extra
            from docx.exceptions import PythonDocxError  # noqa: PLC0415
            from docx.opc.exceptions import OpcError  # noqa: PLC0415
            from lxml.etree import LxmlError  # noqa: PLC0415
        except ImportError as error:
            raise MissingExtra("office", error) from error
        at = Position(file, context)
        try:
            with random_access(stream) as whole:
                with zipfile.ZipFile(whole) as archive:
                    context.count_unpacked(sum(member.file_size for member in archive.infolist()))
                whole.seek(0)
                opened = docx.Document(whole)
            parts = [opened.element.body, *_notes(opened.part)]
            text = "\n\n".join(filter(None, (block.strip() for part in parts for block in _blocks(part))))
            hidden = sum(len(piece.text or "") for part in parts for piece in part.iter(f"{_WORD}t") if _is_hidden(piece))
            stated = opened.core_properties
            # Equal times may be those of the template, so they are not used.
            published = parse_time(stated.modified) if stated.modified != stated.created else None
            fields = {"title": stated.title, "author": stated.author, "published": published}
        except (
            *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, LxmlError, PythonDocxError, OpcError),
            *(LookupError, ValueError, TypeError, AttributeError, NotImplementedError, RuntimeError, OSError),
        ) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise
            locked = isinstance(error, RuntimeError) and "password" in str(error)
            at.skip("damaged-file", _LOCKED if locked else f"a damaged DOCX: {str(error)[:100] or type(error).__name__}")
            return
        if not text:
            at.skip("missing-text", "a DOCX without text")
            return
        if hidden:
            at.skip("hidden-text", f"{hidden:,} characters of hidden text", "left out; to have them read, unhide them in Word")
        yield _record(text, fields, at)


_LOCKED = "protected by a password; save it without one"


def _record(text: str, stated: dict[str, Any], at: Position) -> Record:
    """The record of a file whose properties are `stated`."""
    fields = {field: value for field, value in stated.items() if value}
    return make_record(text, fields, dict.fromkeys(fields, "file's properties"), at)


def _blocks(parent: Any) -> Iterator[str]:
    """The text of each paragraph and of each table in `parent`. A row of a table is a line; a merged cell occurs once."""
    for block in _within(parent, "p", "tbl"):
        if block.tag == f"{_WORD}p":
            yield _line(block)
        else:
            rows = (["\n".join(_blocks(cell)) for cell in _within(row, "tc")] for row in _within(block, "tr"))
            yield "\n".join(map("\t".join, rows))


def _line(paragraph: Any) -> str:
    """The text of a paragraph, text boxes in it included."""
    parts: list[str] = []
    for piece in _within(paragraph, "t", "p", *_CHARACTERS):
        name = piece.tag.removeprefix(_WORD)
        if name == "t" and _is_hidden(piece):
            continue
        if name == "t":
            written = piece.text or ""
            is_mark = _run_property(piece, "vertAlign") == "superscript" and _NOTE_MARK.fullmatch(written)
            parts.append(f" {written}" if is_mark and _WORD_BEFORE.search("".join(parts)) else written)
        elif name == "p":  # in a text box
            parts.append(f"\n{_line(piece)}\n")
        else:  # words before a new page or column are apart from those behind it, as those before a new line are
            parts.append(_CHARACTERS[name])
    return "".join(parts)


def _notes(part: Any) -> Iterator[Any]:
    """The footnotes and the endnotes of a document, but not the lines that Word draws above them."""
    from docx.oxml import parse_xml  # noqa: PLC0415 an extra

    for relation in part.rels.values():
        if not relation.is_external and relation.reltype.endswith(("/footnotes", "/endnotes")):
            for note in parse_xml(relation.target_part.blob):
                if note.get(f"{_WORD}type") is None:
                    yield note


def _is_hidden(piece: Any) -> bool:
    """Whether no reader of the document sees a piece of text."""
    return _run_property(piece, "vanish") not in {None, "0", "false", "off"}


def _run_property(piece: Any, name: str) -> str | None:
    """The value of a property of the run that a piece of text is in, empty if it is only set; None if it is not there."""
    found = piece.getparent().find(f"{_WORD}rPr/{_WORD}{name}")
    return None if found is None else found.get(f"{_WORD}val", "")


def _within(parent: Any, *names: str) -> Iterator[Any]:
    """The elements called `names` in `parent`, also in insertions, forms and fields, but not inside each other."""
    for element in parent:
        if element.tag in {f"{_WORD}{name}" for name in names}:
            yield element
        elif element.tag not in _LEFT_OUT:
            yield from _within(element, *names)


PDF, DOCX = Pdf(), Docx()
