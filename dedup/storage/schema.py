"""The schema of an index file: its tables, its settings, the marks in its header, and the bytes of an empty one."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

from dedup import __version__
from dedup.params import HASH_VERSION, IndexParams
from dedup.sources.streams import DATABASE_MARK, INDEX_MARK
from dedup.storage import rows, segments
from dedup.storage.open_files import file_head
from dedup.types import ROLES

FORMAT = 2
"""The version of the format, SQLite's `user_version`."""
APPLICATION = int.from_bytes(INDEX_MARK)
"""SQLite's `application_id`."""
_PAGE = 32768
"""Bytes of a page. Pages are large because blocks and texts are large."""
_SCHEMA = """
CREATE TABLE settings (name TEXT PRIMARY KEY, value, checksum INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE roles (number INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE documents (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, outlet TEXT, title TEXT, published TEXT, url TEXT, kind TEXT,
    agency TEXT, author TEXT, path TEXT, record INTEGER, length INTEGER NOT NULL, tokens INTEGER NOT NULL, sha256 BLOB NOT NULL,
    paragraphs INTEGER NOT NULL, checksum INTEGER NOT NULL, text TEXT
);
CREATE TABLE paragraphs (
    document INTEGER NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL, role INTEGER NOT NULL,
    PRIMARY KEY (document, start)
) WITHOUT ROWID;
CREATE TABLE words (hash INTEGER PRIMARY KEY, documents INTEGER NOT NULL);
CREATE TABLE removed (document INTEGER PRIMARY KEY, checksum INTEGER NOT NULL);
CREATE TABLE segments (
    first_block INTEGER PRIMARY KEY, kind TEXT NOT NULL, blocks INTEGER NOT NULL, postings INTEGER NOT NULL,
    checksum INTEGER NOT NULL
);
CREATE TABLE blocks (number INTEGER PRIMARY KEY, data BLOB NOT NULL);
"""
_HEADER = {18: b"\2\2\0\x40\x20\x20", 44: b"\0\0\0\4", 52: bytes(4), 56: b"\0\0\0\1", 64: bytes(4), 72: bytes(20)}
"""What bytes of SQLite's header must be in a file of ours, by place (https://sqlite.org/fileformat2.html, 1.3)."""
_WAL = b"\2\2"
"""Bytes 18 and 19 of the header of a database in WAL mode."""

PARAMS = json.dumps(asdict(IndexParams()) | segments.POSTING_PARAMS)
SETTINGS: dict[str, type] = {"dedup": str, "hash_version": int, "params": str} | dict.fromkeys(
    ("text", "documents", "tokens", "next", "words_total", "words_checksum"), int
)
"""The names of all settings, and the types of their values."""


def is_index(path: str | Path) -> bool:
    """Whether `path` is a file that says it is an index."""
    try:
        head = file_head(path, 72)
    except (OSError, ValueError):
        return False
    return head.startswith(DATABASE_MARK) and head[68:72] == APPLICATION.to_bytes(4)


def words_checksum(found: Iterable[Sequence[object]]) -> int:
    """Return the checksum of the rows of the table `words`; -1 if a row has values that no index writes."""
    try:
        return rows.digest(rows.packed(found))  # type: ignore[arg-type] # what was damaged may be of any type
    except (TypeError, OverflowError):
        return -1


def statements() -> list[str]:
    """Return the statements that make the tables, as SQLite keeps them."""
    return [statement.strip() for statement in _SCHEMA.split(";\n")[:-1]]


def damaged_header(path: Path) -> Iterator[int]:
    """Yield where the file's header is not what SQLite writes for an index."""
    head = file_head(path, 100)
    return (place for place, expected in _HEADER.items() if head[place : place + len(expected)] != expected)


def empty_index(text: bool) -> bytes:
    """Return the bytes of an index without documents."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        db.execute(f"PRAGMA page_size = {_PAGE}")
        db.execute("BEGIN")
        write_schema(db, text)
        db.execute("COMMIT")
        data = db.serialize()
    return data[:18] + _WAL + data[20:]


def write_schema(db: sqlite3.Connection, text: bool) -> None:
    """Make the tables of an index without documents, in the transaction that is open."""
    db.execute(f"PRAGMA application_id = {APPLICATION}")
    db.execute(f"PRAGMA user_version = {FORMAT}")
    for statement in statements():
        db.execute(statement)
    db.executemany("INSERT INTO roles VALUES (?, ?)", enumerate(ROLES))
    values: dict[str, int | str] = {
        "dedup": __version__,
        "hash_version": HASH_VERSION,
        "params": PARAMS,
        "text": int(text),
        "documents": 0,
        "tokens": 0,
        "next": 1,
        "words_total": 0,
        "words_checksum": words_checksum(()),
    }
    for name, value in values.items():
        write_setting(db, name, value)


def write_setting(db: sqlite3.Connection, name: str, value: int | str) -> None:
    """Write a setting with its checksum."""
    db.execute("INSERT OR REPLACE INTO settings VALUES (?, ?, ?)", (name, value, rows.checksum((name, value))))
