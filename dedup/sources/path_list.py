"""Lists of paths: a path a line, in a text file that was named or on standard input."""

import os
from pathlib import Path

from dedup.sources.streams import HEAD

_PART = 100
"""Lines that are looked at."""


def paths_in(path: str, *, sure: bool) -> list[str] | None:
    """Return the paths that the text file `path` lists, or None for a text.

    It is a list where `sure`, or where at least half of its first lines name files or folders that exist. Paths are relative to
    the working folder, or, where they are not there, to the list's own.
    """
    try:
        with Path(path).open("rb") as stream:
            head = stream.read(HEAD)
            lines = head.split(b"\n")[:_PART] if len(head) == HEAD else head.split(b"\n")
            if not sure and not _mostly_there([os.fsdecode(line.strip()) for line in lines if line.strip()], path):
                return None
            rest = stream.read()
    except OSError:
        return None
    return listed(head + rest, path)


def listed(data: bytes, path: str | None) -> list[str]:
    """Return the paths in `data`; those that are not there as written, from the folder of the list `path`."""
    names = [os.fsdecode(line.rstrip(b"\r")) for line in data.split(b"\n") if line.strip()]
    return [_placed(name, path) for name in names]


def _mostly_there(names: list[str], path: str) -> bool:
    return bool(names) and 2 * sum(_exists(_placed(name, path)) for name in names if len(name) < 4096) >= len(names)


def _placed(name: str, path: str | None) -> str:
    if path is None or _exists(name):
        return name
    beside = str(Path(path).parent / name)
    return beside if _exists(beside) else name


def _exists(name: str) -> bool:
    try:
        return Path(name).exists()
    except (OSError, ValueError):  # a name that no file can have
        return False
