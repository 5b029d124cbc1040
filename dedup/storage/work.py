"""Arrays of a long computation: in memory, or in the files of a folder, where a run that was killed goes on.

A folder has one file an array, and `state.json`, which says what the run was asked for, which stages are done, and how far an
unfinished one has come. State is written after the data that it speaks of, and both are synced, so a run that was killed at any
moment finds data that is at least as far as the state says, and cuts off the rest.
"""

import json
import mmap
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from dedup.errors import SourceError, UsageError

STATE = "state.json"
_NEW_STATE = f"{STATE}.new"
"""What a run that failed while it wrote its state may leave."""


class MemoryWork:
    """Arrays in memory, which nothing survives."""

    def __init__(self) -> None:
        self._arrays: dict[str, list[npt.NDArray[Any]]] = {}
        self._stages: dict[str, Any] = {}

    def stage(self, name: str) -> Any:
        """Return what `finish` or `reach` stored for a stage; None if it has not begun."""
        return self._stages.get(name)

    def reach(self, name: str, value: Any) -> None:
        """Store how far a stage has come, or its result."""
        self._stages[name] = value

    def append(self, name: str, rows: npt.NDArray[Any]) -> None:
        """Append rows to an array."""
        self._arrays.setdefault(name, []).append(rows)

    def truncate(self, name: str, count: int, dtype: npt.DTypeLike, width: int = 0) -> None:
        """Cut an array off behind its first `count` rows. In memory nothing is ever too far."""

    def array(self, name: str, dtype: npt.DTypeLike, width: int = 0) -> npt.NDArray[Any]:
        """Return an array; of `width` columns, or flat if that is 0."""
        parts = self._arrays.get(name) or [np.empty((0, width) if width else 0, dtype)]
        if len(parts) > 1:
            self._arrays[name] = parts = [np.concatenate(parts)]
        return parts[0]

    def blank(self, name: str, count: int, dtype: npt.DTypeLike) -> npt.NDArray[Any]:
        """Return a new writable array of `count` zeros."""
        self._arrays[name] = [np.zeros(count, dtype)]
        return self._arrays[name][0]

    def release(self, name: str) -> None:
        """Let go of the memory that an array takes where it is in a file too."""

    def drop(self, name: str) -> None:
        """Delete an array."""
        self._arrays.pop(name, None)


class FolderWork:
    """Arrays in the files of a folder. Each array that is returned is mapped from its file."""

    def __init__(self, folder: str | os.PathLike[str], asked: Mapping[str, object]) -> None:
        """Open or make `folder`.

        `asked` is what the run was asked for, as JSON can hold it. UsageError if the folder holds a run that was asked for
        something else, or other files; SourceError if it cannot be used.
        """
        self.folder = Path(folder)
        self._maps: dict[str, mmap.mmap] = {}
        self._changed: set[str] = set()
        wanted = json.loads(json.dumps(asked))
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            state = self.folder / STATE
            if state.exists():
                self._state = json.loads(state.read_text(encoding="utf-8"))
                if not isinstance(self._state, dict) or self._state.get("asked") != wanted:
                    raise UsageError(
                        f"{folder} holds another run (other inputs or settings); name another folder, or delete it"
                    )
            else:
                if any(path.name != _NEW_STATE for path in self.folder.iterdir()):
                    raise UsageError(f"{folder} holds other files; name a new folder for --work")
                self._state = {"asked": wanted, "stages": {}}
                self._write()
        except ValueError as error:
            raise UsageError(f"{folder}/{STATE} is damaged; delete the folder and run again") from error
        except OSError as error:
            raise SourceError(f"cannot use {folder}: {error.strerror or error}", path=os.fspath(folder)) from error

    def stage(self, name: str) -> Any:
        """As in `MemoryWork`."""
        return self._state["stages"].get(name)

    def reach(self, name: str, value: Any) -> None:
        """As in `MemoryWork`."""
        for changed in sorted(self._changed):
            # After a loss of power, no state may be there whose arrays are not. A mapped one may change at any time.
            with suppress(FileNotFoundError), self.path(changed).open("r+b") as file:
                os.fsync(file.fileno())
        self._state["stages"][name] = value
        self._write()

    def _write(self) -> None:
        new = self.folder / _NEW_STATE
        with new.open("w", encoding="utf-8") as file:
            file.write(json.dumps(self._state))
            file.flush()
            os.fsync(file.fileno())
        new.replace(self.folder / STATE)

    def path(self, name: str) -> Path:
        """Return the file of an array."""
        return self.folder / name

    def append(self, name: str, rows: npt.NDArray[Any]) -> None:
        """As in `MemoryWork`."""
        self._changed.add(name)
        with self.path(name).open("ab") as file:
            file.write(np.ascontiguousarray(rows).data if rows.size else b"")

    def truncate(self, name: str, count: int, dtype: npt.DTypeLike, width: int = 0) -> None:
        """As in `MemoryWork`."""
        self._changed.add(name)
        with self.path(name).open("ab") as file:
            file.truncate(count * np.dtype(dtype).itemsize * max(width, 1))

    def array(self, name: str, dtype: npt.DTypeLike, width: int = 0) -> npt.NDArray[Any]:
        """As in `MemoryWork`."""
        return self._mapped(name, dtype, width, writable=False)

    def blank(self, name: str, count: int, dtype: npt.DTypeLike) -> npt.NDArray[Any]:
        """As in `MemoryWork`; the array of an unfinished stage is returned as it is."""
        size = count * np.dtype(dtype).itemsize
        self._changed.add(name)
        with self.path(name).open("ab") as file:
            if file.tell() != size:
                file.truncate(0)
                file.truncate(size)
        return self._mapped(name, dtype, 0, writable=True)

    def _mapped(self, name: str, dtype: npt.DTypeLike, width: int, *, writable: bool) -> npt.NDArray[Any]:
        path, row = self.path(name), np.dtype(dtype).itemsize * max(width, 1)
        count = path.stat().st_size // row if path.exists() else 0
        shape = (count, width) if width else (count,)
        if not count:
            return np.empty(shape, dtype)
        with path.open("r+b" if writable else "rb") as file:
            mapped = mmap.mmap(file.fileno(), count * row, access=mmap.ACCESS_WRITE if writable else mmap.ACCESS_READ)
        self._maps[name] = mapped
        return np.frombuffer(mapped, dtype).reshape(shape)

    def release(self, name: str) -> None:
        """As in `MemoryWork`."""
        if (mapped := self._maps.get(name)) is not None and hasattr(mapped, "madvise"):
            # The system keeps the pages as long as it has room, but they no longer count as memory of this process.
            mapped.madvise(mmap.MADV_DONTNEED)

    def drop(self, name: str) -> None:
        """As in `MemoryWork`."""
        self._maps.pop(name, None)
        self._changed.discard(name)
        self.path(name).unlink(missing_ok=True)
