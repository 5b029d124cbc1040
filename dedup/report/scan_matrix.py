"""The matrix outlet × outlet as a page shows it: a table of numbers, each with a list of pairs of articles behind it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from dedup.language.counting import counted
from dedup.params import PageLimits
from dedup.report.embedded import Beside, Embedded
from dedup.report.labels import Label, headline_of, label_of
from dedup.report.matrix import REST, Cell, Matrix
from dedup.types import Content, Document

_SHADES = 5


class Shown(NamedTuple):
    """A cell of the table: its number, its direction, how dark it is (0 to 5), and the section that it opens."""

    passages: int
    direction: str
    shade: int
    href: str


class TableRow(NamedTuple):
    """A row of the table; None for a cell in which nothing is shared."""

    name: str
    cells: Sequence[Shown | None]


class ArticlePair(NamedTuple):
    """Two articles of a cell."""

    first: Label
    second: Label
    passages: str
    beside: Beside


class Tie(NamedTuple):
    """What two outlets share: a section of the page, and an entry of the list on a phone."""

    id: str
    title: str
    passages: int
    sentences: Sequence[str]
    pairs: Sequence[ArticlePair]
    more: int


class Table(NamedTuple):
    """A matrix: `names` are its columns and its rows; `ties` have most passages first."""

    content: Content
    names: Sequence[str]
    rows: Sequence[TableRow]
    ties: Sequence[Tie]
    rest: int
    by_document: bool


def table_of(
    found: Matrix, content: Content, documents: Mapping[str, Document], embedded: Embedded, limits: PageLimits, *, tables: int
) -> Table:
    """Return `found`, one of the page's `tables`, as the page shows it."""
    order = [*range(len(found.outlets)), *([REST] if found.rest else [])]
    names = {n: _name(found, n, documents) for n in order}
    room = max(limits.all_cell_pairs // tables - len(found.cells), 0)
    ties = []
    for key, cell in sorted(found.cells.items(), key=_rank):
        pairs = _pairs(cell, documents, embedded, 1 + min(room, limits.cell_pairs - 1))
        room -= max(len(pairs) - 1, 0)
        ties.append(_tie(content, cell, key, names, pairs))
    rows = [TableRow(names[row], [_shown(found, row, column, content) for column in order]) for row in order]
    return Table(content, [names[n] for n in order], rows, ties, found.rest, found.by_document)


def _name(found: Matrix, row: int, documents: Mapping[str, Document]) -> str:
    if row == REST:
        return f"{found.rest:,} other {'documents' if found.by_document else 'outlets' if found.rest > 1 else 'outlet'}"
    name = found.outlets[row]
    return headline_of(documents[name]) if found.by_document else name


def _shown(found: Matrix, row: int, column: int, content: Content) -> Shown | None:
    cell = found.cell(row, column)
    if cell is None:
        return None
    share = cell.passages / max(found.passages.get(row, 0), 1)
    shade = 0 if row == column else min(int(share * _SHADES) + 1, _SHADES)
    direction = f"{cell.before:,}:{cell.after:,}" if cell.before + cell.after else ""
    return Shown(cell.passages, "" if row == column else direction, shade, f"#{_id(content, row, column)}")


def _id(content: Content, row: int, column: int) -> str:
    low, high = sorted((row, column), key=lambda n: (n == REST, n))
    return f"c-{content}-{'r' if low == REST else low}-{'r' if high == REST else high}"


def _sentences(cell: Cell, one: str, other: str) -> Iterator[str]:
    if cell.before:
        yield f"{one} before {other}: {cell.before:,}"
    if cell.after:
        yield f"{other} before {one}: {cell.after:,}"
    if cell.unknown and one != other:
        yield f"at the same or an unknown time: {cell.unknown:,}"


def _tie(content: Content, cell: Cell, key: tuple[int, int], names: Mapping[int, str], pairs: Sequence[ArticlePair]) -> Tie:
    one, other = names[key[0]], names[key[1]]
    within = key[0] == key[1]
    title = f"{'Among' if key[0] == REST else 'Within'} {one}" if within else f"{one} and {other}"
    sentences = [] if within else list(_sentences(cell, one, other))
    return Tie(_id(content, *key), title, cell.passages, sentences, pairs, len(cell.pairs) - len(pairs))


def _rank(item: tuple[tuple[int, int], Cell]) -> tuple[object, ...]:
    """Outlets that share most come first, and the row of all others last."""
    key, cell = item
    return (REST in key, -cell.passages, key)


def _pairs(cell: Cell, documents: Mapping[str, Document], embedded: Embedded, most: int) -> list[ArticlePair]:
    """The pairs of articles that share most passages. Only the first may add texts to the page."""
    chosen = sorted(cell.pairs.items(), key=lambda item: (-item[1], item[0]))[:most]
    return [
        ArticlePair(
            label_of(documents[a]),
            label_of(documents[b]),
            counted(count, "passage"),
            embedded.pair(a, b, new=not number),
        )
        for number, ((a, b), count) in enumerate(chosen)
    ]
