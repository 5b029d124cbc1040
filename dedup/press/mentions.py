"""Outlets and agencies that the prose of a text names as the source of what it says: the Rival Post reported; told Metro.

A name of two or more words with capital letters, or a site (rivalpost.com), needs no proof. Any other may be an ordinary word
(Time, Die Zeit, El País), so there has to be a cue beside it:

- quotation marks around it, or a word for a newspaper or its staff: der „Spiegel“, týdeník Respekt, a Reuters correspondent
- a phrase such as "according to" before it, or one such as "mukaan" behind it
- a verb of saying or reading with only small words between: told Metro, Politico has reported
- a text that has an author, and a preposition: a statement to Axios

Names are found in capitals (THE TIMES) and with the endings of languages that inflect them (der Süddeutschen Zeitung).
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from dedup.language.languages import frequent_words
from dedup.language.quotes import CLOSING, OPENING
from dedup.language.scripts import is_unspaced
from dedup.language.sentences import ENDERS
from dedup.language.speech import WORD, Vocabulary, languages, lexicon, vocabulary
from dedup.press.names import other_names, site_of
from dedup.press.words import BY, JOURNALIST, OF, PAPER, WITH

_KEY = 3
"""Letters with which a word of a text starts as a word of a name does."""
_NEAR = 4
"""Words between a name and its cue."""
_SMALL = 3
"""Letters up to which a word in small letters is an article, a preposition or the like."""
_LEAST_UNSPACED = 3
"""Signs from which a name that texts print without spaces around it needs no cue."""
_UNSPACED_CUE = r"(?<=[据據《「『]){0}|{0}(?=[》」』]|[报報]|によ|は.{{0,30}}[报報])"
_LOST, _ADDED = 2, 4
"""Letters that a name may lose at its end, and gain, where it is inflected."""
_INFLECTED = frozenset(["pl", "cs", "sk", "ro", "hu", "fi", "et", "tr", "hr", "ru", "uk", "bg", "sr", "el", "lt", "lv"])
"""Languages with many endings of names."""
_NOT_INFLECTED = ("en",)
_GERMAN = re.compile(r"(?:e[nrms]?|n|s)?")
_GLUED = re.compile(r"[֐-׿؀-ۿ]")
"""Letters of scripts in which a preposition is written with the next word."""
_TAIL = re.compile(r"['’]\w{0,5}$")
"""What an apostrophe adds to a name: Reuters’, Hürriyet’in."""
_BLANKS = " \xa0\u202f"
_STOP = re.compile(rf"[{ENDERS};\n]")
_PREPOSITIONS = 3
_CAPITALS = 2
"""Words with a capital letter from which a name is no ordinary word."""


class Mention(NamedTuple):
    """A place of a text that names an outlet or agency, one of the names that were asked for."""

    start: int
    end: int
    name: str


def mentions(text: str, names: Iterable[str]) -> list[Mention]:
    """Return where `text` names an outlet or agency of `names`, in any usual spelling, as the source of what it says.

    >>> [found.name for found in mentions("Metro riders waited. “Nobody came,” she told Metro.", ["Metro"])]
    ['Metro']
    >>> mentions("Metro riders waited.", ["Metro"])
    []
    """
    asked = sorted(set(names))
    if not asked:
        return []
    searched = _Searched(text)
    found = {place for name in asked for form in {name, *other_names(name)} for place in searched.places(form, name)}
    # Of two forms of a name at one place, the longer one names it.
    ends: dict[str, int] = {}
    out = []
    for place in sorted(found, key=lambda place: (place.start, -place.end, place.name)):
        if place.start >= ends.get(place.name, 0):
            ends[place.name] = place.end
            out.append(place)
    return sorted(out)


class _Searched:
    """A text whose words are looked up by their first letters."""

    def __init__(self, text: str) -> None:
        self._text, self._small = text, text.casefold()
        self._words = [(found[0], found.start(), found.end()) for found in WORD.finditer(text)]
        self._at: dict[str, list[int]] = defaultdict(list)
        for n, (word, _, _) in enumerate(self._words):
            self._at[word[:_KEY].casefold()].append(n)
            if _GLUED.match(word):
                for skipped in (1, 2):
                    self._at[word[skipped : skipped + _KEY]].append(n)

    def places(self, form: str, name: str) -> list[Mention]:
        """Return the places of `form`, which is `name` or another name of the same outlet."""
        if is_unspaced(form) or site_of(form) == form.casefold():
            return [Mention(*found.span(), name) for found in self._literal(form)]
        parts = _parts(form)
        if not parts:
            return []
        alone = sum(part[0].isupper() for part in parts) >= _CAPITALS
        out = []
        for n in self._at.get(parts[0][:_KEY].casefold(), ()):
            last = n + len(parts)
            if last <= len(self._words) and self._is_name(parts, n):
                first = n - self._has_article(n, form)
                if alone or self._has_cue(first, last):
                    out.append(Mention(self._words[first][1], self._words[last - 1][2], name))
        return out

    def _literal(self, form: str) -> Iterator[re.Match[str]]:
        """Yield the places of a site, or of a name that texts print without spaces around it."""
        if is_unspaced(form):
            name = re.escape(form)
            yield from re.finditer(name if len(form) >= _LEAST_UNSPACED else _UNSPACED_CUE.format(name), self._text)
        elif form.casefold() in self._small:
            yield from re.finditer(rf"(?i)(?<![\w.-]){re.escape(form)}(?![\w-])", self._text)

    def _has_article(self, n: int, form: str) -> bool:
        """Return whether the word before `n` is the article with which a name starts."""
        article = WORD.match(form)
        return (
            n > 0
            and article is not None
            and article[0].casefold() in _articles()
            and self._words[n - 1][0].casefold() == article[0].casefold()
            and not self._text[self._words[n - 1][2] : self._words[n][1]].strip()
        )

    def _is_name(self, parts: Sequence[str], n: int) -> bool:
        """Return whether the words from the number `n` on are those of a name."""
        words = [self._words[n + m][0] for m in range(len(parts))]
        same = all(_is_form(*pair, _NOT_INFLECTED) for pair in zip(parts, words, strict=True))
        if not same and all(len(one) < _KEY or one[:_KEY] == other[:_KEY] for one, other in zip(parts, words, strict=True)):
            codes = self._languages(n)
            same = all(_is_form(*pair, codes) for pair in zip(parts, words, strict=True))
        between = self._text[self._words[n][1] : self._words[n + len(parts) - 1][2]]
        return same and "\n" not in between

    def _languages(self, n: int) -> tuple[str, ...]:
        """Return the languages of the paragraph of a word, and of the text."""
        at = self._words[n][1]
        low, high = self._text.rfind("\n", 0, at) + 1, self._text.find("\n", at)
        line = self._text[low : high if high >= 0 else len(self._text)]
        return tuple(dict.fromkeys(languages(line, 1) + languages(self._text)))

    def _has_cue(self, first: int, last: int) -> bool:
        """Return whether the words `first` to `last`, which are a name, have a cue beside them."""
        start, end = self._words[first][1], self._words[last - 1][2]
        if self._is_quoted(first, end):
            return True
        if self._text[end : end + 1] in {"-", "‐", "‑"}:
            return False
        codes = self._languages(first)
        known, small = vocabulary(codes), frequent_words(codes) | _small_words()
        before, behind = self._before(first), self._behind(last)
        # Star striker, Metro riders: a longer name, or a noun that the word describes.
        following = self._words[behind[0]][0] if behind else ""
        goes_on = bool(following) and following.casefold() not in small | lexicon().dates and not known.is_verb(following)
        longer = goes_on and ("de" not in codes if following[0].isupper() else "en" in codes)
        if any(_is_paper(self._words[n][0]) for n in (*before[:1], *behind[:1])):
            return True
        return not longer and (
            self._has_phrase(known, before, behind, start)
            or self._is_told(known, small, before, start)
            or self._says(known, small, before, behind, end)
        )

    def _is_quoted(self, first: int, end: int) -> bool:
        start = self._words[first][1]
        before, behind = self._text[max(0, start - 2) : start].rstrip(_BLANKS), self._text[end : end + 2].lstrip(_BLANKS)
        return bool(before and behind) and before[-1] in OPENING and behind[0] in CLOSING

    def _before(self, first: int) -> list[int]:
        """Return the words before the word `first` in its clause, the nearest one first."""
        out: list[int] = []
        for n in range(first - 1, max(-1, first - 2 - _NEAR), -1):
            if _STOP.search(self._text, self._words[n][2], self._words[n + 1][1]):
                break
            out.append(n)
        return out

    def _behind(self, last: int) -> list[int]:
        """Return the words behind the word before `last` up to the next sign."""
        out: list[int] = []
        for n in range(last, min(len(self._words), last + 1 + _NEAR)):
            if self._text[self._words[n - 1][2] : self._words[n][1]].strip():
                break
            out.append(n)
        return out

    def _is_small(self, n: int, small: frozenset[str]) -> bool:
        word = self._words[n][0]
        return word.casefold() in small or (len(word) <= _SMALL and not word[0].isupper())

    def _has_phrase(self, known: Vocabulary, before: Sequence[int], behind: Sequence[int], start: int) -> bool:
        """Return whether a phrase such as "according to" is beside a name."""
        if known.phrases is None:
            return False
        low = self._words[before[-1]][1] if before else start
        for found in known.phrases.finditer(self._text, low, start):
            between = [n for n in before if self._words[n][1] >= found.end()]
            if len(between) <= _PREPOSITIONS:
                return True
        near = [self._words[n][1] for n in behind[:2]]
        return any(known.phrases.match(self._text, at) for at in near)

    def _is_told(self, known: Vocabulary, small: frozenset[str], before: Sequence[int], start: int) -> bool:
        """Return whether a verb of saying, or a text with an author, is before a name, with only small words between."""
        low = self._words[before[-1]][1] if before else start
        verbs = {self._number(at, before) for at, _ in known.sayings(self._text, low, start)}
        for n in before:
            word = self._words[n][0].casefold()
            if n in verbs or word in known.read:
                return True
            if word in known.papers:
                return n != before[0]
            if not (self._is_small(n, small) or word in lexicon().dates):
                return False
        return False

    def _says(self, known: Vocabulary, small: frozenset[str], before: Sequence[int], behind: Sequence[int], end: int) -> bool:
        """Return whether a name is the subject of a verb of saying behind it, with only small words between."""
        if not behind or (before and _is_of(self._words[before[0]][0])):
            return False
        if before and len(before) > 1 and self._is_small(before[0], small) and _is_of(self._words[before[1]][0]):
            return False
        high = self._words[behind[-1]][2]
        verbs = {self._number(at, behind) for at, _ in known.sayings(self._text, end, high)}
        for n in behind:
            if n in verbs:
                return True
            word = self._words[n][0].casefold()
            if word in known.papers and self._text[end - 1] in "s'’":
                return True
            if not (self._is_small(n, small) or word in lexicon().dates):
                return False
        return False

    def _number(self, at: int, among: Sequence[int]) -> int:
        return next((n for n in among if self._words[n][1] <= at < self._words[n][2]), -1)


@cache
def _is_paper(word: str) -> bool:
    return re.fullmatch(rf"(?i)(?:{PAPER})|(?:{JOURNALIST})s?", word) is not None


@cache
def _is_of(word: str) -> bool:
    """Return whether a name behind `word` is no subject: of, by, with."""
    return re.fullmatch(rf"(?i){OF}|{BY}|{WITH}", word) is not None


@cache
def _articles() -> frozenset[str]:
    """Return the articles; "as" is one only in Portuguese, and a conjunction elsewhere."""
    return lexicon().articles | {"il", "o", "i", "de", "ο", "η", "το", "οι", "τα"}


@cache
def _small_words() -> frozenset[str]:
    return _articles() | lexicon().function_words | lexicon().conjunctions


@cache
def _parts(form: str) -> tuple[str, ...]:
    """Return the words of a name without an article before them."""
    parts = tuple(found[0] for found in WORD.finditer(form))
    return parts[1:] if len(parts) > 1 and parts[0].casefold() in _articles() else parts


def _is_form(part: str, word: str, codes: Sequence[str]) -> bool:
    """Return whether `word`, in a text in the languages `codes`, is the word `part` of a name, in capitals, or inflected."""
    word = word if _TAIL.search(part) else _TAIL.sub("", word)
    capitals = word.upper() == word != word.lower() and len(part) > 1
    if word == part or (capitals and word == part.upper()) or (part.islower() and word.casefold() == part):
        return True
    if _GLUED.match(word):
        return word.endswith(part) and len(word) - len(part) <= _LOST
    if len(part) <= _KEY or word[:1] != part[0]:
        return False
    inflected = not codes or bool(set(codes) & _INFLECTED)
    if "de" in codes and not inflected:
        stem = re.sub(r"e[nrms]?$", "", part)
        return word.startswith(stem) and _GERMAN.fullmatch(word[len(stem) :]) is not None
    pairs = enumerate(zip(part, word, strict=False))
    same = next((n for n, (one, other) in pairs if one != other), min(len(part), len(word)))
    return inflected and same >= _KEY and len(part) - same <= _LOST and len(word) - same <= _ADDED
