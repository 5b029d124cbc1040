"""Make `dedup/data/calendar.txt`: the names of months and weekdays in the languages of the press, from CLDR.

    pip install babel && python bench/quality/calendar_names.py

Source: the Unicode Common Locale Data Repository, as Babel packs it, under the Unicode licence (see `dedup/data/NOTICE`).
A name that means two months (lipanj is June in Zagreb, lipiec July in Warsaw, "lip" either) is left out. The names are folded
as `dedup.language.calendar.folded` folds the words of a date.
"""

import collections
from collections.abc import Iterator
from pathlib import Path

from babel import Locale

from dedup.language.calendar import TABLE, folded

LANGUAGES = """
    af ar ar_LB az be bg bn bs ca cs cy da de de_AT el en en_AU es et eu fa fi fil fr ga gl gu he hi hr hu hy id is it ja ka kk
    km kn ko ky lo lt lv mk ml mn mr ms my nb ne nl nn pa pl ps pt ro ru si sk sl sq sr sr_Latn sv sw ta te th tr uk ur uz vi zh
    zh_Hant
""".split()
WIDTHS = [(context, width) for context in ("format", "stand-alone") for width in ("wide", "abbreviated")]
HAN = "\u3000"
"""Below this, a name of one letter (h, z) may be a part of a time."""
MORE = {"sept": 9}
"""Common abbreviations that CLDR has not in every language."""


def words(names: dict[int, str]) -> list[tuple[int, str]]:
    """Return each name that is one word without digits, with its number."""
    out = [(number, folded(name.strip(". "))) for number, name in names.items()]
    return [
        (number, name) for number, name in out if name and not any(c.isdigit() or c.isspace() or c in ".-/'’" for c in name)
    ]


def names_of(locale: Locale) -> Iterator[tuple[str, str, int, str]]:
    """Return the names of months and weekdays: kind, width, number, name."""
    for kind, table in (("month", locale.months), ("weekday", locale.days)):
        for context, width in WIDTHS:
            yield from ((kind, width, number, name) for number, name in table[context].get(width, {}).items())


def main() -> None:
    """Write the table."""
    months: dict[str, set[int]] = collections.defaultdict(set)
    days: set[str] = set()
    for language in LANGUAGES:
        locale = Locale.parse(language)
        for kind, _, number, name in names_of(locale):
            if kind == "month":
                for _, folded_name in words({number: name}):
                    months[folded_name].add(number)
            else:
                parts = [part for _, part in words(dict(enumerate(name.replace("-", " ").split())))]
                days |= {part for part in parts if len(part) > 1 or part > HAN}
    for name, number in MORE.items():
        months[name] = {number}
    lines = ["# Names of months and weekdays, by number of the month; made by bench/quality/calendar_names.py from CLDR."]
    lines += [" ".join([str(n), *sorted(name for name, found in months.items() if found == {n})]) for n in range(1, 13)]
    lines.append(" ".join(["weekdays", *sorted(days)]))
    Path(TABLE).write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
