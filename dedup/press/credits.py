"""Whom a text credits: news agencies, and other outlets of the corpus.

A form of credit (`FORMS`) says where in a text a name stands: a dateline "ISLAMABAD (Reuters) -", a byline "By X, The New York
Times", a line that is a name and no more, "Source: AFP", "X contributed to this report". The tables `data/agencies.txt` and
`data/outlets.txt` say whose name it is; `data/aggregators.txt` lists sites that have few texts of their own. An attribution of
one fact ("according to Xinhua", "told Reuters"), a photo's credit ("(X/Pool via AP)") and a name in running text say nothing of
where the text is from.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import combinations
from pathlib import Path
from typing import Literal


@cache
def _table(file: str) -> list[list[str]]:
    lines = Path(__file__).parents[1].joinpath("data", file).read_text(encoding="utf-8").splitlines()
    return [[name.strip() for name in line.split("|")] for line in lines if line and not line.startswith("#")]


@cache
def agencies() -> dict[str, str]:
    """Every name of an agency, and the name it is shown by."""
    return {name: own[0] for own in _table("agencies.txt") for name in own}


_CJK = "|".join(sorted((n for n in agencies() if n[-1] >= "぀"), key=lambda name: (-len(name), name)))
_BY = r"(?i:by|von|par|por|di|da|door|av|af|автор:?)"
_WITH = r"(?i:with|mit|avec|con|com|met|med)"
_STUFF = r"(?:(?i:material\w*|files?|inputs?|report\w*|informa\w+)\s+(?:\w+\s)??(?:from|by|of|von|der|du|d[aoei]s?|del|la)\s+)"
_SOURCE = (
    r"(?i:sources?|agenc(?:y|ies)|agentur(?:en)?|agences?|agencias?|agenzi[ae]|quellen?|fuentes?|fontes?|fonti|bron|källa|kilde|lähde|źródło|zdroj|kaynak|forrás|sursa|izvor|sumber|nguồn|"
    r"источник|джерело|източник|извор|πηγή|المصدر|منبع|מקור|स्रोत|出典|来源|來源|출처)"
)
_WHAT = r"(?:article|story|post|piece|report|column|essay|commentary|interview|artikel|text|beitrag|articulo|artículo|texto)"
_DASH = r"(?:--|[-–—―]|â€.)"
_NAME = r"(?P<who>[^()（）\[\]【】/\n]{2,40}?)"


CreditKind = Literal["signed", "dateline", "other"]


@dataclass(frozen=True, slots=True)
class Form:
    """A form: `who` in its `pattern` may be several names, and with `persons` other words among them.

    `text` is whether it is a dateline or byline, which weighs more, and `signs` whether an outlet says by it whose text it
    prints: a dateline is copied with the text. `where` it stands: anywhere, or, in a line of no photo's, on any such line, on
    one at the opening or the end, as a byline, alone, or behind its author. One of `cues` is in the line, in small letters.
    """

    pattern: str
    persons: bool = True
    text: bool = False
    where: str = "anywhere"
    cues: tuple[str, ...] = ("",)
    signs: bool = False


FORMS = (
    # ISLAMABAD (Reuters) - · LONDON, July 15. /TASS/. · Berlin (dpa) – · (ANSA) - ROMA · القاهرة (رويترز) -
    Form(
        rf"(?:^\W{{0,3}}(?P<place>[^\W\d_][^()]{{1,70}}?)?|(?<=[-–—“]\s))\s*[(（\[/]\s*{_NAME}\s*[)）\]/]\s*(?:{_DASH}|[:：=.])",
        False,
        True,
        cues=("(", "（", "[", "/"),
    ),
    # New Delhi, Jul 16 (PTI) The government
    Form(rf"^(?P<place>[^\W\d_][^()]{{1,60}}\d\.?)\s*\({_NAME}\)\s+(?=[^\W\d_])", False, True, cues=("(",)),
    # By X. ABOARD AIR FORCE ONE (Reuters) - · Washington (CNN)The president
    Form(rf"(?P<place>\b[A-ZÀ-Þ]{{3}}[^()\[\].]{{0,50}}?)\s*\({_NAME}\)\s*{_DASH}\s", False, True, cues=("(",)),
    Form(rf"^(?P<place>[^\W\d_][^()]{{1,40}}?)?\s*\({_NAME}\)(?=[^\W\d_a-z]|[“\"])", False, True, cues=("(",)),
    # AFP - Troops · МОСКВА, 16 июля — РИА Новости.
    Form(rf"^\W{{0,2}}{_NAME}\s*{_DASH}\s+(?=\w)", False, True, "opening", cues=("-", "–", "—", "―")),
    Form(rf"^[^\W\d_a-z]{{3}}[^().]{{0,50}}[-–—]\s*{_NAME}[.,:]\s", False, True),
    # 新华社北京7月16日电 · 【ワシントン共同】 · [ワシントン 16日 ロイター] · (서울=연합뉴스)
    Form(rf"^[（(]?(?P<who>{_CJK})[^，。\s]{{0,20}}日\w{{0,10}}[电電]", False, True, cues=("日",)),
    Form(rf"^[【［\[][^】］\]]{{0,20}}?(?P<who>{_CJK}|AFP|AP)[】］\]]", False, True),
    Form(r"^\([^()=]{1,12}=(?P<who>\w+)\)", False, True),
    # By The Associated Press · By X and Y, CNN, AP · By X Associated Press · Posted 3 pm, by AFP · Von dpa
    Form(
        rf"^(?:.{{0,40}}?[,|–—•-]\s*)?(?:{_BY}|(?:From|\w+ by)\b)\s+(?P<who>\W?[^\W\d_].{{1,180}})$",
        True,
        True,
        "byline",
        signs=True,
    ),
    # The Associated Press · AFP, 14 Jul 2018 · EFE
    Form(r"^[-–—―*•\s]*(?P<who>\w.{1,80}?)[\s•.:*]*$", False, True, "alone", signs=True),
    # X and Y, Associated Press · X | The Associated Press · XAssociated Press
    Form(r"^(?P<who>[^\W\d_].{3,120})$", True, True, "author", signs=True),
    # (Reuters) · he said. (ANI)
    Form(
        r"(?:^|[.!?…。”\"'’»])\s*[(（\[]\s*(?P<who>[^()（）\[\]]{2,40})\s*[)）\]]\W*$",
        False,
        False,
        "end",
        cues=(")", "）", "]"),
    ),
    # Source: AFP · Quelle: dpa · 来源：新华社
    Form(
        rf"(?:^|[(\[.•*|–—-])\s*\W?{_SOURCE}\s*[:：]\s*(?P<who>\S.{{1,120}}?)\s*(?:[)\]]|\.?$|\.\s)",
        where="line",
        cues=(":", "："),
    ),
    # Avec AFP · (mit Material von dpa) · with files from The Canadian Press
    Form(rf"(?:^\W{{0,3}}|[(\[]){_WITH}\s+{_STUFF}?(?P<who>[^\s()\[\]][^()\[\]]{{1,60}}?)[)\]]?\W*$", where="line"),
    # via ZeroHedge · Authored by X via ZeroHedge
    Form(
        rf"(?:^\W?|[(\[]\s*|^(?:\w+ )?{_BY}\s.{{1,60}}?\s)(?i:via)\s*:?\s+(?P<who>[^()\[\]]{{2,60}}?)[)\]]?\W*$",
        False,
        where="line",
        cues=("via",),
    ),
    # This article originally appeared on X · First published by X · Republished from X
    Form(
        rf"(?i)(?:^\W*(?:the\s{_WHAT}\s[^,]{{0,30}}?)?|\b(?:this|dieser|der|cet|este|esta)\s(?:\w+\s)?{_WHAT}\s[^,]{{0,30}}?)\b"
        r"(?:(?:originally|first|zuerst|zunächst|ursprünglich|initialement|originalmente|originariamente)\s|(?:re|cross-?)(?=p)|"
        r"(?=publicad|pubblicat|publié))"
        r"(?:(?:appeared|published|posted|ran|aired|printed|erschienen|publiée?|paru|publicad[oa]|pubblicato)\s|"
        r"(?=.*(?:erschienen|veröffentlicht)))(?:originalmente\s|originariamente\s|initialement\s|\w+\s)?"
        r"(?:on|in|at|by|from|of|bei|auf|im|sur|dans|par|en|por|em|no|na|pelo|pela|su|da|with permission from):?\s+"
        r"(?P<who>[^;!?]{2,60}?)(?:\s(?:erschienen|veröffentlicht|with|under)\b|[.;!?](?:\s|$)|$)",
        cues=("publi", "pubblic", "appear", "post", "print", "ran ", "aired", "erschien", "veröffentlicht", "paru"),
    ),
    # Read the full story at X
    Form(
        r"(?i)^\W*(?:read|see|view)\s(?:the\s)?(?:full|whole|original|complete|rest|more)\b.{0,30}?\b(?:at|on|in|from)\s+"
        r"(?P<who>.{2,60})$"
    ),
    # © AFP 2018 · (c) 2018 Thomson/Reuters · Copyright 2018 The Associated Press. All rights reserved.
    Form(
        r"(?i)^\W*(?=.*(?:\b(?:19|20)\d\d\b|all rights reserved))(?:©|\(c\)|copyright)(?:\s|\(c\)|[©,–-]|\d{4}|by\b|copyright)*"
        r"(?P<who>[^\W\d][^.©]{1,50}?)\s*(?:(?:19|20)\d\d\s*)?(?:\.|all rights|$)",
        cues=("©", "(c)", "copyright"),
        signs=True,
    ),
    # The Associated Press contributed to this report · AFP contributed reporting
    Form(
        r"(?i)(?:^|[.!?]\s+|\W\s)(?P<who>[^\s.][^.]{1,160}?)\s+contributed\s+(?:to\s+th(?:is|e)\b|reporting)",
        cues=("contributed",),
    ),
    # This report contains material from Reuters and AFP · Information from X was used
    Form(
        r"(?i)\b(?:contains|includes|uses)\s(?:material|information|reporting)\sfrom\s(?P<who>[^.]{2,120})",
        cues=("contains", "includes", "uses"),
    ),
    Form(r"(?i)\b(?:material|information|reporting)\sfrom\s(?P<who>[^.]{2,120}?)\s(?:was|were|is)\sused"),
    # A sentence that says no more than: According to Reuters reports.
    Form(
        r"(?i)(?:^|[.!?…](?:[\"'”’»)]|â€.)*\s+)(?:according to|laut|selon|según|secondo|segundo)\s+(?P<who>[^.,;:]{2,60}?)"
        r"(?:\s+(?:reports?|accounts?|berichten))?\s*(?:\.|$)",
        persons=False,
        cues=("according to", "laut", "selon", "según", "secondo", "segundo"),
    ),
    # X is an Associated Press writer.
    Form(
        r"(?i)^.{4,80}\s(?:is|are)\s(?:an?\s)?(?P<who>\S.{1,40}\b(?:writers?|reporters?|correspondents?|journalists?))\b",
        cues=("writer", "reporter", "correspondent", "journalist"),
    ),
)

_PHOTO = re.compile(r"(?i)\bgetty\b|photo|\bimages?\b|shutterstock|\bcredit|\bfile\b|\bpool\b|\bepa\b|\bvideo\b|media:")
_STAMP = re.compile(r"\b(?:19|20)\d\d\b|\d[:.h]\d\d\b|(?i:^(?:updated|published|posted)\b)")
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_TOLD = r"(?:\b(?:on|updated|published|posted)\b[\s:|-]*)"
_DATE = re.compile(
    rf"(?i)[\s,|•–—-]*(?:{_TOLD}+|{_TOLD}*(?:\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\b[\s,]*)?"
    rf"(?:{_MONTH}\s+\d{{1,2}}\b.*|\d{{1,2}}\.?\s{_MONTH}\s.*|\d[\d:./-]{{3,}}.*))$"
)
"""What stands behind a name in a line with a date."""
_PARTS = re.compile(r"\s*(?:[,;|•·&+/]|\s[-–—]+\s|\s(?:and|und|et|y|e|og|och|en|и)\s)\s*")
_GLUED = re.compile(r"(?<=[a-zß-ÿ])(?=[A-Z])")
_DESK = re.compile(r"[a-z]{1,4}")
"""That of an editor or desk: dpa/tmn."""
_OWNER = re.compile(r"['’]s?$")
_ROLE = re.compile(
    r"(?i)\b(?:staff|writers?|reporters?|correspondents?|editors?|journalists?|wires?|newsource|bureau|service)\b"
)
_SMALL = re.compile(
    r"(?:and|und|et|y|e|og|och|en|of|the|for|de|la|del|di|da|van|von|der|den|bin|al|el|in|on|at|to|with|contact)\b[.,:]?"
)
"""Words in small letters that stand between names."""
_SITE = re.compile(r"(?:https?://)?(?:www\.)?((?:[\w-]+\.)+[a-z]{2,})\b", re.IGNORECASE)
_SUFFIX = re.compile(r"\.(?:com?|org|net|ac|gov|go|ne|or|edu)\.[a-z]{2}$|\.[a-z]+$")

_FIRST = 1000
"""How much more than others a dateline or byline weighs."""
_LONG = 400
"""Characters above which a line is no photo's."""
_PROSE = 15
"""Words of which a line is prose, and what comes behind no opening."""
_WORDS = 6
"""Words that a name has at the most."""
_STAMP_LENGTH = 80
"""Characters up to which a line with a date is a date line."""


def _key(name: str) -> str:
    """What names that differ in writing share; initials (AP, dpa) and sites stay as they are."""
    letters = re.sub(r"[\W_]", "", name)
    if len(letters) <= 5 and letters == name and name.upper() == name:
        return name
    words = name.casefold().split()
    return re.sub(r"[\W_]", "", "".join(words[1:] if words[:1] == ["the"] and len(words) > 2 else words))


def _site(name: str) -> str | None:
    found = _SITE.match(name)
    return found[1].casefold() if found else None


def _names(outlet: str) -> set[str]:
    """The keys by which `outlet`, a name or a site, is credited."""
    site = _site(outlet)
    own = {_key(outlet)}
    if site:
        label = _SUFFIX.sub("", site).rpartition(".")[2]
        own = {site, _key(label.upper() if len(label) < 5 else label)}
        if label.startswith("the") and len(label) > 9:
            own.add(label[3:])
    elif len(words := [w for w in outlet.split() if w[:1].isupper() and w != "The"]) > 2:
        own.add("".join(w[0] for w in words))
    for known, told_by, keys in _outlets():
        if site == known or (site and site.endswith("." + known)) or not own.isdisjoint(told_by):
            own |= keys
    return own


@cache
def _outlets() -> list[tuple[str, set[str], set[str]]]:
    """The site of each outlet of the table, the keys that tell it, and all that it is credited by."""
    return [(row[0], set(map(_key, row[1:3])), {row[0], *map(_key, row[1:])}) for row in _table("outlets.txt")]


@cache
def _known(outlets: frozenset[str]) -> dict[str, tuple[str, ...]]:
    """Whom each name means: an agency, or those of `outlets` that bear it."""
    out: dict[str, tuple[str, ...]] = {_site(name) or _key(name): (shown,) for name, shown in agencies().items()}
    for outlet in sorted(outlets):
        if len(outlet) > 1 and named(outlet) is None:
            for name in _names(outlet):
                if name not in out or out[name][0] in outlets:
                    out[name] = (*out.get(name, ()), outlet)
    return out


def shown(name: str) -> str:
    """Return the name that an agency is shown by; a name that is no agency's stays as it is."""
    return _small().get(name.casefold(), name)


@cache
def _small() -> dict[str, str]:
    """`agencies`, their names in small letters."""
    return {name.casefold(): shown for name, shown in agencies().items()}


@cache
def named(outlet: str) -> str | None:
    """Return the agency that an outlet is, by its name or its site or a part of that (in.reuters.com), or None."""
    if site := _site(outlet):
        while True:
            label = site.partition(".")[0]
            if found := _small().get(site) or (_small().get(label) if len(label) > 4 else None):
                return found
            if site.count(".") < 2:
                return None
            site = site.partition(".")[2]
    name = outlet.casefold()
    return _small().get(name) or _small().get(name.removeprefix("the "))


@cache
def aggregates(outlet: str) -> bool:
    """Return whether an outlet, by its site, shows the texts of many others."""
    site = _site(outlet) or ""
    return any(site == known or site.endswith("." + known) for (known,) in _table("aggregators.txt"))


def credited(text: str, outlets: frozenset[str] = frozenset()) -> list[str]:
    """Return the agencies, by the names they are shown by, and those of `outlets` that `text` credits, each once.

    The likeliest source of the text comes first: who stands in datelines and bylines before others, then who stands there more
    often, then earlier.
    """
    return [name for name, _ in _weighed(text, _known(outlets))]


def credits_of(text: str, author: str | None = None, outlets: frozenset[str] = frozenset()) -> dict[str, CreditKind]:
    """Return whom a text credits, and its `author`, the likeliest source first: agencies, `outlets`, and others of the press.

    `signed` where the outlet says whose text it prints, by a byline or a copyright; `dateline` where only that does, which is
    copied with the text; else `other`. An outlet of the press that is none of `outlets` goes by its site.
    """
    known = _known_press(outlets)
    found: dict[str, CreditKind] = dict.fromkeys(_whose(author, known, persons=True) if author else [], "signed")
    for name, form in _weighed(text, known):
        found.setdefault(name, "signed" if form.signs else "dateline" if form.text else "other")
    return found


def meant(names: str, outlets: frozenset[str] = frozenset()) -> list[str]:
    """Return the agencies and those of `outlets` that `names` are, each once; [] where one of them is neither's."""
    return _whose(names, _known(outlets), persons=False)


def _weighed(text: str, known: dict[str, tuple[str, ...]]) -> list[tuple[str, Form]]:
    """Whom `text` credits, the likeliest source first, each with a form that it stands in, of one that signs if it does."""
    weights: Counter[str] = Counter()
    forms: dict[str, Form] = {}
    for names, form in _credits(text, known):
        for name in names:
            weights[name] += _FIRST if form.text else 1
            if name not in forms or (form.signs, form.text) > (forms[name].signs, forms[name].text):
                forms[name] = form
    return [(name, forms[name]) for name in sorted(weights, key=lambda name: -weights[name])]


@cache
def _known_press(outlets: frozenset[str]) -> dict[str, tuple[str, ...]]:
    """As `_known`, and the outlets of the table that are none of `outlets`."""
    return {key: (site,) for site, _, keys in _outlets() for key in sorted(keys)} | _known(outlets)


@cache
def usual(site: str) -> str:
    """Return the usual name of an outlet of the press, by its site; another site stays as it is."""
    return next((row[1] for row in _table("outlets.txt") if row[0] == site and len(row) > 1), site)


@cache
def _patterns() -> list[tuple[Form, re.Pattern[str]]]:
    return [(form, re.compile(form.pattern)) for form in FORMS]


def _credits(text: str, known: dict[str, tuple[str, ...]]) -> Iterator[tuple[list[str], Form]]:
    """Who stands in each form of credit that `text` has."""
    lines = [" ".join(words) for line in text.splitlines() if (words := line.split())]
    opening = True
    for at, line in enumerate(lines):
        for form, found in _formed(line):
            if _stands(form, found, lines, at, opening) and (names := _whose(found["who"], known, form.persons)):
                yield names, form
        opening = opening and (at == 0 or len(line.split()) < _PROSE)


@lru_cache(1 << 15)
def _formed(line: str) -> list[tuple[Form, re.Match[str]]]:
    """What of `line` looks like a credit, wherever it may stand; copies have their lines in common."""
    small = line.casefold()
    photo = len(line) < _LONG and _PHOTO.search(line) is not None
    return [
        (form, found)
        for form, pattern in _patterns()
        if any(cue in small for cue in form.cues) and not (photo and form.where != "anywhere")
        for found in pattern.finditer(line)
    ]


def _stands(form: Form, found: re.Match[str], lines: list[str], at: int, opening: bool) -> bool:
    """Whether what `found` is stands where its form may stand; `opening` as long as no prose came before."""
    last = at == len(lines) - 1
    dated = _is_stamp(lines[at]) or (not last and _is_stamp(lines[at + 1]))
    match form.where:
        case "opening":
            return opening
        case "end":
            return at >= len(lines) - 3
        case "alone":
            return opening or dated or last
        case "byline":
            return _capital(found["who"])
        case "author":
            return at > 0 and _is_author(found["who"], dated, at < 3 or last)
    # Awami National Party (ANP): initials that were just spelt out are no agency's.
    place = found.groupdict().get("place")
    spelt = "".join(word[0] for word in re.findall(r"\b[^\W\d_a-z]\w*", place or ""))
    return not spelt.endswith(found["who"]) if len(spelt) > 1 else True


def _is_author(who: str, dated: bool, edge: bool) -> bool:
    """Whether a line of a name and an agency is a byline: one name alone may be a photographer's."""
    if not _capital(who) or re.search(r":\s|['’]s\s", who):
        return False
    several = re.search(r"\s(?:and|&)\s", who) is not None
    full = len(_PARTS.split(who)[-1].split()) > 1
    return several or ("/" not in who and (_GLUED.search(who) is not None or dated or (edge and full)))


def _is_stamp(line: str) -> bool:
    return len(line) <= _STAMP_LENGTH and _STAMP.search(line) is not None


@lru_cache(1 << 15)
def _capital(who: str) -> bool:
    """Whether `who` is of names alone."""
    words = [word for word in re.split(r"[\s/]+", _DATE.sub("", who)) if word[:1].islower()]
    return all(_SMALL.fullmatch(word) or _ROLE.match(word) or word in agencies() or {"@", "."} & {*word[:-1]} for word in words)


def _whose(who: str, known: dict[str, tuple[str, ...]], persons: bool) -> list[str]:
    """Those that are named in `who`, each the longest run of its parts that is a name; [] for words that may not be there."""
    who = _DATE.sub("", who) or who
    cuts = [(0, 0), *(found.span() for found in _PARTS.finditer(who)), (len(who), len(who))]
    out: list[str] = []
    first = 0
    while first < len(cuts) - 1:
        start = cuts[first][1]
        for last in range(len(cuts) - 1, first, -1):
            name = who[start : cuts[last][0]]
            if found := _meant(name, known) or (persons and last == first + 1 and _beside(name, known)):
                out += found
                first = last - 1
                break
        else:
            if not persons and not _DESK.fullmatch(name):
                return []
        first += 1
    return list(dict.fromkeys(out))


def _meant(name: str, known: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    name = name.strip(" \t\xa0\"“”‘’'«»()[]*•.:!")
    if name in known:
        return known[name]
    if site := _site(name):
        while site not in known and site.count(".") > 1:
            site = site.partition(".")[2]
        if site in known:
            return known[site]
    return known.get(_key(name.removeprefix("the ").removeprefix("The ")), ()) or known.get(_key(name), ())


def _beside(name: str, known: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Whom a part means that has a person in it: X Associated Press, AP Diplomatic Writer, CNN's X."""
    words = _GLUED.sub(" ", name).split()
    for start, end in combinations(range(len(words) + 1), 2):
        head, tail = words[start:end], words[end:]
        # One word behind a person's name may be that of the person.
        behind = start == 0 or len(head) > 1 or head[0].isupper()
        owns = tail and _OWNER.search(head[-1])
        able = behind and len(head) <= _WORDS and (not tail or owns or _ROLE.search(" ".join(tail)))
        if able and (found := _meant(_OWNER.sub("", " ".join(head)), known)):
            return found
    return ()
