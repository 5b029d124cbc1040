"""Find what is damaged in an index, and save what can be read of it."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from dedup.errors import DamagedError, SourceError, VersionError
from dedup.storage import rows
from dedup.storage.schema import damaged_header, statements, words_checksum
from dedup.storage.sqlite import Store
from dedup.types import ROLES, Document

_OURS = f"""
WITH found({", ".join((*rows.COLUMNS[:-1], "checksum", rows.COLUMNS[-1]))}) AS (SELECT * FROM documents WHERE rowid = ?)
SELECT {rows.SELECTED} FROM found
"""
"""Reads a row by the order of the table's columns, because their names may be damaged."""
_FIELDS = ("id", "text", "path", "record", "outlet", "title", "published", "url", "kind", "agency", "author")
"""What is read of a row of another format."""


def damage(store: Store, *, every_row: bool = True) -> Iterator[str]:
    """Yield what is damaged in the file of a store that was opened to salvage; nothing if all is as it was written.

    Without `every_row`, only the header, the schema, the settings and the list of segments are looked at.
    """
    yield from (f"the file's header, at byte {place}" for place in damaged_header(store.path))
    with _any_text(store.db):
        for part in (_structure, _schema, _documents, _tables, _segments) if every_row else (_schema,):
            try:
                yield from part(store)
            except (sqlite3.Error, DamagedError) as error:
                yield error.damage if isinstance(error, DamagedError) else str(error).split("\n", 1)[0]


def readable(store: Store) -> Iterator[Document | SourceError]:
    """Yield each document that can be read, by number, and an error for each that cannot and for whatever else is wrong.

    `store` was opened to salvage. Rows of our format are checked. Rows of another format are read as far as they have our
    columns, and cannot be checked.
    """
    yield from store.problems
    ours = not any(isinstance(problem, VersionError) and problem.field == "format" for problem in store.problems)
    with _any_text(store.db):
        last, expected = _extent(store)
        fields = [name for name in _FIELDS if name in _columns(store.db)]
        command = _OURS if ours else f"SELECT {', '.join(fields)} FROM documents WHERE rowid = ?"
        count = 0
        number = 0
        while (number := _following(store, number)) <= last:
            try:
                row = store.db.execute(command, (number,)).fetchone()
                if row is None:
                    continue
                count += 1
                yield rows.stored_document(row, str(store.path)) if ours else _unchecked(fields, row, store, number)
            except (sqlite3.Error, DamagedError) as error:
                count += isinstance(error, sqlite3.Error)
                yield error if isinstance(error, DamagedError) else rows.damaged_document(str(store.path), number)
        if expected is not None and count < expected:
            what = f"{expected - count:,} of {expected:,} documents are missing"
            yield DamagedError(f"{store.path} is damaged: {what}", path=store.path, damage=what)


@contextmanager
def _any_text(db: sqlite3.Connection) -> Iterator[None]:
    """Read text that is no UTF-8 too, so that its row can be named."""
    db.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
    try:
        yield
    finally:
        db.text_factory = str


def _extent(store: Store) -> tuple[int, int | None]:
    """Return the highest number that a document may have, and how many documents there are, if that is known."""
    if store.is_loaded:
        return store.get("next") - 1, store.get("documents")
    for command in ("SELECT max(rowid) FROM documents", "SELECT max(document) FROM paragraphs"):
        try:
            (last,) = store.db.execute(command).fetchone()
        except sqlite3.Error:
            continue
        if isinstance(last, int):
            return last, None
    return 0, None


def _following(store: Store, number: int) -> int:
    """Return the next number that a document may have: that of the next row, or `number` + 1 where that cannot be read."""
    try:
        (found,) = store.db.execute("SELECT min(rowid) FROM documents WHERE rowid > ?", (number,)).fetchone()
    except sqlite3.Error:
        return number + 1
    return found if isinstance(found, int) and found > number else 1 << 63


def _columns(db: sqlite3.Connection) -> set[str]:
    try:
        return {name for _, name, *_ in db.execute("PRAGMA table_info(documents)")}
    except sqlite3.Error:
        return set()


def _unchecked(fields: Sequence[str], row: Sequence[Any], store: Store, number: int) -> Document:
    """Return the document of a row of another format, as far as its values are of the right type."""
    known = dict(zip(fields, row, strict=True))
    if not isinstance(known.get("id"), str) or not isinstance(known.get("text"), str | None):
        raise rows.damaged_document(str(store.path), number)
    plain: dict[str, Any] = {name: value for name, value in known.items() if isinstance(value, str)}
    record = known.get("record")
    plain |= {"record": record if isinstance(record, int) else 0, "published": rows.stored_time(known.get("published"))}
    return Document(**{"text": "", **plain})


def _structure(store: Store) -> Iterator[str]:
    for (found,) in store.db.execute("PRAGMA integrity_check"):
        if found != "ok":
            yield found


def _schema(store: Store) -> Iterator[str]:
    yield from (problem.damage if isinstance(problem, DamagedError) else str(problem) for problem in store.problems)
    made = [sql for (sql,) in store.db.execute("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid")]
    if made != statements():
        yield "the schema is not the one that dedup made"


def _documents(store: Store) -> Iterator[str]:
    paragraphs = store.db.execute('SELECT document, start, "end", role FROM paragraphs ORDER BY document, start')
    row = next(paragraphs, None)
    count = tokens = 0
    for *values, expected in store.db.execute(f"SELECT {rows.SELECTED} FROM documents ORDER BY number"):
        number, size, laid = values[0], values[12], values[14]
        own: list[Sequence[int]] = []
        while row is not None and not (isinstance(row[0], int) and row[0] > number):
            if row[0] == number:
                own.append(row[1:])
            else:
                yield f"a paragraph of document {row[0]}, which is not there"
            row = next(paragraphs, None)
        if rows.checksum(values) != expected or rows.paragraphs_checksum(own) != laid:
            yield f"document {number} ({str(values[1])[:80]!r})"
        count, tokens = count + 1, tokens + (size if isinstance(size, int) else 0)
    if row is not None:
        yield f"a paragraph of document {row[0]}, which is not there"
    if store.is_loaded and (count, tokens) != (store.get("documents"), store.get("tokens")):
        yield f"{count:,} documents of {tokens:,} words, not {store.get('documents'):,} of {store.get('tokens'):,}"


def _tables(store: Store) -> Iterator[str]:
    store.removed()
    if list(store.db.execute("SELECT number, name FROM roles ORDER BY number")) != list(enumerate(ROLES)):
        yield "the table of roles"
    words = store.db.execute("SELECT hash, documents FROM words ORDER BY hash").fetchall()
    if store.is_loaded and words_checksum(words) != store.get("words_checksum"):
        yield "the table of words"


def _segments(store: Store) -> Iterator[str]:
    owned = 0
    for segment in store.all_segments():
        yield from segment.check()
        owned += segment.blocks
    (blocks,) = store.db.execute("SELECT count(*) FROM blocks").fetchone()
    if store.is_loaded and blocks != owned:
        yield f"{blocks:,} blocks, not the {owned:,} of the segments"
