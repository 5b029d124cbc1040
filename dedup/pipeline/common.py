"""What every way through the stages shares: the corpus, ranks of documents, windows to align, notices."""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from dedup.align import word_weights
from dedup.arrays import Alignments, Tokens
from dedup.errors import UsageError
from dedup.types import Document, Match, Notice, utc


class Corpus(NamedTuple):
    """What a scan of some documents must know of the corpus they are of: its `words`, and its `tokens` that take part."""

    words: word_weights.Counts
    tokens: int


def in_utc(document: Document) -> Document:
    """The document with its time in UTC; a time without a zone is UTC."""
    time = document.published
    if time is None or time.tzinfo is UTC:
        return document
    return replace(document, published=utc(time))


def refuse_repeated(ordered: Sequence[Document]) -> None:
    """Raise UsageError if two documents, which are sorted by id, have one id."""
    for one, other in pairwise(ordered):
        if one.id == other.id:
            raise UsageError(f"two documents have the id {one.id!r}; give each its own (dedup.read does)")


def mixed_scripts(tokens: Tokens, documents: Sequence[Document]) -> list[Notice]:
    """A notice a document in which words mix scripts to look like other words."""
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


def clipped_pairs(found: Alignments, documents: Sequence[Document]) -> list[Notice]:
    """A notice a pair of documents that repeat themselves so much that not all was aligned."""
    out = []
    for a, b in sorted(set(map(tuple, found.clipped.tolist()))):
        names = f"{documents[a].id} and {documents[b].id}"
        message = f"{names}: the same words over and over; the best of what they share is reported, not all"
        out.append(Notice("clipped-pair", message, None, None, documents[a].id))
    return out


def hub_ranks(documents: Sequence[Document]) -> npt.NDArray[np.uint32]:
    """Ranks (2, n) of the documents that may stand for all in a long list: by time, the undated last, and by length.

    One of the two is the canonical copy that `families` will choose, so that every member is aligned with it.
    """
    n = len(documents)
    times = [d.published.timestamp() if d.published else math.inf for d in documents]
    orders = [
        sorted(range(n), key=lambda d: (times[d], documents[d].id)),
        sorted(range(n), key=lambda d: (-len(documents[d].text), documents[d].id)),
    ]
    ranks = np.empty((2, n), np.uint32)
    for rank, order in zip(ranks, orders, strict=True):
        rank[order] = np.arange(n, dtype=np.uint32)
    return ranks


def seed_windows(seeds: npt.NDArray[np.uint32], alike: npt.NDArray[np.uint32], k: int) -> npt.NDArray[np.uint32]:
    """Where to look: the `k` tokens of each seed, and alike paragraphs, sorted by documents."""
    doc_a, doc_b, a, b = seeds.T
    rows = np.concatenate([np.column_stack([doc_a, doc_b, a, a + k, b, b + k]), alike]).astype(np.uint32)
    return rows[np.lexsort(rows.T[::-1])]


def whole_windows(pairs: npt.NDArray[np.integer[Any]], tokens: Tokens) -> npt.NDArray[np.uint32]:
    """Windows of all tokens of each pair of documents that have any."""
    sizes = np.diff(tokens.offsets)[pairs]
    none = np.zeros(len(pairs), np.int64)
    rows: npt.NDArray[np.uint32] = np.column_stack([pairs, none, sizes[:, 0], none, sizes[:, 1]]).astype(np.uint32)
    filled: npt.NDArray[np.uint32] = rows[(sizes > 0).all(axis=1)]
    return filled


def shared_shares(reported: Sequence[Match], documents: Sequence[Document]) -> dict[str, float]:
    """Share of each document's code points that stands in matches."""
    spans: dict[str, list[tuple[int, int]]] = {}
    for m in reported:
        for side in (m.a, m.b):
            spans.setdefault(side.doc or "", []).append((side.start, side.end))
    out = {}
    for document in documents:
        total, reached = 0, 0
        for start, end in sorted(spans.get(document.id, ())):
            total += max(0, end - max(start, reached))
            reached = max(reached, end)
        out[document.id] = round(total / len(document.text), 4) if document.text else 0.0
    return out
