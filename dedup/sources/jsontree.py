"""JSON other than JSON Lines: an array of objects, an object that holds such arrays, or one object; also several in a row."""

import io
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, BinaryIO

import ijson

from dedup.sources.common import ALWAYS_TEXT, File, Position, ReadContext, Record, suffix
from dedup.sources.encoding import READ_AS_U_FFFD, UTF8_BOM, invalid_bytes
from dedup.sources.fields import FieldFinder
from dedup.sources.lenient_json import StandardJson, UniqueKeys, plain_values
from dedup.sources.limits import JSON_DEPTH
from dedup.sources.streams import peek

_OPEN, _CLOSE = frozenset({"start_map", "start_array"}), frozenset({"end_map", "end_array"})
_BUFFER_BYTES = 1 << 16
_TOO_DEEP = f"more than {JSON_DEPTH} brackets within brackets"


class JsonTree:
    """Objects in arrays, parsed one by one, so that a large file needs little memory."""

    name = "json"
    suffixes = frozenset({".json"})

    def accepts(self, name: str, head: bytes) -> bool:
        """Return whether the suffix says so, or it starts as an array of objects or as an object."""
        start = b"".join(head[:1000].removeprefix(UTF8_BOM).split())[:2]
        return suffix(name) not in ALWAYS_TEXT and (suffix(name) in self.suffixes or start in {b"[{", b'{"'})

    def records(self, file: File, stream: BinaryIO, context: ReadContext) -> Iterator[Record]:
        """Yield a record for each object, up to the place where the file stops being JSON."""
        finder = FieldFinder(context.params)
        head, stream = peek(stream)
        array = _documents_array(head, finder)
        number, told, standard = -1, set[str](), StandardJson(stream)
        try:
            for number, (key, row, is_only) in enumerate(_items(standard, array, told)):
                if key != array and array and not (isinstance(row, dict) and _names_text(row, finder)):
                    continue  # an array of other things
                if not isinstance(row, dict):
                    Position(file, context).skip("invalid-record", f"item {number + 1} is no object", "item skipped")
                    continue
                at = Position(file, context, number, None if is_only else number + 1)
                if told:
                    finder.tell_repeated_keys(told, at)
                    told.clear()
                if record := finder.record(plain_values(row), at):
                    yield record
        except (ijson.JSONError, ValueError) as error:
            reason = next(iter(str(error).strip("b'\"").replace("\\n", "\n").splitlines()), "no reason given")[:100]
            place = f"after {number + 1} items" if number >= 0 else "from its start"
            Position(file, context).stop("invalid-record", f"not JSON {place}: {reason}")
        if standard.errors:
            places = invalid_bytes("utf-8", count=standard.errors)
            Position(file, context).warn("invalid-encoding", f"{places}; {READ_AS_U_FFFD}")


def _documents_array(head: bytes, finder: FieldFinder) -> str | None:
    """The key, in the outermost object, of the array that holds the documents; of several values it is that in the first.

    An empty string: the outermost value is itself that array. None: the outermost object is itself the document. Of several
    arrays of objects it is the first whose objects have a text, or, if none has, the first.
    """
    depth, key, last = 0, "", ""
    found: str | None = None
    certain = in_object = False
    try:
        for event, value in _events(StandardJson(io.BytesIO(head))):
            if depth == 0 and event == "start_array":
                return ""
            if depth == 1 and event == "map_key":
                key = value
                if _names_text([key], finder):
                    return None
            if depth == 2 and last == "start_array":
                in_object = event == "start_map"
                found = key if in_object and found is None else found
            if depth == 3 and in_object and not certain and event == "map_key" and _names_text([value], finder):
                found, certain = key, True
            depth += (event in _OPEN) - (event in _CLOSE)
            if depth > JSON_DEPTH or depth == 0:
                break  # another value may stand behind the first
            last = event
    except (ijson.JSONError, ValueError):
        pass  # `head` is only the start of the file
    return found


def _names_text(names: Iterable[str], finder: FieldFinder) -> bool:
    """Whether one of `names` is that of the text, or of an object that holds it."""
    there = set(names)
    return any(name in there or name.split(".")[0] in there for name in finder.keys_by_field(there)["text"])


def _events(standard: StandardJson) -> Iterator[tuple[str, Any]]:
    """What ijson reads in a stream, in which several values may stand one behind another."""
    events: Iterator[tuple[str, Any]] = ijson.basic_parse(
        standard, use_float=True, multiple_values=True, buf_size=_BUFFER_BYTES
    )
    return events


def _items(standard: StandardJson, array: str | None, told: set[str]) -> Iterator[tuple[str, Any, bool]]:
    """The items of `_objects`, each with whether it is the one document that the file is."""
    found = _objects(standard, array, told)
    if array is not None:
        yield from ((key, row, False) for key, row in found)
        return
    first = next(found, None)
    if first is None:
        return
    error = None
    try:
        second = next(found, None)
    except (ijson.JSONError, ValueError) as damage:
        second, error = None, damage
    for key, row in chain([first], [second] if second else [], found):
        yield key, row, second is None
    if error:
        raise error


def _objects(standard: StandardJson, array: str | None, told: set[str]) -> Iterator[tuple[str, Any]]:
    """The items of all arrays at the level of `array` (see `_documents_array`), each with the key of its array.

    `told` is that of `UniqueKeys`. Raises ValueError if brackets nest too deeply.
    """
    base, depth, key, in_array = 0, 0, "", False
    events = _events(standard)
    for event, value in events:
        if depth == 0:  # the base is the number of brackets around an item
            base = 1 if event == "start_array" else 2 if event == "start_map" and array else 0
            key, in_array = array or "", False
        if event == "map_key" and depth == 1:
            key = value
        if depth == 1 and base == 2:
            in_array = event == "start_array"
        if depth == base and event not in {"end_array", "end_map", "map_key"} and (base < 2 or in_array):
            yield key, _whole(event, value, events, told)
            continue
        depth += (event in _OPEN) - (event in _CLOSE)
        if depth > JSON_DEPTH:
            raise ValueError(_TOO_DEEP)


def _whole(event: str, value: Any, events: Iterator[tuple[str, Any]], told: set[str]) -> Any:
    """The value that starts with an event and takes the next of `events`, up to that with which it ends."""
    if event not in _OPEN:
        return value
    outermost: Any = UniqueKeys(told) if event == "start_map" else []
    around, key = [outermost], ""
    for event, value in events:  # noqa: PLR1704 the next ones
        if event == "map_key":
            key = value
            continue
        if event in _CLOSE:
            around.pop()
            if not around:
                break
            continue
        is_open = event in _OPEN
        new = value if not is_open else UniqueKeys(told) if event == "start_map" else []
        if type(around[-1]) is list:
            around[-1].append(new)
        else:
            around[-1][key] = new
        if is_open:
            around.append(new)
            if len(around) > JSON_DEPTH:
                raise ValueError(_TOO_DEEP)
    return outermost


JSON = JsonTree()
