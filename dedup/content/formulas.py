"""Formulas of the trade, and notices around articles, in many languages: `data/formulas.txt`, and what needs no list.

The file says how a formula is written. It is looked for in passages that would otherwise count as narration, so it costs
nothing where a corpus shares none.
"""

import re
from collections import defaultdict
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

from dedup.language.scripts import has_han_or_kana
from dedup.language.sentences import ENDERS

FormulaKind = Literal["phrase", "furniture", "signature"]

_OTHER_WORDS = 12
"""Words beside a formula up to which its sentence says nothing else: who would not comment, and on what day."""
_WORD = re.compile(r"[^\W_]+")
_LETTERS = re.compile(r"\w+")
"""As `_WORD` where a text has no underscore, and faster."""
_APOSTROPHE = "['’‘ʼ´`]"
# A sign is in no two parts of a gap, and the signs between words are few: rules and tables of signs would take for ever.
_GAP = rf"(?:[^\w{re.escape(ENDERS)}]{{1,40}}\w+(?:['’.-]\w+)*){{0,8}}?"
_WIDE_GAP = rf"[^{re.escape(ENDERS)}\n]{{0,20}}?"
_SIGNED = re.compile(
    r"(?:https?://|www\.|pic\.twitter\.com/)\S+|\b[\w.+-]{1,64}+@[\w-]+\.[\w.]+|"
    r"(?:--?|[–—])\s*[^\n(]{1,60}\(@\w{1,30}\)(?:,?\s+\w+\.?\s+\d{1,2},\s+\d{4})?|[@#]\w{2,}"
)
"""Addresses, and what signs a post: — A Name (@name) May 1, 2020."""
_GLUED_REACH = 80
"""Characters between a name and where it comes again."""
_GLUED = re.compile(rf"\b([A-Z][\w’'-]{{1,40}}\w)\b(?=[^\n]{{0,{_GLUED_REACH}}}?\b\1[A-Z][a-z’']{{0,40}})")
"""A name that comes again, run together with the next word: the page put a link with headlines into the sentence."""
_INNER_CAPITAL = re.compile(r"\b(?=([A-Z][\w’'-]{2,41}(?<=\w)[A-Z]))")
"""The start of a word with a capital inside, up to its last one."""
_LINK_END = re.compile(r"\bMORE\b|\n|$")
_ENDS_BEFORE = re.compile(rf"[{re.escape(ENDERS)}](?=\s)|\n")
_END_BEHIND = re.compile(rf"[{re.escape(ENDERS)}](?=\s|$)|\n")
_LONGEST_CAPTION = 700
"""Characters of the longest caption."""
_PHOTO_CREDIT = re.compile(r"REUTERS/|AP Photo\b|/AP\)|Getty Images\b|/AFP\b|Photo by\b|File [Pp]hoto\b|FILE ?[-–—:]")
"""A line with the credit of a photo is its caption."""


class FormulaPlace(NamedTuple):
    """A place of a text that is a formula, a notice, a caption or a signature."""

    start: int
    end: int
    kind: FormulaKind
    first: int
    """Where the words begin by which it is known. Around them may be more: its sentence, or its line."""
    last: int
    """Where these words end."""
    caption: bool = False


class Formula(NamedTuple):
    """One line of `data/formulas.txt`. Its pattern is made when a text first needs it."""

    kind: FormulaKind
    written: str


class _Formulas(NamedTuple):
    """All formulas: by the words and starts of words of which each needs one, and those of scripts without spaces."""

    by_word: dict[str, list[Formula]]
    starts: frozenset[str]
    """All starts of words that formulas need."""
    unspaced: list[Formula]


def formulas_in(text: str, start: int, end: int) -> list[FormulaPlace]:
    """Return the places of formulas in `text[start:end]`.

    A notice is its whole sentence. A formula is its whole sentence, too, if few other words stand there.
    """
    found: list[FormulaPlace] = []
    part = text[start:end]
    # Only where small letters are as many, so that places stay.
    small = part.lower() if len(part.lower()) == len(part) else part
    known = _formulas()
    words = set((_WORD if "_" in small else _LETTERS).findall(small))
    words.update(*filter(None, map(_starts, words)))
    chosen = [formula for word in sorted(words & known.by_word.keys()) for formula in known.by_word[word]]
    formulas = {f.written: f.kind for f in chosen if not any(map(words.isdisjoint, _needed(f.written)))}
    if has_han_or_kana(small):
        formulas.update((f.written, f.kind) for f in known.unspaced)
    for written, kind in formulas.items():
        for match in _compiled(written).finditer(small):
            first, last = start + match.start(), start + match.end()
            low, high = _sentence(text, first, last)
            if kind == "phrase" and len(_WORD.findall(text, low, high)) > len(_WORD.findall(match[0])) + _OTHER_WORDS:
                low, high = first, last
            found.append(FormulaPlace(low, high, kind, first, last))
    for match in _GLUED.finditer(part) if _may_be_glued(part) else ():
        link = _LINK_END.search(part, match.end())
        first, last = start + match.start(), start + match.end()
        found.append(FormulaPlace(first, start + (link.end() if link else len(part)), "furniture", first, last))
    return found


def _may_be_glued(text: str) -> bool:
    """Return whether `_GLUED` may find something: a word with a capital inside, and before it what precedes the capital.

    Few texts have that, and it is found much faster.
    """
    for match in _INNER_CAPITAL.finditer(text):
        word, start = match[1], match.start()
        for size in range(3, len(word)):
            if "A" <= word[size] <= "Z" and text.find(word[:size], max(0, start - _GLUED_REACH - size), start) >= 0:
                return True
    return False


def signatures_in(text: str, start: int, end: int) -> list[FormulaPlace]:
    """Return the places in `text[start:end]` of addresses, and of the lines that sign posts."""
    if "@" not in text[start:end] and "://" not in text[start:end]:
        return []
    spans = ((start + m.start(), start + m.end()) for m in _SIGNED.finditer(text[start:end]))
    return [FormulaPlace(first, last, "signature", first, last) for first, last in spans]


def captions_in(text: str, start: int, end: int) -> list[FormulaPlace]:
    """Return the places of captions that end or start with the credit of a photo in `text[start:end]`.

    A caption is the line of the credit. Of a longer line, such as a page without line breaks, it is the sentence.
    """
    found: list[FormulaPlace] = []
    for match in _PHOTO_CREDIT.finditer(text, start, end):
        first, stop = text.rfind("\n", 0, match.start()) + 1, text.find("\n", match.start())
        last = stop if stop >= 0 else len(text)
        if last - first > _LONGEST_CAPTION:
            first, last = _sentence(text, match.start(), match.end())
        found.append(FormulaPlace(first, last, "furniture", match.start(), match.end(), caption=True))
    return found


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the sentence around a place, within its line."""
    ends = [m.end() for m in _ENDS_BEFORE.finditer(text[max(0, start - 400) : start])]
    first = max(0, start - 400) + (ends[-1] if ends else 0)
    stop = _END_BEHIND.search(text, end, end + 400)
    last = min(stop.end() if stop else len(text), end + 400)
    return first, last


@cache
def _compiled(written: str) -> re.Pattern[str]:
    return re.compile(_unspaced_pattern(written) if has_han_or_kana(written) else _pattern(written.split()))


@cache
def _formulas() -> _Formulas:
    """Return all formulas, from the index that `bench/quality/formula_index.py` makes of `data/formulas.txt`."""
    path = Path(__file__).parents[1].joinpath("data", "formulas.index")
    starts, *rows = path.read_text(encoding="utf-8").splitlines()
    by_word: dict[str, list[Formula]] = defaultdict(list)
    unspaced: list[Formula] = []
    for row in rows:
        kind, words, written = row.split("\t")
        formula = Formula("phrase" if kind == "phrase" else "furniture", written)
        for word in words.split():
            by_word[word].append(formula)
        if not words:
            unspaced.append(formula)
    return _Formulas(dict(by_word), frozenset(starts.split()), unspaced)


def items(written: str) -> list[str]:
    """Return the words of a formula that may not be missing."""
    return [item for item in written.split() if item != ".." and not item.startswith("[")]


@cache
def _needed(written: str) -> tuple[frozenset[str], ...]:
    """Return for each such word what stands there: whole words, and starts of words with "*" behind them."""
    return tuple(filter(None, map(choices, items(written))))


@lru_cache(maxsize=1 << 16)
def _starts(word: str) -> frozenset[str]:
    """Return the starts of `word` that some formula needs, with "*" behind them."""
    return frozenset(f"{word[:size]}*" for size in range(1, len(word) + 1)) & _formulas().starts


@lru_cache(maxsize=1 << 14)
def choices(item: str) -> frozenset[str]:
    """Return what a text has where one of the words `item` (a/b*/c) stands; nothing if one of them is only a sign."""
    out = set()
    for word in item.split("/"):
        if word.isalpha():
            out.add(word)
            continue
        pieces = _WORD.findall(word)
        if not pieces:
            return frozenset()
        out.add(f"{pieces[-1]}*" if word.endswith("*") else max(pieces, key=len))
    return frozenset(out)


def _pattern(words: list[str]) -> str:
    """Return the pattern of a formula of words."""
    out = ""
    for number, word in enumerate(words):
        if word == "..":
            out += _GAP if number + 1 < len(words) else ""
            continue
        parts = word.strip("[]").split("/")
        choice = "|".join(map(_one, parts))
        before = r"[^\w\n]{1,40}" if out else r"(?<!\w)"
        if not out and not word.startswith("["):
            # Patterns that start with letters are looked for much faster.
            out += f"(?:{'|'.join(map(_first, parts))})(?!\\w)"
        elif word.startswith("["):
            out += f"(?:{before}(?:{choice})(?!\\w))?"
        else:
            out += f"{before}(?:{choice})(?!\\w)"
    return out


def _one(word: str) -> str:
    return _letters(word) + (r"\w*" if word.endswith("*") else "")


def _first(word: str) -> str:
    """Return the pattern of a word that no letter precedes; the test comes behind the letters."""
    letters = _letters(word)
    return rf"{letters}(?<!\w{letters})" + (r"\w*" if word.endswith("*") else "")


def _letters(word: str) -> str:
    return re.sub("['’]", lambda _: _APOSTROPHE, re.escape(word.rstrip("*")))


def _unspaced_pattern(written: str) -> str:
    """Return the pattern of a formula in a script without spaces; a space allows any."""
    out = ""
    for piece in re.findall(r"\.\.|\[[^\]]*\]|\s+|[^\[\].\s]+", written):
        if piece == "..":
            out += _WIDE_GAP
        elif piece.startswith("["):
            out += f"(?:{'|'.join(map(re.escape, piece[1:-1].split('/')))})?"
        elif piece.isspace():
            out += r"\s*"
        else:
            choices = piece.rstrip("*").split("/")
            out += f"(?:{'|'.join(map(re.escape, choices))})"
    return out
