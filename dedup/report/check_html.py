"""Checked drafts as one page: each draft whole, its passages marked, and one panel that shows the chosen passage.

The address of the page is its only state: `#p1-3` shows passage 3 of draft 1, by styles, so that it works without the script.
The script adds keys, and the choice of one source. On paper the passages are end notes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import NamedTuple

from dedup.language.counting import counted
from dedup.report.check_common import ChangedFact, changed_facts, finding_level, level, verdict
from dedup.report.check_passage import Account, Room, account_of
from dedup.report.check_sources import Answer, SourceShare, answer, percent, sources_by_share
from dedup.report.labels import Label, StripPlace, headline_of, label_of, places, titled
from dedup.report.page import Site, page
from dedup.types import JUDGEMENT_KINDS, Checked, Judged, Level, Notice

_LISTED = 40
"""Sources of a draft that the page lists."""
_OPEN = 6
"""Those of them that it lists without a click."""
_LINKED = 12
"""Passages of a source to which its entry has links."""
_STRIP_GAP = 0.25
"""Percent of a draft: in the strip of a source, passages that are no farther apart are drawn as one."""
_NOTICES = 50
"""Notices that the page quotes."""
_CONTENT = {"quoted-attributed": "quotation", "quoted-unattributed": "quotation", "boilerplate": "furniture"}
"""The kind of text of passages with these judgements; all others are narration."""
_CONTENT_WORDS = {"narration": "narration", "quotation": "quotations", "furniture": "page furniture"}


def checked_page(checked: Sequence[Checked], *, notices: Sequence[Notice] = (), site: Site | None = None) -> str:
    """Return checked drafts as one page of HTML; `notices` are those of reading them and their sources."""
    room = Room.of(checked)
    drafts = [_draft(number, _named(one), room) for number, one in enumerate(checked, 1)]
    title = drafts[0].label.headline if len(drafts) == 1 else counted(len(drafts), "draft")
    told = [notice.message for notice in notices]
    return page(
        "check.html", scripts=["check.js"], site=site, title=f"dedup check: {title}", drafts=drafts, notices=_notices(told)
    )


def _named(one: Checked) -> Checked:
    """`one` with its sources as the page names them. Sources of one passage have a text in common."""
    text = (passage for passage in one.passages if _CONTENT.get(passage.judgement) != "furniture")
    places = ([place.doc for place in passage.sources] for passage in text)
    found = titled(one.sources, lambda: (pair for names in places for pair in pairwise(names)))
    return replace(one, sources=tuple(found[source.id] for source in one.sources))


@dataclass(frozen=True, slots=True)
class _Passage:
    """What the page says of one passage."""

    id: str
    number: int
    level: Level
    content: str
    judgement: str
    words: str
    finding: str
    """"one of the 3 passages of finding 2"; "" if it is one alone."""
    facts: list[ChangedFact]
    account: Account


class _Part(NamedTuple):
    """A part of a paragraph. In a passage it has the passage, and says whether the passage starts or ends in it."""

    text: str
    passage: _Passage | None = None
    first: bool = False
    last: bool = False


@dataclass(slots=True)
class _Paragraph:
    """A line of the draft, and whether an empty line follows it."""

    parts: list[_Part] = field(default_factory=list)
    spaced: bool = False


class _Source(NamedTuple):
    """A source in the list of a draft's sources."""

    label: Label
    share: str
    strip: list[StripPlace]
    passages: list[_Passage]
    more: int
    later: bool


class _Share(NamedTuple):
    """How much of a draft is in passages of one judgement."""

    level: Level
    said: bool
    share: str
    words: str


@dataclass(frozen=True, slots=True)
class _Draft:
    """What the page says of one draft."""

    number: int
    id: str
    label: Label
    words: str
    answer: Answer
    verdict: str
    level: Level
    reused: str
    findings: int
    shares: list[_Share]
    contents: list[tuple[str, str, int]]
    """Of each kind of text that its passages hold: the kind, its words, and how many passages."""
    strip: list[StripPlace]
    headline: _Paragraph | None
    """The first line, if it is the headline."""
    body: list[_Paragraph]
    passages: list[_Passage]
    sources: list[_Source]
    open: int
    source_count: str
    hidden: int
    """Sources that the list leaves out."""
    left_out: int
    notices: dict[str, object]


def _draft(number: int, one: Checked, room: Room) -> _Draft:
    sources = sources_by_share(one)
    passages = _passages(number, one, sources, room)
    words, urgency = verdict(one)
    body = list(_paragraphs(one.draft.text, passages, one.passages))
    headline = body.pop(0) if body and _is_headline(one, body) else None
    kinds = [passage.content for passage in passages]
    spans = [(p.start, p.end, shown.level) for p, shown in zip(one.passages, passages, strict=True)]
    return _Draft(
        number,
        one.draft.id,
        label_of(one.draft),
        counted(one.words, "word"),
        answer(one, sources),
        words,
        urgency,
        percent(sum(one.shared.values())),
        sum(finding_level(one, finding) != "note" for finding in one.findings),
        [
            _Share(level(name), _CONTENT.get(name) == "quotation", percent(share), JUDGEMENT_KINDS[name].words)
            for name, share in one.shared.items()
        ],
        [(kind, said, kinds.count(kind)) for kind, said in _CONTENT_WORDS.items() if kind in kinds],
        places(spans, len(one.draft.text)),
        headline,
        body,
        passages,
        [_source(one, source, passages) for source in sources[:_LISTED]],
        _OPEN,
        counted(len(sources), "source"),
        max(len(sources) - _LISTED, 0),
        one.left_out,
        _notices([notice.message for notice in one.notices]),
    )


def _notices(told: list[str]) -> dict[str, object]:
    return {"count": counted(len(told), "notice"), "shown": told[:_NOTICES], "more": max(len(told) - _NOTICES, 0)}


def _passages(number: int, one: Checked, sources: Sequence[SourceShare], room: Room) -> list[_Passage]:
    several = {
        at: f"one of the {len(found.passages)} passages of finding {n}"
        for n, found in enumerate(one.findings, 1)
        for at in found.passages
        if len(found.passages) > 1
    }
    shares = {source.label.id: source for source in sources}
    return [
        _Passage(
            f"{number}-{at + 1}",
            at + 1,
            passage.kind.level,
            _CONTENT.get(passage.judgement, "narration"),
            passage.kind.words,
            counted(passage.words, "word") if passage.words else "",
            several.get(at, ""),
            changed_facts(one, passage),
            account_of(one, passage, shares, room),
        )
        for at, passage in enumerate(one.passages)
    ]


def _source(one: Checked, source: SourceShare, passages: Sequence[_Passage]) -> _Source:
    own = [passages[at] for at in source.words]
    spans = [(one.passages[at].start, one.passages[at].end, "") for at in source.words]
    strip = _joined(places(spans, len(one.draft.text)))
    return _Source(source.label, percent(source.share), strip, own, max(len(own) - _LINKED, 0), source.later)


def _joined(strip: Sequence[StripPlace]) -> list[StripPlace]:
    """`strip` with places that nearly touch drawn as one."""
    out: list[StripPlace] = []
    for place in strip:
        if out and place.x - (out[-1].x + out[-1].width) <= _STRIP_GAP:
            end = max(out[-1].x + out[-1].width, place.x + place.width)
            out[-1] = out[-1]._replace(width=round(end - out[-1].x, 2))
        else:
            out.append(place)
    return out


def _is_headline(one: Checked, body: Sequence[_Paragraph]) -> bool:
    """Whether the first line of a draft is its headline: it is the title, or stands for it and more text follows."""
    first = " ".join("".join(part.text for part in body[0].parts).split())
    return first == headline_of(one.draft) and len(body) > 1


def _paragraphs(text: str, passages: Sequence[_Passage], judged: Sequence[Judged]) -> Iterator[_Paragraph]:
    """Yield the lines that have words, each cut where a passage starts or ends."""
    lines = text.splitlines(keepends=True)
    start = 0
    for number, line in enumerate(lines):
        end = start + len(line)
        paragraph, at = _Paragraph(), start
        for passage, place in zip(passages, judged, strict=True):
            low, high = max(place.start, start), min(place.end, end)
            if low >= high:
                continue
            paragraph.parts.append(_Part(text[at:low]))
            paragraph.parts.append(_Part(text[low:high].rstrip("\n"), passage, low == place.start, place.end <= end))
            at = high
        paragraph.parts.append(_Part(text[at:end].rstrip("\n")))
        paragraph.spaced = number + 1 < len(lines) and not lines[number + 1].strip()
        start = end
        if line.strip():
            yield paragraph
