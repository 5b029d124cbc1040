"""What a path holds (a report, an index, or files to read), as documents or as a report."""

from collections.abc import Collection
from contextlib import closing

from dedup.errors import ReportError, UsageError
from dedup.params import MatchParams, Reading
from dedup.pipeline.scan import scan
from dedup.report.scan_json import from_json
from dedup.sources.reader import read
from dedup.sources.reread import Texts, report_at
from dedup.storage import sqlite as store
from dedup.types import Documents, Progress, Report


def documents_in(where: str, names: Collection[str], reading: Reading | None = None) -> Documents:
    """Return the documents `names`, in that order, of a report, of an index, or of those below a path.

    UsageError where one is not there; ReportError where its text is gone or changed.
    """
    written = report_at(where)
    if written is None:
        found = _read(where, reading, names)
        documents, every, notices = {d.id: d for d in found}, [d.id for d in found], found.notices
    else:
        try:
            report, every = from_json(written, Texts(), only=names)
        except ReportError as error:
            raise ReportError(f"{where}: {error}") from error
        documents, notices = {d.id: d for d in report.documents}, []
    for name in names:
        if name not in documents:
            some = f", such as {', '.join(sorted(every)[:5])}" if every else ""
            raise UsageError(f"{where}: no document {name!r}; it holds {len(every):,}{some}")
    return Documents((documents[name] for name in names), notices)


def report_in(
    where: str, *, reading: Reading | None = None, preset: str | MatchParams = "news", progress: Progress | None = None
) -> Report:
    """Return the report at `where`, or that of a scan of the documents in an index or below a path; ReportError as
    `documents_in`.
    """  # noqa: D205 one sentence
    written = report_at(where)
    if written is None:
        return scan(_read(where, reading, progress=progress), preset=preset, progress=progress)
    try:
        return from_json(written, Texts())[0]
    except ReportError as error:
        raise ReportError(f"{where}: {error}") from error


def _read(
    where: str, reading: Reading | None, names: Collection[str] | None = None, *, progress: Progress | None = None
) -> Documents:
    """The documents below a path, or in an index all, or those with `names`, which UsageError says are not there."""
    if not store.is_index(where):
        return read([where], reading, progress=progress)
    with closing(store.Store(where)) as opened, opened.reading():
        if not opened.has_text:
            raise UsageError(f"{where} keeps no texts to compare; make an index without --no-text")
        numbers = None
        if names is not None:
            known = opened.known(list(names))
            store.refuse_unknown(opened, list(names), known)
            numbers = [number for number, _ in known.values()]
        return Documents(document for _, document in opened.documents(numbers))
