"""Bytes of a request to a document: through the readers of stage 1, from a temporary file with a name of the server's own.

Of the name that a client gives only the suffix is used, and only to choose one of four formats: nothing in a request names a
path.
"""

import tempfile
from dataclasses import replace
from pathlib import Path

from dedup.params import Reading
from dedup.server.limits import Limits
from dedup.server.problems import Problem
from dedup.sources.common import suffix
from dedup.sources.reader import Reader
from dedup.types import Document, Notice

_FORMATS = {".txt": "text", ".text": "text", ".md": "text", ".html": "html", ".htm": "html", ".docx": "docx", ".pdf": "pdf"}
"""The formats that are accepted, by the suffix of a file's name."""
ACCEPTED = ", ".join(_FORMATS)
_NAME = 200
"""Characters of a file's name that are shown."""
_COMPRESSED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")
"""How gzip, bzip2, xz and Zstandard start: a reader would unpack them."""


def uploaded(data: bytes, name: str, limits: Limits) -> tuple[Document, list[Notice]]:
    """Return the document in the file `name` with the bytes `data`, with the notices of reading it.

    Problem 415 for another format, 413 for what unpacks to too much or has too many pages, 422 for what has no text.
    """
    shown = "".join(c for c in name.replace("\\", "/").rsplit("/", 1)[-1] if c.isprintable())[-_NAME:] or "draft"
    form = _FORMATS.get(suffix(shown))
    if form is None:
        raise Problem(415, f"{shown}: not a file that is read here; there are {ACCEPTED}")
    if data.startswith(_COMPRESSED):
        raise Problem(415, f"{shown}: compressed; send the file itself")
    with tempfile.TemporaryDirectory(prefix="dedup-") as folder:
        path = Path(folder) / f"upload{suffix(shown)}"
        path.write_bytes(data)
        reading = Reading(format=form, size=limits.unpacked, pages=limits.pages)
        reader = Reader(path, reading, expand_lists=False)
        found = list(reader.documents())
        notices = [replace(n, message=n.message.replace(str(path), shown), path=None) for n in reader.notices]
    codes = {notice.code for notice in notices}
    if "too-large" in codes:
        most = f"it may unpack to {limits.unpacked:,} bytes and have {limits.pages:,} pages"
        raise Problem(413, f"{shown}: too large: {most}")
    if "missing-extra" in codes:
        raise Problem(415, f"{shown}: this server cannot read such files; whoever runs it can install dedup-news[all]")
    if len(found) != 1:
        told = "; ".join(notice.message for notice in notices) or "it holds no text"
        raise Problem(422, told if told.startswith(shown) else f"{shown}: {told}")
    return replace(found[0], id=shown, path=None), notices
