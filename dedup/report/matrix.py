"""Which outlets share passages with which, and whose copies were first."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import combinations

from dedup.report.labels import only_day
from dedup.types import Content, Document, Family, Report, utc

REST = -1
"""The row of all outlets that have none of their own."""


@dataclass(slots=True)
class Cell:
    """What two outlets share: how many passages one had `before` the other, `after` it, or at an unknown or the same time.

    `pairs` are pairs of articles, the earlier one first where that is known, with the number of passages that they share.
    """

    before: int = 0
    after: int = 0
    unknown: int = 0
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def passages(self) -> int:
        """How many passages both have."""
        return self.before + self.after + self.unknown

    def turned(self) -> "Cell":
        """The same cell as the other outlet sees it."""
        return Cell(self.after, self.before, self.unknown, self.pairs)


@dataclass(frozen=True, slots=True)
class Matrix:
    """The outlets with most shared passages, and the cells by the positions of two of them, the smaller one first.

    `outlets` are names, or ids of documents if `by_document`. `rest` is how many more there are: these are one row, `REST`.
    `passages` is the number of shared passages of each row.
    """

    outlets: Sequence[str]
    rest: int
    by_document: bool
    cells: Mapping[tuple[int, int], Cell]
    passages: Mapping[int, int]

    def cell(self, row: int, column: int) -> Cell | None:
        """Return what two rows share, as the first of them sees it."""
        low, high = sorted((row, column), key=_order)
        found = self.cells.get((low, high))
        return found.turned() if found and row != low else found


def matrix(report: Report, families: Sequence[Family], content: Content, most: int) -> Matrix:
    """Return the matrix of `families`, all of one kind of text, with `most` outlets at most."""
    documents = {d.id: d for d in report.documents}
    by_document = not any(d.outlet for d in report.documents)
    names = {d.id: d.id if by_document else d.outlet or "" for d in report.documents}
    shared = Counter(name for family in families for name in {names[p.doc or ""] for p in family.passages} if name)
    chosen = sorted(shared, key=lambda name: (-shared[name], name))
    places = {name: n for n, name in enumerate(chosen[:most])}
    row_of = {doc: places.get(name, REST) for doc, name in names.items()}
    cells: dict[tuple[int, int], Cell] = defaultdict(Cell)
    passages: Counter[int] = Counter()
    for family in families:
        _count(family, row_of, documents, cells, passages)
    for match in report.matches:
        if match.content == content:
            pair = (match.a.doc or "", match.b.doc or "")
            low, high = sorted((row_of[pair[0]], row_of[pair[1]]), key=_order)
            if (low, high) in cells:
                cells[low, high].pairs[pair] += 1
    unnamed = any(not name for name in names.values())
    return Matrix(chosen[:most], max(len(chosen) - most, 0) + unnamed, by_document, cells, passages)


def _order(row: int) -> tuple[bool, int]:
    return row == REST, row


def _count(
    family: Family,
    row_of: Mapping[str, int],
    documents: Mapping[str, Document],
    cells: dict[tuple[int, int], Cell],
    passages: Counter[int],
) -> None:
    """Add a passage to the cells of all rows that have it."""
    times: dict[int, list[datetime | None]] = defaultdict(list)
    for doc in {p.doc or "" for p in family.passages}:
        published = documents[doc].published
        times[row_of[doc]].append(utc(published) if published else None)
    passages.update(times.keys())
    for row, own in times.items():
        if len(own) > 1:
            cells[row, row].unknown += 1
    first = {row: _first(own) for row, own in times.items()}
    for one, other in combinations(sorted(times, key=_order), 2):
        early, late = first[one], first[other]
        if early is None or late is None or early == late or _same_day(early, late):
            cells[one, other].unknown += 1
        elif early < late:
            cells[one, other].before += 1
        else:
            cells[one, other].after += 1


def _first(times: Sequence[datetime | None]) -> datetime | None:
    """The earliest of `times`; None if any is unknown, because that one may have been the earliest."""
    known = [time for time in times if time]
    return min(known) if len(known) == len(times) else None


def _same_day(one: datetime, other: datetime) -> bool:
    """Whether two times are on one day, and of one of them only the day is known."""
    return one.date() == other.date() and (only_day(one) or only_day(other))
