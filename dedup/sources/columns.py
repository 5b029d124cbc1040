"""The columns of a table: rows of values to values by name, also where several columns have one name."""

from collections.abc import Sequence
from math import isnan
from typing import Any

from dedup.press.names import is_missing
from dedup.sources.common import Position


class Columns:
    """Columns with `names`. Of several columns of one name, the first that holds something in a row counts in it."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = list(names)
        places: dict[str, list[int]] = {}
        for place, name in enumerate(names):
            places.setdefault(name.casefold(), []).append(place)  # fields are found whatever the case of their names
        self._repeated = [found for name, found in places.items() if name and len(found) > 1]
        self._told: set[str] = set()

    def row(self, values: Sequence[Any], at: Position) -> dict[str, Any]:
        """Return `values` by name; where a value is passed over for the first time, with a notice about its column."""
        row = dict(zip(self.names, values, strict=True))
        for places in self._repeated:
            filled = [place for place in places if is_filled(values[place])]
            name = self.names[places[0]]
            for place in places:
                row[self.names[place]] = values[filled[0] if filled else places[0]]
            if name not in self._told and any(values[place] != values[filled[0]] for place in filled[1:]):
                self._told.add(name)
                reason = f"{len(places)} columns are called {name!r}"
                at.skip("repeated-column", reason, "of each row the first that holds something counts; rename the others")
        return row


def is_filled(value: object) -> bool:
    """Return whether a value holds something: more than white space or what stands for a missing value."""
    if isinstance(value, str):
        return bool(value.strip()) and not is_missing(value)
    return value is not None and not (isinstance(value, float) and isnan(value))
