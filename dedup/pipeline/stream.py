"""Documents that are nearly alike as a whole, found in a stream: what is kept of each in memory is its signature alone.

Signatures propose pairs (stage 4), exact similarity verifies them, and stages 6 and 7 align them as a scan does; all else is
written to a temporary file and read back when it is needed. Passages that otherwise different documents share are not found.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

import numpy as np
import numpy.typing as npt

from dedup import _native
from dedup.align import word_weights
from dedup.arrays import components
from dedup.hashing.bands import agreeing_pairs, bands_for, check_goal
from dedup.hashing.minhash import signatures
from dedup.params import MISSED_AT, SHINGLE, THRESHOLD, IndexParams, MatchParams, as_dict, match_preset
from dedup.pipeline.common import Corpus
from dedup.pipeline.scan import scan
from dedup.sources.common import Notices
from dedup.sources.spool import Spool
from dedup.text.tokens import tokenise
from dedup.types import Document, Family, Match, Notice, Progress, Report, in_order

SLOTS = 64
"""Of a signature: half of what near-duplicates in memory have, so that a million documents take 256 MB."""
_BATCH = 1000
"""Documents that are signed, or compared, at a time."""
_COUNTED = 50_000
"""Documents, the first ones, by which it is judged how common a word is."""
_EMPTY = np.uint32(0xFFFFFFFF)
"""Every slot of the signature of no words."""


def scan_stream(
    documents: Iterable[Document],
    notices: Notices,
    *,
    threshold: float = THRESHOLD,
    preset: str | MatchParams = "news",
    progress: Progress | None = None,
    reading: Mapping[str, object] | None = None,
) -> Report:
    """Return the report of the documents whose Jaccard similarity is `threshold` or more, aligned with each other.

    `documents` are taken one by one; those with one id are named as `sources.read` names them, with `notices`. The report's
    documents are read back from a temporary file, which holds as many bytes as the input. UsageError for a threshold outside
    (0, 1] or an unknown preset; OSError where the file cannot be written.
    """
    check_goal(threshold, MISSED_AT)
    match = preset if isinstance(preset, MatchParams) else match_preset(preset)
    tell = progress or (lambda *_: None)
    spool = Spool()
    signed, within = _signed(documents, spool, match)
    tell("finding nearly alike documents")
    spool.name(notices)
    signed[spool.dropped()] = _EMPTY
    bands, rows = bands_for(threshold, MISSED_AT, SLOTS)
    pairs = agreeing_pairs(signed, bands, rows, all_pairs=match.all_pairs_documents)
    pairs = pairs[(signed[pairs[:, 0]] != _EMPTY).any(axis=1)]
    del signed
    matches: list[Match] = []
    families: list[Family] = []
    told: list[Notice] = []
    shared: dict[str, float] = {}
    for number, (members, own) in enumerate(_batches(pairs)):
        tell(f"aligning, {number * _BATCH:,} documents")
        chosen = [spool[n] for n in members.tolist()]
        near = own[_native.jaccards([d.text for d in chosen], SHINGLE, own) >= threshold]
        found = scan(chosen, preset=match, within=within, pairs=near)
        matches += found.matches
        families += found.families
        told += found.notices
        shared |= {name: share for name, share in found.shared.items() if share}
    told += notices
    params = as_dict(IndexParams(), match) | {"mode": "signatures", "threshold": threshold, "slots": SLOTS}
    return Report(
        spool.ordered(),
        tuple(sorted(matches, key=lambda m: (m.a, m.b))),
        tuple(sorted(families, key=lambda f: f.canonical)),
        in_order(told),
        params | ({"reading": reading} if reading else {}),
        shared,
    )


def _signed(documents: Iterable[Document], spool: Spool, match: MatchParams) -> tuple[npt.NDArray[np.uint32], Corpus]:
    """Signatures of `documents`, shape (n, SLOTS), and how common their words are; the documents go into `spool`."""
    signed = np.empty((_BATCH, SLOTS), np.uint32)
    words: list[word_weights.Counts] = []
    counted = tokens = 0
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
        if first < _COUNTED:
            cut = tokenise(texts)
            words = [word_weights.summed([*words, word_weights.counted(cut)])]
            counted, tokens = len(spool), tokens + len(cut.ids)
    signed.resize((len(spool), SLOTS), refcheck=False)
    every = (
        word_weights.frozen(words[0], match)
        if words
        else word_weights.Counts(np.empty(0, np.uint64), np.empty(0, np.uint32), 0)
    )
    return signed, Corpus(every, tokens * len(spool) // max(counted, 1))


def _batches(pairs: npt.NDArray[np.uint32]) -> Iterator[tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]]]:
    """Documents that pairs join, directly or by others, at least `_BATCH` at a time, and their pairs, by place among them."""
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
