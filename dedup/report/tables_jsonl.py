"""Tables as one stream of JSON Lines: each row is an object that names its table, with the columns in order.

The first row, of the table `about`, has the schema, the version and what is true of the result as a whole.
"""

from collections.abc import Iterator
from datetime import datetime

from dedup import __version__
from dedup.report.json_values import dumps
from dedup.report.table_schema import TABLES, TABLES_SCHEMA, ResultTables


def to_json_lines(tables: ResultTables) -> Iterator[str]:
    """Yield one line a row; the last has no line end."""
    yield dumps({"table": "about", "schema": TABLES_SCHEMA, "version": __version__, **tables.about})
    for name, rows in tables.rows.items():
        columns = [column.name for column in TABLES[name].columns]
        for row in rows():
            yield "\n" + dumps({"table": name} | dict(zip(columns, map(_value, row), strict=True)))


def _value(value: object) -> object:
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else value
