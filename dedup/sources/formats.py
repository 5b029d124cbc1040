"""The registry of formats, and the format of a file."""

import re
from collections.abc import Collection

from dedup.sources import (
    archive,
    compressed,
    delimited,
    feed,
    html,
    jsonl,
    jsontree,
    office,
    parquet,
    plain_text,
    warc,
)
from dedup.sources.common import File, Format, suffix
from dedup.sources.encoding import UTF8_BOM, encoding_of
from dedup.sources.limits import HEAD_BYTES
from dedup.sources.path_list import PATH_LIST

FORMATS: tuple[Format, ...] = (
    *(compressed.COMPRESSED, archive.ZIP, archive.TAR, warc.WARC, office.DOCX, office.PDF, parquet.PARQUET, feed.FEED),
    *(html.HTML, jsonl.JSONL, jsontree.JSON, delimited.CSV, plain_text.TEXT),
)
"""Every format, in the order in which a file is offered to them; the last accepts any file.

Containers come first: what stands near the start of one may be the whole of its first file, of any format.
"""
FORMAT_NAMES = (*(form.name for form in FORMATS if form is not compressed.COMPRESSED), PATH_LIST)
"""The values of `Reading.format`. A compressed file has the format of the file inside."""
JSON_FORMATS = (jsonl.JSONL, jsontree.JSON)
"""Formats whose parsers need UTF-8. The others read the byte order mark themselves."""
_REPORT = re.compile(rb'"schema"\s*:\s*"dedup\.report/')
_REPORT_PAGE = re.compile(rb'<meta name="generator" content="dedup">')
_SUFFIXES = frozenset().union(*(form.suffixes for form in FORMATS))
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x19\x1c-\x1f\x7f]")
"""Bytes that no text holds. Some texts end with 0x1a or hold escape sequences (0x1b)."""
_TAG = re.compile(rb"(?:\s|<!--.*?-->|<\?[^>]*>)*<([!a-z]*)[^>]*>\s*(<?)", re.S | re.I)
"""The first tag of a page, after comments and declarations: its name, and whether another follows."""
_END_TAG = re.compile(rb"</[a-z][a-z0-9]*\s*>|<(?:p|div|br|h1|td)\b[^>]*>", re.I)


def claims(name: str) -> bool:
    """Return whether a format claims the suffix of `name`. Only such files are read in folders and archives."""
    return suffix(name) in _SUFFIXES


def format_of(file: File, head: bytes, chosen: str | None, passed: Collection[Format] = ()) -> Format:
    """Return the format of a file whose first bytes are `head`, but none of those that were `passed` over.

    `chosen` is `Reading.format`. It applies to files that the user named; those can still be compressed.
    """
    if _is_chosen(file, chosen):
        compressed_too = compressed.COMPRESSED.accepts("", head)
        return next(f for f in FORMATS if f.name == chosen or (f is compressed.COMPRESSED and compressed_too))
    # A byte order mark is no part of what a format starts with. Some programs write it twice.
    while head.startswith(UTF8_BOM):
        head = head.removeprefix(UTF8_BOM)
    found = next(f for f in FORMATS if f not in passed and f.accepts(file.own_name, head) and _fits(f, file, head))
    if found is plain_text.TEXT and claims(file.own_name):
        # A file that is called a PDF and is none is a damaged PDF, not a text.
        return next(f for f in FORMATS if suffix(file.own_name) in f.suffixes)
    return found


def is_certain(form: Format, file: File, head: bytes, chosen: str | None) -> bool:
    """Return whether a file is of the format `form`, or else is damaged, and not a text that only starts as `form` does.

    It is, if the user or the file's name says so, or if the first bytes `head` are none of a text.
    """
    claimed = form is plain_text.TEXT or suffix(file.own_name) in form.suffixes
    is_text = encoding_of(head) != "utf-8" or not _CONTROL.search(head)
    return claimed or form is html.HTML or not is_text or _is_chosen(file, chosen)


def _is_chosen(file: File, chosen: str | None) -> bool:
    return bool(file.named and chosen and chosen != PATH_LIST)


def _fits(form: Format, file: File, head: bytes) -> bool:
    """Whether more than the first tag speaks for a web page, if the file's name does not: a sentence can start with a tag."""
    if form is not html.HTML or suffix(file.own_name) in form.suffixes:
        return True
    first = _TAG.match(head)
    if first is None or not _END_TAG.search(head, first.end()):
        return False
    ends_as_page = len(head) == HEAD_BYTES or head.rstrip().endswith(b">")
    return ends_as_page or (bool(first[2]) and first[1].lower() in {b"!doctype", b"html"})


def is_report(data: bytes) -> bool:
    """Return whether `data` is a report of dedup, as JSON or as a page, or the start of one."""
    return (data.lstrip().startswith(b"{") and _REPORT.search(data) is not None) or _REPORT_PAGE.search(data) is not None
