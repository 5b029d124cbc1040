"""The state of an installation, as JSON."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from dedup import __version__
from dedup.report.json_values import dumps

State = Literal["ok", "absent", "broken"]
"""`absent` is optional and not there; `broken` keeps dedup, or an index that was named, from working."""


class Condition(NamedTuple):
    """One thing that was looked at: its area, its name, what was found, and the way out if that is not `ok`."""

    area: str
    name: str
    found: str
    state: State = "ok"
    way: str = ""


def conditions_json(conditions: Sequence[Condition]) -> str:
    """Return the conditions, schema `dedup.doctor/1`."""
    rows = [condition._asdict() for condition in conditions]
    whole = all(condition.state != "broken" for condition in conditions)
    return dumps({"schema": "dedup.doctor/1", "version": __version__, "whole": whole, "conditions": rows})
