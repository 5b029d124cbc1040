"""The encoding of a page or a feed: what it declares, as browsers take it, else what its bytes show. What is a guess is told.

The order is that of the HTML Standard ("determining the character encoding"): byte order mark, HTTP header, `<meta>`, XML
declaration, and then a guess. Two departures from it, each told in a notice, because a browser has a reader who sees mojibake:
text that is nearly all valid UTF-8 is read as UTF-8, whatever was declared; and text that declares UTF-8 and is hardly ever
that is read as what it seems to be.
"""

import codecs
import re
from collections.abc import Callable, Iterator

from dedup.sources.encoding import (
    READ_AS_U_FFFD,
    Decoded,
    codec_of,
    decode_as,
    encoding_named,
    guessed_utf16,
    invalid_bytes,
    marked_encoding,
    utf16_without_mark,
)

_HEAD_BYTES = 1 << 16
"""Bytes at the start of a page that hold its head. The standard asks for 1,024; browsers look further, and so must we."""
_HEAD_TAG = re.compile(
    rb"<!--.*?(?:-->|\Z)"
    rb"|<(?P<raw>script|style|title|noscript|textarea)\b.*?(?:</(?P=raw)\b|\Z)"
    rb"|<meta[\s/](?P<meta>(?:[^>\"']|\"[^\"]{0,1000}\"|'[^']{0,1000}'){0,1000})>"
    rb"|(?P<body><body\b)",
    re.I | re.S,
)
_ATTRIBUTE = re.compile(rb"([^\s/=>\"']+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([^\s\"';]+)", re.I)
_XML_ENCODING = re.compile(rb"\s*<\?xml\b[^>]{0,200}?\sencoding\s*=\s*[\"']([^\"']{1,100})[\"']")
_LANGUAGE = re.compile(rb"<html\b[^>]{0,500}?\blang\s*=\s*[\"']?([a-z]{2})\b", re.I)
_TAGS = re.compile(rb"<(script|style)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)|<[^<>]*>", re.I | re.S)
_GUESSED_BYTES = 1 << 15
"""Bytes of a page's text, without its tags, from which its encoding is guessed."""
_FEW_ERRORS = 3
"""Fewer errors than this are slips in a page that declares UTF-8, however little else of it shows that it is UTF-8."""
_STATEFUL = frozenset({"iso-2022-jp", "iso2022_kr", "hz"})
"""Encodings that write everything in ASCII bytes."""
_GUESSES = (
    *("windows-1252", "windows-1251", "windows-1250", "windows-1253", "windows-1254", "windows-1255", "windows-1256"),
    *("windows-1257", "windows-874", "koi8-r", "iso-8859-2", "shift_jis", "euc-jp", "gbk", "big5", "euc-kr"),
)
"""What an undeclared page may be: the encodings that browsers fall back to."""
_LATIN = frozenset({"windows-1250", "windows-1252", "windows-1254", "windows-1257", "iso-8859-2"})
"""Those of Latin letters, which short texts do not distinguish; the page's language does."""
_BY_LANGUAGE = {
    **dict.fromkeys(("bs", "cs", "hr", "hu", "pl", "ro", "sk", "sl", "sq"), "windows-1250"),
    **dict.fromkeys(("da", "de", "en", "es", "fi", "fr", "is", "it", "nl", "no", "nb", "nn", "pt", "sv", "ca"), "windows-1252"),
    **dict.fromkeys(("az", "ku", "tr"), "windows-1254"),
    **dict.fromkeys(("et", "lt", "lv"), "windows-1257"),
}
"""By language of a page in Latin letters, the encoding that browsers fall back to."""

Warn = Callable[[str, str], None]
"""What takes the code and the message of a notice."""


def decode_page(page: bytes, warn: Warn, stated: str | None = None, fallback: str | None = None) -> str:
    """Return a web page as text.

    `stated` is the charset in the HTTP header, if there was one; `fallback` is the encoding of a page that declares none.
    """
    return _decode(page, _page_labels(page, stated), warn, fallback)


def decode_feed(feed: bytes, warn: Warn, fallback: str | None = None) -> str:
    """Return a feed as text. `fallback` is the encoding of a feed that declares none."""
    return _decode(feed, _xml_labels(feed), warn, fallback)


def charset_of(content_type: str) -> str | None:
    """Return the charset in a `Content-Type`, if it names one.

    >>> charset_of('text/html; charset="Shift_JIS"')
    'Shift_JIS'
    """
    found = _CHARSET.search(content_type.partition(";")[2].encode("ascii", "replace"))
    return found[1].decode() if found else None


def _page_labels(page: bytes, stated: str | None) -> Iterator[str]:
    """The names of encodings that a page declares, the most binding first."""
    if stated:
        yield stated
    for tag in _HEAD_TAG.finditer(page, 0, _HEAD_BYTES):
        if tag["body"]:
            break
        if tag["meta"] and (label := _meta_label(tag["meta"])):
            yield label
    yield from _xml_labels(page)


def _meta_label(attributes: bytes) -> str | None:
    """The name of an encoding that a `<meta>` with these attributes declares."""
    named = {name.lower(): quoted or single or bare for name, quoted, single, bare in _ATTRIBUTE.findall(attributes)}
    label = named.get(b"charset")
    if label is None and named.get(b"http-equiv", b"").strip().lower() == b"content-type":
        found = _CHARSET.search(named.get(b"content", b""))
        label = found[1] if found else None
    if label is None:
        return None
    name = label.decode("ascii", "replace").strip()
    # The page's tags could be read as bytes, so that it is not UTF-16. The standard says so, too.
    return "utf-8" if name.lower().startswith(("utf-16", "utf16")) else name


def _xml_labels(document: bytes) -> Iterator[str]:
    """The name of the encoding in an XML declaration, if there is one."""
    if (found := _XML_ENCODING.match(document)) and not found[1].lower().startswith((b"utf-16", b"utf16")):
        yield found[1].decode("ascii", "replace").strip()


def _decode(data: bytes, labels: Iterator[str], warn: Warn, fallback: str | None) -> str:
    """`data` as text, in the encoding of its byte order mark, else of the first of `labels` that is known, else a guess."""
    if marked := marked_encoding(data):
        return _told(decode_as(data, marked), marked, warn)
    unknown: list[str] = []
    name = None
    for label in labels:
        if name := encoding_named(label):
            break
        unknown.append(label)
    if unknown and not name:
        warn("guessed-encoding", f"it declares the encoding {unknown[0][:40]!r}, which is unknown")
    if name is None and (name := utf16_without_mark(data)):
        warn("guessed-encoding", guessed_utf16(name))
    fallback = encoding_named(fallback) if fallback else None
    if fallback in _STATEFUL:
        name = name or fallback
    as_utf8 = decode_as(data, "utf-8")
    if not as_utf8.errors:
        return _valid_utf8(data, as_utf8.text, name, warn)
    name = name or fallback
    if name is None or name == "utf-8":
        slips = name is not None and as_utf8.errors < _FEW_ERRORS
        if slips or _valid_sequences(as_utf8) >= as_utf8.errors:
            return _told(as_utf8, "utf-8", warn)
        guess = _guess(data)
        declared = "no encoding is declared" if name is None else "it declares UTF-8, and is something else"
        warn("guessed-encoding", f"{declared}; it is read as {guess}, which is a guess from its letters")
        return _told(decode_as(data, guess), guess, warn)
    if _valid_sequences(as_utf8) >= 10 * as_utf8.errors and not name.startswith("utf-"):
        warn("guessed-encoding", f"it declares {name}, and is UTF-8; it is read as that")
        return _told(as_utf8, "utf-8", warn)
    return _told(decode_as(data, name), name, warn)


def _valid_utf8(data: bytes, text: str, name: str | None, warn: Warn) -> str:
    """Return `data`, which is valid UTF-8 and then `text`, in the encoding `name` that it declares if it can be that."""
    if name in {None, "utf-8"}:
        if name or b"\x1b$" not in data:
            return text
        warn("guessed-encoding", "no encoding is declared; it is read as iso-2022-jp, whose marks it has")
        return _told(decode_as(data, "iso-2022-jp"), "iso-2022-jp", warn)
    if data.isascii() and (name in _STATEFUL or "\0" in text):
        return _told(decode_as(data, str(name)), str(name), warn)
    if not data.isascii():
        warn("guessed-encoding", f"it declares {name}, and is valid UTF-8; it is read as that")
    return text


def _valid_sequences(decoded: Decoded) -> int:
    """How many characters of a text that was decoded as UTF-8 are neither ASCII nor errors."""
    return sum(map(len, re.findall("[^\0-\x7f\ufffd]+", decoded.text)))


def _told(decoded: Decoded, name: str, warn: Warn) -> str:
    """The text; `warn` gets a notice of its errors, if there are any."""
    if decoded.errors:
        warn("invalid-encoding", f"{invalid_bytes(name, decoded.first, decoded.errors)}; {READ_AS_U_FFFD}")
    return decoded.text.removeprefix("\ufeff")


def _guess(data: bytes) -> str:
    """The encoding that the letters of a page, without its tags, and its language suggest; it is not UTF-8."""
    from charset_normalizer import from_bytes  # noqa: PLC0415 an extra

    text = b" ".join(_TAGS.sub(b" ", data).split())
    names = {codecs.lookup(codec_of(name)).name: name for name in _GUESSES}
    language = _LANGUAGE.search(data, 0, _HEAD_BYTES)
    usual = _BY_LANGUAGE.get(language[1].decode().lower()) if language else None
    sample = text if not text.isascii() else data
    # The first letters that are not ASCII may stand far behind; a sample without them would say nothing.
    start = next((found.start() for found in re.finditer(rb"[\x80-\xff]", sample)), 0)
    sample = sample[max(0, start - 1000) : start + _GUESSED_BYTES]
    best = from_bytes(sample, cp_isolation=list(names)).best()
    guess = names.get(codecs.lookup(best.encoding).name, "windows-1252") if best else "windows-1252"
    return usual or guess if guess in _LATIN else guess
