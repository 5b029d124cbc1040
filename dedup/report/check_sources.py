"""How much of a draft each source has too, and the answer of a check in one sentence."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from dedup.press.credits import credits_of
from dedup.press.names import agencies, agency_behind, display_name
from dedup.report.labels import Label, label_of
from dedup.report.word_counts import word_counts
from dedup.types import Checked, Document, utc

_CREDITS = 50
"""Sources whose credits are read, those with most of the draft first: more say nothing new about whose copy it is."""
_MOST = 0.5
"""Share of the reused words from which the answer names the agency that they are credited to."""


class SourceShare(NamedTuple):
    """A source of a draft. `words` has by passage, counted from 0, how many of its words the source has too."""

    label: Label
    document: Document | None
    words: dict[int, int]
    share: float
    """Of the draft's words."""
    later: bool
    """Whether it was published after the draft."""


class Answer(NamedTuple):
    """What a check says in one sentence: how much of the draft occurs elsewhere, and the source that has most of it.

    `nearest` is "" if there is none, `day` if its date is unknown; `share` is the share of the draft's words that it has.
    `later` says that it was published after the draft.
    """

    said: str
    nearest: str = ""
    day: str = ""
    share: str = ""
    later: bool = False


def sources_by_share(one: Checked) -> list[SourceShare]:
    """Return the sources of a draft, the one with most of the draft's words first; of equal ones the earliest.

    A source may have only a part of a passage. So what counts is the number of words that it has there, and never more than the
    passage itself has.
    """
    known = {source.id: source for source in one.sources}
    places = [(at, source) for at, passage in enumerate(one.passages) for source in passage.sources]
    texts = [known[place.doc].text[place.start : place.end] if place.doc in known else "" for _, place in places]
    own = word_counts([one.draft.text[passage.start : passage.end] for passage in one.passages])
    found: dict[str, dict[int, int]] = {}
    for (at, place), words in zip(places, word_counts(texts), strict=True):
        here = found.setdefault(place.doc, {})
        here[at] = min(here.get(at, 0) + words, own[at])
    out = [
        SourceShare(
            label_of(known[name]) if name in known else Label(name, name, "", "", ""),
            known.get(name),
            words,
            min(sum(words.values()) / max(one.words, 1), 1.0),
            _is_later(one.draft, known.get(name)),
        )
        for name, words in found.items()
    ]
    return sorted(out, key=lambda s: (-sum(s.words.values()), s.label.time or "~", s.label.id))


def answer(one: Checked, sources: Sequence[SourceShare]) -> Answer:
    """Return how much of a draft occurs elsewhere, in whose copy, and what comes nearest to it.

    >>> answer(Checked(Document("draft", "New words."), 2, (), {}), []).said
    'Nothing in it occurs elsewhere'
    """
    if not one.passages:
        return Answer("Nothing in it occurs elsewhere" + (", but for what is left out" if one.left_out else ""))
    reused = sum(one.shared.values())
    said = f"{percent(reused)} of its words also occur elsewhere"
    agency, words = _agency(sources)
    share = min(words / max(one.words, 1), reused)
    if agency and share >= _MOST * reused:
        same = percent(share) == percent(reused)
        copy = f"in copy credited to {agency}"
        said = f"{percent(share)} of its words also occur {copy}" if same else f"{said}, {percent(share)} {copy}"
    said = said[:1].upper() + said[1:]
    if not sources:
        return Answer(said)
    best, label = sources[0], sources[0].label
    name = label.outlet or f"“{label.headline}”"
    return Answer(said, name, label.time.partition(" ")[0], percent(best.share), best.later)


def percent(share: float) -> str:
    r"""Return a share as whole percent, with a space that does not break. Some is never rounded to nothing, or to all.

    >>> [percent(share) for share in (0.314, 0.001, 0.999, 1.0)]
    ['31\xa0%', 'under 1\xa0%', 'over 99\xa0%', '100\xa0%']
    """
    if 0 < share < 0.005:
        return "under 1\xa0%"
    if 0.995 <= share < 1:
        return "over 99\xa0%"
    return f"{share * 100:.0f}\xa0%"


def _is_later(draft: Document, source: Document | None) -> bool:
    if draft.published is None or source is None or source.published is None:
        return False
    return utc(draft.published) < utc(source.published)


def _agency(sources: Sequence[SourceShare]) -> tuple[str, int]:
    """Return the agency that has most of the draft's words, and how many: those in texts that are its own or credit it."""
    best: dict[str, dict[int, int]] = {}
    for source in sources[:_CREDITS]:
        if source.document is not None and (agency := _credited_agency(source.document)):
            words = best.setdefault(agency, {})
            for at, number in source.words.items():
                words[at] = max(words.get(at, 0), number)
    totals = Counter({name: sum(words.values()) for name, words in best.items()})
    return max(totals.items(), key=lambda item: (item[1], item[0]), default=("", 0))


def _credited_agency(document: Document) -> str | None:
    """Return the agency whose copy a text says it is: it is the agency's own, states it, or credits it for more than a part."""
    known = set(agencies().values())
    stated = (agency_behind(document.outlet, document.url), display_name(document.agency) if document.agency else None)
    named = [name for name, kind in credits_of(document.text, document.author).items() if kind != "part"]
    return next((name for name in (*stated, *named) if name in known), None)
