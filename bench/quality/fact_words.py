"""Make `dedup/data/facts.txt`, `languages.txt` and `common_words.npy`: what words for facts mean, in many languages.

    pip install babel num2words indic-numtowords wordfreq simplemma && python bench/quality/fact_words.py

Sources: the Unicode CLDR by way of babel (months, weekdays, relative days and weeks, units, currencies, short forms of large
numbers), num2words and indic-numtowords (number words), wordfreq (the most frequent words of each language), and simplemma
(which words a dictionary has). `dedup/data/NOTICE` names their licences. Words that no library knows are written by hand in
`dedup/data/fact_words.txt`, which has the same format.

A line of `facts.txt` is `language kind value: word, word, phrase of words`; `dedup/language/fact_words.py` says what the
kinds mean.
"""

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any

import numpy as np
import simplemma  # type: ignore[import-not-found] # installed by hand for this script only
import wordfreq
from babel import Locale, UnknownLocaleError
from calendar_names import names_of
from indic_numtowords import num2words as indic  # type: ignore[import-not-found] # installed by hand for this script only
from num2words import num2words  # type: ignore[import-not-found] # installed by hand for this script only
from simplemma.strategies.dictionaries.dictionary_factory import (  # type: ignore[import-not-found] # as above
    DefaultDictionaryFactory,
)

from dedup.language.common_words import COMMON_WORDS
from dedup.text.tokens import tokenise

DATA = COMMON_WORDS.parent
LANGUAGES = (
    "en de fr es it pt nl pl ru uk be bg mk sr cs sk sl hr ro hu fi sv da nb is lt lv et tr az el he ar fa ur hi bn ta te kn"
    " vi id ms fil th zh ja ko ca sw"
).split()
FREQUENT = 60
"""Words of each language from which its texts are recognised."""
WHOLE = [*range(101), *range(200, 1000, 100), 1000, 10**6, 10**9, 10**12]
ROUND = [*range(2000, 21000, 1000), *range(30000, 100000, 10000)]
INDIC = {"hi", "bn", "te", "kn", "ta", "ur"}
WORDFREQ = {"hr": "sh", "sr": "sh"}
NUM2WORDS = {"nb": "no"}
WORDFREQ_DICTIONARIES = {"hr": "hbs", "sr": "hbs"}
LEAST_FREQUENT = 1.5
"""Zipf frequency from which a form of a word is listed: three in a hundred million."""
UNITS = re.compile(
    r"length-(kilometer|meter|centimeter|millimeter|micrometer|mile|yard|foot|inch|nautical-mile|light-year|fathom)$"
    r"|mass-(tonne|kilogram|gram|milligram|microgram|ton|stone|pound|ounce|ounce-troy|carat)$"
    r"|area-(square-kilometer|square-meter|square-centimeter|square-mile|square-foot|square-yard|acre|hectare)$"
    r"|volume-(cubic-kilometer|cubic-meter|cubic-foot|liter|deciliter|centiliter|milliliter|hectoliter|megaliter|pint|quart|gallon|barrel|bushel)$"
    r"|temperature-(celsius|fahrenheit|kelvin)$|speed-(kilometer-per-hour|meter-per-second|mile-per-hour|knot)$"
    r"|digital-(bit|byte|kilobit|kilobyte|megabit|megabyte|gigabit|gigabyte|terabit|terabyte|petabyte)$"
    r"|energy-(calorie|kilocalorie|joule|kilojoule|kilowatt-hour)$|power-(watt|milliwatt|kilowatt|megawatt|gigawatt|horsepower)$"
    r"|pressure-(pascal|hectopascal|millibar|bar|millimeter-ofhg)$|frequency-(hertz|kilohertz|megahertz|gigahertz)$"
    r"|electric-(volt|ampere|milliampere|ohm)$|concentr-(percent|permille|karat|part-per-1e6|permillion)$|angle-degree$"
    r"|duration-(century|decade|year|quarter|month|week|day|hour|minute|second|millisecond|night|fortnight)$"
)
CURRENCIES = (
    "USD EUR GBP JPY CNY INR RUB CHF CAD AUD BRL MXN KRW TRY PLN SEK NOK DKK CZK HUF RON UAH ILS SAR AED IRR"
    " EGP ZAR NGN KES IDR"
    " MYR THB VND PHP PKR BDT ARS CLP COP PEN XAF DZD MAD IQD KWD QAR JOD"
).split()
FIRST_NOUN = {"fr", "es", "it", "pt", "ca", "ro", "ar", "fa", "he", "vi", "id", "ms", "sw"}
"""Languages in which the noun of a currency's name comes first."""
COMMON_BITS = 22
"""Bits of a word's hash that choose its place in the table of usual words."""
CAPITALS_NAME = {"en", "fr", "es", "it", "pt", "nl", "ca"}
"""Languages whose dictionary has with a capital what is a name, and little else."""
WITHOUT_CAPITALS = {"ar", "bn", "fa", "he", "hi", "ja", "ko", "ta", "ur", "zh"}
DICTIONARIES = set("bg ca cs da de el en es et fi fr hr hu id is it lt lv mk ms nb nl pl pt ro ru sk sl sv sw tr uk".split())
DECLINED = set("bg cs el et fi hr is lt lv pl ru sk sl sr uk".split())
"""Languages in which number words have cases."""
OTHER_WORDS = set(
    "fi:kuusi cs:pět sk:päť uk:лютий uk:сто ru:сто pl:sto cs:sto sk:sto pl:maj pl:maja ro:mai tr:mart mk:недела hu:március"
    " is:einn el:ένα".split()
)
"""Words whose forms are also those of another word; `fact_words.txt` has the forms that are not."""
KINDS = ("number", "ordinal", "month", "weekday", "short", "near", "relative", "clock", "unit")


def words_of(value: Any) -> Iterator[str]:
    """All strings in a tree of CLDR data."""
    if hasattr(value, "items"):
        for inner in value.values():
            yield from words_of(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from words_of(inner)
    elif value is not None:
        yield str(getattr(value, "pattern", value))


def bare(pattern: str) -> str:
    """A pattern of CLDR without its places and signs of direction."""
    return re.sub(r"[\u200e\u200f\u061c]|\{\d\}|0+|[’'.]+$", " ", pattern).replace("\xa0", " ").strip(" .॰")


def spelled(language: str) -> Iterator[tuple[str, str, str]]:
    """Number words: kind, value, word."""

    def by(function: Callable[..., str], *args: Any, **named: Any) -> str | None:
        try:
            return function(*args, **named)
        except Exception:
            return None

    values: dict[str, int] = {}
    phrases: list[tuple[int, list[str]]] = []
    for number in [*WHOLE, *ROUND]:
        found = {by(indic, number, lang=language)} if language in INDIC else set()
        code = NUM2WORDS.get(language, language)
        found |= {by(num2words, number, lang=code)} if language not in INDIC - {"bn", "te", "kn"} else set()
        if language == "ru":
            found |= {by(num2words, number, lang="ru", case=c, gender=g) for c in "ngdaip" for g in "mfn"}
        if language == "fr":
            found |= {by(num2words, number, lang=c) for c in ("fr_BE", "fr_CH")}
        for name in sorted(filter(None, found)):
            if len(parts := name.split()) == 1:
                values.setdefault(name, number)
                yield "number", str(number), name
            elif number >= 100 and len(parts) == 2:
                phrases.append((number, parts))
    # A phrase of two words is their product: the second of "ten thousand" is a thousand.
    for number, (times, size) in phrases:
        factor = values.get(times, 1 if str(number).strip("0") == "1" and times not in values else 0)
        if factor and number % factor == 0 and size not in values and str(number // factor).strip("0") == "1":
            yield "number", str(number // factor), size
    cardinal = {by(num2words, n, lang=NUM2WORDS.get(language, language)) for n in range(1, 101)}
    for number in range(1, 101):
        word = by(num2words, number, lang=NUM2WORDS.get(language, language), to="ordinal")
        if word and not word[0].isdigit() and word not in cardinal:
            yield "ordinal", str(number), word
            if language in {"ru", "uk", "pl"}:
                yield from (("ordinal", str(number), w) for w in _slavic(word, language))


def _slavic(word: str, language: str) -> Iterator[str]:
    """The cases and genders of an ordinal, by the endings of adjectives."""
    endings = {
        "ru": ("ый|ой", "ого ому ым ом ая ую ое ые ых"),
        "uk": ("ий", "ого ому им а у е і их ою"),
        "pl": ("y|i", "a e ego emu ym ą ych"),
    }
    old, new = endings[language]
    stem = re.sub(rf"({old})$", "", word)
    if stem != word:
        yield from (stem + ending for ending in new.split())


def calendar(locale: Locale) -> Iterator[tuple[str, str, str]]:
    """Months, weekdays, near days, relative weeks and the like, noon and midnight."""
    names = list(names_of(locale))
    yield from ((kind, str(number), word) for kind, _, number, word in names)
    wide = [bare(word.casefold()) for _, width, _, word in names if width == "wide"]
    whole = {part for word in wide for part in (word, *word.split())}
    short = (word for _, width, _, word in names if width == "abbreviated" and bare(word.casefold()) not in whole)
    yield from (("short", "-", word) for word in short)
    fields = locale._data.get("date_fields", {})
    for field in ("day", "week", "month", "year"):
        for number, word in (fields.get(field, {}).get("relative") or {}).items():
            yield ("near" if field == "day" else "relative"), f"{field}{number:+d}", word
    for context in locale._data.get("day_periods", {}).values():
        for name in ("noon", "midnight"):
            for width in ("wide", "abbreviated"):
                if word := (context.get(width) or {}).get(name):
                    yield "clock", "12:00" if name == "noon" else "0:00", word


def measures(locale: Locale) -> Iterator[tuple[str, str, str]]:
    """Units with their forms and short forms, currencies with theirs, and short forms of large numbers."""
    for unit, widths in locale._data["unit_patterns"].items():
        if UNITS.match(unit):
            for width in ("long", "short"):
                forms = {k: v for k, v in (widths.get(width) or {}).items() if k != "per"}
                yield from (("unit", unit, bare(pattern)) for pattern in words_of(forms))
    seen = set()
    for code in CURRENCIES:
        names = {locale.currencies.get(code, "")} | set(words_of(locale._data["currency_names_plural"].get(code, {})))
        for name in sorted(filter(None, names)):
            yield "unit", code, name
            parts = re.split("[ -]", name)
            noun = parts[0] if locale.language in FIRST_NOUN else parts[-1]
            if len(parts) > 1 and noun not in seen:
                yield "unit", code, noun
        seen |= {
            parts[0] if locale.language in FIRST_NOUN else parts[-1]
            for parts in (re.split("[ -]", name) for name in filter(None, names))
        }
    for width in ("long", "short"):
        for forms in (locale._data["compact_decimal_formats"].get(width) or {}).values():
            for size, pattern in forms.items():
                text = str(getattr(pattern, "pattern", pattern)).split(";")[0]
                zeros = text.count("0")
                word = bare(text)
                if zeros and word and int(size) >= 1000:
                    yield "number", str(int(size) // 10 ** (zeros - 1)), word


def declined(language: str, rows: list[tuple[str, str, str]]) -> Iterator[tuple[str, str, str]]:
    """The forms that a dictionary has of months, weekdays and, where they have cases, of number words."""
    code = WORDFREQ_DICTIONARIES.get(language, language)
    if code not in DICTIONARIES | {"hbs"}:
        return
    forms: dict[str, list[str]] = defaultdict(list)
    for form, lemma in DefaultDictionaryFactory().get_dictionary(code).items():
        forms[_text(lemma).casefold()].append(_text(form).casefold())
    large = WORDFREQ.get(language, language) in wordfreq.available_languages("large")
    short = {bare(name.casefold()) for kind, _, name in rows if kind == "short"}
    for kind, value, name in rows:
        lemma = name.casefold()
        dated = kind in {"month", "weekday"} and bare(lemma) not in short
        whole = dated or (kind == "number" and value != "0" and language in DECLINED)
        if not whole or len(lemma) < 3 or f"{language}:{lemma}" in OTHER_WORDS:
            continue
        for form in forms[lemma]:
            alike = form[: max(2, len(lemma) - 4)] == lemma[: max(2, len(lemma) - 4)] and len(form) <= len(lemma) + 5
            letters = form.replace("'", "").replace("’", "")
            known = not large or wordfreq.zipf_frequency(form, WORDFREQ.get(language, language)) >= LEAST_FREQUENT
            if alike and known and letters.isalpha() and len(form) > 2:
                yield kind, value, form


def _text(entry: bytes | str) -> str:
    return entry.decode() if isinstance(entry, bytes) else entry


def _cyrillic(word: str) -> str:
    """A Serbian word in Cyrillic letters."""
    for latin, cyrillic in zip(
        "lj nj dž a b c č ć d đ e f g h i j k l m n o p r s š t u v z ž".split(),
        "љ њ џ а б ц ч ћ д ђ е ф г х и ј к л м н о п р с ш т у в з ж".split(),
        strict=True,
    ):
        word = word.replace(latin, cyrillic)
    return word


def lines(language: str) -> Iterator[str]:
    """The lines of one language."""
    rows: dict[tuple[str, str], set[str]] = defaultdict(set)
    try:
        locale = Locale.parse("no" if language == "nb" else language)
    except UnknownLocaleError:
        locale = None
    found = [*spelled(language), *(calendar(locale) if locale else ())]
    found += [*declined(language, found)]
    if language == "sr":
        found += [(kind, value, _cyrillic(word)) for kind, value, word in found if kind in {"number", "ordinal"}]
    found += measures(locale) if locale else ()
    for kind, value, word in found:
        clean = bare(word.casefold()).replace(",", " ")
        if clean and any(c.isalpha() for c in clean) and not (kind == "number" and len(clean) == 1 and clean.isascii()):
            rows[kind, value].add(clean)
    # One word has one value: of several it is the smallest, since larger ones stand in phrases.
    least: dict[str, int] = {}
    for (kind, value), words in rows.items():
        for word in words if kind == "number" else ():
            least[word] = min(int(value), least.get(word, int(value)))
    for (kind, value), words in rows.items():
        if kind == "number":
            words -= {word for word in words if least[word] != int(value)}
    rows = {key: words for key, words in rows.items() if words}
    for (kind, value), words in sorted(rows.items(), key=lambda row: (KINDS.index(row[0][0]), row[0][1])):
        yield f"{language} {kind} {value}: {', '.join(sorted(words))}"


def frequent(language: str) -> list[str]:
    """The most frequent words of a language, those of one letter and names aside."""
    code = WORDFREQ.get(language, language)
    if code not in wordfreq.available_languages("best"):
        return []
    words = wordfreq.top_n_list(code, 3 * FREQUENT)
    return [w for w in words if w.isalpha()][:FREQUENT]


def common() -> np.ndarray[Any, np.dtype[np.uint8]]:
    """A bit for the last bits of the hash of each usual word, so that a capital need not mean a name.

    A word that is a name in one language is no usual word of another in which it is less frequent: France, Smith in German.
    """
    known = np.zeros(1 << COMMON_BITS, np.bool_)
    languages = sorted(set(LANGUAGES) & set(wordfreq.available_languages("best")) - WITHOUT_CAPITALS)
    names: dict[str, float] = {}
    for language in CAPITALS_NAME:
        for word, zipf in _frequencies(language):
            if zipf > names.get(word, 2) and _is_name(word, zipf, language):
                names[word] = zipf
    for language in languages:
        places = {place.casefold() for place in _places(language)}
        words = [
            word
            for word, zipf in _frequencies(language)
            if word not in places and zipf > names.get(word, 0) and _is_common(word, zipf, language)
        ]
        cut = tokenise(words)
        single = np.flatnonzero(np.diff(cut.offsets) == 1)
        known[cut.hashes[cut.ids[cut.offsets[single]]] & np.uint64((1 << COMMON_BITS) - 1)] = True
    print(f"usual words: {known.mean():.1%} of the bits")
    return np.packbits(known)


def _frequencies(language: str) -> Iterator[tuple[str, float]]:
    """The words of a language, each with the logarithm of its frequency in a billion."""
    words = wordfreq.get_frequency_dict(language, "best")
    return ((word, math.log10(share) + 9) for word, share in words.items() if word.isalpha())


def _is_common(word: str, frequency: float, language: str) -> bool:
    """Whether a word is in a dictionary and above two in a million; without a dictionary, above 30 in a million.

    In English and German less frequent words of a dictionary count too.
    """
    least = 2.3 if language == "en" else 2.7 if language == "de" else 3.3
    known = least <= frequency < 4.5 and language in DICTIONARIES and simplemma.is_known(word, language)
    frequent = frequency >= 4.5 and (language not in DICTIONARIES or simplemma.is_known(word, language))
    return bool(frequent or known)


def _is_name(word: str, frequency: float, language: str) -> bool:
    """Whether the dictionary has a word with a capital: only so, or beside a word that is rare and not inflected."""
    forms = _forms(language)
    usual = word in forms and (frequency >= 5 or simplemma.lemmatize(word, language).casefold() != word)
    return word.capitalize() in forms and not usual


@cache
def _forms(language: str) -> frozenset[str]:
    return frozenset(_text(form) for form in DefaultDictionaryFactory().get_dictionary(language))


def _places(language: str) -> Iterable[str]:
    """Names of countries in one language, of one word each."""
    try:
        locale = Locale.parse("no" if language == "nb" else language)
    except UnknownLocaleError:
        return []
    zones = locale._data.get("time_zones", {})
    cities = [str(zone["city"]) for zone in zones.values() if zone.get("city")]
    names = [*locale.territories.values(), *cities]
    often = set(wordfreq.top_n_list("en", 500))
    return [name for name in names if name.isalpha() and name[0].isupper() and name.casefold() not in often]


def main() -> None:
    """Write the tables."""
    head = "# Made by bench/quality/fact_words.py from the Unicode CLDR, num2words and indic-numtowords; see NOTICE.\n"
    table = [line for language in LANGUAGES for line in lines(language)]
    (DATA / "facts.txt").write_text(head + "\n".join(table) + "\n", encoding="utf-8")
    head = "# The most frequent words of each language. Made by bench/quality/fact_words.py from wordfreq.\n"
    rows = [f"{language}: {' '.join(words)}" for language in LANGUAGES if (words := frequent(language))]
    (DATA / "languages.txt").write_text(head + "\n".join(rows) + "\n", encoding="utf-8")
    np.save(DATA / "common_words.npy", common())
    for name in ("facts.txt", "languages.txt", "common_words.npy"):
        print(name, f"{(DATA / name).stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
