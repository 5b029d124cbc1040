"""What stands in quotation marks: those of many languages, nested ones and unbalanced ones, quoted paragraphs, and dialogue."""

import re
from dataclasses import dataclass
from itertools import islice

from dedup.language.speech import WORD, lexicon

_NESTED = {"“": "”", "«": "»", "»": "«", "「": "」", "『": "』", "‹": "›", "《": "》"}
_PLAIN = {'"': '"', "'": "'", "‘": "’", "„": "“”", "‚": "‘’", "”": "”"}
"""Signs that open a quotation, and those that close it: some may hold others like themselves, some cannot."""
_SIGNS = re.compile(f"[{re.escape(''.join([*_NESTED, *_PLAIN]))}]")
_BLOCK = re.compile(r"[^\n]+")
_QUOTED = re.compile(r"\s*>\s*(?=[^\s>])")
_DIALOGUE = re.compile(r"[^\S\n]*[—–-]\s?(?=[^\W\d_]|[¿¡])")
_BREAK = re.compile(r"(?:\s*[—–]\s?|\s-\s?|,\s|[?!…]\s)(?=[^\W\d_A-ZÀ-Þ])")
"""Where in a line of dialogue it may be said who speaks."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What is quoted, without its signs, and whether it is closed."""

    start: int
    end: int
    closed: bool


def marks_of(text: str) -> list[Mark]:
    """Return what is quoted in `text`, outermost quotations, in order."""
    out = []
    for block in _BLOCK.finditer(text):
        if mark := _block_quote(text, block.start(), block.end()) or _dialogue(text, block.start(), block.end()):
            out.append(mark)
            continue
        at, open_ = block.start(), set[str]()
        while found := _SIGNS.search(text, at, block.end()):
            at = found.start()
            closing = None if text[at] in open_ else _closing(text, at, block.start(), block.end(), open_)
            if closing is None:
                at += 1
                continue
            end = closing if closing >= 0 else block.end()
            out.append(Mark(at + 1, end, closing >= 0))
            at = end + 1
    return out


def _block_quote(text: str, start: int, end: int) -> Mark | None:
    """A paragraph behind `>`, as in mail and Markdown."""
    found = _QUOTED.match(text, start, end)
    return Mark(found.end(), end, True) if found else None


def _dialogue(text: str, start: int, end: int) -> Mark | None:
    """What a paragraph says behind a dash, up to a verb of saying: — We stay, said Ada Finlay. · —Es tarde —contesta Alba."""
    opened = _DIALOGUE.match(text, start, end)
    if not opened:
        return None
    for found in _BREAK.finditer(text, opened.end(), end):
        words = [word[0] for word in islice(WORD.finditer(text, found.end(), end), 5)]
        verb = next((n for n, word in enumerate(words[:3]) if word.casefold() in lexicon().verbs), None)
        if verb is not None and (verb == 0 or words[0].casefold() not in lexicon().others) and len(words) > 1:
            return Mark(opened.end(), found.start(), True)
    return None


def _closing(text: str, at: int, start: int, end: int, open_: set[str]) -> int | None:
    """Where the quotation that opens at `at` closes in its block, -1 if nowhere; None if none opens there.

    A sign that nothing behind it closes goes into `open_`: nothing closes a later one either.
    """
    sign = text[at]
    before, behind = text[at - 1 : at] if at > start else "", text[at + 1 : at + 2]
    opens = not (before.isalnum() or before in {".", ",", "!", "?"}) and bool(behind) and not behind.isspace()
    if sign in _NESTED and (opens or sign != "»"):
        return _balanced(text, at, end, _NESTED[sign])
    if sign in _PLAIN and opens:
        closing = _PLAIN[sign]
        for place in range(at + 1, end):
            # An apostrophe stands between letters, or behind white space.
            if text[place] in closing and not text[place + 1 : place + 2].isalnum() and not text[place - 1].isspace():
                return place
        if sign in '"„':
            return -1
        open_.add(sign)
    return None


def _balanced(text: str, at: int, end: int, closing: str) -> int:
    """Where the sign at `at` is closed, if others like it are opened and closed between; -1 if nowhere."""
    depth = 0
    for place in range(at, end):
        if text[place] == closing:
            depth -= 1
        elif text[place] == text[at]:
            depth += 1
        if depth == 0:
            return place
    return -1
