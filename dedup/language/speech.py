"""Words by which prose names a speaker, in many languages: verbs of saying, and the small words around them.

The words are in `data/attribution.txt`, in small letters.
"""

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from dedup.language.facts import CAPITALISED_DATES

WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


class Lexicon(NamedTuple):
    """The words of `data/attribution.txt`, each kind once."""

    verbs: frozenset[str]
    """Verbs of saying: said, sagte, dijo."""
    phrases: re.Pattern[str]
    """Phrases that name a speaker without a verb ("according to"), and verbs of scripts that have no capital letters."""
    pronouns: frozenset[str]
    articles: frozenset[str]
    function_words: frozenset[str]
    """Prepositions, conjunctions and the like: neither a name nor a verb of saying."""
    dates: frozenset[str]
    """Months and weekdays, which have a capital and are no names."""
    persons: frozenset[str]
    """Pronouns that may open the sentence before or after a quotation and mean its speaker: she, er, elle."""
    pointers: frozenset[str]
    """Words that open a sentence about the quotation before it: that, so, damit."""
    views: frozenset[str]
    """Prepositions for the view of a person: Per il sindaco «…»."""
    conjunctions: frozenset[str]
    """Words after which a clause goes on inside a quotation: the office finds that “…”."""
    particles: frozenset[str]
    """Small words inside a person's name: von, van, de."""
    carriers: frozenset[str]
    """Things on which words are written and which nobody speaks: poster, T-shirt, headline."""


@cache
def lexicon() -> Lexicon:
    """Return the lexicon; the file is read once."""
    lines = Path(__file__).parents[1].joinpath("data", "attribution.txt").read_text(encoding="utf-8").splitlines()
    kinds: dict[str, set[str]] = {kind: set() for kind in Lexicon._fields}
    kinds["dates"] |= CAPITALISED_DATES
    for line in lines:
        label, _, listed = line.partition(":")
        if line.startswith("#") or not listed:
            continue
        words, *phrases = listed.casefold().split("|")
        # A label that is no kind is a language. Its verbs need a subject beside them, which only scripts with capitals show.
        kind = label if label in kinds else "verbs" if words.strip()[:1] < "\u0590" else "phrases"
        kinds[kind].update(words.split())
        kinds["phrases"].update(map(str.strip, phrases))
    return Lexicon(phrases=_phrases(kinds.pop("phrases")), **{kind: frozenset(words) for kind, words in kinds.items()})


def _phrases(phrases: set[str]) -> re.Pattern[str]:
    """Return a pattern for any of `phrases`, the longest first; scripts without spaces need no limit of a word."""
    longest = sorted(phrases, key=lambda phrase: (-len(phrase), phrase))
    spaced, unspaced = ("|".join(p for p in longest if (p < "\u2e80") is way) for way in (True, False))
    return re.compile(rf"(?<!\w)(?:{spaced})(?!\w)|{unspaced}")


def has_saying(text: str) -> bool:
    """Return whether `text` contains a verb of saying."""
    return any(found[0].casefold() in lexicon().verbs for found in WORD.finditer(text))
