"""The passages of a draft as an editor counts them: one paste is one finding, and a named source has a limit of words."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import replace

import numpy as np

from dedup.judge.case import Case, Known
from dedup.press.names import canonical_name
from dedup.types import JUDGEMENTS, Finding, Judged


def findings(case: Case, passages: Sequence[Judged]) -> Iterator[Finding]:
    """Yield the pastes: successive passages with a source in common, and few words of the draft's own between them."""
    words = case.tokens.starts.astype(np.int64)
    stretch: list[int] = []
    common: set[str] = set()
    for n, passage in enumerate(passages):
        sources = {source.doc for source in passage.sources}
        between = 0
        if stretch:
            before = passages[stretch[-1]].end
            between = int(np.searchsorted(words, passage.start)) - int(np.searchsorted(words, before))
        if stretch and common & sources and between <= case.rules.finding_gap:
            common &= sources
        else:
            if stretch:
                yield _finding(case, passages, stretch, common)
            stretch, common = [], sources
        stretch.append(n)
    if stretch:
        yield _finding(case, passages, stretch, common)


def _finding(case: Case, passages: Sequence[Judged], stretch: Sequence[int], common: Set[str]) -> Finding:
    levels = ("note", "warning", "error")
    worst = max(stretch, key=lambda n: (levels.index(passages[n].kind.level), JUDGEMENTS.index(passages[n].judgement)))
    known = [source for source in common if source in case.sources]
    sources = sorted(known, key=lambda name: (*origin(case.sources[name]), name))
    return Finding(tuple(stretch), passages[worst].judgement, (*sources, *sorted(common - set(known))))


def origin(source: Known) -> tuple[bool, float]:
    """Return what a source is sorted by: whoever the draft credits comes first, then whoever was published first."""
    credited = source.judgement in {"licensed-credited", "credited-unquoted"}
    published = source.document.published
    return not credited, published.timestamp() if published else math.inf


def limited(case: Case, passages: Sequence[Judged]) -> list[Judged]:
    """Mark the passages of each credited source of which the draft has more words than may stand without quotation marks."""

    def source(passage: Judged) -> str:
        known = (case.sources.get(one.doc) for one in passage.sources)
        document = next(one for one in known if one and one.judgement == passage.judgement).document
        return canonical_name(document.outlet or "") or document.id

    words: Counter[str] = Counter()
    for passage in passages:
        if passage.judgement == "credited-unquoted":
            words[source(passage)] += passage.words
    out = []
    for passage in passages:
        if passage.judgement == "credited-unquoted" and (count := words[source(passage)]) > case.rules.quote_limit:
            reason = f"{passage.reason} {count} words of it are here, more than {case.rules.quote_limit}."
            out.append(replace(passage, reason=reason, over=True))
        else:
            out.append(passage)
    return out
