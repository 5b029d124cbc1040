"""Which documents are press releases, official statements, or texts of a site about itself.

A release says so in a line of its own; an article that speaks of a release says so in a sentence.
"""

import re
import unicodedata

from dedup.types import Document

_LABELS = (
    r"for immediate release|for release|press release|news release|media release|media statement|press statement|"
    r"press notice|(?:media|press|news) (?:contacts?|enquiries|inquiries|office)|notes? to editors?|embargo(?:ed)?|"
    r"under embargo|pressemitteilung|medienmitteilung|presseaussendung|presseinformation|pressekontakt|medienkontakt|"
    r"pressestelle|sperrfrist|rückfragen bitte an|rückfragehinweis|communiqué de presse|communiqué|"
    r"(?:pour )?diffusion immédiate|contacts? presse|service de presse|sous embargo|comunicado de prensa|"
    r"nota de prensa|contacto de prensa|gabinete de prensa|para difusión inmediata|comunicato stampa|ufficio stampa|"
    r"contatti stampa|nota à imprensa|nota de imprensa|nota de premsa|comunicat de premsa|"
    r"comunicado (?:de|à) imprensa|assessoria de imprensa|persbericht|perscontact|pressmeddelande|pressemeddelelse|"
    r"pressemelding|lehdistötiedote|tiedote|informacja prasowa|komunikat prasowy|biuro prasowe|tisková zpráva|"
    r"tlačová správa|priopćenje za (?:medije|javnost)|saopštenje za (?:javnost|medije|štampu)|"
    r"sporočilo za (?:javnost|medije)|pranešimas spaudai|preses relīze|pressiteade|fréttatilkynning|njoftim për shtyp|"
    r"sajtóközlemény|comunicat de presă|прес-?рел[иі]з|пресс-?релиз|пресс-служба|прес-служба|прес-?съобщение|"
    r"прессъобщение|саопштење за (?:јавност|медије|штампу)|соопштение за (?:медиумите|јавноста)|баспасөз хабарламасы|"
    r"δελτίο τύπου|basın bülteni|basın açıklaması|siaran pers|siaran media|kenyataan media|keterangan pers|"
    r"taarifa kwa vyombo vya habari|thông cáo báo chí|بيان صحف[يى]|بيان صحافي|پریس ریلیز|بیانیه مطبوعاتی|"
    r"הודעה לעיתונות|प्रेस विज्ञप्ति|প্রেস বিজ্ঞপ্তি|செய்தி வெளியீடு|ข่าวประชาสัมพันธ์|პრეს-?რელიზი|"
    r"մամուլի հաղորդագրություն|新闻通稿|新闻稿|新聞稿|媒体联系|プレスリリース|報道関係者各位|報道発表|보도자료"
)
"""What a press release calls itself, and whom it names for questions."""


def _plain(text: str) -> str:
    """Return `text` without accents, which capital letters often lack: ΔΕΛΤΙΟ ΤΥΠΟΥ."""
    if text.isascii():
        return text
    return "".join(sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign))


_LABEL = re.compile(rf"(?i)\W*(?:{_plain(_LABELS)})(?!\w)(?P<rest>.*)")
_END = re.compile(r"(?i)\W*(?:ends?|ende|fin|fine)\W*|#\s?#\s?#")
"""The line behind which only notes and contacts follow; "End" is one only between signs."""
_WIRE = re.compile(
    r"/(?:PRNewswire\w*|CNW|EINPresswire\.com|PRNewswire-\w+)/|"
    r"\((?:BUSINESS ?WIRE|GLOBE ?NEWSWIRE|ACCESSWIRE|Marketwired|ots)\)|"
    r"\b(?:GLOBE NEWSWIRE|ACCESS Newswire|news aktuell|EQS-News|PresseBox)\b"
)
"""Services that send out the releases of others."""
_LINE_WORDS = 9
"""Words up to which a line that starts with a label is one; a longer line is a sentence."""
_OF = re.compile(
    r"(?i)(?:by|from|of|for|on|at|until|till|no|nr|der|des|dem|vom|von|für|bis|du|de|da|do|dos|del|della|dell|d['’]\w+|"
    r"van|voor|tot|från|av|fra|til|od|z|ze|dla|do|hasta|jusqu\w*|fino|para|per|pour|от|за|до|من|از|की|का)\b"
)
"""Words behind a label that say whose release it is, or until when it may not be printed."""


def is_release(document: Document, label_characters: int) -> bool:
    """Return whether a document is a press release, an official statement or a text of a site about itself.

    Its kind decides; if it has none, lines among its first and last `label_characters`.
    """
    if document.kind is not None:
        return document.kind in {"press-release", "site"}
    text = document.text
    head, tail = text[:label_characters], text[max(0, len(text) - label_characters) :]
    if _WIRE.search(head) or _WIRE.search(tail):
        return True
    return any(_is_label(line) for part in (head, tail) for line in part.splitlines())


def _is_label(line: str) -> bool:
    if (end := _END.fullmatch(line.strip())) is not None:
        return end[0][:1] in "-–—#*"
    if (found := _LABEL.match(_plain(line))) is None:
        return False
    rest = found["rest"].strip()
    if rest.startswith((":", "：")):
        return True
    if len(rest.split()) >= _LINE_WORDS or rest.endswith((".", "。")):
        return False  # A sentence goes on behind the word and ends with a full stop.
    # A headline goes on with a verb: Press release leaves parents puzzled.
    label = found[0][: found.start("rest") - found.start()].strip()
    capitals = label.upper() == label != label.lower() or rest[:1].isupper()
    return not rest or not rest[0].isalpha() or _OF.match(rest) is not None or capitals
