"""CSV and TSV: a row of names, then one document on each row."""

import csv
import io
import re
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import BinaryIO

from dedup.sources.columns import Columns
from dedup.sources.common import ALWAYS_TEXT, File, Position, ReadContext, Record, suffix
from dedup.sources.encoding import (
    BOM,
    NAME_ANOTHER,
    READ_AS_U_FFFD,
    REPLACE,
    codec_of,
    decode_as,
    encoding_of,
    guessed_utf16,
    invalid_bytes,
    marked_encoding,
    overruled,
    replace_surrogates,
)
from dedup.sources.fields import COMMON_TEXT_NAMES, FieldFinder
from dedup.sources.limits import CSV_FREE_CHARACTERS, CSV_RECORD_CHARACTERS, CSV_REREADS

_DELIMITERS = ",;\t|"
_SEPARATOR = re.compile('"?sep=([^\r\n"])"?[,;\t]*\r?\n?$', re.I)
"""The line above a table by which Excel states the delimiter."""
_LOOKED_AT = 10
"""Lines or rows at the start of a table by which it is recognised."""


class Delimited:
    """Rows under a row of names, as spreadsheets export them; the delimiter is the one that gives the most names."""

    name = "csv"
    suffixes = frozenset({".csv", ".tsv", ".tab"})

    def accepts(self, name: str, head: bytes) -> bool:
        """Return whether the suffix says so, or the first line holds several names, a usual name of the text among them."""
        if suffix(name) in self.suffixes:
            return True
        if suffix(name) in ALWAYS_TEXT or not head:
            return False
        lines = list(io.StringIO(decode_as(head, encoding_of(head)).text.lstrip(BOM), newline=""))
        above, delimiter = _before_names(lines)
        try:
            rows = list(islice(csv.reader(lines[above:], delimiter=delimiter), _LOOKED_AT))
        except csv.Error:
            return False
        # Most rows have as many values as there are names. Lines of a text that starts with a list of words have not.
        as_wide = sum(len(row) == len(rows[0]) for row in rows[1:])
        return bool(rows) and _are_names(rows[0]) and 2 * as_wide > len(rows) - 1

    def records(self, file: File, stream: BinaryIO, context: ReadContext) -> Iterator[Record]:
        """Yield a record for each row; an invalid row becomes a notice."""
        finder = FieldFinder(context.params)
        for number, (line, row) in enumerate(table_rows(file, stream, context)):
            if number == 0 and not any(name in row or "." in name for name in finder.keys_by_field(row)["text"]):
                Position(file, context).skip("missing-text", finder.no_text_column(row))
                return
            if record := finder.record(row, Position(file, context, number, line)):
                yield record


def table_rows(file: File, stream: BinaryIO, context: ReadContext) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the 1-based line of each row, and its values by name. A row with more or fewer values than names is a notice."""
    csv.field_size_limit(sys.maxsize)
    start = stream.peek() if isinstance(stream, io.BufferedReader) else b""
    stated = context.params.encoding
    encoding = encoding_of(start, stated)
    if message := overruled(start, stated):
        Position(file, context).warn("guessed-encoding", message)
    if encoding != "utf-8" and not (stated or marked_encoding(start)):
        Position(file, context).warn("guessed-encoding", guessed_utf16(encoding))
    # After a lone surrogate of UTF-8 the next line is sound; after invalid UTF-16 nothing is.
    errors = "surrogateescape" if encoding.startswith("utf-") else REPLACE
    text = io.TextIOWrapper(stream, codec_of(encoding), errors, newline="")
    try:
        yield from _rows(_Lines(text, encoding, file, context), file, context)
    finally:
        text.detach()  # else it would close `stream`, which belongs to the caller


def _rows(lines: "_Lines", file: File, context: ReadContext) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows in `lines`. After an invalid row, reading goes on with its second line.

    So a quotation mark that is never closed loses only its own line. A csv reader would lose all lines after it.
    """
    start = list(islice(lines, _LOOKED_AT))
    start[:1] = [line.lstrip(BOM) for line in start[:1]]
    above, delimiter = _before_names(start)
    if told := [line.strip() for line in start[:above] if line.strip() and not _SEPARATOR.match(line)]:
        reason = f"text above the names of the columns: {' / '.join(told)[:100]!r}"
        Position(file, context).skip("text-above-table", reason, "left out")
    lines.put_back(start)
    for _ in range(above):
        next(lines)
    columns: Columns | None = None
    while True:
        line = lines.number + 1
        taken: list[str] = []
        try:
            row = next(csv.reader(lines.recorded_in(taken), delimiter=delimiter, strict=True), None)
        except csv.Error as error:
            Position(file, context, line=line).skip("invalid-record", f"broken quotation mark: {error}")
            lines.put_back(taken[1:])
            continue
        if row is None:
            return
        if not row:
            continue
        if columns is None:
            columns = Columns([name.strip() for name in row])
        elif len(row) != len(columns.names):
            reason = f"{len(row)} values under {len(columns.names)} names; is a value with {delimiter!r} in it not quoted?"
            Position(file, context, line=line).skip("invalid-record", reason)
            lines.put_back(taken[1:])
        else:
            yield line, columns.row(row, Position(file, context))


def _before_names(lines: Sequence[str]) -> tuple[int, str]:
    """How many of the first `lines` come before the names of the columns, and the delimiter.

    These are blank lines, the line `sep=;` by which Excel states the delimiter, and one title: a line without a delimiter,
    if a line with several names, a usual name of the text among them, comes next.
    """
    stated = None
    filled = [number for number, line in enumerate(lines) if line.strip()]
    if filled and (separator := _SEPARATOR.match(lines[filled[0]])):
        stated = separator[1]
        filled = filled[1:]
    if not filled:
        return len(lines), stated or _DELIMITERS[0]
    first, second = filled[0], filled[1] if len(filled) > 1 else filled[0]
    if len(_split(lines[first], stated)) == 1 and _are_names(_split(lines[second], stated)):
        first = second
    return first, stated or _delimiter(lines[first])


def _are_names(values: Sequence[str]) -> bool:
    """Whether the values on a line are several names of columns, a usual name of the text among them."""
    folded = [value.strip().casefold() for value in values]
    return len(folded) > 1 and folded.count(folded[0]) == 1 and any(name in COMMON_TEXT_NAMES for name in folded)


def _delimiter(line: str) -> str:
    """The delimiter that parts a line into the most values."""
    return max(_DELIMITERS, key=lambda delimiter: len(_split(line, delimiter)))


def _split(line: str, delimiter: str | None = None) -> list[str]:
    """The values on a line, between the delimiter that gives the most if none is given."""
    delimiter = delimiter or _delimiter(line)
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return line.split(delimiter)


class _Lines:
    """The lines of a stream, which can be put back to be read again."""

    def __init__(self, stream: io.TextIOWrapper, encoding: str, file: File, context: ReadContext) -> None:
        self._encoding = encoding
        self._stream, self._file, self._context = stream, file, context
        self._is_broken = False
        """Whether bytes were met after which the stream cannot be decoded; to read on would raise other errors."""
        self._waiting: deque[str] = deque()
        """Lines that were put back."""
        self.number = 0
        """The number of lines taken; those that were put back are not counted."""
        self._allowance, self._put_back = CSV_FREE_CHARACTERS, 0
        """Characters of the stream so far, and `CSV_FREE_CHARACTERS`; characters that were put back."""

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._waiting.popleft() if self._waiting else self._next_of_stream()
        self.number += 1
        return line

    def _next_of_stream(self) -> str:
        if self._is_broken:
            raise StopIteration
        try:
            line = next(self._stream)
        except UnicodeDecodeError as error:
            self._here().stop("invalid-encoding", invalid_bytes(error.encoding))
            self._is_broken = True
            raise StopIteration from error
        self._allowance += len(line)
        mended = replace_surrogates(line)
        if mended != line or ("\ufffd" in line and not self._encoding.startswith("utf-")):
            way_out = "" if self._context.params.encoding else NAME_ANOTHER
            self._here().warn("invalid-encoding", f"{invalid_bytes(self._encoding)}; {READ_AS_U_FFFD}{way_out}")
        return mended

    def _here(self) -> Position:
        return Position(self._file, self._context, line=self.number + 1)

    def put_back(self, lines: list[str]) -> None:
        """Make `lines` the next lines."""
        self._waiting.extendleft(reversed(lines))
        self.number -= len(lines)
        self._put_back += sum(map(len, lines))

    def recorded_in(self, taken: list[str]) -> Iterator[str]:
        """Yield lines, each also appended to `taken`. Raise csv.Error if one record takes too many characters."""
        size = 0
        for line in self:
            taken.append(line)
            size += len(line)
            if size > CSV_RECORD_CHARACTERS and len(taken) > 1:
                raise csv.Error(f"not closed within {CSV_RECORD_CHARACTERS:,} characters")
            if len(taken) > 1 and self._put_back > CSV_REREADS * self._allowance:
                raise csv.Error("not closed on its line, in a file with many such lines")
            yield line


CSV = Delimited()
