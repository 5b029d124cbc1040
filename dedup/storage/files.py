"""How files are written: whole or not at all, and never over something that this process must not replace.

A file is written under a name of its own beside its place, and renamed. Nothing is removed that was not made here. A symbolic
link stays a link: the file that it names is replaced. A file that is replaced keeps its permissions.
"""

import errno
import os
import stat
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from dedup.errors import SourceError, UsageError
from dedup.sources.streams import DATABASE_MARK
from dedup.storage.open_files import file_head

LSH_MARK = b"dedupLSH"
INDEX_MARKS = (DATABASE_MARK, LSH_MARK)
"""How the files of an index and of signatures start."""
_BESIDE = ("-wal", "-shm", "-journal")
"""Endings of the files that SQLite keeps beside a database (https://sqlite.org/tempfiles.html)."""


def write_text(path: str | os.PathLike[str], pieces: Iterable[str], *, force: bool = False) -> None:
    """Write `pieces` to `path` in UTF-8, as `write_whole` does; UsageError as there.

    A lone surrogate, which UTF-8 cannot hold, becomes the escape that JSON has for it. SourceError if the path cannot be
    written.
    """
    data = (piece.encode("utf-8", "backslashreplace") for piece in pieces)
    try:
        write_whole(Path(path), data, force=force)
    except OSError as error:
        raise SourceError(f"cannot write {path}: {error.strerror or error}", path=os.fspath(path)) from error


def write_whole(output: Path, parts: Iterable[bytes | memoryview], *, mark: bytes = b"", force: bool = False) -> None:
    """Write `parts` to `output`, which stays as it was if that fails; into a pipe they go as they are.

    UsageError where `output` is a device, a folder, a file beside an index, or an index. With `force` an index is replaced, and
    without it one that starts with `mark`, as `parts` do. SourceError where its folder does not exist; OSError as the system
    gives it.
    """
    if _is_pipe(output):
        with output.open("wb") as stream:
            stream.writelines(parts)
        return
    place = Path(os.path.realpath(output))
    check_output(place, mark=mark, force=force)
    try:
        mode = place.stat().st_mode
    except FileNotFoundError:
        mode = 0
    handle, name = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name[:80]}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.writelines(parts)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).chmod(stat.S_IMODE(mode) if mode else 0o666 & ~umask())
        Path(name).replace(place)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _is_pipe(path: Path) -> bool:
    """Whether a path is a pipe or a socket. The path that /dev/stdout leads to is a name without a file (pipe:[17])."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)


def create(path: Path, data: bytes) -> None:
    """Put a new file with `data` at `path`, whole. FileExistsError where there is one; OSError as the system gives it."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:80]}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).chmod(0o666 & ~umask())
        try:
            os.link(name, path)
        except FileExistsError:
            raise
        except OSError:  # a file system without links
            with path.open("xb") as stream:
                stream.write(data)
    finally:
        Path(name).unlink(missing_ok=True)


def check_output(output: str | Path, inputs: Iterable[str | Path] = (), *, mark: bytes = b"", force: bool = False) -> None:
    """UsageError where `write_whole` would refuse to write `output`, and, without `force`, where it is one of `inputs`.

    SourceError where its folder does not exist.
    """
    if _is_pipe(Path(output)):
        return
    place = Path(os.path.realpath(output))
    for ending in _BESIDE:
        # Also with `force`: documents that were reported as added may be only in the log.
        if place.name.endswith(ending) and is_marked(place.with_name(place.name.removesuffix(ending))):
            raise UsageError(f"{output} belongs to the index beside it; write to another file")
    if not place.parent.is_dir():
        raise SourceError(f"cannot write {output}: {os.strerror(errno.ENOENT)}: make its folder first", path=output)
    try:
        own = place.stat()
    except OSError:
        if not force and any(os.path.realpath(given) == str(place) for given in inputs):
            raise UsageError(f"{output} is used by this command; write to another file") from None
        return
    if stat.S_ISBLK(own.st_mode) or stat.S_ISCHR(own.st_mode):
        raise UsageError(f"{output} is a device, which is never written to; redirect standard output with >")
    if stat.S_ISDIR(own.st_mode):
        raise UsageError(f"{output} is a folder; name a file in it")
    if force or not stat.S_ISREG(own.st_mode):
        return
    for given in inputs:
        with suppress(OSError, ValueError):
            other = os.stat(given)  # noqa: PTH116 a name may be of bytes
            if (other.st_dev, other.st_ino) == (own.st_dev, own.st_ino):
                raise UsageError(f"{output} is read by this command; write to another file, or give --force to replace it")
    with suppress(OSError):
        head = file_head(place, 16)
        if head.startswith(INDEX_MARKS) and not (mark and head.startswith(mark)):
            raise UsageError(f"{output} is an index; write to another file, or give --force to replace it")


def is_marked(path: Path) -> bool:
    """Whether the file begins as an index does."""
    try:
        return file_head(path, 16).startswith(INDEX_MARKS)
    except (OSError, ValueError):
        return False


def umask() -> int:
    """Return the permissions that new files of this process lack."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
