"""Stage 2, first part: texts to paragraphs with roles.

The kernel `paragraphs` cuts them (`rust/src/paragraphs.rs` states the rule); their roles are decided here. Paragraphs with the
role link, credit or boilerplate take no part in matching.
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from dedup import _native
from dedup.arrays import Layout
from dedup.language.sentences import CLOSERS, ENDERS
from dedup.params import FENCES, FRONT_MATTER, TextParams
from dedup.text.roles import RELATED, role_of
from dedup.types import ROLES, Role

UNMATCHED_ROLES: frozenset[Role] = frozenset({"link", "credit", "boilerplate"})
"""Roles that take no part in matching."""
_NUMBERS = {role: number for number, role in enumerate(ROLES)}
_PARAMS = TextParams()


def layout(texts: list[str]) -> Layout:
    """Return the paragraphs of `texts`, without the white space around them, and their roles."""
    offsets, starts, ends, closed, repeating = _native.paragraphs(texts, ENDERS, CLOSERS, _PARAMS)
    owners = np.repeat(np.arange(len(texts)), np.diff(offsets))
    short = ends - starts <= _PARAMS.furniture_characters
    roles = _roles_by_words(texts, offsets, (owners, starts, ends), closed, short)

    for d, text in enumerate(texts):
        if text.startswith(FENCES) and (front := FRONT_MATTER.match(text)):
            first, last = offsets[d : d + 2]
            roles[first:last][ends[first:last] <= front.end()] = _NUMBERS["boilerplate"]

    for d in np.flatnonzero(repeating).tolist():
        first, last = offsets[d : d + 2].tolist()
        spans = zip(starts[first:last].tolist(), ends[first:last].tolist(), strict=True)
        roles[first + np.array(_recurring(texts[d], list(spans), closed[first:last]), np.int64)] = _NUMBERS["boilerplate"]

    # The first paragraph that is still body text is the headline, if it is short and ends no sentence.
    body = np.flatnonzero(roles == _NUMBERS["body"])
    opening = body[np.unique(owners[body], return_index=True)[1]]
    roles[opening[short[opening] & ~closed[opening]]] = _NUMBERS["headline"]
    return Layout(offsets, starts, ends, roles)


def _roles_by_words(
    texts: list[str],
    offsets: npt.NDArray[np.int64],
    spans: tuple[npt.NDArray[np.int64], ...],
    closed: npt.NDArray[np.bool_],
    short: npt.NDArray[np.bool_],
) -> npt.NDArray[np.uint8]:
    """The role of each paragraph by its words: `body` if they show no other role.

    Short paragraphs without a sentence are links if they follow a line that announces links.

    `offsets` as in `Layout`; `spans` are text, start and end of each paragraph. `closed` says whether a sentence ends a
    paragraph, `short` whether it may be something other than body text.
    """
    roles = np.full(len(short), _NUMBERS["body"], np.uint8)
    shorts = np.flatnonzero(short)
    announced: list[tuple[int, int]] = []
    for n, d, start, end in zip(shorts.tolist(), *(column[shorts].tolist() for column in spans), strict=True):
        if shown := role_of(texts[d][start:end]):
            roles[n] = _NUMBERS[shown]
            if shown == "link" and RELATED.fullmatch(texts[d], start, end):
                announced.append((n, int(offsets[d + 1])))
    for n, last in announced:
        # The headlines below such a line are links, up to the first sentence or long paragraph.
        others = np.flatnonzero(closed[n:last] | ~short[n:last])
        roles[n : n + others[0] if len(others) else last] = _NUMBERS["link"]
    return roles


def _recurring(text: str, spans: Sequence[tuple[int, int]], closed: npt.NDArray[np.bool_]) -> list[int]:
    """The numbers of the paragraphs that are boilerplate because they recur in `text`; none if they are much of it."""
    most = _PARAMS.repeated_characters
    parts = [text[start:end].casefold() if end - start <= most else "" for start, end in spans]
    repeated = {part: count for part, count in Counter(filter(None, parts)).items() if count > 1}
    if sum(len(part) * count for part, count in repeated.items()) > _PARAMS.repeated_share * len(text):
        return []
    seen: set[str] = set()
    out = []
    for number, part in enumerate(parts):
        if part in repeated:
            # A sentence that is printed exactly twice is a mistake of the page; its first copy keeps its role.
            if part in seen or repeated[part] > 2 or not closed[number]:
                out.append(number)
            seen.add(part)
    return out
