"""RSS and Atom: one entry, one document."""

import io
from collections.abc import Iterator
from typing import Any, BinaryIO

from dedup.sources import limits, markup
from dedup.sources.common import File, MissingExtra, Position, ReadContext, Record, suffix
from dedup.sources.fields import as_text, make_record, time_or_notice
from dedup.sources.streams import read_up_to


class Feed:
    """Entries of a feed. The text of an entry is its content, or its summary if it has none."""

    name = "feed"
    suffixes = frozenset({".rss", ".atom", ".xml"})

    def accepts(self, name: str, head: bytes) -> bool:
        """Return whether the suffix or the first bytes are those of a feed."""
        return suffix(name) in self.suffixes or markup.starts_feed(head)

    def records(self, file: File, stream: BinaryIO, context: ReadContext) -> Iterator[Record]:
        """Yield a record for each entry."""
        found = _parsed(stream, Position(file, context))
        for number, entry in enumerate(found.entries if found else ()):
            at = Position(file, context, number, number + 1)
            content = "\n".join(part.value for part in entry.get("content", ()))
            body = markup.fragment_text(content or entry.get("summary", ""))
            if not body.strip():
                Position(file, context).skip(
                    "missing-text", f"entry {number + 1} has no content and no summary", "entry skipped"
                )
                continue
            fields = _fields(entry, found.feed, at)
            origins = {"outlet": "feed"} if "outlet" in fields and not fields.get("url") else {}
            if "published" in fields and not entry.get("published"):
                origins["published"] = "feed: updated"
            yield make_record(body, fields, origins, at, as_text(entry.get("id")) or as_text(entry.get("link")))


def _parsed(stream: BinaryIO, at: Position) -> Any:
    """The feed as feedparser reads it; None, with a notice, if it is none. Raise `MissingExtra` without feedparser."""
    try:
        import feedparser  # noqa: PLC0415 an extra
    except ImportError as error:
        raise MissingExtra("html", error) from error
    data = read_up_to(stream, limits.FEED_BYTES + 1)
    if len(data) > limits.FEED_BYTES:
        at.skip("too-large", f"a feed of more than {limits.FEED_BYTES >> 20} MiB; split it")
        return None
    try:
        # `fragment_text` drops the markup; cleaning it first would take most of the time.
        found = feedparser.parse(io.BytesIO(data), sanitize_html=False, resolve_relative_uris=False)
    except (ValueError, TypeError, AttributeError, KeyError, LookupError, RecursionError) as error:
        at.skip("damaged-file", f"a damaged feed ({type(error).__name__})")
        return None
    if not found.version and not found.entries:
        at.skip("other-format", "neither RSS nor Atom")
        return None
    if found.bozo and not isinstance(found.bozo_exception, feedparser.CharacterEncodingOverride):
        reason = next(iter(str(found.bozo_exception).splitlines()), type(found.bozo_exception).__name__)[:100]
        at.stop("damaged-file", f"a damaged feed: {reason}")
    return found


def _fields(entry: Any, feed: Any, at: Position) -> dict[str, Any]:
    """What an entry states about its document; the outlet is the feed's title if the entry has no URL."""
    # As it is written: feedparser's own reader takes unknown zones for UTC, and the day from the day on which it reads.
    stated = entry.get("published") or dict.get(entry, "updated")
    fields = {
        "title": markup.fragment_text(entry.get("title", "")) or None,
        "url": as_text(entry.get("link")),
        "author": as_text(entry.get("author")),
        "published": time_or_notice(stated, at) if stated else None,
    }
    if not fields["url"]:
        fields["outlet"] = as_text(feed.get("title"))
    return {field: value for field, value in fields.items() if value}


FEED = Feed()
