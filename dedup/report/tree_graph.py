"""Who copied whom, as a graph for other tools: networkx, DOT, Mermaid, GraphML and GEXF."""

import io
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote
from xml.etree.ElementTree import ElementTree, indent

import networkx as nx
from networkx.readwrite.gexf import GEXFWriter

from dedup.report.about import described
from dedup.report.printable import flowing
from dedup.report.tree_common import UNSURE_BELOW, source_name, unseen_sources
from dedup.types import Report, utc

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MERMAID = re.compile("[#&<>]")
"""What Mermaid takes for an entity or for markup."""
_IN_URL = "%/:=&?~#+!$,;'@()*[]"
"""What an address may hold as it is."""
_GEXF = "1.2draft"
"""The version of GEXF, of those that networkx writes, whose files fit the schema. Gephi reads all."""


def provenance_graph(report: Report) -> "nx.DiGraph[str]":
    """Return documents and unseen sources as nodes, and an edge from each parent to its child.

    Of several edges between two nodes, the first counts. `weight` is the confidence of an edge, as most tools expect it.
    """
    out: nx.DiGraph[str] = nx.DiGraph()
    for document in report.documents:
        out.add_node(
            document.id,
            label=document.outlet or document.id,
            hidden=False,
            outlet=document.outlet or "",
            published=utc(document.published).isoformat().replace("+00:00", "Z") if document.published else "",
            title=document.title or "",
            url=document.url or "",
        )
    for source in unseen_sources(report):
        label = source.agency or "unseen source"
        out.add_node(source.id, label=label, hidden=True, outlet=source.agency or "", published="", title="", url="")
    for edge in report.provenance.edges:
        if not out.has_edge(edge.parent, edge.child):
            out.add_edge(edge.parent, edge.child, kind=edge.kind, confidence=edge.confidence, weight=edge.confidence)
    return out


def to_dot(report: Report) -> str:
    """Return the edges in the DOT language of Graphviz; what is known of a node is its tooltip."""
    graph = provenance_graph(report)
    number, about = {name: f"n{k}" for k, name in enumerate(graph)}, _descriptions(report)
    lines = ["digraph provenance {", "  rankdir=LR;"]
    for name, node in graph.nodes.items():
        link = f", URL={_quoted(node['url'])}" if _is_web(node["url"]) else ""
        style = ", style=dashed" if node["hidden"] else ""
        lines.append(f"  {number[name]} [label={_quoted(node['label'])}, tooltip={_quoted(about[name])}{link}{style}];")
    for a, b, data in graph.edges(data=True):
        style = "" if _certain(data) else ", style=dashed"
        label = f'label="{data["confidence"]:.2f}", weight={_weight(data)}'
        lines.append(f"  {number[a]} -> {number[b]} [{label}{style}];")
    return "\n".join([*lines, "}"])


def to_mermaid(report: Report) -> str:
    """Return the edges as a flowchart of Mermaid; what is known of a node stands in its box, which is a link to its address."""
    graph = provenance_graph(report)
    number, about = {name: f"n{k}" for k, name in enumerate(graph)}, _descriptions(report)
    lines = ["flowchart LR"]
    for name, node in graph.nodes.items():
        label = _quoted(_MERMAID.sub(lambda found: f"#{ord(found[0])};", about[name]))
        lines.append(f"  {number[name]}{f'([{label}])' if node['hidden'] else f'[{label}]'}")
        if _is_web(node["url"]):
            lines.append(f"  click {number[name]} href {_quoted(quote(node['url'], safe=_IN_URL))}")
    for a, b, data in graph.edges(data=True):
        arrow = "-->" if _certain(data) else "-.->"
        lines.append(f"  {number[a]} {arrow}|{data['confidence']:.2f}| {number[b]}")
    return "\n".join(lines)


def to_graphml(report: Report) -> str:
    """Return the edges as GraphML."""
    buffer = io.BytesIO()
    nx.write_graphml_xml(_for_xml(provenance_graph(report)), buffer)
    return buffer.getvalue().decode("utf-8")


def to_gexf(report: Report) -> str:
    """Return the edges as GEXF, without what its schema lacks, and without the day of writing: same input, same bytes."""
    writer = GEXFWriter(_for_xml(provenance_graph(report)), version=_GEXF)
    writer.xml.find("meta").attrib.pop("lastmodifieddate", None)
    writer.graph_element.attrib.pop("name", None)
    indent(writer.xml)
    buffer = io.BytesIO()
    ElementTree(writer.xml).write(buffer, encoding="utf-8", xml_declaration=True)
    return buffer.getvalue().decode("utf-8")


def _descriptions(report: Report) -> dict[str, str]:
    """By id, what is known of each node but its address, in words."""
    sources = {source.id: source_name(source) for source in unseen_sources(report)}
    known = {document.id: described(replace(document, url=None)) for document in report.documents}
    return {name: " · ".join(about or [name]) for name, about in known.items()} | sources


def _certain(edge: Mapping[str, Any]) -> bool:
    """Whether an edge joins whole documents and is at least a best guess."""
    return bool(edge["kind"] != "passage" and edge["confidence"] >= UNSURE_BELOW)


def _weight(edge: Mapping[str, Any]) -> int:
    """The weight of an edge in percent: Graphviz takes whole numbers only."""
    return round(100 * float(edge["weight"]))


def _is_web(url: str) -> bool:
    return url.casefold().startswith(("http://", "https://"))


def _for_xml(graph: "nx.DiGraph[str]") -> "nx.DiGraph[str]":
    """The graph with escapes for what XML cannot hold, because ids that differ must not become equal."""
    out: nx.DiGraph[str] = nx.relabel_nodes(graph, _allowed)
    for data in (*out.nodes.values(), *out.edges.values()):
        data.update({name: _allowed(value) for name, value in data.items() if isinstance(value, str)})
    return out


def _allowed(text: str) -> str:
    return _NOT_XML.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


def _quoted(label: str) -> str:
    clean = flowing(label).replace("\\", "\\\\").replace('"', "'")
    return f'"{clean}"'
