"""Words, as tokens are folded, by which a change is known to be one of a date, a unit, a number or a negation.

English, German, French, Spanish and Italian.
Words that mean something else in another of these languages are left out: a false flag costs an editor more than a missing one.
"""

_ONLY_CAPITALISED = frozenset({"may", "march"})
"""Months that are other words in small letters."""

_DATES = frozenset(
    """
    january february march april may june july august september october november december
    jan feb mar apr jun jul aug sep sept oct nov dec
    monday tuesday wednesday thursday friday saturday sunday today yesterday tomorrow
    januar februar märz mai juni juli oktober dezember
    montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag heute gestern morgen
    janvier février mars avril juin juillet août septembre octobre novembre décembre
    lundi mardi mercredi jeudi vendredi samedi dimanche hier demain
    enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
    lunes martes miércoles jueves viernes sábado domingo ayer
    gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre
    lunedì martedì mercoledì giovedì venerdì sabato domenica oggi ieri
    """.split()
)

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
MEANINGS = {word: sum(bit for bit, words in _LISTS.items() if word in words) for word in frozenset().union(*_LISTS.values())}
"""What each word may mean, as bits."""
