"""How many documents were kept and dropped, as JSON."""

from dedup import __version__
from dedup.report.json_values import dumps, notice_row
from dedup.types import DedupeCounts


def counts_json(found: DedupeCounts) -> str:
    """Return the counts of a run as one JSON object."""
    counts = {name: getattr(found, name) for name in ("documents", "kept", "exact", "near", "contained")}
    notices = [notice_row(notice) for notice in found.notices]
    return dumps({"schema": "dedup.dedupe/1", "version": __version__, "params": found.params, **counts, "warnings": notices})
