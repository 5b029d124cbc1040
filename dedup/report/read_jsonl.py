"""Documents as JSON Lines that `dedup.read` reads again."""

from collections.abc import Iterable, Iterator

from dedup.report.json_values import dumps
from dedup.types import READ_FIELDS, Document


def to_jsonl(documents: Iterable[Document]) -> Iterator[str]:
    """Yield one line a document; the last has no line end."""
    between = ""
    for document in documents:
        yield between + document_json(document)
        between = "\n"


def document_json(document: Document) -> str:
    """Return a document as one line of JSON: the fields of `READ_FIELDS` that it has.

    >>> document_json(Document("a", "One story.", outlet="The Daily"))
    '{"id":"a","outlet":"The Daily","text":"One story."}'
    """
    row = document.as_row()
    return dumps({name: row[name] for name in READ_FIELDS if row[name] is not None})
