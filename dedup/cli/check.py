"""`dedup check`: whether a draft is ready to publish."""

import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dedup.cli import config
from dedup.cli.common import (
    Output,
    Preset,
    Purpose,
    Quiet,
    Strict,
    Threads,
    progress,
    reads,
    render,
    set_threads,
    tell,
    unfinished,
    write,
)
from dedup.cli.watch import watch
from dedup.errors import UsageError
from dedup.params import Reading

if TYPE_CHECKING:
    from dedup.index.index import Index
    from dedup.types import Checked, Judgement

EXAMPLES = """Examples:

dedup check draft.txt --against news.dedup

dedup check draft.md --against archive/ --licensed Reuters --outlet "The Daily" --fail-on credit-missing

dedup check draft.txt --against news.dedup --watch

dedup check drafts/*.txt --against news.dedup --format sarif -o drafts.sarif"""


Licensed = Annotated[
    list[str] | None, typer.Option("--licensed", metavar="AGENCY", help="May be printed with its credit; may be given again.")
]
Outlet = Annotated[str | None, typer.Option("--outlet", metavar="NAME", help="The outlet that publishes the draft.")]


class CheckFormat(StrEnum):
    """What a checked draft is written as."""

    RICH = "rich"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"
    HTML = "html"


_FAILING: dict[str, frozenset[str]] = {
    "unattributed": frozenset({"unattributed"}),
    "credit-missing": frozenset({"unattributed", "licensed-uncredited"}),
}
_OPEN: frozenset[str] = frozenset({"unattributed", "licensed-uncredited", "quoted-unattributed"})
"""Judgements whose words count against a limit."""


@reads
def check(
    drafts: Annotated[list[str], typer.Argument(metavar="DRAFT...", help="Drafts: files, or - for standard input.")],
    against: Annotated[list[str], typer.Option("--against", metavar="X", help="An index, or paths; may be given again.")],
    fmt: Annotated[CheckFormat, typer.Option("--format", help="What to write.")] = CheckFormat.RICH,
    again: Annotated[bool, typer.Option("--watch", help="Check again whenever a draft changes; Ctrl-C ends.")] = False,
    fail_on: Annotated[
        str | None,
        typer.Option("--fail-on", metavar="WHAT", help="unattributed, credit-missing, any, or so many words: 20% or 30w."),
    ] = None,
    licensed: Licensed = None,
    outlet: Outlet = None,
    preset: Purpose = Preset.NEWS,
    output: Output = None,
    quiet: Quiet = False,
    strict: Strict = False,
    threads: Threads = 0,
    *,
    reading: Reading,
) -> None:
    """Judge every passage of a draft that stands elsewhere: quoted, credited, licensed, own, or none of these.

    Exit code 1 where a passage is at or above --fail-on. Settings in [tool.dedup] of pyproject.toml or in dedup.toml.
    """
    from dataclasses import replace  # noqa: PLC0415 --help stays fast

    from dedup.sources import reader as sources  # noqa: PLC0415

    values = config.settings()
    given = {"licensed": licensed, "own-outlets": [outlet] if outlet else None, "fail-on": fail_on}
    values |= {key: value for key, value in given.items() if value is not None}
    limit = str(values.get("fail-on", "unattributed"))
    _check_limit(limit)
    rules = config.rules(values)
    set_threads(threads)
    with _index(against, reading, quiet=quiet) as index:

        def once() -> int:
            with progress(quiet=quiet) as told:
                read = sources.read(drafts, reading)
                told("checking")
                checked = [index.check(replace(d, outlet=d.outlet or outlet), rules=rules, preset=preset.value) for d in read]
            notices = [*read.notices, *(n for one in checked for n in one.notices)]
            tell(notices, quiet=quiet)
            if read:
                _write(checked, fmt, output)
            if not read or unfinished(notices, strict=strict):
                return 2
            return int(any(_fails(one, limit) for one in checked))

        if again:
            watch(drafts, once)
        if code := once():
            raise typer.Exit(code)


@contextmanager
def _index(against: Sequence[str], reading: Reading, *, quiet: bool) -> "Iterator[Index]":
    """Yield the index to check against; of the documents below paths, a temporary one."""
    from dedup.index.check import opened  # noqa: PLC0415

    with ExitStack() as stack:
        with progress(quiet=quiet):
            index, found = stack.enter_context(opened(against, reading))
        tell(found.notices, quiet=quiet)
        yield index


def _check_limit(limit: str) -> None:
    """UsageError for anything that `--fail-on` does not know."""
    if limit not in {*_FAILING, "any"} and not re.fullmatch(r"\d{1,3}%|\d{1,6}w", limit):
        raise UsageError(f"--fail-on {limit}: use unattributed, credit-missing, any, a share such as 20%, or words such as 30w")


def _fails(one: "Checked", limit: str) -> bool:
    """Whether a draft is at or above the limit."""
    judged: set[Judgement] = {passage.judgement for passage in one.passages}
    if limit == "any":
        return bool(judged)
    if limit in _FAILING:
        return bool(judged & _FAILING[limit])
    share = sum(part for name, part in one.shared.items() if name in _OPEN)
    if limit.endswith("%"):
        return share > 0 and share * 100 >= int(limit[:-1])
    return share > 0 and round(share * one.words) >= int(limit[:-1])


def _write(checked: "Sequence[Checked]", fmt: CheckFormat, output: Path | None) -> None:
    from dedup.report import check_terminal as views  # noqa: PLC0415

    if fmt is CheckFormat.JSON:
        write(views.to_json(checked), output)
    elif fmt is CheckFormat.SARIF:
        write(views.to_sarif(checked), output)
    elif fmt is CheckFormat.GITHUB:
        write("\n".join(views.to_github(checked)), output)
    elif fmt is CheckFormat.HTML:
        from dedup.report.check_html import to_html  # noqa: PLC0415 only a page needs jinja2

        write(to_html(checked), output)
    else:
        render(lambda console: views.render_check(checked, console), output)
