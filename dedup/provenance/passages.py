"""Passages that a document has from another that is not its main parent, and who of the two borrowed.

Most pages are collages. Of one shared passage nothing tells who was first; of many it is told jointly: a page that borrows once
borrows often, and a text that several pages share different passages with, which do not share them with each other, is their
source. So each document has a rate of borrowing, and each passage one holder that came first (expectation maximisation, no
labels); dates and credits are evidence beside them.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dedup.params import TraceParams, calibrated
from dedup.press import credits as agencies
from dedup.provenance.collation import Floats
from dedup.types import Document, Edge, Family, Match, Span

_ROUNDS = 30

Places = Mapping[str, Mapping[str, Sequence[tuple[Span, float]]]]
"""Of a document and each other, where the first shares with the second, and how alike the words are there."""


_Taken = tuple[Span, Mapping[str, float]]
"""A passage of a document, and how likely each other one had it first."""


@dataclass(frozen=True, slots=True)
class _Passage:
    """One family: where documents have it, and the heads: those whose main parent has it not.

    `head_of` leads from each document that has it to its head, which may be a hidden source.
    """

    spans: Mapping[str, Span]
    head_of: Mapping[str, str]
    heads: Sequence[str]


def passages(
    documents: Sequence[Document],
    matches: Sequence[Match],
    families: Sequence[Family],
    edges: Sequence[Edge],
    params: TraceParams,
) -> list[Edge]:
    """Return an edge of kind `passage` for each document and each other that it has passages from, beside its main parent.

    With `edges`, those of the forests, they make no circle. A direction that is no likelier than the other is not told.
    """
    known = {d.id: d for d in documents}
    above = {edge.child: edge.parent for edge in edges}
    places: dict[str, dict[str, list[tuple[Span, float]]]] = {name: defaultdict(list) for name in known}
    for match in matches:
        for one, other in ((match.a, match.b), (match.b, match.a)):
            places[one.doc or ""][other.doc or ""].append((one, match.identity))
    found = [_passage(family, known, above, places) for family in families if family.kind == "reuse"]
    origins = {name: _origin(name, above) for passage in found for name in passage.spans}
    taken: dict[tuple[str, str], list[_Taken]] = defaultdict(list)
    for passage, first in zip(found, _firsts(known, found, params), strict=True):
        chance = dict(zip(passage.heads, first.tolist(), strict=True))
        for child in (head for head in passage.heads if head in passage.spans):
            span = passage.spans[child]
            of_head = {head: own / (own + chance[child]) for head, own in chance.items() if own > chance[child]}
            odds = {holder: of_head[head] for holder, head in passage.head_of.items() if head in of_head}
            if odds:
                # Who was first, unless another's wording is nearer.
                compared = [h for h in odds if h in places[child]] or odds
                best = max(compared, key=lambda h: (_shared(places, child, h, span)[1], odds[h], h))
                tree = origins[best]
                taken[child, tree].append((span, {h: own for h, own in odds.items() if origins[h] == tree}))
    pairs = {}
    for (child, _), own in sorted(taken.items()):
        for parent, size, likely in _sources(child, own, places):
            pairs[child, parent] = likely, size
    return _acyclic(pairs, known, above, params)


def _sources(child: str, taken: Sequence[_Taken], places: Places) -> Iterator[tuple[str, int, float]]:
    """As few texts as `child` may have its passages of one tree from, the nearest first: code points, and how likely."""
    left = [(span, odds, _nearness(child, span, odds, places)) for span, odds in taken]
    while left:
        nearest: Counter[str] = Counter()
        for _, _, near in left:
            nearest.update(near)
        some = +nearest or {holder: 0 for _, odds, _ in left for holder in odds}
        parent = max(some, key=lambda h: (some[h], h))
        held = [(span.end - span.start, odds[parent]) for span, odds, _ in left if parent in odds]
        size = sum(part for part, _ in held)
        yield parent, size, sum(part * likely for part, likely in held) / size
        left = [one for one in left if parent not in one[1]]


def _nearness(child: str, span: Span, odds: Mapping[str, float], places: Places) -> dict[str, int]:
    """How much of `span` each of those that may have had it first holds in these words, where it was compared with `child`."""
    near = {}
    for holder in odds.keys() & places[child].keys():
        size, identity = _shared(places, child, holder, span)
        near[holder] = round(1000 * max(0, size) * identity * odds[holder])
    return near


def _origin(name: str, above: Mapping[str, str]) -> str:
    while name in above:
        name = above[name]
    return name


def _shared(places: Places, one: str, other: str, span: Span) -> tuple[int, float]:
    """How much of `span`, which is in `one`, the other has, by its match that covers most, and how alike the words are."""
    own = places[one].get(other, ()) if one in places else ()
    return max(
        ((min(there.end, span.end) - max(there.start, span.start), identity) for there, identity in own), default=(0, 0.0)
    )


def _passage(family: Family, known: Mapping[str, Document], above: Mapping[str, str], places: Places) -> _Passage:
    spans = {span.doc or "": span for span in family.passages}
    head_of = {}
    for name in spans:
        head = name
        while (parent := above.get(head)) is not None:
            span = spans.get(head)
            # Reworded, it may be of another family in the parent; what a hidden source held nobody knows.
            reworded = span and 2 * _shared(places, head, parent, span)[0] >= span.end - span.start
            if parent in known and parent not in spans and not reworded:
                break
            head = parent
        head_of[name] = head
    return _Passage(spans, head_of, sorted(set(head_of.values())))


def _hours(document: Document | None) -> float:
    return document.published.timestamp() / 3600 if document and document.published else math.inf


def _evidence(known: Mapping[str, Document], found: Sequence[_Passage], params: TraceParams) -> Floats:
    """Dates and credits of the heads of all of `found`, in a row, as log likelihoods of having been first; 0 of one alone."""
    sure = math.log((1 - params.date_wrong) / params.date_wrong) / 2
    outlets = frozenset(d.outlet for d in known.values() if d.outlet)
    contested = {h: known[h] for passage in found if len(passage.heads) > 1 for h in passage.heads if h in known}
    credited = {h: [o for o in agencies.credited(d.text, outlets) if o != d.outlet] for h, d in contested.items()}
    hours = {h: _hours(d) for h, d in contested.items()}
    out = []
    for passage in found:
        if len(passage.heads) == 1:
            out.append(np.zeros(1))
            continue
        times = np.array([hours.get(h, math.inf) for h in passage.heads])
        dated = np.sort(times[np.isfinite(times)])
        later = len(dated) - np.searchsorted(dated, times, side="right")
        ahead = later - np.searchsorted(dated, times, side="left")
        creditors = Counter(name for h in passage.heads for name in credited.get(h, ()))
        named = np.array([creditors.get(known[h].outlet or "", 0) if h in known else 0 for h in passage.heads])
        out.append(np.where(np.isfinite(times), sure * ahead, 0.0) + params.credit * named)
    return np.concatenate(out)


def _firsts(known: Mapping[str, Document], found: Sequence[_Passage], params: TraceParams) -> list[Floats]:
    """How likely each head of each passage is to have been first, under rates of borrowing that are told at the same time."""
    if not found:
        return []
    often, seldom = params.borrows
    held, copied, shared = Counter[str](), Counter[str](), Counter[str]()
    for passage in found:
        for name, span in passage.spans.items():
            shared[name] += span.end - span.start
            held[name] += 1
            copied[name] += passage.head_of[name] != name
    number = {h: n for n, h in enumerate(dict.fromkeys([*shared, *(h for passage in found for h in passage.heads)]))}
    own = [
        params.unshared * max(0, len(known[h].text) - shared[h]) * held[h] / shared[h] if h in shared else 0.0 for h in number
    ]
    most = often + seldom + np.array([held[h] for h in number], float) + np.array(own)
    always = np.array([copied[h] for h in number], float)
    # All heads in one row; those of the passages that have as many are weighed together.
    heads = np.array([number[h] for passage in found for h in passage.heads])
    sizes = np.array([len(passage.heads) for passage in found])
    ends = np.cumsum(sizes)
    alike = [(ends - sizes)[sizes == size, None] + np.arange(size) for size in np.unique(sizes[sizes > 1]).tolist()]
    evidence, firsts = _evidence(known, found, params), np.ones(len(heads))
    rate = np.full(len(number), often / (often + seldom))
    for _ in range(_ROUNDS):
        odds = evidence + np.log(1 - rate)[heads] - np.log(rate)[heads]
        for at in alike:
            chances = np.exp(odds[at] - odds[at].max(axis=1, keepdims=True))
            firsts[at] = chances / chances.sum(axis=1, keepdims=True)
        borrowed = always.copy()
        np.add.at(borrowed, heads, 1 - firsts)
        rate = np.clip((often + borrowed) / most, 0.02, 0.98)
    return np.split(firsts, ends[:-1])


def _acyclic(
    pairs: Mapping[tuple[str, str], tuple[float, int]],
    known: Mapping[str, Document],
    above: Mapping[str, str],
    params: TraceParams,
) -> list[Edge]:
    """The pairs as edges, the surest first, but for those that would close a circle."""
    parents: dict[str, set[str]] = defaultdict(set)
    for child, parent in above.items():
        parents[child].add(parent)
    out = []
    for (child, parent), (chance, size) in sorted(pairs.items(), key=lambda p: (-p[1][0], p[0])):
        reached, queue = {parent}, [parent]
        for at in queue:
            queue += parents[at] - reached
            reached |= parents[at]
        if child not in reached and parent not in parents[child]:
            parents[child].add(parent)
            told = [f"{size:,} characters of {child} stand in {parent}"]
            doubts: list[str] = []
            then, now = _hours(known.get(parent)), _hours(known[child])
            if math.inf not in (then, now) and then != now:
                (told if then < now else doubts).append(f"{child} is dated {'later' if then < now else 'earlier'}")
            sure = calibrated(chance, *(params.calibration_passage_tree if child in above else params.calibration_passage))
            out.append(Edge(child, parent, "passage", round(sure, 4), tuple(told), tuple(doubts)))
    return sorted(out, key=lambda e: (e.child, e.parent))
