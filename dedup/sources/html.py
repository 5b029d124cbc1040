"""Web pages: the article's text, and what the page says of it (trafilatura finds both)."""

import logging
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from dedup.sources.common import At, File, MissingExtra, Reader, Record, mend, suffix
from dedup.sources.fields import complete, registered_domain
from dedup.sources.times import parse_time

for _name in ("trafilatura", "htmldate", "courlan"):
    logging.getLogger(_name).addHandler(logging.NullHandler())  # what they say of bad pages is said in our words

_START = re.compile(
    rb"\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--(?:(?!-->).){0,2000}-->\s*)*<(?:!doctype html|html|head|body|article)\b",
    re.I | re.S,
)
_LARGEST = 1 << 25
"""Bytes of a page; a browser would give up far earlier."""
_STATED = re.compile(
    rb"""<(?:meta|time)\b[^>]{0,300}?(?:article:published_time|datePublished|pubdate|publish[-_]?date|parsely-pub-date|"""
    rb"""dc\.date(?:\.issued)?|sailthru\.date)["'][^>]{0,300}>""",
    re.IGNORECASE,
)
_IN_DATA = re.compile(rb'"datePublished"\s*:\s*"([^"]{8,40})"')
_VALUE = re.compile(rb"""(?:content|datetime)\s*=\s*["']([^"']{8,40})["']""", re.IGNORECASE)


class Html:
    """A page, an article."""

    name = "html"

    def claims(self, name: str) -> bool:
        """Whether the name ends like a page's."""
        return suffix(name) in {".html", ".htm", ".xhtml"}

    def accepts(self, name: str, head: bytes) -> bool:
        """Whether the name says so, or it starts like one."""
        return self.claims(name) or _START.match(head) is not None

    def records(self, file: File, stream: BinaryIO, reader: Reader) -> Iterator[Record]:
        """Yield the page's article."""
        if record := article(stream.read(_LARGEST + 1), At(file, reader)):
            yield record


def article(page: bytes, at: At, url: str | None = None) -> Record | None:
    """Return the article of a page, or None, with a notice, where there is none. MissingExtra without trafilatura."""
    try:
        import trafilatura  # noqa: PLC0415 an extra
    except ImportError as error:
        raise MissingExtra("html", error) from error
    if len(page) > _LARGEST:
        at.skip("too-large", f"a page of more than {_LARGEST >> 20} MiB")
        return None
    found: Any = None
    why = "no article in this page"
    try:
        fast = at.reader.params.extraction == "fast"
        found = trafilatura.bare_extraction(page, url=url, fast=fast, include_comments=False, with_metadata=True)
    except (ValueError, TypeError, AttributeError, KeyError, LookupError, RecursionError, AssertionError) as error:
        why = f"no page that can be read ({type(error).__name__})"  # what broken pages make of lxml
    if found is None or not (found.text or "").strip():
        at.skip("no-article", why)
        return None
    known = {
        "title": found.title,
        "author": found.author,
        "url": url or found.url,
        "published": _published(page) or parse_time(found.date),
    }
    known = {field: mend(value) if isinstance(value, str) else value for field, value in known.items() if value}
    origins = dict.fromkeys(known, "page")
    address = known.get("url")
    if found.sitename and not (address and registered_domain(address)):
        known["outlet"], origins["outlet"] = mend(found.sitename), "page"
    return complete(found.text, known, origins, at, url)


def _published(page: bytes) -> object:
    """The time, to the minute, that a page states for machines; trafilatura tells the day alone."""
    for tag in _STATED.finditer(page):
        if (value := _VALUE.search(tag[0])) and (found := parse_time(value[1].decode("utf-8", "replace"))):
            return found
    for value in _IN_DATA.finditer(page):
        if found := parse_time(value[1].decode("utf-8", "replace")):
            return found
    return None


def plain(fragment: str) -> str:
    """Return the text of a piece of HTML, a paragraph a block. MissingExtra without lxml."""
    try:
        from lxml import etree, html  # noqa: PLC0415 an extra
    except ImportError as error:
        raise MissingExtra("html", error) from error
    if "<" not in fragment:
        return fragment
    try:
        tree = html.fromstring(f"<div>{fragment}</div>")
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


_BLOCKS = frozenset(
    "p div section article blockquote h1 h2 h3 h4 h5 h6 ul ol li table tr figure figcaption pre".split()  # noqa: SIM905 reads better
)

SOURCE = Html()
