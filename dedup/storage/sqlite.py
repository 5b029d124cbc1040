"""The file of an index: SQLite, in plain tables that anyone can read (`docs/index-format.md` describes them).

Every change is one transaction: after a kill at any instant the file is the old one or the new one. A new file appears
complete, as an empty index, and its first add is a transaction like any other. One process writes at a time; readers work on
the state with which they began and do not wait for the writer. Each row and block has a checksum (`rows`), which is checked
wherever it is read. The module is long because one class holds all that is done to the file: to read it in parts would hide
which statements belong to one transaction.
"""

import json
import os
import sqlite3
import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import numpy.typing as npt

from dedup.align.word_weights import Counts
from dedup.arrays import Layout
from dedup.errors import DamagedError, LockedError, SourceError, UsageError, VersionError
from dedup.params import HASH_VERSION
from dedup.sources.streams import DATABASE_MARK
from dedup.storage import rows, segments
from dedup.storage.files import create
from dedup.storage.open_files import connection_closed, connection_opened, file_head
from dedup.storage.schema import (
    APPLICATION,
    FORMAT,
    PARAMS,
    SETTINGS,
    empty_index,
    words_checksum,
    write_schema,
    write_setting,
)
from dedup.types import Document

_CACHE_KIB = 32_768
_ROWS_AT_ONCE = 90
"""Rows of four values in one statement; no SQLite refuses so many values."""
_NAMES_AT_ONCE = 500
"""Ids in one statement."""
_SHOWN = 80
"""Characters of SQLite's own words in a message: they may hold a whole text."""
_READ_WAIT = 30.0
"""Seconds that a reader waits for a lock. The last process to close the file holds one for an instant while it removes the log;
nobody else keeps readers waiting.
"""
_WRITE_WAIT = 2.0
"""Seconds that a writer waits at least: others that close the file or fold the log hold a lock for an instant."""


class _Connection(sqlite3.Connection):
    """A connection whose every error is a `sqlite3.Error`.

    Python decodes SQLite's messages as UTF-8. A message may quote a damaged schema that is not UTF-8; then decoding fails.
    """

    def execute(self, *command: Any) -> sqlite3.Cursor:
        with _readable_message():
            return super().execute(*command)

    def executemany(self, *command: Any) -> sqlite3.Cursor:
        with _readable_message():
            return super().executemany(*command)


@contextmanager
def _readable_message() -> Iterator[None]:
    try:
        yield
    except UnicodeDecodeError as error:
        raise sqlite3.DatabaseError("the schema is not UTF-8") from error


class Store:
    """An index file, opened for reading, or for writing too. One thread at a time may use it."""

    def __init__(
        self, path: str | Path, *, write: bool = False, text: bool = True, wait: float = 0.0, salvage: bool = False
    ) -> None:
        """Open `path`. If it is opened to write and does not exist, it is created, with or without `text`.

        A second writer waits for `wait` seconds. SourceError for a file that is no index. VersionError for an index of another
        version, unless the file is opened to `salvage` what can be read.
        """
        self.path = Path(path)
        self._text, self._wait = text, max(wait, _WRITE_WAIT)
        self._version: int | None = None
        self._closed = False
        self._salvage = salvage
        self.problems: list[SourceError] = []
        """What is wrong with a file that was opened to salvage."""
        self.is_loaded = False
        """Whether settings and segments are read and right."""
        self._settings: dict[str, Any] = {}
        self._segments: list[segments.Segment] = []
        self._words: Counts | None = None
        if write and not self.path.exists():
            self._create()
        self.identity = self._look(write)
        connection_opened(self.identity)
        try:
            self._open(write)
        except BaseException:
            self.close()
            raise

    def _open(self, write: bool) -> None:
        """Connect to the file, also on a disk that is full or cannot be written."""
        with self.translated_errors():
            self.db = self._connect("rw", _READ_WAIT)
            try:
                self.db.execute("SELECT 1 FROM sqlite_schema").fetchone()
            except sqlite3.OperationalError as error:
                self.db.close()
                log = self.path.with_name(f"{self.path.name}-wal")
                names = ("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_IOERR", "SQLITE_FULL")
                without_lock = (getattr(error, "sqlite_errorname", "") or "").startswith(names)
                if write or not without_lock or (log.exists() and log.stat().st_size):
                    raise
                # On a disk that is full or cannot be written, nobody writes: no lock is needed.
                self.db = self._connect("ro&immutable=1", _READ_WAIT)
            self.db.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
            self.db.execute("PRAGMA trusted_schema = OFF")
            if not write:
                self.db.execute("PRAGMA query_only = ON")
                with self.reading():
                    pass  # its version is checked before anything else is done

    def _connect(self, mode: str, wait: float) -> sqlite3.Connection:
        where = f"file:{quote(os.fsencode(self.path.absolute()))}?mode={mode}"
        return sqlite3.connect(
            where, timeout=wait, uri=True, isolation_level=None, check_same_thread=False, factory=_Connection
        )

    def _create(self) -> None:
        """Put an empty index in place, whole; another process may do the same at the same time."""
        try:
            create(self.path, empty_index(self._text))
        except FileExistsError:
            pass
        except OSError as error:
            raise SourceError(f"{self.path} cannot be created: {error.strerror or error}", path=self.path) from error

    def _look(self, write: bool) -> tuple[int, int]:
        """Return the device and inode of the file. SourceError for one that is no database."""
        try:
            status = self.path.stat()
            head = file_head(self.path, 100)
        except OSError as error:
            way = "" if write else f"; make it with: dedup index add {self.path} PATH..."
            raise SourceError(f"{self.path}: {error.strerror or error}{way}", path=self.path) from error
        # SQLite takes an empty file for an empty database, and so does a writer here.
        if not (head.startswith(DATABASE_MARK) or (write and not head and stat.S_ISREG(status.st_mode))):
            raise SourceError(f"{self.path} is no index of dedup, and was left as it is", path=self.path)
        return status.st_dev, status.st_ino

    def is_replaced(self) -> bool:
        """Whether another file is at the path now. SourceError if none is."""
        try:
            status = self.path.stat()
        except OSError as error:
            raise SourceError(f"{self.path}: {error.strerror or error}", path=self.path) from error
        return (status.st_dev, status.st_ino) != self.identity

    def fold(self) -> None:
        """Move what the log holds into the file, as far as no reader needs it."""
        with self.translated_errors():
            self.db.execute("PRAGMA busy_timeout = 0")
            self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close the file. After the last process has closed it, no log file is left beside it."""
        if not self._closed:
            self._closed = True
            with suppress(AttributeError):  # it was never opened
                self.db.close()
            connection_closed(self.identity)

    @contextmanager
    def translated_errors(self) -> Iterator[None]:
        """Raise the errors of SQLite as ours, in words that name the way out."""
        try:
            yield
        except DamagedError as error:
            if error.path is not None:
                raise
            raise self._damaged(error.damage or str(error)) from error
        except sqlite3.ProgrammingError:
            raise  # a mistake of ours
        except sqlite3.Error as error:
            raise self._translated(error) from error

    def _translated(self, error: sqlite3.Error) -> SourceError:
        name = getattr(error, "sqlite_errorname", "") or ""
        if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            return LockedError(f"{self.path}: another process writes to it; try again later, or use --wait", path=self.path)
        if name == "SQLITE_FULL":
            return SourceError(f"{self.path}: the disk is full; the index is as it was before", path=self.path)
        if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN")):
            message = f"{self.path}: cannot be opened for this, or its folder cannot be written"
            return SourceError(message, path=self.path)
        if name.startswith("SQLITE_IOERR"):
            return SourceError(f"{self.path}: the disk failed ({error}); the index is as it was before", path=self.path)
        way = f"`dedup index verify {self.path}` names what, `dedup index export` saves what can be read"
        what = str(error).split("\n", 1)[0][:_SHOWN]
        return DamagedError(f"{self.path} is damaged ({what}): {way}", path=self.path, damage=what)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Read one state of the index, whatever others write meanwhile."""
        with self.translated_errors():
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
        """Change the index in one transaction: all of it, or nothing."""
        with self.translated_errors():
            self.db.execute(f"PRAGMA busy_timeout = {round(self._wait * 1000)}")
            self.db.execute("BEGIN IMMEDIATE")
            try:
                self._adopt()
                self._refresh()
                yield
                self.db.execute("COMMIT")
            except BaseException:
                self._version = None
                if self.db.in_transaction:
                    self.db.execute("ROLLBACK")
                raise
            finally:
                self.db.execute(f"PRAGMA busy_timeout = {round(_READ_WAIT * 1000)}")

    def _adopt(self) -> None:
        """Create the tables in an empty database: an empty file, or what a killed first add of an earlier version left."""
        if self.db.execute("SELECT 1 FROM sqlite_schema").fetchone():
            return
        (mark,) = self.db.execute("PRAGMA application_id").fetchone()
        if mark not in (0, APPLICATION):
            raise SourceError(f"{self.path} is a database of another program, and was left as it is", path=self.path)
        write_schema(self.db, self._text)

    def _refresh(self) -> None:
        """Read settings and segments again if another process has changed the file."""
        (version,) = self.db.execute("PRAGMA data_version").fetchone()
        if version == self._version:
            return
        if self.db.execute("SELECT 1 FROM sqlite_schema WHERE type IN ('view', 'trigger')").fetchone():
            # A view may never end, and a trigger may do anything; dedup makes neither.
            raise SourceError(f"{self.path} is no index of dedup, and was left as it is", path=self.path)
        (application,) = self.db.execute("PRAGMA application_id").fetchone()
        (form,) = self.db.execute("PRAGMA user_version").fetchone()
        try:
            if application != APPLICATION:
                raise SourceError(f"{self.path} is no index of dedup, and was left as it is", path=self.path)
            self._check_version("format", FORMAT, form)
            self._load()
        except (sqlite3.Error, SourceError) as error:
            if not self._salvage or not self._has_documents():
                raise
            self.problems.append(self._translated(error) if isinstance(error, sqlite3.Error) else error)
        self._version = version

    def _has_documents(self) -> bool:
        """Whether there is a table of documents that can be looked at."""
        try:
            self.db.execute("SELECT 1 FROM documents LIMIT 0")
        except sqlite3.Error:
            return False
        return True

    def _load(self) -> None:
        """Read settings and segments."""
        self.is_loaded = False
        self._settings = {}
        for name, value, checksum in self.db.execute("SELECT name, value, checksum FROM settings"):
            if checksum != rows.checksum((name, value)):
                raise self._damaged(f"the setting {str(name)[:_SHOWN]!r}")
            self._settings[name] = value
        if missing := SETTINGS.keys() - self._settings.keys():
            raise self._damaged(f"the setting {min(missing)!r}")
        self._check_version("hash_version", HASH_VERSION, self._settings["hash_version"])
        self._check_version("params", PARAMS, self._settings["params"])
        for name, kind in SETTINGS.items():
            value = self._settings[name]
            if not isinstance(value, kind) or (isinstance(value, int) and not 0 <= value < 1 << 63):
                raise self._damaged(f"the setting {name!r}")
        self._segments = segments.segments(self.db)
        self._words = None
        self.is_loaded = True

    def _check_version(self, field: str, expected: object, found: object) -> None:
        if found != expected:
            way = f"save its documents with: dedup index export {self.path} -o F.jsonl, then: dedup index add NEW F.jsonl"
            message = f"{self.path} has {field} {found}, this dedup has {expected}; {way}"
            raise VersionError(message, path=self.path, field=field, expected=expected, found=found)

    def _damaged(self, damage: str, way: str = "") -> DamagedError:
        """Return the error that names what is damaged, and the way out."""
        way = way or "`dedup index export` saves what can be read"
        return DamagedError(f"{self.path} is damaged: {damage}; {way}", path=self.path, damage=damage)

    def get(self, name: str) -> Any:
        """Return a setting."""
        return self._settings[name]

    def set(self, name: str, value: int | str) -> None:
        """Write a setting."""
        self._settings[name] = value
        write_setting(self.db, name, value)

    @property
    def has_text(self) -> bool:
        """Whether it keeps texts."""
        return bool(self._settings["text"])

    def known(self, ids: Sequence[str]) -> dict[str, tuple[int, bytes]]:
        """Return number and SHA-256 of those of `ids` that the index has."""
        found: dict[str, tuple[int, bytes]] = {}
        for at in range(0, len(ids), _NAMES_AT_ONCE):
            some = ids[at : at + _NAMES_AT_ONCE]
            marks = ", ".join("?" * len(some))
            for name, number, sha in self.db.execute(f"SELECT id, number, sha256 FROM documents WHERE id IN ({marks})", some):
                if not (isinstance(name, str) and isinstance(number, int) and isinstance(sha, bytes)):
                    raise rows.damaged_document(str(self.path), number, name)
                found[name] = number, sha
        return found

    def insert(self, documents: Sequence[Document], layout: Layout, tokens: Sequence[int]) -> int:
        """Add documents, their paragraphs and counts of tokens; return the number of the first."""
        first: int = self.get("next")
        paragraphs = np.column_stack([layout.starts, layout.ends, layout.roles]).astype(np.int64, copy=False)
        bounds = pairwise((layout.offsets * paragraphs[:1].nbytes).tolist())
        packed = paragraphs.tobytes()
        values = []
        for number, (document, (start, end), count) in enumerate(zip(documents, bounds, tokens, strict=True), first):
            row = rows.document_row(document, number, count, packed[start:end], text=self.has_text)
            values.append((*row, rows.checksum(row)))
        marks = ", ".join("?" * len(values[0])) if values else ""
        self.db.executemany(f"INSERT INTO documents ({rows.SELECTED}) VALUES ({marks})", values)
        owners = np.repeat(np.arange(first, first + len(documents)), np.diff(layout.offsets))
        self._insert_paragraphs(np.column_stack([owners, paragraphs]).reshape(-1).tolist())
        self.set("next", first + len(documents))
        self.set("documents", self.get("documents") + len(documents))
        self.set("tokens", self.get("tokens") + sum(tokens))
        return first

    def _insert_paragraphs(self, values: Sequence[int]) -> None:
        """Insert rows of four values; many with one statement, because each statement costs as much as a row."""
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
            *row, expected = self.db.execute(f"SELECT {rows.SELECTED} FROM documents WHERE id = ?", (old,)).fetchone()
            if rows.checksum(row) != expected:
                raise rows.damaged_document(str(self.path), row[0], old)
            row[1] = new
            self.db.execute("UPDATE documents SET id = ?, checksum = ? WHERE number = ?", (new, rows.checksum(row), row[0]))

    def delete(self, numbers: Sequence[int]) -> None:
        """Remove documents. Their text is overwritten; their postings are dead, and disappear when segments are merged."""
        some = json.dumps(numbers)
        chosen = "IN (SELECT value FROM json_each(?))"
        (tokens,) = self.db.execute(f"SELECT coalesce(sum(tokens), 0) FROM documents WHERE number {chosen}", (some,)).fetchone()
        self.db.execute(f"DELETE FROM documents WHERE number {chosen}", (some,))
        self.db.execute(f"DELETE FROM paragraphs WHERE document {chosen}", (some,))
        self.db.executemany("INSERT INTO removed VALUES (?, ?)", ((n, rows.checksum(("removed", n))) for n in numbers))
        self.set("documents", self.get("documents") - len(numbers))
        self.set("tokens", self.get("tokens") - tokens)

    def removed(self) -> npt.NDArray[np.uint32]:
        """Return the numbers of removed documents that postings may still name, sorted."""
        found = self.db.execute("SELECT document, checksum FROM removed ORDER BY document").fetchall()
        if any(checksum != rows.checksum(("removed", number)) or number not in range(1 << 32) for number, checksum in found):
            raise self._damaged("the table of removed documents")
        return np.array([number for number, _ in found], np.uint32)

    def documents(self, numbers: Sequence[int] | None = None) -> Iterator[tuple[int, Document]]:
        """Yield number and document of all, or of those of `numbers` that the index has. DamagedError for a damaged one."""
        where = "" if numbers is None else " WHERE number IN (SELECT value FROM json_each(?))"
        given = () if numbers is None else (json.dumps(list(numbers)),)
        count = 0
        for row in self.db.execute(f"SELECT {rows.SELECTED} FROM documents{where} ORDER BY number", given):
            yield row[0], rows.stored_document(row, str(self.path))
            count += 1
        if count != (self.get("documents") if numbers is None else self._expected(numbers)):
            raise self._damaged("documents are missing")

    def laid_documents(self, numbers: Sequence[int]) -> list[tuple[Document, npt.NDArray[np.int64]]]:
        """Return those of the documents `numbers` that the index has, and of each the paragraphs, as `Layout.of` takes them.

        DamagedError for a damaged one.
        """
        some = json.dumps(list(numbers))
        chosen = "IN (SELECT value FROM json_each(?))"
        found = self.db.execute(
            f"SELECT {rows.SELECTED} FROM documents WHERE number {chosen} ORDER BY number", (some,)
        ).fetchall()
        if len(found) != self._expected(numbers):
            raise self._damaged("documents are missing")
        laid = self.db.execute(
            f'SELECT document, start, "end", role FROM paragraphs WHERE document {chosen} ORDER BY document, start', (some,)
        ).fetchall()
        try:
            table = np.array(laid, np.int64).reshape(-1, 4)
        except (TypeError, ValueError, OverflowError) as error:
            raise self._damaged("the table of paragraphs") from error
        ends = np.searchsorted(table[:, 0], [row[0] for row in found], "right").tolist()
        out, start = [], 0
        for row, end in zip(found, ends, strict=True):
            document, own = rows.stored_document(row, str(self.path)), np.ascontiguousarray(table[start:end, 1:])
            if rows.digest(own.tobytes()) != row[rows.COLUMNS.index("paragraphs")]:
                raise rows.damaged_document(str(self.path), row[0], row[1])
            out.append((document, own))
            start = end
        return out

    def _expected(self, numbers: Sequence[int]) -> int:
        """Return how many of `numbers` should be found: those of documents that were not removed."""
        return len({*numbers} - {*self.removed().tolist()})

    def ranks(self, numbers: Sequence[int]) -> list[tuple[int, str, str | None, int]]:
        """Return (number, id, published, length) of those of `numbers` that the index has."""
        found = self.db.execute(
            "SELECT number, id, published, length FROM documents WHERE number IN (SELECT value FROM json_each(?))",
            (json.dumps(numbers),),
        ).fetchall()
        for number, name, published, length in found:
            if not (isinstance(name, str) and isinstance(length, int) and isinstance(published, str | None)):
                raise rows.damaged_document(str(self.path), number, name)
        return found

    def publications(self, numbers: Sequence[int]) -> list[tuple[int, str | None, str | None]]:
        """Return (number, outlet, published) of those of `numbers` that the index has."""
        found = self.db.execute(
            "SELECT number, outlet, published FROM documents WHERE number IN (SELECT value FROM json_each(?))",
            (json.dumps(numbers),),
        ).fetchall()
        for number, outlet, published in found:
            if not (isinstance(outlet, str | None) and isinstance(published, str | None)):
                raise rows.damaged_document(str(self.path), number, None)
        return found

    def ids(self, numbers: Sequence[int]) -> list[tuple[int, str]]:
        """Return number and id of those of `numbers` that the index has."""
        return [(number, name) for number, name, _, _ in self.ranks(numbers)]

    def all_segments(self) -> Sequence[segments.Segment]:
        """Return all segments, the largest first."""
        return self._segments

    def segments_of(self, kind: segments.Kind) -> list[segments.Segment]:
        """Return the segments of a kind, the largest first."""
        return [segment for segment in self._segments if segment.kind == kind]

    def merge(self, kind: segments.Kind, runs: Sequence[segments.Run], *, everything: bool = False) -> None:
        """Write `runs` and the existing segments that are small enough, or all if `everything`, as one new segment."""
        existing = self.segments_of(kind)
        if not runs and not existing:
            return
        chosen = existing if everything else segments.to_merge(existing, sum(run.postings for run in runs))
        segments.write(self.db, kind, [*runs, *chosen], removed=self.removed())
        for segment in chosen:
            segments.drop(self.db, segment)
        self._segments = segments.segments(self.db)

    def forget_removed(self) -> None:
        """Record that no posting names a removed document any more."""
        self.db.execute("DELETE FROM removed")

    def set_aside(self, kind: segments.Kind, run: segments.Memory) -> segments.SetAside:
        """Write a run to a temporary table until it is merged."""
        return segments.SetAside(self.db, kind, run)

    def find(self, kind: segments.Kind, keys: npt.NDArray[np.uint64]) -> segments.Postings:
        """Return the postings of `keys`, which are sorted, in all segments."""
        return segments.gathered([segment.find(keys) for segment in self.segments_of(kind)])

    def words(self) -> Counts:
        """Return how common words are, as it was when the index was made or compacted."""
        if self._words is None:
            found = self.db.execute("SELECT hash, documents FROM words ORDER BY hash").fetchall()
            if words_checksum(found) != self.get("words_checksum"):
                raise self._damaged("the table of words", "`dedup index compact` makes it again")
            table = np.array(found, np.int64).reshape(-1, 2)
            hashes = table[:, 0].view(np.uint64)
            order = np.argsort(hashes)
            self._words = Counts(hashes[order], table[order, 1].astype(np.uint32), self.get("words_total"))
        return self._words

    def freeze(self, words: Counts) -> None:
        """Write how common words are."""
        found = sorted(zip(words.hashes.view(np.int64).tolist(), words.documents.tolist(), strict=True))
        self.db.execute("DELETE FROM words")
        self.db.executemany("INSERT INTO words VALUES (?, ?)", found)
        self.set("words_total", words.total)
        self.set("words_checksum", words_checksum(found))
        self._words = None


def refuse_unknown(store: Store, ids: Sequence[str], known: Mapping[str, object]) -> None:
    """UsageError that names those of `ids` that are not in the index."""
    missing = [name for name in ids if name not in known]
    if missing:
        more = f" and {len(missing) - 5:,} more" if len(missing) > 5 else ""
        raise UsageError(f"{store.path}: no document {', '.join(map(repr, missing[:5]))}{more}")
