"""A corpus through all stages: every passage that two or more documents share."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from dedup import families
from dedup.align import word_weights
from dedup.align.align import align, matches, spans
from dedup.align.passages import join_nearby
from dedup.arrays import Alignments, Tokens, keys
from dedup.candidates import dense, winnow
from dedup.hashing.paragraphs import similar_paragraphs
from dedup.params import IndexParams, MatchParams, as_dict, match_preset
from dedup.pipeline.common import (
    Corpus,
    clipped_pairs,
    hub_ranks,
    in_utc,
    mixed_scripts,
    refuse_repeated,
    seed_windows,
    shared_shares,
    whole_windows,
)
from dedup.text.tokens import cut, matchable_tokens
from dedup.types import Document, Documents, Family, FamilyKind, Match, Progress, Report, in_order


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
    match = preset if isinstance(preset, MatchParams) else match_preset(preset)
    index = IndexParams()
    tell = progress or (lambda *_: None)
    notices, read = (list(documents.notices), documents.reading) if isinstance(documents, Documents) else ([], {})
    given = list(map(in_utc, documents))
    order = sorted(range(len(given)), key=lambda n: given[n].id)
    ordered = [given[n] for n in order]
    refuse_repeated(ordered)

    tell("cutting words")
    texts = [d.text for d in ordered]
    tokens, laid = cut(texts)
    notices += mixed_scripts(tokens, ordered)
    if match.matchable_only:
        tokens = matchable_tokens(tokens, laid)
    word_bits = word_weights.word_bits(tokens, match, within.words if within else None)

    tell("finding shared runs")
    hubs = hub_ranks(ordered)
    if pairs is None:
        seeds = winnow.seeds(tokens, word_bits, hubs, index, match)
        alike = similar_paragraphs(tokens, laid, index, match)
        windows = seed_windows(seeds, alike, index.fingerprint)
    else:
        chosen = np.sort(np.argsort(order)[pairs], axis=1)
        wide = np.prod(np.diff(tokens.offsets)[chosen], axis=1) > match.max_whole_cells
        seeds = winnow.seeds(tokens, word_bits, hubs, index, match) if wide.any() else np.zeros((0, 4), np.uint32)
        seeds = seeds[np.isin(keys(seeds), keys(chosen[wide]))]
        windows = seed_windows(seeds, whole_windows(chosen[~wide], tokens), index.fingerprint)

    in_dense = dense.dense_documents(windows, len(ordered), match.dense_neighbours)
    if pairs is None and in_dense.any():
        windows = dense.thinned(windows, in_dense, hubs[0], match.dense_partners)

    tell("aligning")
    searched = within.tokens if within else len(tokens.ids)
    found = join_nearby(align(tokens, ordered, word_bits, windows, match, corpus=searched), tokens, match)

    tell("gathering families")
    dated = np.array([d.published is not None for d in ordered], np.bool_)
    proposed = families.propose(found, hubs, dated, match)
    more = families.unaligned(proposed, found, match.all_pairs_passages)
    in_dense |= dense.dense_documents(more, len(ordered), match.dense_neighbours)
    more = more[~in_dense[more[:, :2]].all(axis=1)]
    if len(more):
        found += join_nearby(align(tokens, ordered, word_bits, more, match, corpus=searched, related=True), tokens, match)
    notices += clipped_pairs(found, ordered)
    kinds = families.kinds(proposed, found, ordered, np.diff(tokens.offsets), match)
    named = families.accept(found, proposed, kinds, match, in_dense)
    made = _families(proposed, kinds, tokens, ordered)
    listed = np.flatnonzero(named >= 0)
    reported = _matches(found.take(listed), [made[n].id for n in named[listed]], tokens, ordered, match)
    return Report(
        tuple(ordered),
        tuple(reported),
        tuple(sorted(made, key=lambda f: (f.canonical.doc or "", f.canonical.start, f.canonical.end))),
        in_order(notices),
        as_dict(index, match) | ({"reading": read} if read else {}),
        shared_shares(reported, ordered),
    )


def _families(
    proposed: families.Proposed, kinds: Sequence[FamilyKind], tokens: Tokens, documents: Sequence[Document]
) -> list[Family]:
    """The proposed families, in their order, in code points."""
    canonical = spans(proposed.canonical, tokens, documents)
    passages = spans(proposed.passages, tokens, documents)
    return [
        Family(families.identify(own.doc or "", own.start, own.end), kind, own, tuple(sorted(set(passages[first:last]))))
        for own, kind, (first, last) in zip(canonical, kinds, pairwise(proposed.offsets.tolist()), strict=True)
    ]


def _matches(
    found: Alignments, names: Sequence[str], tokens: Tokens, documents: Sequence[Document], params: MatchParams
) -> list[Match]:
    """The alignments, of the families `names`, as matches, side a the earlier document, sorted."""
    swap = np.array([_later(documents[a], documents[b]) for a, b in found.rows[:, :2].tolist()], dtype=bool)
    return sorted(matches(found, tokens, documents, params, swap, families=names), key=lambda m: (m.a, m.b))


def _later(a: Document, b: Document) -> bool:
    return a.published is not None and b.published is not None and a.published > b.published
