"""Stories with too many copies to weigh every forest: of the earlier texts the one most alike, and how many are as much.

By the words of each pair (`most_alike`), or, of still more, by whole sentences (`nearest`), which is linear in documents times
copies of a sentence. Neither knows a hidden source, and both say so by their confidence.
"""

import math
from collections.abc import Sequence

import numpy as np

from dedup import _native
from dedup.params import TraceParams
from dedup.provenance.collation import Ints, Table
from dedup.provenance.costs import updates
from dedup.provenance.forest import ROOT, Forest
from dedup.types import Document

_WORDING = 0.8
"""Confidence in an earlier text that alone holds a document's wording."""


_NAMED = 5
"""Candidates that are named."""


def nearest(table: Table) -> tuple[Forest, list[dict[int, float]]]:
    """Return the parent of each row, and how likely each candidate is: those as alike as the best share the chance.

    Earlier is what is dated earlier; a text without a date stands behind those that have one, the longer first.
    """
    rows = table.rows
    wording = _wordings(table)
    held = table.present.sum(axis=1)
    all_words = table.present @ table.words
    times = [math.inf if t is None else t for t in table.times]
    order = sorted(range(rows), key=lambda row: (times[row], -int(held[row]), table.names[row], row))
    forest, shares = [ROOT] * rows, [{ROOT: 1.0} for _ in range(rows)]
    for rank, row in enumerate(order[1:], 1):
        earlier = np.array(order[:rank])
        same = ((wording[earlier] == wording[row]) & table.present[row]) @ table.words
        both = (table.present[earlier] & table.present[row]) @ table.words
        # What a copy lacks of its source counts half: it may have been cut.
        score = np.where(both > 0, both + same - 0.5 * (all_words[earlier] - both), -np.inf)
        if score.max() == -np.inf:
            continue
        best = earlier[score >= score.max() - 1e-9][:_NAMED]
        forest[row] = int(best[0])
        shares[row] = dict.fromkeys(best.tolist(), _WORDING / len(best)) | {ROOT: 1 - _WORDING}
    return forest, shares


def most_alike(documents: Sequence[Document], table: Table, params: TraceParams) -> tuple[Forest, list[dict[int, float]]]:
    """As `nearest`, by the exact Jaccard similarity of runs of `alike_words` words; below `alike_least` there is no parent.

    It asks for no sentence in common, and costs the square of the number of documents.
    """
    rows = len(documents)
    times = [math.inf if t is None else t for t in table.times]
    order = sorted(range(rows), key=lambda row: (times[row], -len(documents[row].text), documents[row].id))
    earlier, later = np.triu_indices(rows, 1)
    pairs = np.column_stack([earlier, later]).astype(np.uint32)
    like = np.zeros((rows, rows))
    like[later, earlier] = _native.jaccards([documents[row].text for row in order], params.alike_words, pairs)
    update = updates(table, rows)
    forest, shares = [ROOT] * rows, [{ROOT: 1.0} for _ in range(rows)]
    for rank in range(1, rows):
        own = like[rank, :rank]
        most = float(own.max())
        if most <= params.alike_least:
            continue
        best = [order[n] for n in np.flatnonzero(own >= most - 1e-12).tolist()]
        row = order[rank]
        # Of texts that are as much alike, an outlet updates its own.
        best = [p for p in best if update[p, row]] or best[:_NAMED]
        forest[row] = best[0]
        shares[row] = dict.fromkeys(best, _WORDING / len(best)) | {ROOT: 1 - _WORDING}
    return forest, shares


def _wordings(table: Table) -> Ints:
    """A number for the wording of each sentence in each row, shape (rows, families); -1 where the row lacks it."""
    out = np.where(table.present, 0, -1).astype(np.int64)
    starts = np.flatnonzero(np.diff(table.family, prepend=-1)).tolist()
    for start, end in zip(starts, [*starts[1:], len(table.family)], strict=True):
        family = int(table.family[start])
        _, codes = np.unique(table.readings[:, start:end], axis=0, return_inverse=True)
        out[:, family] = np.where(table.present[:, family], codes.reshape(-1), -1)
    return out
