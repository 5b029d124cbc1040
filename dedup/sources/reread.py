"""Reading again what an earlier run read: reports, and the texts of their documents."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from dedup.errors import SourceError
from dedup.params import Reading
from dedup.sources.common import STDIN
from dedup.sources.encoding import UTF8_BOM
from dedup.sources.formats import is_report
from dedup.sources.limits import HEAD_BYTES
from dedup.sources.reader import Reader
from dedup.sources.streams import open_file
from dedup.types import Document


def report_at(path: str) -> str | None:
    """Return the JSON of the report in the file `path`; None if `path` is anything else.

    Raises `SourceError` if the file cannot be read.
    """
    try:
        if path == STDIN or not Path(path).is_file():
            return None
        with open_file(path) as stream:
            head = stream.read(HEAD_BYTES).removeprefix(UTF8_BOM)
            if not head.lstrip().startswith(b"{"):
                return None
            data = head + stream.read()
            return data.decode("utf-8", "replace") if is_report(data) else None
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror or error}") from error


def written_files(documents: Iterable[Document]) -> dict[str, str]:
    """Return the files of `documents` as they are written, by path, so that places can be found in them.

    A file that can no longer be read is left out.
    """
    out: dict[str, str] = {}
    for path in dict.fromkeys(document.path for document in documents if document.path and document.path != STDIN):
        try:
            if Path(path).is_file():
                with open_file(path) as stream:
                    out[path] = stream.read().decode("utf-8-sig", "replace")
        except OSError:
            continue
    return out


def files_of_report(path: str) -> list[str]:
    """Return the files from which the texts of the report in the file `path` are read again; none if it is no report."""
    written = report_at(path)
    if written is None:
        return []
    try:
        return [str(row["path"]) for row in msgspec.json.decode(written)["documents"] if row.get("text") is None]
    except (ValueError, LookupError, TypeError, AttributeError):  # the command itself will say what is wrong
        return []


class Texts:
    """The texts of a report's documents, read again from the files that the report names. Each file is read once."""

    def __init__(self) -> None:
        self._texts: dict[str, dict[int, str]] = {}
        """By file and number of the record, the text."""

    def __call__(self, row: Mapping[str, Any], reading: Mapping[str, Any] | None) -> str:
        """Return the text of the document `row` of a report, read with its `reading`. Raise `SourceError` if it is gone."""
        path = row["path"]
        if path is None or path == STDIN:
            raise SourceError(f"{row['id']}: the report does not hold its text; make the report with --with-text")
        if path not in self._texts:
            try:
                reader = Reader(path, Reading(**reading) if reading else None, expand_lists=False)
            except SourceError:
                self._texts[path] = {}
            else:
                self._texts[path] = {d.record: d.text for d in reader.documents()}
        if row["record"] not in self._texts[path]:
            way_out = "go to the folder in which the report was made, or make it again with --with-text"
            raise SourceError(f"{row['id']}: its text is no longer in {path}; {way_out}")
        return self._texts[path][row["record"]]
