"""CSV and TSV: a row of names, then one document a row."""

import csv
import io
import sys
from collections import deque
from collections.abc import Iterator
from typing import BinaryIO

from dedup.sources.common import At, File, Reader, Record, encoding_of, mend, suffix
from dedup.sources.fields import FIELDS, Fields

_DELIMITERS = ",;\t|"
_MOST = 1 << 24
"""Characters that a record may have before its quotation mark is taken for one that is never closed."""
_AGAIN = 4
"""How often the characters of a file may be read again, on the whole, before such a record is ended with its line."""


class Delimited:
    """Rows under names, as spreadsheets write them."""

    name = "csv"

    def claims(self, name: str) -> bool:
        """Whether the name ends like one."""
        return suffix(name) in {".csv", ".tsv", ".tab"}

    def accepts(self, name: str, head: bytes) -> bool:
        """Whether the name says so, or the first line holds the name of the text and of other fields."""
        if self.claims(name):
            return True
        if suffix(name) in {".txt", ".md"} or not head:
            return False
        names = _names(head.decode(encoding_of(head), "replace").removeprefix("\ufeff").split("\n", 1)[0])
        small = [n.strip().casefold() for n in names]
        return len(small) > 1 and small.count(small[0]) == 1 and any(n in FIELDS["text"][:3] for n in small)

    def records(self, file: File, stream: BinaryIO, reader: Reader) -> Iterator[Record]:
        """Yield a record a row; a row that is none is told of and left out."""
        fields = Fields(reader.params)
        for number, (line, row) in enumerate(rows(file, stream, reader)):
            if number == 0 and not any(name in row or "." in name for name in fields.plan(row)["text"]):
                there = ", ".join(row)[:200]
                At(file, reader).skip(
                    "missing-text",
                    f"no column holds the text (looked for {fields.wanted()}; there are: {there});"
                    " name it with --fields text=NAME",
                )
                return
            if record := fields.record(row, At(file, reader, number, line)):
                yield record


def rows(file: File, stream: BinaryIO, reader: Reader) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the line (from 1) and the values, by name, of each row that has as many as there are names."""
    csv.field_size_limit(sys.maxsize)
    text = io.TextIOWrapper(stream, encoding_of(_start(stream)), "surrogateescape", newline="")
    try:
        yield from _rows(_Lines(text, file, reader), file, reader)
    finally:
        text.detach()  # the stream is its owner's to close


def _rows(lines: "_Lines", file: File, reader: Reader) -> Iterator[tuple[int, dict[str, str]]]:
    # Unlike a csv reader's own, these lines can be put back: of a quotation mark that is never closed only its line is lost.
    first = next(lines, "").removeprefix("\ufeff")
    delimiter = max(_DELIMITERS, key=lambda d: len(_names(first, d)))
    lines.put_back([first])
    names: list[str] = []
    while True:
        line = lines.number + 1
        taken: list[str] = []
        try:
            row = next(csv.reader(lines.kept_in(taken), delimiter=delimiter, strict=True), None)
        except csv.Error as error:
            At(file, reader, line=line).skip("invalid-record", f"broken quotation mark: {error}")
            lines.put_back(taken[1:])
            continue
        if row is None:
            return
        if not row:
            continue
        if not names:
            names = [name.strip() for name in row]
        elif len(row) != len(names):
            At(file, reader, line=line).skip("invalid-record", f"{len(row)} values under {len(names)} names")
            lines.put_back(taken[1:])
        else:
            yield line, dict(zip(names, row, strict=True))


def _start(stream: BinaryIO) -> bytes:
    return stream.peek(4)[:4] if isinstance(stream, io.BufferedReader) else b""


def _names(line: str, delimiter: str | None = None) -> list[str]:
    delimiter = delimiter or max(_DELIMITERS, key=line.count)
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return line.split(delimiter)


class _Lines:
    """The lines of a stream, which may be put back."""

    def __init__(self, stream: io.TextIOWrapper, file: File, reader: Reader) -> None:
        self._stream, self._file, self._reader = stream, file, reader
        self._back: deque[str] = deque()
        self.number = 0
        """Lines taken."""
        self._fresh_ones, self._again = 1 << 22, 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._back.popleft() if self._back else self._fresh()
        self.number += 1
        return line

    def _fresh(self) -> str:
        try:
            line = next(self._stream)
        except UnicodeDecodeError as error:
            message = (
                f"{self._file.place}: from line {self.number + 1} not valid {error.encoding.upper()}; the rest is left out"
            )
            self._reader.notices.add("invalid-encoding", message, path=self._file.path, line=self.number + 1)
            raise StopIteration from error
        self._fresh_ones += len(line)
        mended = mend(line)
        if mended != line:
            message = f"{self._file.place}:{self.number + 1}: bytes that are not valid UTF-8; read as U+FFFD"
            self._reader.notices.add("invalid-encoding", message, path=self._file.path, line=self.number + 1)
        return mended

    def put_back(self, lines: list[str]) -> None:
        """Have `lines` come again."""
        self._back.extendleft(reversed(lines))
        self.number -= len(lines)
        self._again += sum(map(len, lines))

    def kept_in(self, taken: list[str]) -> Iterator[str]:
        """Yield lines, and keep them in `taken`; csv.Error where one record takes too much."""
        size = 0
        for line in self:
            taken.append(line)
            size += len(line)
            if size > _MOST and len(taken) > 1:
                raise csv.Error(f"never closed within {_MOST:,} characters")
            if len(taken) > 1 and self._again > _AGAIN * self._fresh_ones:
                raise csv.Error("not closed in its line, in a file in which many are not")
            yield line


SOURCE = Delimited()
