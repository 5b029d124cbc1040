"""What the workers of a server count, for `/metrics`, in the text format of Prometheus (version 0.0.4).

Each of several workers writes its numbers into a small file of its own, and whoever is asked adds up all files: so the answer
is that of the whole server, and what a worker has counted that died since stays counted.
"""

import mmap
import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_ROUTES = ("check", "documents", "stories", "pages", "kept", "other")
_CLASSES = ("2xx", "3xx", "4xx", "5xx")
_BOUNDS = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
"""Upper bounds in seconds of the classes of the histogram."""
_REQUESTS = [f'dedup_requests_total{{route="{route}",status="{status}"}}' for route in _ROUTES for status in _CLASSES]
_SECONDS = [f'dedup_request_seconds_bucket{{route="check",le="{bound:g}"}}' for bound in (*_BOUNDS, float("inf"))]
_SUMS = ['dedup_request_seconds_sum{route="check"}', 'dedup_request_seconds_count{route="check"}']
_OTHERS = ("dedup_refused_total", "dedup_documents_added_total", "dedup_documents_removed_total", "dedup_requests_in_progress")
_NAMES: Final = [*_REQUESTS, *(name.replace("inf", "+Inf") for name in _SECONDS), *_SUMS, *_OTHERS]
_SIZE = 8 * len(_NAMES)
_PLACE = {name: 8 * at for at, name in enumerate(_NAMES)}
_HELP = {
    "dedup_requests_total": ("counter", "Requests answered, by kind and by class of status."),
    "dedup_request_seconds": ("histogram", "Seconds until a check was answered."),
    "dedup_refused_total": ("counter", "Requests refused because too many were waiting."),
    "dedup_documents_added_total": ("counter", "Documents added to the index, or replaced in it."),
    "dedup_documents_removed_total": ("counter", "Documents removed from the index."),
    "dedup_requests_in_progress": ("gauge", "Requests that are being answered."),
}


class Counters:
    """The numbers of this worker, in `folder`, or in memory if it is the only one."""

    def __init__(self, folder: str = "") -> None:
        """Make the file of this process."""
        self._folder = Path(folder) if folder else None
        if self._folder is None:
            self._numbers = mmap.mmap(-1, _SIZE)
            return
        with (self._folder / f"{os.getpid()}.counters").open("w+b") as file:
            file.truncate(_SIZE)
            self._numbers = mmap.mmap(file.fileno(), 0)

    def add(self, name: str, number: float = 1) -> None:
        """Add to a number."""
        at = _PLACE[name]
        (before,) = struct.unpack_from("d", self._numbers, at)
        struct.pack_into("d", self._numbers, at, before + number)

    def answered(self, path: str, status: int, seconds: float) -> None:
        """Count a request."""
        route = _route(path)
        self.add(f'dedup_requests_total{{route="{route}",status="{min(max(status // 100, 2), 5)}xx"}}')
        if route == "check":
            for bound in _BOUNDS:
                if seconds <= bound:
                    self.add(f'dedup_request_seconds_bucket{{route="check",le="{bound:g}"}}')
            self.add('dedup_request_seconds_bucket{route="check",le="+Inf"}')
            self.add(_SUMS[0], seconds)
            self.add(_SUMS[1])

    def exposition(self) -> str:
        """Return the numbers of all workers as Prometheus reads them."""
        sums = dict.fromkeys(_NAMES, 0.0)
        for data, is_alive in self._files() if self._folder else [(self._numbers[:], True)]:
            for name, number in zip(_NAMES, struct.unpack(f"{len(_NAMES)}d", data), strict=True):
                if is_alive or name != _OTHERS[-1]:
                    sums[name] += number
        return "".join(_lines(sums))

    def _files(self) -> Iterator[tuple[bytes, bool]]:
        """Yield the numbers of each worker, and whether it is alive."""
        assert self._folder is not None
        for path in sorted(self._folder.glob("*.counters")):
            data = path.read_bytes()
            if len(data) == _SIZE:  # that of a worker that has just started may be empty
                yield data, _is_alive(int(path.stem))


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except OSError:
        return False
    return True


def _lines(numbers: dict[str, float]) -> Iterator[str]:
    for metric, (kind, words) in _HELP.items():
        yield f"# HELP {metric} {words}\n# TYPE {metric} {kind}\n"
        for name, number in numbers.items():
            if name.partition("{")[0].removesuffix("_bucket").removesuffix("_sum").removesuffix("_count") == metric:
                yield f"{name} {number:g}\n"


def _route(path: str) -> str:
    """Return the kind of a request, of which there are few: an address may hold anything."""
    first, _, rest = path.lstrip("/").partition("/")
    if first == "v1":
        kind = rest.partition("/")[0]
        return kind if kind in {"check", "documents", "stories"} else "other"
    if first in {"check", "kept"}:
        return first
    return "pages" if first in {"", "archive", "document", "story", "login"} else "other"
