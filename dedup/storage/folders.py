"""How a result of several files is written: into a folder of its own, whole or not at all.

The files are written into a new folder beside the place, which is then renamed. A folder is replaced only if all that it holds
was written here: it has the file `dedup.json`, which lists them.
"""

import errno
import json
import os
import shutil
import stat
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from dedup.errors import SourceError, UsageError
from dedup.storage.files import umask

LISTING = "dedup.json"
"""The file that marks a folder as written here."""
_SCHEMA = "dedup.folder/1"


def write_folder(
    output: str | os.PathLike[str],
    files: Mapping[str, Iterable[str | bytes | memoryview]],
    about: Mapping[str, object],
) -> None:
    """Write `files`, by their paths in the folder, and a list of them with `about`, into the folder `output`.

    A missing folder is made. UsageError where `check_folder` refuses; SourceError where it cannot be written.
    """
    check_folder(output)
    place = Path(os.path.realpath(output))
    try:
        made = Path(tempfile.mkdtemp(dir=place.parent, prefix=f".{place.name[:80]}."))
    except OSError as error:
        raise SourceError(f"cannot write {output}: {error.strerror or error}", path=os.fspath(output)) from error
    try:
        for name, pieces in files.items():
            (made / name).parent.mkdir(parents=True, exist_ok=True)
            _write(made / name, pieces)
        listing = {"schema": _SCHEMA, **about, "files": sorted(files)}
        _write(made / LISTING, [json.dumps(listing, ensure_ascii=False, indent=1), "\n"])
        made.chmod(stat.S_IMODE(place.stat().st_mode) if place.is_dir() else 0o777 & ~umask())
        _exchange(made, place)
    except OSError as error:
        raise SourceError(f"cannot write {output}: {error.strerror or error}", path=os.fspath(output)) from error
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _write(path: Path, pieces: Iterable[str | bytes | memoryview]) -> None:
    with path.open("wb") as stream:
        stream.writelines(piece.encode("utf-8", "backslashreplace") if isinstance(piece, str) else piece for piece in pieces)
        stream.flush()
        os.fsync(stream.fileno())


def _exchange(made: Path, place: Path) -> None:
    """Put the folder `made` at `place`, and remove what was there."""
    if not place.exists():
        made.rename(place)
        return
    old = Path(tempfile.mkdtemp(dir=place.parent, prefix=f".{place.name[:80]}."))
    try:
        place.rename(old / "old")
        try:
            made.rename(place)
        except OSError:
            (old / "old").rename(place)
            raise
        if strangers := _strangers(old / "old"):  # put there after the check
            raise UsageError(f"{place}: {strangers[0]} came in while it was written; it is now in {old / 'old'}")
    finally:
        if not _strangers(old / "old"):
            shutil.rmtree(old, ignore_errors=True)


def check_folder(output: str | os.PathLike[str], inputs: Iterable[str | os.PathLike[str]] = ()) -> None:
    """UsageError where `write_folder` would refuse `output`, and where one of `inputs` is in it.

    It refuses what is no folder, one with files that were not written by it, and the current folder, which it would replace.
    SourceError where the folder above does not exist.
    """
    place = Path(os.path.realpath(output))
    if not place.parent.is_dir():
        raise SourceError(f"cannot write {output}: {os.strerror(errno.ENOENT)}: make its folder first", path=os.fspath(output))
    for given in inputs:
        if Path(os.path.realpath(given)).is_relative_to(place):
            raise UsageError(f"{output} holds what this command reads; write to another folder")
    if not place.exists():
        return
    if Path.cwd().is_relative_to(place):
        raise UsageError(f"{output} holds the current folder, and is replaced as a whole; name a folder below")
    if not place.is_dir():
        raise UsageError(f"{output} is a file; this format is a folder of files: name a new folder")
    if strangers := _strangers(place):
        raise UsageError(f"{output} holds {strangers[0]}, which dedup did not write; name a new or an empty folder")


def _strangers(place: Path) -> list[str]:
    """The files and folders in `place` that were not written by `write_folder`; sorted."""
    listed: set[str] = set()
    with suppress(OSError, ValueError, TypeError, KeyError, RecursionError):
        listing = json.loads((place / LISTING).read_bytes())
        if listing["schema"] == _SCHEMA:
            listed = {LISTING, *map(str, listing["files"])}
    above = {parent for name in listed for parent in Path(name).parents}
    found = (path.relative_to(place) for path in place.rglob("*"))
    return sorted(str(path) for path in found if path.as_posix() not in listed and path not in above)
