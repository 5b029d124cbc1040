"""Parquet and Arrow IPC (Feather): a row a document; only the columns that hold its fields are read."""

from collections.abc import Iterator
from typing import Any, BinaryIO

from dedup.sources.common import At, File, MissingExtra, Reader, Record, suffix
from dedup.sources.fields import Fields
from dedup.sources.streams import seekable

_BATCH = 1000
"""Rows that are made ready at a time."""


class Columns:
    """Tables of columns."""

    name = "parquet"

    def claims(self, name: str) -> bool:
        """Whether the name ends like one."""
        return suffix(name) in {".parquet", ".pq", ".arrow", ".feather", ".ipc", ".arrows"}

    def accepts(self, name: str, head: bytes) -> bool:
        """Whether it starts as one."""
        return head.startswith((b"PAR1", b"ARROW1\0\0")) or (self.claims(name) and head.startswith(b"\xff\xff\xff\xff"))

    def records(self, file: File, stream: BinaryIO, reader: Reader) -> Iterator[Record]:
        """Yield a record a row; of a damaged file those before the damage."""
        try:
            import pyarrow as pa  # noqa: PLC0415 an extra
        except ImportError as error:
            raise MissingExtra("parquet", error) from error
        fields, number = Fields(reader.params), 0
        try:
            with seekable(stream) as whole:
                for number, row in enumerate(_rows(whole, fields, At(file, reader))):
                    if record := fields.record(row, At(file, reader, number, number + 1)):
                        yield record
        except (pa.ArrowException, OSError, ValueError, KeyError, SystemError) as error:  # the last of damaged values
            if isinstance(error, OSError) and error.errno is not None:
                raise
            why = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
            At(file, reader).skip("damaged-file", f"damaged after {number:,} rows: {why}", "what stands before that is read")


def _rows(whole: BinaryIO, fields: Fields, at: At) -> Iterator[dict[str, object]]:
    """The rows of a table, with the columns that are fields; none, with a notice, where no column holds the text."""
    from pyarrow import ipc, parquet  # noqa: PLC0415 an extra

    head = whole.read(6)
    whole.seek(0)
    opened: Any
    if head.startswith(b"PAR1"):
        opened = parquet.ParquetFile(whole)
        names = opened.schema_arrow.names
    else:
        opened = ipc.open_file(whole) if head == b"ARROW1" else ipc.open_stream(whole)
        names = opened.schema.names
    chosen = _chosen(names, fields)
    if not chosen["text"]:
        way = f"(looked for {fields.wanted()}; there are: {', '.join(names)[:200]}); name it with --fields text=NAME"
        at.skip("missing-text", f"no column holds the text {way}")
        return
    wanted = [name for name in names if any(name in own for own in chosen.values())]
    for batch in _batches(opened, wanted):
        yield from _plain(batch)


def _chosen(names: list[str], fields: Fields) -> dict[str, tuple[str, ...]]:
    """By field, the columns that may hold it; of a path with dots its first part."""
    plan = fields.plan(names)
    return {
        field: tuple(n if n in names else n.split(".")[0] for n in own if n in names or n.split(".")[0] in names)
        for field, own in plan.items()
    }


def _batches(opened: Any, wanted: list[str]) -> Iterator[Any]:
    if hasattr(opened, "iter_batches"):
        yield from opened.iter_batches(_BATCH, columns=wanted)
    elif hasattr(opened, "num_record_batches"):
        for number in range(opened.num_record_batches):
            yield _sound(opened.get_batch(number).select(wanted))
    else:
        for batch in opened:
            yield _sound(batch.select(wanted))


def _sound(batch: Any) -> Any:
    """Return a batch whose offsets lie within it; Arrow trusts those of a file, and reads wherever they point."""
    batch.validate(full=True)
    return batch


def _plain(batch: Any) -> Iterator[dict[str, object]]:
    """The rows of a batch; times to the microsecond, which is all that Python's hold."""
    import pyarrow as pa  # noqa: PLC0415 an extra

    columns = []
    for column in batch.columns:
        timed = pa.types.is_timestamp(column.type) and column.type.unit == "ns"
        columns.append(_values(column.cast(pa.timestamp("us", column.type.tz), safe=False) if timed else column))
    names = batch.schema.names
    for values in zip(*columns, strict=True):
        yield dict(zip(names, values, strict=True))


def _values(column: Any) -> list[object]:
    """The values of a column; bytes as text, which many programs write so, and what Python cannot hold as words."""
    try:
        values: list[object] = column.to_pylist()
    except (ValueError, OverflowError, KeyError):  # one is not valid UTF-8, or a time beyond all calendars
        values = [_value(scalar) for scalar in column]
    return [value.decode("utf-8", "replace") if isinstance(value, bytes) else value for value in values]


def _value(scalar: Any) -> object:
    try:
        return scalar.as_py()
    except UnicodeDecodeError:
        return scalar.as_buffer().to_pybytes() if hasattr(scalar, "as_buffer") else None
    except (ValueError, OverflowError, KeyError):
        return f"{scalar.type} that no calendar has"


SOURCE = Columns()
