"""The seam between the stages and every way through them: a scan, a query of an index, a stream, one pair of documents.

Three steps in the terms of MapReduce (Dean and Ghemawat 2004), each a pure function over flat arrays:

    map        `cut_documents`: documents to tokens and paragraphs
    shuffle    `windows_to_align`: tokens that share fingerprints, and similar paragraphs, to windows of two documents
    reduce     `shared_passages`: windows to alignments, and alignments to families
"""

import re
from collections.abc import Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from dedup import _native, families
from dedup.align import word_weights
from dedup.align.align import align
from dedup.align.passages import join_nearby
from dedup.arrays import Alignments, Layout, Tokens, count_before, keys
from dedup.candidates import dense, winnow
from dedup.content.kinds import PUBLIC, STANDING, Contents, CorpusWords, classify
from dedup.errors import UsageError
from dedup.hashing.paragraphs import similar_paragraphs
from dedup.params import IndexParams, MatchParams
from dedup.text.tokens import cut, matchable_tokens, tokenise
from dedup.types import Document, FamilyKind, Notice, Progress, utc

if TYPE_CHECKING:
    from collections.abc import Iterator

_threads = 0


def use_threads(threads: int) -> None:
    """Let the kernels use `threads` threads from now on; 0 is one a core. UsageError where the system does not give so many."""
    global _threads  # noqa: PLW0603 the kernels have one setting for the process
    try:
        _native.set_threads(threads)
    except RuntimeError as error:
        raise UsageError(f"threads is {threads}: {error}; use fewer") from error
    _threads = threads


@contextmanager
def kernel_threads(threads: int | None) -> "Iterator[None]":
    """Let the kernels use `threads` threads inside the block; 0 is one a core, None changes nothing.

    The setting holds for the whole process, so two calls that run at the same time share it. UsageError for a negative number.
    """
    if threads is None:
        yield
        return
    if not isinstance(threads, int) or threads < 0:
        raise UsageError(f"threads is {threads!r}; it must be a whole number: 0 for one a core, or how many")
    before = _threads
    use_threads(threads)
    try:
        yield
    finally:
        use_threads(before)


class Corpus(NamedTuple):
    """The corpus that some documents belong to: how common its `words` are, and how many of its `tokens` are matched."""

    words: word_weights.Counts
    tokens: int


class WordBits(NamedTuple):
    """What words are worth in a corpus: `bits` float32 (words,) of each word, and `searched`, the tokens of the corpus."""

    bits: npt.NDArray[np.float32]
    searched: int


class CorpusMarks(NamedTuple):
    """What a corpus knows of some documents: the `marks` uint8 (tokens,) of their tokens, and whether each is `dense`."""

    marks: npt.NDArray[np.uint8]
    dense: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class CutDocuments:
    """n documents, cut: their `tokens` that take part in matching, and the `layout` of their paragraphs."""

    documents: Sequence[Document]
    tokens: Tokens
    layout: Layout
    notices: list[Notice]


@dataclass(frozen=True, slots=True)
class SharedPassages:
    """What n documents share, in token numbers within each document.

    `family_of` int64 (alignments,): the number in `proposed` of the family of each alignment; -1 if the alignment is not
    reported. `listed` int64 (reported,): the numbers of the reported alignments, and `contents` says what these hold. `kinds`
    has the kind of each family.
    """

    alignments: Alignments
    proposed: families.Proposed
    kinds: list[FamilyKind]
    family_of: npt.NDArray[np.int64]
    listed: npt.NDArray[np.int64]
    contents: Contents
    notices: list[Notice]


def given_documents(documents: Iterable[Document], function: str) -> list[Document]:
    """Return `documents` as a list, their times in UTC. UsageError, which names `function`, for anything but documents."""
    if isinstance(documents, str | bytes | Document):
        raise UsageError(f"{function}: documents is one {type(documents).__name__}; give a list of dedup.Document")
    out = []
    for number, document in enumerate(documents):
        if not isinstance(document, Document):
            way = "make one with dedup.Document(id, text), or read files with dedup.read(paths)"
            raise UsageError(f"{function}: documents[{number}] is a {type(document).__name__}, not a Document; {way}")
        out.append(_in_utc(document))
    return out


def sorted_by_id(documents: Sequence[Document]) -> list[int]:
    """Return the numbers of `documents` in the order of their ids. UsageError if two have one id."""
    order = sorted(range(len(documents)), key=lambda n: documents[n].id)
    for one, other in pairwise(order):
        if documents[one].id == documents[other].id:
            raise UsageError(f"two documents have the id {documents[one].id!r}; give each its own (dedup.read does)")
    return order


def cut_documents(documents: Sequence[Document], match: MatchParams, layout: Layout | None = None) -> CutDocuments:
    """Cut the texts of `documents` into tokens and paragraphs; links, credits and boilerplate of a page take no part.

    If the `layout` of their paragraphs is known, it is taken as it is.
    """
    texts = [d.text for d in documents]
    tokens, layout = cut(texts) if layout is None else (tokenise(texts), layout)
    notices = [*mixed_scripts(tokens, documents), *hidden_characters(documents)]
    return CutDocuments(documents, matchable_tokens(tokens, layout) if match.matchable_only else tokens, layout, notices)


def windows_to_align(
    given: CutDocuments,
    word_bits: npt.NDArray[np.float32],
    ranks: npt.NDArray[np.uint32],
    match: MatchParams,
    pairs: npt.NDArray[np.integer[Any]] | None = None,
    *,
    searched: int,
) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint8]]:
    """Return where documents are compared, and the marks of all tokens, as `winnow.seeds` gives them.

    That is windows (document a, document b, a from, a to, b from, b to), in tokens, sorted.

    A window lies around a shared fingerprint, or consists of two similar paragraphs. If `pairs` (n, 2) are given, only these
    pairs of documents are compared, each as a whole. A pair that is too long for that is compared around its shared
    fingerprints.

    `word_bits` (words,) are the bits of each word of the vocabulary, `ranks` (2, documents) as `hub_ranks` gives them,
    `searched` are the tokens of the corpus.
    """
    index, tokens = IndexParams(), given.tokens
    times, outlets = ([getattr(d, name) for d in given.documents] for name in ("published", "outlet"))
    spread = publications(times, outlets, match.public_days)
    if pairs is None:
        seeds, marks = winnow.seeds(tokens, word_bits, ranks, spread, searched=searched, index=index, match=match)
        return seed_windows(seeds, similar_paragraphs(tokens, given.layout, index, match), index.fingerprint), marks
    wide = np.prod(np.diff(tokens.offsets)[pairs], axis=1) > match.max_whole_cells
    seeds, marks = np.zeros((0, 4), np.uint32), np.zeros(len(tokens.ids), np.uint8)
    if wide.any():
        seeds, marks = winnow.seeds(tokens, word_bits, ranks, spread, searched=searched, index=index, match=match)
    seeds = seeds[np.isin(keys(seeds), keys(pairs[wide]))]
    return seed_windows(seeds, whole_windows(pairs[~wide], tokens), index.fingerprint), marks


def shared_passages(
    given: CutDocuments,
    match: MatchParams,
    *,
    corpus: Corpus | None = None,
    pairs: npt.NDArray[np.integer[Any]] | None = None,
    marks: npt.NDArray[np.uint8] | None = None,
    progress: Progress | None = None,
) -> SharedPassages:
    """Return every passage that two or more of the documents share, and the families that the passages make.

    `corpus` is the corpus to which the documents belong; if None, they are the corpus. It decides how many bits a word is worth
    and how many bits chance explains. If `pairs` (n, 2) are given, the lower number first, only these pairs of documents are
    compared. Of documents that rank equally as canonical copies, the one given first is taken. `marks` uint8 (tokens,) are what
    the corpus knows of the tokens of the first document, as `winnow.seeds` gives them.
    """
    report = progress or (lambda *_: None)
    documents, tokens = given.documents, given.tokens
    words = WordBits(
        word_weights.word_bits(tokens, match, corpus.words if corpus else None), corpus.tokens if corpus else len(tokens.ids)
    )

    report("finding shared runs")
    ranks = hub_ranks(documents)
    windows, found_marks = windows_to_align(given, words.bits, ranks, match, pairs, searched=words.searched)
    if marks is not None:
        found_marks[: len(marks)] |= marks
    in_dense = dense.dense_documents(windows, len(documents), match.dense_neighbours)
    if pairs is None and in_dense.any():
        windows = dense.thinned(windows, in_dense, ranks[0], match.dense_partners)

    report("aligning")
    found = aligned_windows(given, words, windows, found_marks, match)
    return gathered_passages(given, words, found, CorpusMarks(found_marks, in_dense), match, progress=progress)


def aligned_windows(
    given: CutDocuments, words: WordBits, windows: npt.NDArray[np.uint32], marks: npt.NDArray[np.uint8], match: MatchParams
) -> Alignments:
    """Return the passages that pairs of documents share; `windows` and `marks` as `windows_to_align` gives them."""
    tokens = given.tokens
    public = marks & (PUBLIC | STANDING) > 0
    # Runs of words that are nobody's are no reason to compare two documents whole.
    local = public[np.minimum(tokens.offsets[windows[:, 0]] + windows[:, 2], max(len(public) - 1, 0))] if len(windows) else None
    aligned = align(tokens, given.documents, words.bits, windows, match, corpus=words.searched, local=local)
    return join_nearby(aligned, tokens, match)


def gathered_passages(
    given: CutDocuments,
    words: WordBits,
    found: Alignments,
    known: CorpusMarks,
    match: MatchParams,
    *,
    progress: Progress | None = None,
) -> SharedPassages:
    """Return the families that the alignments `found` of all pairs of documents make, and what each alignment holds.

    Documents that no alignments connect do not influence each other, so a part of a corpus can be gathered without the rest.
    """
    report = progress or (lambda *_: None)
    documents, tokens, in_dense = given.documents, given.tokens, known.dense.copy()
    public, ranks = known.marks & (PUBLIC | STANDING) > 0, hub_ranks(documents)
    report("gathering families")
    dated = np.array([d.published is not None for d in documents], np.bool_)
    proposed = families.propose(found, ranks, dated, match)
    more = families.unaligned(proposed, found, match.all_pairs_passages)
    more = more[_worth_aligning(more, public, tokens, match.public_share)]
    in_dense |= dense.dense_documents(more, len(documents), match.dense_neighbours)
    more = more[~in_dense[more[:, :2]].all(axis=1)]
    if len(more):
        aligned = align(tokens, documents, words.bits, more, match, corpus=words.searched, related=True)
        found += join_nearby(aligned, tokens, match)
    shared = families.SharedText(found, documents, np.diff(tokens.offsets), match)
    kinds = families.kinds(proposed, shared)
    family_of = families.accept(found, proposed, kinds, shared, in_dense)
    furniture = families.forms(proposed, shared, kinds) | np.array([kind == "boilerplate" for kind in kinds], np.bool_)

    report("sorting what is shared")
    listed = np.flatnonzero(family_of >= 0)
    corpus_words = CorpusWords(known.marks, word_weights.prior_bits(tokens, match), words.bits, words.searched)
    own = family_of[listed]
    contents = classify(
        found.take(listed), tokens, documents, corpus_words, params=match, family_of=own, furniture=furniture[own]
    )
    return SharedPassages(found, proposed, kinds, family_of, listed, contents, clipped_pairs(found, documents))


def _worth_aligning(
    windows: npt.NDArray[np.uint32], public: npt.NDArray[np.bool_], tokens: Tokens, share: float
) -> npt.NDArray[np.bool_]:
    """Return which of `windows` (n, 6) are not mostly `public` words, or a large `share` of one of their documents.

    Phrases and furniture are looked at once a family, by the pairs that were aligned already.
    """
    sizes = np.diff(tokens.offsets)[windows[:, :2]].min(axis=1, initial=len(public))
    length = windows[:, 3].astype(np.int64) - windows[:, 2]
    first = tokens.offsets[windows[:, 0]] + windows[:, 2]
    found: npt.NDArray[np.bool_] = (2 * (count_before(public, first + length) - count_before(public, first)) <= length) | (
        length >= share * sizes
    )
    return found


def mixed_scripts(tokens: Tokens, documents: Sequence[Document]) -> list[Notice]:
    """Return a notice for each document with words whose letters are of two scripts that look alike."""
    places: dict[int, list[int]] = {}
    for number, start in tokens.mixed:
        places.setdefault(number, []).append(start)
    out = []
    for number, starts in places.items():
        document = documents[number]
        word = document.text[starts[0] :].split(maxsplit=1)[0][:40]
        message = (
            f"{len(starts)} word{'s' if len(starts) > 1 else ''} with letters of two scripts that look alike,"
            f" the first at {starts[0]}: {word!r}; read as one script"
        )
        out.append(Notice("mixed-scripts", message, document.path, None, document.id))
    return out


_HIDDEN = re.compile(
    r"(?<=[a-zA-ZÀ-ʯͰ-ӿ])[\u200b-\u200d\u2060\ufeff]+(?=[a-zA-ZÀ-ʯͰ-ӿ])|[\u202d\u202e](?=[^\u202c\n]{0,40}?[^\W\d_])"
)
"""Characters without a width inside words of scripts that need none, and overrides of the direction of letters."""
_HIDDEN_SIGNS = "\u200b\u200c\u200d\u2060\ufeff\u202d\u202e"


def hidden_characters(documents: Sequence[Document]) -> list[Notice]:
    """Return a notice for each document with characters that no reader sees inside its words."""
    out = []
    for document in documents:
        if not any(sign in document.text for sign in _HIDDEN_SIGNS):
            continue
        if found := list(_HIDDEN.finditer(document.text)):
            count, first = len(found), found[0]
            around = document.text[max(0, first.start() - 10) : first.end() + 10]
            message = (
                f"{count} hidden character{'s' if count > 1 else ''} (U+{ord(first[0][0]):04X}) inside words or turning their"
                f" direction, the first at {first.start()}: {around!r}; read as if they were not there"
            )
            out.append(Notice("hidden-characters", message, document.path, None, document.id))
    return out


def clipped_pairs(found: Alignments, documents: Sequence[Document]) -> list[Notice]:
    """Return a notice for each pair of documents that repeat themselves so much that not all they share was aligned."""
    out = []
    for a, b in sorted(set(map(tuple, found.clipped.tolist()))):
        names = f"{documents[a].id} and {documents[b].id}"
        message = f"{names}: the same words over and over; the best of what they share is reported, not all"
        out.append(Notice("clipped-pair", message, None, None, documents[a].id))
    return out


def hub_ranks(documents: Sequence[Document]) -> npt.NDArray[np.uint32]:
    """Return two ranks of each document, uint32 (2, n); documents with equal time or length are ranked in the order given.

    The first rank is by time: the earliest document first, those without a date last. The second is by length: the longest
    document first. If many documents share a fingerprint, each is aligned with the first of them by time and the first by
    length. `families` chooses one of these two as the canonical copy, so every member of a family is aligned with it.
    """
    times = np.array([published_at(document) for document in documents], np.float64)
    return ranks_by(times, np.array([len(document.text) for document in documents], np.int64))


def published_at(document: Document) -> float:
    """Return when a document was published, in seconds since 1970; infinity if that is unknown."""
    return document.published.timestamp() if document.published else np.inf


def ranks_by(times: npt.NDArray[np.float64], lengths: npt.NDArray[np.int64]) -> npt.NDArray[np.uint32]:
    """Return the ranks of `hub_ranks` from the times and lengths of n documents."""
    ranks = np.empty((2, len(times)), np.uint32)
    for rank, by in zip(ranks, (times, -lengths), strict=True):
        rank[np.argsort(by, kind="stable")] = np.arange(len(times), dtype=np.uint32)
    return ranks


def publications(times: Sequence[datetime | None], outlets: Sequence[str | None], days: int) -> npt.NDArray[np.uint32]:
    """Return when and where each of n texts was published, uint32 (2, n): its period of `days`, and the number of its outlet.

    A text without a time has the largest number as its period. A text without an outlet is an outlet of its own.
    """
    out = np.full((2, len(times)), 0xFFFFFFFF, np.uint32)
    numbers: dict[str, int] = {}
    for n, (time, outlet) in enumerate(zip(times, outlets, strict=True)):
        if time is not None:
            out[0, n] = int(time.timestamp() // (86400 * days)) & 0x7FFFFFFF
        out[1, n] = len(times) + numbers.setdefault(outlet, len(numbers)) if outlet else n
    return out


def seed_windows(seeds: npt.NDArray[np.uint32], more: npt.NDArray[np.uint32], size: int) -> npt.NDArray[np.uint32]:
    """Return the windows of `size` tokens at `seeds` (document a, document b, token in a, token in b), and `more`, sorted."""
    doc_a, doc_b, a, b = seeds.T
    rows = np.concatenate([np.column_stack([doc_a, doc_b, a, a + size, b, b + size]), more]).astype(np.uint32)
    return rows[np.lexsort(rows.T[::-1])]


def whole_windows(pairs: npt.NDArray[np.integer[Any]], tokens: Tokens) -> npt.NDArray[np.uint32]:
    """Return windows of all tokens of each pair of documents (n, 2); none where one of the two has no tokens."""
    sizes = np.diff(tokens.offsets)[pairs]
    none = np.zeros(len(pairs), np.int64)
    rows: npt.NDArray[np.uint32] = np.column_stack([pairs, none, sizes[:, 0], none, sizes[:, 1]]).astype(np.uint32)
    filled: npt.NDArray[np.uint32] = rows[(sizes > 0).all(axis=1)]
    return filled


def _in_utc(document: Document) -> Document:
    """Return the document with its time in UTC; a time without a zone is UTC."""
    time = document.published
    if time is None or time.tzinfo is UTC:
        return document
    return replace(document, published=utc(time))
