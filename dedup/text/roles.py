"""The role of a short paragraph of a web page, by its words: page furniture, a link, a credit, or a caption.

The patterns are tried in order, each against the whole paragraph. They must be certain: a sentence that is taken for furniture
takes no part in matching.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache

from dedup.language.facts import MONTHS, SHORT_MONTHS, SHORT_WEEKDAYS, WEEKDAYS
from dedup.language.quotes import CLOSING
from dedup.language.sentences import ENDERS
from dedup.press.names import agency_lines, bare
from dedup.press.words import AND, BY, DATE_LINE, JOURNALIST, PHOTO, PHOTO_ABROAD, PUBLISHED, SOURCE_ABROAD
from dedup.types import Role

_CAPITAL = r"(?-i:[A-Z])"
_NAME = rf"{_CAPITAL}[\w.'’-]*+"
_BEFORE_LINK = r"(\s*[:|»]|\s+[–—-]\s)"
"""The sign between a call to read more and the headline of the other article."""

_MONTH = rf"({MONTHS['en'].replace(' ', '|')}|({SHORT_MONTHS.replace(' ', '|')})\b)"
_DAY = rf"({WEEKDAYS['en'].replace(' ', '|')}|({SHORT_WEEKDAYS.replace(' ', '|')})\b)"
_CLOCK = r"([ap]\.?m\b|(?-i:GMT|UTC|BST|CEST?|HKT|[ECMP][SD]?T)\b|hours?|hrs?|min(ute)?s?|days?|ago|at|on)"
_TIMES = rf"((\d+(st|nd|rd|th)?|{_DAY}|{_MONTH}|{_CLOCK})([\s,:/.|@()—–-]+|$|(?=[ap]\.?m))){{1,16}}"
# The first test only fails fast.
_STAMP = rf"(?=\d|{_DAY}|{_MONTH}|{_CLOCK})(?=.*(\d[:/]\d|\d\s?[ap]\.?m\b|{_MONTH}|{_DAY}|\bago\b))(?=.*\d){_TIMES}"
"""A date or time and nothing else."""


def _choice(words: str) -> str:
    """Return the pattern `words`, whose alternatives are written with lines and spaces between them."""
    return re.sub(r"\s+", " ", re.sub(r"\s*\|\s*", "|", words.strip()))


# Each alternative starts with a whole word, so that a line with another first word need not be tried.
_SHARE = _choice(
    r"""
    teilen | drucken | kommentare | partager | imprimer | commenter | compartir | imprimir | comentarios | condividi |
    stampa | compartilhar | comentários | delen | udostępnij | поделиться | bagikan
    """
)
"""Buttons on a page."""
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
"""What precedes the headline of another article."""
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
"""What precedes a list of headlines of other articles."""
_PICTURE = rf"{PHOTO_ABROAD}|archivbild|archivfoto|symbolbild|symbolfoto|(foto|imagen) de archivo|crédit photos?"
"""What opens the caption of a photo."""
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
        rf"({PUBLISHED})( at| on)?\W{{0,2}}",
        r".{0,4}this is a content summary only\b.*",
        r".{1,6}% of (readers|users|people) think (this|the) (story|article|post) is\b.*",
        r".{0,12}external links( and)? will open in (a new|another) (window|tab)\W*",
        r".{0,8}verify (that )?you.re not a robot\b.*",
        r"this (material|article|story) (may|must) not be (published|reproduced)\b.*",
    ),
    "link": (
        rf"(more news|read (more|also|next|full story)|see (also|more)|also read){_BEFORE_LINK}.*",
        rf"related( (stories|articles|news|links?))?{_BEFORE_LINK}.*",
        rf"(recommended|most (read|popular|viewed)|you (may|might) also like|more (on|from) .{{0,30}}){_BEFORE_LINK}.*",
        rf"(watch|update|don.t miss){_BEFORE_LINK}.*",
        r".*(?-i:GMT) \d\d:\d\d \d{4} .*",
    ),
    "credit": (
        r"(source|credits?|via|agencies)\s*:\s*\S+( \S+){0,4}(?<![.!?])",
        rf"by (the )?{_NAME}((\s*[,|/&–—]\s*|\s+(-\s+)?)(and |for |the )*{_NAME}){{0,12}}"
        rf"(,? (staff |special )?({JOURNALIST}))?"
        rf"(\W+(({PUBLISHED})\W+)?{_TIMES})?",
        rf"\(?(reporting|additional reporting|writing|editing|compiled) by {_CAPITAL}.*",
    ),
    "caption": (
        rf"((file )?({PHOTO})|pictured|video|watch)\s*[:–—-] .*",
        rf".*\(({PHOTO}|credit|getty|file)\b[^)]*\)\W*",
        rf".*\b(credit|photograph|{PHOTO})\s?(by)?:\s?\S.{{0,60}}",
        r".*/getty images\W{0,2}",
    ),
}

LISTED: dict[Role, tuple[str, ...]] = {
    "boilerplate": (rf"({_SHARE})(\W{{1,3}}({_SHARE}))*\W*", _NOTICE),
    "link": (rf"({_ALSO})\s*[:|»>].*", rf"({_RELATED})\W*"),
    "credit": (
        rf"({SOURCE_ABROAD})\s*[:：]\s*\S+( \S+){{0,4}}(?<![.!?])",
        rf"({BY}) {_NAME}( {_NAME}){{1,2}}((, | ({AND}) ){_NAME}( {_NAME}){{1,2}})*",
    ),
    "caption": (rf"({_PICTURE})\s*[:–—-] ?.*",),
}
"""Patterns that start with one of a list of words, in many languages."""
_FIRST_WORDS = frozenset(re.findall(r"\w+", " ".join((_SHARE, _NOTICE, _ALSO, _RELATED, _PICTURE, SOURCE_ABROAD, BY))))
"""All words of `LISTED`, which include each word with which one of its patterns starts."""

_MARKS = (
    *("all rights reserved", "gmt ", "(", "credit", "getty", *PHOTO.split("|")),
    *("content summary", "% of ", "external link", "not a robot"),
)
"""Strings in small letters. A line without any of them matches no pattern that starts with `.`."""


def _one(patterns: Mapping[Role, Sequence[str]]) -> re.Pattern[str]:
    """Return one pattern whose groups are named after the roles."""
    return re.compile("|".join(f"(?P<{role}>(?:{'|'.join(own)})$)" for role, own in patterns.items()), re.IGNORECASE)


@cache
def _patterns(marked: bool) -> re.Pattern[str]:
    """Return all of `PATTERNS`, or those that a line without any of `_MARKS` may match."""
    return _one({role: [p for p in own if marked or not p.startswith(".")] for role, own in PATTERNS.items()})


@cache
def _listed() -> re.Pattern[str]:
    return _one(LISTED)


@cache
def _stamped() -> re.Pattern[str]:
    return re.compile(rf"((first |last )?({PUBLISHED})( at| on)?\W{{0,3}})?{_STAMP}$", re.IGNORECASE)


_FIRST = re.compile(r"\w+")
_DIGIT = re.compile(r"\d")
_AGENCY_LINE = 60
"""Characters up to which a line may be the name of an agency and nothing else."""
_PHOTO_CREDIT = re.compile(
    r"\(([^()]*(?:[/,|]| photo\b| file\b| via\b)[^()]*)\)\W*$|"
    rf"[^\s{ENDERS}{CLOSING}]\s*\(([^()]*)\)\s*$|/([^()/]*)$|(\w+ photo)\W{{0,2}}$"
)
_BETWEEN_ITEMS = re.compile("[/,|]")
_PHOTO_VIA = re.compile(r" (photo|file|via)\b.*")


@lru_cache(maxsize=1 << 15)
def role_of(part: str) -> Role | None:
    """Return the role that a paragraph of one line shows; None if it shows none. Lines of a page recur in many articles."""
    small = part.casefold()
    found = _patterns(any(map(small.__contains__, _MARKS))).match(part)
    if not found:
        if len(small) <= _AGENCY_LINE and bare(small) in agency_lines():
            return "credit"
        if ("/" in small or "(" in small or "photo" in small) and _credits_photo(small):
            return "caption"
        if (first := _FIRST.match(small)) and first[0] in _FIRST_WORDS:
            found = _listed().match(part)
    if not found and len(part) <= DATE_LINE and _DIGIT.search(part) and _stamped().match(part):
        return "boilerplate"
    return found.lastgroup if found else None  # type: ignore[return-value] # the groups are named after roles


def _credits_photo(small: str) -> bool:
    """Return whether `small`, in small letters, ends with an agency's credit for a photo.

    Ann Lee/EFE · (AP Photo/Ann Lee) · Ann Lee, AP Photo · Troops in Brest (Reuters), which follows no full stop
    """
    found = _PHOTO_CREDIT.search(small)
    items = _BETWEEN_ITEMS.split(found[found.lastindex or 0]) if found else []
    return any(bare(_PHOTO_VIA.sub("", item)) in agency_lines() for item in items)
