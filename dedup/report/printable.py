"""Text that is safe to show: without control characters, and without invisible ones that reorder or split words."""

import unicodedata

_JOINERS = "\u200c\u200d"
"""Zero-width characters that shape the letters beside them in Persian and in Indic scripts."""
_REORDERING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""Marks that make a text read in another order than it is written in."""


def flowing(text: str) -> str:
    """Return `text` for one line of a terminal.

    Line breaks and control characters become spaces. Characters that have no width, such as a soft hyphen, are left out.
    """
    return text if text.isprintable() else "".join(map(_in_terminal, text))


def kept_places(text: str) -> list[int]:
    """Return for each place of `text`, and for its end, how many characters before it `flowing` keeps."""
    out, kept = [0], 0
    for character in text:
        kept += len(_in_terminal(character))
        out.append(kept)
    return out


def _in_terminal(character: str) -> str:
    if character.isprintable() or character in _JOINERS:
        return character
    return "" if unicodedata.category(character) == "Cf" else " "


def on_page(text: str) -> str:
    """Return `text` for a page of HTML: what no page may hold, and marks that reorder a text, become U+FFFD."""
    return text if text.isprintable() else "\n".join(map(_line_on_page, text.split("\n")))


def _line_on_page(line: str) -> str:
    return line if line.isprintable() else "".join(c if _fits_page(c) else "\ufffd" for c in line)


def _fits_page(character: str) -> bool:
    invisible = unicodedata.category(character) == "Cf" and character not in _REORDERING
    return character.isprintable() or character in "\n\t" or character.isspace() or invisible
