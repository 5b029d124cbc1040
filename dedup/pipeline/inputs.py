"""What a path holds (a report, an index, or files to read), as documents or as a report."""

import glob
import os
from collections.abc import Collection, Iterable, Sequence
from contextlib import closing
from os import PathLike, fspath
from pathlib import Path

from dedup.errors import ReportError, SourceError, UsageError
from dedup.params import MatchParams, Reading
from dedup.pipeline.scan import scan
from dedup.report.scan_json import from_json
from dedup.sources.common import STDIN
from dedup.sources.encoding import escape_undecodable, replace_surrogates
from dedup.sources.path_list import paths_in_file
from dedup.sources.reader import read
from dedup.sources.reread import Texts, report_at
from dedup.storage import sqlite as store
from dedup.storage.schema import is_index
from dedup.types import Document, Documents, Progress, Report


def documents_in(where: str, names: Collection[str], reading: Reading | None = None) -> Documents:
    """Return the documents `names`, in that order, of a report, of an index, or of those below a path.

    UsageError where one is not there; ReportError where its text is gone or changed.
    """
    written = report_at(where)
    names = [replace_surrogates(escape_undecodable(name)) for name in names]
    if written is None:
        found = _read(where, reading, names)
        documents, every, notices = {d.id: d for d in found}, [d.id for d in found], found.notices
    else:
        report, every = _report(where, written, names)
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
    return _report(where, written)[0]


def report_of_paths(paths: Sequence[str], *, reading: Reading | None = None, progress: Progress | None = None) -> Report:
    """Return the report of what `paths` hold: files and folders to read, or one report or index. Errors as `report_in`."""
    if len(paths) == 1:
        return report_in(paths[0], reading=reading, progress=progress)
    return scan(read(paths, reading, progress=progress), progress=progress)


def load(path: str | PathLike[str]) -> Report:
    """Return the report in the file `path`, as `Report.save` or `dedup scan --format json` wrote it.

    A text that the file does not hold is read again from the document's own file. SourceError if a file cannot be read;
    ReportError if `path` is no report, or if a text has changed since the report was made.

    >>> import dedup, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     dedup.scan([dedup.Document("a", "One story.")]).save(f"{folder}/report.json")
    ...     load(f"{folder}/report.json").documents
    (<Document 'a' characters=10>,)
    """
    where = fspath(path)
    if not Path(where).is_file():
        raise SourceError(f"{where}: {'not a file' if Path(where).exists() else 'no such file'}")
    written = report_at(where)
    if written is None:
        raise ReportError(f"{where}: not a report; `Report.save` and `dedup scan --format json` write one")
    return _report(where, written)[0]


def _report(where: str, written: str, only: Collection[str] | None = None) -> tuple[Report, list[str]]:
    """Return what `from_json` returns. Its errors name the file `where`."""
    try:
        return from_json(written, Texts(), only=only)
    except ReportError as error:
        raise ReportError(f"{where}: {error}") from error


def _read(
    where: str, reading: Reading | None, names: Collection[str] | None = None, *, progress: Progress | None = None
) -> Documents:
    """Return the documents below a path or, of an index, all or only `names`. UsageError names those that are not there."""
    if not is_index(where):
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


def without_documents(paths: Iterable[str], documents: Iterable[Document]) -> list[str]:
    """Return the files and folders of `paths`, which may be globs or lists, below which none of `documents` lies."""
    known = {os.path.realpath(document.path) for document in documents if document.path}
    above = {parent for path in known for parent in map(str, Path(path).parents)}
    out = []
    for given in paths:
        if given == STDIN:
            continue
        found = [given] if Path(given).exists() else glob.glob(given, recursive=True)  # noqa: PTH207 as the reader does
        for path in found or [given]:
            if Path(path).is_file() and (listed := paths_in_file(path, is_list=False)) is not None:
                out += without_documents(listed, documents)
            elif os.path.realpath(path) not in known and os.path.realpath(path) not in above:
                out.append(path)
    return out
