"""The file beside an index in which a server keeps tokens and results: SQLite, readable by its owner only.

Tokens and the keys of results are kept as hashes: who reads the file learns none of them. It is no part of the index, so a copy
of the index carries neither.
"""

import hashlib
import hmac
import os
import secrets
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal, NamedTuple, get_args

from dedup.errors import SourceError, UsageError

Scope = Literal["read", "write"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
"""What a token allows: `read` is to check drafts and to read the archive, `write` also to add and remove documents."""
_PREFIX = "dedup_"
"""How tokens start, so that scanners for leaked secrets can find them."""
_SCHEMA = """
CREATE TABLE IF NOT EXISTS tokens (name TEXT PRIMARY KEY, hash BLOB NOT NULL, scope TEXT NOT NULL, created TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS kept (hash BLOB PRIMARY KEY, page BLOB NOT NULL, expires TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS kept_expires ON kept (expires);
"""
_WAIT = 10.0
"""Seconds that a write waits for another one."""


class TokenRow(NamedTuple):
    """A token as it is listed: never the token itself."""

    name: str
    scope: Scope
    created: str


class ServerFile:
    """The file beside `index`. Every method opens it for itself, so threads and processes may share it.

    >>> str(ServerFile("news.dedup").path)
    'news.dedup.server'
    """

    def __init__(self, index: str | Path) -> None:
        """Open nothing yet."""
        self.path = Path(f"{index}.server")

    @contextmanager
    def _opened(self, *, write: bool = False) -> Iterator[sqlite3.Connection | None]:
        """Yield the file; None if it is only read and is not there."""
        try:
            if write and not self.path.exists():
                with suppress(FileExistsError):
                    os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            if not self.path.exists():
                yield None
                return
            with closing(sqlite3.connect(self.path, timeout=_WAIT, isolation_level=None)) as db:
                if write:
                    db.execute("PRAGMA secure_delete = ON")
                    db.executescript(_SCHEMA)
                    db.execute("BEGIN IMMEDIATE")
                yield db
                if write:
                    db.execute("COMMIT")
        except (OSError, sqlite3.Error) as error:
            raise SourceError(f"{self.path}: {error}", path=self.path) from error

    def add_token(self, name: str, scope: Scope) -> str:
        """Return a new token, which is shown only now. UsageError for a name that there is."""
        if not name.strip() or not name.isprintable():
            raise UsageError(f"a token needs a name that can be printed, not {name!r}")
        token = _PREFIX + secrets.token_urlsafe(32)
        with self._opened(write=True) as db:
            assert db is not None
            if db.execute("SELECT 1 FROM tokens WHERE name = ?", (name,)).fetchone():
                raise UsageError(f"there is a token {name!r} already; revoke it first, or choose another name")
            row = (name, _hashed(token), scope, f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}")
            db.execute("INSERT INTO tokens VALUES (?, ?, ?, ?)", row)
        return token

    def tokens(self) -> list[TokenRow]:
        """Return the tokens by name."""
        with self._opened() as db:
            rows = db.execute("SELECT name, scope, created FROM tokens ORDER BY name").fetchall() if db else []
        return [TokenRow(*row) for row in rows]

    def revoke_token(self, name: str) -> None:
        """Remove a token. UsageError if there is none of that name."""
        with self._opened(write=True) as db:
            assert db is not None
            if not db.execute("DELETE FROM tokens WHERE name = ?", (name,)).rowcount:
                raise UsageError(f"there is no token {name!r}; `dedup token list` shows those that there are")

    def scope_of(self, token: str) -> Scope | None:
        """Return what a token allows; None if there is no such token. The time does not depend on how much of it is right."""
        given, found = _hashed(token), None
        with self._opened() as db:
            for known, scope in db.execute("SELECT hash, scope FROM tokens").fetchall() if db else []:
                if hmac.compare_digest(given, known):
                    found = scope
        return found

    def keep(self, key: str, page: str, expires: datetime, most: int) -> None:
        """Keep a page under `key`. UsageError if the kept pages would be more than `most` bytes; expired ones are removed."""
        packed = zlib.compress(page.encode("utf-8", "backslashreplace"))
        with self._opened(write=True) as db:
            assert db is not None
            db.execute("DELETE FROM kept WHERE expires < ?", (_stamp(datetime.now(UTC)),))
            (size,) = db.execute("SELECT coalesce(sum(length(page)), 0) FROM kept").fetchone()
            if size + len(packed) > most:
                raise UsageError("no room is left for kept results; some must expire or be deleted first")
            db.execute("INSERT INTO kept VALUES (?, ?, ?)", (_hashed(key), packed, _stamp(expires)))

    def kept(self, key: str) -> str | None:
        """Return the page that is kept under `key`; None if there is none, or if it has expired."""
        with self._opened() as db:
            now = _stamp(datetime.now(UTC))
            found = db.execute("SELECT page FROM kept WHERE hash = ? AND expires >= ?", (_hashed(key), now)) if db else None
            row = found.fetchone() if found else None
        return zlib.decompress(row[0]).decode() if row else None

    def forget(self, key: str) -> bool:
        """Remove the page that is kept under `key`; return whether there was one."""
        with self._opened(write=True) as db:
            assert db is not None
            return bool(db.execute("DELETE FROM kept WHERE hash = ?", (_hashed(key),)).rowcount)


def new_key() -> str:
    """Return a key that nobody can guess: 192 random bits."""
    return secrets.token_urlsafe(24)


def days_from_now(days: int) -> datetime:
    """Return the time in so many days."""
    return datetime.now(UTC) + timedelta(days=days)


def _hashed(secret: str) -> bytes:
    """A fast hash is enough: the secrets are random and long, so none can be found by trying words."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def _stamp(time: datetime) -> str:
    return f"{time:%Y-%m-%dT%H:%M:%SZ}"
