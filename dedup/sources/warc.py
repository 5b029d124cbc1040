"""Web archives: WARC, one page, one document; WET, one text, one document."""

import io
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, BinaryIO

from dedup.errors import SourceError
from dedup.sources import html, limits
from dedup.sources.common import File, MissingExtra, Position, ReadContext, Record
from dedup.sources.declared import charset_of
from dedup.sources.encoding import decode
from dedup.sources.fields import make_record
from dedup.sources.http_body import Body, whole_or_cut
from dedup.sources.streams import read_up_to

_PAGE_TYPES = ("text/html", "application/xhtml+xml")
"""Content types of web pages."""
_START = re.compile(rb"WARC/\d+\.\d+[ \t]*\r?\n[\w-]+[ \t]*:")
"""The first line of a record, and the name of its first header."""


_BEGUN = re.compile(rb"\r?\n\r?\n(?:W|WA|WAR|WARC(?:/[\d.]*\s*[\w-]*)?)\Z")
"""A record that breaks off before the end of its first header's name."""
_LAST_BYTES = 64
"""Bytes at the end of a file that hold all of such a record."""


class _Forward:
    """The methods of a stream that FastWARC calls.

    An error while reading ends the stream and is kept in `error`, because FastWARC would crash the process with it.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self._offset = stream, 0
        self.last = b""
        """The last bytes that were read."""
        self.error: Exception | None = None

    def read(self, size: int = -1) -> bytes:
        try:
            data = b"" if self.error else self._stream.read(size)
        except (OSError, SourceError) as error:
            self.error, data = error, b""
        self._offset += len(data)
        self.last = (self.last + data[-_LAST_BYTES:])[-_LAST_BYTES:]
        return data

    def tell(self) -> int:
        return self._offset

    def seek(self, offset: int, whence: int = 0) -> int:  # noqa: ARG002 the protocol's
        raise io.UnsupportedOperation("seek")

    def close(self) -> None:
        pass


class Warc:
    """Web pages that a crawler fetched (responses and resources), and texts that were made of them (conversions)."""

    name = "warc"
    suffixes = frozenset({".warc", ".wet"})

    def accepts(self, name: str, head: bytes) -> bool:  # noqa: ARG002 the protocol's
        """Return whether the first bytes are those of a web archive."""
        return _START.match(head) is not None

    def records(self, file: File, stream: BinaryIO, context: ReadContext) -> Iterator[Record]:
        """Yield a record for each page, with its URL as id, up to the place where the file is damaged."""
        try:
            from fastwarc.warc import ArchiveIterator, WarcRecordType  # noqa: PLC0415 an extra
        except ImportError as error:
            raise MissingExtra("warc", error) from error
        # A record whose headers are cut off or damaged has no known type.
        types = WarcRecordType.response | WarcRecordType.resource | WarcRecordType.conversion | WarcRecordType.unknown
        left_out: Counter[str] = Counter()
        at = Position(file, context)
        number = 0
        forward = _Forward(stream)
        try:
            for captured in ArchiveIterator(forward, record_types=types, parse_http=True, auto_decode="none"):
                number += 1
                try:
                    record = _record(captured, at._replace(number=number - 1), left_out)
                except (OSError, ValueError, EOFError) as error:
                    if forward.error or (isinstance(error, OSError) and error.errno is not None):
                        raise
                    page = captured.headers.get("WARC-Target-URI", f"record {number}")
                    at.skip("damaged-file", f"{page} cannot be unpacked: {error}", "page skipped")
                    continue
                if record:
                    yield record
            if _BEGUN.search(forward.last):  # FastWARC passes over a record that has not even one header
                raise ValueError("the last one is cut off")
        except (OSError, ValueError, EOFError) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise
            at.stop("damaged-file", f"damaged after {number:,} records: {error}")
        if forward.error:
            raise forward.error
        for reason, count in sorted(left_out.items()):
            at.warn("other-format", f"records left out, {reason}: {count:,}")


def _record(captured: Any, at: Position, left_out: Counter[str]) -> Record | None:
    """The document of a WARC record; None if it has none, with a notice or counted in `left_out` under the reason."""
    from fastwarc.warc import WarcRecordType  # noqa: PLC0415 an extra

    if "Content-Length" not in captured.headers:
        raise ValueError("its headers are cut off or damaged")
    url = captured.headers.get("WARC-Target-URI", "").strip("<>") or None
    content_type = captured.http_content_type or captured.headers.get("Content-Type") or ""
    content_type = content_type.partition(";")[0].strip().lower()
    status = captured.http_headers.status_code if captured.http_headers else None
    if status is not None and not 200 <= int(status) < 300:
        left_out["HTTP errors and redirections"] += 1
        return None
    is_text = content_type == "text/plain" and status is None
    if captured.record_type == WarcRecordType.unknown or (not is_text and content_type not in _PAGE_TYPES):
        left_out["no web pages"] += 1
        return None
    label = url or f"record {at.number + 1}"
    body = _body(captured, label, at)
    if body is None:
        return None
    if not is_text:
        return html.article(body, at._replace(file=at.file._replace(part=label)), url, _charset(captured))
    text = decode(body, lambda code, message: at.warn(code, f"{label}: {message}"))
    if not text.strip():
        left_out["without text"] += 1
        return None
    return make_record(text, {"url": url} if url else {}, {}, at, url)


def _charset(captured: Any) -> str | None:
    """The encoding that the server stated for a WARC record, or the crawler for one without HTTP."""
    headers = (captured.http_headers or captured.headers).asdict()
    return next((charset_of(value) for name, value in headers.items() if name.lower() == "content-type"), None)


def _body(captured: Any, label: str, at: Position) -> bytes | None:
    """The unpacked body of a WARC record; None, with a notice, if it is cut off or too large."""
    body: bytes = read_up_to(captured.reader, limits.PAGE_BYTES + 1)
    http = captured.http_headers
    if len(body) < min(captured.content_length, limits.PAGE_BYTES):
        reason = f"{label} is cut off after {len(body):,} of {captured.content_length:,} bytes"
        at.skip("damaged-file", reason, "page skipped")
        return None
    unpacked = whole_or_cut(body, http.asdict(), http.status_code) if http else Body(body, None)
    if len(unpacked.data) > limits.PAGE_BYTES:
        at.skip("too-large", f"{label} has more than {limits.PAGE_BYTES >> 20} MiB", "page skipped")
        return None
    if missing := _missing(captured.headers) or unpacked.missing:
        at.skip("cut-off", f"{label} is cut off: {missing}", "what there is of it is read")
    return unpacked.data


def _missing(headers: Any) -> str | None:
    """What the archive itself says is missing of a record."""
    if cause := headers.get("WARC-Truncated"):
        return f"the crawler stopped ({cause.strip()[:40]})"
    if headers.get("WARC-Segment-Number"):
        return "its other parts are in records of their own"
    return None


WARC = Warc()
