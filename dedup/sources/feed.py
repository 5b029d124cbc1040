"""RSS and Atom: an entry a document."""

import io
from calendar import timegm
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, BinaryIO

from dedup.sources.common import At, File, MissingExtra, Reader, Record, suffix
from dedup.sources.fields import complete, dated, scalar
from dedup.sources.html import plain

_LARGEST = 1 << 28
"""Bytes of a feed, which must be read whole."""


class Feed:
    """Entries with their content, or if they have none, their summary."""

    name = "feed"

    def claims(self, name: str) -> bool:
        """Whether the name ends like one."""
        return suffix(name) in {".rss", ".atom", ".xml"}

    def accepts(self, name: str, head: bytes) -> bool:
        """Whether the name says so, or it starts like one."""
        start = head[:2000].lower()
        return self.claims(name) or (
            start.lstrip().startswith((b"<?xml", b"<rss", b"<feed"))
            and any(m in start for m in (b"<rss", b"<feed", b"<rdf:rdf"))
        )

    def records(self, file: File, stream: BinaryIO, reader: Reader) -> Iterator[Record]:
        """Yield a record an entry."""
        try:
            import feedparser  # noqa: PLC0415 an extra
        except ImportError as error:
            raise MissingExtra("html", error) from error
        data = stream.read(_LARGEST + 1)
        if len(data) > _LARGEST:
            At(file, reader).skip("too-large", f"a feed of more than {_LARGEST >> 20} MiB")
            return
        try:
            # HTML is turned into text below; cleaning it first would cost most of the time.
            found = feedparser.parse(io.BytesIO(data), sanitize_html=False, resolve_relative_uris=False)
        except (ValueError, TypeError, AttributeError, KeyError, LookupError, RecursionError) as error:
            At(file, reader).skip("damaged-file", f"no feed that can be read ({type(error).__name__})")
            return
        if not found.version and not found.entries:
            At(file, reader).skip("other-format", "neither RSS nor Atom")
            return
        if found.bozo and not isinstance(found.bozo_exception, feedparser.CharacterEncodingOverride):
            why = next(iter(str(found.bozo_exception).splitlines()), type(found.bozo_exception).__name__)[:100]
            At(file, reader).skip("damaged-file", f"a broken feed: {why}", "what stands before that is read")
        for number, entry in enumerate(found.entries):
            at = At(file, reader, number, number + 1)
            body = plain("\n".join(part.value for part in entry.get("content", ())) or entry.get("summary", ""))
            if not body.strip():
                At(file, reader).skip("missing-text", f"entry {number + 1} has no content and no summary", "skipped")
                continue
            known, name = _known(entry, found.feed, at)
            origins = {"outlet": "feed"} if "outlet" in known and not known.get("url") else {}
            yield complete(body, known, origins, at, name)


def _known(entry: Any, feed: Any, at: At) -> tuple[dict[str, Any], str | None]:
    stated = entry.get("published_parsed") or entry.get("updated_parsed")
    raw = entry.get("published") or entry.get("updated")
    time = dated(datetime.fromtimestamp(timegm(stated), UTC) if stated else raw, at) if stated or raw else None
    known = {
        "title": plain(entry.get("title", "")) or None,
        "url": scalar(entry.get("link")),
        "author": scalar(entry.get("author")),
        "published": time,
    }
    if not known["url"]:
        known["outlet"] = scalar(feed.get("title"))
    name = scalar(entry.get("id")) or scalar(entry.get("link"))
    return {field: value for field, value in known.items() if value}, name


SOURCE = Feed()
