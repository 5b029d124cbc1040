"""Scripts: which one the signs of a text are of, and which have no spaces between words."""

from bisect import bisect_right
from collections import Counter
from functools import lru_cache

_UNSPACED = (("\u2e80", "\u9fff"), ("\uf900", "\ufaff"))
"""The first and last letters of Chinese and Japanese, which have no spaces between words."""
_HANGUL = ("\uac00", "\ud7af")
"""Korean has spaces, but writes particles with a name."""
_SCRIPTS = (
    ("\u0370", "\u03ff", "el"), ("\u0400", "\u04ff", "ru uk bg sr"), ("\u0530", "\u058f", "hy"), ("\u05d0", "\u05ea", "he"),
    ("\u0600", "\u06ff", "ar fa ur"), ("\u0900", "\u097f", "hi mr ne"), ("\u0980", "\u09ff", "bn"), ("\u0b80", "\u0bff", "ta"),
    ("\u0c00", "\u0c7f", "te"), ("\u0e00", "\u0e7f", "th"), ("\u10a0", "\u10ff", "ka"), ("\u1f00", "\u1fff", "el"),
    ("\u3040", "\u30ff", "ja"), ("\u3400", "\u9fff", "zh"), ("\uac00", "\ud7a3", "ko"),
)  # fmt: skip
"""The first and last letter of each script, and the languages that are written in it."""
SCRIPT_LANGUAGES = tuple(dict.fromkeys(codes for _, _, codes in _SCRIPTS))
"""The languages of each script, as `letters_by_script` names them."""
_FIRST = [first for first, _, _ in _SCRIPTS]


@lru_cache(1 << 12)
def _languages_of(sign: str) -> str:
    row = _SCRIPTS[max(0, bisect_right(_FIRST, sign) - 1)]
    return row[2] if row[0] <= sign <= row[1] else ""


def letters_by_script(text: str) -> Counter[str]:
    """Return how many signs of `text` are of each script, by the languages that are written in it.

    Those of the Latin script count under "latin".

    >>> letters_by_script("Αθήνα, Rom")
    Counter({'el': 5, 'latin': 3})
    """
    counts: Counter[str] = Counter()
    for sign, count in Counter(text).items():
        if "a" <= sign.lower() <= "ɏ":
            counts["latin"] += count
        elif codes := _languages_of(sign):
            counts[codes] += count
    return counts


def has_han_or_kana(text: str) -> bool:
    """Return whether `text` has letters of a script without spaces between words."""
    return not text.isascii() and any(_is_between(sign, *_UNSPACED) for sign in set(text))


def is_unspaced(name: str) -> bool:
    """Return whether texts print `name` without spaces around it."""
    return not name.isascii() and any(_is_between(sign, *_UNSPACED, _HANGUL) for sign in set(name))


def unspaced_letters(text: str) -> int:
    """Return how many letters of `text` are of scripts in which names have no spaces around them."""
    if text.isascii():
        return 0
    # Each sign is looked at once: a page of English with curly quotation marks has thousands, of few kinds.
    return sum(count for sign, count in Counter(text).items() if _is_between(sign, *_UNSPACED, _HANGUL))


def _is_between(sign: str, *ranges: tuple[str, str]) -> bool:
    return any(first <= sign <= last for first, last in ranges)
