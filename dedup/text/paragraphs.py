"""Stage 2: texts to paragraphs with roles, and to tokens with offsets into the original text.

Tokens are cut and folded by the `tokens` kernel (`rust/src/tokens.rs` states the rule); paragraphs and roles are decided here.
Text whose role is link, credit or boilerplate takes no part in matching.
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from dedup import _native
from dedup.arrays import Layout
from dedup.language.sentences import CLOSERS, ENDERS
from dedup.params import FENCES, FRONT_MATTER
from dedup.text.roles import RELATED, role_of
from dedup.types import ROLES, Role

UNMATCHED_ROLES: frozenset[Role] = frozenset({"link", "credit", "boilerplate"})
"""Roles that take no part in matching."""
_NUMBERS = {role: number for number, role in enumerate(ROLES)}
_BROKEN = range(45, 86)
"""Lengths of lines that were broken to a column."""
_SHORT = 240
"""Characters up to which a paragraph may be anything but body text."""
_REPEATED = 60 * 6
"""Characters (about 60 words) up to which a paragraph that recurs in its document is boilerplate."""
_REPEATED_SHARE = 0.3
"""Where more of the text than this recurs, it was printed twice and is no boilerplate."""


def layout(texts: list[str]) -> Layout:
    """Return the paragraphs of `texts`, without the white space around them, and their roles."""
    broken = _BROKEN.start, _BROKEN.stop
    offsets, starts, ends, closed, repeating = _native.paragraphs(texts, ENDERS, CLOSERS, broken, _REPEATED)
    owners = np.repeat(np.arange(len(texts)), np.diff(offsets))
    roles = np.full(len(starts), _NUMBERS["body"], np.uint8)
    short = ends - starts <= _SHORT
    shorts = np.flatnonzero(short)
    headed: list[tuple[int, int]] = []
    for n, d, start, end in zip(*(x.tolist() for x in (shorts, owners[shorts], starts[shorts], ends[shorts])), strict=True):
        if shown := role_of(texts[d][start:end]):
            roles[n] = _NUMBERS[shown]
            if shown == "link" and RELATED.fullmatch(texts[d], start, end):
                headed.append((n, int(offsets[d + 1])))
    for n, last in headed:
        # The headlines under such a line; the first sentence ends them.
        below = np.flatnonzero(closed[n:last] | ~short[n:last])
        roles[n : n + below[0] if len(below) else last] = _NUMBERS["link"]

    for d, text in enumerate(texts):
        if text.startswith(FENCES) and (front := FRONT_MATTER.match(text)):
            first, last = offsets[d : d + 2]
            roles[first:last][ends[first:last] <= front.end()] = _NUMBERS["boilerplate"]

    for d in np.flatnonzero(repeating).tolist():
        first, last = offsets[d : d + 2].tolist()
        spans = zip(starts[first:last].tolist(), ends[first:last].tolist(), strict=True)
        roles[first + np.array(_recurring(texts[d], list(spans), closed[first:last]), np.int64)] = _NUMBERS["boilerplate"]

    # The first paragraph that is not furniture may be the headline.
    plain = np.flatnonzero(roles == _NUMBERS["body"])
    opening = plain[np.unique(owners[plain], return_index=True)[1]]
    roles[opening[short[opening] & ~closed[opening]]] = _NUMBERS["headline"]
    return Layout(offsets, starts, ends, roles)


def _recurring(text: str, spans: Sequence[tuple[int, int]], closed: npt.NDArray[np.bool_]) -> list[int]:
    """Numbers of the paragraphs that are boilerplate because they recur in `text`, unless they are much of it."""
    parts = [text[start:end].casefold() if end - start <= _REPEATED else "" for start, end in spans]
    repeated = {part: count for part, count in Counter(filter(None, parts)).items() if count > 1}
    if sum(len(part) * count for part, count in repeated.items()) > _REPEATED_SHARE * len(text):
        return []
    seen: set[str] = set()
    out = []
    for number, part in enumerate(parts):
        if part in repeated:
            # A sentence printed twice is a slip of the page: its first copy stays.
            if part in seen or repeated[part] > 2 or not closed[number]:
                out.append(number)
            seen.add(part)
    return out
