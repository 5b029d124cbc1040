"""Rows of named values to records: which name holds which field, and what is inferred for a field that is not stated.

The usual names of each field are in `dedup.params.FIELD_NAMES`, and nowhere else.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from ipaddress import ip_address
from itertools import pairwise
from math import isnan
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from dedup.errors import UsageError
from dedup.language.hosts import readable_host
from dedup.params import FIELD_NAMES, Reading
from dedup.press.names import is_missing, is_nobody
from dedup.sources.columns import is_filled
from dedup.sources.common import Position, Record
from dedup.sources.encoding import replace_surrogates
from dedup.sources.times import date_line, time_or_reason

COMMON_TEXT_NAMES = FIELD_NAMES["text"][:3]
"""The names of the text that messages list, and by which a CSV file without a suffix is recognised."""
_KEPT_KEY_SETS, _WIDEST_KEY_SET = 1000, 1000
"""Sets of names whose fields are remembered, and the most names in one: rows of ever other names must not fill the memory."""

_LABEL = re.compile(r"[^\s!-,./:-@\[-^`{-~-][^\s!-,./:-@\[-^`{-~]{0,62}")
"""A part of a host between dots: letters of any script, digits, `_` and, not at its start, `-`."""
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")
"""What a browser takes for the last part of an IP address."""
_RESERVED = frozenset({"example", "test", "invalid", "localhost", "local", "internal", "onion"})
"""The last parts of hosts of private networks and of examples (RFC 2606, 6761, 6762)."""
_FILE_SUFFIXES = frozenset({"md", "pl", "ps", "py", "rs", "sh", "zip", "mov"})
"""The last parts of hosts that are also suffixes of files."""

_NAMES = frozenset({"author", "outlet"})
"""Fields that are names of somebody."""
_FIRST_COUNTS = "the first that holds something counts"
"""What is done with several values under one name, in a row of a table as in an object of JSON."""

KeysByField = dict[str, tuple[str, ...]]
"""By field, the names in a row that may hold it, the preferred first."""


class FieldFinder:
    """Finds the fields of rows, under the names that the user gave or else under their usual names."""

    def __init__(self, reading: Reading) -> None:
        self._given = dict(reading.fields)
        self._remembered: dict[tuple[str, ...], KeysByField] = {}
        self._in_other_case: set[tuple[str, ...]] = set()
        """The sets of names in which two are equal but for upper and lower case."""

    def keys_by_field(self, names: Iterable[str]) -> KeysByField:
        """Return which of the `names` of a row may hold which field. A name that the user gave is returned as it is."""
        key = tuple(names)
        if key not in self._remembered:
            if len(self._remembered) >= _KEPT_KEY_SETS or len(key) > _WIDEST_KEY_SET:
                self._remembered.clear()
                self._in_other_case.clear()
            folded: dict[str, list[str]] = {}
            for name in key:
                folded.setdefault(name.casefold(), []).append(name)
            if len(folded) < len(key):
                self._in_other_case.add(key)
            self._remembered[key] = {
                field: (self._given[field],)
                if field in self._given
                else tuple(name for n in usual for name in folded.get(n, ()))
                for field, usual in FIELD_NAMES.items()
            }
        return self._remembered[key]

    def tell_repeated_keys(self, names: Iterable[str], at: Position) -> None:
        """Add a notice about those of `names` that hold fields and occurred several times in an object, with other values."""
        used = {part for usual in self.keys_by_field(names).values() for name in usual for part in name.split(".")}
        for name in sorted(used.intersection(names)):
            at.skip("repeated-key", f"the key {name!r} occurs several times, with different values", _FIRST_COUNTS)

    def _tell_other_case(self, row: Mapping[str, Any], keys: KeysByField, at: Position) -> None:
        """Add a notice about each two names of a field that are equal but for upper and lower case, if their values differ."""
        for names in keys.values():
            filled = [name for name in names if is_filled(row.get(name))]
            for name, other in pairwise(filled):
                if name.casefold() == other.casefold() and row[name] != row[other]:
                    at.skip("repeated-key", f"the keys {name!r} and {other!r} have different values", _FIRST_COUNTS)

    def no_text_column(self, names: Iterable[str]) -> str:
        """Return the message for a table with the columns `names`, none of which holds the text."""
        there = ", ".join(names)[:200]
        return (
            f"no column holds the text (looked for {self._text_names()}; there are: {there}); name it with --fields text=NAME"
        )

    def record(self, row: Mapping[str, Any], at: Position, line: bytes | None = None) -> Record | None:
        """Return the record of a row, which `line` is if it is one of JSON Lines; None, with a notice, if it has no text."""
        keys = self.keys_by_field(row)
        if self._in_other_case and tuple(row) in self._in_other_case:
            self._tell_other_case(row, keys, at)
        text = _text(row, keys["text"])
        if text is None:
            at.skip("missing-text", self._no_text(row, keys["text"]))
            return None
        fields, origins = stated_fields(row, keys, at)
        name = as_text(_first_value(row, keys["id"]))
        return make_record(text, fields, origins, at, name, row=line or row)

    def _text_names(self) -> str:
        """The names under which the text is looked for, for messages."""
        return self._given.get("text") or ", ".join(COMMON_TEXT_NAMES)

    def _no_text(self, row: Mapping[str, Any], names: tuple[str, ...]) -> str:
        """The message for a row without text; `names` are the keys under which the text was looked for."""
        there = ", ".join(sorted(map(str, row)))[:200] or "none"
        looked = f"(looked for {self._text_names()}; there are: {there})"
        if _first_value(row, names) is not None:
            return f"the text is empty or no string {looked}"
        return f"no text {looked}; name its field with --fields text=NAME"


def stated_fields(
    row: Mapping[str, Any], keys: KeysByField, at: Position, *, origin: str = "field"
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the fields that `row` states, except id and text, and their origins.

    The names of a field are tried in order, until one has a value: neither None nor the empty string nor a placeholder. A field
    has an origin only if this name is not the field's own.
    """
    fields: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for field, names in keys.items():
        if field in {"id", "text"}:
            continue
        for name in names:
            value = _value(row, name)
            if value is None or value == "":
                continue
            found = time_or_notice(value, at) if field == "published" else as_text(value)
            if isinstance(found, str) and _is_placeholder(field, found):
                continue
            if found is not None:
                fields[field] = found
                if name != field:
                    origins[field] = f"{origin} {name}"
            break
    return fields, origins


def _is_placeholder(field: str, value: str) -> bool:
    """Whether `value` only says that nobody filled in `field`."""
    return is_missing(value) or (field in _NAMES and is_nobody(value))


def time_or_notice(value: object, at: Position) -> datetime | None:
    """Return the publication time that `value` states; None, with a notice, if it states none."""
    found = time_or_reason(value)
    if isinstance(found, datetime):
        return found
    at.warn("invalid-time", f"{_shown(value)[:60]!r} is {found}; the time is taken as unknown")
    return None


def make_record(
    text: str,
    fields: Mapping[str, Any],
    origins: Mapping[str, str],
    at: Position,
    name: str | None = None,
    *,
    dated_text: bool = True,
    row: Mapping[str, Any] | bytes | None = None,
) -> Record:
    """Return the record of `text` under the id `name`, with all that is known or can be inferred about it.

    `fields` are what the file itself states. What it does not state is taken from the `metadata.csv` beside it, then from its
    name (`Reading.outlet_from`), its URL (outlet) and, if `dated_text`, its text (a line that holds only a date). `row` is
    the row from which `stated_fields` took them, and left out placeholders.
    """
    if row is None:
        fields = {f: value for f, value in fields.items() if not (isinstance(value, str) and _is_placeholder(f, value))}
        origins = {field: origin for field, origin in origins.items() if field in fields}
    fields, origins, file = dict(fields), dict(origins), at.file
    name = None if name is None or is_missing(name) else name
    if file.metadata:
        stated, names = stated_fields(file.metadata, _METADATA.keys_by_field(file.metadata), at, origin="metadata")
        for field, value in stated.items():
            if field not in fields:
                fields[field] = value
                origins[field] = names.get(field, f"metadata {field}")
    outlet_from = at.context.params.outlet_from
    if outlet_from == "domain":
        fields.pop("outlet", None)
    elif outlet_from and (outlet := outlet_in_name(file.name, outlet_from)):
        fields["outlet"] = replace_surrogates(outlet)
        origins["outlet"] = "folder" if outlet_from == "folder" else "pattern"
    if "outlet" in fields:
        fields["outlet"] = outlet_name(fields["outlet"])
    elif (url := fields.get("url")) and (domain := registered_domain(url)):
        fields["outlet"], origins["outlet"] = domain, "url"
    if dated_text and "published" not in fields and (line := date_line(text)) and (found := time_or_notice(line, at)):
        fields["published"], origins["published"] = found, "text"
    return Record(replace_surrogates(text), file.name, at.number, at.line, name, fields, origins, row)


def as_text(value: object) -> str | None:
    """Return `value` as text; None if there is none in it.

    Of an object it is the value of `name` (`{"name": "The Daily"}`); the items of a list are joined with commas.
    """
    if isinstance(value, str):
        return replace_surrogates(value).strip() or None
    if isinstance(value, Mapping):
        return as_text(value.get("name"))
    if isinstance(value, list | tuple):
        return ", ".join(filter(None, map(as_text, value))) or None
    if value is None or isinstance(value, bool):
        return None
    return replace_surrogates(_shown(value)).strip() or None


def _shown(value: object) -> str:
    """`str(value)`, also of an integer of more digits than Python converts."""
    try:
        return str(value)
    except ValueError:
        return f"{value:#x}" if isinstance(value, int) else type(value).__name__


def outlet_in_name(name: str, outlet_from: str) -> str | None:
    """Return the outlet in a file's `name`: its folder if `outlet_from` is `folder`, else what that pattern's group matches."""
    if outlet_from == "folder":
        return PurePosixPath(name).parent.name or None
    found = re.search(outlet_from, name)
    if not found:
        return None
    return found["outlet"] if "outlet" in found.re.groupindex else found[1]


def check_outlet_from(outlet_from: str) -> None:
    """Raise `UsageError` if `outlet_from` is neither `folder` nor `domain` nor a pattern with a group."""
    if outlet_from in {"folder", "domain"}:
        return
    try:
        pattern = re.compile(outlet_from)
    except (re.error, OverflowError, RecursionError) as error:
        raise UsageError(f"outlet-from {outlet_from!r}: not a pattern: {error}; or use folder or domain") from error
    if pattern.groups == 0:
        way = "put the outlet's part in brackets, as in '([^/]+)/', or use folder or domain"
        raise UsageError(f"outlet-from {outlet_from!r}: no group; {way}")


def registered_domain(url: str) -> str | None:
    """Return the registered domain of a URL's host by the Public Suffix List (`daily.co.uk` of `news.daily.co.uk`), if any.

    Of all spellings of a name it is the one that people read (`readable_host`). An address without `//` has a host only if its
    first part ends as hosts do: `story-12.html` is a file.
    """
    url = url.strip().replace("\\", "/")
    try:
        host = urlsplit(url if "//" in url.partition("?")[0] else f"//{url}").hostname
    except ValueError:
        return None
    if not host or ("//" not in url.partition("?")[0] and not _starts_with_host(url, host)):
        return None
    return _registered(readable_host(host))


def _starts_with_host(url: str, host: str) -> bool:
    """Whether an address without `//` starts with a host, not with a folder, a file, or a scheme such as `mailto:`."""
    first = re.split(r"[/?#]", url, maxsplit=1)[0]
    if not re.fullmatch(r"[^@:]+(?::\d{1,5})?", first):
        return False
    last = readable_host(host).rpartition(".")[2]
    known = last in _RESERVED or _suffixes().publicsuffix(last, accept_unknown=False) is not None
    return known and (last not in _FILE_SUFFIXES or first != url or host.startswith("www."))


@lru_cache(65536)
def _registered(host: str) -> str | None:
    """The registered domain of a host; of a number (IP address) the number. None if no host can be called so."""
    try:
        return str(ip_address(host))
    except ValueError:
        pass
    labels = host.split(".")
    if not all(_LABEL.fullmatch(label) for label in labels) or _NUMBER.fullmatch(labels[-1]):
        return None
    found: str | None = _suffixes().privatesuffix(host)
    return found


@lru_cache(4096)
def outlet_name(outlet: str) -> str:
    """Return the name of an outlet. If an address was given in its place, it is the registered domain."""
    if re.match(r"(?:[a-z]+:)?//|www\.|xn--|[^/]+\.[^/]+/", outlet, re.IGNORECASE) and " " not in outlet:
        return registered_domain(outlet) or outlet
    return outlet


@lru_cache(1)
def _suffixes() -> Any:
    from publicsuffixlist import PublicSuffixList  # noqa: PLC0415 only some inputs have URLs

    return PublicSuffixList()


def _text(row: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    """The first text under `names`: a string that is not blank, or a list of strings, which are its paragraphs."""
    for name in names:
        value = _value(row, name)
        if isinstance(value, list) and value and all(isinstance(part, str) for part in value):
            value = "\n\n".join(value)
        if isinstance(value, str) and value.strip():
            return value
    return None


def _first_value(row: Mapping[str, Any], names: tuple[str, ...]) -> object:
    """The first value under `names` that is not None."""
    return next((value for name in names if (value := _value(row, name)) is not None), None)


def _value(row: Mapping[str, Any], name: str) -> object:
    """The value under `name`, or, if no key is called so, under its parts between dots, in objects within objects.

    None, too, for a number that is no number and for a placeholder of a missing value.
    """
    value: object = row.get(name)
    if value is None and "." in name and name not in row:
        value = row
        for part in name.split("."):
            if not isinstance(value, Mapping):
                return None
            value = value.get(part)
    missing = is_missing(value) if isinstance(value, str) else isinstance(value, float) and isnan(value)
    return None if missing else value


_METADATA = FieldFinder(Reading())
"""Tables beside files use the usual names; the names that the user gave are those of the files' own fields."""
