"""The program `dedup`: its commands, its own options, and what happens to errors."""

import gc
import io
import os
import re
import signal
import sys
from typing import Annotated, cast, get_args

import typer

from dedup import __version__
from dedup.cli import check, dedupe, doctor, index, mcp, outlets, read, scan, serve, show, sources, spark, token, tree, why
from dedup.cli.options import choice, command
from dedup.cli.output import EXPECTED, Colour, PipedOutput, explained, fail, set_colour

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Find the passages that news outlets reuse, and show exactly what was changed.",
    epilog="Exit codes: 0 done, also with warnings; 1 check found something; 2 bad usage, a named path missing, nothing"
    " readable, or any warning under --strict; 130 or 143 stopped; 141 the reader of the output closed the pipe.",
)
command(app, "check", *check.EXAMPLES)(check.check)
command(app, "dedupe", *dedupe.EXAMPLES)(dedupe.dedupe)
command(app, "doctor", *doctor.EXAMPLES)(doctor.doctor)
command(app, "mcp", *mcp.EXAMPLES)(mcp.mcp)
command(app, "outlets", *outlets.EXAMPLES)(outlets.outlets)
command(app, "read", *read.EXAMPLES)(read.read)
command(app, "scan", *scan.EXAMPLES)(scan.scan)
command(app, "serve", *serve.EXAMPLES)(serve.serve)
command(app, "show", *show.EXAMPLES)(show.show)
command(app, "sources", *sources.EXAMPLES)(sources.sources)
command(app, "tree", *tree.EXAMPLES)(tree.tree)
command(app, "why", *why.EXAMPLES)(why.why)
app.add_typer(index.app, name="index")
app.add_typer(spark.app, name="spark")
app.add_typer(token.app, name="token")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"dedup {__version__}")
        raise typer.Exit


def _color(wanted: str) -> None:
    set_colour(cast("Colour", wanted))


_WHEN = "When to use colours; auto honours NO_COLOR, FORCE_COLOR and CLICOLOR_FORCE."


@app.callback()
def _program(
    color: Annotated[str, choice(get_args(Colour), "--color", _WHEN, callback=_color, is_eager=True)] = "auto",
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None: ...


def _leave_only(name: str) -> None:
    """If `name` is that of a command, forget all others: to make their options takes longer than a small command itself."""
    commands = [one for one in app.registered_commands if one.name == name]
    groups = [one for one in app.registered_groups if one.name == name]
    if commands or groups:
        app.registered_commands, app.registered_groups = commands, groups


def main() -> None:
    """Run the command line. An error that dedup expects is one line on standard error."""
    # The process does one job and ends. Collecting garbage would take a fifth of its time.
    gc.disable()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy needs no threads of its own here, and starting them takes time
    for size in ("COLUMNS", "LINES"):
        if not re.fullmatch("[0-9]{1,4}", os.environ.get(size, "0")):
            del os.environ[size]  # no terminal has such a size
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal of ASCII shows ? for what it has not
    if sys.stdout is not None:
        sys.stdout = PipedOutput(sys.stdout)
    received: list[int] = []

    def end(number: int, _: object) -> None:
        received.append(number)
        sys.exit(128 + number)  # so that temporary files go

    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:  # nohup has SIGHUP ignored
            signal.signal(number, end)
    _leave_only(sys.argv[1] if len(sys.argv) > 1 else "")
    try:
        app()
    except EXPECTED as error:
        fail(explained(error))
    except KeyboardInterrupt:
        fail("stopped", code=130)
    except BaseException:
        if received:  # a kernel that was loading numpy has made a panic of it
            sys.exit(128 + received[0])
        raise
