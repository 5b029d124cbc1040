"""Trace a report: who copied whom."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from dedup.params import Reading
from dedup.pipeline.common import kernel_threads
from dedup.pipeline.scan import scan
from dedup.trace_params import TraceParams, trace_preset
from dedup.types import Document, NewsStory, PassageTree, Progress, Provenance, Report

if TYPE_CHECKING:
    from dedup.provenance.common_source import Habits
    from dedup.provenance.drawn import DrawnText


def trace(
    documents: Iterable[Document] | Report,
    *,
    preset: str | TraceParams = "news",
    threads: int | None = None,
    progress: Progress | None = None,
) -> Report:
    """Return the report of `documents` with its `provenance`: who copied whom, and sources that are not among them.

    Documents that share much of their narration are one story, and each story is traced separately. `preset` is a `TraceParams`
    or the name of one: `news`, or `retelling` for texts that were retold and share few words in a row; then all documents are
    one story. `threads` and `progress` as in `scan`. UsageError for an unknown preset, and as `scan`.

    >>> import dedup
    >>> report = dedup.trace([dedup.Document("one", "A text."), dedup.Document("two", "Another one.")])
    >>> report.provenance.edges
    ()
    """
    from dedup.provenance.common_source import counted_firsts, habits  # noqa: PLC0415 a scan and a check start without it
    from dedup.provenance.drawn import DrawnText  # noqa: PLC0415

    params = preset if isinstance(preset, TraceParams) else trace_preset(preset)
    with kernel_threads(threads):
        report = documents if isinstance(documents, Report) else scan(documents, progress=progress)
        if progress:
            progress("tracing")
        drawn = DrawnText(report.documents, report.matches, params.stories)
        known = habits(counted_firsts(report.documents, drawn, params), params)
        found = trace_part(report, drawn, known, corpus_outlets(report.documents), params)
    made = report.params | ({_TRACED: preset} if isinstance(preset, str) else {})
    return replace(found, params=made)


_TRACED = "tracing"
"""The entry of a report's `params` that names the preset with which it was traced."""


def corpus_outlets(documents: Iterable[Document]) -> frozenset[str]:
    """Return the names of the outlets of `documents`."""
    return frozenset(document.outlet for document in documents if document.outlet)


def trace_part(report: Report, drawn: "DrawnText", known: "Habits", outlets: frozenset[str], params: TraceParams) -> Report:
    """Return the report of a part of a corpus, which shares nothing with the rest, with its provenance.

    `drawn` is the narration that its documents share; `known` are the habits of the newsrooms of the corpus, and `outlets` its
    outlets.
    """
    from dedup.provenance.independent import independent_origins  # noqa: PLC0415 as above
    from dedup.provenance.story import alone, merged  # noqa: PLC0415

    found = _shared(report, drawn, known, outlets, params)
    narration = [match for match in report.matches if match.content == "narration"]
    copies = [edge for edge in found.edges if edge.kind != "passage"]
    provenance = _sorted(merged([found, alone(report.documents, narration, copies, params)]), found.passages)
    told = independent_origins(report.documents, report.matches, report.families, provenance, params)
    return replace(report, provenance=replace(provenance, stories=told))


def shared_text(report: Report, params: TraceParams) -> Provenance:
    """Return who has shared text from whom: the provenance without stories, and without documents that only credit a source.

    Most documents of a corpus share nothing, and to read the credits of all takes most of the time of `trace`.
    """
    from dedup.provenance.common_source import counted_firsts, habits  # noqa: PLC0415 as above
    from dedup.provenance.drawn import DrawnText  # noqa: PLC0415

    drawn = DrawnText(report.documents, report.matches, params.stories)
    known = habits(counted_firsts(report.documents, drawn, params), params)
    return _shared(report, drawn, known, corpus_outlets(report.documents), params)


def _shared(report: Report, drawn: "DrawnText", known: "Habits", outlets: frozenset[str], params: TraceParams) -> Provenance:
    """As `shared_text`, of a part of a corpus; arguments as in `trace_part`."""
    from dedup.provenance.passages import passages  # noqa: PLC0415 as above
    from dedup.provenance.story import merged, stories, trace_story  # noqa: PLC0415

    found = merged(
        trace_story([report.documents[n] for n in group], drawn, known, params)
        for group in stories(report.documents, drawn, params)
    )
    # Only narration shows who copied whom.
    matches = [match for match in report.matches if match.content == "narration"]
    families = [family for family in report.families if family.content == "narration"]
    # A text of an absent agency may have borrowed passages: its credit says nothing of these.
    borrowed, grown, unseen = passages(report.documents, matches, families, found.edges, params, outlets=outlets)
    both = merged([found, Provenance(tuple(borrowed), (), tuple(unseen))])
    return _sorted(both, tuple(grown))


def _sorted(found: Provenance, passages: tuple[PassageTree, ...]) -> Provenance:
    return Provenance(
        tuple(sorted(found.edges, key=lambda e: (e.child, e.kind == "passage", e.parent))),
        tuple(sorted(found.versions)),
        tuple(sorted(found.sources, key=lambda s: s.id)),
        passages,
    )


def traced(
    paths: Sequence[str], *, preset: str = "news", reading: Reading | None = None, progress: Progress | None = None
) -> Report:
    """Return the traced report of what `paths` hold: files and folders to read, or one report or index.

    A report that was traced with `preset` is returned as it is.
    """
    from dedup.pipeline.inputs import report_of_paths  # noqa: PLC0415 a scan and a check start without it

    report = report_of_paths(paths, reading=reading, progress=progress)
    return report if report.params.get(_TRACED) == preset else trace(report, preset=preset, progress=progress)


def independent_sources(
    documents: Iterable[Document] | Report,
    *,
    preset: str | TraceParams = "news",
    threads: int | None = None,
    progress: Progress | None = None,
) -> tuple[NewsStory, ...]:
    """Return the stories of `documents`, each with its independent origins and the documents that belong to each.

    Documents that share nothing with another, and credit nobody, are in no story. Arguments and errors as `trace`.

    >>> import dedup
    >>> text = "So far, more than 270 square km have been fully captured on Syrian land, the army said on Sunday."
    >>> (story,) = dedup.independent_sources([dedup.Document("one", text), dedup.Document("two", text)])
    >>> len(story.documents), len(story.origins)
    (2, 1)
    """
    return trace(documents, preset=preset, threads=threads, progress=progress).provenance.stories
