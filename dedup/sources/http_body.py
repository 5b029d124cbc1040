"""The body of an HTTP response as a crawler stored it: its codings are undone, and what is missing of it is told."""

import re
import zlib
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from dedup.sources import limits
from dedup.sources.common import MissingExtra
from dedup.sources.encoding import UTF8_BOM

_CHUNK = re.compile(rb"\s*([0-9a-fA-F]{1,16})[^\r\n]*\r?\n")
"""The line above a chunk: its size."""
_RANGE = re.compile(r"bytes\s+0-(\d+)/(\d+)")
_GZIP_MARK = b"\x1f\x8b"


class Body(NamedTuple):
    """A body without its codings, cut soon after `limits.PAGE_BYTES`."""

    data: bytes
    missing: str | None
    """How its end is missing; None if it is whole, as far as can be known."""


def whole_or_cut(stored: bytes, headers: Mapping[str, str], status: int | None) -> Body:
    """Return the body that a crawler `stored` with the HTTP `headers`. Raise ValueError if it is damaged.

    Some crawlers store bodies decoded under headers that still name the coding: such a body is returned as it is.
    """
    lower = {name.lower(): value.strip().lower() for name, value in headers.items()}
    data, missing = stored, None
    for coding in _codings(lower):
        if _is_decoded(data, coding):
            continue
        data, is_whole = _without(coding, data)
        if not is_whole and len(data) <= limits.PAGE_BYTES:
            missing = f"its coding ({coding}) breaks off"
    length = lower.get("content-length", "")
    is_stored_as_sent = data is not stored or not _codings(lower)
    if not missing and "chunked" not in _codings(lower) and is_stored_as_sent and length.isdecimal():
        missing = f"it has {len(stored):,} of {int(length[:18]):,} bytes" if len(stored) < int(length[:18]) else None
    if not missing and status == 206:
        part = _RANGE.match(lower.get("content-range", ""))
        missing = None if part and int(part[1]) + 1 >= int(part[2]) else "the server sent a part of it"
    return Body(data, missing)


def _codings(headers: Mapping[str, str]) -> list[str]:
    """The codings that were applied to a body for transfer, in the order in which they must be undone."""
    return [
        coding.strip()
        for name in ("transfer-encoding", "content-encoding")
        for coding in reversed(headers.get(name, "").split(","))
        if coding.strip() not in {"", "identity"}
    ]


def _is_decoded(data: bytes, coding: str) -> bool:
    """Whether a body was stored without the `coding` that its headers name."""
    if coding in {"gzip", "x-gzip"} and not data.startswith(_GZIP_MARK):
        return True
    return data.removeprefix(UTF8_BOM).lstrip()[:1] == b"<"


def _without(coding: str, data: bytes) -> tuple[bytes, bool]:
    """`data` without a coding, and whether it has its end."""
    undo = _UNDO.get(coding)
    if undo is None:
        raise ValueError(f"unknown coding {coding[:40]!r}")
    try:
        return undo(data)
    except ImportError as error:
        raise ValueError(str(MissingExtra("warc", error))) from error


def _dechunked(data: bytes) -> tuple[bytes, bool]:
    parts: list[bytes] = []
    at = 0
    while found := _CHUNK.match(data, at):
        size = int(found[1], 16)
        if size == 0:
            return b"".join(parts), True
        at = found.end() + size
        parts.append(data[found.end() : at])
    if not parts:
        raise ValueError("it has no chunks")
    return b"".join(parts), False


def _gunzipped(data: bytes) -> tuple[bytes, bool]:
    parts: list[bytes] = []
    left, is_whole = limits.PAGE_BYTES + 1, False
    while data.startswith(_GZIP_MARK) and left > 0:  # a body may be of several gzip files
        part, is_whole, data = _unpacked(zlib.decompressobj(zlib.MAX_WBITS | 16), data, left)
        parts.append(part)
        left -= len(part)
    return b"".join(parts), is_whole


def _inflated(data: bytes) -> tuple[bytes, bool]:
    """With a zlib header, as HTTP wants it, or without, as many servers send it."""
    for bits in (zlib.MAX_WBITS, -zlib.MAX_WBITS):
        with suppress(ValueError):
            return _unpacked(zlib.decompressobj(bits), data, limits.PAGE_BYTES + 1)[:2]
    return data, True


def _unpacked(layer: Any, data: bytes, most: int) -> tuple[bytes, bool, bytes]:
    """Up to `most` unpacked bytes, whether the end was reached, and what comes behind it."""
    try:
        return layer.decompress(data, most), layer.eof, layer.unused_data
    except zlib.error as error:
        raise ValueError(str(error)) from error


def _unbrotlied(data: bytes) -> tuple[bytes, bool]:
    import brotli  # noqa: PLC0415 an extra

    layer = brotli.Decompressor()
    try:
        found: bytes = layer.process(data, output_buffer_limit=limits.PAGE_BYTES + 1)
    except brotli.error as error:
        raise ValueError(str(error)) from error
    return found, layer.is_finished()


def _unzstd(data: bytes) -> tuple[bytes, bool]:
    from backports import zstd  # noqa: PLC0415 an extra

    layer = zstd.ZstdDecompressor()
    try:
        return layer.decompress(data, limits.PAGE_BYTES + 1), layer.eof
    except zstd.ZstdError as error:
        raise ValueError(str(error)) from error


_UNDO = {
    "chunked": _dechunked,
    "gzip": _gunzipped,
    "x-gzip": _gunzipped,
    "deflate": _inflated,
    "br": _unbrotlied,
    "zstd": _unzstd,
}
