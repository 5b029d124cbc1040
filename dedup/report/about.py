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


def described(document: Document) -> list[str]:
    """Return a document's outlet, time of publication, title and address, as far as they are known.

    >>> described(Document("a", "One story.", outlet="The Daily", title="Ferry sails", url="https://daily.example/1"))
    ['The Daily', '“Ferry sails”', 'https://daily.example/1']
    """
    title = f"“{' '.join(document.title.split())}”" if document.title else ""
    return [*outlet_and_time(document), *filter(None, (title, document.url))]
