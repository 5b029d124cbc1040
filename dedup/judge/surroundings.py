"""What surrounds the quotations of a text: its sentences, and the words beside each quotation."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from itertools import pairwise
from typing import NamedTuple

from dedup.judge.persons import words_of_names
from dedup.language.quotes import DirectSpeech
from dedup.language.sentences import END, ENDERS
from dedup.language.speech import WORD, Vocabulary, languages, lexicon, vocabulary
from dedup.params import CheckRules
from dedup.press.mentions import Mention, mentions

_SENTENCE = re.compile(rf"{END}(?=\s|$)|(?<=[。！？])|\n(?=\s*\n)")

_WORD_BEFORE = re.compile(r"(?<!\w)\w+$")
_LONGEST_TITLE = 6
"""Letters of a title, and one before it."""


class Surroundings(NamedTuple):
    """What surrounds the quotations of a text.

    `outside` is the text with blanks in their place. `sentences` have words outside quotations, and `stops` are their ends.
    `breaks` are the ends of all sentences; `starts` and `ends` are those of the quotations.
    `sources` are the places that name an outlet.
    """

    outside: str
    sentences: Sequence[tuple[int, int]]
    stops: Sequence[int]
    breaks: Sequence[int]
    names: frozenset[str]
    starts: Sequence[int]
    ends: Sequence[int]
    sources: Sequence[Mention]
    rules: CheckRules


def surroundings(text: str, quoted: Sequence[DirectSpeech], sources: Collection[str], rules: CheckRules) -> Surroundings:
    """Return the surroundings of the quotations `quoted` of a text; `sources` are names of outlets."""
    outside = _outside(text, quoted)
    ends = [0, *(found.end() for found in _SENTENCE.finditer(outside) if not _goes_on(outside, found)), len(text)]
    sentences = [(low, high) for low, high in pairwise(ends) if WORD.search(outside, low, high)]
    named = mentions(outside, sources)
    stops, starts, quotation_ends = [high for _, high in sentences], [q.start for q in quoted], [q.end for q in quoted]
    return Surroundings(outside, sentences, stops, ends, words_of_names(outside), starts, quotation_ends, named, rules)


def _goes_on(text: str, found: re.Match[str]) -> bool:
    """Return whether a sentence goes on behind a stop: “…,” Ms. A. Finlay (D-Pa.) said."""
    following = text[found.end() : found.end() + 2].strip()
    if found[0] and following.islower() and "\n" not in text[found.end() : found.end() + 2]:
        return True
    word = _WORD_BEFORE.search(text, max(0, found.start() - _LONGEST_TITLE), found.start()) if found[0] == "." else None
    title = word[0] if word else ""
    initial = len(title) == 1 and following.isupper()
    return initial or (title.casefold() in lexicon().titles and (title[:1].isupper() or len(title) > 2))


def _outside(text: str, quoted: Sequence[DirectSpeech]) -> str:
    """Return the text with blanks for what is quoted, except for a last stop that also ends the sentence around it."""
    out = []
    at = 0
    behind = WORD.search(text)
    for speech in quoted:
        out += [text[at : speech.start], " " * (speech.end - speech.start)]
        stop = text[speech.start : speech.end].rstrip()[-1:]
        if behind is not None and behind.start() < speech.end:
            behind = WORD.search(text, speech.end)
        if stop and stop in ENDERS and (behind is None or not behind[0][0].islower()):
            out[-1] = out[-1][:-1] + stop
        at = speech.end
    return "".join([*out, text[at:]])


def words_around(text: str, quote: DirectSpeech, outside: str) -> Vocabulary:
    """Return the words of the languages of the paragraph of a quotation: those of all of it, and of what is not quoted."""
    span = paragraph(text, quote)
    return vocabulary(tuple(dict.fromkeys(languages(text[span]) + languages(outside[span], 1))))


def paragraph(text: str, quote: DirectSpeech) -> slice:
    """Return where the paragraph of a quotation is."""
    low, high = text.rfind("\n", 0, quote.start) + 1, text.find("\n", quote.end)
    return slice(low, high if high >= 0 else len(text))


def lead(context: Surroundings, quote: DirectSpeech) -> int:
    """Return the start of the words of a quotation's sentence that precede it, behind the quotation before."""
    n, m = bisect_left(context.starts, quote.start), bisect_right(context.breaks, quote.start)
    ends = context.ends[n - 1 : n] if n else []
    line = context.outside.rfind("\n", 0, quote.start) + 1
    return max([line, *context.breaks[max(m - 1, 0) : m], *ends])


def tail(context: Surroundings, quote: DirectSpeech, *, beyond: bool = False) -> int:
    """Return the end of the words that follow a quotation up to the end of the sentence, the line, or the next quotation.

    With `beyond`, if the quotation ends its sentence, those of the next sentence.
    """
    n = bisect_left(context.starts, quote.start)
    m = bisect_right(context.breaks, quote.end + 1) if beyond else bisect_left(context.breaks, quote.end)
    line = context.outside.find("\n", quote.end)
    found = [line if line >= 0 else len(context.outside), *context.breaks[m : m + 1]]
    return max(min([*found, *(start - 1 for start in context.starts[n + 1 : n + 2])]), quote.end)


def size(text: str, low: int, high: int) -> int:
    """Return the number of words; of scripts without spaces, two characters are one."""
    return sum(max(1, len(found[0]) // 2) if found[0][0] >= "\u2e80" else 1 for found in WORD.finditer(text, low, high))
