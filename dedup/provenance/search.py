"""The search for the forest that explains a table of variants best, and the unseen sources that make it likelier.

The kernel `Story` (`rust/src/forest.rs`) scores forests, climbs, and walks.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from typing import NamedTuple

import numpy as np

from dedup import _native
from dedup.provenance.costs import NEVER, EdgeCosts
from dedup.provenance.forest import GONE, ROOT, Forest, Shares, children_of, descendants, is_circular, moved
from dedup.provenance.reconstruct import Reconstruction
from dedup.provenance.variant_table import Floats, Ints


class _Proposal(NamedTuple):
    """Rows that may be copies of one unseen source, and the row that it may be a copy of; -1 for none."""

    rank: float
    members: list[int]
    above: int


class _Trial(NamedTuple):
    """A proposal whose source has a row in the table."""

    row: int
    members: list[int]
    above: int


class Search:
    """A search over all forests of one table. A lower score is better: it is a cost in nats."""

    def __init__(self, costs: EdgeCosts, elsewhere: Ints | None = None) -> None:
        """Search with `costs`; `elsewhere` (rows,) counts the copies of each row that are outside the table."""
        self.elsewhere = 0 if elsewhere is None else elsewhere
        self.costs, self.params, self.table = costs, costs.params, costs.table
        self.reconstruction = Reconstruction(self.table, costs.documents, self.params.unseen)
        self.refresh()

    def refresh(self) -> None:
        """Take over the costs, after rows of the table were added, replaced or dropped."""
        table, costs, forest = self.table, self.costs, self.params.forest
        self.rows = table.rows
        self.guess = costs.guesses()
        cheapest = np.argsort(self.guess, axis=0, kind="stable")[: self.params.search.parents].T.tolist()
        candidates = [
            [(p, float(self.guess[p, c])) for p in own if self.guess[p, c] < NEVER / 2] for c, own in enumerate(cheapest)
        ]
        agency = np.array([witness.is_source for witness in table.witnesses], bool)
        self.story = _native.Story(
            costs.documents,
            table.present,
            table.loci.words,
            costs.changed,
            costs.total,
            costs.shared,
            costs.edge,
            costs.origin,
            np.array([witness.headline for witness in table.witnesses], np.int64),
            np.array(costs.absent, np.bool_),
            np.where(agency, forest.popular_agency, forest.popular) + self.elsewhere,
            costs.update,
            candidates,
            self.params,
        )

    def score(self, forest: Forest) -> float:
        """Return the score of a forest: its negative log posterior."""
        return self.story.scores([forest])[0]

    def climb(self, forest: Forest, rounds: int) -> float:
        """Improve `forest` in place, by moves each of which makes it likelier, and return its score."""
        forest[:], best = self.story.climb(forest, rounds)
        return best

    def walk(self, forest: Forest) -> Shares:
        """Return, for each document, the share of sampled forests in which it has each parent.

        A Metropolis-Hastings walk (Hastings 1970) from `forest`, at `SearchParams.temperature`. The calibrations are fitted to
        its shares. Unseen sources in use stay in use.
        """
        return [dict(own) for own in self.story.walk(forest)]

    def best(self) -> tuple[Forest, float]:
        """Return the best forest that the climb reaches from any start, and its score."""
        starts = [self.start()]
        if all(witness.hours is not None for witness in self.table.witnesses):
            starts.append(self.dated_start())
        scored = [(self.climb(forest, self.params.search.rounds), forest) for forest in starts]
        score, forest = min(scored, key=lambda one: one[0])
        return forest, score

    def dated_start(self) -> Forest:
        """Return a forest in the order of the dates, which all rows have.

        The parent of a row is its outlet's last text; without one, the earlier row from which the edge is the cheapest.
        """
        times = [math.inf if witness.hours is None else witness.hours for witness in self.table.witnesses]
        order = sorted(range(self.rows), key=lambda row: (times[row], row))
        forest = [ROOT] * self.rows
        for rank, row in enumerate(order[1:], 1):
            able = [p for p in order[:rank] if self.guess[p, row] < NEVER / 2]
            forest[row] = min(able, key=lambda p: (not self.costs.update[p, row], self.guess[p, row]), default=ROOT)
        return forest

    def start(self) -> Forest:
        """Return the tree of Prim's algorithm over the guessed costs, from the row that seems the best origin."""
        unreachable = self.params.search.unreachable
        appeal = np.where(self.guess < NEVER / 2, self.guess, unreachable).mean(axis=1) + self.costs.origin
        forest = [ROOT] * self.rows
        cost, parent = np.full(self.rows, NEVER), np.full(self.rows, ROOT)
        left = np.ones(self.rows, bool)
        for _ in range(self.rows):
            child = int(np.argmin(np.where(left, cost, np.inf)))
            if cost[child] >= NEVER / 2:
                child = int(np.argmin(np.where(left, appeal, np.inf)))
            forest[child] = int(parent[child])
            left[child] = False
            nearer = left & (self.guess[child] < cost)
            cost[nearer], parent[nearer] = self.guess[child, nearer], child
        return forest

    def add_sources(self, forest: Forest, best: float) -> float:
        """Add unseen sources to the table and to `forest`, in place, where they make it likelier; return its score.

        `best` is the score of `forest`.
        """
        params = self.params.unseen
        for _ in range(params.passes):
            trials = self._trials(forest)
            if not trials:
                break
            improved = False
            for trial in trials:
                option = self._placed(forest, trial)
                if option and (score := self.score(option)) < best - self.params.search.gain:
                    forest[:], best, improved = option, score, True
            best = self.climb(forest, params.rounds)
            self._prune(forest, best)
            best = self._drop_unused(forest)
            if not improved:
                break
        best = self.climb(forest, params.rounds)
        return self._prune(forest, best)

    def _trials(self, forest: Forest) -> list[_Trial]:
        """Add a row for each proposed source, not yet in use in `forest`, and return them."""
        params, table = self.params.unseen, self.table
        base, out = self.rows, list[_Trial]()
        for rank, members, above in self._proposals(forest)[: params.proposals]:
            wording = self.reconstruction.wording(members)
            copied = any(
                np.array_equal(wording.readings, table.readings[row]) and np.array_equal(wording.present, table.present[row])
                for row in members
            )
            twice = any(np.array_equal(wording.readings, table.readings[trial.row]) for trial in out)
            if wording.present.any() and not twice and (rank >= params.forced_rank or not copied):
                out.append(_Trial(self.reconstruction.add(wording, members), members, above))
        if out:
            self.costs.refresh()
            self.refresh()
            forest += [GONE] * (self.rows - base)
        return out

    def _drop_unused(self, forest: Forest) -> float:
        """Drop the rows of sources that `forest` does not use, reconstruct the others anew, and return the score."""
        table, documents = self.table, self.costs.documents
        used = np.array([row for row in range(self.rows) if row < documents or forest[row] != GONE])
        number = {old: new for new, old in enumerate(used.tolist())}
        forest[:] = [forest[row] if forest[row] < 0 else number[forest[row]] for row in used.tolist()]
        table.keep(used)
        children, _ = children_of(forest)
        for row in range(documents, table.rows):
            members = [*children[row], *([forest[row]] if forest[row] >= 0 else [])]
            hours, headline = self.reconstruction.hours(children[row]), self.reconstruction.headline(members)
            witness = replace(table.witnesses[row], hours=hours, headline=headline)
            table.change(row, witness, self.reconstruction.wording(members))
        self.costs.refresh()
        self.refresh()
        return self.score(forest)

    def _proposals(self, forest: Forest) -> list[_Proposal]:
        """Return groups of rows that may be copies of one unseen source, the highest ranks first."""
        table, documents, least = self.table, self.costs.documents, self.params.unseen.shared_changes
        children, _ = children_of(forest)
        out: list[_Proposal] = []
        for row, own in enumerate(children):
            if forest[row] == GONE:
                continue
            if row < documents and len(own) >= 2:
                out.append(_Proposal(len(own), [row, *own], row))
            if row < documents and len(own) == 1 and forest[row] >= 0:
                out.append(_Proposal(1, [row, own[0], forest[row]], row))
            base = table.readings[row]
            for x, y in combinations(own, 2):
                a, b = table.readings[x], table.readings[y]
                shared = int(((a == b) & (a > 0) & (base >= 0) & (a != base)).sum())
                if shared >= least:
                    out.append(_Proposal(shared / least, [x, y, row], row))
        out += self._origin_proposals(forest, children)
        return sorted(out, key=lambda proposal: -proposal.rank)

    def _origin_proposals(self, forest: Forest, children: list[list[int]]) -> list[_Proposal]:
        """Return proposals of an unseen source above origins.

        A source is proposed above two origins that share much, above the documents of a large tree, and above an origin and its
        copies if one of these texts credits a newsroom without documents.
        """
        table, documents, params = self.table, self.costs.documents, self.params.unseen
        out: list[_Proposal] = []
        roots = [row for row in range(self.rows) if forest[row] == ROOT]
        for x, y in combinations(roots, 2):
            joint = _words(table.loci.words, table.present[x] & table.present[y])
            if joint > params.origins_share * min(_words(table.loci.words, table.present[row]) for row in (x, y)):
                out.append(_Proposal(params.origins_rank, [x, y, *children[x], *children[y]], -1))
        for root in (row for row in roots if row < documents):
            tree = sorted(descendants(children, root))
            if len(tree) >= params.tree_least:
                out.append(_Proposal(params.tree_rank, [row for row in tree if row < documents], root))
            top = [root, *children[root]]
            crediting = sum(bool(table.witnesses[row].absent) for row in top)
            if crediting and len(top) > 1:
                out.append(_Proposal(params.forced_rank + crediting, top, root))
        return out

    def _placed(self, forest: Forest, trial: _Trial) -> Forest | None:
        """Return `forest` with the source of `trial` above its members, apart from those that fit better where they are."""
        row, members, above = trial
        option = list(forest)
        if above >= 0:
            option[row] = option[above]
            under = [m for m in members if m == above or option[m] == above]
            far = [m for m in members if m not in under and m != option[above]]
        else:
            option[row], under, far = ROOT, members[:2], []
        for m in under:
            if m != option[row]:
                option[m] = row
        for m in under:
            old = forest[m]
            if old in (row, m) or m == above:
                continue
            back = moved(option, {m: old if old != ROOT or above < 0 else above})
            if back[m] != m and not is_circular(back) and self.score(back) < self.score(option):
                option = back
        for m in far:
            taken = moved(option, {m: row})
            if not is_circular(taken) and self.score(taken) < self.score(option):
                option = taken
        return None if option.count(row) < 2 or is_circular(option) else option

    def _prune(self, forest: Forest, best: float) -> float:
        """Take sources out of `forest`, in place, that have fewer than two children or do not pay for themselves."""
        again = True
        while again:
            again = False
            children, _ = children_of(forest)
            for row in range(self.costs.documents, self.rows):
                if forest[row] == GONE:
                    continue
                own = children[row]
                heirs = [*own, *([forest[row]] if forest[row] >= 0 else [])] or [ROOT]
                options = [moved(forest, {c: h if c != h else forest[row] for c in own} | {row: GONE}) for h in heirs]
                score, option = min(((self.score(o), o) for o in options), key=lambda x: x[0])
                if len(own) < 2 or score <= best:
                    forest[:], best, again = option, score, True
                    break
        return best


def _words(words: Floats, held: Sequence[bool]) -> float:
    return float((words * held).sum())
