"""JSON Lines: one object a line, one document an object."""

import json
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, BinaryIO

from dedup.sources.common import At, File, Reader, Record, decode, suffix
from dedup.sources.fields import Fields

SUFFIXES = frozenset({".jsonl", ".ndjson", ".jsonlines", ".jl"})
_JSON_NAMES = {list: "an array", str: "a string", bool: "true or false", type(None): "null"}


class JsonLines:
    """Objects with `text`, and if present `id`, `outlet`, `published`, `url`, `title`, `author`, `kind`, `agency`."""

    name = "jsonl"

    def claims(self, name: str) -> bool:
        """Whether the name ends like a JSON Lines file's."""
        return suffix(name) in SUFFIXES

    def accepts(self, name: str, head: bytes) -> bool:
        """Whether the name says so, or the first line is an object of its own and another follows."""
        if self.claims(name):
            return True
        first, newline, rest = head.partition(b"\n")
        if not first.lstrip().startswith(b"{") or suffix(name) in {".txt", ".md"}:
            return False
        try:
            return isinstance(json.loads(first), dict) and (suffix(name) != ".json" or rest.lstrip().startswith(b"{"))
        except RecursionError:
            return True
        except ValueError:
            # A first line longer than what was looked at may still be one.
            return not newline and b'"text"' in head

    def records(self, file: File, stream: BinaryIO, reader: Reader) -> Iterator[Record]:
        """Yield a record a line; a line that is none is told of and left out."""
        fields = Fields(reader.params)
        number = 0
        for line, data in enumerate(stream, 1):
            if not data.strip():
                continue
            row = _row(file, data, line, reader)
            record = None if row is None else fields.record(row, At(file, reader, number, line))
            number += 1
            if record:
                yield record


@cache
def _decoder() -> tuple[Callable[[bytes], Any], tuple[type[Exception], ...]]:
    """A decoder, and what it raises; loaded for the first line, as not every command reads one."""
    import msgspec  # noqa: PLC0415

    return msgspec.json.Decoder().decode, (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def _row(file: File, data: bytes, line: int, reader: Reader) -> dict[str, object] | None:
    decoded, errors = _decoder()
    try:
        row = decoded(data)
    except errors:
        # Lone surrogates, NaN, bytes that are no UTF-8: the standard library takes more, and says better what it does not.
        place = f"{file.place}:{line}"
        text = decode(data, place, reader.notices, path=file.path, line=line).removeprefix("\ufeff")
        try:
            row = json.loads(text)
        except (ValueError, RecursionError) as error:
            why = error.msg if isinstance(error, json.JSONDecodeError) else "nested too deeply, or a number too long"
            At(file, reader, line=line).skip("invalid-record", f"not JSON: {why}")
            return None
    if isinstance(row, dict):
        return row
    At(file, reader, line=line).skip("invalid-record", f"{_JSON_NAMES.get(type(row), 'a number')} where an object should be")
    return None


SOURCE = JsonLines()
