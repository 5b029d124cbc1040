"""Lists of paths: one path on each line of a text file, or of standard input."""

import os
from pathlib import Path

from dedup.sources.limits import HEAD_BYTES, LIST_LINES, PATH_CHARACTERS
from dedup.sources.streams import open_file

PATH_LIST = "list"
"""What `Reading.format` and `--from` call a list of paths."""
LIST_SUFFIXES = frozenset({".txt", ".lst"})
"""The suffixes of files that may be lists of paths, even if the user did not say so."""


def paths_in_file(path: str, *, is_list: bool) -> list[str] | None:
    """Return the paths that the text file `path` lists; None if it is a text.

    It is a list if `is_list`, or if at least half of its first lines are paths of files or folders that exist.
    """
    try:
        with open_file(path) as stream:
            head = stream.read(HEAD_BYTES)
            lines = head.split(b"\n")
            lines = lines[:LIST_LINES] if len(head) == HEAD_BYTES else lines
            if not is_list and not _mostly_exist([os.fsdecode(line.strip()) for line in lines if line.strip()], path):
                return None
            rest = stream.read()
    except OSError:
        return None
    return paths_in(head + rest, path)


def paths_in(data: bytes, path: str | None) -> list[str]:
    """Return the paths on the lines of `data`.

    A path is relative to the working folder, or, if nothing is there, to the folder of the list `path`.
    """
    names = [os.fsdecode(line.rstrip(b"\r")) for line in data.split(b"\n") if line.strip()]
    return [_resolved(name, path) for name in names]


def _mostly_exist(names: list[str], path: str) -> bool:
    """Whether at least half of `names` are paths that exist."""
    existing = sum(_exists(_resolved(name, path)) for name in names if len(name) < PATH_CHARACTERS)
    return bool(names) and 2 * existing >= len(names)


def _resolved(name: str, path: str | None) -> str:
    """The path `name`, from the folder of the list `path` if it exists only there."""
    if path is None or _exists(name):
        return name
    from_list = str(Path(path).parent / name)
    return from_list if _exists(from_list) else name


def _exists(name: str) -> bool:
    try:
        return Path(name).exists()
    except (OSError, ValueError):  # a name that no file can have
        return False
