"""Files to files without near-duplicates: on disk, so that only what is compared at a moment is in memory.

The input is read twice: once to sign each document and to copy its text into the working folder, and once to write the rows
that are kept as they are. A run with a working folder of its own goes on where it was killed, and writes the same bytes.
"""

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from dedup.errors import SourceError
from dedup.params import HASH_VERSION, THRESHOLD, Reading
from dedup.pipeline import near
from dedup.pipeline.dedupe import (
    append_signed,
    check_dedupe,
    check_keep,
    counts_of,
    decided,
    dedupe_params,
    dropped_rows,
    order_of,
    worth_of,
)
from dedup.sources.common import Record
from dedup.sources.reader import Reader
from dedup.storage.parquet_rows import ParquetRows
from dedup.storage.row_files import FileRow, SeenColumns, suffix_of, write_rows
from dedup.storage.work import FolderWork
from dedup.types import DedupeCounts, Document, Progress

_FORMAT = 1
"""Version of what a working folder holds."""
_ARCHIVE = 0xFFFFFFFF
"""The number of the file of documents that are not of the input."""
_READ = "read"


@dataclass(frozen=True)
class DedupeJob:
    """What to do: where rows come from and go to, and how. `dropped` is the file of the table of what was dropped.

    `against` yields the documents of an archive. Without `work`, a temporary folder is used and removed. `memory` bounds the
    bytes that sorting takes. With `dry_run` nothing is written.
    """

    paths: list[str]
    output: Path | None = None
    dropped: Path | None = None
    threshold: float = THRESHOLD
    contained: float | None = None
    keep: str = "earliest"
    against: Callable[[], Iterable[Document]] | None = None
    against_name: str | None = None
    work: Path | None = None
    memory: int = 1 << 31
    reading: Reading = field(default_factory=Reading)
    force: bool = False
    dry_run: bool = False


def dedupe_files(job: DedupeJob, *, progress: Progress | None = None) -> DedupeCounts:
    """Write the rows of `job.paths` without near-duplicates, and the table of what was dropped.

    UsageError for values outside their range, an unknown suffix, or a working folder of another run; SourceError where a file
    cannot be read or written.
    """
    check_dedupe(job.threshold, job.contained)
    check_keep(job.keep)
    for path in filter(None, (job.output, job.dropped)):
        suffix_of(path)
    report = progress or (lambda *_: None)
    with ExitStack() as stack:
        folder = job.work or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dedup-")), "work")
        reader = Reader(job.paths, job.reading, progress=progress)
        reader.whole_rows = True
        work = FolderWork(folder, _asked(job, reader))
        corpus = _Corpus(work, job)
        corpus.read(reader)
        order = order_of(work.array("worth", np.float64), corpus.archived)
        how = near.How(job.threshold, corpus.archived, job.memory, report)
        decisions = decided(work, order, corpus, how, job.contained)
        first = corpus.archived
        own = near.Decisions(decisions.keeper[first:], decisions.similarity[first:], decisions.kind[first:])
        if not job.dry_run and job.output is not None:
            report("writing", None)
            reader = Reader(job.paths, job.reading)
            reader.whole_rows = True
            rows = corpus.kept_rows(reader, own.keeper < 0)
            tables = ParquetRows.of(reader.paths) if suffix_of(job.output) == ".parquet" else None
            if tables is not None:
                tables.write(job.output, corpus.kept_records(own.keeper < 0), force=job.force)
            else:
                write_rows(job.output, rows, corpus.columns, force=job.force)
        if not job.dry_run and job.dropped is not None:
            report("writing what was dropped", None)
            table = (found._asdict() for found in dropped_rows(decisions, corpus, corpus.named))
            write_rows(job.dropped, table, _DROPPED_COLUMNS, force=job.force)
        counts = counts_of(own)
    return DedupeCounts(
        len(own.keeper),
        counts["kept"],
        counts["exact"],
        counts["near"],
        counts["contained"],
        tuple(reader.notices),
        dedupe_params(job.threshold, job.contained, job.keep),
    )


_DROPPED_COLUMNS = SeenColumns(
    id={"str"},
    keeper={"str"},
    similarity={"float"},
    kind={"str"},
    differs={"str"},
    keeper_differs={"str"},
    path={"str"},
    record={"int"},
)


def _asked(job: DedupeJob, reader: Reader) -> dict[str, object]:
    """What a run was asked for: its settings, and the names, sizes and times of its files."""
    files = [[path, os.stat(path).st_size, os.stat(path).st_mtime_ns] for path in reader.paths]  # noqa: PTH116 names of bytes
    return {
        "format": _FORMAT,
        "hashes": HASH_VERSION,
        "files": files,
        "reading": job.reading.as_dict(),
        "against": job.against_name,
        "columns": job.output is not None and not suffix_of(job.output).startswith(".jsonl"),
        **dedupe_params(job.threshold, job.contained, job.keep),
    }


class _Corpus:
    """The documents in a working folder: the archive's, then those of the input. It is the `NumberedTexts` of `near.decide`."""

    def __init__(self, work: FolderWork, job: DedupeJob) -> None:
        self._work, self._job = work, job
        self._paths: dict[str | None, int] = {}
        self.columns = SeenColumns()
        self.archived = 0

    def read(self, reader: Reader) -> None:
        """Sign all documents, except those that an earlier run has signed."""
        state = self._work.stage(_READ) or {"count": 0, "texts": 0, "ids": 0, "archived": 0, "paths": [], "columns": {}}
        self._restore(state)
        if state.get("done"):
            self.archived = state["archived"]
            return
        with_columns = self._job.output is not None and not suffix_of(self._job.output).startswith(".jsonl")
        archive = self._job.against() if self._job.against else ()
        every = chain(((document, None) for document in archive), reader.recorded())
        documents = islice(every, state["count"], None)
        count, archived = state["count"], state["archived"]
        while batch := list(islice(documents, near.SIGNED_BATCH)):
            archived += sum(record is None for _, record in batch)
            self._append(batch)
            if with_columns:
                for document, record in batch:
                    if record is not None:
                        self.columns.see(_row(document, record))
            count += len(batch)
            self._reach(count, archived, done=False)
        self.archived = archived
        self._reach(count, archived, done=True)

    def _append(self, batch: list[tuple[Document, Record | None]]) -> None:
        texts = [document.text for document, _ in batch]
        self._append_strings("texts", texts)
        self._append_strings("ids", [document.id for document, _ in batch])
        files = [
            _ARCHIVE if record is None else self._paths.setdefault(document.path, len(self._paths))
            for document, record in batch
        ]
        self._work.append("files", np.array(files, np.uint32))
        self._work.append("records", np.array([document.record for document, _ in batch], np.uint32))
        keep = self._job.keep
        own = [worth_of(document, _fields(record, keep), keep) for document, record in batch if record is not None]
        self._work.append("worth", np.array(own, np.float64))
        append_signed(self._work, near.sign(texts))

    def _append_strings(self, name: str, strings: list[str]) -> None:
        encoded = [string.encode("utf-8", "surrogatepass") for string in strings]
        before = self._sizes.get(name, 0)
        ends = before + np.cumsum([len(one) for one in encoded], dtype=np.uint64)
        self._work.append(name, np.frombuffer(b"".join(encoded), np.uint8))
        self._work.append(f"{name}_ends", ends.astype(np.uint64))
        self._sizes[name] = int(ends[-1])

    def _restore(self, state: Mapping[str, Any]) -> None:
        """Cut off what the earlier run wrote behind what its state says."""
        count, own = state["count"], state["count"] - state["archived"]
        self._sizes = {"texts": state["texts"], "ids": state["ids"]}
        self._paths = {path: number for number, path in enumerate(state["paths"])}
        self.columns = SeenColumns({name: set(types) for name, types in state["columns"].items()})
        if state.get("done"):
            return
        for name, rows, dtype, width in (
            ("texts", state["texts"], np.uint8, 0),
            ("ids", state["ids"], np.uint8, 0),
            ("texts_ends", count, np.uint64, 0),
            ("ids_ends", count, np.uint64, 0),
            ("files", count, np.uint32, 0),
            ("records", count, np.uint32, 0),
            ("worth", own, np.float64, 0),
            ("hashes", count, np.uint64, 2),
            ("signatures", count, np.uint16, near.NEAR_SLOTS),
            ("filled", count, np.bool_, 0),
        ):
            self._work.truncate(name, rows, dtype, width)

    def _reach(self, count: int, archived: int, *, done: bool) -> None:
        columns = {name: sorted(types) for name, types in self.columns.items()}
        state = {"count": count, "archived": archived, "paths": list(self._paths), "columns": columns, "done": done}
        self._work.reach(_READ, state | self._sizes)

    def many(self, numbers: npt.NDArray[np.integer[Any]]) -> list[str]:
        """Return the texts with these numbers."""
        return self._strings("texts", numbers)

    def _strings(self, name: str, numbers: npt.NDArray[np.integer[Any]]) -> list[str]:
        ends = self._work.array(f"{name}_ends", np.uint64)
        chosen = np.asarray(numbers, np.int64)
        high = ends[chosen].astype(np.int64)
        low = np.where(chosen > 0, ends[np.maximum(chosen, 1) - 1], 0).astype(np.int64)
        out = [""] * len(chosen)
        with self._work.path(name).open("rb") as file:
            for place in np.argsort(low, kind="stable").tolist():  # in the order of the file
                file.seek(low[place])
                out[place] = file.read(high[place] - low[place]).decode("utf-8", "surrogatepass")
        return out

    def named(self, numbers: list[int]) -> list[tuple[str, str | None, int]]:
        """Return the id, the file and the record of each of some documents."""
        files = self._work.array("files", np.uint32)[numbers].tolist()
        records = self._work.array("records", np.uint32)[numbers].tolist()
        paths = dict(enumerate(self._paths))
        names = self._strings("ids", np.array(numbers))
        return [(name, paths.get(file), record) for name, file, record in zip(names, files, records, strict=True)]

    def kept_rows(self, reader: Reader, kept: npt.NDArray[np.bool_]) -> Iterator[FileRow]:
        """Yield the rows that are kept, read again. SourceError if there are not as many as before."""
        number = -1
        for number, (document, record) in enumerate(reader.recorded()):
            if number < len(kept) and kept[number]:
                yield _row(document, record)
        if number + 1 != len(kept):
            raise SourceError("the input changed while it was read; run again")

    def kept_records(self, kept: npt.NDArray[np.bool_]) -> dict[str, npt.NDArray[np.int64]]:
        """Return for each file the numbers of its records that are kept, sorted."""
        files = self._work.array("files", np.uint32)[self.archived :][kept]
        records = self._work.array("records", np.uint32)[self.archived :][kept].astype(np.int64)
        return {str(path): np.sort(records[files == number]) for path, number in self._paths.items()}


def _row(document: Document, record: Record) -> FileRow:
    """The row of a document: as the input has it, or, where it has none, as `dedup read` writes it."""
    return record.row if record.row is not None else document.as_row()


def _fields(record: Record, keep: str) -> Mapping[str, Any]:
    """The values of a record by name, if one of them decides which documents are kept."""
    from dedup.pipeline.dedupe import KEEPS  # noqa: PLC0415
    from dedup.storage.row_files import values_of  # noqa: PLC0415

    return {} if keep in KEEPS or record.row is None else values_of(record.row)
