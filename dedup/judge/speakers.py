"""Quotations of a text, and the words that name their speakers, by rules that hold in many languages.

A speaker is named by one of these:

- a verb of saying in the words directly before or behind the quotation, in its own sentence: “…,” police said
- a verb of saying elsewhere in that sentence, beside a name, a pronoun, or a noun with its article
- a phrase such as "according to", or a text that has an author: it says in the letter
- a name that follows the quotation, or precedes the colon that opens it

They are looked for in the quotation's own sentence; if that contains only the quotation, in the sentences beside it. A verb or
a phrase counts only in a text of its own language. Where none of this holds, nobody is named: a word that is none of these is
never shown as evidence.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

from dedup.judge.clauses import HANDLE, PIECES, SIGNED, attributing_clauses
from dedup.judge.persons import full_names, is_name
from dedup.judge.surroundings import Surroundings, lead, paragraph, size, surroundings, tail, words_around
from dedup.language.quotes import DirectSpeech, direct_speech
from dedup.language.sentences import ENDERS
from dedup.language.speech import WORD, Vocabulary, carrier, languages, lexicon, vocabulary
from dedup.params import CheckRules

_INSERTED = re.compile(r"[,—–-]\s*((?:[^\W\d_A-ZÀ-Þ][^\W\d_]{0,40}+(?:['’-][^\W\d_]{1,40}+){0,3}\s+){1,4})(?=[^\W\d_a-zß-ÿ])")
"""Words in small letters between commas or dashes, before a word with a capital letter: “…, antwortet Anna Keller, …”."""
_ASIDE = re.compile(r"(?<=[,—–-])\s*([^\W\d_A-ZÀ-Þ][^,.!?—–]{2,60})(?=[,.—–])")
"""Words between two commas or dashes: “…, explique-t-il, …”."""
_ENDED = re.compile(rf"[{ENDERS}\n]")
_COLON = (":", "：")
_SHORT = 4
"""Words of a part between commas that names a speaker and contains nothing else: Ada Finlay said."""
_SUBJECT_BEHIND = 4
"""Words behind a verb of saying among which its subject may stand."""


@dataclass(frozen=True, slots=True)
class Quotation:
    """A quotation without its marks, and the words that name its speaker, if any."""

    start: int
    end: int
    speaker: str | None = None
    clauses: tuple[tuple[int, int], ...] = ()
    """Start and end of the words before and behind the quotation that do nothing but name its speaker."""


def attributed_quotations(text: str, sources: Collection[str] = (), rules: CheckRules | None = None) -> list[Quotation]:
    """Return the quotations of `text`, outermost ones, in order, with their speakers.

    A quotation is in quotation marks, behind `>`, behind a dash that opens a line, or a signed post. The names in `sources`
    (outlets) name a speaker wherever they occur in a sentence. Quotations of one sentence, and those that run on from one
    paragraph to the next, have one speaker.
    """
    rules = rules or CheckRules()
    quoted = direct_speech(text)
    context = surroundings(text, quoted, sources, rules)
    speakers: list[str | None] = []
    for quote in quoted:
        speakers.append(_speaker(text, quote, context, speakers))
    for n, (one, other) in enumerate(pairwise(quoted)):
        # “…”, so Sendelbach, “…”
        if not _ENDED.search(text[one.end : other.start - 1]):
            speakers[n + 1] = speakers[n + 1] or speakers[n]
    unclosed = [
        n for n, (one, other) in enumerate(pairwise(quoted)) if not one.closed and not text[one.end : other.start - 1].strip()
    ]
    for n in unclosed:
        speakers[n + 1] = speakers[n + 1] or speakers[n]
    for n in reversed(unclosed):
        speakers[n] = speakers[n] or speakers[n + 1]
    return [
        Quotation(quote.start, quote.end, speaker, attributing_clauses(text, quote, context, speaker) if speaker else ())
        for quote, speaker in zip(quoted, speakers, strict=True)
    ]


def _speaker(text: str, quote: DirectSpeech, context: Surroundings, speakers: Sequence[str | None]) -> str | None:
    """Return who says `quote`; `speakers` are those of the quotations before it."""
    known = words_around(text, quote, context.outside)
    if found := _signed(text, quote) or _adjoining(text, quote, context, known):
        return found
    # The few words around a quotation may not show their language, and be in another one than it.
    shown = languages(context.outside[paragraph(text, quote)], 1)
    if not shown and (found := _adjoining(text, quote, context, vocabulary(()))):
        return found
    own = context.sentences[bisect_right(context.stops, quote.start) : bisect_left(context.sentences, (quote.end,))]
    if own:
        carried = any(carrier(context.outside, *span) for span in own)
        named = next(filter(None, (_in_sentence(context, known, span) for span in own)), None)
        return named or (None if carried else _before(quote, context, known))
    return _beside(quote, context, known, speakers)


def _adjoining(text: str, quote: DirectSpeech, context: Surroundings, known: Vocabulary) -> str | None:
    """Return a word that names the speaker within a quotation, or in the words directly before or behind it."""
    low, high = lead(context, quote), tail(context, quote)
    return (
        _within(text, quote, known)
        or _directly(quote, context, known, low)
        or _behind(text, quote, context, known, high)
        or _in_front(quote, context, known, low)
    )


def _directly(quote: DirectSpeech, context: Surroundings, known: Vocabulary, low: int) -> str | None:
    """Return what a pattern of the language finds directly behind the closing mark or directly before the opening one."""
    outside = context.outside
    found = known.after.match(outside, quote.end + 1) if known.after and quote.closed else None
    if found is None and known.before:
        found = known.before.search(outside[low : max(quote.start - 1, low)])
    if found is None or not found.lastindex or carrier(outside, low, tail(context, quote)):
        return None
    return found[found.lastindex]


def _behind(text: str, quote: DirectSpeech, context: Surroundings, known: Vocabulary, high: int) -> str | None:
    """Return a verb of saying in the words behind a quotation (“…,” police said), or a name behind words in small letters."""
    outside, rules = context.outside, context.rules
    words = [found[0] for found in islice(WORD.finditer(outside, quote.end, high), rules.clause_words)]
    if not words or not quote.closed:
        return None
    phrase = known.phrases.search(outside, quote.end, high) if known.phrases else None
    if phrase and not carrier(outside, quote.end, phrase.start()) and not carrier(outside, phrase.end(), high):
        return phrase[0]
    small = [word.casefold() for word in words]
    relative = small[0] in lexicon().function_words
    limit = next(islice(WORD.finditer(outside, quote.end, high), rules.clause_words - 1, None), None)
    verb = next(known.sayings(outside, quote.end, limit.end() if limit else high), None)
    if carrier(outside, quote.end, _further(outside, verb[1] if verb else quote.end, high)):
        return None
    if verb and not relative and not (small[0] in lexicon().neutral and _carried_before(context, quote)):
        return outside[slice(*verb)]
    # A comma inside the marks, as English sets it, is followed by the speaker.
    comma = text[quote.end - 1] in ",!?"
    separated = comma or text[quote.end + 1 : quote.end + 3].lstrip()[:1] in {",", "–", "—", "-"}
    if comma and small[0] in lexicon().persons and len(words) > 1:
        return words[0]
    apart = relative or not words[0][0].islower() or small[0] in lexicon().pronouns | lexicon().articles
    return None if apart or not separated else _name_behind(outside, quote.end, high, context)


def _name_behind(text: str, low: int, high: int, context: Surroundings) -> str | None:
    """Return the name that follows one to three words in small letters: …, rigole Marcel Ansquer."""
    found = list(islice(WORD.finditer(text, low, high), 4))
    words = [one[0] for one in found]
    for n in range(1, len(words)):
        if words[n].casefold() in lexicon().function_words:
            return None
        if is_name(words, n, context.names):
            return _full_name(text, found[n].start(), high) or words[n]
    return None


def _further(text: str, low: int, high: int) -> int:
    """Return the end of the few words behind a verb, among which its subject may stand: says the sign at the gate."""
    found = list(islice(WORD.finditer(text, low, high), _SUBJECT_BEHIND))
    return found[-1].end() if found else low


def _carried_before(context: Surroundings, quote: DirectSpeech) -> bool:
    """Return whether the sentence that ends before a quotation contains a thing with words on it: then “it” may mean that."""
    at = bisect_right(context.stops, quote.start)
    spans = context.sentences[max(at - 1, 0) : at]
    return any(carrier(context.outside, *span) is not None for span in spans)


def _in_front(quote: DirectSpeech, context: Surroundings, known: Vocabulary, low: int) -> str | None:
    """Return a verb of saying in the words that lead to a quotation: Ada Finlay explained on Monday: “…”.

    They end with a colon, a comma, a conjunction or the verb. With “it” as their subject, an organisation or a text must be
    named in the sentence before.
    """
    outside = context.outside
    words_before = outside[low : max(quote.start - 1, low)].rstrip()
    words = list(WORD.finditer(outside, low, low + len(words_before)))
    verbs = list(known.sayings(outside, low, low + len(words_before)))
    ending = _further(outside, verbs[-1][1], low + len(words_before)) if verbs else low + len(words_before)
    if not words or carrier(outside, low, ending) or carrier(outside, quote.end, tail(context, quote)):
        return None
    if known.phrases and (phrase := known.phrases.search(words_before)):
        return phrase[0]
    opens = (
        words_before.endswith((*_COLON, ",", "，", "،", "、", "–", "—")) or words[-1][0].casefold() in lexicon().conjunctions
    )
    if verbs and (opens or verbs[-1][1] >= words[-1].end()):
        verb = verbs[-1]
        subject = [word[0].casefold() for word in words if word.end() <= verb[0]]
        late = sum(word.start() >= verb[1] for word in words) > context.rules.attribution_words
        neutral = bool(subject) and subject[-1] in lexicon().neutral
        if not late and not (neutral and not _body_before(context, known, quote)):
            return outside[slice(*verb)]
    if words_before.endswith(_COLON) or any(word[0].casefold() in known.read for word in words):
        return next((word[0] for word in words if word[0].casefold() in known.papers), None)
    return None


def _body_before(context: Surroundings, known: Vocabulary, quote: DirectSpeech) -> bool:
    """Return whether the sentence before names an organisation or a text that has an author."""
    at = bisect_right(context.stops, quote.start)
    spans = context.sentences[max(at - 1, 0) : at]
    words = {word[0].casefold() for span in spans for word in WORD.finditer(context.outside, *span)}
    return bool(words & (known.papers | known.bodies)) and not _carried_before(context, quote)


def _in_sentence(context: Surroundings, known: Vocabulary, span: tuple[int, int]) -> str | None:
    """Return who is named in a quotation's own sentence: a source, the subject of a verb of saying, or a text."""
    if source := _source(context, span):
        return source
    carried = carrier(context.outside, *span)
    full = _full_name(context.outside, *span)
    if not (carried and full is None) and (found := _said(context, known, span, strict=False)):
        return found
    words = [] if carried else [found[0] for found in WORD.finditer(context.outside, *span)]
    if any(word.casefold() in known.read for word in words):
        return next((word for word in words if word.casefold() in known.papers), None)
    return None


def _beside(quote: DirectSpeech, context: Surroundings, known: Vocabulary, speakers: Sequence[str | None]) -> str | None:
    """Return who is named in the sentences after and before a quotation that has a sentence to itself."""
    after, before = bisect_left(context.sentences, (quote.end,)), bisect_right(context.stops, quote.start)
    later, earlier = context.sentences[after : after + 1], context.sentences[max(before - 1, 0) : before]
    plain = [span for span in (*later, *earlier) if not carrier(context.outside, *span)]
    found = [_source(context, span) or _said(context, known, span, strict=True) for span in plain]
    # “…,” he said. “…”: the second quotation has the speaker of the first.
    for low, high in earlier:
        found += speakers[bisect_left(context.ends, low) : bisect_right(context.ends, high)]
    found += [_opener(context, known, span) for span in earlier] + [_pointer(context, span) for span in later]
    found += [_announced(context, known, span) for span in earlier if span in plain]
    return next(filter(None, found), None)


def _source(context: Surroundings, span: tuple[int, int]) -> str | None:
    at = bisect_left(context.sources, span)
    found = context.sources[at : at + 1]
    return found[0].name if found and found[0].end <= span[1] else None


def _announced(context: Surroundings, known: Vocabulary, span: tuple[int, int]) -> str | None:
    """Return the text with an author that the sentence before a quotation speaks of: The board sent out a statement. “…”."""
    words = [found[0] for found in WORD.finditer(context.outside, *span)]
    small = [word.casefold() for word in words]
    if not any(is_name(words, n, context.names) or small[n] in known.speakers for n in range(len(words))):
        return None
    return next((word for word in small if word in known.papers), None)


def _opener(context: Surroundings, known: Vocabulary, span: tuple[int, int]) -> str | None:
    """Return the person with whom the sentence before a quotation opens: Ada Finlay shrugged. “…”."""
    text, (low, high) = context.outside, span
    first = WORD.search(text, low, high)
    if first is None or carrier(text, low, high):
        return None
    full = next(full_names(text, low, high), None)
    if full and len(WORD.findall(text, first.start(), full[0])) <= context.rules.lead_words:
        return _full_name(text, low, high)
    if first[0].casefold() in lexicon().articles:
        following = [found[0] for found in islice(WORD.finditer(text, first.end(), high), 2)]
        return next((word for word in following if word.casefold() in known.speakers - known.bodies), None)
    return first[0] if first[0] in context.names or first[0].casefold() in lexicon().persons else None


def _pointer(context: Surroundings, span: tuple[int, int]) -> str | None:
    """Return the person in a sentence about the quotation before it: “…” That was Viktor Tamm's verdict. “…” She laughed."""
    text, (low, high) = context.outside, span
    first = WORD.search(text, low, high)
    if first is None or carrier(text, low, high):
        return None
    if first[0].casefold() in lexicon().persons:
        return first[0]
    return _full_name(text, low, high) if first[0].casefold() in lexicon().pointers else None


def _full_name(text: str, low: int, high: int) -> str | None:
    """Return the first full name in `text[low:high]`, with all of its words."""
    start = end = 0
    for one, other in full_names(text, low, high):
        if end and one >= end:
            break
        start, end = start if end else one, other
    return text[start:end] if end else None


def _said(context: Surroundings, known: Vocabulary, span: tuple[int, int], *, strict: bool) -> str | None:
    """Return a phrase, or a verb of saying that has a subject, in a sentence.

    With `strict`, a pronoun or a noun before the verb counts only as the first word of the sentence. In a script without
    capital letters, which show names, a verb needs no subject.
    """
    text, (low, high) = context.outside, span
    if known.phrases and (found := known.phrases.search(text, low, high)):
        return found[0]
    verbs = list(known.sayings(text, low, high))
    if not verbs:
        return None
    marks = list(WORD.finditer(text, low, high))
    words = [mark[0] for mark in marks]
    small = [word.casefold() for word in words]
    strict = strict and small[0] not in lexicon().pointers
    inside, near = range(len(words)), context.rules.subject_words
    for verb in verbs:
        n = next((n for n, mark in enumerate(marks) if mark.end() > verb[0]), 0)
        around = range(max(0, n - near), min(len(words), n + near + 1))
        caseless = words[n][0].lower() == words[n][0].upper()
        named = any(is_name(words, m, context.names) or (not strict and small[m] in known.speakers) for m in around if m != n)
        pronoun = any(small[m] in lexicon().pronouns for m in (n - 2, n - 1, n + 1) if m in inside and (m == 0 or not strict))
        noun = any(
            small[m] in lexicon().articles
            for m in (n - 3, n - 2, n + 1)
            if m in inside and (m == 0 or (m == n + 1 and n <= 1) or not strict)
        )
        if caseless or named or pronoun or noun:
            return text[slice(*verb)]
    return None


def _signed(text: str, quote: DirectSpeech) -> str | None:
    """Return the name behind a dash that follows a quotation: “…” — Ada Finlay."""
    if not quote.closed:
        return None
    if handle := HANDLE.match(text, quote.end):
        return handle[1]
    signed = SIGNED.match(text, quote.end)
    full = next(full_names(text, signed.end()), None) if signed else None
    return _full_name(text, *full) if signed and full and full[0] == signed.end() else None


def _before(quote: DirectSpeech, context: Surroundings, known: Vocabulary) -> str | None:
    """Return the person or body named directly before a quotation.

    With a colon: a name, a pronoun, or a noun that means a speaker (The mayor: “…”). Without one: a short clause that says
    whose view it is (Per il sindaco «…»).
    """
    low = lead(context, quote)
    words_before = context.outside[low : max(quote.start - 1, low)].rstrip()
    found = list(WORD.finditer(context.outside, low, low + len(words_before)))
    words = [one[0] for one in found]
    if not words:
        return None
    colon = words_before.endswith(_COLON)
    if not colon and not (1 < len(words) <= context.rules.clause_words and words[0].casefold() in lexicon().views):
        return None
    if full := _full_name(context.outside, low, low + len(words_before)):
        return full
    if colon and len(words) == 1:
        return words[0]
    speaks = known.speakers | (lexicon().persons if colon else frozenset())
    return next((w for n, w in enumerate(words) if w.casefold() in speaks or is_name(words, n, context.names)), None)


def _within(text: str, quote: DirectSpeech, known: Vocabulary) -> str | None:
    """Return the verb of an insertion in a quotation that names the speaker, if there is one: “…, antwortet Anna Keller, …”.

    The verb stands before a name, or has a pronoun attached to it: “…, explique-t-il, …”.
    """
    for found in _INSERTED.finditer(text, quote.start, quote.end):
        if verb := next(known.sayings(text, found.start(1), found.end(1)), None):
            return text[slice(*verb)]
    for found in _ASIDE.finditer(text, quote.start, quote.end):
        verb = next(known.sayings(text, found.start(1), found.end(1)), None)
        if verb is None:
            continue
        words = [word[0].casefold() for word in islice(WORD.finditer(text, found.start(1), found.end(1)), 2)]
        inverted = any("-" in word and word.rpartition("-")[2] in lexicon().pronouns for word in words)
        subject = [word[0].casefold() for word in islice(WORD.finditer(text, verb[1], found.end(1)), 2)]
        dashes = text[found.start() - 1] in "—–-" and text[found.end()] in "—–-"
        noun = len(subject) > 1 and subject[0] in lexicon().articles and (dashes or subject[1] in known.speakers)
        if inverted or noun:
            return text[slice(*verb)]
    # “We stay, Ada Finlay said, and laughed. The closing mark was forgotten.
    for found in () if quote.closed else PIECES.finditer(text, quote.start, quote.end):
        verb = next(known.sayings(text, *found.span()), None)
        if verb and _full_name(text, found.start(), verb[0]) and size(text, *found.span()) <= _SHORT:
            return text[slice(*verb)]
    return None
