"""`metadata.csv` in a folder: what is known of the files beside it, a row a file."""

from collections.abc import Mapping
from typing import BinaryIO

from dedup.sources.common import At, File, Reader
from dedup.sources.delimited import rows
from dedup.sources.fields import Fields

NAME = "metadata.csv"
_FILE = ("file", "filename", "file_name", "path", "name", "id")
"""What the column of file names may be called."""

Table = Mapping[str, Mapping[str, object]]
"""Rows, by the name of the file, with its suffix or without."""


def table(file: File, stream: BinaryIO, reader: Reader) -> Table | None:
    """Return the rows of a table, or None for one that holds the texts themselves and so is documents."""
    found: dict[str, Mapping[str, object]] = {}
    for number, (_, row) in enumerate(rows(file, stream, reader)):
        if number == 0 and any(name in row for name in Fields(reader.params).plan(row)["text"]):
            return None
        small = {name.casefold(): name for name in row}
        column = next((small[name] for name in _FILE if name in small), None)
        if column is None:
            At(file, reader).skip("invalid-metadata", f"no column names the files (looked for {', '.join(_FILE)})")
            return {}
        found[row[column].strip()] = {name: value for name, value in row.items() if name != column}
    return found


def of(found: Table, name: str) -> Mapping[str, object]:
    """Return what a table says of the file `name`."""
    return found.get(name) or found.get(name.rsplit(".", 1)[0]) or {}
