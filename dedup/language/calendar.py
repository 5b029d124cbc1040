"""The names of months and weekdays in the languages of the press, as dates have them.

The table is `data/calendar.txt`; it is read when a date first has a word that is not English.
"""

import unicodedata
from functools import cache
from pathlib import Path

from dedup.language.facts import MONTHS, SHORT_MONTHS, SHORT_WEEKDAYS, WEEKDAYS

TABLE = Path(__file__).parents[1] / "data" / "calendar.txt"
_ENGLISH = {word[:3]: number for number, word in enumerate(MONTHS["en"].split(), 1)}
"""The first three letters of each English month."""
_ENGLISH_MONTHS = {word: _ENGLISH[word[:3]] for word in f"{MONTHS['en']} {SHORT_MONTHS}".split()}
_ENGLISH_DAYS = frozenset(f"{WEEKDAYS['en']} {SHORT_WEEKDAYS}".split())
_JOINERS = "\u200c\u200d"
"""Signs that only say how letters are drawn."""
_BEFORE_HEBREW = "ב"
"""The Hebrew "in", which is written as one word with the month after it."""


def folded(word: str) -> str:
    """Return `word` in small letters and without accents, as the table has it."""
    if word.isascii():
        return word.lower()
    parts = unicodedata.normalize("NFKD", word.casefold())
    return unicodedata.normalize("NFC", "".join(c for c in parts if not "\u0300" <= c <= "\u036f" and c not in _JOINERS))


def month_of(word: str) -> int | None:
    """Return the number of the month that `word`, folded, names; None if it names none, or two in two languages."""
    if word in _ENGLISH_MONTHS:
        return _ENGLISH_MONTHS[word]
    months = _table()[0]
    return months.get(word) or (months.get(word[1:]) if word.startswith(_BEFORE_HEBREW) else None)


def is_weekday(word: str) -> bool:
    """Return whether `word`, folded, names a day of the week."""
    return word in _ENGLISH_DAYS or word in _table()[1]


@cache
def _table() -> tuple[dict[str, int], frozenset[str]]:
    """The months by name, and the names of weekdays."""
    rows = [line.split() for line in TABLE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return {name: int(row[0]) for row in rows[:-1] for name in row[1:]}, frozenset(rows[-1][1:])
