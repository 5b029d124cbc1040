"""Web archives: WARC, a page a document; the texts of a WET file as they are."""

import io
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, BinaryIO

from dedup.errors import SourceError
from dedup.sources import html
from dedup.sources.common import At, File, MissingExtra, Reader, Record, decode, suffix
from dedup.sources.fields import complete

_PAGES = ("text/html", "application/xhtml+xml")
_LARGEST = 1 << 25


class _Forward:
    """All of a stream that FastWARC needs; it ends where reading fails, because FastWARC would die of the exception."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self._place = stream, 0
        self.error: Exception | None = None

    def read(self, size: int = -1) -> bytes:
        try:
            data = b"" if self.error else self._stream.read(size)
        except (OSError, SourceError) as error:
            self.error, data = error, b""
        self._place += len(data)
        return data

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int, whence: int = 0) -> int:  # noqa: ARG002 the protocol's
        raise io.UnsupportedOperation("seek")

    def close(self) -> None:
        pass


class Warc:
    """Responses that are pages, and conversions to text."""

    name = "warc"

    def claims(self, name: str) -> bool:
        """Whether the name ends like one."""
        return suffix(name) in {".warc", ".wet"}

    def accepts(self, name: str, head: bytes) -> bool:  # noqa: ARG002 the protocol's
        """Whether it starts as one."""
        return head.startswith(b"WARC/")

    def records(self, file: File, stream: BinaryIO, reader: Reader) -> Iterator[Record]:
        """Yield a record a page, under its address; of a damaged file those before the damage."""
        try:
            from fastwarc.warc import ArchiveIterator, WarcRecordType  # noqa: PLC0415 an extra
        except ImportError as error:
            raise MissingExtra("warc", error) from error
        kinds = WarcRecordType.response | WarcRecordType.resource | WarcRecordType.conversion
        left: Counter[str] = Counter()
        number = 0
        forward = _Forward(stream)
        try:
            for record in ArchiveIterator(forward, record_types=kinds, parse_http=True, auto_decode="none"):
                number += 1
                try:
                    made = self._record(record, number - 1, file, reader, left)
                except (OSError, ValueError, EOFError) as error:
                    if forward.error or (isinstance(error, OSError) and error.errno is not None):
                        raise
                    why = f"{record.headers.get('WARC-Target-URI', f'record {number}')} cannot be unpacked: {error}"
                    At(file, reader).skip("damaged-file", why)
                    continue
                if made:
                    yield made
        except (OSError, ValueError, EOFError) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise
            At(file, reader).skip(
                "damaged-file", f"damaged after {number:,} records: {error}", "what stands before that is read"
            )
        if forward.error:
            raise forward.error
        for why, count in sorted(left.items()):
            records = "1 record" if count == 1 else f"{count:,} records"
            reader.notices.add("other-format", f"{file.place}: left out {records} {why}", path=file.path)

    @staticmethod
    def _record(record: Any, number: int, file: File, reader: Reader, left: Counter[str]) -> Record | None:
        """The document of a WARC record; None, counted in `left`, for what is none."""
        url = record.headers.get("WARC-Target-URI", "").strip("<>") or None
        kind = (record.http_content_type or record.headers.get("Content-Type") or "").partition(";")[0].strip().lower()
        status = record.http_headers.status_code if record.http_headers else None
        if status is not None and not 200 <= int(status) < 300:
            left["of pages that were not there (HTTP errors, redirections)"] += 1
            return None
        texts = kind == "text/plain" and status is None
        if not texts and kind not in _PAGES:
            left["that are no pages"] += 1
            return None
        body = record.reader.read(_LARGEST + 1)
        place = url or f"record {number + 1}"
        coded = _codings(record.http_headers.asdict()) if record.http_headers else []
        whole = len(body) >= min(record.content_length, _LARGEST)
        body = _decoded(body, coded) if whole else body
        if not whole or len(body) > _LARGEST:
            cut = f"is cut off after {len(body):,} of {record.content_length:,} bytes"
            wrong = f"is of more than {_LARGEST >> 20} MiB" if whole else cut
            At(file, reader).skip("too-large" if whole else "damaged-file", f"{place} {wrong}")
            return None
        if not texts:
            return html.article(body, At(file._replace(part=place), reader, number), url)
        text = decode(body, f"{file.place}: {place}", reader.notices, path=file.path)
        if not text.strip():
            left["without text"] += 1
            return None
        return complete(text, {"url": url} if url else {}, {}, At(file, reader, number), url)


def _codings(headers: Mapping[str, str]) -> list[str]:
    """How a body was packed for its way, the last first."""
    small = {name.lower(): value.lower() for name, value in headers.items()}
    return [
        coding.strip()
        for name in ("transfer-encoding", "content-encoding")
        for coding in reversed(small.get(name, "").split(","))
        if coding.strip() not in {"", "identity"}
    ]


def _decoded(body: bytes, codings: list[str]) -> bytes:
    """A body unpacked, to little more than `_LARGEST`; as it is where it was kept unpacked. ValueError, OSError if broken.

    The iterator would unpack it too, but all records behind a broken one would be lost with it.
    """
    from fastwarc import stream_io  # noqa: PLC0415 an extra

    for coding in codings:
        if coding == "deflate":
            body = _inflated(body)
            continue
        name = {"chunked": "Chunked", "gzip": "Gzip", "x-gzip": "Gzip", "br": "Brotli", "zstd": "Zstd"}.get(coding)
        if name is None:
            raise ValueError(f"packed as {coding[:40]!r}")
        if (name == "Gzip" and not body.startswith(b"\x1f\x8b")) or body.lstrip()[:1] == b"<":
            continue
        body = getattr(stream_io, f"{name}Reader")(io.BytesIO(body)).read(_LARGEST + 1)
    return body


def _inflated(body: bytes) -> bytes:
    for bits in (zlib.MAX_WBITS, -zlib.MAX_WBITS):  # as the standard says, and as many servers do
        with suppress(zlib.error):
            return zlib.decompressobj(bits).decompress(body, _LARGEST + 1)
    return body


SOURCE = Warc()
