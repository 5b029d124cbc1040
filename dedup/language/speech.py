"""Words by which prose names a speaker, in many languages: verbs of saying, and the words around them.

The words are in `data/attribution.txt`, which describes its kinds. A word counts only in a text of its own language.
"""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from dedup.language.facts import CAPITALISED_DATES
from dedup.language.scripts import SCRIPT_LANGUAGES, has_han_or_kana, letters_by_script

_MARKS = "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0963\u0966-\u0dff\u0e31-\u0e4e\u1000-\u109f\u200c"
"""Vowel signs and the like, which belong to a word although Python counts them as no letters; the joiner of Persian."""
_PART = rf"[^\W_]+(?:[{_MARKS}]+[^\W_]*)*"
WORD = re.compile(rf"{_PART}(?:['’-]{_PART})*")
_CORE = re.compile(
    r"(?:(?:s|m|t|l|n|d|j|c|qu)['’])?([^\W_].*?)(?:-(?:t-)?(?:ils?|elles?|on|je|nous|vous|lhes?|se|me|no?s|tu|ci|ce))?",
    re.DOTALL,
)
"""A word without the pronouns that French and Portuguese write with it: s'agace, dit-il, ajoute-t-elle, disse-lhe."""
_AND = "وفו"
"""Words for “and” that are written with the next one."""


class Lexicon(NamedTuple):
    """The words of `data/attribution.txt` that are the same for all languages, each kind once."""

    verbs: frozenset[str]
    """Verbs of saying that are known whatever the language of a text: said, sagte, dijo."""
    pronouns: frozenset[str]
    articles: frozenset[str]
    function_words: frozenset[str]
    """Prepositions, conjunctions and the like: neither a name nor a verb of saying."""
    dates: frozenset[str]
    """Months and weekdays, which have a capital and are no names."""
    persons: frozenset[str]
    """Pronouns that may open the sentence before or after a quotation and mean its speaker: she, er, elle."""
    neutral: frozenset[str]
    """Pronouns that mean an organisation, or a thing with words on it: it."""
    pointers: frozenset[str]
    """Words that open a sentence about the quotation before it: that, so, damit."""
    views: frozenset[str]
    """Prepositions for the view of a person: Per il sindaco «…»."""
    conjunctions: frozenset[str]
    """Words after which a clause goes on inside a quotation: the office finds that “…”."""
    particles: frozenset[str]
    """Small words inside a person's name: von, van, de."""
    titles: frozenset[str]
    """Titles that are shortened and followed by a stop, which ends no sentence: Mr. Walker, Rep. Finlay."""
    carriers: frozenset[str]
    """Things on which words are written and which nobody speaks: poster, T-shirt, headline."""


class Vocabulary(NamedTuple):
    """The words of the languages of a text, as `data/attribution.txt` describes its kinds."""

    verbs: frozenset[str]
    stems: tuple[str, ...]
    """Beginnings of verbs of saying."""
    compounds: re.Pattern[str] | None
    """Verbs of more than one word."""
    read: frozenset[str]
    papers: frozenset[str]
    speakers: frozenset[str]
    bodies: frozenset[str]
    nouns: frozenset[str]
    phrases: re.Pattern[str] | None
    before: re.Pattern[str] | None
    after: re.Pattern[str] | None

    def is_verb(self, word: str) -> str | None:
        """Return the verb of saying in `word`, in small letters and without pronouns that are written with it, if it is one."""
        small = word.casefold()
        for form in (
            small,
            *(core[1] for core in [_CORE.fullmatch(small)] if core),
            *(small[1:] for _ in small[:1] if small[0] in _AND),
        ):
            if form in self.verbs or (self.stems and form.startswith(self.stems)):
                return form
        return None

    def sayings(self, text: str, low: int, high: int) -> Iterator[tuple[int, int]]:
        """Yield start and end of each verb of saying in `text[low:high]`, in order.

        A word with a capital letter is one only as the first word. A noun is none: a word behind an article of its language.
        """
        compounds = [found.span() for found in self.compounds.finditer(text, low, high)] if self.compounds else []
        behind = ""
        for found in WORD.finditer(text, low, high):
            while compounds and compounds[0][0] <= found.start():
                yield compounds.pop(0)
            word = found[0]
            verb = self.is_verb(word) if (not behind or not word[0].isupper()) and behind not in self.nouns else None
            if verb:
                at = found.start() + max(word.casefold().find(verb), 0)
                yield at, min(at + len(verb), found.end())
            behind = word.casefold()


@cache
def _sections() -> dict[str, list[tuple[str, str]]]:
    """Return the lines of each language of `data/attribution.txt`: kind and words."""
    lines = Path(__file__).parents[1].joinpath("data", "attribution.txt").read_text(encoding="utf-8").splitlines()
    out: dict[str, list[tuple[str, str]]] = {}
    code = ""
    for line in lines:
        if line.startswith("["):
            code = line.strip("[]")
        elif line.strip() and not line.startswith("#"):
            kind, _, words = line.partition(":")
            out.setdefault(code, []).append((kind, words.strip()))
    return out


@cache
def lexicon() -> Lexicon:
    """Return what is the same for all languages."""
    kinds: dict[str, set[str]] = {kind: set() for kind in Lexicon._fields}
    kinds["dates"] |= CAPITALISED_DATES
    for kind, words in _sections()["any"]:
        kinds[kind].update(words.casefold().split())
    for lines in _sections().values():
        kinds["verbs"].update(word for kind, words in lines if kind == "said" for word in words.casefold().split())
    return Lexicon(**{kind: frozenset(words) for kind, words in kinds.items()})


@cache
def vocabulary(languages: tuple[str, ...]) -> Vocabulary:
    """Return the words of `languages`, together; of none, the verbs that are known whatever the language."""
    words: dict[str, set[str]] = {}
    for kind, listed in (line for language in languages for line in _sections()[language]):
        name, _, endings = kind.partition("+")
        if name == "phrases":
            words.setdefault(name, set()).update(map(str.strip, listed.lower().split("|")))
        elif name in {"before", "after"}:
            words.setdefault(name, set()).add(listed)
        else:
            forms = {
                stem + ending for stem in listed.casefold().split() for ending in (endings.split(",") if endings else [""])
            }
            words.setdefault("verbs" if name == "said" else name, set()).update(forms)
    verbs = words.get("verbs", set())
    compounds = {verb.replace("_", " ") for verb in verbs if "_" in verb}
    return Vocabulary(
        verbs=lexicon().verbs
        if not languages
        else frozenset(verb for verb in verbs if "_" not in verb and not verb.endswith("*")),
        stems=tuple(sorted(verb[:-1] for verb in verbs if verb.endswith("*"))),
        compounds=_any(compounds),
        phrases=_any(words.get("phrases", set())),
        before=_joined(words.get("before", set())),
        after=_joined(words.get("after", set())),
        **{kind: frozenset(words.get(kind, set())) for kind in ("read", "papers", "speakers", "bodies", "nouns")},
    )


def _any(phrases: set[str]) -> re.Pattern[str] | None:
    """Return a pattern for any of `phrases`, the longest first; in scripts without spaces they may be parts of a word."""
    if not phrases:
        return None
    longest = sorted(phrases, key=lambda phrase: (-len(phrase), phrase))
    spaced, unspaced = ("|".join(p for p in longest if (p < "\u0e00") is way) for way in (True, False))
    parts = [rf"(?<!\w)[{_AND}]?(?:{spaced})(?!\w)"] if spaced else []
    return re.compile("|".join([*parts, unspaced] if unspaced else parts), re.IGNORECASE)


def _joined(patterns: set[str]) -> re.Pattern[str] | None:
    return re.compile("|".join(f"(?:{pattern})" for pattern in sorted(patterns)), re.IGNORECASE) if patterns else None


_APART = {"any"} | {code for codes in SCRIPT_LANGUAGES for code in codes.split()}
"""Sections of languages that are known by their script."""
_LETTERS = {"uk": "іїєґ", "sr": "ђћџјљњ", "ru": "ыэё", "ur": "ٹڈڑےں", "fa": "پچژگکی", "ar": "ةىأإي"}
"""Letters that only one of the languages of a script has, or that the languages before it lack."""


LEAST_COMMON = 2
"""Frequent words of a language from which a text may be in it."""


_ACCENTS = {
    "cs": "ěřů",
    "sk": "ľĺŕ",
    "pl": "łśźćąęż",
    "hu": "őű",
    "tr": "ğşı",
    "ro": "țșă",
    "vi": "ạảấầậắằặẹếềểệịọốồổộớờợụủứừữựđơư",
    "pt": "ãõ",
    "es": "ñ¿¡",
}
"""Letters that are frequent in a language and in few others. One of them counts as much as `LEAST_COMMON` frequent words."""


@lru_cache(maxsize=1 << 10)
def languages(text: str, least: int = LEAST_COMMON) -> tuple[str, ...]:
    """Return the languages that `text` may be in: by its script, by letters, and by the most frequent words of languages.

    Languages whose words are about as frequent in it are returned together. None is returned if the script has several,
    and fewer than `least` frequent words of each are in the text.
    """
    counts = letters_by_script(text)
    letters = counts.pop("latin", 0)
    if counts["ja"] and (counts["ja"] + counts["zh"]) * 3 > letters:
        return ("ja",)
    best = max(counts, key=lambda codes: counts[codes], default="")
    # A character of Han or a syllable of Hangul is worth several letters.
    if counts[best] * (3 if best in {"ko", "zh"} else 1) > letters:
        codes = best.split()
        shown = [code for code, signs in _LETTERS.items() if code in codes and any(sign in text for sign in signs)]
        return tuple(shown[:1]) or _by_words(text, codes, least) or tuple(codes)
    return _by_words(text, [code for code in _sections() if code not in _APART], least)


@cache
def _common() -> dict[str, frozenset[str]]:
    found = {code: dict(lines).get("common", "") for code, lines in _sections().items()}
    return {code: frozenset(words.split()) for code, words in found.items()}


def _by_words(text: str, codes: list[str], least: int) -> tuple[str, ...]:
    if len(codes) == 1:
        return (codes[0],)
    words = Counter(found[0].casefold() for found in WORD.finditer(text))
    counts = {code: sum(words[word] for word in _common()[code] & words.keys()) for code in codes}
    if not text.isascii():
        for code, signs in _ACCENTS.items():
            if code in counts and any(sign in text for sign in signs):
                counts[code] += LEAST_COMMON
    most = max(counts.values())
    return tuple(code for code in codes if counts[code] * 5 >= most * 4) if most >= least else ()


def has_saying(text: str) -> bool:
    """Return whether `text` contains a verb of saying of any language."""
    return any(found[0].casefold() in lexicon().verbs for found in WORD.finditer(text))


def carrier(text: str, low: int, high: int) -> str | None:
    """Return the first thing in `text[low:high]` on which words are written and which nobody speaks, such as a poster."""
    carriers = lexicon().carriers
    for found in WORD.finditer(text, low, high):
        word = found[0].casefold()
        if word in carriers:
            return word
        # Hebrew and Arabic write articles and prepositions with the word.
        if "\u0590" <= word[0] <= "\u06ff" and (inside := [word[n:] for n in (1, 2, 3) if word[n:] in carriers]):
            return inside[0]
        if has_han_or_kana(word[0]) and (parts := [thing for thing in carriers if has_han_or_kana(thing[0]) and thing in word]):
            return min(parts)
    return None
