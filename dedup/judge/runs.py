"""Runs of tokens that a draft shares with its sources, and their parts that have one judgement each."""

from collections.abc import Iterable
from heapq import heapify, heappop, heappush
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from dedup.params import CheckRules
from dedup.types import JUDGEMENTS

_Ranks = npt.NDArray[np.int8]
"""Of each token, the position of its judgement in `JUDGEMENTS`; their number if it has none."""


def runs(ranks: _Ranks, joined: npt.NDArray[np.bool_], least: int) -> list[tuple[int, int]]:
    """Return the runs of `least` or more shared tokens.

    A run goes on to the next token only if one match, or one boilerplate passage, covers both tokens (`joined`).
    """
    out: list[list[int]] = []
    for n in np.flatnonzero(ranks < len(JUDGEMENTS)).tolist():
        if out and out[-1][1] == n and joined[n]:
            out[-1][1] = n + 1
        else:
            out.append([n, n + 1])
    return [(first, last) for first, last in out if last - first >= least]


def run_parts(ranks: _Ranks, first: int, last: int, rules: CheckRules) -> list[tuple[int, int]]:
    """Cut a run into parts that have one judgement each.

    While one of the parts is too short, the shortest of these is given the judgement of the longer part beside it. This changes
    `ranks` in place. Parts of fewer than `fragment_words` tokens are too short. Beside an attributed quotation, so are parts of
    fewer than `min_words`, which would not be reported for themselves.
    """
    cuts = np.flatnonzero(np.diff(ranks[first:last])) + first + 1
    ends = dict(pairwise([first, *cuts.tolist(), last]))
    # By the start of a part, the start of the part before it.
    before = {high: low for low, high in ends.items()}

    def beside(low: int) -> list[int]:
        return [*([before[low]] if low > first else []), *([ends[low]] if ends[low] < last else [])]

    waiting = [(high - low, low) for low, high in ends.items()]
    heapify(waiting)
    while waiting and len(ends) > 1:
        size, low = heappop(waiting)
        # A part that has changed, or has other parts beside it, waits again.
        if ends.get(low) != low + size or size >= _least(ranks, low, beside(low), rules):
            continue
        near = beside(low)
        ranks[low : low + size] = ranks[max(near, key=lambda one: ends[one] - one)]
        united = [low, *(one for one in near if ranks[one] == ranks[low])]
        start, end = min(united), max(ends[one] for one in united)
        for one in united:
            del ends[one]
        ends[start], before[end] = end, start
        for one in (start, *beside(start)):
            heappush(waiting, (ends[one] - one, one))
    return sorted(ends.items())


def _least(ranks: _Ranks, low: int, beside: Iterable[int], rules: CheckRules) -> int:
    """Return how many tokens the part of a run that starts at `low` needs; `beside` are the starts of the parts beside it."""
    attributed = JUDGEMENTS.index("quoted-attributed")
    quoted = ranks[low] <= JUDGEMENTS.index("quoted-unattributed")
    longer = not quoted and any(ranks[one] == attributed for one in beside)
    return max(rules.fragment_words, rules.min_words) if longer else rules.fragment_words
