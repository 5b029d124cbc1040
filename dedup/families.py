"""Stage 7: alignments to families: passages that occur in two or more documents, each verified against a canonical copy.

The kernel `cut_families` (`rust/src/families.rs`) takes the documents in order: the earliest first if all are dated, else the
longest, then the one with the smallest id. So no passage joins a family only because it resembles another member.

A family is boilerplate if its members are otherwise unrelated documents of one outlet, however many there are. A long passage
is boilerplate only if weeks lie between these documents, because no story lasts so long. The same passage in many outlets is
wire copy, and is reuse.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import xxhash

from dedup import _native
from dedup.arrays import Alignments, among, distinct, keys
from dedup.params import MatchParams
from dedup.types import Document, FamilyKind


@dataclass(frozen=True, slots=True)
class Proposed:
    """The n proposed families, in token numbers, sorted by their canonical passages.

    A passage is a document, its first token, and the token after its last.
    """

    canonical: npt.NDArray[np.uint32]
    """(n, 3): the canonical passage of each family."""
    offsets: npt.NDArray[np.int64]
    """(n + 1,): family i has the passages `offsets[i]:offsets[i + 1]`."""
    passages: npt.NDArray[np.uint32]
    """(m, 3): the passages of each family, sorted, the canonical one among them."""

    def __len__(self) -> int:
        return len(self.canonical)

    def arrays(self) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.int64], npt.NDArray[np.uint32]]:
        """Return the three arrays, as the kernel takes them."""
        return self.canonical, self.offsets, self.passages

    def sizes(self) -> npt.NDArray[np.int64]:
        """Return the number of passages of each family, int64 (n,)."""
        return np.diff(self.offsets)

    def families(self) -> Iterator[tuple[list[int], list[list[int]]]]:
        """Yield the canonical passage and the passages of each family."""
        for number, canonical in enumerate(self.canonical.tolist()):
            yield canonical, self.passages_of(number)

    def passages_of(self, number: int) -> list[list[int]]:
        """Return the passages of family `number`."""
        found: list[list[int]] = self.passages[self.offsets[number] : self.offsets[number + 1]].tolist()
        return found


def identify(document: str, start: int, end: int) -> str:
    """Return a family's id: a hash of its canonical document's id and its extent there in code points."""
    return xxhash.xxh3_64_hexdigest(f"{document}\0{start}\0{end}".encode("utf-8", "replace"))


def propose(
    alignments: Alignments, ranks: npt.NDArray[np.uint32], dated: npt.NDArray[np.bool_], params: MatchParams
) -> Proposed:
    """Return the families of `alignments`.

    `ranks` uint32 (2, documents): two ranks of each document, by time and by length. The canonical copy of a family is in its
    document of least rank: by time if all documents that overlapping alignments connect are `dated` bool (documents,), else by
    length.
    """
    rows, offsets, edits = alignments.rows, alignments.edit_offsets, alignments.edits
    return _one_each(Proposed(*_native.cut_families(rows, offsets, edits, ranks, dated, params)))


def _one_each(proposed: Proposed) -> Proposed:
    """Return `proposed` with families of one canonical passage made one.

    Copies of a passage that were not aligned with each other, only with the canonical copy, come as several families. They have
    the same passage, and its extent is the id of a family.
    """
    new = np.any(np.diff(proposed.canonical.astype(np.int64), axis=0, prepend=-1), axis=1)
    if new.all():
        return proposed
    owners = np.repeat(np.cumsum(new) - 1, proposed.sizes())
    rows = np.column_stack([owners, proposed.passages])
    rows = rows[np.lexsort(rows.T[::-1])]
    rows = rows[np.any(np.diff(rows, axis=0, prepend=-1), axis=1)]
    offsets = np.searchsorted(rows[:, 0], np.arange(new.sum() + 1))
    return Proposed(proposed.canonical[new], offsets, np.ascontiguousarray(rows[:, 1:], np.uint32))


def unaligned(proposed: Proposed, alignments: Alignments, limit: int) -> npt.NDArray[np.uint32]:
    """Return windows of the pairs of passages in small families that `alignments` lack, uint32 (n, 6), as `align` takes them.

    Small families have at most `limit` passages; a report lists all their pairs.
    """
    done, sizes = keys(alignments.rows), proposed.sizes()
    found = [np.zeros((0, 6), np.uint32)]
    for size in distinct(sizes[(sizes > 2) & (sizes <= limit)]).tolist():
        members = proposed.passages[proposed.offsets[:-1][sizes == size, None] + np.arange(size)]
        one, other = (members[:, side].reshape(-1, 3) for side in np.triu_indices(size, 1))
        rows = np.column_stack([one[:, 0], other[:, 0], one[:, 1:], other[:, 1:]])
        found.append(rows[(one[:, 0] < other[:, 0]) & ~among(keys(rows), done)])
    rows = np.concatenate(found)
    rows = rows[np.lexsort(rows.T[::-1])]
    return rows[np.any(np.diff(rows.astype(np.int64), axis=0, prepend=-1), axis=1)]


def accept(
    alignments: Alignments,
    proposed: Proposed,
    kinds: Sequence[FamilyKind],
    shared: "SharedText",
    dense: npt.NDArray[np.bool_],
) -> npt.NDArray[np.int64]:
    """Return the number in `proposed` of the family of each alignment, int64 (n,); -1 if the alignment is not reported.

    Of the reused families that report the alignment, it is the one that covers most of it. A family of at most
    `all_pairs_passages` passages reports all its alignments. A larger family reports an alignment with the canonical copy, and
    one between two documents of a dense group (`dense` bool (documents,)), because few pairs of such a group were aligned.

    Boilerplate of at most `all_pairs_passages` passages reports what no reused family does of two related documents: a form
    that recurs is no reuse, but a report that was printed again is, though it has that form.
    """
    limit = shared.params.all_pairs_passages
    reused = np.array([kind == "reuse" for kind in kinds], np.bool_)

    def family_of(wanted: npt.NDArray[np.bool_], listed: int) -> npt.NDArray[np.int64]:
        return _native.name_families(alignments.rows, *proposed.arrays(), wanted, listed)

    found = family_of(reused, limit)
    if dense.any():
        found = np.where(dense[alignments.rows[:, :2]].all(axis=1), family_of(reused, len(proposed.passages)), found)
    recurring = ~reused & (proposed.sizes() <= limit)
    if recurring.any():
        named = family_of(recurring, limit)
        for n in np.flatnonzero((found < 0) & (named >= 0)).tolist():
            doc_a, doc_b = alignments.rows[n, :2].tolist()
            if shared.printed_again(doc_a, doc_b):
                found[n] = named[n]
    return found


def kinds(proposed: Proposed, shared: "SharedText") -> list[FamilyKind]:
    """Return whether each family is reuse or boilerplate."""
    return [_kind(shared, *family) for family in proposed.families()]


def forms(proposed: Proposed, shared: "SharedText", kinds: Sequence[FamilyKind]) -> npt.NDArray[np.bool_]:
    """Return which families are parts of a form, bool (families,): a box, a newsletter, a list of links.

    However long a passage is and whatever its dates are, it is a form if it stands in `form_documents` articles of one outlet
    that have nothing else in common. A form has several parts, each of which would make its articles related to each other. So
    what shares documents with a form is judged again without it.
    """
    params = shared.params
    long = proposed.canonical[:, 2] - proposed.canonical[:, 1] >= params.boilerplate_words
    found = long & np.array([kind == "reuse" for kind in kinds], np.bool_) & (proposed.sizes() >= params.form_documents)
    for n in np.flatnonzero(found).tolist():
        (base, first, last), passages = proposed.canonical[n].tolist(), proposed.passages_of(n)
        found[n] = _recurs(shared, passages, _beside(shared, base, last - first), params.form_documents)
    if found.any():
        touched = shared.leave_out(proposed, found)
        for n, ((base, first, last), passages) in enumerate(proposed.families()):
            if kinds[n] == "reuse" and not found[n] and touched.intersection(doc for doc, _, _ in passages):
                found[n] = _recurs(shared, passages, _beside(shared, base, last - first), params.boilerplate_documents)
    return found


class SharedText:
    """What pairs of documents share, and how far apart in time they are; `sizes` (documents,) are numbers of tokens."""

    def __init__(
        self, alignments: Alignments, documents: Sequence[Document], sizes: npt.NDArray[np.int64], params: MatchParams
    ) -> None:
        self.documents, self.params = documents, params
        self._rows = alignments.rows
        self._sizes: list[int] = sizes.tolist()
        self._shared: Counter[tuple[int, int]] = Counter()
        for doc_a, doc_b, a_from, a_to, _, _, _ in alignments.rows.tolist():
            self._shared[doc_a, doc_b] += a_to - a_from
        self._all_shared = self._shared.copy()

    def leave_out(self, proposed: Proposed, chosen: npt.NDArray[np.bool_]) -> set[int]:
        """Count no longer what lies in the families `chosen` bool (families,); return the documents that this concerns."""
        inside = _native.name_families(self._rows, *proposed.arrays(), chosen, len(proposed.passages)) >= 0
        for doc_a, doc_b, a_from, a_to, _, _, _ in self._rows[inside].tolist():
            self._shared[doc_a, doc_b] -= a_to - a_from
        return set(self._rows[inside, :2].ravel().tolist())

    def printed_again(self, x: int, y: int) -> bool:
        """Whether two documents share much, boilerplate and all."""
        return self._all_shared[min(x, y), max(x, y)] >= self.params.related_share * min(self._sizes[x], self._sizes[y])

    def related(self, x: int, y: int, without: int) -> bool:
        """Whether two documents share much, not counting `without` tokens of both."""
        least, common = min(self._sizes[x], self._sizes[y]), self._shared[min(x, y), max(x, y)]
        if least - without < self.params.related_rest * least:  # what is not to be counted is nearly the whole article
            without = 0
        return common - without >= self.params.related_share * (least - without)

    def apart(self, x: int, y: int) -> bool:
        """Whether `boilerplate_days` or more lie between two documents; False if one of them has no date."""
        one, other = self.documents[x].published, self.documents[y].published
        return one is not None and other is not None and abs(one - other).days >= self.params.boilerplate_days


def _kind(shared: SharedText, canonical: list[int], passages: list[list[int]]) -> FamilyKind:
    """Whether a family is reuse or boilerplate."""
    base, first, last = canonical
    long = last - first >= shared.params.boilerplate_words

    # If two documents are apart in time, the passage itself, which may be half of a short article, does not make them one
    # story; they must share text around it too.
    def one_story(x: int, y: int) -> bool:
        apart = shared.apart(x, y)
        return _beside(shared, base, last - first if apart else 0)(x, y) or (long and not apart)

    recurs = _recurs(shared, passages, one_story, shared.params.boilerplate_documents)
    return "boilerplate" if recurs else "reuse"


def _beside(shared: SharedText, base: int, without: int) -> Callable[[int, int], bool]:
    """Return whether two documents are related beside `without` tokens of both.

    In a large family only pairs with the canonical copy, in the document `base`, were aligned, so two documents that are both
    related to it count as related.
    """

    def related(x: int, y: int) -> bool:
        return shared.related(x, y, without) or (shared.related(x, base, without) and shared.related(y, base, without))

    return related


def _recurs(shared: SharedText, passages: Sequence[Sequence[int]], related: Callable[[int, int], bool], count: int) -> bool:
    """Whether most documents of a family are of outlets that print its passage in `count` documents that are not `related`."""
    documents = shared.documents
    outlets: dict[str, list[int]] = defaultdict(list)
    members = sorted({doc for doc, _, _ in passages})
    # Documents without a date, such as a draft, come last, because nothing is known to lie between them and the others.
    for doc in sorted(members, key=lambda doc: documents[doc].published is None):
        if (outlet := documents[doc].outlet) is not None:
            outlets[outlet].append(doc)
    recurring = [docs for docs in outlets.values() if _independent(docs, related, count)]
    return sum(map(len, recurring)) > shared.params.boilerplate_share * len(members)


def _independent(docs: list[int], related: Callable[[int, int], bool], count: int) -> bool:
    """Whether `docs` contain `count` documents no two of which are related.

    The choice is greedy: in the order of `docs`, each document is taken that is related to none of those taken before.
    """
    chosen: list[int] = []
    for doc in docs:
        if not any(related(doc, other) for other in chosen):
            chosen.append(doc)
            if len(chosen) == count:
                return True
    return False
