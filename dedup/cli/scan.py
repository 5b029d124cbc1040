"""`dedup scan`: the passages that documents share."""

from typing import TYPE_CHECKING, Annotated

import typer

from dedup.cli.filters import filters as filtering
from dedup.cli.filters import limited, sort_option, top_option
from dedup.cli.options import Output, Paths, Purpose, Quiet, Show, Strict, Threads, choice, format_option, reads, shown_contents
from dedup.cli.output import deliver, finish, progress, set_threads, warn
from dedup.params import Reading

if TYPE_CHECKING:
    from dedup.pipeline.filters import Filters

EXAMPLES = (
    "dedup scan seeds",
    "dedup scan articles.jsonl --format json -o report.json",
    "dedup scan articles.jsonl --format parquet -o tables",
    "dedup scan articles.jsonl --outlet CNN --since 2018-07-01 --across-outlets --sort time",
    "cat articles.jsonl | dedup scan -",
)


@reads
@filtering
def scan(
    paths: Paths,
    fmt: Annotated[str, format_option("scan")] = "rich",
    mode: Annotated[
        str,
        choice(
            ("passages", "signatures"),
            "--mode",
            "passages finds every shared passage; signatures finds near-duplicate documents, and needs little memory.",
        ),
    ] = "passages",
    preset: Purpose = "news",
    sort: Annotated[str | None, sort_option("scan", "families")] = None,
    top: Annotated[int | None, top_option("families")] = None,
    shown: Show = None,
    with_text: Annotated[bool, typer.Option("--with-text", help="Add each document's text to JSON and tables.")] = False,
    output: Output = None,
    quiet: Quiet = False,
    strict: Strict = False,
    threads: Threads = 0,
    *,
    filters: "Filters",
    reading: Reading,
) -> None:
    """Find every passage that two or more documents share, and what was changed in each copy.

    Filters limit what is shown; all documents are compared. Each passage of a chosen article is shown with all who have it.

    Reads text, HTML, JSON, CSV, Parquet, WARC, PDF and more; `dedup read` shows what is read of each document.
    """
    from dedup.pipeline import scan as passages  # noqa: PLC0415 --help stays fast
    from dedup.sources.reader import Reader, read  # noqa: PLC0415

    set_threads(threads)
    with progress(quiet=quiet) as show:
        if mode == "signatures":
            from dedup.pipeline import stream  # noqa: PLC0415 a scan needs no spool

            reader = Reader(paths, reading, progress=show)
            how = reading.as_dict()
            report = stream.scan_stream(reader.documents(), reader.notices, preset=preset, progress=show, reading=how)
        else:
            documents = read(paths, reading, progress=show)
            filters.refuse_unknown_outlets(documents)  # now, and not after a long scan
            report = passages.scan(documents, preset=preset, progress=show)
    warn(report.notices, quiet=quiet)
    if not report.documents:
        raise typer.Exit(2)
    contents = shown_contents(shown)
    report = limited(report, filters, "scan", fmt, sort, top, quiet=quiet, shown=contents)
    deliver("scan", fmt, report, output, top=top, order=sort, with_text=with_text, shown=contents)
    finish(report.notices, strict=strict)
