"""`dedup read`: what is read, and where it was found."""

from collections import Counter
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from dedup.cli.common import Output, Quiet, Strict, finish, progress, reads, render, tell, write
from dedup.params import TOP_DOCUMENTS, Reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from dedup.types import Document

EXAMPLES = """Examples:

dedup read seeds

dedup read export.csv --fields text=body,outlet=paper,published=day

dedup read crawl.warc.gz --format jsonl -o articles.jsonl"""


class ReadFormat(StrEnum):
    """What documents are written as."""

    RICH = "rich"
    JSONL = "jsonl"


@reads
def read(
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", help="Files, folders, globs, or - for standard input.")],
    fmt: Annotated[
        ReadFormat, typer.Option("--format", help="rich for reading, or JSON Lines with the texts.")
    ] = ReadFormat.RICH,
    top: Annotated[int, typer.Option("--top", min=0, metavar="N", help="Documents shown on the terminal.")] = TOP_DOCUMENTS,
    output: Output = None,
    quiet: Quiet = False,
    strict: Strict = False,
    *,
    reading: Reading,
) -> None:
    """Show what is read of each document, and where what is not stated was found; or write all as JSON Lines.

    Text, Markdown, HTML, RSS and Atom, JSON Lines, JSON, CSV, Parquet, Arrow, WARC, PDF, DOCX; also compressed or in archives.
    """
    from dedup.report.scan_json import document_json  # noqa: PLC0415
    from dedup.sources import reader as sources  # noqa: PLC0415 --help stays fast
    from dedup.sources.spool import Spool  # noqa: PLC0415

    spool = Spool()
    with progress(quiet=quiet) as told:
        reader = sources.Reader(paths, reading, progress=told)
        for document in reader.documents():
            spool.append(document)
        spool.name(reader.notices)
    documents = spool.read()
    tell(reader.notices, quiet=quiet)
    if not documents:
        raise typer.Exit(2)
    if fmt is ReadFormat.JSONL:
        write((piece for n, document in enumerate(documents) for piece in ("\n" * (n > 0), document_json(document))), output)
    else:
        render(lambda console: _draw(documents, console, top), output)
    finish(reader.notices, strict=strict)


def _draw(documents: "Sequence[Document]", console: "Console", top: int) -> None:
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    from dedup.report.diff import flowing  # noqa: PLC0415

    table = Table("document", "characters", "outlet", "published", "title", box=None, pad_edge=False)
    for document in documents[:top]:
        origins = dict(document.origins)
        time = f"{document.published:%Y-%m-%d %H:%M}" if document.published else None
        shown = {"outlet": document.outlet, "published": time, "title": document.title}
        cells = [f"{value} ({origins[field]})" if field in origins else value for field, value in shown.items()]
        # As text: names may hold what would be markup, or steer a terminal.
        table.add_row(*(Text(flowing(cell or "–")) for cell in (document.id, f"{len(document.text):,}", *cells)))
    console.print(table)
    if len(documents) > top:
        console.print(f"{len(documents) - top:,} more")
    known = Counter(field for document in documents for field in _SHOWN if getattr(document, field) is not None)
    for field, name in _SHOWN.items():
        console.print(f"{known[field]:,} of {len(documents):,} have {name}")


_SHOWN = {"outlet": "an outlet", "published": "a time", "title": "a title"}
