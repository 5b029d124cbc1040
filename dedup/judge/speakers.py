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
from typing import NamedTuple

from dedup.judge.persons import full_names, is_name, words_of_names
from dedup.language.quotes import DirectSpeech, direct_speech
from dedup.language.sentences import END, ENDERS
from dedup.language.speech import WORD, Vocabulary, carrier, languages, lexicon, vocabulary
from dedup.params import CheckRules

_SENTENCE = re.compile(rf"{END}(?=\s|$)|(?<=[。！？])|\n(?=\s*\n)")
_INSERTED = re.compile(r"[,—–-]\s*((?:[^\W\d_A-ZÀ-Þ][^\W\d_]*(?:['’-][^\W\d_]+)*\s+){1,4})(?=[^\W\d_a-zß-ÿ])")
"""Words in small letters between commas or dashes, before a word with a capital letter: “…, antwortet Anna Keller, …”."""
_ASIDE = re.compile(r"(?<=[,—–-])\s*([^\W\d_A-ZÀ-Þ][^,.!?—–]{2,60})(?=[,—–])")
"""Words between two commas or dashes: “…, explique-t-il, …”."""
_SIGNED = re.compile(r"[^\w\s]?\s*[—–]\s*(?=[^\W\d_a-zß-ÿ])")
"""A dash between a quotation and a name."""
_HANDLE = re.compile(r"[^\w\s]?\s*(?:--?|[—–])\s*([^\n(]{1,60}?)\s*\(@\w+\)")
"""The name below a post: — A Name (@name)."""
_COLON = (":", "：")
_PIECES = re.compile(r"[^,;:،，、；：—–]+")
"""Parts of a sentence between commas."""
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
    context = _context(text, quoted, sources, rules)
    speakers: list[str | None] = []
    for quote in quoted:
        speakers.append(_speaker(text, quote, context, speakers))
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
    return [
        Quotation(quote.start, quote.end, speaker, _clauses(text, quote, context, speaker) if speaker else ())
        for quote, speaker in zip(quoted, speakers, strict=True)
    ]


class _Context(NamedTuple):
    """What surrounds the quotations of a text.

    `outside` is the text with blanks in their place. `sentences` have words outside quotations, and `stops` are their ends.
    `breaks` are the ends of all sentences; `starts` and `ends` are those of the quotations.
    """

    outside: str
    sentences: Sequence[tuple[int, int]]
    stops: Sequence[int]
    breaks: Sequence[int]
    names: frozenset[str]
    starts: Sequence[int]
    ends: Sequence[int]
    sources: Sequence[str]
    rules: CheckRules


def _context(text: str, quoted: Sequence[DirectSpeech], sources: Collection[str], rules: CheckRules) -> _Context:
    outside = _outside(text, quoted)
    ends = [0, *(found.end() for found in _SENTENCE.finditer(outside)), len(text)]
    sentences = [(low, high) for low, high in pairwise(ends) if WORD.search(outside, low, high)]
    long = [name for name in sources if len(name) >= rules.source_letters]
    stops, starts, quotation_ends = [high for _, high in sentences], [q.start for q in quoted], [q.end for q in quoted]
    return _Context(outside, sentences, stops, ends, words_of_names(outside), starts, quotation_ends, long, rules)


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


def _known(text: str, quote: DirectSpeech, outside: str) -> Vocabulary:
    """Return the words of the languages of the paragraph of a quotation: those of all of it, and of what is not quoted."""
    low, high = text.rfind("\n", 0, quote.start) + 1, text.find("\n", quote.end)
    span = slice(low, high if high >= 0 else len(text))
    return vocabulary(tuple(dict.fromkeys(languages(text[span]) + languages(outside[span], 1))))


def _speaker(text: str, quote: DirectSpeech, context: _Context, speakers: Sequence[str | None]) -> str | None:
    """Return who says `quote`; `speakers` are those of the quotations before it."""
    known = _known(text, quote, context.outside)
    if found := _signed(text, quote) or _adjoining(text, quote, context, known):
        return found
    # The words around a quotation may be too few to show their language.
    if found := _adjoining(text, quote, context, vocabulary(())):
        return found
    own = context.sentences[bisect_right(context.stops, quote.start) : bisect_left(context.sentences, (quote.end,))]
    if own:
        carried = any(carrier(context.outside, *span) for span in own)
        named = next(filter(None, (_in_sentence(context, known, span) for span in own)), None)
        return named or (None if carried else _before(quote, context, known))
    return _beside(quote, context, known, speakers)


def _adjoining(text: str, quote: DirectSpeech, context: _Context, known: Vocabulary) -> str | None:
    """Return a word that names the speaker within a quotation, or in the words directly before or behind it."""
    low, high = _lead(context, quote), _tail(context, quote)
    return (
        _within(text, quote, known)
        or _directly(quote, context, known, low)
        or _behind(text, quote, context, known, high)
        or _in_front(quote, context, known, low)
    )


def _lead(context: _Context, quote: DirectSpeech) -> int:
    """Return the start of the words of a quotation's sentence that precede it, behind the quotation before."""
    n, m = bisect_left(context.starts, quote.start), bisect_right(context.breaks, quote.start)
    ends = context.ends[n - 1 : n] if n else []
    line = context.outside.rfind("\n", 0, quote.start) + 1
    return max([line, *context.breaks[max(m - 1, 0) : m], *ends])


def _tail(context: _Context, quote: DirectSpeech, *, beyond: bool = False) -> int:
    """Return the end of the words that follow a quotation up to the end of the sentence, the line, or the next quotation.

    With `beyond`, if the quotation ends its sentence, those of the next sentence.
    """
    n = bisect_left(context.starts, quote.start)
    m = bisect_right(context.breaks, quote.end + 1) if beyond else bisect_left(context.breaks, quote.end)
    line = context.outside.find("\n", quote.end)
    found = [line if line >= 0 else len(context.outside), *context.breaks[m : m + 1]]
    return max(min([*found, *(start - 1 for start in context.starts[n + 1 : n + 2])]), quote.end)


def _directly(quote: DirectSpeech, context: _Context, known: Vocabulary, low: int) -> str | None:
    """Return what a pattern of the language finds directly behind the closing mark or directly before the opening one."""
    outside = context.outside
    found = known.after.match(outside, quote.end + 1) if known.after and quote.closed else None
    if found is None and known.before:
        found = known.before.search(outside[low : max(quote.start - 1, low)])
    if found is None or not found.lastindex or carrier(outside, low, _tail(context, quote)):
        return None
    return found[found.lastindex]


def _behind(text: str, quote: DirectSpeech, context: _Context, known: Vocabulary, high: int) -> str | None:
    """Return a verb of saying in the words behind a quotation (“…,” police said), or a name behind words in small letters."""
    outside, rules = context.outside, context.rules
    words = [found[0] for found in islice(WORD.finditer(outside, quote.end, high), rules.clause_words)]
    if not words or not quote.closed:
        return None
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
    if not separated or relative or not words[0][0].islower() or small[0] in lexicon().pronouns | lexicon().articles:
        return None
    return _name_behind(outside, quote.end, high, context)


def _name_behind(text: str, low: int, high: int, context: _Context) -> str | None:
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


def _carried_before(context: _Context, quote: DirectSpeech) -> bool:
    """Return whether the sentence that ends before a quotation contains a thing with words on it: then “it” may mean that."""
    at = bisect_right(context.stops, quote.start)
    spans = context.sentences[max(at - 1, 0) : at]
    return any(carrier(context.outside, *span) is not None for span in spans)


def _in_front(quote: DirectSpeech, context: _Context, known: Vocabulary, low: int) -> str | None:
    """Return a verb of saying in the words that lead to a quotation: The mayor told the council on Monday: “…”.

    They end with a colon, a comma, a conjunction or the verb. With “it” as their subject, an organisation or a text must be
    named in the sentence before.
    """
    outside = context.outside
    lead = outside[low : max(quote.start - 1, low)].rstrip()
    words = list(WORD.finditer(outside, low, low + len(lead)))
    verbs = list(known.sayings(outside, low, low + len(lead)))
    ending = _further(outside, verbs[-1][1], low + len(lead)) if verbs else low + len(lead)
    if not words or carrier(outside, low, ending) or carrier(outside, quote.end, _tail(context, quote)):
        return None
    if known.phrases and (phrase := known.phrases.search(lead)):
        return phrase[0]
    opens = lead.endswith((*_COLON, ",", "，", "،", "、", "–", "—")) or words[-1][0].casefold() in lexicon().conjunctions
    if verbs and (opens or verbs[-1][1] >= words[-1].end()):
        verb = verbs[-1]
        subject = [word[0].casefold() for word in words if word.end() <= verb[0]]
        late = sum(word.start() >= verb[1] for word in words) > context.rules.attribution_words
        neutral = bool(subject) and subject[-1] in lexicon().neutral
        if not late and not (neutral and not _body_before(context, known, quote)):
            return outside[slice(*verb)]
    if lead.endswith(_COLON) or any(word[0].casefold() in known.read for word in words):
        return next((word[0] for word in words if word[0].casefold() in known.papers), None)
    return None


def _body_before(context: _Context, known: Vocabulary, quote: DirectSpeech) -> bool:
    """Return whether the sentence before names an organisation or a text that has an author."""
    at = bisect_right(context.stops, quote.start)
    spans = context.sentences[max(at - 1, 0) : at]
    words = {word[0].casefold() for span in spans for word in WORD.finditer(context.outside, *span)}
    return bool(words & (known.papers | known.bodies)) and not _carried_before(context, quote)


def _in_sentence(context: _Context, known: Vocabulary, span: tuple[int, int]) -> str | None:
    """Return who is named in a quotation's own sentence: a source, the subject of a verb of saying, or a text."""
    if source := _source(context, span):
        return source
    carried = carrier(context.outside, *span)
    full = _full_name(context.outside, *span)
    if not (carried and full is None) and (found := _said(context, known, span, strict=False)):
        return found
    words = [] if carried else [found[0].casefold() for found in WORD.finditer(context.outside, *span)]
    if any(word in known.read for word in words):
        return next((word for word in words if word in known.papers), None)
    return None


def _beside(quote: DirectSpeech, context: _Context, known: Vocabulary, speakers: Sequence[str | None]) -> str | None:
    """Return who is named in the sentences after and before a quotation that has a sentence to itself."""
    after, before = bisect_left(context.sentences, (quote.end,)), bisect_right(context.stops, quote.start)
    later, earlier = context.sentences[after : after + 1], context.sentences[max(before - 1, 0) : before]
    plain = [span for span in (*later, *earlier) if not carrier(context.outside, *span)]
    found = [_source(context, span) or _said(context, known, span, strict=True) for span in plain]
    # “…,” he said. “…”: the second quotation has the speaker of the first.
    for low, high in earlier:
        found += speakers[bisect_left(context.ends, low) : bisect_right(context.ends, high)]
    found += [_opener(context, span) for span in earlier] + [_pointer(context, span) for span in later]
    found += [_announced(context, known, span) for span in earlier if span in plain]
    return next(filter(None, found), None)


def _source(context: _Context, span: tuple[int, int]) -> str | None:
    return next((name for name in context.sources if name in context.outside[slice(*span)]), None)


def _announced(context: _Context, known: Vocabulary, span: tuple[int, int]) -> str | None:
    """Return the text with an author that the sentence before a quotation speaks of: The board sent out a statement. “…”."""
    words = [found[0] for found in WORD.finditer(context.outside, *span)]
    small = [word.casefold() for word in words]
    if not any(is_name(words, n, context.names) or small[n] in known.speakers for n in range(len(words))):
        return None
    return next((word for word in small if word in known.papers), None)


def _opener(context: _Context, span: tuple[int, int]) -> str | None:
    """Return the person with whom the sentence before a quotation opens: Ada Finlay shrugged. “…”."""
    text, (low, high) = context.outside, span
    first = WORD.search(text, low, high)
    if first is None or carrier(text, low, high):
        return None
    full = next(full_names(text, low, high), None)
    if full and len(WORD.findall(text, first.start(), full[0])) <= context.rules.lead_words:
        return _full_name(text, low, high)
    return first[0] if first[0] in context.names or first[0].casefold() in lexicon().persons else None


def _pointer(context: _Context, span: tuple[int, int]) -> str | None:
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


def _said(context: _Context, known: Vocabulary, span: tuple[int, int], *, strict: bool) -> str | None:
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
    if handle := _HANDLE.match(text, quote.end):
        return handle[1]
    signed = _SIGNED.match(text, quote.end)
    full = next(full_names(text, signed.end()), None) if signed else None
    return _full_name(text, *full) if signed and full and full[0] == signed.end() else None


def _before(quote: DirectSpeech, context: _Context, known: Vocabulary) -> str | None:
    """Return the person or body named directly before a quotation.

    With a colon: a name, a pronoun, or a noun that means a speaker (The mayor: “…”). Without one: a short clause that says
    whose view it is (Per il sindaco «…»).
    """
    low = _lead(context, quote)
    lead = context.outside[low : max(quote.start - 1, low)].rstrip()
    found = list(WORD.finditer(context.outside, low, low + len(lead)))
    words = [one[0] for one in found]
    if not words:
        return None
    colon = lead.endswith(_COLON)
    if not colon and not (1 < len(words) <= context.rules.clause_words and words[0].casefold() in lexicon().views):
        return None
    if full := _full_name(context.outside, low, low + len(lead)):
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
        words = list(islice(WORD.finditer(text, found.start(1), found.end(1)), 3))
        verb = next(known.sayings(text, found.start(1), found.end(1)), None)
        inverted = any("-" in word[0] and word[0].casefold().rpartition("-")[2] in lexicon().pronouns for word in words[:2])
        dashes = text[found.start() - 1] in "—–-" and text[found.end()] in "—–-"
        noun = len(words) > 2 and words[1][0].casefold() in lexicon().articles and verb and verb[0] < words[1].start()
        noun = noun and (dashes or words[2][0].casefold() in known.speakers)
        if verb and (inverted or noun):
            return text[slice(*verb)]
    # “We stay, Ada Finlay said, and laughed. The closing mark was forgotten.
    for found in () if quote.closed else _PIECES.finditer(text, quote.start, quote.end):
        verb = next(known.sayings(text, *found.span()), None)
        if verb and _full_name(text, found.start(), verb[0]) and _size(text, *found.span()) <= _SHORT:
            return text[slice(*verb)]
    return None


def _clauses(text: str, quote: DirectSpeech, context: _Context, speaker: str) -> tuple[tuple[int, int], ...]:
    """Return the words beside a quotation that do nothing but name its `speaker`, as start and end, on both of its sides.

    They are the part between commas that contains the name or the verb, if it is short, and shorter parts beside it. If the
    speaker is named only in the sentence before or after, they are that sentence, if it is short.
    """
    if signed := _HANDLE.match(text, quote.end) or _SIGNED.match(text, quote.end):
        line = text.find("\n", signed.end())
        span = quote.end, line if line >= 0 else len(text)
        return (span,) if _size(text, *span) <= context.rules.attribution_words else ()
    known = _known(text, quote, context.outside)
    beyond = known.after is not None and known.after.match(context.outside, quote.end + 1) is not None
    out = []
    for low, high in ((_lead(context, quote), quote.start), (quote.end, _tail(context, quote, beyond=beyond))):
        parts = [found.span() for found in _PIECES.finditer(context.outside, low, high) if WORD.search(found[0])]
        out += _short(context, parts, [_names(context.outside, part, known, speaker) for part in parts])
    if not out or _only_pronoun(context, quote):
        after, before = bisect_left(context.sentences, (quote.end,)), bisect_right(context.stops, quote.start)
        beside = [*context.sentences[max(before - 1, 0) : before], *([] if out else context.sentences[after : after + 1])]
        out += [span for span in beside if _introduces(text, context, known, quote, span)]
    return tuple(out)


def _short(context: _Context, parts: Sequence[tuple[int, int]], named: Sequence[bool]) -> list[tuple[int, int]]:
    """Return the short ones of the `parts` of a sentence that are `named`, and still shorter ones beside them."""
    sizes = [_size(context.outside, *part) for part in parts]
    kept = {n for n, one in enumerate(named) if one and sizes[n] <= context.rules.attribution_words}
    for n in sorted(kept):
        for side in (range(n - 1, -1, -1), range(n + 1, len(parts))):
            for m in side:
                if sizes[m] >= context.rules.fragment_words:
                    break
                kept.add(m)
    return [parts[n] for n in sorted(kept)]


def _only_pronoun(context: _Context, quote: DirectSpeech) -> bool:
    """Return whether the words beside a quotation name its speaker only by “it”."""
    text = context.outside
    words = [found[0].casefold() for found in WORD.finditer(text, _lead(context, quote), quote.start)]
    words += [found[0].casefold() for found in WORD.finditer(text, quote.end, _tail(context, quote))]
    return bool(words) and words[0] in lexicon().neutral


def _introduces(text: str, context: _Context, known: Vocabulary, quote: DirectSpeech, span: tuple[int, int]) -> bool:
    """Return whether a short sentence in the paragraph of a quotation says that somebody speaks, or speaks of a text of theirs."""
    low, high = span
    if "\n" in text[low:high].strip() or "\n" in text[min(high, quote.end) : max(low, quote.start)].strip(" "):
        return False
    words = [found[0].casefold() for found in WORD.finditer(context.outside, low, high)]
    short = _size(context.outside, low, high) <= context.rules.attribution_words
    return short and (next(known.sayings(context.outside, low, high), None) is not None or bool(known.papers & set(words)))


def _names(text: str, part: tuple[int, int], known: Vocabulary, speaker: str) -> bool:
    """Return whether a part of a sentence contains the name of a speaker or a word of saying."""
    words = text[slice(*part)]
    if speaker.casefold() in words.casefold() or next(known.sayings(text, *part), None):
        return True
    return bool(known.phrases and known.phrases.search(words))


def _size(text: str, low: int, high: int) -> int:
    """Return the number of words; of scripts without spaces, two characters are one."""
    return sum(max(1, len(found[0]) // 2) if found[0][0] >= "\u2e80" else 1 for found in WORD.finditer(text, low, high))
