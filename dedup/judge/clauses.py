"""The words beside a quotation that do nothing but name its speaker: “…,” the nurse Ada Finlay explained.

They belong to the quotation. Narration beside it, which is longer, does not.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import islice

from dedup.judge.surroundings import Surroundings, lead, size, tail, words_around
from dedup.language.quotes import DirectSpeech
from dedup.language.speech import WORD, Vocabulary, lexicon

SIGNED = re.compile(r"[^\w\s]?\s*[—–]\s*(?=[^\W\d_a-zß-ÿ])")
"""A dash between a quotation and a name."""
HANDLE = re.compile(r"[^\w\s]?\s*(?:--?|[—–])\s*([^\n(]{1,60}?)\s*\(@\w+\)")
"""The name below a post: — A Name (@name)."""
PIECES = re.compile(r"[^,;:،，、；：—–]+")
"""Parts of a sentence between commas."""


def attributing_clauses(text: str, quote: DirectSpeech, context: Surroundings, speaker: str) -> tuple[tuple[int, int], ...]:
    """Return the words beside a quotation that do nothing but name its `speaker`, as start and end, on both of its sides.

    They are the part between commas that contains the name or the verb, if it is short, and shorter parts beside it. If the
    speaker is named only in the sentence before or after, they are that sentence, if it is short.
    """
    if signed := HANDLE.match(text, quote.end) or SIGNED.match(text, quote.end):
        line = text.find("\n", signed.end())
        span = quote.end, line if line >= 0 else len(text)
        return (span,) if size(text, *span) <= context.rules.attribution_words else ()
    known = words_around(text, quote, context.outside)
    beyond = known.after is not None and known.after.match(context.outside, quote.end + 1) is not None
    sides = []
    for low, high in ((lead(context, quote), quote.start), (quote.end, tail(context, quote, beyond=beyond))):
        parts = [found.span() for found in PIECES.finditer(context.outside, low, high) if WORD.search(found[0])]
        named = [_names(context.outside, part, known, speaker) for part in parts]
        sides.append((parts, high, _short(context, parts, named, known)))
    out = [part for _, _, short in sides for part in short]
    if out:
        others = [(parts, high) for parts, high, short in sides if parts and not short]
        out += [part for parts, high in others if _leads(context, parts, high) for part in parts]
    if not out or _only_pronoun(context, quote):
        after, before = bisect_left(context.sentences, (quote.end,)), bisect_right(context.stops, quote.start)
        beside = [*context.sentences[max(before - 1, 0) : before], *([] if out else context.sentences[after : after + 1])]
        out += [span for span in beside if _introduces(context, known, quote, span, speaker)]
    return tuple(out)


def _short(
    context: Surroundings, parts: Sequence[tuple[int, int]], named: Sequence[bool], known: Vocabulary
) -> list[tuple[int, int]]:
    """Return the short ones of the `parts` of a sentence that are `named`, and still shorter ones beside them.

    The office of the speaker may be as long as the part that it follows: …, a déclaré Paul Duval, ministre de la Culture.
    """
    rules, sizes = context.rules, [size(context.outside, *part) for part in parts]
    kept = {n for n, one in enumerate(named) if one and sizes[n] <= rules.attribution_words}
    for n in sorted(kept):
        # The words before the verb are its subject.
        kept |= set(range(n)) if sum(sizes[: n + 1]) <= rules.attribution_words else set()
        for side in (range(n - 1, -1, -1), range(n + 1, len(parts))):
            for m in side:
                office = m > n and _is_office(context.outside, parts[m], known)
                if sizes[m] > (rules.attribution_words if office else rules.fragment_words):
                    break
                kept.add(m)
    return [parts[n] for n in sorted(kept)]


def _is_office(text: str, part: tuple[int, int], known: Vocabulary) -> bool:
    """Return whether a part of a sentence opens with a noun for a speaker, or with its article."""
    words = [found[0].casefold() for found in islice(WORD.finditer(text, *part), 2)]
    return words[0] in known.speakers or (words[0] in lexicon().articles and words[-1] in known.speakers)


def _leads(context: Surroundings, parts: Sequence[tuple[int, int]], high: int) -> bool:
    """Return whether the words beside a quotation are few, or a short clause with a colon: She was frank: “…,” she said."""
    words = sum(size(context.outside, *part) for part in parts)
    colon = context.outside[parts[0][0] : max(high - 1, parts[0][0])].rstrip().endswith((":", "："))
    return words <= (context.rules.clause_words if colon else context.rules.fragment_words)


def _only_pronoun(context: Surroundings, quote: DirectSpeech) -> bool:
    """Return whether the words beside a quotation name its speaker only by “it”."""
    text = context.outside
    words = [found[0].casefold() for found in WORD.finditer(text, lead(context, quote), quote.start)]
    words += [found[0].casefold() for found in WORD.finditer(text, quote.end, tail(context, quote))]
    return bool(words) and words[0] in lexicon().neutral


def _introduces(context: Surroundings, known: Vocabulary, quote: DirectSpeech, span: tuple[int, int], speaker: str) -> bool:
    """Return whether a short sentence in the paragraph of a quotation has a verb of saying, or names a text with an author."""
    text, (low, high) = context.outside, span
    if "\n" in text[low:high].strip() or "\n" in text[min(high, quote.end) : max(low, quote.start)].strip(" "):
        return False
    words = [found[0].casefold() for found in WORD.finditer(text, low, high)]
    pointed = speaker if words[:1] and words[0] in lexicon().pointers else None
    short = size(text, low, high) <= context.rules.attribution_words
    return short and (_names(text, span, known, pointed) or bool(known.papers & set(words)))


def _names(text: str, part: tuple[int, int], known: Vocabulary, speaker: str | None) -> bool:
    """Return whether a part of a sentence contains the name of a speaker or a word of saying."""
    words = text[slice(*part)]
    if (speaker is not None and speaker.casefold() in words.casefold()) or any(True for _ in known.sayings(text, *part)):
        return True
    return bool(known.phrases and known.phrases.search(words))
