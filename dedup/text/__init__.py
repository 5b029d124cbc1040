"""Stage 2: texts to paragraphs with roles, and to tokens with offsets into the original text.

Tokens are cut and folded by the `tokens` kernel (`rust/src/tokens.rs` states the rule); paragraphs and roles are decided here.
Text whose role is link, credit or boilerplate takes no part in matching.
"""

import re
from array import array
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from dedup import _native
from dedup.text.roles import role_of
from dedup.types import ROLES, Layout, Paragraph, Role, Tokens

SILENT: frozenset[Role] = frozenset({"link", "credit", "boilerplate"})
"""Roles that take no part in matching."""
_NUMBERS = {role: number for number, role in enumerate(ROLES)}


def tokenise(texts: list[str]) -> Tokens:
    """Return the tokens of `texts`. ValueError for a text above 4 GiB."""
    return Tokens(*_native.tokens(texts))


_LINE = re.compile(r"\S(?:[^\r\n\u2028\u2029]*\S)?")
"""Without the white space around it."""
_SENTENCE_END = re.compile(r"[.!?…。！？؟।][\"'”’»)\]]*$")
_SENTENCE_TAIL = 8
"""Characters at a line's end in which one is looked for."""
_WRAPPED = range(45, 86)
"""Lengths of lines that were broken to a column."""
_SHORT = 240
"""Characters up to which a paragraph may be anything but body text."""
_REPEATED = 60 * 6
"""Characters (about 60 words) up to which a paragraph that recurs in its document is boilerplate."""
_MANY = 100
"""Texts for which a thread is worth its start."""
_REPEATED_SHARE = 0.3
"""Where more of the text than this recurs, it was printed twice and is no boilerplate."""


def paragraphs(text: str) -> list[Paragraph]:
    """Return the paragraphs of `text` in order, without the white space around them."""
    blocks = _blocks(text)
    repeated = _repeated(text, blocks)
    seen: set[str] = set()
    opening = True
    out = []
    for start, end in blocks:
        part = text[start:end]
        role: Role = "body"
        if end - start <= _SHORT:
            if shown := role_of(part):
                role = shown
            elif opening and not _SENTENCE_END.search(part):
                role = "headline"
        if end - start <= _REPEATED and repeated and (folded := part.casefold()) in repeated:
            # A sentence printed twice is a slip of the page: its first copy stays.
            if folded in seen or repeated[folded] > 2 or not _SENTENCE_END.search(part):
                role = "boilerplate"
            seen.add(folded)
        opening = opening and role not in {"body", "headline"}
        out.append(Paragraph(start, end, role))
    return out


def _blocks(text: str) -> list[tuple[int, int]]:
    """Spans of paragraphs: lines, or, in text broken to a column, lines up to a blank or indented one."""
    lines = []
    wrapped = 0
    for found in _LINE.finditer(text):
        start, end = found.span()
        lines.append((start, end))
        wrapped += end - start in _WRAPPED and not _SENTENCE_END.search(text, end - _SENTENCE_TAIL, end)
    if len(lines) < 4 or 2 * wrapped <= len(lines):
        return lines
    blocks = lines[:1]
    for start, end in lines[1:]:
        between = text[blocks[-1][1] : start]
        breaks = between.count("\n") or between.count("\r")
        indented = len(between) - between.rfind("\n") > 2
        if breaks > 1 or indented:
            blocks.append((start, end))
        else:
            blocks[-1] = (blocks[-1][0], end)
    return blocks


def _repeated(text: str, blocks: list[tuple[int, int]]) -> dict[str, int]:
    """Casefolded paragraphs that stand in `text` more than once, with how often, unless they are much of it."""
    parts = [text[start:end].casefold() for start, end in blocks if end - start <= _REPEATED]
    if len(set(parts)) == len(parts):
        return {}
    repeated = {part: count for part, count in Counter(parts).items() if count > 1}
    size = sum(len(part) * count for part, count in repeated.items())
    return repeated if size <= _REPEATED_SHARE * len(text) else {}


def layout(texts: Sequence[str]) -> Layout:
    """Return the paragraphs of all `texts`."""
    offsets = array("q", [0])
    starts, ends, roles = array("q"), array("q"), array("B")
    for text in texts:
        for start, end, role in paragraphs(text):
            starts.append(start)
            ends.append(end)
            roles.append(_NUMBERS[role])
        offsets.append(len(starts))
    return Layout(*(np.array(column) for column in (offsets, starts, ends, roles)))


def cut(texts: list[str]) -> tuple[Tokens, Layout]:
    """Return tokens and paragraphs of `texts`. ValueError for a text above 4 GiB."""
    if len(texts) < _MANY:
        return tokenise(texts), layout(texts)
    with ThreadPoolExecutor(1) as beside:  # the kernel needs no interpreter, and the layout nothing else
        tokens = beside.submit(tokenise, texts)
        laid = layout(texts)
        return tokens.result(), laid


def first_tokens(tokens: Tokens, laid: Layout) -> npt.NDArray[np.int64]:
    """Return the number of the first token of each paragraph, and of all tokens, shape (paragraphs + 1,)."""
    out = np.empty(len(laid.starts) + 1, np.int64)
    out[-1] = len(tokens.ids)
    starts = laid.starts.astype(np.uint32)
    offsets, paragraphs_at = tokens.offsets.tolist(), laid.offsets.tolist()
    for (at, end), (first, last) in zip(pairwise(offsets), pairwise(paragraphs_at), strict=True):
        out[first:last] = np.searchsorted(tokens.starts[at:end], starts[first:last])
        out[first:last] += at
    return out


def speaking(tokens: Tokens, laid: Layout) -> Tokens:
    """Return the tokens that take part in matching: those of paragraphs whose role is not `SILENT`."""
    silent = np.array([role in SILENT for role in ROLES])[laid.roles]
    if not silent.any():
        return tokens
    return tokens.select(np.repeat(~silent, np.diff(first_tokens(tokens, laid))))
