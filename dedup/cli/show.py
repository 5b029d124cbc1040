"""`dedup show`: two documents side by side."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dedup.cli.common import (
    Format,
    Output,
    OutputFormat,
    Preset,
    Purpose,
    Quiet,
    Strict,
    Threads,
    finish,
    progress,
    reads,
    render,
    set_threads,
    tell,
    write,
)
from dedup.errors import UsageError
from dedup.params import Reading

if TYPE_CHECKING:
    from dedup.types import Document, Documents, Report

EXAMPLES = """Examples:

dedup show seeds/003_87fcf204060622c7.txt seeds/004_be81285fb7b3f189.txt

dedup show 003_87fcf204060622c7.txt 004_be81285fb7b3f189.txt --in seeds"""


@reads
def show(
    first: Annotated[str, typer.Argument(metavar="A", help="A file, or with --in a document's id.")],
    second: Annotated[str, typer.Argument(metavar="B", help="Another.")],
    where: Annotated[str | None, typer.Option("--in", metavar="X", help="A report, or paths, that hold A and B.")] = None,
    fmt: OutputFormat = Format.RICH,
    preset: Purpose = Preset.NEWS,
    output: Output = None,
    quiet: Quiet = False,
    strict: Strict = False,
    threads: Threads = 0,
    *,
    reading: Reading,
) -> None:
    """Put two documents side by side, with every shared passage marked and numbered.

    Files are compared as they are; with --in, A and B are ids of a report's documents or of those below a path.
    """
    from dedup.report.scan_json import to_json  # noqa: PLC0415 --help stays fast

    set_threads(threads)
    with progress(quiet=quiet):
        report = _report(first, second, where, preset.value, reading)
    tell(report.notices, quiet=quiet)
    names = [d.id for d in report.documents]
    if fmt is Format.JSON:
        write(to_json(report), output)
    else:
        from dedup.report.show_terminal import render_pair  # noqa: PLC0415

        render(lambda console: render_pair(report, names[0], names[1], console), output)
    finish(report.notices, strict=strict)


def _report(first: str, second: str, where: str | None, preset: str, reading: Reading) -> "Report":
    """A report of the two documents alone, A's first."""
    from dedup.pipeline import compare, inputs  # noqa: PLC0415
    from dedup.sources import reader as sources  # noqa: PLC0415 --help stays fast

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
    """The one document that was read from `path`."""
    found = [d for d in documents if d.path and (d.path == path or Path(path) in Path(d.path).parents)]
    if not found:
        raise UsageError(next((n.message for n in documents.notices if n.path == path), f"{path}: nothing to read in it"))
    if len(found) != 1:
        raise UsageError(f"{path}: {len(found)} documents where one is needed; name one by its id with --in {path}")
    return found[0]
