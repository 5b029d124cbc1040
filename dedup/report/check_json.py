"""Checked drafts as JSON, schema `dedup.check/1`."""

from collections.abc import Sequence
from typing import Any

from dedup import __version__
from dedup.report.json_values import change_row, dumps, notice_row
from dedup.types import Checked, Document, Judged, Notice

_SCHEMA = "dedup.check/1"


def checked_json(checked: Sequence[Checked], *, notices: Sequence[Notice] = ()) -> str:
    """Return checked drafts as one line of JSON; `notices` are those of reading the drafts."""
    drafts = [
        {
            "id": one.draft.id,
            "outlet": one.draft.outlet,
            "length": len(one.draft.text),
            "shared": one.shared,
            "passages": [_passage(one, passage) for passage in one.passages],
            "findings": [
                {"passages": list(f.passages), "judgement": f.judgement, "sources": list(f.sources)} for f in one.findings
            ],
            "left_out": one.left_out,
        }
        for one in checked
    ]
    warnings = [notice_row(n) for n in (*notices, *(n for one in checked for n in one.notices))]
    return dumps({"schema": _SCHEMA, "version": __version__, "drafts": drafts, "warnings": warnings})


def _passage(one: Checked, passage: Judged) -> dict[str, Any]:
    known = {source.id: source for source in one.sources}
    return {
        "start": passage.start,
        "end": passage.end,
        "judgement": passage.judgement,
        "reason": passage.reason,
        "sources": [source._asdict() | _about(known.get(source.doc)) for source in passage.sources],
        "changes": [change_row(change) for change in passage.changes],
    }


def _about(document: Document | None) -> dict[str, Any]:
    published = document.published if document else None
    return {
        "outlet": document and document.outlet,
        "title": document and document.title,
        "published": published and published.isoformat(),
        "url": document and document.url,
    }
