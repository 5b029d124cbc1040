"""`dedup tree`: who copied whom."""

from typing import TYPE_CHECKING, Annotated

import typer

from dedup.cli.filters import filters as filtering
from dedup.cli.filters import limited, sort_option, top_option
from dedup.cli.options import Output, Quiet, Strict, Threads, choice, format_option, reads
from dedup.cli.output import deliver, finish, progress, set_threads, warn
from dedup.errors import UsageError
from dedup.params import TRACE_PRESET_NAMES, Reading

if TYPE_CHECKING:
    from dedup.pipeline.filters import Filters

EXAMPLES = (
    "dedup tree seeds",
    "dedup tree articles.jsonl --format json -o tree.json",
    "dedup tree report.json --explain d17",
    "dedup tree report.json --outlet reuters.com --top 5",
    "dedup tree articles.jsonl --format html -o tree.html",
    "dedup tree articles.jsonl --format graphml -o tree.graphml",
)


@reads
@filtering
def tree(
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", help="What `dedup scan` reads, or one report or index.")],
    fmt: Annotated[str, format_option("tree")] = "rich",
    preset: Annotated[
        str,
        choice(TRACE_PRESET_NAMES, "--preset", "What the copies look like: news, or retelling (each in its own words)."),
    ] = "news",
    explain: Annotated[
        str | None,
        typer.Option("--explain", metavar="CHILD", help="In the terminal: only what is known of this document's source."),
    ] = None,
    sort: Annotated[str | None, sort_option("tree", "trees")] = None,
    top: Annotated[int | None, top_option("trees")] = None,
    output: Output = None,
    quiet: Quiet = False,
    strict: Strict = False,
    threads: Threads = 0,
    *,
    filters: "Filters",
    reading: Reading,
) -> None:
    """Infer who copied whom, including sources that are not among the documents, and how sure that is.

    Every edge lists the evidence for it and against it. Copies with the same words cannot be distinguished; they are shown as
    one version.

    Filters limit what is shown, not what is inferred: each chosen article, what it comes from, and what comes from it.
    """
    from dedup.pipeline.trace import traced  # noqa: PLC0415 --help stays fast

    set_threads(threads)
    with progress(quiet=quiet) as show:
        report = traced(paths, preset=preset, reading=reading, progress=show)
    warn(report.notices, quiet=quiet)
    if not report.documents:
        raise typer.Exit(2)
    if explain is not None and explain not in {d.id for d in report.documents}:
        raise UsageError(f"no document {explain!r} among the {len(report.documents):,}")
    if explain is None:
        report = limited(report, filters, "tree", fmt, sort, top, quiet=quiet)
    deliver("tree", fmt, report, output, only=explain, top=top, order=sort)
    finish(report.notices, strict=strict)
