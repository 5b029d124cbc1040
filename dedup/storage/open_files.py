"""Which databases this process has open, so that nothing else opens and closes them.

SQLite locks a file with POSIX advisory locks, and the system releases all such locks of a process when it closes any descriptor
of the file (https://sqlite.org/howtocorrupt.html, 2.2): another process then removes the log that this one still writes to. So
only this module reads the start of a file, and it keeps the descriptor open while a connection of this process is open.
"""

import os
import stat
import threading
from collections import Counter
from contextlib import suppress
from pathlib import Path

from dedup.sources.streams import UNREADABLE

Identity = tuple[int, int]
"""Device and inode of a file."""
_LOCK = threading.Lock()
_CONNECTIONS: Counter[Identity] = Counter()
_KEPT: dict[Identity, list[int]] = {}


def file_head(path: str | Path, size: int) -> bytes:
    """Return the first `size` bytes of a regular file, b"" of anything else. OSError as the system gives it."""
    with _LOCK:
        status = os.stat(path)  # noqa: PTH116 a name may be of bytes
        if not stat.S_ISREG(status.st_mode):
            return b""
        descriptor = os.open(path, os.O_RDONLY)
        status = os.fstat(descriptor)
        identity = status.st_dev, status.st_ino
        try:
            return os.pread(descriptor, size, 0)
        finally:
            if _CONNECTIONS[identity]:
                _KEPT.setdefault(identity, []).append(descriptor)
            else:
                os.close(descriptor)


def connection_opened(identity: Identity) -> None:
    """Record that a connection to a file is about to be opened."""
    with _LOCK:
        _CONNECTIONS[identity] += 1
        UNREADABLE.add(identity)


def connection_closed(identity: Identity) -> None:
    """Record that a connection to a file has been closed."""
    with _LOCK:
        _CONNECTIONS[identity] -= 1
        if _CONNECTIONS[identity] <= 0:
            del _CONNECTIONS[identity]
            UNREADABLE.discard(identity)
            for descriptor in _KEPT.pop(identity, ()):
                with suppress(OSError):
                    os.close(descriptor)
