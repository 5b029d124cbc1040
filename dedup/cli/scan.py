"""`dedup scan`: reused passages in a corpus."""

from enum import StrEnum
from typing import Annotated

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
from dedup.params import TOP_FAMILIES, Reading

EXAMPLES = """Examples:

dedup scan seeds

dedup scan articles.jsonl --format json -o report.json

cat articles.jsonl | dedup scan -"""


class Shown(StrEnum):
    """What is left out unless asked for."""

    BOILERPLATE = "boilerplate"


class Mode(StrEnum):
    """What is looked for."""

    PASSAGES = "passages"
    SIGNATURES = "signatures"


@reads
def scan(
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", help="Files, folders, globs, or - for standard input.")],
    fmt: OutputFormat = Format.RICH,
    mode: Annotated[
        Mode, typer.Option("--mode", help="passages, or signatures: nearly alike documents, with little memory.")
    ] = Mode.PASSAGES,
    preset: Purpose = Preset.NEWS,
    top: Annotated[int, typer.Option("--top", min=0, metavar="N", help="Families shown on the terminal.")] = TOP_FAMILIES,
    shown: Annotated[list[Shown] | None, typer.Option("--show", help="Report boilerplate families too.")] = None,
    with_text: Annotated[bool, typer.Option("--with-text", help="Put each document's text into the JSON.")] = False,
    output: Output = None,
    quiet: Quiet = False,
    strict: Strict = False,
    threads: Threads = 0,
    *,
    reading: Reading,
) -> None:
    """Find every passage that two or more documents share, and what was changed in each.

    Read are text, HTML, JSON, CSV, Parquet, WARC, PDF and more; `dedup read` shows what of each document was read.
    """
    from dedup.pipeline.scan import scan as scan_documents  # noqa: PLC0415
    from dedup.report.scan_json import to_json  # noqa: PLC0415
    from dedup.sources import reader as sources  # noqa: PLC0415 --help stays fast

    set_threads(threads)
    with progress(quiet=quiet) as told:
        if mode is Mode.SIGNATURES:
            from dedup.pipeline import stream as nearly  # noqa: PLC0415

            reader = sources.Reader(paths, reading, progress=told)
            how = reading.as_dict()
            report = nearly.scan_stream(reader.documents(), reader.notices, preset=preset.value, progress=told, reading=how)
        else:
            documents = sources.read(paths, reading, progress=told)
            report = scan_documents(documents, preset=preset.value, progress=told)
    tell(report.notices, quiet=quiet)
    if not report.documents:
        raise typer.Exit(2)
    boilerplate = Shown.BOILERPLATE in (shown or [])
    if fmt is Format.JSON:
        write(to_json(report, with_text=with_text, boilerplate=boilerplate), output)
    else:
        from dedup.report.scan_terminal import render_report  # noqa: PLC0415

        render(lambda console: render_report(report, console, top=top, boilerplate=boilerplate), output)
    finish(report.notices, strict=strict)
