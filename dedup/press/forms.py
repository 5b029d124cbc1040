"""The forms in which a text credits its source: one pattern a form, with the places where it may occur.

The patterns are tried on one line at a time, by `press.credits`.
"""

import re
from dataclasses import dataclass
from typing import Literal

from dedup.language.quotes import APOSTROPHES, CLOSING, OPENING
from dedup.language.sentences import CLOSERS, ENDERS
from dedup.press.names import agencies
from dedup.press.words import AFTER, AGENCY, BY, JOURNALIST, OF, SOURCE_ABROAD, WITH

_CJK = "|".join(sorted((name for name in agencies() if name[-1] >= "぀"), key=lambda name: (-len(name), name)))
"""Names of agencies in Japanese, Chinese and Korean."""
_BY = rf"(?i:{BY}|автор:)"
_WITH = rf"(?i:{WITH})"
_STUFF = rf"(?:(?i:material\w*|files?|inputs?|report\w*|informa\w+)\s+(?:\w+\s)??(?:{BY}|{OF}|das|dos|der|la)\s+)"
_SOURCE = f"(?i:sources?|{SOURCE_ABROAD}|{AGENCY})"
_WHAT = r"(?:article|story|post|piece|report|column|essay|commentary|interview|artikel|text|beitrag|articulo|artículo|texto)"
_DASH = r"(?:--|[-–—―]|â€.)"
_NAME = r"(?P<who>[^()（）\[\]【】/\n]{2,40}?(?:/[^()（）\[\]【】/\n]{1,20}?)?)"
_QUOTE = "".join(sign for sign in OPENING if sign not in APOSTROPHES)
_CLOSER = f"[{re.escape(CLOSERS)}]"

Place = Literal["anywhere", "line", "opening", "end", "byline", "bare", "author"]


@dataclass(frozen=True, slots=True)
class Form:
    """A form of credit."""

    pattern: str
    """A regular expression for a line. Its group `who` holds the names; a group `place`, if any, the town of a dateline."""
    persons: bool = True
    """Whether `who` may contain other words than names of agencies and outlets, such as the name of an author."""
    heads: bool = False
    """Whether it is a dateline or a byline, whose agency is the likeliest source of the text."""
    where: Place = "anywhere"
    """Where the line may be. All but "anywhere" exclude lines that credit a photo:

    - "line": any line
    - "opening": before the first line of prose
    - "end": one of the last three lines
    - "byline": any line, if `who` consists of names
    - "bare": in the opening, beside a date, or the last line
    - "author": a line of an author and an agency, but not the first
    """
    cues: tuple[str, ...] = ("",)
    """Strings in small letters; a line without any of them is not tried."""
    signs: bool = False
    """Whether the outlet states by it whose text it prints. A dateline does not: it is copied together with the text."""
    partial: bool = False
    """Whether it states that only parts of the text are from whom it names."""


FORMS = (
    # ISLAMABAD (Reuters) - · LONDON, July 15. /TASS/. · Berlin (dpa) – · (ANSA) - ROMA · القاهرة (رويترز) -
    Form(
        rf"(?:^\W{{0,3}}(?P<place>[^\W\d_][^()]{{1,70}}?)?|(?<=[-–—“]\s))\s*[(（\[/]\s*{_NAME}\s*[)）\]/]\s*(?:{_DASH}|[:：=.])",
        persons=False,
        heads=True,
        cues=("(", "（", "[", "/"),
    ),
    # New Delhi, Jul 16 (PTI) The government · नयी दिल्ली, 16 जुलाई (भाषा) सरकार
    Form(
        rf"^(?P<place>[^\W\d_][^()]{{1,60}}\d\.?(?:\s[^\s()\d]{{2,12}})?)\s*\({_NAME}\)\s+(?=[^\W\d_])",
        persons=False,
        heads=True,
        cues=("(",),
    ),
    # Москва. 16 июля. INTERFAX.RU - Правительство
    Form(rf"^[^\W\d_][^()\n]{{1,40}}\.\s\d{{1,2}}\.?\s[^\s()\d]{{2,12}}\.\s{_NAME}\s*{_DASH}\s", persons=False, heads=True),
    # By X. ABOARD AIR FORCE ONE (Reuters) - · Washington (CNN)The president
    Form(rf"(?P<place>\b[A-ZÀ-Þ]{{3}}[^()\[\].]{{0,50}}?)\s*\({_NAME}\)\s*{_DASH}\s", persons=False, heads=True, cues=("(",)),
    Form(
        rf"^(?P<place>[^\W\d_][^()]{{1,40}}?)?\s*\({_NAME}\)(?=[^\W\d_a-z]|[{_QUOTE}])", persons=False, heads=True, cues=("(",)
    ),
    # AFP - Troops · МОСКВА, 16 июля — РИА Новости.
    Form(rf"^\W{{0,2}}{_NAME}\s*{_DASH}\s+(?=\w)", persons=False, heads=True, where="opening", cues=("-", "–", "—", "―")),
    Form(rf"^[^\W\d_a-z]{{3}}[^().]{{0,50}}[-–—]\s*{_NAME}[.,:]\s", persons=False, heads=True),
    # 新华社北京7月16日电 · 【ワシントン共同】 · [ワシントン 16日 ロイター] · (서울=연합뉴스)
    Form(rf"^[（(]?(?P<who>{_CJK})[^，。\s]{{0,20}}日\w{{0,10}}[电電]", persons=False, heads=True, cues=("日",)),
    Form(rf"^[【［\[][^】］\]]{{0,20}}?(?P<who>{_CJK}|AFP|AP)[】］\]]", persons=False, heads=True),
    Form(r"^\([^()=]{1,12}=(?P<who>\w+)\)", persons=False, heads=True),
    # By The Associated Press · By X and Y, CNN, AP · By X Associated Press · Posted 3 pm, by AFP · Von dpa
    Form(
        rf"^(?:.{{0,40}}?[,|–—•-]\s*)?(?:{_BY}|(?:From|\w+ by)\b)\s+(?P<who>\W?[^\W\d_].{{1,180}})$",
        heads=True,
        where="byline",
        signs=True,
    ),
    # The Associated Press · AFP, 14 Jul 2018 · EFE
    Form(r"^[-–—―*•\s]*(?P<who>\w.{1,80}?)[\s•.:*]*$", persons=False, heads=True, where="bare", signs=True),
    # X and Y, Associated Press · X | The Associated Press · XAssociated Press
    Form(r"^(?P<who>[^\W\d_].{3,120})$", heads=True, where="author", signs=True),
    # (Reuters) · he said. (ANI) · (Theo AFP)
    Form(
        rf"(?:^|[{ENDERS}{CLOSING}])\s*[(（\[]\s*(?:(?i:{AFTER})\s+)?(?P<who>[^()（）\[\]]{{2,40}})\s*[)）\]]\W*$",
        persons=False,
        where="end",
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
        persons=False,
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
    # This report by The Canadian Press was first published May 14, 2024.
    Form(
        rf"(?i)\bthis\s{_WHAT}\sby\s(?P<who>[^.;!?]{{2,60}}?)\swas\s(?:first|originally)\spublished\b",
        cues=("published",),
        signs=True,
    ),
    # The story was first reported by X.
    Form(
        r"(?i)\b(?:was|were)\s(?:first|originally)\s(?:reported|published|broken)\s(?:by|in|on)\s(?P<who>[^.,;!?]{2,60})",
        cues=("reported", "published", "broken"),
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
        partial=True,
    ),
    # This report contains material from Reuters and AFP · Information from X was used
    Form(
        r"(?i)\b(?:contains|includes|uses)\s(?:material|information|reporting)\sfrom\s(?P<who>[^.]{2,120})",
        cues=("contains", "includes", "uses"),
        partial=True,
    ),
    Form(r"(?i)\b(?:material|information|reporting)\sfrom\s(?P<who>[^.]{2,120}?)\s(?:was|were|is)\sused", partial=True),
    # A sentence of these words only: According to Reuters reports.
    Form(
        rf"(?i)(?:^|[{ENDERS}](?:{_CLOSER}|â€.)*\s+)(?:according to|laut|selon|según|secondo|segundo)\s+"
        r"(?P<who>[^.,;:]{2,60}?)(?:\s+(?:reports?|accounts?|berichten))?\s*(?:\.|$)",
        persons=False,
        cues=("according to", "laut", "selon", "según", "secondo", "segundo"),
    ),
    # X is an Associated Press writer.
    Form(
        rf"(?i)^.{{4,80}}\s(?:is|are)\s(?:an?\s)?(?P<who>\S.{{1,40}}\b(?:{JOURNALIST})s?)\b",
        cues=tuple(JOURNALIST.split("|")),
    ),
)
