"""The tables in which results are given: their names, their columns and the types of these. `docs/tables.md` lists the same.

One name means one table, whatever the command. A column is only ever added, at the end; none changes its meaning.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

TABLES_SCHEMA = "dedup.tables/1"
ColumnType = Literal[
    "string",
    "int64",
    "float64",
    "bool",
    "timestamp[us, UTC]",
    "list<string>",
    "list<int64>",
    "list<float64>",
    "list<list<string>>",
]
"""The types of columns, in the words of Arrow. In CSV a list is JSON."""


class Column(NamedTuple):
    """A column: its name, its type, and what it holds."""

    name: str
    type: ColumnType
    holds: str


class TableSchema(NamedTuple):
    """A table: what one row is, and its columns."""

    row: str
    columns: tuple[Column, ...]


Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class ResultTables:
    """The tables of one result: by name, a function that yields the rows; and what is true of the result as a whole."""

    rows: Mapping[str, Callable[[], Iterable[Row]]]
    about: Mapping[str, object] = field(default_factory=dict)


class Folder(NamedTuple):
    """A result of several files: each by its path in the folder, in pieces; and what is true of them all."""

    files: Mapping[str, Iterable[str | memoryview]]
    about: Mapping[str, object]


def _sides(a: str = "side `a`", b: str = "side `b`") -> tuple[Column, ...]:
    """The columns of two extents."""
    return (
        Column("a_start", "int64", f"where {a} starts"),
        Column("a_end", "int64", f"where {a} ends"),
        Column("b_start", "int64", f"where {b} starts"),
        Column("b_end", "int64", f"where {b} ends"),
    )


_ABOUT = (
    Column("outlet", "string", "its outlet"),
    Column("title", "string", "its headline"),
    Column("published", "timestamp[us, UTC]", "when it was published; a day without a time is its midnight"),
    Column("url", "string", "its address"),
)
_REASONS = (
    Column("reasons", "list<string>", "the sentences that speak for it"),
    Column("reason_kinds", "list<string>", "the kind of each reason"),
)
_CHANGE = (
    Column("type", "string", "`replace`, `insert` or `delete`"),
    *_sides(),
    Column("flags", "list<string>", "the facts that it concerns: `number`, `date`, `unit`, `name`, `quote`, `negation`"),
)
_PASSAGE = (
    Column("draft", "string", "the id of the draft"),
    Column("passage", "int64", "the passage of the draft, counted from 0"),
)

TABLES: dict[str, TableSchema] = {
    "documents": TableSchema(
        "a document",
        (
            Column("id", "string", "its id"),
            Column("path", "string", "the file that it was read from"),
            Column("record", "int64", "its record in that file, counted from 0"),
            Column("sha256", "string", "SHA-256 of its text"),
            *_ABOUT,
            Column("kind", "string", "`press-release`, `site`, or null"),
            Column("agency", "string", "the agency that it states"),
            Column("author", "string", "its byline"),
            Column("origins", "string", "a JSON object: where inferred values were found"),
            Column("length", "int64", "its length in code points"),
            Column("shared", "float64", "the share of it that is in matches; null in a check"),
            Column("narration", "float64", "its share in shared narration"),
            Column("quotation", "float64", "its share in shared quotations"),
            Column("text", "string", "its text; null unless asked for (`--with-text`)"),
        ),
    ),
    "matches": TableSchema(
        "a passage that two documents share",
        (
            Column("match", "int64", "its number in this result, counted from 0"),
            Column("a_doc", "string", "the document of side `a`, the earlier one if both times are known"),
            *_sides()[:2],
            Column("b_doc", "string", "the document of side `b`"),
            *_sides()[2:],
            Column("kind", "string", "`verbatim`, `near` or `edited`"),
            Column("identity", "float64", "equal words over the words of the longer side"),
            Column("bits", "float64", "the evidence that it is no coincidence"),
            Column("family", "string", "the id of its family"),
            Column("content", "string", "`narration`, `quotation`, `phrase` or `furniture`"),
        ),
    ),
    "changes": TableSchema("a change in a match", (Column("match", "int64", "the number of the match"), *_CHANGE)),
    "parts": TableSchema(
        "a part of a match that holds one kind of text",
        (
            Column("match", "int64", "the number of the match"),
            *_sides(),
            Column("content", "string", "the kind of text"),
            Column("bits", "float64", "its share of the bits"),
        ),
    ),
    "families": TableSchema(
        "a passage in all documents that have it",
        (
            Column("id", "string", "its id"),
            Column("kind", "string", "`reuse` or `boilerplate`"),
            Column("content", "string", "the kind of text that holds most of its bits"),
            Column("canonical_doc", "string", "the document of the canonical copy"),
            Column("canonical_start", "int64", "where that starts"),
            Column("canonical_end", "int64", "where that ends"),
            Column("passages", "int64", "how many passages it has"),
            Column("documents", "int64", "how many documents have it"),
            Column("outlets", "int64", "how many outlets these have; documents without an outlet do not count"),
        ),
    ),
    "passages": TableSchema(
        "a passage of a family",
        (
            Column("family", "string", "the id of the family"),
            Column("doc", "string", "the document"),
            Column("start", "int64", "where it starts"),
            Column("end", "int64", "where it ends"),
        ),
    ),
    "edges": TableSchema(
        "a copy relation",
        (
            Column("child", "string", "the document or unseen source that has the text"),
            Column("parent", "string", "the one that it has it from"),
            Column("kind", "string", "`main`, `update` or `passage`"),
            Column("family", "string", "the passage that was copied, in the tree of a passage; null between whole documents"),
            Column("confidence", "float64", "the probability that the parent is right"),
            *_REASONS,
            Column("doubts", "list<string>", "the sentences that speak against it"),
            Column("doubt_kinds", "list<string>", "the kind of each doubt"),
            Column("rivals", "list<string>", "other possible parents; null is none of these documents"),
            Column("rival_confidences", "list<float64>", "how likely each rival is"),
        ),
    ),
    "trees": TableSchema(
        "the tree of one passage; its edges are those of its family",
        (
            Column("family", "string", "the id of the family"),
            Column("root", "string", "the document or unseen source that was first"),
            Column("root_start", "int64", "where its passage starts; null for an unseen source"),
            Column("root_end", "int64", "where its passage ends; null for an unseen source"),
        ),
    ),
    "versions": TableSchema(
        "a document that has the same words as others",
        (
            Column("version", "int64", "the number of the version; documents with one number have the same words"),
            Column("document", "string", "the id of the document"),
        ),
    ),
    "sources": TableSchema(
        "a source that is not among the documents",
        (
            Column("id", "string", "its id, which starts with `hidden:`"),
            Column("agency", "string", "the newsroom that its copies credit, or null"),
            Column("confidence", "float64", "the probability that it existed"),
            Column("children", "list<string>", "its copies"),
        ),
    ),
    "stories": TableSchema(
        "the documents on one event",
        (
            Column("id", "string", "its id"),
            Column("documents", "list<string>", "its documents"),
            Column("same_statement", "list<list<string>>", "independent documents with the same words of a third, in groups"),
        ),
    ),
    "origins": TableSchema(
        "an independent origin of a story",
        (
            Column("story", "string", "the id of the story"),
            Column("id", "string", "the document or unseen source"),
            Column("documents", "list<string>", "the documents that have their text from it"),
            Column("confidence", "float64", "the probability that they have"),
            *_REASONS,
        ),
    ),
    "drafts": TableSchema(
        "a checked draft",
        (
            Column("id", "string", "its id"),
            Column("path", "string", "the file that it was read from"),
            *_ABOUT,
            Column("length", "int64", "its length in code points"),
            Column("words", "int64", "its words"),
        ),
    ),
    "draft_shares": TableSchema(
        "a judgement that occurs in a draft",
        (
            Column("draft", "string", "the id of the draft"),
            Column("judgement", "string", "the judgement"),
            Column("share", "float64", "the share of the draft's words in passages of that judgement"),
        ),
    ),
    "judgements": TableSchema(
        "a passage of a draft that occurs elsewhere",
        (
            *_PASSAGE,
            Column("start", "int64", "where it starts in the draft"),
            Column("end", "int64", "where it ends"),
            Column("judgement", "string", "its judgement"),
            Column("level", "string", "`error`, `warning` or `note`"),
            Column("reason", "string", "why, in words"),
            Column("words", "int64", "its words"),
            Column("over", "bool", "whether the draft has more words of its source than it may have unquoted"),
        ),
    ),
    "judgement_sources": TableSchema(
        "a place where a passage of a draft occurs; the best one comes first",
        (
            *_PASSAGE,
            Column("doc", "string", "the document, which is in `documents`"),
            Column("start", "int64", "where it starts there"),
            Column("end", "int64", "where it ends there"),
            Column("bits", "float64", "the evidence; null for boilerplate"),
        ),
    ),
    "judgement_changes": TableSchema("a change against the best source; side `a` is the draft", (*_PASSAGE, *_CHANGE)),
    "findings": TableSchema(
        "passages of one paste",
        (
            Column("draft", "string", "the id of the draft"),
            Column("finding", "int64", "the finding, counted from 0"),
            Column("judgement", "string", "the most urgent judgement of its passages"),
            Column("passages", "list<int64>", "its passages"),
            Column("sources", "list<string>", "the documents that have them, the likeliest origin first"),
        ),
    ),
    "outlets": TableSchema(
        "an outlet; its four shares are of all words of its articles, and add up to 1",
        (
            Column("outlet", "string", "its name"),
            Column("articles", "int64", "its articles"),
            Column("dated", "int64", "those of them that have a date"),
            Column("words", "int64", "the words of its articles"),
            Column("original", "float64", "the share of words that are its own"),
            Column("copied", "float64", "the share of narration that it has from another"),
            Column("unknown", "float64", "the share of narration of which it is unknown who was first"),
            Column("quoted", "float64", "the share of quotations that others have too"),
            Column("passages", "int64", "passages of narration that others have too"),
            Column("started", "int64", "those of them that all others have later"),
            Column("carried", "int64", "those of them that it has from another"),
            Column("lag_hours", "float64", "the median hours behind the first, where both state a time of day"),
            Column("lags_in_hours", "int64", "how many passages that median is of"),
            Column("lag_days", "float64", "the median days behind the first, where one of the two states only a day"),
            Column("lags_in_days", "int64", "how many passages that median is of"),
            Column("follows", "int64", "how many outlets and unseen sources it has words from"),
            Column("followed_by", "int64", "how many outlets have words from it"),
        ),
    ),
    "copied": TableSchema(
        "what an outlet has from one source",
        (
            Column("outlet", "string", "the outlet"),
            Column("source", "string", "an outlet or an agency; null for an unseen source that nobody names"),
            Column("seen", "bool", "whether the source's own articles are among the documents"),
            Column("articles", "int64", "articles that have words from it"),
            Column("words", "int64", "their words from it"),
            Column("share", "float64", "their share of all words of the outlet's articles"),
        ),
    ),
    "rules": TableSchema(
        "an outlet under one rule of `--rule`",
        (
            Column("outlet", "string", "the outlet"),
            Column("rule", "string", "the name of the rule"),
            Column("percent", "float64", "from what percentage the rule counts an article"),
            Column("articles", "int64", "the articles that it counts as not the outlet's own"),
            Column("share", "float64", "their share of the outlet's articles"),
            Column("undecided", "int64", "more articles that it may have to count, because it is unknown which was first"),
        ),
    ),
    "articles": TableSchema(
        "an article that shares narration or a quotation with another outlet",
        (
            Column("id", "string", "the id of the document"),
            Column("outlet", "string", "its outlet"),
            Column("words", "int64", "its words"),
            Column("original", "float64", "the share of words that are its own"),
            Column("copied", "float64", "the share of narration that it has from another"),
            Column("unknown", "float64", "the share of narration of which it is unknown who was first"),
            Column("quoted", "float64", "the share of quotations that others have too"),
            Column("earlier", "float64", "the share of words that earlier articles of other outlets have; rules count this"),
            Column("maybe_earlier", "float64", "the same with articles that may be earlier"),
        ),
    ),
    "warnings": TableSchema(
        "a warning",
        (
            Column("code", "string", "what it is about"),
            Column("message", "string", "the warning in words"),
            Column("path", "string", "the file that it concerns"),
            Column("line", "int64", "the line there"),
            Column("document", "string", "the document that it concerns"),
        ),
    ),
}
"""All tables, in the order in which they are written."""
