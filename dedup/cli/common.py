"""What all commands share: options, output, notices, progress, exit codes."""

import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from dedup.errors import UsageError
from dedup.files import write_whole

if TYPE_CHECKING:
    from rich.console import Console

    from dedup.types import Notice

_PATIENCE = 1.0
"""Seconds of silence before progress is shown."""
_WIDTH = 100
"""Columns of a report that goes to a file or a pipe."""


class Format(StrEnum):
    """What a result is written as."""

    RICH = "rich"
    JSON = "json"


class Preset(StrEnum):
    """What the documents are, by purpose."""

    NEWS = "news"
    REWRITTEN = "rewritten"


OutputFormat = Annotated[Format, typer.Option("--format", help="What to write: rich for reading, json for programs.")]
Output = Annotated[
    Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write to FILE instead of standard output.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No warnings and no progress on standard error.")]
Strict = Annotated[bool, typer.Option("--strict", help="Any warning is fatal: exit code 2.")]
Threads = Annotated[int, typer.Option("--threads", min=0, max=1024, metavar="N", help="Threads to use; 0 is one a core.")]
Purpose = Annotated[
    Preset, typer.Option("--preset", help="What was done to the passages: news, or rewritten (spun, summarised).")
]


def fail(message: str, *, code: int = 2) -> NoReturn:
    """Say what went wrong on stderr and leave."""
    for line in message.splitlines():
        _say(f"dedup: {line}")
    sys.exit(code)


def tell(notices: "Sequence[Notice]", *, quiet: bool) -> None:
    """Write each notice on stderr."""
    if not quiet:
        for notice in notices:
            _say(f"dedup: warning: {notice.message}")


def _say(line: str) -> None:
    """Write a line on stderr, without anything that could steer a terminal; a stderr that takes none loses no result."""
    if sys.stderr is None:
        return
    encoding = sys.stderr.encoding or "utf-8"
    shown = "".join(c if c.isprintable() else "\ufffd" for c in line).encode(encoding, "replace").decode(encoding)
    with suppress(OSError):
        print(shown, file=sys.stderr, flush=True)  # noqa: T201 the command line's own voice


def finish(notices: "Sequence[Notice]", *, strict: bool) -> None:
    """Leave with 2 if a named path was missing, or if there is any notice and the user is strict."""
    if any(n.code == "missing-path" for n in notices) or (strict and notices):
        raise typer.Exit(2)


def set_threads(threads: int) -> None:
    """Use `threads` threads; 0 is one a core."""
    from dedup import _native  # noqa: PLC0415 not needed for --help

    _native.set_threads(threads)


def write(text: Iterable[str], output: Path | None) -> None:
    """Write `text`, which may come in pieces, and a line end to `output`, whole or not at all, or (None or `-`) to stdout."""
    pieces = [text] if isinstance(text, str) else text
    data = (piece.encode("utf-8", "backslashreplace") for piece in chain(pieces, ["\n"]))
    if output is None or str(output) == "-":
        if sys.stdout is None:
            raise UsageError("standard output is closed; write to a file with -o FILE")
        sys.stdout.buffer.writelines(data)
        sys.stdout.buffer.flush()
        return
    try:
        if output.exists() and not output.is_file():
            with output.open("wb") as stream:  # a device or a pipe
                stream.writelines(data)
        else:
            write_whole(output, data)
    except OSError as error:
        raise UsageError(f"cannot write {output}: {error.strerror or error}") from error


def render(draw: "Callable[[Console], None]", output: Path | None) -> None:
    """Let `draw` print to a console on stdout, or to `output` without colour."""
    from rich.console import Console  # noqa: PLC0415 not needed for JSON

    if output is None and sys.stdout is not None and sys.stdout.isatty():
        console = Console(highlight=False, soft_wrap=False)
        draw(console)
        return
    console = Console(
        highlight=False,
        width=max(int(os.environ.get("COLUMNS", _WIDTH)), 20),
        no_color=True,
        color_system=None,
        force_terminal=False,
    )
    with console.capture() as captured:
        draw(console)
    # Rich fills lines to the width; a file or a pipe has no use for that.
    write("\n".join(line.rstrip() for line in captured.get().rstrip("\n").split("\n")), output)


@contextmanager
def progress(*, quiet: bool) -> Iterator[Callable[[str], None]]:
    """Yield a function to be told what is being done; shown on a terminal's stderr after a second."""
    if quiet or sys.stderr is None or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console  # noqa: PLC0415 only where there is a terminal

    status = Console(stderr=True).status("reading")
    timer = threading.Timer(_PATIENCE, status.start)
    timer.daemon = True
    timer.start()
    try:
        yield status.update
    finally:
        timer.cancel()
        timer.join()
        status.stop()
