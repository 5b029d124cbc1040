"""The most similar earlier document as the parent: the fallback for stories too large for a search.

If several earlier documents are equally similar, the confidence is divided between them. `most_similar` compares the words of
each pair of documents. `most_similar_sentences` compares whole sentences, which takes less memory. Neither infers an unseen
source, and the confidence is low for that reason.
"""

import math
from collections.abc import Sequence

import numpy as np

from dedup import _native
from dedup.provenance.costs import updates
from dedup.provenance.forest import ROOT, Forest, Shares
from dedup.provenance.variant_table import Ints, VariantTable
from dedup.trace_params import NearestParams
from dedup.types import Document

_ROUNDING = 1e-9
"""Words by which two similarities may differ and still count as equal: sums in another order differ in the last digits."""
_JACCARD_ROUNDING = 1e-12
"""The same for Jaccard similarities."""


def most_similar_sentences(table: VariantTable, params: NearestParams) -> tuple[Forest, Shares]:
    """Return the parent of each row, and the share of each candidate.

    Similarity is the number of words in sentences that both hold, twice if the wording is the same, less `params.lacked` for
    each word of the parent that the copy lacks. Documents without a date count as later than those with one; of two without a
    date, the shorter is the later.
    """
    rows = table.rows
    wording = _wordings(table)
    held = table.present.sum(axis=1)
    all_words = table.present @ table.loci.words
    order = _by_time(table, [(-int(held[row]), table.witnesses[row].newsroom, row) for row in range(rows)])
    forest, shares = [ROOT] * rows, [{ROOT: 1.0} for _ in range(rows)]
    for rank, row in enumerate(order[1:], 1):
        earlier = np.array(order[:rank])
        same = ((wording[earlier] == wording[row]) & table.present[row]) @ table.loci.words
        both = (table.present[earlier] & table.present[row]) @ table.loci.words
        score = np.where(both > 0, both + same - params.lacked * (all_words[earlier] - both), -np.inf)
        if score.max() > -np.inf:
            best = earlier[score >= score.max() - _ROUNDING][: params.named].tolist()
            forest[row], shares[row] = best[0], _divided(best, params)
    return forest, shares


def most_similar(documents: Sequence[Document], table: VariantTable, params: NearestParams) -> tuple[Forest, Shares]:
    """Return the parent of each document, and the share of each candidate, by the Jaccard similarity of their shingles.

    A shingle has `params.words` words, so that texts without a common sentence can be compared. Time and memory grow with the
    square of the number of documents.
    """
    rows = len(documents)
    order = _by_time(table, [(-len(document.text), document.id) for document in documents])
    earlier, later = np.triu_indices(rows, 1)
    pairs = np.column_stack([earlier, later]).astype(np.uint32)
    similarity = np.zeros((rows, rows))
    similarity[later, earlier] = _native.jaccards([documents[row].text for row in order], params.words, pairs)
    update = updates(table, rows)
    forest, shares = [ROOT] * rows, [{ROOT: 1.0} for _ in range(rows)]
    for rank in range(1, rows):
        own = similarity[rank, :rank]
        most = float(own.max())
        if most <= params.similarity:
            continue
        row = order[rank]
        best = [order[n] for n in np.flatnonzero(own >= most - _JACCARD_ROUNDING).tolist()]
        # Of equally similar documents, an outlet's own last text is the parent.
        best = [p for p in best if update[p, row]] or best[: params.named]
        forest[row], shares[row] = best[0], _divided(best, params)
    return forest, shares


def _by_time(table: VariantTable, ties: Sequence[tuple[object, ...]]) -> list[int]:
    """Return the rows by date, those without one last; rows with the same date in the order of `ties`."""
    times = [math.inf if witness.hours is None else witness.hours for witness in table.witnesses]
    return sorted(range(len(ties)), key=lambda row: (times[row], *ties[row]))


def _divided(best: Sequence[int], params: NearestParams) -> dict[int, float]:
    """Return the shares of equally similar parents; the rest is the share of no parent."""
    return dict.fromkeys(best, params.confidence / len(best)) | {ROOT: 1 - params.confidence}


def _wordings(table: VariantTable) -> Ints:
    """Return a number for the wording of each locus in each row, shape (rows, loci); -1 where the row lacks it."""
    out = np.where(table.present, 0, -1).astype(np.int64)
    starts = np.flatnonzero(np.diff(table.columns.locus, prepend=-1)).tolist()
    ends = [*starts[1:], len(table.columns.locus)][: len(starts)]  # if no word of any locus varies, there is no column
    for start, end in zip(starts, ends, strict=True):
        locus = int(table.columns.locus[start])
        _, numbers = np.unique(table.readings[:, start:end], axis=0, return_inverse=True)
        out[:, locus] = np.where(table.present[:, locus], numbers.reshape(-1), -1)
    return out
