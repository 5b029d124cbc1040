"""How a server is started: uvicorn with one worker in this process, or with several that it watches and starts again."""

import gc
import logging
import socket
import sys
import tempfile
from dataclasses import replace

import uvicorn
from starlette.types import ASGIApp

from dedup.errors import UsageError
from dedup.server.app import create_app
from dedup.server.options import ServerOptions
from dedup.server.protocol import BoundedProtocol

_GRACE = 20
"""Seconds that requests may take to end once the server is told to stop."""
_HEAD_BYTES = 32 << 10
"""Bytes of the head of a request."""


def serve(options: ServerOptions, host: str, port: int, *, workers: int = 1) -> None:
    """Serve until SIGTERM or SIGINT. UsageError if the port is taken or the host is not this machine's."""
    if workers == 1:
        run_app(create_app(options), options, host, port)
        return
    with tempfile.TemporaryDirectory(prefix="dedup-counters-") as folder:
        options = replace(options, counters=folder)
        options.to_environment()
        _run("dedup.server.app:from_environment", options, host, port, workers=workers)


def run_app(app: ASGIApp, options: ServerOptions, host: str, port: int) -> None:
    """Serve an application in this process."""
    gc.enable()  # the command line does without, because it ends soon
    _run(app, options, host, port, workers=1)


def _run(app: ASGIApp | str, options: ServerOptions, host: str, port: int, *, workers: int) -> None:
    BoundedProtocol.limits = options.limits
    listening = _bound(host, port)
    config = uvicorn.Config(
        app,
        factory=isinstance(app, str),
        workers=workers,
        http=BoundedProtocol,
        ws="none",
        loop="asyncio",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=True,
        proxy_headers=True,
        forwarded_allow_ips="127.0.0.1,::1",
        root_path=options.root_path,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=_GRACE,
        h11_max_incomplete_event_size=_HEAD_BYTES,
    )
    logging.basicConfig(level=logging.ERROR)  # the lines of the log are those of `guard`
    shown = f"[{host}]" if ":" in host else host
    bound = listening.getsockname()[1]
    print(f"dedup: serving {options.index} at http://{shown}:{bound}{options.root_path}/", file=sys.stderr, flush=True)  # noqa: T201
    with listening:
        if workers > 1:
            from uvicorn.supervisors import Multiprocess  # noqa: PLC0415 one worker does without

            Multiprocess(config, sockets=[listening]).run()
        else:
            uvicorn.Server(config).run(sockets=[listening])


def _bound(host: str, port: int) -> socket.socket:
    """Return a socket that listens later. UsageError where the system does not give it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise UsageError(
            f"cannot listen on {host}:{port}: {error.strerror or error}; choose another --port or --host"
        ) from error
    listening.set_inheritable(True)
    return listening
