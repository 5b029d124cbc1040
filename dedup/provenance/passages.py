"""Who borrowed a passage from whom, apart from the main parent of a document.

Most pages are collages. One shared passage does not show who wrote it first, but many do together: a page that borrows once
borrows often, and a text that shares a different passage with each of several pages is their source. So each document has a
rate of borrowing, and each passage one holder that had it first; both are estimated by expectation maximisation, without
labels. Dates and credits are evidence beside them.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import xxhash

from dedup.arrays import covered
from dedup.language.counting import counted, inflected
from dedup.press.credits import credited
from dedup.press.names import usual_name
from dedup.provenance.credited import SIGNS, credited_newsrooms
from dedup.provenance.variant_table import Floats
from dedup.trace_params import PassageParams, TraceParams, calibrated
from dedup.types import Document, Edge, Family, Match, PassageTree, Reason, Span, UnseenSource

Places = Mapping[str, Mapping[str, Sequence[tuple[Span, float]]]]
"""By document and other document: the spans of the first that matches with the second cover, and the identity of each match."""
_Borrowed = tuple[Span, Mapping[str, float]]
"""A passage of a document, and for each other holder the probability that it had the passage before the document."""


@dataclass(frozen=True, slots=True)
class _Passage:
    """A family of passages: the span in each holder, and the heads, which are the holders whose main parent is no holder.

    `head_of` leads from each holder to the head above it, which may be an unseen source.
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
    *,
    outlets: frozenset[str],
) -> tuple[list[Edge], list[PassageTree], list[UnseenSource]]:
    """Return an edge of kind `passage` from each document to each other one that it borrowed passages from.

    `edges` are those of the forests: what a document has from its main parent is no borrowing, and the new edges make no
    circle with them. `outlets` are those of the corpus. There is no edge where both directions are equally likely. Also
    returned are the tree of each passage, and the unseen sources of passages.
    """
    known = {d.id: d for d in documents}
    above = {edge.child: edge.parent for edge in edges}
    places: dict[str, dict[str, list[tuple[Span, float]]]] = {name: defaultdict(list) for name in known}
    for match in matches:
        for one, other in ((match.a, match.b), (match.b, match.a)):
            places[one.doc or ""][other.doc or ""].append((one, match.identity))
    reworded = params.passages.reworded
    reused = [family for family in families if family.kind == "reuse"]
    found = [_passage(family, known, above, places, reworded) for family in reused]
    firsts = _firsts(known, found, _stand_ins(known, above), params, outlets)
    pairs = {}
    for (child, _), borrowed in sorted(_borrowed(found, firsts, above, places).items()):
        for parent, size, probability in _sources(child, borrowed, places):
            pairs[child, parent] = probability, size
    trees = PassageTrees(known, edges, params, outlets)
    grown = [trees.of(*one) for one in zip(reused, found, firsts, strict=True)]
    return _acyclic(pairs, known, above, params), grown, trees.sources


class PassageTrees:
    """The trees of passages, and the unseen sources that they need."""

    def __init__(
        self, known: Mapping[str, Document], edges: Sequence[Edge], params: TraceParams, outlets: frozenset[str]
    ) -> None:
        self.sources: list[UnseenSource] = []
        self._known, self._params = known, params
        self._edge_of = {edge.child: edge for edge in edges}
        self._outlets = outlets
        self._agency: dict[str, str | None] = {}

    def of(self, family: Family, passage: _Passage, first: Floats) -> PassageTree:
        """Return the tree of one family; `first` are the probabilities that each head of `passage` had it first.

        Within the tree of a document the passage goes the way of the document. Of several heads, one is the source of the
        others if that is likelier than not; else all have the passage from a text that is not here.
        """
        edges = [self._edge_of[name] for name in passage.spans if passage.head_of[name] != name]
        if len(passage.heads) == 1:
            (head,) = passage.heads
            return PassageTree(family.id, passage.spans.get(head, head), tuple(edges))
        chance = dict(zip(passage.heads, first.tolist(), strict=True))
        best = max(passage.heads, key=lambda head: (chance[head], head))
        others = [head for head in passage.heads if head != best]
        calibration = self._params.confidence.passage
        sure = {
            h: calibrated(chance[best] / (chance[best] + chance[h]), calibration.constant, calibration.slope) for h in others
        }
        if min(sure.values()) >= self._params.passages.decided:
            edges += [self._edge(passage.spans[h], best, sure[h]) for h in others if h in passage.spans]
            agency = self._signed(best)
            if agency is None or best not in self._known:
                return PassageTree(family.id, passage.spans.get(best, best), tuple(edges))
            source = self._unseen(family.id, agency, [best])
            reason = Reason("credit", f"{best} credits {agency}")
            edges.append(Edge(best, source, "passage", self.sources[-1].confidence, (reason,)))
            return PassageTree(family.id, source, tuple(edges))
        seen = [head for head in passage.heads if head in passage.spans]
        if not seen:
            return PassageTree(family.id, best, tuple(edges))
        named = [agency for head in seen if (agency := self._signed(head))]
        known = [head for head in passage.heads if head not in passage.spans]
        # An unseen source that has the passage may be the source of the others, too: no further one is needed.
        source = (
            max(known, key=lambda h: (chance[h], h)) if known else self._unseen(family.id, named[0] if named else None, seen)
        )
        sure_of = self._params.passages.credited if named else self._params.passages.unseen
        doubt = Reason("first", f"{best} may have had it first, and the others from there: {max(sure.values()):.0%}")
        for head in seen:
            reasons = [Reason("common-source", "nothing shows which of these documents had the passage first")]
            if agency := self._signed(head):
                reasons.append(Reason("credit", f"{head} credits {agency}"))
            edges.append(Edge(head, source, "passage", sure_of, tuple(reasons), (doubt,)))
        return PassageTree(family.id, source, tuple(edges))

    def _edge(self, span: Span, parent: str, confidence: float) -> Edge:
        return _edge(span.doc or "", parent, span.end - span.start, round(confidence, 4), self._known)

    def _unseen(self, family: str, agency: str | None, children: Sequence[str]) -> str:
        name = "hidden:" + xxhash.xxh3_64_hexdigest(f"passage {family}".encode())
        params = self._params.passages
        sure = params.credited if agency else params.unseen
        self.sources.append(UnseenSource(name, agency, sure, tuple(sorted(children))))
        return name

    def _signed(self, name: str) -> str | None:
        """Return the newsroom without documents whose text a document states that it prints, or None."""
        if name not in self._known:
            return None
        if name not in self._agency:
            given = credited_newsrooms(self._known[name], self._outlets)
            signed = [other for other, kind in given.items() if kind in SIGNS and other not in self._outlets]
            self._agency[name] = usual_name(signed[0]) if signed else None
        return self._agency[name]


def _borrowed(
    found: Sequence[_Passage], firsts: Sequence[Floats], above: Mapping[str, str], places: Places
) -> dict[tuple[str, str], list[_Borrowed]]:
    """Return the passages that each document borrowed, by document and by the origin of the tree that it has them from."""
    origins = {name: _origin(name, above) for passage in found for name in passage.spans}
    out: dict[tuple[str, str], list[_Borrowed]] = defaultdict(list)
    for passage, first in zip(found, firsts, strict=True):
        chance = dict(zip(passage.heads, first.tolist(), strict=True))
        for child in (head for head in passage.heads if head in passage.spans):
            span = passage.spans[child]
            of_head = {head: own / (own + chance[child]) for head, own in chance.items() if own > chance[child]}
            odds = {holder: of_head[head] for holder, head in passage.head_of.items() if head in of_head}
            if odds:
                # The holder with the most similar wording; among equals, the one that was most likely first.
                compared = [h for h in odds if h in places[child]] or odds
                best = max(compared, key=lambda h: (_overlap(places, child, h, span)[1], odds[h], h))
                tree = origins[best]
                out[child, tree].append((span, {h: own for h, own in odds.items() if origins[h] == tree}))
    return out


def _sources(child: str, borrowed: Sequence[_Borrowed], places: Places) -> Iterator[tuple[str, int, float]]:
    """Yield the fewest documents of one tree that `child` may have its passages from: id, code points, and probability.

    Each time, the document is taken that holds most of what is left, in the most similar words (greedy set cover).
    """
    left = [(span, odds, _similarities(child, span, odds, places)) for span, odds in borrowed]
    while left:
        total: Counter[str] = Counter()
        for _, _, similar in left:
            total.update(similar)
        candidates = +total or {holder: 0 for _, odds, _ in left for holder in odds}
        parent = max(candidates, key=lambda h: (candidates[h], h))
        held = [(span, odds[parent]) for span, odds, _ in left if parent in odds]
        weight = sum(span.end - span.start for span, _ in held)
        likely = sum((span.end - span.start) * probability for span, probability in held) / weight
        yield parent, covered([(span.start, span.end) for span, _ in held]), likely
        left = [one for one in left if parent not in one[1]]


def _similarities(child: str, span: Span, odds: Mapping[str, float], places: Places) -> dict[str, int]:
    """Return how much of `span` each possible source holds, by identity and odds, in thousandths of a code point."""
    out = {}
    for holder in odds.keys() & places[child].keys():
        size, identity = _overlap(places, child, holder, span)
        out[holder] = round(1000 * max(0, size) * identity * odds[holder])
    return out


def _origin(name: str, above: Mapping[str, str]) -> str:
    """Return the origin of the tree of a document."""
    while name in above:
        name = above[name]
    return name


def _overlap(places: Places, one: str, other: str, span: Span) -> tuple[int, float]:
    """Return the code points of `span`, in `one`, that a match with `other` covers at most, and the identity of that match."""
    own = places[one].get(other, ()) if one in places else ()
    return max(
        ((min(there.end, span.end) - max(there.start, span.start), identity) for there, identity in own), default=(0, 0.0)
    )


def _passage(
    family: Family, known: Mapping[str, Document], above: Mapping[str, str], places: Places, reworded: float
) -> _Passage:
    """Return a family with its heads; a parent holds the passage `reworded` if a match covers this share of it."""
    spans = {span.doc or "": span for span in family.passages}
    head_of = {}
    for name in spans:
        head = name
        while (parent := above.get(head)) is not None:
            span = spans.get(head)
            # The reworded passage may be of another family. What an unseen source held is unknown.
            similar = span and _overlap(places, head, parent, span)[0] >= reworded * (span.end - span.start)
            if parent in known and parent not in spans and not similar:
                break
            head = parent
        head_of[name] = head
    return _Passage(spans, head_of, sorted(set(head_of.values())))


def _hours(document: Document | None) -> float:
    """Return when a document was published, in hours; infinity if that is unknown."""
    return document.published.timestamp() / 3600 if document and document.published else math.inf


def _stand_ins(known: Mapping[str, Document], above: Mapping[str, str]) -> dict[str, str]:
    """Return for each unseen source the first of the documents below it: what is known of the source is what they show."""
    out: dict[str, str] = {}
    for name in sorted(known, key=lambda name: (_hours(known[name]), name)):
        at = name
        while (at := above.get(at, "")) and out.get(at) is None:
            if at not in known:
                out[at] = name
    return out


def _evidence(
    known: Mapping[str, Document],
    found: Sequence[_Passage],
    stand_ins: Mapping[str, str],
    params: TraceParams,
    outlets: frozenset[str],
) -> Floats:
    """Return the log likelihood that each head of each passage, in one row, was first, by dates and credits.

    It is 0 for the only head of a passage.
    """
    dated_first = math.log((1 - params.dates.wrong) / params.dates.wrong) * params.passages.dated
    contested = {h: known[stand_ins.get(h, h)] for passage in found if len(passage.heads) > 1 for h in passage.heads}
    credits_of = {h: [o for o in credited(d.text, outlets) if o != d.outlet] for h, d in contested.items()}
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
        creditors = Counter(name for h in passage.heads for name in credits_of.get(h, ()))
        by_others = np.array([creditors.get(contested[h].outlet or "", 0) for h in passage.heads])
        out.append(np.where(np.isfinite(times), dated_first * ahead, 0.0) + params.credits.parent * by_others)
    return np.concatenate(out)


def _firsts(
    known: Mapping[str, Document],
    found: Sequence[_Passage],
    stand_ins: Mapping[str, str],
    params: TraceParams,
    outlets: frozenset[str],
) -> list[Floats]:
    """Return for each passage the probability that each of its heads was first.

    Expectation: who was first, given the rates of borrowing. Maximisation: the rates, given who was first.
    """
    if not found:
        return []
    number = {h: n for n, h in enumerate(dict.fromkeys([*_holders(found), *(h for passage in found for h in passage.heads)]))}
    borrowed, most = _counts(known, found, number, stand_ins, params.passages)
    # The heads of all passages in one row; passages with equally many heads are computed together.
    heads = np.array([number[h] for passage in found for h in passage.heads])
    sizes = np.array([len(passage.heads) for passage in found])
    ends = np.cumsum(sizes)
    same_size = [(ends - sizes)[sizes == size, None] + np.arange(size) for size in np.unique(sizes[sizes > 1]).tolist()]
    evidence, firsts = _evidence(known, found, stand_ins, params, outlets), np.ones(len(heads))
    prior, least = params.passages, params.passages.rate_least
    rate = np.full(len(number), prior.borrowed / (prior.borrowed + prior.written))
    for _ in range(params.passages.rounds):
        odds = evidence + np.log(1 - rate)[heads] - np.log(rate)[heads]
        for at in same_size:
            chances = np.exp(odds[at] - odds[at].max(axis=1, keepdims=True))
            firsts[at] = chances / chances.sum(axis=1, keepdims=True)
        expected = borrowed.copy()
        np.add.at(expected, heads, 1 - firsts)
        rate = np.clip((prior.borrowed + expected) / most, least, 1 - least)
    return np.split(firsts, ends[:-1])


def _holders(found: Sequence[_Passage]) -> dict[str, int]:
    """Return the documents that hold passages, and the code points of these in each."""
    shared = Counter[str]()
    for passage in found:
        for name, span in passage.spans.items():
            shared[name] += span.end - span.start
    return shared


def _counts(
    known: Mapping[str, Document],
    found: Sequence[_Passage],
    number: Mapping[str, int],
    stand_ins: Mapping[str, str],
    params: PassageParams,
) -> tuple[Floats, Floats]:
    """Return, by `number` of a document, its passages from the main parent, and all its passages with the prior.

    Text that it shares with nobody counts as passages of its own. An unseen source has what the first of its copies has.
    """
    shared, held, copied = _holders(found), Counter[str](), Counter[str]()
    for passage in found:
        for name in passage.spans:
            held[name] += 1
            copied[name] += passage.head_of[name] != name
    first = [stand_ins.get(h, h) for h in number]
    own = [params.unshared * max(0, len(known[h].text) - shared[h]) * held[h] / max(1, shared[h]) for h in first]
    most = params.borrowed + params.written + np.array([held[h] for h in first], float) + np.array(own)
    return np.array([copied[h] if h in known else 0 for h in number], float), most


def _acyclic(
    pairs: Mapping[tuple[str, str], tuple[float, int]],
    known: Mapping[str, Document],
    above: Mapping[str, str],
    params: TraceParams,
) -> list[Edge]:
    """Return the pairs of child and parent as edges, the most probable first, without those that would close a circle."""
    parents: dict[str, set[str]] = defaultdict(set)
    for child, parent in above.items():
        parents[child].add(parent)
    out = []
    for (child, parent), (probability, size) in sorted(pairs.items(), key=lambda p: (-p[1][0], p[0])):
        reached, queue = {parent}, [parent]
        for at in queue:
            queue += parents[at] - reached
            reached |= parents[at]
        if child not in reached and parent not in parents[child]:
            parents[child].add(parent)
            confidence = params.confidence.passage_in_tree if child in above else params.confidence.passage
            sure = round(calibrated(probability, confidence.constant, confidence.slope), 4)
            out.append(_edge(child, parent, size, sure, known))
    return sorted(out, key=lambda e: (e.child, e.parent))


def _edge(child: str, parent: str, size: int, confidence: float, known: Mapping[str, Document]) -> Edge:
    """Return the edge of a document that borrowed `size` code points from another."""
    occur = inflected(size, "occurs", "occur")
    reasons = [Reason("shared-characters", f"{counted(size, 'character')} of {child} {occur} in {parent}")]
    doubts: list[Reason] = []
    then, now = _hours(known.get(parent)), _hours(known[child])
    if math.inf not in (then, now) and then < now:
        reasons.append(Reason("later", f"{child} is dated later"))
    elif math.inf not in (then, now) and then > now:
        doubts.append(Reason("earlier", f"{child} is dated earlier"))
    return Edge(child, parent, "passage", confidence, tuple(reasons), tuple(doubts))
