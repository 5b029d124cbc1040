"""Stage 7: alignments to families: passages that stand in two or more documents, verified against a canonical copy.

The `cut_families` kernel (`rust/src/families.rs`) takes the documents in order: the earliest first if all are dated, else the
longest, then the smallest id. So membership never rests on a chain of resemblances.

A family whose members are otherwise unrelated documents of one outlet is boilerplate, however many there are; a long one only
where weeks lie between them, as no story lasts. The same passage in many outlets is wire copy, and is kept.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import xxhash

from dedup import _native
from dedup.arrays import Alignments, among, distinct, keys
from dedup.params import MatchParams
from dedup.types import Document, FamilyKind

_REST = 0.2
"""Share of an article below which what is left of it beside a passage is not looked at."""


@dataclass(frozen=True, slots=True)
class Drafts:
    """n families in token numbers, by their canonical passages; a passage is a document, first token, token after the last.

    `canonical` uint32 (n, 3); family i has the `passages` `offsets[i]:offsets[i + 1]`, uint32 (m, 3), sorted, the canonical one
    among them; `offsets` int64 (n + 1,).
    """

    canonical: npt.NDArray[np.uint32]
    offsets: npt.NDArray[np.int64]
    passages: npt.NDArray[np.uint32]

    def __len__(self) -> int:
        return len(self.canonical)

    def sizes(self) -> npt.NDArray[np.int64]:
        """Return how many passages each family has, shape (n,)."""
        return np.diff(self.offsets)

    def passages_of(self, number: int) -> list[list[int]]:
        """Return the passages of one family."""
        found: list[list[int]] = self.passages[self.offsets[number] : self.offsets[number + 1]].tolist()
        return found


def identify(document: str, start: int, end: int) -> str:
    """Return a family's id: a hash of its canonical document's id and its extent there in code points."""
    return xxhash.xxh3_64_hexdigest(f"{document}\0{start}\0{end}".encode("utf-8", "replace"))


def propose(alignments: Alignments, ranks: npt.NDArray[np.uint32], dated: npt.NDArray[np.bool_], params: MatchParams) -> Drafts:
    """Return the families that `alignments` make.

    `ranks` (2, documents) order them as canonical copies, by time and by length; the first holds where all are `dated`.
    """
    rows, offsets, edits = alignments.rows, alignments.edit_offsets, alignments.edits
    return Drafts(*_native.cut_families(rows, offsets, edits, ranks, dated, params.cut, params.evident_run))


def unaligned(drafts: Drafts, alignments: Alignments, limit: int) -> npt.NDArray[np.uint32]:
    """Return windows (document a, document b, a from, a to, b from, b to) of pairs in small families not yet aligned.

    Families of up to `limit` passages list all their pairs; the pipeline aligns these windows, and `accept` takes the answers.
    """
    done, sizes = keys(alignments.rows), drafts.sizes()
    found = [np.zeros((0, 6), np.uint32)]
    for size in distinct(sizes[(sizes > 2) & (sizes <= limit)]).tolist():
        members = drafts.passages[drafts.offsets[:-1][sizes == size, None] + np.arange(size)]
        one, other = (members[:, side].reshape(-1, 3) for side in np.triu_indices(size, 1))
        rows = np.column_stack([one[:, 0], other[:, 0], one[:, 1:], other[:, 1:]])
        found.append(rows[(one[:, 0] < other[:, 0]) & ~among(keys(rows), done)])
    rows = np.concatenate(found)
    rows = rows[np.lexsort(rows.T[::-1])]
    return rows[np.any(np.diff(rows.astype(np.int64), axis=0, prepend=-1), axis=1)]


def accept(
    alignments: Alignments,
    drafts: Drafts,
    kinds: Sequence[FamilyKind],
    params: MatchParams,
    crowd: npt.NDArray[np.bool_],
) -> npt.NDArray[np.int64]:
    """Return the draft that names each alignment, shape (n,); -1 where its pair is not listed.

    It is the reused draft that covers most of it. In one of more than `family_pairs` passages only pairs with the canonical
    copy are listed, and pairs of a `crowd`, bool (documents,), of which few were aligned.
    """
    reused = np.array([kind == "reuse" for kind in kinds], np.bool_)

    def named(listed: int) -> npt.NDArray[np.int64]:
        return _native.name_families(alignments.rows, drafts.canonical, drafts.offsets, drafts.passages, reused, listed)

    found = named(params.family_pairs)
    if crowd.any():
        found = np.where(crowd[alignments.rows[:, :2]].all(axis=1), named(len(drafts.passages)), found)
    return found


def kinds(
    drafts: Drafts,
    alignments: Alignments,
    documents: Sequence[Document],
    sizes: npt.NDArray[np.int64],
    params: MatchParams,
) -> list[FamilyKind]:
    """Return whether each draft is reuse or boilerplate; `sizes` (documents,) are token counts."""
    shared: Counter[tuple[int, int]] = Counter()
    for doc_a, doc_b, a_from, a_to, _, _, _ in alignments.rows.tolist():
        shared[doc_a, doc_b] += a_to - a_from

    def related(x: int, y: int, but: int = 0) -> bool:
        least, common = int(min(sizes[x], sizes[y])), shared[min(x, y), max(x, y)]
        if least - but < _REST * least:  # the passage is the article: what is left of it says nothing
            but = 0
        return common - but >= params.boilerplate_related * (least - but)

    def apart(x: int, y: int) -> bool:
        one, other = documents[x].published, documents[y].published
        return one is not None and other is not None and abs(one - other).days >= params.boilerplate_days

    def judge(number: int) -> FamilyKind:
        outlets: dict[str, list[int]] = defaultdict(list)
        members = sorted({doc for doc, _, _ in drafts.passages_of(number)})
        # Those without a date, such as a draft, last: they cannot be told apart in time.
        for doc in sorted(members, key=lambda doc: documents[doc].published is None):
            if documents[doc].outlet is not None:
                outlets[documents[doc].outlet or ""].append(doc)
        base, first, last = map(int, drafts.canonical[number])
        long = not short[number]

        # Of a large family only pairs with the canonical copy were aligned: what is related to it counts as one. In what is
        # apart in time the passage itself, which may be half of a brief, does not make two articles one story: what stands
        # around it must be shared too.
        def alike(x: int, y: int) -> bool:
            but = last - first if apart(x, y) else 0
            return related(x, y, but) or (related(x, base, but) and related(y, base, but)) or (long and not apart(x, y))

        stale = sum(len(docs) for docs in outlets.values() if _independent(docs, alike, params.boilerplate_documents))
        return "boilerplate" if 2 * stale > len(members) else "reuse"

    short = drafts.canonical[:, 2] - drafts.canonical[:, 1] < params.boilerplate_words
    return [judge(number) for number in range(len(drafts))]


def _independent(docs: list[int], related: Callable[[int, int], bool], count: int) -> bool:
    """Whether `docs` hold `count` documents of which no two are related, taking each that fits in turn."""
    chosen: list[int] = []
    for doc in docs:
        if not any(related(doc, other) for other in chosen):
            chosen.append(doc)
            if len(chosen) == count:
                return True
    return False
