"""Stage 1: paths to documents, each with a stable id; nothing is left out in silence.

One file a format, each a `Source`: it says which names it claims and turns the bytes of one file into records. What is common
stands beside them: which files to read (`walk`), streams within limits (`streams`), what fields may be called and what is
guessed (`fields`, `times`).
"""

import codecs
import io
import os
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO, cast

from dedup.errors import SourceError, UsageError
from dedup.params import Reading
from dedup.sources import archive, compressed, delimited, feed, html, jsonl, jsontree, office, parquet, plain_text, walk, warc
from dedup.sources.common import At, File, MissingExtra, Notices, Record, Source, encoding_of
from dedup.sources.fields import check_outlet_from
from dedup.sources.streams import HEAD, Budget, Counted, Recoded, TooMuch, peeked
from dedup.sources.walk import STDIN
from dedup.types import Document, Documents, Progress

SOURCES: tuple[Source, ...] = (
    *(compressed.SOURCE, *office.SOURCES, *archive.SOURCES, parquet.SOURCE, warc.SOURCE, feed.SOURCE, html.SOURCE),
    *(jsonl.SOURCE, jsontree.SOURCE, delimited.SOURCE, plain_text.SOURCE),
)
"""In the order in which they are asked whether a file is theirs; the last takes any text."""
FORMATS = (*(source.name for source in SOURCES if source is not compressed.SOURCE), walk.LIST)
"""What `Reading.format` may be."""
_REPORT = re.compile(rb'"schema"\s*:\s*"dedup\.report/')
_DEEPEST = 5
"""Files within files."""
_BUFFER = 1 << 18
_OFTEN = 1000
"""Documents after which progress is told."""


def read(
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    reading: Reading | None = None,
    *,
    progress: Progress | None = None,
) -> Documents:
    """Return the documents of files, folders (with all below them), globs, lists of paths, and `-` (standard input).

    An id is the record's own, or the file's path relative to the folder given (to the common parent of several; a file given
    alone: its name), or `PATH:LINE` for a record without one. One id with two texts becomes two: `id#` and eight digits of the
    text's SHA-256. Whatever could not be read is in `.notices`, and the rest is returned; SourceError only where no path
    exists at all, UsageError where none is given or `reading` cannot be. `progress` is told how far it is.
    """
    reader = Reader(paths, reading, progress=progress)
    return Documents(named(list(reader.documents()), reader.notices), reader.notices, reader.params.as_dict())


class Reader:
    """Reads documents one by one: `documents`; `notices` grow with them. The errors are those of `read`."""

    def __init__(
        self,
        paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
        reading: Reading | None = None,
        *,
        progress: Progress | None = None,
        lists: bool = True,
    ) -> None:
        """Find the files; none is opened yet, but tables beside files and, unless not `lists`, lists of paths."""
        self.params = reading or Reading()
        self.lists = lists
        self.notices = Notices()
        self._progress = progress
        self._depth = self._done = 0
        self.renamed: dict[str, str] = {}
        if self.params.format is not None and self.params.format not in FORMATS:
            raise UsageError(f"no format {self.params.format!r}; there are {', '.join(FORMATS)}")
        if self.params.outlet_from:
            check_outlet_from(self.params.outlet_from)
        given = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
        if not given:
            raise UsageError("nothing to read: name a file, a folder, or - for standard input")
        self._files = list(walk.files([os.fspath(p) for p in given], self, lambda: _stdin().read()))
        missing = self.notices.number("missing-path")
        if missing and not self._files and missing >= len(given):
            raise SourceError("\n".join(n.message for n in self.notices))
        self._size = sum(file.size or 0 for file in self._files)

    def documents(self) -> Iterator[Document]:
        """Yield each document, under the id that it has if no other has it."""
        count = 0
        for file in self._files:
            for record in self.records(file):
                yield _document(file, record)
                count += 1
                if self._progress and count % _OFTEN == 0:
                    self._tell(count)
            self._done += file.size or 0

    def distinct(self) -> Iterator[Document]:
        """Yield the documents that `read` returns, one by one, without the text of any but one at a time being held.

        The first of several texts with one id has been yielded under it before the second is met: such ids are in `renamed`,
        with what they must become.
        """
        seen: dict[str, bytes] = {}
        again: dict[str, Counter[bytes]] = {}
        for document in self.documents():
            own = bytes.fromhex(document.sha256[:32])
            if document.id not in seen:
                seen[document.id] = own
                yield document
                continue
            texts = again.setdefault(document.id, Counter([seen[document.id]]))
            texts[own] += 1
            if texts[own] == 1:
                yield replace(document, id=_apart(document.id, own.hex()))
        for name, texts in again.items():
            _tell_repeated(name, texts.total(), len(texts), self.notices)
            if len(texts) > 1:
                self.renamed[name] = _apart(name, seen[name].hex())

    def records(self, file: File) -> Iterator[Record]:
        """Yield the records of a file, numbered from 0 by their place in it."""
        self._budget = Budget(self.params, file.size)
        told, any_ = self.notices.total, False
        try:
            with nullcontext(_stdin()) if file.path == STDIN else Path(file.path).open("rb") as stream:
                for record in self._opened(file, stream):
                    any_ = True
                    yield record
            if not any_ and self.notices.total == told:
                At(file, self).skip("empty-file", "no document in it", "nothing to read")
        except TooMuch as error:
            At(file, self).skip("too-large", str(error), "what stands before that is read")
        except MissingExtra as error:
            At(file, self).skip("missing-extra", str(error))
        except OSError as error:
            At(file, self).skip("unreadable-file", error.strerror or str(error))
        except MemoryError:
            At(file, self).skip("unreadable-file", "too large for this machine's memory; split it")

    def parse(self, file: File, stream: BinaryIO) -> Iterator[Record]:
        """Yield the records of a file within a file, whatever its format."""
        if self._depth >= _DEEPEST:
            At(file, self).skip("too-deep", f"more than {_DEEPEST} files within files")
            return
        head, stream = peeked(stream)
        if not head:
            At(file, self).skip("empty-file", "empty", "nothing to read in it")
            return
        if head.lstrip().startswith(b"{") and _REPORT.search(head[:256]):
            At(file, self).skip("report-file", "a report of dedup, not a document")
            return
        if (encoding := encoding_of(head)) != "utf-8":
            # JSON is to be UTF-8, and its parsers take nothing else; other formats know what their mark means.
            plainly = head.decode(encoding, "ignore").encode()
            if self._source(file, plainly) in {jsonl.SOURCE, jsontree.SOURCE}:
                head, stream = peeked(cast("BinaryIO", io.BufferedReader(Recoded(stream, encoding))))
        self._depth += 1
        try:
            yield from self._source(file, head).records(file, stream, self)
        except MissingExtra as error:
            At(file, self).skip("missing-extra", str(error))
        finally:
            self._depth -= 1

    def claims(self, name: str) -> bool:
        """Whether a file of this name, met in a folder or an archive, is read."""
        return any(source.claims(name) for source in SOURCES)

    def unpacked(self, count: int) -> None:
        """Count bytes that were unpacked; TooMuch above the limits."""
        self._budget.made(count)

    def _opened(self, file: File, stream: BinaryIO) -> Iterator[Record]:
        yield from self.parse(file, cast("BinaryIO", io.BufferedReader(Counted(stream, self._taken), _BUFFER)))

    def _taken(self, count: int) -> None:
        self._budget.taken += count

    def _tell(self, count: int) -> None:
        done = self._done + self._budget.taken
        of = f" of {self._size / 1e6:,.0f}" if self._size else ""
        if self._progress:
            share = done / self._size if self._size else None
            self._progress(f"reading: {done / 1e6:,.0f}{of} MB, {count:,} documents", share)

    def _source(self, file: File, head: bytes) -> Source:
        wanted = self.params.format if file.given else None
        if wanted and wanted != walk.LIST:
            return next(s for s in SOURCES if s.name == wanted or (s is compressed.SOURCE and s.accepts("", head)))
        found = next(s for s in SOURCES if s.accepts(file.title, head))
        # What is called a PDF and is none is a damaged PDF, not a text.
        return (
            next(s for s in SOURCES if s.claims(file.title))
            if found is plain_text.SOURCE and self.claims(file.title)
            else found
        )


def report_at(path: str) -> str | None:
    """Return the JSON of a report file, or None where `path` is anything else. SourceError if it cannot be read."""
    try:
        if path == STDIN or not Path(path).is_file():
            return None
        with Path(path).open("rb") as stream:
            head = stream.read(HEAD).removeprefix(codecs.BOM_UTF8)
            if not head.lstrip().startswith(b"{"):
                return None
            data = head + stream.read()
            return data.decode("utf-8", "replace") if _REPORT.search(data) else None
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror or error}") from error


class Texts:
    """Reads again the texts of a report's documents, each file once, as they were read when the report was made."""

    def __init__(self) -> None:
        self._files: dict[str, dict[int, str]] = {}

    def __call__(self, row: Mapping[str, Any], reading: Mapping[str, Any] | None) -> str:
        """Return the text of a report's document row; SourceError where it can no longer be found."""
        path = row["path"]
        if path is None or path == STDIN:
            raise SourceError(f"{row['id']}: the report does not hold its text; make the report with --with-text")
        if path not in self._files:
            try:
                reader = Reader(path, Reading(**reading) if reading else None, lists=False)
            except SourceError:
                self._files[path] = {}
            else:
                self._files[path] = {d.record: d.text for d in reader.documents()}
        if row["record"] not in self._files[path]:
            way = "go to the folder in which the report was made, or make it with --with-text"
            raise SourceError(f"{row['id']}: its text is no longer in {path}; {way}")
        return self._files[path][row["record"]]


def _stdin() -> BinaryIO:
    if sys.stdin is None:
        raise OSError(0, "standard input is closed")
    return sys.stdin.buffer


def _document(file: File, record: Record) -> Document:
    name = record.id or (record.name if record.line is None else f"{record.name}:{record.line}")
    return Document(name, record.text, file.path, record.number, origins=tuple(record.origins.items()), **record.known)


def named(documents: Iterable[Document], notices: Notices) -> list[Document]:
    """Return the documents, one of each id: equal texts become one, others get a suffix."""
    groups: dict[str, list[Document]] = defaultdict(list)
    for document in documents:
        groups[document.id].append(document)
    out: list[Document] = []
    for name, group in groups.items():
        if len(group) == 1:
            out += group
            continue
        distinct: dict[str, Document] = {}
        for document in sorted(group, key=lambda d: (d.path or "", d.record)):
            distinct.setdefault(document.text, document)
        _tell_repeated(name, len(group), len(distinct), notices)
        if len(distinct) == 1:
            out.extend(distinct.values())
        else:
            out.extend(replace(d, id=_apart(name, d.sha256)) for d in distinct.values())
    return out


def _apart(name: str, digest: str) -> str:
    """The id of one of several texts with one id."""
    return f"{name}#{digest[:8]}"


def _tell_repeated(name: str, count: int, distinct: int, notices: Notices) -> None:
    if extra := count - distinct:
        notices.add("repeated-document", f"{name}: stands {extra + 1} times with one text; read once", document=name)
    if distinct > 1:
        message = f"{name}: {distinct} different texts have this id; each is now {name}#, with a part of its hash"
        notices.add("repeated-id", message, document=name)
