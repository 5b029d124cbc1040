"""Quotations of a text, and the words that name their speakers, by rules that hold in many languages.

A speaker is named by one of these:

- a verb of saying beside a name, a pronoun, or a noun with its article: "the mayor said"
- a phrase such as "according to"
- a word and a name that follow the quotation: “…”, complained Anne Roy
- a name before the colon that opens the quotation

They are looked for in the quotation's own sentence; if that contains only the quotation, in the sentences beside it.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import NamedTuple

from dedup.judge.persons import full_names, is_name, words_of_names
from dedup.language.quotes import DirectSpeech, direct_speech
from dedup.language.sentences import END, ENDERS
from dedup.language.speech import WORD, has_saying, lexicon
from dedup.params import CheckRules

_SENTENCE = re.compile(rf"{END}(?=\s|$)|(?<=[。！？])")
_INSERTED = re.compile(r"[,—–-]\s*((?:[^\W\d_A-ZÀ-Þ][^\W\d_]*\s+){1,4})(?=[^\W\d_a-zß-ÿ])")
"""Words in small letters between commas or dashes, before a word with a capital letter: “…, antwortet Anna Keller, …”."""
_SIGNED = re.compile(r"[^\w\s]?\s*[—–]\s*(?=[^\W\d_a-zß-ÿ])")
"""A dash between a quotation and a name."""


@dataclass(frozen=True, slots=True)
class Quotation:
    """A quotation without its marks, and the words that name its speaker, if any."""

    start: int
    end: int
    speaker: str | None = None


def attributed_quotations(text: str, sources: Collection[str] = (), rules: CheckRules | None = None) -> list[Quotation]:
    """Return the quotations of `text`, outermost ones, in order, with their speakers.

    A quotation is in quotation marks, behind `>`, or behind a dash that opens a line. The names in `sources`, such as outlets,
    name a speaker wherever they occur in a sentence. Quotations of one sentence, and those that run on from one paragraph to
    the next, have one speaker.
    """
    rules = rules or CheckRules()
    quoted = direct_speech(text)
    context = _context(text, quoted, sources, rules)
    speakers: list[str | None] = []
    for speech in quoted:
        speakers.append(_speaker(text, speech, context, speakers))
    for n, (one, other) in enumerate(pairwise(quoted)):
        # “…”, so Sendelbach, “…”
        if not re.search(r"[.!?…\n]", text[one.end : other.start - 1]):
            speakers[n + 1] = speakers[n + 1] or speakers[n]
    unclosed = [
        n for n, (one, other) in enumerate(pairwise(quoted)) if not one.closed and not text[one.end : other.start - 1].strip()
    ]
    for n in unclosed:
        speakers[n + 1] = speakers[n + 1] or speakers[n]
    for n in reversed(unclosed):
        speakers[n] = speakers[n] or speakers[n + 1]
    return [Quotation(speech.start, speech.end, speaker) for speech, speaker in zip(quoted, speakers, strict=True)]


class _Context(NamedTuple):
    """What surrounds the quotations of a text.

    `outside` is the text with blanks in their place. `stops` are the ends of the `sentences`, `ends` those of the quotations.
    """

    outside: str
    sentences: Sequence[tuple[int, int]]
    stops: Sequence[int]
    names: frozenset[str]
    ends: Sequence[int]
    sources: Sequence[str]
    rules: CheckRules


def _context(text: str, quoted: Sequence[DirectSpeech], sources: Collection[str], rules: CheckRules) -> _Context:
    outside = _outside(text, quoted)
    ends = [0, *(found.end() for found in _SENTENCE.finditer(outside)), len(text)]
    sentences = [(low, high) for low, high in pairwise(ends) if WORD.search(outside, low, high)]
    long = [name for name in sources if len(name) >= rules.source_letters]
    stops, quotation_ends = [high for _, high in sentences], [speech.end for speech in quoted]
    return _Context(outside, sentences, stops, words_of_names(outside), quotation_ends, long, rules)


def _outside(text: str, quoted: Sequence[DirectSpeech]) -> str:
    """Return the text with blanks for what is quoted, except for a last stop that also ends the sentence around it."""
    out = []
    at = 0
    behind = WORD.search(text)
    for speech in quoted:
        out += [text[at : speech.start], " " * (speech.end - speech.start)]
        stop = text[speech.start : speech.end].rstrip()[-1:]
        if behind is not None and behind.start() < speech.end:
            behind = WORD.search(text, speech.end)
        if stop and stop in ENDERS and (behind is None or not behind[0][0].islower()):
            out[-1] = out[-1][:-1] + stop
        at = speech.end
    return "".join([*out, text[at:]])


def _speaker(text: str, speech: DirectSpeech, context: _Context, speakers: Sequence[str | None]) -> str | None:
    """Return who says `speech`; `speakers` are those of the quotations before it."""
    if adjoining := _within(text, speech) or _after(text, speech, context.names):
        return adjoining
    own = context.sentences[bisect_right(context.stops, speech.start) : bisect_left(context.sentences, (speech.end,))]
    if own:
        carried = any(_has_carrier(context.outside, *span) for span in own)
        named = next(filter(None, (_in_sentence(context, span) for span in own)), None)
        return named or (None if carried else _before(text, speech, context))
    return _beside(speech, context, speakers)


def _in_sentence(context: _Context, span: tuple[int, int]) -> str | None:
    """Return who is named in a quotation's own sentence: a source, the subject of a verb of saying, or a full name."""
    full = next(full_names(context.outside, *span), None)
    carried = _has_carrier(context.outside, *span)
    if source := _source(context, span):
        return source
    if not (carried and full is None) and (found := _said(context, span, strict=False)):
        return found
    return context.outside[slice(*full)] if full and not carried else None


def _beside(speech: DirectSpeech, context: _Context, speakers: Sequence[str | None]) -> str | None:
    """Return who is named in the sentences after and before a quotation that has a sentence to itself."""
    after, before = bisect_left(context.sentences, (speech.end,)), bisect_right(context.stops, speech.start)
    later, earlier = context.sentences[after : after + 1], context.sentences[max(before - 1, 0) : before]
    plain = [span for span in (*later, *earlier) if not _has_carrier(context.outside, *span)]
    found = [_source(context, span) or _said(context, span, strict=True) for span in plain]
    # “…,” he said. “…”: the second quotation has the speaker of the first.
    for low, high in earlier:
        found += speakers[bisect_left(context.ends, low) : bisect_right(context.ends, high)]
    found += [_opener(context, span) for span in earlier] + [_pointer(context, span) for span in later]
    return next(filter(None, found), None)


def _source(context: _Context, span: tuple[int, int]) -> str | None:
    return next((name for name in context.sources if name in context.outside[slice(*span)]), None)


def _has_carrier(text: str, low: int, high: int) -> bool:
    """Return whether a sentence contains a thing with words on it, such as a poster: a quotation from it has no speaker."""
    return any(found[0].casefold() in lexicon().carriers for found in WORD.finditer(text, low, high))


def _opener(context: _Context, span: tuple[int, int]) -> str | None:
    """Return the person with whom the sentence before a quotation opens: Ada Finlay shrugged. “…”."""
    text, (low, high) = context.outside, span
    words = [found[0] for found in WORD.finditer(text, low, high)]
    if _has_carrier(text, low, high) or not words:
        return None
    first = WORD.search(text, low, high)
    full = next(full_names(text, low, high), None)
    if full and first and len(WORD.findall(text, first.start(), full[0])) <= context.rules.lead_words:
        return text[slice(*full)]
    return words[0] if words[0] in context.names or words[0].casefold() in lexicon().persons else None


def _pointer(context: _Context, span: tuple[int, int]) -> str | None:
    """Return the person in a sentence about the quotation before it: “…” That was Viktor Tamm's verdict. “…” She laughed."""
    text, (low, high) = context.outside, span
    first = WORD.search(text, low, high)
    if first and first[0].casefold() in lexicon().persons and not _has_carrier(text, low, high):
        return first[0]
    full = next(full_names(text, low, high), None)
    if not first or not full or first[0].casefold() not in lexicon().pointers or _has_carrier(text, low, high):
        return None
    return text[slice(*full)]


def _said(context: _Context, span: tuple[int, int], *, strict: bool) -> str | None:
    """Return a phrase, or a verb of saying that has a subject, in a sentence.

    With `strict`, a pronoun or a noun before the verb counts only as the first word of the sentence.
    """
    known, (low, high) = lexicon(), span
    if found := known.phrases.search(context.outside[low:high].casefold()):
        return found[0]
    words = [found[0] for found in WORD.finditer(context.outside, low, high)]
    small = [word.casefold() for word in words]
    inside = range(len(words))
    near = context.rules.subject_words
    for n, word in enumerate(small):
        if word not in known.verbs:
            continue
        around = range(max(0, n - near), min(len(words), n + near + 1))
        named = any(is_name(words, m, context.names) for m in around if m != n)
        pronoun = any(small[m] in known.pronouns for m in (n - 2, n - 1, n + 1) if m in inside and (m == 0 or not strict))
        noun = any(
            small[m] in known.articles for m in (n - 3, n - 2, n + 1) if m in inside and (m == 0 or m == n + 1 or not strict)
        )
        if named or pronoun or noun:
            return words[n]
    return None


def _after(text: str, speech: DirectSpeech, names: frozenset[str]) -> str | None:
    """Return a verb with a name that follows a quotation in its sentence, or a name behind a dash: “…” — Ada Finlay."""
    if not speech.closed:
        return None
    if signed := _SIGNED.match(text, speech.end):
        full = next(full_names(text, signed.end()), None)
        return text[slice(*full)] if full and full[0] == signed.end() else None
    end = text.find("\n", speech.end)
    words = [found[0] for found in islice(WORD.finditer(text, speech.end, end if end >= 0 else len(text)), 5)]
    if not words or any(word.casefold() in lexicon().carriers for word in words):
        return None
    # A comma inside the marks, as English sets it, is followed by the speaker.
    comma = text[speech.end - 1] in ",!?"
    separated = comma or text[speech.end + 1 : speech.end + 3].lstrip()[:1] in {",", "–", "—", "-"}
    return _clause(words, names, comma=comma, separated=separated)


def _clause(words: Sequence[str], names: frozenset[str], *, comma: bool, separated: bool) -> str | None:
    """Return who speaks, by the first words behind a quotation; `separated`: a comma or dash lies between."""
    known = lexicon()
    if not words[0][0].islower():
        # “…,” Keane, 54, said.
        return next((word for word in words[1:] if comma and word in known.verbs), None)
    if words[0] in known.pronouns | known.articles:
        # “…,” she snapped.
        return words[0] if comma and len(words) > 1 else None
    if words[0] in known.function_words:
        return None
    named = words[0] in known.verbs or any(is_name(words, n, names) for n in range(1, len(words)))
    noun = separated and any(word.casefold() in known.articles for word in words[1:3])
    return words[0] if named or noun else None


def _before(text: str, speech: DirectSpeech, context: _Context) -> str | None:
    """Return who is named directly before a quotation.

    With a colon: a name, a pronoun, or a noun with its article (The mayor: “…”). Without one: a short clause that says whose
    view it is (Per il sindaco «…»), or a clause that goes on inside the quotation (the office finds that “…”).
    """
    known = lexicon()
    start = text.rfind("\n", 0, speech.start) + 1
    lead = text[start : speech.start - 1].rstrip()
    ends = (start + found.end() for found in _SENTENCE.finditer(lead))
    count = bisect_left(context.ends, speech.start)
    start = max([start, *ends, *context.ends[max(count - 1, 0) : count]])
    words = [found[0] for found in WORD.finditer(text, start, speech.start)]
    most = context.rules.clause_words
    if not lead.endswith((":", "：")):
        viewed = 1 < len(words) <= most and words[0].casefold() in known.views
        continued = len(words) > 1 and words[-1].casefold() in known.conjunctions and lead.endswith(words[-1])
        return words[1] if viewed or continued else None
    if len(words) <= 2 and not has_saying(text[start : speech.start]):
        return words[-1] if words else None
    clause = [found[0] for found in WORD.finditer(text, max(start, text.rfind(",", start, speech.start)), speech.start)]
    if 1 < len(clause) <= most and re.split("['’]", clause[0].casefold())[0] in known.articles:
        return clause[1]
    found = [w for n, w in enumerate(words) if is_name(words, n, context.names) or w.casefold() in known.pronouns]
    return found[0] if found else None


def _within(text: str, speech: DirectSpeech) -> str | None:
    """Return the verb of an insertion in a quotation that names the speaker (“…, antwortet Anna Keller, …”), if there is one.

    It is a verb of saying, or else the first word of the insertion if a full name follows the words in small letters.
    """
    known = lexicon()
    for found in _INSERTED.finditer(text, speech.start, speech.end):
        words = found[1].casefold().split()
        if verbs := known.verbs & set(words):
            return min(verbs)
        full = next(full_names(text, found.end(1), speech.end), None)
        if full and full[0] == found.end(1) and words[0] not in known.function_words | known.pronouns | known.articles:
            return words[0]
    return None
