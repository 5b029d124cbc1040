"""Two texts or documents compared whole."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from dedup.align import word_weights
from dedup.align.align import align, matches
from dedup.align.passages import join_nearby
from dedup.candidates import winnow
from dedup.params import IndexParams, MatchParams, as_dict, match_preset
from dedup.pipeline.common import clipped_pairs, hub_ranks, mixed_scripts, seed_windows, shared_shares
from dedup.text.paragraphs import layout
from dedup.text.tokens import matchable_tokens, tokenise
from dedup.types import Document, Match, Notice, Report


def compare(a: str, b: str, *, preset: str | MatchParams = "news") -> list[Match]:
    """Return the passages that the texts `a` and `b` share, by their place in `a`; side a is `a`, and both ids are None.

    The two are compared whole, without need of a shared run; only above `MatchParams.max_whole_cells` token pairs (8,000 words
    each), around their shared runs. UsageError for an unknown preset.
    """
    match = preset if isinstance(preset, MatchParams) else match_preset(preset)
    found, _ = _compare(Document("a", a), Document("b", b), match)
    return [replace(m, a=m.a._replace(doc=None), b=m.b._replace(doc=None)) for m in found]


def pair(a: Document, b: Document, *, preset: str | MatchParams = "news", notices: Iterable[Notice] = ()) -> Report:
    """Return the report of two documents alone, compared as `compare` does; it names no families."""
    match = preset if isinstance(preset, MatchParams) else match_preset(preset)
    found, more = _compare(a, b, match)
    shared = shared_shares(found, [a, b])
    return Report((a, b), tuple(found), (), (*notices, *more), as_dict(IndexParams(), match), shared)


def _compare(a: Document, b: Document, match: MatchParams) -> tuple[list[Match], list[Notice]]:
    """Matches of two documents, side a always `a`, by their place in it; and what there is to say of them."""
    index = IndexParams()
    texts = [a.text, b.text]
    tokens = tokenise(texts)
    notices = mixed_scripts(tokens, [a, b])
    if match.matchable_only:
        tokens = matchable_tokens(tokens, layout(texts))
    sizes = np.diff(tokens.offsets)
    if sizes.min() == 0:
        return [], notices
    word_bits = word_weights.word_bits(tokens, match)
    if sizes[0] * sizes[1] <= match.max_whole_cells:
        windows = np.array([[0, 1, 0, sizes[0], 0, sizes[1]]], dtype=np.uint32)
    else:
        seeds = winnow.seeds(tokens, word_bits, hub_ranks([a, b]), index, match)
        windows = seed_windows(seeds, np.zeros((0, 6), np.uint32), index.fingerprint)
    found = join_nearby(align(tokens, [a, b], word_bits, windows, match), tokens, match)
    listed = matches(found, tokens, [a, b], match, np.zeros(len(found), bool))
    return sorted(listed, key=lambda m: (m.a.start, m.a.end, m.b.start, m.b.end)), notices + clipped_pairs(found, [a, b])
