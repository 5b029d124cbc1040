"""What words for facts mean in each language: numbers, units, dates, bounds and denials.

Two tables have one format, `language kind value: word, word, phrase of words`. `data/facts.txt` is made from the Unicode CLDR
and from libraries for number words by `bench/quality/fact_words.py`; `data/fact_words.txt` is written by hand and comes first.

| kind | value | example |
|---|---|---|
| number | what it counts | twelve |
| digit, size | the same of a sign of Chinese or Japanese; what it multiplies | 三, 万 |
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
"""

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from dedup import _native
from dedup.arrays import Tokens

_DATA = Path(__file__).parents[1] / "data"
_COMPOUNDING = frozenset(["de", "nl", "sv", "da", "nb", "is", "fi", "et", "hu", "it", "tr", "az"])
"""Languages that write a number word of several parts as one word."""
_JOINERS = frozenset(["und", "en", "og", "och", "e"])
"""What stands between the parts of such a word."""
_CLITICS = {
    "ar": ("وال", "بال", "ال", "و", "ب", "ل", "ف"),
    "he": ("וה", "ו", "ה", "ב", "ל", "מ", "ש"),
    "fa": ("و",),
}
"""Small words that are written together with the next one."""
HALF_DAYS = frozenset(["am", "pm", "a", "p"])
"""What stands behind an hour; of a.m. and p.m. the first letter."""
_LONGEST_PARTICLES = 3
"""Letters behind a Korean word that may be particles."""


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
            elif folded:
                self.listed.setdefault(folded[0], []).append(Meaning(kind, value, tuple(folded[1:])))
        for meanings in self.listed.values():
            meanings.sort(key=lambda meaning: -len(meaning.rest))
        self.inner = frozenset(word for meanings in self.listed.values() for meaning in meanings for word in meaning.rest)
        """Words that may go on a phrase."""
        self._found: dict[str, list[Meaning]] = {}
        self._plain: dict[str, bool] = {}

    def of(self, word: str) -> list[Meaning]:
        """Return what `word` may mean, the longest phrases first; empty for a word that states no fact."""
        found = self._found.get(word)
        if found is None:
            found = self._found[word] = self.listed.get(word) or self._derived(word)
        return found

    def is_plain(self, word: str) -> bool:
        """Return whether `word` states no fact beside any other words: it is no figure, and means nothing in a table."""
        found = self._plain.get(word)
        if found is None:
            found = self._plain[word] = not self.of(word) and not word[:1].isdecimal() and word not in HALF_DAYS
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
        for length in range(len(word) - 1, max(1, len(word) - 1 - _LONGEST_PARTICLES), -1):
            if found := [meaning for meaning in self.listed.get(word[:length], ()) if not meaning.rest]:
                return found
        return [Meaning("not", "not")] if any(part in word for part in self.inside) else []

    def _compound(self, word: str) -> int | None:
        """The value of a number word of several parts: zweihundertfünfzig."""
        values: list[int] = []
        at = 0
        while at < len(word):
            for end in range(len(word), at, -1):
                part = word[at:end]
                found = next((m for m in self.listed.get(part, ()) if m.kind == "number" and not m.rest), None)
                if found:
                    values.append(int(found.value))
                    break
                if part in _JOINERS and values and end < len(word):
                    break
            else:
                return None
            at = end
        return composed(values) if len(values) > 1 else None


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
