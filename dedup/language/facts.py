"""Months and weekdays of the languages in which bylines, forms and dates of pages are read; for facts see `fact_words`."""

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
CAPITALISED_DATES = frozenset(" ".join(table[code] for table in (MONTHS, WEEKDAYS) for code in ("en", "de")).split())
"""Months and weekdays of the languages that capitalise them. Elsewhere such a word with a capital is a name: Julio, Domingo."""
