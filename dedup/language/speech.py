"""The words by which prose names a speaker (`data/attribution.txt`), in many languages, all in small letters."""

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


class Lexicon(NamedTuple):
    """Verbs of saying, phrases and verbs in scripts without capital letters, and words that are neither names nor verbs."""

    verbs: frozenset[str]
    phrases: re.Pattern[str]
    pronouns: frozenset[str]
    articles: frozenset[str]
    others: frozenset[str]
    dates: frozenset[str]
    persons: frozenset[str]
    pointers: frozenset[str]
    views: frozenset[str]
    conjunctions: frozenset[str]
    particles: frozenset[str]
    carriers: frozenset[str]


@cache
def lexicon() -> Lexicon:
    """Return the lexicon, read once."""
    lines = Path(__file__).parents[1].joinpath("data", "attribution.txt").read_text(encoding="utf-8").splitlines()
    small = ("pronouns", "articles", "others", "dates", "persons", "pointers", "views", "conjunctions", "particles", "carriers")
    kinds: dict[str, set[str]] = {kind: set() for kind in (*small, "verbs", "phrases")}
    for line in lines:
        name, _, own = line.partition(":")
        if line.startswith("#") or not own:
            continue
        words, *phrases = own.casefold().split("|")
        kind = name if name in kinds else "verbs" if words.strip()[:1] < "\u0590" else "phrases"
        kinds[kind].update(words.split())
        kinds["phrases"].update(map(str.strip, phrases))
    longest = sorted(kinds["phrases"], key=lambda phrase: (-len(phrase), phrase))
    spaced, joined = ("|".join(p for p in longest if (p < "\u2e80") is way) for way in (True, False))
    pattern = re.compile(rf"(?<!\w)(?:{spaced})(?!\w)|{joined}")
    return Lexicon(frozenset(kinds["verbs"]), pattern, *(frozenset(kinds[kind]) for kind in small))


def saying(text: str) -> bool:
    """Return whether `text` has a verb of saying."""
    return any(found[0].casefold() in lexicon().verbs for found in WORD.finditer(text))
