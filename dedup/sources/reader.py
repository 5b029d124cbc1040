"""Files to documents: the entry of stage 1. Nothing is left out without a notice."""

import io
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from typing import BinaryIO, cast

from dedup.errors import SourceError, UsageError
from dedup.params import Reading
from dedup.sources import formats, walk
from dedup.sources.common import STDIN, File, Format, MissingExtra, Notices, Position, Record
from dedup.sources.encoding import (
    READ_AS_U_FFFD,
    check_encoding,
    decode_as,
    encoding_of,
    guessed_utf16,
    invalid_bytes,
    marked_encoding,
    overruled,
)
from dedup.sources.fields import check_outlet_from
from dedup.sources.ids import document_of, stream_with_distinct_ids, with_distinct_ids
from dedup.sources.limits import NESTED_FILES
from dedup.sources.streams import (
    DATABASE_MARK,
    INDEX_MARK,
    CountedStream,
    Recoded,
    Recorded,
    TooLarge,
    UnpackBudget,
    open_file,
    peek,
)
from dedup.types import Document, Documents, Progress

_BUFFER_BYTES = 1 << 18
_REPORT_BYTES = 256
"""Bytes at the start of a report that hold its `schema`."""
_NOT_OF_THE_FORMAT = frozenset({"damaged-file", "invalid-record", "other-format"})
"""Codes of notices that say that a file, or a record in it, is not of the format in which it was read."""
_OF_THE_FORMAT = frozenset({"missing-text", "too-large"})
"""Codes of notices that only a file of the format can give."""
_PROGRESS_DOCUMENTS = 1000
"""Documents between two calls of `progress`."""


def read(
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    reading: Reading | None = None,
    *,
    progress: Progress | None = None,
) -> Documents:
    """Return the documents in files, in folders with all folders below them, and on standard input (`-`).

    `paths` may also be globs and files that list paths. The result is a list of `Document`s; what could not be read is in its
    `notices`. `progress` is called with a message and, if it is known, the share that is done.

    The id of a document is the one that its record states; else the path of its file, relative to the folder in `paths` (to the
    common folder of several paths; a file that is the only path: its name), followed by `:LINE` if the file holds several
    documents. If two texts have one id, it becomes `ID#` and eight digits of the text's SHA-256.

    Raises `SourceError` if none of `paths` exists, and `UsageError` if `paths` is empty or `reading` has invalid values.

    >>> import dedup
    >>> documents = dedup.read("seeds")
    >>> len(documents), documents[0].id
    (5, '000_16766f05b5cc8635.txt')
    >>> documents.notices
    []
    """
    reader = Reader(paths, reading, progress=progress)
    return Documents(with_distinct_ids(reader.documents(), reader.notices), reader.notices, reader.params.as_dict())


class Reader:
    """Reads documents one by one, and collects `notices` meanwhile. It raises the same errors as `read`.

    It is the `ReadContext` of the formats.
    """

    def __init__(
        self,
        paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
        reading: Reading | None = None,
        *,
        progress: Progress | None = None,
        expand_lists: bool = True,
    ) -> None:
        """Find the files to read. Only lists of paths (with `expand_lists`) and tables beside files are opened yet."""
        self.params = reading or Reading()
        self.expand_lists = expand_lists
        self.whole_rows = False
        self.notices = Notices()
        self.renamed: dict[str, str] = {}
        """After `distinct`: the new ids of documents, by the id under which they were yielded."""
        self._progress = progress
        self._nesting = self._bytes_done = 0
        if self.params.format is not None and self.params.format not in formats.FORMAT_NAMES:
            raise UsageError(f"no format {self.params.format!r}; the formats are: {', '.join(formats.FORMAT_NAMES)}")
        if self.params.encoding is not None:
            check_encoding(self.params.encoding)
        if self.params.outlet_from:
            check_outlet_from(self.params.outlet_from)
        given = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
        if not given:
            raise UsageError("nothing to read: name a file, a folder, or - for standard input")
        self._files = list(walk.find_files([os.fspath(p) for p in given], self, lambda: _stdin().read()))
        missing = self.notices.count_of("missing-path")
        if missing and not self._files and missing >= len(given):
            raise SourceError("\n".join(n.message for n in self.notices))
        self._total_bytes = sum(file.size or 0 for file in self._files)

    @property
    def paths(self) -> list[str]:
        """The files on disk that it reads."""
        return [file.path for file in self._files if file.path != STDIN]

    def documents(self) -> Iterator[Document]:
        """Yield each document; ids may repeat."""
        return (document for document, _ in self.recorded())

    def recorded(self) -> Iterator[tuple[Document, Record]]:
        """Yield each document with its record; ids may repeat."""
        count = 0
        for file in self._files:
            for record in self.records(file):
                yield document_of(file, record), record
                count += 1
                if self._progress and count % _PROGRESS_DOCUMENTS == 0:
                    self._report_progress(self._progress, count)
            self._bytes_done += file.size or 0

    def distinct(self) -> Iterator[Document]:
        """Yield the documents that `read` returns, one by one, without keeping their texts.

        When an id turns out to have several texts, its first document has been yielded already: `renamed` holds its new id.
        """
        return stream_with_distinct_ids(self.documents(), self.notices, self.renamed)

    def records(self, file: File) -> Iterator[Record]:
        """Yield the records of a file on disk, numbered from 0 by their place in it."""
        self._budget = UnpackBudget(self.params, file.size)
        at, noticed, is_empty = Position(file, self), self.notices.total, True
        try:
            with nullcontext(_stdin()) if file.path == STDIN else open_file(file.path) as stream:
                counted = CountedStream(stream, self._count_read)
                for record in self.parse(file, cast("BinaryIO", io.BufferedReader(counted, _BUFFER_BYTES))):
                    is_empty = False
                    yield record
            if is_empty and self.notices.total == noticed:
                at.skip("empty-file", "the file holds no document", "nothing to read")
        except TooLarge as error:
            at.stop("too-large", str(error))
        except MissingExtra as error:
            at.skip("missing-extra", str(error))
        except OSError as error:
            at.skip("unreadable-file", error.strerror or str(error))
        except MemoryError:
            at.skip("unreadable-file", "too large for this machine's memory; split it")

    def parse(self, file: File, stream: BinaryIO) -> Iterator[Record]:
        """Yield the records of a file on disk or inside another file, in any format."""
        at = Position(file, self)
        if self._nesting >= NESTED_FILES:
            at.skip("too-deep", f"more than {NESTED_FILES} files within files; unpack it first")
            return
        head, stream = peek(stream)
        if not head:
            at.skip("empty-file", "the file is empty", "nothing to read")
            return
        if _is_no_input(head, at):
            return
        recoded = None
        message = overruled(head, self.params.encoding)
        if message and formats.format_of(file, head, self.params.format) in formats.JSON_FORMATS:
            at.warn("guessed-encoding", message)
        if (encoding := encoding_of(head, self.params.encoding)) != "utf-8":
            as_utf8 = decode_as(head, encoding).text.encode()
            if formats.format_of(file, as_utf8, self.params.format) in formats.JSON_FORMATS:
                if not (marked_encoding(head) or self.params.encoding):
                    at.warn("guessed-encoding", guessed_utf16(encoding))
                recoded = Recoded(stream, encoding)
                head, stream = peek(cast("BinaryIO", io.BufferedReader(recoded)))
        self._nesting += 1
        try:
            yield from self._in_its_format(file, head, stream)
            if recoded and recoded.errors:
                at.warn("invalid-encoding", f"{invalid_bytes(encoding, count=recoded.errors)}; {READ_AS_U_FFFD}")
        except MissingExtra as error:
            at.skip("missing-extra", str(error))
        finally:
            self._nesting -= 1

    def _in_its_format(self, file: File, head: bytes, stream: BinaryIO) -> Iterator[Record]:
        """The records of a file in the first format that fits it.

        A text that only starts as a format does, and is none, is taken back from it and offered to the formats after it.
        """
        passed: list[Format] = []
        while True:
            form = formats.format_of(file, head, self.params.format, passed)
            before = self.notices.state()
            if passed and form not in formats.JSON_FORMATS:
                message = f"it starts as {passed[0].name} does, but is none; read as {form.name}"
                Position(file, self).skip("uncertain-format", message, "if that is wrong, name its format with --from")
            if formats.is_certain(form, file, head, self.params.format):
                yield from form.records(file, stream, self)
                return
            recorded, is_empty = Recorded(stream), True
            for record in form.records(file, cast("BinaryIO", io.BufferedReader(recorded, _BUFFER_BYTES)), self):
                recorded.forget()
                is_empty = False
                yield record
            again, told = recorded.rewound(), self.notices.codes_since(before)
            if not is_empty or again is None or not told & _NOT_OF_THE_FORMAT or told & _OF_THE_FORMAT:
                return
            self.notices.restore(before)
            stream = again
            passed.append(form)

    def claims(self, name: str) -> bool:
        """Return whether a format claims the suffix of `name`. Only such files are read in folders and archives."""
        return formats.claims(name)

    def count_unpacked(self, count: int) -> None:
        """Add `count` bytes to those that the file on disk unpacked to. Raise `TooLarge` above the limits."""
        self._budget.count_unpacked(count)

    def _count_read(self, count: int) -> None:
        self._budget.bytes_read += count

    def _report_progress(self, progress: Progress, count: int) -> None:
        done = self._bytes_done + self._budget.bytes_read
        total = f" of {self._total_bytes / 1e6:,.0f}" if self._total_bytes else ""
        share = done / self._total_bytes if self._total_bytes else None
        progress(f"reading: {done / 1e6:,.0f}{total} MB, {count:,} documents", share)


def _is_no_input(head: bytes, at: Position) -> bool:
    """Return whether a file starts as a database or a report of dedup does; a notice then says what to do with it."""
    if head.startswith(DATABASE_MARK):
        if head[68:72] == INDEX_MARK:
            way = "give it where an index is asked for, or write its documents with `dedup index export`"
            at.skip("database-file", f"an index of dedup, not a document; {way}")
        else:
            at.skip("database-file", "a database, not a document; export its texts first")
        return True
    if formats.is_report(head[:_REPORT_BYTES]):
        at.skip("report-file", "a report of dedup, not a document")
        return True
    return False


def _stdin() -> BinaryIO:
    if sys.stdin is None:
        raise OSError(0, "standard input is closed")
    return sys.stdin.buffer
