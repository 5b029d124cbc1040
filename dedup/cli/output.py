"""What all commands share of their output: results on standard output, all else on standard error, exit codes."""

import io
import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NoReturn, TextIO

import typer

from dedup.errors import DedupError, UsageError
from dedup.report import formats
from dedup.storage.files import write_text

if TYPE_CHECKING:
    from rich.console import Console

    from dedup.types import Notice, Progress

Colour = Literal["auto", "always", "never"]
PIPE_CLOSED = 141
"""128 + 13 (SIGPIPE): the exit code that shells report for a program whose reader has closed the pipe."""
_PATIENCE = 1.0
"""Seconds before progress is shown."""
_WIDTH = 100
"""Columns of a report that goes to a file or a pipe."""
_colour: Colour = "auto"


def set_colour(wanted: Colour) -> None:
    """Use colours `always`, `never`, or (`auto`) as the environment and standard output say."""
    global _colour  # noqa: PLW0603 one process runs one command line
    _colour = wanted
    if wanted != "auto":  # rich draws help texts, usage errors and progress, and reads these
        for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE"):
            os.environ.pop(name, None)
        os.environ["FORCE_COLOR" if wanted == "always" else "NO_COLOR"] = "1"


def _uses_colour(output: Path | None) -> bool:
    """Whether to write colours.

    The first of these that applies decides:

    1. `--color always` or `--color never`
    2. the environment variable NO_COLOR, and an output file: no colours
    3. the environment variables FORCE_COLOR and CLICOLOR_FORCE: colours
    4. whether standard output is a terminal
    """
    if _colour != "auto":
        return _colour == "always"
    if os.environ.get("NO_COLOR") or output is not None:
        return False
    forced = any(os.environ.get(name, "0") not in {"", "0"} for name in ("FORCE_COLOR", "CLICOLOR_FORCE"))
    return forced or _on_terminal()


def _on_terminal() -> bool:
    return sys.stdout is not None and sys.stdout.isatty()


def deliver(result: str, form: str, found: object, output: Path | None, **options: Any) -> None:
    """Write `found`, a `result` that `dedup.report.formats` lists, in the format `form`.

    Of `options`, the format gets those that it takes.
    """
    chosen = formats.view_named(result, form)
    view = chosen.load()
    taken = {name: value for name, value in options.items() if name in chosen.options}
    if chosen.folder:
        from dedup import __version__  # noqa: PLC0415 only for folders
        from dedup.storage.folders import write_folder  # noqa: PLC0415

        files, about = view(found, **taken)
        write_folder(folder_named(form, output), files, {"format": form, "version": __version__, **about})
    elif chosen.terminal:
        _draw(lambda console: view(found, console, **taken), output)
    else:
        write(view(found, **taken), output)


def folder_named(form: str, output: Path | None) -> Path:
    """Return the folder `output`. UsageError if `-o` names none."""
    if output is None or str(output) == "-":
        raise UsageError(f"{form} is a folder of files; name it with -o FOLDER")
    return output


def _draw(view: "Callable[[Console], None]", output: Path | None) -> None:
    """Let `view` print to a console: the terminal itself, or one of a fixed width whose text goes to a file or a pipe."""
    from rich.console import Console  # noqa: PLC0415 not needed for JSON

    output = None if output is not None and str(output) == "-" else output
    colour = _uses_colour(output)
    if output is None and _on_terminal():
        view(Console(highlight=False, soft_wrap=False, no_color=not colour, color_system="auto" if colour else None))
        return
    drawn = io.StringIO()  # its encoding is not that of the locale, on which rich makes its lines depend
    console = Console(
        file=drawn,
        highlight=False,
        width=max(int(os.environ.get("COLUMNS", _WIDTH)), 20),
        no_color=not colour,
        color_system="standard" if colour else None,
        force_terminal=colour,
    )
    view(console)
    # Rich pads lines to the width, which is of no use in a file or a pipe.
    write("\n".join(line.rstrip() for line in drawn.getvalue().rstrip("\n").split("\n")), output)


_replacing = False


def allow_replacing(*, allowed: bool) -> None:
    """Let `write` replace an index, or not."""
    global _replacing  # noqa: PLW0603 the program runs one command
    _replacing = allowed


def may_replace() -> bool:
    """Return whether `write` may replace an index."""
    return _replacing


def write(text: Iterable[str], output: Path | None) -> None:
    """Write `text`, whole or in pieces, and a line end to `output`, or to standard output if that is None or `-`."""
    pieces = chain([text] if isinstance(text, str) else text, ["\n"])
    if output is not None and str(output) != "-":
        write_text(output, pieces, force=_replacing)
        return
    if sys.stdout is None:
        raise UsageError("standard output is closed; write to a file with -o FILE")
    with _reader_may_leave(sys.stdout):
        sys.stdout.buffer.writelines(piece.encode("utf-8", "backslashreplace") for piece in pieces)
        sys.stdout.buffer.flush()


@contextmanager
def _reader_may_leave(stream: TextIO) -> Iterator[None]:
    """Exit with `PIPE_CLOSED` if whatever reads `stream` has closed the pipe."""
    try:
        yield
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())  # Python flushes the stream once more at its end
        sys.exit(PIPE_CLOSED)


class PipedOutput:
    """Standard output for the libraries that print help texts: exits with `PIPE_CLOSED` where they would exit with 1."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write `text`."""
        with _reader_may_leave(self._stream):
            return self._stream.write(text)

    def flush(self) -> None:
        """Pass on what is buffered."""
        with _reader_may_leave(self._stream):
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


EXPECTED = (DedupError, OSError, MemoryError)
"""The errors that end a command with a message."""


def explained(error: DedupError | OSError | MemoryError) -> str:
    """Return the message of an expected error."""
    if isinstance(error, MemoryError):
        return "not enough memory for these documents; scan fewer at a time"
    if isinstance(error, OSError):
        return f"{error.filename}: {error.strerror or error}" if error.filename else error.strerror or str(error)
    return str(error)


def fail(message: str, *, code: int = 2) -> NoReturn:
    """Write what went wrong on standard error, and exit."""
    for line in message.splitlines():
        say(line)
    sys.exit(code)


def warn(notices: "Sequence[Notice]", *, quiet: bool) -> None:
    """Write each notice on standard error, unless `quiet`."""
    if not quiet:
        for notice in notices:
            say(f"warning: {notice.message}")


def say(line: str) -> None:
    """Write a line on standard error, without characters that could control a terminal.

    A standard error that cannot be written is ignored, so that the result is not lost.
    """
    if sys.stderr is None:
        return
    encoding = sys.stderr.encoding or "utf-8"
    shown = "".join(c if c.isprintable() else "\ufffd" for c in f"dedup: {line}").encode(encoding, "replace").decode(encoding)
    with suppress(OSError):
        print(shown, file=sys.stderr, flush=True)  # noqa: T201 the command line prints


def finish(notices: "Sequence[Notice]", *, strict: bool) -> None:
    """Exit with 2 if `incomplete`."""
    if incomplete(notices, strict=strict):
        raise typer.Exit(2)


def incomplete(notices: "Sequence[Notice]", *, strict: bool) -> bool:
    """Return whether a named path was missing, or whether `strict` makes a notice fatal."""
    return any(n.code == "missing-path" for n in notices) or bool(strict and notices)


def set_threads(threads: int) -> None:
    """Use `threads` threads; 0 means one for each core."""
    from dedup.pipeline.common import use_threads  # noqa: PLC0415 not needed for --help

    use_threads(threads)


@contextmanager
def progress(*, quiet: bool) -> "Iterator[Progress]":
    """Yield a function that shows progress on standard error; it shows nothing for the first second, or off a terminal."""
    if quiet or sys.stderr is None or not sys.stderr.isatty():
        yield lambda *_: None
        return
    from rich import progress as bars  # noqa: PLC0415 only on a terminal
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
