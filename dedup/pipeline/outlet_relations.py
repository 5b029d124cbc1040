"""What is known of two articles of different outlets that share a passage: who has it from whom, or who was first."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from dedup.press.names import outlet_key
from dedup.press.order import Published, published
from dedup.report.tree_common import LIKELY
from dedup.types import Report


class Source(NamedTuple):
    """Where words come from: the key of an outlet or agency, None for an unseen source without a name."""

    key: str | None
    seen: bool


class Relation(NamedTuple):
    """What is known of a passage of one article that another one has too.

    `kind` is `from` (the article has it from `source`), `first` (it had the passage first) or `unknown`. Of several relations
    that name a source, the one with the least `rank` counts: the traced parent, then an unseen source, then the earliest.
    """

    kind: Literal["from", "first", "unknown"]
    rank: tuple[float, ...] = ()
    source: Source = Source(None, seen=True)


class Members(NamedTuple):
    """The documents that share one passage; of more than `_FEW`, also those that `Relations.telling` chooses from."""

    family: str | None
    names: Collection[str]
    by_root: Mapping[str | None, Sequence[str]]
    """By unseen source, some documents that have the passage from it."""
    first_ended: Sequence[str]
    """Of several outlets, the document that was certainly published by the earliest time."""
    first_started: Sequence[str]
    """Of several outlets, the document that may have been published at the earliest time."""


_FEW = 50
"""Members of which all are asked: as many as a family has whose matches are all listed."""
_REPRESENTATIVES = 8
"""Members of as many outlets, or of one unseen source, that stand for a larger family."""
FIRST, UNKNOWN = Relation("first"), Relation("unknown")
_PARENT, _UNSEEN, _EARLIER = 0.0, 1.0, 2.0


class Relations:
    """The documents of a report by id, and what its dates and its provenance say of two of them."""

    def __init__(self, report: Report) -> None:
        self.outlets: dict[str, str | None] = {d.id: outlet_key(d.outlet) for d in report.documents}
        self.times: dict[str, Published] = {d.id: published(d) for d in report.documents}
        self._numbers = {name: number for number, name in enumerate(sorted(self.outlets))}
        self._parents: dict[str, set[str]] = defaultdict(set)
        self._above: dict[str, str] = {}
        for edge in report.provenance.edges:
            if edge.confidence >= LIKELY:
                self._parents[edge.child].add(edge.parent)
                if edge.kind != "passage":
                    self._above[edge.child] = edge.parent
        self._unseen = {source.id: outlet_key(source.agency) for source in report.provenance.sources}
        self._named: dict[tuple[str | None, str], str] = {
            (tree.family, edge.child): edge.parent
            for tree in report.provenance.passages
            for edge in tree.edges
            if edge.confidence >= LIKELY and self._unseen.get(edge.parent) is not None
        }
        self._root_of = {name: self._unseen_root(name) for name in self._above}

    def are_foreign(self, one: str, other: str) -> bool:
        """Return whether two documents are not known to be of one outlet."""
        own = self.outlets[one]
        return own is None or own != self.outlets[other]

    def relation(self, one: str, other: str, family: str | None) -> Relation:
        """Return what is known of a passage of `one` that `other`, which is foreign, has too; `family` is the passage's."""
        then, now, outlet = self.times[other], self.times[one], self.outlets[other]
        if outlet is not None and other in self._parents.get(one, ()):
            return Relation("from", (_PARENT,), Source(outlet, seen=True))
        if (unseen := self.unseen_source(one, other, family)) is not None:
            return Relation("from", (_UNSEEN,), Source(unseen or None, seen=False))
        if outlet is not None and then.before(now):
            return Relation("from", (_EARLIER, then.end, self._numbers[other]), Source(outlet, seen=True))
        if now.before(then) or one in self._parents.get(other, ()) or self._descends(other, one):
            return FIRST
        return UNKNOWN

    def unseen_source(self, one: str, other: str, family: str | None) -> str | None:
        """Return the key of the unseen source that both have the passage from; "" if nobody names it, None if there is none.

        What `other` has from `one` is no sign of such a source, nor is a source that is the outlet of `one`.
        """
        root = self._root_of.get(one)
        if root is None or root != self._root_of.get(other) or self._descends(other, one):
            root = self._named.get((family, one))
            if root is None or root != self._named.get((family, other)):
                return None
        key = self._unseen[root]
        return None if key is not None and key == self.outlets[one] else key or ""

    def telling(self, one: str, members: "Members") -> Iterator[str]:
        """Yield foreign documents among `members` from which what is known of a passage of `one` follows.

        Of few members these are all. Of many they are its parents, some that share its unseen source, and the earliest of
        several outlets, so that the cost is linear: if any other one was earlier, so was one of these.
        """
        own: Collection[str]
        if len(members.names) <= _FEW:
            own = members.names
        else:
            roots = [self._root_of.get(one), self._named.get((members.family, one))]
            shared = [name for root in roots for name in members.by_root.get(root, ())]
            parents = [name for name in self._parents.get(one, ()) if name in members.names]
            own = dict.fromkeys([*parents, *shared, *members.first_ended, *members.first_started])
        yield from (name for name in own if name != one and self.are_foreign(one, name))

    def members(self, family: str | None, names: Collection[str]) -> "Members":
        """Return the documents `names`, which share the passage `family`, so that `telling` can choose among them."""
        names = dict.fromkeys(sorted(names))
        by_root: dict[str | None, list[str]] = defaultdict(list)
        if len(names) <= _FEW:
            return Members(family, names, by_root, [], [])
        for name in names:
            for root in {self._root_of.get(name), self._named.get((family, name))} - {None}:
                if len(by_root[root]) < _REPRESENTATIVES:
                    by_root[root].append(name)
        ended = sorted(names, key=lambda name: (self.times[name].end, self._numbers[name]))
        started = sorted(names, key=lambda name: (self.times[name].start, self._numbers[name]))
        return Members(family, names, by_root, self._of_several_outlets(ended), self._of_several_outlets(started))

    def _of_several_outlets(self, names: Iterable[str]) -> list[str]:
        """Return the first of `names` of each outlet, up to `_REPRESENTATIVES`, and the first without an outlet."""
        firsts: dict[str | None, str] = {}
        for name in names:
            firsts.setdefault(self.outlets[name], name)
        unnamed = firsts.pop(None, None)
        return [*list(firsts.values())[:_REPRESENTATIVES], *([unnamed] if unnamed else [])]

    def _unseen_root(self, name: str) -> str | None:
        """Return the unseen source at the head of the tree of `name`."""
        while name in self._above:
            name = self._above[name]
        return name if name in self._unseen else None

    def _descends(self, name: str, other: str) -> bool:
        """Return whether `name` was made from `other`, directly or not."""
        while name in self._above:
            name = self._above[name]
            if name == other:
                return True
        return False
