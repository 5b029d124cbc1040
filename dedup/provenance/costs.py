"""What it costs that one row of a table was copied from another: words, what was kept, dates, credits, artefacts.

All costs are negative natural logarithms of probabilities. Arrays over pairs of rows are indexed [parent, child].
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
from dedup.provenance.variant_table import Bools, Floats, Ints, VariantTable
from dedup.trace_params import ParentParams, TraceParams, WordCosts

NEVER = 1e6
"""Cost of what is impossible; a cost of half of it or more counts as impossible."""
_BATCH = 1 << 16
"""Pairs of words whose letters are counted at a time; bounds memory only."""


def _may_be_respelt(names: Sequence[str], one: Ints, other: Ints, params: WordCosts) -> Bools:
    """Return whether two of `names` may be one word in two spellings, for each pair of numbers in `one` and `other`.

    This is a cheap test of lengths and letters. It is False only if `_respelt` is False too.
    """
    sizes = np.array([0 if " " in name else len(name) for name in names], np.int64)
    out: Bools = np.minimum(sizes[one], sizes[other]) >= params.spelling_letters
    out &= np.abs(sizes[one] - sizes[other]) <= params.spelling_difference
    asked = np.flatnonzero(out)
    used, place = np.unique(np.concatenate([one[asked], other[asked]]), return_inverse=True)
    letters = {letter: n for n, letter in enumerate(dict.fromkeys("".join(names[n] for n in used.tolist())))}
    counts = np.zeros((len(used), len(letters)), np.uint16)
    for row, n in enumerate(used.tolist()):
        for letter in names[n]:
            counts[row, letters[letter]] += 1
    place = place.reshape(2, -1)
    for start in range(0, len(asked), _BATCH):
        part = asked[start : start + _BATCH]
        left, right = place[:, start : start + _BATCH]
        shared = np.minimum(counts[left], counts[right]).sum(axis=1)
        out[part] = 2.0 * shared / (sizes[one[part]] + sizes[other[part]]) > params.spelling_similarity
    return out


@lru_cache(100_000)
def _respelt(old: str, new: str, params: WordCosts) -> bool:
    """Return whether two words are one word in two spellings."""
    alike = min(len(old), len(new)) >= params.spelling_letters and " " not in old + new
    alike = alike and abs(len(old) - len(new)) <= params.spelling_difference
    return alike and difflib.SequenceMatcher(None, old, new).ratio() > params.spelling_similarity


class EdgeCosts:
    """Costs of all edges between the rows of a table, the first `documents` of which are documents.

    `changed` (rows, rows, loci): word changes from parent to child in each locus; `total` (rows, rows): their sum over the loci
    that both hold; `shared` (rows, rows): words of those loci; `edge` (rows, rows): all other costs of the edge; `origin`
    (rows,): cost of being an origin, beside `ForestCosts.root`; `update` (rows, rows): whether the child may be its outlet's
    update of the parent; `main` (rows, rows): whether the parent holds enough of the child to be its main parent; `near`
    (rows, loci): fewest word changes to another row's wording; `absent`: whether a row credits a newsroom without documents.
    """

    def __init__(self, table: VariantTable, documents: int, params: TraceParams) -> None:
        """Compute the costs between all rows of `table`."""
        self.table, self.documents, self.params = table, documents, params
        self._swaps = self._word_swaps()
        self.refresh()

    def refresh(self) -> None:
        """Compute all costs anew, after rows of the table were added, replaced or dropped."""
        table = self.table
        self._count()
        self.shared = (table.present * table.loci.words) @ table.present.T.astype(float)
        self.update = updates(table, self.documents)
        self.main = main_parents(table, self.update, self.params.parents)
        self.absent = [bool(witness.absent) for witness in table.witnesses]
        self.edge, self.origin = self._edges()

    def guesses(self) -> Floats:
        """Return a guess of what each edge costs, shape (rows, rows). The true cost depends on the rest of the forest.

        The guess assumes that the child took each locus that the parent lacks from the row with the nearest wording. It is
        `NEVER` if the parent cannot be the main parent.
        """
        table, forest, search = self.table, self.params.forest, self.params.search
        known = (self.near < self.params.words.unrelated) & table.present
        lacking = (~table.present).astype(float)
        others = np.log(np.maximum(1, table.present.sum(axis=0) - 1))
        changed = self.total + lacking @ (known * np.minimum(self.near, search.guessed_changes)).T
        cost = self.words_cost(changed, (known * table.loci.words).sum(axis=1))
        second = lacking @ (known * (forest.second_sentence + others)).T
        cost += np.where(second > 0, forest.second_source + second, 0.0) + self.edge
        headline = np.array([witness.headline for witness in table.witnesses], np.int64)
        cost -= np.where((headline == headline[:, None]) & (headline >= 0), search.guessed_headline, 0.0)
        return np.where(self.main & ~np.eye(table.rows, dtype=bool), cost, NEVER)

    def words_cost(self, changed: npt.ArrayLike, words: npt.ArrayLike) -> Floats:
        """Return the cost of `changed` word changes among `words` words: numbers, or arrays of one shape."""
        params = self.params.words
        changed = np.round(np.asarray(changed, float), 2)  # as the kernel does: sums in another order differ in the last digits
        same = np.maximum(0.0, np.floor(words) - changed)
        logs = np.stack(
            [
                math.log(weight) + same * math.log1p(-rate) + changed * (math.log(rate) - math.log(params.alternatives))
                for rate, weight in zip(params.rates, params.weights, strict=True)
            ]
        )
        most = logs.max(axis=0)
        return np.asarray(-(most + np.log(np.exp(logs - most).sum(axis=0))))

    def _count(self) -> None:
        """Count the word changes between all rows."""
        table, columns, far = self.table, self.table.columns, self.params.words.unrelated
        loci = len(table.loci.words)
        self.changed = self._changes(table.readings, columns.locus, loci, self._swaps)
        both = table.present[:, None, :] & table.present[None, :, :]
        self.total = np.where(both, self.changed, 0.0).sum(axis=2)
        near = np.where(table.present[:, None, :], self.changed, far)
        near[np.diag_indices(table.rows)] = far
        self.near = near.min(axis=0)

    def _changes(self, readings: Ints, locus: Ints, loci: int, swaps: tuple[Ints, npt.NDArray[np.uint32], Floats]) -> Floats:
        """Return the word changes between all rows of `readings`, shape (rows, rows, loci)."""
        params = self.params.words
        costs = (params.left_out, params.put_in, params.further, params.repeated)
        return _native.word_changes(readings, locus, loci, *swaps, costs, params.run)

    def _word_swaps(self) -> tuple[Ints, npt.NDArray[np.uint32], Floats]:
        """Return what swaps of readings in a column count as, in three arrays.

        - the count of readings of each column
        - for each column, and each pair of an old and a new reading: the number of this swap; swaps of the same two words have
          the same number in all columns
        - how many word changes the swap with each number counts as: 1, or less if it only changes the spelling
        """
        spelt = self.table.columns.spelt
        numbers: dict[str, int] = {}
        words = np.array([numbers.setdefault(w, len(numbers)) for own in spelt for w in own.values()], np.int64)
        sizes = np.array([len(own) for own in spelt], np.int64)
        pairs, base = sizes**2, np.cumsum(sizes) - sizes
        column = np.repeat(np.arange(len(sizes)), pairs)
        at = np.arange(len(column)) - np.repeat(np.cumsum(pairs) - pairs, pairs)
        old, new = words[base[column] + at // sizes[column]], words[base[column] + at % sizes[column]]
        keys, number = np.unique(old * len(numbers) + new, return_inverse=True)
        names, worth = list(numbers), np.ones(len(keys))
        # A column has both swaps of each two of its words; they count as the same.
        one, other = np.divmod(keys, max(1, len(names)))
        first = np.flatnonzero(one < other)
        params = self.params.words
        first = first[_may_be_respelt(names, one[first], other[first], params)]
        both = zip(one[first].tolist(), other[first].tolist(), strict=True)
        first = first[[_respelt(names[a], names[b], params) for a, b in both]]
        worth[first] = worth[np.searchsorted(keys, other[first] * len(names) + one[first])] = params.spelling
        return sizes, number.reshape(-1).astype(np.uint32), worth

    def _edges(self) -> tuple[Floats, Floats]:
        """Return the costs of edges apart from their words, shape (rows, rows), and of origins, shape (rows,)."""
        params, documents = self.params, self.documents
        edge = self._kept() + np.where(self.main, 0.0, params.parents.forbidden)
        growth = params.unseen.growth * max(0.0, math.log(max(documents, 1) / params.unseen.growth_from))
        edge[:, documents:] += params.unseen.cost + growth
        origin = np.zeros(self.table.rows)
        origin[documents:] = params.unseen.origin
        number = {name: n for n, name in enumerate(dict.fromkeys(witness.newsroom for witness in self.table.witnesses))}
        newsrooms = np.array([number[witness.newsroom] for witness in self.table.witnesses], np.int64)
        cost = edge[:, :documents]
        self._add_agencies(cost, newsrooms)
        self._add_artefacts(cost, origin)
        self._add_credits(cost, origin, number, newsrooms)
        cost -= self._dates(newsrooms)[:, :documents]
        self._add_updates(cost, origin)
        return edge, origin

    def _add_agencies(self, cost: Floats, newsrooms: Ints) -> None:
        """Add the cost of copying another newsroom's text for each agency, and for an outlet on its own site, in place."""
        agency = np.array([witness.is_source for witness in self.table.witnesses], bool)
        copies = agency & (newsrooms[:, None] != newsrooms)
        cost += np.where(copies, self.params.credits.agency, 0.0)[:, : self.documents]
        home = np.array([{None: 0, False: -1, True: 1}[witness.at_home] for witness in self.table.witnesses])
        urls = [witness.url for witness in self.table.witnesses]
        number = {url: n for n, url in enumerate(dict.fromkeys(urls))}
        page = np.array([number[url] for url in urls])
        abroad = (home[:, None] < 0) & (home > 0) & (page[:, None] == page)
        cost += np.where(abroad, self.params.credits.at_home, 0.0)[:, : self.documents]

    def _add_artefacts(self, cost: Floats, origin: Floats) -> None:
        """Add the cost of broken characters that only the copy or only the parent has, or that an origin has, in place."""
        params, documents = self.params.artefacts, self.documents
        artefacts = np.array([witness.artefacts for witness in self.table.witnesses], np.int64)
        broken, clean = artefacts >= params.least, artefacts == 0
        origin[:documents] += np.where(broken[:documents], params.origin, 0.0)
        cost += np.where(broken[:, None] & clean, params.mended, 0.0)[:, :documents]
        cost += np.where(clean[:, None] & broken, params.broken, 0.0)[:, :documents]

    def _add_credits(self, cost: Floats, origin: Floats, number: dict[str, int], newsrooms: Ints) -> None:
        """Add the cost of what each document's credits make less likely, and subtract what they make likelier, in place.

        `number` maps each newsroom to its number in `newsrooms`.
        """
        params, documents = self.params.credits, self.documents
        for child, witness in enumerate(self.table.witnesses[:documents]):
            others = {name for name in witness.credited if name != witness.newsroom}
            if others:
                origin[child] += params.origin
                credited = np.isin(newsrooms[:documents], [number.get(name, -1) for name in others])
                cost[:documents, child] -= credited * params.parent
            signed = [number.get(name, -1) for name, by_line in witness.signed.items() if by_line]
            author = np.isin(newsrooms[:documents], signed) * params.signed
            cost[:documents, child] -= author
            cost[child] += author
            if self.absent[child]:
                cost[documents:, child] -= params.unseen

    def _add_updates(self, cost: Floats, origin: Floats) -> None:
        """Add the cost of making, or not making, a text from the last one of its outlet, in place."""
        probability = self.params.parents.update
        for child in np.flatnonzero(self.update.any(axis=0)).tolist():
            own = self.update[:, child]
            cost[:, child] -= np.where(own, math.log(probability / own.sum()), math.log(1 - probability))
            origin[child] -= math.log(1 - probability)

    def _dates(self, newsrooms: Ints) -> Floats:
        """Return the log likelihood ratio of the dates of two rows: the child is a copy, against it is not."""
        params = self.params.dates
        times = np.array([math.nan if witness.hours is None else witness.hours for witness in self.table.witnesses])
        late = times - times[:, None]
        old = np.where(self.update, 0.0, params.older * np.log(np.maximum(1.0, late / params.late)))
        wrong = np.where(newsrooms[:, None] == newsrooms, params.own_wrong, params.wrong)
        wrong = wrong / (1 + np.abs(late) / params.spread)
        hours = np.clip(late, 0.0, params.late)
        copied = np.exp(-hours / params.lag) / params.lag
        ratio = copied / (0.5 / params.unrelated * np.exp(-hours / params.unrelated))
        ratio = np.where(late > 0, ratio, np.where(late > -params.tolerance, params.tied, 0.0))
        return np.where(np.isnan(late), 0.0, np.log((1 - wrong) * ratio + wrong) - old)

    def _kept(self) -> Floats:
        """Return what it costs that the child kept some loci of the parent, left out others, and changed their order."""
        table, params = self.table, self.params.kept
        chances = (
            math.log(1 - params.omission),
            math.log(params.omission),
            math.log(params.behind),
            math.log(1 - params.behind),
            params.whole,
        )
        cost, turns = _native.kept_sentences(table.present, table.place, chances)
        own = np.array([witness.own for witness in table.witnesses], np.int64)
        tail = np.array([witness.tail for witness in table.witnesses], np.int64)
        ended = tail > 0
        lost = np.minimum(params.own_most, own - tail + params.ended * ended)
        cost = np.minimum(cost, params.most) + lost[:, None] + params.tailed * ended
        cost += np.minimum(params.disorder_most, params.disorder * turns)
        return np.where((self.shared > 0) & ~np.eye(table.rows, dtype=bool), cost, 0.0)


class Outline(EdgeCosts):
    """The costs between more rows than `changed` has room for.

    It counts changes between distinct wordings of each locus. `WordCosts.repeated` applies within a locus only.
    """

    def _count(self) -> None:
        table, far = self.table, self.params.words.unrelated
        sizes, number, worth = self._swaps
        self.total, self.near = np.zeros((table.rows, table.rows)), np.full(table.present.shape, far)
        ends = np.searchsorted(table.columns.locus, np.arange(len(table.loci.words) + 1)).tolist()
        pairs = np.concatenate([[0], np.cumsum(sizes**2)])
        for locus, (start, end) in enumerate(pairwise(ends)):
            held = np.flatnonzero(table.present[:, locus])
            wordings, which, copies = np.unique(
                table.readings[held, start:end], axis=0, return_inverse=True, return_counts=True
            )
            swaps = sizes[start:end], number[pairs[start] : pairs[end]], worth
            one = np.zeros(end - start, np.int64)
            changed = self._changes(np.ascontiguousarray(wordings), one, 1, swaps)[:, :, 0]
            which = which.reshape(-1)
            self.total[np.ix_(held, held)] += changed[np.ix_(which, which)]
            apart = changed + np.where(np.eye(len(wordings), dtype=bool) & (copies == 1), far, 0.0)
            self.near[held, locus] = apart.min(axis=0)[which]


def main_parents(table: VariantTable, update: Bools, params: ParentParams) -> Bools:
    """Return whether the parent holds enough words of the child to be its main parent, shape (rows, rows)."""
    words = params.quoted * table.loci.words + (1 - params.quoted) * table.loci.unquoted
    share = np.where(update, min(params.update_share, params.main_share), params.main_share)
    all_words = np.array([witness.words for witness in table.witnesses])
    unquoted = np.array([witness.unquoted for witness in table.witnesses])
    least = share * (params.quoted * all_words + (1 - params.quoted) * unquoted)
    return np.asarray((table.present * words) @ table.present.T.astype(float) >= np.maximum(1.0, least))


def updates(table: VariantTable, documents: int) -> Bools:
    """Return whether the child may be its outlet's update of the parent, shape (rows, rows).

    The parent is the outlet's last text with an earlier date; if one of the two has no date, any text of the outlet.
    """
    out = np.zeros((table.rows, table.rows), bool)
    outlets: dict[str, list[int]] = defaultdict(list)
    for row, witness in enumerate(table.witnesses[:documents]):
        outlets[witness.newsroom].append(row)
    for own in (own for name, own in outlets.items() if name and len(own) > 1):
        hours = {row: table.witnesses[row].hours for row in own}
        dated = sorted((time, row) for row, time in hours.items() if time is not None)
        for (then, one), (now, other) in pairwise(dated):
            out[one, other] = then < now
        undated = [row for row, time in hours.items() if time is None]
        out[np.ix_(undated, own)] = out[np.ix_(own, undated)] = True
    np.fill_diagonal(out, False)
    return out
