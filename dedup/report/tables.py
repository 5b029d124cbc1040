"""Tables of a result in Python: Arrow tables, and data frames of pandas and polars."""

from collections.abc import Callable, Iterable
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from dedup.errors import UsageError, install_hint
from dedup.outlet_types import Outlets
from dedup.report.check_tables import check_tables
from dedup.report.outlet_tables import outlet_tables
from dedup.report.report_tables import report_tables
from dedup.report.table_schema import ResultTables
from dedup.report.tables_parquet import arrow_table, pyarrow
from dedup.types import CONTENTS, Checked, Report, Tables

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa


def tables(result: Report | Outlets | Checked | Iterable[Checked], *, with_text: bool = False) -> Tables:
    """Return the tables of a report, of outlets, or of checked drafts, as Arrow tables. Each is made when it is first read.

    `with_text` fills the column `text` of the documents of a report. UsageError without pyarrow (the extra `parquet`).

    >>> from dedup.types import Document
    >>> found = tables(Report((Document("a", "One story."),), (), ()))
    >>> found["documents"].column("id").to_pylist()
    ['a']
    """
    pyarrow()  # now, and not when the first table is read
    if isinstance(result, Report):
        return as_tables(report_tables(result, with_text=with_text, shown=CONTENTS))
    if isinstance(result, Outlets):
        return as_tables(outlet_tables(result))
    checked = [result] if isinstance(result, Checked) else list(result)
    for one in checked:
        if not isinstance(one, Checked):
            raise UsageError(f"tables takes a Report, Outlets or results of check, not {type(one).__name__}")
    return as_tables(check_tables(checked))


def as_tables(made: ResultTables) -> Tables:
    """Return rows as Arrow tables."""
    makers: dict[str, Callable[[], Any]] = {name: partial(arrow_table, name, rows) for name, rows in made.rows.items()}
    return Tables(makers)


def pandas_frame(table: "pa.Table") -> "pd.DataFrame":
    """Return a table as a data frame of pandas. Whole numbers stay whole numbers where some are missing."""
    _installed("pandas")
    frame = table.to_pandas()
    for column in table.schema:
        if str(column.type) == "int64" and table.column(column.name).null_count:
            frame[column.name] = frame[column.name].astype("Int64")
    return frame


def polars_frame(table: "pa.Table") -> "pl.DataFrame":
    """Return a table as a data frame of polars."""
    frame: pl.DataFrame = _installed("polars").DataFrame(table)
    return frame


def _installed(module: str) -> Any:
    """The module of that name. UsageError where it is not installed."""
    try:
        return import_module(module)
    except ImportError as error:
        raise UsageError(f"to_{module} {install_hint(module, 'frames')}") from error
