"""The parts that the JSON formats share: how JSON is written, and the rows of changes and notices."""

import json
from typing import Any

from dedup.types import Change, Notice

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def dumps(data: object) -> str:
    """Return plain data as JSON on one line. ValueError for NaN and infinity, which JSON cannot hold.

    >>> dumps({"identity": 0.5, "family": None})
    '{"identity":0.5,"family":null}'
    """
    return _ENCODER.encode(data)


def change_row(change: Change) -> dict[str, Any]:
    """Return a change as plain data."""
    return {"type": change.type, "a": change.a._asdict(), "b": change.b._asdict(), "flags": list(change.flags)}


def notice_row(notice: Notice) -> dict[str, Any]:
    """Return a notice as plain data."""
    return {
        "code": notice.code,
        "message": notice.message,
        "path": notice.path,
        "line": notice.line,
        "document": notice.document,
    }
