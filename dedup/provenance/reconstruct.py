"""Texts that are not among the documents, as their copies tell them: sentences, their order, and how each word read."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from dedup.provenance.collation import Bools, Ints, Table


class Text(NamedTuple):
    """A row of a table: `readings` (columns,), and of each sentence whether it is `present`, and its `place` (families,)."""

    readings: Ints
    present: Bools
    place: Ints


class Unseen:
    """Makes rows of a table whose first `documents` rows are documents."""

    def __init__(self, table: Table, documents: int) -> None:
        self.table, self.documents = table, documents
        self._widest = int(table.readings.max(initial=0)) + 1
        self._witnesses = self._read_by(range(documents))

    def text(self, members: Sequence[int]) -> Text:
        """A text that `members` may have been made from: the majority's."""
        table = self.table
        rows = [m for m in members if table.present[m].any()]
        order: list[int] = []
        for m in sorted(rows, key=lambda m: (-int(table.present[m].sum()), m)):
            held = np.flatnonzero(table.present[m])
            at = 0
            for family in held[np.argsort(table.place[m, held], kind="stable")].tolist():
                if family in order:
                    at = order.index(family) + 1
                else:
                    order.insert(at, family)
                    at += 1
        rank = {family: k for k, family in enumerate(order)}
        last = {m: max((rank[f] for f in np.flatnonzero(table.present[m]).tolist()), default=-1) for m in rows}
        present = np.zeros(len(table.words), bool)
        for family in order:
            holders = sum(bool(table.present[m, family]) for m in rows)
            lackers = sum(not table.present[m, family] and last[m] > rank[family] for m in rows)
            present[family] = holders >= min(2, len(rows)) and 2.5 * holders > 2.0 * lackers
        votes = self._read_by(rows)
        votes = np.where(votes > 0, votes * (self.documents + 1) + self._witnesses, 0)
        readings = np.where(present[table.family], votes.argmax(axis=1), -1)
        place = np.full(len(table.words), -1, np.int64)
        place[[f for f in order if present[f]]] = np.arange(int(present.sum()))
        return Text(readings, present, place)

    def add(self, text: Text, members: Sequence[int]) -> int:
        """Put `text`, made from `members`, behind the rows of the table and return its number."""
        table = self.table
        table.readings = np.vstack([table.readings, text.readings])
        table.present = np.vstack([table.present, text.present])
        table.place = np.vstack([table.place, text.place])
        table.own = np.append(table.own, 0)
        table.tail = np.append(table.tail, 0)
        table.artefacts = np.append(table.artefacts, 0)
        table.agency = np.append(table.agency, True)
        table.headline = np.append(table.headline, self.headline(members))
        table.body = np.append(table.body, max(1.0, float((table.words * text.present).sum())))
        table.unquoted_body = np.append(table.unquoted_body, max(1.0, float((table.unquoted * text.present).sum())))
        table.times.append(self.earliest(members))
        table.names.append("")
        table.credited.append([])
        table.absent.append([])
        table.signed.append({})
        return table.rows - 1

    def earliest(self, rows: Iterable[int]) -> float | None:
        """The hour before the first of the documents among `rows`."""
        times = [t for row in rows if row < self.documents and (t := self.table.times[row]) is not None]
        return min(times) - 1.0 if times else None

    def headline(self, members: Iterable[int]) -> int:
        """The headline that two or more of `members` have, the commonest; -1 for none."""
        counts = Counter(h for m in members if (h := int(self.table.headline[m])) >= 0)
        shared = [h for h, count in counts.items() if count > 1]
        return max(shared, key=lambda h: (counts[h], -h), default=-1)

    def _read_by(self, rows: Sequence[int]) -> Ints:
        """How many of `rows` read a column in each way, shape (columns, readings)."""
        read = self.table.readings[rows]
        columns = np.arange(read.shape[1])
        held = read >= 0
        at = (columns * self._widest + read)[held]
        return np.bincount(at, minlength=len(columns) * self._widest).reshape(-1, self._widest)
