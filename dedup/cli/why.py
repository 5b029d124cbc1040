"""`dedup why`: what joins two documents or passages."""

import re
from typing import TYPE_CHECKING, Annotated

import typer

from dedup.cli.common import (
    Format,
    Output,
    OutputFormat,
    Preset,
    Purpose,
    Quiet,
    Threads,
    progress,
    reads,
    render,
    set_threads,
    write,
)
from dedup.errors import UsageError
from dedup.params import Reading

if TYPE_CHECKING:
    from dedup.types import Report, Span

EXAMPLES = """Examples:

dedup why 000_16766f05b5cc8635.txt 002_cebf0c08f47177aa.txt --in seeds

dedup why 000_16766f05b5cc8635.txt:1375-1590 003_87fcf204060622c7.txt --in report.json"""


@reads
def why(
    first: Annotated[str, typer.Argument(metavar="A", help="A document's id, or a passage: ID:START-END.")],
    last: Annotated[str, typer.Argument(metavar="Z", help="Another.")],
    where: Annotated[str, typer.Option("--in", metavar="X", help="A report, or paths, that hold A and Z.")],
    fmt: OutputFormat = Format.RICH,
    preset: Purpose = Preset.NEWS,
    output: Output = None,
    quiet: Quiet = False,
    threads: Threads = 0,
    *,
    reading: Reading,
) -> None:
    """Show the chain of matches that joins two documents or passages, and its weakest link.

    Of all chains the one whose weakest link carries the most bits; where A and Z share a passage, that is one match.
    """
    from dedup.pipeline import inputs, paths  # noqa: PLC0415 --help stays fast
    from dedup.report.scan_json import dumps, match_json  # noqa: PLC0415

    set_threads(threads)
    with progress(quiet=quiet):
        report = inputs.report_in(where, reading=reading, preset=preset.value)
    ends = _span(first, report, where), _span(last, report, where)
    if ends[0].doc == ends[1].doc:
        raise UsageError(f"{first} and {last} are of one document; name two")
    found = paths.path(report.matches, *ends)
    if fmt is Format.JSON:
        weakest = min(range(len(found)), key=lambda n: found[n].bits, default=None)
        path = ",".join(map(match_json, found))
        write(f'{{"schema":"dedup.why/1","path":[{path}],"weakest":{dumps(weakest)}}}', output)
    else:
        from dedup.report.why_terminal import render_path  # noqa: PLC0415

        render(lambda console: render_path(report, ends, found, console), output)


def _span(name: str, report: "Report", where: str) -> "Span":
    """The document or passage `name`; an id that ends like a passage is still an id."""
    from dedup.types import Span  # noqa: PLC0415

    lengths = {d.id: len(d.text) for d in report.documents}
    if name in lengths:
        return Span(name, 0, lengths[name])
    found = re.fullmatch(r"(.*):(\d{1,12})-(\d{1,12})", name, re.DOTALL)
    if found and found[1] in lengths:
        start, end = int(found[2]), int(found[3])
        if not 0 <= start < end <= lengths[found[1]]:
            raise UsageError(f"{name}: no such passage; {found[1]} has {lengths[found[1]]:,} characters")
        return Span(found[1], start, end)
    raise UsageError(f"{where}: no document {name!r}; it holds {len(lengths):,}, such as {', '.join(sorted(lengths)[:5])}")
