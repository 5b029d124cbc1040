"""Stage 2, second part: texts to tokens with offsets into the original text, and the tokens that take part in matching.

The kernel `tokens` cuts and folds them; `rust/src/tokens.rs` states the rule.
"""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from dedup import _native
from dedup.arrays import Layout, Tokens, first_tokens
from dedup.text.paragraphs import UNMATCHED_ROLES, layout
from dedup.types import ROLES

_MANY = 100
"""Texts from which it pays to start a thread."""


def tokenise(texts: list[str]) -> Tokens:
    """Return the tokens of `texts`. ValueError for a text above 4 GiB."""
    return Tokens(*_native.tokens(texts))


def cut(texts: list[str]) -> tuple[Tokens, Layout]:
    """Return the tokens and the paragraphs of `texts`. ValueError for a text above 4 GiB."""
    if len(texts) < _MANY:
        return tokenise(texts), layout(texts)
    # The thread runs the kernel, which releases the interpreter. It ends with this call, so that a later fork finds it nowhere.
    with ThreadPoolExecutor(1) as beside:
        tokens = beside.submit(tokenise, texts)
        laid = layout(texts)
        return tokens.result(), laid


def matchable_tokens(tokens: Tokens, laid: Layout) -> Tokens:
    """Return the tokens that take part in matching: all but those of paragraphs with one of `UNMATCHED_ROLES`."""
    unmatched = np.array([role in UNMATCHED_ROLES for role in ROLES])[laid.roles]
    if not unmatched.any():
        return tokens
    return tokens.select(np.repeat(~unmatched, np.diff(first_tokens(tokens, laid))))
