"""Stage 9: the passages that a draft shares with its sources, each with one judgement.

A passage is quoted, credited, licensed, own, boilerplate, from a marked source, or none of these. A judgement describes words;
it accuses nobody. If several apply, the first in the order of `JUDGEMENTS` is given.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from dedup.arrays import Tokens, covered, overlapping
from dedup.judge.case import Case
from dedup.judge.findings import limited, origin
from dedup.judge.runs import run_parts, runs
from dedup.judge.speakers import Quotation, attributed_quotations
from dedup.types import JUDGEMENTS, Change, Extent, Judged, Judgement, Match, Sourced, Span

_Ints = npt.NDArray[np.int64]
_UNJUDGED = len(JUDGEMENTS)
"""The rank of a token that has no judgement."""


def judge(case: Case) -> list[Judged]:
    """Return the passages that the draft shares with its sources, in order, each with one judgement."""
    tokens, rules = case.tokens, case.rules
    case = replace(case, matches=[m for m in case.matches if not _ignored(case, m)])
    outlets = {known.document.outlet for known in case.sources.values() if known.document.outlet}
    quoted = attributed_quotations(case.draft.text, sorted(outlets), rules)
    starts, ends = tokens.starts.astype(np.int64), tokens.ends.astype(np.int64)
    ranks, joined = _ranks(case, starts, ends)
    shared = runs(ranks, joined, rules.min_words)
    for quotation in quoted:
        first, last = np.searchsorted(starts, quotation.start, "left"), np.searchsorted(ends, quotation.end, "right")
        if last - first >= rules.quote_words:
            attributed: Judgement = "quoted-attributed" if quotation.speaker else "quoted-unattributed"
            inside = ranks[first:last]
            inside[inside < _UNJUDGED] = JUDGEMENTS.index(attributed)
            for low, high in quotation.clauses:  # the words that name the speaker belong to the quotation
                beside = ranks[np.searchsorted(starts, low, "left") : np.searchsorted(ends, high, "right")]
                beside[beside < _UNJUDGED] = JUDGEMENTS.index(attributed)
    cut = [piece for run in shared for piece in run_parts(ranks, *run, rules)]
    places = [Extent(int(starts[low]), int(ends[high - 1])) for low, high in cut]
    around = _Around(case, places, quoted)
    judged = [around.passage(n, JUDGEMENTS[ranks[low]], high - low) for n, (low, high) in enumerate(cut)]
    return limited(case, [passage for passage in judged if not around.is_weak(passage)])


def _ranks(case: Case, starts: _Ints, ends: _Ints) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.bool_]]:
    """Return of each token the position of its judgement in JUDGEMENTS, and whether it is in a match with the token before.

    `starts` and `ends` are those of the tokens.
    """
    ranks = np.full(len(starts), _UNJUDGED, np.int8)
    joined = np.zeros(len(starts) + 1, np.bool_)
    excepted = _had_elsewhere(case)
    covers: list[tuple[Sequence[Span], Span, Judgement]] = [
        (excepted.get(n, ()), match.a, case.sources[match.b.doc or ""].judgement) for n, match in enumerate(case.matches)
    ]
    covers += [((), span, "boilerplate") for span in case.standing]
    for others, span, judgement in covers:
        first, last = np.searchsorted(ends, span.start, "right"), np.searchsorted(starts, span.end, "left")
        joined[first + 1 : last] = True
        here = np.full(last - first, JUDGEMENTS.index(judgement), np.int8)
        for other in others:
            opens, closes = np.searchsorted(ends, other.start, "right"), np.searchsorted(starts, other.end, "left")
            here[max(0, opens - first) : max(0, closes - first)] = _UNJUDGED
        ranks[first:last] = np.minimum(ranks[first:last], here)
    return ranks, joined


def _had_elsewhere(case: Case) -> dict[int, list[Span]]:
    """Return, by the position of a match with a version of the draft, the spans that another source may have had before it.

    What the draft took from others, its version took too. Only a version that is dated earlier than the other source has the
    words first.
    """
    of = [case.sources[match.b.doc or ""] for match in case.matches]
    spans: dict[str | None, list[tuple[int, int]]] = defaultdict(list)
    for match, source in zip(case.matches, of, strict=True):
        if source.judgement == "own-archive":
            spans[match.b.doc].append((match.a.start, match.a.end))
    least = case.rules.version_share * len(case.draft.text)
    versions = {name for name, found in spans.items() if covered(found) >= least}
    ours = [n for n, match in enumerate(case.matches) if match.b.doc in versions]
    others = [n for n, source in enumerate(of) if source.judgement in {"unattributed", "credited-unquoted"}] if ours else []
    near = overlapping([case.matches[n].a[1:] for n in others], [case.matches[n].a[1:] for n in ours])
    out: dict[int, list[Span]] = {}
    for n, found in zip(ours, near, strict=True):
        then = of[n].document.published
        for m in (others[one] for one in found):
            now = of[m].document.published
            if not (then and now and then < now):
                out.setdefault(n, []).append(case.matches[m].a)
    return out


class _Around:
    """What matches, boilerplate and quotations the places of a draft have, for all places at once."""

    def __init__(self, case: Case, places: Sequence[Extent], quoted: Sequence[Quotation]) -> None:
        self._case, self._places, self._quoted = case, places, quoted
        self._matches = overlapping([match.a[1:] for match in case.matches], places)
        self._standing = overlapping([span[1:] for span in case.standing], places)
        self._elsewhere = list(case.standing.values())
        self._quotations = overlapping([(quote.start, quote.end) for quote in quoted], places)
        self._changes: dict[int, tuple[Change, ...]] = {}

    def passage(self, n: int, judgement: Judgement, words: int) -> Judged:
        """Return the place `n` as a passage with its sources: those that cover most of it first, then by bits."""
        case, span = self._case, self._places[n]
        matches = case.matches
        own = sorted(self._matches[n], key=lambda m: self._order(matches[m], span, judgement))
        found = [
            Sourced(matches[m].b.doc or "", *counterpart(matches[m], span, self._changes_of(m)), matches[m].bits) for m in own
        ]
        standing = (other for m in self._standing[n] for other in self._elsewhere[m])
        found += [Sourced(other.doc or "", other.start, other.end, None) for other in standing]
        inside = [self._quoted[m] for m in self._quotations[n]]
        changes = _changes_in(self._changes_of(own[0]), span) if own else ()
        reason = _reason(case, judgement, [matches[m] for m in own], inside)
        return Judged(span.start, span.end, judgement, reason, tuple(found), changes, words)

    def is_weak(self, passage: Judged) -> bool:
        """Whether unquoted words are too few and too common to show that they were copied: a set phrase, an office's name."""
        if passage.judgement not in {"unattributed", "credited-unquoted"}:
            return False
        bits = [self._bits[source.doc] for source in passage.sources if source.doc in self._bits]
        return bool(bits) and max(bits) < self._case.rules.weak_bits

    @cached_property
    def _bits(self) -> Mapping[str, float]:
        """The bits that each source shares with the draft."""
        bits: dict[str, float] = defaultdict(float)
        for match in self._case.matches:
            bits[match.b.doc or ""] += match.bits
        return bits

    def _changes_of(self, number: int) -> tuple[Change, ...]:
        """Return the changes of a match, which computes them each time it is asked."""
        if number not in self._changes:
            self._changes[number] = self._case.matches[number].changes
        return self._changes[number]

    def _order(self, match: Match, span: Extent, judgement: Judgement) -> tuple[int, bool, bool, float, float, Span]:
        source = self._case.sources[match.b.doc or ""]
        outside = max(match.a.start - span.start, 0) + max(span.end - match.a.end, 0)
        return outside, source.judgement != judgement, *origin(source), -match.bits, match.b


def judgement_shares(passages: Sequence[Judged], tokens: Tokens) -> dict[Judgement, float]:
    """Return for each judgement that occurs the share of the draft's words that are in passages with it."""
    counts: Counter[Judgement] = Counter()
    for passage in passages:
        counts[passage.judgement] += passage.words
    return {name: round(counts[name] / len(tokens.starts), 4) for name in JUDGEMENTS if name in counts}


def _ignored(case: Case, match: Match) -> bool:
    """Return whether the rules leave a match out: by its source, or by a phrase in its words."""
    source, rules = match.b.doc or "", case.rules
    words = case.draft.text[match.a.start : match.a.end]
    ignored = rules.ignore_sources & {source, case.sources[source].document.outlet or ""}
    return bool(ignored) or any(pattern.search(words) for pattern in rules.ignore_phrases)


def _changes_in(changes: Sequence[Change], span: Extent) -> tuple[Change, ...]:
    """Return those of `changes`, which are in order, that lie in the part `span` of side a."""
    first = bisect_left(changes, span.start, key=lambda change: change.a.start)
    last = bisect_left(changes, span.end + 1, key=lambda change: change.a.start)
    return tuple(change for change in changes[first:last] if change.a.end <= span.end)


def counterpart(match: Match, span: Extent, changes: Sequence[Change]) -> Extent:
    """Return the part of side b that corresponds to the part `span` of side a, by the `changes` between them, in order."""

    def place(at: int, *, end: bool) -> int:
        before = bisect_left(changes, at if end else at + 1, key=lambda change: change.a.start)
        n = bisect_left(changes, at, hi=before, key=lambda change: change.a.end)
        if n < before:
            return changes[n].b.end if end else changes[n].b.start
        here, other = (changes[n - 1].a.end, changes[n - 1].b.end) if n else (match.a.start, match.b.start)
        return min(max(other + at - here, match.b.start), match.b.end)

    first, last = max(span.start, match.a.start), min(span.end, match.a.end)
    start = place(first, end=False)
    return Extent(start, max(start, match.b.end if last == match.a.end else place(last, end=True)))


def _reason(case: Case, judgement: Judgement, own: Sequence[Match], inside: Sequence[Quotation]) -> str:
    """Return why a passage has its judgement, in a sentence; `own` are its matches, `inside` the quotations in it."""
    if judgement == "boilerplate":
        return "Furniture of pages: a notice, a form, a caption, or text that recurs in unrelated documents of one outlet."
    if judgement in {"quoted-attributed", "quoted-unattributed"}:
        word = next((q.speaker for q in inside if q.speaker), None)
        return f"In quotation marks, attributed by “{word}”." if word else "In quotation marks; no speaker is named near it."
    source = next(k for m in own if (k := case.sources[m.b.doc or ""]).judgement == judgement)
    name = source.document.id + (f" ({source.document.outlet})" if source.document.outlet else "")
    by = "by the same author" if case.rights.same_author(source.document) else "of an outlet of your own"
    words: dict[Judgement, str] = {
        "licensed-credited": f"Copy of {source.agency}, which may be printed here and is credited in the draft.",
        "licensed-uncredited": f"Copy of {source.agency}, which may be printed here; the draft has no credit for it.",
        "marked-source": f"Occurs in {name}, a press release or a statement.",
        "own-archive": f"Occurs in {name}, {by}.",
        "credited-unquoted": f"Occurs in {name}, which the draft names; no quotation marks.",
        "unattributed": f"Occurs in {name}; no quotation marks.",
    }
    return words[judgement]
