"""HTTP/1.1 of uvicorn with h11, and two bounds that uvicorn lacks: open connections, and the time of a request's head.

h11 refuses what request smuggling is made of: two lengths, unknown codings, and names of headers that end with a space.
"""

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol

from dedup.server.limits import Limits


class BoundedProtocol(H11Protocol):
    """A connection that is closed if there are too many, or if the head of its first or next request takes too long."""

    limits = Limits()
    """Set once, when the server starts: uvicorn makes the connections."""
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn declares it
        """Count the connection, and start its clock."""
        super().connection_made(transport)
        if len(self.connections) > self.limits.connections:
            transport.abort()
            return
        self._deadline = self.loop.call_later(self.limits.head_seconds, self._close_if_idle)

    def data_received(self, data: bytes) -> None:
        """Start the clock with the first bytes of a request, and stop it once the head is there."""
        before = self.cycle
        super().data_received(data)
        if self.cycle is not before:
            self._stop()
        elif self._deadline is None and (self.cycle is None or self.cycle.response_complete):
            self._deadline = self.loop.call_later(self.limits.head_seconds, self._close_if_idle)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock."""
        self._stop()
        super().connection_lost(exc)

    def _stop(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _close_if_idle(self) -> None:
        self._deadline = None
        if not self.transport.is_closing() and (self.cycle is None or self.cycle.response_complete):
            self.transport.abort()
