"""`dedup check`: whether a draft is ready to publish."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dedup.cli import config
from dedup.cli.options import Output, Purpose, Quiet, Strict, Threads, format_option, reads
from dedup.cli.output import deliver, incomplete, progress, say, set_threads, warn
from dedup.cli.watch import watch
from dedup.errors import UsageError
from dedup.params import Reading

if TYPE_CHECKING:
    from dedup.index.index import Index
    from dedup.types import Notice

EXAMPLES = (
    "dedup check draft.txt --against news.dedup",
    'dedup check draft.md --against archive/ --licensed Reuters --outlet "The Daily" --fail-on credit-missing',
    "dedup check draft.txt --against news.dedup --watch",
    "dedup check drafts/*.txt --against news.dedup --format sarif -o drafts.sarif",
)

Against = Annotated[
    list[str] | None,
    typer.Option("--against", metavar="X", help="An index, or paths; may be given again. It may stand in settings."),
]
FailOn = Annotated[
    str | None,
    typer.Option(
        "--fail-on",
        metavar="WHAT",
        help="From what on the exit code is 1: unattributed, credit-missing, credited, any, a share (20%), or words (30w).",
    ),
]
Licensed = Annotated[
    list[str] | None,
    typer.Option(
        "--licensed",
        metavar="NAME",
        help="Whose copy may be printed with its credit: an agency or other source; may be given again.",
    ),
]
Outlet = Annotated[str | None, typer.Option("--outlet", metavar="NAME", help="The outlet that publishes the draft.")]


@reads
def check(
    drafts: Annotated[list[str], typer.Argument(metavar="DRAFT...", help="Drafts: files, or - for standard input.")],
    against: Against = None,
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
    dedup.toml, in the folder of the first draft, the current folder, or one above.
    """
    from dataclasses import replace  # noqa: PLC0415 --help stays fast

    from dedup.judge.limits import check_limit  # noqa: PLC0415 --help stays fast
    from dedup.judge.settings import check_rules  # noqa: PLC0415 --help stays fast
    from dedup.pipeline.inputs import without_documents  # noqa: PLC0415 --help stays fast
    from dedup.press.names import suggested_name  # noqa: PLC0415 --help stays fast
    from dedup.report.formats import view_named  # noqa: PLC0415 --help stays fast
    from dedup.sources.encoding import is_readable  # noqa: PLC0415 --help stays fast
    from dedup.sources.reader import read  # noqa: PLC0415 --help stays fast
    from dedup.sources.reread import written_files  # noqa: PLC0415 --help stays fast

    given = {"against": against or None, "licensed": licensed, "own-outlets": [outlet] if outlet else None, "fail-on": fail_on}
    folder = Path(drafts[0]).absolute().parent if drafts[0] != "-" else None
    values = config.settings(folder)
    if values.files and not quiet:
        say(f"settings from {', '.join(values.files)}")
    values |= {key: value for key, value in given.items() if value is not None}
    limit = str(values.get("fail-on", "unattributed"))
    check_limit(limit)  # now, and not after a long check
    rules = check_rules(values)
    for name in sorted(rules.licensed):
        if near := suggested_name(name):
            say(f"warning: licensed: no agency or outlet {name!r} is known; did you mean {near!r}?")
    if not values.get("against"):
        raise UsageError("nothing to check against; give an index or paths with --against, or as against in settings")
    set_threads(threads)
    with _index(values["against"], reading, quiet=quiet) as (index, told):

        def once() -> int:
            with progress(quiet=quiet) as show:
                found = read(drafts, reading)
                show("checking")
                texts = [draft for draft in found if is_readable(draft.text)]
                checked = [index.check(replace(d, outlet=d.outlet or outlet), rules=rules, preset=preset) for d in texts]
            notices = [*found.notices, *(n for one in checked for n in one.notices)]
            warn(notices, quiet=quiet)
            unread = [draft.path or draft.id for draft in found if not is_readable(draft.text)]
            unread += without_documents(drafts, found)
            for name in unread:
                say(f"{name}: no text that can be read, so it was not checked")
            if texts:
                files = written_files(texts) if "files" in view_named("check", fmt).options else {}
                deliver("check", fmt, checked, output, notices=[*told, *found.notices], files=files)
            if not texts or unread or incomplete(notices, strict=strict):
                return 2
            return int(any(one.fails(limit) for one in checked))

        if again:
            watch(drafts, once)
        if code := once():
            raise typer.Exit(code)


@contextmanager
def _index(against: Sequence[str], reading: Reading, *, quiet: bool) -> "Iterator[tuple[Index, Sequence[Notice]]]":
    """Yield the index to check against (of the documents below paths, a temporary one), and the notices of reading these.

    UsageError where one of the paths has no document: what stands there would never be found.
    """
    from dedup.index.check import open_against  # noqa: PLC0415 --help stays fast
    from dedup.pipeline.inputs import without_documents  # noqa: PLC0415 as above
    from dedup.sources.encoding import is_readable  # noqa: PLC0415 as above
    from dedup.storage.schema import is_index  # noqa: PLC0415 as above

    with ExitStack() as stack:
        with progress(quiet=quiet):
            index, found = stack.enter_context(open_against(against, reading))
        warn(found.notices, quiet=quiet)
        texts = [document for document in found if is_readable(document.text)]
        if empty := without_documents([path for path in against if not is_index(path)], texts):
            raise UsageError(f"{', '.join(empty)}: no document to check against")
        if not len(index):
            raise UsageError(f"{', '.join(against)}: no document to check against")
        yield index, found.notices
