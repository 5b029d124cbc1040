"""Stage 1: paths to documents, each with a stable id; nothing is left out in silence.

One file a format, each a `Source`: it says which names it claims and turns the bytes of one file into records. What is common
stands here: walking folders, naming documents, and telling of what could not be read.
"""

import codecs
import glob
import os
import re
import stat
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

from dedup.errors import SourceError, UsageError
from dedup.sources import jsonl, plain
from dedup.sources.common import File, Notices, Record, Source, mend
from dedup.types import Document, Documents

STDIN = "-"
SOURCES: tuple[Source, ...] = (jsonl.SOURCE, plain.SOURCE)
"""In the order in which they are asked whether a file is theirs; the last takes any text."""
_REPORT = re.compile(rb'"schema"\s*:\s*"dedup\.report/')
_HEAD = 1 << 16
"""Bytes of a file that are looked at to tell its format."""


def read(paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]]) -> Documents:
    """Return the documents of files, folders (with all below them), globs and `-` (standard input).

    An id is the record's own, or the file's path relative to the folder given (to the common parent of several; a file given
    alone: its name), or `PATH:LINE` for a record without one. One id with two texts becomes two: `id#` and eight digits of the
    text's SHA-256. Whatever could not be read is in `.notices`, and the rest is returned; SourceError only where no path
    exists at all, UsageError where none is given.
    """
    given = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
    if not given:
        raise UsageError("nothing to read: name a file, a folder, or - for standard input")
    notices = Notices()
    files = list(_files([os.fspath(p) for p in given], notices))
    if notices.number("missing-path") == len(given):
        raise SourceError("\n".join(n.message for n in notices))
    documents: list[tuple[str, Document]] = []
    for file in files:
        found = _records(file, notices)
        documents.extend((record.id or _default_id(file, record), _document(file, record)) for record in found)
    return Documents(_named(documents, notices), notices)


def report_at(path: str) -> str | None:
    """Return the JSON of a report file, or None where `path` is anything else. SourceError if it cannot be read."""
    try:
        if path == STDIN or not Path(path).is_file():
            return None
        with Path(path).open("rb") as stream:
            head = stream.read(_HEAD).removeprefix(codecs.BOM_UTF8)
            if not head.lstrip().startswith(b"{"):
                return None
            data = head + stream.read()
            return data.decode("utf-8", "replace") if _REPORT.search(data) else None
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror or error}") from error


class Texts:
    """Reads again the texts of a report's documents, each file once."""

    def __init__(self) -> None:
        self._files: dict[str, dict[int, str]] = {}

    def __call__(self, row: Mapping[str, Any]) -> str:
        """Return the text of a report's document row; SourceError where it can no longer be found."""
        path = row["path"]
        if path is None or path == STDIN:
            raise SourceError(f"{row['id']}: the report does not hold its text; make the report with --with-text")
        if path not in self._files:
            self._files[path] = {r.number: r.text for r in _records(File(path, path), Notices())}
        if row["record"] not in self._files[path]:
            way = "go to the folder in which the report was made, or make it with --with-text"
            raise SourceError(f"{row['id']}: its text is no longer in {path}; {way}")
        return self._files[path][row["record"]]


def _files(given: Sequence[str], notices: Notices) -> Iterator[File]:
    """Every file to read, each once, under the name that its documents' ids start with."""
    expanded = [match for path in given for match in _expand(path, notices)]
    top = _top(expanded)
    seen: dict[str, str] = {}
    others: Counter[str] = Counter()
    for path in expanded:
        if path == STDIN:
            yield File(STDIN, STDIN)
            continue
        chosen = list(_walk(path, notices, others)) if Path(path).is_dir() else [path]
        if not chosen:
            notices.add("empty-folder", f"{path}: no file to read in this folder", path=path)
        for name in chosen:
            try:
                status = Path(name).stat()
            except OSError as error:
                notices.add("unreadable-file", f"{name}: {error.strerror or error}; skipped", path=name)
                continue
            if not stat.S_ISREG(status.st_mode) and name != path:
                notices.add("no-file", f"{name}: a pipe or device; name it to read it", path=name)
                continue
            real = str(Path(name).resolve())
            if stat.S_ISREG(status.st_mode) and real in seen:
                if Path(name).absolute() != Path(seen[real]).absolute():
                    notices.add("same-file", f"{name}: another name of {seen[real]}; read once", path=name)
                continue
            seen[real] = name
            yield File(name, mend(Path(os.path.relpath(name, top)).as_posix() if top else Path(name).name))
    for folder, count in sorted(others.items()):
        files = "1 file of another format" if count == 1 else f"{count} files of other formats"
        notices.add("other-format", f"{folder}: left out {files}; name a file to read it whatever its name", path=folder)


def _expand(path: str, notices: Notices) -> list[str]:
    """The path itself, or what it matches as a glob."""
    try:
        if path == STDIN or (path and Path(path).exists()):
            return [path]
        magic = glob.has_magic(path)
        found = sorted(glob.glob(path, recursive=True)) if magic else []  # noqa: PTH207 Path.glob takes no absolute one
        why = "nothing matches" if magic else "no such file or folder"
    except OSError as error:
        found, why = [], error.strerror or str(error)
    if not found:
        notices.add("missing-path", f"{path or repr(path)}: {why}", path=path)
    return found


def _top(paths: Sequence[str]) -> str | None:
    """The folder that ids are relative to; None for a file given alone."""
    named = [p for p in paths if p != STDIN]
    if len(named) == 1:
        return named[0] if Path(named[0]).is_dir() else None
    parents = {str(Path(p).absolute() if Path(p).is_dir() else Path(p).absolute().parent) for p in named}
    return os.path.commonpath(parents) if parents else None


def _walk(folder: str, notices: Notices, others: Counter[str]) -> Iterator[str]:
    """Files below `folder` that some source claims by name, hidden ones left out; links are followed, loops are not."""
    pending, visited = [folder], set()
    while pending:
        here = pending.pop()
        try:
            status = Path(here).stat()
            if (status.st_dev, status.st_ino) in visited:
                notices.add("folder-loop", f"{here}: a link to a folder already read; not followed", path=here)
                continue
            visited.add((status.st_dev, status.st_ino))
            with os.scandir(here) as found:
                entries = sorted(found, key=lambda e: e.name)
        except OSError as error:
            notices.add("unreadable-folder", f"{here}: {error.strerror or error}; skipped", path=here)
            continue
        below = []
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_dir():
                below.append(entry.path)
            elif any(source.claims(entry.name) for source in SOURCES):
                yield entry.path
            else:
                others[folder] += 1
        pending.extend(reversed(below))


def _records(file: File, notices: Notices) -> Iterator[Record]:
    try:
        if file.path == STDIN and sys.stdin is None:
            notices.add("unreadable-file", "-: standard input is closed", path=STDIN)
        elif file.path == STDIN:
            yield from _parse(file, sys.stdin.buffer, notices)
        else:
            with Path(file.path).open("rb") as stream:
                yield from _parse(file, stream, notices)
    except OSError as error:
        notices.add("unreadable-file", f"{file.path}: {error.strerror or error}; skipped", path=file.path)
    except MemoryError:
        notices.add("unreadable-file", f"{file.path}: too large for this machine's memory; split it", path=file.path)


def _parse(file: File, stream: BinaryIO, notices: Notices) -> Iterator[Record]:
    head = stream.read(_HEAD)
    if not head:
        notices.add("empty-file", f"{file.path}: empty; nothing to read in it", path=file.path)
        return
    if head.lstrip().startswith(b"{") and _REPORT.search(head[:256]):
        notices.add("report-file", f"{file.path}: a report of dedup, not a document; skipped", path=file.path)
        return
    source = next(s for s in SOURCES if s.accepts(file.path, head))
    yield from source.records(file, head, stream, notices)


def _default_id(file: File, record: Record) -> str:
    return file.name if record.line is None else f"{file.name}:{record.line}"


def _document(file: File, record: Record) -> Document:
    return Document(
        "",
        record.text,
        file.path,
        record.number,
        record.outlet,
        record.title,
        record.published,
        record.url,
        record.kind,
        record.agency,
    )


def _named(documents: Iterable[tuple[str, Document]], notices: Notices) -> list[Document]:
    """The documents with their ids, one of each id: equal texts become one, others get a suffix."""
    groups: dict[str, list[Document]] = defaultdict(list)
    for name, document in documents:
        groups[name].append(replace(document, id=name))
    out: list[Document] = []
    for name, group in groups.items():
        distinct: dict[str, Document] = {}
        for document in sorted(group, key=lambda d: (d.path or "", d.record)):
            distinct.setdefault(document.text, document)
        extra = len(group) - len(distinct)
        if extra:
            notices.add("repeated-document", f"{name}: stands {extra + 1} times with one text; read once", document=name)
        if len(distinct) == 1:
            out.extend(distinct.values())
            continue
        message = f"{name}: {len(distinct)} different texts have this id; each is now {name}#, with a part of its hash"
        notices.add("repeated-id", message, document=name)
        out.extend(replace(d, id=f"{name}#{d.sha256[:8]}") for d in distinct.values())
    return out
