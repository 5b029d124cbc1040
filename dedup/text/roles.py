"""What a short paragraph of a web page is for, by its words: page furniture, links to other articles, credits, captions.

The patterns are tried in order, each against the whole paragraph. They must be sure: a sentence taken for furniture is lost.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache

from dedup.types import Role

_CAPITAL = r"(?-i:[A-Z])"
_PARTED = r"(\s*[:|»]|\s+[–—-]\s)"

_MONTH = (
    r"(january|february|march|april|may|june|july|august|september|october|november|december|"
    r"(jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b)"
)
_DAY = r"(monday|tuesday|wednesday|thursday|friday|saturday|sunday|(mon|tues?|wed|thu|fri|sat|sun)\b)"
_CLOCK = r"([ap]\.?m\b|(?-i:GMT|UTC|BST|CEST?|HKT|[ECMP][SD]?T)\b|hours?|hrs?|min(ute)?s?|days?|ago|at|on)"
_TIMES = rf"((\d+(st|nd|rd|th)?|{_DAY}|{_MONTH}|{_CLOCK})([\s,:/.|@()—–-]+|$|(?=[ap]\.?m))){{1,16}}"
_STAMP = rf"(?=.*(\d[:/]\d|\d\s?[ap]\.?m\b|{_MONTH}|{_DAY}|\bago\b))(?=.*\d){_TIMES}"
"""A date or time and no more."""
_NAME = rf"{_CAPITAL}[\w.'’-]*+"


def _choice(words: str) -> str:
    """The alternatives of a pattern that is written with lines and spaces between them."""
    return re.sub(r"\s+", " ", re.sub(r"\s*\|\s*", "|", words.strip()))


# Each alternative starts with a whole word: by these it is known which lines need not be tried.
_SHARE = _choice(
    r"""
    teilen | drucken | kommentare | partager | imprimer | commenter | compartir | imprimir | comentarios | condividi |
    stampa | compartilhar | comentários | delen | udostępnij | поделиться | bagikan
    """
)
"""Buttons of a page."""
_NOTICE = _choice(
    r"""
    (anzeige | werbung | publicité | publicidad | publicidade | pubblicità | reklama | реклама | advertentie | iklan)\W* |
    (alle rechte vorbehalten | tous droits réservés | todos (los derechos|os direitos) reservados | tutti i diritti riservati |
    alle rechten voorbehouden | wszelkie prawa zastrzeżone | все права защищены | hak cipta dilindungi).* |
    (abonnez-vous | suscríbete | suscríbase | iscriviti | abonnieren sie | melden sie sich | inscrivez-vous | schrijf je in |
    подпишитесь | подписывайтесь | zapisz się | folgen sie uns | suivez-nous | síguenos | siga-nos |
    seguici)\b.{0,80}(?<![.!?])
    """
)
"""Advertisements, rights, and calls to sign up."""
_ALSO = _choice(
    r"""
    lesen sie (auch|mehr|dazu) | mehr (dazu|zum thema) | à lire (aussi|également) | lire (aussi|également|la suite) |
    voir aussi | lea (también|además|más) | leer más | te puede interesar | le puede interesar | vea también | leggi anche |
    leia (também|mais) | veja (também|mais) | lees (ook|meer|verder) | läs (också|mer|även) | les også | læs også |
    lue myös | czytaj (też|także|więcej) | zobacz (też|także) | читайте (также|ещё|еще) | см\. также | baca juga | xem thêm
    """
)
"""What stands before the headline of another article."""
_RELATED = _choice(
    r"""
    (related|similar|recommended|trending|more|latest|top|popular)
    (stories|articles|news|posts|topics|coverage|headlines|links?|content) |
    more (on|from|about) this (story|topic|subject) | most (read|popular|viewed|shared) |
    you (may|might) also (like|be interested in) | read (more|also|next) | see also | don.t miss |
    recommended( for you)? | mehr zum thema | das könnte sie auch interessieren | meistgelesen |
    sur le même (sujet|thème) | dans le même (sujet|thème) | les plus lus | articles liés | article lié |
    noticias relacionadas | más (noticias|leídas|información) | lo más (leído|visto) | notícias relacionadas | mais lidas |
    artigos relacionados | articoli correlati | potrebbe interessarti( anche)? | i più letti | gerelateerd |
    gerelateerde artikelen | meest gelezen | najczęściej czytane | материалы по теме | berita terkait | baca juga |
    artikel terkait
    """
)
"""What stands above the headlines of other articles."""
_PICTURE = _choice(
    r"""
    archivbild | archivfoto | symbolbild | symbolfoto | foto( de archivo)? | fotografie | bild | crédit photos? |
    imagen( de archivo)? | zdjęcie | фото
    """
)
_SOURCE = "quelle|quellen|fuente|fuentes|fonte|bron|źródło|источник|sumber|kaynak"
_BY = "von|par|por|di|door|oleh"
RELATED = re.compile(rf"({_RELATED})\W*", re.IGNORECASE)

PATTERNS: dict[Role, tuple[str, ...]] = {
    "boilerplate": (
        r"adjust comment print|send in e-?mail.*|load more|latest news|in other news|advertisement",
        r"comments?|(view|show|post|leave a|add a) comments?|(no|\d+) comments?",
        r"print|e-?mail|share|tweet|save|close|menu|share (this|on|via)\b.{0,40}",
        r"(sign|log) (in|up)\b.{0,60}|subscribe\b.{0,60}|skip to .{0,30}|follow (us|@)\b.{0,60}",
        r"(privacy policy|terms of (use|service)|cookie policy)\b.{0,60}",
        r"click (here|the \w+ icon|to)\b.{0,60}",
        r"(all rights reserved|(copyright\s*)?(©|\(c\) )|copyright\s+\d{4}).*",
        r".{0,80} all rights reserved\W*",
        r"maintained and developed by .*",
        r"gmt \d\d:\d\d \d{4} .{0,30}",
        r"(posted|updated|published)( at| on)?\W{0,2}",
        r".{0,4}this is a content summary only\b.*",
        r".{1,6}% of (readers|users|people) think (this|the) (story|article|post) is\b.*",
        r".{0,12}external links( and)? will open in (a new|another) (window|tab)\W*",
        r".{0,8}verify (that )?you.re not a robot\b.*",
        r"this (material|article|story) (may|must) not be (published|reproduced)\b.*",
    ),
    "link": (
        rf"(more news|read (more|also|next|full story)|see (also|more)|also read){_PARTED}.*",
        rf"related( (stories|articles|news|links?))?{_PARTED}.*",
        rf"(recommended|most (read|popular|viewed)|you (may|might) also like|more (on|from) .{{0,30}}){_PARTED}.*",
        rf"(watch|update|don.t miss){_PARTED}.*",
        r".*(?-i:GMT) \d\d:\d\d \d{4} .*",
    ),
    "credit": (
        r"(source|credits?|via|agencies)\s*:\s*\S+( \S+){0,4}(?<![.!?])",
        rf"by (the )?{_NAME}((\s*[,|/&–—]\s*|\s+(-\s+)?)(and |for |the )*{_NAME}){{0,12}}"
        rf"(,? (staff |special )?(writer|reporter|correspondent))?"
        rf"(\W+((updated|published|posted)\W+)?{_TIMES})?",
        r"\W*(reuters|associated press|ap|afp|agence france-presse|dpa|upi|xinhua|tass|bloomberg)\W*",
        rf"\(?(reporting|additional reporting|writing|editing|compiled) by {_CAPITAL}.*",
    ),
    "caption": (
        r"(file (photo|picture|image)|photo|image|picture|pictured|video|watch)\s*[:–—-] .*",
        r".*\((photo|image|picture|credit|ap photo|afp|getty|file)\b[^)]*\)\W*",
        r".*\b(credit|photo|photograph|image)\s?(by)?:\s?\S.{0,60}",
        r".*(/getty images|/reuters|/afp|\bap photo\b|\(reuters\)|\(ap\))\W{0,2}",
    ),
}

LISTED: dict[Role, tuple[str, ...]] = {
    "boilerplate": (rf"({_SHARE})(\W{{1,3}}({_SHARE}))*\W*", _NOTICE),
    "link": (rf"({_ALSO})\s*[:|»>].*", rf"({_RELATED})\W*"),
    "credit": (
        rf"({_SOURCE})\s*:\s*\S+( \S+){{0,4}}(?<![.!?])",
        rf"({_BY}) {_NAME}( {_NAME}){{1,2}}((, | und | et | y | e | en ){_NAME}( {_NAME}){{1,2}})*",
    ),
    "caption": (rf"({_PICTURE})\s*[:–—-] ?.*",),
}
"""The same for what is known by lists of words, in many languages."""
_WORDS = frozenset(re.findall(r"\w+", " ".join((_SHARE, _NOTICE, _ALSO, _RELATED, _PICTURE, _SOURCE, _BY))))
"""All words in them, and so also all that they start with."""

_MARKS = (
    *("all rights reserved", "gmt ", "(", "credit", "photo", "image", "getty", "/reuters", "/afp"),
    *("content summary", "% of ", "external link", "not a robot"),
)
"""In small letters: what the patterns that may start with anything need, one of them."""


def _one(patterns: Mapping[Role, Sequence[str]]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<{role}>(?:{'|'.join(own)})$)" for role, own in patterns.items()), re.IGNORECASE)


@cache
def _patterns(marked: bool) -> re.Pattern[str]:
    """All patterns, or those that a line without any of the marks may match; made when first asked for."""
    return _one({role: [p for p in own if marked or not p.startswith(".")] for role, own in PATTERNS.items()})


@cache
def _listed() -> re.Pattern[str]:
    return _one(LISTED)


@cache
def _stamped() -> re.Pattern[str]:
    return re.compile(rf"((first |last )?(posted|updated|published|modified)( at| on)?\W{{0,3}})?{_STAMP}$", re.IGNORECASE)


_FIRST = re.compile(r"\w+")
_STAMP_LENGTH = 80
"""Characters that a date or time has at the most."""


def role_of(part: str) -> Role | None:
    """Return the role that a paragraph of one line shows; None where it shows none."""
    small = part.casefold()
    found = _patterns(any(map(small.__contains__, _MARKS))).match(part)
    if not found and (first := _FIRST.match(small)) and first[0] in _WORDS:
        found = _listed().match(part)
    if not found and len(part) <= _STAMP_LENGTH and re.search(r"\d", part) and _stamped().match(part):
        return "boilerplate"
    return found.lastgroup if found else None  # type: ignore[return-value] # the groups are named after roles
