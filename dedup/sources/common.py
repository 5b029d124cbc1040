"""What the formats share: the file at hand, the record they yield, notices with a limit, and decoding."""

import codecs
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, BinaryIO, NamedTuple, Protocol

from dedup import _native
from dedup.errors import SourceError, install_hint
from dedup.params import Reading
from dedup.types import Notice

_TOLD = 10
"""Notices of one kind about one path that are told one by one; after them comes a count."""
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SURROGATE = re.compile("[\ud800-\udfff]")


class File(NamedTuple):
    """A file to read.

    `path` as the user named it; `name`, that its documents' ids start with; `part`, its own name where it stands in an archive;
    `size` in bytes, where known; `known`, what a table beside it says of it; `given`, whether the user named it.
    """

    path: str
    name: str
    part: str | None = None
    size: int | None = None
    known: Mapping[str, object] = {}
    given: bool = False

    @property
    def place(self) -> str:
        """How messages call it."""
        return self.path if self.part is None else f"{self.path}/{self.part}"

    @property
    def title(self) -> str:
        """The name that tells its format."""
        return self.part or self.path

    def inside(self, part: str, *, known: Mapping[str, object] = {}) -> "File":
        """Return the file `part` of this archive. Ids of an archive that was given alone start within it, as in a folder."""
        prefix = f"{self.name}/" if self.name else ""
        return File(self.path, prefix + mend(part), part if self.part is None else f"{self.part}/{part}", None, known)


@dataclass(frozen=True, slots=True)
class Record:
    """One document as a format gives it: `known`, fields of a Document; `origins`, where each was found, if it was guessed.

    `name` is that of its file, its id if it has no `id`; followed by `line` (from 1) where it is one of many there.
    """

    text: str
    name: str
    number: int = 0
    line: int | None = None
    id: str | None = None
    known: Mapping[str, Any] = field(default_factory=dict)
    origins: Mapping[str, str] = field(default_factory=dict)


class Notices(list[Notice]):
    """Notices in the order met. Of one code and path the first ten are kept and the rest counted."""

    def __init__(self) -> None:
        super().__init__()
        self._counts: Counter[tuple[str, str | None]] = Counter()
        self.total = 0
        """Notices, with those that are only counted."""

    def add(
        self, code: str, message: str, *, path: str | None = None, line: int | None = None, document: str | None = None
    ) -> None:
        """Keep a notice, or count it."""
        self.total += 1
        self._counts[code, path] += 1
        count = self._counts[code, path]
        if count <= _TOLD:
            self.append(Notice(code, message, path, line, document))
            return
        summary = Notice(code, f"{path or 'all'}: {count - _TOLD:,} more like these", path)
        if count == _TOLD + 1:
            self.append(summary)
        else:
            at = next(i for i in range(len(self) - 1, -1, -1) if self[i].code == code and self[i].path == path)
            self[at] = summary

    def number(self, code: str) -> int:
        """Return how many notices of `code` there were."""
        return sum(n for (c, _), n in self._counts.items() if c == code)


class Reader(Protocol):
    """What a source is given beside the file."""

    params: Reading
    notices: Notices
    lists: bool

    def parse(self, file: File, stream: BinaryIO) -> Iterator[Record]:
        """Yield the records of a file within a file, whatever its format."""

    def claims(self, name: str) -> bool:
        """Whether a file of this name, met in a folder or an archive, is read."""

    def unpacked(self, count: int) -> None:
        """Count bytes that were unpacked; TooMuch above the limits."""


class At(NamedTuple):
    """Where a record stands: in a file that a reader reads, the how-manieth from 0, and at which line from 1, if it has one."""

    file: File
    reader: Reader
    number: int = 0
    line: int | None = None

    @property
    def place(self) -> str:
        """How messages call it."""
        return self.file.place if self.line is None else f"{self.file.place}:{self.line}"

    def notice(self, code: str, message: str) -> None:
        """Say something of it."""
        self.reader.notices.add(code, f"{self.place}: {message}", path=self.file.path, line=self.line)

    def skip(self, code: str, why: str, what: str | None = None) -> None:
        """Say that it, or `what` of it, is left out, and why."""
        left = what or ("skipped" if self.line is None else f"line {self.line} of {self.file.place} skipped")
        self.notice(code, f"{why}; {left}")


class Source(Protocol):
    """A format. `name` is what `--from` calls it."""

    name: str

    def claims(self, name: str) -> bool:
        """Whether a file of this name, met in a folder or an archive, is read."""

    def accepts(self, name: str, head: bytes) -> bool:
        """Whether a file that starts with `head` is of this format."""

    def records(self, file: File, stream: BinaryIO, reader: Reader) -> Iterator[Record]:
        """Yield the records of `file`. MissingExtra where its format needs a package that is not installed."""


class MissingExtra(SourceError):  # noqa: N818 as the user sees it
    """A format whose package is not installed; `extra` brings it."""

    def __init__(self, extra: str, error: ImportError) -> None:
        super().__init__(install_hint(error.name or str(error), extra))


@lru_cache(64)
def suffix(name: str) -> str:
    """Return the last suffix of a file name, in small letters, with its dot."""
    base = name.rsplit("/", 1)[-1].rsplit("\\", 1)[-1]
    return f".{base.rsplit('.', 1)[1].lower()}" if "." in base[1:] else ""


def decode(data: bytes, place: str, notices: Notices, *, path: str, line: int | None = None) -> str:
    """Return `data` as text: UTF-8, or UTF-16 or -32 with a byte order mark; what is invalid becomes U+FFFD, with a notice."""
    encoding = encoding_of(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        message = f"{place}: byte {error.start} is not valid {encoding.upper()}; such bytes are read as U+FFFD"
        notices.add("invalid-encoding", message, path=path, line=line)
        text = data.decode(encoding, "replace")
    if "\0" in text:
        message = f"{place}: NUL at character {text.index(chr(0))}; is it a text file? read as it is"
        notices.add("nul-bytes", message, path=path, line=line)
    return text


def encoding_of(head: bytes) -> str:
    """Return the encoding that a byte order mark names, else UTF-8."""
    return next((name for bom, name in _BOMS if head.startswith(bom)), "utf-8")


def mend(text: str) -> str:
    """Return `text` with each lone surrogate, which no encoding can hold, as one U+FFFD."""
    # Far faster than to look for one, and there hardly ever is. Those who ask next find the UTF-8 that this makes of the text.
    return text if text.isascii() or _native.encodable(text) else _SURROGATE.sub("\ufffd", text)
