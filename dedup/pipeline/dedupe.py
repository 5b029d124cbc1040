"""One of each group of near-duplicate documents, and a table of what was dropped and why: of documents in memory."""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt

from dedup import _native
from dedup.errors import UsageError
from dedup.hashing.bands import check_goal
from dedup.params import MISSED_AT, SHINGLE, THRESHOLD
from dedup.pipeline import near
from dedup.pipeline.common import given_documents
from dedup.pipeline.contained import drop_contained
from dedup.storage.work import MemoryWork
from dedup.types import Deduped, Document, Dropped, Progress, utc

KEEPS = ("earliest", "longest", "first")
"""The named orders of preference; any other name is that of a field."""
_SHOWN = 300
"""Characters of a passage in the table of what was dropped."""
_BATCH = 2000
"""Dropped documents that are dropped_rows at a time."""


def dedupe(
    documents: Iterable[Document],
    *,
    threshold: float = THRESHOLD,
    contained: float | None = None,
    keep: str = "earliest",
    against: Iterable[Document] = (),
    progress: Progress | None = None,
) -> Deduped:
    """Keep one of each group of near-duplicate documents.

    - `threshold`, in (0, 1]: two documents are near-duplicates if the Jaccard similarity of their sets of 5-word shingles is
      so large or larger
    - `contained`, in (0, 1]: if given, a document is also dropped if one longer document has so large a share of its shingles
    - `keep`: which one of a group is kept: the `earliest`, the `longest`, the `first` given, or the one with the greatest value
      of a field (`FIELD:min`: with the least one). Of equals the first given is kept
    - `against`: documents of an archive; what is a near-duplicate of one of them is dropped, too

    Groups are never chained: each dropped document is compared exactly with the kept one that it is dropped for. UsageError for
    a value outside its range, or if `documents` are texts.

    >>> import dedup
    >>> texts = {"a": "a ferry left the harbour of Oban at noon", "b": "a ferry left the harbour of Oban at noon today"}
    >>> found = dedup.dedupe([dedup.Document(name, text) for name, text in texts.items()])
    >>> [document.id for document in found.kept], found.dropped[0].keeper, round(found.dropped[0].similarity, 2)
    (['a'], 'a', 0.83)
    """
    check_dedupe(threshold, contained)
    check_keep(keep)
    own, archive = given_documents(documents, "dedupe"), given_documents(against, "dedupe")
    every = [*archive, *own]
    texts = _Listed([document.text for document in every])
    work = MemoryWork()
    for start in range(0, len(every), near.SIGNED_BATCH):
        append_signed(work, near.sign(texts.texts[start : start + near.SIGNED_BATCH]))
    worth = np.array([worth_of(document, {}, keep) for document in own])
    order = order_of(worth, len(archive))
    how = near.How(threshold, len(archive), progress=progress or (lambda *_: None))
    decisions = decided(work, order, texts, how, contained)
    table = dropped_rows(decisions, texts, lambda numbers: [(every[n].id, every[n].path, every[n].record) for n in numbers])
    kept = tuple(document for document, keeper in zip(every, decisions.keeper, strict=True) if keeper < 0)
    params = dedupe_params(threshold, contained, keep)
    return Deduped(kept[len(archive) :], tuple(table), (), params)


def check_dedupe(threshold: float, contained: float | None) -> None:
    """UsageError for a value outside (0, 1]."""
    check_goal(threshold, MISSED_AT)
    if contained is not None and not 0 < contained <= 1:
        raise UsageError(f"contained is {contained}; it must be above 0 and at most 1")


def dedupe_params(threshold: float, contained: float | None, keep: str) -> dict[str, object]:
    """Return the settings that shape which documents are kept."""
    return {"threshold": threshold, "contained": contained, "keep": keep, "shingle": SHINGLE, "missed_at": MISSED_AT}


def worth_of(document: Document, row: Any, keep: str) -> float:
    """Return by what a document is preferred: the least value is the best one; a document without a value comes last."""
    if keep == "first":
        return 0.0
    if keep == "longest":
        return -float(len(document.text))
    if keep == "earliest":
        return utc(document.published).timestamp() if document.published else math.inf
    name, _, way = keep.partition(":")
    value = row.get(name) if hasattr(row, "get") and row.get(name) is not None else getattr(document, name, None)
    number = _number(value)
    return math.inf if number is None else (number if way == "min" else -number)


def check_keep(keep: str) -> None:
    """UsageError for an order that cannot be."""
    name, colon, way = keep.partition(":")
    if not name or (colon and way not in {"min", "max"}):
        raise UsageError(f"keep {keep!r}: use {', '.join(KEEPS)}, or a field: FIELD or FIELD:min")


def _number(value: object) -> float | None:
    """A value as a number, a time as seconds; None if it is neither."""
    if hasattr(value, "timestamp"):
        return float(utc(value).timestamp())  # type: ignore[arg-type] # a datetime
    try:
        number = float(value)  # type: ignore[arg-type] # what is no number raises
    except (TypeError, ValueError, OverflowError):
        from dedup.sources.times import parse_time  # noqa: PLC0415 only for fields that hold times

        found = parse_time(value) if isinstance(value, str) else None
        return found.timestamp() if found else None
    return number if math.isfinite(number) else None


def order_of(worth: npt.NDArray[np.float64], given: int) -> npt.NDArray[np.int64]:
    """Return the numbers of all documents, the best first: the `given` ones, then the others by worth."""
    return np.concatenate([np.arange(given), given + np.argsort(worth, kind="stable")]).astype(np.int64)


def append_signed(work: near.Work, signed: near.SignedTexts) -> None:
    """Append signatures to the arrays that `near.decide` reads."""
    work.append("hashes", signed.hashes)
    work.append("signatures", signed.signatures)
    work.append("filled", signed.filled)


class _Listed:
    """Texts in a list."""

    def __init__(self, texts: list[str]) -> None:
        self.texts = texts

    def many(self, numbers: npt.NDArray[np.integer]) -> list[str]:
        return [self.texts[number] for number in numbers.tolist()]


def decided(
    work: near.Work, order: npt.NDArray[np.int64], texts: near.NumberedTexts, how: near.How, contained: float | None
) -> near.Decisions:
    """Return which documents are dropped: those of `near.decide`, and those that are contained in longer ones."""
    found = near.decide(work, len(order), order, texts, how)
    if contained is None:
        return found
    kept = order[found.keeper[order] < 0]
    kept = kept[work.array("filled", np.bool_)[kept]]
    followers: dict[int, list[int]] = defaultdict(list)
    for number in np.flatnonzero(found.keeper >= 0).tolist():
        followers[int(found.keeper[number])].append(number)
    first = int((kept < how.given).sum())
    for number, (keeper, share) in drop_contained(texts, kept, followers, contained, how._replace(given=first)).items():
        found.keeper[number], found.similarity[number] = keeper, share
        found.kind[number] = near.DROP_KINDS.index("contained")
    return found


def dropped_rows(
    decisions: near.Decisions, texts: near.NumberedTexts, named: Callable[[list[int]], list[tuple[str, str | None, int]]]
) -> Iterator[Dropped]:
    """Yield what was dropped, in the order of reading; `named` returns id, path and record of documents."""
    numbers = iter(np.flatnonzero(decisions.keeper >= 0).tolist())
    while batch := list(islice(numbers, _BATCH)):
        keepers = decisions.keeper[batch]
        own, others = texts.many(np.array(batch)), texts.many(keepers)
        passages = (unshared_passages(own, others), unshared_passages(others, own))
        names, kept = named(batch), named(keepers.tolist())
        for place, number in enumerate(batch):
            name, path, record = names[place]
            kind = near.DROP_KINDS[decisions.kind[number]]
            yield Dropped(
                name,
                kept[place][0],
                round(float(decisions.similarity[number]), 4),
                kind,
                "" if kind == "exact" else passages[0][place],
                "" if kind == "exact" else passages[1][place],
                path,
                record,
            )


def unshared_passages(texts: list[str], others: list[str]) -> list[str]:
    """Return the longest passage of each text that the other has not, shortened."""
    spans = _native.longest_unshared(texts, others, SHINGLE).tolist()
    found = [" ".join(text[start:end].split()) for text, (start, end) in zip(texts, spans, strict=True)]
    return [passage if len(passage) <= _SHOWN else passage[: _SHOWN - 1] + "…" for passage in found]


def counts_of(decisions: near.Decisions) -> dict[str, int]:
    """Return how many documents were kept, and how many dropped of each kind."""
    found = Counter(decisions.kind.tolist())
    return {kind: found[number] for number, kind in enumerate(near.DROP_KINDS)}
