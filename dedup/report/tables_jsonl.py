"""Tables as one stream of JSON Lines: each row is an object that names its table, with the columns in order."""

from collections.abc import Iterator
from datetime import datetime

from dedup.report.json_values import dumps
from dedup.report.table_schema import TABLES, ResultTables


def to_json_lines(tables: ResultTables) -> Iterator[str]:
    """Yield one line a row; the last has no line end."""
    between = ""
    for name, rows in tables.rows.items():
        columns = [column.name for column in TABLES[name].columns]
        for row in rows():
            yield between + dumps({"table": name} | dict(zip(columns, map(_value, row), strict=True)))
            between = "\n"


def _value(value: object) -> object:
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else value
