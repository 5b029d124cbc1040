"""What is done to a file, done again whenever it changes."""

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

import typer

from dedup.cli.common import tell_plainly
from dedup.errors import DedupError, UsageError

_POLL = 0.2
"""Seconds between two looks. A change counts when two looks are the same: an editor may write in pieces."""

_Stamp = tuple[int, int, int] | None


def watch(files: Sequence[str], run: Callable[[], int]) -> NoReturn:
    """Call `run` now and whenever one of `files` is written or replaced, until the user stops; leave with its last code.

    A file that vanishes, and an error, is told in a line, and waited for. UsageError for what is no file.
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
    """Run on files that are all there; return the new code, or the last one."""
    if missing := [file for file, stamp in zip(files, stamps, strict=True) if stamp is None]:
        tell_plainly(f"{', '.join(missing)}: not there; waiting for it")
        return code
    if sys.stdout is not None and sys.stdout.isatty():
        from rich.console import Console  # noqa: PLC0415 only where there is a terminal

        Console().clear()
    try:
        code = run()
    except DedupError as error:
        tell_plainly(str(error))
        code = 2
    tell_plainly(f"watching {', '.join(files)}; Ctrl-C ends")
    return code


def _stamp(file: str) -> _Stamp:
    """What changes when a file is written or replaced; None where there is none."""
    try:
        found = Path(file).stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
