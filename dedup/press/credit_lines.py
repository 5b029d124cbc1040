"""Which agencies a draft credits, where it is known already whose copy its passages are.

That a passage is an agency's was found by alignment; asked here is only whether the draft says so. Any short line that is no
sentence will do that has the agency for an item of its own: "(AFP; own research)", "Redacción / EFE", "Text: dpa"; at the
head, at the end, or in brackets behind the last words. A photo's credit, a headline and a sentence of prose
("Reuters said so on Friday.") are none.
"""

import re
from collections.abc import Mapping

from dedup.language.speech import saying

_LONG = 14
"""Words above which a line is prose."""
_TAIL = 3
"""Lines at the end in which a credit may stand."""
_PHOTO = re.compile(
    r"(?i)\b(?:photo|foto|bild(?!ung)|imag[eo]|imagen|picture|cliché|getty|shutterstock|zdjęci|фото|video|vidéo|vídeo|grafik|graphi|"
    r"illustration|infogra|صورة)|写真|图片|圖"
)
_PARTED = re.compile(
    r"[|·•/;,:()\[\]&+*_©]|\s[-–—]+\s|^[-–—]+|[-–—]+$|\b(?:and|und|et|y|e|i|en|og|och|и|with|mit|avec|con|com|met|med|z|с|by|from|"
    r"von|vom|par|por|da|dal|dalla|dell|dall|di|de|des|del|della|der|die|do|du|door|van|od|från|fra|av|af|of|the|la|le|el|"
    r"contributed\b.*|news agency|agency|agence|agência|agencia|agenzia|agentur|agencja|"
    r"по материалам|по данным|staff|desk|reda[ckz]\w+|rédaction|writers?|reporters?|correspondents?)"
    r"(?=\W|$)|(?<!\w)[ld]['’]",
    re.IGNORECASE,
)
"""What parts the items of a credit: signs, and the small words of many languages that stand before a name."""
_CUE = re.compile(
    r"(?i)\b(?:report|contribut|material|files?\b|inputs?\b|sourc|quelle|fuente|fonte|font[ei]\b|bron\b|źródł|источник|inform|credit|"
    r"produ|wire|agenc|agent|agenz|verwend|basier|based|staff|redac|redak|rédac|redaz|editing|writing|compiled|auszüg)"
)
"""What a line that ends as a sentence must have to be a credit."""
_BRACKETS = re.compile(r"[(（\[]([^()（）\[\]]{2,80})[)）\]]\W*$")
_LAST = re.compile(r"[.!?…][\"”’»“]*\s*[-–—]*\s*([^\W\d_][\w .-]{1,40}?)\W*$")
_SENTENCE = re.compile(r"(?:\S+\s+){3}.*[.!?…][\"”’»“)]*$")
_CAPITAL = r"(?!(?:The|Le|La|El|Der|Die|Das|Il|De) )[^\W\d_a-z][^\s/]+"
_PERSON = re.compile(rf"\W*(?:{_CAPITAL}(?: {_CAPITAL})+ ?/ ?\S+(?: \S+)?|\S+/{_CAPITAL} {_CAPITAL})\W*")
_NOISE = re.compile(r"\b(?:19|20)\d\d\b|[\s.!\"'“”„«»]")
_INITIALS = 5
"""Letters below which a name is known only as it is written."""


def noted(text: str, names: Mapping[str, str]) -> set[str]:
    """Return which of `names` (every name of an agency, and the one it is shown by) the lines of `text` credit."""
    lines = [line for line in (" ".join(raw.split()) for raw in text.splitlines()) if line]
    prose = [n for n, line in enumerate(lines) if len(line.split()) > _LONG]
    head, tail = prose[0] if prose else 0, max(len(lines) - _TAIL, prose[-1] + 1 if prose else 0)
    found: set[str] = set()
    for n, line in enumerate(lines):
        edge = n < head or n >= tail
        if len(line.split()) > _LONG or (n == 0 and not re.search(r"[|/·•]", line)):
            if n >= len(lines) - _TAIL and (ending := _BRACKETS.search(line) or _LAST.search(line)):
                found |= _items(ending[1], names)
        elif not saying(line) and (_CUE.search(line) or (edge and not _SENTENCE.search(line))):
            found |= _items(line, names)
    return found


def _items(line: str, names: Mapping[str, str]) -> set[str]:
    """The agencies that are items of a line, other than those of a photo."""
    found: set[str] = set()
    for part in re.split(r"[;|]|[,.]\s(?=\w+\s?:)", line):
        # Anna Smith/AFP is a photographer's.
        if _PHOTO.search(part) or _PERSON.fullmatch(part):
            continue
        marked, here = part, list[str]()
        for name in sorted((name for name in names if name.casefold() in part.casefold()), key=lambda name: (-len(name), name)):
            letters = re.IGNORECASE if len(name) >= _INITIALS else re.NOFLAG
            marked, count = re.subn(rf"(?<!\w){re.escape(name)}(?:['’]s?)?(?!\w)", f"\0{len(here)}\0", marked, flags=letters)
            here += [names[name]] if count else []
        items = {_NOISE.sub("", item) for item in _PARTED.split(marked)}
        found.update(here[n] for n in range(len(here)) if f"\0{n}\0" in items)
    return found
