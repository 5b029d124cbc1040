"""Decide whether a draft credits an agency whose copy it contains.

Alignment has found already that a passage is an agency's, so a credit needs less proof here than in `press.credits`. A short
line that is no sentence counts if the agency is an item of it: "(AFP; own research)", "Redacción / EFE", "Text: dpa". It may be
in the head of the draft, at its end, or in brackets behind the last words. The credit of a photo, a headline, and a sentence
of prose ("Reuters said so on Friday.") do not count.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import NamedTuple, Self

from dedup.language.quotes import CLOSING, OPENING
from dedup.language.scripts import is_unspaced, unspaced_letters
from dedup.language.sentences import CLOSERS, ENDERS
from dedup.language.speech import has_saying
from dedup.press.words import AFTER, AGENCY, AND, ARTICLES, BY, BYLINE, JOURNALIST, OF, PHOTO, PHOTO_ABROAD, SOURCE_ABROAD, WITH

_PROSE = 14
"""Words above which a line is prose."""
_SIGNS_A_WORD = 2
"""Such letters that count as a word."""
_LONGEST_LINE = 400
"""Characters of a short line that are looked at."""
_TAIL = 3
"""Lines at the end in which a credit may be."""
_INITIALS = 5
"""Letters below which a name counts only in the letters of the table."""
_PHOTO = re.compile(rf"(?i)\b(?:{PHOTO}|{PHOTO_ABROAD}|video|getty|shutterstock|graphi|infogra)|写真|图片|圖")
_BETWEEN = re.compile(
    r"[据據电電讯訊発발]|综合|綜合|编译|編譯|供稿|专电|报道|報道|による|より|から|配信|提供|记者|記者|特派員|기자|제공|특약|"
    r"[|·•/;,:()\[\]&+*_©（）【】［］「」、，。：＝]|\s[-–—]+\s|^[-–—]+|[-–—]+$|"
    rf"\b(?:{AND}|{WITH}|{BY}|{OF}|{ARTICLES}|contributed\b.*|news agency|{AGENCY}|"
    rf"по материалам|по данным|staff|desk|reda[ckz]\w+|rédaction|(?:{JOURNALIST})s?|inputs?|informa\w+|files?|feeds?|copy|"
    r"texte?s?|testi?|"
    rf"l\.?p|inc|llc|ltd|gmbh|copyright|all rights reserved|riproduzione riservata|"
    rf"oprac|opracowanie|for|für|pour|para|per|dla|для|{AFTER})(?=\W|$)|(?<!\w)[ld]['’]|=+",
    re.IGNORECASE,
)
"""What separates the items of a credit: signs, and small words that precede or follow a name."""
_CUE = re.compile(
    rf"(?i)\b(?:{SOURCE_ABROAD}|{AGENCY}|agent|sourc|report|contribut|material|files?\b|inputs?\b|inform|credit|"
    r"produ|wire|verwend|basier|based|staff|redac|redak|rédac|redaz|editing|writing|compiled|auszüg|provid|suppl|distribut|"
    r"licen[cs]|lizen[zs]|reprint|permission|syndic|courtesy|feed|generated|publi[cés]|pubbl|appear|erschien|veröffentlich|übernommen|reprodu|"
    r"opracow|подготов|опублик|перепечат|転載|転送|配信|转载|轉載|제공)"
)
"""What a line that ends like a sentence must contain to be a credit."""
_END = rf"[{ENDERS}][{re.escape(CLOSERS)}]*"
_SENTENCE_GAP = re.compile(rf"(?<=[{ENDERS}])\s+")
_BRACKETS = re.compile(r"[(（\[]([^()（）\[\]]{2,80})[)）\]]\W*$")
_LAST = re.compile(rf"{_END}\s*[-–—/]*\s*([^\W\d_][\w ./-]{{1,40}}?)\W*$")
_DESKS = re.compile(r"\W*(?P<who>[^\W\d_]{2,8})(?:\s(?:[A-Z]{2,4}|[a-z]{1,4})(?:/[a-z]{1,4})*){1,3}\W*")
"""An agency and the signs of its editors: EFE jc/mls."""
_DASHED = re.compile(r"(?:\s[-–—]{1,2}|==?)\s*([^\W\d_][\w .-]{1,40}?)\W*$")
"""A name behind a dash at the end: a syndicated feed - PTI."""
_SLUG = re.compile(r"\W*[^\W\d_]{2,12}(?:\s?[-–/,;&+·]\s?[\w.]{1,12})*\W*")
"""Signs of agencies and desks only: sda/afp/jk."""
_DATELINE = re.compile(
    r"\W{0,3}(?P<place>[^()（）\[\]【】/]{0,80}?(?:/[^()（）\[\]【】/]{0,40}?)?)"
    r"(?:[(（\[【]\s*(?P<who>[^()（）\[\]【】]{2,40}?)\s*[)）\]】]|/\s*(?P<between>[^()/]{2,20}?)\s*/)\s*(?P<sign>[-–—―:：=.]?)"
)
"""A place, often a date, and signs in brackets: BRENNHOLT, 14 May (PTI) The."""
_CAPTION = re.compile(
    r"(?P<words>.+?)\s*(?:[(（\[【][^()（）\[\]【】]{2,60}[)）\]】]|©.{2,60}|(?:\s[-–—/|])\s*\S+|(?<=\w)=\s*\w{2,12})\W*"
)
"""Words, and behind them whose photo it is."""
_LEAD = re.compile(rf"(?i)\W*(?:{BY}|{WITH}|{AFTER}|{SOURCE_ABROAD}|source|text\w*|from)\b")
_SENTENCE = re.compile(rf"(?:\S+\s+){{3}}.*{_END}$")
_CAPITAL = r"(?!(?:The|Le|La|El|Der|Die|Das|Il|De) )[^\W\d_a-z][^\s/]+"
_PERSON = rf"{_CAPITAL}(?: (?:de|di|da|del|van|von|der|den|la))*(?: {_CAPITAL})+"
_PHOTOGRAPHER = re.compile(
    rf"(?!\W*(?i:{BY}|{WITH}|{BYLINE})\b)\W*(?:{_PERSON} ?/ ?\S+(?: \S+)?|\S+/{_PERSON}|©\W*\S+ ?/ ?{_PERSON})\W*"
)
"""A person and an agency: Anna Smith/AFP."""
_NAMES = re.compile(r"(?:\0\d+\0)+")
_PLACE = re.compile(r"(?<=\w) in (?=[A-Z])[^|,;:.]{2,30}?(?= and agencies|$)")
"""Where the author of a byline is: Reuters in Vigmouth."""
_NOISE = re.compile(rf"\b(?:19|20)\d\d\b|[\s.!{OPENING}{CLOSING}]")


class _Known(NamedTuple):
    """The names that are looked for in lines."""

    names: Mapping[str, str]
    small: Mapping[str, str]
    """`names` in small letters."""
    longest: Sequence[tuple[str, str]]
    """Each name as it is written and in small letters, longer ones first."""

    @classmethod
    def of(cls, names: Mapping[str, str]) -> Self:
        """Return `names` as they are looked for."""
        longest = sorted(((name, name.casefold()) for name in names), key=lambda one: (-len(one[0]), one[0]))
        return cls(names, {name.casefold(): shown for name, shown in names.items()}, longest)


def line_credits(text: str, names: Mapping[str, str]) -> set[str]:
    """Return the agencies that the lines of `text` credit, by their display names.

    `names` maps every name of an agency to its display name, as `press.names.agencies` does.
    """
    # Japanese papers write names of agencies in letters of double width.
    lines = [line for line in (" ".join(raw.split()) for raw in unicodedata.normalize("NFKC", text).splitlines()) if line]
    # A line without words apart may be as long as a page; a credit stands at its end.
    lines = [line if len(line.split()) > _PROSE else line[-_LONGEST_LINE:] for line in lines]
    prose = [n for n, line in enumerate(lines) if _size(line) > _PROSE]
    head, tail = prose[0] if prose else 0, max(len(lines) - _TAIL, prose[-1] + 1 if prose else 0)
    found: set[str] = set()
    known = _Known.of(names)
    for n, line in enumerate(lines):
        outside = n < head or n >= tail
        if n <= head and (dateline := _DATELINE.match(line)) and _is_dateline(dateline) and not _PHOTO.search(dateline[0]):
            found |= _signs(dateline["who"] or dateline["between"], known)
        if n < head and _is_caption(line):
            continue
        if _size(line) > _PROSE or (n == 0 and not re.search(r"[|/·•]", line)):
            if n >= len(lines) - _TAIL:
                for sentence in _SENTENCE_GAP.split(line) if _CUE.search(line) else ():
                    if _size(sentence) <= _PROSE and _CUE.search(sentence) and not has_saying(sentence):
                        found |= _items(sentence, known)
                ending = _BRACKETS.search(line) or _LAST.search(line) or (_DASHED.search(line) if _CUE.search(line) else None)
                found |= _items(ending[1], known) if ending else set()
        elif not has_saying(line) and (_CUE.search(line) or (outside and not _SENTENCE.search(line))):
            found |= _items(_PLACE.sub("", line) if n < head else line, known)
    return found


def without_photo_credits(text: str) -> str:
    """Return `text` without its short lines that credit a photo. Words for one are also names: Das sagte er der Bild."""
    lines = text.splitlines()
    return "\n".join(line for line in lines if _size(line) > _PROSE or not _PHOTO.search(line) or has_saying(line))


def _is_dateline(found: re.Match[str]) -> bool:
    """Whether a bracket in the opening of a paragraph belongs to a dateline, and does not explain the words before it."""
    place = found["place"]
    initials = "".join(word[0] for word in re.findall(r"[^\W\d_]\w*", place)).casefold()
    explained = len(initials) > 1 and initials.endswith((found["who"] or found["between"]).casefold())
    dated = any(c.isdigit() for c in place)
    return not explained and len(place.split()) <= _PROSE // 2 and (bool(found["sign"]) or dated or not place.strip())


def _is_caption(line: str) -> bool:
    """Whether a short line before the text describes a photo, and ends with whose it is."""
    found = _CAPTION.fullmatch(line)
    if not found or len(line.split()) > 2 * _PROSE or _LEAD.match(line) or _CUE.search(line):
        return False
    if is_unspaced(found["words"]) and "=" in line:
        return "[" not in line and "【" not in line and _size(found["words"]) > 2
    words = re.findall(r"[^\W\d_]\w+", found["words"])
    small = [word for word in words if not word[0].isupper()]
    return len(words) > 2 and (len(small) > 1 or found["words"].endswith(tuple(ENDERS)))


def _signs(who: str, known: _Known) -> set[str]:
    """Return the agencies that a bracket of signs names; the others in it are desks, stations and places."""
    small = known.small
    parts = [part.strip() for part in [who, *re.split(r"[-–/,;&+·=]|\s—\s", who)]]
    return {small[part.casefold()] for part in parts if part.casefold() in small}


def _size(line: str) -> int:
    """Return how many words a line has, also in scripts that put none apart."""
    return max(len(line.split()), unspaced_letters(line) // _SIGNS_A_WORD)


def _items(line: str, known: _Known) -> set[str]:
    """Return the agencies that are items of `line`, except those of a photo."""
    names = known.names
    found: set[str] = set()
    for part in re.split(r"[;|]|(?:[,.]|\s[-–—/])\s(?=\w+\s?:)", line):
        bracket = _BRACKETS.search(part)
        if _PHOTO.search(part) or _PHOTOGRAPHER.fullmatch(part) or (bracket and _PHOTOGRAPHER.fullmatch(bracket[1])):
            continue
        if desks := _DESKS.fullmatch(part):
            found |= {names[desks["who"]]} if desks["who"] in names else set()
        if _SLUG.fullmatch(part):
            found |= _signs(re.sub(r"^\W+|\W+$", "", part), known)
        # Each name is replaced by its number, longer names first, so that no small word in a name separates items.
        marked, agencies = part, list[str]()
        small = part.casefold()
        for name in (name for name, folded in known.longest if folded in small):
            letters = re.IGNORECASE if len(name) >= _INITIALS else re.NOFLAG
            whole = re.escape(name) if is_unspaced(name) else rf"(?<!\w){re.escape(name)}(?:['’]s?)?(?!\w)"
            marked, count = re.subn(whole, f"\0{len(agencies)}\0", marked, flags=letters)
            agencies += [names[name]] if count else []
        items = {_NOISE.sub("", item) for item in _BETWEEN.split(marked)}
        # Two agencies side by side are two items.
        items |= {f"\0{n}\0" for item in items if _NAMES.fullmatch(item) for n in re.findall(r"\d+", item)}
        found.update(agency for n, agency in enumerate(agencies) if f"\0{n}\0" in items)
    return found
