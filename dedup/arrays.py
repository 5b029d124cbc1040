"""Flat arrays that stages hand on, and helpers for arrays.

Nobody writes to an array that was handed on; whoever needs another makes a copy.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from dedup import _native

T = TypeVar("T", bound=np.generic)


def distinct(values: npt.NDArray[T]) -> npt.NDArray[T]:
    """Return the distinct values of a flat array, sorted, of its dtype.

    `numpy.unique` does the same, but its first call loads `numpy.ma`, which takes as long as a check of a draft.
    """
    ordered = np.sort(values)
    keep = np.ones(len(ordered), np.bool_)
    keep[1:] = ordered[1:] != ordered[:-1]
    return ordered[keep]


def among(values: npt.NDArray[T], others: npt.NDArray[T]) -> npt.NDArray[np.bool_]:
    """Return whether each of `values` (n,) is one of `others` (m,), shape (n,).

    `numpy.isin` does the same, but loads `numpy.ma`, as `numpy.unique` does.
    """
    ordered = np.sort(others)
    found: npt.NDArray[np.bool_] = np.searchsorted(ordered, values) < np.searchsorted(ordered, values, side="right")
    return found


def count_before(flags: npt.NDArray[np.bool_], places: npt.NDArray[np.integer[Any]]) -> npt.NDArray[np.int64]:
    """Return how many of `flags` are set before each of `places`, of the shape of `places`; fast where few are set."""
    found: npt.NDArray[np.int64] = np.searchsorted(np.flatnonzero(flags), places)
    return found


def keys(pairs: npt.NDArray[np.integer[Any]]) -> npt.NDArray[np.uint64]:
    """Return a number for each pair in the first two columns of `pairs` (n, 2 or more), shape (n,).

    Equal pairs have equal numbers, and numbers are in the order of pairs. The values must fit 32 bits.
    """
    first, second = pairs[:, :2].astype(np.uint64).T
    found: npt.NDArray[np.uint64] = (first << np.uint64(32)) | second
    return found


def components(count: int, pairs: npt.NDArray[np.integer[Any]]) -> npt.NDArray[np.int64]:
    """Return the connected component of each of `count` items, as its smallest member, int64 (count,).

    `pairs` (n, 2) are the edges, numbers below `count`; an item without an edge is a component of its own.
    """
    smallest = np.arange(count, dtype=np.int64)
    edges = pairs.astype(np.int64)
    while len(edges):
        # Each component is a star around its smallest member. Join the stars at the two ends of each edge...
        ends = smallest[edges]
        apart = ends[:, 0] != ends[:, 1]
        edges, ends = edges[apart], ends[apart]
        np.minimum.at(smallest, ends.max(axis=1), ends.min(axis=1))
        # ...and make stars of the trees that this gives.
        while True:
            nearer = smallest[smallest]
            if (nearer == smallest).all():
                break
            smallest = nearer
    return smallest


def united(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the union of half-open intervals (start, end) as intervals in order that do not touch; empty ones are left out."""
    out: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if end <= start:
            continue
        if out and start <= out[-1][1]:
            out[-1] = out[-1][0], max(end, out[-1][1])
        else:
            out.append((start, end))
    return out


def covered(spans: Iterable[tuple[int, int]]) -> int:
    """Return the length of the union of half-open intervals (start, end)."""
    return sum(end - start for start, end in united(spans))


def overlapping(spans: Sequence[tuple[int, int]], places: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Return for each of `places` the positions, in order, of those of `spans` that overlap it; all are half-open.

    The time is that of sorting both, and of writing the result.

    >>> overlapping([(0, 4), (3, 9), (12, 20)], [(3, 5), (9, 12)])
    [[0, 1], []]
    """
    order = sorted(range(len(spans)), key=lambda n: spans[n][0])
    starts = [spans[n][0] for n in order]
    out: list[list[int]] = [[] for _ in places]
    active: list[int] = []
    reached = 0
    for place in sorted(range(len(places)), key=lambda n: places[n][0]):
        low, high = places[place]
        first = bisect_left(starts, low)
        active = [n for n in (*active, *order[reached:first]) if spans[n][1] > low]
        reached = first
        out[place] = sorted([*active, *order[first : bisect_left(starts, high)]])
    return out


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of n texts, in flat arrays, and their vocabulary."""

    offsets: npt.NDArray[np.int64]
    """(n + 1,): text d owns the tokens `offsets[d]:offsets[d + 1]`."""
    starts: npt.NDArray[np.uint32]
    """(tokens,): first code point of each token in its text."""
    ends: npt.NDArray[np.uint32]
    """(tokens,): code point after the last one."""
    ids: npt.NDArray[np.uint32]
    """(tokens,): number of the token's word in the vocabulary."""
    breaks: npt.NDArray[np.bool_]
    """(tokens,): whether a sentence may end before the token."""
    capitals: npt.NDArray[np.bool_]
    """(tokens,): whether the token starts with a capital letter."""
    letters: npt.NDArray[np.uint8]
    """The vocabulary: word v is the UTF-8 `letters[bounds[v]:bounds[v + 1]]` of its folded form."""
    bounds: npt.NDArray[np.int64]
    """(words + 1,)"""
    hashes: npt.NDArray[np.uint64]
    """(words,): hash of each word, as `rust/src/shingles.rs` defines it."""
    mixed: list[tuple[int, int]]
    """(text, start) of each token in which letters of two scripts were mixed; its folded form has one script."""

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def word(self, number: int) -> str:
        """Return the folded form of word `number` of the vocabulary."""
        return self.letters[self.bounds[number] : self.bounds[number + 1]].tobytes().decode()

    def select(self, keep: npt.NDArray[np.bool_]) -> "Tokens":
        """Return the tokens for which `keep` (tokens,) is true, with the whole vocabulary."""
        return replace(
            self,
            offsets=self.offsets - count_before(~keep, self.offsets),
            starts=self.starts[keep],
            ends=self.ends[keep],
            ids=self.ids[keep],
            breaks=self.breaks[keep],
            capitals=self.capitals[keep],
        )


@dataclass(frozen=True, slots=True)
class Layout:
    """The paragraphs of n texts, in flat arrays."""

    offsets: npt.NDArray[np.int64]
    """(n + 1,): text d owns the paragraphs `offsets[d]:offsets[d + 1]`."""
    starts: npt.NDArray[np.int64]
    """(paragraphs,): first code point of each paragraph in its text."""
    ends: npt.NDArray[np.int64]
    """(paragraphs,): code point after the last one."""
    roles: npt.NDArray[np.uint8]
    """(paragraphs,): place of the paragraph's role in `dedup.types.ROLES`."""

    @classmethod
    def of(cls, paragraphs: Sequence[npt.NDArray[np.int64]]) -> "Layout":
        """Return the layout of texts whose paragraphs are given: (n, 3) of each text, start, end and role."""
        starts, ends, roles = np.concatenate([np.zeros((0, 3), np.int64), *paragraphs]).T
        offsets = np.cumsum([0, *map(len, paragraphs)], dtype=np.int64)
        return cls(offsets, np.ascontiguousarray(starts), np.ascontiguousarray(ends), roles.astype(np.uint8))

    def of_text(self, number: int) -> npt.NDArray[np.int64]:
        """Return the paragraphs of one text, as `of` takes them."""
        own = slice(*self.offsets[number : number + 2].tolist())
        return np.column_stack([self.starts[own], self.ends[own], self.roles[own].astype(np.int64)])


@dataclass(frozen=True, slots=True)
class Alignments:
    """Aligned passages of pairs of documents, in token numbers within each document, half-open."""

    rows: npt.NDArray[np.uint32]
    """(n, 7): document a, document b, a from, a to, b from, b to, equal tokens."""
    bits: npt.NDArray[np.float32]
    """(n,): bits of shared information."""
    edit_offsets: npt.NDArray[np.int64]
    """(n + 1,): alignment i has the edits `edit_offsets[i]:edit_offsets[i + 1]`."""
    edits: npt.NDArray[np.uint32]
    """(edits, 4): extents that are not equal, in order: a from, a to, b from, b to."""
    clipped: npt.NDArray[np.uint32]
    """(pairs, 2): documents that repeat themselves so much that not all they share was aligned."""

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
    """Return the index in `tokens` of the first token of each paragraph, then the count of all tokens, (paragraphs + 1,)."""
    return _native.first_tokens(tokens.offsets, tokens.starts, laid.offsets, laid.starts)


class DisjointSets:
    """Groups of the numbers 0 to n - 1, which can be joined (union-find). A group is named by its smallest number."""

    def __init__(self, count: int) -> None:
        """Put each number in a group of its own."""
        self._above = list(range(count))

    def find(self, number: int) -> int:
        """Return the smallest number of the group of `number`."""
        above = self._above
        while above[number] != number:
            above[number] = above[above[number]]
            number = above[number]
        return number

    def join(self, one: int, other: int) -> bool:
        """Join the groups of two numbers; return False if they are in one group already."""
        first, second = sorted((self.find(one), self.find(other)))
        self._above[second] = first
        return first != second
