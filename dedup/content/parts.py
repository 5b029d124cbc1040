"""Stage 7, last part: what kinds of text alignments hold, in code points of the original texts."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from dedup.arrays import Alignments, Tokens, covered
from dedup.content.kinds import Contents
from dedup.types import CONTENTS, Content, Document, Extent, Match, Part

_Ints = npt.NDArray[np.int64]


class Parts:
    """The parts of n alignments; sides a and b are exchanged where `swap` bool (n,) is true."""

    def __init__(self, found: Alignments, contents: Contents, swap: npt.NDArray[np.bool_], tokens: Tokens) -> None:
        self.contents: Sequence[Content] = [CONTENTS[kind] for kind in contents.kinds.tolist()]
        self._found, self._made, self._swap, self._tokens = found, contents, swap, tokens
        self._extents: _Ints | None = None

    def reach(self, matches: Sequence[Match]) -> None:
        """Let the first and last part of each alignment reach to the ends of its match, which include signs at its ends."""
        ends = [(m.a.start, m.a.end, m.b.start, m.b.end) for m in matches]
        self._extents = np.array(ends, np.int64).reshape(-1, 4)

    def of(self, number: int) -> tuple[Part, ...]:
        """Return the parts of one alignment."""
        low, high = self._made.offsets[number : number + 2].tolist()
        columns = self._columns[low:high].tolist()
        kinds, bits = self._made.parts[low:high, 4].tolist(), self._made.part_bits[low:high].tolist()
        return tuple(
            Part(Extent(*row[:2]), Extent(*row[2:]), CONTENTS[kind], round(worth, 1))
            for row, kind, worth in zip(columns, kinds, bits, strict=True)
        )

    def shares(self, documents: Sequence[Document], content: Content) -> dict[str, float]:
        """Return the share of each document's code points that lies in parts of this kind, by id; only those that have some."""
        own = np.flatnonzero(self._made.parts[:, 4] == CONTENTS.index(content))
        docs = self._docs[own]
        places: dict[int, list[tuple[int, int]]] = {}
        for side in (0, 1):
            extents = self._columns[own, 2 * side : 2 * side + 2].tolist()
            for doc, (start, end) in zip(docs[:, side].tolist(), extents, strict=True):
                places.setdefault(doc, []).append((start, end))
        return {documents[doc].id: round(covered(spans) / len(documents[doc].text), 4) for doc, spans in sorted(places.items())}

    @cached_property
    def _rows(self) -> _Ints:
        """The alignment of each part."""
        return np.repeat(np.arange(len(self._found)), np.diff(self._made.offsets))

    @cached_property
    def _docs(self) -> _Ints:
        """The documents of each part: of side a and of side b."""
        docs = self._found.rows[self._rows, :2].astype(np.int64)
        turned = self._swap[self._rows]
        docs[turned] = docs[turned][:, ::-1]
        return docs

    @cached_property
    def _columns(self) -> _Ints:
        """Of each part the start and end in a and in b, in code points."""
        rows, out = self._rows, []
        for side in (0, 1):
            base = self._tokens.offsets[self._found.rows[rows, side]]
            first, last = (base + self._made.parts[:, 2 * side + at].astype(np.int64) for at in (0, 1))
            most = max(len(self._tokens.starts) - 1, 0)
            start = self._tokens.starts[np.minimum(first, most)].astype(np.int64)
            end = self._tokens.ends[np.maximum(last - 1, 0)].astype(np.int64)
            out += [start, np.where(first == last, start, end)]
        columns = np.column_stack(out)
        turned = self._swap[rows]
        columns[turned] = columns[turned][:, [2, 3, 0, 1]]
        if self._extents is not None:
            some = np.diff(self._made.offsets) > 0
            first, last = self._made.offsets[:-1][some], self._made.offsets[1:][some] - 1
            columns[first[:, None], [0, 2]] = self._extents[some][:, [0, 2]]
            columns[last[:, None], [1, 3]] = self._extents[some][:, [1, 3]]
        return columns
