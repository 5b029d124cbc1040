"""JSON that is no JSON Lines: an array of objects, an object that holds one, or one object alone."""

import io
from collections.abc import Iterator
from typing import Any, BinaryIO

import ijson

from dedup.sources.common import At, File, Reader, Record, suffix
from dedup.sources.fields import Fields
from dedup.sources.streams import peeked

_MARK = b"\xef\xbb\xbf"
_DEEPEST = 200
"""Brackets within brackets; no article has as many."""
_OPEN, _CLOSE = frozenset({"start_map", "start_array"}), frozenset({"end_map", "end_array"})
_SIZE = 1 << 16


class JsonTree:
    """Objects in an array, read one by one."""

    name = "json"

    def claims(self, name: str) -> bool:
        """Whether the name ends like a JSON file's."""
        return suffix(name) == ".json"

    def accepts(self, name: str, head: bytes) -> bool:
        """Whether the name says so, or it starts as an array of objects, or as an object of many lines with names."""
        start = b"".join(head[:1000].removeprefix(_MARK).split())[:2]
        return suffix(name) not in {".txt", ".md"} and (self.claims(name) or start in {b"[{", b'{"'})

    def records(self, file: File, stream: BinaryIO, reader: Reader) -> Iterator[Record]:
        """Yield a record an object; where the JSON breaks off, those before."""
        fields = Fields(reader.params)
        head, stream = peeked(stream)
        if head.startswith(_MARK):
            stream.read(len(_MARK))
        holder = _holder(head.removeprefix(_MARK), fields)
        number = -1
        try:
            for number, row in enumerate(_objects(stream, holder)):
                if not isinstance(row, dict):
                    At(file, reader).skip("invalid-record", f"item {number + 1} is no object", "skipped")
                elif record := fields.record(row, At(file, reader, number, None if holder is None else number + 1)):
                    yield record
        except (ijson.JSONError, ValueError) as error:
            why = str(error).strip("b'\"").replace("\\n", "\n").splitlines()[0][:100]
            place = f"after {number + 1} items" if number >= 0 else "from its start"
            At(file, reader).skip("invalid-record", f"not JSON {place}: {why}", "what stands before that is read")


def _holder(head: bytes, fields: Fields) -> str | None:
    """The field of the outermost object whose array holds the documents, "" for an outermost array; None: it is one itself."""
    depth, key, last = 0, "", ""
    found: str | None = None
    try:
        for event, value in ijson.basic_parse(io.BytesIO(head), use_float=True):
            if depth == 0 and event == "start_array":
                return ""
            if depth == 1 and event == "map_key":
                key = value
                if fields.plan([key])["text"]:
                    return None
            if depth == 2 and last == "start_array" and event == "start_map" and found is None:
                found = key
            depth += (event in _OPEN) - (event in _CLOSE)
            if depth > _DEEPEST:
                break
            last = event
    except (ijson.JSONError, ValueError):
        pass  # cut off, most likely
    return found


def _objects(stream: BinaryIO, holder: str | None) -> Iterator[Any]:
    """The documents of `_holder`; ValueError where brackets nest too deeply."""
    base = 0 if holder is None else 1 if holder == "" else 2
    depth, key = 0, ""
    builder: ijson.ObjectBuilder | None = None
    for event, value in ijson.basic_parse(stream, use_float=True, buf_size=_SIZE):
        if event == "map_key" and depth == 1:
            key = value
        if depth == base and event not in {"end_array", "map_key"} and (base < 2 or key == holder):
            builder = ijson.ObjectBuilder()
        depth += (event in _OPEN) - (event in _CLOSE)
        if depth > _DEEPEST:
            raise ValueError("brackets nested too deeply")
        if builder is not None:
            builder.event(event, value)
            if depth == base:
                yield builder.value
                builder = None


SOURCE = JsonTree()
