"""Quotations of a text, and who is named as their speaker: by rules that hold in many languages, not by understanding.

A speaker is named by a verb of saying beside a name, a pronoun or a noun with its article ("the mayor said"), by a phrase such
as "according to", by a word and a name that follow a quotation (“…”, complained Anne Roy), or by a name in front of a colon
that opens it; in the quotation's own sentence, or, if that has no words of its own, in one beside it.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import NamedTuple

from dedup.language.quotes import DirectSpeech, direct_speech
from dedup.language.speech import WORD, has_saying, lexicon

_SENTENCE = re.compile(r"[.!?…。！？؟।]+[\"'”’»“«)\]]*(?=\s|$)|(?<=[。！？])")
_LEAD = 3
"""Words, such as an office, that may stand before the name that a sentence opens with."""
_SHORT = 8
"""Words up to which what stands before a colon names a speaker by a noun."""
_NEAR = 4
"""Words between a verb of saying and a name."""
_INCISE = re.compile(r"[,—–-]\s*((?:[^\W\d_A-ZÀ-Þ][^\W\d_]*\s+){1,4})(?=[^\W\d_a-zß-ÿ])")
_NAMED = 4
"""Letters of a source's name below which it may be any word."""
_SIGNED = re.compile(r"[^\w\s]?\s*[—–]\s*(?=[^\W\d_a-zß-ÿ])")
_ENDERS = frozenset(".!?…。！？؟।")


@dataclass(frozen=True, slots=True)
class Quotation:
    """What stands in quotation marks, without them, and the words that name its speaker, if any."""

    start: int
    end: int
    speaker: str | None = None


def quotations(text: str, sources: Collection[str] = ()) -> list[Quotation]:
    """Return the quotations of `text`, outermost ones, in order; a name of `sources` in a sentence names its speaker too.

    They stand in quotation marks, behind `>`, or behind a dash that opens a line. One that is not closed in its paragraph ends
    with it; the next paragraph may open it again, and both have one speaker.
    """
    marks = direct_speech(text)
    outside = _outside(text, marks)
    ends = [0, *(found.end() for found in _SENTENCE.finditer(outside)), len(text)]
    sentences = [(low, high) for low, high in pairwise(ends) if WORD.search(outside, low, high)]
    around = _Around(outside, sentences, _names(outside), marks, [name for name in sources if len(name) >= _NAMED])
    speakers: list[str | None] = []
    for mark in marks:
        speakers.append(_speaker(text, mark, around, speakers))
    for n, (one, other) in enumerate(pairwise(marks)):
        # “…”, so Sendelbach, “…”: one sentence has one speaker.
        if not re.search(r"[.!?…\n]", text[one.end : other.start - 1]):
            speakers[n + 1] = speakers[n + 1] or speakers[n]
    for n in range(len(marks) - 1):
        if not marks[n].closed and not text[marks[n].end : marks[n + 1].start - 1].strip():
            speakers[n + 1] = speakers[n + 1] or speakers[n]
    for n in reversed(range(len(marks) - 1)):
        if not marks[n].closed and not text[marks[n].end : marks[n + 1].start - 1].strip():
            speakers[n] = speakers[n] or speakers[n + 1]
    return [Quotation(mark.start, mark.end, speaker) for mark, speaker in zip(marks, speakers, strict=True)]


class _Around(NamedTuple):
    """What stands around quotations: the text with blanks in their place, its sentences, words of names, and sources."""

    outside: str
    sentences: Sequence[tuple[int, int]]
    names: frozenset[str]
    marks: Sequence[DirectSpeech]
    sources: Sequence[str]


def _speaker(text: str, mark: DirectSpeech, around: _Around, speakers: Sequence[str | None]) -> str | None:
    """Who says `mark`; `speakers` are those of the quotations before it."""
    outside, sentences, names, marks, _ = around
    if inside := _within(text, mark) or _after(text, mark, names):
        return inside
    own = [span for span in sentences if span[0] < mark.end and span[1] > mark.start]
    if own:
        carried = any(_carrier(outside, *span) for span in own)
        named = next(filter(None, (_own(around, span) for span in own)), None)
        return named or (None if carried else _before(text, mark, marks, names))
    later = [span for span in sentences if span[0] >= mark.end][:1]
    earlier = [span for span in sentences if span[1] <= mark.start][-1:]
    beside = [span for span in (*later, *earlier) if not _carrier(outside, *span)]
    found = [_source(around, span) or _said(outside, *span, names, strict=True) for span in beside]
    # “…,” he said. “…”: what follows a quotation and its speaker goes on with it.
    found += [
        who for other, who in zip(marks, speakers, strict=False) if earlier and earlier[0][0] <= other.end <= earlier[0][1]
    ]
    found += [_opener(outside, *span, names) for span in earlier] + [_pointer(outside, *span) for span in later]
    return next(filter(None, found), None)


def _own(around: _Around, span: tuple[int, int]) -> str | None:
    """Who is named in the sentence of a quotation: a source, a verb of saying with its subject, or a full name."""
    full = next(_full_names(around.outside, *span), None)
    carried = _carrier(around.outside, *span)
    if source := _source(around, span):
        return source
    if not (carried and full is None) and (found := _said(around.outside, *span, around.names, strict=False)):
        return found
    return around.outside[slice(*full)] if full and not carried else None


def _source(around: _Around, span: tuple[int, int]) -> str | None:
    return next((name for name in around.sources if name in around.outside[slice(*span)]), None)


def _carrier(text: str, low: int, high: int) -> bool:
    """Whether a sentence speaks of a thing that words stand on, such as a poster: what is quoted from it has no speaker."""
    return any(found[0].casefold() in lexicon().carriers for found in WORD.finditer(text, low, high))


def _opener(text: str, low: int, high: int, names: frozenset[str]) -> str | None:
    """The person that a sentence opens with, whose words follow: Ada Finlay shrugged. “…”."""
    words = [found[0] for found in WORD.finditer(text, low, high)]
    if _carrier(text, low, high) or not words:
        return None
    first = WORD.search(text, low, high)
    full = next(_full_names(text, low, high), None)
    if full and first and len(WORD.findall(text, first.start(), full[0])) <= _LEAD:
        return text[slice(*full)]
    return words[0] if words[0] in names or words[0].casefold() in lexicon().persons else None


def _pointer(text: str, low: int, high: int) -> str | None:
    """The person of a sentence that points back at a quotation: “…” That was Viktor Tamm's verdict. “…” She laughed."""
    first = WORD.search(text, low, high)
    if first and first[0].casefold() in lexicon().persons and not _carrier(text, low, high):
        return first[0]
    full = next(_full_names(text, low, high), None)
    if not first or not full or first[0].casefold() not in lexicon().pointers or _carrier(text, low, high):
        return None
    return text[slice(*full)]


def _outside(text: str, marks: Sequence[DirectSpeech]) -> str:
    """The text with blanks in place of what is quoted, but for the stop at its end where it ends the sentence."""
    out = []
    at = 0
    for mark in marks:
        out += [text[at : mark.start], " " * (mark.end - mark.start)]
        stop = text[mark.start : mark.end].rstrip()[-1:]
        behind = WORD.search(text, mark.end)
        if stop in _ENDERS and (behind is None or not behind[0][0].islower()):
            out[-1] = out[-1][:-1] + stop
        at = mark.end
    return "".join([*out, text[at:]])


def _full_names(text: str, low: int = 0, high: int | None = None) -> Iterator[tuple[int, int]]:
    """Where names of two words or more stand: words with capital letters, one beside the other, that are no small words."""
    known = lexicon()
    small = known.dates | known.articles | known.function_words | known.pronouns
    words = list(WORD.finditer(text, low, len(text) if high is None else high))
    for n, one in enumerate(words):
        last = n + 1
        while (
            last < len(words)
            and words[last][0].casefold() in known.particles
            and words[last].start() == words[last - 1].end() + 1
        ):
            last += 1
        # Ursula von der Leyen, but not Rätsel der Woche.
        joined = words[n + 1][0].casefold() if n + 1 < last else ""
        if last == len(words) or joined in known.articles or last > n + 3 or words[last].start() != words[last - 1].end() + 1:
            continue
        pair = one[0], words[last][0]
        if all(word[0].isupper() and word.casefold() not in small for word in pair):
            yield one.start(), words[last].end()


def _names(text: str) -> frozenset[str]:
    """Words of full names."""
    return frozenset(word[0] for span in _full_names(text) for word in WORD.finditer(text, *span))


def _said(text: str, low: int, high: int, names: frozenset[str], *, strict: bool) -> str | None:
    """A verb of saying with its subject, or a phrase, in the sentence `low..high`; if `strict`, no pronoun but a first one."""
    known = lexicon()
    if found := known.phrases.search(text[low:high].casefold()):
        return found[0]
    words = [found[0] for found in WORD.finditer(text, low, high)]
    small = [word.casefold() for word in words]
    inside = range(len(words))
    for n, word in enumerate(small):
        if word not in known.verbs:
            continue
        around = range(max(0, n - _NEAR), min(len(words), n + _NEAR + 1))
        named = any(_is_name(words, m, names) for m in around if m != n)
        pronoun = any(small[m] in known.pronouns for m in (n - 2, n - 1, n + 1) if m in inside and (m == 0 or not strict))
        noun = any(
            small[m] in known.articles for m in (n - 3, n - 2, n + 1) if m in inside and (m == 0 or m == n + 1 or not strict)
        )
        if named or pronoun or noun:
            return words[n]
    return None


def _is_name(words: Sequence[str], n: int, names: frozenset[str]) -> bool:
    """Whether a word is a name's: one of `names`, or with a capital letter that no sentence or article gives it."""
    word = words[n]
    if word in names:
        return True
    known = lexicon()
    plain = n > 0 and len(word) > 1 and word[0].isupper() and word.casefold() not in known.dates
    return plain and words[n - 1].casefold() not in known.articles | known.function_words


def _after(text: str, mark: DirectSpeech, names: frozenset[str]) -> str | None:
    """A verb and a name that follow a quotation in its sentence, or a full name behind a dash: “…” — Ada Finlay."""
    if not mark.closed:
        return None
    if signed := _SIGNED.match(text, mark.end):
        full = next(_full_names(text, signed.end()), None)
        return text[slice(*full)] if full and full[0] == signed.end() else None
    end = text.find("\n", mark.end)
    words = [found[0] for found in islice(WORD.finditer(text, mark.end, end if end >= 0 else len(text)), 5)]
    if not words or any(word.casefold() in lexicon().carriers for word in words):
        return None
    comma = text[mark.end - 1] in ",!?"  # inside the marks, as in English: what follows is who said it
    parted = comma or text[mark.end + 1 : mark.end + 3].lstrip()[:1] in {",", "–", "—", "-"}
    return _clause(words, names, comma=comma, parted=parted)


def _clause(words: Sequence[str], names: frozenset[str], *, comma: bool, parted: bool) -> str | None:
    """Who speaks by the first words behind a quotation, which a comma (inside its marks) or another sign parts from it."""
    known = lexicon()
    if not words[0][0].islower():
        # “…,” Keane, 54, said.
        return next((word for word in words[1:] if comma and word in known.verbs), None)
    if words[0] in known.pronouns | known.articles:
        return words[0] if comma and len(words) > 1 else None  # “…,” she snapped.
    if words[0] in known.function_words:
        return None
    named = words[0] in known.verbs or any(_is_name(words, n, names) for n in range(1, len(words)))
    noun = parted and any(word.casefold() in known.articles for word in words[1:3])
    return words[0] if named or noun else None


def _before(text: str, mark: DirectSpeech, marks: Sequence[DirectSpeech], names: frozenset[str]) -> str | None:
    """A name, a pronoun or a noun with its article in front of the colon that opens a quotation: The mayor: “…”.

    Or no more than whose view it is, Per il sindaco «…», or a clause that goes on in the quotation: the office finds that “…”.
    """
    known = lexicon()
    start = text.rfind("\n", 0, mark.start) + 1
    lead = text[start : mark.start - 1].rstrip()
    start = max(
        [start, *(start + found.end() for found in _SENTENCE.finditer(lead)), *(m.end for m in marks if m.end < mark.start)]
    )
    words = [found[0] for found in WORD.finditer(text, start, mark.start)]
    if not lead.endswith((":", "：")):
        viewed = 1 < len(words) <= _SHORT and words[0].casefold() in known.views
        held = len(words) > 1 and words[-1].casefold() in known.conjunctions and lead.endswith(words[-1])
        return words[1] if viewed or held else None
    if len(words) <= 2 and not has_saying(text[start : mark.start]):
        return words[-1] if words else None
    clause = [found[0] for found in WORD.finditer(text, max(start, text.rfind(",", start, mark.start)), mark.start)]
    if 1 < len(clause) <= _SHORT and re.split("['’]", clause[0].casefold())[0] in known.articles:
        return clause[1]
    found = [w for n, w in enumerate(words) if _is_name(words, n, names) or w.casefold() in known.pronouns]
    return found[0] if found else None


def _within(text: str, mark: DirectSpeech) -> str | None:
    """A verb and a name that are put into a quotation between commas or dashes: one of saying, or any and a full name."""
    known = lexicon()
    for found in _INCISE.finditer(text, mark.start, mark.end):
        words = found[1].casefold().split()
        if said := known.verbs & set(words):
            return min(said)
        full = next(_full_names(text, found.end(1), mark.end), None)
        if full and full[0] == found.end(1) and words[0] not in known.function_words | known.pronouns | known.articles:
            return words[0]
    return None
