"""What each outlet starts, carries, copies and follows as JSON, schema `dedup.outlets/1`: lists of flat records."""

from dedup import __version__
from dedup.outlet_types import Outlets
from dedup.report.json_values import dumps, notice_row

OUTLETS_SCHEMA = "dedup.outlets/1"


def outlets_json(found: Outlets) -> str:
    """Return the records as one JSON object on one line."""
    head = {"schema": OUTLETS_SCHEMA, "version": __version__, "params": found.params}
    rest = {"without_outlet": found.without_outlet, "warnings": [notice_row(notice) for notice in found.notices]}
    return dumps(head | found.records() | rest)
