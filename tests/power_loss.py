"""What a loss of power can leave of files: the changes that `faults_shim.c` recorded up to a moment, without those not synced.

Changes of names (creating, renaming, linking, removing) are taken as done in their order, as file systems with a journal do
them. Written bytes and sizes are certain only after a sync of their file. Before it, each may have reached the disk or not,
also half of one, in any order.
"""

import random
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple


class Change(NamedTuple):
    """A change: its kind as a letter of `faults_shim.c`, the paths, an offset or a size, and the bytes that were written."""

    kind: str
    path: str
    other: str
    offset: int
    data: bytes


@dataclass
class Stored:
    """A file on the disk: the bytes that are certain, and the changes of it that are not."""

    certain: bytearray = field(default_factory=bytearray)
    pending: list[Change] = field(default_factory=list)

    def apply(self, change: Change, size: int | None = None) -> None:
        """Make a change certain, or only the first `size` bytes of it."""
        if change.kind == "w":
            data = change.data[:size]
            missing = change.offset - len(self.certain)
            self.certain.extend(bytes(max(missing, 0)))
            self.certain[change.offset : change.offset + len(data)] = data
        else:
            kept = change.offset if change.kind == "t" else 0
            self.certain.extend(bytes(max(kept - len(self.certain), 0)))
            del self.certain[kept:]


def changes(log: bytes) -> Iterator[Change]:
    """Yield the changes that a log holds."""
    at = 0

    def text() -> str:
        nonlocal at
        (size,) = struct.unpack_from("<Q", log, at)
        at += 8 + size
        return log[at - size : at].decode("utf-8", "surrogateescape")

    while at < len(log):
        kind = chr(log[at])
        at += 1
        path, other = text(), text()
        offset, size = struct.unpack_from("<qQ", log, at)
        at += 16
        yield Change(kind, path, other, offset, log[at : at + size])
        at += size


def after_loss(before: Path, done: list[Change], folder: Path, draw: random.Random | None) -> None:
    """Write into `folder` what is left of `before` after the changes `done` and a loss of power.

    Nothing that was not synced is left; with `draw`, a part of it is.
    """
    files = {str(folder / path.name): Stored(bytearray(path.read_bytes())) for path in before.iterdir()}
    for change in done:
        own = files.setdefault(change.path, Stored()) if change.kind in "wtno" else files.get(change.path)
        if own is None:
            continue
        if change.kind in "wtn":
            own.pending.append(change)
        elif change.kind == "s":
            for one in own.pending:
                own.apply(one)
            own.pending.clear()
        elif change.kind in "rl":
            files[change.other] = own
        if change.kind in "ru":
            files.pop(change.path, None)
    for name, own in files.items():
        for one in own.pending:
            if draw and draw.random() < 0.5:
                own.apply(one, draw.choice([None, len(one.data) // 2]))
        if not name.endswith("-shm"):  # SQLite makes it anew
            Path(name).write_bytes(own.certain)
