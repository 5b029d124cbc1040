"""Whom a text credits: agencies by their names in `data/agencies.txt`, and other outlets of the corpus.

A credit is a dateline or parenthesis "(Reuters)", a byline "By Associated Press", a line "Source: AFP", "according to Xinhua",
"Reuters contributed to this report". A name in running text alone is none.
"""

import re
from functools import cache
from pathlib import Path

_FORMS = (
    r"\(\s*{name}\s*\)",
    r"\b(?i:source|quelle|fuente|fonte|via|by|from)\s*:?\s+(?i:the\s+)?{name}(?!\w)",
    r"\b(?i:according to)\s+(?i:the\s+)?{name}(?!\w)",
    r"(?m:^)\W*{name}\s*[-–—]\s",
    r"\b{name}\s+(?i:contributed to this (?:report|story)|reports?|reported)\b",
)


@cache
def agencies() -> dict[str, str]:
    """Every name of an agency, and the name it is shown by."""
    lines = Path(__file__).with_name("data").joinpath("agencies.txt").read_text(encoding="utf-8").splitlines()
    names = [[name.strip() for name in line.split("|")] for line in lines if line and not line.startswith("#")]
    return {name: own[0] for own in names for name in own}


@cache
def _pattern(outlets: frozenset[str]) -> re.Pattern[str]:
    names = set(agencies()) | {outlet for outlet in outlets if len(outlet) > 1}
    longest_first = sorted(names, key=lambda name: (-len(name), name))
    forms = (form.format(name=f"(?P<n{i}>{'|'.join(map(re.escape, longest_first))})") for i, form in enumerate(_FORMS))
    return re.compile("|".join(forms))


def shown(name: str) -> str:
    """Return the name that an agency is shown by; a name that is no agency's stays as it is."""
    small = {known.casefold(): own for known, own in agencies().items()}
    return small.get(name.casefold(), name)


@cache
def named(outlet: str) -> str | None:
    """Return the agency that an outlet is, by its name or that of its site (reuters.com), or None."""
    small = {name.casefold(): shown for name, shown in agencies().items()}
    name = outlet.casefold().removeprefix("www.")
    return small.get(name) or small.get(name.partition(".")[0])


def credited(text: str, outlets: frozenset[str] = frozenset()) -> list[str]:
    """Return the agencies, by the names they are shown by, and those of `outlets` that `text` credits, each once, in order."""
    known = agencies()
    found = (next(name for name in match.groups() if name) for match in _pattern(outlets).finditer(text))
    return list(dict.fromkeys(known.get(name, name) for name in found))
