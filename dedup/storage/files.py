"""Files that are written whole or not at all."""

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from dedup.errors import SourceError


def write_text(path: str | os.PathLike[str], pieces: Iterable[str]) -> None:
    """Write `pieces` to `path` in UTF-8: a file whole or not at all, a device or a pipe piece by piece.

    A lone surrogate, which UTF-8 cannot hold, becomes the escape that JSON has for it. SourceError if the path cannot be
    written.
    """
    output = Path(path)
    data = (piece.encode("utf-8", "backslashreplace") for piece in pieces)
    try:
        if output.exists() and not output.is_file():
            with output.open("wb") as stream:
                stream.writelines(data)
        else:
            write_whole(output, data)
    except OSError as error:
        raise SourceError(f"cannot write {output}: {error.strerror or error}") from error


def write_whole(output: Path, parts: Iterable[bytes | memoryview]) -> None:
    """Replace `output` by `parts`; if that fails, `output` stays as it was. OSError as the system gives it."""
    handle, name = tempfile.mkstemp(dir=output.parent, prefix=f".{output.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            for part in parts:
                stream.write(part)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).chmod(0o666 & ~_umask())
        Path(name).replace(output)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
