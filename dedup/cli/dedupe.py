"""`dedup dedupe`: one of each group of near-duplicate documents."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dedup.cli.options import Paths, Quiet, Strict, Threads, format_option, reads
from dedup.cli.output import deliver, finish, may_replace, progress, set_threads, warn
from dedup.errors import UsageError
from dedup.params import THRESHOLD, Reading

if TYPE_CHECKING:
    from dedup.types import Document

EXAMPLES = (
    "dedup dedupe articles.jsonl -o unique.jsonl --dropped dropped.csv",
    "dedup dedupe corpus/ -o unique.parquet --keep longest --contained 0.9",
    "dedup dedupe new.jsonl --against archive.dedup -o unique.jsonl",
    "dedup dedupe articles.jsonl --dry-run",
)
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?", re.I)


@reads
def dedupe(
    paths: Paths,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="OUT", help="The file of what is kept; its suffix decides the format."),
    ] = None,
    dropped: Annotated[
        Path | None,
        typer.Option("--dropped", metavar="FILE", help="The table of what was dropped, for which document, and why."),
    ] = None,
    threshold: Annotated[
        float, typer.Option("--threshold", metavar="J", help="Jaccard similarity of 5-word shingles of near-duplicates.")
    ] = THRESHOLD,
    contained: Annotated[
        float | None,
        typer.Option("--contained", metavar="C", help="Also drop what one longer document has by this share of its shingles."),
    ] = None,
    keep: Annotated[
        str, typer.Option("--keep", metavar="WHICH", help="Which one to keep: earliest, longest, first, FIELD or FIELD:min.")
    ] = "earliest",
    against: Annotated[
        str | None,
        typer.Option("--against", metavar="INDEX", help="Also drop what this index (or file or folder) already has."),
    ] = None,
    work: Annotated[
        Path | None, typer.Option("--work", metavar="DIR", help="A folder for what a later run resumes if this one is killed.")
    ] = None,
    memory: Annotated[str, typer.Option("--memory", metavar="SIZE", help="How much memory to use, such as 4GiB.")] = "2GiB",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing; only count.")] = False,
    fmt: Annotated[str, format_option("dedupe")] = "rich",
    quiet: Quiet = False,
    strict: Strict = False,
    threads: Threads = 0,
    *,
    reading: Reading,
) -> None:
    """Keep one of each group of near-duplicate documents, and write the rows of the others into a table that says why.

    A document is dropped if its text equals that of a document that is kept (exact), or if the Jaccard similarity of their sets
    of 5-word shingles is at least the threshold (near). Each dropped document is compared with the kept one exactly; groups are
    never chained. Rows are written as they were read, in their order.
    """
    from dedup.pipeline.dedupe_files import DedupeJob, dedupe_files  # noqa: PLC0415 --help stays fast
    from dedup.storage.files import check_output  # noqa: PLC0415

    if output is None and not dry_run:
        raise UsageError("name the file of what is kept with -o OUT, or count only with --dry-run")
    set_threads(threads)
    force = may_replace()
    if dropped is not None:
        check_output(dropped, [] if force else [*paths, *([against] if against else [])], force=force)
    if "-" in paths:
        raise UsageError("the input is read twice, and standard input can be read only once; write it to a file first")
    job = DedupeJob(
        paths,
        output,
        dropped,
        threshold,
        contained,
        keep,
        (lambda: _archive(against, reading)) if against else None,
        against,
        work,
        _bytes(memory),
        reading,
        force,
        dry_run,
    )
    with progress(quiet=quiet) as show:
        found = dedupe_files(job, progress=show)
    warn(found.notices, quiet=quiet)
    if not found.documents:
        raise typer.Exit(2)
    deliver("dedupe", fmt, found, None)
    finish(found.notices, strict=strict)


def _archive(where: str, reading: Reading) -> "Iterable[Document]":
    """The documents of an index, or below a path."""
    from dedup.index.index import Index  # noqa: PLC0415
    from dedup.sources.reader import Reader  # noqa: PLC0415
    from dedup.storage.schema import is_index  # noqa: PLC0415

    if is_index(where):
        with Index(where) as index:
            yield from index.documents()
    else:
        yield from Reader(where, reading).documents()


def _bytes(size: str) -> int:
    """A number of bytes that is written as 4GiB, 500M or 1e9."""
    found = _SIZE.fullmatch(size.strip())
    if found is None or not float(found[1]):
        raise UsageError(f"--memory {size}: write a number and a unit, such as 4GiB or 500MiB")
    return int(float(found[1]) * 1024 ** " KMGT".index(found[2].upper() or " "))
