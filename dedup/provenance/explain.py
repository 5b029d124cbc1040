"""What speaks for an edge and against it, in sentences that are true of the texts by construction."""

from collections.abc import Mapping, Sequence

import numpy as np

from dedup.provenance.collation import Table
from dedup.provenance.forest import Forest


def sentences(
    table: Table, forest: Forest, child: int, names: Sequence[str], agencies: Mapping[int, str | None]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what speaks for the parent that `forest` gives to `child`, and what leaves it in doubt."""
    parent = forest[child]
    hidden = parent in agencies
    agency = agencies.get(parent)
    source = (f"an unseen text of {agency}" if agency else "an unseen source") if hidden else names[parent]
    own = names[child]
    told = []
    both = table.present[parent] & table.present[child]
    held = int(table.present[child].sum()) + int(table.own[child])
    told.append(f"{int(both.sum())} of the {held} sentences of {own} have their like in {source}")
    lost = np.flatnonzero(table.present[parent] & ~table.present[child])
    if len(lost) and both.any():
        places = sorted(int(table.place[parent, f]) + 1 for f in lost)
        last = max(int(table.place[parent, f]) for f in np.flatnonzero(both)) + 1
        if places[0] > last:
            told.append(f"{own} stops after sentence {last} of the shared ones of {source}")
        else:
            told.append(
                f"{own} lacks sentence{'s' if len(places) > 1 else ''} {_ranges(places)} of the shared ones of {source}"
            )
    if not hidden:
        told += _changes(table, parent, child)
    told += _headline(table, forest, child, names, agencies)
    more, doubts = _agencies(table, parent, child, names, agencies)
    told += more
    then, now = table.times[parent], table.times[child]
    if hidden:
        doubts.append("the source itself was not seen; it is told from its copies")
    elif then is None or now is None:
        doubts.append("the two have no pair of dates")
    else:
        hours = abs(now - then)
        late = f"{hours:.1f} hours" if hours >= 1 else f"{hours * 60:.0f} minutes"
        if now > then:
            told.append(f"{own} is dated {late} later")
        else:
            doubts.append(f"{own} is dated {late} earlier" if now < then else "both are dated alike")
    return tuple(told), tuple(doubts)


def _changes(table: Table, parent: int, child: int) -> list[str]:
    both = table.present[parent] & table.present[child]
    a, b = table.readings[parent], table.readings[child]
    columns = np.flatnonzero(both[table.family] & (a != b) & (a >= 0) & (b >= 0)).tolist()
    if not columns:
        return ["word for word the same in every sentence that both hold"]
    swapped = [(table.spelt[c][int(a[c])], table.spelt[c][int(b[c])]) for c in columns if a[c] > 0 and b[c] > 0]
    shown = ", ".join(f"“{old}” → “{new}”" for old, new in swapped[:3])
    put_in, left_out = sum(a[c] == 0 for c in columns), sum(b[c] == 0 for c in columns)
    out = [f"{len(swapped)} words replaced{f' ({shown})' if shown else ''}, {put_in} put in, {left_out} left out"]
    alone = int(((table.readings[:, columns] == b[columns]).sum(axis=0) == 1).sum())
    if alone:
        out.append(f"{alone} of these {len(columns)} changes stand in no other of these documents")
    return out


def _agencies(
    table: Table, parent: int, child: int, names: Sequence[str], agencies: Mapping[int, str | None]
) -> tuple[list[str], list[str]]:
    """Whom the child credits, and which of the two is an agency's own text: for the edge, and against it."""
    own, agency, told, doubts = names[child], agencies.get(parent), [], []
    if parent not in agencies and table.agency[parent]:
        told.append(f"{names[parent]} is a text of {table.names[parent]}, an agency")
    if table.agency[child] and table.names[parent] != table.names[child]:
        doubts.append(f"{own} is a text of {table.names[child]}, an agency")
    source = agency if parent in agencies else table.names[parent]
    if source and source in table.credited[child]:
        told.append(f"{own} credits {source}")
    elif source not in (agency, names[parent], table.names[child]):
        doubts.append(f"no credit to {source} was found in {own}")
    unmet = dict.fromkeys(name for name in table.absent[child] if name != agency)
    for name in unmet:
        both = f", and {names[parent]} does too: each may be made from it" if name in table.absent[parent] else ""
        doubts.append(f"{own} credits {name}, no text of which is in this tree{both}")
    return told, doubts


def _headline(table: Table, forest: Forest, child: int, names: Sequence[str], agencies: Mapping[int, str | None]) -> list[str]:
    """Who has the headline of `child`: its parent, or, of an unseen one, another copy."""
    parent, headline = forest[child], table.headline[child]
    if headline < 0 or table.headline[parent] != headline:
        return []
    copies = (c for c, p in enumerate(forest) if p == parent and c != child and c not in agencies)
    alike = copies if parent in agencies else iter([parent])
    return [f"{names[child]} has the headline of {names[row]}" for row in alike if table.headline[row] == headline][:1]


def _ranges(places: Sequence[int]) -> str:
    runs: list[list[int]] = []
    for place in places:
        if runs and place == runs[-1][1] + 1:
            runs[-1][1] = place
        else:
            runs.append([place, place])
    return ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in runs)
