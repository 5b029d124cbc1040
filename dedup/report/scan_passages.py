"""The passages of a scan as a page shows them: a card for the list, and a section with every copy."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from dedup.language.counting import counted
from dedup.params import PageLimits
from dedup.report.diff import facts
from dedup.report.embedded import Beside, Embedded
from dedup.report.json_values import dumps
from dedup.report.labels import Label, Marked, label_of, marked_diff
from dedup.report.side_by_side import pair_facts
from dedup.report.timeline import Timeline, timeline
from dedup.report.variants import Pairs, Variant, variants
from dedup.report.word_counts import word_counts
from dedup.types import Content, Document, Family, Span, utc

_ENDS = '\r\n.!?。！？؟۔।…"”’»)'
"""Signs behind which a sentence may start."""
_AROUND = 160
"""Characters before and after the canonical copy that are shown, within its paragraph."""
_LONG = 240
"""Characters of equal words between two changes above which the middle is left out, since the canonical copy has them."""


class Copy(NamedTuple):
    """A copy that is listed with its headline, and where it can be seen beside the canonical copy."""

    label: Label
    beside: Beside | None


class WordingView(NamedTuple):
    """The copies with one wording: `copies` in full, then `named` with outlet and time, then `more`."""

    title: str
    diff: Sequence[Marked]
    text: str
    facts: Sequence[tuple[str, str, str]]
    copies: Sequence[Copy]
    named: Sequence[str]
    more: int


@dataclass(frozen=True, slots=True)
class Passage:
    """One family. `before` and `after` are what surrounds the canonical copy; `outlets` are positions in the page's list."""

    number: int
    id: str
    content: Content
    before: str
    text: str
    after: str
    opening: str
    words: int
    documents: int
    outlets: Sequence[int]
    places: str
    role: str
    canonical: Label
    time: Timeline
    days: Sequence[str]
    wordings: Sequence[WordingView]
    more_wordings: int
    changed: int


class Brief(NamedTuple):
    """A family in the list only, as `templates/scan.js` reads it."""

    content: Content
    opening: str
    words: int
    documents: int
    outlets: Sequence[int]
    days: Sequence[str]
    places: str
    canonical: str


class PassageViews:
    """Makes a `Passage` of each family of a report. `outlets` are the outlets of those made so far."""

    def __init__(self, documents: Mapping[str, Document], matches: Pairs, embedded: Embedded, limits: PageLimits) -> None:
        self._documents, self._matches, self._embedded, self._limits = documents, matches, embedded, limits
        self.outlets: dict[str, int] = {}

    def passage(self, number: int, family: Family) -> Passage:
        """Return what the page shows of `family`."""
        base = family.canonical
        home = self._documents[base.doc or ""]
        text = home.text[base.start : base.end]
        members = [self._documents[doc] for doc in sorted({p.doc or "" for p in family.passages})]
        outlets = sorted({d.outlet for d in members if d.outlet})
        found = variants(family, self._matches, self._documents)
        return Passage(
            number,
            f"f-{family.id}",
            family.content,
            _before(home.text[: base.start]),
            text,
            _after(home.text[base.end :]),
            _opening(home.text, base, self._limits.opening),
            word_counts([text])[0],
            len(members),
            [self.outlets.setdefault(name, len(self.outlets)) for name in outlets],
            _places(members, outlets),
            _role(home, members),
            label_of(home),
            timeline(members),
            _days(members),
            [self._wording(variant, base) for variant in found[: self._limits.wordings]],
            sum(len(variant.copies) for variant in found[self._limits.wordings :]),
            sum(1 for variant in found if variant.diff and any(True for _ in facts(variant.diff))),
        )

    def briefs(self, families: Iterable[Family]) -> Iterator[Brief]:
        """Yield as many of `families` as there is room for."""
        room = self._limits.briefs_bytes
        for family in families:
            base, home = family.canonical, self._documents[family.canonical.doc or ""]
            members = [self._documents[doc] for doc in sorted({p.doc or "" for p in family.passages})]
            outlets = sorted({d.outlet for d in members if d.outlet})
            label = label_of(home)
            brief = Brief(
                family.content,
                _opening(home.text, base, self._limits.brief_opening),
                word_counts([home.text[base.start : base.end]])[0],
                len(members),
                [self.outlets.setdefault(name, len(self.outlets)) for name in outlets],
                _days(members),
                _places(members, outlets),
                f"{_role(home, members)}: {label.headline} {label.about}",
            )
            room -= len(dumps(brief).encode("utf-8", "replace"))
            if room < 0:
                return
            yield brief

    def _wording(self, variant: Variant, base: Span) -> WordingView:
        listed = variant.copies[: self._limits.listed_copies]
        named = variant.copies[len(listed) : len(listed) + self._limits.named_copies]
        first = self._documents[variant.copies[0].doc or ""]
        return WordingView(
            _title(variant),
            _shortened(marked_diff(variant.diff)) if variant.diff and not variant.verbatim else (),
            first.text[variant.copies[0].start : variant.copies[0].end] if variant.diff is None else "",
            pair_facts(variant.diff) if variant.diff else (),
            list(self._copies(listed, base)),
            [_named(self._documents[span.doc or ""]) for span in named],
            len(variant.copies) - len(listed) - len(named),
        )

    def _copies(self, spans: Sequence[Span], base: Span) -> Iterator[Copy]:
        """The copies. The first one of a wording may add texts to the page; another only makes use of those that are there."""
        for number, span in enumerate(spans):
            doc, home = span.doc or "", base.doc or ""
            joined = doc != home and frozenset((doc, home)) in self._matches
            beside = self._embedded.pair(home, doc, new=number == 0) if joined else None
            if number and beside and not beside.href:  # one command a wording is enough
                beside = None
            yield Copy(label_of(self._documents[doc]), beside)


def _shortened(diff: Sequence[Marked]) -> list[Marked]:
    """`diff` without the middle of long runs of equal words."""
    out = []
    for n, piece in enumerate(diff):
        text = piece.new
        if piece.equal and len(text) > _LONG:
            head = text[: _LONG // 2].rsplit(" ", 1)[0] + " " if n else ""
            tail = " " + text[-_LONG // 2 :].split(" ", 1)[-1] if n + 1 < len(diff) else ""
            text = f"{head}[…]{tail}"
        out.append(piece._replace(new=text))
    return out


def _before(text: str) -> str:
    """The end of the paragraph in which `text` ends, from the start of a word."""
    line = text.rpartition("\n")[2]
    return line if len(line) <= _AROUND else "… " + line[-_AROUND:].partition(" ")[2]


def _after(text: str) -> str:
    """The start of the paragraph in which `text` starts, to the end of a word."""
    line = text.partition("\n")[0]
    return line if len(line) <= _AROUND else line[:_AROUND].rpartition(" ")[0] + " …"


def _days(members: Sequence[Document]) -> list[str]:
    return sorted({f"{utc(d.published):%Y-%m-%d}" for d in members if d.published})


def _title(variant: Variant) -> str:
    copies = counted(len(variant.copies), "copy", "copies")
    if variant.diff is None:
        return f"{copies} of the same family, not compared with the canonical copy itself"
    return f"{copies} word for word" if variant.verbatim else f"{copies} with {variant.same:.0%} of the words the same"


def _places(members: Sequence[Document], outlets: Sequence[str]) -> str:
    """In how many documents and outlets the passage is."""
    unknown = sum(not d.outlet for d in members)
    where = f" of {counted(len(outlets), 'outlet')}" if outlets else ""
    more = f" ({counted(unknown, 'article')} of unknown outlets)" if outlets and unknown else ""
    return f"{counted(len(members), 'article')}{where}{more}"


def _role(home: Document, members: Sequence[Document]) -> str:
    """Why the canonical copy is the canonical one."""
    times = [utc(d.published) for d in members if d.published]
    if not times:
        return "Longest text, no time is known"
    if home.published is None or len(times) < len(members) or utc(home.published) > min(times):
        return "Longest text, not all times are known" if len(times) < len(members) else "Canonical copy"
    alike = times.count(utc(home.published)) - 1
    return f"One of {alike + 1} earliest copies" if alike else "Earliest copy"


def _named(document: Document) -> str:
    label = label_of(document)
    return label.about or label.headline


def _opening(text: str, span: Span, most: int) -> str:
    """The first words of a passage, with dots where it starts or ends within a sentence or is cut."""
    line = " ".join(text[span.start : span.end].split())
    before, after = text[: span.start].rstrip(" \t")[-1:], text[span.end : span.end + 1]
    dots = "… " if before and before not in _ENDS else ""
    if len(line) <= most:
        return dots + line + (" …" if after and after not in "\r\n" and line[-1:] not in _ENDS else "")
    cut = line[:most]
    return dots + (cut.rsplit(" ", 1)[0].rstrip(" ,;:–—-") if " " in cut else cut) + " …"
