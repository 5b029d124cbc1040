"""JSON Lines: one object on each line, one document for each object."""

import json
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, BinaryIO

from dedup.sources.common import ALWAYS_TEXT, File, Position, ReadContext, Record, suffix
from dedup.sources.encoding import BOM, decode
from dedup.sources.fields import FieldFinder
from dedup.sources.lenient_json import may_repeat_keys, plain_values, values

_BLANK = b"\xef\xbb\xbf\x1e \t\r\n"
_NO_JSON = f"{BOM}\x1e \t"
"""Marks that may stand before a line's object: where files were joined, and in a sequence (RFC 7464)."""
_JSON_NAMES = {list: "an array", str: "a string", bool: "true or false", type(None): "null"}


class JsonLines:
    """Objects whose keys are the names of fields (`dedup.params.FIELD_NAMES`)."""

    name = "jsonl"
    suffixes = frozenset({".jsonl", ".ndjson", ".jsonlines", ".jl"})

    def accepts(self, name: str, head: bytes) -> bool:
        """Return whether the suffix says so, or the first line is a whole object (in a `.json` file: and another follows)."""
        filled = head.lstrip(_BLANK)
        first, newline, rest = filled.partition(b"\n")
        if suffix(name) in self.suffixes:
            return not _is_laid_out(first)
        if not first.lstrip().startswith(b"{") or suffix(name) in ALWAYS_TEXT:
            return False
        try:
            return isinstance(json.loads(first), dict) and (suffix(name) != ".json" or rest.lstrip().startswith(b"{"))
        except RecursionError:
            return True
        except ValueError:
            # The first line may be longer than `head`. In a `.json` file it may also be the whole file, of another layout.
            return not newline and b'"text"' in head and suffix(name) != ".json"

    def records(self, file: File, stream: BinaryIO, context: ReadContext) -> Iterator[Record]:
        """Yield a record for each line; an invalid line becomes a notice."""
        finder = FieldFinder(context.params)
        number = 0
        for line, data in enumerate(stream, 1):
            if not data.strip():
                continue
            rows = _rows(data, finder, Position(file, context, number, line))
            for row in rows:
                at = Position(file, context, number, line)
                if record := finder.record(plain_values(row), at, data if len(rows) == 1 else None):
                    yield record
                number += 1
            number += not rows


def _is_laid_out(first: bytes) -> bool:
    """Whether JSON that starts with the line `first` extends over lines, so that it is none to be read line by line."""
    if first.strip() in {b"[", b"{"}:
        return True
    if not first.startswith(b"[{"):
        return False
    try:
        return isinstance(json.loads(first), list)
    except (ValueError, RecursionError):
        return True


@cache
def _decoder() -> tuple[Callable[[bytes], Any], tuple[type[Exception], ...]]:
    """A fast decoder, and the errors that it raises. It is loaded with the first line, because many commands read none."""
    import msgspec  # noqa: PLC0415

    return msgspec.json.Decoder().decode, (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def _rows(data: bytes, finder: FieldFinder, at: Position) -> list[dict[str, Any]]:
    """The objects on a line, nearly always one; none, with a notice, if there is none."""
    decoded, errors = _decoder()
    try:
        row = decoded(data)
        found = None if isinstance(row, dict) and may_repeat_keys(row, data) else [row]
    except errors:
        found = None
    if found is None:
        told = set[str]()
        try:
            found = values(decode(data, at.warn).lstrip(_NO_JSON), told)
        except (ValueError, RecursionError) as error:
            reason = error.msg if isinstance(error, json.JSONDecodeError) else "nested too deeply"
            at.skip("invalid-record", f"not JSON: {reason}")
            return []
        finder.tell_repeated_keys(told, at)
    for value in found:
        if not isinstance(value, dict):
            at.skip("invalid-record", f"{_JSON_NAMES.get(type(value), 'a number')} instead of an object")
    return [value for value in found if isinstance(value, dict)]


JSONL = JsonLines()
