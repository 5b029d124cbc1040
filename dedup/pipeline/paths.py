"""How two documents or passages hang together: the path of matches between them whose weakest link is the strongest.

Matches are verified pair by pair; what a chain of them claims is no stronger than its weakest match (single-link clustering
is known for chaining through one bad link, so the path is shown, not only its ends).
"""

import heapq
from collections import defaultdict
from collections.abc import Sequence

from dedup.types import Match, Span

_OVERLAP = 0.5
"""A path goes on from a passage to another one of the document if they have this share of the shorter one in common."""


def path(matches: Sequence[Match], first: Span, last: Span) -> list[Match]:
    """Return the path of matches from `first` to `last`, each turned so that the path enters it at side a.

    Of all paths, it is the one whose weakest match has most bits; of several such paths, the shortest. The list is empty if no
    path joins the two.
    """
    by_document: dict[str | None, list[tuple[Span, int, bool]]] = defaultdict(list)
    for number, match in enumerate(matches):
        by_document[match.a.doc].append((match.a, number, False))
        by_document[match.b.doc].append((match.b, number, True))
    # States are (match, turned); widest path by Dijkstra's algorithm (Pollack 1960).
    before: dict[tuple[int, bool], tuple[int, bool] | None] = {}
    queue: list[tuple[float, int, tuple[int, bool], tuple[int, bool] | None]] = []

    def reach(place: Span, weakest: float, steps: int, origin: tuple[int, bool] | None) -> None:
        for side, number, turned in by_document[place.doc]:
            # To go back by the match that led here would only widen the place.
            if (origin is None or origin[0] != number) and (number, turned) not in before and _meet(side, place):
                heapq.heappush(queue, (max(weakest, -matches[number].bits), steps + 1, (number, turned), origin))

    reach(first, -float("inf"), 0, None)
    while queue:
        weakest, steps, state, origin = heapq.heappop(queue)
        if state in before:
            continue
        before[state] = origin
        number, turned = state
        there = matches[number].a if turned else matches[number].b
        if there.doc == last.doc and _meet(there, last):
            out = []
            at: tuple[int, bool] | None = state
            while at is not None:
                out.append(matches[at[0]].turned() if at[1] else matches[at[0]])
                at = before[at]
            return out[::-1]
        reach(there, weakest, steps, state)
    return []


def _meet(x: Span, y: Span) -> bool:
    shared = min(x.end, y.end) - max(x.start, y.start)
    return shared > 0 and shared >= _OVERLAP * min(x.end - x.start, y.end - y.start)
