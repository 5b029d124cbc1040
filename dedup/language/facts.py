"""Months and weekdays of the languages that capitalise them, without a file to read.

The modules that read bylines and forms put the English ones into their patterns. For all languages, `calendar` has those in
dates of pages and `fact_words` those in facts; `bench/quality/calendar_names.py` reads the names for both.
"""

MONTHS = {
    "en": "january february march april may june july august september october november december",
    "de": "januar februar märz april mai juni juli august september oktober november dezember",
}
"""The twelve months by language."""
SHORT_MONTHS = "jan feb mar apr jun jul aug sep sept oct nov dec"
"""English abbreviations of months."""
WEEKDAYS = {
    "en": "monday tuesday wednesday thursday friday saturday sunday",
    "de": "montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag",
}
"""The days of the week by language."""
SHORT_WEEKDAYS = "mon tue tues wed thu fri sat sun"
"""English abbreviations of weekdays; `sat` and `sun` are also other words."""
CAPITALISED_DATES = frozenset(" ".join(table[code] for table in (MONTHS, WEEKDAYS) for code in ("en", "de")).split())
"""All of them. In other languages such a word with a capital is a name: Julio, Domingo."""
