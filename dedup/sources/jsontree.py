"""JSON that is no JSON Lines: an array of objects, an object that holds one, or one object alone."""

import io
from collections.abc import Iterable, Iterator
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
            for number, (key, row) in enumerate(_objects(stream, holder)):
                if key != holder and holder and not (isinstance(row, dict) and _has_text(row, fields)):
                    continue  # an array beside that of the documents
                if not isinstance(row, dict):
                    At(file, reader).skip("invalid-record", f"item {number + 1} is no object", "skipped")
                elif record := fields.record(row, At(file, reader, number, None if holder is None else number + 1)):
                    yield record
        except (ijson.JSONError, ValueError) as error:
            why = next(iter(str(error).strip("b'\"").replace("\\n", "\n").splitlines()), "no reason given")[:100]
            place = f"after {number + 1} items" if number >= 0 else "from its start"
            At(file, reader).skip("invalid-record", f"not JSON {place}: {why}", "what stands before that is read")


def _holder(head: bytes, fields: Fields) -> str | None:
    """The field of the outermost object whose array holds the documents, "" for an outermost array; None: it is one itself.

    Of several arrays of objects, it is the first whose objects have a text, if there is one.
    """
    depth, key, last = 0, "", ""
    found: str | None = None
    sure = inside = False
    try:
        for event, value in ijson.basic_parse(io.BytesIO(head), use_float=True):
            if depth == 0 and event == "start_array":
                return ""
            if depth == 1 and event == "map_key":
                key = value
                if _has_text([key], fields):
                    return None
            if depth == 2 and last == "start_array":
                inside = event == "start_map"
                found = key if inside and found is None else found
            if depth == 3 and inside and not sure and event == "map_key" and _has_text([value], fields):
                found, sure = key, True
            depth += (event in _OPEN) - (event in _CLOSE)
            if depth > _DEEPEST:
                break
            last = event
    except (ijson.JSONError, ValueError):
        pass  # cut off, most likely
    return found


def _has_text(names: Iterable[str], fields: Fields) -> bool:
    """Whether one of the names is that of a text, or of an object in which it is."""
    there = set(names)
    return any(name in there or name.split(".")[0] in there for name in fields.plan(there)["text"])


def _objects(stream: BinaryIO, holder: str | None) -> Iterator[tuple[str, Any]]:
    """The documents of `_holder`, and what stands in arrays beside its; ValueError where brackets nest too deeply."""
    base = 0 if holder is None else 1 if holder == "" else 2
    depth, key, array = 0, "", False
    builder: ijson.ObjectBuilder | None = None
    for event, value in ijson.basic_parse(stream, use_float=True, buf_size=_SIZE):
        if event == "map_key" and depth == 1:
            key = value
        if depth == 1 and base == 2:
            array = event == "start_array"
        if depth == base and event not in {"end_array", "map_key"} and (base < 2 or array):
            builder = ijson.ObjectBuilder()
        depth += (event in _OPEN) - (event in _CLOSE)
        if depth > _DEEPEST:
            raise ValueError("brackets nested too deeply")
        if builder is not None:
            builder.event(event, value)
            if depth == base:
                yield key, builder.value
                builder = None


SOURCE = JsonTree()
