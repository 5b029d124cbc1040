"""Stage 6: ends of alignments that lie a few words inside a sentence.

An alignment ends at its last equal word. If that is not the end of the sentence on both sides, only a few words are left, and
these state other facts, then an editor must see them: "The toll is 94." and "The toll is 49." Such an end is moved to the
end of the sentence, and the words become an edit. This is done to the matches that are reported, so that it changes neither
which these are nor the families.
"""

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from dedup.align.flags import FactReader, MatchSides
from dedup.arrays import Alignments, Tokens
from dedup.params import MatchParams
from dedup.types import Document

_Ints = npt.NDArray[np.int64]

_SET_APART = re.compile(r"[()\[\]—–|:\n•·]|\s--?\s")


def reach_sentence_ends(
    alignments: Alignments, tokens: Tokens, documents: Sequence[Document], params: MatchParams
) -> Alignments:
    """Return `alignments` with ends moved outwards to the ends of both sentences, if these are near and a fact was changed.

    Near is `params.sentence_end_words` words or fewer on each side, far fewer than the alignment has in the rest of the
    sentence, and no dash, colon or bracket between: what stands before these at the head of an article is its dateline.
    Bits and
    numbers of equal words do not change.
    """
    if not len(alignments) or params.sentence_end_words <= 0:
        return alignments
    rows = alignments.rows.astype(np.int64)
    heads = [_missing(tokens, rows[:, side], rows[:, 2 + 2 * side], -1, params.sentence_end_words) for side in (0, 1)]
    tails = [_missing(tokens, rows[:, side], rows[:, 3 + 2 * side], 1, params.sentence_end_words) for side in (0, 1)]
    head, tail = (_moved(ends, rows) for ends in (heads, tails))
    reader = FactReader(tokens, documents)
    for near, ends, at in ((head, heads, 2), (tail, tails, 3)):
        first = rows[:, 2] if at == 2 else rows[:, 3] - 1
        shared = _shared(tokens, rows, first, at, params.sentence_end_words)
        np.logical_and(near, shared >= 2 * np.maximum(*ends) + params.sentence_end_words, out=near)
        for n in np.flatnonzero(near).tolist():
            row, words = rows[n], (int(ends[0][n]), int(ends[1][n]))
            apart = any(_set_apart(tokens, documents, (row, side, at), words[side]) for side in (0, 1))
            near[n] = not apart and bool(reader.edit_flags(_end_as_match(row.tolist(), at, words)))
    if not (head.any() or tail.any()):
        return alignments
    return _extended(alignments, rows, np.where(head, heads, 0), np.where(tail, tails, 0))


def _missing(tokens: Tokens, doc: _Ints, place: _Ints, step: int, most: int) -> _Ints:
    """Return the words between `place` (n,) and the end of its sentence, before (step -1) or behind it; -1 if above `most`."""
    base = tokens.offsets[doc]
    size = tokens.offsets[doc + 1] - base
    out = np.full(len(doc), -1, np.int64)
    for words in range(most, -1, -1):
        at = place + step * words
        inside = (at >= 0) & (at <= size)
        end = (at == 0) | (at == size)
        index = np.minimum(base + np.clip(at, 0, size), len(tokens.breaks) - 1)
        out[inside & (end | tokens.breaks[index])] = words
    return out


def _moved(ends: list[_Ints], rows: _Ints) -> npt.NDArray[np.bool_]:
    """Return where both ends are near and at least one of them is not reached."""
    found: npt.NDArray[np.bool_] = (ends[0] >= 0) & (ends[1] >= 0) & (ends[0] + ends[1] > 0) & (len(rows) > 0)
    return found


def _end_as_match(row: list[int], at: int, words: tuple[int, int]) -> MatchSides:
    """The alignment `row` with so many words more at its start (at 2) or end (at 3), which are its only edit."""
    a, a_end, b, b_end = row[2:6]
    if at == 2:
        return MatchSides(row[0], row[1], [a - words[0], a_end, b - words[1], b_end], [[a - words[0], a, b - words[1], b]])
    return MatchSides(
        row[0], row[1], [a, a_end + words[0], b, b_end + words[1]], [[a_end, a_end + words[0], b_end, b_end + words[1]]]
    )


def _set_apart(tokens: Tokens, documents: Sequence[Document], place: tuple[_Ints, int, int], words: int) -> bool:
    """Whether a sign divides the `words` before the start (at 2) or behind the end (at 3) of a side of a row from it."""
    row, side, at = place
    doc = int(row[side])
    base = int(tokens.offsets[doc]) + int(row[at + 2 * side])
    if not words:
        return False
    low, high = (base - words, base) if at == 2 else (base - 1, base + words - 1)
    start, end = (tokens.starts[low], tokens.starts[high]) if at == 2 else (tokens.ends[low], tokens.ends[high])
    return _SET_APART.search(documents[doc].text, int(start), int(end)) is not None


def _shared(tokens: Tokens, rows: _Ints, place: _Ints, at: int, most: int) -> _Ints:
    """Return how many words side a of each alignment has in the sentence at its start (at 2) or end (at 3), up to a limit."""
    base = tokens.offsets[rows[:, 0]]
    step = 1 if at == 2 else -1
    out = np.ones(len(rows), np.int64)
    going = np.ones(len(rows), np.bool_)
    for words in range(1, 4 * most):
        here = place + step * words
        inside = (here >= rows[:, 2]) & (here < rows[:, 3])
        # The word behind the end of a sentence has the mark; going back, the mark is at the word that was counted last.
        broken = tokens.breaks[np.clip(base + (here if step > 0 else here + 1), 0, len(tokens.breaks) - 1)]
        going &= inside & ~broken
        out += going
    return out


def _extended(alignments: Alignments, rows: _Ints, head: _Ints, tail: _Ints) -> Alignments:
    """Return the alignments with `head` (2, n) words more before and `tail` (2, n) behind, each as an edit."""
    counts = np.diff(alignments.edit_offsets)
    old = alignments.edits.astype(np.int64)
    out = rows.copy()
    out[:, [2, 4]] -= head.T
    out[:, [3, 5]] += tail.T
    heads = np.column_stack([out[:, 2], rows[:, 2], out[:, 4], rows[:, 4]])[head.any(axis=0)]
    tails = np.column_stack([rows[:, 3], out[:, 3], rows[:, 5], out[:, 5]])[tail.any(axis=0)]
    more_head, more_tail = head.any(axis=0).astype(np.int64), tail.any(axis=0).astype(np.int64)
    sizes = counts + more_head + more_tail
    offsets = np.concatenate(([0], np.cumsum(sizes)))
    edits = np.empty((offsets[-1], 4), np.int64)
    edits[offsets[:-1][more_head > 0]] = heads
    edits[offsets[1:][more_tail > 0] - 1] = tails
    place = np.arange(len(old)) + np.repeat(offsets[:-1] + more_head - alignments.edit_offsets[:-1], counts)
    edits[place] = old
    return Alignments(out.astype(np.uint32), alignments.bits, offsets, edits.astype(np.uint32), alignments.clipped)
