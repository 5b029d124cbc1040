"""Rows to files: JSON Lines, CSV or Parquet, by the suffix of the file's name, written whole or not at all."""

import csv
import gzip
import io
import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO, cast

from dedup.errors import SourceError, UsageError, install_hint
from dedup.report.json_values import dumps
from dedup.storage.files import write_whole

FileRow = Mapping[str, Any] | bytes
"""Values by name, or the line of JSON Lines that holds them."""
SUFFIXES = (".jsonl", ".jsonl.gz", ".csv", ".csv.gz", ".tsv", ".tsv.gz", ".parquet")
_BATCH = 5000
"""Rows that are converted at a time."""


def suffix_of(path: Path) -> str:
    """Return the one of `SUFFIXES` with which a file's name ends; UsageError if there is none."""
    name = path.name.lower()
    found = next((suffix for suffix in SUFFIXES if name.endswith(suffix)), None)
    if found is None:
        raise UsageError(f"{path}: the suffix decides the format; use one of {', '.join(SUFFIXES)}")
    return found


class SeenColumns(dict[str, set[str]]):
    """The names of columns in the order of their first occurrence, and the types of their values."""

    def see(self, row: FileRow) -> None:
        """Add the columns of a row."""
        for name, value in values_of(row).items():
            self.setdefault(str(name), set()).add(_type_of(value))


def values_of(row: FileRow) -> Mapping[str, Any]:
    """Return the values of a row by name."""
    if not isinstance(row, bytes):
        return row
    found = json.loads(row.decode("utf-8", "replace").strip("\ufeff\x1e \t\r\n").removesuffix(","))
    return cast("Mapping[str, Any]", found)


def write_rows(path: Path, rows: Iterable[FileRow], columns: SeenColumns, *, force: bool = False) -> None:
    """Write `rows` to `path`. Tables have the `columns`; a value that a column's type cannot hold is written as JSON.

    Lines of JSON Lines go into such a file as they are. UsageError for an unknown suffix and as `write_whole`; SourceError
    where the file cannot be written, or its format needs a package.
    """
    suffix = suffix_of(path)
    encoded: Callable[[Iterable[FileRow], SeenColumns], Iterator[bytes]] = _lines
    if suffix.startswith((".csv", ".tsv")):
        encoded = _tab_separated if suffix.startswith(".tsv") else _comma_separated
    elif suffix == ".parquet":
        encoded = _parquet
    data = encoded(rows, columns)
    try:
        write_whole(path, _packed(data) if suffix.endswith(".gz") else data, force=force)
    except OSError as error:
        raise SourceError(f"cannot write {path}: {error.strerror or error}", path=str(path)) from error


def _lines(rows: Iterable[FileRow], _columns: SeenColumns) -> Iterator[bytes]:
    for row in rows:
        if isinstance(row, bytes):
            yield row.rstrip(b"\r\n") + b"\n"
        else:
            yield dumps({str(name): _plain(value) for name, value in row.items()}).encode("utf-8", "backslashreplace") + b"\n"


def _comma_separated(rows: Iterable[FileRow], columns: SeenColumns) -> Iterator[bytes]:
    return _separated(rows, columns, ",")


def _tab_separated(rows: Iterable[FileRow], columns: SeenColumns) -> Iterator[bytes]:
    return _separated(rows, columns, "\t")


def _separated(rows: Iterable[FileRow], columns: SeenColumns, delimiter: str) -> Iterator[bytes]:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerow(columns)
    for batch in _batches(rows):
        for row in batch:
            values = values_of(row)
            writer.writerow([_cell(values.get(name)) for name in columns])
        yield out.getvalue().encode("utf-8", "backslashreplace")
        out.seek(0)
        out.truncate()
    yield out.getvalue().encode("utf-8", "backslashreplace")


def _parquet(rows: Iterable[FileRow], columns: SeenColumns) -> Iterator[bytes]:
    try:
        import pyarrow as pa  # noqa: PLC0415 an extra
        from pyarrow import parquet  # noqa: PLC0415
    except ImportError as error:
        raise SourceError(install_hint(error.name or str(error), "parquet")) from error
    types = {"bool": pa.bool_(), "int": pa.int64(), "float": pa.float64(), "time": pa.timestamp("us", "UTC")}
    chosen = {name: _chosen(found) for name, found in columns.items()}
    schema = pa.schema([(name, types.get(kind, pa.string())) for name, kind in chosen.items()])
    sink = Sink()
    with parquet.ParquetWriter(pa.PythonFile(sink, "w"), schema) as writer:
        for batch in _batches(rows):
            found = [values_of(row) for row in batch]
            arrays = [
                pa.array([_fitting(row.get(name), kind) for row in found], schema.field(name).type)
                for name, kind in chosen.items()
            ]
            writer.write_batch(pa.record_batch(arrays, schema=schema))
            yield sink.taken()
    yield sink.taken()


class Sink(io.RawIOBase):
    """A file in memory that is emptied while it is written."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting: list[bytes] = []
        self._position = 0

    def writable(self) -> bool:
        """Return True."""
        return True

    def write(self, data: Any) -> int:
        """Take `data`."""
        copied = bytes(data)
        self._waiting.append(copied)
        self._position += len(copied)
        return len(copied)

    def tell(self) -> int:
        """Return the number of bytes written."""
        return self._position

    def taken(self) -> bytes:
        """Return what was written since the last call."""
        out = b"".join(self._waiting)
        self._waiting.clear()
        return out


def _packed(data: Iterable[bytes]) -> Iterator[bytes]:
    """`data` as gzip, without a time, so that the same rows are the same bytes."""
    sink = Sink()
    with gzip.GzipFile(fileobj=cast("BinaryIO", sink), mode="wb", mtime=0, filename="") as packed:
        for piece in data:
            packed.write(piece)
            yield sink.taken()
    yield sink.taken()


def _batches(rows: Iterable[FileRow]) -> Iterator[list[FileRow]]:
    batch: list[FileRow] = []
    for row in rows:
        batch.append(row)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _type_of(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int):
        return "int" if -(1 << 63) <= value < 1 << 63 else "other"
    if isinstance(value, float):
        return "float"
    if isinstance(value, datetime):
        return "time"
    return "str" if isinstance(value, str) else "other"


def _chosen(found: set[str]) -> str:
    """The type of a column by the types of its values: numbers may be mixed, all else becomes text."""
    found = found - {"null"}
    if len(found) == 1:
        return next(iter(found))
    return "float" if found == {"int", "float"} else "str"


def _fitting(value: object, kind: str) -> object:
    if value is None or (_type_of(value) == kind and kind != "other"):
        return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value
    if kind == "float" and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return _cell(value)


def _cell(value: object) -> str:
    """A value as text for a cell: nothing for None, JSON for what is neither text nor number."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    plain = _plain(value)
    return plain if isinstance(plain, str) else dumps(plain)


def _plain(value: object) -> object:
    """A value as JSON can hold it."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, Mapping):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if isinstance(value, str | int | float | bool | None) else str(value)
