"""The command line: one file a command; a command parses, calls one function, and renders."""

import gc
import os
import re
import sys
from typing import Annotated

import typer

from dedup import __version__
from dedup.cli import check, index, read, scan, show, tree, why
from dedup.cli.common import fail
from dedup.errors import DedupError

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Find the passages that news outlets reuse, and show exactly what was changed.",
    epilog="Exit codes: 0 done, also with warnings; 1 check found something; 2 bad usage, a named path missing, nothing"
    " readable, or any warning under --strict.",
)
app.command("check", epilog=check.EXAMPLES)(check.check)
app.command("read", epilog=read.EXAMPLES)(read.read)
app.command("scan", epilog=scan.EXAMPLES)(scan.scan)
app.command("show", epilog=show.EXAMPLES)(show.show)
app.command("tree", epilog=tree.EXAMPLES)(tree.tree)
app.command("why", epilog=why.EXAMPLES)(why.why)
app.add_typer(index.app, name="index")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"dedup {__version__}")
        raise typer.Exit


@app.callback()
def _program(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and leave.")
    ] = False,
) -> None: ...


def main() -> None:
    """Run the command line; whatever goes wrong is one line on stderr."""
    # One job and then the end: what collection would free, the exit frees; it would cost a fifth of the time.
    gc.disable()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy's own threads have nothing to do here, and cost time to start
    for size in ("COLUMNS", "LINES"):
        if not re.fullmatch("[0-9]{1,4}", os.environ.get(size, "0")):
            del os.environ[size]  # no width that a terminal has
    try:
        app()
    except DedupError as error:
        fail(str(error))
    except BrokenPipeError:
        # The reader has had enough; nothing is left to flush to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        fail(f"{where}{error.strerror or error}")
    except MemoryError:
        fail("not enough memory for these documents; scan fewer at a time")
    except KeyboardInterrupt:
        fail("stopped", code=130)
