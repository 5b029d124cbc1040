"""Which words of each document are public: in quotation marks, in a post, or in a block introduced as someone's words."""

import re
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from dedup.arrays import Tokens
from dedup.language.quotes import quotations, unclosed_quotations
from dedup.types import Document

_INTRODUCED = re.compile(r":[^\S\n]*\n\s*(?P<block>[^\n]+)")
"""The end of a line that ends with a colon, and the line behind it."""
_INTRODUCTION_WORDS = 3
"""Words that such a line needs. A shorter one is the heading of a list: Photos:"""
_BLOCK = re.compile(r"^[^\S\n]*>[^\S\n]?(?P<block>[^\n]+)", re.MULTILINE)
"""A line of a block quotation in plain text."""
_LABELLED = re.compile(r"^(?P<who>[^\W\d_a-z][^\n:.!?“\"]{1,40}):\s(?P<words>[^\n]+)$", re.MULTILINE)
"""A line of a transcript: the speaker, a colon, what was said."""
_TRANSCRIPT_LINES = 4
"""Such lines from which a text counts as a transcript, if one speaker has two of them."""


def public_tokens(documents: Sequence[Document], used: Iterable[int], tokens: Tokens, least: int) -> npt.NDArray[np.bool_]:
    """Return for each token whether it is public, bool (tokens,). Only the documents `used` are read.

    Fewer than `least` words in quotation marks are a title or a word that the author doubts.
    """
    out = np.zeros(len(tokens.ids), np.bool_)
    for number in used:
        first, last = int(tokens.offsets[number]), int(tokens.offsets[number + 1])
        spans = _spans(documents[number].text)
        if not spans or first == last:
            continue
        starts, ends = np.array(spans, np.int64).T
        low = first + np.searchsorted(tokens.ends[first:last], starts, "right")
        high = first + np.searchsorted(tokens.starts[first:last], ends, "left")
        for a, b in zip(low.tolist(), high.tolist(), strict=True):
            if b - a >= least:
                out[a:b] = True
    return out


def _spans(text: str) -> list[tuple[int, int]]:
    closed = quotations(text, posts=True)
    spans = closed + unclosed_quotations(text, closed)
    for found in _INTRODUCED.finditer(text):
        line = text[text.rfind("\n", 0, found.start()) + 1 : found.start()]
        if line.count(" ") + 1 >= _INTRODUCTION_WORDS:
            spans.append(found.span("block"))
    spans += [found.span("block") for found in _BLOCK.finditer(text)] if ">" in text else []
    labelled = list(_LABELLED.finditer(text)) if text.count("\n") >= _TRANSCRIPT_LINES and ": " in text else []
    if len(labelled) >= _TRANSCRIPT_LINES and len({m["who"] for m in labelled}) < len(labelled):
        spans += [m.span("words") for m in labelled]
    return spans
