"""The file of an index: SQLite, in plain tables that anyone can read (`docs/index-format.md` describes them).

Every change is one transaction: after a kill at any instant the file is the old one or the new one. One process writes at a
time; readers work on the state they began with, and wait for nobody. Each row and block has a checksum of its own, because
SQLite's check sees a damaged page, but not a damaged letter.
"""

import json
import sqlite3
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from itertools import chain, pairwise
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import numpy.typing as npt
import xxhash

from dedup import __version__
from dedup.align.word_weights import Counts
from dedup.arrays import Layout
from dedup.errors import SourceError, UsageError
from dedup.params import HASH_VERSION, IndexParams
from dedup.storage import segments
from dedup.types import ROLES, Document

FORMAT = 1
_APPLICATION = int.from_bytes(b"ddup")
_MAGIC = b"SQLite format 3\0"
_PAGE = 32768
_CACHE_KIB = 32_768
_ROWS_AT_ONCE = 90
"""Rows of four values, so that a statement has no more of them than any SQLite takes."""
_SHOWN = 80
"""Characters of SQLite's own words in a message: they may hold a whole text."""
_FIELDS = ("id", "outlet", "title", "published", "url", "kind", "agency", "author", "path", "record")
"""The fields of a document that are stored as `Document.as_row` gives them."""
_COLUMNS = ", ".join(("number", *_FIELDS, "length", "tokens", "sha256", "text", "checksum"))
"""In the order in which the checksum of a row covers them."""
_SCHEMA = """
CREATE TABLE settings (name TEXT PRIMARY KEY, value, checksum INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE roles (number INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE documents (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, outlet TEXT, title TEXT, published TEXT, url TEXT, kind TEXT,
    agency TEXT, author TEXT, path TEXT, record INTEGER, length INTEGER NOT NULL, tokens INTEGER NOT NULL, sha256 BLOB NOT NULL,
    checksum INTEGER NOT NULL, text TEXT
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

_PARAMS = json.dumps(asdict(IndexParams()) | segments.PARAMS)


class Store:
    """An index file, opened for reading, or for writing too."""

    def __init__(self, path: str | Path, *, write: bool = False, text: bool = True, wait: float = 0.0) -> None:
        """Open `path`; to write, it is made where there is none, with or without `text`.

        A second writer waits for `wait` seconds. SourceError for a file that is none of ours or of another version.
        """
        self.path = Path(path)
        self._text = text
        self._version: int | None = None
        self._closed = False
        self._settings: dict[str, Any] = {}
        self._segments: list[segments.Segment] = []
        self._words: Counts | None = None
        self.fresh = write and (not self.path.exists() or not self.path.stat().st_size)
        if not self.fresh:
            self._look(write)
        with self.told():
            self.db = self._connect("rwc" if self.fresh else "rw", wait)
            try:
                if self.fresh:
                    self.db.execute(f"PRAGMA page_size = {_PAGE}")
                    self.db.execute("PRAGMA journal_mode = WAL")
                if not write:
                    self.db.execute("SELECT 1 FROM sqlite_schema").fetchone()
            except sqlite3.OperationalError as error:
                self.db.close()
                if error.sqlite_errorname not in {"SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_READONLY_DIRECTORY"}:
                    raise
                if write or self.path.with_name(f"{self.path.name}-wal").exists():
                    raise
                self.db = self._connect("ro&immutable=1", wait)  # on a disk that cannot be written: no lock is needed
            self.db.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
            if not write:
                self.db.execute("PRAGMA query_only = ON")
            if not self.fresh:
                with self.reading():
                    pass  # its version is checked before anything else is done

    def _connect(self, mode: str, wait: float) -> sqlite3.Connection:
        where = f"file:{quote(str(self.path.absolute()))}?mode={mode}"
        return sqlite3.connect(where, timeout=wait, uri=True, isolation_level=None, check_same_thread=False)

    def _look(self, write: bool) -> None:
        """SourceError for a file that is no database."""
        try:
            with self.path.open("rb") as stream:
                head = stream.read(100)
        except OSError as error:
            way = "" if write else f"; make it with: dedup index add {self.path} PATH..."
            raise SourceError(f"{self.path}: {error.strerror or error}{way}") from error
        if not head.startswith(_MAGIC):
            raise SourceError(f"{self.path} is no index of dedup, and was left as it is")

    def close(self) -> None:
        """Close the file; of the last process to do so only the one file is left."""
        self._closed = True
        self.db.close()

    @contextmanager
    def told(self) -> Iterator[None]:
        """What SQLite says, in words that name the way out."""
        try:
            yield
        except sqlite3.Error as error:
            name = getattr(error, "sqlite_errorname", "") or ""
            if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
                raise SourceError(f"{self.path}: another process writes to it; try again later, or use --wait") from error
            if name == "SQLITE_FULL":
                raise SourceError(f"{self.path}: the disk is full; the index is as it was before") from error
            if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN")):
                raise SourceError(f"{self.path}: cannot be opened for this, or its folder cannot be written") from error
            if name.startswith("SQLITE_IOERR"):
                raise SourceError(f"{self.path}: the disk failed ({error}); the index is as it was before") from error
            if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")) or isinstance(error, sqlite3.DatabaseError):
                way = f"`dedup index verify {self.path}` names what, `dedup index export` saves what can be read"
                what = str(error).split("\n", 1)[0][:_SHOWN]
                raise SourceError(f"{self.path} is damaged ({what}): {way}") from error
            raise

    @contextmanager
    def reading(self) -> Iterator[None]:
        """One state of the index, whatever others write meanwhile."""
        with self.told():
            if self.db.in_transaction:
                yield
                return
            self.db.execute("BEGIN")
            try:
                self._refresh()
                yield
            finally:
                # Whoever reads piece by piece may have closed the file before the last one.
                if not self._closed and self.db.in_transaction:
                    self.db.execute("ROLLBACK")

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction: all of it, or nothing."""
        with self.told():
            self.db.execute("BEGIN IMMEDIATE")
            try:
                if not self.db.execute("SELECT 1 FROM sqlite_schema").fetchone():
                    self._create()
                self._refresh()
                yield
                self.db.execute("COMMIT")
            except BaseException:
                self._version = None
                if self.db.in_transaction:
                    self.db.execute("ROLLBACK")
                raise

    def _create(self) -> None:
        self.db.execute(f"PRAGMA application_id = {_APPLICATION}")
        self.db.execute(f"PRAGMA user_version = {FORMAT}")
        for statement in _SCHEMA.split(";\n")[:-1]:
            self.db.execute(statement.strip())
        self.db.executemany("INSERT INTO roles VALUES (?, ?)", enumerate(ROLES))
        values: dict[str, int | str] = {
            "dedup": __version__,
            "hash_version": HASH_VERSION,
            "params": _PARAMS,
            "text": int(self._text),
            "documents": 0,
            "tokens": 0,
            "next": 1,
            "words_total": 0,
            "words_checksum": _words_checksum(()),
        }
        for name, value in values.items():
            self.set(name, value)

    def _refresh(self) -> None:
        """Read settings and segments again if another process has changed the file."""
        (version,) = self.db.execute("PRAGMA data_version").fetchone()
        if version == self._version:
            return
        (application,) = self.db.execute("PRAGMA application_id").fetchone()
        (form,) = self.db.execute("PRAGMA user_version").fetchone()
        if application != _APPLICATION:
            empty = not self.db.execute("SELECT 1 FROM sqlite_schema").fetchone()
            raise SourceError(f"{self.path} {'is empty' if empty else 'is no index of dedup'}, and was left as it is")
        way = f"make it again with: dedup index add NEW PATH..., or read it with: dedup index export {self.path}"
        if form != FORMAT:
            raise SourceError(f"{self.path} has format {form}, and this dedup reads format {FORMAT}; {way}")
        self._settings = {}
        for name, value, checksum in self.db.execute("SELECT name, value, checksum FROM settings"):
            if checksum != _setting_checksum(name, value):
                raise SourceError(f"{self.path} is damaged: the setting {name!r}; make it again")
            self._settings[name] = value
        for name, ours in (("hash_version", HASH_VERSION), ("params", _PARAMS)):
            if self._settings.get(name) != ours:
                raise SourceError(f"{self.path} has {name} {self._settings.get(name)}, this dedup has {ours}; {way}")
        self._segments = segments.segments(self.db)
        self._words = None
        self._version = version

    def get(self, name: str) -> Any:
        """Return a setting."""
        return self._settings[name]

    def set(self, name: str, value: int | str) -> None:
        """Write a setting."""
        self._settings[name] = value
        self.db.execute("INSERT OR REPLACE INTO settings VALUES (?, ?, ?)", (name, value, _setting_checksum(name, value)))

    @property
    def has_text(self) -> bool:
        """Whether it keeps texts."""
        return bool(self._settings["text"])

    def known(self, ids: Sequence[str]) -> dict[str, tuple[int, bytes]]:
        """Return number and SHA-256 of those of `ids` that are there."""
        rows = self.db.execute(
            "SELECT id, number, sha256 FROM documents WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(ids),)
        )
        return {name: (number, digest) for name, number, digest in rows}

    def insert(self, documents: Sequence[Document], laid: Layout, tokens: Sequence[int]) -> int:
        """Add documents, their paragraphs and counts of tokens; return the number of the first."""
        first: int = self.get("next")
        paragraphs = np.column_stack([laid.starts, laid.ends, laid.roles]).astype(np.int64, copy=False)
        bounds = pairwise((laid.offsets * paragraphs[:1].nbytes).tolist())
        packed = paragraphs.tobytes()
        rows = []
        for number, (document, (start, end), count) in enumerate(zip(documents, bounds, tokens, strict=True), first):
            fields = _fields(document, number, count, text=self.has_text)
            rows.append((*fields, _document_checksum(fields, packed[start:end])))
        marks = ", ".join("?" * len(_COLUMNS.split(", ")))
        self.db.executemany(f"INSERT INTO documents ({_COLUMNS}) VALUES ({marks})", rows)
        owners = np.repeat(np.arange(first, first + len(documents)), np.diff(laid.offsets))
        self._insert_paragraphs(np.column_stack([owners, paragraphs]).reshape(-1).tolist())
        self.set("next", first + len(documents))
        self.set("documents", self.get("documents") + len(documents))
        self.set("tokens", self.get("tokens") + sum(tokens))
        return first

    def _insert_paragraphs(self, values: Sequence[int]) -> None:
        """Insert rows of four values; many with one statement, for each that is run costs as much as a row."""
        one = "(?, ?, ?, ?)"
        at = 0
        for count in (_ROWS_AT_ONCE, 1):
            size, end = 4 * count, len(values) - (len(values) - at) % (4 * count)
            command = f"INSERT INTO paragraphs VALUES {', '.join([one] * count)}"
            self.db.executemany(command, (values[first : first + size] for first in range(at, end, size)))
            at = end

    def rename(self, names: Mapping[str, str]) -> None:
        """Give documents other ids."""
        for old, new in names.items():
            row = self.db.execute(f"SELECT {_COLUMNS} FROM documents WHERE id = ?", (old,)).fetchone()
            number, _, *rest, _ = row
            chosen = 'SELECT start, "end", role FROM paragraphs WHERE document = ? ORDER BY start'
            own = self.db.execute(chosen, (number,)).fetchall()
            checksum = _document_checksum((number, new, *rest), _packed(own))
            self.db.execute("UPDATE documents SET id = ?, checksum = ? WHERE number = ?", (new, checksum, number))

    def delete(self, numbers: Sequence[int]) -> None:
        """Remove documents. Their letters are overwritten; their postings are dead, and go when segments are merged."""
        some = json.dumps(numbers)
        chosen = "IN (SELECT value FROM json_each(?))"
        (tokens,) = self.db.execute(f"SELECT coalesce(sum(tokens), 0) FROM documents WHERE number {chosen}", (some,)).fetchone()
        self.db.execute(f"DELETE FROM documents WHERE number {chosen}", (some,))
        self.db.execute(f"DELETE FROM paragraphs WHERE document {chosen}", (some,))
        self.db.executemany("INSERT INTO removed VALUES (?, ?)", ((n, _removed_checksum(n)) for n in numbers))
        self.set("documents", self.get("documents") - len(numbers))
        self.set("tokens", self.get("tokens") - tokens)

    def removed(self) -> npt.NDArray[np.uint32]:
        """Return the numbers of removed documents that postings may still name, sorted."""
        rows = self.db.execute("SELECT document, checksum FROM removed ORDER BY document").fetchall()
        if any(checksum != _removed_checksum(number) for number, checksum in rows):
            raise SourceError(f"{self.path} is damaged: the table of removed documents")
        return np.array([number for number, _ in rows], np.uint32)

    def documents(
        self, numbers: Sequence[int] | None = None, *, ids: Sequence[str] | None = None
    ) -> Iterator[tuple[int, Document]]:
        """Yield number and document, of all, or those of `numbers` or `ids` that are there. SourceError for a damaged one."""
        chosen, key = ("number", numbers) if ids is None else ("id", ids)
        where = "" if key is None else f" WHERE {chosen} IN (SELECT value FROM json_each(?))"
        given = () if key is None else (json.dumps(list(key)),)
        for row in self.db.execute(f"SELECT {_COLUMNS} FROM documents{where} ORDER BY number", given):
            yield row[0], _document(row)

    def numbers(self) -> list[int]:
        """Return the numbers of all documents."""
        return [number for (number,) in self.db.execute("SELECT number FROM documents ORDER BY number")]

    def ranks(self, numbers: Sequence[int]) -> list[tuple[int, str, str | None, int]]:
        """Return (number, id, published, length) of those of `numbers` that are there."""
        return self.db.execute(
            "SELECT number, id, published, length FROM documents WHERE number IN (SELECT value FROM json_each(?))",
            (json.dumps(numbers),),
        ).fetchall()

    def ids(self, numbers: Sequence[int]) -> list[tuple[int, str]]:
        """Return number and id of those of `numbers` that are there."""
        return [(number, name) for number, name, _, _ in self.ranks(numbers)]

    def segments_of(self, kind: segments.Kind) -> list[segments.Segment]:
        """Return the segments of a kind, the largest first."""
        return [segment for segment in self._segments if segment.kind == kind]

    def merge(self, kind: segments.Kind, runs: Sequence[segments.Run], *, everything: bool = False) -> None:
        """Add `runs` as one segment, with what it takes in of those that are there, or all."""
        existing = self.segments_of(kind)
        if not runs and not existing:
            return
        chosen = existing if everything else segments.to_merge(existing, sum(run.postings for run in runs))
        segments.write(self.db, kind, [*runs, *chosen], removed=self.removed())
        for segment in chosen:
            segments.drop(self.db, segment)
        self._segments = segments.segments(self.db)

    def forget_removed(self) -> None:
        """Say that no posting names a removed document any more."""
        self.db.execute("DELETE FROM removed")

    def set_aside(self, kind: segments.Kind, run: segments.Memory) -> segments.SetAside:
        """Write a run to a temporary file until it is merged."""
        return segments.SetAside(self.db, kind, run)

    def find(self, kind: segments.Kind, keys: npt.NDArray[np.uint64]) -> segments.Postings:
        """Return the postings of `keys`, which are sorted, in all segments."""
        return segments.gathered([segment.find(keys) for segment in self.segments_of(kind)])

    def words(self) -> Counts:
        """Return the background, frozen when the index was made or compacted."""
        if self._words is None:
            rows = self.db.execute("SELECT hash, documents FROM words ORDER BY hash").fetchall()
            if _words_checksum(rows) != self.get("words_checksum"):
                raise SourceError(f"{self.path} is damaged: the table of words; `dedup index compact` makes it again")
            table = np.array(rows, np.int64).reshape(-1, 2)
            hashes = table[:, 0].view(np.uint64)
            order = np.argsort(hashes)
            self._words = Counts(hashes[order], table[order, 1].astype(np.uint32), self.get("words_total"))
        return self._words

    def freeze(self, words: Counts) -> None:
        """Write the background."""
        rows = sorted(zip(words.hashes.view(np.int64).tolist(), words.documents.tolist(), strict=True))
        self.db.execute("DELETE FROM words")
        self.db.executemany("INSERT INTO words VALUES (?, ?)", rows)
        self.set("words_total", words.total)
        self.set("words_checksum", _words_checksum(rows))
        self._words = None

    def verify(self) -> Iterator[str]:
        """Yield what is damaged, in words."""
        with self.path.open("rb") as stream:
            head = stream.read(100)
        for place, expected in _HEADER.items():
            if head[place : place + len(expected)] != expected:
                yield f"the file's header, at byte {place}"
        for (found,) in self.db.execute("PRAGMA integrity_check"):
            if found != "ok":
                yield found
        self.db.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
        try:
            yield from self._verify_rows()
        finally:
            self.db.text_factory = str

    def _verify_rows(self) -> Iterator[str]:
        paragraphs = self.db.execute('SELECT document, start, "end", role FROM paragraphs ORDER BY document, start')
        row = next(paragraphs, None)
        count = tokens = 0
        for number, *rest in self.db.execute(f"SELECT {_COLUMNS} FROM documents ORDER BY number"):
            own = []
            while row is not None and row[0] <= number:
                if row[0] < number:
                    yield f"a paragraph of document {row[0]}, which is not there"
                own.append(row[1:])
                row = next(paragraphs, None)
            if _document_checksum((number, *rest[:-1]), _packed(own)) != rest[-1]:
                yield f"document {number} ({rest[0]!r})"
            count, tokens = count + 1, tokens + (rest[11] if isinstance(rest[11], int) else 0)
        if row is not None:
            yield f"a paragraph of document {row[0]}, which is not there"
        if (count, tokens) != (self.get("documents"), self.get("tokens")):
            yield f"{count:,} documents of {tokens:,} words, not {self.get('documents'):,} of {self.get('tokens'):,}"
        try:
            self.removed()
        except SourceError:
            yield "the table of removed documents"
        made = [sql for (sql,) in self.db.execute("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid")]
        if made != [statement.strip() for statement in _SCHEMA.split(";\n")[:-1]]:
            yield "the schema is not the one that dedup made"
        if list(self.db.execute("SELECT number, name FROM roles ORDER BY number")) != list(enumerate(ROLES)):
            yield "the table of roles"
        words = self.db.execute("SELECT hash, documents FROM words ORDER BY hash").fetchall()
        if _words_checksum(words) != self.get("words_checksum"):
            yield "the table of words"
        owned = 0
        for segment in self._segments:
            yield from segment.check()
            owned += segment.blocks
        (blocks,) = self.db.execute("SELECT count(*) FROM blocks").fetchone()
        if blocks != owned:
            yield f"{blocks:,} blocks, not the {owned:,} of the segments"


def is_index(path: str | Path) -> bool:
    """Whether `path` is a file that says it is an index."""
    try:
        with Path(path).open("rb") as stream:
            head = stream.read(72)
    except OSError:
        return False
    return head.startswith(_MAGIC) and head[68:72] == _APPLICATION.to_bytes(4)


def _fields(document: Document, number: int, tokens: int, *, text: bool) -> tuple[Any, ...]:
    """The values of a row, in the order of `_COLUMNS` without the checksum; no `text` in an index that keeps none."""
    row = document.as_row()
    own = (row[name] for name in _FIELDS)
    return (number, *own, len(document.text), tokens, bytes.fromhex(document.sha256), document.text if text else None)


def _document(values: tuple[Any, ...]) -> Document:
    """The document of a row with the columns `_COLUMNS`. SourceError for values that `_fields` cannot have written."""
    row = dict(zip(_COLUMNS.split(", "), values, strict=True))
    text = row["text"]
    if text is not None and len(text) != row["length"]:
        raise SourceError(f"document {row['id']!r} is damaged: {len(text):,} characters, not {row['length']:,}")
    try:
        return Document.from_row(row | {"text": text or ""})
    except (TypeError, ValueError) as error:
        raise SourceError(f"document {row['id']!r} is damaged: {error}") from error


def _packed(rows: Iterable[Iterable[int]]) -> bytes:
    """Rows of integers as 64 bits each."""
    return array("q", chain.from_iterable(rows)).tobytes()


def _document_checksum(fields: Sequence[Any], paragraphs: bytes) -> int:
    *known, text = fields
    digest = xxhash.xxh3_64(repr(tuple(known)).encode("utf-8", "surrogateescape"))
    digest.update(b"\0none" if text is None else text.encode("utf-8", "surrogateescape"))
    digest.update(paragraphs)
    return digest.intdigest() >> 1


def _setting_checksum(name: str, value: object) -> int:
    return xxhash.xxh3_64_intdigest(f"{name}\0{value!r}".encode("utf-8", "replace")) >> 1


def _removed_checksum(number: int) -> int:
    return xxhash.xxh3_64_intdigest(f"removed\0{number!r}".encode()) >> 1


def _words_checksum(rows: Iterable[tuple[int, int]]) -> str:
    return xxhash.xxh3_64_hexdigest(_packed(rows))


def refuse_unknown(store: Store, ids: Sequence[str], known: Mapping[str, object]) -> None:
    """UsageError that names those of `ids` that are not in the index."""
    missing = [name for name in ids if name not in known]
    if missing:
        more = f" and {len(missing) - 5:,} more" if len(missing) > 5 else ""
        raise UsageError(f"{store.path}: no document {', '.join(map(repr, missing[:5]))}{more}")
