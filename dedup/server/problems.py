"""Errors of the server as problem details (RFC 9457): each says what went wrong and the way out."""

from collections.abc import Mapping
from http import HTTPStatus

from dedup.errors import DamagedError, DedupError, LockedError, SourceError, UsageError
from dedup.report.json_values import dumps

PROBLEM_TYPE = "application/problem+json"
CLOSES = frozenset({408, 413})
"""Statuses after which the connection is closed: the rest of a body may still be on its way."""


class Problem(DedupError):  # noqa: N818 as RFC 9457 calls it
    """A request that cannot be answered, its HTTP `status`, and `headers` of the answer."""

    def __init__(self, status: int, detail: str, *, headers: Mapping[str, str] | None = None) -> None:
        """Keep the status and the headers beside the message."""
        super().__init__(detail)
        self.status, self.detail = status, detail
        self.headers = dict(headers or {}) | ({"Connection": "close"} if status in CLOSES else {})

    def body(self, request_id: str = "") -> bytes:
        """Return the problem as JSON."""
        row = {"type": "about:blank", "title": status_title(self.status), "status": self.status, "detail": self.detail}
        return dumps(row | ({"request_id": request_id} if request_id else {})).encode("utf-8", "backslashreplace")


def status_title(status: int) -> str:
    """Return the name of an HTTP status.

    >>> status_title(421)
    'Misdirected Request'
    """
    return HTTPStatus(status).phrase


def problem_of(error: DedupError) -> Problem:
    """Return the problem that an error of dedup makes."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, LockedError):
        return Problem(503, "another process writes to the index; try again later", headers={"Retry-After": "5"})
    if isinstance(error, DamagedError):
        return Problem(503, "the index is damaged; `dedup index verify` on the server says how")
    if isinstance(error, SourceError):
        return Problem(503, "the index cannot be read or written at the moment; the log of the server says why")
    return Problem(422 if isinstance(error, UsageError) else 503, str(error))
