"""Data handed from stage to stage: frozen, without behaviour beyond reading them. Imports nothing of ours.

Every span is half-open `[start, end)` in Unicode code points of the document's original text as decoded.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, NamedTuple, Protocol, get_args

MatchKind = Literal["verbatim", "near", "edited"]
FamilyKind = Literal["reuse", "boilerplate"]
ChangeType = Literal["replace", "insert", "delete"]
EdgeKind = Literal["main", "passage", "update"]
ReasonKind = Literal[
    "shared-sentences",
    "shared-characters",
    "cut",
    "left-out",
    "same-words",
    "changed-words",
    "unique-changes",
    "same-headline",
    "credit",
    "no-credit",
    "absent-credit",
    "agency-parent",
    "agency-child",
    "later",
    "earlier",
    "simultaneous",
    "undated",
    "unseen-parent",
    "copies-agree",
    "unlabelled",
]
"""What a reason is about. `child` and `parent` are the two ends of its edge.

- `shared-sentences`: how many sentences of the child the parent has too.
- `shared-characters`: how many characters of the child occur in the parent.
- `cut`: the child ends before the parent does. `left-out`: it lacks other sentences of the parent.
- `same-words`: no word differs in the sentences that both have. `changed-words`: how many differ, and which.
- `unique-changes`: how many of these changes no other document has.
- `same-headline`: the child has the headline of the parent, or of another copy of an unseen parent.
- `credit`: the child credits the parent. `no-credit`: it does not. `absent-credit`: it credits a newsroom without a document.
- `agency-parent`, `agency-child`: that one is an agency's own text.
- `later`, `earlier`, `simultaneous`: the child's date beside the parent's. `undated`: one of the two has no date.
- `unseen-parent`: the parent was inferred from its copies. `copies-agree`: so was the child, because its copies agree against
  the parent.
- `unlabelled`: read from a report that states no kinds.
"""
Flag = Literal["number", "date", "unit", "name", "quote", "negation"]
Role = Literal["headline", "body", "caption", "link", "credit", "boilerplate"]
ROLES: tuple[Role, ...] = get_args(Role)
Judgement = Literal[
    "quoted-attributed",
    "quoted-unattributed",
    "boilerplate",
    "marked-source",
    "licensed-credited",
    "licensed-uncredited",
    "own-archive",
    "unattributed",
]
JUDGEMENTS: tuple[Judgement, ...] = get_args(Judgement)
"""In the order in which they are asked."""


@dataclass(frozen=True, slots=True)
class Document:
    """One article, with what is known of it.

    `path` and `record` say where it was read: the file as named by the user, and the 0-based record in it (0 in a file that
    is one document). A document made in Python has neither. `origins`: by field, where what was guessed was found.
    """

    id: str
    text: str
    path: str | None = None
    record: int = 0
    outlet: str | None = None
    title: str | None = None
    published: datetime | None = None
    url: str | None = None
    kind: str | None = None
    agency: str | None = None
    author: str | None = None
    origins: tuple[tuple[str, str], ...] = ()
    _sha256: str = field(default="", init=False, repr=False, compare=False)

    @property
    def sha256(self) -> str:
        """SHA-256 of the text's UTF-8, in hexadecimal: how reports and ids know a text."""
        if not self._sha256:  # asked for more than once, where a document is read and stored
            digest = hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()
            object.__setattr__(self, "_sha256", digest)
        return self._sha256


class Progress(Protocol):
    """Is told what is being done, and if it is known, what share of it (0 to 1) is done."""

    def __call__(self, message: str, share: float | None = None) -> None:
        """Take note of it."""


class Extent(NamedTuple):
    """A stretch of a text."""

    start: int
    end: int


class Span(NamedTuple):
    """A stretch of the document `doc`; None is the text that was given and has no id."""

    doc: str | None
    start: int
    end: int


class Change(NamedTuple):
    """How side `b` differs from side `a` at one place; one extent is empty in an insertion or deletion."""

    type: ChangeType
    a: Extent
    b: Extent
    flags: tuple[Flag, ...] = ()


class _Later:
    """A field of a frozen class with slots, which may be given as a function that makes its value whenever it is looked at."""

    def __init__(self, slot: Any) -> None:
        self._slot = slot

    def __get__(self, owner: Any, kind: type | None = None) -> Any:
        value = self._slot.__get__(owner, kind)
        return value() if callable(value) else value

    def __set__(self, owner: Any, value: Any) -> None:
        self._slot.__set__(owner, value)


@dataclass(frozen=True, slots=True)
class Match:
    """The same passage in two documents, verified by alignment; the changes of a scan are made when they are looked at."""

    a: Span
    b: Span
    kind: MatchKind
    identity: float
    bits: float
    family: str | None = None
    changes: tuple[Change, ...] = ()


# A scan has millions of changes, most of which nobody looks at.
Match.changes = _Later(Match.changes)  # type: ignore[misc, assignment] # a slot, wrapped


@dataclass(frozen=True, slots=True)
class Family:
    """A passage that stands in two or more documents, each verified against the canonical copy."""

    id: str
    kind: FamilyKind
    canonical: Span
    passages: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that a user should know of: what (`code`), in words, and where."""

    code: str
    message: str
    path: str | None = None
    line: int | None = None
    document: str | None = None


def in_order(notices: Iterable[Notice]) -> tuple[Notice, ...]:
    """Return notices by code and place; what is said of many behind what is said of one."""

    def place(n: Notice) -> tuple[object, ...]:
        return n.code, n.path or "", n.line is None, n.line or 0, n.document is None, n.document or "", n.message

    return tuple(sorted(notices, key=place))


class Documents(list[Document]):
    """Documents in the order read, the notices that reading them gave, and how they were read where not by default."""

    def __init__(
        self, documents: Iterable[Document] = (), notices: Iterable[Notice] = (), reading: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(documents)
        self.notices = list(notices)
        self.reading = reading or {}


@dataclass(frozen=True, slots=True)
class Rival:
    """Another possible parent of a document; `parent` is None for "no parent among these documents"."""

    parent: str | None
    confidence: float


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason for or against an edge: what it is about, and a sentence that is true of the texts."""

    kind: ReasonKind
    text: str


@dataclass(frozen=True, slots=True)
class Edge:
    """One copy relation: the document or unseen source `child` was made from `parent`.

    Both are ids: of a document, or of an `UnseenSource`. `kind` is `main` for the source of most of the child, `update` for
    that source where it is the outlet's own last text, and `passage` for the source of single passages. `confidence` is the
    probability that the parent is right; a parent with the same words counts as right. `reasons` speak for the edge, `doubts`
    against it. `rivals` are other possible parents.
    """

    child: str
    parent: str
    kind: EdgeKind
    confidence: float
    reasons: tuple[Reason, ...] = ()
    doubts: tuple[Reason, ...] = ()
    rivals: tuple[Rival, ...] = ()

    @property
    def evidence(self) -> tuple[str, ...]:
        """The sentences of `reasons`."""
        return tuple(reason.text for reason in self.reasons)


@dataclass(frozen=True, slots=True)
class UnseenSource:
    """A source that is not among the documents, inferred from its copies, the `children`.

    `agency` is the newsroom that most of them credit, or None. `confidence` is the probability that the source existed.
    """

    id: str
    agency: str | None
    confidence: float
    children: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Provenance:
    """Who copied whom: all edges, groups of two or more documents with the same words, and unseen sources."""

    edges: tuple[Edge, ...] = ()
    versions: tuple[tuple[str, ...], ...] = ()
    sources: tuple[UnseenSource, ...] = ()


class Sourced(NamedTuple):
    """Where a passage of a draft stands too; `bits` is None for boilerplate, which was not aligned with the draft."""

    doc: str
    start: int
    end: int
    bits: float | None


@dataclass(frozen=True, slots=True)
class Judged:
    """A passage of a draft that stands elsewhere, with one judgement, its reason in words, the sources, the best first, and
    what was changed against the best.
    """  # noqa: D205 one sentence

    start: int
    end: int
    judgement: Judgement
    reason: str
    sources: tuple[Sourced, ...] = ()
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """A draft of so many `words`, checked: its passages, the share of its words in those of each judgement, and its sources."""

    draft: Document
    words: int
    passages: tuple[Judged, ...]
    shared: dict[Judgement, float]
    sources: tuple[Document, ...] = ()
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """What a scan found: the one thing that every view is made from."""

    documents: Sequence[Document]
    matches: tuple[Match, ...]
    families: tuple[Family, ...]
    notices: tuple[Notice, ...] = ()
    params: dict[str, object] = field(default_factory=dict)
    shared: dict[str, float] = field(default_factory=dict)
    """Share of each document, by id, that stands in matches."""
    provenance: Provenance = Provenance()

    def document(self, name: str) -> Document:
        """Return the document with the id `name`; KeyError where there is none."""
        for document in self.documents:
            if document.id == name:
                return document
        raise KeyError(name)

    def matches_of(self, name: str) -> Iterator[Match]:
        """Yield the matches that touch the document `name`."""
        return (m for m in self.matches if name in (m.a.doc, m.b.doc))
