"""The table of variants of a story: which sentences each document holds, in which order, and how each word of them reads.

The terms are those of textual criticism. A witness is a row of the table: a document or, behind the documents, an unseen
source. A locus is a sentence that two or more documents hold, each in its own wording. A column is a place in a locus where
two wordings differ: a word, or a gap in which one of them has words that the other lacks.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Spelt = Mapping[int, str]
"""The words of a column by their reading; the empty string for reading 0."""


@dataclass(frozen=True, slots=True)
class Witness:
    """What is known of a row beside its wording. The defaults are those of an unseen source."""

    words: float
    """Words in its sentences, at least 1."""
    unquoted: float
    """Those of its words that are neither quoted nor posted."""
    newsroom: str = ""
    """The agency or outlet that it is from; the document's id where that is unknown."""
    hours: float | None = None
    """When it was published, in hours since 1970."""
    agency: bool = True
    """Whether it is an agency's own text, or unseen."""
    release: bool = False
    """Whether it is a press release, a statement, or a text of a site about itself."""
    url: str | None = None
    """Its address; two outlets of one site are one newsroom."""
    at_home: bool | None = None
    """Whether that is on its outlet's own site; None if it has no address."""
    outlet: bool = False
    """Whether its outlet is known."""
    aggregator: bool = False
    """Whether its outlet shows texts of others."""
    headline: int = -1
    """A number that documents with the same headline share; -1 for a headline that no other has."""
    own: int = 0
    """Sentences that no other document has."""
    tail: int = 0
    """Those of them that end the text."""
    artefacts: int = 0
    """Broken characters (mojibake)."""
    credited: tuple[str, ...] = ()
    """Newsrooms that it credits, the likeliest source first."""
    absent: tuple[str, ...] = ()
    """Those of them from which the story has no document."""
    signed: Mapping[str, bool] = field(default_factory=dict)
    """Those of them that a byline or dateline names; True for a byline, which outlets do not copy with the text."""

    @property
    def is_source(self) -> bool:
        """Whether others are made from it, and it is made from none: an agency's text or a release, or unseen."""
        return self.agency or self.release


@dataclass(frozen=True, slots=True)
class Loci:
    """What is known of each locus, shapes (loci,): the words of its longest wording, and the unquoted ones among them."""

    words: Floats
    unquoted: Floats


@dataclass(frozen=True, slots=True)
class WordColumns:
    """What is known of each column: its locus, shape (columns,), in ascending order, and its words by reading."""

    locus: Ints
    spelt: Sequence[Spelt]


class Wording(NamedTuple):
    """One row of the table: `present` and `place` (loci,), `readings` (columns,)."""

    present: Bools
    place: Ints
    readings: Ints


@dataclass
class VariantTable:
    """The variants of one story; rows are `witnesses`.

    `present` (rows, loci): whether a row holds a locus. `place` (rows, loci): the rank of the locus among those that the row
    holds, -1 for none. `readings` (rows, columns): the word of the row in the column, 0 for a gap, -1 where the row lacks the
    locus. Each kind of evidence about a row is a field of `Witness` only.
    """

    witnesses: list[Witness]
    loci: Loci
    columns: WordColumns
    present: Bools
    place: Ints
    readings: Ints

    @property
    def rows(self) -> int:
        """The number of rows."""
        return len(self.witnesses)

    def add(self, witness: Witness, wording: Wording) -> int:
        """Add a row behind the others and return its number."""
        self.witnesses.append(witness)
        self.present = np.vstack([self.present, wording.present])
        self.place = np.vstack([self.place, wording.place])
        self.readings = np.vstack([self.readings, wording.readings])
        return self.rows - 1

    def change(self, row: int, witness: Witness, wording: Wording) -> None:
        """Replace a row, in place."""
        self.witnesses[row] = witness
        self.present[row], self.place[row], self.readings[row] = wording

    def keep(self, rows: Ints) -> None:
        """Drop every row that is not in `rows`, in place."""
        self.witnesses = [self.witnesses[row] for row in rows.tolist()]
        self.present, self.place, self.readings = self.present[rows], self.place[rows], self.readings[rows]

    def part(self, rows: Sequence[int]) -> "VariantTable":
        """Return a table of `rows` only, with the loci that they hold and the readings that they have."""
        held = np.asarray(self.present[rows].any(axis=0))
        kept = np.flatnonzero(held[self.columns.locus])
        readings, spelt = _renumbered(self.readings[rows][:, kept], [self.columns.spelt[column] for column in kept.tolist()])
        headlines = sorted({-1, *(self.witnesses[row].headline for row in rows)})
        number = {headline: n - 1 for n, headline in enumerate(headlines)}
        return VariantTable(
            [replace(self.witnesses[row], headline=number[self.witnesses[row].headline]) for row in rows],
            Loci(self.loci.words[held], self.loci.unquoted[held]),
            WordColumns((np.cumsum(held) - 1)[self.columns.locus[kept]], spelt),
            # The kernels read row by row.
            np.ascontiguousarray(self.present[rows][:, held]),
            np.ascontiguousarray(self.place[rows][:, held]),
            np.ascontiguousarray(readings),
        )

    def equal_rows(self) -> list[list[int]]:
        """Return each group of two or more rows with the same words, and no other sentences."""
        same: dict[tuple[bytes, bytes], list[int]] = defaultdict(list)
        for row in np.flatnonzero(self.present.any(axis=1)).tolist():
            if self.witnesses[row].own == 0:
                same[self.wording_key(row)].append(row)
        return [rows for rows in same.values() if len(rows) > 1]

    def wording_key(self, row: int) -> tuple[bytes, bytes]:
        """Return a key that rows share if they hold the same loci in the same words."""
        return self.present[row].tobytes(), self.readings[row].tobytes()

    def equal_parents(self, child: int, one: int, other: int) -> bool:
        """Return whether `child` could have the same loci in the same words from either of two rows; -1 for no row."""
        if one < 0 or other < 0:
            return one == other
        held = self.present[child]
        if not np.array_equal(self.present[one] & held, self.present[other] & held):
            return False
        columns = (held & self.present[one])[self.columns.locus]
        return bool(np.array_equal(self.readings[one][columns], self.readings[other][columns]))


def _renumbered(readings: Ints, spelt: Sequence[Spelt]) -> tuple[Ints, list[Spelt]]:
    """Number the readings of each column anew, without those that no row has; 0 and -1 stay what they are."""
    widest = int(readings.max(initial=0)) + 1
    columns = np.arange(readings.shape[1])
    keys = columns * widest + readings
    used = np.union1d(keys[readings >= 0], columns * widest)
    first = np.searchsorted(used, np.arange(readings.shape[1] + 1) * widest)
    words: list[Spelt] = [
        {n: own[reading] for n, reading in enumerate((used[a:b] - column * widest).tolist()) if reading in own}
        for column, (own, (a, b)) in enumerate(zip(spelt, pairwise(first.tolist()), strict=True))
    ]
    return np.where(readings < 0, -1, np.searchsorted(used, keys) - first[:-1]), words
