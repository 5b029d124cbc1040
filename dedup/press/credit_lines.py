"""Decide whether a draft credits an agency whose copy it contains.

Alignment has found already that a passage is an agency's, so a credit needs less proof here than in `press.credits`. A short
line that is no sentence counts if the agency is an item of it: "(AFP; own research)", "Redacción / EFE", "Text: dpa". It may be
in the head of the draft, at its end, or in brackets behind the last words. The credit of a photo, a headline, and a sentence
of prose ("Reuters said so on Friday.") do not count.
"""

import re
from collections.abc import Mapping

from dedup.language.quotes import CLOSING, OPENING
from dedup.language.sentences import CLOSERS, ENDERS
from dedup.language.speech import has_saying
from dedup.press.words import AGENCY, AND, ARTICLES, BY, JOURNALIST, OF, PHOTO, PHOTO_ABROAD, SOURCE_ABROAD, WITH

_PROSE = 14
"""Words above which a line is prose."""
_TAIL = 3
"""Lines at the end in which a credit may be."""
_INITIALS = 5
"""Letters below which a name counts only in the letters of the table."""
_PHOTO = re.compile(rf"(?i)\b(?:{PHOTO}|{PHOTO_ABROAD}|video|getty|shutterstock|graphi|infogra)|写真|图片|圖")
_BETWEEN = re.compile(
    r"[|·•/;,:()\[\]&+*_©]|\s[-–—]+\s|^[-–—]+|[-–—]+$|"
    rf"\b(?:{AND}|{WITH}|{BY}|{OF}|{ARTICLES}|contributed\b.*|news agency|{AGENCY}|"
    rf"по материалам|по данным|staff|desk|reda[ckz]\w+|rédaction|(?:{JOURNALIST})s?)(?=\W|$)|(?<!\w)[ld]['’]",
    re.IGNORECASE,
)
"""What separates the items of a credit: signs, and small words that precede or follow a name."""
_CUE = re.compile(
    rf"(?i)\b(?:{SOURCE_ABROAD}|{AGENCY}|agent|sourc|report|contribut|material|files?\b|inputs?\b|inform|credit|"
    r"produ|wire|verwend|basier|based|staff|redac|redak|rédac|redaz|editing|writing|compiled|auszüg)"
)
"""What a line that ends like a sentence must contain to be a credit."""
_END = rf"[{ENDERS}][{re.escape(CLOSERS)}]*"
_BRACKETS = re.compile(r"[(（\[]([^()（）\[\]]{2,80})[)）\]]\W*$")
_LAST = re.compile(rf"{_END}\s*[-–—]*\s*([^\W\d_][\w .-]{{1,40}}?)\W*$")
_SENTENCE = re.compile(rf"(?:\S+\s+){{3}}.*{_END}$")
_CAPITAL = r"(?!(?:The|Le|La|El|Der|Die|Das|Il|De) )[^\W\d_a-z][^\s/]+"
_PHOTOGRAPHER = re.compile(rf"\W*(?:{_CAPITAL}(?: {_CAPITAL})+ ?/ ?\S+(?: \S+)?|\S+/{_CAPITAL} {_CAPITAL})\W*")
"""A person and an agency: Anna Smith/AFP."""
_NOISE = re.compile(rf"\b(?:19|20)\d\d\b|[\s.!{OPENING}{CLOSING}]")


def line_credits(text: str, names: Mapping[str, str]) -> set[str]:
    """Return the agencies that the lines of `text` credit, by their display names.

    `names` maps every name of an agency to its display name, as `press.names.agencies` does.
    """
    lines = [line for line in (" ".join(raw.split()) for raw in text.splitlines()) if line]
    prose = [n for n, line in enumerate(lines) if len(line.split()) > _PROSE]
    head, tail = prose[0] if prose else 0, max(len(lines) - _TAIL, prose[-1] + 1 if prose else 0)
    found: set[str] = set()
    for n, line in enumerate(lines):
        outside = n < head or n >= tail
        if len(line.split()) > _PROSE or (n == 0 and not re.search(r"[|/·•]", line)):
            if n >= len(lines) - _TAIL and (ending := _BRACKETS.search(line) or _LAST.search(line)):
                found |= _items(ending[1], names)
        elif not has_saying(line) and (_CUE.search(line) or (outside and not _SENTENCE.search(line))):
            found |= _items(line, names)
    return found


def _items(line: str, names: Mapping[str, str]) -> set[str]:
    """Return the agencies that are items of `line`, except those of a photo."""
    found: set[str] = set()
    for part in re.split(r"[;|]|[,.]\s(?=\w+\s?:)", line):
        if _PHOTO.search(part) or _PHOTOGRAPHER.fullmatch(part):
            continue
        # Each name is replaced by its number, longer names first, so that no small word in a name separates items.
        marked, agencies = part, list[str]()
        for name in sorted((name for name in names if name.casefold() in part.casefold()), key=lambda name: (-len(name), name)):
            letters = re.IGNORECASE if len(name) >= _INITIALS else re.NOFLAG
            marked, count = re.subn(
                rf"(?<!\w){re.escape(name)}(?:['’]s?)?(?!\w)", f"\0{len(agencies)}\0", marked, flags=letters
            )
            agencies += [names[name]] if count else []
        items = {_NOISE.sub("", item) for item in _BETWEEN.split(marked)}
        found.update(agency for n, agency in enumerate(agencies) if f"\0{n}\0" in items)
    return found
