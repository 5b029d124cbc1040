"""The stages in order: `scan` a corpus, `compare` two texts, find the `near_duplicates` among many.

A stage is a pure function from data to data; what one needs of another passes through here.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC
from itertools import pairwise
from typing import Any, NamedTuple, cast

import numpy as np
import numpy.typing as npt

from dedup import _native, background, crowds, families, lsh, minhash, text, winnow
from dedup.align import align, matches, spans
from dedup.align.passages import joined
from dedup.arrays import keys
from dedup.errors import UsageError
from dedup.params import MISSED_AT, NUM_PERM, SEED, SHINGLE, THRESHOLD, IndexParams, MatchParams, as_dict
from dedup.params import preset as preset_named
from dedup.types import (
    Alignments,
    Document,
    Documents,
    Family,
    FamilyKind,
    Layout,
    Match,
    Notice,
    Progress,
    Provenance,
    Report,
    Tokens,
    in_order,
)


class Corpus(NamedTuple):
    """What a scan of some documents must know of the corpus they are of: its `words`, and its `tokens` that take part."""

    words: background.Counts
    tokens: int


def scan(
    documents: Iterable[Document],
    *,
    preset: str | MatchParams = "news",
    progress: Progress | None = None,
    within: Corpus | None = None,
    pairs: npt.NDArray[np.uint32] | None = None,
) -> Report:
    """Return every passage that two or more of `documents` share, as matches and families.

    The answer depends on the documents alone, not on their order, or on the corpus `within` which they stand. Only `pairs`
    of them, shape (n, 2), are compared where these are given. `progress` is told what is being done. UsageError for an
    unknown preset or two documents with one id.
    """
    match = preset if isinstance(preset, MatchParams) else preset_named(preset)
    index = IndexParams()
    tell = progress or (lambda *_: None)
    notices, read = (list(documents.notices), documents.reading) if isinstance(documents, Documents) else ([], {})
    given = list(map(_in_utc, documents))
    order = sorted(range(len(given)), key=lambda n: given[n].id)
    ordered = [given[n] for n in order]
    _refuse_repeated(ordered)

    tell("cutting words")
    texts = [d.text for d in ordered]
    tokens, laid = text.cut(texts)
    notices += _mixed(tokens, ordered)
    if match.roles:
        tokens = text.speaking(tokens, laid)
    word_bits = background.word_bits(tokens, match, within.words if within else None)

    tell("finding shared runs")
    hubs = _hubs(ordered)
    if pairs is None:
        seeds = winnow.seeds(tokens, word_bits, hubs, index, match)
        alike = _alike(tokens, laid, index, match)
        windows = _windows(seeds, alike, index.fingerprint)
    else:
        chosen = np.sort(np.argsort(order)[pairs], axis=1)
        wide = np.prod(np.diff(tokens.offsets)[chosen], axis=1) > match.cells
        seeds = winnow.seeds(tokens, word_bits, hubs, index, match) if wide.any() else np.zeros((0, 4), np.uint32)
        seeds = seeds[np.isin(keys(seeds), keys(chosen[wide]))]
        windows = _windows(seeds, _whole(chosen[~wide], tokens), index.fingerprint)

    crowd = crowds.crowd(windows, len(ordered), match.family_pairs)
    if pairs is None and crowd.any():
        windows = crowds.thinned(windows, crowd, hubs[0], match.seed_pairs)

    tell("aligning")
    searched = within.tokens if within else len(tokens.ids)
    found = joined(align(tokens, ordered, word_bits, windows, match, corpus=searched), tokens, match)

    tell("gathering families")
    dated = np.array([d.published is not None for d in ordered], np.bool_)
    drafts = families.propose(found, hubs, dated, match)
    more = families.unaligned(drafts, found, match.family_pairs)
    crowd |= crowds.crowd(more, len(ordered), match.family_pairs)
    more = more[~crowd[more[:, :2]].all(axis=1)]
    if len(more):
        found += joined(align(tokens, ordered, word_bits, more, match, corpus=searched, related=True), tokens, match)
    notices += _clipped(found, ordered)
    kinds = families.kinds(drafts, found, ordered, np.diff(tokens.offsets), match)
    named = families.accept(found, drafts, kinds, match, crowd)
    made = _families(drafts, kinds, tokens, ordered)
    listed = np.flatnonzero(named >= 0)
    reported = _matches(found.take(listed), [made[n].id for n in named[listed]], tokens, ordered, match)
    return Report(
        tuple(ordered),
        tuple(reported),
        tuple(sorted(made, key=lambda f: (f.canonical.doc or "", f.canonical.start, f.canonical.end))),
        in_order(notices),
        as_dict(index, match) | ({"reading": read} if read else {}),
        _shared(reported, ordered),
    )


def trace(documents: Iterable[Document] | Report, *, preset: str = "news", progress: Progress | None = None) -> Report:
    """Return the report of `documents` with its `provenance`: who copied whom, and sources that are not among them.

    Documents that share much of themselves are one story, and each story is traced for itself. Presets: `news`, and
    `retelling` for texts that were retold and share few words in a row: then all are one story. UsageError as `scan`.
    """
    from dedup import provenance  # noqa: PLC0415 a scan and a check start without it

    params = provenance.preset(preset)
    report = documents if isinstance(documents, Report) else scan(documents, progress=progress)
    if progress:
        progress("tracing")
    told = provenance.together(
        provenance.trace_story([report.documents[n] for n in group], params)
        for group in provenance.stories(report.documents, report.matches, params)
    )
    edges = [*told.edges, *provenance.passages(report.documents, report.matches, report.families, told.edges, params)]
    found = Provenance(
        tuple(sorted(edges, key=lambda e: (e.child, e.kind == "passage", e.parent))),
        tuple(sorted(told.versions)),
        tuple(sorted(told.sources, key=lambda s: s.id)),
    )
    return replace(report, provenance=found)


def compare(a: str, b: str, *, preset: str | MatchParams = "news") -> list[Match]:
    """Return the passages that the texts `a` and `b` share, by their place in `a`; side a is `a`, and both ids are None.

    The two are compared whole, without need of a shared run; only above `MatchParams.cells` token pairs (8,000 words each),
    around their shared runs. UsageError for an unknown preset.
    """
    match = preset if isinstance(preset, MatchParams) else preset_named(preset)
    found, _ = _compare(Document("a", a), Document("b", b), match)
    return [replace(m, a=m.a._replace(doc=None), b=m.b._replace(doc=None)) for m in found]


def pair(a: Document, b: Document, *, preset: str | MatchParams = "news", notices: Iterable[Notice] = ()) -> Report:
    """Return the report of two documents alone, compared as `compare` does; it names no families."""
    match = preset if isinstance(preset, MatchParams) else preset_named(preset)
    found, more = _compare(a, b, match)
    shared = _shared(found, [a, b])
    return Report((a, b), tuple(found), (), (*notices, *more), as_dict(IndexParams(), match), shared)


def near_duplicates(
    texts: Iterable[str],
    threshold: float = THRESHOLD,
    *,
    missed_at: float = MISSED_AT,
    shingle: int = SHINGLE,
    num_perm: int = NUM_PERM,
    seed: int = SEED,
) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.float64]]:
    """Return the pairs of `texts` of Jaccard similarity `threshold` or more, and that similarity, exact.

    Pairs i < j, uint32 (pairs, 2), sorted; similarities float64 (pairs,), of their sets of shingles. Every pair returned was
    verified; one at the threshold is missed with a chance of at most `missed_at` (a threshold so low that `num_perm` slots
    cannot promise it: as small a chance as they can), a more similar one with a far smaller one. Texts without words are
    like nothing. UsageError for a threshold or chance outside (0, 1].
    """
    lsh.check_goal(threshold, missed_at)
    if not isinstance(texts, list | str | bytes):
        texts = list(texts)
    signed = minhash.signatures(texts, num_perm, shingle=shingle, seed=seed).astype(np.uint32, copy=False)
    texts = cast("list[str]", texts)  # one text alone has been refused
    # The signature of no words is all ones; such texts would all be alike.
    ones = np.uint32(0xFFFFFFFF)
    empty = np.flatnonzero(signed[:, 0] == ones)
    filled = np.delete(np.arange(len(signed), dtype=np.uint32), empty[(signed[empty] == ones).all(axis=1)])
    bands, rows = lsh.bands_for(threshold, missed_at, num_perm)
    pairs = filled[lsh.candidates(signed if len(filled) == len(signed) else signed[filled], bands, rows, full=len(texts))]
    # Of many texts few have a partner; only their shingles are wanted.
    members, inverse = np.unique(pairs, return_inverse=True)
    similarity = _native.jaccards([texts[i] for i in members.tolist()], shingle, inverse.reshape(-1, 2).astype(np.uint32))
    near = similarity >= threshold
    return pairs[near], similarity[near]


def _compare(a: Document, b: Document, match: MatchParams) -> tuple[list[Match], list[Notice]]:
    """Matches of two documents, side a always `a`, by their place in it; and what there is to say of them."""
    index = IndexParams()
    texts = [a.text, b.text]
    tokens = text.tokenise(texts)
    notices = _mixed(tokens, [a, b])
    if match.roles:
        tokens = text.speaking(tokens, text.layout(texts))
    sizes = np.diff(tokens.offsets)
    if sizes.min() == 0:
        return [], notices
    word_bits = background.word_bits(tokens, match)
    if sizes[0] * sizes[1] <= match.cells:
        windows = np.array([[0, 1, 0, sizes[0], 0, sizes[1]]], dtype=np.uint32)
    else:
        seeds = winnow.seeds(tokens, word_bits, _hubs([a, b]), index, match)
        windows = _windows(seeds, np.zeros((0, 6), np.uint32), index.fingerprint)
    found = joined(align(tokens, [a, b], word_bits, windows, match), tokens, match)
    listed = matches(found, tokens, [a, b], match, np.zeros(len(found), bool))
    return sorted(listed, key=lambda m: (m.a.start, m.a.end, m.b.start, m.b.end)), notices + _clipped(found, [a, b])


def _in_utc(document: Document) -> Document:
    """The document with its time in UTC; a time without a zone is UTC."""
    time = document.published
    if time is None or time.tzinfo is UTC:
        return document
    return replace(document, published=time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC))


def _refuse_repeated(ordered: Sequence[Document]) -> None:
    for one, other in pairwise(ordered):
        if one.id == other.id:
            raise UsageError(f"two documents have the id {one.id!r}; give each its own (dedup.read does)")


def _mixed(tokens: Tokens, documents: Sequence[Document]) -> list[Notice]:
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


def _clipped(found: Alignments, documents: Sequence[Document]) -> list[Notice]:
    """A notice a pair of documents that repeat themselves so much that not all was aligned."""
    out = []
    for a, b in sorted(set(map(tuple, found.clipped.tolist()))):
        names = f"{documents[a].id} and {documents[b].id}"
        message = f"{names}: the same words over and over; the best of what they share is reported, not all"
        out.append(Notice("clipped-pair", message, None, None, documents[a].id))
    return out


def _hubs(documents: Sequence[Document]) -> npt.NDArray[np.uint32]:
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


class Signed(NamedTuple):
    """Paragraphs long enough to be signed: text, first token in it, tokens, all int64 (n,); signatures uint32 (n, slots)."""

    owner: npt.NDArray[np.int64]
    start: npt.NDArray[np.int64]
    counts: npt.NDArray[np.int64]
    signatures: npt.NDArray[np.uint32]


def signed_paragraphs(tokens: Tokens, laid: Layout, index: IndexParams) -> Signed:
    """Return the paragraphs of texts that have `paragraph_least` tokens that take part."""
    bounds = text.first_tokens(tokens, laid)
    numbers = np.flatnonzero(np.diff(bounds) >= index.paragraph_least)
    first, counts = bounds[numbers], np.diff(bounds)[numbers]
    owner = np.searchsorted(laid.offsets, numbers, side="right") - 1
    slots = index.paragraph_bands * index.paragraph_rows
    signed = minhash.token_signatures(tokens, first, counts, slots, shingle=index.paragraph_shingle)
    return Signed(owner, first - tokens.offsets[owner], counts, signed)


def _alike(tokens: Tokens, laid: Layout, index: IndexParams, match: MatchParams) -> npt.NDArray[np.uint32]:
    """Windows (document a, document b, a from, a to, b from, b to) of nearly alike paragraphs."""
    owner, start, counts, signed = signed_paragraphs(tokens, laid, index)
    pairs = lsh.candidates(signed, index.paragraph_bands, index.paragraph_rows, full=match.seed_pairs)
    p, q = pairs[:, 0], pairs[:, 1]
    apart = owner[p] != owner[q]
    # Longer ones share runs, and are found by them.
    apart &= counts[p] * counts[q] <= match.cells
    p, q = p[apart], q[apart]
    return np.column_stack([owner[p], owner[q], start[p], start[p] + counts[p], start[q], start[q] + counts[q]]).astype(
        np.uint32
    )


def _windows(seeds: npt.NDArray[np.uint32], alike: npt.NDArray[np.uint32], k: int) -> npt.NDArray[np.uint32]:
    """Where to look: the `k` tokens of each seed, and alike paragraphs, sorted by documents."""
    doc_a, doc_b, a, b = seeds.T
    rows = np.concatenate([np.column_stack([doc_a, doc_b, a, a + k, b, b + k]), alike]).astype(np.uint32)
    return rows[np.lexsort(rows.T[::-1])]


def _whole(pairs: npt.NDArray[np.integer[Any]], tokens: Tokens) -> npt.NDArray[np.uint32]:
    """Windows of all tokens of each pair of documents that have any."""
    sizes = np.diff(tokens.offsets)[pairs]
    none = np.zeros(len(pairs), np.int64)
    rows: npt.NDArray[np.uint32] = np.column_stack([pairs, none, sizes[:, 0], none, sizes[:, 1]]).astype(np.uint32)
    filled: npt.NDArray[np.uint32] = rows[(sizes > 0).all(axis=1)]
    return filled


def _families(
    drafts: families.Drafts, kinds: Sequence[FamilyKind], tokens: Tokens, documents: Sequence[Document]
) -> list[Family]:
    """The drafts, in their order, as families in code points."""
    canonical = spans(drafts.canonical, tokens, documents)
    passages = spans(drafts.passages, tokens, documents)
    return [
        Family(families.identify(own.doc or "", own.start, own.end), kind, own, tuple(sorted(set(passages[first:last]))))
        for own, kind, (first, last) in zip(canonical, kinds, pairwise(drafts.offsets.tolist()), strict=True)
    ]


def _matches(
    found: Alignments, names: Sequence[str], tokens: Tokens, documents: Sequence[Document], params: MatchParams
) -> list[Match]:
    """The alignments, of the families `names`, as matches, side a the earlier document, sorted."""
    swap = np.array([_later(documents[a], documents[b]) for a, b in found.rows[:, :2].tolist()], dtype=bool)
    return sorted(matches(found, tokens, documents, params, swap, families=names), key=lambda m: (m.a, m.b))


def _later(a: Document, b: Document) -> bool:
    return a.published is not None and b.published is not None and a.published > b.published


def _shared(reported: Sequence[Match], documents: Sequence[Document]) -> dict[str, float]:
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
