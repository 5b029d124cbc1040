"""Stage 2: texts to tokens with offsets into the original text, and which of them take part in matching.

The `tokens` kernel (`rust/src/tokens.rs` states the rule) cuts and folds tokens.
"""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from dedup import _native
from dedup.arrays import Layout, Tokens, first_tokens
from dedup.text.paragraphs import UNMATCHED_ROLES, layout
from dedup.types import ROLES

_MANY = 100
"""Texts for which a thread is worth its start."""


def tokenise(texts: list[str]) -> Tokens:
    """Return the tokens of `texts`. ValueError for a text above 4 GiB."""
    return Tokens(*_native.tokens(texts))


def cut(texts: list[str]) -> tuple[Tokens, Layout]:
    """Return tokens and paragraphs of `texts`. ValueError for a text above 4 GiB."""
    if len(texts) < _MANY:
        return tokenise(texts), layout(texts)
    with ThreadPoolExecutor(1) as beside:  # the kernel needs no interpreter, and the layout nothing else
        tokens = beside.submit(tokenise, texts)
        laid = layout(texts)
        return tokens.result(), laid


def matchable_tokens(tokens: Tokens, laid: Layout) -> Tokens:
    """Return the tokens that take part in matching: those of paragraphs whose role is not `UNMATCHED_ROLES`."""
    silent = np.array([role in UNMATCHED_ROLES for role in ROLES])[laid.roles]
    if not silent.any():
        return tokens
    return tokens.select(np.repeat(~silent, np.diff(first_tokens(tokens, laid))))
