"""The order of what a result lists, and only its first entries, for formats that write all that they are given."""

from collections.abc import Collection
from dataclasses import replace

from dedup.outlet_types import Outlets
from dedup.params import SHOWN
from dedup.report.ranking import heads, ranked, ranked_outlets, ranked_stories, ranked_trees
from dedup.types import Content, Report


def arranged(report: Report, result: str, order: str, top: int | None = None, *, shown: Collection[Content] = SHOWN) -> Report:
    """Return `report` with what the command `result` lists in the order `order`, and only the first `top` of it.

    These are, for `scan`, the families of the kinds `shown` with their matches; for `tree`, the trees with their stories, and
    as many trees of passages and edges of kind `passage`; for `sources`, the stories. Documents stay.
    """
    if result == "scan":
        first = ranked(report, shown, order)[:top]
        rest = [] if top is not None else [family for family in report.families if family.content not in shown]
        kept = {family.id for family in (*first, *rest)}
        matches = tuple(match for match in report.matches if top is None or match.family in kept)
        return replace(report, families=(*first, *rest), matches=matches)
    found = report.provenance
    if result == "sources":
        return replace(report, provenance=replace(found, stories=tuple(ranked_stories(report, order)[:top])))
    place = {name: number for number, name in enumerate(ranked_trees(report, order)[:top])}
    head_of = heads(report)
    main = [edge for edge in found.edges if edge.kind != "passage" and head_of[edge.child] in place]
    single = [edge for edge in found.edges if edge.kind == "passage"][:top]
    passages = found.passages[:top]
    ends = {
        end for edge in (*main, *single, *(e for tree in passages for e in tree.edges)) for end in (edge.child, edge.parent)
    }
    ends |= {tree.root for tree in passages if isinstance(tree.root, str)} | {o.id for s in found.stories for o in s.origins}
    listed = {end for edge in main for end in (edge.child, edge.parent)}
    stories = tuple(story for story in found.stories if top is None or not listed.isdisjoint(story.documents))
    return replace(
        report,
        params=report.params if top is None else report.params | {"top": top},
        provenance=replace(
            found,
            stories=stories,
            edges=(*sorted(main, key=lambda edge: place[head_of[edge.child]]), *single),
            sources=tuple(source for source in found.sources if source.id in ends),
            versions=tuple(v for v in found.versions if top is None or not ends.isdisjoint(v)),
            passages=passages,
        ),
    )


def arranged_outlets(found: Outlets, order: str, top: int | None = None) -> Outlets:
    """Return `found` with its outlets in the order `order`, and only what concerns the first `top` of them."""
    rows = tuple(ranked_outlets(found.outlets, order)[:top])
    if top is None:
        return replace(found, outlets=rows)
    names = {row.outlet for row in rows}
    return replace(
        found,
        outlets=rows,
        copied=tuple(row for row in found.copied if row.outlet in names or row.source in names),
        rules=tuple(row for row in found.rules if row.outlet in names),
        articles=tuple(row for row in found.articles if row.outlet in names),
    )
