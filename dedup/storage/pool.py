"""Stores of one index file for many threads: each reader has a store for itself while it reads."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dedup.storage.sqlite import Store

_ABANDONED: list[Store] = []
"""Stores of a parent process: a child must neither use nor close them (https://sqlite.org/howtocorrupt.html, 2.6)."""


class StorePool:
    """Opened stores of the file at a path; the file is opened again when another one takes its place."""

    def __init__(self, path: Path) -> None:
        """Open nothing yet."""
        self._path = path
        self._lock = threading.Lock()
        self._idle: list[Store] = []
        self._process = os.getpid()
        self._closings = 0

    @contextmanager
    def reading(self) -> Iterator[Store]:
        """Yield a store that reads one state of the index, and that nobody else uses meanwhile."""
        store, closings = self._take()
        try:
            with store.reading():
                yield store
        except BaseException:
            store.close()
            raise
        self._give_back(store, closings)

    def close(self) -> None:
        """Close the file. A reader that is active closes its store when it ends."""
        with self._lock:
            self._leave_to_parent()
            idle, self._idle = self._idle, []
            self._closings += 1
        for store in idle:
            store.close()

    def _take(self) -> tuple[Store, int]:
        with self._lock:
            self._leave_to_parent()
            store = self._idle.pop() if self._idle else None
            closings = self._closings
        if store is not None and store.is_replaced():
            store.close()
            store = None
        return store or Store(self._path), closings

    def _give_back(self, store: Store, closings: int) -> None:
        with self._lock:
            if closings == self._closings and self._process == os.getpid():
                self._idle.append(store)
                return
        store.close()

    def _leave_to_parent(self) -> None:
        """Forget the stores of the parent process, if this is a child of it."""
        if self._process != os.getpid():
            _ABANDONED.extend(self._idle)
            self._idle, self._process = [], os.getpid()
