"""The rows of the tables of a report. Together they hold all that its JSON holds."""

from collections.abc import Collection, Iterator, Mapping

from dedup.params import SHOWN
from dedup.report.json_values import dumps
from dedup.report.shown import left_out, shown_families, shown_matches
from dedup.report.table_schema import ResultTables, Row
from dedup.types import Change, Content, Document, Edge, Family, Match, Notice, Reason, Report, utc


def report_tables(report: Report, *, with_text: bool = False, shown: Collection[Content] = SHOWN) -> ResultTables:
    """Return the tables of a report.

    `with_text` fills the column `text`. `shown` are the kinds of text whose matches and families are rows.

    >>> tables = report_tables(Report((Document("a", "One story."),), (), ()))
    >>> [row[0] for row in tables.rows["documents"]()]
    ['a']
    """
    matches, families = shown_matches(report, shown), shown_families(report, shown)
    outlets = {document.id: document.outlet for document in report.documents}
    found = report.provenance
    trees = [(edge, tree.family) for tree in found.passages for edge in tree.edges]
    rows = {
        "documents": lambda: (document_columns(d, report, with_text=with_text) for d in report.documents),
        "matches": lambda: (_match_row(n, match) for n, match in enumerate(matches)),
        "changes": lambda: ((n, *change_columns(change)) for n, match in enumerate(matches) for change in match.changes),
        "parts": lambda: _part_rows(matches),
        "families": lambda: (_family_row(family, outlets) for family in families),
        "passages": lambda: ((family.id, *span) for family in families for span in family.passages),
        "edges": lambda: (_edge_row(edge, family) for edge, family in [*((edge, None) for edge in found.edges), *trees]),
        "trees": lambda: ((t.family, *((t.root, None, None) if isinstance(t.root, str) else t.root)) for t in found.passages),
        "versions": lambda: ((n, name) for n, version in enumerate(found.versions) for name in version),
        "sources": lambda: ((s.id, s.agency, s.confidence, s.children) for s in found.sources),
        "stories": lambda: ((story.id, story.documents, story.same_statement) for story in found.stories),
        "origins": lambda: (
            (story.id, origin.id, origin.documents, origin.confidence, *_reasons(origin.reasons))
            for story in found.stories
            for origin in story.origins
        ),
        "warnings": lambda: map(warning_columns, report.notices),
    }
    return ResultTables(rows, {"params": report.params, "left_out": left_out(report, shown)})


def document_columns(document: Document, report: Report | None = None, *, with_text: bool = False) -> Row:
    """Return the row of a document; without a `report` it has no shares."""
    shares = [getattr(report, name).get(document.id, 0.0) if report else None for name in ("shared", "narration", "quotation")]
    return (
        document.id,
        document.path,
        document.record,
        document.sha256,
        *about_columns(document),
        document.kind,
        document.agency,
        document.author,
        dumps(dict(document.origins)),
        len(document.text),
        *shares,
        document.text if with_text else None,
    )


def about_columns(document: Document) -> Row:
    """Return a document's outlet, title, time and address."""
    return document.outlet, document.title, document.published and utc(document.published), document.url


def change_columns(change: Change) -> Row:
    """Return a change as columns."""
    return change.type, *change.a, *change.b, change.flags


def warning_columns(notice: Notice) -> Row:
    """Return the row of a warning."""
    return notice.code, notice.message, notice.path, notice.line, notice.document


def _match_row(number: int, match: Match) -> Row:
    return number, *match.a, *match.b, match.kind, match.identity, match.bits, match.family, match.content


def _part_rows(matches: list[Match]) -> Iterator[Row]:
    return ((n, *part.a, *part.b, part.content, part.bits) for n, match in enumerate(matches) for part in match.parts)


def _family_row(family: Family, outlets: Mapping[str, str | None]) -> Row:
    documents = {span.doc for span in family.passages}
    named = {outlets.get(doc or "") for doc in documents} - {None}
    return family.id, family.kind, family.content, *family.canonical, len(family.passages), len(documents), len(named)


def _edge_row(edge: Edge, family: str | None) -> Row:
    return (
        edge.child,
        edge.parent,
        edge.kind,
        family,
        edge.confidence,
        *_reasons(edge.reasons),
        *_reasons(edge.doubts),
        [rival.parent for rival in edge.rivals],
        [rival.confidence for rival in edge.rivals],
    )


def _reasons(reasons: tuple[Reason, ...]) -> tuple[list[str], list[str]]:
    return [reason.text for reason in reasons], [reason.kind for reason in reasons]
