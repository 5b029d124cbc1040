"""The passages of a scan as a page shows them: a card for the list, and a section with every copy."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from dedup.language.counting import counted
from dedup.params import PageLimits
from dedup.report.diff import facts
from dedup.report.embedded import Beside, Embedded
from dedup.report.labels import Label, Marked, label_of, marked_diff
from dedup.report.side_by_side import changed_facts
from dedup.report.timeline import Timeline, timeline
from dedup.report.variants import Pairs, Variant, variants
from dedup.report.word_counts import word_counts
from dedup.types import Content, Document, Family, Span, utc


class Copy(NamedTuple):
    """A copy that is listed with its headline, and where it can be seen beside the canonical copy."""

    label: Label
    beside: Beside | None


class Wording(NamedTuple):
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
    """One family. `first` says whether its canonical copy is the earliest; `outlets` are positions in the page's list."""

    number: int
    id: str
    content: Content
    text: str
    opening: str
    words: int
    documents: int
    outlets: Sequence[int]
    places: str
    role: str
    canonical: Label
    time: Timeline
    days: Sequence[str]
    wordings: Sequence[Wording]
    more_wordings: int
    changed: int


class Passages:
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
            text,
            _opening(text, self._limits.opening),
            word_counts([text])[0],
            len(members),
            [self.outlets.setdefault(name, len(self.outlets)) for name in outlets],
            _places(members, outlets),
            _role(home, members),
            label_of(home),
            timeline(members),
            sorted({f"{utc(d.published):%Y-%m-%d}" for d in members if d.published}),
            [self._wording(variant, base) for variant in found[: self._limits.wordings]],
            sum(len(variant.copies) for variant in found[self._limits.wordings :]),
            sum(1 for variant in found if variant.diff and any(True for _ in facts(variant.diff))),
        )

    def _wording(self, variant: Variant, base: Span) -> Wording:
        listed = variant.copies[: self._limits.listed_copies]
        named = variant.copies[len(listed) : len(listed) + self._limits.named_copies]
        first = self._documents[variant.copies[0].doc or ""]
        return Wording(
            _title(variant),
            marked_diff(variant.diff) if variant.diff and not variant.verbatim else (),
            first.text[variant.copies[0].start : variant.copies[0].end] if variant.diff is None else "",
            changed_facts(variant.diff) if variant.diff else (),
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
            yield Copy(label_of(self._documents[doc]), beside)


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
    if home.published is None or len(times) < len(members) or utc(home.published) > min(times):
        return "Canonical copy, the longest text; not all times are known" if len(times) < len(members) else "Canonical copy"
    alike = times.count(utc(home.published)) - 1
    return f"One of {alike + 1} earliest copies" if alike else "Earliest copy"


def _named(document: Document) -> str:
    label = label_of(document)
    return label.about or label.headline


def _opening(text: str, most: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else line[:most].rsplit(" ", 1)[0].rstrip(" ,;:–—-") + " …"
