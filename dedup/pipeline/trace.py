"""A report with its provenance: who copied whom."""

from collections.abc import Iterable
from dataclasses import replace

from dedup.params import trace_preset
from dedup.pipeline.scan import scan
from dedup.types import Document, Progress, Provenance, Report


def trace(documents: Iterable[Document] | Report, *, preset: str = "news", progress: Progress | None = None) -> Report:
    """Return the report of `documents` with its `provenance`: who copied whom, and sources that are not among them.

    Documents that share much of themselves are one story, and each story is traced for itself. Presets: `news`, and
    `retelling` for texts that were retold and share few words in a row: then all are one story. UsageError as `scan`.
    """
    from dedup.provenance.passages import passages  # noqa: PLC0415 a scan and a check start without it
    from dedup.provenance.story import merged, stories, trace_story  # noqa: PLC0415

    params = trace_preset(preset)
    report = documents if isinstance(documents, Report) else scan(documents, progress=progress)
    if progress:
        progress("tracing")
    traced = merged(
        trace_story([report.documents[n] for n in group], params) for group in stories(report.documents, report.matches, params)
    )
    edges = [*traced.edges, *passages(report.documents, report.matches, report.families, traced.edges, params)]
    found = Provenance(
        tuple(sorted(edges, key=lambda e: (e.child, e.kind == "passage", e.parent))),
        tuple(sorted(traced.versions)),
        tuple(sorted(traced.sources, key=lambda s: s.id)),
    )
    return replace(report, provenance=found)
