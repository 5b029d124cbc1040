"""A report as JSON, schema `dedup.report/1`, and back.

`from_json(to_json(report, with_text=True, shown=CONTENTS))` equals `report`: every number is written in full.
"""

import json
import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from operator import index
from typing import Any, get_args

from dedup import __version__
from dedup.errors import ReportError
from dedup.params import SHOWN
from dedup.report.fitting import check_report
from dedup.report.json_values import dumps, notice_row
from dedup.report.provenance_rows import provenance_from, provenance_row
from dedup.report.shown import left_out, shown_families, shown_matches
from dedup.types import (
    CONTENTS,
    Change,
    Content,
    Document,
    Extent,
    Family,
    Flag,
    Match,
    Notice,
    Part,
    Report,
    Span,
)

SCHEMA = "dedup.report/1"
_FLAGS: dict[tuple[Flag, ...], str] = {(): "[]"} | {(flag,): f'["{flag}"]' for flag in get_args(Flag)}
"""The JSON of no flag and of each single flag: most changes have one of these."""


def to_json(report: Report, *, with_text: bool = False, shown: Collection[Content] = SHOWN) -> Iterator[str]:
    """Yield the report as one line of JSON, in pieces.

    `with_text` adds each document's text; `shown` are the kinds of text whose matches and families are written, with the
    families that these matches name. `left_out` counts the other families. ValueError for a number that JSON cannot hold.
    """
    # Matches are many. Each is written as it comes, because all of them as plain data would take as much memory as a scan.
    names = _Names()
    yield f'{{"schema":{dumps(SCHEMA)},"version":{dumps(__version__)},"params":{dumps(report.params)}'
    documents = (dumps(_document_row(d, report, with_text=with_text)) for d in report.documents)
    yield from _array("documents", documents)
    yield from _array("matches", (match_json(m, names) for m in shown_matches(report, shown)))
    yield from _array("families", (_family(f, names) for f in shown_families(report, shown)))
    notices = [notice_row(n) for n in report.notices]
    yield f',"left_out":{dumps(left_out(report, shown))}'
    yield f',"provenance":{dumps(provenance_row(report.provenance))},"warnings":{dumps(notices)}}}'


class _Names(dict[str | None, str]):
    """Ids as JSON strings; each is encoded once."""

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
    """Return a match as JSON; `names` holds ids that are encoded already."""
    names = _Names() if names is None else names
    changes = ",".join(
        f'{{"type":"{kind}","a":{{"start":{a_start},"end":{a_end}}},"b":{{"start":{b_start},"end":{b_end}}}'
        f',"flags":{_FLAGS.get(flags) or dumps(flags)}}}'
        for kind, (a_start, a_end), (b_start, b_end), flags in match.changes
    )
    parts = ",".join(
        f'{{"a":{{"start":{a_start},"end":{a_end}}},"b":{{"start":{b_start},"end":{b_end}}},"content":"{content}","bits":{bits}}}'
        for (a_start, a_end), (b_start, b_end), content, bits in match.parts
    )
    return (
        f'{{"a":{_span(match.a, names)},"b":{_span(match.b, names)},"kind":"{match.kind}","identity":{match.identity}'
        f',"bits":{match.bits},"family":{names[match.family]},"content":"{match.content}","parts":[{parts}],"changes":[{changes}]}}'
    )


def _family(family: Family, names: _Names) -> str:
    passages = ",".join(_span(p, names) for p in family.passages)
    canonical = _span(family.canonical, names)
    kind = f'"kind":"{family.kind}","content":"{family.content}"'
    return f'{{"id":{dumps(family.id)},{kind},"canonical":{canonical},"passages":[{passages}]}}'


def _span(span: Span, names: _Names) -> str:
    return f'{{"doc":{names[span.doc]},"start":{span.start},"end":{span.end}}}'


def _document_row(document: Document, report: Report, *, with_text: bool) -> dict[str, Any]:
    row = document.as_row()
    shares = {name: getattr(report, name).get(document.id, 0.0) for name in ("shared", "narration", "quotation")}
    text = row.pop("text")
    place = {name: row.pop(name) for name in ("id", "path", "record")}
    row = place | {"sha256": document.sha256} | row | {"length": len(text)} | shares
    return row | {"text": text} if with_text else row


def from_json(
    data: str,
    fetch: Callable[[Mapping[str, Any], Mapping[str, Any] | None], str],
    *,
    only: Collection[str] | None = None,
) -> tuple[Report, list[str]]:
    """Return the report in `data`, and the ids of all its documents.

    The report has the documents `only` (None: all). `fetch` returns the text of a document row that has none, given the row and
    the settings with which it was read. Unknown fields are ignored. ReportError for anything but a `dedup.report/1`, and for a
    text that has changed since the report was made.
    """
    try:
        row = json.loads(data, parse_constant=lambda _: None, parse_float=_finite)  # earlier versions wrote infinity
        schema = row.get("schema") if isinstance(row, dict) else None
        if schema != SCHEMA:
            raise ReportError(f"not a report: its schema is {schema!r}, not {SCHEMA!r}")
        rows = row["documents"]
        ids = [str(d["id"]) for d in rows]
        reading = row["params"].get("reading")
        report = Report(
            tuple(_read_document(d, fetch, reading) for d in rows if only is None or d["id"] in only),
            tuple(_read_match(m) for m in row["matches"]),
            tuple(
                Family(
                    f["id"],
                    f["kind"],
                    _read_span(f["canonical"]),
                    tuple(map(_read_span, f["passages"])),
                    _content(f.get("content", "narration" if f["kind"] == "reuse" else "furniture")),
                )
                for f in row["families"]
            ),
            tuple(Notice(str(n["code"]), str(n["message"]), n["path"], n["line"], n["document"]) for n in row["warnings"]),
            row["params"],
            {d["id"]: _number(d["shared"]) for d in rows},
            provenance_from(row["provenance"]),
            *({d["id"]: _number(d[name]) for d in rows if d.get(name)} for name in ("narration", "quotation")),
        )
        check_report(report, {d["id"]: index(d["length"]) for d in rows})
    except RecursionError as error:
        raise ReportError("not a report: nested too deeply") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ReportError(f"not a report: {type(error).__name__}: {error}") from error
    return report, ids


def _read_document(row: Mapping[str, Any], fetch: Callable[..., str], reading: Mapping[str, Any] | None) -> Document:
    document = Document.from_row(row if "text" in row else {**row, "text": fetch(row, reading)})
    if document.sha256 != row["sha256"] or len(document.text) != row["length"]:
        raise ReportError(f"{document.id}: its text has changed since the report was made; scan again, or use --with-text")
    return document


def _read_match(row: Mapping[str, Any]) -> Match:
    changes = tuple(Change(c["type"], _read_extent(c["a"]), _read_extent(c["b"]), tuple(c["flags"])) for c in row["changes"])
    a, b = _read_span(row["a"]), _read_span(row["b"])
    parts = tuple(
        Part(_read_extent(p["a"]), _read_extent(p["b"]), _content(p["content"]), _number(p["bits"]))
        for p in row.get("parts", ())
    )
    content = _content(row.get("content", "narration"))
    return Match(a, b, row["kind"], _number(row["identity"]), _number(row["bits"]), row["family"], changes, content, parts)


def _content(name: object) -> Content:
    """Return the kind of text `name`. ValueError if there is none of that name."""
    for content in CONTENTS:
        if content == name:
            return content
    raise ValueError(f"{name!r} is no kind of text")


def _read_extent(row: Mapping[str, Any]) -> Extent:
    return Extent(index(row["start"]), index(row["end"]))


def _read_span(row: Mapping[str, Any]) -> Span:
    return Span(row["doc"], index(row["start"]), index(row["end"]))


def _number(value: object) -> float:
    """Return `value`. TypeError if it is no number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{value!r} is no number")
    return value


def _finite(digits: str) -> float:
    """Return the number that `digits` write. ValueError if it is too large for a float."""
    if math.isinf(value := float(digits)):
        raise ValueError(f"{digits} is too large")
    return value
