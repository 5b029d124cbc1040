"""`dedup why`: what joins two documents or passages."""

import re
from typing import TYPE_CHECKING, Annotated

import typer

from dedup.cli.options import Output, Purpose, Quiet, Strict, Threads, format_option, reads
from dedup.cli.output import deliver, finish, progress, set_threads, warn
from dedup.errors import UsageError
from dedup.params import SHOWN, Reading

if TYPE_CHECKING:
    from dedup.types import Report, Span

EXAMPLES = (
    "dedup why 000_16766f05b5cc8635.txt 002_cebf0c08f47177aa.txt --in seeds",
    "dedup why 000_16766f05b5cc8635.txt:1375-1590 003_87fcf204060622c7.txt --in report.json",
)


@reads
def why(
    first: Annotated[str, typer.Argument(metavar="A", help="The id of a document, or a passage: ID:START-END.")],
    last: Annotated[str, typer.Argument(metavar="Z", help="Another document or passage.")],
    where: Annotated[str, typer.Option("--in", metavar="X", help="A report, an index or a path that holds A and Z.")],
    fmt: Annotated[str, format_option("why")] = "rich",
    preset: Purpose = "news",
    output: Output = None,
    quiet: Quiet = False,
    strict: Strict = False,
    threads: Threads = 0,
    *,
    reading: Reading,
) -> None:
    """Show the chain of matches that joins two documents or passages, and its weakest match.

    A chain consists of shared narration and quotations. Of all chains, it is the one whose weakest match has the most bits. So
    a chain of strong matches is shown even where A and Z share a passage with fewer bits.
    """
    from dedup.pipeline import inputs, paths  # noqa: PLC0415 --help stays fast
    from dedup.report.why_json import Chain  # noqa: PLC0415

    set_threads(threads)
    with progress(quiet=quiet) as show:
        report = inputs.report_in(where, reading=reading, preset=preset, progress=show)
    warn(report.notices, quiet=quiet)
    ends = _span(first, report, where), _span(last, report, where)
    if ends[0].doc == ends[1].doc:
        raise UsageError(f"{first} and {last} are in one document; name two")
    # A written report has only these, so that a report and the paths that it was made of give one answer.
    matches = [match for match in report.matches if match.content in SHOWN]
    deliver("why", fmt, Chain(report, ends, paths.path(matches, *ends)), output)
    finish(report.notices, strict=strict)


def _span(name: str, report: "Report", where: str) -> "Span":
    """The document or passage `name`. An id that ends like a passage is read as an id."""
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
