"""The rows of the tables of checked drafts. Together they hold all that their JSON holds."""

from collections.abc import Iterable, Iterator, Sequence

from dedup.report.report_tables import about_columns, change_columns, document_columns, warning_columns
from dedup.report.table_schema import ResultTables, Row
from dedup.types import Checked, Judged, Notice


def check_tables(checked: Iterable[Checked], *, notices: Sequence[Notice] = ()) -> ResultTables:
    """Return the tables of checked drafts; `notices` are those of reading the drafts.

    >>> from dedup.types import Document
    >>> tables = check_tables([Checked(Document("draft", "One story."), 2, (), {})])
    >>> [row[0] for row in tables.rows["drafts"]()]
    ['draft']
    """
    drafts = list(checked)
    sources = {source.id: source for one in drafts for source in one.sources}
    rows = {
        "documents": lambda: (document_columns(sources[name]) for name in sorted(sources)),
        "drafts": lambda: map(_draft_row, drafts),
        "draft_shares": lambda: ((one.draft.id, *share) for one in drafts for share in one.shared.items()),
        "judgements": lambda: (_judgement_row(place, passage) for place, passage in _passages(drafts)),
        "judgement_sources": lambda: ((*place, *source) for place, passage in _passages(drafts) for source in passage.sources),
        "judgement_changes": lambda: (
            (*place, *change_columns(change)) for place, passage in _passages(drafts) for change in passage.changes
        ),
        "findings": lambda: (
            (one.draft.id, n, finding.judgement, finding.passages, finding.sources)
            for one in drafts
            for n, finding in enumerate(one.findings)
        ),
        "warnings": lambda: map(warning_columns, (*notices, *(notice for one in drafts for notice in one.notices))),
    }
    return ResultTables(rows)


def _passages(drafts: list[Checked]) -> Iterator[tuple[tuple[str, int], Judged]]:
    """Each passage, with its draft and its number there."""
    return (((one.draft.id, n), passage) for one in drafts for n, passage in enumerate(one.passages))


def _draft_row(one: Checked) -> Row:
    return one.draft.id, one.draft.path, *about_columns(one.draft), len(one.draft.text), one.words


def _judgement_row(place: tuple[str, int], passage: Judged) -> Row:
    level = passage.kind.level
    return *place, passage.start, passage.end, passage.judgement, level, passage.reason, passage.words, passage.over
