"""Words that both sides of a match have, and only one of them in quotation marks."""

from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from dedup.align.flags import MatchSides
from dedup.arrays import Tokens
from dedup.language.quotes import quotations, unclosed_quotations
from dedup.types import Document, Flag


def quoted_on_one_side(match: MatchSides, tokens: Tokens, documents: Sequence[Document]) -> list[tuple[int, int, int, Flag]]:
    """Return runs of equal words that only one side quotes: first word in a, first word in b, count, "quote"."""
    sides = match.extents()
    spans = [_quoted(side, tokens, documents) for side in sides]
    if not spans[0] and not spans[1]:
        return []
    found = _on_one_side(match, spans)
    if found:
        # What nothing closes goes on in the next paragraph, or is a slip; it takes long to find.
        found = _on_one_side(match, [_quoted(side, tokens, documents, unclosed=True) for side in sides])
    return found


def _on_one_side(match: MatchSides, spans: list[list[tuple[int, int]]]) -> list[tuple[int, int, int, Flag]]:
    runs = match.runs
    equal = [_as_equal_words(found, [(run[side], run[2]) for run in runs]) for side, found in enumerate(spans)]
    if equal[0] == equal[1]:
        return []
    out: list[tuple[int, int, int, Flag]] = []
    apart = _apart(*equal)
    if not apart:
        return out
    before = 0
    for first_a, first_b, count in runs:
        for low, high in apart:
            start, end = max(low, before), min(high, before + count)
            if start < end:
                out.append((first_a + start - before, first_b + start - before, end - start, "quote"))
        before += count
    return out


def _quoted(
    side: tuple[int, int, int], tokens: Tokens, documents: Sequence[Document], *, unclosed: bool = False
) -> list[tuple[int, int]]:
    """Return the quotations that overlap some words of a text, in words."""
    doc, first, last = side
    text = documents[doc].text
    base = int(tokens.offsets[doc])
    low, high = int(tokens.starts[base + first]), int(tokens.ends[base + last - 1])
    closed = quotations(text)
    at = max(0, bisect_left(closed, (low, 0)) - 1)
    spans = []
    while at < len(closed) and closed[at][0] < high:
        if closed[at][1] > low:
            spans.append(closed[at])
        at += 1
    if unclosed:
        spans += [span for span in _unclosed(text) if span[0] < high and span[1] > low]
    if not spans:
        return []
    places = np.array(sorted(spans), np.int64)
    froms = first + np.searchsorted(tokens.starts[base + first : base + last], places[:, 0])
    tos = first + np.searchsorted(tokens.ends[base + first : base + last], places[:, 1], side="right")
    return [(x, y) for x, y in zip(froms.tolist(), tos.tolist(), strict=True) if x < y]


@lru_cache(maxsize=1 << 12)
def _unclosed(text: str) -> list[tuple[int, int]]:
    """The unclosed quotations of a text. Those of a text with many matches are asked for as often."""
    return unclosed_quotations(text, quotations(text))


def _as_equal_words(spans: list[tuple[int, int]], runs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return `spans` counted in the words of `runs` (first word, count), which are in order."""
    firsts = [first for first, _ in runs]
    before = [0]
    for _, count in runs:
        before.append(before[-1] + count)

    def place(word: int) -> int:
        run = bisect_left(firsts, word + 1) - 1
        return 0 if run < 0 else before[run] + min(word - firsts[run], runs[run][1])

    return [(place(x), place(y)) for x, y in spans if place(x) < place(y)]


def _apart(one: list[tuple[int, int]], other: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return where exactly one of two lists of intervals holds a place."""
    turns = sorted([(end, side) for side, spans in enumerate((one, other)) for span in spans for end in span])
    out: list[tuple[int, int]] = []
    inside = [0, 0]
    previous = -1
    for place, side in turns:
        if inside[0] != inside[1] and place > previous:
            out.append((previous, place))
        inside[side] ^= 1
        previous = place
    return out
