"""Which files to read: those that paths, folders, globs and lists of paths lead to, each once."""

import glob
import os
import stat
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from dedup.sources import archive, compressed
from dedup.sources.common import STDIN, File, Notices, ReadContext, is_hidden, suffix
from dedup.sources.encoding import escape_undecodable
from dedup.sources.metadata_table import METADATA_FILE, MetadataTable, metadata_of, read_metadata_table
from dedup.sources.path_list import LIST_SUFFIXES, PATH_LIST, paths_in, paths_in_file
from dedup.sources.streams import open_file

_ARCHIVES = archive.ZIP.suffixes | archive.TAR.suffixes | compressed.TAR_SUFFIXES


def find_files(paths: Sequence[str], context: ReadContext, stdin: Callable[[], bytes]) -> Iterator[File]:
    """Yield each file to read, with its row in the `metadata.csv` beside it.

    `stdin` returns all of standard input; it is called only if that is a list of paths.
    """
    expanded = [match for path in _without_lists(paths, context, stdin) for match in _expanded(path, context.notices)]
    top = _common_folder(expanded)
    seen: dict[str, str] = {}
    skipped: Counter[str] = Counter()
    tables: dict[str, MetadataTable] = {}
    for path in expanded:
        if path == STDIN:
            yield File(STDIN, STDIN, named=True)
            continue
        is_folder = Path(path).is_dir()
        found = list(_files_below(path, context, skipped)) if is_folder else [path]
        if not found:
            context.notices.add("empty-folder", f"{path}: no file to read in this folder", path=path)
        for name in found:
            status = _status(name, seen, context.notices, named=name == path)
            metadata = None if status is None else _metadata(name, context, tables)
            if status is None or metadata is None:
                continue
            # Ids in an archive that is the only path are relative to the archive, as those in a folder are to the folder.
            in_archive = top is None and suffix(name) in _ARCHIVES
            relative = Path(os.path.relpath(name, top)).as_posix() if top else Path(name).name
            size = status.st_size if stat.S_ISREG(status.st_mode) else None
            yield File(name, "" if in_archive else escape_undecodable(relative), None, size, metadata, not is_folder)
    for folder, count in sorted(skipped.items()):
        message = f"{folder}: files of other formats left out: {count:,}; to read one, name it"
        context.notices.add("other-format", message, path=folder)


def _status(name: str, seen: dict[str, str], notices: Notices, *, named: bool) -> os.stat_result | None:
    """The status of a file to read; None, with a notice, if it is unreadable, or a pipe that was not `named`.

    None also for a file that is in `seen` (real path → name), with a notice if it was seen under another name.
    """
    try:
        status = Path(name).stat()
    except OSError as error:
        notices.add("unreadable-file", f"{name}: {error.strerror or error}; skipped", path=name)
        return None
    if not stat.S_ISREG(status.st_mode):
        if not named:
            notices.add("no-file", f"{name}: a pipe or device; to read it, name it", path=name)
            return None
        return status
    real = str(Path(name).resolve())
    if real in seen:
        if Path(name).absolute() != Path(seen[real]).absolute():
            notices.add("same-file", f"{name}: the same file as {seen[real]}; read once", path=name)
        return None
    seen[real] = name
    return status


def _without_lists(paths: Sequence[str], context: ReadContext, stdin: Callable[[], bytes]) -> Iterator[str]:
    """The paths; in place of each list of paths, those in it."""
    if not context.expand_lists:
        yield from paths
        return
    is_list = context.params.format == PATH_LIST
    for path in paths:
        if path == STDIN and is_list:
            yield from paths_in(stdin(), None)
            continue
        may_be_list = (is_list or suffix(path) in LIST_SUFFIXES) and Path(path).is_file()
        listed = paths_in_file(path, is_list=is_list) if may_be_list else None
        if listed is None:
            yield path
        else:
            yield from listed


def _metadata(name: str, context: ReadContext, tables: dict[str, MetadataTable]) -> Mapping[str, object] | None:
    """The row about a file in the table beside it; None if it is that table itself. `tables` keeps tables by folder."""
    folder, base = os.path.split(name)
    if folder not in tables:
        tables[folder] = _table_in(folder, context)
    if base == METADATA_FILE and tables[folder]:
        return None
    return metadata_of(tables[folder], base)


def _table_in(folder: str, context: ReadContext) -> MetadataTable:
    """The metadata table in a folder; empty if there is none."""
    path = str(Path(folder) / METADATA_FILE)
    try:
        if not Path(path).is_file():  # opening a pipe would wait for a writer
            return {}
        with open_file(path) as stream:
            return read_metadata_table(File(path, METADATA_FILE), stream, context) or {}
    except OSError:
        return {}


def _expanded(path: str, notices: Notices) -> list[str]:
    """The path itself if it exists, else what it matches as a glob; a notice if that is nothing."""
    try:
        if path == STDIN or (path and Path(path).exists()):
            return [path]
        is_glob = glob.has_magic(path)
        found = sorted(glob.glob(path, recursive=True)) if is_glob else []  # noqa: PTH207 Path.glob takes no absolute one
        reason = "nothing matches this glob" if is_glob else "no such file or folder"
    except (OSError, ValueError) as error:
        found, reason = [], getattr(error, "strerror", None) or str(error)
    if not found:
        notices.add("missing-path", f"{path or repr(path)}: {reason}", path=path)
    return found


def _common_folder(paths: Sequence[str]) -> str | None:
    """The folder that ids are relative to; None if the only path is a file."""
    on_disk = [p for p in paths if p != STDIN]
    if len(on_disk) == 1:
        return on_disk[0] if Path(on_disk[0]).is_dir() else None
    parents = {str(Path(p).absolute() if Path(p).is_dir() else Path(p).absolute().parent) for p in on_disk}
    return os.path.commonpath(parents) if parents else None


def _files_below(folder: str, context: ReadContext, skipped: Counter[str]) -> Iterator[str]:
    """The files below `folder` that are not hidden and whose suffix a format claims; others are counted in `skipped`.

    Links to folders are followed, except back to a folder that was read before.
    """
    pending, visited = [folder], set()
    while pending:
        here = pending.pop()
        try:
            status = Path(here).stat()
            if (status.st_dev, status.st_ino) in visited:
                message = f"{here}: a link to a folder that was read before; not followed"
                context.notices.add("folder-loop", message, path=here)
                continue
            visited.add((status.st_dev, status.st_ino))
            with os.scandir(here) as found:
                entries = sorted(found, key=lambda e: e.name)
        except OSError as error:
            context.notices.add("unreadable-folder", f"{here}: {error.strerror or error}; skipped", path=here)
            continue
        below = []
        for entry in entries:
            if is_hidden(entry.name):
                continue
            if _is_folder(entry):
                below.append(entry.path)
            elif context.claims(entry.name):
                yield entry.path
            else:
                skipped[folder] += 1
        pending.extend(reversed(below))


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself
        return False
