"""`dedup index`: documents and their fingerprints in one file, which reports what a text shares with them."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dedup.cli.options import (
    Output,
    Paths,
    Purpose,
    Quiet,
    Show,
    Strict,
    Threads,
    command,
    format_option,
    reads,
    shown_contents,
)
from dedup.cli.output import deliver, finish, progress, set_threads, warn
from dedup.language.counting import counted
from dedup.params import Reading

if TYPE_CHECKING:
    from dedup.index.index import Index
    from dedup.types import Notice

app = typer.Typer(no_args_is_help=True, help="Keep documents in one file, and find what a text shares with them.")

File = Annotated[Path, typer.Argument(metavar="INDEX", help="The file of the index.")]
Reports = Annotated[str, format_option("unverified")]
"""Formats in which these commands can write a report, and also what they write without one."""
Outcomes = Annotated[str, format_option("outcome")]
Wait = Annotated[
    float, typer.Option("--wait", min=0, metavar="SECONDS", help="How long to wait for another process that writes.")
]
Reported = Annotated[bool, typer.Option("--report", help="Report what the new documents share with all others.")]
NoText = Annotated[bool, typer.Option("--no-text", help="Make an index that keeps no texts; what it finds cannot be verified.")]


def _deliver_outcome(text: str, row: "dict[str, object]", fmt: str, output: Path | None) -> None:
    """Write what a command did or counted: a line, or an object."""
    from dedup.report.index_json import Outcome  # noqa: PLC0415 --help stays fast

    deliver("outcome", fmt, Outcome(text, row), output)


@command(app, "add", "dedup index add news.dedup seeds", "dedup index add news.dedup today.jsonl --report")
@reads
def add(
    index: File,
    paths: Paths,
    fmt: Reports = "rich",
    report: Reported = False,
    no_text: NoText = False,
    wait: Wait = 0.0,
    output: Output = None,
    quiet: Quiet = False,
    strict: Strict = False,
    threads: Threads = 0,
    *,
    reading: Reading,
) -> None:
    """Add documents to an index; the file is made if it does not exist. Either all documents are added, or none."""
    _put(
        index,
        paths,
        fmt,
        output,
        reading=reading,
        report=report,
        text=not no_text,
        wait=wait,
        quiet=quiet,
        strict=strict,
        threads=threads,
    )


@command(app, "replace", "dedup index replace news.dedup corrected.jsonl")
@reads
def replace(
    index: File,
    paths: Paths,
    fmt: Reports = "rich",
    report: Reported = False,
    wait: Wait = 0.0,
    output: Output = None,
    quiet: Quiet = False,
    strict: Strict = False,
    threads: Threads = 0,
    *,
    reading: Reading,
) -> None:
    """Add documents to an index; each replaces the document that has its id."""
    _put(
        index,
        paths,
        fmt,
        output,
        reading=reading,
        report=report,
        new=True,
        wait=wait,
        quiet=quiet,
        strict=strict,
        threads=threads,
    )


def _put(
    path: Path,
    paths: list[str],
    fmt: str,
    output: Path | None,
    *,
    reading: Reading,
    report: bool,
    wait: float,
    quiet: bool,
    strict: bool,
    threads: int,
    text: bool = True,
    new: bool = False,
) -> None:
    """Add the documents in `paths` to the index `path`; if `new`, each replaces the document that has its id."""
    from dedup.index.index import Index  # noqa: PLC0415
    from dedup.sources.reader import Reader  # noqa: PLC0415

    set_threads(threads)
    with progress(quiet=quiet) as show, Index(path, text=text, wait=wait) as index:
        reader = Reader(paths, reading, progress=show)
        documents = reader.distinct()
        first = next(documents, None)
        if first is None:
            warn(reader.notices, quiet=quiet)
            raise typer.Exit(2)
        done = index.add(chain([first], documents), replace=new, renamed=reader.renamed)
        notices: list[Notice] = [*reader.notices, *done.notices]
        found = index.reuse([*done.added, *done.replaced]) if report else None
    warn(notices, quiet=quiet)
    if found is not None:
        deliver("scan", fmt, found, output)
    else:
        replaced = f", {counted(len(done.replaced), 'document')} replaced" if new else ""
        passed = f", {len(done.passed):,} passed over" if done.passed else ""
        row = {"added": len(done.added), "replaced": len(done.replaced), "passed_over": len(done.passed)}
        _deliver_outcome(f"{path}: {counted(len(done.added), 'document')} added{replaced}{passed}", dict(row), fmt, output)
    finish(notices, strict=strict)


@command(app, "remove", "dedup index remove news.dedup 000_16766f05b5cc8635.txt")
def remove(
    index: File,
    ids: Annotated[list[str], typer.Argument(metavar="ID...", help="The ids of the documents to remove.")],
    fmt: Outcomes = "rich",
    wait: Wait = 0.0,
    output: Output = None,
) -> None:
    """Remove documents, all of them or none. Their texts are erased from the file."""
    with _opened(index, wait) as opened:
        opened.remove(ids)
    removed = len(set(ids))
    _deliver_outcome(f"{index}: {counted(removed, 'document')} removed", {"removed": removed}, fmt, output)


@command(app, "stats", "dedup index stats news.dedup --format json")
def stats(index: File, fmt: Outcomes = "rich", output: Output = None) -> None:
    """Show what the index holds: documents, words, size, and the version that made it."""
    with _opened(index) as opened:
        found = opened.stats()
    lines = [
        f"{name.replace('_', ' ')}: {value:,}" if type(value) is int else f"{name}: {value}" for name, value in found.items()
    ]
    _deliver_outcome("\n".join(lines), found, fmt, output)


@command(app, "verify", "dedup index verify news.dedup")
def verify(index: File, fmt: Outcomes = "rich", output: Output = None) -> None:
    """Compare every row and block with its checksum. The exit code is 2 if any is damaged."""
    with _opened(index) as opened:
        damage = opened.verify()
    text = "\n".join(f"{index}: damaged: {one}" for one in damage) or f"{index}: whole"
    _deliver_outcome(text, {"whole": not damage, "damage": damage}, fmt, output)
    if damage:
        raise typer.Exit(2)


@command(app, "compact", "dedup index compact news.dedup")
def compact(index: File, fmt: Outcomes = "rich", wait: Wait = 0.0, output: Output = None) -> None:
    """Make the file as small as possible: drop what was removed, and count again how common each word is."""
    before = index.stat().st_size if index.is_file() else 0
    with _opened(index, wait) as opened:
        opened.compact()
        after = index.stat().st_size
    text = f"{index}: {before:,} bytes before, {after:,} now"
    _deliver_outcome(text, {"before": before, "bytes": after}, fmt, output)


@command(app, "export", "dedup index export news.dedup -o news.jsonl")
def export(index: File, fmt: Annotated[str, format_option("export")] = "jsonl", output: Output = None) -> None:
    """Write all documents with their texts, also of an index of another version. Of a damaged index, write what can be read."""
    from dedup.sources.common import Notices  # noqa: PLC0415

    notices = Notices()
    with _opened(index) as opened:
        deliver("export", fmt, opened.readable(notices), output)
    warn(notices, quiet=False)
    if notices.count_of("damaged-index"):
        raise typer.Exit(2)


@command(app, "query", "dedup index query news.dedup draft.txt")
@reads
def query(
    index: File,
    drafts: Annotated[list[str], typer.Argument(metavar="DRAFT...", help="Files, or - for standard input.")],
    fmt: Reports = "rich",
    preset: Purpose = "news",
    shown: Show = None,
    output: Output = None,
    quiet: Quiet = False,
    strict: Strict = False,
    threads: Threads = 0,
    *,
    reading: Reading,
) -> None:
    """Show what a text shares with the documents of the index."""
    from dedup.index.drafts import merged_reports  # noqa: PLC0415
    from dedup.sources import reader as sources  # noqa: PLC0415

    set_threads(threads)
    with progress(quiet=quiet), _opened(index) as opened:
        read = sources.read(drafts, reading)
        if not read:
            warn(read.notices, quiet=quiet)
            raise typer.Exit(2)
        if opened.has_text:
            found = merged_reports([opened.report(document, preset=preset) for document in read])
            warn(found.notices, quiet=quiet)
            deliver("scan", fmt, found, output, shown=shown_contents(shown))
        else:
            hits = [hit for document in read for hit in opened.unverified(document)]
            rows = [
                {"a": m.a._asdict(), "b": m.b._asdict(), "verified": m.verified, "fingerprints": m.fingerprints} for m in hits
            ]
            deliver("unverified", fmt, rows, output)
    warn(read.notices, quiet=quiet)
    finish(read.notices, strict=strict)


@contextmanager
def _opened(path: Path, wait: float = 0.0) -> "Iterator[Index]":
    from dedup.index.index import Index  # noqa: PLC0415 --help stays fast

    with Index(path, wait=wait) as index:
        yield index
