"""JSON as programs write it, to JSON as the standard has it: NaN, trailing commas, comments; and MongoDB's typed values."""

import io
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, BinaryIO

_CHUNK_BYTES = 1 << 16
_WAITING_BYTES = 1 << 20
"""Bytes that are kept until it is known how they go on; only a comment is ever as long."""
_STRING = rb'[^"\\]*+(?:\\.[^"\\]*+)*+'
_WORD = rb"[\w.+-]"
_PLAIN = re.compile(
    rb'(?:[^",/\w.+\-\xef\x1e]++|"' + _STRING + rb'"|,(?=\s*+[^\s\]}/\xef])|(?:true|false|null|[\d.eE+-]++)(?=[\s,:\]}]))*+',
    re.S,
)
"""Whatever is as the standard has it: strings, numbers, words, brackets, white space, and commas with a value behind them."""
_IN_STRING = re.compile(_STRING, re.S)
_SPACE = re.compile(rb"\s*")
_WORDS = re.compile(_WORD + rb"+")
_COMMENT = re.compile(rb"//[^\n]*(?=\n)|/\*.*?\*/", re.S)
_IGNORED = (b"\xef\xbb\xbf", b"\x1e")
"""Byte order marks between values, where files were joined, and the mark before each value of a sequence (RFC 7464)."""
_NULLS = frozenset({b"nan", b"infinity", b"inf", b"undefined", b"none"})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBERS = frozenset({"$numberInt", "$numberLong", "$numberDouble", "$numberDecimal"})


class StandardJson(io.RawIOBase):
    """A stream of JSON in UTF-8 without what the standard does not have.

    NaN and infinite numbers become null; comments, commas with nothing behind them and byte order marks are left out.
    """

    def __init__(self, inner: BinaryIO) -> None:
        super().__init__()
        self._inner = inner
        self._waiting, self._ready = b"", b""
        self._in_string = self._after_comma = self._at_end = False

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: "bytearray | memoryview[int]") -> int:  # type: ignore[override] # what a buffered reader gives
        """Fill `buffer` from its start; return the number of bytes, 0 at the end."""
        while not self._ready and not self._at_end:
            data = self._inner.read(_CHUNK_BYTES)
            self._at_end = not data
            self._ready = b"".join(self._standard(self._waiting + data))
        part, self._ready = self._ready[: len(buffer)], self._ready[len(buffer) :]
        buffer[: len(part)] = part
        return len(part)

    def _standard(self, data: bytes) -> list[bytes]:
        """`data` in standard JSON. What can be understood only with the bytes after it is kept in `_waiting`."""
        out: list[bytes] = []
        at, self._waiting = 0, b""
        may_wait = not self._at_end and len(data) < _WAITING_BYTES
        while at < len(data):
            if self._in_string:
                at = self._end_of_string(data, at, out)
                continue
            if self._after_comma:
                at = self._behind_comma(data, at, out)
            plain = _PLAIN.match(data, at)
            if plain and plain.end() > at and not self._after_comma:
                out.append(plain[0])
                at = plain.end()
            if at == len(data):
                break
            end = self._odd(data, at, out, may_wait=may_wait)
            if end is None:
                self._waiting = data[at:]
                break
            at = end
        return out

    def _end_of_string(self, data: bytes, at: int, out: list[bytes]) -> int:
        """Append the rest of a string; return where it ends in `data`."""
        found = _IN_STRING.match(data, at)
        end = found.end() if found else at
        out.append(data[at : end + 1])
        if data[end : end + 1] == b'"':
            self._in_string = False
        elif end < len(data):  # a backslash; what it escapes comes next
            out[-1], self._waiting = data[at:end], data[end:]
            if self._at_end:
                self._waiting = b""
            return len(data)
        return end + 1

    def _behind_comma(self, data: bytes, at: int, out: list[bytes]) -> int:
        """Append the comma that was held back if a value follows; return where that is in `data`."""
        space = _SPACE.match(data, at)
        end = space.end() if space else at
        if end < len(data) and not data.startswith((b"/", *_IGNORED), end):
            self._after_comma = False
            if data[end] not in b"]}":
                out.append(b",")
        out.append(data[at:end])
        return end

    def _odd(self, data: bytes, at: int, out: list[bytes], *, may_wait: bool) -> int | None:
        """Append what stands for the odd thing at `at`; return where that ends in `data`, None if it may go on behind it."""
        first = data[at : at + 1]
        if first in {b'"', b","}:
            self._in_string, self._after_comma = first == b'"', first == b","
            out.append(first if self._in_string else b"")
            return at + 1
        end = _end_of_ignored(data, at)
        word = _WORDS.match(data, at)
        if may_wait and (end is None or (word and word.end() == len(data))):
            return None
        if end is None and data.startswith(b"//", at):
            return len(data)
        if end:
            return end
        out.append(_standard_word(word[0]) if word else first)
        return word.end() if word else at + 1


def _end_of_ignored(data: bytes, at: int) -> int | None:
    """Where the comment or the mark at `at` ends that is left out; 0 if none is there, None if it may go on behind `data`."""
    for mark in _IGNORED:
        if data.startswith(mark, at):
            return at + len(mark)
        if mark.startswith(data[at:]):
            return None
    if data[at] != ord("/"):
        return 0
    comment = _COMMENT.match(data, at)
    return comment.end() if comment else None


def _standard_word(word: bytes) -> bytes:
    """A number or a word as the standard has it."""
    small = word.lower()
    if small.lstrip(b"+-") in _NULLS:
        return b"null"
    return small if small in {b"true", b"false"} else word


def plain_values(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return `row` with MongoDB's typed values, such as `{"$date": …}`, as what they stand for, also in objects within it."""
    return {name: _plain(value) if isinstance(value, dict) else value for name, value in row.items()}


def _plain(value: dict[str, Any]) -> Any:
    if len(value) != 1:
        return plain_values(value)
    ((kind, held),) = value.items()
    held = _plain(held) if isinstance(held, dict) else held
    if kind == "$date":
        return _date(held)
    if kind in {"$oid", "$uuid", "$symbol"} or kind in _NUMBERS:
        return held
    return {kind: held}


def _date(held: Any) -> Any:
    """The time that `$date` states: as text, or in milliseconds since 1970, as a number or as its digits."""
    try:
        return _EPOCH + timedelta(milliseconds=int(held))
    except (ValueError, TypeError, OverflowError):
        return held
