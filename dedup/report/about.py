"""What views say of a document beside its id."""

from dedup.types import Document


def outlet_and_time(document: Document) -> list[str]:
    """Return a document's outlet and time of publication, as far as they are known.

    >>> outlet_and_time(Document("a", "One story.", outlet="The Daily"))
    ['The Daily']
    """
    return [part for part in (document.outlet, time_of(document)) if part]


def time_of(document: Document) -> str:
    """Return a document's time of publication to the minute; "" where it is unknown."""
    return f"{document.published:%Y-%m-%d %H:%M}" if document.published else ""
