"""Rows of an index: how a document becomes one, and their checksums.

A checksum is the upper 63 bits of an XXH3-64 over the row as MessagePack, whose bytes do not depend on the version of Python. A
row is checked wherever it is read, because SQLite's own check sees a damaged page, but not a damaged letter.
"""

from array import array
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import chain
from typing import Any

import msgspec
import xxhash

from dedup.errors import DamagedError
from dedup.types import Document

_FIELDS = ("id", "outlet", "title", "published", "url", "kind", "agency", "author", "path", "record")
"""The fields of a document that are stored as `Document.as_row` gives them."""
COLUMNS = ("number", *_FIELDS, "length", "tokens", "sha256", "paragraphs", "text")
"""The columns of `documents` that its checksum covers, in this order."""
SELECTED = ", ".join((*COLUMNS, "checksum"))
"""What `stored_document` takes, for a SELECT."""
_ENCODER = msgspec.msgpack.Encoder()


def checksum(values: Sequence[Any]) -> int:
    """Return the checksum of a row; it fits SQLite's signed integers."""
    try:
        data = _ENCODER.encode(values)
    except (TypeError, ValueError, OverflowError) as error:  # what was damaged may be of any type
        data = repr((values, error)).encode("utf-8", "backslashreplace")
    return xxhash.xxh3_64_intdigest(data) >> 1


def packed(rows: Iterable[Iterable[int]]) -> bytes:
    """Return rows of integers, 64 bits each."""
    return array("q", chain.from_iterable(rows)).tobytes()


def digest(data: bytes) -> int:
    """Return the checksum of packed rows."""
    return xxhash.xxh3_64_intdigest(data) >> 1


def paragraphs_checksum(found: Iterable[Iterable[int]]) -> int:
    """Return the checksum of a document's paragraphs (start, end, role); -1 for rows that no index has."""
    try:
        return digest(packed(found))
    except (TypeError, OverflowError):
        return -1


def document_row(document: Document, number: int, tokens: int, paragraphs: bytes, *, text: bool) -> list[Any]:
    """Return the values of `COLUMNS` for a document of so many `tokens`; `paragraphs` are its packed rows."""
    row = document.as_row()
    stored = document.text if text else None
    sha256 = bytes.fromhex(document.sha256)
    return [number, *(row[name] for name in _FIELDS), len(document.text), tokens, sha256, digest(paragraphs), stored]


def stored_document(row: Sequence[Any], where: str) -> Document:
    """Return the document of a row: the values of `COLUMNS` and their checksum.

    DamagedError, with `where`, if they differ, or if the values are not those of a document: another program wrote the row.
    """
    *values, expected = row
    if checksum(values) != expected:
        raise damaged_document(where, row[0], row[1])
    known = dict(zip(COLUMNS, values, strict=True))
    try:
        return Document.from_row(known | {"text": known["text"] or ""})
    except (TypeError, ValueError) as error:
        raise damaged_document(where, row[0], row[1]) from error


def damaged_document(where: str, number: object, name: object = None) -> DamagedError:
    """Return the error that names a damaged document of the index `where`."""
    damage = f"document {number}" + (f" ({name[:80]!r})" if isinstance(name, str) else "")
    return DamagedError(f"{where} is damaged: {damage}; `dedup index export` saves the others", path=where, damage=damage)


def stored_time(published: object) -> datetime | None:
    """Return the time that a row has; None where it has none that can be read."""
    try:
        return datetime.fromisoformat(published) if isinstance(published, str) else None
    except ValueError:
        return None
