"""Stage 7, second part: what kind of text each alignment holds, word by word, and as a whole.

Each equal word of an alignment is of one kind:

- `furniture`: in a run of words that recurs at unrelated times in one outlet, in boilerplate or a form, in a gallery, or in a
  notice
- `quotation`: public on either side (`public_words`)
- `phrase`: in a run that recurs at unrelated times anywhere, in a formula of the trade, or in a passage whose words left over
  are too few to show that one text was made from the other
- `narration`: all others

The words left over are weighed without names and figures, which every report of an event shares. They show copying if they
carry `MatchParams.narration_bits`. If some passage of two documents does, one draws on the other, and weak passages count as
well; so do weak matches of a family, which is one passage, if most of its matches narrate.
"""

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from dedup.arrays import Alignments, Tokens, count_before, distinct, united
from dedup.content.formulas import FormulaPlace, captions_in, formulas_in, signatures_in
from dedup.content.public_words import public_tokens
from dedup.language.capitals import name_doubt
from dedup.params import MatchParams
from dedup.types import CONTENTS, Document

NARRATION, QUOTATION, PHRASE, FURNITURE = range(len(CONTENTS))
PUBLIC, STANDING, REPEATED = 1, 2, 4
"""Marks of tokens, as the kernel `seeds` gives them."""

_Ints = npt.NDArray[np.int64]
_Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Contents:
    """What n alignments hold."""

    kinds: npt.NDArray[np.uint8]
    """(n,): the place in `CONTENTS` of the kind that holds most bits."""
    bits: npt.NDArray[np.float32]
    """(n, 4): the bits of each kind."""
    offsets: npt.NDArray[np.int64]
    """(n + 1,): alignment i has the parts `offsets[i]:offsets[i + 1]`."""
    parts: npt.NDArray[np.uint32]
    """(m, 5): start and end in a, start and end in b (token numbers within the documents), and kind. The parts of an alignment
    follow each other, and together they are the alignment."""
    part_bits: npt.NDArray[np.float32]
    """(m,)"""


class CorpusWords(NamedTuple):
    """What is known of the words of a corpus."""

    marks: npt.NDArray[np.uint8]
    """(tokens,): sums of `PUBLIC`, `STANDING` and `REPEATED`."""
    weights: npt.NDArray[np.float32]
    """(words,): bits of each word in running text."""
    word_bits: npt.NDArray[np.float32]
    """(words,): bits of each word in this corpus."""
    searched: int
    """Tokens of the corpus."""


def classify(
    found: Alignments,
    tokens: Tokens,
    documents: Sequence[Document],
    known: CorpusWords,
    *,
    params: MatchParams,
    family_of: npt.NDArray[np.int64] | None = None,
    furniture: npt.NDArray[np.bool_] | None = None,
) -> Contents:
    """Return what kind of text each alignment of `found` holds.

    `family_of` int64 (n,) is the family of each alignment; None if there are no families. `furniture` bool (n,) says which
    alignments are of families that are boilerplate or forms; None if none is.
    """
    words = _EqualWords(found, tokens)
    if not len(words.row):
        return _empty(len(found))
    used = distinct(words.rows[:, :2].ravel())
    quoted = public_tokens(documents, used.tolist(), tokens, params.public_words)
    kind = np.zeros(len(words.row), np.uint8)
    versions = _versions(words, params.version_share)
    both = (known.marks[words.a] | known.marks[words.b]) * ~versions[words.row]
    kind[both & PUBLIC > 0] = PHRASE
    # No formula is so long. It is an article that many outlets printed in their own time.
    starts, ends = _runs(kind, words.row)
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        if end - start >= params.boilerplate_words:
            kind[start:end] = NARRATION
    kind[both & STANDING > 0] = FURNITURE
    kind[quoted[words.a] | quoted[words.b]] = QUOTATION
    galleries = _galleries(used.tolist(), tokens, known.marks, params)
    kind[(galleries[words.a] | galleries[words.b]) & ~versions[words.row]] = FURNITURE
    weight = np.minimum(known.weights[words.ids], np.float32(params.narration_word_bits)) * _plain(words, tokens, used)
    shown = _Shown(words, weight, _Limits.of(params, known.searched), np.arange(len(found)) if family_of is None else family_of)
    short = np.bincount(words.row, minlength=len(found)) <= params.signature_words
    _apply_formulas(kind, words, documents, asked=_Asked(shown.candidates(kind), short, versions))
    kind[(kind == NARRATION) & ~shown.narrates(kind)[words.row]] = PHRASE
    kind[(kind == QUOTATION) & ~shown.quotes(kind)[words.row]] = PHRASE
    _smooth(kind, words, weight, params)
    if furniture is not None:
        kind[(furniture & ~versions)[words.row] & (kind != QUOTATION)] = FURNITURE
    return _parts(kind, words, found, known.word_bits[words.ids])


class _EqualWords:
    """The equal words of all alignments.

    Each has the alignment that it is in (`row`), its token on either side among all tokens (`a`, `b`), and its number in the
    vocabulary (`ids`). `rows` are those of the alignments, `base` are the first tokens of their documents.
    """

    def __init__(self, found: Alignments, tokens: Tokens) -> None:
        rows, edits, offsets = found.rows.astype(np.int64), found.edits.astype(np.int64), found.edit_offsets
        n, m = len(rows), len(edits)
        starts, ends = np.empty((m + n, 2), np.int64), np.empty((m + n, 2), np.int64)
        at_row = offsets[:-1] + np.arange(n)
        at_edit = np.arange(m) + np.repeat(np.arange(1, n + 1), np.diff(offsets))
        starts[at_row], starts[at_edit] = rows[:, [2, 4]], edits[:, [1, 3]]
        ends[offsets[1:] + np.arange(n)], ends[at_edit - 1] = rows[:, [3, 5]], edits[:, [0, 2]]
        lengths = np.maximum(np.minimum(*(ends - starts).T), 0)
        row = np.repeat(np.arange(n), np.diff(offsets) + 1)
        within = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        self.row: _Ints = np.repeat(row, lengths)
        base = tokens.offsets[rows[:, :2]]
        self.a: _Ints = np.repeat(starts[:, 0] + base[row, 0], lengths) + within
        self.b: _Ints = np.repeat(starts[:, 1] + base[row, 1], lengths) + within
        self.ids = tokens.ids[self.a]
        self.rows, self.base, self.tokens = rows, base, tokens


def _versions(words: _EqualWords, share: float) -> _Bools:
    """Return which alignments are of two documents of which one is a version of the other: they share most of the shorter one.

    What recurs in the versions of a text recurs in no unrelated documents; and what is most of a document, such as the captions
    of a page of photos, is not what is around an article.
    """
    pair = np.unique(words.rows[:, 0] << 32 | words.rows[:, 1], return_inverse=True)[1]
    sizes = np.diff(words.tokens.offsets)[words.rows[:, :2]]
    found = np.zeros(len(pair), np.bool_)
    for side, places in ((0, words.a), (1, words.b)):
        # A word that several alignments have is shared once.
        shared = np.bincount(distinct(pair[words.row] << 32 | places) >> 32, minlength=pair.max(initial=-1) + 1)
        found |= (sizes[:, side] == sizes.min(axis=1)) & (shared[pair] >= share * sizes[:, side])
    return found


def _plain(words: _EqualWords, tokens: Tokens, used: _Ints) -> npt.NDArray[np.float32]:
    """Return how much each equal word says of who wrote it: 0 for figures and names.

    A name has a capital on both sides, and on one side not only because it starts a sentence.
    """
    doubt = name_doubt(tokens, used)
    inner = tokens.capitals & ~tokens.breaks
    name = tokens.capitals[words.a] & tokens.capitals[words.b] & (inner[words.a] | inner[words.b])
    docs = words.rows[words.row[name], :2]
    plain = np.ones(len(words.row), np.float32)
    plain[name] = np.maximum(doubt[docs[:, 0]], doubt[docs[:, 1]])
    plain[_figures(tokens)[words.ids]] = 0
    return plain


def _figures(tokens: Tokens) -> _Bools:
    """Return which words of the vocabulary start with a digit."""
    if not len(tokens.letters):
        return np.zeros(len(tokens.hashes), np.bool_)
    first = tokens.letters[np.minimum(tokens.bounds[:-1], len(tokens.letters) - 1)]
    found: _Bools = (first >= ord("0")) & (first <= ord("9"))
    return found


class _Limits(NamedTuple):
    """Bits of narration in a corpus of a certain size: as the fields of `MatchParams` of like names say."""

    alone: float
    drawn: float
    weak: float
    mismatch: float

    @classmethod
    def of(cls, params: MatchParams, searched: int) -> Self:
        """Return the limits in a corpus of `searched` tokens."""
        doublings = math.log2(max(1.0, searched / params.article_words))
        return cls(
            params.narration_bits + params.narration_bits_per_doubling * doublings,
            params.drawn_bits + params.drawn_bits_per_doubling * doublings,
            params.weak_narration_bits,
            params.mismatch,
        )


class _Shown:
    """What the words left over show: the narration of each alignment, and of each pair of documents."""

    def __init__(self, words: _EqualWords, weight: npt.NDArray[np.float32], limits: _Limits, family_of: _Ints) -> None:
        self._words, self._weight, self._limits = words, weight, limits
        rows = words.rows
        self._family = np.unique(family_of, return_inverse=True)[1]
        self._pair = np.unique(rows[:, 0] << 32 | rows[:, 1], return_inverse=True)[1]
        self._longer = np.maximum(rows[:, 3] - rows[:, 2], rows[:, 5] - rows[:, 4])
        self._equal = np.maximum(np.bincount(words.row, minlength=len(rows)), 1)

    def quotes(self, kind: npt.NDArray[np.uint8]) -> _Bools:
        """Return in which alignments more than names and figures are public."""
        enough: _Bools = self._sums(kind == QUOTATION) >= self._limits.weak
        return enough

    def candidates(self, kind: npt.NDArray[np.uint8]) -> _Bools:
        """Return which alignments may narrate, by all that costs little to find."""
        strong = self._narration(kind) >= self._limits.alone
        pairs = np.bincount(self._pair[strong], minlength=self._pair.max(initial=-1) + 1) > 0
        loose = self._sums((kind == NARRATION) | (kind == PHRASE)) >= self._limits.weak
        found: _Bools = strong | (pairs[self._pair] & loose)
        return found

    def narrates(self, kind: npt.NDArray[np.uint8]) -> _Bools:
        """Return which alignments narrate."""
        own = self._narration(kind)
        strong, weak = own >= self._limits.alone, own >= self._limits.weak
        total = np.bincount(self._pair, np.where(strong, own, 0), self._pair.max(initial=-1) + 1)
        narrating = strong | (weak & (total[self._pair] >= self._limits.drawn))
        # A family is one passage: if most of it narrates, all of it does.
        members = np.bincount(self._family)
        mostly = 2 * np.bincount(self._family[narrating], minlength=len(members)) >= members
        found: _Bools = narrating | (weak & mostly[self._family])
        return found

    def _narration(self, kind: npt.NDArray[np.uint8]) -> npt.NDArray[Any]:
        """The bits of narration of each alignment, less what its edits cost."""
        own = kind == NARRATION
        share = np.bincount(self._words.row, own, len(self._words.rows)) / self._equal
        left: npt.NDArray[Any] = self._sums(own) - self._limits.mismatch * (self._longer - self._equal) * share
        return left

    def _sums(self, chosen: _Bools) -> npt.NDArray[Any]:
        """The bits of the `chosen` words of each alignment."""
        return np.bincount(self._words.row, self._weight * chosen, len(self._words.rows))


def _galleries(used: Sequence[int], tokens: Tokens, marks: npt.NDArray[np.uint8], params: MatchParams) -> _Bools:
    """Return for each token whether it is in a gallery: between places at which one run of words comes again and again."""
    out = np.zeros(len(tokens.ids), np.bool_)
    figures = _figures(tokens)
    repeated = marks & REPEATED > 0
    some = np.diff(count_before(repeated, tokens.offsets)) > 0
    for number in used:
        if not some[number]:
            continue
        first, last = tokens.offsets[number : number + 2].tolist()
        places = first + np.flatnonzero(repeated[first:last])
        gaps = np.flatnonzero(np.diff(places) > 1)
        runs = np.split(places, gaps + 1)
        counts = [_numbers(run, tokens, figures, first, last) for run in runs]
        low = 0
        for high in range(1, len(runs) + 1):
            if high < len(runs) and runs[high][0] - runs[high - 1][-1] <= params.gallery_gap:
                continue
            start, end = runs[low][0], runs[high - 1][-1] + 1
            # Pictures are counted: without numbers that differ, the words may be the refrain of a speech. And what only repeats
            # itself, such as a post that was printed three times, is no gallery.
            differ = len(set().union(*counts[low:high])) >= params.gallery_places
            covered = sum(map(len, runs[low:high])) / (end - start)
            if high - low >= params.gallery_places and differ and covered < params.gallery_cover:
                out[start:end] = True
            low = high
    return out


def _numbers(run: _Ints, tokens: Tokens, figures: _Bools, first: int, last: int) -> set[int]:
    """Return the words with figures that are in a run or directly beside it."""
    near = tokens.ids[max(first, int(run[0]) - 2) : min(last, int(run[-1]) + 3)]
    return set(near[figures[near]].tolist())


class _Asked(NamedTuple):
    """What is looked for in each of n alignments, bool (n,) each."""

    formulas: _Bools
    """Formulas and notices."""
    signatures: _Bools
    """Only the lines that sign posts; where formulas are looked for, these are as well."""
    versions: _Bools
    """No captions: of a page of photos they are the text itself."""


class _Formulas:
    """The formulas, notices, captions and signatures of passages, by document.

    Passages that overlap are read once: a text with a thousand copies has each of its passages a thousand times.
    """

    def __init__(self, passages: Sequence[tuple[int, int, int]], documents: Sequence[Document]) -> None:
        """`passages` are numbers of documents, with the first and last code point."""
        self._places: dict[int, list[FormulaPlace]] = defaultdict(list)
        for number, stretch in groupby(sorted(set(passages)), key=itemgetter(0)):
            text = documents[number].text
            for start, end in united((start, end) for _, start, end in stretch):
                found = chain.from_iterable(find(text, start, end) for find in (formulas_in, captions_in, signatures_in))
                self._places[number] += sorted(found, key=attrgetter("first"))

    def inside(self, number: int, first: int, last: int, *, captions: bool) -> list[FormulaPlace]:
        """Return the places that are known by words in `first` to `last` of a document; `captions` or not."""
        known = self._places.get(number, [])
        low, high = (bisect_left(known, place, key=attrgetter("first")) for place in (first, last))
        found = [place for place in known[low:high] if place.last <= last and (captions or not place.caption)]
        # A signature is furniture, whatever else it looks like.
        return sorted(found, key=lambda place: place.kind == "signature")


def _apply_formulas(kind: npt.NDArray[np.uint8], words: _EqualWords, documents: Sequence[Document], *, asked: _Asked) -> None:
    """Mark in `kind` the words of formulas, notices, captions and signatures."""
    bounds = np.searchsorted(words.row, np.arange(len(words.rows) + 1))
    looked = np.flatnonzero((asked.formulas | asked.signatures) & (np.diff(bounds) > 0))
    low, high = bounds[looked], bounds[looked + 1]
    sides = [
        np.column_stack([words.rows[looked, side], words.tokens.starts[own[low]], words.tokens.ends[own[high - 1]]]).tolist()
        for side, own in ((0, words.a), (1, words.b))
    ]
    formulas = _Formulas([(*own[at],) for own in sides for at in np.flatnonzero(asked.formulas[looked]).tolist()], documents)
    for at, n in enumerate(looked.tolist()):
        before = ""
        for side, own in ((0, words.a), (1, words.b)):
            number, first, last = sides[side][at]
            text = documents[number].text
            if side and text[first:last] == before:
                continue
            before = text[first:last]
            if asked.formulas[n]:
                found = formulas.inside(number, first, last, captions=not asked.versions[n])
            else:
                found = signatures_in(text, first, last)
            if not found:
                continue
            places = own[bounds[n] : bounds[n + 1]]
            starts, ends = words.tokens.starts[places], words.tokens.ends[places]
            for place in found:
                opens, closes = np.searchsorted(ends, place.start, "right"), np.searchsorted(starts, place.end, "left")
                inside = kind[bounds[n] + opens : bounds[n] + closes]
                if place.kind == "signature":
                    inside[:] = FURNITURE
                else:
                    inside[inside != QUOTATION] = FURNITURE if place.kind == "furniture" else PHRASE


def _runs(kind: npt.NDArray[np.uint8], row: _Ints) -> tuple[_Ints, _Ints]:
    """Return the starts and ends of the runs of equal words of one kind in one alignment."""
    change = np.flatnonzero((np.diff(kind.astype(np.int16)) != 0) | (np.diff(row) != 0)) + 1
    return np.concatenate(([0], change)), np.concatenate((change, [len(kind)]))


def _smooth(kind: npt.NDArray[np.uint8], words: _EqualWords, weight: npt.NDArray[np.float32], params: MatchParams) -> None:
    """Give short runs of words between two runs of one kind that kind: the words by which a quotation goes on."""
    starts, ends = _runs(kind, words.row)
    value, row = kind[starts], words.row[starts]
    worth = np.add.reduceat(weight, starts)
    length = ends - starts
    inner = np.zeros(len(starts), np.bool_)
    inner[1:-1] = (row[1:-1] == row[:-2]) & (row[1:-1] == row[2:]) & (value[:-2] == value[2:])
    short = inner & ((length < params.link_words) | ((value != FURNITURE) & (worth < params.weak_narration_bits)))
    short[1:] &= ~short[:-1]
    for n in np.flatnonzero(short).tolist():
        kind[starts[n] : ends[n]] = value[n - 1]


def _parts(kind: npt.NDArray[np.uint8], words: _EqualWords, found: Alignments, worth: npt.NDArray[np.float32]) -> Contents:
    n = len(words.rows)
    total = np.maximum(np.bincount(words.row, worth, n), 1e-6)
    scaled = worth * (found.bits / total)[words.row]
    bits = np.zeros((n, len(CONTENTS)), np.float64)
    np.add.at(bits, (words.row, kind), scaled)
    starts, _ = _runs(kind, words.row)
    row = words.row[starts]
    parts = np.zeros((len(starts), 5), np.uint32)
    parts[:, 4] = kind[starts]
    opens = np.concatenate(([True], np.diff(row) != 0))
    rows = words.rows
    for side, places, column in ((0, words.a, 2), (1, words.b, 4)):
        at = places[starts] - words.base[row, side]
        at[opens] = rows[row[opens], column]
        end = np.concatenate((at[1:], [0]))
        closes = np.concatenate((opens[1:], [True]))
        end[closes] = rows[row[closes], column + 1]
        parts[:, 2 * side], parts[:, 2 * side + 1] = at, end
    offsets = np.concatenate(([0], np.cumsum(np.bincount(row, minlength=n)))).astype(np.int64)
    part_bits = np.add.reduceat(scaled, starts).astype(np.float32)
    return Contents(np.argmax(bits, axis=1).astype(np.uint8), bits.astype(np.float32), offsets, parts, part_bits)


def _empty(n: int) -> Contents:
    return Contents(
        np.full(n, PHRASE, np.uint8),
        np.zeros((n, len(CONTENTS)), np.float32),
        np.zeros(n + 1, np.int64),
        np.zeros((0, 5), np.uint32),
        np.zeros(0, np.float32),
    )
