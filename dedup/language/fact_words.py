"""What words for facts mean in each language: numbers, units, dates, bounds and denials.

Two tables have one format, `language kind value: word, word, phrase of words`. `data/facts.txt` is made from the Unicode CLDR
and from libraries for number words by `bench/quality/fact_words.py`; `data/fact_words.txt` is written by hand and comes first.

| kind | value | example |
|---|---|---|
| number | what it counts | twelve |
| digit, size | the same of a sign of Chinese or Japanese; what it multiplies | 三, 万 |
| half, minus | a half that is added to the number before it; the sign of the number behind it | and a half, minus |
| times, plus | what it multiplies or adds | mươi, belas |
| hour | behind the hour of a clock | Uhr |
| ordinal, share, multiple | its number | third, half, twice |
| month, weekday, season, part, clock | which one; a part of the day | March, autumn, noon |
| near, relative, next | a day or time seen from today; an adjective that does so | tomorrow, last week, next |
| unit | its name in the CLDR, or the code of a currency | km, dollars |
| bound | `>`, `<`, `>=` or `<=` | more than |
| not | the kind of denial | never |
| prefix, suffix | a part of a word that denies the rest; two suffixes of contrary meaning | un, less ful |
| inside | letters that deny wherever a word has them | 않 |
| link | joins two number words to one | and |
| plain | a phrase that is no fact though its words are | not only |
| measured | names of units that are also other words: units only behind a number | stone |
| no-unit | short names of units that are mostly other words | in |
| short | short names of months and weekdays: dates only beside a figure, or with a point | Mar |
| article | what shows that the next word is a noun | the |
| noun | words that deny, but are nouns behind an article | pas |
| joint | what stands between the day and the month of a date | of |
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from dedup import _native
from dedup.arrays import Tokens

_DATA = Path(__file__).parents[1] / "data"
_COMPOUNDING = frozenset(["de", "nl", "sv", "da", "nb", "is", "fi", "et", "hu", "it", "tr", "az", "cs", "sk"])
"""Languages that write a number word of several parts as one word."""
_JOINERS = frozenset(["und", "en", "og", "och", "e", "a"])
"""What stands between the parts of such a word."""
_CLITICS = {
    "ar": ("وال", "بال", "ال", "و", "ب", "ل", "ف"),
    "he": ("וה", "ו", "ה", "ב", "ל", "מ", "ש"),
    "fa": ("و",),
}
"""Small words that are written together with the next one."""
_LISTS = ("measured", "no-unit", "short", "article", "noun", "joint")
"""Kinds that only say how others are read."""
_LONGEST_PARTICLES = 3
"""Letters behind a Korean word that may be particles."""


KOREAN_DIGITS = {letter: value for value, letter in enumerate("일이삼사오육칠팔구", 1)}
KOREAN_SIZES = {"십": 10, "백": 100, "천": 1000, "만": 10**4, "억": 10**8, "조": 10**12}


class Meaning(NamedTuple):
    """What a word means, if the words `rest` follow it."""

    kind: str
    value: str
    rest: tuple[str, ...] = ()


class FactWords:
    """The words for facts of one language, folded as the `tokens` kernel folds them."""

    def __init__(self, language: str) -> None:
        """Read the words of `language`; of an unknown one, only those of every language."""
        self.language = language
        self.listed: dict[str, list[Meaning]] = {}
        self.prefixes: list[str] = []
        self.suffixes: list[tuple[str, str]] = []
        self.inside: list[str] = []
        lists: dict[str, set[str]] = {kind: set() for kind in _LISTS}
        rows = [(kind, value, phrase) for kind, value, phrases in _lines(language) for phrase in phrases.split(", ")]
        tokens = Tokens(*_native.tokens([phrase for _, _, phrase in rows]))
        bounds, ids = tokens.offsets.tolist(), tokens.ids.tolist()
        words = [tokens.word(number) for number in range(len(tokens.hashes))]
        for n, (kind, value, phrase) in enumerate(rows):
            folded = [words[number] for number in ids[bounds[n] : bounds[n + 1]]]
            if kind == "suffix":
                self.suffixes.append((folded[0], folded[1]))
            elif kind == "prefix":
                self.prefixes.append("".join(folded))
            elif kind == "inside":
                self.inside.append(phrase)
            elif kind in lists:
                lists[kind].add("".join(folded))
            elif folded:
                self.listed.setdefault(folded[0], []).append(Meaning(kind, value, tuple(folded[1:])))
        self.measured, self.no_units, self.short, self.articles, self.nouns, self.joints = (
            frozenset(lists[kind]) for kind in _LISTS
        )
        for meanings in self.listed.values():
            meanings.sort(key=lambda meaning: -len(meaning.rest))
        self.inner = frozenset(word for meanings in self.listed.values() for meaning in meanings for word in meaning.rest)
        """Words that may go on a phrase."""
        self._found: dict[str, list[Meaning]] = {}

    def of(self, word: str) -> list[Meaning]:
        """Return what `word` may mean, the longest phrases first; empty for a word that states no fact."""
        found = self._found.get(word)
        if found is None:
            found = self._found[word] = self.listed.get(word) or self._derived(word)
        return found

    def _derived(self, word: str) -> list[Meaning]:
        """What a word means by its parts."""
        for clitic in _CLITICS.get(self.language, ()):
            if word.startswith(clitic) and len(word) > len(clitic) + 1 and (found := self.listed.get(word[len(clitic) :])):
                return found
        if self.language == "ko" and "\uac00" <= word[:1] <= "\ud7a3":
            return self._korean(word)
        if self.language in _COMPOUNDING and len(word) > 5 and (value := self._compound(word)):
            return [Meaning("number", str(value))]
        return []

    def _korean(self, word: str) -> list[Meaning]:
        """A word with particles behind it; or one that denies."""
        for length in range(len(word), max(1, len(word) - 1 - _LONGEST_PARTICLES), -1):
            if found := [meaning for meaning in self.listed.get(word[:length], ()) if not meaning.rest]:
                return found
            if value := self._sino_korean(word[:length]):
                return [Meaning("number", str(value))]
        return [Meaning("not", "not")] if any(part in word for part in self.inside) else []

    @staticmethod
    def _sino_korean(word: str) -> int:
        """The value of a Korean number word, 삼백오십; 0 if it is none. Those of two letters are often others: 천사, angel."""
        values = [KOREAN_DIGITS.get(letter) or KOREAN_SIZES.get(letter, 0) for letter in word]
        digits = [value < 10 for value in values]
        if len(word) < 3 or 0 in values or values[0] >= 10**4 or (True, True) in pairwise(digits):
            return 0
        return int(in_sections(list(zip(values, [not digit for digit in digits], strict=True))))

    def _compound(self, word: str) -> int | None:
        """The value of a number word of several parts: zweihundertfünfzig."""
        values: list[int] = []
        at = 0
        while at < len(word):
            for end in range(len(word), at, -1):
                part = word[at:end]
                found = next((m for m in self.listed.get(part, ()) if m.kind == "number" and not m.rest), None)
                if found and found.value.isdecimal():
                    values.append(int(found.value))
                    break
                if part in _JOINERS and values and end < len(word):
                    break
            else:
                return None
            at = end
        return composed(values) if len(values) > 1 else None


def in_sections(values: Sequence[tuple[float, bool]]) -> float:
    """Return the number that figures and sizes (with True) in a row make: 3만5천. Sizes from 10,000 end a section."""
    total = section = last = 0.0
    for value, is_size in values:
        if not is_size:
            last = value
        elif value < 10**4:
            section, last = section + (last or 1) * value, 0
        else:
            total, section, last = total + (section + last or 1) * value, 0, 0
    return total + section + last


def composed(values: list[int]) -> int:
    """Return the number that parts in a row make: 2, 100, 50 is 250; 4, 20 is 24; 3, 1000 is 3000."""
    total = current = 0
    for value in values:
        if value >= 1000:
            total, current = total + max(current, 1) * value, 0
        elif value == 100 and current:
            current *= value
        else:
            current += value
    return total + current


def _lines(language: str) -> list[tuple[str, str, str]]:
    """The rows of both tables for a language, those written by hand first: kind, value, phrases."""
    out = []
    for name in ("fact_words.txt", "facts.txt"):
        text = _table(name)
        for code in ("any", language):
            at = text.find(f"\n{code} ")
            while at >= 0:
                end = text.find("\n", at + 1)
                label, _, phrases = text[at + 1 : end].partition(": ")
                _, kind, value = label.split(" ", 2)
                out.append((kind, value, phrases))
                at = end if text.startswith(f"{code} ", end + 1) else text.find(f"\n{code} ", end)
    return out


@lru_cache(2)
def _table(name: str) -> str:
    return _DATA.joinpath(name).read_text(encoding="utf-8")


@lru_cache(64)
def fact_words(language: str) -> FactWords:
    """Return the words for facts of a language; they are read once."""
    return FactWords(language)
