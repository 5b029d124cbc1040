"""The forest that explains a table best: where a search starts, and the hidden sources that it proposes and takes out again.

The `Story` kernel (`rust/src/forest.rs`) scores a forest, climbs, and walks for how sure it is.

A forest is a list: the parent of each row, `ROOT` for an origin, `GONE` for a hidden source that is not in use.
"""

import math
from collections import Counter

import numpy as np

from dedup import _native
from dedup.provenance.collation import Floats, Ints
from dedup.provenance.costs import NEVER, Evidence, keep_rows
from dedup.provenance.reconstruct import Unseen

ROOT, GONE = -1, -2
Forest = list[int]
_CANDIDATES = 10
"""Likely parents of a row that are kept."""


_SPARSE = 30
"""Likely parents of a row that a tree is made from."""
_ORIGIN = 3000.0
"""What an origin costs beside those: one is enough where its copies lead to all rows."""


def arborescence(costs: Floats, origin: Floats, firsts: Ints) -> Forest:
    """The cheapest forest of as few trees as can be: `costs` (rows, rows) from parent to child, `origin` (rows,).

    Of the likely parents of a row half are of `firsts`, one row of each wording: else those of one wording may be all.
    """
    rows = len(costs)
    half = _SPARSE // 2
    nearest = np.argsort(costs, axis=0, kind="stable")[:half]
    nearest = np.concatenate([nearest, firsts[np.argsort(costs[firsts], axis=0, kind="stable")[:half]]])
    child = np.broadcast_to(np.arange(rows), nearest.shape)
    able = costs[nearest, child] < NEVER / 2
    edges = np.concatenate(
        [np.column_stack([nearest[able], child[able]]), np.column_stack([np.full(rows, rows), np.arange(rows)])]
    )
    prices = np.concatenate([costs[nearest, child][able], _ORIGIN + origin])
    found = _native.arborescence(rows + 1, rows, edges.astype(np.int64), prices)
    return [ROOT if parent == rows else parent for parent in found[:-1].tolist()]


class Search:
    """A search over one table's evidence."""

    def __init__(self, evidence: Evidence, elsewhere: Ints | None = None) -> None:
        """Search over `evidence`; of each row as many other copies are known as `elsewhere` says."""
        self.elsewhere = 0 if elsewhere is None else elsewhere
        self.evidence, self.params, self.table = evidence, evidence.params, evidence.table
        self.unseen = Unseen(self.table, evidence.documents)
        self.refresh()

    def refresh(self) -> None:
        """Take over the rows that there are."""
        table, evidence, params = self.table, self.evidence, self.params
        self.rows = table.rows
        self.guess = evidence.guesses()
        nearest = np.argsort(self.guess, axis=0, kind="stable")[:_CANDIDATES].T.tolist()
        candidates = [
            [(p, float(self.guess[p, c])) for p in own if self.guess[p, c] < NEVER / 2] for c, own in enumerate(nearest)
        ]
        self.story = _native.Story(
            evidence.documents,
            table.present,
            table.words,
            evidence.changed,
            evidence.total,
            evidence.shared,
            evidence.edge,
            evidence.origin,
            table.headline,
            np.array(evidence.absent, np.bool_),
            np.where(table.agency, params.popular_agency, params.popular) + self.elsewhere,
            evidence.update,
            candidates,
            params,
        )

    def score(self, forest: Forest) -> float:
        """-log posterior of a forest."""
        return self.story.scores([forest])[0]

    def climb(self, forest: Forest, rounds: int = 4) -> float:
        """Improve `forest` in place by moves that each make it likelier; return its score."""
        forest[:], best = self.story.climb(forest, rounds)
        return best

    def walk(self, forest: Forest) -> list[dict[int, float]]:
        """Return the share of the forests of a walk in which each document has each parent; hidden sources stay.

        A Metropolis-Hastings walk at `temperature` (Hastings 1970); `calibration` is fitted to its shares.
        """
        return [dict(own) for own in self.story.walk(forest)]

    def best(self) -> tuple[Forest, float]:
        """The likeliest forest that a climb finds, from each start, and its score."""
        starts = [self.start()]
        if all(time is not None for time in self.table.times):
            starts.append(self.dated())
        scored = [(self.climb(forest), forest) for forest in starts]
        score, forest = min(scored, key=lambda one: one[0])
        return forest, score

    def dated(self) -> Forest:
        """Each row from its outlet's last one, or the earlier one that seems the likeliest; all have dates."""
        times = [math.inf if t is None else t for t in self.table.times]
        order = sorted(range(self.rows), key=lambda row: (times[row], row))
        forest = [ROOT] * self.rows
        for rank, row in enumerate(order[1:], 1):
            able = [p for p in order[:rank] if self.guess[p, row] < NEVER / 2]
            forest[row] = min(able, key=lambda p: (not self.evidence.update[p, row], self.guess[p, row]), default=ROOT)
        return forest

    def start(self) -> Forest:
        """A forest by Prim's algorithm on what edges seem to cost, from the row that is the best origin."""
        appeal = np.where(self.guess < NEVER / 2, self.guess, 200.0).mean(axis=1) + self.evidence.origin
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

    def hide(self, forest: Forest, best: float, passes: int = 3) -> float:
        """Add sources that are not among the documents where that makes the forest likelier; return its score."""
        documents = self.evidence.documents
        for _ in range(passes):
            proposals = self._proposals(forest)
            base, made = self.rows, list[tuple[int, list[int], int]]()
            for forced, members, above in proposals[:24]:
                text = self.unseen.text(members)
                same = any(
                    np.array_equal(text.readings, self.table.readings[m])
                    and np.array_equal(text.present, self.table.present[m])
                    for m in members
                )
                twice = any(np.array_equal(text.readings, self.table.readings[row]) for row, _, _ in made)
                if text.present.any() and not twice and (forced or not same):
                    made.append((self.unseen.add(text, members), members, above))
            if not made:
                break
            self.evidence.refresh()
            self.refresh()
            forest += [GONE] * (self.rows - base)
            found = False
            for row, members, above in made:
                option = self._placed(forest, row, members, above)
                if option and (score := self.score(option)) < best - 1e-6:
                    forest[:], best, found = option, score, True
            best = self.climb(forest, rounds=2)
            best = self._prune(forest, best)
            used = np.array([row for row in range(self.rows) if row < documents or forest[row] != GONE])
            number = {int(old): new for new, old in enumerate(used)}
            forest[:] = [forest[row] if forest[row] < 0 else number[forest[row]] for row in used.tolist()]
            keep_rows(self.table, used)
            children, _ = _children(forest)
            for row in range(documents, len(used)):
                members = [*children[row], *([forest[row]] if forest[row] >= 0 else [])]
                text = self.unseen.text(members)
                self.table.readings[row], self.table.present[row], self.table.place[row] = text
                self.table.times[row] = self.unseen.earliest(children[row])
                self.table.headline[row] = self.unseen.headline(members)
            self.evidence.refresh()
            self.refresh()
            best = self.score(forest)
            if not found:
                break
        best = self.climb(forest, rounds=2)
        return self._prune(forest, best)

    def _proposals(self, forest: Forest) -> list[tuple[bool, list[int], int]]:
        """Rows that may have one unseen source, the row that they hang from (or -1), and whether a credit asks for it."""
        table, documents = self.table, self.evidence.documents
        children, _ = _children(forest)
        out: list[tuple[float, list[int], int]] = []
        for row, own in enumerate(children):
            if forest[row] == GONE:
                continue
            if row < documents and len(own) >= 2:
                out.append((len(own), [row, *own], row))
            if row < documents and len(own) == 1 and forest[row] >= 0:
                out.append((1, [row, own[0], forest[row]], row))
            base = table.readings[row]
            for k, x in enumerate(own):
                for y in own[k + 1 :]:
                    a, b = table.readings[x], table.readings[y]
                    joint = int(((a == b) & (a > 0) & (base >= 0) & (a != base)).sum())
                    if joint >= 3:
                        out.append((joint / 3, [x, y, row], row))
        out += self._origins(forest, children)
        out.sort(key=lambda p: -p[0])
        return [(weight >= 20, members, above) for weight, members, above in out]

    def _origins(self, forest: Forest, children: list[list[int]]) -> list[tuple[float, list[int], int]]:
        """As `_proposals`, above the origins: two that share much, a whole tree, and copies that credit an absent agency."""
        table, documents = self.table, self.evidence.documents
        out: list[tuple[float, list[int], int]] = []
        roots = [row for row in range(self.rows) if forest[row] == ROOT]
        for k, x in enumerate(roots):
            for y in roots[k + 1 :]:
                joint_words = float((table.words * (table.present[x] & table.present[y])).sum())
                if joint_words > 0.34 * min(float((table.words * table.present[r]).sum()) for r in (x, y)):
                    out.append((9, [x, y, *children[x], *children[y]], -1))
        for root in (r for r in roots if r < documents):
            tree = sorted(_below(children, root))
            if len(tree) >= 3:
                out.append((15, [m for m in tree if m < documents], root))
            near = [root, *children[root]]
            crediting = sum(bool(table.absent[m]) for m in near)
            if crediting and len(near) > 1:
                out.append((20 + crediting, near, root))
        return out

    def _placed(self, forest: Forest, row: int, members: list[int], above: int) -> Forest | None:
        """`forest` with the hidden `row` over `members`, each of which may prefer its old place."""
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
            back = _with(option, {m: old if old != ROOT or above < 0 else above})
            if back[m] != m and not _circular(back) and self.score(back) < self.score(option):
                option = back
        for m in far:
            taken = _with(option, {m: row})
            if not _circular(taken) and self.score(taken) < self.score(option):
                option = taken
        return None if option.count(row) < 2 or _circular(option) else option

    def _prune(self, forest: Forest, best: float) -> float:
        """Take hidden sources out that have not two children, or do not pay for themselves."""
        again = True
        while again:
            again = False
            children, _ = _children(forest)
            for row in range(self.evidence.documents, self.rows):
                if forest[row] == GONE:
                    continue
                own = children[row]
                heirs = [*own, *([forest[row]] if forest[row] >= 0 else [])] or [ROOT]
                options = [_with(forest, {c: h if c != h else forest[row] for c in own} | {row: GONE}) for h in heirs]
                score, option = min(((self.score(o), o) for o in options), key=lambda x: x[0])
                if len(own) < 2 or score <= best:
                    forest[:], best, again = option, score, True
                    break
        return best


def _children(forest: Forest) -> tuple[list[list[int]], list[int]]:
    """Children of each row, and the rows from the roots down."""
    children: list[list[int]] = [[] for _ in forest]
    order = []
    for row, parent in enumerate(forest):
        if parent >= 0:
            children[parent].append(row)
        elif parent == ROOT:
            order.append(row)
    for row in order:
        order += children[row]
    return children, order


def _below(children: list[list[int]], row: int) -> set[int]:
    out = [row]
    for one in out:
        out += children[one]
    return set(out)


def _with(forest: Forest, moves: dict[int, int]) -> Forest:
    out = list(forest)
    for row, parent in moves.items():
        out[row] = parent
    return out


def _circular(forest: Forest) -> bool:
    _, order = _children(forest)
    return len(order) < sum(parent != GONE for parent in forest)


def put_away(forest: Forest, documents: int) -> None:
    """Take hidden sources, which are the rows from `documents` on, out of use, in place, until each has two children."""
    children = Counter(forest)
    idle = [row for row in range(documents, len(forest)) if forest[row] != GONE and children[row] < 2]
    for row in idle:
        above = forest[row]
        for child in (child for child, parent in enumerate(forest) if parent == row):
            forest[child] = above
        forest[row] = GONE
    if idle:
        put_away(forest, documents)


def trees(forest: Forest) -> list[list[int]]:
    """The rows of each tree, from its root down."""
    _, order = _children(forest)
    top: dict[int, list[int]] = {}
    for row in order:
        tree = top[forest[row]] if forest[row] >= 0 else []
        tree.append(row)
        top[row] = tree
    return [top[row] for row in order if forest[row] == ROOT]
