"""JSON Lines: one object a line, one document an object."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from dedup.sources.common import File, Notices, Record, decode, mend, parse_time

SUFFIXES = frozenset({".jsonl", ".ndjson", ".jsonlines"})
FIELDS = {
    "id": ("id", "uid", "_id", "doc_id"),
    "text": ("text", "body", "content"),
    "outlet": ("outlet", "series", "source", "domain"),
    "published": ("published", "date", "published_at", "publish_date", "timestamp"),
    "url": ("url", "link"),
    "title": ("title", "headline"),
    "kind": ("kind",),
    "agency": ("agency",),
}
"""What a field may be called, the best name first."""
_JSON_NAMES = {list: "an array", str: "a string", bool: "true or false", type(None): "null"}


class JsonLines:
    """Objects with `text`, and if present `id`, `outlet`, `published`, `url`, `title`, `kind`, `agency`."""

    def claims(self, name: str) -> bool:
        """Whether the name ends like a JSON Lines file's."""
        return Path(name).suffix.lower() in SUFFIXES

    def accepts(self, path: str, head: bytes) -> bool:
        """Whether the name says so, or the first line is an object of its own."""
        if self.claims(path):
            return True
        first, newline, _ = head.partition(b"\n")
        if not first.lstrip().startswith(b"{") or Path(path).suffix.lower() in {".txt", ".md"}:
            return False
        try:
            return isinstance(json.loads(first), dict)
        except RecursionError:
            return True
        except ValueError:
            # A first line longer than what was looked at may still be one.
            return not newline and b'"text"' in head

    def records(self, file: File, head: bytes, stream: BinaryIO, notices: Notices) -> Iterator[Record]:
        """Yield a record a line; a line that is none is told of and left out."""
        number = 0
        for line, data in enumerate(_lines(head, stream), 1):
            if not data.strip():
                continue
            record = _record(file, data, number, line, notices)
            number += 1
            if record:
                yield record


def _lines(head: bytes, stream: BinaryIO) -> Iterator[bytes]:
    """The lines of `head` and the rest of `stream`, without reading either twice."""
    start = io.BytesIO(head)
    for line in start:
        if line.endswith(b"\n"):
            yield line
        else:
            yield line + stream.readline()
    yield from stream


def _record(file: File, data: bytes, number: int, line: int, notices: Notices) -> Record | None:
    place = f"{file.path}:{line}"
    skipped = f"line {line} of {file.path} skipped"
    text = decode(data, place, notices, path=file.path, line=line).removeprefix("\ufeff")
    try:
        row = json.loads(text)
    except (ValueError, RecursionError) as error:
        why = error.msg if isinstance(error, json.JSONDecodeError) else "nested too deeply, or a number too long"
        notices.add("invalid-record", f"{place}: not JSON: {why}; {skipped}", path=file.path, line=line)
        return None
    if not isinstance(row, dict):
        message = f"{place}: {_JSON_NAMES.get(type(row), 'a number')} where an object should be; {skipped}"
        notices.add("invalid-record", message, path=file.path, line=line)
        return None
    fields = {field: _first(row, names) for field, names in FIELDS.items()}
    body = fields["text"]
    if not isinstance(body, str) or not body.strip():
        names = ", ".join(sorted(map(str, row)))[:200] or "none"
        what = "no text" if body is None else "text that is empty or no string"
        message = f"{place}: {what} (looked for {', '.join(FIELDS['text'])}; there are: {names}); {skipped}"
        notices.add("missing-text", message, path=file.path, line=line)
        return None
    published = parse_time(fields["published"])
    if published is None and fields["published"] not in (None, ""):
        message = f"{place}: {str(fields['published'])[:60]!r} is no time that can be read; taken as unknown"
        notices.add("invalid-time", message, path=file.path, line=line)
    known = {
        name: mend(str(value)) if isinstance(value := fields[name], str | int) and value != "" else None
        for name in ("id", "outlet", "title", "url", "kind", "agency")
    }
    return Record(
        mend(body),
        number,
        line,
        known["id"],
        known["outlet"],
        known["title"],
        published,
        known["url"],
        known["kind"],
        known["agency"],
    )


def _first(row: dict[object, object], names: tuple[str, ...]) -> object:
    return next((row[name] for name in names if cast("dict[str, object]", row).get(name) is not None), None)


SOURCE = JsonLines()
