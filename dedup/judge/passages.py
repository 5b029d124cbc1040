"""Stage 9: the passages that a draft shares with its sources, each with one judgement.

A passage is quoted, credited, licensed, own, boilerplate, from a marked source, or none of these. A judgement describes words;
it accuses nobody. If several apply, the first in the order of `JUDGEMENTS` is given.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dedup.arrays import Tokens
from dedup.judge.speakers import Quotation, attributed_quotations
from dedup.params import CheckRules
from dedup.press.releases import is_release
from dedup.types import JUDGEMENTS, Document, Extent, Judged, Judgement, Match, Sourced, Span


class Known(NamedTuple):
    """A source: its document, and the agency whose copy it is, if any."""

    document: Document
    agency: str | None


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
    credited: Set[str]
    """The agencies that the draft credits."""
    rules: CheckRules


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
    covers = [(m.a, _of_source(case, case.sources[m.b.doc or ""])) for m in case.matches]
    boilerplate: Judgement = "boilerplate"
    for span, judgement in [*covers, *((span, boilerplate) for span in case.standing)]:
        first, last = np.searchsorted(ends, span.start, "right"), np.searchsorted(starts, span.end, "left")
        ranks[first:last] = np.minimum(ranks[first:last], JUDGEMENTS.index(judgement))
        joined[first + 1 : last] = True
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
            passages.append(_passage(case, Extent(int(starts[low]), int(ends[high - 1])), JUDGEMENTS[ranks[low]], quoted))
    return passages


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


def _of_source(case: Case, known: Known) -> Judgement:
    """Return the judgement of a passage that is not quoted, by its source only."""
    if is_release(known.document, case.rules.label_characters):
        return "marked-source"
    if known.agency in case.rules.licensed:
        return "licensed-credited" if known.agency in case.credited else "licensed-uncredited"
    same = known.document.id == case.draft.id and known.document.outlet in {None, case.draft.outlet}
    return "own-archive" if same or known.document.outlet in _own(case) or _same_author(case, known) else "unattributed"


def _same_author(case: Case, known: Known) -> bool:
    """Return whether the draft's author also wrote the source; an agency in the author's place is not an author."""
    draft, source = case.draft.author, known.document.author
    return known.agency is None and bool(draft and source) and (draft or "").casefold() == (source or "").casefold()


def _own(case: Case) -> Set[str]:
    """Return the outlets whose texts are the newsroom's own."""
    return case.rules.own_outlets | ({case.draft.outlet} if case.draft.outlet else set())


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
    own.sort(key=lambda m: (max(m.a.start - span.start, 0) + max(span.end - m.a.end, 0), -m.bits, m.b))
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
    known = next(k for m in own if _of_source(case, k := case.sources[m.b.doc or ""]) == judgement)
    name = known.document.id + (f" ({known.document.outlet})" if known.document.outlet else "")
    by = "by the same author" if _same_author(case, known) else "of an outlet of your own"
    words: dict[Judgement, str] = {
        "licensed-credited": f"Copy of {known.agency}, which may be printed here and is credited in the draft.",
        "licensed-uncredited": f"Copy of {known.agency}, which may be printed here; the draft has no credit for it.",
        "marked-source": f"Stands in {name}, a press release, statement or site text.",
        "own-archive": f"Stands in {name}, {by}.",
        "unattributed": f"Stands in {name}; no quotation marks.",
    }
    return words[judgement]
