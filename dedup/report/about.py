"""What views say of a document beside its id, and of what they do not show."""

from collections.abc import Mapping
from typing import Any

from dedup.language.counting import counted
from dedup.press.order import is_only_a_day
from dedup.types import Document


def outlet_and_time(document: Document) -> list[str]:
    """Return a document's outlet and time of publication, as far as they are known.

    >>> outlet_and_time(Document("a", "One story.", outlet="The Daily"))
    ['The Daily']
    """
    return [part for part in (document.outlet, time_of(document)) if part]


def time_of(document: Document) -> str:
    """Return a document's time of publication to the minute; only the day where no time is stated, "" where it is unknown."""
    if document.published is None:
        return ""
    return f"{document.published:%Y-%m-%d}" if is_only_a_day(document.published) else f"{document.published:%Y-%m-%d %H:%M}"


def described(document: Document) -> list[str]:
    """Return a document's outlet, time of publication, title and address, as far as they are known.

    >>> described(Document("a", "One story.", outlet="The Daily", title="Ferry sails", url="https://daily.example/1"))
    ['The Daily', '“Ferry sails”', 'https://daily.example/1']
    """
    return [*outlet_and_time(document), *filter(None, (title_of(document), document.url))]


def title_of(document: Document, most: int | None = None) -> str:
    """Return a document's title in quotation marks, of at most `most` characters; "" where it has none.

    >>> title_of(Document("a", "One story.", title="Ferry sails at last"), 12)
    '“Ferry sails…”'
    """
    title = " ".join((document.title or "").split())
    if most is not None and len(title) > most:
        title = title[: most - 1].rstrip() + "…"
    return f"“{title}”" if title else ""


def filters_in_words(params: Mapping[str, Any]) -> str:
    """Return the filters of a report in a line, with what they left out; "" if there are none.

    >>> filters_in_words({"filters": {"outlets": ["CNN"], "left_out": {"matches": 1200, "edges": 0}}})
    'filters: CNN · left out: 1,200 matches'
    """
    filters = params.get("filters")
    if not isinstance(filters, Mapping) or not filters:
        return ""
    shown = [
        *([" or ".join(map(str, filters["outlets"]))] if filters.get("outlets") else []),
        *([f"since {filters['since']}"] if filters.get("since") else []),
        *([f"until {filters['until']}"] if filters.get("until") else []),
        *(["across outlets"] if filters.get("across_outlets") else []),
        *([f"passages of {filters['min_words']} words or more"] if filters.get("min_words") else []),
    ]
    counts = [(name, count) for name, count in filters.get("left_out", {}).items() if count]
    left_out = [counted(count, *_LEFT_OUT[name]) for name, count in counts]
    return f"filters: {', '.join(shown)}" + (f" · left out: {', '.join(left_out)}" if left_out else "")


_LEFT_OUT = {
    "documents": ("document", "documents"),
    "matches": ("match", "matches"),
    "families": ("family", "families"),
    "edges": ("edge", "edges"),
    "stories": ("story", "stories"),
}
NOTHING_LEFT = "Nothing is left of what was found: the filters leave out all of it."
