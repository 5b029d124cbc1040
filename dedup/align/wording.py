"""Stage 6: leave out matches of two reports of one event that were written independently.

Bits say what chance does not explain. The event itself explains shared names with their titles, facts in similar words, and
what people said. A reader who knows the event would guess each of these words at `retelling_word_bits` or fewer. So each
alignment is scored again with no word worth more than that. This score is its wording, and it must pass the same threshold.
Quotations are exempt, since they say themselves whose words they are.

If the wording of one passage is enough to relate two documents even in the whole corpus, one of them draws on the other, or
both draw on a third. Then it is no surprise that they share more, and their other passages need less.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from dedup.arrays import Alignments, Tokens
from dedup.language.quoted import Quoted
from dedup.params import MatchParams
from dedup.types import Document


def worded(
    found: Alignments,
    wording: npt.NDArray[np.float32],
    needed: npt.NDArray[np.float64],
    *,
    tokens: Tokens,
    documents: Sequence[Document],
    params: MatchParams,
) -> Alignments:
    """Return the alignments `found` that are quotations, or whose `wording` the event does not explain.

    `wording`, float32 (n,), and `needed`, float64 (n, 2), are bits. The first column of `needed` is the wording from which a
    passage that is no quotation shows that one text draws on the other. The second is the wording that a passage needs if none
    shows it. If one of two documents draws on the other, each passage of the two needs only `params.threshold_bits`.
    """
    enough = wording >= needed[:, 1]
    if enough.all():
        return found
    pair = np.unique(found.rows[:, 0].astype(np.int64) << 32 | found.rows[:, 1], return_inverse=True)[1]
    open_pairs = np.bincount(pair[~enough], minlength=len(found)) > 0
    asked = np.flatnonzero(open_pairs[pair])
    left, right = (_quoted(found.rows[asked], side, tokens, documents, params.quotation_share) for side in (0, 1))
    enough[asked[left & right]] = True
    draws = asked[(wording[asked] >= needed[asked, 0]) & ~left & ~right]
    drawn = np.bincount(pair[draws], minlength=len(found)) > 0
    return found.take(np.flatnonzero(enough | (drawn[pair] & (wording >= params.threshold_bits))))


def _quoted(
    rows: npt.NDArray[np.uint32], side: int, tokens: Tokens, documents: Sequence[Document], least: float
) -> npt.NDArray[np.bool_]:
    """Return for each alignment whether a share of at least `least` of this side is in quotation marks."""
    doc, first, last = rows[:, [side, 2 + 2 * side, 3 + 2 * side]].T.astype(np.int64)
    base = tokens.offsets[doc]
    start, end = tokens.starts[base + first].astype(np.int64), tokens.ends[base + last - 1].astype(np.int64)
    quoted: npt.NDArray[np.bool_] = Quoted(doc, documents).share(start, end) >= least
    return quoted
