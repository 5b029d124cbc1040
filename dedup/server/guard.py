"""The outermost layer of the server: it refuses what no route should see, adds the headers of every answer, and writes the log.

It refuses a Host header that does not name the server (a page elsewhere can make its own name lead here), a body that is too
large or too slow, and too many requests at a time. The log has a line of JSON a request, and no text, address or query of one.
"""

import asyncio
import re
import secrets
import sys
import time
import traceback
from collections.abc import MutableMapping
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dedup.report.json_values import dumps
from dedup.server.counters import Counters
from dedup.server.limits import Limits
from dedup.server.options import ServerOptions
from dedup.server.problems import PROBLEM_TYPE, Problem

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::[0-9]{1,5})?")
_STRICT = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # with no-referrer a browser would not say where a form comes from
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}
"""Headers of every answer that states none of its own."""


class Guard:
    """An ASGI application around `app`."""

    def __init__(self, app: ASGIApp, options: ServerOptions, counters: Counters) -> None:
        """Keep what the checks need."""
        self._app, self._limits, self._counters = app, options.limits, counters
        self._hosts = {host.casefold() for host in ("localhost", *options.hosts)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ToolAnswer a request."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return  # there are no web sockets
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = request_id
        answer = _Answer(send, request_id)
        began = time.perf_counter()
        self._counters.add("dedup_requests_in_progress")
        try:
            await self._answer(scope, receive, answer)
        except Problem as problem:
            await answer.problem(problem)
        except asyncio.CancelledError:
            raise
        except Exception as error:  # whatever a route did not expect
            _log_error(request_id, error)
            await answer.problem(Problem(500, "an error that the server did not expect; its log has the request id"))
        finally:
            seconds = time.perf_counter() - began
            self._counters.add("dedup_requests_in_progress", -1)
            self._counters.answered(own_path(scope), answer.status or 499, seconds)
            _log(scope, request_id, answer, seconds)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        if not self._is_own(headers.getlist("host"), scope):
            raise Problem(421, "this server has another name; whoever runs it can allow this one with --allow-host")
        length = headers.get("content-length", "")
        if length and "transfer-encoding" in headers:
            # A proxy that believes the one where the server believes the other would see other requests than the server.
            raise Problem(400, "both Content-Length and Transfer-Encoding are given", headers={"Connection": "close"})
        if length.isdecimal() and int(length[:18]) > self._limits.body:
            raise too_long(self._limits)
        await self._app(scope, _bounded(receive, self._limits), send)

    def _is_own(self, hosts: list[str], scope: Scope) -> bool:
        found = _HOST.fullmatch(hosts[0]) if len(hosts) == 1 else None
        if found is None:
            return False
        name = found[1].casefold().strip("[]")
        if name in self._hosts:
            return True
        try:  # no page can make an address lead elsewhere: the loopback's, and that of the socket, which may be a container's
            address = ip_address(name)
            return address.is_loopback or address == ip_address((scope.get("server") or ("",))[0])
        except ValueError:
            return False


def too_long(limits: Limits) -> Problem:
    """Return the problem of a body that is too large."""
    return Problem(413, f"the body of the request is larger than {limits.body:,} bytes; send less at a time")


def _bounded(receive: Receive, limits: Limits) -> Receive:
    """Receive the body, up to the limits of size and time."""
    loop = asyncio.get_running_loop()
    end, size, done = loop.time() + limits.body_seconds, 0, False

    async def bounded() -> Message:
        nonlocal size, done
        if done:
            return await receive()
        try:
            message = await asyncio.wait_for(receive(), max(end - loop.time(), 0.001))
        except TimeoutError:
            raise Problem(408, f"the body of the request did not arrive in {limits.body_seconds:g} seconds") from None
        size += len(message.get("body", b""))
        done = not message.get("more_body", False)
        if size > limits.body:
            raise too_long(limits)
        return message

    return bounded


class _Answer:
    """Sends an answer with the headers of every answer, and remembers its status and size."""

    def __init__(self, send: Send, request_id: str) -> None:
        self._send, self._request_id = send, request_id
        self.status, self.size = 0, 0

    async def __call__(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = list(message.get("headers", []))
            there = {name.lower() for name, _ in headers}
            headers += [(k.encode(), v.encode()) for k, v in _STRICT.items() if k.lower().encode() not in there]
            headers.append((b"X-Request-Id", self._request_id.encode()))
            message = {**message, "headers": headers}
        self.size += len(message.get("body", b""))
        await self._send(message)

    async def problem(self, problem: Problem) -> None:
        if self.status:
            return  # it is too late to say so
        body = problem.body(self._request_id)
        head = {"Content-Type": PROBLEM_TYPE, "Content-Length": str(len(body))} | problem.headers
        headers = [(name.encode(), value.encode("latin-1")) for name, value in head.items()]
        await self({"type": "http.response.start", "status": problem.status, "headers": headers})
        await self({"type": "http.response.body", "body": body})


def own_path(scope: Scope) -> str:
    """Return the path of a request without the prefix of a reverse proxy."""
    return str(scope["path"]).removeprefix(scope.get("root_path", ""))


def _log(scope: Scope, request_id: str, answer: _Answer, seconds: float) -> None:
    """Write a line about a request: its route, not its address, which may hold the key of a result or the id of a text."""
    route = scope.get("route")
    line = {
        "time": _now(),
        "event": "request",
        "request_id": request_id,
        "method": scope["method"],
        "route": getattr(route, "path", None),
        "status": answer.status,
        "bytes": answer.size,
        "seconds": round(seconds, 4),
        "client": (scope.get("client") or [None])[0],
        "token": scope["state"].get("token"),
    }
    log_line(line)


def _log_error(request_id: str, error: Exception) -> None:
    """Write where an error came from, without its message, which may quote a text."""
    frames = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)[-8:]]
    log_line({"time": _now(), "event": "error", "request_id": request_id, "error": type(error).__name__, "at": frames})


def log_line(row: dict[str, Any]) -> None:
    """Write a line of the log on standard error."""
    print(dumps(row), file=sys.stderr, flush=True)  # noqa: T201 it is the log


def _now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
