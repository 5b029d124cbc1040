"""How likely it is that one row of a table was copied from another: words, what was kept, dates, credits, artefacts.

All costs are -log probabilities (nats). The words of a copy differ from its source's at one of a mixture of rates, for some
copy as it stands and some rewrite; what is kept is an opening, with a few omissions; a date is right with a high chance only.
"""

import difflib
import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from dedup.provenance.collate import Bools, Floats, Ints, Table


@dataclass(frozen=True, slots=True)
class TraceParams:
    """What the model believes; nats where nothing else is said."""

    preset: str = "news"
    rates: tuple[float, ...] = (0.0004, 0.004, 0.02, 0.08, 0.22)
    """Share of words that a copy changes, and how usual each is."""
    weights: tuple[float, ...] = (0.40, 0.15, 0.20, 0.10, 0.15)
    alternatives: float = 10.0
    """Words that a changed one is chosen from."""
    spelling: float = 0.2
    """What a change of spelling counts, beside one of a word; a run of words left out; one put in; the same change again."""
    left_out: float = 0.9
    put_in: float = 0.7
    repeated: float = 0.25
    second: tuple[float, float] = (1.0, 2.5)
    """A second source: once, and each sentence from it."""
    added: tuple[float, float] = (0.5, 2.0)
    """Sentences of its own that others took over: once, and each."""
    root: float = 6.0
    """A second origin in one story."""
    hidden: float = 7.0
    """A source that is not among the documents."""
    absent: float = 3.0
    """A tree without one, of which some text credits an agency that is not among them; a hidden origin of one where they do."""
    hidden_credited: float = 3.0
    date_wrong: float = 0.1
    date_far_wrong: float = 0.003
    """Chance that a date is wrong, by hours, and by more than three days."""
    older: float = 0.3
    """What a parent that is twice as old, beyond three days, is less likely by: this times log 2."""
    lag: float = 14.0
    """Hours that a copy comes later, on average."""
    whole: float = 0.6
    """Chance that a copy keeps all; that a sentence is missing from what it keeps; the most that this may cost."""
    omission: float = 0.06
    kept_most: float = 14.0
    ended: float = 1.0
    tailed: float = 2.0
    """That a copy left out how its source ends, and that it ends with sentences of its own."""
    disorder: float = 0.7
    credit: float = 3.5
    """A credit to the parent by name, to a hidden source, and being an origin in spite of one."""
    credit_hidden: float = 1.5
    credit_root: float = 2.5
    headline: float = 5.0
    """That two rows have one headline and neither has it from the other."""
    popular: float = 0.4
    popular_agency: float = 6.0
    """Concentration of who gets copied: the less, the more copies one text has; and of agencies and unseen origins."""
    agency: float = 3.0
    """That an agency took its text from another."""
    main_share: float = 0.25
    """Share of its words that a document has from a main parent."""
    forbidden: float = 50.0
    """A main parent that holds less."""
    story_share: float = 0.15
    """Share of the shorter of two documents that makes them one story."""
    short: int = 100
    """Words up to which that is not asked."""
    borrows: tuple[float, float] = (0.3, 0.7)
    """Beta prior of a document's rate of borrowed passages."""
    unshared: float = 0.3
    """What its own text counts in that rate, by its length, beside passages that others have too."""
    temperature: float = 2.5
    calibration: tuple[float, float, float] = (0.62, 0.41, 0.54)
    """Log odds that a parent is right: a constant, what those of its share of the walk count, and what dates in order add."""
    calibration_passage: tuple[float, float] = (-1.84, 0.96)
    """The same of a passage's source, without dates; `bench/quality/calibrate.py` fits both."""
    steps: int = 150
    """Of the walk over forests, a row."""
    most: int = 60
    """Documents up to which all forests are weighed; of more, the most alike earlier text is named."""
    compared: int = 1500
    """Documents up to which that is told by the words of each pair; of more, by whole sentences."""
    alike_words: int = 2
    alike_least: float = 0.25
    """Words in a run, and the Jaccard similarity of runs below which a text is nobody's copy."""


PRESETS = {"news": TraceParams(), "retelling": TraceParams(preset="retelling", main_share=0.0, alike_least=0.1)}


_DAYS = 72.0
"""Hours after which a copy is late."""


def calibrated(share: float, constant: float, slope: float) -> float:
    """Return the probability that a claim is right which the model itself gives `share`; it rises with it."""
    odds = math.log(max(share, 0.02) / max(1 - share, 0.02))
    return 1 / (1 + math.exp(-constant - slope * odds))


class Evidence:
    """Costs between all rows of a table, for the search to add up.

    `changed` (rows, rows, families): word changes from the first row to the second; `edge` (rows, rows) all else about an
    edge; `origin` (rows,) all about being an origin.
    """

    def __init__(self, table: Table, documents: int, params: TraceParams) -> None:
        self.table, self.documents, self.params = table, documents, params
        self._weights: dict[tuple[str, str], float] = {}
        self.refresh()

    def refresh(self) -> None:
        """Compute everything for the rows that there are."""
        rows = self.table.rows
        self.changed = np.stack([self._changes(child) for child in range(rows)], axis=1) if rows else np.zeros((0, 0, 0))
        self.edge, self.origin = self._edges()
        both = self.table.present[:, None, :] & self.table.present[None, :, :]
        self.total = np.where(both, self.changed, 0.0).sum(axis=2)
        self.shared = (both * self.table.words).sum(axis=2)

    def _changes(self, child: int) -> Floats:
        """Word changes from each row to `child`, by family, shape (rows, families)."""
        table, params = self.table, self.params
        a, b = table.readings, table.readings[child]
        differ = (a >= 0) & (b >= 0) & (a != b)
        weight = np.zeros(a.shape)
        new_run = np.ones(a.shape[1], bool)
        new_run[1:] = table.family[1:] != table.family[:-1]
        for gone, cost in ((differ & (b == 0), params.left_out), (differ & (a == 0), params.put_in)):
            first = gone.copy()
            first[:, 1:] &= ~(gone[:, :-1] & ~new_run[1:])
            weight += cost * first + 0.05 * (gone & ~first)
        rows, columns = np.nonzero(differ & (a > 0) & (b > 0))
        seen: set[tuple[int, str, str]] = set()
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
            names = table.spelt[column]
            old, new = names[int(a[row, column])], names[int(b[column])]
            value = self._weight(old, new)
            if (row, old, new) in seen:
                value *= params.repeated
            seen.add((row, old, new))
            weight[row, column] += value
        out = np.zeros((a.shape[0], len(table.words)))
        np.add.at(out.T, table.family, weight.T)
        return out

    def _weight(self, old: str, new: str) -> float:
        """1 for another word, less for another spelling."""
        key = (old, new) if old < new else (new, old)
        if key not in self._weights:
            alike = min(len(old), len(new)) > 3 and " " not in old + new and abs(len(old) - len(new)) <= 2
            alike = alike and difflib.SequenceMatcher(None, old, new).ratio() > 0.8
            self._weights[key] = self.params.spelling if alike else 1.0
        return self._weights[key]

    def words_cost(self, changed: float, words: float) -> float:
        """Of `changed` of `words` words, summed over the mixture of rates."""
        return _mixture(round(changed, 2), int(words), self.params)

    def _edges(self) -> tuple[Floats, Floats]:
        table, params, rows = self.table, self.params, self.table.rows
        unseen = params.hidden + 1.5 * max(0.0, math.log(max(self.documents, 1) / 10))
        edge, origin = np.zeros((rows, rows)), np.zeros(rows)
        known = set(table.names[: self.documents])
        self.absent = [any(name not in known for name in own) for own in table.credited]
        credited_unseen = params.hidden_credited if any(self.absent) else unseen
        for child in range(rows):
            both = table.present & table.present[child]
            cost = self._kept(child, both)
            if child >= self.documents:
                edge[:, child] = cost + unseen
                origin[child] += credited_unseen
                continue
            if table.agency[child]:
                cost += [params.agency if name != table.names[child] else 0.0 for name in table.names]
            broken = table.artefacts
            cost += np.where((broken[child] == 0) & (broken > 2), 2.0, 0.0) + np.where(
                (broken[child] > 2) & (broken == 0), 1.0, 0.0
            )
            origin[child] += 1.0 if broken[child] > 2 else 0.0
            credited = table.credited[child]
            absent = [name for name in credited if name not in known]
            for parent in range(rows):
                if parent >= self.documents:
                    cost[parent] -= params.credit_hidden if absent else 0.0
                elif table.names[parent] in credited and table.names[parent] != table.names[child]:
                    cost[parent] -= params.credit
                cost[parent] -= self._dates(table.times[parent], table.times[child])
            if any(name != table.names[child] for name in credited):
                origin[child] += params.credit_root
            edge[:, child] = cost
        return edge, origin

    def _dates(self, parent: float | None, child: float | None) -> float:
        """Log likelihood ratio of two times in hours: that the child copied, against that it did not."""
        if parent is None or child is None:
            return 0.0
        late, spread = min(child - parent, _DAYS), 12.0
        wrong = self.params.date_wrong if abs(child - parent) <= _DAYS else self.params.date_far_wrong
        if late > 0:
            ratio = math.exp(-late / self.params.lag) / self.params.lag / (0.5 / spread * math.exp(-late / spread))
        else:
            ratio = 0.3 if late > -0.15 else 0.0
        # Beyond days, what is twice as old is a little less likely.
        old = self.params.older * math.log(max(1.0, (child - parent) / _DAYS))
        return math.log((1 - wrong) * ratio + wrong) - old

    def _kept(self, child: int, both: Bools) -> Floats:
        """Cost of what `child` kept of each row: an opening, or all, with omissions; and of sentences in another order."""
        table, params = self.table, self.params
        out = np.zeros(table.rows)
        keep, drop = math.log(1 - params.omission), math.log(params.omission)
        for parent in range(table.rows):
            held = np.flatnonzero(table.present[parent])
            if parent == child or not both[parent].any():
                continue
            held = held[np.argsort(table.place[parent, held], kind="stable")]
            kept = both[parent][held]
            inside = np.cumsum(np.where(kept, keep, drop))
            behind = np.append(np.cumsum(np.where(kept, math.log(0.04), math.log(0.96))[::-1])[::-1][1:], 0.0)
            chances = inside + behind + math.log((1 - params.whole) / len(held))
            chances[-1] = inside[-1] + math.log(params.whole)
            most = chances.max()
            cost = -(most + math.log(np.exp(chances - most).sum()))
            out[parent] = (
                min(cost, params.kept_most)
                + min(4.0, table.own[parent] - table.tail[parent] + params.ended * (table.tail[parent] > 0))
                + params.tailed * (table.tail[child] > 0)
            )
            order = table.place[child, held[kept]]
            out[parent] += min(6.0, params.disorder * int((np.diff(order) < 0).sum()))
        return out


@lru_cache(maxsize=1 << 16)
def _mixture(changed: float, words: int, params: TraceParams) -> float:
    same = max(0.0, words - changed)
    logs = [
        math.log(weight) + same * math.log1p(-rate) + changed * (math.log(rate) - math.log(params.alternatives))
        for rate, weight in zip(params.rates, params.weights, strict=True)
    ]
    most = max(logs)
    return -(most + math.log(sum(math.exp(x - most) for x in logs)))


def add_row(table: Table, readings: Ints, present: Bools, place: Ints, *, time: float | None, headline: int) -> int:
    """Put a hidden source behind the rows of `table` and return its number."""
    table.readings = np.vstack([table.readings, readings])
    table.present = np.vstack([table.present, present])
    table.place = np.vstack([table.place, place])
    table.own = np.append(table.own, 0)
    table.tail = np.append(table.tail, 0)
    table.artefacts = np.append(table.artefacts, 0)
    table.agency = np.append(table.agency, True)
    table.headline = np.append(table.headline, headline)
    table.body = np.append(table.body, max(1.0, float((table.words * present).sum())))
    table.times.append(time)
    table.names.append("")
    table.credited.append([])
    return table.rows - 1


def keep_rows(table: Table, rows: npt.NDArray[np.int64]) -> None:
    """Leave `rows` alone in `table`."""
    for name in ("readings", "present", "place", "own", "tail", "artefacts", "body", "headline", "agency"):
        setattr(table, name, getattr(table, name)[rows])
    for name in ("times", "names", "credited"):
        setattr(table, name, [getattr(table, name)[row] for row in rows.tolist()])
