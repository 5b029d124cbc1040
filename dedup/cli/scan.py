"""`dedup scan`: the passages that documents share."""

from typing import Annotated

import typer

from dedup.cli.options import Output, Paths, Purpose, Quiet, Show, Strict, Threads, choice, format_option, reads, shown_contents
from dedup.cli.output import deliver, finish, progress, set_threads, warn
from dedup.params import TOP_FAMILIES, Reading

EXAMPLES = (
    "dedup scan seeds",
    "dedup scan articles.jsonl --format json -o report.json",
    "dedup scan articles.jsonl --format parquet -o tables",
    "cat articles.jsonl | dedup scan -",
)


@reads
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
    top: Annotated[int, typer.Option("--top", min=0, metavar="N", help="How many families the terminal shows.")] = TOP_FAMILIES,
    shown: Show = None,
    with_text: Annotated[bool, typer.Option("--with-text", help="Add each document's text to JSON and tables.")] = False,
    output: Output = None,
    quiet: Quiet = False,
    strict: Strict = False,
    threads: Threads = 0,
    *,
    reading: Reading,
) -> None:
    """Find every passage that two or more documents share, and what was changed in each copy.

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
            report = passages.scan(read(paths, reading, progress=show), preset=preset, progress=show)
    warn(report.notices, quiet=quiet)
    if not report.documents:
        raise typer.Exit(2)
    deliver("scan", fmt, report, output, top=top, with_text=with_text, shown=shown_contents(shown))
    finish(report.notices, strict=strict)
