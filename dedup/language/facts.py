"""Words for facts: numerals, dates, units and negations, in English, German, French, Spanish and Italian.

A change of one of them is flagged for the editor. The words are as they are printed, without apostrophes: "don't" is "dont".
A word that has another meaning in one of these languages is missing: a wrong flag costs an editor more than a missing one.
"""

from functools import lru_cache

from dedup import _native
from dedup.arrays import Tokens

MONTHS = {
    "en": "january february march april may june july august september october november december",
    "de": "januar februar märz april mai juni juli august september oktober november dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
}
"""The twelve months by language."""
SHORT_MONTHS = "jan feb mar apr jun jul aug sep sept oct nov dec"
"""English abbreviations of months."""
WEEKDAYS = {
    "en": "monday tuesday wednesday thursday friday saturday sunday",
    "de": "montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag",
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "es": "lunes martes miércoles jueves viernes sábado domingo",
    "it": "lunedì martedì mercoledì giovedì venerdì sabato domenica",
}
"""The days of the week by language."""
SHORT_WEEKDAYS = "mon tue tues wed thu fri sat sun"
"""English abbreviations of weekdays; `sat` and `sun` are also other words."""
_NEAR_DAYS = "today yesterday tomorrow heute gestern morgen hier demain ayer oggi ieri"

CAPITALISED_DATES = frozenset(" ".join(table[code] for table in (MONTHS, WEEKDAYS) for code in ("en", "de")).split())
"""Months and weekdays of the languages that capitalise them. Elsewhere such a word with a capital is a name: Julio, Domingo."""
_ONLY_CAPITALISED = frozenset({"may", "march"})
"""Months that are other words if they have no capital."""
_DATES = frozenset(" ".join([*MONTHS.values(), SHORT_MONTHS, *WEEKDAYS.values(), _NEAR_DAYS]).split())

_UNITS = frozenset(
    """
    percent per cent pct dollar dollars euro euros pound pounds cents yen yuan rupee rupees
    rouble roubles ruble rubles
    mile miles km kilometer kilometers kilometre kilometres meter meters metre metres cm mm inch inches
    foot feet ft yard yards square sq acre acres hectare hectares
    tons tonne tonnes kg kilogram kilograms gram grams lb lbs ounce ounces
    liter liters litre litres gallon gallons barrel barrels bpd mph kph knots degree degrees celsius fahrenheit
    hour hours minute minutes seconds day days week weeks month months year years
    hundred thousand million billion trillion dozen
    prozent stunde stunden tag tage woche wochen monat monate jahr jahre tausend millionen milliarde milliarden
    heure heures jour jours semaine semaines mois mille millions milliard milliards
    horas día días semana semanas meses año años mil millón millones
    """.split()
)
UNIT_SIGNS = "%$€£¥°"
"""Signs of units and currencies beside a figure."""

_NUMERALS = frozenset(
    """
    two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
    nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred hundreds thousand thousands million millions
    billion billions dozen dozens half third quarter first second twice
    zwei drei vier fünf sechs sieben acht neun zehn elf zwölf
    deux trois quatre cinq sept huit neuf dix
    dos tres cuatro cinco seis siete ocho nueve diez
    """.split()
)

_NEGATIONS = frozenset(
    """
    no not never none nobody nothing neither nor without cannot
    aint arent cant couldnt didnt doesnt dont hadnt hasnt havent isnt mustnt neednt shant shouldnt wasnt werent wont wouldnt
    nicht kein keine keinen keiner nie niemals ohne
    ne pas jamais aucun aucune sans
    nunca ningún ninguna sin non nessun nessuna senza
    """.split()
)

NUMERAL, DATE, UNIT, NEGATION, ONLY_CAPITALISED = 1, 2, 4, 8, 16
_LISTS = {
    NUMERAL: _NUMERALS,
    DATE: _DATES,
    UNIT: _UNITS,
    NEGATION: _NEGATIONS,
    ONLY_CAPITALISED: _ONLY_CAPITALISED,
}


@lru_cache(1)
def meanings() -> dict[str, int]:
    """Return the meanings that each word may have, as a sum of the bits above.

    Words are folded as the `tokens` kernel folds them. `ONLY_CAPITALISED`: it is a date only with a capital.
    """
    words = sorted(frozenset().union(*_LISTS.values()))
    tokens = Tokens(*_native.tokens(words))
    return {
        tokens.word(number): sum(bit for bit, listed in _LISTS.items() if word in listed)
        for word, number in zip(words, tokens.ids.tolist(), strict=True)
    }
