"""Quotations of a text, and who is named as their speaker: by rules that hold in many languages, not by understanding.

A speaker is named by a verb of saying beside a name, a pronoun or a noun with its article ("the mayor said"), by a phrase such
as "according to", by a word and a name that follow a quotation (“…”, complained Anne Roy), or by a name in front of a colon
that opens it; in the quotation's own sentence, or, if that has no words of its own, in one beside it.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

_NESTED = {"“": "”", "«": "»", "»": "«", "「": "」", "『": "』", "‹": "›", "《": "》"}
_PLAIN = {'"': '"', "'": "'", "‘": "’", "„": "“”", "‚": "‘’", "”": "”"}
"""Signs that open a quotation, and those that close it: some may hold others like themselves, some cannot."""
_SENTENCE = re.compile(r"[.!?…。！？؟।]+[\"'”’»“«)\]]*(?=\s|$)|(?<=[。！？])")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_BLOCK = re.compile(r"[^\n]+")
_LEAD = 3
"""Words, such as an office, that may stand before the name that a sentence opens with."""
_NEAR = 4
"""Words between a verb of saying and a name."""
_INCISE = re.compile(r"[,—–-]\s*((?:[^\W\d_A-ZÀ-Þ][^\W\d_]*\s+){1,4})(?=[^\W\d_a-zß-ÿ])")
_NAMED = 4
"""Letters of a source's name below which it may be any word."""
_DIALOGUE = re.compile(r"[^\S\n]*[—–-]\s?(?=[^\W\d_]|[¿¡])")
_BREAK = re.compile(r"(?:\s*[—–]\s?|\s-\s?|,\s|[?!…]\s)(?=[^\W\d_A-ZÀ-Þ])")
_SIGNED = re.compile(r"[^\w\s]?\s*[—–]\s*(?=[^\W\d_a-zß-ÿ])")
_ENDERS = frozenset(".!?…。！？؟।")


@dataclass(frozen=True, slots=True)
class Quotation:
    """What stands in quotation marks, without them, and the words that name its speaker, if any."""

    start: int
    end: int
    speaker: str | None = None


@dataclass(frozen=True, slots=True)
class _Mark:
    start: int
    end: int
    closed: bool


def quotations(text: str, sources: Collection[str] = ()) -> list[Quotation]:
    """Return the quotations of `text`, outermost ones, in order; a name of `sources` in a sentence names its speaker too.

    In quotation marks, or a paragraph behind `>`, or what a paragraph says behind a dash. One that is not closed in its paragraph ends with it; the next paragraph may open it again, and both have one speaker.
    """
    marks = _marks(text)
    outside = _outside(text, marks)
    ends = [0, *(found.end() for found in _SENTENCE.finditer(outside)), len(text)]
    sentences = [(low, high) for low, high in pairwise(ends) if _WORD.search(outside, low, high)]
    around = _Around(outside, sentences, _names(outside), marks, [name for name in sources if len(name) >= _NAMED])
    speakers = [_speaker(text, mark, around) for mark in marks]
    for n, (one, other) in enumerate(pairwise(marks)):
        # “…”, so Sendelbach, “…”: one sentence has one speaker.
        if not re.search(r"[.!?…\n]", text[one.end : other.start - 1]):
            speakers[n + 1] = speakers[n + 1] or speakers[n]
    for n in range(len(marks) - 1):
        if not marks[n].closed and not text[marks[n].end : marks[n + 1].start - 1].strip():
            speakers[n + 1] = speakers[n + 1] or speakers[n]
    for n in reversed(range(len(marks) - 1)):
        if not marks[n].closed and not text[marks[n].end : marks[n + 1].start - 1].strip():
            speakers[n] = speakers[n] or speakers[n + 1]
    return [Quotation(mark.start, mark.end, speaker) for mark, speaker in zip(marks, speakers, strict=True)]


def _marks(text: str) -> list[_Mark]:
    out = []
    for block in _BLOCK.finditer(text):
        if mark := _block_quote(text, block.start(), block.end()) or _dialogue(text, block.start(), block.end()):
            out.append(mark)
            continue
        at = block.start()
        while at < block.end():
            closing = _closing(text, at, block.start(), block.end())
            if closing is None:
                at += 1
                continue
            end = closing if closing >= 0 else block.end()
            out.append(_Mark(at + 1, end, closing >= 0))
            at = end + 1
    return out


def _block_quote(text: str, start: int, end: int) -> _Mark | None:
    """A paragraph behind `>`, as in mail and Markdown."""
    found = re.compile(r"\s*>\s*(?=[^\s>])").match(text, start, end)
    return _Mark(found.end(), end, True) if found else None


def _dialogue(text: str, start: int, end: int) -> _Mark | None:
    """What a paragraph says behind a dash, up to a verb of saying: — We stay, said Ada Finlay. · —Es tarde —contesta Alba."""
    opened = _DIALOGUE.match(text, start, end)
    if not opened:
        return None
    for found in _BREAK.finditer(text, opened.end(), end):
        words = [word[0] for word in _WORD.finditer(text, found.end(), end)][:5]
        verb = next((n for n, word in enumerate(words[:3]) if word.casefold() in _lexicon().verbs), None)
        if verb is not None and (verb == 0 or words[0].casefold() not in _lexicon().others) and len(words) > 1:
            return _Mark(opened.end(), found.start(), True)
    return None


def _closing(text: str, at: int, start: int, end: int) -> int | None:
    """Where the quotation that opens at `at` closes in its block, -1 if nowhere; None if none opens there."""
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
        return -1 if sign in '"„' else None
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


class _Lexicon(NamedTuple):
    """Verbs of saying, phrases and verbs in scripts without capital letters, and words that are neither names nor verbs."""

    verbs: frozenset[str]
    phrases: re.Pattern[str]
    pronouns: frozenset[str]
    articles: frozenset[str]
    others: frozenset[str]
    dates: frozenset[str]
    persons: frozenset[str]
    pointers: frozenset[str]
    carriers: frozenset[str]


@cache
def _lexicon() -> _Lexicon:
    lines = Path(__file__).parents[1].joinpath("data", "attribution.txt").read_text(encoding="utf-8").splitlines()
    small = ("pronouns", "articles", "others", "dates", "persons", "pointers", "carriers")
    kinds: dict[str, set[str]] = {kind: set() for kind in (*small, "verbs", "phrases")}
    for line in lines:
        name, _, own = line.partition(":")
        if line.startswith("#") or not own:
            continue
        words, *phrases = own.split("|")
        kind = name if name in kinds else "verbs" if words.strip()[:1] < "\u0590" else "phrases"
        kinds[kind].update(words.split())
        kinds["phrases"].update(map(str.strip, phrases))
    longest = sorted(kinds["phrases"], key=lambda phrase: (-len(phrase), phrase))
    spaced, joined = ("|".join(p for p in longest if (p < "\u2e80") is way) for way in (True, False))
    pattern = re.compile(rf"(?<!\w)(?:{spaced})(?!\w)|{joined}")
    return _Lexicon(frozenset(kinds["verbs"]), pattern, *(frozenset(kinds[kind]) for kind in small))


class _Around(NamedTuple):
    """What stands around quotations: the text with blanks in their place, its sentences, words of names, and sources."""

    outside: str
    sentences: Sequence[tuple[int, int]]
    names: frozenset[str]
    marks: Sequence[_Mark]
    sources: Sequence[str]


def _speaker(text: str, mark: _Mark, around: _Around) -> str | None:
    outside, sentences, names, marks, _ = around
    if found := _within(text, mark) or _after(text, mark, names):
        return found
    own = [span for span in sentences if span[0] < mark.end and span[1] > mark.start]
    for span in own:
        if found := _own(around, span):
            return found
    if own:
        return None if any(_carrier(outside, *span) for span in own) else _before(text, mark, marks, names)
    later = [span for span in sentences if span[0] >= mark.end][:1]
    earlier = [span for span in sentences if span[1] <= mark.start][-1:]
    others = [other for other in marks if earlier and earlier[0][0] <= other.end <= earlier[0][1]]
    beside = [span for span in (*later, *earlier) if not _carrier(outside, *span)]
    found = [_source(around, span) or _said(outside, *span, names, strict=True) for span in beside]
    found += [_after(text, other, names) for other in others]
    found += [_opener(outside, *span, names) for span in earlier] + [_pointer(outside, *span) for span in later]
    return next(filter(None, found), None)


def _own(around: _Around, span: tuple[int, int]) -> str | None:
    """Who is named in the sentence of a quotation: a source, a verb of saying with its subject, or a full name."""
    full = next(_full_names(around.outside, *span), None)
    carried = _carrier(around.outside, *span)
    if source := _source(around, span):
        return source
    if not (carried and full is None) and (found := _said(around.outside, *span, around.names, strict=False)):
        return found
    return around.outside[slice(*full)] if full and not carried else None


def _source(around: _Around, span: tuple[int, int]) -> str | None:
    return next((name for name in around.sources if name in around.outside[slice(*span)]), None)


def _carrier(text: str, low: int, high: int) -> bool:
    """Whether a sentence speaks of a thing that words stand on, such as a poster: what is quoted from it has no speaker."""
    return any(found[0].casefold() in _lexicon().carriers for found in _WORD.finditer(text, low, high))


def _opener(text: str, low: int, high: int, names: frozenset[str]) -> str | None:
    """The person that a sentence opens with, whose words follow: Ada Finlay is not sentimental about it. “…”"""
    words = [found[0] for found in _WORD.finditer(text, low, high)]
    if _carrier(text, low, high) or not words:
        return None
    first = _WORD.search(text, low, high)
    full = next(_full_names(text, low, high), None)
    if full and first and len(_WORD.findall(text, first.start(), full[0])) <= _LEAD:
        return text[slice(*full)]
    return words[0] if words[0] in names or words[0].casefold() in _lexicon().persons else None


def _pointer(text: str, low: int, high: int) -> str | None:
    """The person of a sentence that points back at a quotation: “…” That was Viktor Tamm's verdict."""
    first = _WORD.search(text, low, high)
    full = next(_full_names(text, low, high), None)
    if not first or not full or first[0].casefold() not in _lexicon().pointers or _carrier(text, low, high):
        return None
    return text[slice(*full)]


def _outside(text: str, marks: Sequence[_Mark]) -> str:
    """The text with blanks in place of what is quoted, but for the stop at its end where it ends the sentence."""
    out = []
    at = 0
    for mark in marks:
        out += [text[at : mark.start], " " * (mark.end - mark.start)]
        stop = text[mark.start : mark.end].rstrip()[-1:]
        behind = _WORD.search(text, mark.end)
        if stop in _ENDERS and (behind is None or not behind[0][0].islower()):
            out[-1] = out[-1][:-1] + stop
        at = mark.end
    return "".join([*out, text[at:]])


def saying(text: str) -> bool:
    """Whether `text` has a verb of saying."""
    return any(found[0].casefold() in _lexicon().verbs for found in _WORD.finditer(text))


def _full_names(text: str, low: int = 0, high: int | None = None) -> Iterator[tuple[int, int]]:
    """Where names of two words or more stand: words with capital letters, one beside the other, that are no small words."""
    known = _lexicon()
    small = known.dates | known.articles | known.others | known.pronouns
    for one, other in pairwise(_WORD.finditer(text, low, len(text) if high is None else high)):
        beside = other.start() - one.end() == 1 and one[0][0].isupper() and other[0][0].isupper()
        if beside and not {one[0].casefold(), other[0].casefold()} & small:
            yield one.start(), other.end()


def _names(text: str) -> frozenset[str]:
    """Words of full names."""
    return frozenset(word[0] for span in _full_names(text) for word in _WORD.finditer(text, *span))


def _said(text: str, low: int, high: int, names: frozenset[str], *, strict: bool) -> str | None:
    """A verb of saying with its subject, or a phrase, in the sentence `low..high`; if `strict`, no pronoun but a first one."""
    known = _lexicon()
    if found := known.phrases.search(text[low:high].casefold()):
        return found[0]
    words = [found[0] for found in _WORD.finditer(text, low, high)]
    small = [word.casefold() for word in words]
    inside = range(len(words))
    for n, word in enumerate(small):
        if word not in known.verbs:
            continue
        around = range(max(0, n - _NEAR), min(len(words), n + _NEAR + 1))
        named = any(_is_name(words, m, names) for m in around if m != n)
        pronoun = any(small[m] in known.pronouns for m in (n - 2, n - 1, n + 1) if m in inside and (m == 0 or not strict))
        noun = any(small[m] in known.articles for m in (n - 3, n - 2, n + 1) if m in inside and (m == 0 or m == n + 1 or not strict))
        if named or pronoun or noun:
            return words[n]
    return None


def _is_name(words: Sequence[str], n: int, names: frozenset[str]) -> bool:
    """Whether a word is a name's: one of `names`, or with a capital letter that no sentence or article gives it."""
    word = words[n]
    if word in names:
        return True
    known = _lexicon()
    plain = n > 0 and len(word) > 1 and word[0].isupper() and word.casefold() not in known.dates
    return plain and words[n - 1].casefold() not in known.articles | known.others


def _after(text: str, mark: _Mark, names: frozenset[str]) -> str | None:
    """A verb and a name that follow a quotation in its sentence, or a full name behind a dash: “…” — Ada Finlay"""
    if mark.closed and (signed := _SIGNED.match(text, mark.end)):
        full = next(_full_names(text, signed.end()), None)
        return text[slice(*full)] if full and full[0] == signed.end() else None
    end = text.find("\n", mark.end)
    words = [found[0] for found in _WORD.finditer(text, mark.end, end if end >= 0 else len(text))][:5]
    if not mark.closed or not words or not words[0][0].islower() or words[0] in _lexicon().others:
        return None
    named = words[0] in _lexicon().verbs or any(_is_name(words, n, names) for n in range(1, len(words)))
    return words[0] if named else None


def _before(text: str, mark: _Mark, marks: Sequence[_Mark], names: frozenset[str]) -> str | None:
    """A name or pronoun in front of the colon that opens a quotation."""
    start = text.rfind("\n", 0, mark.start) + 1
    lead = text[start : mark.start - 1].rstrip()
    if not lead.endswith((":", "：")):
        return None
    start = max(
        [start, *(start + found.end() for found in _SENTENCE.finditer(lead)), *(m.end for m in marks if m.end < mark.start)]
    )
    words = [found[0] for found in _WORD.finditer(text, start, mark.start)]
    found = [w for n, w in enumerate(words) if _is_name(words, n, names) or w.casefold() in _lexicon().pronouns]
    return found[0] if found else None


def _within(text: str, mark: _Mark) -> str | None:
    """A verb and a name that are put into a quotation between commas or dashes: one of saying, or any and a full name."""
    known = _lexicon()
    for found in _INCISE.finditer(text, mark.start, mark.end):
        words = found[1].casefold().split()
        if said := known.verbs & set(words):
            return min(said)
        full = next(_full_names(text, found.end(1), mark.end), None)
        if full and full[0] == found.end(1) and words[0] not in known.others | known.pronouns | known.articles:
            return words[0]
    return None
