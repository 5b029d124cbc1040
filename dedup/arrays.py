"""Flat arrays that stages hand on, and helpers for arrays."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from dedup import _native

T = TypeVar("T", bound=np.generic)


def distinct(values: npt.NDArray[T]) -> npt.NDArray[T]:
    """Return the distinct values of a flat array, sorted.

    As `numpy.unique`, which loads `numpy.ma` when it is first called: as much time as a check of a draft takes.
    """
    ordered = np.sort(values)
    keep = np.ones(len(ordered), np.bool_)
    keep[1:] = ordered[1:] != ordered[:-1]
    return ordered[keep]


def among(values: npt.NDArray[T], others: npt.NDArray[T]) -> npt.NDArray[np.bool_]:
    """Return whether each of `values` is one of `others`, flat arrays both; as `numpy.isin`, which loads `numpy.ma` too."""
    ordered = np.sort(others)
    found: npt.NDArray[np.bool_] = np.searchsorted(ordered, values) < np.searchsorted(ordered, values, side="right")
    return found


def keys(pairs: npt.NDArray[np.integer[Any]]) -> npt.NDArray[np.uint64]:
    """Return a number for each pair in the first two columns of `pairs`, shape (n,); in their order."""
    first, second = pairs[:, :2].astype(np.uint64).T
    found: npt.NDArray[np.uint64] = (first << np.uint64(32)) | second
    return found


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens of n texts, in flat arrays, and their vocabulary.

    `offsets` int64 (n + 1,): text d owns tokens `offsets[d]:offsets[d + 1]`. `starts`, `ends`, `ids` uint32 (tokens,): code
    points in the text, and the word; `breaks`, `capitals` bool (tokens,): whether a sentence may end before it, and whether it
    starts with a capital letter. Word v is the UTF-8 `letters[bounds[v]:bounds[v + 1]]` with hash
    `hashes[v]`. `mixed`: (text, start) of each token in which letters of two scripts were mixed, and folded to one.
    """

    offsets: npt.NDArray[np.int64]
    starts: npt.NDArray[np.uint32]
    ends: npt.NDArray[np.uint32]
    ids: npt.NDArray[np.uint32]
    breaks: npt.NDArray[np.bool_]
    capitals: npt.NDArray[np.bool_]
    letters: npt.NDArray[np.uint8]
    bounds: npt.NDArray[np.int64]
    hashes: npt.NDArray[np.uint64]
    mixed: list[tuple[int, int]]

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def select(self, keep: npt.NDArray[np.bool_]) -> "Tokens":
        """Return the tokens for which `keep` (tokens,) is true; the vocabulary stays whole."""
        before = np.concatenate(([0], np.cumsum(keep)))
        return replace(
            self,
            offsets=before[self.offsets],
            starts=self.starts[keep],
            ends=self.ends[keep],
            ids=self.ids[keep],
            breaks=self.breaks[keep],
            capitals=self.capitals[keep],
        )


@dataclass(frozen=True, slots=True)
class Layout:
    """Paragraphs of n texts, in flat arrays.

    `offsets` int64 (n + 1,): text d owns paragraphs `offsets[d]:offsets[d + 1]`; `starts`, `ends` int64 and `roles` uint8
    (paragraphs,), the latter an index of `ROLES`.
    """

    offsets: npt.NDArray[np.int64]
    starts: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]
    roles: npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Alignments:
    """Aligned passages of pairs of documents, in token numbers within each document, half-open.

    `rows` uint32 (n, 7): document a, document b, a from, a to, b from, b to, equal tokens. `bits` float32 (n,). What is not
    equal in alignment i: `edits[edit_offsets[i]:edit_offsets[i + 1]]`, uint32 (a from, a to, b from, b to), in order.
    `clipped` uint32 (pairs, 2): documents that repeat themselves so much that not all of what they share was aligned.
    """

    rows: npt.NDArray[np.uint32]
    bits: npt.NDArray[np.float32]
    edit_offsets: npt.NDArray[np.int64]
    edits: npt.NDArray[np.uint32]
    clipped: npt.NDArray[np.uint32]

    def __len__(self) -> int:
        return len(self.rows)

    def edits_of(self, number: int) -> npt.NDArray[np.uint32]:
        """Return the edits of alignment `number`, shape (edits, 4)."""
        return self.edits[self.edit_offsets[number] : self.edit_offsets[number + 1]]

    def take(self, numbers: npt.NDArray[np.int64]) -> "Alignments":
        """Return the alignments `numbers`, in that order."""
        counts = np.diff(self.edit_offsets)[numbers]
        offsets = np.concatenate(([0], np.cumsum(counts)))
        edits = np.arange(offsets[-1]) + np.repeat(self.edit_offsets[numbers] - offsets[:-1], counts)
        return Alignments(self.rows[numbers], self.bits[numbers], offsets, self.edits[edits], self.clipped)

    def __add__(self, other: "Alignments") -> "Alignments":
        return Alignments(
            np.concatenate([self.rows, other.rows]),
            np.concatenate([self.bits, other.bits]),
            np.concatenate([self.edit_offsets, other.edit_offsets[1:] + self.edit_offsets[-1]]),
            np.concatenate([self.edits, other.edits]),
            np.concatenate([self.clipped, other.clipped]),
        )


def first_tokens(tokens: Tokens, laid: Layout) -> npt.NDArray[np.int64]:
    """Return the number of the first token of each paragraph, and of all tokens, shape (paragraphs + 1,)."""
    return _native.first_tokens(tokens.offsets, tokens.starts, laid.offsets, laid.starts)


def covered(spans: Iterable[tuple[int, int]]) -> int:
    """Return the number of places in the union of half-open intervals.

    >>> covered([(0, 4), (2, 6), (9, 10)])
    7
    """
    total = reached = 0
    for start, end in sorted(spans):
        total += max(0, end - max(start, reached))
        reached = max(reached, end)
    return total


class DisjointSets:
    """Groups of the numbers 0 to n - 1, which can be joined (union-find). The first number of a group stands for it."""

    def __init__(self, count: int) -> None:
        """Put each number in a group of its own."""
        self._above = list(range(count))

    def find(self, number: int) -> int:
        """Return the number that stands for the group of `number`."""
        above = self._above
        while above[number] != number:
            above[number] = above[above[number]]
            number = above[number]
        return number

    def join(self, one: int, other: int) -> bool:
        """Join the groups of two numbers; return False where they are one group already."""
        first, second = sorted((self.find(one), self.find(other)))
        self._above[second] = first
        return first != second
