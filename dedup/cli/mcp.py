"""`dedup mcp`: the check for writing assistants, over the Model Context Protocol."""

import gc
from typing import Annotated

import typer

from dedup.cli.options import Purpose
from dedup.cli.serve import AllowHost, Host, IndexFile, Port, RootPath, Token, served

EXAMPLES = ("dedup mcp news.dedup", "dedup mcp news.dedup --http --port 8001")


def mcp(
    index: IndexFile,
    http: Annotated[bool, typer.Option("--http", help="Streamable HTTP at /mcp instead of standard input and output.")] = False,
    host: Host = "127.0.0.1",
    port: Port = 8001,
    allow_host: AllowHost = None,
    token: Token = None,
    root_path: RootPath = "",
    threads: Annotated[int, typer.Option("--threads", min=1, max=64, metavar="N", help="Questions answered at a time.")] = 2,
    outlet: Annotated[
        str | None, typer.Option("--outlet", metavar="NAME", help="The outlet of drafts that state none.")
    ] = None,
    preset: Purpose = "news",
) -> None:
    """Answer assistants about an index: check_text, find_reuse, trace_story and independent_sources.

    It speaks over standard input and output, as assistants start it, or over HTTP with the same protection as `dedup serve`.
    """
    options = served(
        index,
        host,
        allow_host,
        token=token if http else False,
        root_path=root_path,
        threads=threads,
        outlet=outlet,
        preset=preset,
    )
    from dedup.sources.common import MissingExtra  # noqa: PLC0415 --help stays fast

    try:
        from dedup.server.assistant import assistant, assistant_app  # noqa: PLC0415 an extra
        from dedup.server.run import run_app  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtra("mcp", error) from error
    if http:
        run_app(assistant_app(options), options, host, port)
    else:
        gc.enable()  # the command line does without, because it ends soon
        assistant(options).run("stdio")
