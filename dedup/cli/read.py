"""`dedup read`: what is read of each document, and where it was found."""

from typing import Annotated

import typer

from dedup.cli.options import Output, Paths, Quiet, Strict, format_option, reads
from dedup.cli.output import deliver, finish, progress, warn
from dedup.params import TOP_DOCUMENTS, Reading

EXAMPLES = (
    "dedup read seeds",
    "dedup read export.csv --fields text=body,outlet=paper,published=day",
    "dedup read crawl.warc.gz --format jsonl -o articles.jsonl",
)


@reads
def read(
    paths: Paths,
    fmt: Annotated[str, format_option("read")] = "rich",
    top: Annotated[
        int, typer.Option("--top", min=0, metavar="N", help="How many documents the terminal shows.")
    ] = TOP_DOCUMENTS,
    output: Output = None,
    quiet: Quiet = False,
    strict: Strict = False,
    *,
    reading: Reading,
) -> None:
    """Show what is read of each document, and where each inferred value was found; or write all documents as JSON Lines.

    Reads text, Markdown, HTML, RSS, Atom, JSON Lines, JSON, CSV, Parquet, Arrow, WARC, PDF and DOCX, also compressed or in
    archives.
    """
    from dedup.sources.reader import Reader  # noqa: PLC0415 --help stays fast
    from dedup.sources.spool import Spool  # noqa: PLC0415

    spool = Spool()
    with progress(quiet=quiet) as show:
        reader = Reader(paths, reading, progress=show)
        for document in reader.documents():
            spool.append(document)
        spool.name(reader.notices)
    documents = spool.read()
    warn(reader.notices, quiet=quiet)
    if not documents:
        raise typer.Exit(2)
    deliver("read", fmt, documents, output, top=top)
    finish(reader.notices, strict=strict)
