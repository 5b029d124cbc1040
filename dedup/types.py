"""The data that users hold: frozen, with methods that only read it.

Every span is half-open `[start, end)`, in Unicode code points of the document's original text as decoded. This module imports
nothing of the package. The methods of `Report`, `Checked` and `Tables` that write or judge import what they need when they are
called. The module is long because it lists what users hold, and has next to no logic.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from os import PathLike
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol, Self, get_args

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd
    import polars as pl

MatchKind = Literal["verbatim", "near", "edited"]
FamilyKind = Literal["reuse", "boilerplate"]
Content = Literal["narration", "quotation", "phrase", "furniture"]
"""What kind of text is shared: the narrator's own words, public words such as a speech or a post, a name or a formula that
nobody owns, or what is around articles on a page."""
CONTENTS: tuple[Content, ...] = get_args(Content)
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
    "common-source",
    "habits",
    "independent",
    "copies",
    "first",
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
- `common-source`: nothing shows that one of two documents was made from the other. `habits`: now the outlet of one prints such
  a text first, and now that of the other.
- `independent`: nothing shows that a document is a copy. `copies`: how many have their text from one origin. `first`: how
  likely it is that a document had a passage before the others.
- `unlabelled`: read from a report that states no kinds.
"""
Flag = Literal["number", "date", "unit", "name", "quote", "negation"]
Role = Literal["headline", "body", "caption", "link", "credit", "boilerplate"]
ROLES: tuple[Role, ...] = get_args(Role)


def utc(time: datetime) -> datetime:
    """Return `time` in UTC; a time without a zone is taken as UTC.

    >>> utc(datetime(2018, 7, 15, 9, 30)).isoformat()
    '2018-07-15T09:30:00+00:00'
    """
    try:
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except OverflowError:  # at the first or last day of the calendar
        return time.replace(tzinfo=UTC)


def _short(value: object) -> str:
    """`repr(value)`, with the middle of a long one left out."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:40]}…{text[-19:]}"


@dataclass(frozen=True, slots=True)
class Document:
    """One article and its metadata.

    `path` and `record` locate it in the input: the file as the user named it, and the 0-based record in that file (0 in a file
    that is one document). A document made in Python has neither. `origins` holds, for each field that was inferred, where its
    value was found.

    >>> Document("a", "Two soldiers were buried.", outlet="The Daily")
    <Document 'a' outlet='The Daily' characters=25>
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

    def __repr__(self) -> str:
        outlet = f" outlet={_short(self.outlet)}" if self.outlet else ""
        published = f" published={self.published.isoformat()}" if self.published else ""
        return f"<Document {_short(self.id)}{outlet}{published} characters={len(self.text)}>"

    @property
    def sha256(self) -> str:
        """SHA-256 of the text's UTF-8, in hexadecimal; reports and ids identify a text by it."""
        if not self._sha256:  # cached, because reading and storing a document both need it
            digest = hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()
            object.__setattr__(self, "_sha256", digest)
        return self._sha256

    def as_row(self) -> dict[str, Any]:
        """Return `DOCUMENT_FIELDS` as plain data: the time as ISO 8601 in UTC, `origins` as a dictionary."""
        row = {name: getattr(self, name) for name in DOCUMENT_FIELDS}
        if self.published is not None:
            row["published"] = utc(self.published).isoformat().replace("+00:00", "Z")
        row["origins"] = dict(self.origins)
        return row

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Self:
        """Return the document that `as_row` wrote. A missing field gets its default; an unknown key is ignored.

        KeyError without `id` or `text`; TypeError or ValueError for a value of the wrong type.
        """
        known = {"id": row["id"], "text": row["text"]} | {name: row[name] for name in DOCUMENT_FIELDS if name in row}
        for name, value in known.items():
            optional = value is None and name not in {"id", "text", "record", "origins"}
            if not optional and not isinstance(value, _ROW_TYPES.get(name, str)):
                raise TypeError(f"a document's {name} is {_short(value)}")
        if known.get("published") is not None:
            known["published"] = utc(datetime.fromisoformat(known["published"]))
        known["origins"] = tuple(known.get("origins", {}).items())
        return cls(**known)


DOCUMENT_FIELDS = (*(f.name for f in fields(Document) if f.init and f.name != "text"), "text")
"""The fields of a document in the order in which reports and files list them, with the longest one last."""
READ_FIELDS = tuple(name for name in DOCUMENT_FIELDS if name not in {"path", "record", "origins"})
"""The fields that an input can state. The others record where and how the document was read."""
_ROW_TYPES: dict[str, type] = {"record": int, "origins": Mapping}
"""Types in a row that are not `str`."""


class Progress(Protocol):
    """A function that receives what is being done and, if known, the share that is done (0 to 1)."""

    def __call__(self, message: str, share: float | None = None) -> None:
        """Show the message and the share."""


class Extent(NamedTuple):
    """A span of a text that the context names."""

    start: int
    end: int


class Span(NamedTuple):
    """A span of the document with the id `doc`; None stands for a text that was passed in and has no id."""

    doc: str | None
    start: int
    end: int


class Change(NamedTuple):
    """How side `b` differs from side `a` at one place. In an insertion `a` is empty, in a deletion `b`."""

    type: ChangeType
    a: Extent
    b: Extent
    flags: tuple[Flag, ...] = ()

    def turned(self) -> "Change":
        """Return the change with its sides exchanged: an insertion becomes a deletion."""
        return Change(_TURNED[self.type], self.b, self.a, self.flags)


class Part(NamedTuple):
    """A part of a match that holds one kind of text, and its share of the match's bits."""

    a: Extent
    b: Extent
    content: Content
    bits: float

    def turned(self) -> "Part":
        """Return the part with its sides exchanged."""
        return Part(self.b, self.a, self.content, self.bits)


_TURNED: dict[ChangeType, ChangeType] = {"insert": "delete", "delete": "insert", "replace": "replace"}


class _Deferred:
    """A slot of a frozen class that may hold a function; reading the slot then calls the function and returns its value."""

    def __init__(self, slot: Any) -> None:
        self._slot = slot

    def __get__(self, owner: Any, kind: type | None = None) -> Any:
        value = self._slot.__get__(owner, kind)
        return value() if callable(value) else value

    def held(self, owner: Any) -> Any:
        """Return what the slot holds: the value, or the function."""
        return self._slot.__get__(owner)

    def __set__(self, owner: Any, value: Any) -> None:
        self._slot.__set__(owner, value)


@dataclass(frozen=True, slots=True)
class Match:
    """The same passage in two documents, verified by alignment.

    `identity` is the number of equal words over the number of words of the longer side. `bits` is the evidence that the passage
    is no coincidence. `content` is the kind of text that holds most of these bits, `parts` say where each kind is. In the
    matches of a scan, `changes` and `parts` are computed each time they are read.
    """

    a: Span
    b: Span
    kind: MatchKind
    identity: float
    bits: float
    family: str | None = None
    changes: tuple[Change, ...] = ()
    content: Content = "narration"
    parts: tuple[Part, ...] = ()

    def __repr__(self) -> str:
        a, b = (f"{_short(side.doc)}:{side.start}-{side.end}" for side in (self.a, self.b))
        evidence = f"identity={self.identity:.2f} bits={self.bits:g} changes={len(self.changes)}"
        return f"<Match a={a} b={b} kind={self.kind} content={self.content} {evidence}>"

    def bits_of(self, content: Content) -> float:
        """Return the bits of the parts that hold one kind of text.

        >>> part = Part(Extent(0, 9), Extent(5, 14), "quotation", 40.0)
        >>> match = Match(Span("a", 0, 9), Span("b", 5, 14), "verbatim", 1.0, 40.0, content="quotation", parts=(part,))
        >>> match.bits_of("quotation"), match.bits_of("narration")
        (40.0, 0.0)
        """
        if not self.parts:
            return self.bits if content == self.content else 0.0
        return round(sum((part.bits for part in self.parts if part.content == content), 0.0), 1)

    @property
    def narration_bits(self) -> float:
        """Bits of the narrator's own words."""
        return self.bits_of("narration")

    @property
    def quotation_bits(self) -> float:
        """Bits of public words, such as speech, statements and posts."""
        return self.bits_of("quotation")

    @property
    def phrase_bits(self) -> float:
        """Bits of names, titles, formulas and common facts in common words."""
        return self.bits_of("phrase")

    @property
    def furniture_bits(self) -> float:
        """Bits of what stands around articles on a page."""
        return self.bits_of("furniture")

    def without_name(self) -> "Match":
        """Return the match with a side `a` of no name; what is computed when it is read stays so."""
        changes, parts = (type(self).__dict__[name].held(self) for name in ("changes", "parts"))
        return Match(
            self.a._replace(doc=None), self.b, self.kind, self.identity, self.bits, self.family, changes, self.content, parts
        )

    def turned(self) -> "Match":
        """Return the match with its sides exchanged."""
        changes = tuple(change.turned() for change in self.changes)
        return replace(self, a=self.b, b=self.a, changes=changes, parts=tuple(part.turned() for part in self.parts))


# A scan has millions of changes, and most of them are never read.
Match.changes = _Deferred(Match.changes)  # type: ignore[misc, assignment] # the dataclass's slot, wrapped
Match.parts = _Deferred(Match.parts)  # type: ignore[misc, assignment] # as above


@dataclass(frozen=True, slots=True)
class Family:
    """A passage that occurs in two or more documents. Each copy was verified against the canonical copy.

    `content` is the kind of text that holds most bits of its matches.
    """

    id: str
    kind: FamilyKind
    canonical: Span
    passages: tuple[Span, ...]
    content: Content = "narration"

    def __repr__(self) -> str:
        doc, start, end = self.canonical
        canonical = f"{_short(doc)}:{start}-{end}"
        return f"<Family {self.id} kind={self.kind} content={self.content} canonical={canonical} passages={len(self.passages)}>"


@dataclass(frozen=True, slots=True)
class Notice:
    """A warning: its `code` for programs, its `message` for people, and the place that it concerns."""

    code: str
    message: str
    path: str | None = None
    line: int | None = None
    document: str | None = None


def in_order(notices: Iterable[Notice]) -> tuple[Notice, ...]:
    """Return `notices` sorted by code and place; those with a line or a document come before those without."""

    def place(n: Notice) -> tuple[object, ...]:
        return n.code, n.path or "", n.line is None, n.line or 0, n.document is None, n.document or "", n.message

    return tuple(sorted(notices, key=place))


class Documents(list[Document]):
    """Documents in the order read, the `notices` of reading them, and in `reading` the settings that are not the defaults."""

    def __init__(
        self, documents: Iterable[Document] = (), notices: Iterable[Notice] = (), reading: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(documents)
        self.notices = list(notices)
        self.reading = reading or {}

    def __repr__(self) -> str:
        return f"<Documents documents={len(self)} notices={len(self.notices)}>"


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
class PassageTree:
    """Who has one passage of narration from whom.

    `family` is the id of its family. `root` is the passage that was first, or the id of an unseen source that all have it from.
    """

    family: str
    root: Span | str
    edges: tuple[Edge, ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """One independent origin of a story: a document or an unseen source, `id`, and all documents that have their text from it.

    `confidence` is the probability that they have, and that it has its text from no other of the story.
    """

    id: str
    documents: tuple[str, ...]
    confidence: float
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class NewsStory:
    """The documents on one event, and their independent origins.

    `same_statement` are groups of documents of different origins that print the same words of a third.
    """

    id: str
    documents: tuple[str, ...]
    origins: tuple[Origin, ...]
    same_statement: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Provenance:
    """Who copied whom: all edges, groups of two or more documents with the same words, and unseen sources.

    `passages` say who has each shared passage from whom, `stories` how many independent origins each story has.
    """

    edges: tuple[Edge, ...] = ()
    versions: tuple[tuple[str, ...], ...] = ()
    sources: tuple[UnseenSource, ...] = ()
    passages: tuple[PassageTree, ...] = ()
    stories: tuple[NewsStory, ...] = ()

    def __repr__(self) -> str:
        return f"<Provenance edges={len(self.edges)} versions={len(self.versions)} sources={len(self.sources)}>"


Judgement = Literal[
    "quoted-attributed",
    "quoted-unattributed",
    "boilerplate",
    "marked-source",
    "licensed-credited",
    "licensed-uncredited",
    "own-archive",
    "credited-unquoted",
    "unattributed",
]
Level = Literal["error", "warning", "note"]
Limit = Literal["unattributed", "credit-missing", "credited", "any"]


class JudgementKind(NamedTuple):
    """A judgement: the `words` in which views name it, its urgency, and the first `limit` of a check that it reaches, if any.

    The words of a passage count against a limit in words or percent unless the level is `note`.
    """

    name: Judgement
    words: str
    level: Level
    limit: Limit | None = None


JUDGEMENT_KINDS: dict[Judgement, JudgementKind] = {
    kind.name: kind
    for kind in (
        JudgementKind("quoted-attributed", "quoted and attributed", "note"),
        JudgementKind("quoted-unattributed", "quoted, attribution missing", "warning", "any"),
        JudgementKind("boilerplate", "boilerplate", "note"),
        JudgementKind("marked-source", "press release or other marked source", "note"),
        JudgementKind("licensed-credited", "licensed and credited", "note"),
        JudgementKind("licensed-uncredited", "licensed, credit missing", "warning", "credit-missing"),
        JudgementKind("own-archive", "own archive", "note"),
        JudgementKind("credited-unquoted", "credited, not quoted", "warning", "credited"),
        JudgementKind("unattributed", "unattributed reuse", "error", "unattributed"),
    )
}
"""All judgements in order of precedence: where several apply to a passage, the first one holds."""
JUDGEMENTS = tuple(JUDGEMENT_KINDS)
LIMITS: tuple[Limit, ...] = get_args(Limit)
"""The named limits of a check, from the one that fewest judgements reach to the one that all reach."""


class Sourced(NamedTuple):
    """Where a passage of a draft occurs elsewhere. `bits` is None for boilerplate, which is not aligned with the draft."""

    doc: str
    start: int
    end: int
    bits: float | None


@dataclass(frozen=True, slots=True)
class Judged:
    """A passage of a draft that occurs elsewhere, with one judgement and the reason for it in words.

    `sources` come best first; `changes` are against the best one, with the draft as side `a`. `words` is the number of its
    words. `over` says that the draft has more words of its source than may be printed without quotation marks.
    """

    start: int
    end: int
    judgement: Judgement
    reason: str
    sources: tuple[Sourced, ...] = ()
    changes: tuple[Change, ...] = ()
    words: int = 0
    over: bool = False

    @property
    def kind(self) -> JudgementKind:
        """What its judgement means for an editor."""
        kind = JUDGEMENT_KINDS[self.judgement]
        return kind._replace(level="error", limit="unattributed") if self.over else kind

    def __repr__(self) -> str:
        counts = f"sources={len(self.sources)} changes={len(self.changes)}"
        return f"<Judged {self.start}-{self.end} judgement={self.judgement} {counts}>"


class Finding(NamedTuple):
    """One paste: passages of one stretch of a draft that have a source in common.

    `passages` are their positions among the passages of the draft. `judgement` is the most urgent one of them. `sources` are
    the documents that have them, the likeliest origin first: the one that the draft credits, or else the earliest.
    """

    passages: tuple[int, ...]
    judgement: Judgement
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """The result of checking one draft.

    `words` is the number of words of the draft; `shared` is the share of them in passages of each judgement. `findings` are
    its passages, those of one paste together. `left_out` counts the other stretches that occur elsewhere: set phrases, what is
    too short or too common, and what the rules ignore.
    """

    draft: Document
    words: int
    passages: tuple[Judged, ...]
    shared: dict[Judgement, float]
    sources: tuple[Document, ...] = ()
    notices: tuple[Notice, ...] = ()
    findings: tuple[Finding, ...] = ()
    left_out: int = 0

    def __repr__(self) -> str:
        counts = f"passages={len(self.passages)} sources={len(self.sources)} notices={len(self.notices)}"
        return f"<Checked {_short(self.draft.id)} words={self.words} {counts}>"

    def fails(self, limit: str = "unattributed") -> bool:
        """Return whether the draft reaches `limit`, as `dedup check --fail-on` does.

        `unattributed`: a passage is unattributed reuse, or the draft has more words of a credited source than may be printed
        without quotation marks. `credit-missing`: that, or licensed copy without its credit. `credited`: that, or any words of
        a credited source without quotation marks. `any`: any judgement of level `error` or `warning`. `20%` or `30w`: passages
        with such a judgement hold so large a share of the draft's words, or so many words. UsageError for any other limit.

        >>> passage = Judged(0, 60, "licensed-uncredited", "Copy of Reuters.")
        >>> checked = Checked(Document("draft", "…"), 40, (passage,), {"licensed-uncredited": 0.25})
        >>> checked.fails(), checked.fails("credit-missing"), checked.fails("20%"), checked.fails("30w")
        (False, True, True, False)
        """
        from dedup.judge.limits import reached  # noqa: PLC0415 this module imports nothing of the package

        return reached(self, limit)


class Tables(Mapping[str, Any]):
    """Arrow tables by name, each made when it is first read; `docs/tables.md` lists their columns.

    Each has `__arrow_c_stream__`, through which pandas, polars, DuckDB and others read it without a copy.
    """

    def __init__(self, makers: Mapping[str, Callable[[], Any]]) -> None:
        """`makers` return the tables."""
        self._makers = makers
        self._made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            self._made[name] = self._makers[name]()
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)

    def __repr__(self) -> str:
        return f"<Tables {' '.join(self)}>"

    def to_pandas(self) -> "dict[str, pd.DataFrame]":
        """Return each table as a data frame of pandas, by name. UsageError without pandas."""
        from dedup.report.tables import pandas_frame  # noqa: PLC0415 this module imports nothing of the package

        return {name: pandas_frame(table) for name, table in self.items()}

    def to_polars(self) -> "dict[str, pl.DataFrame]":
        """Return each table as a data frame of polars, by name. UsageError without polars."""
        from dedup.report.tables import polars_frame  # noqa: PLC0415 this module imports nothing of the package

        return {name: polars_frame(table) for name, table in self.items()}


@dataclass(frozen=True, slots=True)
class Report:
    """What a scan found. Every view is made from it."""

    documents: Sequence[Document]
    matches: tuple[Match, ...]
    families: tuple[Family, ...]
    notices: tuple[Notice, ...] = ()
    params: dict[str, object] = field(default_factory=dict)
    """The settings that shaped the result."""
    shared: dict[str, float] = field(default_factory=dict)
    """By document id, the share of the document's code points that lie in matches."""
    provenance: Provenance = Provenance()
    narration: dict[str, float] = field(default_factory=dict)
    """By document id, the share of its code points that lie in shared narration; without the documents that have none."""
    quotation: dict[str, float] = field(default_factory=dict)
    """The same of shared quotations."""

    def __repr__(self) -> str:
        counts = {
            "documents": self.documents,
            "matches": self.matches,
            "families": self.families,
            "notices": self.notices,
            "edges": self.provenance.edges,
        }
        return f"<Report {' '.join(f'{name}={len(found)}' for name, found in counts.items())}>"

    def document(self, name: str) -> Document:
        """Return the document with the id `name`; KeyError if there is none."""
        for document in self.documents:
            if document.id == name:
                return document
        raise KeyError(name)

    def matches_of(self, name: str) -> Iterator[Match]:
        """Yield the matches that touch the document with the id `name`."""
        return (m for m in self.matches if name in (m.a.doc, m.b.doc))

    def save(self, path: str | PathLike[str]) -> None:
        """Write the whole report to `path`, texts included, as JSON for `dedup.load` and the commands that take a report.

        The file is written whole or not at all. SourceError if it cannot be written.

        >>> import dedup, tempfile
        >>> report = dedup.scan([Document("a", "One story."), Document("b", "Another story.")])
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     report.save(f"{folder}/report.json")
        ...     dedup.load(f"{folder}/report.json") == report
        True
        """
        from dedup.report.scan_json import to_json  # noqa: PLC0415 this module imports nothing of the package
        from dedup.storage.files import write_text  # noqa: PLC0415

        write_text(path, to_json(self, with_text=True, shown=CONTENTS))

    def tables(self, *, with_text: bool = False) -> Tables:
        """Return the report as Arrow tables; `with_text` adds the texts. UsageError without pyarrow (the extra `parquet`).

        >>> Report((Document("a", "One story."),), (), ()).tables()["documents"].num_rows
        1
        """
        from dedup.report.tables import tables  # noqa: PLC0415 this module imports nothing of the package

        return tables(self, with_text=with_text)

    def to_networkx(self) -> "nx.DiGraph[str]":
        """Return the provenance as a graph: documents and unseen sources, with an edge from each parent to its child.

        Nodes have `label`, `hidden`, `outlet`, `published`, `title` and `url`; edges have `kind`, `confidence` and `weight`.
        What is unknown is "".

        >>> Report((Document("a", "One story."),), (), ()).to_networkx().nodes["a"]["hidden"]
        False
        """
        from dedup.report.tree_graph import provenance_graph  # noqa: PLC0415 this module imports nothing of the package

        return provenance_graph(self)

    def _repr_html_(self) -> str:
        """What a notebook shows of the report."""
        from dedup.report.notebook import notebook_summary  # noqa: PLC0415 this module imports nothing of the package

        return notebook_summary(self)


class Dropped(NamedTuple):
    """A document that was dropped: its id, and the id of the one that is kept for it.

    `kind` is `exact` (the same text), `near` (`similarity` is the Jaccard similarity of their sets of shingles) or `contained`
    (the share of its shingles that the keeper has). `differs` is the longest passage of it that the keeper has not,
    `keeper_differs` the other way round. `path` and `record` say where it was read.
    """

    id: str
    keeper: str
    similarity: float
    kind: str
    differs: str
    keeper_differs: str
    path: str | None
    record: int


@dataclass(frozen=True)
class Deduped:
    """The documents that were kept, in the order given, and those that were dropped, likewise."""

    kept: tuple[Document, ...]
    dropped: tuple[Dropped, ...]
    notices: tuple[Notice, ...] = ()
    params: dict[str, object] = field(default_factory=dict)
    """The settings that shaped the result."""

    def __repr__(self) -> str:
        return f"<Deduped kept={len(self.kept)} dropped={len(self.dropped)}>"


@dataclass(frozen=True)
class DedupeCounts:
    """How many documents were read, kept, and dropped of each kind."""

    documents: int
    kept: int
    exact: int
    near: int
    contained: int
    notices: tuple[Notice, ...]
    params: dict[str, object]
