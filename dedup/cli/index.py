"""`dedup index`: documents and their fingerprints in one file, asked what a text shares with them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dedup.cli.common import (
    Format,
    Output,
    OutputFormat,
    Preset,
    Purpose,
    Quiet,
    Strict,
    Threads,
    finish,
    progress,
    reads,
    render,
    set_threads,
    tell,
    write,
)
from dedup.params import Reading

if TYPE_CHECKING:
    from dedup.index.drafts import Unverified
    from dedup.index.index import Index
    from dedup.types import Notice, Report

app = typer.Typer(no_args_is_help=True, help="Keep documents in one file, and ask what a text shares with them.")

File = Annotated[Path, typer.Argument(metavar="INDEX", help="The file of the index.")]
Paths = Annotated[list[str], typer.Argument(metavar="PATH...", help="Files, folders, globs, or - for standard input.")]
Wait = Annotated[float, typer.Option("--wait", min=0, metavar="SECONDS", help="How long to wait for another writer.")]
Reported = Annotated[bool, typer.Option("--report", help="Report what the new documents share with any others.")]
NoText = Annotated[
    bool, typer.Option("--no-text", help="A new index keeps fingerprints and places, but no text: its matches are unverified.")
]


class Lines(StrEnum):
    """What documents are written as."""

    JSONL = "jsonl"


def _example(text: str) -> str:
    return f"Examples:\n\n{text}"


def _say(text: str, row: "dict[str, object]", fmt: Format, output: Path | None) -> None:
    """Write the outcome of a command: a line, or an object."""
    from dedup.report.scan_json import dumps  # noqa: PLC0415 --help stays fast

    write(dumps({"schema": "dedup.index/1", **row}) if fmt is Format.JSON else text, output)


def _write(report: "Report", fmt: Format, output: Path | None) -> None:
    from dedup.report.scan_json import to_json  # noqa: PLC0415
    from dedup.report.scan_terminal import render_report  # noqa: PLC0415

    if fmt is Format.JSON:
        write(to_json(report), output)
    else:
        render(lambda console: render_report(report, console), output)


def _count(number: int) -> str:
    return "1 document" if number == 1 else f"{number:,} documents"


@app.command(epilog=_example("dedup index add news.dedup seeds\n\ndedup index add news.dedup today.jsonl --report"))
@reads
def add(
    index: File,
    paths: Paths,
    fmt: OutputFormat = Format.RICH,
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
    """Add documents; the file is made where there is none. Either all of them are added, or none."""
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


@app.command(epilog=_example("dedup index replace news.dedup corrected.jsonl"))
@reads
def replace(
    index: File,
    paths: Paths,
    fmt: OutputFormat = Format.RICH,
    report: Reported = False,
    wait: Wait = 0.0,
    output: Output = None,
    quiet: Quiet = False,
    strict: Strict = False,
    threads: Threads = 0,
    *,
    reading: Reading,
) -> None:
    """Add documents, in place of those that have their ids."""
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
    fmt: Format,
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
    from dedup.index.index import Index  # noqa: PLC0415
    from dedup.sources import reader as sources  # noqa: PLC0415

    set_threads(threads)
    with progress(quiet=quiet) as told, Index(path, text=text, wait=wait) as index:
        reader = sources.Reader(paths, reading, progress=told)
        documents = reader.distinct()
        first = next(documents, None)
        if first is None:
            tell(reader.notices, quiet=quiet)
            raise typer.Exit(2)
        done = index.add(chain([first], documents), replace=new, renamed=reader.renamed)
        notices: list[Notice] = [*reader.notices, *done.notices]
        found = index.reuse([*done.added, *done.replaced]) if report else None
    tell(notices, quiet=quiet)
    if found is not None:
        _write(found, fmt, output)
    else:
        replaced = f", {_count(len(done.replaced))} replaced" if new else ""
        passed = f", {len(done.passed):,} passed over" if done.passed else ""
        row = {"added": len(done.added), "replaced": len(done.replaced), "passed_over": len(done.passed)}
        _say(f"{path}: {_count(len(done.added))} added{replaced}{passed}", dict(row), fmt, output)
    finish(notices, strict=strict)


@app.command(epilog=_example("dedup index remove news.dedup 000_16766f05b5cc8635.txt"))
def remove(
    index: File,
    ids: Annotated[list[str], typer.Argument(metavar="ID...", help="Ids of documents.")],
    fmt: OutputFormat = Format.RICH,
    wait: Wait = 0.0,
    output: Output = None,
) -> None:
    """Remove documents, all of them or none; their text is erased from the file."""
    with _opened(index, wait) as opened:
        opened.remove(ids)
    _say(f"{index}: {_count(len(set(ids)))} removed", {"removed": len(set(ids))}, fmt, output)


@app.command(epilog=_example("dedup index stats news.dedup --format json"))
def stats(index: File, fmt: OutputFormat = Format.RICH, output: Output = None) -> None:
    """Say what the index holds."""
    with _opened(index) as opened:
        found = opened.stats()
    lines = [
        f"{name.replace('_', ' ')}: {value:,}" if type(value) is int else f"{name}: {value}" for name, value in found.items()
    ]
    _say("\n".join(lines), found, fmt, output)


@app.command(epilog=_example("dedup index verify news.dedup"))
def verify(index: File, fmt: OutputFormat = Format.RICH, output: Output = None) -> None:
    """Check every row and block against its checksum; exit code 2 where any is damaged."""
    with _opened(index) as opened:
        damage = opened.verify()
    text = "\n".join(f"{index}: damaged: {one}" for one in damage) or f"{index}: whole"
    _say(text, {"whole": not damage, "damage": damage}, fmt, output)
    if damage:
        raise typer.Exit(2)


@app.command(epilog=_example("dedup index compact news.dedup"))
def compact(index: File, fmt: OutputFormat = Format.RICH, wait: Wait = 0.0, output: Output = None) -> None:
    """Make the file as small as it can be, without what was removed, and count anew how common each word is."""
    before = index.stat().st_size if index.is_file() else 0
    with _opened(index, wait) as opened:
        opened.compact()
        after = index.stat().st_size
    _say(f"{index}: {before:,} bytes before, {after:,} now", {"before": before, "bytes": after}, fmt, output)


@app.command(epilog=_example("dedup index export news.dedup -o news.jsonl"))
def export(
    index: File,
    fmt: Annotated[Lines, typer.Option("--format", help="What to write: JSON Lines, as dedup reads them.")] = Lines.JSONL,  # noqa: ARG001 there is one
    output: Output = None,
) -> None:
    """Write all documents with their texts, also of an index of another version; of a damaged one those that can be read."""
    from dedup.report.scan_json import document_json  # noqa: PLC0415
    from dedup.sources.common import Notices  # noqa: PLC0415

    notices = Notices()
    with _opened(index) as opened:
        written = enumerate(opened.readable(notices))
        write((piece for n, document in written for piece in ("\n" * (n > 0), document_json(document))), output)
    tell(notices, quiet=False)
    if notices.count_of("damaged-index"):
        raise typer.Exit(2)


@app.command(epilog=_example("dedup index query news.dedup draft.txt"))
@reads
def query(
    index: File,
    drafts: Annotated[list[str], typer.Argument(metavar="DRAFT...", help="Files, or - for standard input.")],
    fmt: OutputFormat = Format.RICH,
    preset: Purpose = Preset.NEWS,
    output: Output = None,
    quiet: Quiet = False,
    strict: Strict = False,
    threads: Threads = 0,
    *,
    reading: Reading,
) -> None:
    """Show what a text shares with the documents of the index."""
    from dedup.index.drafts import merged  # noqa: PLC0415
    from dedup.sources import reader as sources  # noqa: PLC0415

    set_threads(threads)
    with progress(quiet=quiet), _opened(index) as opened:
        read = sources.read(drafts, reading)
        if not read:
            tell(read.notices, quiet=quiet)
            raise typer.Exit(2)
        if opened.has_text:
            found = merged([opened.report(document, preset=preset.value) for document in read])
            tell(found.notices, quiet=quiet)
            _write(found, fmt, output)
        else:
            _write_unverified([hit for document in read for hit in opened.unverified(document)], fmt, output)
    tell(read.notices, quiet=quiet)
    finish(read.notices, strict=strict)


def _write_unverified(hits: "Sequence[Unverified]", fmt: Format, output: Path | None) -> None:
    from dedup.report.scan_json import dumps  # noqa: PLC0415

    if fmt is Format.JSON:
        rows = [{"a": m.a._asdict(), "b": m.b._asdict(), "verified": False, "fingerprints": m.fingerprints} for m in hits]
        write(dumps({"schema": "dedup.unverified/1", "matches": rows}), output)
        return
    lines = [f"{m.a.doc} {m.a.start}-{m.a.end}  {m.b.doc} {m.b.start}-{m.b.end}" for m in hits]
    write("\n".join([*lines, f"{len(hits):,} passages share fingerprints; the index keeps no text to verify them"]), output)


@contextmanager
def _opened(path: Path, wait: float = 0.0) -> "Iterator[Index]":
    from dedup.index.index import Index  # noqa: PLC0415

    with Index(path, wait=wait) as index:
        yield index
