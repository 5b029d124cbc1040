"""Documents of an index by words in their title, outlet, id, author or text: a plain search, newest additions first."""

import sqlite3
import time
from collections.abc import Sequence
from typing import NamedTuple

from dedup.storage.sqlite import Store
from dedup.types import Document

_STEPS = 20_000
"""Steps of SQLite's machine between two looks at the clock."""


class FoundDocuments(NamedTuple):
    """The documents that a search found; `more` says that there are others, `cut` that its time was over."""

    documents: list[Document]
    more: bool
    cut: bool


def find_documents(store: Store, words: Sequence[str], most: int, seconds: float) -> FoundDocuments:
    """Return up to `most` documents that hold each of `words` in one of their fields, in any case of letters.

    The search ends after about so many seconds, with what was found.
    """
    end = time.monotonic() + seconds
    numbers: list[int] = []
    cut = False
    store.db.create_function("dedup_has", -1, _has, deterministic=True)
    store.db.set_progress_handler(lambda: int(time.monotonic() > end), _STEPS)
    fields = "title, outlet, id, author, text"
    test = f" WHERE dedup_has(?, {fields})" if words else ""
    given = ["\n".join(word.casefold() for word in words)] if words else []
    try:
        for (number,) in store.db.execute(f"SELECT number FROM documents{test} ORDER BY number DESC", given):
            numbers.append(number)
            if len(numbers) > most:
                break
    except sqlite3.OperationalError as error:
        if getattr(error, "sqlite_errorname", "") != "SQLITE_INTERRUPT":
            raise
        cut = True
    finally:
        store.db.set_progress_handler(None, 0)
    shown = numbers[:most]
    by_number = dict(store.documents(shown))
    return FoundDocuments([by_number[number] for number in shown], len(numbers) > most, cut)


def _has(words: str, *fields: str | None) -> bool:
    """Whether each of `words`, one a line, is in one of the fields."""
    whole = "\n".join(filter(None, fields)).casefold()
    return all(word in whole for word in words.split("\n"))
