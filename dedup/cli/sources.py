"""`dedup sources`: how many independent origins a story has."""

from typing import Annotated

import typer

from dedup.cli.options import Output, Quiet, Strict, Threads, format_option, reads
from dedup.cli.output import deliver, finish, progress, set_threads, warn
from dedup.params import TOP_FAMILIES, Reading

EXAMPLES = (
    "dedup sources articles.jsonl",
    "dedup sources report.json --top 50",
    "dedup sources articles.jsonl --format json -o stories.json",
)


@reads
def sources(
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", help="What `dedup scan` reads, or one report or index.")],
    fmt: Annotated[str, format_option("sources")] = "rich",
    top: Annotated[int, typer.Option("--top", min=1, help="Stories that the terminal shows.")] = TOP_FAMILIES,
    output: Output = None,
    quiet: Quiet = False,
    strict: Strict = False,
    threads: Threads = 0,
    *,
    reading: Reading,
) -> None:
    """Count the independent origins of each story, and list the documents that belong to each.

    Reprints of one text, and copies of an agency that is not among the documents, count once. Reports that only print the same
    statement count each.
    """
    from dedup.pipeline.trace import traced  # noqa: PLC0415 --help stays fast

    set_threads(threads)
    with progress(quiet=quiet) as show:
        report = traced(paths, reading=reading, progress=show)
    warn(report.notices, quiet=quiet)
    if not report.documents:
        raise typer.Exit(2)
    deliver("sources", fmt, report, output, top=top)
    finish(report.notices, strict=strict)
