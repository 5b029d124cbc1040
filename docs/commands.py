"""Write the reference of all commands, from the same declarations as `--help`: `docs/commands.md`, and manual pages.

    python docs/commands.py                  # docs/commands.md
    python docs/commands.py --man share/man/man1   # dedup.1, dedup-scan.1 and so on, in that folder

A test holds `docs/commands.md` equal to what this script writes.
"""

import argparse
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import typer

from dedup import __version__
from dedup.cli import app

PAGE = Path(__file__).with_name("commands.md")
_HEAD = """# Commands

Made from the help texts by `docs/commands.py`; do not edit. `dedup COMMAND --help` shows the same in a terminal.
"""


class Entry(NamedTuple):
    """A command: its name with those of its groups, and what typer made of its function."""

    name: str
    command: Any


def entries() -> Iterator[Entry]:
    """Yield the program, and each command and group in the order of the help."""
    program = typer.main.get_command(app)
    yield from _below(Entry("dedup", program))


def _below(entry: Entry) -> Iterator[Entry]:
    yield entry
    for name, command in getattr(entry.command, "commands", {}).items():
        yield from _below(Entry(f"{entry.name} {name}", command))


def plain(text: str) -> str:
    """Return a help text as it is shown: its square brackets are marked for typer."""
    return " ".join(text.replace("\\[", "[").split())


def paragraphs(text: str | None) -> list[str]:
    """Return the paragraphs of a help text, each on one line."""
    return [plain(part) for part in (text or "").split("\n\n") if part.strip()]


def usage(entry: Entry) -> str:
    """Return the line that shows how the command is called."""
    pieces = entry.command.collect_usage_pieces(typer.Context(entry.command))
    return " ".join([entry.name, *(piece.strip("{}") for piece in pieces)])


def examples(command: Any) -> list[str]:
    """Return the examples of a command, each a line for a shell."""
    listed = paragraphs(command.epilog)
    return listed[1:] if listed[:1] == ["Examples:"] else []


def parameters(command: Any) -> Iterator[tuple[str, str]]:
    """Yield each argument and option of a command as it is written, and its help with its default."""
    for found in command.params:
        if found.param_type_name == "argument":
            yield found.make_metavar(typer.Context(command)), plain(found.help or "")
        elif not found.hidden:
            flags = ", ".join([*found.opts, *found.secondary_opts])
            value = "" if found.is_flag else f" {found.metavar or 'N'}"
            shown = found.default not in (None, False) and not callable(found.default)
            default = f" Default: {found.default}." if shown else ""
            yield f"{flags}{value}", f"{plain(found.help or '')}{default}"


def markdown(entry: Entry) -> str:
    """Return the section of a command."""
    level = "##" if entry.name.count(" ") < 2 else "###"
    parts = [f"{level} {entry.name}", *paragraphs(entry.command.help), f"    {usage(entry)}"]
    rows = [f"| `{_cell(name)}` | {_cell(text)} |" for name, text in parameters(entry.command)]
    if rows:
        parts.append("\n".join(["| argument or option | meaning |", "|---|---|", *rows]))
    if shown := examples(entry.command):
        parts.append("\n".join(f"    {line}" for line in shown))
    else:
        parts += paragraphs(entry.command.epilog)
    return "\n\n".join(parts)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def manual(entry: Entry) -> str:
    """Return the manual page of a command, in the macros of man(7)."""
    name = entry.name.replace(" ", "-")
    first, *rest = paragraphs(entry.command.help)
    lines = [f'.TH "{name.upper()}" 1 "" "dedup {__version__}" "dedup"', ".SH NAME"]
    lines += [f"{_roff(name)} \\- {_roff(first.rstrip('.'))}", ".SH SYNOPSIS", f".B {_roff(usage(entry))}"]
    if rest:
        lines += [".SH DESCRIPTION", *(line for text in rest for line in (".PP", _roff(text)))]
    lines.append(".SH OPTIONS")
    for written, text in parameters(entry.command):
        lines += [".TP", f".B {_roff(written)}", _roff(text)]
    if shown := examples(entry.command):
        lines += [".SH EXAMPLES", ".nf", *map(_roff, shown), ".fi"]
    elif entry.command.epilog:
        lines += [".SH NOTES", *map(_roff, paragraphs(entry.command.epilog))]
    others = [_roff(f"dedup-{n}(1)") for n in getattr(entry.command, "commands", {})] if entry.name == "dedup" else ["dedup(1)"]
    return "\n".join([*lines, ".SH SEE ALSO", ", ".join(others)]) + "\n"


def _roff(text: str) -> str:
    escaped = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^(?=[.'])", r"\\&", escaped)


def page() -> str:
    """Return the text of `docs/commands.md`."""
    return "\n\n".join([_HEAD.rstrip(), *map(markdown, entries())]) + "\n"


def main() -> None:
    """Write the page, or the manual pages."""
    parser = argparse.ArgumentParser(description="Write the reference of all commands.")
    parser.add_argument("--man", type=Path, metavar="FOLDER", help="write manual pages into FOLDER instead")
    folder = parser.parse_args().man
    if folder is None:
        PAGE.write_text(page(), encoding="utf-8")
        return
    folder.mkdir(parents=True, exist_ok=True)
    for entry in entries():
        (folder / f"{entry.name.replace(' ', '-')}.1").write_text(manual(entry), encoding="utf-8")


if __name__ == "__main__":
    main()
