"""Quotation marks of many languages, and the quotations that they enclose.

`PAIRS` is the only table of quotation marks. Three functions read it:

- `quotations` finds closed quotations with one regular expression. It is fast enough for all texts of a corpus.
- `unclosed_quotations` adds those that nothing closes.
- `direct_speech` also finds unclosed quotations, paragraphs behind `>`, and dialogue behind a dash. It reads one draft.

No quotation extends beyond the paragraph (the line) in which it opens.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice
from typing import NamedTuple

from dedup.language.speech import WORD, languages, lexicon, vocabulary


class Pair(NamedTuple):
    """The sign that opens a quotation, and the signs of which one closes it."""

    opening: str
    closing: str
    nests: bool = False
    """Whether the quotation may contain others in the same signs. Of these, `direct_speech` finds the outermost and
    `quotations` the innermost."""
    doubtful: bool = False
    """Whether the opening sign is also an apostrophe or a closing sign. It opens a quotation only if a word follows it, and
    neither a word nor a stop precedes it."""


PAIRS = (
    Pair('"', '"'),
    Pair("“", "”", nests=True),
    Pair("„", "“”"),
    Pair("”", "”", doubtful=True),
    Pair("«", "»", nests=True),
    Pair("»", "«", nests=True, doubtful=True),
    Pair("‹", "›", nests=True),
    Pair("›", "‹", nests=True, doubtful=True),
    Pair("‘", "’", doubtful=True),
    Pair("‚", "‘’", doubtful=True),
    Pair("'", "'", doubtful=True),
    Pair("`", "'`´’", doubtful=True),
    Pair("＂", "＂"),
    Pair("〝", "〞〟"),
    Pair("「", "」", nests=True),
    Pair("『", "』", nests=True),
    Pair("《", "》", nests=True),
)
OPENING = "".join(pair.opening for pair in PAIRS)
"""All signs that open a quotation."""
CLOSING = "".join(dict.fromkeys("".join(pair.closing for pair in PAIRS)))
"""All signs that close a quotation; some of them also open one."""

_PAIR_OF = {pair.opening: pair for pair in PAIRS}
APOSTROPHES = "'‘’"
"""Quotation marks that are also apostrophes."""
_CLIPPED = r"(?i:\d0s|em|tis|twas|til|round|n|ne|nen|s|t)\b"
"""Words that start with an apostrophe: the ‘90s, get 'em, 's morgens."""
_LETTER = r"(?=\w)[\0-\u0dff\u1e00-\u1fff]"
"""A letter or digit of a script in which a space, never a letter, follows a closing mark: not of Thai, Chinese or Korean."""


def _opens(signs: str) -> str:
    """Return a pattern for the place behind one of `signs` where it may open a quotation."""
    return rf"(?<=[{signs}])(?<!{_LETTER}.)(?<![.,!?…)\]].)(?=\S)(?!(?<=[{APOSTROPHES}]){_CLIPPED})"


def _rest(pair: Pair) -> str:
    """Return a pattern for a closed quotation from the place behind its opening sign."""
    sign, closing, _, doubtful = pair
    if not doubtful:
        return rf"(?<={sign})[^{sign}{closing}\n]*[{closing}]"
    others = "".join(other.opening for other in PAIRS if sign in other.closing)
    inside = rf"[^{sign}{closing}{others}\n]"
    if not set(closing) & set(APOSTROPHES):
        return rf"(?<={sign}){inside}*+(?<!\s)[{closing}]"
    # Before a letter it is an apostrophe. If it is the opening sign too, a letter must also precede the apostrophe.
    before = rf"(?<={_LETTER})" if sign in closing else ""
    return rf"(?<={sign})(?:{inside}|{before}[{closing}](?={_LETTER}))*+(?<!\s)[{closing}](?!{_LETTER})"


def _closed() -> str:
    """Return a pattern for a closed quotation with its marks. It starts with a set of signs, for which `re` scans fast."""
    plain = "|".join(_rest(pair) for pair in PAIRS if not pair.doubtful)
    doubtful = [pair for pair in PAIRS if pair.doubtful]
    place = _opens("".join(pair.opening for pair in doubtful))
    return f"[{re.escape(OPENING)}](?:{plain}|{place}(?:{'|'.join(map(_rest, doubtful))}))"


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], dict[str, re.Pattern[str]]]:
    """Return the patterns of `direct_speech`: an opening sign, the place behind one that opens, and what closes each sign."""
    signs = re.escape(OPENING)
    closes = {pair.opening: re.compile(rf"(?<!\s)[{pair.closing}](?!{_LETTER})") for pair in PAIRS if not pair.nests}
    return re.compile(f"[{signs}]"), re.compile(_opens(signs)), closes


_WIRE = re.compile(r"``(?=\S)([^\n`]*?\S)(?:''|\")")
_TYPED = (
    re.compile(r"(?<![\w,]),,(?=\S)([^\n]{0,1000}?\S)(?:''|[\"”“])"),
    re.compile(r"(?<![\w'])''(?=[^\s'])([^\n]{0,1000}?[^\s'])''(?!')"),
    re.compile(r"<<(\s?[^\W_][^\n<>]{0,1000}?)>>"),
    re.compile(r"[„“](?=\S)([^\n\"„“”]*[^\s\"„“”])\""),
)
"""Quotations in signs that a typewriter has instead of marks, such as ,,this'', or in two marks that are no pair: „this\"."""


def _single_marks(text: str, patterns: Sequence[re.Pattern[str]]) -> str:
    """Return `text`, of the same length, with “…” in the place of the signs that `patterns` find around quotations."""

    def marked(found: re.Match[str]) -> str:
        return "“".rjust(found.start(1) - found.start()) + found[1] + "”".ljust(found.end() - found.end(1))

    for pattern in patterns:
        text = pattern.sub(marked, text)
    return text


_CLOSED = re.compile(_closed())
_SIGNATURE = r"[^\S\n]*(?:--?|[–—])[^\S\n]*[^\n(]{1,60}\(@\w{1,30}\)"
_POST = re.compile(rf"^[^\n]+\n?{_SIGNATURE}", re.MULTILINE)
"""A line that is followed, there or on the next line, by the name of who posted it: — A Name (@name)."""
_SIGNED_BELOW = re.compile(rf"[^\S\n]*(?:\n[^\S\n]*){{1,2}}{_SIGNATURE}")
_SIGNED_BESIDE = re.compile(rf"(?<=\S)\s{_SIGNATURE}")


def quotations(text: str, *, posts: bool = False) -> list[tuple[int, int]]:
    """Return the start and end of each closed quotation of `text`, marks included, in order.

    With `posts`, the result also contains posts of social networks that the text reproduces.
    """
    found = list(_closed_quotations(text))
    return sorted(found + [match.span() for match in _POST.finditer(text)]) if posts and "(@" in text else found


@lru_cache(maxsize=1 << 14)
def _closed_quotations(text: str) -> tuple[tuple[int, int], ...]:
    """Return `quotations` without posts. A scan asks for those of one text up to six times."""
    return tuple(match.span() for match in _CLOSED.finditer(_single_marks(text, [_WIRE] if "``" in text else [])))


_UNCLOSED = re.compile(r"[“\"„«](?<![\w.,!?…)\]“\"„«].)(?=[^\s”\"“»])")
"""A sign that opens a quotation; it has no other use there."""


def unclosed_quotations(text: str, closed: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the quotations that nothing closes before their paragraph ends, because they go on in the next or for a slip.

    `closed` is what `quotations` returned for `text`. A shared passage may hold only a part of such a quotation.
    """
    starts = [start for start, _ in closed]
    out: list[tuple[int, int]] = []
    for found in _UNCLOSED.finditer(text):
        at = found.start()
        before = bisect_right(starts, at) - 1
        inside = (before >= 0 and at < closed[before][1]) or (bool(out) and at < out[-1][1])
        if not inside:
            line = text.find("\n", at, at + LONGEST_UNCLOSED)
            out.append((at, line if line >= 0 else min(len(text), at + LONGEST_UNCLOSED)))
    return out


LONGEST_UNCLOSED = 1000
"""Characters of a quotation which nothing closes, so that a page without line breaks is not quoted to its end."""


_PARAGRAPH = re.compile(r"[^\n]+")
_BLOCK_QUOTE = re.compile(r"\s*>\s*(?=[^\s>])")
_DIALOGUE = re.compile(r"[^\S\n]*[—–-]\s?(?=[^\W\d_]|[¿¡])")
_DASHES = "—–-"
_DIALOGUE_LINE = re.compile(rf"^[{_DASHES}][^\n]+", re.MULTILINE)
_BREAK = re.compile(r"(?:\s*[—–]\s?|\s-\s?)(?=[^\W\d_])|(?:,\s|[?!…]\s)(?=[^\W\d_A-ZÀ-Þ])")
"""Where a line of dialogue may go on with the words that name its speaker."""
_GOES_ON = re.compile(r"[.,;]\s*[—–]\s*(?=\w)|[.,;]\s+-\s+(?=\w)")
"""Where dialogue goes on behind the words that name its speaker: — We stay, — said Ada Finlay. — Nobody leaves."""
_NAME_AND_VERB = re.compile(r"[,?!…]\s(?=[^\W\d_a-zß-ÿ])(?:[\w’'-]+\s){1,3}([^\W\d_A-ZÀ-Þ][\w’'-]+)\.?\s*$", re.MULTILINE)
LEAD_WORDS = 4
"""Words of a clause behind dialogue of which one is a verb of saying."""


@dataclass(frozen=True, slots=True)
class DirectSpeech:
    """Words that a text attributes to somebody, without the marks around them; `closed` if a closing mark was found."""

    start: int
    end: int
    closed: bool


def direct_speech(text: str) -> list[DirectSpeech]:
    """Return the direct speech of `text`, in order; of nested quotations only the outermost.

    A quotation that nothing closes ends with its paragraph, if its opening sign has no other use.
    """
    out: list[DirectSpeech] = []
    text = _single_marks(text, [_WIRE, *_TYPED])
    posts = "(@" in text
    for block in _PARAGRAPH.finditer(text):
        span = block.span()
        post = _post(text, *span) if posts else []
        if known := post or _block_quote(text, *span) or _dialogue(text, *span):
            out += known
            continue
        at, unclosed = block.start(), set[str]()
        opening, _, _ = _patterns()
        while found := opening.search(text, at, block.end()):
            at = found.start()
            closing = None if found[0] in unclosed else _closing(text, at, block.end(), unclosed)
            if closing is None:
                at += 1
                continue
            end = closing if closing >= 0 else block.end()
            out.append(DirectSpeech(at + 1, end, closing >= 0))
            at = end + 1
    return out


def dialogue(text: str) -> list[tuple[int, int]]:
    """Return the lines of dialogue of `text`, each from the dash that opens it to the words that name its speaker."""
    if text[:1] not in _DASHES and not ("\n—" in text or "\n–" in text or "\n-" in text):
        return []
    lines = (_dialogue(text, found.start(), found.end()) for found in _DIALOGUE_LINE.finditer(text))
    return [(speech.start, speech.end) for line in lines for speech in line]


def _post(text: str, start: int, end: int) -> list[DirectSpeech]:
    """Return a post of a social network, if the name of who posted it follows in the same paragraph or in the next."""
    if _SIGNED_BELOW.match(text, end):
        return [DirectSpeech(start, end, True)]
    signed = _SIGNED_BESIDE.search(text, start, end)
    return [DirectSpeech(start, signed.start(), True)] if signed else []


def _block_quote(text: str, start: int, end: int) -> list[DirectSpeech]:
    """Return a paragraph behind `>`, as e-mail and Markdown mark quotations."""
    found = _BLOCK_QUOTE.match(text, start, end)
    return [DirectSpeech(found.end(), end, True)] if found else []


def _dialogue(text: str, start: int, end: int) -> list[DirectSpeech]:
    """Return the words behind a dash, up to a verb of saying: — We stay, said Ada Finlay. · —Es tarde —contesta Alba.

    If another dash follows the name of the speaker, the words behind it are the second part of the speech.
    """
    opened = _DIALOGUE.match(text, start, end)
    if not opened:
        return []
    places = [
        (found, span) for found in _BREAK.finditer(text, opened.end(), end) if (span := _saying(text, found.end(), start, end))
    ]
    dashed = next((place for place in places if not place[0][0].rstrip().endswith((",", "?", "!", "…"))), None)
    inverted = next((place for place in places if place[1][0] == place[0].end()), None)
    chosen = dashed or inverted or next(iter(places), None)
    if not chosen:
        return _signed_dialogue(text, opened.end(), end)
    found, verb = chosen
    further = _GOES_ON.search(text, verb[1], end)
    more = [DirectSpeech(further.end(), end, True)] if further else []
    return [DirectSpeech(opened.end(), found.start(), True), *more]


def _signed_dialogue(text: str, start: int, end: int) -> list[DirectSpeech]:
    """Return the dialogue whose speaker comes before the verb, in the last words of the line: – We stay, Lahti says."""
    found = _NAME_AND_VERB.search(text, start, end)
    if found is None:
        return []
    known = (vocabulary(languages(text[start:end])), vocabulary(()))
    return [DirectSpeech(start, found.start(), True)] if any(one.is_verb(found[1]) for one in known) else []


def _saying(text: str, at: int, start: int, end: int) -> tuple[int, int] | None:
    """Return the verb of saying near the start of the clause at `at`, which ends at `end`, in the paragraph from `start`."""
    words = list(islice(WORD.finditer(text, at, end), LEAD_WORDS + 1))
    if not words:
        return None
    last = words[min(LEAD_WORDS, len(words)) - 1].end()
    known = (vocabulary(languages(text[start:end])), vocabulary(()))
    verb = next((span for one in known for span in one.sayings(text, at, last)), None)
    if verb is None or (len(words) == 1 and words[0].end() == verb[1]):
        return None
    return None if verb[0] > at and words[0][0].casefold() in lexicon().function_words else verb


def _closing(text: str, at: int, end: int, unclosed: set[str]) -> int | None:
    """Return where the quotation that opens at `at` closes before `end`, -1 if nowhere; None if none opens there.

    A doubtful sign that nothing closes opens no quotation. It is added to `unclosed`: nothing closes a later one either.
    """
    _, opens, closes = _patterns()
    pair = _PAIR_OF[text[at]]
    if (pair.doubtful or not pair.nests) and not opens.match(text, at + 1):
        return None
    if pair.nests:
        return _balanced(text, at, end, pair.closing)
    if found := closes[pair.opening].search(text, at + 1, end):
        return found.start()
    if not pair.doubtful:
        return -1
    unclosed.add(pair.opening)
    return None


def _balanced(text: str, at: int, end: int, closing: str) -> int:
    """Return where the sign at `at` is closed once all others like it behind it are closed too; -1 if nowhere."""
    depth = 0
    for place in range(at, end):
        if text[place] == closing:
            depth -= 1
        elif text[place] == text[at]:
            depth += 1
        if depth == 0:
            return place
    return -1
