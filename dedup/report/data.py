"""A report as JSON, schema `dedup.report/1`, and back."""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from dedup import __version__
from dedup.errors import ReportError
from dedup.types import Change, Document, Extent, Family, Match, Notice, Provenance, Report, Span

SCHEMA = "dedup.report/1"


def to_dict(report: Report, *, with_text: bool = False, boilerplate: bool = False) -> dict[str, Any]:
    """Return the report as plain data; `boilerplate` families only where asked for."""
    return {
        "schema": SCHEMA,
        "version": __version__,
        "params": report.params,
        "documents": [_document(d, report.shared.get(d.id, 0.0), with_text) for d in report.documents],
        "matches": [match_dict(m) for m in report.matches],
        "families": [
            {
                "id": f.id,
                "kind": f.kind,
                "canonical": _span(f.canonical),
                "passages": [_span(p) for p in f.passages],
            }
            for f in report.families
            if boilerplate or f.kind == "reuse"
        ],
        "provenance": _provenance(report.provenance),
        "warnings": [notice_dict(n) for n in report.notices],
    }


def to_json(report: Report, *, with_text: bool = False, boilerplate: bool = False) -> str:
    """Return the report as one line of JSON."""
    return dumps(to_dict(report, with_text=with_text, boilerplate=boilerplate))


def dumps(data: object) -> str:
    """Return plain data as JSON, the way all of ours is written."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def match_dict(match: Match) -> dict[str, Any]:
    """Return a match as plain data."""
    return {
        "a": _span(match.a),
        "b": _span(match.b),
        "kind": match.kind,
        "identity": round(match.identity, 4),
        "bits": match.bits,
        "family": match.family,
        "changes": [
            {
                "type": c.type,
                "a": {"start": c.a.start, "end": c.a.end},
                "b": {"start": c.b.start, "end": c.b.end},
                "flags": list(c.flags),
            }
            for c in match.changes
        ],
    }


def notice_dict(notice: Notice) -> dict[str, Any]:
    """Return a notice as plain data."""
    return {
        "code": notice.code,
        "message": notice.message,
        "path": notice.path,
        "line": notice.line,
        "document": notice.document,
    }


def _provenance(found: Provenance) -> dict[str, Any]:
    return {
        "edges": [asdict(edge) for edge in found.edges],
        "versions": [list(version) for version in found.versions],
        "sources": [asdict(source) | {"kind": "hidden"} for source in found.sources],
    }


def _span(span: Span) -> dict[str, Any]:
    return {"doc": span.doc, "start": span.start, "end": span.end}


def _document(document: Document, shared: float, with_text: bool) -> dict[str, Any]:
    published = document.published
    return {
        "id": document.id,
        "path": document.path,
        "record": document.record,
        "sha256": document.sha256,
        "outlet": document.outlet,
        "title": document.title,
        "published": published.astimezone(UTC).isoformat().replace("+00:00", "Z") if published else None,
        "url": document.url,
        "length": len(document.text),
        "shared": shared,
    } | ({"text": document.text} if with_text else {})


def from_json(
    data: str, fetch: Callable[[Mapping[str, Any]], str], *, only: Collection[str] | None = None
) -> tuple[Report, list[str]]:
    """Return the report in `data`, with the documents `only` (None: all), and the ids of all its documents.

    `fetch` returns the text of a document row that carries none. Fields that are not known are passed over. ReportError for
    anything but a `dedup.report/1`, and for a text that is not the one the report was made from.
    """
    try:
        row = json.loads(data)
        schema = row.get("schema") if isinstance(row, dict) else None
        if schema != SCHEMA:
            raise ReportError(f"not a report: its schema is {schema!r}, not {SCHEMA!r}")
        rows = row["documents"]
        names = [str(d["id"]) for d in rows]
        report = Report(
            tuple(_read_document(d, fetch) for d in rows if only is None or d["id"] in only),
            tuple(_read_match(m) for m in row["matches"]),
            tuple(
                Family(f["id"], f["kind"], _read_span(f["canonical"]), tuple(map(_read_span, f["passages"])))
                for f in row["families"]
            ),
            tuple(Notice(str(n["code"]), str(n["message"]), n["path"], n["line"], n["document"]) for n in row["warnings"]),
            row["params"],
            {d["id"]: d["shared"] for d in rows},
        )
    except RecursionError as error:
        raise ReportError("not a report: nested too deeply") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ReportError(f"not a report: {type(error).__name__}: {error}") from error
    return report, names


def _read_document(row: Mapping[str, Any], fetch: Callable[[Mapping[str, Any]], str]) -> Document:
    document = Document(
        row["id"],
        row["text"] if "text" in row else fetch(row),
        row["path"],
        row["record"],
        row["outlet"],
        row["title"],
        datetime.fromisoformat(row["published"]) if row["published"] else None,
        row["url"],
    )
    if document.sha256 != row["sha256"]:
        raise ReportError(f"{document.id}: its text has changed since the report was made; scan again, or use --with-text")
    return document


def _read_match(row: Mapping[str, Any]) -> Match:
    changes = tuple(Change(c["type"], _read_extent(c["a"]), _read_extent(c["b"]), tuple(c["flags"])) for c in row["changes"])
    a, b = _read_span(row["a"]), _read_span(row["b"])
    return Match(a, b, row["kind"], row["identity"], row["bits"], row["family"], changes)


def _read_extent(row: Mapping[str, Any]) -> Extent:
    return Extent(row["start"], row["end"])


def _read_span(row: Mapping[str, Any]) -> Span:
    return Span(row["doc"], row["start"], row["end"])
