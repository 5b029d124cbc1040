"""The reasons for an edge and against it, as sentences that are true of the texts by construction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dedup.language.counting import counted, inflected
from dedup.provenance.common_source import CommonSources
from dedup.provenance.forest import Forest
from dedup.provenance.variant_table import Bools, VariantTable
from dedup.types import Reason

_SWAPS = 3
"""Replaced words that a sentence shows."""


@dataclass(frozen=True, slots=True)
class TracedStory:
    """What the sentences speak of.

    `names` are the ids of all rows, `agencies` the newsrooms of unseen sources by row, `common` what was found of sources that
    nobody credits.
    """

    table: VariantTable
    forest: Forest
    names: Sequence[str]
    agencies: Mapping[int, str | None]
    common: CommonSources


@dataclass(frozen=True, slots=True)
class _Pair:
    """A child and its parent: their rows, what a sentence calls them, and which loci both hold."""

    child: int
    parent: int
    copy: str
    source: str
    unseen: bool
    both: Bools


def explain(story: TracedStory, child: int) -> tuple[tuple[Reason, ...], tuple[Reason, ...]]:
    """Return the reasons for the parent that the forest gives to `child`, and the doubts about it."""
    parent, table = story.forest[child], story.table
    unseen, agency = parent in story.agencies, story.agencies.get(parent)
    source = story.names[parent] if not unseen else f"an unseen text of {agency}" if agency else "an unseen source"
    pair = _Pair(child, parent, story.names[child], source, unseen, table.present[parent] & table.present[child])
    reasons = [_shared(table, pair), *_lacking(table, pair)]
    if not unseen:
        reasons += _changes(table, pair)
    reasons += _headline(story, pair)
    credited, doubts = _credits(story, pair)
    common, against = _common(story, pair)
    dated, undated = _dates(table, pair)
    return (*reasons, *credited, *common, *dated), (*doubts, *against, *undated)


def _shared(table: VariantTable, pair: _Pair) -> Reason:
    both = int(pair.both.sum())
    held = int(table.present[pair.child].sum()) + table.witnesses[pair.child].own
    if held == 1:
        text = f"the only sentence of {pair.copy} has {'its' if both else 'no'} like in {pair.source}"
    else:
        have = inflected(both, "has its", "have their")
        text = f"{both} of the {held} sentences of {pair.copy} {have} like in {pair.source}"
    return Reason("shared-sentences", text)


def _lacking(table: VariantTable, pair: _Pair) -> list[Reason]:
    """Return which sentences of the parent the child lacks.

    Only sentences that other documents hold too are counted and numbered.
    """
    lost = np.flatnonzero(table.present[pair.parent] & ~table.present[pair.child])
    if not len(lost) or not pair.both.any():
        return []
    place = table.place[pair.parent]
    places = sorted(int(place[locus]) + 1 for locus in lost)
    last = int(place[pair.both].max()) + 1
    if places[0] > last:
        return [Reason("cut", f"{pair.copy} stops after sentence {last} of the shared ones of {pair.source}")]
    numbers = f"{inflected(len(places), 'sentence')} {_ranges(places)}"
    return [Reason("left-out", f"{pair.copy} lacks {numbers} of the shared ones of {pair.source}")]


def _changes(table: VariantTable, pair: _Pair) -> list[Reason]:
    """Return which words differ in the sentences that both hold, and how many of these changes are the child's own."""
    a, b = table.readings[pair.parent], table.readings[pair.child]
    columns = np.flatnonzero(pair.both[table.columns.locus] & (a != b) & (a >= 0) & (b >= 0)).tolist()
    if not columns:
        return [Reason("same-words", "word for word the same in every sentence that both hold")]
    spelt = table.columns.spelt
    swapped = [(spelt[c][int(a[c])], spelt[c][int(b[c])]) for c in columns if a[c] > 0 and b[c] > 0]
    shown = ", ".join(f"“{old}” → “{new}”" for old, new in swapped[:_SWAPS])
    put_in, left_out = sum(a[c] == 0 for c in columns), sum(b[c] == 0 for c in columns)
    replaced = f"{counted(len(swapped), 'word')} replaced{f' ({shown})' if shown else ''}"
    out = [Reason("changed-words", f"{replaced}, {put_in} put in, {left_out} left out")]
    unique = int(((table.readings[:, columns] == b[columns]).sum(axis=0) == 1).sum())
    if unique:
        if unique < len(columns):
            said = f"{unique} of these {len(columns)} changes {inflected(unique, 'occurs', 'occur')} in no other document"
        else:
            said = "none of these changes occurs in another" if unique > 1 else "this change occurs in no other"
            said += " document"
        out.append(Reason("unique-changes", f"{said} of this tree"))
    return out


def _headline(story: TracedStory, pair: _Pair) -> list[Reason]:
    """Return whose headline the child has: its parent's or, if that is unseen, another copy's."""
    headlines = [witness.headline for witness in story.table.witnesses]
    headline = headlines[pair.child]
    if headline < 0 or headlines[pair.parent] != headline:
        return []
    copies = (row for row, p in enumerate(story.forest) if p == pair.parent and row != pair.child and row not in story.agencies)
    same = (row for row in (copies if pair.unseen else [pair.parent]) if headlines[row] == headline)
    return [Reason("same-headline", f"{pair.copy} has the headline of {story.names[row]}") for row in same][:1]


def _credits(story: TracedStory, pair: _Pair) -> tuple[list[Reason], list[Reason]]:
    """Return whom the child credits, and which of the two is an agency's own text: reasons and doubts."""
    child, parent = story.table.witnesses[pair.child], story.table.witnesses[pair.parent]
    agency, reasons, doubts = story.agencies.get(pair.parent), list[Reason](), list[Reason]()
    if not pair.unseen and parent.agency:
        reasons.append(Reason("agency-parent", f"{pair.source} is a text of {parent.newsroom}, an agency"))
    elif not pair.unseen and parent.release:
        reasons.append(Reason("agency-parent", f"{pair.source} is a press release or a statement"))
    if child.agency and parent.newsroom != child.newsroom:
        doubts.append(Reason("agency-child", f"{pair.copy} is a text of {child.newsroom}, an agency"))
    newsroom = agency if pair.unseen else parent.newsroom
    if newsroom and newsroom in child.credited:
        reasons.append(Reason("credit", f"{pair.copy} credits {newsroom}"))
    elif newsroom not in (agency, story.names[pair.parent], child.newsroom):
        doubts.append(Reason("no-credit", f"no credit to {newsroom} was found in {pair.copy}"))
    for name in dict.fromkeys(name for name in child.absent if name != agency):
        both = f", and {pair.source} does too: each may be made from it" if name in parent.absent else ""
        doubts.append(Reason("absent-credit", f"{pair.copy} credits {name}, no text of which is in this tree{both}"))
    return reasons, doubts


def _common(story: TracedStory, pair: _Pair) -> tuple[list[Reason], list[Reason]]:
    """Return what speaks for a source that nobody credits: a reason if that is the parent, else a doubt."""
    common, child = story.common, pair.child
    if child in common.likely:
        other = common.instead[child]
        out = [Reason("common-source", f"{pair.copy} prints the text of {story.names[other]}, and neither shows whose it is")]
        if child in common.turns:
            then, now = common.turns[child]
            rooms = [story.table.witnesses[row].newsroom for row in (other, child)]
            texts = f"{rooms[0]} had such a text first {counted(then, 'time')}, {rooms[1]} {counted(now, 'time')}"
            out.append(Reason("habits", f"{texts}: both have them from elsewhere"))
        return out, []
    if child in common.doubtful:
        return [], [Reason("common-source", f"{pair.copy} and {pair.source} may both have the text from elsewhere")]
    return [], []


def _dates(table: VariantTable, pair: _Pair) -> tuple[list[Reason], list[Reason]]:
    """Return what the dates of the two say: reasons and doubts."""
    if pair.unseen:
        return [], [Reason("unseen-parent", "the source itself was not seen; it is inferred from its copies")]
    then, now = table.witnesses[pair.parent].hours, table.witnesses[pair.child].hours
    if then is None or now is None:
        return [], [Reason("undated", "at least one of the two has no date")]
    if now == then:
        return [], [Reason("simultaneous", "both are dated alike")]
    hours = abs(now - then)
    distance = f"{hours:.1f} hours" if hours >= 1 else counted(round(hours * 60), "minute")
    if now > then:
        return [Reason("later", f"{pair.copy} is dated {distance} later")], []
    return [], [Reason("earlier", f"{pair.copy} is dated {distance} earlier")]


def _ranges(places: Sequence[int]) -> str:
    """Return ascending numbers as ranges: 1–3, 5."""
    runs: list[list[int]] = []
    for place in places:
        if runs and place == runs[-1][1] + 1:
            runs[-1][1] = place
        else:
            runs.append([place, place])
    return ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in runs)
