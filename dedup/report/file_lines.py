"""On which lines of a draft's own file a place of its text is."""

import re
from html import escape
from pathlib import PurePath

from dedup.types import Document, Extent

_PLAIN = frozenset({".txt", ".text", ".md", ".markdown", ".rst", ""})
"""Endings of files whose lines are those of the text."""
_PAGES = frozenset({".html", ".htm", ".xhtml"})
_WORDS = 6
"""Words by which a place is looked for in a page."""


class FileLines:
    """Where the text of a draft occurs in its own file.

    The lines of a plain file are those of its text; so are those of a draft that has no file. In a page a place is looked for
    by the words there. In any other file, such as a word processor's, lines have no meaning.
    """

    def __init__(self, draft: Document, file: str | None) -> None:
        """Find the text of `draft` in `file`, which is its file as it is written; None if that is not known."""
        self._text = draft.text
        ending = PurePath(draft.path or "").suffix.casefold()
        self.plain = ending in _PLAIN
        self._page = file if ending in _PAGES else None
        # Empty lines at the head of a file, and its front matter, are not part of its text.
        self._above = self._lines_above(file) if self.plain and file is not None else 0

    def lines(self, place: Extent) -> tuple[int, int] | None:
        """Return the first and last line of a place, counted from 1; None if they cannot be known."""
        if self.plain:
            first, last = (self._text.count("\n", 0, at) + 1 + self._above for at in place)
            return first, last
        if self._page is None:
            return None
        words = self._text[place.start : place.end].split()
        found = [self._line(words[:_WORDS]), self._line(words[-_WORDS:])]
        return (found[0], max(found[0], found[1] or found[0])) if found[0] else None

    def _lines_above(self, file: str) -> int:
        first = self._text.lstrip().partition("\n")[0].strip()
        found = next((n for n, line in enumerate(file.splitlines()) if line.strip() == first), 0)
        return found - self._text[: len(self._text) - len(self._text.lstrip())].count("\n")

    def _line(self, words: list[str]) -> int | None:
        """Return the line of the page on which `words` are, if they are there once."""
        gap = r"(?:\s|&nbsp;|<[^>]{0,200}>)+"
        spelt = [f"(?:{re.escape(word)}|{re.escape(escape(word))})" for word in words]
        page = self._page or ""
        found = [match.start() for match in re.finditer(gap.join(spelt), page)]
        return page.count("\n", 0, found[0]) + 1 if len(found) == 1 else None
