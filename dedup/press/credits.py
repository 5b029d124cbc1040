"""Whom a text credits as its source: news agencies, other outlets of the corpus, and other outlets of the press.

`press.forms` has the forms of credit: a dateline "ISLAMABAD (Reuters) -", a byline "By X, The New York Times", a line that is a
name and no more, "Source: AFP", "X contributed to this report". `press.names` knows whose name it is.

Not credits are: the source of one statement ("according to Xinhua", "told Reuters"), the credit of a photo ("(X/Pool via AP)"),
and a name in running text. None of them says where the text comes from.
"""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import combinations
from typing import Literal

from dedup.language.facts import MONTHS, WEEKDAYS
from dedup.press.forms import FORMS, Form
from dedup.press.names import NameTable, agencies, find_name, name_table, press_table
from dedup.press.words import AND, DATE_LINE, JOURNALIST, PHOTO, PHOTO_ABROAD, PUBLISHED

CreditKind = Literal["signed", "dateline", "other", "part"]

_PHOTO = re.compile(rf"(?i)\b(?:{PHOTO}|{PHOTO_ABROAD}|video|getty|shutterstock|credit|(?:file|pool|epa)\b)|photo|media:")
"""What only the credit of a photo contains."""
_MONTH = f"(?:{'|'.join(month[:3] for month in MONTHS['en'].split())})[a-z]*\\.?"
_DAY = f"(?:{'|'.join(day[:3] for day in WEEKDAYS['en'].split())})[a-z]*"
_STAMP = re.compile(rf"\b(?:19|20)\d\d\b|\d[:.h]\d\d\b|(?i:^(?:{PUBLISHED})\b)")
_PUBLISHED = rf"(?:\b(?:on|{PUBLISHED})\b[\s:|-]*)"
_DATE = re.compile(
    rf"(?i)[\s,|•–—-]*(?:{_PUBLISHED}+|{_PUBLISHED}*(?:\b{_DAY}\b[\s,]*)?"
    rf"(?:{_MONTH}\s+\d{{1,2}}\b.*|\d{{1,2}}\.?\s{_MONTH}\s.*|\d[\d:./-]{{3,}}.*))$"
)
"""A date behind a name."""
_PARTS = re.compile(rf"\s*(?:[,;|•·&+/]|\s[-–—]+\s|\s(?:{AND})\s)\s*")
_GLUED = re.compile(r"(?<=[a-zß-ÿ])(?=[A-Z])")
"""Where two words lost the space between them: Bob JonesAssociated Press."""
_DESK = re.compile(r"[a-z]{1,4}")
"""The sign of an editor or a desk: dpa/tmn."""
_OWNER = re.compile(r"['’]s?$")
_ROLE = re.compile(rf"(?i)\b(?:staff|(?:{JOURNALIST})s?|wires?|newsource|bureau|service)\b")
_SMALL = re.compile(rf"(?:{AND}|of|the|for|de|la|del|di|da|van|von|der|den|bin|al|el|in|on|at|to|with|contact)\b[.,:]?")
"""Words in small letters between names."""

_CASELESS = 5
"""Words of the longest line of an author and an agency in a script without capital letters."""
_HEAD_WEIGHT = 1000
"""Weight of a dateline or byline, in other credits."""
_PHOTO_LINE = 400
"""Characters from which a line is no credit of a photo."""
_PROSE = 15
"""Words from which a line is prose, and ends the opening of the text."""
_NAME_WORDS = 6
"""Words up to which a name is looked for beside a person's."""


def credited(text: str, outlets: frozenset[str] = frozenset()) -> list[str]:
    """Return the agencies, by their display names, and those of `outlets` that `text` credits.

    The likeliest source comes first: names in datelines and bylines precede others, then more frequent ones, then earlier ones.
    """
    return [name for name, _ in _weighed(text, name_table(outlets))]


def credits_of(text: str, author: str | None = None, outlets: frozenset[str] = frozenset()) -> dict[str, CreditKind]:
    """Return whom a text and its `author` field credit, the likeliest source first: agencies, `outlets`, other outlets.

    A credit is `signed` if the outlet states by it whose text it prints (a byline, a copyright line); `dateline` if only a
    dateline names the source, which copies take over with the text; `part` if it states that parts of the text are from the
    source; else `other`. An outlet of the press that is not among
    `outlets` is named by its site.
    """
    table = press_table(outlets)
    found: dict[str, CreditKind] = dict.fromkeys(_authors(author, table) if author else [], "signed")
    for name, form in _weighed(text, table):
        found.setdefault(name, _kind(form))
    return found


def _kind(form: Form) -> CreditKind:
    if form.signs:
        return "signed"
    if form.heads:
        return "dateline"
    return "part" if form.partial else "other"


def _authors(author: str, table: NameTable) -> list[str]:
    """Return whom a field `author` names. Beside an agency, an outlet is the paper that prints its text: Gazette - AP."""
    named = _named_in(author, table, persons=True)
    wires = set(agencies().values())
    return [name for name in named if name in wires] or named


def author_names(author: str, outlets: frozenset[str] = frozenset()) -> list[str]:
    """Return the agencies and outlets that a field `author` names, as `credits_of` does."""
    return _authors(author, press_table(outlets))


def resolve_names(names: str, outlets: frozenset[str] = frozenset()) -> list[str]:
    """Return the agencies and those of `outlets` that the list `names` ("AP, Reuters") names; [] if a name in it is unknown."""
    return _named_in(names, name_table(outlets), persons=False)


def _weighed(text: str, table: NameTable) -> list[tuple[str, Form]]:
    """Return whom `text` credits, the likeliest source first, each with the strongest form in which it is credited.

    The strongest forms are those that sign (`Form.signs`), then those that head a text (`Form.heads`); the weakest are those
    that name the source of parts of it (`Form.partial`).
    """
    weights: Counter[str] = Counter()
    forms: dict[str, Form] = {}
    for names, form in _credits(text, table):
        for name in names:
            weights[name] += _HEAD_WEIGHT if form.heads else 1
            if name not in forms or _strength(form) > _strength(forms[name]):
                forms[name] = form
    return [(name, forms[name]) for name in sorted(weights, key=lambda name: -weights[name])]


def _strength(form: Form) -> tuple[bool, bool, bool]:
    return form.signs, form.heads, not form.partial


@cache
def _patterns() -> list[tuple[Form, re.Pattern[str]]]:
    return [(form, re.compile(form.pattern)) for form in FORMS]


def _credits(text: str, table: NameTable) -> Iterator[tuple[list[str], Form]]:
    """Yield the names in each credit of `text`, with its form."""
    lines = [" ".join(words) for line in text.splitlines() if (words := line.split())]
    opening = True
    for at, line in enumerate(lines):
        for form, found in _formed(line):
            if _allowed(form, found, lines, at, opening) and (names := _named_in(found["who"], table, form.persons)):
                yield names, form
        opening = opening and (at == 0 or len(line.split()) < _PROSE)


@lru_cache(1 << 15)
def _formed(line: str) -> list[tuple[Form, re.Match[str]]]:
    """Return all matches of forms in `line`, wherever it may be. The cache serves lines that many copies have in common."""
    small = line.casefold()
    photo = len(line) < _PHOTO_LINE and _PHOTO.search(line) is not None
    return [
        (form, found)
        for form, pattern in _patterns()
        if any(cue in small for cue in form.cues) and not (photo and form.where != "anywhere")
        for found in pattern.finditer(line)
        if not (photo and _PHOTO.search(found[0]))
    ]


def _allowed(form: Form, found: re.Match[str], lines: list[str], at: int, opening: bool) -> bool:
    """Return whether `found`, a match of `form` on line `at`, is a credit: whether `form` may occur on this line.

    `opening` says whether only the headline and lines that are no prose precede the line. A name that consists of the initials
    of the words before it is no credit.
    """
    last = at == len(lines) - 1
    dated = _is_date_line(lines[at]) or (not last and _is_date_line(lines[at + 1]))
    match form.where:
        case "opening":
            return opening
        case "end":
            # A short line before the text is a caption.
            return at >= len(lines) - 3 and not any(len(line.split()) >= _PROSE for line in lines[at + 1 :])
        case "bare":
            return opening or dated or last
        case "byline":
            return _only_names(found["who"])
        case "author":
            return at > 0 and _is_author(found["who"], dated, at < 3 or last)
    # Awami National Party (ANP): initials of the words before them are not the agency of these initials.
    place = found.groupdict().get("place")
    initials = "".join(word[0] for word in re.findall(r"\b[^\W\d_a-z]\w*", place or ""))
    return not initials.endswith(found["who"]) if len(initials) > 1 else True


def _is_author(who: str, dated: bool, edge: bool) -> bool:
    """Return whether a line of a name and an agency is a byline; a single name may be that of a photographer."""
    if not _only_names(who) or re.search(r":\s|['’]s\s", who):
        return False
    if who.lower() == who.upper() and (who.rstrip().endswith((")", "]", "）", "】")) or len(who.split()) > _CASELESS):
        return False  # of letters without capitals none shows a name
    several = re.search(r"\s(?:and|&)\s", who) is not None
    full = len(_PARTS.split(who)[-1].split()) > 1
    return several or ("/" not in who and (_GLUED.search(who) is not None or dated or (edge and full)))


def _is_date_line(line: str) -> bool:
    return len(line) <= DATE_LINE and _STAMP.search(line) is not None


@lru_cache(1 << 15)
def _only_names(who: str) -> bool:
    """Return whether `who` consists of names.

    A word in small letters may only be one that occurs between names (“and”), a role, an agency, or an address.
    """
    parts = re.split(r"[\s/]+|(?<!\w)[ld]['’]", _DATE.sub("", who))
    words = [word for word in parts if word[:1].islower()]
    return all(_SMALL.fullmatch(word) or _ROLE.match(word) or word in agencies() or {"@", "."} & {*word[:-1]} for word in words)


def _named_in(who: str, table: NameTable, persons: bool) -> list[str]:
    """Return whom `who` names, each by the longest run of its parts that is a name.

    Without `persons`, any part that is no name makes the result empty.
    """
    who = _DATE.sub("", who) or who
    cuts = [(0, 0), *(found.span() for found in _PARTS.finditer(who)), (len(who), len(who))]
    out: list[str] = []
    first = 0
    while first < len(cuts) - 1:
        start = cuts[first][1]
        for last in range(len(cuts) - 1, first, -1):
            part = who[start : cuts[last][0]]
            if found := find_name(part, table) or (persons and last == first + 1 and _beside_person(part, table)):
                out += found
                first = last - 1
                break
        else:
            if not persons and not _DESK.fullmatch(part):
                return []
        first += 1
    return list(dict.fromkeys(out))


def _beside_person(part: str, table: NameTable) -> tuple[str, ...]:
    """Return whom a part names beside a person: X Associated Press, AP Diplomatic Writer, CNN's X."""
    words = _GLUED.sub(" ", part).split()
    for start, end in combinations(range(len(words) + 1), 2):
        head, tail = words[start:end], words[end:]
        # A single word behind a person's name may be the surname.
        behind = start == 0 or len(head) > 1 or head[0].isupper()
        owns = tail and _OWNER.search(head[-1])
        able = behind and len(head) <= _NAME_WORDS and (not tail or owns or _ROLE.search(" ".join(tail)))
        if able and (found := find_name(_OWNER.sub("", " ".join(head)), table)):
            return found
    return ()
