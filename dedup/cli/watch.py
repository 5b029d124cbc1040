"""Run a function on files again whenever one of them changes."""

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

import typer

from dedup.cli.output import EXPECTED, explained, say
from dedup.errors import UsageError

_POLL = 0.2
"""Seconds between two looks at the files. A change counts once two looks agree, because an editor may write in parts."""

_Stamp = tuple[int, int, int] | None


def watch(files: Sequence[str], run: Callable[[], int]) -> NoReturn:
    """Call `run` now, and again whenever one of `files` is written or replaced, until the user stops it.

    Exits with the code that `run` returned last. A missing file and an error are reported, and the watch goes on. UsageError
    for a name that is not one file.
    """
    if odd := next((file for file in files if file == "-" or Path(file).is_dir() or "*" in file), None):
        raise UsageError(f"--watch {odd}: only files can be watched; name them one by one")
    code, done, before = 0, list[_Stamp](), list[_Stamp]()
    try:
        while True:
            now = [_stamp(file) for file in files]
            if now == before and now != done:
                done = now
                code = _once(files, now, run, code)
            before = now
            time.sleep(_POLL)
    except KeyboardInterrupt:
        raise typer.Exit(code) from None


def _once(files: Sequence[str], stamps: Sequence[_Stamp], run: Callable[[], int], code: int) -> int:
    """Call `run` if all files exist, and return its code; else return `code`, the one before."""
    if missing := [file for file, stamp in zip(files, stamps, strict=True) if stamp is None]:
        say(f"{', '.join(missing)}: not there; waiting for it")
        return code
    if sys.stdout is not None and sys.stdout.isatty():
        from rich.console import Console  # noqa: PLC0415 only on a terminal

        Console().clear()
    try:
        code = run()
    except EXPECTED as error:
        say(explained(error))
        code = 2
    say(f"watching {', '.join(files)}; Ctrl-C ends")
    return code


def _stamp(file: str) -> _Stamp:
    """What changes when a file is written or replaced; None if there is no file."""
    try:
        found = Path(file).stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
