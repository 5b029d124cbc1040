"""The provenance of a report as plain data, the `provenance` of schema `dedup.report/1`, and back."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from dedup.types import Edge, NewsStory, Origin, PassageTree, Provenance, Reason, Rival, Span, UnseenSource


def provenance_row(found: Provenance) -> dict[str, Any]:
    """Return `found` as plain data for JSON."""
    return {
        "edges": [_edge_row(edge) for edge in found.edges],
        "versions": [list(version) for version in found.versions],
        "sources": [asdict(source) | {"kind": "hidden"} for source in found.sources],
        "passages": [_passage_row(tree) for tree in found.passages],
        "stories": [asdict(story) for story in found.stories],
    }


def provenance_from(row: Mapping[str, Any]) -> Provenance:
    """Return the provenance that `row` was made from; KeyError or TypeError if it is no such row.

    Reports of earlier versions lack `passages`, `stories` and `reasons`. For lack of `reasons`, the sentences of `evidence` and
    `doubts` become reasons of the kind `unlabelled`.
    """
    return Provenance(
        tuple(_edge_from(edge) for edge in row["edges"]),
        tuple(tuple(version) for version in row["versions"]),
        tuple(UnseenSource(s["id"], s["agency"], s["confidence"], tuple(s["children"])) for s in row["sources"]),
        tuple(_passage_from(tree) for tree in row.get("passages", ())),
        tuple(_story_from(story) for story in row.get("stories", ())),
    )


def _passage_row(tree: PassageTree) -> dict[str, Any]:
    root = tree.root if isinstance(tree.root, str) else tree.root._asdict()
    return {"family": tree.family, "root": root, "edges": [_edge_row(edge) for edge in tree.edges]}


def _passage_from(row: Mapping[str, Any]) -> PassageTree:
    root = row["root"] if isinstance(row["root"], str) else Span(row["root"]["doc"], row["root"]["start"], row["root"]["end"])
    return PassageTree(row["family"], root, tuple(_edge_from(edge) for edge in row["edges"]))


def _story_from(row: Mapping[str, Any]) -> NewsStory:
    origins = tuple(
        Origin(o["id"], tuple(o["documents"]), o["confidence"], tuple(Reason(r["kind"], r["text"]) for r in o["reasons"]))
        for o in row["origins"]
    )
    return NewsStory(row["id"], tuple(row["documents"]), origins, tuple(tuple(group) for group in row["same_statement"]))


def _edge_row(edge: Edge) -> dict[str, Any]:
    both = ((False, edge.reasons), (True, edge.doubts))
    return {
        "child": edge.child,
        "parent": edge.parent,
        "kind": edge.kind,
        "confidence": edge.confidence,
        "evidence": list(edge.evidence),
        "doubts": [doubt.text for doubt in edge.doubts],
        "reasons": [{"kind": r.kind, "text": r.text, "against": against} for against, reasons in both for r in reasons],
        "rivals": [asdict(rival) for rival in edge.rivals],
    }


def _edge_from(row: Mapping[str, Any]) -> Edge:
    if "reasons" in row:
        reasons, doubts = (
            tuple(Reason(r["kind"], r["text"]) for r in row["reasons"] if r["against"] == against) for against in (False, True)
        )
    else:
        reasons, doubts = (tuple(Reason("unlabelled", text) for text in row[name]) for name in ("evidence", "doubts"))
    rivals = tuple(Rival(rival["parent"], rival["confidence"]) for rival in row["rivals"])
    return Edge(row["child"], row["parent"], row["kind"], row["confidence"], reasons, doubts, rivals)
