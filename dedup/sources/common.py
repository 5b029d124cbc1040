"""What the formats share: the file at hand, the record they yield, notices with a limit, and decoding."""

import codecs
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import BinaryIO, NamedTuple, Protocol

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
    """A file to read: its path as the user named it, and the name that its documents' ids start with."""

    path: str
    name: str


@dataclass(frozen=True, slots=True)
class Record:
    """One document as a format gives it; `line` (from 1) where the record has no id of its own."""

    text: str
    number: int = 0
    line: int | None = None
    id: str | None = None
    outlet: str | None = None
    title: str | None = None
    published: datetime | None = None
    url: str | None = None
    kind: str | None = None
    agency: str | None = None


class Notices(list[Notice]):
    """Notices in the order met. Of one code and path the first ten are kept and the rest counted."""

    def __init__(self) -> None:
        super().__init__()
        self._counts: Counter[tuple[str, str | None]] = Counter()

    def add(
        self, code: str, message: str, *, path: str | None = None, line: int | None = None, document: str | None = None
    ) -> None:
        """Keep a notice, or count it."""
        self._counts[code, path] += 1
        count = self._counts[code, path]
        if count <= _TOLD:
            self.append(Notice(code, message, path, line, document))
            return
        summary = Notice(code, f"{path or 'all'}: {count - _TOLD} more like these", path)
        if count == _TOLD + 1:
            self.append(summary)
        else:
            at = next(i for i in range(len(self) - 1, -1, -1) if self[i].code == code and self[i].path == path)
            self[at] = summary

    def number(self, code: str) -> int:
        """Return how many notices of `code` there were."""
        return sum(n for (c, _), n in self._counts.items() if c == code)


class Source(Protocol):
    """A format."""

    def claims(self, name: str) -> bool:
        """Whether a file of this name, met in a folder, is read."""

    def accepts(self, path: str, head: bytes) -> bool:
        """Whether a file that starts with `head` is of this format."""

    def records(self, file: File, head: bytes, stream: BinaryIO, notices: Notices) -> Iterator[Record]:
        """Yield the records of `file`, whose first bytes `head` have been taken from `stream`."""


def decode(data: bytes, place: str, notices: Notices, *, path: str, line: int | None = None) -> str:
    """Return `data` as text: UTF-8, or UTF-16 or -32 with a byte order mark; what is invalid becomes U+FFFD, with a notice."""
    encoding = next((name for bom, name in _BOMS if data.startswith(bom)), "utf-8")
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


def mend(text: str) -> str:
    """Return `text` with each lone surrogate, which no encoding can hold, as one U+FFFD."""
    try:
        text.encode()  # far faster than to look for one, and there hardly ever is
    except UnicodeEncodeError:
        return _SURROGATE.sub("\ufffd", text)
    return text


def parse_time(value: object) -> datetime | None:
    """Return a publication time in UTC, or None for what is no time. A time without a zone is UTC."""
    try:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            return None
        if isinstance(value, str):
            value = value.strip()
            try:
                found = datetime.fromisoformat(value)
            except ValueError:
                found = parsedate_to_datetime(value)
        else:
            # Milliseconds since 1970 have twelve digits or more.
            found = datetime.fromtimestamp(value / 1000 if abs(value) >= 1e11 else value, UTC)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError, OSError, TypeError):
        return None
