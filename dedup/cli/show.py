"""`dedup show`: two documents side by side."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dedup.cli.options import Output, Purpose, Quiet, Strict, Threads, format_option, reads
from dedup.cli.output import deliver, finish, progress, set_threads, warn
from dedup.errors import UsageError
from dedup.params import Reading
from dedup.types import CONTENTS

if TYPE_CHECKING:
    from dedup.types import Document, Documents, Report

EXAMPLES = (
    "dedup show seeds/003_87fcf204060622c7.txt seeds/004_be81285fb7b3f189.txt",
    "dedup show 003_87fcf204060622c7.txt 004_be81285fb7b3f189.txt --in seeds",
)


@reads
def show(
    first: Annotated[str, typer.Argument(metavar="A", help="A file, or with --in the id of a document.")],
    second: Annotated[str, typer.Argument(metavar="B", help="Another file or id.")],
    where: Annotated[
        str | None, typer.Option("--in", metavar="X", help="A report, an index or a path that holds A and B.")
    ] = None,
    fmt: Annotated[str, format_option("show")] = "rich",
    preset: Purpose = "news",
    output: Output = None,
    quiet: Quiet = False,
    strict: Strict = False,
    threads: Threads = 0,
    *,
    reading: Reading,
) -> None:
    """Put two documents side by side, with every shared passage marked and numbered.

    Without --in, A and B are files. With --in, they are ids of documents in a report, in an index, or below a path.
    """
    set_threads(threads)
    with progress(quiet=quiet):
        report = _report(first, second, where, preset, reading)
    warn(report.notices, quiet=quiet)
    deliver("show", fmt, report, output, shown=CONTENTS)
    finish(report.notices, strict=strict)


def _report(first: str, second: str, where: str | None, preset: str, reading: Reading) -> "Report":
    """A report of only the two documents; that of `first` comes first."""
    from dedup.pipeline import compare, inputs  # noqa: PLC0415 --help stays fast
    from dedup.sources import reader as sources  # noqa: PLC0415

    if where is None:
        documents = sources.read([first, second], reading)
        chosen = [_only(path, documents) for path in (first, second)]
    else:
        documents = inputs.documents_in(where, (first, second), reading)
        chosen = list(documents)
    if chosen[0] is chosen[1]:
        raise UsageError(f"{first} and {second} are one document; name two")
    return compare.pair(chosen[0], chosen[1], preset=preset, notices=documents.notices)


def _only(path: str, documents: "Documents") -> "Document":
    """The one document that was read from `path`; UsageError if there is none, or more than one."""
    found = [d for d in documents if d.path and (d.path == path or Path(path) in Path(d.path).parents)]
    if not found:
        raise UsageError(next((n.message for n in documents.notices if n.path == path), f"{path}: nothing to read in it"))
    if len(found) != 1:
        raise UsageError(f"{path}: {len(found)} documents where one is needed; name one by its id with --in {path}")
    return found[0]
