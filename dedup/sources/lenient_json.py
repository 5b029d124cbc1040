"""JSON as programs write it, to JSON as the standard has it: NaN, trailing commas, comments, invalid bytes.

Also what the standard leaves open: one key twice in an object; and MongoDB's typed values.
"""

import codecs
import io
import json
import math
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, BinaryIO

from dedup.sources.columns import is_filled
from dedup.sources.encoding import REPLACE

_CHUNK_BYTES = 1 << 16
_WAITING_BYTES = 1 << 20
"""Bytes that are kept until it is known how they go on; only a comment is ever as long."""
_STRING = rb'[^"\\]*+(?:\\.[^"\\]*+)*+'
_WORD = rb"[\w.+-]"
_LONGEST_NUMBER = 400
"""Digits of the largest number that a computer's usual format of numbers holds, and some more."""
_NUMBER = rb"-?\d[\d.]{0,400}+(?:[eE][+-]?\d{1,2})?+"
_VALUES = rb'[^",/\w.+\-\xef\x1e]++|,(?=\s*+[^\s\]}/\xef])|(?:true|false|null|' + _NUMBER + rb")(?=[\s,:\]}])"
_PLAIN = re.compile(rb'(?:%s|"%s")*+' % (_VALUES, _STRING), re.S)
"""Whatever is as the standard has it: strings, numbers, words, brackets, white space, and commas with a value behind them."""
_PLAIN_OUTSIDE = re.compile(rb'(?:%s|")*+' % _VALUES, re.S)
"""The same without what is in the strings."""
_CONTROL = re.compile(rb"[\x00-\x1f]")
_STRINGS = re.compile(rb'"' + _STRING + rb'"', re.S)
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
        self._waiting, self._ready, self._undecoded = b"", b"", b""
        self._in_string = self._after_comma = self._at_end = False
        self.errors = 0
        """How many errors in its UTF-8 there were so far; each is one U+FFFD."""

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: "bytearray | memoryview[int]") -> int:  # type: ignore[override] # what a buffered reader gives
        """Fill `buffer` from its start; return the number of bytes, 0 at the end."""
        while not self._ready and not self._at_end:
            data = self._inner.read(_CHUNK_BYTES)
            self._at_end = not data
            data = self._waiting + self._valid(data)
            self._ready = data if self._is_standard(data) else b"".join(self._standard(data))
        part, self._ready = self._ready[: len(buffer)], self._ready[len(buffer) :]
        buffer[: len(part)] = part
        return len(part)

    def _valid(self, data: bytes) -> bytes:
        """The next `data` in valid UTF-8. The start of a character that goes on behind it is kept for the next call."""
        data = self._undecoded + data
        self._undecoded = b""
        if data.isascii():
            return data
        text, end = codecs.utf_8_decode(data, REPLACE, self._at_end)
        self._undecoded = data[end:]
        valid = text.encode()
        if len(valid) != end or valid != data[:end]:
            self.errors += text.count("\ufffd") - data.count(b"\xef\xbf\xbd")
            return valid
        return data[:end]

    def _is_standard(self, data: bytes) -> bool:
        """Whether `data` is as the standard has it and ends within a string, which is most of JSON; if so, keep the state.

        Strings are found by functions in C, which are far faster than a pattern.
        """
        if self._after_comma or self._at_end or data.endswith(b"\\"):
            return False
        in_string, ends_in_string, outside = self._in_string, False, list[bytes]()
        for part in data.split(b'"'):
            ends_in_string = in_string
            if in_string:
                # An escaped sign ends no string. A backslash in front of it may be escaped itself.
                in_string = part.endswith(b"\\") and (not part.endswith(b"\\\\") or _ends_escaping(part))
            else:
                outside.append(part)
                in_string = True
        between = b'"'.join(outside)
        plain = _PLAIN_OUTSIDE.match(between)
        if not ends_in_string or plain is None or plain.end() < len(between) or _has_control(data):
            return False
        self._in_string, self._waiting = True, b""
        return True

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
                out.append(plain[0] if not _CONTROL.search(plain[0]) else _STRINGS.sub(_escaped, plain[0]))
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
        out.append(_without_control(data[at : end + 1]))
        if data[end : end + 1] == b'"':
            self._in_string = False
        elif end < len(data):  # a backslash; what it escapes comes next
            out[-1], self._waiting = _without_control(data[at:end]), data[end:]
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


def _ends_escaping(part: bytes) -> bool:
    """Whether the last backslash of a part of a string escapes the sign behind it."""
    return (len(part) - len(part.rstrip(b"\\"))) % 2 == 1


def _has_control(data: bytes) -> bool:
    """Whether a control character is in `data`: between values it is white space, and in a string none may be."""
    import numpy as np  # noqa: PLC0415 many commands read no JSON

    return bool((np.frombuffer(data, np.uint8) < 0x20).any())


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


def _without_control(string: bytes) -> bytes:
    """Part of a string with its control characters escaped, which the standard wants."""
    return _CONTROL.sub(lambda found: b"\\u%04x" % found[0][0], string)


def _escaped(string: re.Match[bytes]) -> bytes:
    return _without_control(string[0])


def _standard_word(word: bytes) -> bytes:
    """A number or a word as the standard has it. A number that no computer holds is null."""
    small = word.lower()
    if small.lstrip(b"+-") in _NULLS:
        return b"null"
    try:
        return b"null" if math.isinf(float(word)) or len(word) > _LONGEST_NUMBER else word
    except ValueError:
        return small if small in {b"true", b"false"} else word


class UniqueKeys(dict[str, Any]):
    """An object in which of several values under one key the first that holds something counts, as in tables.

    The names of keys whose other values differ are added to `told`.
    """

    def __init__(self, told: set[str], pairs: Iterable[tuple[str, Any]] = ()) -> None:
        super().__init__()
        self._told = told
        for key, value in pairs:
            self[key] = value

    def __setitem__(self, key: str, value: Any) -> None:
        if key in self:
            first = self[key]
            if is_filled(first):
                if is_filled(value) and value != first:
                    self._told.add(key)
                return
        super().__setitem__(key, value)


_OBJECTS = frozenset({dict, UniqueKeys})


def values(text: str, told: set[str]) -> list[Any]:
    """Return the values in `text`, one behind another, also where they are not as the standard has it.

    Raise ValueError for what is no JSON all the same. `told` is that of `UniqueKeys`.
    """
    standard = StandardJson(io.BytesIO(text.encode("utf-8", "surrogatepass"))).readall().decode("utf-8", "surrogatepass")
    decoder = json.JSONDecoder(object_pairs_hook=lambda pairs: UniqueKeys(told, pairs))
    found, at = [], _next_value(standard, 0)
    while at < len(standard):
        value, end = decoder.raw_decode(standard, at)
        found.append(value)
        at = _next_value(standard, end)
    return found


def _next_value(text: str, at: int) -> int:
    """Where the next value in `text` begins, behind white space and the comma of an array that was cut into lines."""
    while at < len(text) and (text[at].isspace() or text[at] == ","):
        at += 1
    return at


def may_repeat_keys(row: Mapping[str, Any], data: bytes) -> bool:
    """Return whether the object `row`, which was read from `data`, may have had one key twice. Most have not for certain."""
    colons = data.count(b'":')
    return colons != len(row) and colons - data.count(b'\\":') != _count_keys(row)


def _count_keys(value: Any) -> int:
    """The number of keys in a value and in all values within it."""
    if isinstance(value, dict):
        return len(value) + sum(map(_count_keys, value.values()))
    return sum(map(_count_keys, value)) if isinstance(value, list) else 0


def plain_values(row: dict[str, Any]) -> dict[str, Any]:
    """Return `row` with MongoDB's typed values, such as `{"$date": …}`, as what they stand for, also in objects within it."""
    if _OBJECTS.isdisjoint(map(type, row.values())):  # nearly all
        return row
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
