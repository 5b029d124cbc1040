"""The registry of formats, and the format of a file."""

import re

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
from dedup.sources.path_list import PATH_LIST

FORMATS: tuple[Format, ...] = (
    *(compressed.COMPRESSED, office.PDF, office.DOCX, archive.ZIP, archive.TAR, parquet.PARQUET, warc.WARC, feed.FEED),
    *(html.HTML, jsonl.JSONL, jsontree.JSON, delimited.CSV, plain_text.TEXT),
)
"""Every format, in the order in which a file is offered to them; the last accepts any file."""
FORMAT_NAMES = (*(form.name for form in FORMATS if form is not compressed.COMPRESSED), PATH_LIST)
"""The values of `Reading.format`. A compressed file has the format of the file inside."""
JSON_FORMATS = (jsonl.JSONL, jsontree.JSON)
"""Formats whose parsers need UTF-8. The others read the byte order mark themselves."""
_REPORT = re.compile(rb'"schema"\s*:\s*"dedup\.report/')
_SUFFIXES = frozenset().union(*(form.suffixes for form in FORMATS))


def claims(name: str) -> bool:
    """Return whether a format claims the suffix of `name`. Only such files are read in folders and archives."""
    return suffix(name) in _SUFFIXES


def format_of(file: File, head: bytes, chosen: str | None) -> Format:
    """Return the format of a file whose first bytes are `head`.

    `chosen` is `Reading.format`. It applies to files that the user named; those can still be compressed.
    """
    if file.named and chosen and chosen != PATH_LIST:
        compressed_too = compressed.COMPRESSED.accepts("", head)
        return next(f for f in FORMATS if f.name == chosen or (f is compressed.COMPRESSED and compressed_too))
    found = next(f for f in FORMATS if f.accepts(file.own_name, head))
    if found is plain_text.TEXT and claims(file.own_name):
        # A file that is called a PDF and is none is a damaged PDF, not a text.
        return next(f for f in FORMATS if suffix(file.own_name) in f.suffixes)
    return found


def is_report(data: bytes) -> bool:
    """Return whether `data` is the JSON of a report of dedup, or the start of it."""
    return data.lstrip().startswith(b"{") and _REPORT.search(data) is not None
