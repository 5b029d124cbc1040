"""The text of a source that is not among the documents, reconstructed from its copies by majority."""

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from dedup.provenance.variant_table import Ints, VariantTable, Witness, Wording
from dedup.trace_params import UnseenParams


class Reconstruction:
    """Reconstructs rows of a table, the first `documents` rows of which are documents."""

    def __init__(self, table: VariantTable, documents: int, params: UnseenParams) -> None:
        """Count how often each reading occurs in the documents, which decides ties."""
        self.table, self.documents, self.params = table, documents, params
        self._widest = int(table.readings.max(initial=0)) + 1
        self._all_votes = self._votes(range(documents))

    def wording(self, members: Sequence[int]) -> Wording:
        """Return the text that the rows `members` may have been made from.

        It has a locus that enough of them hold, at the place where they have it, in the reading that most of them have.
        """
        table, params = self.table, self.params
        rows = [row for row in members if table.present[row].any()]
        order = self._order(rows)
        rank = {locus: k for k, locus in enumerate(order)}
        last = {row: max((rank[n] for n in np.flatnonzero(table.present[row]).tolist()), default=-1) for row in rows}
        present = np.zeros(len(table.loci.words), bool)
        for locus in order:
            holders = sum(bool(table.present[row, locus]) for row in rows)
            lackers = sum(not table.present[row, locus] and last[row] > rank[locus] for row in rows)
            enough = holders >= min(params.holders, len(rows))
            present[locus] = enough and params.held * holders > params.lacked * lackers
        votes = self._votes(rows)
        votes = np.where(votes > 0, votes * (self.documents + 1) + self._all_votes, 0)
        readings = np.where(present[table.columns.locus], votes.argmax(axis=1), -1)
        place = np.full(len(table.loci.words), -1, np.int64)
        place[[locus for locus in order if present[locus]]] = np.arange(int(present.sum()))
        return Wording(present, place, readings)

    def add(self, wording: Wording, members: Iterable[int]) -> int:
        """Add `wording`, reconstructed from `members`, to the table as an unseen source and return its row."""
        loci, members = self.table.loci, list(members)
        words, unquoted = (max(1.0, float((of * wording.present).sum())) for of in (loci.words, loci.unquoted))
        witness = Witness(words, unquoted, hours=self.hours(members), headline=self.headline(members))
        return self.table.add(witness, wording)

    def hours(self, rows: Iterable[int]) -> float | None:
        """Return the time before the first dated document among `rows`; None if none has a date."""
        times = [t for row in rows if row < self.documents and (t := self.table.witnesses[row].hours) is not None]
        return min(times) - self.params.lead if times else None

    def headline(self, members: Iterable[int]) -> int:
        """Return the headline that most of `members` have, two or more; -1 if there is none."""
        counts = Counter(h for row in members if (h := self.table.witnesses[row].headline) >= 0)
        shared = [h for h, count in counts.items() if count > 1]
        return max(shared, key=lambda h: (counts[h], -h), default=-1)

    def _order(self, rows: Sequence[int]) -> list[int]:
        """Return all loci of `rows` in one order: that of the fullest row, into which the others are inserted."""
        table = self.table
        order: list[int] = []
        for row in sorted(rows, key=lambda row: (-int(table.present[row].sum()), row)):
            held = np.flatnonzero(table.present[row])
            at = 0
            for locus in held[np.argsort(table.place[row, held], kind="stable")].tolist():
                if locus in order:
                    at = order.index(locus) + 1
                else:
                    order.insert(at, locus)
                    at += 1
        return order

    def _votes(self, rows: Sequence[int]) -> Ints:
        """Return how many of `rows` have each reading of each column, shape (columns, readings)."""
        read = self.table.readings[rows]
        columns = np.arange(read.shape[1])
        at = (columns * self._widest + read)[read >= 0]
        return np.bincount(at, minlength=len(columns) * self._widest).reshape(-1, self._widest)
