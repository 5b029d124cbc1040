"""Filters: which documents and matches of a report are shown. They do not limit what is compared."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from dedup.errors import UsageError
from dedup.press.names import is_nobody, is_outlet
from dedup.press.order import Published, published
from dedup.sources.times import stated_time
from dedup.types import Document

_ALWAYS = Published(float("-inf"), float("inf"))


@dataclass(frozen=True, slots=True)
class Filters:
    """What of a report is shown. UsageError, which names the argument, for a value that cannot be.

    >>> Filters(outlets=["CNN"], since="2018-07-01", until="2018-07-15").as_dict()
    {'outlets': ['CNN'], 'since': '2018-07-01', 'until': '2018-07-15'}
    """

    outlets: Sequence[str] = ()
    """Only what concerns an article of one of these, in any usual spelling or as a site."""
    since: str | date | None = None
    """Only what concerns an article that may have been published at this time or later: a date, or a date and a time of day."""
    until: str | date | None = None
    """The same for this time or earlier; a date includes its whole day."""
    across_outlets: bool = False
    """Only what joins two different outlets; articles without an outlet are left out."""
    min_words: int = 0
    """Only passages of at least so many words, in each of the two documents."""
    _time: Published = field(default=_ALWAYS, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Check the values."""
        if isinstance(self.outlets, str):
            raise UsageError(f"outlets is a sequence of names; write [{self.outlets!r}]")
        object.__setattr__(self, "outlets", tuple(self.outlets))
        for name in self.outlets:
            if not isinstance(name, str) or is_nobody(name):
                raise UsageError(f"outlet {name!r} (--outlet): not the name or the site of an outlet")
        if isinstance(self.min_words, bool) or not isinstance(self.min_words, int) or self.min_words < 0:
            raise UsageError(f"min_words {self.min_words!r} (--min-words): not a whole number of 0 or more")
        start = _read("since", self.since).start if self.since is not None else _ALWAYS.start
        end = _read("until", self.until).end if self.until is not None else _ALWAYS.end
        if start >= end:
            raise UsageError(f"since {self.since} (--since) is after until {self.until} (--until); exchange them")
        object.__setattr__(self, "_time", Published(start, end))

    def __bool__(self) -> bool:
        """Return whether anything is left out."""
        return self.chooses_documents or self.across_outlets or self.min_words > 0

    @property
    def chooses_documents(self) -> bool:
        """Whether documents are chosen, by outlet or by date."""
        return bool(self.outlets) or self._time != _ALWAYS

    def is_in_time(self, document: Document) -> bool:
        """Return whether a document may have been published in the time asked for; one without a date never was."""
        if self._time == _ALWAYS:
            return True
        time = published(document)
        return time.is_known and time.end > self._time.start and time.start < self._time.end

    def is_of(self, outlet: str | None) -> bool:
        """Return whether `outlet` is one of those asked for."""
        return not self.outlets or (outlet is not None and any(is_outlet(name, outlet) for name in self.outlets))

    def choose(self, document: Document) -> bool:
        """Return whether a document is of an outlet and of the time asked for."""
        return self.is_in_time(document) and self.is_of(document.outlet)

    def refuse_unknown_outlets(self, documents: Iterable[Document]) -> None:
        """Raise UsageError for an outlet of which there is no document."""
        stated = sorted({document.outlet for document in documents if document.outlet})
        for name in self.outlets:
            if any(is_outlet(name, outlet) for outlet in stated):
                continue
            if not stated:
                raise UsageError(
                    f"outlet {name!r} (--outlet): no document states an outlet; --outlet-from says where to find it"
                )
            near = difflib.get_close_matches(name, stated, 1, _ALIKE)
            hint = (
                f"did you mean {near[0]!r}?"
                if near
                else f"there are {', '.join(stated[:_SOME])}{', …' if len(stated) > _SOME else ''}"
            )
            raise UsageError(f"outlet {name!r} (--outlet): no document is of this outlet; {hint}")

    def as_dict(self) -> dict[str, object]:
        """Return the values that differ from the defaults, as plain data."""
        values = {
            "outlets": list(self.outlets),
            "since": None if self.since is None else str(self.since),
            "until": None if self.until is None else str(self.until),
            "across_outlets": self.across_outlets,
            "min_words": self.min_words,
        }
        return {name: value for name, value in values.items() if value}


_ALIKE = 0.6
"""Likeness from which an outlet is offered for a name that is not known."""
_SOME = 5
"""Outlets that a message names."""


def _read(name: str, value: object) -> Published:
    """Return the time that `value` states; without a time of day it is the whole day."""
    stated = stated_time(value) if isinstance(value, str | date) else "not a date"
    if isinstance(stated, str):
        raise UsageError(f"{name} {value!r} (--{name}): {stated}; write YYYY-MM-DD or 'YYYY-MM-DD HH:MM'")
    if not stated.has_time:
        return published(Document("", "", published=datetime.combine(stated.time.date(), datetime.min.time())))
    start, _ = published(Document("", "", published=stated.time))
    return Published(start, start + 1)
