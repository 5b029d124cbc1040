"""`dedup sources`: how many independent origins a story has."""

from typing import TYPE_CHECKING, Annotated

import typer

from dedup.cli.filters import filters as filtering
from dedup.cli.filters import limited, sort_option, top_option
from dedup.cli.options import Output, Quiet, Strict, Threads, format_option, reads
from dedup.cli.output import deliver, finish, progress, set_threads, warn
from dedup.params import Reading

if TYPE_CHECKING:
    from dedup.pipeline.filters import Filters

EXAMPLES = (
    "dedup sources articles.jsonl",
    "dedup sources report.json --top 50",
    "dedup sources articles.jsonl --format json -o stories.json",
)


@reads
@filtering
def sources(
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", help="What `dedup scan` reads, or one report or index.")],
    fmt: Annotated[str, format_option("sources")] = "rich",
    sort: Annotated[str | None, sort_option("sources", "stories")] = None,
    top: Annotated[int | None, top_option("stories")] = None,
    output: Output = None,
    quiet: Quiet = False,
    strict: Strict = False,
    threads: Threads = 0,
    *,
    filters: "Filters",
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
    report = limited(report, filters, "sources", fmt, sort, top, quiet=quiet)
    deliver("sources", fmt, report, output, top=top, order=sort)
    finish(report.notices, strict=strict)
