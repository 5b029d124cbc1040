"""Stage 9: a draft's matches to passages, each judged by what stands around it: quoted, credited, licensed, own, or neither.

A judgement is about words, and accuses nobody. Where several hold, the first in the order of `JUDGEMENTS` does.
"""

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dedup.arrays import Tokens
from dedup.judge.speakers import Quotation, quotations
from dedup.types import JUDGEMENTS, Document, Extent, Judged, Judgement, Match, Sourced, Span

_QUOTE_WORDS = 4
"""Words in quotation marks below which they are a name or a distance, and no quotation."""
_FRAGMENT_WORDS = 5
"""Words below which a piece between two others is not judged apart."""
_HEAD = 400
"""Characters at a document's start and end in which it says what it is."""

_RELEASE = re.compile(
    r"for immediate release|press release|news release|media contact|press contact|notes? to editors|pressemitteilung|"
    r"medienmitteilung|pressekontakt|communiqué de presse|contact presse|comunicado de prensa|nota de prensa|comunicato stampa|"
    r"contacto de prensa|пресс-релиз|بيان صحفي|新闻稿|新聞稿|プレスリリース",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Rules:
    """What a newsroom says of itself: agencies that it may print, its outlets, and the words below which nothing is said."""

    licensed: frozenset[str] = frozenset()
    own_outlets: frozenset[str] = frozenset()
    ignore_sources: frozenset[str] = frozenset()
    ignore_phrases: tuple[re.Pattern[str], ...] = ()
    min_words: int = 8


class Known(NamedTuple):
    """A source: the document, and the agency whose copy it is, if any."""

    document: Document
    agency: str | None


@dataclass(frozen=True, slots=True)
class Case:
    """A draft with its `tokens`, its `matches` (the draft is side a), and `standing`: its passages that are boilerplate, with
    where else they stand; `sources` by id; the agencies that it credits; and the rules.
    """  # noqa: D205 one sentence

    draft: Document
    tokens: Tokens
    matches: Sequence[Match]
    standing: Mapping[Span, Sequence[Span]]
    sources: Mapping[str, Known]
    credited: Set[str]
    rules: Rules


def judge(case: Case) -> list[Judged]:
    """Return the passages of the draft that stand in its sources too, in order, each with one judgement."""
    draft, tokens = case.draft, case.tokens
    case = replace(case, matches=[m for m in case.matches if not _ignored(case, m)])
    quoted = quotations(draft.text, sorted({known.document.outlet for known in case.sources.values() if known.document.outlet}))
    starts, ends = tokens.starts.astype(np.int64), tokens.ends.astype(np.int64)
    ranks = np.full(len(starts), len(JUDGEMENTS), np.int8)
    joined = np.zeros(len(starts) + 1, np.bool_)
    covers = [(m.a, _of_source(case, case.sources[m.b.doc or ""])) for m in case.matches]
    standing: Judgement = "boilerplate"
    for span, judgement in [*covers, *((span, standing) for span in case.standing)]:
        first, last = np.searchsorted(ends, span.start, "right"), np.searchsorted(starts, span.end, "left")
        ranks[first:last] = np.minimum(ranks[first:last], JUDGEMENTS.index(judgement))
        joined[first + 1 : last] = True
    regions = _regions(ranks, joined, case.rules.min_words)
    for quotation in quoted:
        first, last = np.searchsorted(starts, quotation.start, "left"), np.searchsorted(ends, quotation.end, "right")
        if last - first >= _QUOTE_WORDS:
            named: Judgement = "quoted-attributed" if quotation.speaker else "quoted-unattributed"
            inside = ranks[first:last]
            inside[inside < len(JUDGEMENTS)] = JUDGEMENTS.index(named)
    passages = []
    for region in regions:
        for low, high in _pieces(ranks, *region):
            passages.append(_passage(case, Extent(int(starts[low]), int(ends[high - 1])), JUDGEMENTS[ranks[low]], quoted))
    return passages


def shares(passages: Sequence[Judged], tokens: Tokens) -> dict[Judgement, float]:
    """Return the share of the draft's words in passages of each judgement that there is."""
    counts: dict[Judgement, int] = {}
    for passage in passages:
        words = int(((tokens.starts >= passage.start) & (tokens.ends <= passage.end)).sum())
        counts[passage.judgement] = counts.get(passage.judgement, 0) + words
    return {name: round(counts[name] / len(tokens.starts), 4) for name in JUDGEMENTS if name in counts}


def _ignored(case: Case, match: Match) -> bool:
    source, rules = match.b.doc or "", case.rules
    words = case.draft.text[match.a.start : match.a.end]
    named = rules.ignore_sources & {source, case.sources[source].document.outlet or ""}
    return bool(named) or any(pattern.search(words) for pattern in rules.ignore_phrases)


def _of_source(case: Case, known: Known) -> Judgement:
    """What the source alone says of a passage."""
    if is_release(known.document):
        return "marked-source"
    if known.agency in case.rules.licensed:
        return "licensed-credited" if known.agency in case.credited else "licensed-uncredited"
    same = known.document.id == case.draft.id and known.document.outlet in {None, case.draft.outlet}
    return "own-archive" if same or known.document.outlet in _own(case) or _same_author(case, known) else "unattributed"


def _same_author(case: Case, known: Known) -> bool:
    """Whether the draft's author wrote the source; an agency that is named as the author is nobody's own."""
    one, other = case.draft.author, known.document.author
    return known.agency is None and bool(one and other) and (one or "").casefold() == (other or "").casefold()


def _own(case: Case) -> frozenset[str]:
    return case.rules.own_outlets | ({case.draft.outlet} if case.draft.outlet else set())


def is_release(document: Document) -> bool:
    """Whether a document is a press release, an official statement or a site's own text, by its kind or its own words."""
    if document.kind is not None:
        return document.kind in {"press-release", "site"}
    return bool(_RELEASE.search(document.text[:_HEAD]) or _RELEASE.search(document.text[-_HEAD:]))


def _regions(ranks: npt.NDArray[np.int8], joined: npt.NDArray[np.bool_], least: int) -> list[tuple[int, int]]:
    """Stretches of shared words that some match or other holds together, of `least` words or more."""
    out: list[list[int]] = []
    for n in np.flatnonzero(ranks < len(JUDGEMENTS)).tolist():
        if out and out[-1][1] == n and joined[n]:
            out[-1][1] = n + 1
        else:
            out.append([n, n + 1])
    return [(first, last) for first, last in out if last - first >= least]


def _pieces(ranks: npt.NDArray[np.int8], first: int, last: int) -> list[tuple[int, int]]:
    """The stretch cut where its judgement changes; a fragment is of its neighbour's."""
    cuts = [first, *(n for n in range(first + 1, last) if ranks[n] != ranks[n - 1]), last]
    pieces = list(pairwise(cuts))
    while len(pieces) > 1:
        at = min(range(len(pieces)), key=lambda n: pieces[n][1] - pieces[n][0])
        low, high = pieces[at]
        if high - low >= _FRAGMENT_WORDS:
            break
        beside = max((n for n in (at - 1, at + 1) if 0 <= n < len(pieces)), key=lambda n: pieces[n][1] - pieces[n][0])
        ranks[low:high] = ranks[pieces[beside][0]]
        cuts = [first, *(n for n in range(first + 1, last) if ranks[n] != ranks[n - 1]), last]
        pieces = list(pairwise(cuts))
    return pieces


def _passage(case: Case, span: Extent, judgement: Judgement, quoted: Sequence[Quotation]) -> Judged:
    own = [m for m in case.matches if min(m.a.end, span.end) > max(m.a.start, span.start)]
    own.sort(key=lambda m: (max(m.a.start - span.start, 0) + max(span.end - m.a.end, 0), -m.bits, m.b))
    found = [Sourced(m.b.doc or "", *there(m, span), m.bits) for m in own]
    found += [
        Sourced(other.doc or "", other.start, other.end, None)
        for mine, others in case.standing.items()
        if mine.start < span.end and mine.end > span.start
        for other in others
    ]
    inside = [q for q in quoted if q.start < span.end and q.end > span.start]
    changes = tuple(c for c in own[0].changes if span.start <= c.a.start and c.a.end <= span.end) if own else ()
    return Judged(span.start, span.end, judgement, _reason(case, judgement, own, inside), tuple(found), changes)


def there(match: Match, span: Extent) -> Extent:
    """Return where the part `span` of side a stands on side b, by the changes between them."""

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
    """Why, in a sentence."""
    if judgement == "boilerplate":
        return "Standing text that recurs in unrelated documents of one outlet."
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
