"""What a server is started with. It reaches the worker processes as JSON in the environment."""

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from ipaddress import ip_address
from typing import Any, Self
from urllib.parse import urlsplit

import msgspec

from dedup.errors import UsageError
from dedup.server.limits import Limits

_VARIABLE = "DEDUP_SERVER_OPTIONS"


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """The index, who may ask, under which names, and with which settings of a newsroom."""

    index: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Settings of a newsroom (`dedup.judge.settings`), for every check that states no other."""
    outlet: str | None = None
    """The outlet of drafts that state none."""
    preset: str = "news"
    token: bool = False
    """Whether every request needs a token."""
    hosts: tuple[str, ...] = ()
    """Names under which the server may be addressed, beside its own address and localhost."""
    origins: tuple[str, ...] = ()
    """Web origins whose scripts may use the interface (CORS)."""
    root_path: str = ""
    """The prefix under which a reverse proxy serves it."""
    threads: int = 2
    """Threads of a worker that answer requests."""
    counters: str = ""
    """The folder in which workers count for `/metrics`."""
    limits: Limits = field(default_factory=Limits)

    def to_environment(self) -> None:
        """Put the options where the workers read them."""
        os.environ[_VARIABLE] = msgspec.json.encode(asdict(self)).decode()

    @classmethod
    def from_environment(cls) -> Self:
        """Return the options that the parent process put into the environment."""
        return msgspec.convert(msgspec.json.decode(os.environ[_VARIABLE]), cls)


def is_loopback(host: str) -> bool:
    """Return whether only this machine reaches the address `host`.

    >>> is_loopback("127.0.0.1"), is_loopback("0.0.0.0")
    (True, False)
    """
    try:
        return host == "localhost" or ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def needs_token(host: str, names: tuple[str, ...]) -> bool:
    """Return whether others than this machine can ask: the host, or a name of the server, is not its own loopback.

    >>> needs_token("127.0.0.1", ()), needs_token("127.0.0.1", ("news.example",)), needs_token("0.0.0.0", ())
    (False, True, True)
    """
    return not all(map(is_loopback, (host, *names)))


def checked_root_path(path: str) -> str:
    """Return the prefix of a reverse proxy without its last slash. UsageError if it is no path of a web address.

    >>> checked_root_path("/dedup/")
    '/dedup'
    """
    clean = path.rstrip("/")
    if clean and not (clean.startswith("/") and all(c.isascii() and (c.isalnum() or c in "/-_.~") for c in clean)):
        raise UsageError(f"--root-path {path!r}: write a path such as /dedup")
    return clean


def checked_origin(origin: str) -> str:
    """Return a web origin. UsageError if it is none: browsers send a scheme and a host, and no path.

    >>> checked_origin("https://desk.daily.example")
    'https://desk.daily.example'
    """
    parts = urlsplit(origin)
    if parts.scheme not in {"http", "https"} or not parts.netloc or origin != f"{parts.scheme}://{parts.netloc}":
        raise UsageError(f"--cors {origin!r}: write an origin such as https://desk.daily.example")
    return origin
