"""HTML and XML: what the first bytes are, and the text of a fragment."""

import re

from dedup.sources.common import MissingExtra

_PAGE = re.compile(
    rb"\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--(?:(?!-->).){0,2000}-->\s*)*<(?:!doctype html|html|head|body|article)\b",
    re.I | re.S,
)
"""The start of a web page, after an XML declaration and comments if there are any."""
_FEED_BYTES = 2000
"""Bytes at the start of a feed that hold its first tag, after comments and processing instructions."""
_BLOCKS = frozenset(
    "p div section article blockquote h1 h2 h3 h4 h5 h6 ul ol li table tr figure figcaption pre".split()  # noqa: SIM905 reads better
)
"""Elements that are paragraphs of their own."""


_LONG_TAG = re.compile(r"<([A-Za-z][^\s<>/]{0,100})([^<>]{20000,})>")
"""A start tag of more than 20,000 characters: its name, and its attributes."""
_ATTRIBUTES = 1000
"""Attributes of a tag, at the most. libxml2 compares each with all others: 40,000 take a minute."""


def without_endless_tags(page: str) -> str:
    """Return `page` without the attributes of tags that have too many; their text is kept."""

    def mended(tag: re.Match[str]) -> str:
        return tag[0] if len(tag[2].split(None, _ATTRIBUTES)) <= _ATTRIBUTES else f"<{tag[1]}>"

    return _LONG_TAG.sub(mended, page)


def starts_page(head: bytes) -> bool:
    """Return whether the first bytes `head` are those of a web page."""
    return _PAGE.match(head) is not None


def starts_feed(head: bytes) -> bool:
    """Return whether the first bytes `head` are those of an RSS or Atom feed."""
    start = head[:_FEED_BYTES].lower()
    declared = start.lstrip().startswith((b"<?xml", b"<rss", b"<feed"))
    return declared and any(tag in start for tag in (b"<rss", b"<feed", b"<rdf:rdf"))


def fragment_text(fragment: str) -> str:
    """Return the text of a fragment of HTML, blocks as paragraphs. Raise `MissingExtra` if lxml is not installed."""
    try:
        from lxml import etree, html  # noqa: PLC0415 an extra
    except ImportError as error:
        raise MissingExtra("html", error) from error
    if "<" not in fragment:
        return fragment
    try:
        tree = html.fromstring(without_endless_tags(f"<div>{fragment}</div>"))
    except (etree.ParserError, ValueError):
        return ""
    parts: list[str] = []
    for event, element in etree.iterwalk(tree, events=("start", "end", "comment")):
        if event == "comment" or element.tag in {"script", "style"}:
            element.text = None
        if event == "start":
            parts += ["\n\n" if element.tag in _BLOCKS else "\n" if element.tag == "br" else "", element.text or ""]
        else:
            parts += ["\n\n" if element.tag in _BLOCKS else "", element.tail or ""]
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
