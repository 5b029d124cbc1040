"""A server for tests: the real application in a thread of this process, on a free port of the loopback."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import dedup

ROOT = Path(__file__).parents[1]


def index_of_seeds(folder: Path) -> Path:
    """Make an index of the five seeds."""
    path = folder / "news.dedup"
    with dedup.Index(path) as index:
        index.add(dedup.read(ROOT / "seeds"))
    return path


@contextmanager
def running(app: Any, limits: Any, root_path: str = "") -> Iterator[str]:
    """Serve `app` as `dedup serve` does, and yield its address."""
    uvicorn = pytest.importorskip("uvicorn", reason="the extra server is not installed")
    from dedup.server.protocol import BoundedProtocol  # noqa: PLC0415 an extra

    before, BoundedProtocol.limits = BoundedProtocol.limits, limits
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    config = uvicorn.Config(
        app,
        http=BoundedProtocol,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        root_path=root_path,
        timeout_graceful_shutdown=5,
    )
    server = uvicorn.Server(config)

    def run() -> None:
        asyncio.run(server.serve(sockets=[listening]))

    thread = threading.Thread(target=run)
    thread.start()
    try:
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(30)
        listening.close()
        BoundedProtocol.limits = before
