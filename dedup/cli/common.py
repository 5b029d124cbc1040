"""What all commands share: options, output, notices, progress, exit codes."""

import functools
import inspect
import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from dedup.errors import UsageError
from dedup.params import Reading
from dedup.storage.files import write_whole

if TYPE_CHECKING:
    from rich.console import Console

    from dedup.types import Notice, Progress

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


class Extraction(StrEnum):
    """How articles are found in web pages."""

    FULL = "full"
    FAST = "fast"


_READING = {
    "fields": Annotated[
        list[str] | None,
        typer.Option("--fields", metavar="FIELD=NAME,...", help="What fields are called: id=uid,text=body,published=date."),
    ],
    "from_": Annotated[
        str | None, typer.Option("--from", metavar="FORMAT", help="The format of standard input and of files named here.")
    ],
    "outlet_from": Annotated[
        str | None,
        typer.Option("--outlet-from", metavar="WHAT", help="folder, domain, or a pattern of the path with a (group)."),
    ],
    "extraction": Annotated[Extraction, typer.Option("--extraction", help="Of articles from web pages: full, or fast.")],
    "max_ratio": Annotated[int, typer.Option("--max-ratio", min=1, help="What a file may unpack to, in its own sizes.")],
    "max_size": Annotated[int, typer.Option("--max-size", min=1, metavar="BYTES", help="What a file may unpack to.")],
}
_DEFAULTS = Reading()


def reads(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command that reads paths the options for that; it gets them as one `reading`."""
    own = inspect.signature(command, eval_str=True)
    values = (None, None, None, Extraction.FULL, _DEFAULTS.ratio, _DEFAULTS.size)
    more = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=value, annotation=annotation)
        for (name, annotation), value in zip(_READING.items(), values, strict=True)
    ]

    @functools.wraps(command)
    def reading(**given: Any) -> None:
        fields, form, outlet, extraction, ratio, size = (given.pop(name) for name in _READING)
        command(**given, reading=Reading(_pairs(fields or []), form, outlet, extraction.value, ratio, size))

    kept = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in own.parameters.values() if p.name != "reading"]
    reading.__signature__ = own.replace(parameters=[*kept, *more])  # type: ignore[attr-defined] # typer asks for it
    return reading


def _pairs(fields: list[str]) -> dict[str, str]:
    """FIELD=NAME, with commas between several."""
    pairs = [pair.partition("=") for one in fields for pair in one.split(",") if pair]
    if wrong := next((name for name, equal, value in pairs if not (equal and value)), None):
        raise UsageError(f"--fields {wrong}: write FIELD=NAME, such as text=body")
    return {name.strip(): value.strip() for name, _, value in pairs}


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


def tell_plainly(message: str) -> None:
    """Write a line on stderr that is no warning."""
    _say(f"dedup: {message}")


def _say(line: str) -> None:
    """Write a line on stderr, without anything that could steer a terminal; a stderr that takes none loses no result."""
    if sys.stderr is None:
        return
    encoding = sys.stderr.encoding or "utf-8"
    shown = "".join(c if c.isprintable() else "\ufffd" for c in line).encode(encoding, "replace").decode(encoding)
    with suppress(OSError):
        print(shown, file=sys.stderr, flush=True)  # noqa: T201 the command line's own voice


def finish(notices: "Sequence[Notice]", *, strict: bool) -> None:
    """Leave with 2 if what was asked for could not be done in full."""
    if unfinished(notices, strict=strict):
        raise typer.Exit(2)


def unfinished(notices: "Sequence[Notice]", *, strict: bool) -> bool:
    """Return whether a named path was missing, or there is any notice and the user is strict."""
    return any(n.code == "missing-path" for n in notices) or bool(strict and notices)


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
def progress(*, quiet: bool) -> "Iterator[Progress]":
    """Yield what is to be told what is being done; shown on a terminal's stderr after a second."""
    if quiet or sys.stderr is None or not sys.stderr.isatty():
        yield lambda *_: None
        return
    from rich import progress as bars  # noqa: PLC0415 only where there is a terminal
    from rich.console import Console  # noqa: PLC0415

    bar = bars.Progress(
        bars.SpinnerColumn(), "{task.description}", bars.BarColumn(), console=Console(stderr=True), transient=True
    )
    task = bar.add_task("reading", total=None)
    timer = threading.Timer(_PATIENCE, bar.start)
    timer.daemon = True
    timer.start()
    try:
        yield lambda message, share=None: bar.update(
            task, description=message, total=None if share is None else 1.0, completed=share or 0.0
        )
    finally:
        timer.cancel()
        timer.join()
        bar.stop()
