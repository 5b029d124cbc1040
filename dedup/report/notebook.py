"""A report in a notebook: a short table of what it holds. All text in it is escaped."""

from collections import Counter
from html import escape

from dedup.language.counting import counted
from dedup.report.printable import flowing, on_page
from dedup.types import CONTENTS, Family, Report

_FAMILIES = 5
"""Passages that are shown."""
_OPENING = 80
"""Characters of a passage that are shown."""


def notebook_summary(report: Report) -> str:
    """Return counts of a report, and the passages of narration that most documents have, as HTML.

    >>> notebook_summary(Report((), (), ())).startswith("<table>")
    True
    """
    outlets = {document.outlet for document in report.documents} - {None}
    contents = Counter(family.content for family in report.families if family.kind == "reuse")
    counts = {
        "documents": len(report.documents),
        "outlets": len(outlets),
        "matches": len(report.matches),
        **{f"passages of {content}": contents[content] for content in CONTENTS},
        "edges": len(report.provenance.edges),
        "unseen sources": len(report.provenance.sources),
        "stories": len(report.provenance.stories),
        "warnings": len(report.notices),
    }
    rows = [f"<tr><th>{name}</th><td>{count:,}</td></tr>" for name, count in counts.items()]
    found = [f for f in report.families if f.kind == "reuse" and f.content == "narration"]
    found.sort(key=lambda family: (-len({span.doc for span in family.passages}), family.id))
    texts = {document.id: document.text for document in report.documents}
    rows += [_family(family, texts) for family in found[:_FAMILIES]]
    return f"<table>{''.join(rows)}</table>"


def _family(family: Family, texts: dict[str, str]) -> str:
    doc, start, end = family.canonical
    words = " ".join(flowing(texts.get(doc or "", "")[start:end]).split())
    shown = words if len(words) <= _OPENING else f"{words[:_OPENING]}…"
    documents = counted(len({span.doc for span in family.passages}), "document")
    return f'<tr><th>{documents}</th><td dir="auto">{escape(on_page(shown))}</td></tr>'
