"""Near-duplicate documents in a stream: memory holds only the signature of each.

Signatures propose pairs (stage 4), exact similarity verifies them, and stages 6 and 7 align them as a scan does. The texts go
to a temporary file and are read back when they are needed. Passages that otherwise different documents share are not found.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import numpy.typing as npt

from dedup import _native
from dedup.align import word_weights
from dedup.arrays import components
from dedup.hashing.bands import agreeing_pairs, bands_for, check_goal
from dedup.hashing.minhash import signatures
from dedup.params import MISSED_AT, SHINGLE, THRESHOLD, IndexParams, MatchParams, as_dict, match_preset
from dedup.pipeline.common import Corpus, given_documents
from dedup.pipeline.scan import scan_sorted
from dedup.sources.common import Notices
from dedup.sources.spool import Spool
from dedup.text.tokens import tokenise
from dedup.types import Document, Family, Match, Notice, Progress, Report, in_order

SLOTS = 64
"""Slots of a signature: half as many as near-duplicates in memory have, so that a million documents take 256 MB."""
_BATCH = 1000
"""How many documents are signed, or compared, at a time."""
_COUNTED = 50_000
"""How many documents at most decide how common a word is."""
_PARTS = 64
"""Number of parts into which documents are divided by the hash of their text. Words are counted in the first few parts."""
_EMPTY = np.uint32(0xFFFFFFFF)
"""Each slot of the signature of a text without words."""


def scan_stream(
    documents: Iterable[Document],
    notices: Notices,
    *,
    threshold: float = THRESHOLD,
    preset: str | MatchParams = "news",
    progress: Progress | None = None,
    reading: Mapping[str, object] | None = None,
) -> Report:
    """Return the report of the documents that are near-duplicates: their Jaccard similarity is `threshold` or more.

    `documents` are taken one by one; two with one id are renamed as `dedup.read` renames them, and `notices` say so. The report
    reads its documents from a temporary file of the size of the input. UsageError for a threshold outside (0, 1] or an unknown
    preset; OSError where the file cannot be written.
    """
    check_goal(threshold, MISSED_AT)
    match = preset if isinstance(preset, MatchParams) else match_preset(preset)
    report = progress or (lambda *_: None)
    spool = Spool()
    signed, corpus = _signed(documents, spool, match)
    report("finding near-duplicate documents")
    spool.name(notices)
    ordered = spool.ordered()
    # The order of the ids, not that of reading, decides which document stands for many. Column by column, to save memory.
    signed.resize((max(len(spool), 1), SLOTS), refcheck=False)
    for column in range(SLOTS):
        signed[: len(ordered), column] = signed[ordered.numbers, column]
    signed = signed[: len(ordered)]
    bands, rows = bands_for(threshold, MISSED_AT, SLOTS)
    pairs = agreeing_pairs(signed, bands, rows, all_pairs=match.all_pairs_documents)
    pairs = pairs[(signed[pairs[:, 0]] != _EMPTY).any(axis=1)]
    del signed
    matches: list[Match] = []
    families: list[Family] = []
    found_notices: list[Notice] = []
    shared: dict[str, float] = {}
    narration: dict[str, float] = {}
    quotation: dict[str, float] = {}
    for number, (members, own) in enumerate(_batches(pairs)):
        report(f"aligning, {number * _BATCH:,} documents")
        chosen = given_documents((ordered[n] for n in members.tolist()), "scan")
        near = own[_native.jaccards([d.text for d in chosen], SHINGLE, own) >= threshold]
        found = scan_sorted(chosen, match, corpus=corpus, pairs=near)
        matches += found.matches
        families += found.families
        found_notices += found.notices
        shared |= {name: share for name, share in found.shared.items() if share}
        narration |= found.narration
        quotation |= found.quotation
    params = as_dict(IndexParams(), match) | {"mode": "signatures", "threshold": threshold, "slots": SLOTS}
    return Report(
        ordered,
        tuple(sorted(matches, key=lambda m: (m.a, m.b))),
        tuple(sorted(families, key=lambda f: f.canonical)),
        in_order([*found_notices, *notices]),
        params | ({"reading": reading} if reading else {}),
        shared,
        narration=narration,
        quotation=quotation,
    )


def _signed(documents: Iterable[Document], spool: Spool, match: MatchParams) -> tuple[npt.NDArray[np.uint32], Corpus]:
    """Append `documents` to `spool`; return their signatures, and the counts of the corpus that they make.

    The signatures have the shape (n, SLOTS). Only the first `len(spool)` rows are signatures; the others are room for more.
    """
    signed = np.empty((_BATCH, SLOTS), np.uint32)
    parts: list[_Part] = [_Part() for _ in range(_PARTS)]
    stream = iter(documents)
    while batch := list(islice(stream, _BATCH)):
        first = len(spool)
        for document in batch:
            spool.append(document)
        if len(spool) > len(signed):
            # In place: a second copy would be most of what there is.
            signed.resize((len(spool) * 5 // 4, SLOTS), refcheck=False)
        texts = [d.text for d in batch]
        signed[first : len(spool)] = signatures(texts, SLOTS)
        _count(batch, parts)
    counted = sum(part.documents for part in parts)
    words = [part.words for part in parts if part.words is not None]
    none = word_weights.Counts(np.empty(0, np.uint64), np.empty(0, np.uint32), 0)
    every = word_weights.frozen(word_weights.summed(words), match) if words else none
    return signed, Corpus(every, sum(part.tokens for part in parts) * len(spool) // max(counted, 1))


@dataclass(slots=True)
class _Part:
    """Some of the documents: how many, their tokens, and how common their words are."""

    documents: int = 0
    tokens: int = 0
    words: word_weights.Counts | None = None


def _count(batch: Sequence[Document], parts: list[_Part]) -> None:
    """Count the words of those documents of `batch` that fall into one of `parts`, by the hash of their text.

    While the parts together have more than `_COUNTED` documents, the last part is dropped. So which documents are counted in
    the end depends on all documents, but not on their order.
    """
    numbers = [int(document.sha256[:8], 16) % _PARTS for document in batch]
    for number in sorted({n for n in numbers if n < len(parts)}):
        cut = tokenise([document.text for document, n in zip(batch, numbers, strict=True) if n == number])
        part = parts[number]
        counted = word_weights.count_words(cut)
        part.words = counted if part.words is None else word_weights.summed([part.words, counted])
        part.documents, part.tokens = part.documents + len(cut), part.tokens + len(cut.ids)
    while len(parts) > 1 and sum(part.documents for part in parts) > _COUNTED:
        parts.pop()


def _batches(pairs: npt.NDArray[np.uint32]) -> Iterator[tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]]]:
    """Yield batches of documents: the numbers of the documents, and their pairs as places among these numbers.

    Documents that `pairs` connect are in one batch. Each batch but the last has at least `_BATCH` documents.
    """
    if not len(pairs):
        return
    members, places = np.unique(pairs, return_inverse=True)
    places = places.reshape(-1, 2)
    group = components(len(members), places)
    order = np.argsort(group, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(group[order])) + 1, len(order))
    by_group = group[places[:, 0]]
    start = 0
    for end in ends.tolist():
        if end - start >= _BATCH or end == len(order):
            own = np.sort(order[start:end])
            low, high = group[order[start]], group[order[end - 1]]
            chosen = places[(by_group >= low) & (by_group <= high)]
            yield members[own], np.searchsorted(own, chosen).astype(np.uint32)
            start = end
