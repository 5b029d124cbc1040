"""Parquet and Arrow IPC (Feather): one row, one document. Only the columns that hold its fields are read."""

from collections.abc import Iterator
from typing import Any, BinaryIO

from dedup.sources.columns import Columns
from dedup.sources.common import File, MissingExtra, Position, ReadContext, Record, suffix
from dedup.sources.fields import FieldFinder
from dedup.sources.streams import ReadInParts, random_access

_STREAM_MARK = b"\xff\xff\xff\xff"
"""How a stream of Arrow IPC starts."""
_BATCH_ROWS = 1000
"""Rows that become Python values at a time."""


class Parquet:
    """Tables stored by columns: Parquet, and the file and stream formats of Arrow IPC."""

    name = "parquet"
    suffixes = frozenset({".parquet", ".pq", ".arrow", ".feather", ".ipc", ".arrows"})

    def accepts(self, name: str, head: bytes) -> bool:
        """Return whether the first bytes are those of a table; an Arrow stream also needs its suffix."""
        in_stream = suffix(name) in self.suffixes and head.startswith(_STREAM_MARK)
        return head.startswith((b"PAR1", b"ARROW1\0\0")) or in_stream

    def records(self, file: File, stream: BinaryIO, context: ReadContext) -> Iterator[Record]:
        """Yield a record for each row, up to the place where the file is damaged."""
        try:
            import pyarrow as pa  # noqa: PLC0415 an extra
        except ImportError as error:
            raise MissingExtra("parquet", error) from error
        finder, number = FieldFinder(context.params), 0
        try:
            with random_access(stream) as whole:
                for number, row in enumerate(_rows(whole, finder, Position(file, context))):
                    context.count_unpacked(sum(len(value) for value in row.values() if isinstance(value, str)))
                    if record := finder.record(row, Position(file, context, number, number + 1)):
                        yield record
        # pyarrow raises SystemError at some damaged values.
        except (pa.ArrowException, OSError, ValueError, KeyError, SystemError) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise
            reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
            Position(file, context).stop("damaged-file", f"damaged after {number:,} rows: {reason}")


def _rows(whole: BinaryIO, finder: FieldFinder, at: Position) -> Iterator[dict[str, object]]:
    """The rows of a table, with the columns that may hold fields; none, with a notice, if no column holds the text."""
    from pyarrow import ipc, parquet  # noqa: PLC0415 an extra

    head = whole.read(6)
    whole.seek(0)
    opened: Any
    patient = ReadInParts(whole)
    if head.startswith(b"PAR1"):
        opened = parquet.ParquetFile(patient)
        names = opened.schema_arrow.names
    elif head == b"ARROW1" or head.startswith(_STREAM_MARK):
        opened = ipc.open_file(patient) if head == b"ARROW1" else ipc.open_stream(patient)
        names = opened.schema.names
    else:
        raise ValueError("its first bytes are those of no such table")
    columns = _columns_by_field(names, finder)
    if not columns["text"]:
        at.skip("missing-text", finder.no_text_column(names))
        return
    held = {name.casefold() for chosen in columns.values() for name in chosen}
    wanted = [place for place, name in enumerate(names) if name.casefold() in held or at.context.whole_rows]
    read = Columns([names[place] for place in wanted])
    for batch in _batches(opened, wanted):
        for values in _python_rows(batch):
            yield read.row(values, at)


def _columns_by_field(names: list[str], finder: FieldFinder) -> dict[str, tuple[str, ...]]:
    """By field, the columns that may hold it. Of a name with dots it is the column called like the part before the first."""
    return {
        field: tuple(n if n in names else n.split(".")[0] for n in keys if n in names or n.split(".")[0] in names)
        for field, keys in finder.keys_by_field(names).items()
    }


def _batches(opened: Any, wanted: list[int]) -> Iterator[Any]:
    """The columns at the places `wanted` in batches of rows, of a Parquet file, an Arrow file or an Arrow stream."""
    if hasattr(opened, "iter_batches"):
        names = [opened.schema_arrow.names[place] for place in wanted]
        yield from opened.iter_batches(_BATCH_ROWS, columns=names)  # it returns all columns of a name that occurs repeatedly
    elif hasattr(opened, "num_record_batches"):
        for number in range(opened.num_record_batches):
            yield _validated(opened.get_batch(number).select(wanted))
    else:
        for batch in opened:
            yield _validated(batch.select(wanted))


def _validated(batch: Any) -> Any:
    """Return `batch` after checking that its offsets lie inside it. Arrow would read any memory that a damaged file names."""
    batch.validate(full=True)
    return batch


def _python_rows(batch: Any) -> Iterator[tuple[object, ...]]:
    """The rows of a batch as Python values. Times are cut to microseconds, the resolution of Python's datetime."""
    import pyarrow as pa  # noqa: PLC0415 an extra

    columns = []
    for column in batch.columns:
        nanoseconds = pa.types.is_timestamp(column.type) and column.type.unit == "ns"
        columns.append(_values(column.cast(pa.timestamp("us", column.type.tz), safe=False) if nanoseconds else column))
    yield from zip(*columns, strict=True)


def _values(column: Any) -> list[object]:
    """The values of a column. Bytes become text, because many programs write text as bytes."""
    try:
        values: list[object] = column.to_pylist()
    except (ValueError, OverflowError, KeyError):  # a value is not valid UTF-8, or a time that Python cannot hold
        values = [_value(scalar) for scalar in column]
    return [value.decode("utf-8", "replace") if isinstance(value, bytes) else value for value in values]


def _value(scalar: Any) -> object:
    """The value of an Arrow scalar: of invalid UTF-8 its bytes, of a time that Python cannot hold a description."""
    try:
        return scalar.as_py()
    except UnicodeDecodeError:
        return scalar.as_buffer().to_pybytes() if hasattr(scalar, "as_buffer") else None
    except (ValueError, OverflowError, KeyError):
        return f"{scalar.type} outside the calendar"


PARQUET = Parquet()
