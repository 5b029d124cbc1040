"""The compiled kernels. Flat arrays in and out; they read no file, hold no default and release the interpreter."""

from collections.abc import Sequence
from typing import final

import numpy as np
import numpy.typing as npt

from dedup.params import MatchParams, TraceParams

_U8 = npt.NDArray[np.uint8]
_U32 = npt.NDArray[np.uint32]
_U64 = npt.NDArray[np.uint64]
_BOOL = npt.NDArray[np.bool_]
_I64 = npt.NDArray[np.int64]
_F32 = npt.NDArray[np.float32]
_F64 = npt.NDArray[np.float64]

def set_threads(threads: int) -> None:
    """Use this many threads from now on; 0 is one a core."""

def tokens(strings: list[str]) -> tuple[_I64, _U32, _U32, _U32, _BOOL, _BOOL, _U8, _I64, _U64, list[tuple[int, int]]]:
    """Return the fields of `dedup.types.Tokens`, in their order; words are numbered by first occurrence.

    ValueError for a text above 4 GiB.
    """

def paragraphs(
    strings: object, enders: str, closers: str, broken: tuple[int, int], short: int
) -> tuple[_I64, _I64, _I64, _BOOL, _BOOL]:
    """Return the paragraphs of texts: offsets, starts, ends, whether a sentence ends there; and which texts repeat any.

    `broken`: lengths of lines that were broken to a column. Of paragraphs of up to `short` characters it is told whether they
    recur in their text, but for case.
    """

def encodable(string: str) -> bool:
    """Whether UTF-8 can hold a text, as it has no lone surrogate. The text keeps its UTF-8."""

def shingle_hashes(string: str, k: int) -> _U64:
    """Return the hash of every run of `k` folded tokens, in text order, repeats included."""

def signatures32(strings: object, k: int, a: _U32, b: _U32) -> _U32:
    """Return affine32 signatures, shape (n, len(a)), of a list of `str` or an Arrow column of strings."""

def signatures64(strings: object, k: int, a: _U64, b: _U64, legacy: bool) -> _U64:
    """Return affine64 or legacy signatures, shape (n, len(a)), as above."""

def token_signatures32(ids: _U32, hashes: _U64, first: _I64, counts: _I64, k: int, a: _U32, b: _U32) -> _U32:
    """Return affine32 signatures, shape (n, len(a)), of the `counts` tokens from `first` on; `hashes` are by id.

    ValueError for one that is not there.
    """

def first_tokens(offsets: _I64, starts: _U32, paragraph_offsets: _I64, paragraph_starts: _I64) -> _I64:
    """Return the number of the first token of each paragraph, and of all tokens; ValueError where they do not fit."""

def band_candidates(signatures: _U32, bands: int, rows: int, full: int) -> _U32:
    """Return pairs i < j, shape (pairs, 2), sorted, of rows equal in some band; buckets above `full` join to their first."""

def band_keys(signatures: _U32, bands: int, rows: int) -> _U64:
    """Return XXH3-64 of the slots (little-endian) of each band of each signature, shape (n, bands)."""

def lsh_insert(signatures: _U32, bands: int, rows: int, start: int, heads: _U32, chains: _U32) -> None:
    """Put the rows of `signatures` from `start` on into `heads` (bands, 2^n) and `chains` (room, bands), in place."""

def lsh_query(
    signature: _U32, signatures: _U32, bands: int, rows: int, heads: _U32, chains: _U32, alive: _BOOL, least: int
) -> list[tuple[int, int]]:
    """Return (row, slots in common) of rows that share a band with `signature` and at least `least` slots, most first."""

def agreements(signatures: _U32, pairs: _U32) -> _U32:
    """Return in how many slots the two rows of each of `pairs` (n, 2) agree, shape (n,)."""

def jaccards(strings: object, k: int, pairs: _U32) -> npt.NDArray[np.float64]:
    """Return the exact Jaccard similarity of the shingles of each of `pairs` (n, 2), shape (n,); 0 where neither has any."""

def fingerprints(
    ids: _U32, offsets: _I64, hashes: _U64, k: int, window: int, reach: int, bits: int
) -> tuple[_U64, _U32, _U32, _U32]:
    """Return hash, text, place and context of all winnowed fingerprints, in order of text and place, each shape (n,).

    A context holds `bits` of the hash of each of the `reach` words before and behind, the nearest first.
    """

def part_postings(made: Sequence[tuple[_U64, _U32, _U32]], key_bits: int, part_bits: int) -> tuple[_U64, _U32, _U32, _I64]:
    """Return postings (key, document, extra) in parts by the first `part_bits` of their keys, and where each part starts.

    Within a part they are in the order given. ValueError for a longer key.
    """

def pack_postings(
    parts: Sequence[tuple[_U64, _U32, _U32]], first: int, last: int, blocks: int, key_bits: int, base: int
) -> list[bytes]:
    """Return blocks `first` to `last` of a segment of `blocks`, of those of `parts` (key, document, extra) that are theirs.

    `base` is the number of the segment's first block. ValueError for a longer key.
    """

def unpack_postings(
    packed: list[bytes], numbers: _I64, blocks: int, key_bits: int, base: int, wanted: _U64 | None
) -> tuple[_U64, _U32, _U32]:
    """Return key, document and extra of the postings in the blocks `numbers`, of the keys `wanted` (sorted; None: all).

    ValueError for a damaged block.
    """

def seeds(
    ids: _U32,
    offsets: _I64,
    hashes: _U64,
    worth: _F32,
    rank: _U32,
    k: int,
    window: int,
    full: int,
    places: int,
    floor: float,
) -> _U32:
    """Return rows (text a, text b, token in a, token in b), a < b, where `k` shared tokens start; sorted by texts, diagonal.

    `rank` (2, n) orders the texts twice; a list too long to join all with all joins each text to the first of either order.
    """

def document_counts(ids: _U32, offsets: _I64, words: int) -> _U32:
    """Return in how many texts each of `words` words stands, shape (words,)."""

def word_classes(letters: _U8, bounds: _I64) -> _U32:
    """Return a class a word, shape (words,); words of different classes are never nearly equal."""

def alignments(
    ids: _U32,
    offsets: _I64,
    hashes: _U64,
    worth: _F32,
    breaks: _BOOL,
    classes: _U32,
    letters: _U8,
    bounds: _I64,
    windows: _U32,
    thresholds: _F32,
    found: bool,
    costs: MatchParams,
) -> tuple[_U32, _F32, _I64, _U32, _U32, _F32]:
    """Align the texts that `windows` (text a, text b, a from, a to, b from, b to), sorted by texts, join.

    `thresholds` has a row a pair of texts: the bits that relate the two, and those that each match then needs; `found` says
    that pairs were found, not given. Of `costs` its numbers are read. Returns rows (text a, text b, a from, a to, b from, b
    to, equal tokens), bits (rows,), edit offsets (rows + 1,), edits (a from, a to, b from, b to), all in token numbers within
    the text, the pairs of texts that were clipped, shape (pairs, 2), and the bits of each row's best stretch and of its ends if
    no word is worth more than `retold`, shape (rows,).
    """

def cut_families(
    rows: _U32, offsets: _I64, edits: _U32, ranks: _U32, dated: _BOOL, least: int, run: int
) -> tuple[_U32, _I64, _U32]:
    """Return canonical passages (n, 3), and, from `offsets` (n + 1,) each, all passages (m, 3): document, first, last + 1.

    The first three are fields of `Alignments`; `ranks` (2, documents) as canonical copies, the first where all are `dated`;
    ends closer than `least` tokens are one, and a counterpart holds `run` equal tokens in a row.
    """

def name_families(rows: _U32, canonical: _U32, offsets: _I64, passages: _U32, reused: _BOOL, listed: int) -> _I64:
    """Return the family that names each alignment, -1 for none; of the `reused`, with up to `listed` passages all pairs."""

def word_changes(
    readings: _I64,
    locus: _I64,
    loci: int,
    sizes: _I64,
    number: _U32,
    worth: _F64,
    costs: tuple[float, float, float, float],
    run: int,
) -> _F64:
    """Return the word changes from each row of a `VariantTable` to each other, shape (rows, rows, loci).

    `readings` (rows, columns) and `locus` (columns,) are those of the table. `sizes` (columns,): the number of readings of each
    column. `number`: for each column in turn, its (size, size) swaps of one reading for another, each as a place in `worth`,
    the same for the same words. `costs`: what the first word of a run counts as that was left out, and that was put in; what
    each further one of its first `run` words counts as; the factor for a swap that the two rows have made before. ValueError
    if the arrays do not fit each other.
    """

def kept_sentences(present: _BOOL, place: _I64, chances: tuple[float, float, float, float, float]) -> tuple[_F64, _I64]:
    """Return two arrays over [parent, child]: the cost of what the child kept, and the number of loci that changed order.

    `present` and `place` (rows, loci) are those of a `VariantTable`. The cost is the negative log probability that the child
    kept what it has of the parent. `chances`: log probabilities that a locus of the part which is kept is kept, and that it is
    left out; the same two for a locus behind that part; the probability that the part is the whole. Both arrays are 0 for rows
    that share nothing.
    """

def arborescence(nodes: int, root: int, edges: _I64, costs: _F64) -> _I64:
    """Return the parent of each node in the cheapest tree from `root`, -1 for `root`, shape (nodes,).

    `edges` (n, 2): from a node, to another; `costs` (n,). ValueError if they do not fit, or a node cannot be reached.
    """

@final
class Story:
    """A story to score forests by. A forest is the parent of each row, -1 for an origin, -2 for a source not in use."""

    def __new__(
        cls,
        documents: int,
        present: _BOOL,
        words: _F64,
        changed: _F64,
        total: _F64,
        shared: _F64,
        edge: _F64,
        origin: _F64,
        headline: _I64,
        absent: _BOOL,
        popular: _F64,
        update: _BOOL,
        candidates: list[list[tuple[int, float]]],
        params: TraceParams,
    ) -> Story:
        """Take the arrays of a `VariantTable` and its `EdgeCosts`; those over pairs are [parent, child].

        The first `documents` rows are documents. `popular` (rows,): the Dirichlet concentration of each row as a parent.
        `candidates`: likely parents of each row, and the guessed cost of the edge, the cheapest first. ValueError if the arrays
        do not fit each other, or there are more than 128 rows.
        """

    def scores(self, forests: list[list[int]]) -> list[float]:
        """Return the negative log posterior of each forest; infinite for one with a circle."""

    def climb(self, forest: list[int], rounds: int) -> tuple[list[int], float]:
        """Return the forest that a climb from `forest` reaches in at most `rounds` rounds, and its score."""

    def walk(self, forest: list[int]) -> list[list[tuple[int, float]]]:
        """Return, for each document, the share of the forests of a Metropolis walk in which it has each parent."""
