"""What was read of each document, and where it was found, for a person at a terminal."""

from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from dedup.params import TOP_DOCUMENTS
from dedup.report.about import time_of
from dedup.report.printable import flowing
from dedup.types import Document

_SHOWN = {"outlet": "an outlet", "published": "a time", "title": "a title"}


def render_documents(documents: Sequence[Document], console: Console, *, top: int = TOP_DOCUMENTS) -> None:
    """Print the first `top` documents with what is known of each, and how many have each field."""
    table = Table(box=None, pad_edge=False)
    for header in ("document", "characters", *_SHOWN):
        table.add_column(header, overflow="fold")
    for document in documents[:top]:
        origins = dict(document.origins)
        values = {"outlet": document.outlet, "published": time_of(document), "title": document.title}
        cells = [f"{value} ({origins[field]})" if field in origins else value for field, value in values.items()]
        # As text: a name may hold what would be markup, or control a terminal.
        table.add_row(*(Text(flowing(cell or "–")) for cell in (document.id, f"{len(document.text):,}", *cells)))
    console.print(table)
    if len(documents) > top:
        console.print(f"{len(documents) - top:,} more")
    known = Counter(field for document in documents for field in _SHOWN if getattr(document, field) is not None)
    for field, name in _SHOWN.items():
        verb = "has" if known[field] == 1 else "have"
        console.print(f"{known[field]:,} of {len(documents):,} {verb} {name}")
