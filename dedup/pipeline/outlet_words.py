"""Whose the words of each article are: copied, of unknown order, quoted, or original (`dedup.outlet_types` defines these)."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dedup import _native
from dedup.params import MatchParams
from dedup.pipeline.outlet_relations import Relation, Relations, Source
from dedup.types import Content, Document, Extent, Match, Part, Report

_COUNTED: tuple[Content, ...] = ("narration", "quotation")
"""Kinds of text that count; phrases and furniture are nobody's."""


@dataclass(slots=True)
class ArticleWords:
    """How many words an article has of each kind; `copied` by source."""

    words: int
    copied: dict[Source, int] = field(default_factory=dict)
    unknown: int = 0
    quoted: int = 0
    earlier: int = 0
    """WordPlaces in narration and quotations that earlier articles of other outlets have."""
    maybe_earlier: int = 0
    """The same with articles that may be earlier, or may be of another outlet."""

    @property
    def original(self) -> int:
        """The other words."""
        return self.words - sum(self.copied.values()) - self.unknown - self.quoted


class WordPlaces:
    """The words of the texts of documents, by the rule by which a scan cuts them."""

    def __init__(self, documents: Sequence[Document]) -> None:
        offsets, starts = _native.tokens([document.text for document in documents])[:2]
        self._starts: npt.NDArray[np.uint32] = starts
        self._bounds = dict(
            zip((d.id for d in documents), zip(offsets.tolist(), offsets[1:].tolist(), strict=False), strict=True)
        )

    def count(self, name: str) -> int:
        """Return the number of words of a document."""
        first, last = self._bounds[name]
        return int(last - first)

    def within(self, name: str, extent: Extent) -> slice:
        """Return the words of a document that start in `extent`."""
        first, last = self._bounds[name]
        low, high = np.searchsorted(self._starts[first:last], extent).tolist()
        return slice(low, high)


class _Use(NamedTuple):
    """WordPlaces of an article that another one has too, and what is known of the two."""

    place: slice
    content: Content
    relation: Relation
    dated: bool
    """Whether the other one is certainly earlier by its date, and of another outlet."""
    maybe: bool
    """Whether the other one may be earlier, and of another outlet."""


def article_words(report: Report, relations: Relations, counted: Collection[str], words: WordPlaces) -> dict[str, ArticleWords]:
    """Return the words of each of the documents `counted` that shares narration or a quotation with a foreign document.

    All of them must have an outlet. A match whose family is too large to list all its pairs counts for all its documents.
    """
    uses: dict[str, list[_Use]] = defaultdict(list)
    for name, other, family, part, content in _shared(report, relations, counted):
        relation = relations.relation(name, other, family)
        then, now, outlet = relations.times[other], relations.times[name], relations.outlets[other]
        place = words.within(name, part)
        uses[name].append(_Use(place, content, relation, outlet is not None and then.before(now), maybe=not now.before(then)))
    return {name: _counted(words.count(name), own) for name, own in sorted(uses.items())}


def _counted(count: int, uses: Sequence[_Use]) -> ArticleWords:
    """Count each word of an article once: by the first of its uses in the order of kinds, and of sources by their rank."""
    out = ArticleWords(count)
    free = np.ones(count, np.bool_)

    def claim(use: _Use) -> int:
        claimed = int(free[use.place].sum())
        free[use.place] = False
        return claimed

    narration = [use for use in uses if use.content == "narration"]
    for use in sorted((use for use in narration if use.relation.kind == "from"), key=lambda use: use.relation.rank):
        if claimed := claim(use):
            out.copied[use.relation.source] = out.copied.get(use.relation.source, 0) + claimed
    out.unknown = sum(claim(use) for use in narration if use.relation.kind == "unknown")
    out.quoted = sum(claim(use) for use in uses if use.content == "quotation" and use.maybe)
    covered = np.zeros(count, np.bool_)
    for use in uses:
        if use.dated:
            covered[use.place] = True
    out.earlier = int(covered.sum())
    for use in uses:
        if use.maybe:
            covered[use.place] = True
    out.maybe_earlier = int(covered.sum())
    return out


def _shared(
    report: Report, relations: Relations, counted: Collection[str]
) -> Iterator[tuple[str, str, str | None, Extent, Content]]:
    """Yield each part of a document that a foreign document has: the two, the family, the extent in the first, its kind."""
    limit = report.params.get("all_pairs_passages")
    limit = limit if isinstance(limit, int) else MatchParams().all_pairs_passages
    large = {
        family.id: relations.members(family.id, {span.doc or "" for span in family.passages})
        for family in report.families
        if len(family.passages) > limit
    }
    for match in report.matches:
        ends = [match.a.doc or "", match.b.doc or ""]
        parts: Sequence[Part] | None = None
        for side, name in enumerate(ends):
            if name not in counted:
                continue
            members = large.get(match.family or "")
            others = dict.fromkeys([ends[1 - side], *(relations.telling(name, members) if members else ())])
            foreign = [other for other in others if relations.are_foreign(name, other)]
            if not foreign:
                continue
            parts = _counted_parts(match) if parts is None else parts  # they are computed anew each time they are read
            for part in parts:
                extent = part.b if side else part.a
                yield from ((name, other, match.family, extent, part.content) for other in foreign)


def _counted_parts(match: Match) -> list[Part]:
    """Return the parts of a match whose kind of text counts; a match without parts is one part."""
    a, b = Extent(match.a.start, match.a.end), Extent(match.b.start, match.b.end)
    parts = match.parts or (Part(a, b, match.content, match.bits),)
    return [part for part in parts if part.content in _COUNTED]
