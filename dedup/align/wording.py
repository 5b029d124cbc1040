"""Stage 6, third part: what two reports of one event share without one being written from the other is left out.

Bits say what chance does not explain: but the event explains names with their titles, facts in near words, and what people
said. Of all this a reader who knows the event would guess each word at `retelling_word_bits` or fewer. So an alignment is
weighed again with no word worth more, its wording, which must pass the same threshold; quotations, which say themselves whose
words they are, need not. Where the wording of one passage relates two documents even among all those of the corpus, one draws
on the other, or both on a third, in the writer's own words: then it is no surprise that they share more.
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
    """Return those of `found` that are quotations or have a `wording`, float32 (n,), that one event does not explain.

    `needed` float64 (n, 2): the wording of one, no quotation, that says that one text draws on the other; and what each
    needs where none says so. Where one does, each needs no more than `threshold_bits`: it may well stand anywhere in the two.
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
    """Whether a share of `least` or more of this side of each alignment is between quotation marks."""
    doc, first, last = rows[:, [side, 2 + 2 * side, 3 + 2 * side]].T.astype(np.int64)
    base = tokens.offsets[doc]
    start, end = tokens.starts[base + first].astype(np.int64), tokens.ends[base + last - 1].astype(np.int64)
    quoted: npt.NDArray[np.bool_] = Quoted(doc, documents).share(start, end) >= least
    return quoted
