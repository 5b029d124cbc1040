"""How pages name a document: its headline, outlet, time and address. Ids are for programs; people read headlines."""

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import NamedTuple
from urllib.parse import urlsplit

import numpy as np

from dedup.arrays import components
from dedup.report.diff import Piece
from dedup.types import Document, utc

_LONGEST = 110
"""Characters of a headline, and of the name of an outlet, that are shown."""
_OPENING_SIGNS = "([{“‘«„‹"
"""Signs behind which no space comes."""
_HEAD = 20
"""Lines of a text among which its headline is looked for."""
_NARROWEST = 0.5
"""Percent of a strip that its shortest passage takes, so that it can be seen."""


class Label(NamedTuple):
    """What a page says of a document. `url` is "" unless it is an address of the web; `about` has the outlet and the time."""

    id: str
    headline: str
    outlet: str
    time: str
    url: str

    @property
    def about(self) -> str:
        """The outlet and the time, as far as they are known."""
        return " · ".join(filter(None, (self.outlet, self.time)))


class StripPlace(NamedTuple):
    """A passage in a strip: its start and width in percent of the text, and the class of its colour."""

    x: float
    width: float
    tone: str


class Marked(NamedTuple):
    """A piece of a word diff. `fact` marks a changed fact; `gap` says that a space must come before it."""

    old: str
    new: str
    fact: bool
    equal: bool
    gap: bool


def label_of(document: Document) -> Label:
    r"""Return what a page says of `document`.

    >>> label_of(Document("d17", "Ferry sails again\n\nThe ferry left at noon.", outlet="The Daily"))
    Label(id='d17', headline='Ferry sails again', outlet='The Daily', time='', url='')
    """
    headline, time = headline_of(document), day_or_minute(document)
    return Label(document.id, headline, _cut(document.outlet or ""), time, web_address(document.url))


def titled(
    documents: Iterable[Document], same_text: Callable[[], Iterable[tuple[str | None, str | None]]] = tuple
) -> dict[str, Document]:
    r"""Return documents by id, as a page names them: a line that an outlet prints above different texts is no headline.

    Such a line belongs to the pages of the outlet, as the name of a section does. A document without a title that starts with
    one gets its next line as its title. `same_text` yields the ids of two that have a text in common, which may have one
    headline; it is called only if a line occurs above several documents.

    >>> texts = {"a": "Our World\n\nFerry sails.", "b": "Our World\n\nTrain departs."}
    >>> found = titled(Document(name, text, outlet="The Daily") for name, text in texts.items())
    >>> [document.title for document in found.values()]
    ['Ferry sails.', 'Train departs.']
    """
    out = {document.id: document for document in documents}
    above = defaultdict[tuple[str, str], list[str]](list)
    for document in out.values():
        if document.outlet and not (document.title or "").strip():
            for line in set(islice(_lines_with_words(document.text), _HEAD)):
                above[document.outlet, line].append(document.id)
    several = {place: names for place, names in above.items() if len(names) > 1}
    if not several:
        return out
    text = _texts(out, same_text())
    furniture = {line for (_, line), names in several.items() if len({text[name] for name in names}) > 1}
    for name in {name for (_, line), names in several.items() if line in furniture for name in names}:
        out[name] = replace(out[name], title=headline_of(out[name], furniture))
    return out


def _texts(documents: Mapping[str, Document], pairs: Iterable[tuple[str | None, str | None]]) -> dict[str, int]:
    """By id, a number that is the same for documents that `pairs` join; these may also name what is no document."""
    place: dict[str | None, int] = {name: number for number, name in enumerate(documents)}
    joined = [(place.setdefault(a, len(place)), place.setdefault(b, len(place))) for a, b in pairs]
    found = components(len(place), np.array(joined, np.int64).reshape(-1, 2)).tolist()
    return dict(zip(documents, found, strict=False))


def _lines_with_words(text: str) -> Iterator[str]:
    return (" ".join(line.split()) for line in text.splitlines() if any(map(str.isalnum, line)))


def headline_of(document: Document, skip: Container[str] = ()) -> str:
    """Return the title of a document, or else its first line, cut where that is long; its id where it has no words.

    Lines in `skip` are passed over, unless the text has no other line.
    """
    line = " ".join((document.title or "").split())
    if not line:
        lines = list(islice(_lines_with_words(document.text), None if skip else 1))
        line = next((line for line in lines if line not in skip), lines[0] if lines else "")
    return _cut(line) or document.id


def _cut(line: str) -> str:
    return line if len(line) <= _LONGEST else line[:_LONGEST].rsplit(" ", 1)[0].rstrip(" ,;:–—-") + " …"


def day_or_minute(document: Document) -> str:
    """Return when a document was published, in UTC: the day, and the minute unless only the day is known; "" without a time."""
    if document.published is None:
        return ""
    time = utc(document.published)
    return f"{time:%Y-%m-%d}" if only_day(time) else f"{time:%Y-%m-%d %H:%M}"


def only_day(time: datetime) -> bool:
    """Whether `time`, in UTC, is midnight: what a source states that knows only the day."""
    return (time.hour, time.minute, time.second) == (0, 0, 0)


def web_address(url: str | None) -> str:
    """Return `url` if it is an address of the web, which a page may link to, else "".

    >>> web_address("https://daily.example/1"), web_address("javascript:alert(1)")
    ('https://daily.example/1', '')
    """
    text = (url or "").strip()
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    return text if parts.scheme.lower() in {"http", "https"} and parts.netloc and text.isprintable() else ""


def marked_diff(parts: Iterable[Piece]) -> list[Marked]:
    """Return the pieces of a word diff as a page shows them."""
    out, before = list[Marked](), " "
    for part in parts:
        gap = not part.equal and bool(part.old) and not (before[-1:].isspace() or before[-1:] in _OPENING_SIGNS)
        out.append(Marked(part.old, part.new, bool(part.flags), part.equal, gap))
        before = part.new or part.old or before
    return out


def places(spans: Sequence[tuple[int, int, str]], length: int) -> list[StripPlace]:
    """Return where `spans`, each start, end and tone, are in a text of `length` characters."""
    scale = 100 / max(length, 1)
    return [
        StripPlace(round(start * scale, 2), round(max((end - start) * scale, _NARROWEST), 2), tone)
        for start, end, tone in sorted(spans)
    ]
