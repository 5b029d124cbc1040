"""What an index answers, as JSON: the outcome of a command, and passages that could not be verified."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from dedup.report.json_values import dumps


class Outcome(NamedTuple):
    """What a command did or counted: in words, and as plain data."""

    text: str
    row: Mapping[str, object]


def outcome_json(outcome: Outcome) -> str:
    """Return the outcome, schema `dedup.index/1`."""
    return dumps({"schema": "dedup.index/1", **outcome.row})


def unverified_json(rows: Sequence[Mapping[str, object]]) -> str:
    """Return passages that share fingerprints, schema `dedup.unverified/1`."""
    return dumps({"schema": "dedup.unverified/1", "matches": list(rows)})
