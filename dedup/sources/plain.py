"""Plain text: one file, one document."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from dedup.sources.common import File, Notices, Record, decode

SUFFIXES = frozenset({".txt", ".text", ".md", ".markdown"})


class Plain:
    """Takes any file that no other source takes."""

    def claims(self, name: str) -> bool:
        """Whether the name ends like a text file's."""
        return Path(name).suffix.lower() in SUFFIXES

    def accepts(self, path: str, head: bytes) -> bool:  # noqa: ARG002 the protocol's
        """Take anything."""
        return True

    def records(self, file: File, head: bytes, stream: BinaryIO, notices: Notices) -> Iterator[Record]:
        """Yield the file as one record."""
        text = decode(head + stream.read(), file.path, notices, path=file.path)
        if not text.strip():
            notices.add("empty-file", f"{file.path}: only white space; nothing to read in it", path=file.path)
            return
        yield Record(text)


SOURCE = Plain()
