"""An unseen source that several newsrooms have in common, though none of them credits it.

Two outlets that print one text without a credit seldom have it from each other: mostly both have it from an agency, a syndicate
or a press office. The words show it where other copies agree with the copy against its supposed parent. The outlets' habits
show it, too: who copies another comes second every time, and of two customers of one agency now one comes first and now the
other.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field

import numpy as np

from dedup.arrays import DisjointSets
from dedup.press.names import site_of
from dedup.provenance.credited import newsroom
from dedup.provenance.drawn import DrawnText
from dedup.provenance.forest import ROOT, Forest, Shares, trees
from dedup.provenance.reconstruct import Reconstruction
from dedup.provenance.variant_table import VariantTable
from dedup.trace_params import CommonSourceParams, TraceParams
from dedup.types import Document


@dataclass(frozen=True, slots=True)
class Habits:
    """What newsrooms do with texts that they share."""

    first: Mapping[tuple[str, str], int]
    """How often the first of two newsrooms printed a text before the second one did."""
    customers: frozenset[str]
    """Newsrooms of which each prints the texts of an unseen source together with some other newsroom, now first, now second."""


@dataclass
class CommonSources:
    """What was found of one story: by row of a document or an unseen source, the probability that the source is common."""

    likely: dict[int, float] = field(default_factory=dict)
    """Documents that were attached to a common source, and these sources."""
    doubtful: dict[int, float] = field(default_factory=dict)
    """Documents that stay with their parents."""
    instead: dict[int, int] = field(default_factory=dict)
    """By document that was attached to a common source, another document that has it."""
    turns: dict[int, tuple[int, int]] = field(default_factory=dict)
    """How often the newsroom of that other document had a text first, and how often that of the document, if both did."""


def habits(first: Mapping[tuple[str, str], int], params: TraceParams) -> Habits:
    """Return the habits of newsrooms, from how often each was `first` in a corpus."""
    balanced = [pair for pair in first if _habit(first, *pair, params.common) >= params.common.balanced]
    return Habits(first, frozenset(name for pair in balanced for name in pair))


def counted_firsts(documents: Sequence[Document], drawn: DrawnText, params: TraceParams) -> Counter[tuple[str, str]]:
    """Return how often the first of two newsrooms printed a text before the second one did, among `documents`.

    Only texts count that are largely the same, and whose dates differ. The counts of the parts of a corpus add up, if no part
    shares narration with another.
    """
    rooms = [newsroom(document) for document in documents]
    hours = [document.published.timestamp() / 3600 if document.published else math.inf for document in documents]
    pairs = [pair for pair, share in drawn.shares().items() if share >= params.parents.main_share]
    same = DisjointSets(len(documents))
    for a, b in pairs:
        same.join(a, b)
    # A newsroom's first version of a text is the one that counts.
    first: dict[tuple[int, str], float] = defaultdict(lambda: math.inf)
    for n in {n for pair in pairs for n in pair}:
        key = same.find(n), rooms[n]
        first[key] = min(first[key], hours[n])
    found: Counter[tuple[str, str]] = Counter()
    shared = {(same.find(a), min(rooms[a], rooms[b]), max(rooms[a], rooms[b])) for a, b in pairs if rooms[a] != rooms[b]}
    for text, one, other in sorted(shared):
        then, now = first[text, one], first[text, other]
        if math.inf not in (then, now) and abs(now - then) > params.dates.tolerance:
            found[(one, other) if then < now else (other, one)] += 1
    return found


def _habit(first: Mapping[tuple[str, str], int], one: str, other: str, params: CommonSourceParams) -> float:
    """Return the log likelihood ratio of the order of two newsrooms: both have a source, against `other` copies `one`."""
    ahead, behind = first.get((one, other), 0), first.get((other, one), 0)
    return ahead * math.log(0.5 / (1 - params.out_of_turn)) + behind * math.log(0.5 / params.out_of_turn)


def attach_common(
    table: VariantTable,
    forest: Forest,
    shares: Shares,
    agencies: dict[int, str | None],
    *,
    collages: Set[int],
    known: Habits,
    params: TraceParams,
) -> CommonSources:
    """Attach documents whose source is likelier common than their parent to what their parent was made from, in place.

    If the parent is an origin, that is a new unseen source. `agencies` are the newsrooms of all unseen sources by row; new ones
    are added. `collages` are rows that take from several texts.
    """
    count, out = len(shares), CommonSources()
    reconstruction = Reconstruction(table, count, params.unseen)
    for tree in trees(forest):
        tops = _judged(
            table, forest, [row for row in tree if row < count], out, collages=collages, known=known, params=params.common
        )
        for top in sorted(set(tops.values())):
            below = [row for row in tops if tops[row] == top]
            if table.witnesses[top].is_source or forest[top] != ROOT:
                _attach(forest, shares, below, forest[top] if forest[top] != ROOT else top, out)
                for row in (row for row in below if forest[row] < count):
                    # A source that is here is judged as any other; the top of the copies has it, too.
                    del out.likely[row]
                    out.doubtful[row] = out.doubtful.get(top, 0.0)
                continue
            sure = float(np.mean([out.likely[row] for row in below]))
            source = reconstruction.add(reconstruction.wording([top, *below]), [top, *below])
            credited = Counter(name for row in [top, *below] for name in table.witnesses[row].absent)
            agencies[source] = min(credited, key=lambda name: (-credited[name], name)) if credited else None
            forest.append(ROOT)
            out.likely[source] = sure
            if sure > params.common.origin:
                out.likely[top], out.instead[top] = sure, below[0]
                below.append(top)
            _attach(forest, shares, below, source, out)
    return out


def _judged(
    table: VariantTable,
    forest: Forest,
    documents: Sequence[int],
    out: CommonSources,
    *,
    collages: Set[int],
    known: Habits,
    params: CommonSourceParams,
) -> dict[int, int]:
    """Judge the `documents` of one tree, into `out`; return those with a common source, and the document above its copies.

    The source of a copy that is no copy of its parent is the parent's own source.
    """
    rooms = len({table.witnesses[row].newsroom for row in documents})
    known_rows = set(documents)
    for row in documents:
        parent = forest[row]
        if parent not in known_rows or not _is_open(table, parent, row):
            continue
        odds = _log_odds(_Pair(table, documents, parent, row), rooms, known, params)
        odds -= params.collage_against if row in collages else 0.0
        probability = 1 / (1 + math.exp(-odds))
        (out.likely if probability > params.least else out.doubtful)[row] = probability
        out.instead[row] = parent
        pair = table.witnesses[parent].newsroom, table.witnesses[row].newsroom
        if all(turns := (known.first.get(pair, 0), known.first.get(pair[::-1], 0))):
            out.turns[row] = turns
    tops = {row: _top(forest, row, out.likely) for row in documents if row in out.likely}
    for row in documents:
        parent = forest[row]
        if row in out.likely or parent not in known_rows or not _same_room(table, parent, row):
            continue
        if table.witnesses[row].newsroom not in known.customers:
            continue
        if parent in out.likely:
            # What a customer prints again is from the same source.
            out.likely[row], tops[row], out.instead[row] = out.likely[parent], tops[parent], parent
        else:
            out.doubtful[row] = params.printed_again
    return tops


def _top(forest: Forest, row: int, moved: Mapping[int, float]) -> int:
    """Return the nearest document above `row` that has its parent's words from that parent."""
    above = forest[row]
    while above in moved:
        above = forest[above]
    return above


def _attach(forest: Forest, shares: Shares, below: Sequence[int], source: int, out: CommonSources) -> None:
    """Make `source` the parent of the documents `below`, in place."""
    for row in below:
        old, sure = forest[row], out.likely[row]
        forest[row] = source
        shares[row] = {source: sure, old: 1 - sure}


@dataclass(frozen=True, slots=True)
class _Pair:
    """A parent and its child, among the rows `documents` of their tree."""

    table: VariantTable
    documents: Sequence[int]
    parent: int
    child: int


def _is_open(table: VariantTable, parent: int, child: int) -> bool:
    """Whether nothing but their words says that one newsroom has its text from another."""
    one, other = table.witnesses[parent], table.witnesses[child]
    if not (one.outlet and other.outlet):
        return False  # nothing is known of who printed them
    same = _same_room(table, parent, child)
    # An aggregator shows a page again under its headline.
    again = one.aggregator and other.aggregator and one.headline == other.headline >= 0
    return not (same or again or one.newsroom in other.credited or one.is_source or (other.aggregator and not one.aggregator))


def _same_room(table: VariantTable, parent: int, child: int) -> bool:
    one, other = table.witnesses[parent], table.witnesses[child]
    site = site_of(one.url or "")
    return one.newsroom == other.newsroom or (site is not None and site == site_of(other.url or ""))


def _log_odds(pair: _Pair, rooms: int, known: Habits, params: CommonSourceParams) -> float:
    """Return the log odds that a parent and its child have a common source; `rooms` is how many newsrooms have the text."""
    table = pair.table
    one, other = table.witnesses[pair.parent], table.witnesses[pair.child]
    odds = params.two - params.more * math.log2(max(rooms, 2) / 2)
    if one.hours is not None and other.hours is not None and other.hours - one.hours > params.late:
        odds -= params.late_against
    habit = _habit(known.first, one.newsroom, other.newsroom, params)
    if one.hours is not None and other.hours is not None and one.hours < other.hours and habit:
        habit -= math.log(0.5 / (1 - params.out_of_turn))  # this very copy
    odds += min(max(habit, -params.habit_against), params.habit_for)
    if one.newsroom in known.customers and other.newsroom in known.customers:
        odds += params.customers
    if one.headline == other.headline >= 0:
        odds -= params.headline_against
    if one.own >= params.cut_least and other.own - other.tail <= params.cut_share * one.own:
        odds -= params.cut_against
    a, b = table.readings[pair.parent], table.readings[pair.child]
    columns = np.flatnonzero((a >= 0) & (b >= 0) & (a != b))
    readings = table.readings[np.ix_(np.array(pair.documents), columns)]
    alone = ((readings == a[columns]).sum(axis=0) == 1) & ((readings == b[columns]).sum(axis=0) > 1)
    return odds + params.agreed * min(int(alone.sum()), params.agreed_most)
