"""The stages of a scan as they run on the executors: each takes and returns Arrow, and calls the stage of the package.

What a posting says of its document is as little as joining it to others needs: no text, and of the words around it the low 32
bits of their hashes.
"""

import pickle
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import xxhash

from dedup import _native
from dedup.align import word_weights
from dedup.arrays import Alignments
from dedup.hashing.bands import agreeing_pairs
from dedup.hashing.paragraphs import signed_paragraphs
from dedup.params import IndexParams, MatchParams
from dedup.pipeline.common import (
    CorpusMarks,
    CutDocuments,
    WordBits,
    aligned_windows,
    cut_documents,
    gathered_passages,
    publications,
    published_at,
    ranks_by,
)
from dedup.pipeline.scan import later_first, report_of
from dedup.pipeline.trace import trace_part
from dedup.report.report_tables import report_tables
from dedup.report.tables_parquet import arrow_table
from dedup.spark.frames import Batches, Sent, byte_rows, fixed_width, groups, numpy_of, row_documents
from dedup.trace_params import TraceParams
from dedup.types import CONTENTS, Report

COUNTS = "hash long, documents long, tokens long"
POSTINGS = "kind byte, key long, n long, at int, size int, about binary"
FOUND = "a long, b long, a_from int, a_to int, b_from int, b_to int"
"""A window of two documents; or, if `b` is -1, the mark `b_from` of the tokens of `a` from `a_from` to `a_to`."""
ALIGNED = "a long, b long, place int, row binary, bits float, edits binary"
"""An alignment, without the numbers of its documents in `row`, and its place in its task; without a row, a clipped pair."""
REPORTS = "task long, report binary, firsts binary"
ROWS = "name string, rows binary"
TOKENS = 0
"""The key of the row of `COUNTS` that has the number of tokens."""
FINGERPRINT, PARAGRAPH = 0, 1
"""Kinds of postings."""
_NO_MARK = -1
_SEPARATOR = 1 << 40
"""Codes of words from here on are of no word: they lie between the pieces of a text."""
_ABOUT = np.dtype(
    [("time", "<f8"), ("outlet", "<u8"), ("length", "<u4"), ("words", "<u4"), ("period", "<u4"), ("known", "<u4")]
)
"""What a posting says of its document, and which of the words around it there are (low half) and are syllables (high half)."""


class CorpusCounts(NamedTuple):
    """What the whole corpus says of words: their counts, and how many tokens it has."""

    words: word_weights.Counts
    tokens: int


def count_batch(match: MatchParams, batches: Batches) -> Iterator[pa.RecordBatch]:
    """Yield how many documents have each word, and how many tokens there are."""
    for batch in batches:
        tokens = cut_documents(row_documents(batch), match).tokens
        counts = word_weights.count_words(tokens)
        hashes, documents = counts.hashes.view(np.int64), counts.documents.astype(np.int64)
        own = {"hash": pa.array(hashes), "documents": pa.array(documents), "tokens": pa.array(np.zeros(len(hashes), np.int64))}
        yield pa.record_batch(own)
        one = {"hash": pa.array([TOKENS], pa.int64()), "documents": pa.array([0], pa.int64())}
        yield pa.record_batch(one | {"tokens": pa.array([len(tokens.ids)], pa.int64())})


def keep_common(total: int, match: MatchParams, batches: Batches) -> Iterator[pa.RecordBatch]:
    """Yield the counts of the words that are worth less than `max_word_bits` for them."""
    for batch in batches:
        hashes, documents = numpy_of(batch, "hash").view(np.uint64), numpy_of(batch, "documents")
        kept = word_weights.frozen(word_weights.Counts(hashes, documents.astype(np.uint32), total), match)
        yield pa.record_batch(
            {"hash": pa.array(kept.hashes.view(np.int64)), "documents": pa.array(kept.documents.astype(np.int64))}
        )


def post(match: MatchParams, batches: Batches) -> Iterator[pa.RecordBatch]:
    """Yield the postings of documents: their fingerprints with the words around them, and the bands of their paragraphs."""
    index = IndexParams()
    for batch in batches:
        documents, numbers = row_documents(batch), numpy_of(batch, "n")
        given = cut_documents(documents, match)
        yield _fingerprints(given, numbers, index, match)
        yield _bands(given, numbers, index)


def _fingerprints(
    given: CutDocuments, numbers: npt.NDArray[np.int64], index: IndexParams, match: MatchParams
) -> pa.RecordBatch:
    tokens, documents = given.tokens, given.documents
    keys, docs, at, _ = _native.fingerprints(
        tokens.ids, tokens.offsets, tokens.hashes, index.fingerprint, index.window, index.run, 1
    )
    place = at[:, None].astype(np.int64) + np.arange(-index.run, index.run)
    sizes = np.diff(tokens.offsets)
    there = (place >= 0) & (place < sizes[docs][:, None])
    ids = tokens.ids[np.where(there, tokens.offsets[docs][:, None] + place, 0)] if len(at) else np.empty(place.shape, np.uint32)
    codes = (tokens.hashes[ids] & np.uint64(0xFFFFFFFF)).astype("<u4")
    periods, _ = publications([d.published for d in documents], [d.outlet for d in documents], match.public_days)
    own = np.zeros(len(documents), _ABOUT)
    own["time"], own["length"] = [published_at(d) for d in documents], [len(d.text) for d in documents]
    # A document without an outlet is an outlet of its own.
    named = [f"o{d.outlet}" if d.outlet else f"n{n}" for d, n in zip(documents, numbers.tolist(), strict=True)]
    own["outlet"] = [xxhash.xxh3_64_intdigest(name.encode("utf-8", "replace")) for name in named]
    own["words"], own["period"] = sizes, periods
    about = own[docs]
    bits = np.uint32(1) << np.arange(2 * index.run, dtype=np.uint32)
    of_syllables = word_weights.syllables(tokens)
    about["known"] = (there * bits).sum(axis=1) | ((there & of_syllables[ids]) * bits).sum(axis=1).astype(np.uint32) << 16
    joined = np.concatenate([about.view(np.uint8).reshape(len(at), -1), codes.view(np.uint8).reshape(len(at), -1)], axis=1)
    return _postings(FINGERPRINT, keys, (numbers[docs], at, np.full(len(at), index.fingerprint)), byte_rows(joined))


def _bands(given: CutDocuments, numbers: npt.NDArray[np.int64], index: IndexParams) -> pa.RecordBatch:
    signed = signed_paragraphs(given.tokens, given.layout, index)
    count, bands = len(signed.owner), index.paragraph_bands
    keys = np.empty((count, bands), np.uint64)
    if count:
        keys[:] = _native.band_keys(np.ascontiguousarray(signed.signatures), bands, index.paragraph_rows)
    keys ^= np.arange(bands, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)  # a key of one band is none of another
    every = [np.repeat(column, bands) for column in (numbers[signed.owner], signed.start, signed.counts)]
    return _postings(PARAGRAPH, keys.ravel(), every, pa.nulls(count * bands, pa.binary()))


def _postings(kind: int, keys: npt.NDArray[np.uint64], places: Sequence[npt.NDArray[Any]], about: pa.Array) -> pa.RecordBatch:
    """The postings of `keys` at `places`, which are the documents, the first tokens and the sizes."""
    n, at, size = places
    columns = [
        np.full(len(keys), kind, np.int8),
        keys.view(np.int64),
        n.astype(np.int64),
        *(x.astype(np.int32) for x in (at, size)),
    ]
    return pa.record_batch([*map(pa.array, columns), about], ["kind", "key", "n", "at", "size", "about"])


def join_postings(corpus: Sent, match: MatchParams, batches: Batches) -> Iterator[pa.RecordBatch]:
    """Yield windows of documents, and marks, of postings that are gathered by kind and key, in the order of documents."""
    index = IndexParams()
    for table, starts in groups(batches, ["kind", "key"]):
        counts = np.diff(starts)
        group = np.repeat(np.arange(len(counts)), counts)
        several = counts[group] > 1
        kinds = numpy_of(table, "kind")
        for kind, joined in ((FINGERPRINT, _seeds), (PARAGRAPH, _similar)):
            chosen = several & (kinds == kind)
            if chosen.any():
                yield from joined(table.filter(pa.array(chosen)), group[chosen], corpus.value, index, match)


def _similar(
    table: pa.Table, group: npt.NDArray[np.int64], corpus: CorpusCounts, index: IndexParams, match: MatchParams
) -> Iterator[pa.RecordBatch]:
    """The windows of paragraphs that share a band."""
    del corpus, index
    n, at, size = (numpy_of(table, name) for name in ("n", "at", "size"))
    bands = np.stack([group & 0xFFFFFFFF, group >> 32], axis=1).astype(np.uint32)
    p, q = agreeing_pairs(bands, 1, 2, all_pairs=match.all_pairs_documents).T
    apart = (n[p] != n[q]) & (size[p].astype(np.int64) * size[q] <= match.max_whole_cells)
    p, q = p[apart], q[apart]
    yield _found(n[p], n[q], at[p], at[p] + size[p], at[q], at[q] + size[q])


def _seeds(
    table: pa.Table, group: npt.NDArray[np.int64], corpus: CorpusCounts, index: IndexParams, match: MatchParams
) -> Iterator[pa.RecordBatch]:
    """The windows around shared fingerprints, and their marks, by the kernel that joins the postings of one machine.

    To the kernel a document is its pieces in order: a piece is the words around one fingerprint, and a word of its own.
    """
    order = np.lexsort((numpy_of(table, "at"), numpy_of(table, "n")))
    table, group = table.take(pa.array(order)), group[order]
    n, at = numpy_of(table, "n"), numpy_of(table, "at").astype(np.int64)
    own = fixed_width(table, "about", np.uint8, _ABOUT.itemsize + 8 * index.run)
    about = np.ascontiguousarray(own[:, : _ABOUT.itemsize]).view(_ABOUT).ravel()
    ids, hashes, worth = _pieces(about["known"], np.ascontiguousarray(own[:, _ABOUT.itemsize :]).view("<u4"), corpus, match)
    width = 2 * index.run + 1
    names, first, docs = np.unique(n, return_index=True, return_inverse=True)
    offsets = np.append(first, len(n)).astype(np.int64) * width
    places = (np.arange(len(n)) - first[docs]) * width + index.run
    of_document = about[first]
    outlets = np.unique(of_document["outlet"], return_inverse=True)[1]
    found, marks = _native.posted_seeds(
        ids,
        offsets,
        hashes,
        worth,
        (group.astype(np.uint64), docs.astype(np.uint32), places.astype(np.uint32)),
        ranks_by(of_document["time"].astype(np.float64), of_document["length"].astype(np.int64)),
        np.stack([of_document["period"], outlets.astype(np.uint32), of_document["words"]]).astype(np.uint32),
        index.fingerprint,
        index.window,
        match.needed_seed_bits(corpus.tokens),
        match,
    )
    a, b = (at[first[found[:, side]] + found[:, side + 2] // width] for side in (0, 1))
    size = index.fingerprint
    yield _found(names[found[:, 0]], names[found[:, 1]], a, a + size, b, b + size)
    mark = marks[np.arange(len(n)) * width + index.run]
    held = np.flatnonzero(mark)
    none = np.zeros(len(held), np.int64)
    end = np.minimum(at[held] + size, about["words"][held])
    yield _found(n[held], none + _NO_MARK, at[held], end, mark[held].astype(np.int64), none)


def _pieces(
    known: npt.NDArray[np.uint32], codes: npt.NDArray[np.uint32], corpus: CorpusCounts, match: MatchParams
) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint64], npt.NDArray[np.float32]]:
    """The pieces around fingerprints as ids of words, with the codes of the words and what they are worth."""
    bits = np.uint32(1) << np.arange(codes.shape[1], dtype=np.uint32)
    there, syllable = (known[:, None] & bits) > 0, (known[:, None] >> np.uint32(16) & bits) > 0
    words, inverse = np.unique(codes[there], return_inverse=True)
    ids = np.empty((len(codes), codes.shape[1] + 1), np.uint32)
    own = np.zeros(ids.shape, np.bool_)
    own[:, :-1] = there
    ids[own] = inverse
    ids[~own] = len(words) + np.arange((~own).sum())
    of_syllables = np.zeros(len(words), np.bool_)
    of_syllables[inverse] = syllable[there]
    prior = word_weights.prior_bits_of(words.astype(np.uint64), of_syllables, match)
    worth = word_weights.bits_of_counts(_low(corpus.words).of(words.astype(np.uint64)), float(corpus.words.total), prior, match)
    nothing = int((~own).sum())
    hashes = np.concatenate([words.astype(np.uint64), _SEPARATOR + np.arange(nothing, dtype=np.uint64)])
    return ids.ravel(), hashes, np.concatenate([worth, np.zeros(nothing, np.float32)])


def _low(counts: word_weights.Counts) -> word_weights.Counts:
    """The counts by the low half of the hashes."""
    low = counts.hashes & np.uint64(0xFFFFFFFF)
    order = np.argsort(low, kind="stable")
    return word_weights.Counts(low[order], counts.documents[order], counts.total)


def _found(*columns: npt.NDArray[Any]) -> pa.RecordBatch:
    types = [pa.int64(), pa.int64(), *[pa.int32()] * 4]
    names = ["a", "b", "a_from", "a_to", "b_from", "b_to"]
    return pa.record_batch([pa.array(c.astype(np.int64)).cast(t) for c, t in zip(columns, types, strict=True)], names)


def _given(held: pa.Table, corpus: CorpusCounts, match: MatchParams) -> tuple[CutDocuments, WordBits, CorpusMarks]:
    """The documents of a task, and what the corpus knows of them."""
    given = cut_documents(row_documents(held), match)
    words = WordBits(word_weights.word_bits(given.tokens, match, corpus.words), corpus.tokens)
    marks = np.zeros(len(given.tokens.ids), np.uint8)
    for start, own in zip(given.tokens.offsets.tolist(), held.column("marks").to_pylist(), strict=False):
        for first, end, mark in own or ():
            marks[start + first : start + end] |= mark
    return given, words, CorpusMarks(marks, numpy_of(held, "dense").astype(np.bool_))


def align_block(corpus: Sent, match: MatchParams, own: pa.Table, held: pa.Table) -> pa.Table:
    """Return the alignments of the windows `own` of documents that are `held`."""
    if not len(own):
        return _alignments(np.empty(0, np.int64), None)
    given, words, known = _given(held, corpus.value, match)
    numbers = numpy_of(held, "n")
    places = [np.searchsorted(numbers, numpy_of(own, side)) for side in ("a", "b")]
    windows = np.column_stack([*places, *(numpy_of(own, name) for name in ("a_from", "a_to", "b_from", "b_to"))]).astype(
        np.uint32
    )
    windows = windows[np.lexsort(windows.T[::-1])]
    return _alignments(numbers, aligned_windows(given, words, windows, known.marks, match))


def _alignments(numbers: npt.NDArray[np.int64], found: Alignments | None) -> pa.Table:
    types = {
        "a": pa.int64(),
        "b": pa.int64(),
        "place": pa.int32(),
        "row": pa.binary(),
        "bits": pa.float32(),
        "edits": pa.binary(),
    }
    if found is None:
        return pa.schema(list(types.items())).empty_table()
    clipped = np.unique(found.clipped, axis=0).reshape(-1, 2)
    pairs = numbers[np.concatenate([found.rows[:, :2], clipped]).astype(np.int64)]
    edits = [found.edits_of(n).tobytes() for n in range(len(found))]
    none = [None] * len(clipped)
    rows = byte_rows(found.rows[:, 2:]).to_pylist()
    columns = [*pairs.T, np.arange(len(pairs)), [*rows, *none], [*found.bits.tolist(), *none], [*edits, *none]]
    return pa.table({name: pa.array(column, kind) for column, (name, kind) in zip(columns, types.items(), strict=True)})


def gather(corpus: Sent, match: MatchParams, traced: TraceParams | None, own: pa.Table, held: pa.Table) -> pa.Table:
    """Return the report of the documents that are `held`, with the alignments `own`, and who printed first among them."""
    given, words, known = _given(held, corpus.value, match)
    found = _read_alignments(own, numpy_of(held, "n"))
    shared = gathered_passages(given, words, found, known, match)
    report = report_of(given, shared, match, later_first(given.documents, shared.alignments))
    firsts: Counter[tuple[str, str]] = Counter()
    if traced is not None:
        from dedup.provenance.common_source import counted_firsts  # noqa: PLC0415 only where copies are traced
        from dedup.provenance.drawn import DrawnText  # noqa: PLC0415

        firsts = counted_firsts(report.documents, DrawnText(report.documents, report.matches, traced.stories), traced)
    columns = {"task": held.column("task").slice(0, 1), "report": pa.array([pickle.dumps(report)], pa.binary())}
    return pa.table(columns | {"firsts": pa.array([pickle.dumps(firsts)], pa.binary())})


def _read_alignments(own: pa.Table, numbers: npt.NDArray[np.int64]) -> Alignments:
    pairs = np.stack([np.searchsorted(numbers, numpy_of(own, side)) for side in ("a", "b")], axis=1).astype(np.uint32)
    clipped = np.array([row is None for row in own.column("row").to_pylist()], np.bool_)
    real = own.filter(pa.array(~clipped))
    rows = np.hstack([pairs[~clipped], fixed_width(real, "row", np.uint32, 5)])
    bits = numpy_of(real, "bits").astype(np.float32)
    edits = real.column("edits").to_pylist()
    order = np.lexsort((numpy_of(real, "place"), rows[:, 1], rows[:, 0]))  # of a pair the best one comes first
    counts = np.array([len(edits[n]) // 16 for n in order.tolist()], np.int64)
    joined = np.frombuffer(b"".join(edits[n] for n in order.tolist()), np.uint32).reshape(-1, 4)
    offsets = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
    return Alignments(rows[order], bits[order], offsets, joined, pairs[clipped])


def write_tables(known: Sent, traced: TraceParams | None, batches: Batches) -> Iterator[pa.RecordBatch]:
    """Yield the rows of all tables of the reports, as Arrow tables; `known` has the habits and outlets of a corpus."""
    for batch in batches:
        for task, packed in zip(batch.column("task").to_pylist(), batch.column("report").to_pylist(), strict=True):
            report: Report = pickle.loads(packed)
            if traced is not None:
                from dedup.provenance.drawn import DrawnText  # noqa: PLC0415 as above

                habits, outlets = known.value
                drawn = DrawnText(report.documents, report.matches, traced.stories)
                report = trace_part(report, drawn, habits, outlets, traced)
            made = report_tables(report, shown=CONTENTS)
            for name, rows in made.rows.items():
                table = _numbered(arrow_table(name, rows), int(task))
                if len(table):
                    yield pa.record_batch({"name": pa.array([name]), "rows": pa.array([_ipc(table)], pa.binary())})


def _numbered(table: pa.Table, task: int) -> pa.Table:
    """The table with numbers that no other task gives: the number of the task in their high half."""
    for name in ("match", "version"):
        if name in table.column_names:
            place = table.column_names.index(name)
            numbers = numpy_of(table, name).astype(np.int64) + (task << 32)
            table = table.set_column(place, table.schema.field(place), pa.array(numbers))
    return table


def _ipc(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return cast("bytes", sink.getvalue().to_pybytes())


def stored_rows(batches: Batches) -> Iterator[pa.RecordBatch]:
    """Yield the rows of Arrow tables."""
    for batch in batches:
        for one in batch.column("rows").to_pylist():
            with pa.ipc.open_stream(one) as reader:
                yield from (own for own in reader)
