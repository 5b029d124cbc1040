"""What shows that one document draws on another: the narration that both have.

Independent reports of one event print the same speech, statement, letter or post, and the same forms. Only words that a
reporter chose show that one text was made from the other (`dedup.content`).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from dedup.arrays import covered
from dedup.trace_params import StoryParams
from dedup.types import Document, Match

Public = Mapping[str, Sequence[tuple[int, int]]]
"""By document, the places of words that are nobody's narration: quotations, phrases and furniture."""


class DrawnText:
    """The narration that pairs of documents share, and the places of their other shared words."""

    def __init__(self, documents: Sequence[Document], matches: Sequence[Match], params: StoryParams) -> None:
        self._sizes = [len(document.text) for document in documents]
        number = {document.id: n for n, document in enumerate(documents)}
        by_pair: dict[tuple[int, int], list[Match]] = defaultdict(list)
        for match in matches:
            a, b = number[match.a.doc or ""], number[match.b.doc or ""]
            by_pair[min(a, b), max(a, b)].append(match)
        public: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self._narration: dict[tuple[int, int], list[tuple[int, int]]] = {}
        """By pair of documents, the places of the narration in the shorter one."""
        self._drawn: dict[str, dict[str, list[tuple[int, int]]]] = defaultdict(dict)
        """By document and other document, the places in the first of the narration that both have."""
        for (a, b), own in by_pair.items():
            shorter = documents[min((a, b), key=lambda n: (self._sizes[n], n))].id
            if all(self._are_versions(n, own, documents, params) for n in (a, b)):
                # Who prints the whole text of another draws on it, whatever the text holds.
                sides = (side for match in own for side in (match.a, match.b) if side.doc == shorter)
                self._narration[a, b] = [(side.start, side.end) for side in sides]
                continue
            places: dict[str, list[tuple[int, int]]] = {documents[n].id: [] for n in (a, b)}
            for match in own:
                for part in match.parts:
                    into = places if part.content == "narration" else public
                    for doc, side in ((match.a.doc, part.a), (match.b.doc, part.b)):
                        into[doc or ""].append((side.start, side.end))
            if places[shorter]:
                self._narration[a, b] = places[shorter]
                self._drawn[documents[a].id][documents[b].id] = places[documents[a].id]
                self._drawn[documents[b].id][documents[a].id] = places[documents[b].id]
        self._ids = [document.id for document in documents]
        self.public: Public = dict(public)

    def _are_versions(self, number: int, own: Sequence[Match], documents: Sequence[Document], params: StoryParams) -> bool:
        """Whether the matches `own` of one pair cover nearly all of the document `number`."""
        name = documents[number].id
        spans = [(side.start, side.end) for match in own for side in (match.a, match.b) if side.doc == name]
        return covered(spans) >= params.whole_share * self._sizes[number]

    def apart(self, child: Document, parent: Document) -> float:
        """Return which share of `child` is narration that it has from documents which share none with `parent`."""
        others = self._drawn.get(parent.id, {})
        places = [
            place
            for name, own in self._drawn.get(child.id, {}).items()
            if name not in others and name != parent.id
            for place in own
        ]
        own = self._drawn.get(child.id, {}).get(parent.id, [])
        return (covered([*places, *own]) - covered(own)) / max(1, len(child.text))

    def shares(self) -> dict[tuple[int, int], float]:
        """Return, by pair of documents, which share of the narration of the shorter one is in the other one, too."""
        said = {}
        out = {}
        for (a, b), places in self._narration.items():
            shorter = min((a, b), key=lambda n: (self._sizes[n], n))
            if shorter not in said:
                said[shorter] = max(1, self._sizes[shorter] - covered(self.public.get(self._ids[shorter], ())))
            out[a, b] = covered(places) / said[shorter]
        return out
