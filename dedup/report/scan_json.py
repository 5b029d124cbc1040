"""A report as JSON, schema `dedup.report/1`, and back."""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, get_args

from dedup import __version__
from dedup.errors import ReportError
from dedup.report.provenance_json import provenance_row
from dedup.types import Change, Document, Extent, Family, Flag, Match, Notice, Report, Span

SCHEMA = "dedup.report/1"
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_FLAGS: dict[tuple[Flag, ...], str] = {(): "[]"} | {(flag,): f'["{flag}"]' for flag in get_args(Flag)}
"""As JSON, those that most changes have."""


def to_json(report: Report, *, with_text: bool = False, boilerplate: bool = False) -> Iterator[str]:
    """Yield the report as one line of JSON, in pieces; `boilerplate` families only where asked for."""
    # Matches are many, and each is written as it comes: the whole as plain data would hold all the memory of a scan.
    names = _Names()
    yield f'{{"schema":{dumps(SCHEMA)},"version":{dumps(__version__)},"params":{dumps(report.params)}'
    documents = (dumps(_document(d, report.shared.get(d.id, 0.0), with_text)) for d in report.documents)
    yield from _array("documents", documents)
    yield from _array("matches", (match_json(m, names) for m in report.matches))
    families = (f for f in report.families if boilerplate or f.kind == "reuse")
    yield from _array("families", (_family(f, names) for f in families))
    notices = [notice_dict(n) for n in report.notices]
    yield f',"provenance":{dumps(provenance_row(report.provenance))},"warnings":{dumps(notices)}}}'


def dumps(data: object) -> str:
    """Return plain data as JSON, the way all of ours is written."""
    return _ENCODER.encode(data)


class _Names(dict[str | None, str]):
    """Documents' ids, flags and the like as JSON, each written once."""

    def __missing__(self, key: str | None) -> str:
        self[key] = dumps(key)
        return self[key]


def _array(name: str, items: Iterable[str]) -> Iterator[str]:
    yield f',"{name}":['
    between = ""
    for item in items:
        yield between + item
        between = ","
    yield "]"


def match_json(match: Match, names: _Names | None = None) -> str:
    """Return a match as JSON."""
    names = _Names() if names is None else names
    changes = ",".join(
        f'{{"type":"{kind}","a":{{"start":{a_start},"end":{a_end}}},"b":{{"start":{b_start},"end":{b_end}}}'
        f',"flags":{_FLAGS.get(flags) or dumps(flags)}}}'
        for kind, (a_start, a_end), (b_start, b_end), flags in match.changes
    )
    return (
        f'{{"a":{_span(match.a, names)},"b":{_span(match.b, names)},"kind":"{match.kind}","identity":{round(match.identity, 4)}'
        f',"bits":{match.bits},"family":{names[match.family]},"changes":[{changes}]}}'
    )


def _family(family: Family, names: _Names) -> str:
    passages = ",".join(_span(p, names) for p in family.passages)
    canonical = _span(family.canonical, names)
    return f'{{"id":{dumps(family.id)},"kind":"{family.kind}","canonical":{canonical},"passages":[{passages}]}}'


def _span(span: Span, names: _Names) -> str:
    return f'{{"doc":{names[span.doc]},"start":{span.start},"end":{span.end}}}'


def notice_dict(notice: Notice) -> dict[str, Any]:
    """Return a notice as plain data."""
    return {
        "code": notice.code,
        "message": notice.message,
        "path": notice.path,
        "line": notice.line,
        "document": notice.document,
    }


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
        "author": document.author,
        "origins": dict(document.origins),
        "length": len(document.text),
        "shared": shared,
    } | ({"text": document.text} if with_text else {})


def document_json(document: Document) -> str:
    """Return a document as a line that `dedup.read` takes: its text, and what is known of it."""
    published = document.published
    row = {
        "id": document.id,
        "outlet": document.outlet,
        "title": document.title,
        "published": published.astimezone(UTC).isoformat().replace("+00:00", "Z") if published else None,
        "url": document.url,
        "kind": document.kind,
        "agency": document.agency,
        "author": document.author,
        "text": document.text,
    }
    return dumps({name: value for name, value in row.items() if value is not None})


def from_json(
    data: str,
    fetch: Callable[[Mapping[str, Any], Mapping[str, Any] | None], str],
    *,
    only: Collection[str] | None = None,
) -> tuple[Report, list[str]]:
    """Return the report in `data`, with the documents `only` (None: all), and the ids of all its documents.

    `fetch` returns the text of a document row that carries none, given how it was read. Fields that are not known are
    passed over. ReportError for anything but a `dedup.report/1`, and for a text that is not the one the report was made from.
    """
    try:
        row = json.loads(data)
        schema = row.get("schema") if isinstance(row, dict) else None
        if schema != SCHEMA:
            raise ReportError(f"not a report: its schema is {schema!r}, not {SCHEMA!r}")
        rows = row["documents"]
        names = [str(d["id"]) for d in rows]
        read = row["params"].get("reading")
        report = Report(
            tuple(_read_document(d, fetch, read) for d in rows if only is None or d["id"] in only),
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


def _read_document(row: Mapping[str, Any], fetch: Callable[..., str], read: Mapping[str, Any] | None) -> Document:
    document = Document(
        row["id"],
        row["text"] if "text" in row else fetch(row, read),
        row["path"],
        row["record"],
        row["outlet"],
        row["title"],
        datetime.fromisoformat(row["published"]) if row["published"] else None,
        row["url"],
        author=row.get("author"),
        origins=tuple(row.get("origins", {}).items()),
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
