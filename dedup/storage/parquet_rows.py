"""Rows of Parquet files to another Parquet file, with the same columns and types."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from dedup.errors import SourceError
from dedup.storage.files import write_whole
from dedup.storage.open_files import file_head
from dedup.storage.row_files import Sink

_MARK = b"PAR1"
_BATCH_ROWS = 10_000


class ParquetRows:
    """Parquet files of one schema."""

    def __init__(self, paths: list[str], schema: Any) -> None:
        """`schema` is that of all files."""
        self._paths, self._schema = paths, schema

    @classmethod
    def of(cls, paths: list[str]) -> "ParquetRows | None":
        """Return the rows of `paths` if all of them are Parquet files with the same columns, else None."""
        try:
            if not paths or any(file_head(Path(path), 4) != _MARK for path in paths):
                return None
            from pyarrow import parquet  # noqa: PLC0415 an extra

            schemas = [parquet.read_schema(path) for path in paths]
        except (ImportError, OSError, ValueError):
            return None
        return cls(paths, schemas[0]) if all(schemas[0].equals(schema) for schema in schemas[1:]) else None

    def write(self, output: Path, records: Mapping[str, npt.NDArray[np.int64]], *, force: bool = False) -> None:
        """Write the rows with the numbers `records` of each file to `output`; errors as in `row_files.write_rows`."""
        try:
            write_whole(output, self._written(records), force=force)
        except OSError as error:
            raise SourceError(f"cannot write {output}: {error.strerror or error}", path=str(output)) from error

    def _written(self, records: Mapping[str, npt.NDArray[np.int64]]) -> Iterator[bytes]:
        import pyarrow as pa  # noqa: PLC0415 an extra
        from pyarrow import parquet  # noqa: PLC0415

        sink = Sink()
        with parquet.ParquetWriter(pa.PythonFile(sink, "w"), self._schema) as writer:
            for path in self._paths:
                kept, first = records.get(path, np.empty(0, np.int64)), 0
                for batch in parquet.ParquetFile(path).iter_batches(_BATCH_ROWS):
                    low, high = np.searchsorted(kept, [first, first + batch.num_rows])
                    if high > low:
                        writer.write_batch(batch.take(pa.array(kept[low:high] - first)))
                    first += batch.num_rows
                    yield sink.taken()
        yield sink.taken()
