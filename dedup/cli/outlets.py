"""`dedup outlets`: what each outlet starts, carries, copies and follows."""

from typing import TYPE_CHECKING, Annotated

import typer

from dedup.cli.filters import filters as filtering
from dedup.cli.filters import sort_option, top_option
from dedup.cli.options import Output, Quiet, Strict, Threads, format_option, reads
from dedup.cli.output import deliver, finish, progress, say, set_threads, warn
from dedup.params import Reading
from dedup.report.orders import ORDERS

if TYPE_CHECKING:
    from dedup.pipeline.filters import Filters

EXAMPLES = (
    "dedup outlets articles.jsonl",
    "dedup outlets report.json --rule similarity=60,duplicate=90",
    "dedup outlets report.json --outlet CNN --since 2018-07-01 --until 2018-07-31",
    "dedup outlets articles.jsonl --format json -o outlets.json",
)
Rules = Annotated[
    list[str] | None,
    typer.Option(
        "--rule",
        metavar="NAME=PERCENT,...",
        help="Count the articles with so many percent or more of their words in matches with earlier ones of other outlets.",
    ),
]


@reads
@filtering
def outlets(
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", help="What `dedup scan` reads, or one report or index.")],
    rule: Rules = None,
    fmt: Annotated[str, format_option("outlets")] = "rich",
    sort: Annotated[str, sort_option("outlets", "outlets")] = ORDERS["outlets"][0],
    top: Annotated[int | None, top_option("outlets")] = None,
    output: Output = None,
    quiet: Quiet = False,
    strict: Strict = False,
    threads: Threads = 0,
    *,
    filters: "Filters",
    reading: Reading,
) -> None:
    """Show for each outlet what is original, what is copied from whom, which passages it started, and how far it is behind.

    Only narration counts as copied; quotations are counted apart, phrases and furniture not at all. Who was first is read from
    dates, credits and the tree of copies; what these do not show is counted as unclear.
    """
    from dedup.pipeline.arranged import arranged_outlets  # noqa: PLC0415 --help stays fast
    from dedup.pipeline.inputs import report_of_paths  # noqa: PLC0415
    from dedup.pipeline.outlets import outlets as count  # noqa: PLC0415
    from dedup.pipeline.outlets import rules_in  # noqa: PLC0415

    rules = rules_in(rule or ())
    set_threads(threads)
    with progress(quiet=quiet) as show:
        report = report_of_paths(paths, reading=reading, progress=show)
        show("counting")
        warn(report.notices, quiet=quiet)
        if not report.documents:
            raise typer.Exit(2)
        found = count(report, rules=rules, filters=filters)
    if filters and not found.outlets and not quiet:
        say("nothing is left after the filters")
    deliver("outlets", fmt, arranged_outlets(found, sort, None if fmt == "rich" else top), output, top=top)
    finish(report.notices, strict=strict)
