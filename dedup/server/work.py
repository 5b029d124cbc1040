"""The threads of a worker: some that read the index side by side, and one that writes to it.

Kernels release the GIL, so threads use several cores. A request whose client has left, or whose time is over, is cancelled: it
is dropped if it still waits, and it ends at its next report of progress if it runs.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.responses import StreamingResponse

from dedup.errors import DedupError
from dedup.report.json_values import dumps
from dedup.server.limits import Limits
from dedup.server.problems import Problem, problem_of
from dedup.types import Progress

_T = TypeVar("_T")
Task = Callable[[Progress], _T]
"""What a thread does: a function that is given where to report progress."""
_PAUSE = 0.5
"""Seconds between two looks at the clock of a stream."""


class Cancelled(Exception):  # noqa: N818 it is no error
    """Nobody waits for the result any more."""


class Job:
    """Work of one request: it reports progress to `listen`, and stops there once nobody waits for it."""

    def __init__(self, listen: Progress | None = None) -> None:
        """Keep who listens."""
        self._listen = listen
        self._over = threading.Event()

    def cancel(self) -> None:
        """Let the work end at its next report."""
        self._over.set()

    def progress(self, message: str, share: float | None = None) -> None:
        """Report progress."""
        if self._over.is_set():
            raise Cancelled
        if self._listen:
            self._listen(message, share)


class Workroom:
    """Threads for reading and one for writing, and how many requests wait for them."""

    def __init__(self, threads: int, limits: Limits, refused: Callable[[], None]) -> None:
        """Start no thread yet; `refused` is called for each request that is refused."""
        self._readers = ThreadPoolExecutor(threads, "read")
        self._writer = ThreadPoolExecutor(1, "write")
        self._limits, self._most, self._refused = limits, threads + limits.waiting, refused
        self._lock, self._held = threading.Lock(), 0

    def close(self) -> None:
        """Drop what waits, and wait for what runs."""
        for pool in (self._readers, self._writer):
            pool.shutdown(cancel_futures=True)

    def start(self, task: Task[_T], job: Job, *, write: bool = False) -> "Future[_T]":
        """Start a task. Problem 429 if too many wait."""
        with self._lock:
            if self._held >= self._most:
                self._refused()
                raise Problem(429, "too many requests are waiting; try again in a moment", headers={"Retry-After": "1"})
            self._held += 1
        future = (self._writer if write else self._readers).submit(task, job.progress)
        future.add_done_callback(self._ended)
        return future

    def _ended(self, _: object) -> None:
        with self._lock:
            self._held -= 1

    async def run(self, request: Request, task: Task[_T], *, write: bool = False) -> _T:
        """Return what a task returns. A write that has started ends, also if its client has left."""
        job = Job()
        future = self.start(task, job, write=write)
        result = asyncio.wrap_future(future)
        gone = asyncio.ensure_future(_disconnected(request))
        both: set[asyncio.Future[Any]] = {result, gone}
        try:
            await asyncio.wait(both, timeout=self._limits.work_seconds, return_when=asyncio.FIRST_COMPLETED)
            if result.done():
                return result.result()
            if gone.done():
                raise Cancelled
            ends = "it may still be carried out" if write and future.running() else "it was given up"
            raise Problem(503, f"this took longer than {self._limits.work_seconds:g} seconds; {ends}")
        finally:
            gone.cancel()
            if not result.done():
                job.cancel()
                result.cancel()

    def stream(self, task: Task[str]) -> StreamingResponse:
        """Return an answer that streams the progress of a task, then its result or a problem, as server-sent events.

        The work is cancelled when the client closes the stream.
        """
        loop = asyncio.get_running_loop()
        told: asyncio.Queue[bytes] = asyncio.Queue(1_000)

        def put(event: bytes) -> None:
            with suppress(asyncio.QueueFull):  # progress may be lost, a result has a place of its own
                told.put_nowait(event)

        def listen(message: str, share: float | None = None) -> None:
            loop.call_soon_threadsafe(put, _event("progress", progress_row(message, share)))

        job = Job(listen)
        future = self.start(task, job)
        events = self._events(asyncio.wrap_future(future), told, job)
        return StreamingResponse(events, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})

    async def _events(self, result: "asyncio.Future[str]", told: "asyncio.Queue[bytes]", job: Job) -> AsyncIterator[bytes]:
        end = asyncio.get_running_loop().time() + self._limits.streamed_seconds
        try:
            yield _event("progress", progress_row("waiting", None))
            while not result.done():
                if asyncio.get_running_loop().time() > end:
                    late = f"this took longer than {self._limits.streamed_seconds:g} seconds; it was given up"
                    yield _event("problem", Problem(503, late).body().decode())
                    return
                next_event = asyncio.ensure_future(told.get())
                both: set[asyncio.Future[Any]] = {next_event, result}
                await asyncio.wait(both, timeout=_PAUSE, return_when=asyncio.FIRST_COMPLETED)
                if next_event.done():
                    yield next_event.result()
                else:
                    next_event.cancel()
            while not told.empty():
                yield told.get_nowait()
            yield _last(result)
        finally:
            job.cancel()
            result.cancel()


def progress_row(message: str, share: float | None) -> str:
    """Return progress as JSON."""
    return dumps({"message": message, "share": share})


def _last(result: "asyncio.Future[str]") -> bytes:
    try:
        return _event("result", result.result())
    except DedupError as error:
        return _event("problem", problem_of(error).body().decode())


def _event(name: str, data: str) -> bytes:
    """Return a server-sent event; JSON on one line needs no splitting."""
    return f"event: {name}\ndata: {data}\n\n".encode("utf-8", "backslashreplace")


async def _disconnected(request: Request) -> None:
    """Return when the client of a request, whose body was read, has left."""
    while True:
        message: Any = await request.receive()
        if message["type"] == "http.disconnect":
            return
