"""Paths, folders, globs and lists to the files to read, each once, with what a table beside it says of it."""

import glob
import os
import stat
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from dedup.sources import metadata_table as beside
from dedup.sources import path_list as listed
from dedup.sources.common import File, Notices, Reader, mend, suffix

STDIN = "-"
LIST = "list"
"""What `--from` calls a list of paths."""


def files(given: Sequence[str], reader: Reader, stdin: Callable[[], bytes]) -> Iterator[File]:
    """Yield every file to read, each once, under the name that its documents' ids start with."""
    notices = reader.notices
    expanded = [match for path in _with_lists(given, reader, stdin) for match in _expand(path, notices)]
    top = _top(expanded)
    seen: dict[str, str] = {}
    others: Counter[str] = Counter()
    tables: dict[str, beside.Table] = {}
    for path in expanded:
        if path == STDIN:
            yield File(STDIN, STDIN, given=True)
            continue
        folder = Path(path).is_dir()
        chosen = list(_walk(path, reader, others)) if folder else [path]
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
            known = _known(name, reader, tables)
            if known is None:
                continue
            # An archive given alone is like a folder given alone: ids start within it.
            alone = top is None and suffix(name) in _ARCHIVES
            own = "" if alone else mend(Path(os.path.relpath(name, top)).as_posix() if top else Path(name).name)
            yield File(name, own, None, status.st_size if stat.S_ISREG(status.st_mode) else None, known, not folder)
    for place, count in sorted(others.items()):
        what = "1 file of another format" if count == 1 else f"{count} files of other formats"
        notices.add("other-format", f"{place}: left out {what}; name a file to read it whatever its name", path=place)


_ARCHIVES = frozenset({".zip", ".wacz", ".tar", ".tgz", ".tbz", ".txz"})


def _with_lists(given: Sequence[str], reader: Reader, stdin: Callable[[], bytes]) -> Iterator[str]:
    """The paths, and in place of each list of paths those in it."""
    if not reader.lists:
        yield from given
        return
    sure = reader.params.format == LIST
    for path in given:
        if path == STDIN and sure:
            yield from listed.listed(stdin(), None)
            continue
        found = (
            listed.paths_in(path, sure=sure) if (sure or suffix(path) in {".txt", ".lst"}) and Path(path).is_file() else None
        )
        if found is None:
            yield path
        else:
            yield from found


def _known(name: str, reader: Reader, tables: dict[str, beside.Table]) -> Mapping[str, object] | None:
    """What the table beside a file says of it; None for the table itself."""
    folder, base = os.path.split(name)
    if folder not in tables:
        tables[folder] = _table(str(Path(folder) / beside.NAME), reader)
    if base == beside.NAME and tables[folder]:
        return None
    return beside.of(tables[folder], base)


def _table(path: str, reader: Reader) -> beside.Table:
    try:
        if not Path(path).is_file():  # a pipe would be waited for
            return {}
        with Path(path).open("rb") as stream:
            return beside.table(File(path, beside.NAME), stream, reader) or {}
    except OSError:
        return {}


def _expand(path: str, notices: Notices) -> list[str]:
    """The path itself, or what it matches as a glob."""
    try:
        if path == STDIN or (path and Path(path).exists()):
            return [path]
        magic = glob.has_magic(path)
        found = sorted(glob.glob(path, recursive=True)) if magic else []  # noqa: PTH207 Path.glob takes no absolute one
        why = "nothing matches" if magic else "no such file or folder"
    except (OSError, ValueError) as error:
        found, why = [], getattr(error, "strerror", None) or str(error)
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


def _walk(folder: str, reader: Reader, others: Counter[str]) -> Iterator[str]:
    """Files below `folder` that some source claims by name, hidden ones left out; links are followed, loops are not."""
    pending, visited = [folder], set()
    while pending:
        here = pending.pop()
        try:
            status = Path(here).stat()
            if (status.st_dev, status.st_ino) in visited:
                reader.notices.add("folder-loop", f"{here}: a link to a folder already read; not followed", path=here)
                continue
            visited.add((status.st_dev, status.st_ino))
            with os.scandir(here) as found:
                entries = sorted(found, key=lambda e: e.name)
        except OSError as error:
            reader.notices.add("unreadable-folder", f"{here}: {error.strerror or error}; skipped", path=here)
            continue
        below = []
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if _is_folder(entry):
                below.append(entry.path)
            elif reader.claims(entry.name):
                yield entry.path
            else:
                others[folder] += 1
        pending.extend(reversed(below))


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself
        return False
