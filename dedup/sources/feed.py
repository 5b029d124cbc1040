"""RSS and Atom: one entry, one document."""

import io
import re
from collections.abc import Iterator
from itertools import chain
from typing import Any, BinaryIO

from dedup.sources import limits, markup
from dedup.sources.common import File, MissingExtra, Position, ReadContext, Record, suffix
from dedup.sources.declared import decode_feed
from dedup.sources.fields import as_text, make_record, registered_domain, time_or_notice
from dedup.sources.streams import read_up_to

_DECLARATION = re.compile(r"\A\s*<\?xml\b[^>]*\?>")
"""An XML declaration, whose encoding no longer holds for a text that is decoded."""
_OTHER_PREFIXES = ("media", "itunes", "googleplay", "dc", "dcterms")
_OTHER_PREFIX = re.compile(
    r"""xmlns:([\w.-]+)\s*=\s*["'][^"']{0,200}(?:/mrss/?|podcast-1\.0\.dtd|/dc/(?:elements/1\.1|terms)/)["']""", re.IGNORECASE
)
"""The prefixes of elements that describe a picture, a recording or a file, and how a feed gives them another one."""
_RENAMED = "other-"
"""How such elements are called before feedparser sees them, which would take them for the entry's own."""


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
            body = _body(entry, found.version)
            if not body.strip():
                Position(file, context).skip(
                    "missing-text", f"entry {number + 1} has no content and no summary", "entry skipped"
                )
                continue
            fields = _fields(entry, found.feed, found.version, at)
            origins = {"outlet": "feed"} if "outlet" in fields else {}
            if "published" in fields and not entry.get("published"):
                origins["published"] = "feed: updated"
            yield make_record(body, fields, origins, at, as_text(entry.get("id")) or as_text(entry.get("link")))


def _body(entry: Any, version: str) -> str:
    """The text of an entry: its content, or else its summary, or else what it says of its picture, film or recording."""
    contents = dict.fromkeys(_text(part, version) for part in entry.get("content", ()))
    summary = entry.get("summary_detail") or {"value": entry.get("summary", "")}
    others = ({"value": entry.get(f"{_RENAMED}{name}", "")} for name in ("description", "summary"))
    texts = chain(["\n\n".join(filter(None, contents))], (_text(part, version) for part in (summary, *others)))
    return next(filter(str.strip, texts), "")


def _text(part: Any, version: str) -> str:
    """The text of an element as feedparser has it: HTML, but in Atom plain text where its type says so."""
    kind, value = part.get("type", "text/html"), part.get("value") or ""
    if kind == "text/plain" and version.startswith("atom"):
        return markup.without_entities(value)
    # RSS has no types: what feedparser calls plain text is HTML without tags. Other types are pictures and programs.
    return markup.fragment_text(value) if kind.startswith("text/") or kind.endswith(("xml", "html")) else ""


def _with_others_renamed(feed: str) -> str:
    """Return `feed` with other names for the titles and texts that are not those of an entry itself."""
    prefixes = "|".join(map(re.escape, {*_OTHER_PREFIXES, *_OTHER_PREFIX.findall(feed)}))
    tags = rf"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|(</?)(?:{prefixes}):(?=(?:description|summary|subtitle|title)\b)"
    return re.sub(tags, lambda tag: f"{tag[1]}{_RENAMED}" if tag[1] else tag[0], feed, flags=re.DOTALL)


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
        text = decode_feed(data, at.warn, at.context.params.encoding)
        text = _with_others_renamed(_DECLARATION.sub("", text, count=1))
        # `fragment_text` drops the markup; cleaning it first would take most of the time.
        found = feedparser.parse(io.BytesIO(text.encode()), sanitize_html=False, resolve_relative_uris=False)
    except (ValueError, TypeError, AttributeError, KeyError, LookupError, RecursionError) as error:
        at.skip("damaged-file", f"a damaged feed ({type(error).__name__})")
        return None
    if not found.get("version") and not found.entries:  # of nothing, feedparser returns no version
        at.skip("other-format", "neither RSS nor Atom")
        return None
    if found.bozo and not isinstance(found.bozo_exception, feedparser.CharacterEncodingOverride):
        reason = next(iter(str(found.bozo_exception).splitlines()), type(found.bozo_exception).__name__)[:100]
        at.stop("damaged-file", f"a damaged feed: {reason}")
    return found


def _fields(entry: Any, feed: Any, version: str, at: Position) -> dict[str, Any]:
    """What an entry states about its document; the outlet is its source, or, if it has no URL, the feed's title."""
    # As it is written: feedparser's own reader takes unknown zones for UTC, and the day from the day on which it reads.
    stated = entry.get("published") or dict.get(entry, "updated")
    title = _text(entry.get("title_detail") or {"value": entry.get("title") or entry.get(f"{_RENAMED}title")}, version)
    fields = {
        "title": " ".join(title.split()) or None,
        "url": as_text(entry.get("link")),
        "author": as_text(entry.get("author")),
        "published": time_or_notice(stated, at) if stated else None,
    }
    fields["outlet"] = _publisher(entry.get("source") or {}) or (None if fields["url"] else as_text(feed.get("title")))
    return {field: value for field, value in fields.items() if value}


def _publisher(source: Any) -> str | None:
    """The outlet that an aggregator's feed names as the source of an entry: the domain of its address, or else its name."""
    address = as_text(source.get("href")) or as_text(source.get("link")) or as_text(source.get("id")) or ""
    domain = registered_domain(address) if address.startswith(("http:", "https:")) else None
    return domain or as_text(source.get("title"))


FEED = Feed()
