"""Full names of persons in a text: words with capital letters side by side, by rules that hold in many languages."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from dedup.language.speech import WORD, lexicon


@cache
def _no_names() -> frozenset[str]:
    """Return the words that are part of no name."""
    known = lexicon()
    return known.dates | known.articles | known.function_words | known.pronouns


def _adjoin(text: str, one: re.Match[str], other: re.Match[str]) -> bool:
    """Return whether only one sign, which ends no line, is between two words."""
    return other.start() == one.end() + 1 and text[one.end()] != "\n"


_FURTHEST = 4
"""Words from the first word of a name to its last: Ursula von der Leyen."""


def full_names(text: str, low: int = 0, high: int | None = None) -> Iterator[tuple[int, int]]:
    """Yield start and end of each pair of words in `text[low:high]` that may be a full name, particles included.

    Both words have a capital letter, and neither is a date, an article, a pronoun or a function word.
    """
    known, small = lexicon(), _no_names()
    words = list(WORD.finditer(text, low, len(text) if high is None else high))
    for n, first in enumerate(words):
        last = n + 1
        while (
            last < min(len(words), n + _FURTHEST)
            and words[last][0].casefold() in known.particles
            and _adjoin(text, words[last - 1], words[last])
        ):
            last += 1
        # Ursula von der Leyen, but not Rätsel der Woche.
        particle = words[n + 1][0].casefold() if n + 1 < last else ""
        if last == len(words) or particle in known.articles or last >= n + _FURTHEST:
            continue
        if not _adjoin(text, words[last - 1], words[last]):
            continue
        pair = first[0], words[last][0]
        if all(word[0].isupper() and word.casefold() not in small for word in pair):
            yield first.start(), words[last].end()


def words_of_names(text: str) -> frozenset[str]:
    """Return the words of all full names in `text`, so that a surname is known where it is used without the first name."""
    return frozenset(word[0] for span in full_names(text) for word in WORD.finditer(text, *span))


def is_name(words: Sequence[str], n: int, names: frozenset[str]) -> bool:
    """Return whether `words[n]` is part of a name.

    It is in `names`, or has a capital letter although it neither opens a sentence nor follows an article or function word.
    """
    word = words[n]
    if word in names:
        return True
    known = lexicon()
    capital = n > 0 and len(word) > 1 and word[0].isupper() and word.casefold() not in known.dates
    return capital and words[n - 1].casefold() not in known.articles | known.function_words
