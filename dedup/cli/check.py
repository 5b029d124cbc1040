"""`dedup check`: whether a draft is ready to publish."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dedup.cli import config
from dedup.cli.options import Output, Purpose, Quiet, Strict, Threads, format_option, reads
from dedup.cli.output import deliver, incomplete, progress, set_threads, warn
from dedup.cli.watch import watch
from dedup.params import Reading

if TYPE_CHECKING:
    from dedup.index.index import Index
    from dedup.params import CheckRules

EXAMPLES = (
    "dedup check draft.txt --against news.dedup",
    'dedup check draft.md --against archive/ --licensed Reuters --outlet "The Daily" --fail-on credit-missing',
    "dedup check draft.txt --against news.dedup --watch",
    "dedup check drafts/*.txt --against news.dedup --format sarif -o drafts.sarif",
)

Against = Annotated[list[str], typer.Option("--against", metavar="X", help="An index, or paths; may be given again.")]
FailOn = Annotated[
    str | None,
    typer.Option(
        "--fail-on",
        metavar="WHAT",
        help="From what on the exit code is 1: unattributed, credit-missing, any, a share such as 20%, or words such as 30w.",
    ),
]
Licensed = Annotated[
    list[str] | None,
    typer.Option(
        "--licensed", metavar="AGENCY", help="An agency whose copy may be printed with its credit; may be given again."
    ),
]
Outlet = Annotated[str | None, typer.Option("--outlet", metavar="NAME", help="The outlet that publishes the draft.")]


@reads
def check(
    drafts: Annotated[list[str], typer.Argument(metavar="DRAFT...", help="Drafts: files, or - for standard input.")],
    against: Against,
    fmt: Annotated[str, format_option("check")] = "rich",
    again: Annotated[bool, typer.Option("--watch", help="Check again whenever a draft changes; Ctrl-C ends it.")] = False,
    fail_on: FailOn = None,
    licensed: Licensed = None,
    outlet: Outlet = None,
    preset: Purpose = "news",
    output: Output = None,
    quiet: Quiet = False,
    strict: Strict = False,
    threads: Threads = 0,
    *,
    reading: Reading,
) -> None:
    """Judge every passage of a draft that occurs elsewhere: quoted, credited, licensed, own, or none of these.

    The exit code is 1 if a draft reaches --fail-on. Settings can also be put into [tool.dedup] of pyproject.toml, or into
    dedup.toml.
    """
    from dataclasses import replace  # noqa: PLC0415 --help stays fast

    from dedup.sources.reader import read  # noqa: PLC0415

    given = {"licensed": licensed, "own-outlets": [outlet] if outlet else None, "fail-on": fail_on}
    rules, limit = _rules({key: value for key, value in given.items() if value is not None})
    set_threads(threads)
    with _index(against, reading, quiet=quiet) as index:

        def once() -> int:
            with progress(quiet=quiet) as show:
                found = read(drafts, reading)
                show("checking")
                checked = [index.check(replace(d, outlet=d.outlet or outlet), rules=rules, preset=preset) for d in found]
            notices = [*found.notices, *(n for one in checked for n in one.notices)]
            warn(notices, quiet=quiet)
            if found:
                deliver("check", fmt, checked, output, notices=found.notices)
            if not found or incomplete(notices, strict=strict):
                return 2
            return int(any(one.fails(limit) for one in checked))

        if again:
            watch(drafts, once)
        if code := once():
            raise typer.Exit(code)


def _rules(given: dict[str, Any]) -> "tuple[CheckRules, str]":
    """The rules and the limit that the settings hold; options that are `given` come before them. UsageError as `config`."""
    from dedup.judge.limits import check_limit  # noqa: PLC0415 --help stays fast

    values = config.settings() | given
    limit = str(values.get("fail-on", "unattributed"))
    check_limit(limit)  # now, and not after a long check
    return config.rules(values), limit


@contextmanager
def _index(against: Sequence[str], reading: Reading, *, quiet: bool) -> "Iterator[Index]":
    """Yield the index to check against; of the documents below paths, a temporary one."""
    from dedup.index.check import open_against  # noqa: PLC0415

    with ExitStack() as stack:
        with progress(quiet=quiet):
            index, found = stack.enter_context(open_against(against, reading))
        warn(found.notices, quiet=quiet)
        yield index
