"""Stage 7: alignments to families: passages that stand in two or more documents, verified against a canonical copy.

Alignments whose passages overlap are taken together, and their documents in order: the earliest first if all are dated,
else the longest, then the smallest id. A document that finds itself aligned with later ones, in passages that no earlier
document has claimed, becomes canonical: it is cut where its alignments end, and each segment with its counterparts is a
family. So membership never rests on a chain of resemblances.

A family whose members are otherwise unrelated documents of one outlet is boilerplate, however many there are; the same passage
in many outlets is wire copy, and is kept.
"""

from bisect import bisect_right, insort
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import xxhash

from dedup.params import MatchParams
from dedup.types import Alignments, Document, FamilyKind

Passage = tuple[int, int, int]
"""Document, first token, token after the last."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A family in token numbers; `passages` are sorted and hold the canonical one."""

    canonical: Passage
    passages: tuple[Passage, ...]


def identify(document: str, start: int, end: int) -> str:
    """Return a family's id: a hash of its canonical document's id and its extent there in code points."""
    return xxhash.xxh3_64_hexdigest(f"{document}\0{start}\0{end}".encode("utf-8", "replace"))


def propose(alignments: Alignments, documents: Sequence[Document], params: MatchParams) -> list[Draft]:
    """Return the families that `alignments` make, sorted by their canonical passage."""
    rows = alignments.rows.tolist()
    drafts: list[Draft] = []
    for group in _components(rows):
        order = _ranking({doc for i in group for doc in rows[i][:2]}, documents)
        drafts += _cut(alignments, rows, group, order, params)
    return sorted(drafts, key=lambda d: d.canonical)


def _components(rows: list[list[int]]) -> Iterable[list[int]]:
    """Alignments (row numbers) that touch each other through overlapping passages, component by component."""
    spans = [(row[side], row[2 + 2 * side], row[3 + 2 * side], i) for i, row in enumerate(rows) for side in (0, 1)]
    parent = list(range(len(rows)))

    def find(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    last: tuple[int, int, int] | None = None
    for doc, start, end, i in sorted(spans):
        if last and last[0] == doc and start < last[1]:
            parent[max(find(i), find(last[2]))] = min(find(i), find(last[2]))
            last = (doc, max(end, last[1]), i)
        else:
            last = (doc, end, i)
    groups = defaultdict(list)
    for i in range(len(rows)):
        groups[find(i)].append(i)
    return groups.values()


def _ranking(members: set[int], documents: Sequence[Document]) -> dict[int, int]:
    """Rank of each document as a canonical copy, 0 the best."""
    dated = all(documents[d].published is not None for d in members)

    def key(d: int) -> tuple[object, ...]:
        document = documents[d]
        return (document.published if dated else -len(document.text), document.id)

    return {d: rank for rank, d in enumerate(sorted(members, key=key))}


def _cut(
    alignments: Alignments, rows: list[list[int]], group: list[int], order: dict[int, int], params: MatchParams
) -> list[Draft]:
    """Families of one component."""
    by_document = defaultdict(list)
    for i in group:
        by_document[min(rows[i][:2], key=order.__getitem__)].append(i)
    claims: dict[int, _Places] = defaultdict(_Places)
    drafts: list[Draft] = []
    for doc in sorted(by_document, key=order.__getitem__):
        sided = [s for i in by_document[doc] for s in _unclaimed(_sided(alignments, rows[i], i, doc), doc, claims, params.cut)]
        cuts = _cuts([s.own for s in sided], params.cut)
        placed = set()
        found = []
        for start, end in pairwise(cuts):
            passages = {(doc, start, end)}
            for number, s in enumerate(sided):
                if min(s.own[1], end) - max(s.own[0], start) > (end - start) // 2 and (
                    piece := s.piece(start, end, params.evident_run)
                ):
                    passages.add((s.other, *piece))
                    placed.add(number)
            if len(passages) > 1:
                found.append(Draft((doc, start, end), tuple(sorted(passages))))
        # An alignment that fits no segment, for its words or its ends, is a family of its own.
        for number, s in enumerate(sided):
            if number not in placed and s.own == s.whole:
                other = (s.other, s.project(s.own[0]), s.project(s.own[1], after=True))
                found.append(Draft((doc, *s.own), tuple(sorted([(doc, *s.own), other]))))
        for draft in found:
            for p in draft.passages:
                claims[p[0]].add(p[1], p[2], len(drafts))
            drafts.append(draft)
    return drafts


@dataclass(frozen=True, slots=True)
class _Sided:
    """An alignment, or a part of it, seen from one document: its extent there, and how its tokens map to the other."""

    own: tuple[int, int]
    whole: tuple[int, int]
    other: int
    other_whole: tuple[int, int]
    edits: list[list[int]]  # own from, own to, other from, other to

    def piece(self, start: int, end: int, run: int) -> tuple[int, int] | None:
        """Where own tokens `start:end` stand in the other document, if half of the words there are the same and `run` in a row.

        An alignment that has little more than these tokens was verified as a whole.
        """
        first, last = max(start, self.own[0]), min(end, self.own[1])
        left, right = self.project(first), self.project(last, after=True)
        edited, longest, at = 0, 0, first
        for e in self.edits:
            if e[1] >= first and e[0] <= last:
                edited += max(0, min(e[1], last) - max(e[0], first))
                longest, at = max(longest, e[0] - at), e[1]
        if max(longest, last - at) < min(run, last - first):
            return None
        most = 10 * (last - first) >= 9 * (self.whole[1] - self.whole[0])
        same = 2 * (last - first - edited) >= max(last - first, right - left)
        return (left, right) if right > left and (most or same) else None

    def project(self, token: int, *, after: bool = False) -> int:
        """Where own token `token` stands in the other document; inside an edit, its start, or its end if `after`."""
        at = bisect_right(self.edits, token, key=lambda e: e[0]) - 1
        if at >= 0 and after and self.edits[at][0] == token and self.edits[at][1] > token:
            at -= 1
        if at < 0:
            return self.other_whole[0] + token - self.whole[0]
        own_from, own_to, other_from, other_to = self.edits[at]
        if token < own_to:
            return other_to if after else other_from
        if after and token == own_to and own_from == own_to:
            return other_from
        return other_to + token - own_to


def _sided(alignments: Alignments, row: list[int], number: int, doc: int) -> _Sided:
    doc_a, doc_b, a_from, a_to, b_from, b_to, _ = row
    edits = alignments.edits_of(number).tolist()
    if doc == doc_a:
        return _Sided((a_from, a_to), (a_from, a_to), doc_b, (b_from, b_to), edits)
    turned = [[*e[2:], *e[:2]] for e in edits]
    return _Sided((b_from, b_to), (b_from, b_to), doc_a, (a_from, a_to), turned)


def _unclaimed(sided: _Sided, doc: int, claims: Mapping[int, "_Places"], least: int) -> list[_Sided]:
    """What no earlier family holds of an alignment, on both sides: parts of `least` tokens or more, or all of it."""
    if doc not in claims or sided.other not in claims:
        return [sided]
    there = {draft for _, _, draft in claims[sided.other].overlaps(*sided.other_whole)}
    held = sorted(place for place in claims[doc].overlaps(*sided.own) if place[2] in there)
    if not held:
        return [sided]
    parts, at = [], sided.own[0]
    for start, end, _ in [*held, (sided.own[1], sided.own[1], -1)]:
        if start - at >= least:
            parts.append(replace(sided, own=(at, start)))
        at = max(at, end)
    return parts


def _cuts(extents: list[tuple[int, int]], least: int) -> list[int]:
    """Where a document is cut: ends of its alignments, those within `least` tokens of each other made one, the commonest.

    The two ends of one alignment never become one, however short it is.
    """
    counts = Counter(end for extent in extents for end in extent)
    latest: dict[int, int] = {}
    for start, end in extents:
        latest[end] = max(start, latest.get(end, start))
    clusters: list[list[int]] = []
    for place in sorted(counts):
        if clusters and place - clusters[-1][0] < least and latest.get(place, -1) < clusters[-1][0]:
            clusters[-1].append(place)
        else:
            clusters.append([place])
    return [max(cluster, key=lambda p: (counts[p], -p)) for cluster in clusters]


class _Places:
    """Passages of one document, each of some draft, looked up by overlap."""

    def __init__(self) -> None:
        self._sorted: list[tuple[int, int, int]] = []  # from, to, draft
        self._longest = 0

    def add(self, start: int, end: int, draft: int) -> None:
        insort(self._sorted, (start, end, draft))
        self._longest = max(self._longest, end - start)

    def overlaps(self, start: int, end: int) -> list[tuple[int, int, int]]:
        """From, to (within `start:end`) and draft of each passage that shares tokens with `start:end`."""
        first = bisect_right(self._sorted, (start - self._longest,))
        last = bisect_right(self._sorted, (end,))
        return [
            (place_start if place_start > start else start, place_end if place_end < end else end, draft)
            for place_start, place_end, draft in self._sorted[first:last]
            if place_end > start and place_start < end
        ]


def unaligned(drafts: Sequence[Draft], alignments: Alignments, limit: int) -> npt.NDArray[np.uint32]:
    """Return windows (document a, document b, a from, a to, b from, b to) of pairs in small families not yet aligned.

    Families of up to `limit` passages list all their pairs; the pipeline aligns these windows, and `accept` takes the answers.
    """
    done = {(a, b) for a, b in alignments.rows[:, :2].tolist()}
    rows = [
        (p[0], q[0], p[1], p[2], q[1], q[2])
        for draft in drafts
        if 2 < len(draft.passages) <= limit
        for n, p in enumerate(draft.passages)
        for q in draft.passages[n + 1 :]
        if p[0] < q[0] and (p[0], q[0]) not in done
    ]
    return np.array(sorted(set(rows)), dtype=np.uint32).reshape(-1, 6)


def accept(
    alignments: Alignments, drafts: Sequence[Draft], kinds: Sequence[FamilyKind], params: MatchParams
) -> npt.NDArray[np.int64]:
    """Return the draft that names each alignment, shape (n,); -1 where its pair is not listed.

    It is the reused draft that covers most of it. In one of more than `family_pairs` passages only pairs with the canonical
    copy are listed.
    """
    places: dict[int, _Places] = defaultdict(_Places)
    for number, draft in enumerate(drafts):
        if kinds[number] == "reuse":
            for doc, start, end in draft.passages:
                places[doc].add(start, end, number)
    out = np.full(len(alignments), -1, np.int64)
    for i, (doc_a, doc_b, a_from, a_to, b_from, b_to, _) in enumerate(alignments.rows.tolist()):
        if doc_a not in places or doc_b not in places:
            continue
        there = {number for _, _, number in places[doc_b].overlaps(b_from, b_to)}
        sizes: Counter[int] = Counter()
        for start, end, number in places[doc_a].overlaps(a_from, a_to):
            small = len(drafts[number].passages) <= params.family_pairs
            if number in there and (small or drafts[number].canonical[0] in (doc_a, doc_b)):
                sizes[number] += end - start
        if sizes:
            out[i] = min(sizes, key=lambda number: (-sizes[number], number))
    return out


def kinds(
    drafts: Sequence[Draft],
    alignments: Alignments,
    documents: Sequence[Document],
    sizes: npt.NDArray[np.int64],
    params: MatchParams,
) -> list[FamilyKind]:
    """Return whether each draft is reuse or boilerplate; `sizes` (documents,) are token counts."""
    shared: Counter[tuple[int, int]] = Counter()
    for doc_a, doc_b, a_from, a_to, _, _, _ in alignments.rows.tolist():
        shared[doc_a, doc_b] += a_to - a_from

    def related(x: int, y: int) -> bool:
        least = min(sizes[x], sizes[y])
        return bool(shared[min(x, y), max(x, y)] >= params.boilerplate_related * least)

    def judge(draft: Draft) -> FamilyKind:
        if draft.canonical[2] - draft.canonical[1] >= params.boilerplate_words:
            return "reuse"
        outlets: dict[str, list[int]] = defaultdict(list)
        members = sorted({p[0] for p in draft.passages})
        for doc in members:
            if documents[doc].outlet is not None:
                outlets[documents[doc].outlet or ""].append(doc)
        base = draft.canonical[0]

        # Of a large family only pairs with the canonical copy were aligned: what is related to it counts as one.
        def alike(x: int, y: int) -> bool:
            return related(x, y) or (related(x, base) and related(y, base))

        stale = sum(len(docs) for docs in outlets.values() if _independent(docs, alike, params.boilerplate_documents))
        return "boilerplate" if 2 * stale > len(members) else "reuse"

    return [judge(draft) for draft in drafts]


def _independent(docs: list[int], related: Callable[[int, int], bool], count: int) -> bool:
    """Whether `docs` hold `count` documents of which no two are related, taking each that fits in turn."""
    chosen: list[int] = []
    for doc in docs:
        if not any(related(doc, other) for other in chosen):
            chosen.append(doc)
            if len(chosen) == count:
                return True
    return False
