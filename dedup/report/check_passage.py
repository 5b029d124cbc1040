"""What a page says of one passage of a draft: the reason, and the passage in its own context in each of its sources."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from dedup.report.check_common import difference
from dedup.report.check_sources import SourceShare
from dedup.report.labels import Label, Marked, label_of, marked_diff
from dedup.report.word_counts import word_counts
from dedup.types import Checked, Document, Judged, Sourced

_SOURCES = 5
"""Sources of a passage that are shown with their text. The others are counted; the list of a draft's sources has them."""
_AROUND = 200
"""Characters of a source that are shown before and after a passage."""
_EXCERPT = 700
"""Characters of a passage that the excerpt from a further source shows."""
_ROOM = 900_000
"""Characters that a page has for the passages in their sources. If more are to be shown, each excerpt is shorter."""
_MISSING = 0.1
"""Share of the words of a passage by which its source may differ from what the changes say, before it has only a part of it."""


class Room(NamedTuple):
    """How much of each source a page shows: characters of an excerpt, and around it."""

    excerpt: int
    around: int

    @classmethod
    def of(cls, checked: Sequence[Checked]) -> "Room":
        """Return the room that the passages of `checked` have, so that the page stays small enough to open at once."""
        lengths = [
            min(passage.end - passage.start, _EXCERPT) + 2 * _AROUND
            for one in checked
            for passage in one.passages
            for _ in passage.sources[:_SOURCES]
        ]
        scale = min(1.0, _ROOM / max(sum(lengths), 1))
        return cls(int(_EXCERPT * scale), int(_AROUND * scale))


class InSource(NamedTuple):
    """A passage in one of its sources, with what stands around it there.

    `diff` is its word diff, `text` what stands there where no diff is known; `note` says in words which of the two it is.
    """

    label: Label
    later: bool
    before: str
    diff: list[Marked]
    text: str
    after: str
    note: str


class Account(NamedTuple):
    """The reason for a passage's judgement, in three parts of which the middle one is a headline, and the passage's sources."""

    reason: tuple[str, str, str]
    sources: list[InSource]
    more: int


def account_of(one: Checked, passage: Judged, shares: Mapping[str, SourceShare], room: Room) -> Account:
    """Return what the page says of `passage`; `shares` are the sources of the draft by id."""
    known = {source.id: source for source in one.sources}
    firsts: dict[str, Sourced] = {}
    for source in passage.sources:
        firsts.setdefault(source.doc, source)
    shown = [_in_source(one, passage, place, shares[name], room) for name, place in list(firsts.items())[:_SOURCES]]
    return Account(_reason(passage, known), shown, len(firsts) - len(shown))


def _reason(passage: Judged, known: Mapping[str, Document]) -> tuple[str, str, str]:
    """The reason, with the headline of the source that it names in the place of the id."""
    for source in passage.sources:
        named = f"Occurs in {source.doc}"
        if source.doc in known and passage.reason.startswith(named):
            return "Occurs in ", label_of(known[source.doc]).headline, passage.reason[len(named) :]
    return passage.reason, "", ""


def _in_source(one: Checked, passage: Judged, place: Sourced, source: SourceShare, room: Room) -> InSource:
    label, later = source.label, source.later
    if source.document is None:
        return InSource(label, later, "", [], "", "", "The text of this source is not at hand.")
    text = source.document.text
    start, end = _whole_words(text, place)
    before, after, excerpt = _before(text, start, room.around), _after(text, end, room.around), text[start:end]
    if place == passage.sources[0] and place.bits is not None:
        whole = one.draft.text[passage.start : passage.end]
        diff = marked_diff(difference(one, passage)) or [Marked("", whole, fact=False, equal=True, gap=False)]
        if _is_whole(diff, excerpt):
            same = len(diff) == 1 and diff[0].equal
            return InSource(label, later, before, diff, "", after, "The words are the same." if same else "")
        note = "As it stands there; this source has only a part of the passage."
    else:
        note = "As it stands there."
    if len(excerpt) > room.excerpt:
        excerpt = _after(excerpt, 0, room.excerpt)
    return InSource(label, later, before, [], excerpt, after, note)


def _whole_words(text: str, place: Sourced) -> tuple[int, int]:
    """Return the start and end of a passage in its source, moved out of words: they are known only up to a few characters."""
    start, end = place.start, place.end
    while 0 < start < len(text) and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while 0 < end < len(text) and text[end - 1].isalnum() and text[end].isalnum():
        end += 1
    return start, end


def _is_whole(diff: Sequence[Marked], excerpt: str) -> bool:
    """Whether `diff` accounts for the words of `excerpt`, the source's side of it."""
    told, there = word_counts([" ".join(part.new if part.equal else part.old for part in diff), excerpt])
    return abs(told - there) <= max(2, _MISSING * there)


def _before(text: str, place: int, most: int) -> str:
    """What stands before `place`: up to `most` characters, from the start of a word on, behind "…" where more precedes."""
    start = max(place - most, 0)
    if start == 0:
        return text[:place]
    cut = text[start:place].partition(" ")
    return f"… {cut[2] or cut[0]}"


def _after(text: str, place: int, most: int) -> str:
    """What follows `place`: up to `most` characters, to the end of a word, before "…" where more follows."""
    end = place + most
    if end >= len(text):
        return text[place:]
    cut = text[place:end].rpartition(" ")
    return f"{cut[0] or cut[2]} …"
