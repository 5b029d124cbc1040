"""Checked drafts as JSON, schema `dedup.check/1`."""

from collections.abc import Sequence
from typing import Any

from dedup import __version__
from dedup.report.json_values import change_row, dumps, notice_row
from dedup.types import Checked, Judged, Notice

_SCHEMA = "dedup.check/1"


def checked_json(checked: Sequence[Checked], *, notices: Sequence[Notice] = ()) -> str:
    """Return checked drafts as one line of JSON; `notices` are those of reading the drafts."""
    drafts = [
        {
            "id": one.draft.id,
            "outlet": one.draft.outlet,
            "length": len(one.draft.text),
            "shared": one.shared,
            "passages": [_passage(passage) for passage in one.passages],
        }
        for one in checked
    ]
    warnings = [notice_row(n) for n in (*notices, *(n for one in checked for n in one.notices))]
    return dumps({"schema": _SCHEMA, "version": __version__, "drafts": drafts, "warnings": warnings})


def _passage(passage: Judged) -> dict[str, Any]:
    return {
        "start": passage.start,
        "end": passage.end,
        "judgement": passage.judgement,
        "reason": passage.reason,
        "sources": [source._asdict() for source in passage.sources],
        "changes": [change_row(change) for change in passage.changes],
    }
