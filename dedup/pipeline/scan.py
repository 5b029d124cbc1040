"""Scan a corpus: every passage that two or more documents share, as matches and families."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from dedup import families
from dedup.align.align import matches, spans
from dedup.arrays import Alignments, Tokens, covered
from dedup.content.parts import Parts
from dedup.params import IndexParams, MatchParams, as_dict, match_preset
from dedup.pipeline.common import (
    Corpus,
    CutDocuments,
    SharedPassages,
    cut_documents,
    given_documents,
    kernel_threads,
    shared_passages,
    sorted_by_id,
)
from dedup.types import CONTENTS, Document, Documents, Family, Match, Progress, Report, in_order


def scan(
    documents: Iterable[Document],
    *,
    preset: str | MatchParams = "news",
    threads: int | None = None,
    progress: Progress | None = None,
) -> Report:
    """Return every passage that two or more of `documents` share, as matches and families.

    The answer depends only on the documents, not on their order. `preset` is the name of one or a `MatchParams`; `threads` is
    how many the kernels use, 0 for one a core; `progress` is called with what is being done. UsageError for an unknown preset,
    for anything but documents, and for two documents with one id.

    >>> import dedup
    >>> text = "So far, more than 270 square km have been fully captured on Syrian land, the army said on Sunday."
    >>> report = dedup.scan([dedup.Document("one", text), dedup.Document("two", "A new day. " + text)])
    >>> [(match.a.doc, match.b.doc, match.kind) for match in report.matches]
    [('one', 'two', 'verbatim')]
    """
    match = preset if isinstance(preset, MatchParams) else match_preset(preset)
    reading = dict(documents.reading) if isinstance(documents, Documents) else {}
    notices = list(documents.notices) if isinstance(documents, Documents) else []
    given = given_documents(documents, "scan")
    ordered = [given[n] for n in sorted_by_id(given)]
    with kernel_threads(threads):
        report = scan_sorted(ordered, match, progress=progress)
    return Report(
        report.documents,
        report.matches,
        report.families,
        in_order([*notices, *report.notices]),
        report.params | ({"reading": reading} if reading else {}),
        report.shared,
        narration=report.narration,
        quotation=report.quotation,
    )


def scan_sorted(
    documents: Sequence[Document],
    match: MatchParams,
    *,
    corpus: Corpus | None = None,
    pairs: npt.NDArray[np.integer[Any]] | None = None,
    progress: Progress | None = None,
) -> Report:
    """Return the report of `documents`, which are sorted by id, within a `corpus`; `pairs` as `shared_passages` takes them."""
    if progress:
        progress("cutting words")
    given = cut_documents(documents, match)
    found = shared_passages(given, match, corpus=corpus, pairs=pairs, progress=progress)
    return report_of(given, found, match, later_first(documents, found.alignments))


def later_first(documents: Sequence[Document], found: Alignments) -> npt.NDArray[np.bool_]:
    """Return which of the alignments `found` have the later of two dated documents first, bool (alignments,)."""
    return np.array([_later(documents[a], documents[b]) for a, b in found.rows[:, :2].tolist()], np.bool_)


def report_of(given: CutDocuments, found: SharedPassages, match: MatchParams, swap: npt.NDArray[np.bool_]) -> Report:
    """Return what was `found` as a report in code points; `swap` (alignments,) says where document b is side a of the match."""
    documents, tokens = given.documents, given.tokens
    named = _families(found, tokens, documents)
    listed = found.listed
    ids = [named[n].id for n in found.family_of[listed].tolist()]
    chosen = found.alignments.take(listed)
    parts = Parts(chosen, found.contents, swap[listed], tokens)
    reported = matches(chosen, tokens, documents, match, swap[listed], families=ids, parts=parts)
    parts.reach(reported)
    reported.sort(key=lambda m: (m.a, m.b))
    return Report(
        tuple(documents),
        tuple(reported),
        tuple(sorted(named, key=lambda f: (f.canonical.doc or "", f.canonical.start, f.canonical.end))),
        in_order([*given.notices, *found.notices]),
        as_dict(IndexParams(), match),
        shares(reported, documents),
        narration=parts.shares(documents, "narration"),
        quotation=parts.shares(documents, "quotation"),
    )


def shares(reported: Sequence[Match], documents: Sequence[Document]) -> dict[str, float]:
    """Return the share of each document's code points that lies in matches, by id."""
    places: dict[str, list[tuple[int, int]]] = {}
    for m in reported:
        for side in (m.a, m.b):
            places.setdefault(side.doc or "", []).append((side.start, side.end))
    out = {}
    for document in documents:
        shared = covered(places.get(document.id, ()))
        out[document.id] = round(shared / len(document.text), 4) if document.text else 0.0
    return out


def _families(found: SharedPassages, tokens: Tokens, documents: Sequence[Document]) -> list[Family]:
    """Return the proposed families, in their order, in code points."""
    proposed = found.proposed
    canonical = spans(proposed.canonical, tokens, documents)
    passages = spans(proposed.passages, tokens, documents)
    bits = np.zeros((len(proposed), len(CONTENTS)), np.float64)
    np.add.at(bits, found.family_of[found.listed], found.contents.bits)
    _add_parts(bits, found)
    contents = [CONTENTS[kind] for kind in np.argmax(bits, axis=1).tolist()] if len(proposed) else []
    ends = pairwise(proposed.offsets.tolist())
    return [
        Family(
            families.identify(first.doc or "", first.start, first.end),
            kind,
            first,
            tuple(sorted(set(passages[low:high]))),
            content if kind == "reuse" else "furniture",
        )
        for first, kind, (low, high), content in zip(canonical, found.kinds, ends, contents, strict=True)
    ]


def _add_parts(bits: npt.NDArray[np.float64], found: SharedPassages) -> None:
    """Add the bits of families without a match of their own, in place: those of the parts of longer matches around them."""
    rest = np.flatnonzero(bits.sum(axis=1) == 0)
    if not len(rest):
        return
    rows, contents = found.alignments.rows[found.listed], found.contents
    row_of = np.repeat(np.arange(len(rows)), np.diff(contents.offsets))
    docs = rows[row_of, :2].ravel()
    extents = contents.parts[:, :4].reshape(-1, 2)
    order = np.argsort(docs, kind="stable")
    for n, (doc, first, last) in zip(rest.tolist(), found.proposed.canonical[rest].tolist(), strict=True):
        own = order[np.searchsorted(docs, doc, sorter=order) : np.searchsorted(docs, doc, "right", sorter=order)]
        common = np.minimum(extents[own, 1], last).astype(np.int64) - np.maximum(extents[own, 0], first)
        np.add.at(bits[n], contents.parts[own // 2, 4], np.maximum(common, 0))


def _later(a: Document, b: Document) -> bool:
    return a.published is not None and b.published is not None and a.published > b.published
