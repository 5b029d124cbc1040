"""Stage 9: the passages that a draft shares with its sources, each with one judgement.

A passage is quoted, credited, licensed, own, boilerplate, from a marked source, or none of these. A judgement describes words;
it accuses nobody. If several apply, the first in the order of `JUDGEMENTS` is given.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dedup.arrays import Tokens, covered
from dedup.judge.rights import Rights
from dedup.judge.speakers import Quotation, attributed_quotations
from dedup.params import CheckRules
from dedup.press.names import canonical_name
from dedup.press.releases import is_release
from dedup.types import JUDGEMENTS, Document, Extent, Finding, Judged, Judgement, Match, Sourced, Span


class Known(NamedTuple):
    """A source: its document, and the agency or other licensed newsroom whose copy it is, if any."""

    document: Document
    agency: str | None
    judgement: Judgement
    """The judgement of words from it that are not quoted."""


@dataclass(frozen=True, slots=True)
class Case:
    """A draft and all that its judgements depend on."""

    draft: Document
    tokens: Tokens
    """The tokens of the draft, which is their only text."""
    matches: Sequence[Match]
    """What the draft (side a) shares with its sources."""
    standing: Mapping[Span, Sequence[Span]]
    """The passages of the draft that are boilerplate, and where else each of them occurs."""
    sources: Mapping[str, Known]
    """The sources by id."""
    rights: Rights

    @property
    def rules(self) -> CheckRules:
        """What the newsroom declares."""
        return self.rights.rules


def known(document: Document, rights: Rights) -> Known:
    """Return a source with the judgement of words from it that are not quoted."""
    rules = rights.rules
    agency = rights.whose(document) if rights.licensed or rights.draft.author else None
    canonical = canonical_name(agency or "")
    judgement: Judgement = "unattributed"
    if document.kind == "site":
        judgement = "boilerplate"
    elif is_release(document, rules.label_characters):
        judgement = "marked-source"
    elif canonical in rights.licensed:
        judgement = "licensed-credited" if canonical in rights.credited else "licensed-uncredited"
    elif rights.is_own(document):
        judgement = "own-archive"
    elif rights.names_source(document):
        judgement = "credited-unquoted"
    return Known(document, agency, judgement)


def judge(case: Case) -> list[Judged]:
    """Return the passages that the draft shares with its sources, in order, each with one judgement."""
    draft, tokens, rules = case.draft, case.tokens, case.rules
    case = replace(case, matches=[m for m in case.matches if not _ignored(case, m)])
    outlets = {known.document.outlet for known in case.sources.values() if known.document.outlet}
    quoted = attributed_quotations(draft.text, sorted(outlets), rules)
    starts, ends = tokens.starts.astype(np.int64), tokens.ends.astype(np.int64)
    # Of each token, the position of its judgement in JUDGEMENTS, and whether a match covers it together with the one before.
    ranks = np.full(len(starts), len(JUDGEMENTS), np.int8)
    joined = np.zeros(len(starts) + 1, np.bool_)
    covers: list[tuple[Match | None, Span, Judgement]] = [(m, m.a, case.sources[m.b.doc or ""].judgement) for m in case.matches]
    covers += [(None, span, "boilerplate") for span in case.standing]
    for match, span, judgement in covers:
        first, last = np.searchsorted(ends, span.start, "right"), np.searchsorted(starts, span.end, "left")
        joined[first + 1 : last] = True
        here = np.full(last - first, JUDGEMENTS.index(judgement), np.int8)
        if judgement == "own-archive" and match is not None:
            for other in _no_excuse(case, match):
                opens, closes = np.searchsorted(ends, other.start, "right"), np.searchsorted(starts, other.end, "left")
                here[max(0, opens - first) : max(0, closes - first)] = len(JUDGEMENTS)
        ranks[first:last] = np.minimum(ranks[first:last], here)
    regions = _regions(ranks, joined, rules.min_words)
    for quotation in quoted:
        first, last = np.searchsorted(starts, quotation.start, "left"), np.searchsorted(ends, quotation.end, "right")
        if last - first >= rules.quote_words:
            attributed: Judgement = "quoted-attributed" if quotation.speaker else "quoted-unattributed"
            inside = ranks[first:last]
            inside[inside < len(JUDGEMENTS)] = JUDGEMENTS.index(attributed)
            for low, high in quotation.clauses:  # the words that name the speaker belong to the quotation
                beside = ranks[np.searchsorted(starts, low, "left") : np.searchsorted(ends, high, "right")]
                beside[beside < len(JUDGEMENTS)] = JUDGEMENTS.index(attributed)
    passages = []
    for region in regions:
        for low, high in _pieces(ranks, *region, rules):
            place = Extent(int(starts[low]), int(ends[high - 1]))
            passages.append(replace(_passage(case, place, JUDGEMENTS[ranks[low]], quoted), words=high - low))
    return _limited(case, [passage for passage in passages if not _is_weak(case, passage)])


def _is_weak(case: Case, passage: Judged) -> bool:
    """Whether unquoted words are too few and too common to show that they were copied: a set phrase, a name of an office."""
    if passage.judgement not in {"unattributed", "credited-unquoted"}:
        return False
    sources = {source.doc for source in passage.sources}
    bits: dict[str, float] = defaultdict(float)
    for match in case.matches:
        if match.b.doc in sources:
            bits[match.b.doc or ""] += match.bits
    return max(bits.values(), default=math.inf) < case.rules.weak_bits


def findings(case: Case, passages: Sequence[Judged]) -> Iterator[Finding]:
    """Yield the pastes: successive passages with a source in common, and few words of the draft's own between them."""
    stretch: list[int] = []
    common: set[str] = set()
    for n, passage in enumerate(passages):
        sources = {source.doc for source in passage.sources}
        words = case.tokens.starts
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
    sources = sorted(known, key=lambda name: (*_origin(case.sources[name]), name))
    return Finding(tuple(stretch), passages[worst].judgement, (*sources, *sorted(common - set(known))))


def _origin(source: Known) -> tuple[bool, float]:
    """Return what a source is sorted by: whoever the draft credits comes first, then whoever was published first."""
    credited = source.judgement in {"licensed-credited", "credited-unquoted"}
    published = source.document.published
    return not credited, published.timestamp() if published else math.inf


def _no_excuse(case: Case, own: Match) -> Iterator[Span]:
    """Yield what a version of the draft, in the match `own`, may have from another source: what the draft took, it took too.

    Only a version that is dated earlier than the other source has the words first.
    """
    ours = case.sources[own.b.doc or ""].document
    spans = [(m.a.start, m.a.end) for m in case.matches if m.b.doc == own.b.doc]
    version = covered(spans) >= case.rules.version_share * len(case.draft.text)
    for match in case.matches if version else ():
        other = case.sources[match.b.doc or ""]
        if other.judgement not in {"unattributed", "credited-unquoted"}:
            continue
        then, now = ours.published, other.document.published
        if not (then and now and then < now):
            yield match.a


def _limited(case: Case, passages: Sequence[Judged]) -> list[Judged]:
    """Mark the passages of each credited source of which the draft has more words than may stand without quotation marks."""

    def source(passage: Judged) -> str:
        document = case.sources[passage.sources[0].doc].document
        return canonical_name(document.outlet or "") or document.id

    words: Counter[str] = Counter()
    for passage in passages:
        if passage.judgement == "credited-unquoted":
            words[source(passage)] += passage.words
    out = []
    for passage in passages:
        if passage.judgement == "credited-unquoted" and (count := words[source(passage)]) > case.rules.quote_limit:
            reason = f"{passage.reason} {count} words of it stand here, more than {case.rules.quote_limit}."
            out.append(replace(passage, reason=reason, over=True))
        else:
            out.append(passage)
    return out


def judgement_shares(passages: Sequence[Judged], tokens: Tokens) -> dict[Judgement, float]:
    """Return for each judgement that occurs the share of the draft's words that are in passages with it."""
    counts: dict[Judgement, int] = {}
    for passage in passages:
        words = int(((tokens.starts >= passage.start) & (tokens.ends <= passage.end)).sum())
        counts[passage.judgement] = counts.get(passage.judgement, 0) + words
    return {name: round(counts[name] / len(tokens.starts), 4) for name in JUDGEMENTS if name in counts}


def _ignored(case: Case, match: Match) -> bool:
    """Return whether the rules leave a match out: by its source, or by a phrase in its words."""
    source, rules = match.b.doc or "", case.rules
    words = case.draft.text[match.a.start : match.a.end]
    ignored = rules.ignore_sources & {source, case.sources[source].document.outlet or ""}
    return bool(ignored) or any(pattern.search(words) for pattern in rules.ignore_phrases)


def _regions(ranks: npt.NDArray[np.int8], joined: npt.NDArray[np.bool_], least: int) -> list[tuple[int, int]]:
    """Return the runs of `least` or more shared tokens.

    A run goes on to the next token only if one match, or one boilerplate passage, covers both tokens (`joined`).
    """
    out: list[list[int]] = []
    for n in np.flatnonzero(ranks < len(JUDGEMENTS)).tolist():
        if out and out[-1][1] == n and joined[n]:
            out[-1][1] = n + 1
        else:
            out.append([n, n + 1])
    return [(first, last) for first, last in out if last - first >= least]


def _pieces(ranks: npt.NDArray[np.int8], first: int, last: int, rules: CheckRules) -> list[tuple[int, int]]:
    """Cut a run into parts that have one judgement each.

    While one of the parts is too short, the shortest of these is given the judgement of the longer part beside it. This changes
    `ranks` in place. Parts of fewer than `fragment_words` tokens are too short. Beside an attributed quotation, so are parts of
    fewer than `min_words`, which would not be reported for themselves.
    """
    pieces = _cut(ranks, first, last)
    while len(pieces) > 1:
        short = [n for n in range(len(pieces)) if pieces[n][1] - pieces[n][0] < _least(ranks, pieces, n, rules)]
        if not short:
            break
        at = min(short, key=lambda n: pieces[n][1] - pieces[n][0])
        low, high = pieces[at]
        beside = max((n for n in (at - 1, at + 1) if 0 <= n < len(pieces)), key=lambda n: pieces[n][1] - pieces[n][0])
        ranks[low:high] = ranks[pieces[beside][0]]
        pieces = _cut(ranks, first, last)
    return pieces


def _least(ranks: npt.NDArray[np.int8], pieces: Sequence[tuple[int, int]], n: int, rules: CheckRules) -> int:
    """Return how many tokens a part of a run needs."""
    attributed = JUDGEMENTS.index("quoted-attributed")
    beside = any(ranks[low] == attributed for low, _ in [*pieces[max(n - 1, 0) : n], *pieces[n + 1 : n + 2]])
    quoted = ranks[pieces[n][0]] <= JUDGEMENTS.index("quoted-unattributed")
    return max(rules.fragment_words, rules.min_words) if beside and not quoted else rules.fragment_words


def _cut(ranks: npt.NDArray[np.int8], first: int, last: int) -> list[tuple[int, int]]:
    return list(pairwise([first, *(n for n in range(first + 1, last) if ranks[n] != ranks[n - 1]), last]))


def _passage(case: Case, span: Extent, judgement: Judgement, quoted: Sequence[Quotation]) -> Judged:
    """Return the passage `span` with its sources: those that cover most of it first, then by bits."""
    own = [m for m in case.matches if min(m.a.end, span.end) > max(m.a.start, span.start)]
    own.sort(
        key=lambda m: (_outside(m, span), case.sources[m.b.doc or ""].judgement != judgement, *_first(case, m), -m.bits, m.b)
    )
    found = [Sourced(m.b.doc or "", *counterpart(m, span), m.bits) for m in own]
    found += [
        Sourced(other.doc or "", other.start, other.end, None)
        for mine, others in case.standing.items()
        if mine.start < span.end and mine.end > span.start
        for other in others
    ]
    inside = [q for q in quoted if q.start < span.end and q.end > span.start]
    changes = tuple(c for c in own[0].changes if span.start <= c.a.start and c.a.end <= span.end) if own else ()
    return Judged(span.start, span.end, judgement, _reason(case, judgement, own, inside), tuple(found), changes)


def _outside(match: Match, span: Extent) -> int:
    """Return how many code points of `span` a match does not cover."""
    return max(match.a.start - span.start, 0) + max(span.end - match.a.end, 0)


def _first(case: Case, match: Match) -> tuple[bool, float]:
    return _origin(case.sources[match.b.doc or ""])


def counterpart(match: Match, span: Extent) -> Extent:
    """Return the part of side b that corresponds to the part `span` of side a, by the changes between them."""

    def place(at: int, *, end: bool) -> int:
        here, other = match.a.start, match.b.start
        for change in match.changes:
            if change.a.start > at or (end and change.a.start == at):
                break
            if at <= change.a.end:
                return change.b.end if end else change.b.start
            here, other = change.a.end, change.b.end
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
        "marked-source": f"Stands in {name}, a press release or a statement.",
        "own-archive": f"Stands in {name}, {by}.",
        "credited-unquoted": f"Stands in {name}, which the draft names; no quotation marks.",
        "unattributed": f"Stands in {name}; no quotation marks.",
    }
    return words[judgement]
