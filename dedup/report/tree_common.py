"""What every view of a tree shows: how sure an edge is, in words, and the names of unseen sources."""

from dedup.types import Edge, Report, UnseenSource

CONFIDENCE_WORDS = ((0.95, "almost certain"), (0.85, "likely"), (0.6, "best guess"))
"""The words for a confidence of at least so much."""
UNSURE_BELOW = CONFIDENCE_WORDS[-1][0]
LIKELY = CONFIDENCE_WORDS[1][0]
"""The confidence from which numbers count a copy as one: a false "A copied B" is worse than a missed one."""


def in_words(confidence: float) -> str:
    """Return a confidence in words.

    >>> in_words(0.9), in_words(0.5)
    ('likely', 'cannot tell')
    """
    return next((words for least, words in CONFIDENCE_WORDS if confidence >= least), "cannot tell")


def extent(edge: Edge) -> list[str]:
    """Return the sentences that say how much of a passage two texts share."""
    return [reason.text for reason in edge.reasons if reason.kind in ("shared-characters", "unlabelled")][:1]


def source_name(source: UnseenSource) -> str:
    """Return what views call a source that is not among the documents."""
    return f"an unseen text of {source.agency}" if source.agency else "an unseen source"


def rival_name(name: str | None, sources: dict[str, str]) -> str:
    """Return what views call a rival parent; None is the case that no document here is the parent."""
    return "no source among these" if name is None else sources.get(name, name)


def unseen_sources(report: Report) -> list[UnseenSource]:
    """Return the unseen sources of documents; those of single passages stand only in the trees of these passages."""
    parents = {edge.parent for edge in report.provenance.edges}
    return [source for source in report.provenance.sources if source.id in parents]
