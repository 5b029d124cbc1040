"""Compare two texts whole, without need of a shared run."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from dedup.align import word_weights
from dedup.align.align import align, matches
from dedup.align.passages import join_nearby
from dedup.content.kinds import CorpusWords, classify
from dedup.content.parts import Parts
from dedup.errors import UsageError
from dedup.params import IndexParams, MatchParams, as_dict, match_preset
from dedup.pipeline.common import clipped_pairs, cut_documents, hub_ranks, kernel_threads, windows_to_align
from dedup.pipeline.scan import shares
from dedup.types import Document, Match, Notice, Report


def compare(a: str, b: str, *, preset: str | MatchParams = "news", threads: int | None = None) -> list[Match]:
    """Return the passages that the texts `a` and `b` share, by their place in `a`; side a is `a`, and both ids are None.

    The two are compared whole; only above `MatchParams.max_whole_cells` token pairs (8,000 words each), around shared runs.
    UsageError for an unknown preset, and for anything but texts.

    >>> import dedup
    >>> found = dedup.compare(
    ...     "Troops held 270 square km near the border town of Arsal.",
    ...     "Troops held about 104 square miles near the border town of Arsal.",
    ... )
    >>> [(change.type, change.flags) for change in found[0].changes]
    [('replace', ('number',)), ('replace', ('unit',))]
    """
    for name, text in (("a", a), ("b", b)):
        if not isinstance(text, str):
            raise UsageError(f"compare: {name} is a {type(text).__name__}, not a text")
    match = preset if isinstance(preset, MatchParams) else match_preset(preset)
    with kernel_threads(threads):
        found, _ = _compare(Document("a", a), Document("b", b), match)
    return [replace(m, a=m.a._replace(doc=None), b=m.b._replace(doc=None)) for m in found]


def pair(a: Document, b: Document, *, preset: str | MatchParams = "news", notices: Iterable[Notice] = ()) -> Report:
    """Return the report of only two documents, compared as `compare` does; it names no families."""
    match = preset if isinstance(preset, MatchParams) else match_preset(preset)
    found, more = _compare(a, b, match)
    return Report((a, b), tuple(found), (), (*notices, *more), as_dict(IndexParams(), match), shares(found, [a, b]))


def _compare(a: Document, b: Document, match: MatchParams) -> tuple[list[Match], list[Notice]]:
    """Return the matches of two documents, side a always `a`, by their place in it; and notices of them."""
    given = cut_documents([a, b], match)
    tokens = given.tokens
    if np.diff(tokens.offsets).min() == 0:
        return [], given.notices
    word_bits = word_weights.word_bits(tokens, match)
    windows, marks = windows_to_align(given, word_bits, hub_ranks([a, b]), match, np.array([[0, 1]]), searched=len(tokens.ids))
    found = join_nearby(align(tokens, [a, b], word_bits, windows, match), tokens, match)
    known = CorpusWords(marks, word_weights.prior_bits(tokens, match), word_bits, len(tokens.ids))
    contents = classify(found, tokens, [a, b], known, params=match)
    same = np.zeros(len(found), bool)
    parts = Parts(found, contents, same, tokens)
    listed = matches(found, tokens, [a, b], match, same, parts=parts)
    parts.reach(listed)
    listed.sort(key=lambda m: (m.a.start, m.a.end, m.b.start, m.b.end))
    return listed, given.notices + clipped_pairs(found, [a, b])
