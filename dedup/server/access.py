"""Who may ask: tokens and their scopes, and where a form or a script comes from.

A request that changes or sends something must not come from a page of another site: browsers state the origin of such requests.
"""

import time
from collections import OrderedDict
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Send
from starlette.types import Scope as AsgiScope

from dedup.server.guard import own_path
from dedup.server.options import ServerOptions
from dedup.server.problems import Problem
from dedup.server.server_file import Scope, ServerFile

COOKIE = "dedup_token"
"""The cookie in which a browser keeps its token. It is sent with requests of the own site only, and no script reads it."""
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_OPEN = ("/health", "/login", "/kept/")
"""Paths that need no token: a key that nobody can guess opens a kept result."""
_PEERS = 10_000
"""Addresses that are remembered for their wrong tokens."""
_MINUTE = 60.0


class Access:
    """An ASGI application around `app`."""

    def __init__(self, app: ASGIApp, options: ServerOptions, tokens: "TokenCheck") -> None:
        """Keep what the checks need."""
        self._app, self._options, self._tokens = app, options, tokens

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        """ToolAnswer a request that is allowed; raise Problem for any other."""
        if scope["type"] == "http":
            headers = Headers(scope=scope)
            if scope["method"] not in _SAFE and not self._is_own_page(headers):
                raise Problem(403, "this request comes from a page of another site, so it was not carried out")
            if self._options.token:
                try:
                    self._check_token(scope, headers)
                except Problem as problem:
                    if problem.status != 401 or scope["method"] != "GET" or "text/html" not in headers.get("accept", ""):
                        raise
                    await RedirectResponse(f"{scope.get('root_path', '')}/login", 303)(scope, receive, send)
                    return
        await self._app(scope, receive, send)

    def _is_own_page(self, headers: Headers) -> bool:
        """Whether a request comes from a page of this server, or from no page, as that of a program does."""
        origin = headers.get("origin")
        if origin in self._options.origins:
            return True
        site = headers.get("sec-fetch-site")
        if site is not None:
            return site in {"same-origin", "none"}
        return origin is None or urlsplit(origin).netloc.casefold() == headers.get("host", "").casefold()

    def _check_token(self, scope: AsgiScope, headers: Headers) -> None:
        path = own_path(scope)
        if path in _OPEN or path.startswith(_OPEN[-1]):
            return
        peer = str((scope.get("client") or ["?"])[0])
        token = token_in(headers)
        allowed = self._tokens.scope_of(token, peer) if token else None
        if allowed is None:
            raise Problem(401, _NO_TOKEN if token is None else _WRONG_TOKEN, headers={"WWW-Authenticate": "Bearer"})
        if allowed == "read" and needed_scope(scope["method"], path) == "write":
            raise Problem(403, "this token allows to read only; ask for one with the scope write")
        scope["state"]["token"] = allowed


_NO_TOKEN = "a token is needed: send it as Authorization: Bearer TOKEN, or log in at /login; `dedup token add` makes one"
_WRONG_TOKEN = "there is no such token, or it was revoked"


class TokenCheck:
    """The tokens of a server, and who sends wrong ones."""

    def __init__(self, options: ServerOptions) -> None:
        """Open nothing yet."""
        self._tokens = ServerFile(options.index)
        self._guesses = Guesses(options.limits.guesses)

    def scope_of(self, token: str, peer: str) -> Scope | None:
        """Return what a token allows. Problem for an address that has sent too many wrong ones."""
        self._guesses.check(peer)
        found = self._tokens.scope_of(token)
        if found is None:
            self._guesses.add(peer)
        return found


class Guesses:
    """Counts the wrong tokens of each address within a minute."""

    def __init__(self, most: int) -> None:
        """Allow `most` a minute."""
        self._most = most
        self._found: OrderedDict[str, list[float]] = OrderedDict()

    def check(self, peer: str) -> None:
        """Problem if the address has sent too many."""
        times = [at for at in self._found.get(peer, []) if at > time.monotonic() - _MINUTE]
        if len(times) >= self._most:
            wait = max(1, round(times[0] + _MINUTE - time.monotonic()))
            raise Problem(429, "too many wrong tokens; wait a minute", headers={"Retry-After": str(wait)})

    def add(self, peer: str) -> None:
        """Count a wrong token."""
        self._found[peer] = [*self._found.pop(peer, []), time.monotonic()][-self._most :]
        if len(self._found) > _PEERS:
            self._found.popitem(last=False)


def token_in(headers: Headers) -> str | None:
    """Return the token of a request: that of its Authorization header, or else that of its cookie."""
    kind, _, token = headers.get("authorization", "").partition(" ")
    if kind.casefold() == "bearer" and token.strip():
        return token.strip()
    try:
        cookie = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return None
    return cookie.value if cookie and cookie.value else None


def needed_scope(method: str, path: str) -> Scope:
    """Return the scope that a request needs: `write` for what changes the index."""
    return "write" if method not in _SAFE and path.startswith("/v1/documents") else "read"
