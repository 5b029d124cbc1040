"""Tables as Parquet, one file each. This is the only module of the reports that loads pyarrow."""

from collections.abc import Callable, Iterable
from itertools import islice
from typing import TYPE_CHECKING, Any

from dedup.errors import UsageError, install_hint
from dedup.report.table_schema import TABLES, TABLES_SCHEMA, ColumnType, Folder, ResultTables, Row

if TYPE_CHECKING:
    import pyarrow as pa

_BATCH = 65536
"""Rows that are Python objects at the same time."""


def to_parquet(tables: ResultTables) -> Folder:
    """Return a file for each table. UsageError without pyarrow."""
    pyarrow()
    return Folder({f"{name}.parquet": _file(name, rows) for name, rows in tables.rows.items()}, tables.about)


def pyarrow() -> Any:
    """Return the module pyarrow. UsageError where it is not installed."""
    try:
        import pyarrow as pa  # noqa: PLC0415 an extra
    except ImportError as error:
        raise UsageError(f"Arrow and Parquet tables: {install_hint('pyarrow', 'parquet')}") from error
    return pa


def arrow_table(name: str, rows: Callable[[], Iterable[Row]]) -> "pa.Table":
    """Return the table `name` of the given rows."""
    pa = pyarrow()
    types = {column.name: _arrow_type(column.type) for column in TABLES[name].columns}
    schema = pa.schema(list(types.items()), metadata={"dedup.schema": TABLES_SCHEMA, "dedup.table": name})
    left, batches = iter(rows()), []
    while some := list(islice(left, _BATCH)):
        columns = zip(*some, strict=True)
        arrays = [_array(values, kind) for values, kind in zip(columns, types.values(), strict=True)]
        batches.append(pa.record_batch(arrays, schema=schema))
    return pa.Table.from_batches(batches, schema=schema)


def _file(name: str, rows: Callable[[], Iterable[Row]]) -> Iterable[memoryview]:
    pa = pyarrow()
    from pyarrow import parquet  # noqa: PLC0415 an extra

    sink = pa.BufferOutputStream()
    parquet.write_table(arrow_table(name, rows), sink, compression="zstd")
    yield memoryview(sink.getvalue())


def _arrow_type(name: ColumnType) -> "pa.DataType":
    pa = pyarrow()
    if name.startswith("list<"):
        return pa.list_(_arrow_type(name[len("list<") : -1]))  # type: ignore[arg-type] # the type of its items
    return pa.timestamp("us", "UTC") if name.startswith("timestamp") else getattr(pa, {"bool": "bool_"}.get(name, name))()


def _array(values: tuple[object, ...], kind: "pa.DataType") -> "pa.Array":
    pa = pyarrow()
    try:
        return pa.array(values, kind)
    except UnicodeEncodeError:
        return pa.array([_encodable(value) for value in values], kind)


def _encodable(value: object) -> object:
    r"""A value with `\ud800` for a lone surrogate, which UTF-8 cannot hold."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    return [_encodable(item) for item in value] if isinstance(value, list | tuple) else value
