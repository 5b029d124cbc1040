"""The options that commands share, each declared once, and how a command is registered with its help."""

import functools
import inspect
import os
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from dedup.cli.output import allow_replacing, folder_named
from dedup.errors import DedupError, UsageError
from dedup.params import MATCH_PRESETS, SHOWN, Reading
from dedup.report import formats
from dedup.types import CONTENTS, Content

_MARKUP = re.compile(r"\[(?=[a-z#/@])")
"""What typer would take for the start of markup, and leave out of a help text."""


def choice(names: Sequence[str], flag: str, text: str, **more: Any) -> Any:
    """Return an option of typer that takes one of `names`; `more` is passed on to typer."""

    def parse(value: str) -> str:
        if value not in names:
            raise typer.BadParameter(f"{value!r} is not one of {', '.join(map(repr, names))}.")
        return value

    def complete(start: str) -> list[str]:
        return [name for name in names if name.startswith(start)]

    return typer.Option(flag, parser=parse, metavar="|".join(names), autocompletion=complete, help=text, **more)


def format_option(result: str) -> Any:
    """Return the option `--format` for a kind of result: the formats that `dedup.report.formats` lists for it."""
    return choice(formats.view_names(result), "--format", f"What to write: {formats.view_purposes(result)}.")


Output = Annotated[
    Path | None,
    typer.Option(
        "-o",
        "--output",
        metavar="FILE",
        help="Write to FILE instead of standard output; for a format of several files, the folder to write.",
    ),
]
Paths = Annotated[list[str], typer.Argument(metavar="PATH...", help="Files, folders, globs, or - for standard input.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show no warnings and no progress on standard error.")]
Strict = Annotated[bool, typer.Option("--strict", help="Exit with code 2 if there is any warning.")]
Threads = Annotated[
    int, typer.Option("--threads", min=0, max=1024, metavar="N", help="How many threads to use; 0 means one for each core.")
]
Purpose = Annotated[
    str, choice(tuple(MATCH_PRESETS), "--preset", "What the copies look like: news, or rewritten (spun or summarised).")
]
SHOWS: dict[str, tuple[Content, ...]] = {
    "phrases": ("phrase",),
    "furniture": ("furniture",),
    "boilerplate": ("furniture",),
    "all": CONTENTS,
}
"""The values of --show, and the kinds of text that each adds to those that are always shown."""
Show = Annotated[
    list[str] | None,
    choice(tuple(SHOWS), "--show", "Report phrases or furniture too (boilerplate is furniture), or all."),
]


def shown_contents(names: Sequence[str] | None) -> set[Content]:
    """Return the kinds of text that a report shows, given the values of --show."""
    return {*SHOWN, *(content for name in names or () for content in SHOWS[name])}


_READING = {
    "fields": Annotated[
        list[str] | None,
        typer.Option("--fields", metavar="FIELD=NAME,...", help="The names of fields in the input, such as text=body."),
    ],
    "from_": Annotated[
        str | None, typer.Option("--from", metavar="FORMAT", help="The format of standard input and of the files named here.")
    ],
    "outlet_from": Annotated[
        str | None,
        typer.Option(
            "--outlet-from", metavar="WHAT", help="Where the outlet is found: folder, domain, or a path pattern with a (group)."
        ),
    ],
    "extraction": Annotated[
        str, choice(("full", "fast"), "--extraction", "How to find the article in a web page: full, or fast.")
    ],
    "encoding": Annotated[
        str | None,
        typer.Option(
            "--encoding",
            metavar="NAME",
            help="The encoding of files that do not state theirs, such as windows-1251; else UTF-8.",
        ),
    ],
    "max_ratio": Annotated[
        int, typer.Option("--max-ratio", min=1, help="The most that a file may unpack to, as a multiple of its size.")
    ],
    "max_size": Annotated[
        int, typer.Option("--max-size", min=1, metavar="BYTES", help="The most that a file may unpack to, in bytes.")
    ],
}
_DEFAULTS = Reading()


def reads(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command that reads paths the options of reading; it receives them as the argument `reading`."""
    signature = inspect.signature(command, eval_str=True)
    defaults = (None, None, None, _DEFAULTS.extraction, None, _DEFAULTS.ratio, _DEFAULTS.size)
    more = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=value, annotation=annotation)
        for (name, annotation), value in zip(_READING.items(), defaults, strict=True)
    ]

    @functools.wraps(command)
    def with_reading(**given: Any) -> None:
        fields, form, outlet, extraction, encoding, ratio, size = (given.pop(name) for name in _READING)
        command(**given, reading=Reading(_pairs(fields or []), form, outlet, extraction, ratio, size, encoding))

    kept = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in signature.parameters.values() if p.name != "reading"]
    with_reading.__signature__ = signature.replace(parameters=[*kept, *more])  # type: ignore[attr-defined] # typer reads it
    return with_reading


def _pairs(fields: list[str]) -> dict[str, str]:
    """The pairs of FIELD=NAME, which commas or repeated options separate."""
    pairs = [pair.partition("=") for one in fields for pair in one.split(",") if pair]
    if wrong := next((name for name, equal, value in pairs if not (equal and value)), None):
        raise UsageError(f"--fields {wrong}: write FIELD=NAME, such as text=body")
    return {name.strip(): value.strip() for name, _, value in pairs}


def command(app: typer.Typer, name: str, *examples: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register a function as the command `name` of `app`: its help is the function's docstring and the examples."""

    def register(function: Callable[..., None]) -> Callable[..., None]:
        function = _guarded(function)
        epilog = "\n\n".join(("Examples:", *examples))
        paragraphs = (inspect.getdoc(function) or "").split("\n\n")
        text = "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)
        app.command(name, help=plain(text), epilog=plain(epilog))(function)
        return function

    return register


_FORCE = Annotated[bool, typer.Option("--force", help="Let -o replace a file that the command reads, or an index.")]
_INPUTS = ("paths", "drafts", "against", "index", "indexes", "first", "last", "second", "where")
"""The arguments of commands that name what is read."""


def _guarded(function: Callable[..., None]) -> Callable[..., None]:
    """Add the option `--force` to a command that has `-o`.

    Without it, the command refuses to overwrite a file that it reads, or an index.
    """
    signature = inspect.signature(function, eval_str=True)
    if "output" not in signature.parameters:
        return function

    @functools.wraps(function)
    def with_force(*, force: bool = False, **given: Any) -> None:
        allow_replacing(allowed=force)
        _check_place(given, force=force)  # before the command does anything: it may change an index
        function(**given)

    kept = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in signature.parameters.values()]
    at = next(n for n, p in enumerate(kept) if p.name == "output") + 1
    more = inspect.Parameter("force", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=_FORCE)
    with_force.__signature__ = signature.replace(parameters=[*kept[:at], more, *kept[at:]])  # type: ignore[attr-defined] # typer reads it
    return with_force


def _check_place(given: Mapping[str, Any], *, force: bool) -> None:
    """Raise an error if the format cannot be written, or not to what `-o` names."""
    output, form = given["output"], given.get("fmt", "")
    if missing := formats.missing_package(form):
        raise UsageError(f"--format {form} {missing}")
    if form in formats.FOLDER_FORMATS:
        from dedup.storage.folders import check_folder  # noqa: PLC0415 --help stays fast

        folder = folder_named(form, output)
        check_folder(folder, _read_files(given) if folder.exists() else ())
    elif output is not None and str(output) != "-":
        from dedup.storage.files import check_output  # noqa: PLC0415 --help stays fast

        read = _read_files(given) if output.exists() else _named(given)
        check_output(output, () if force else read, force=force)


def _named(given: Mapping[str, Any]) -> list[str]:
    """Return what the arguments of a command name as read."""
    values = (given[name] for name in _INPUTS if given.get(name) is not None)
    return [str(name) for value in values for name in (value if isinstance(value, list) else [value])]


def _read_files(given: Mapping[str, Any]) -> list[str]:
    """Return the files on disk that a command will read.

    They are those that its arguments name, those in folders, lists and reports that they name, the tables of metadata beside
    them, a file that is standard input, and the files of settings.
    """
    from dedup.cli.config import setting_files  # noqa: PLC0415 --help stays fast
    from dedup.sources.metadata_table import METADATA_FILE  # noqa: PLC0415
    from dedup.sources.path_list import PATH_LIST  # noqa: PLC0415
    from dedup.sources.reader import Reader  # noqa: PLC0415
    from dedup.sources.reread import files_of_report  # noqa: PLC0415

    named = _named(given)
    names = [name for name in named if name != "-"]
    found = [*names, *map(str, setting_files())]
    if len(names) < len(named):
        found.append("/dev/stdin")
        if given.get("from_") == PATH_LIST:
            found.append(str(given["output"]))  # the list, which is not read yet, may name it
    try:
        found += [path for name in names for path in files_of_report(name)]
        read = Reader(names, Reading(format=given.get("from_"))).paths if names else []
    except DedupError:  # the command itself will say what is wrong
        return found
    return [*found, *read, *{os.path.join(os.path.dirname(path), METADATA_FILE) for path in read}]  # noqa: PTH118, PTH120


def plain(text: str) -> str:
    """Return a help text with its square brackets marked as text, because typer reads them as markup."""
    return _MARKUP.sub(r"\\[", text)
