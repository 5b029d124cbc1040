"""Tables as CSV, one file each, for spreadsheets and for any program (RFC 4180, UTF-8, lines end with a line feed).

An empty cell is null; `""` is an empty text. A text that a spreadsheet would take for a formula gets an apostrophe before it,
because titles come from strangers (https://owasp.org/www-community/attacks/CSV_Injection). The other formats keep texts as they
are.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from dedup.report.json_values import dumps
from dedup.report.table_schema import TABLES, Column, Folder, ResultTables, Row, TableSchema

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell starts that spreadsheets compute, and the white space that they skip before it."""
_QUOTED = re.compile(r'[",\r\n]|^\s|\s$|^$')


def to_csv(tables: ResultTables) -> Folder:
    """Return a file for each table."""
    return Folder({f"{name}.csv": _lines(TABLES[name], rows) for name, rows in tables.rows.items()}, tables.about)


def _lines(schema: TableSchema, make: Callable[[], Iterable[Row]]) -> Iterator[str]:
    yield ",".join(column.name for column in schema.columns) + "\n"
    rows = make()
    times = [n for n, column in enumerate(schema.columns) if column.type.startswith("timestamp")]
    fraction = False
    if times:  # pandas reads a column of times only if all are written alike
        rows = list(rows)
        fraction = any(time.microsecond for row in rows for n in times if isinstance(time := row[n], datetime))
    cells = [_cell(column, fraction=fraction) for column in schema.columns]
    for row in rows:
        yield ",".join([cell(value) if value is not None else "" for cell, value in zip(cells, row, strict=True)]) + "\n"


def _cell(column: Column, *, fraction: bool) -> Callable[[object], str]:
    """The function that writes a value of a column."""
    if column.type.startswith("list"):
        return lambda value: _quoted(_plain(dumps(value)))
    if column.type.startswith("timestamp"):
        timespec = "microseconds" if fraction else "seconds"
        return lambda value: value.isoformat(timespec=timespec).replace("+00:00", "Z")  # type: ignore[attr-defined] # a datetime
    return {"string": _text, "bool": lambda value: "true" if value else "false"}.get(column.type, repr)


def _text(value: object) -> str:
    text = _plain(str(value))
    return _quoted(f"'{text}" if text.startswith(_FORMULA) else text)


def _plain(text: str) -> str:
    r"""The text with `\x00` for NUL, at which many readers end a cell."""
    return text.replace("\x00", "\\x00") if "\x00" in text else text


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text
