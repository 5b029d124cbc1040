"""`metadata.csv` in a folder or an archive: what is known of the files beside it, one row for each file."""

from collections.abc import Mapping
from typing import BinaryIO

from dedup.sources.common import File, Position, ReadContext
from dedup.sources.delimited import table_rows
from dedup.sources.fields import FieldFinder

METADATA_FILE = "metadata.csv"
_FILE_COLUMNS = ("file", "filename", "file_name", "path", "name", "id")
"""The usual names of the column that names the files, the preferred first."""

MetadataTable = Mapping[str, Mapping[str, object]]
"""Rows by the file that they are about: its name without its folder, with its suffix or without."""


def read_metadata_table(file: File, stream: BinaryIO, context: ReadContext) -> MetadataTable | None:
    """Return the rows of a table; None if it holds texts itself, and so is an input like any other CSV file."""
    table: dict[str, Mapping[str, object]] = {}
    for number, (_, row) in enumerate(table_rows(file, stream, context)):
        if number == 0 and any(name in row for name in FieldFinder(context.params).keys_by_field(row)["text"]):
            return None
        folded = {name.casefold(): name for name in row}
        column = next((folded[name] for name in _FILE_COLUMNS if name in folded), None)
        if column is None:
            reason = f"no column names the files (looked for {', '.join(_FILE_COLUMNS)}; there are: {', '.join(row)[:200]})"
            Position(file, context).skip("invalid-metadata", reason, "the table is not used")
            return {}
        table[row[column].strip()] = {name: value for name, value in row.items() if name != column}
    return table


def metadata_of(table: MetadataTable, name: str) -> Mapping[str, object]:
    """Return the row of `table` about the file `name`; empty if there is none."""
    return table.get(name) or table.get(name.rsplit(".", 1)[0]) or {}
