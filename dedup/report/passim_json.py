"""A scan in the shape in which passim writes it (https://github.com/dasmiq/passim, README: version 2).

passim writes a folder with `out.json/part-*`, one row for each passage of a cluster, and with `--pairwise` `align.json/part-*`,
one row for each pair of aligned passages. Each row repeats the fields of its document. `uid` is passim's own: the XXH64 hash of
the id that Spark computes. A cluster is a family; `src` of a passage is the canonical copy, against which it was verified.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import zip_longest
from typing import Any

import xxhash

from dedup.params import SHOWN
from dedup.report.json_values import dumps
from dedup.report.shown import shown_families, shown_matches
from dedup.report.table_schema import Folder
from dedup.types import Content, Document, Extent, Family, Match, Report, Span, utc

_SPARK_SEED = 42
_WORD = re.compile(r"\s*\S+|\s+$")
_HYPHEN = "\u2010"
"""What passim writes for a hyphen of a text, because `-` is a gap."""


def to_passim(report: Report, *, shown: Collection[Content] = SHOWN) -> Folder:
    """Return the files of clusters and of pairs.

    >>> sorted(to_passim(Report((), (), ())).files)
    ['align.json/part-00000.json', 'out.json/part-00000.json']
    """
    documents = {document.id: document for document in report.documents}
    rows = {document.id: _fields(document) for document in report.documents}
    files = {
        "out.json/part-00000.json": _lines(_clusters(shown_families(report, shown), documents, rows)),
        "align.json/part-00000.json": _lines(_pair(match, documents, rows) for match in shown_matches(report, shown)),
    }
    return Folder(files, {"params": report.params})


def uid(name: str) -> int:
    """Return passim's `uid` of an id: a signed number of 64 bits.

    >>> uid("ABC")
    4105715581806190027
    """
    number = xxhash.xxh64_intdigest(name.encode("utf-8", "surrogatepass"), seed=_SPARK_SEED)
    return number - 2**64 if number >= 2**63 else number


def _lines(rows: Iterable[Mapping[str, object]]) -> Iterator[str]:
    return (dumps(row) + "\n" for row in rows)


def _fields(document: Document) -> dict[str, Any]:
    """The fields of a document that passim repeats; those without a value are left out, as Spark does."""
    time = document.published and utc(document.published)
    date = time and (f"{time:%F}" if not (time.hour or time.minute or time.second) else time.isoformat().replace("+00:00", "Z"))
    known = {"id": document.id, "series": document.outlet, "date": date, "title": document.title, "url": document.url}
    return {name: value for name, value in known.items() if value is not None}


def _clusters(
    families: list[Family], documents: Mapping[str, Document], rows: Mapping[str, Mapping[str, Any]]
) -> Iterator[dict[str, Any]]:
    """The rows of `out.json`: the largest clusters first, in each the earliest passages first."""
    sizes = {family.id: len({span.doc for span in family.passages}) for family in families}
    families = sorted(families, key=lambda family: -sizes[family.id])
    for number, family in enumerate(families):
        root = rows[family.canonical.doc or ""]
        links = [rows[span.doc or ""].get("series") for span in family.passages if span != family.canonical]
        own = sum(series is not None and series == root.get("series") for series in links)
        spans = sorted(family.passages, key=lambda s: (rows[s.doc or ""].get("date", "~"), s.doc or "", s.start))
        for span in spans:
            yield {
                "uid": uid(span.doc or ""),
                "cluster": number,
                "size": sizes[family.id],
                "pboiler": own / len(links) if links else 0.0,
                "begin": span.start,
                "end": span.end,
                "src": [] if span == family.canonical else [_source(family.canonical)],
                **rows[span.doc or ""],
                "text": documents[span.doc or ""].text[span.start : span.end],
                "family": family.id,
            }


def _source(span: Span) -> dict[str, Any]:
    return {"uid": uid(span.doc or ""), "begin": span.start, "end": span.end}


def _pair(match: Match, documents: Mapping[str, Document], rows: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The row of `align.json`: side `a` without a suffix, side `b` with the suffix 2, and both texts one below the other."""
    a, b = match.a, match.b
    s1, s2 = _aligned(match, documents[a.doc or ""].text, documents[b.doc or ""].text)
    return {
        "uid": uid(a.doc or ""),
        "uid2": uid(b.doc or ""),
        "begin": a.start,
        "end": a.end,
        "begin2": b.start,
        "end2": b.end,
        **rows[a.doc or ""],
        **{f"{name}2": value for name, value in rows[b.doc or ""].items()},
        "s1": s1,
        "s2": s2,
        "matches": sum(x == y for x, y in zip(s1, s2, strict=True)),
    }


def _aligned(match: Match, old: str, new: str) -> tuple[str, str]:
    """Both texts of a match, with gaps so that they have one length."""
    out, at_a, at_b = list[tuple[str, str]](), match.a.start, match.b.start
    end = (Extent(match.a.end, match.a.end), Extent(match.b.end, match.b.end))
    for a, b in [*((change.a, change.b) for change in match.changes), end]:
        # The words between two changes are equal, but for their letters, marks and spaces.
        out += _padded(old[at_a : a.start], new[at_b : b.start])
        out.append(_same_length(old[a.start : a.end], new[b.start : b.end]))
        at_a, at_b = max(at_a, a.end), max(at_b, b.end)
    return "".join(x for x, _ in out), "".join(y for _, y in out)


def _padded(old: str, new: str) -> Iterator[tuple[str, str]]:
    """Two texts of the same words, word by word."""
    if len(old) == len(new):
        yield _same_length(old, new)
        return
    for x, y in zip_longest(_WORD.findall(old), _WORD.findall(new), fillvalue=""):
        yield _same_length(x, y)


def _same_length(old: str, new: str) -> tuple[str, str]:
    old, new = old.replace("-", _HYPHEN), new.replace("-", _HYPHEN)
    size = max(len(old), len(new))
    return old.ljust(size, "-"), new.ljust(size, "-")
