"""Who copied whom, as a graph for other tools: DOT, Mermaid, GraphML and GEXF."""

import io
import re
from collections.abc import Mapping
from typing import Any

import networkx as nx

from dedup.report.printable import flowing
from dedup.report.tree_common import UNSURE_BELOW, unseen_sources
from dedup.types import Report

_DAY = re.compile(r' lastmodifieddate="[^"]*"')
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def to_dot(report: Report) -> str:
    """Return the edges in the DOT language of Graphviz."""
    graph = _graph(report)
    number = {name: f"n{k}" for k, name in enumerate(graph)}
    lines = ["digraph provenance {", "  rankdir=LR;"]
    for name, node in graph.nodes.items():
        lines.append(f"  {number[name]} [label={_quoted(node['label'])}{', style=dashed' if node['hidden'] else ''}];")
    for a, b, data in graph.edges(data=True):
        style = "" if _certain(data) else ", style=dashed"
        lines.append(f'  {number[a]} -> {number[b]} [label="{data["confidence"]:.2f}"{style}];')
    return "\n".join([*lines, "}"])


def to_mermaid(report: Report) -> str:
    """Return the edges as a flowchart of Mermaid."""
    graph = _graph(report)
    number = {name: f"n{k}" for k, name in enumerate(graph)}
    lines = ["flowchart LR"]
    for name, node in graph.nodes.items():
        label = _quoted(node["label"])
        lines.append(f"  {number[name]}{f'([{label}])' if node['hidden'] else f'[{label}]'}")
    for a, b, data in graph.edges(data=True):
        arrow = "-->" if _certain(data) else "-.->"
        lines.append(f"  {number[a]} {arrow}|{data['confidence']:.2f}| {number[b]}")
    return "\n".join(lines)


def to_graphml(report: Report) -> str:
    """Return the edges as GraphML."""
    buffer = io.BytesIO()
    nx.write_graphml_xml(_graph(report), buffer)
    return _xml(buffer)


def to_gexf(report: Report) -> str:
    """Return the edges as GEXF."""
    buffer = io.BytesIO()
    nx.write_gexf(_graph(report), buffer)
    return _xml(buffer)


def _graph(report: Report) -> "nx.DiGraph[str]":
    """Documents and unseen sources as nodes. Of several edges between two nodes, the first counts."""
    out: nx.DiGraph[str] = nx.DiGraph()
    for document in report.documents:
        published = document.published.isoformat() if document.published else ""
        out.add_node(document.id, label=document.outlet or document.id, hidden=False, published=published)
    for source in unseen_sources(report):
        out.add_node(source.id, label=source.agency or "unseen source", hidden=True, published="")
    for edge in report.provenance.edges:
        if not out.has_edge(edge.parent, edge.child):
            out.add_edge(edge.parent, edge.child, kind=edge.kind, confidence=edge.confidence)
    return out


def _certain(edge: Mapping[str, Any]) -> bool:
    """Whether an edge joins whole documents and is at least a best guess."""
    return bool(edge["kind"] != "passage" and edge["confidence"] >= UNSURE_BELOW)


def _xml(buffer: io.BytesIO) -> str:
    """The document without the day of writing, so that equal input gives equal bytes.

    What XML cannot hold becomes an escape, because ids that differ must not become equal.
    """
    return _NOT_XML.sub(lambda found: f"\\x{ord(found[0]):02x}", _DAY.sub("", buffer.getvalue().decode("utf-8")))


def _quoted(label: str) -> str:
    clean = flowing(label).replace("\\", "\\\\").replace('"', "'")
    return f'"{clean}"'
