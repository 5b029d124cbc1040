"""Whether the parts of a report that was read are of the right types, and fit each other. What uses a report relies on both."""

from collections.abc import Iterator, Mapping
from typing import Any

from dedup.errors import ReportError
from dedup.types import Edge, Family, Match, Notice, Provenance, Report


def check_report(report: Report, lengths: Mapping[str, int]) -> None:
    """Check a report whose documents have the `lengths`, by id.

    ValueError for a value of another type, and ReportError for a place or an id that is not there.
    """
    _check_types(report)
    _check_places(report, lengths)
    _check_names(report.provenance, {*lengths}, {family.id for family in report.families})


def _check_types(report: Report) -> None:
    import msgspec  # noqa: PLC0415 only who reads a report needs it

    parts: tuple[tuple[Any, object], ...] = (
        (tuple[Match, ...], report.matches),
        (tuple[Family, ...], report.families),
        (tuple[Notice, ...], report.notices),
        (Provenance, report.provenance),
    )
    for kind, part in parts:
        msgspec.convert(msgspec.to_builtins(part), kind)


def _check_places(report: Report, lengths: Mapping[str, int]) -> None:
    spans = [span for match in report.matches for span in (match.a, match.b)]
    spans += [span for family in report.families for span in (family.canonical, *family.passages)]
    spans += [tree.root for tree in report.provenance.passages if not isinstance(tree.root, str)]
    for doc, start, end in spans:
        if not (doc is not None and doc in lengths and 0 <= start <= end <= lengths[doc]):
            raise ReportError(f"its parts do not fit each other: it has no place {doc}:{start}-{end}; make the report again")


def _check_names(found: Provenance, documents: set[str], families: set[str]) -> None:
    known = documents | {source.id for source in found.sources}
    unknown = [name for name in _names(found) if name not in known]
    unknown += [tree.family for tree in found.passages if tree.family not in families]
    if unknown:
        raise ReportError(f"its parts do not fit each other: it has nothing called {unknown[0]!r}; make the report again")


def _names(found: Provenance) -> Iterator[str]:
    """Yield each id of a document or an unseen source that the provenance mentions."""
    for edge in found.edges:
        yield from _names_of(edge)
    for tree in found.passages:
        if isinstance(tree.root, str):
            yield tree.root
        for edge in tree.edges:
            yield from _names_of(edge)
    for group in (*found.versions, *(source.children for source in found.sources)):
        yield from group
    for story in found.stories:
        yield from story.documents
        for group in (*(origin.documents for origin in story.origins), *story.same_statement):
            yield from group


def _names_of(edge: Edge) -> Iterator[str]:
    yield from (edge.child, edge.parent)
    yield from (rival.parent for rival in edge.rivals if rival.parent is not None)
