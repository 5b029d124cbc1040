"""HTML and XML: what the first bytes are, which parts of a tree are no words of its text, and the text of a fragment."""

import html
import re
from typing import Any

from dedup.sources.common import MissingExtra

_PAGE = re.compile(
    rb"\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--(?:(?!-->).){0,2000}-->\s*)*<(?:!doctype html|html|head|body|article)\b",
    re.I | re.S,
)
"""The start of a web page, after an XML declaration and comments if there are any."""
_FEED_BYTES = 2000
"""Bytes at the start of a feed that hold its first tag, after comments and processing instructions."""
_BLOCKS = frozenset(
    (  # noqa: SIM905 reads better
        "address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption figure footer form"
        " h1 h2 h3 h4 h5 h6 header hgroup hr legend li listing main menu nav ol optgroup option p pre search section summary"
        " table caption tbody thead tfoot tr ul"
    ).split()
)
"""Elements that browsers show on lines of their own (HTML Standard, 15.3)."""
_CELLS = frozenset({"td", "th"})
_READINGS = frozenset({"rt", "rp", "rtc"})
"""Readings over words (ruby), and the brackets around them for browsers that show no readings."""
_GLUED = (_BLOCKS | _CELLS) - {"blockquote", "dl", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "ol", "p", "pre", "ul"}
"""Blocks and cells whose words trafilatura joins to those around them. It takes the others apart, and repeats some of them
where there is a space before them."""
_APART = "|".join(sorted(_GLUED))
_INLINE = "a|b|em|i|font|small|span|strong|u"
_UNTIDY = re.compile(
    rf"<(?:(?:rt|rp|rtc|sup)\b|(?<=[^\s>]<)(?:{_APART})\b|/(?:(?:{_APART})>(?:[^\s<]|<(?:{_INLINE})\b)|(?:{_INLINE})><(?:{_APART})\b))",
    re.IGNORECASE,
)
_UNSEEN = re.compile(r"\shidden(?=[\s=>/])|display\s*:\s*none", re.IGNORECASE)
"""What `tidy` may have something to do with. Both are searched for, because most pages have none of it."""
_IS_HIDDEN = (
    "self::*[(@hidden and not(translate(@hidden, 'UNTILFOD', 'untilfod') = 'until-found'))"
    " or contains(translate(@style, 'DISPLAYNOE \t', 'displaynoe'), 'display:none')]"
)
"""Matches an element that no browser shows."""
_HIDDEN = _IS_HIDDEN.replace("self::", "descendant::", 1)
_NOTE_MARK = re.compile(r"[\[(]?(?:\d{1,3}|[a-z]|[*†‡§]{1,3})(?:\s*[,–-]\s*\d{1,3})*[\])]?")
"""The mark of a footnote; also an exponent, and the end of an ordinal number in some languages."""
_WORD_BEFORE_NOTE = re.compile(r"(?:[^\W\d_]{3}|[^\w\s])\Z")
"""What a footnote follows. After a digit, or a unit such as m or km, it is an exponent."""
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_ESCAPED_TAG = re.compile(r"</(?:p|div|a|b|i|em|strong|span|li|ul|h[1-6])>|<br ?/?>", re.IGNORECASE)


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


def is_untidy(page: str) -> bool:
    """Return whether `tidy` may have something to do in a page."""
    unseen = any(word in page for word in ("hidden", "display", "HIDDEN", "DISPLAY"))  # far faster than the pattern
    return _UNTIDY.search(page) is not None or (unseen and _UNSEEN.search(page) is not None)


def tidy(tree: Any) -> None:
    """Remove from a tree of lxml what is no word of its text, and set a space between words that browsers show apart.

    What is removed are readings over words, and what is hidden, unless most of the text is: a script shows it then. A space is
    set around the blocks and cells that need it, and before the mark of a footnote.
    """
    for element in list(tree.iter(*_READINGS)):
        element.drop_tree()
    hidden = tree.xpath(_HIDDEN)
    if hidden and 2 * sum(map(_length, hidden)) <= _length(tree):
        for element in hidden:
            if element.getparent() is not None:
                element.drop_tree()
    for element in tree.iter(*_GLUED):
        _set_apart(element)
    for element in tree.iter("sup"):
        before = _text_before(element)
        if _NOTE_MARK.fullmatch(element.text_content().strip()) and _WORD_BEFORE_NOTE.search(before):
            _space_before(element)


def is_unseen(element: Any) -> bool:
    """Return whether an element, or one that it is in, is shown by no browser."""
    return any(each.xpath(_IS_HIDDEN) for each in (element, *element.iterancestors()))


def _length(tree: Any) -> int:
    """Characters of a tree's paragraphs, or, if it has none, of its text."""
    return sum(len(paragraph.text_content()) for paragraph in tree.iter("p")) or len(tree.text_content())


def _set_apart(element: Any) -> None:
    """Set a space before and behind a block, where there is text and no space."""
    if _text_before(element)[-1:].strip():
        _space_before(element)
    tail = element.tail
    if tail:
        if not tail[0].isspace():
            element.tail = f" {tail}"
        return
    following = element.getnext()
    if (
        following is not None
        and isinstance(following.tag, str)
        and following.tag not in _BLOCKS
        and following.tag not in _CELLS
    ):
        element.tail = " "


def _text_before(element: Any) -> str:
    """The text just before an element, in its parent or in the inline element before it."""
    previous = element.getprevious()
    if previous is None:
        parent = element.getparent()
        return "" if parent is None else parent.text or ""
    if previous.tail:
        return str(previous.tail)
    if not isinstance(previous.tag, str) or previous.tag in _BLOCKS or previous.tag in _CELLS:
        return ""
    return str(previous.text_content())


def _space_before(element: Any) -> None:
    previous = element.getprevious()
    if previous is not None:
        previous.tail = f"{previous.tail or ''} "
    elif (parent := element.getparent()) is not None:
        parent.text = f"{parent.text or ''} "


def without_entities(text: str) -> str:
    """Return `text` with its entities resolved, also those that were escaped twice. An ampersand of the author stays.

    >>> without_entities("R&amp;D &amp;#8217; &D; AT&T")
    'R&D ’ &D; AT&T'
    """
    for _ in range(2):
        if "&" not in text:
            break
        text = _ENTITY.sub(lambda entity: html.unescape(entity[0]), text)
    return text


def fragment_text(fragment: str) -> str:
    """Return the text of a fragment of HTML, blocks as paragraphs. Raise `MissingExtra` if lxml is not installed."""
    text = without_entities(_tree_text(fragment) if "<" in fragment else fragment)
    # Some programs escape their HTML twice.
    return without_entities(_tree_text(text)) if _ESCAPED_TAG.search(text) else text


def _tree_text(fragment: str) -> str:
    """The text of a fragment of HTML, blocks as paragraphs."""
    try:
        from lxml import etree  # noqa: PLC0415 an extra
        from lxml import html as lxml_html  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtra("html", error) from error
    try:
        tree = lxml_html.fromstring(without_endless_tags(f"<div>{fragment}</div>"))
    except (etree.ParserError, ValueError):
        return ""
    tidy(tree)
    parts: list[str] = []
    for event, element in etree.iterwalk(tree, events=("start", "end", "comment", "pi")):
        if event in {"comment", "pi"}:
            parts.append(element.tail or "")
            continue
        gap = "\n\n" if element.tag in _BLOCKS else " " if element.tag in _CELLS else ""
        if event == "start":
            text = "" if element.tag in {"script", "style", "template"} else element.text or ""
            parts += [gap or ("\n" if element.tag == "br" else ""), text]
        else:
            parts += [gap, element.tail or ""]
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
