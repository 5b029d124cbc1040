"""`dedup serve`: the check for a whole newsroom, over HTTP and in the browser."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dedup.cli import config
from dedup.cli.options import Purpose
from dedup.cli.output import say
from dedup.errors import UsageError

if TYPE_CHECKING:
    from dedup.server.options import ServerOptions

EXAMPLES = (
    "dedup serve news.dedup",
    "dedup serve news.dedup --workers 2 --port 8080",
    "dedup serve news.dedup --host 0.0.0.0 --allow-host dedup.daily.example",
)

IndexFile = Annotated[Path, typer.Argument(metavar="INDEX", help="The file of the index.")]
Host = Annotated[
    str, typer.Option("--host", metavar="ADDRESS", help="The address to listen on; 127.0.0.1 is this machine only.")
]
Port = Annotated[int, typer.Option("--port", min=0, max=65535, metavar="N", help="The port to listen on; 0 is a free one.")]
AllowHost = Annotated[
    list[str] | None,
    typer.Option("--allow-host", metavar="NAME", help="A name by which the server is addressed; may be given again."),
]
Token = Annotated[
    bool | None,
    typer.Option(
        "--token/--no-token", help="Whether every request needs a token. It does, if others than this machine can ask."
    ),
]
RootPath = Annotated[
    str, typer.Option("--root-path", metavar="PREFIX", help="The prefix under which a reverse proxy serves it, such as /dedup.")
]


def serve(
    index: IndexFile,
    host: Host = "127.0.0.1",
    port: Port = 8000,
    workers: Annotated[int, typer.Option("--workers", min=1, max=64, metavar="N", help="Processes that answer requests.")] = 1,
    threads: Annotated[int, typer.Option("--threads", min=1, max=64, metavar="N", help="Threads of each worker.")] = 2,
    allow_host: AllowHost = None,
    token: Token = None,
    root_path: RootPath = "",
    cors: Annotated[
        list[str] | None,
        typer.Option("--cors", metavar="ORIGIN", help="A web origin whose scripts may ask; may be given again."),
    ] = None,
    keep_days: Annotated[
        int, typer.Option("--keep-days", min=1, max=3650, metavar="DAYS", help="For how long a result is kept if someone asks.")
    ] = 30,
    outlet: Annotated[
        str | None, typer.Option("--outlet", metavar="NAME", help="The outlet of drafts that state none.")
    ] = None,
    preset: Purpose = "news",
) -> None:
    """Serve an index: a page for editors, a page of the archive, and an interface for programs.

    It listens on this machine only, unless --host says otherwise; then every request needs a token, which `dedup token add`
    makes. Settings of a newsroom count as for `dedup check`. SIGTERM or Ctrl-C ends it, after the requests that run.
    """
    options = served(
        index,
        host,
        allow_host,
        token=token,
        root_path=root_path,
        cors=cors,
        threads=threads,
        outlet=outlet,
        preset=preset,
        keep_days=keep_days,
    )
    from dedup.sources.common import MissingExtra  # noqa: PLC0415 --help stays fast

    try:
        from dedup.server.run import serve as run  # noqa: PLC0415 an extra
    except ImportError as error:
        raise MissingExtra("server", error) from error
    run(options, host, port, workers=workers)


def served(
    index: Path,
    host: str,
    names: list[str] | None,
    *,
    token: bool | None,
    root_path: str = "",
    cors: list[str] | None = None,
    threads: int = 2,
    outlet: str | None = None,
    preset: str = "news",
    keep_days: int = 30,
) -> "ServerOptions":
    """Return the options of a server. UsageError for an index without texts, and if a token is needed and there is none."""
    from dedup.index.index import Index  # noqa: PLC0415 --help stays fast
    from dedup.judge.settings import check_rules  # noqa: PLC0415
    from dedup.server.limits import Limits  # noqa: PLC0415
    from dedup.server.options import ServerOptions, checked_origin, checked_root_path, needs_token  # noqa: PLC0415
    from dedup.server.server_file import ServerFile  # noqa: PLC0415

    with Index(index) as opened:
        if not opened.has_text:
            raise UsageError(f"{index} keeps no texts, so nothing can be verified; serve an index that keeps them")
    values = config.settings(index.absolute().parent)
    if values.files:
        say(f"settings from {', '.join(values.files)}")
    check_rules(values)  # now, and not at the first request
    needed = needs_token(host, tuple(names or ())) if token is None else token
    options = ServerOptions(
        str(index.absolute()),
        {name: value for name, value in values.items() if name not in {"against", "fail-on"}},
        outlet or next(iter(values.get("own-outlets", [])), None),
        preset,
        needed,
        (*(names or ()), *([] if host in {"0.0.0.0", "::"} else [host.strip("[]")])),
        tuple(map(checked_origin, cors or ())),
        checked_root_path(root_path),
        threads,
        limits=Limits(keep_days=keep_days),
    )
    if needed and not ServerFile(options.index).tokens():
        raise UsageError(
            f"others can reach {host if not names else names[0]}, so a token is needed, and there is none yet; make one with:"
            f" dedup token add {index} NAME"
        )
    return options
