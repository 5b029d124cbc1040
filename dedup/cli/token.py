"""`dedup token`: who may ask a server of an index."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dedup.cli.options import choice, command, format_option
from dedup.cli.output import deliver, say
from dedup.language.counting import counted

if TYPE_CHECKING:
    from dedup.server.server_file import ServerFile

app = typer.Typer(no_args_is_help=True, help="Make, list and revoke the tokens of a server.")

File = Annotated[Path, typer.Argument(metavar="INDEX", help="The file of the index that is served.")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="Whose token it is, such as a desk or a program.")]
Outcomes = Annotated[str, format_option("outcome")]


@command(app, "add", "dedup token add news.dedup desk", "dedup token add news.dedup feed --scope write")
def add(
    index: File,
    name: Name,
    scope: Annotated[
        str,
        choice(("read", "write"), "--scope", "What it allows: read is to check and to search, write also to add and remove."),
    ] = "read",
    fmt: Outcomes = "rich",
) -> None:
    """Make a token and print it. It is shown only now: the file beside the index keeps a hash of it."""
    from dedup.report.index_json import Outcome  # noqa: PLC0415 --help stays fast

    token = _beside(index).add_token(name, "write" if scope == "write" else "read")
    say(f"{name}: a token with the scope {scope}; it is shown only now")
    deliver("outcome", fmt, Outcome(token, {"name": name, "scope": scope, "token": token}), None)


@command(app, "list", "dedup token list news.dedup")
def listed(index: File, fmt: Outcomes = "rich") -> None:
    """List the tokens: names, scopes and days, not the tokens themselves."""
    from dedup.report.index_json import Outcome  # noqa: PLC0415 --help stays fast

    found = _beside(index).tokens()
    lines = [f"{row.name}: {row.scope}, since {row.created[:10]}" for row in found] or [counted(0, "token")]
    deliver("outcome", fmt, Outcome("\n".join(lines), {"tokens": [row._asdict() for row in found]}), None)


@command(app, "revoke", "dedup token revoke news.dedup desk")
def revoke(index: File, name: Name, fmt: Outcomes = "rich") -> None:
    """Revoke a token. A server that runs refuses it from now on."""
    from dedup.report.index_json import Outcome  # noqa: PLC0415 --help stays fast

    _beside(index).revoke_token(name)
    deliver("outcome", fmt, Outcome(f"{name}: revoked", {"revoked": name}), None)


def _beside(index: Path) -> "ServerFile":
    """Return the file beside an index. SourceError for a file that is no index."""
    from dedup.index.index import Index  # noqa: PLC0415 --help stays fast
    from dedup.server.server_file import ServerFile  # noqa: PLC0415

    with Index(index) as opened:
        len(opened)
    return ServerFile(index)
