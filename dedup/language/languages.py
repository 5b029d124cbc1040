"""The language of a text, recognised by its most frequent words.

`data/languages.txt` lists them. A word that several languages list counts less. A text without any of them has the language
that `_SCRIPTS` names for its script: good enough to know what a number word means.
"""

from bisect import bisect_right
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dedup import _native
from dedup.arrays import Tokens, distinct

_SAMPLED = 200
"""Words of a text that are looked at."""
_LEAST_SHARE = 0.03
"""Share of frequent words from which a text is in a language: a text of another script may quote a few words of it."""
_SCRIPTS = (
    (0x0, "en"), (0x370, "el"), (0x400, "ru"), (0x530, ""), (0x590, "he"), (0x600, "ar"), (0x700, ""), (0x900, "hi"),
    (0x980, "bn"),
    (0xA00, ""), (0xB80, "ta"), (0xC00, "te"), (0xC80, "kn"), (0xD00, ""), (0xE00, "th"), (0xE80, ""), (0x1100, "ko"),
    (0x1200, ""), (0x1E00, "en"), (0x1F00, "el"), (0x2000, ""), (0x3040, "ja"), (0x3100, "zh"), (0xAC00, "ko"), (0xD7B0, ""),
)  # fmt: skip
"""The first code point of each script, and the language of a text in it of which nothing else is known."""


class _Frequent(NamedTuple):
    codes: tuple[str, ...]
    hashes: npt.NDArray[np.uint64]
    """(words,), sorted"""
    weights: npt.NDArray[np.float32]
    """(words, languages)"""


@cache
def _listed() -> tuple[tuple[str, str], ...]:
    """Return the rows of `data/languages.txt`: a language, and its words."""
    lines = Path(__file__).parents[1].joinpath("data", "languages.txt").read_text(encoding="utf-8").splitlines()
    return tuple((code, row) for code, row in (line.split(": ", 1) for line in lines if not line.startswith("#")))


@cache
def frequent_words(codes: tuple[str, ...]) -> frozenset[str]:
    """Return the most frequent words of languages, which are articles, prepositions, auxiliaries and the like."""
    return frozenset(word for code, row in _listed() if code in codes for word in row.split())


@lru_cache(1)
def _frequent() -> _Frequent:
    listed = _listed()
    words = [(number, word) for number, (_, row) in enumerate(listed) for word in row.split()]
    tokens = Tokens(*_native.tokens([word for _, word in words]))
    # Only words that are one token: in scripts without spaces these are single characters.
    whole = np.flatnonzero(np.diff(tokens.offsets) == 1)
    of = np.array([number for number, _ in words], np.int64)[whole]
    hashes = tokens.hashes[tokens.ids[tokens.offsets[whole]]]
    known = distinct(hashes)
    weights = np.zeros((len(known), len(listed)), np.float32)
    weights[np.searchsorted(known, hashes), of] = 1
    return _Frequent(tuple(code for code, _ in listed), known, weights / np.sqrt(weights.sum(axis=1, keepdims=True)))


class Languages:
    """The languages of the texts of a corpus, each found when it is first asked for."""

    def __init__(self, tokens: Tokens) -> None:
        """Look up the words of the corpus."""
        self._tokens = tokens
        self._codes, known, weights = _frequent()
        at = np.minimum(np.searchsorted(known, tokens.hashes), len(known) - 1)
        # The last row is that of a word which no language lists.
        self._weights = np.vstack([weights, np.zeros((1, weights.shape[1]), np.float32)])
        self._rows = np.where(known[at] == tokens.hashes, at, len(known))
        self._found: dict[int, str] = {}

    def of(self, text: int) -> str:
        """Return the language code of a text; "" if nothing is known of it."""
        found = self._found.get(text)
        if found is None:
            found = self._found[text] = self._look(text)
        return found

    def _look(self, text: int) -> str:
        first = int(self._tokens.offsets[text])
        ids = self._tokens.ids[first : min(first + _SAMPLED, int(self._tokens.offsets[text + 1]))]
        scores = self._weights[self._rows[ids]].sum(axis=0)
        best = int(np.argmax(scores))
        return self._codes[best] if scores[best] > _LEAST_SHARE * len(ids) else _by_script(self._tokens, ids)


def _by_script(tokens: Tokens, ids: npt.NDArray[np.uint32]) -> str:
    counts: dict[str, int] = {}
    for number in ids[:40].tolist():
        word = tokens.word(number)
        if not word[:1].isdigit():
            code = _SCRIPTS[bisect_right(_SCRIPTS, ord(word[0]), key=lambda row: row[0]) - 1][1]
            counts[code] = counts.get(code, 0) + 1
    return max(counts, key=counts.__getitem__) if counts else "en"
