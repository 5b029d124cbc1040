"""A report without what its user does not want to see; every view and table gets the same."""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from dedup.pipeline.filters import Filters
from dedup.press.names import outlet_key
from dedup.report.word_counts import word_counts
from dedup.types import Edge, Family, Match, NewsStory, Provenance, Report


def filtered(report: Report, filters: Filters) -> Report:
    """Return `report` with only what `filters` choose. The analysis stays that of all documents.

    `filters.outlets`, `since` and `until` choose documents. A match, a family, a story, a version or a tree of a passage stays
    if one of its documents is chosen; an edge stays if it is on the way from a chosen document to the head of its tree, or
    below a chosen document. The other documents of what stays, stay too. `params["filters"]` counts what was left out.

    UsageError for an outlet of which there is no document.

    >>> import dedup
    >>> text = "So far, more than 270 square km have been fully captured on Syrian land, the army said on Sunday."
    >>> report = dedup.scan(dedup.Document(name, text, outlet=name) for name in ("CNN", "Valley Post", "The Daily"))
    >>> found = filtered(report, Filters(outlets=["cnn.com"]))
    >>> [(match.a.doc, match.b.doc) for match in found.matches], found.params["filters"]["left_out"]["matches"]
    ([('CNN', 'The Daily'), ('CNN', 'Valley Post')], 1)
    """
    if not filters:
        return report
    filters.refuse_unknown_outlets(report.documents)
    choice = _Choice(report, filters)
    matches = choice.matches(report.matches)
    families = choice.families(report.families, {match.family for match in matches})
    provenance = choice.provenance(report.provenance, {family.id for family in families})
    kept = choice.documents(matches, families, provenance)
    documents = tuple(document for document in report.documents if document.id in kept)
    counts = {
        "documents": len(report.documents) - len(documents),
        "matches": len(report.matches) - len(matches),
        "families": len(report.families) - len(families),
        "edges": len(report.provenance.edges) - len(provenance.edges),
        "stories": len(report.provenance.stories) - len(provenance.stories),
    }
    chosen = {"chosen": len(choice.chosen)} if filters.chooses_documents else {}
    shares = (
        {name: share for name, share in of.items() if name in kept}
        for of in (report.shared, report.narration, report.quotation)
    )
    shared, narration, quotation = shares
    return replace(
        report,
        documents=documents,
        matches=matches,
        families=families,
        provenance=provenance,
        params=report.params | {"filters": filters.as_dict() | chosen | {"left_out": counts}},
        shared=shared,
        narration=narration,
        quotation=quotation,
    )


def long_passages(report: Report, least: int) -> Report:
    """Return `report` with only the matches and families of at least `least` words."""
    if not least:
        return report
    choice = _Choice(report, Filters(min_words=least))
    matches = choice.matches(report.matches)
    families = choice.families(report.families, {match.family for match in matches})
    return replace(report, matches=matches, families=families)


class _Choice:
    """What stays of a report."""

    def __init__(self, report: Report, filters: Filters) -> None:
        self._filters = filters
        self._documents = report.documents
        self._outlets = {document.id: outlet_key(document.outlet) for document in report.documents}
        self._outlets |= {source.id: outlet_key(source.agency) for source in report.provenance.sources}
        self._unseen = {source.id for source in report.provenance.sources}
        self.chosen = {document.id for document in report.documents if filters.choose(document)}

    def matches(self, matches: Sequence[Match]) -> tuple[Match, ...]:
        """Return the matches that stay."""
        found = [m for m in matches if self._any([m.a.doc, m.b.doc]) and self._across([m.a.doc, m.b.doc])]
        if self._filters.min_words:
            long = self._long([side for m in found for side in (m.a, m.b)])
            found = [m for m, a, b in zip(found, long[::2], long[1::2], strict=True) if a and b]
        return tuple(found)

    def families(self, families: Sequence[Family], named: Collection[str | None]) -> tuple[Family, ...]:
        """Return the families that stay: those that matches name, and those that have no match but pass the filters."""
        long = self._long([family.canonical for family in families]) if self._filters.min_words else [True] * len(families)
        return tuple(
            family
            for family, enough in zip(families, long, strict=True)
            if family.id in named or (enough and self._joins([span.doc for span in family.passages]))
        )

    def provenance(self, found: Provenance, families: Collection[str]) -> Provenance:
        """Return what stays of who copied whom."""
        edges = self._edges(found.edges)
        passages = tuple(tree for tree in found.passages if tree.family in families)
        stories = tuple(filter(self._tells, found.stories))
        ends = {
            end for edge in (*edges, *(edge for tree in passages for edge in tree.edges)) for end in (edge.child, edge.parent)
        }
        ends |= {tree.root for tree in passages if isinstance(tree.root, str)}
        ends |= {origin.id for story in stories for origin in story.origins}
        versions = tuple(version for version in found.versions if self._joins(version))
        return Provenance(edges, versions, tuple(source for source in found.sources if source.id in ends), passages, stories)

    def documents(self, matches: Sequence[Match], families: Sequence[Family], found: Provenance) -> set[str | None]:
        """Return the documents that are chosen, and all others of what stays."""
        out: set[str | None] = {*self.chosen}
        out |= {side.doc for match in matches for side in (match.a, match.b)}
        out |= {span.doc for family in families for span in (family.canonical, *family.passages)}
        edges = (*found.edges, *(edge for tree in found.passages for edge in tree.edges))
        out |= {end for edge in edges for end in (edge.child, edge.parent)}
        out |= {tree.root.doc for tree in found.passages if not isinstance(tree.root, str)}
        out |= {name for group in (*found.versions, *(story.documents for story in found.stories)) for name in group}
        return out

    def _edges(self, edges: Sequence[Edge]) -> tuple[Edge, ...]:
        """Return the edges that stay: of trees, those between a chosen document and its head, and those below it."""
        across = [edge for edge in edges if self._across([edge.child, edge.parent], unseen_differs=True)]
        if not self._filters.chooses_documents:
            return tuple(across)
        trees = [edge for edge in across if edge.kind != "passage"]
        above = {edge.child: edge.parent for edge in trees}
        below: dict[str, list[str]] = defaultdict(list)
        for edge in trees:
            below[edge.parent].append(edge.child)
        up = _reached(self.chosen, lambda name: [above[name]] if name in above else [])
        down = _reached(self.chosen, lambda name: below.get(name, []))
        kept = up | down  # an edge is named by its child: each document has one parent in its tree
        return tuple(e for e in across if (self._any([e.child, e.parent]) if e.kind == "passage" else e.child in kept))

    def _any(self, names: Sequence[str | None]) -> bool:
        """Return whether one of the documents `names` is chosen."""
        return any(name in self.chosen for name in names)

    def _across(self, names: Sequence[str | None], *, unseen_differs: bool = False) -> bool:
        """Return whether documents of two outlets are among `names`, if that is asked for.

        With `unseen_differs`, an unseen source that nobody names is another outlet.
        """
        if not self._filters.across_outlets:
            return True
        outlets: set[str | None] = {self._outlets.get(name or "") for name in names} - {None}
        if unseen_differs and outlets and any(name in self._unseen and self._outlets[name or ""] is None for name in names):
            return True
        return len(outlets) > 1

    def _joins(self, names: Sequence[str | None]) -> bool:
        return self._any(names) and self._across(names)

    def _tells(self, story: NewsStory) -> bool:
        names = [*story.documents, *(origin.id for origin in story.origins)]
        return self._any(story.documents) and self._across(names, unseen_differs=True)

    def _long(self, spans: Sequence[tuple[str | None, int, int]]) -> list[bool]:
        """Return whether each passage has the words asked for."""
        texts = {document.id: document.text for document in self._documents}
        counts = word_counts([texts[doc or ""][start:end] for doc, start, end in spans])
        return [count >= self._filters.min_words for count in counts]


def _reached(names: Collection[str], step: Callable[[str], Sequence[str]]) -> set[str]:
    """Return `names` and all that can be reached from them by steps."""
    found = set(names)
    open_ = list(names)
    while open_:
        for name in step(open_.pop()):
            if name not in found:
                found.add(name)
                open_.append(name)
    return found
