"""`dedup tree`: who copied whom."""

from enum import StrEnum
from typing import Annotated

import typer

from dedup.cli.common import Output, Quiet, Strict, Threads, finish, progress, reads, render, set_threads, tell, write
from dedup.errors import UsageError
from dedup.params import Reading

EXAMPLES = """Examples:

dedup tree seeds

dedup tree articles.jsonl --format json -o tree.json

dedup tree report.json --explain d17

dedup tree articles.jsonl --format html -o tree.html

dedup tree articles.jsonl --format graphml -o tree.graphml"""


class TreeFormat(StrEnum):
    """What a tree is written as."""

    RICH = "rich"
    JSON = "json"
    HTML = "html"
    DOT = "dot"
    MERMAID = "mermaid"
    GRAPHML = "graphml"
    GEXF = "gexf"


class TreePreset(StrEnum):
    """What was done to the stories."""

    NEWS = "news"
    RETELLING = "retelling"


@reads
def tree(
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", help="What `dedup scan` reads, or one report of it.")],
    fmt: Annotated[
        TreeFormat, typer.Option("--format", help="rich for reading, html for a browser, json for programs, or a graph.")
    ] = TreeFormat.RICH,
    preset: Annotated[
        TreePreset, typer.Option("--preset", help="news, or retelling: told again in other words.")
    ] = TreePreset.NEWS,
    explain: Annotated[
        str | None, typer.Option("--explain", metavar="CHILD", help="Only what is known of this document's source.")
    ] = None,
    output: Output = None,
    quiet: Quiet = False,
    strict: Strict = False,
    threads: Threads = 0,
    *,
    reading: Reading,
) -> None:
    """Tell who copied whom, with sources that are not among the documents, and how sure that is.

    Every edge says what speaks for it and against it. Copies that hold the same words cannot be told apart, and are not.
    """
    from dedup.pipeline import inputs, trace  # noqa: PLC0415
    from dedup.pipeline.scan import scan  # noqa: PLC0415
    from dedup.report import tree_terminal as views  # noqa: PLC0415
    from dedup.report.scan_json import to_json  # noqa: PLC0415
    from dedup.sources import reader as sources  # noqa: PLC0415 --help stays fast

    set_threads(threads)
    with progress(quiet=quiet) as told:
        if len(paths) == 1:
            report = inputs.report_in(paths[0], reading=reading, progress=told)
        else:
            report = scan(sources.read(paths, reading, progress=told), progress=told)
        report = trace.trace(report, preset=preset.value, progress=told)
    tell(report.notices, quiet=quiet)
    if not report.documents:
        raise typer.Exit(2)
    if explain is not None and explain not in {d.id for d in report.documents}:
        raise UsageError(f"no document {explain!r} among the {len(report.documents):,}")
    if fmt is TreeFormat.JSON:
        write(to_json(report), output)
    elif fmt is TreeFormat.HTML:
        from dedup.report import tree_html as treepage  # noqa: PLC0415 only a page needs jinja2

        write(treepage.page(report), output)
    elif fmt is TreeFormat.RICH:
        render(lambda console: views.render_tree(report, console, only=explain), output)
    else:
        write(views.graph(report, fmt.value), output)
    finish(report.notices, strict=strict)
