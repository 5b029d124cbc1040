"""Rows of named values to records: what a field may be called, and what is guessed where none is."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from ipaddress import ip_address
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from dedup.errors import UsageError
from dedup.params import Reading
from dedup.sources.common import At, Record, mend
from dedup.sources.times import stamped_time, time_or_why

FIELDS = {
    "id": ("id", "uid", "_id", "doc_id", "docid", "article_id", "guid", "uuid"),
    "text": (
        *("text", "body", "content", "maintext", "articlebody", "article_body", "full_text", "fulltext", "body_text"),
        *("content_text", "plain_text", "article_text", "article", "story"),
    ),
    "outlet": (
        *("outlet", "series", "source", "domain", "publication", "publisher", "newspaper", "source_domain"),
        *("sitename", "site_name", "media_name", "site"),
    ),
    "published": (
        *("published", "date", "published_at", "publishedat", "publish_date", "date_publish", "datepublished"),
        *("date_published", "publication_date", "published_date", "pubdate", "pub_date", "timestamp", "datetime"),
    ),
    "url": ("url", "link", "permalink", "canonical_url"),
    "title": ("title", "headline"),
    "author": ("author", "authors", "byline"),
    "kind": ("kind",),
    "agency": ("agency",),
}
"""What a field may be called, in small letters, the best name first."""
_PLANS, _WIDEST = 1000, 1000
"""Sets of names that are remembered, and names in the largest of them."""

Plan = dict[str, tuple[str, ...]]
"""By field, the names of a row that may hold it, the best first."""


class Fields:
    """Finds the fields of rows, by the names that the user gave or by those in `FIELDS`."""

    def __init__(self, reading: Reading) -> None:
        self._given = dict(reading.fields)
        self._plans: dict[tuple[str, ...], Plan] = {}

    def plan(self, names: Iterable[str]) -> Plan:
        """Return which of `names` hold which field."""
        key = tuple(names)
        if key not in self._plans:
            if len(self._plans) >= _PLANS or len(key) > _WIDEST:
                self._plans.clear()
            small: dict[str, str] = {}
            for name in key:
                small.setdefault(name.casefold(), name)
            self._plans[key] = {
                field: (self._given[field],) if field in self._given else tuple(small[n] for n in known if n in small)
                for field, known in FIELDS.items()
            }
        return self._plans[key]

    def wanted(self) -> str:
        """Return the names under which the text is looked for."""
        return self._given.get("text") or ", ".join(FIELDS["text"][:3])

    def record(self, row: Mapping[str, Any], at: At) -> Record | None:
        """Return the record of a row, or None, with a notice, where it has no text."""
        plan = self.plan(row)
        body = _text(row, plan["text"])
        if body is None:
            _missing(row, plan, self.wanted(), at)
            return None
        known, origins = described(row, plan, at)
        return complete(body, known, origins, at, scalar(_first(row, plan["id"])))


def described(row: Mapping[str, Any], plan: Plan, at: At, *, origin: str = "field") -> tuple[dict[str, Any], dict[str, str]]:
    """Return what a row says of its document, and under which names, where they are not the fields' own."""
    known: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for field, names in plan.items():
        if field in {"id", "text"} or not names:
            continue
        for name in names:
            value = row.get(name) if name in row else _deep(row, name)
            if value is None or value == "":
                continue
            found = dated(value, at) if field == "published" else scalar(value)
            if found is not None:
                known[field] = found
                if name != field:
                    origins[field] = f"{origin} {name}"
            break
    return known, origins


def dated(value: object, at: At) -> datetime | None:
    """Return a publication time; None, with a notice, for what is none."""
    found = time_or_why(value)
    if isinstance(found, datetime):
        return found
    at.notice("invalid-time", f"{_written(value)[:60]!r} is {found}; taken as unknown")
    return None


def complete(text: str, known: Mapping[str, Any], origins: Mapping[str, str], at: At, name: str | None = None) -> Record:
    """Return a record with what can be told from the table beside the file, its name, its URL and its text."""
    known, origins, file = dict(known), dict(origins), at.file
    if file.known:
        beside, where = described(file.known, _BESIDE.plan(file.known), at, origin="metadata")
        for field, value in beside.items():
            if field not in known:
                known[field] = value
                origins[field] = where.get(field, f"metadata {field}")
    way = at.reader.params.outlet_from
    if way == "domain":
        known.pop("outlet", None)
    elif way and (outlet := outlet_of(file.name, way)):
        known["outlet"], origins["outlet"] = mend(outlet), "folder" if way == "folder" else "pattern"
    if "outlet" not in known and (url := known.get("url")) and (domain := registered_domain(url)):
        known["outlet"], origins["outlet"] = domain, "url"
    if "published" not in known and (stamp := stamped_time(text)) and isinstance(found := time_or_why(stamp), datetime):
        known["published"], origins["published"] = found, "text"
    return Record(mend(text), file.name, at.number, at.line, name, known, origins)


def scalar(value: object) -> str | None:
    """Return a value as text: a name of an object (`{"name": …}`), names of a list with commas; None where there is none."""
    if isinstance(value, str):
        return mend(value).strip() or None
    if isinstance(value, Mapping):
        return scalar(value.get("name"))
    if isinstance(value, list | tuple):
        return ", ".join(filter(None, map(scalar, value))) or None
    if value is None or isinstance(value, bool):
        return None
    return mend(_written(value)).strip() or None


def _written(value: object) -> str:
    try:
        return str(value)
    except ValueError:  # an integer of more digits than Python writes
        return f"{value:#x}" if isinstance(value, int) else type(value).__name__


def outlet_of(name: str, way: str) -> str | None:
    """Return the outlet that a file's name tells: its folder, or what the pattern `way` finds."""
    if way == "folder":
        return PurePosixPath(name).parent.name or None
    found = re.search(way, name)
    if not found:
        return None
    return found["outlet"] if "outlet" in found.re.groupindex else found[1]


def check_outlet_from(way: str) -> None:
    """UsageError for a pattern that can name no outlet."""
    if way in {"folder", "domain"}:
        return
    try:
        pattern = re.compile(way)
    except re.error as error:
        raise UsageError(f"outlet-from {way!r}: not a pattern: {error}; or use folder or domain") from error
    if "outlet" not in pattern.groupindex and pattern.groups == 0:
        raise UsageError(f"outlet-from {way!r}: no group; put what is the outlet in brackets, as in '([^/]+)/'")


def registered_domain(url: str) -> str | None:
    """Return the domain under which a URL's host is registered, by the Public Suffix List."""
    try:
        host = urlsplit(url if "//" in url else f"//{url}").hostname
    except ValueError:
        return None
    return _registered(host) if host else None


@lru_cache(65536)
def _registered(host: str) -> str | None:
    try:
        ip_address(host)
    except ValueError:
        found: str | None = _suffixes().privatesuffix(host.rstrip("."))
        return found
    return host


@lru_cache(1)
def _suffixes() -> Any:
    from publicsuffixlist import PublicSuffixList  # noqa: PLC0415 only where a URL is all that is known

    return PublicSuffixList()


def _text(row: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    """The text of a row: a string, or a list of its paragraphs."""
    for name in names:
        value = row.get(name) if name in row else _deep(row, name)
        if isinstance(value, list) and value and all(isinstance(part, str) for part in value):
            value = "\n\n".join(value)
        if isinstance(value, str) and value.strip():
            return value
    return None


def _first(row: Mapping[str, Any], names: tuple[str, ...]) -> object:
    for name in names:
        value = row.get(name) if name in row else _deep(row, name)
        if value is not None:
            return value
    return None


def _deep(row: Mapping[str, Any], name: str) -> object:
    """The value at a path of names with dots between them."""
    value: object = row
    for part in name.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(part)
    return value


def _missing(row: Mapping[str, Any], plan: Plan, wanted: str, at: At) -> None:
    there = ", ".join(sorted(map(str, row)))[:200] or "none"
    held = any(_first(row, (name,)) is not None for name in plan["text"])
    what = "text that is empty or no string" if held else "no text"
    way = "" if held else "; name the field with --fields text=NAME"
    at.skip("missing-text", f"{what} (looked for {wanted}; there are: {there}){way}")


_BESIDE = Fields(Reading())
