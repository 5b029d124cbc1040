"""Names of news agencies and outlets, names that name nobody, and the sites that republish many outlets.

The tables are `agencies.txt`, `outlets.txt`, `aggregators.txt` and `placeholders.txt` in `data/`. Each is read once, when it is
first needed.
"""

import difflib
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path

from dedup.language.hosts import readable_host
from dedup.language.quotes import CLOSING, OPENING
from dedup.press.words import ARTICLES

NameTable = Mapping[str, tuple[str, ...]]
"""By the key of a name, the agencies or outlets that have this name."""

_SITE = re.compile(
    r"(?:https?://)?(?:www\.)?((?:[\w-]+\.)+(?:[a-z]{2,}|xn--[a-z0-9-]+|рф|укр|бел|срб|中国|中國|香港|台灣|한국))\b",
    re.IGNORECASE,
)
_SUFFIX = re.compile(r"\.(?:com?|org|net|ac|gov|go|ne|or|edu)\.[a-z]{2}$|\.[a-z]+$")
_ARTICLE = re.compile(rf"(?i)(?:(?:{ARTICLES})\s+|l['’])(?=\w)")
"""An article before a name: the AP, l’Agence France-Presse."""
_SUGGESTED = 5
"""Letters from which a name may be taken for a misspelling of another."""
_AROUND = " \t\xa0*•.…:![]()<>" + OPENING + CLOSING
"""Signs around a name that are not part of it."""
_LONGEST_MISSING = 20
"""Characters of the longest placeholder of a missing value: a whole text need not be looked up."""
_TEMPLATE = re.compile(r"\{\{.*\}\}|\$\{.*\}|<%.*%>|\{%.*%\}|%\w+%|\[\[.*\]\]|\{\w+\}")
"""A place of a template that no program filled in."""


@cache
def _table(file: str) -> list[list[str]]:
    lines = Path(__file__).parents[1].joinpath("data", file).read_text(encoding="utf-8").splitlines()
    return [[name.strip() for name in line.split("|")] for line in lines if line and line != "#" and not line.startswith("# ")]


@cache
def agencies() -> dict[str, str]:
    """Return every name of an agency, with the name by which reports show the agency."""
    return {name: row[0] for row in _table("agencies.txt") for name in row}


@cache
def _folded_agencies() -> dict[str, str]:
    """Return `agencies` with its names in small letters."""
    return {name.casefold(): shown for name, shown in agencies().items()}


def display_name(name: str) -> str:
    """Return the name by which reports show an agency; a name of no agency is returned unchanged."""
    return _folded_agencies().get(name.casefold(), name)


@cache
def agency_of(outlet: str) -> str | None:
    """Return the agency that `outlet` is, or None. `outlet` is a name, a site, or a part of a site (in.reuters.com)."""
    known = _folded_agencies()
    if site := site_of(outlet):
        while True:
            label = site.partition(".")[0]
            # A short label may be anybody's: ap.blogspot.com.
            if found := known.get(site) or (known.get(label) if len(label) > 4 else None):
                return found
            if site.count(".") < 2:
                return None
            site = site.partition(".")[2]
    name = outlet.casefold()
    return known.get(name) or known.get(name.removeprefix("the "))


def agency_behind(outlet: str | None, url: str | None) -> str | None:
    """Return the agency whose own document has this outlet and address, or None: a stated outlet may hide the agency's site."""
    return agency_of(outlet or "") or (agency_of(url) if url and site_of(url) else None)


@cache
def _placeholders(everywhere: bool) -> frozenset[str]:
    """Return the placeholders of any field, or those of names only, in small letters."""
    rows = _table("placeholders.txt")
    return frozenset(row[0] if everywhere else row[0].casefold() for row in rows if row[1:] == ["any"] * everywhere)


def is_missing(value: str) -> bool:
    """Return whether `value` holds the place of a missing value, as programs write it: NaN, null, N/A."""
    return len(value) <= _LONGEST_MISSING and value in _placeholders(everywhere=True)


@lru_cache(4096)
def is_nobody(name: str) -> bool:
    """Return whether `name`, of an author or an outlet, holds the place of a name that nobody entered: admin, Staff Writer."""
    small = name.casefold().strip(_AROUND)
    known = _placeholders(everywhere=False)
    account = small.partition("@")[0]  # of an address such as admin@daily.example
    called = (name.casefold(), small, small.removeprefix("by "), account)
    return is_missing(name) or not small or not known.isdisjoint(called) or _TEMPLATE.fullmatch(name.strip()) is not None


@cache
def is_aggregator(outlet: str) -> bool:
    """Return whether `outlet`, a site, republishes the texts of many outlets."""
    site = site_of(outlet) or ""
    return any(site == known or site.endswith("." + known) for (known,) in _table("aggregators.txt"))


def newsroom_of(outlet: str) -> str | None:
    """Return the newsroom behind `outlet`: an agency's display name, or the outlet itself.

    None if it is unknown: no outlet is given, or the site is an aggregator, two pages of which may have two newsrooms.
    """
    return agency_of(outlet) or (None if is_aggregator(outlet) else outlet or None)


@cache
def usual_name(site: str) -> str:
    """Return the usual name of an outlet by its site; a site that the table does not contain is returned unchanged."""
    return next((row[1] for row in _table("outlets.txt") if row[0] == site and len(row) > 1), site)


@cache
def agency_lines() -> frozenset[str]:
    """Return what `bare` returns for a line that consists of an agency's name, for each such name."""
    return frozenset(filter(None, map(bare, agencies())))


_BARE = re.compile(r"\W*(.*\w)")


def bare(line: str) -> str:
    """Return `line` in small letters, without the signs around it."""
    found = _BARE.match(line)
    return found[1].casefold() if found else ""


@cache
def canonical_name(name: str) -> str:
    """Return what all usual spellings of a newsroom's name have in common, such as The Associated Press and AP; "" for none."""
    name = name.strip(_AROUND)
    if agency := agency_of(name):
        return agency
    site, key = site_of(name), _key(name)
    parts = site.split(".") if site else []
    sites = [".".join(parts[n:]) for n in range(len(parts))]
    known = _places_of_outlets()
    rows = [known[one] for one in (*sites, key) if one in known]
    return _outlets()[min(rows)][0] if rows else site or key.casefold()


@cache
def outlet_key(outlet: str | None) -> str | None:
    """Return what all usual spellings of an outlet have in common; None where no outlet is stated, or the name is nobody's.

    >>> outlet_key("CNN") == outlet_key("https://www.cnn.com/politics"), outlet_key("admin")
    (True, None)
    """
    return None if not outlet or is_nobody(outlet) else canonical_name(outlet) or None


@cache
def is_outlet(name: str, outlet: str) -> bool:
    """Return whether `name`, in any usual spelling or as a site, means `outlet`.

    >>> is_outlet("cnn.com", "CNN"), is_outlet("Valley Post", "valleypost.example"), is_outlet("CNN", "ABC News")
    (True, True, False)
    """
    key = outlet_key(name)
    return key is not None and (key == outlet_key(outlet) or bool(is_at_home(name, outlet) or is_at_home(outlet, name)))


def suggested_name(name: str) -> str | None:
    """Return the agency or outlet of the tables that `name` may be a misspelling of; None for a known name, and for others."""
    known = [one for row in (*_table("agencies.txt"), *_table("outlets.txt")) for one in row if len(one) >= _SUGGESTED]
    if any(canonical_name(name) == canonical_name(one) for one in known) or agency_of(name):
        return None
    return next(iter(difflib.get_close_matches(name, known, 1, 0.85)), None)


@cache
def other_names(name: str) -> list[str]:
    """Return the other names by which texts credit `name`, an agency or an outlet of the tables; none for any other."""
    canonical = canonical_name(name)
    rows = [*_table("agencies.txt"), *_table("outlets.txt")]
    return next((row for row in rows if row[0] == canonical), [])


def site_of(name: str) -> str | None:
    """Return the site with which a name or an address starts, as people read it and without `www.`; None if it has none."""
    found = _SITE.match(name)
    return readable_host(found[1]) if found else None


def _key(name: str) -> str:
    """Return what all spellings of a name have in common; initials (AP, NYT) stay as they are."""
    letters = re.sub(r"[\W_]", "", name)
    if len(letters) <= 5 and letters == name and name.upper() == name:
        return name
    words = name.casefold().split()
    return re.sub(r"[\W_]", "", "".join(words[1:] if words[:1] == ["the"] and len(words) > 2 else words))


@cache
def _outlets() -> list[tuple[str, set[str], set[str]]]:
    """Return for each outlet of the table its site, the keys that identify it, and all keys by which it is credited."""
    return [(row[0], set(map(_key, row[1:3])), {row[0], *map(_key, row[1:])}) for row in _table("outlets.txt")]


@cache
def _places_of_outlets() -> dict[str, int]:
    """Return by site, and by each key that identifies an outlet, its place in `_outlets`; of two outlets, the first."""
    out: dict[str, int] = {}
    for n, (site, identifying, _) in enumerate(_outlets()):
        for key in (site, *sorted(identifying)):
            out.setdefault(key, n)
    return out


def _keys(outlet: str) -> set[str]:
    """Return the keys by which `outlet`, a name or a site, is credited."""
    site = site_of(outlet)
    keys = {_key(outlet)}
    if site:
        label = _SUFFIX.sub("", site).rpartition(".")[2]
        keys = {site, _key(label.upper() if len(label) < 5 else label)}
        if label.startswith("the") and len(label) > 9:
            keys.add(label[3:])
    elif len(words := [w for w in outlet.split() if w[:1].isupper() and w != "The"]) > 2:
        keys.add("".join(w[0] for w in words))
    for known, identifying, listed in _outlets():
        if site == known or (site and site.endswith("." + known)) or not keys.isdisjoint(identifying):
            keys |= listed
    return keys


def is_at_home(outlet: str | None, url: str | None) -> bool | None:
    """Return whether an address is of the outlet's own site; None if one of the two is unknown."""
    site = site_of(url or "")
    return None if site is None or not outlet else not _keys(outlet).isdisjoint(_keys(site))


@cache
def name_table(outlets: frozenset[str]) -> NameTable:
    """Return the table of all agencies and of `outlets`, which are names or sites. A row holds all outlets with its name."""
    out: dict[str, tuple[str, ...]] = {site_of(name) or _key(name): (shown,) for name, shown in agencies().items()}
    for outlet in sorted(outlets):
        if len(outlet) > 1 and agency_of(outlet) is None:
            for key in _keys(outlet):
                if key not in out or out[key][0] in outlets:
                    out[key] = (*out.get(key, ()), outlet)
    return out


@cache
def press_table(outlets: frozenset[str]) -> NameTable:
    """Return `name_table(outlets)` and, for names that it lacks, the sites of the outlets in `data/outlets.txt`."""
    press = {key: (site,) for site, _, keys in _outlets() for key in sorted(keys)}
    return {**press, **name_table(outlets)}


def find_name(name: str, table: NameTable) -> tuple[str, ...]:
    """Return the agencies or outlets of `table` that have the name or site `name`."""
    name = name.strip(_AROUND)
    if name in table:
        return table[name]
    if site := site_of(name):
        while site not in table and site.count(".") > 1:
            site = site.partition(".")[2]
        if site in table:
            return table[site]
        if agency := agency_of(site):
            return (agency,)
    article = _ARTICLE.match(name)
    return table.get(_key(name), ()) or (table.get(_key(name[article.end() :]), ()) if article else ())
