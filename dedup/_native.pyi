"""The compiled kernels.

They take and return flat arrays in C order, read no file, hold no default and no policy, and release the interpreter. Those
that use several threads survive a fork of the process. A kernel raises ValueError if its arrays do not fit each other, and
TypeError for an array of another dtype or order.

In the docstrings below, the tokens of n texts are the first fields of `dedup.arrays.Tokens`: `offsets` (n + 1,), `ids`
(tokens,), `hashes` (words,). `python -m mypy.stubtest dedup._native` holds this stub to the module.
"""

from collections.abc import Sequence
from typing import Final, final

import numpy as np
import numpy.typing as npt

from dedup.params import MatchParams, TextParams
from dedup.trace_params import TraceParams

__all__ = [
    "MOST_BAND_ROWS",
    "Chooser",
    "Story",
    "agreements",
    "alignments",
    "arborescence",
    "band_candidates",
    "band_keys",
    "bucket_leaders",
    "containments",
    "cut_families",
    "document_counts",
    "encodable",
    "fingerprints",
    "first_tokens",
    "jaccards",
    "kept_sentences",
    "longest_unshared",
    "lsh_insert",
    "lsh_query",
    "name_families",
    "pack_postings",
    "paragraphs",
    "part_postings",
    "posted_seeds",
    "processor",
    "run_marks",
    "seeds",
    "set_threads",
    "shingle_hashes",
    "shingle_sets",
    "signatures32",
    "signatures64",
    "token_signatures32",
    "tokens",
    "unpack_postings",
    "word_changes",
    "word_classes",
]

_U8 = npt.NDArray[np.uint8]
_U16 = npt.NDArray[np.uint16]
_U32 = npt.NDArray[np.uint32]
_U64 = npt.NDArray[np.uint64]
_BOOL = npt.NDArray[np.bool_]
_I64 = npt.NDArray[np.int64]
_F32 = npt.NDArray[np.float32]
_F64 = npt.NDArray[np.float64]

MOST_BAND_ROWS: Final[int]
"""Slots that a band may have at most."""

def set_threads(threads: int) -> None:
    """Use `threads` threads from now on; 0 means one for each core."""

def processor() -> tuple[str, list[tuple[str, bool]]]:
    """Return the instruction set that the kernels use (avx512, avx2 or portable), and the features of the processor.

    The features are those that kernels can use, each with whether this processor has it.
    """

def tokens(strings: list[str]) -> tuple[_I64, _U32, _U32, _U32, _BOOL, _BOOL, _U8, _I64, _U64, list[tuple[int, int]]]:
    """Return the fields of `dedup.arrays.Tokens`, in their order; words are numbered by first occurrence.

    ValueError for a text above 4 GiB.
    """

def paragraphs(strings: object, enders: str, closers: str, limits: TextParams) -> tuple[_I64, _I64, _I64, _BOOL, _BOOL]:
    """Return the paragraphs of texts (a list of `str` or an Arrow column of strings).

    Returns offsets (n + 1,), starts and ends in code points, and whether a sentence ends at the end, each (paragraphs,); and
    for each text whether two of its paragraphs of up to `repeated_characters` are equal but for case, (n,). `enders` are signs
    that end a sentence, `closers` signs that may follow them.
    """

def encodable(string: str) -> bool:
    """Return whether UTF-8 can hold a text: whether it has no lone surrogate. The text keeps the UTF-8 that this makes."""

def shingle_hashes(string: str, k: int) -> _U64:
    """Return the hash of every run of `k` folded tokens, in text order, repeats included."""

def signatures32(strings: object, k: int, a: _U32, b: _U32) -> _U32:
    """Return affine32 signatures, shape (n, len(a)), of texts (a list of `str` or an Arrow column of strings)."""

def signatures64(strings: object, k: int, a: _U64, b: _U64, legacy: bool) -> _U64:
    """As `signatures32`, for the scheme `legacy` or affine64."""

def token_signatures32(ids: _U32, hashes: _U64, first: _I64, counts: _I64, k: int, a: _U32, b: _U32) -> _U32:
    """Return affine32 signatures, shape (n, len(a)), of stretches of tokens: `counts[i]` tokens from `first[i]` on.

    ValueError for a stretch that is not within the tokens.
    """

def first_tokens(offsets: _I64, starts: _U32, paragraph_offsets: _I64, paragraph_starts: _I64) -> _I64:
    """Return the number of the first token of each paragraph, and last that of all tokens, shape (paragraphs + 1,)."""

def band_candidates(signatures: _U32, bands: int, rows: int, all_pairs: int) -> _U32:
    """Return the pairs i < j of rows of `signatures` that are equal in some band, shape (pairs, 2), sorted.

    In a bucket of more than `all_pairs` members, only pairs with its first member.
    """

def band_keys(signatures: _U32, bands: int, rows: int) -> _U64:
    """Return XXH3-64 of the slots (little-endian) of each band of each signature, shape (n, bands)."""

def lsh_insert(signatures: _U32, bands: int, rows: int, start: int, heads: _U32, chains: _U32) -> None:
    """Insert the rows of `signatures` from `start` on into `heads` (bands, 2^m) and `chains` (room, bands), in place."""

def lsh_query(
    signature: _U32, signatures: _U32, bands: int, rows: int, heads: _U32, chains: _U32, alive: _BOOL, least: int
) -> list[tuple[int, int]]:
    """Return (row, slots in common) of the rows that share a band with `signature` and have at least `least` slots in common.

    Only rows that are `alive` (n,); sorted by slots in common, most first, then by row.
    """

def agreements(signatures: _U32, pairs: _U32) -> _U32:
    """Return the number of slots in which the two rows of each of `pairs` (n, 2) agree, shape (n,)."""

def jaccards(strings: object, k: int, pairs: _U32) -> npt.NDArray[np.float64]:
    """Return the exact Jaccard similarity of the shingle sets of each of `pairs` (n, 2), shape (n,); 0 if neither has any."""

def fingerprints(
    ids: _U32, offsets: _I64, hashes: _U64, k: int, window: int, reach: int, bits: int
) -> tuple[_U64, _U32, _U32, _U32]:
    """Return hash, text, position and context of all winnowed fingerprints, sorted by text and position, each shape (n,).

    A context holds the first `bits` bits of the hashes of the `reach` words before and behind the fingerprint.
    """

def part_postings(made: Sequence[tuple[_U64, _U32, _U32]], key_bits: int, part_bits: int) -> tuple[_U64, _U32, _U32, _I64]:
    """Return postings (keys, documents, extras) divided into parts by the first `part_bits` bits of their keys.

    The last array holds the start of each part, and the end of all. Within a part, postings are in the order given. ValueError
    for a key of more than `key_bits` bits.
    """

def pack_postings(
    parts: Sequence[tuple[_U64, _U32, _U32]], first: int, last: int, blocks: int, key_bits: int, base: int
) -> list[bytes]:
    """Return the packed blocks `first` to `last` of a segment of `blocks` blocks.

    Postings of `parts` (keys, documents, extras) that belong to other blocks are left out. `base` is the number in the file of
    the segment's block 0. ValueError for a key of more than `key_bits` bits.
    """

def unpack_postings(
    packed: list[bytes], numbers: _I64, blocks: int, key_bits: int, base: int, wanted: _U64 | None
) -> tuple[_U64, _U32, _U32]:
    """Return keys, documents and extras of the postings in the blocks `numbers`; only of the keys `wanted` (sorted; None: all).

    ValueError for a damaged block.
    """

def seeds(
    ids: _U32,
    offsets: _I64,
    hashes: _U64,
    worth: _F32,
    rank: _U32,
    spread: _U32,
    k: int,
    window: int,
    min_bits: float,
    params: MatchParams,
) -> tuple[_U32, _U8]:
    """Return rows (text a, text b, token in a, token in b), a < b, where `k` tokens are shared; and the mark of each token.

    Rows are sorted by texts and diagonal. `worth` (words,) are bits; `rank` (2, n) orders the texts twice; `spread` (2, n) has
    the stretch of time and the outlet of each text. If more than `all_pairs_documents` texts have one fingerprint, or it recurs
    at unrelated times, each is joined only to the first of either order. A shared run of fewer than `k + window - 1` tokens
    needs `min_bits`. Marks are sums of 1 (recurs at unrelated times), 2 (the same, in one outlet), 4 (recurs in one text).
    """

def posted_seeds(
    ids: _U32,
    offsets: _I64,
    hashes: _U64,
    worth: _F32,
    postings: tuple[_U64, _U32, _U32],
    rank: _U32,
    spread: _U32,
    k: int,
    window: int,
    min_bits: float,
    params: MatchParams,
) -> tuple[_U32, _U8]:
    """As `seeds`, of fingerprints that the caller has: their hashes, texts and places.

    The texts need to hold only the `k + window - 1` tokens before each place and from it on. The third row of `spread` (3, n)
    has the number of tokens of each whole text.
    """

def run_marks(offsets: _I64, docs: _U32, spread: _U32, params: MatchParams) -> _U8:
    """Return the mark, as `seeds` gives them but without 4, of each of n runs of words, shape (n,).

    Run i occurs in the texts `docs[offsets[i]:offsets[i + 1]]`, each once. `spread` (2, texts) as `seeds` takes it. ValueError
    for arrays that do not fit each other.
    """

def document_counts(ids: _U32, offsets: _I64, words: int) -> _U32:
    """Return the number of texts in which each of `words` words occurs, shape (words,)."""

def word_classes(letters: _U8, bounds: _I64) -> _U32:
    """Return the class of each word, shape (words,). Words of different classes are never nearly equal."""

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
    """Align the pairs of texts in `windows` (text a, text b, a from, a to, b from, b to), which are sorted by texts.

    `thresholds` (pairs, 3): bits from which two texts are related, bits that each match of related texts needs, and token pairs
    up to which related texts are compared whole. `found` says that the pairs were found in a corpus; otherwise the caller named
    them. Returns, in token numbers within the text:

    - rows (n, 7): text a, text b, a from, a to, b from, b to, equal tokens
    - bits (n,)
    - edit offsets (n + 1,), and edits (edits, 4): a from, a to, b from, b to
    - the pairs of texts of which not all was aligned, (clipped, 2)
    - wording (n,): the bits if no word is worth more than `retelling_word_bits`
    """

def cut_families(
    rows: _U32, offsets: _I64, edits: _U32, ranks: _U32, dated: _BOOL, params: MatchParams
) -> tuple[_U32, _I64, _U32]:
    """Return canonical passages (n, 3), offsets (n + 1,), and the passages of all families (m, 3): document, first, last + 1.

    `rows`, `offsets` and `edits` are fields of `dedup.arrays.Alignments`. `ranks` (2, documents) are two orders of canonical
    copies; the first is used where all documents are `dated`.
    """

def name_families(rows: _U32, canonical: _U32, offsets: _I64, passages: _U32, reused: _BOOL, listed: int) -> _I64:
    """Return the number of the family that covers most of each alignment, shape (n,); -1 for none.

    Only families that are `reused` count; of those with more than `listed` passages, only alignments with the canonical copy.
    """

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

def shingle_sets(strings: object, k: int) -> tuple[_U64, _U64]:
    """Return the distinct shingle hashes of each text, sorted: offsets (n + 1,), and all hashes."""

def containments(strings: object, k: int, pairs: _U32) -> _F64:
    """Return for each pair (n, 2) of texts the exact share of the distinct shingles of the first that the second has too."""

def longest_unshared(strings: object, others: object, k: int) -> _U32:
    """Return for each text the longest run of its words that are in no shingle of the other, as start and end (n, 2).

    In code points; of equally long ones the first; (0, 0) if there is none. ValueError for different numbers of texts.
    """

def bucket_leaders(offsets: _I64, signatures: _U16, passive: npt.NDArray[np.bool_], least: int) -> _U32:
    """Return pairs (member, leader) of rows of `signatures` (n, slots), uint32 (pairs, 2).

    Bucket i is the rows `offsets[i]:offsets[i + 1]`, the best document first. A leader agrees in `least` slots with no row of
    its bucket before it that is not `passive`. Each other row is paired with the leaders before it that it agrees with, or, if
    there is none and it is not passive, with a row before it that it agrees with.
    """

@final
class Chooser:
    """Keeps one of each group of similar documents, which come in blocks in order of preference.

    A block is the `buckets` of its documents, those of document i from `offsets[i]` to `offsets[i + 1]`, and their
    `signatures`, uint16 (n, slots). `names` are the caller's numbers of documents. ValueError if the arrays do not fit.
    """

    NOBODY: int

    def __new__(cls, slots: int, least: int, threshold: float, shingle: int) -> Chooser:
        """Compare documents that agree in `least` slots or more, and drop those of similarity `threshold` or more."""

    def restore(self, offsets: _U64, buckets: _U32, signatures: _U16, which: _U32, names: _U32) -> None:
        """Keep the documents `which` of a block."""

    def candidates(self, offsets: _U64, buckets: _U32, signatures: _U16) -> tuple[_U64, _U32]:
        """Return which kept documents the documents of a block are to be compared with: offsets (n + 1,), all their numbers."""

    def names(self, numbers: _U32) -> _U32:
        """Return the names of kept documents."""

    def choose(
        self,
        offsets: _U64,
        buckets: _U32,
        signatures: _U16,
        names: _U32,
        texts: list[str],
        ends: _U64,
        candidates: _U32,
        others: _U32,
        other_texts: list[str],
    ) -> tuple[_U32, _F64]:
        """Decide on the documents of a block: the name of the document that each is dropped for, or `NOBODY`; the similarity.

        `ends` and `candidates` come from the method `candidates`; `others` are its distinct numbers, with their texts.
        """
