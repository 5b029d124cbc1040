"""What the page of a tree knows of each document and each unseen source: its name, its source, its credit, its updates."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from itertools import chain, count

from markupsafe import Markup

from dedup.params import SHOWN
from dedup.report.labels import Label, label_of, titled
from dedup.report.printable import flowing, on_page
from dedup.report.tree_common import source_name
from dedup.types import Document, Edge, Family, Match, NewsStory, Origin, Report, utc

_AFTER = r"(^|\b(?:of|in|from|and) )"
_BEFORE = r"(?=[\s,:]|$)"
"""What surrounds an id in the sentence of a reason."""
_QUOTED = re.compile("(?<=“)([^”]+)(?=”)")


@dataclass(slots=True)
class Item:
    """A document or an unseen source. `ref` is its anchor on the page.

    `edge` leads to its source. `credit` is "credited", "uncredited", or "" where nothing is known. `content` is "narration" or
    "quotation" if all that it shares with its source is of that kind. `letter` is the same for documents with the same words.
    `family` is the passage that the edge is about, "" where it is about the whole. `updates` are later versions by the same
    outlet, which are folded into this one.
    """

    id: str
    ref: str
    label: Label
    hidden: bool = False
    time: datetime | None = None
    edge: Edge | None = None
    credit: str = ""
    content: str = ""
    letter: str = ""
    family: str = ""
    updates: list["Item"] = field(default_factory=list)

    @property
    def whole_day(self) -> bool:
        """Whether its time is a day, of which the hour is unknown."""
        return self.time is not None and (self.time.hour, self.time.minute, self.time.second) == (0, 0, 0)

    @property
    def named(self) -> str:
        """Its headline in quotation marks with its outlet, or what views call an unseen source."""
        return str(self.marked.striptags())

    @property
    def marked(self) -> Markup:
        """The same for a page: each name may be in a script that runs the other way."""
        if self.hidden:
            return isolated(self.label.headline)
        outlet = Markup(" ({})").format(isolated(self.label.outlet)) if self.label.outlet else ""
        return Markup("“{}”{}").format(isolated(self.label.headline), outlet)


def isolated(text: str) -> Markup:
    """Return `text` for one line of a page, kept apart from what surrounds it, whichever way it runs."""
    return Markup("<bdi>{}</bdi>").format(on_page(flowing(text)))


def early(item: Item) -> tuple[bool, float, str]:
    """Return a key that sorts items by time; those without one come last."""
    return item.time is None, item.time.timestamp() if item.time else 0.0, item.id


class Items:
    """All items of a report by id, with their relations."""

    def __init__(self, report: Report) -> None:
        found = report.provenance
        self.report = report
        self.filtered = not report.params.keys().isdisjoint(("filters", "top"))
        trees = (edge for edge in found.edges if edge.kind != "passage")
        self.documents: Mapping[str, Document] = titled(report.documents, lambda: ((e.child, e.parent) for e in trees))
        self.edges = {edge.child: edge for edge in found.edges if edge.kind != "passage"}
        self.children = defaultdict[str, list[str]](list)
        for edge in self.edges.values():
            self.children[edge.parent].append(edge.child)
        self.passages = defaultdict[str, list[Edge]](list)
        for edge in found.edges:
            if edge.kind == "passage":
                self.passages[edge.child].append(edge)
        self.sources = {source.id: source for source in found.sources}
        self.same_words = {name: version for version in found.versions for name in version}
        self.families = {family.id: family for family in report.families}
        self._held: dict[str, list[Family]] | None = None
        self._items: dict[str, Item] = {}
        self._more = count(1)
        self._pairs: dict[frozenset[str], list[Match]] | None = None

    def __getitem__(self, name: str) -> Item:
        if name not in self._items:
            self._items[name] = self._item(name, self.edges.get(name))
        return self._items[name]

    def in_passage(self, name: str, edge: Edge | None, family: str) -> Item:
        """Return an item for the tree of one passage, in which `edge` leads to its source."""
        item = self._item(name, edge)
        item.family = family
        return item

    def _item(self, name: str, edge: Edge | None) -> Item:
        ref = f"n{next(self._more)}"
        if name in self.sources:
            headline = source_name(self.sources[name])
            return Item(name, ref, Label(name, headline, "", "", ""), hidden=True, edge=edge)
        document = self.documents[name]
        time = utc(document.published) if document.published else None
        return Item(name, ref, label_of(document), time=time, edge=edge, credit=_credit(edge), content=self._content(edge))

    def matches(self, child: str, parent: str) -> list[Match]:
        """Return the matches of two documents, with the child as side b, in the order of the child's text."""
        if self._pairs is None:
            found = self.report.provenance
            edges = chain(found.edges, *(tree.edges for tree in found.passages))
            wanted = {frozenset((edge.child, edge.parent)) for edge in edges}
            self._pairs = defaultdict(list)
            for match in self.report.matches:
                pair = frozenset((match.a.doc or "", match.b.doc or ""))
                if pair in wanted:
                    self._pairs[pair].append(match)
        both = self._pairs.get(frozenset((child, parent)), [])
        return sorted((m if m.b.doc == child else m.turned() for m in both), key=lambda m: m.b.start)

    def _content(self, edge: Edge | None) -> str:
        """The kind of all text that the two ends of an edge share; "" if there are several, or if the source is unseen."""
        found = (
            {part.content for match in self.matches(edge.child, edge.parent) for part in match.parts or [match]}
            if edge
            else set()
        )
        kinds = found & set(SHOWN)
        return kinds.pop() if len(kinds) == 1 else ""

    def families_of(self, documents: Iterable[str]) -> list[Family]:
        """Return the families of reused passages that occur in any of `documents`."""
        if self._held is None:
            self._held = defaultdict(list)
            for family in self.report.families:
                for name in {span.doc or "" for span in family.passages} if family.kind == "reuse" else ():
                    self._held[name].append(family)
        return list({family.id: family for name in documents for family in self._held.get(name, ())}.values())

    def below(self, root: str) -> Iterator[str]:
        """Yield `root` and all that has its text from it, a parent before its children."""
        stack = [root]
        while stack:
            name = stack.pop()
            yield name
            stack += reversed(self.children.get(name, []))

    def folded(self, names: Iterable[str]) -> tuple[list[Item], dict[str, str]]:
        """Return the items of `names` without updates, and by id the item that stands for each; that has the updates."""
        shown, stands = list[Item](), dict[str, str]()
        for name in names:
            item = self[name]
            if item.edge and item.edge.kind == "update" and item.edge.parent in stands:
                stands[name] = stands[item.edge.parent]
                self[stands[name]].updates.append(item)
            else:
                stands[name] = name
                item.updates = []
                shown.append(item)
        return shown, stands


def _credit(edge: Edge | None) -> str:
    kinds = {reason.kind for reason in (*edge.reasons, *edge.doubts)} if edge else set()
    return "credited" if "credit" in kinds else "uncredited" if "no-credit" in kinds else ""


def with_names(sentences: Iterable[str], edge: Edge, items: Items, near: tuple[str, ...]) -> list[Markup]:
    """Return the sentences of an edge's reasons with names for ids: its own two ends, and the documents `near` it."""
    ends = _ids((edge.child, edge.parent))
    return [_named(sentence, edge, items, (ends, _ids(near))) for sentence in sentences]


@lru_cache(maxsize=8)
def _ids(names: tuple[str, ...]) -> re.Pattern[str]:
    longest = sorted(names, key=len, reverse=True)
    return re.compile(_AFTER + "(" + ("|".join(map(re.escape, longest)) or "(?!)") + ")" + _BEFORE)


def _named(sentence: str, edge: Edge, items: Items, patterns: Iterable[re.Pattern[str]]) -> Markup:
    found = sorted({m.span(2): m[2] for pattern in patterns for m in pattern.finditer(sentence)}.items())
    out, at = Markup(""), 0
    for (start, end), name in found:
        if start < at:
            continue  # an id in a longer one
        item = items[name]
        short = "this article" if name == edge.child else "its source" if name == edge.parent and not item.hidden else ""
        out += _quoting(sentence[at:start]) + (Markup("{}").format(short) if short else item.marked)
        at = end
    out += _quoting(sentence[at:])
    return Markup(out[:1].upper() + out[1:])


def _quoting(text: str) -> Markup:
    """`text` with each quotation kept apart, so that an arrow between two words of Arabic still leads to the right."""
    parts = _QUOTED.split(text)
    return Markup("").join(
        isolated(part) if n % 2 else Markup("{}").format(on_page(flowing(part))) for n, part in enumerate(parts)
    )


def stories_of(items: Items) -> list[NewsStory]:
    """Return the stories of a report, the largest first.

    A report of an earlier version names none, and some documents may be in none: then each tree is a story of its own.
    """
    found = list(items.report.provenance.stories)
    held = {name for story in found for name in story.documents}
    for root in sorted(set(items.children) - set(items.edges)):
        tree = list(items.below(root))
        documents = tuple(sorted(name for name in tree if name in items.documents))
        if documents and held.isdisjoint(documents):
            sure = min(items.edges[name].confidence for name in tree if name in items.edges)
            found.append(NewsStory(documents[0], documents, (Origin(root, documents, sure),)))
    return sorted(found, key=lambda story: (-len(story.documents), story.id))
