"""How likely it is that one row of a table was copied from another: words, what was kept, dates, credits, artefacts.

All costs are -log probabilities (nats). The words of a copy differ from its source's at one of a mixture of rates, for some
copy as it stands and some rewrite; what is kept is an opening, with a few omissions; a date is right with a high chance only.
"""

import difflib
import math
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from dedup import _native
from dedup.params import TraceParams
from dedup.provenance.collation import Bools, Floats, Ints, Table

NEVER = 1e6
"""Cost of what cannot be."""
_FAR = 99.0
_DAYS = 72.0
"""Hours after which a copy is late."""
_MORE = 0.05
"""What each further word of a run counts that is left out or put in."""


_ALIKE = 0.8
"""Similarity (Ratcliff and Metzener 1988) from which two words may be one in two spellings."""
_PAIRS = 1 << 16
"""Pairs whose letters are counted at a time."""


def _likely_respelt(names: Sequence[str], one: Ints, other: Ints) -> Bools:
    """Whether `_respelt` may hold of each pair of `names`, by their lengths and letters, which cost far less to look at."""
    sizes = np.array([0 if " " in name else len(name) for name in names], np.int64)
    out: Bools = (np.minimum(sizes[one], sizes[other]) > 3) & (np.abs(sizes[one] - sizes[other]) <= 2)
    asked = np.flatnonzero(out)
    used, place = np.unique(np.concatenate([one[asked], other[asked]]), return_inverse=True)
    letters = {letter: n for n, letter in enumerate(dict.fromkeys("".join(names[n] for n in used.tolist())))}
    counts = np.zeros((len(used), len(letters)), np.uint16)
    for row, n in enumerate(used.tolist()):
        for letter in names[n]:
            counts[row, letters[letter]] += 1
    place = place.reshape(2, -1)
    for start in range(0, len(asked), _PAIRS):
        part = asked[start : start + _PAIRS]
        left, right = place[:, start : start + _PAIRS]
        shared = np.minimum(counts[left], counts[right]).sum(axis=1)
        out[part] = 2.0 * shared / (sizes[one[part]] + sizes[other[part]]) > _ALIKE
    return out


@lru_cache(100_000)
def _respelt(old: str, new: str) -> bool:
    """Whether two words are one in two spellings."""
    alike = min(len(old), len(new)) > 3 and " " not in old + new and abs(len(old) - len(new)) <= 2
    return alike and difflib.SequenceMatcher(None, old, new).ratio() > _ALIKE


class Evidence:
    """Costs between all rows of a table, for the search to add up.

    `changed` (rows, rows, families): word changes from the first row to the second; `total` and `shared` (rows, rows): their
    sum, and words, of all that the two share; `edge` (rows, rows) all else about an edge; `update` (rows, rows): whether it is
    an outlet's update of its own text; `origin` (rows,) all about being an origin.
    """

    def __init__(self, table: Table, documents: int, params: TraceParams) -> None:
        self.table, self.documents, self.params = table, documents, params
        self._swaps = self._swapped()
        self.refresh()

    def refresh(self) -> None:
        """Compute everything for the rows that there are."""
        table = self.table
        self._count()
        self.shared = (table.present * table.words) @ table.present.T.astype(float)
        self.update = updates(table, self.documents)
        self.main = self._main()
        self.edge, self.origin = self._edges()

    def _count(self) -> None:
        """Count the words that change between all rows."""
        table, params = self.table, self.params
        costs = (params.left_out, params.put_in, _MORE, params.repeated)
        self.changed = _native.word_changes(table.readings, table.family, len(table.words), *self._swaps, costs, params.run)
        both = table.present[:, None, :] & table.present[None, :, :]
        self.total = np.where(both, self.changed, 0.0).sum(axis=2)
        near = np.where(table.present[:, None, :], self.changed, _FAR)
        near[np.diag_indices(table.rows)] = _FAR
        self.near = near.min(axis=0)

    def _main(self) -> Bools:
        """Whether the first row holds so much of the second that it may be its main parent, shape (rows, rows)."""
        table, params = self.table, self.params
        words = params.quoted * table.words + (1 - params.quoted) * table.unquoted
        share = np.where(self.update, min(params.update_share, params.main_share), params.main_share)
        least = share * (params.quoted * table.body + (1 - params.quoted) * table.unquoted_body)
        return np.asarray((table.present * words) @ table.present.T.astype(float) >= np.maximum(1.0, least))

    def guesses(self) -> Floats:
        """What each edge costs if each sentence that the parent lacks came from the nearest other row, shape (rows, rows)."""
        table, params = self.table, self.params
        known = (self.near < _FAR) & table.present
        lacking = (~table.present).astype(float)
        others = np.log(np.maximum(1, table.present.sum(axis=0) - 1))
        changed = self.total + lacking @ (known * np.minimum(self.near, 40.0)).T
        cost = self.words_cost(changed, (known * table.words).sum(axis=1))
        second = lacking @ (known * (params.second[1] + others)).T
        cost += np.where(second > 0, params.second[0] + second, 0.0) + self.edge
        cost -= np.where((table.headline == table.headline[:, None]) & (table.headline >= 0), params.headline / 2, 0.0)
        return np.where(self.main & ~np.eye(table.rows, dtype=bool), cost, NEVER)

    def _swapped(self) -> tuple[Ints, npt.NDArray[np.uint32], Floats]:
        """Of each column its readings, and of each two of them the number of that change and what it counts."""
        numbers: dict[str, int] = {}
        words = np.array([numbers.setdefault(w, len(numbers)) for own in self.table.spelt for w in own.values()], np.int64)
        sizes = np.array([len(own) for own in self.table.spelt], np.int64)
        pairs, base = sizes**2, np.cumsum(sizes) - sizes
        column = np.repeat(np.arange(len(sizes)), pairs)
        at = np.arange(len(column)) - np.repeat(np.cumsum(pairs) - pairs, pairs)
        old, new = words[base[column] + at // sizes[column]], words[base[column] + at % sizes[column]]
        keys, number = np.unique(old * len(numbers) + new, return_inverse=True)
        names, worth = list(numbers), np.ones(len(keys))
        # A column has each pair of its words both ways; the way that comes first tells.
        one, other = np.divmod(keys, max(1, len(names)))
        first = np.flatnonzero(one < other)
        first = first[_likely_respelt(names, one[first], other[first])]
        first = first[[_respelt(names[a], names[b]) for a, b in zip(one[first].tolist(), other[first].tolist(), strict=True)]]
        worth[first] = worth[np.searchsorted(keys, other[first] * len(names) + one[first])] = self.params.spelling
        return sizes, number.reshape(-1).astype(np.uint32), worth

    def words_cost(self, changed: npt.ArrayLike, words: npt.ArrayLike) -> Floats:
        """Of `changed` of `words` words, summed over the mixture of rates; one of each, or arrays."""
        params = self.params
        changed = np.round(np.asarray(changed, float), 2)
        same = np.maximum(0.0, np.floor(words) - changed)
        logs = np.stack(
            [
                math.log(weight) + same * math.log1p(-rate) + changed * (math.log(rate) - math.log(params.alternatives))
                for rate, weight in zip(params.rates, params.weights, strict=True)
            ]
        )
        most = logs.max(axis=0)
        return np.asarray(-(most + np.log(np.exp(logs - most).sum(axis=0))))

    def _edges(self) -> tuple[Floats, Floats]:
        table, params, documents = self.table, self.params, self.documents
        unseen = params.hidden + 1.5 * max(0.0, math.log(max(documents, 1) / 10))
        self.absent = list(map(bool, table.absent))
        origin = np.zeros(table.rows)
        origin[documents:] = params.hidden_credited
        origin[:documents] += np.where(table.artefacts[:documents] > 2, 1.0, 0.0)
        edge = self._kept() + np.where(self.main, 0.0, params.forbidden)
        edge[:, documents:] += unseen
        number = {name: n for n, name in enumerate(dict.fromkeys(table.names))}
        named = np.array([number[name] for name in table.names], np.int64)
        agency = table.agency & (named[:, None] != named)
        cost = edge[:, :documents]
        cost += np.where(agency, params.agency, 0.0)[:, :documents]
        broken = table.artefacts[:, None] > 2
        cost += np.where(broken & (table.artefacts == 0), 2.0, 0.0)[:, :documents]
        cost += np.where((table.artefacts == 0)[:, None] & (table.artefacts > 2), 1.0, 0.0)[:, :documents]
        for child in range(documents):
            others = {name for name in table.credited[child] if name != table.names[child]}
            if others:
                origin[child] += params.credit_root
                cost[:documents, child] -= np.isin(named[:documents], [number.get(o, -1) for o in others]) * params.credit
            signed = [number.get(name, -1) for name, outright in table.signed[child].items() if outright]
            author = np.isin(named[:documents], signed) * params.signed
            cost[:documents, child] -= author
            cost[child] += author
            if self.absent[child]:
                cost[documents:, child] -= params.credit_hidden
        cost -= self._dates(named)[:, :documents]
        for child in np.flatnonzero(self.update.any(axis=0)).tolist():
            own = self.update[:, child]
            cost[:, child] -= np.where(own, math.log(params.update / own.sum()), math.log(1 - params.update))
            origin[child] -= math.log(1 - params.update)
        return edge, origin

    def _dates(self, named: Ints) -> Floats:
        """Log likelihood ratio of the times of two rows, of outlets `named`: that the second copied, or that it did not."""
        params, spread = self.params, 12.0
        times = np.array([math.nan if t is None else t for t in self.table.times])
        late = times - times[:, None]
        # Beyond days, what is twice as old is a little less likely; but an outlet's own text stands until it is updated.
        old = np.where(self.update, 0.0, params.older * np.log(np.maximum(1.0, late / _DAYS)))
        wrong = np.where(named[:, None] == named, params.date_own_wrong, params.date_wrong)
        wrong = wrong / (1 + np.abs(late) / params.date_spread)
        hours = np.clip(late, 0.0, _DAYS)
        ratio = np.exp(-hours / params.lag) / params.lag / (0.5 / spread * np.exp(-hours / spread))
        ratio = np.where(late > 0, ratio, np.where(late > -0.15, 0.3, 0.0))
        return np.where(np.isnan(late), 0.0, np.log((1 - wrong) * ratio + wrong) - old)

    def _kept(self) -> Floats:
        """Cost of what each row kept of each: an opening, or all, with omissions; and of sentences in another order."""
        table, params = self.table, self.params
        chances = (math.log(1 - params.omission), math.log(params.omission), math.log(0.04), math.log(0.96), params.whole)
        cost, turns = _native.kept_sentences(table.present, table.place, chances)
        ended = table.tail > 0
        lost = np.minimum(4.0, table.own - table.tail + params.ended * ended)
        cost = np.minimum(cost, params.kept_most) + lost[:, None] + params.tailed * ended
        cost += np.minimum(6.0, params.disorder * turns)
        return np.where((self.shared > 0) & ~np.eye(table.rows, dtype=bool), cost, 0.0)


class Outline(Evidence):
    """As `Evidence`, of more rows than `changed` has room for: it counts the changes between distinct wordings alone."""

    def _count(self) -> None:
        table, params = self.table, self.params
        sizes, number, worth = self._swaps
        costs = (params.left_out, params.put_in, _MORE, params.repeated)
        self.total, self.near = np.zeros((table.rows, table.rows)), np.full(table.present.shape, _FAR)
        ends = np.searchsorted(table.family, np.arange(len(table.words) + 1)).tolist()
        pairs = np.concatenate([[0], np.cumsum(sizes**2)])
        for family, (start, end) in enumerate(pairwise(ends)):
            held = np.flatnonzero(table.present[:, family])
            wordings, which, copies = np.unique(
                table.readings[held, start:end], axis=0, return_inverse=True, return_counts=True
            )
            swaps = sizes[start:end], number[pairs[start] : pairs[end]], worth
            one = np.zeros(end - start, np.int64)
            changed = _native.word_changes(np.ascontiguousarray(wordings), one, 1, *swaps, costs, params.run)[:, :, 0]
            which = which.reshape(-1)
            self.total[np.ix_(held, held)] += changed[np.ix_(which, which)]
            apart = changed + np.where(np.eye(len(wordings), dtype=bool) & (copies == 1), _FAR, 0.0)
            self.near[held, family] = apart.min(axis=0)[which]


def updates(table: Table, documents: int) -> Bools:
    """Whether the second row may be its outlet's update of the first, shape (rows, rows).

    That is the last text of the outlet with an earlier date; where one of two dates is missing, either may be.
    """
    out = np.zeros((table.rows, table.rows), bool)
    outlets: dict[str, list[int]] = defaultdict(list)
    for row, name in enumerate(table.names[:documents]):
        outlets[name].append(row)
    for own in (own for name, own in outlets.items() if name and len(own) > 1):
        dated = sorted((time, row) for row in own if (time := table.times[row]) is not None)
        for (then, one), (now, other) in pairwise(dated):
            out[one, other] = then < now
        undated = [row for row in own if table.times[row] is None]
        out[np.ix_(undated, own)] = out[np.ix_(own, undated)] = True
    np.fill_diagonal(out, False)
    return out


def keep_rows(table: Table, rows: npt.NDArray[np.int64]) -> None:
    """Leave `rows` alone in `table`."""
    for name in ("readings", "present", "place", "own", "tail", "artefacts", "body", "unquoted_body", "headline", "agency"):
        setattr(table, name, getattr(table, name)[rows])
    for name in ("times", "names", "credited", "absent", "signed"):
        setattr(table, name, [getattr(table, name)[row] for row in rows.tolist()])


def taken(table: Table, rows: list[int]) -> Table:
    """Return a table of `rows` of `table` alone, and of the sentences that they hold."""
    held = np.asarray(table.present[rows].any(axis=0))
    columns = np.flatnonzero(held[table.family])
    readings, spelt = _read(table.readings[rows][:, columns], [table.spelt[column] for column in columns.tolist()])
    numbers = sorted({-1, *table.headline[rows].tolist()})
    return Table(
        # Row by row, as the kernels read them.
        np.ascontiguousarray(table.present[rows][:, held]),
        np.ascontiguousarray(table.place[rows][:, held]),
        np.ascontiguousarray(readings),
        (np.cumsum(held) - 1)[table.family[columns]],
        table.words[held],
        table.unquoted[held],
        table.own[rows],
        table.tail[rows],
        table.body[rows],
        table.unquoted_body[rows],
        table.artefacts[rows],
        np.searchsorted(numbers, table.headline[rows]) - 1,
        [table.times[row] for row in rows],
        [table.names[row] for row in rows],
        table.agency[rows],
        [table.credited[row] for row in rows],
        [table.absent[row] for row in rows],
        [table.signed[row] for row in rows],
        spelt,
    )


def _read(readings: Ints, spelt: list[dict[int, str]]) -> tuple[Ints, list[dict[int, str]]]:
    """The readings numbered anew, column by column, so that none is left that no row has; 0 stays a gap, -1 none."""
    widest = int(readings.max(initial=0)) + 1
    keys = np.arange(readings.shape[1]) * widest + readings
    used = np.union1d(keys[readings >= 0], np.arange(readings.shape[1]) * widest)
    first = np.searchsorted(used, np.arange(readings.shape[1] + 1) * widest)
    words = [
        {n: own[code] for n, code in enumerate((used[a:b] - column * widest).tolist()) if code in own}
        for column, (own, (a, b)) in enumerate(zip(spelt, pairwise(first.tolist()), strict=True))
    ]
    return np.where(readings < 0, -1, np.searchsorted(used, keys) - first[:-1]), words
