"""Find the passages that news outlets reuse, show exactly what was changed, and say who copied whom.

The package is laid out as its work flows; a module imports only from above it:

    types, arrays, errors   what users hold, what stages hand on, what can go wrong (_native: the kernels of rust/)
    params, trace_params    every number that shapes a result
    language/               what is known of languages: quotation marks, facts, verbs of saying
    press/                  what is known of the press: agencies, outlets, how credits are written
    data/                   tables: agencies, outlets, aggregators, verbs of saying (attribution), formulas, word frequencies
    sources/            1   paths → documents, one file a format
    text/               2   documents → paragraphs with roles, tokens with offsets
    hashing/          3–4   tokens → shingle hashes → signatures → near-duplicates
    candidates/         5   tokens → fingerprints → where two documents are compared
    align/              6   pairs → alignments → matches with typed, flagged changes; how many bits a word is worth
    families            7   alignments → families; boilerplate or wire copy
    content/            7   alignments → narration, quotation, phrase or furniture
    provenance/         8   documents of one story → who copied whom, and unseen sources
    judge/              9   a draft's passages → judgements
    report/            10   report → terminal, JSON, pages, graphs: one file a format (templates/: the pages)
    storage/                files that are kept: SQLite, postings, signatures; how files are written
    pipeline/               the stages in order: scan, compare, trace, stream
    index, spark            documents in one file, queried; the stages on a cluster of machines
    cli/                    one file a command (__main__ starts it)

Names are loaded when first used, so that `import dedup` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from dedup.errors import DamagedError, DedupError, LockedError, ReportError, SourceError, UsageError, VersionError
    from dedup.hashing.minhash import Hasher, containment, from_datasketch, jaccard, shingle_hashes, signatures, to_datasketch
    from dedup.hashing.pairs import near_duplicates
    from dedup.index.check import check
    from dedup.index.drafts import Unverified
    from dedup.index.index import Index
    from dedup.params import CheckRules, IndexParams, MatchParams, Reading
    from dedup.pipeline.compare import compare
    from dedup.pipeline.dedupe import dedupe
    from dedup.pipeline.inputs import load
    from dedup.pipeline.scan import scan
    from dedup.pipeline.trace import independent_sources, trace
    from dedup.report.tables import tables
    from dedup.sources.reader import read
    from dedup.storage.lsh_index import LSH
    from dedup.trace_params import TraceParams
    from dedup.types import (
        Change,
        Checked,
        Deduped,
        Document,
        Documents,
        Dropped,
        Edge,
        Extent,
        Family,
        Judged,
        Match,
        NewsStory,
        Notice,
        Origin,
        Part,
        PassageTree,
        Provenance,
        Reason,
        Report,
        Rival,
        Sourced,
        Span,
        Tables,
        UnseenSource,
    )

_HOMES = {
    "dedup.errors": ("DamagedError", "DedupError", "LockedError", "ReportError", "SourceError", "UsageError", "VersionError"),
    "dedup.storage.lsh_index": ("LSH",),
    "dedup.index.check": ("check",),
    "dedup.index.index": ("Index",),
    "dedup.index.drafts": ("Unverified",),
    "dedup.hashing.minhash": (
        "Hasher",
        "containment",
        "from_datasketch",
        "jaccard",
        "shingle_hashes",
        "signatures",
        "to_datasketch",
    ),
    "dedup.params": ("CheckRules", "IndexParams", "MatchParams", "Reading"),
    "dedup.trace_params": ("TraceParams",),
    "dedup.hashing.pairs": ("near_duplicates",),
    "dedup.pipeline.compare": ("compare",),
    "dedup.pipeline.dedupe": ("dedupe",),
    "dedup.pipeline.inputs": ("load",),
    "dedup.pipeline.scan": ("scan",),
    "dedup.pipeline.trace": ("independent_sources", "trace"),
    "dedup.report.tables": ("tables",),
    "dedup.sources.reader": ("read",),
}
"""Where each public name is defined, if not in `dedup.types`."""

__all__ = [
    "LSH",
    "Change",
    "CheckRules",
    "Checked",
    "DamagedError",
    "DedupError",
    "Deduped",
    "Document",
    "Documents",
    "Dropped",
    "Edge",
    "Extent",
    "Family",
    "Hasher",
    "Index",
    "IndexParams",
    "Judged",
    "LockedError",
    "Match",
    "MatchParams",
    "NewsStory",
    "Notice",
    "Origin",
    "Part",
    "PassageTree",
    "Provenance",
    "Reading",
    "Reason",
    "Report",
    "ReportError",
    "Rival",
    "SourceError",
    "Sourced",
    "Span",
    "Tables",
    "TraceParams",
    "UnseenSource",
    "Unverified",
    "UsageError",
    "VersionError",
    "check",
    "compare",
    "containment",
    "dedupe",
    "from_datasketch",
    "independent_sources",
    "jaccard",
    "load",
    "near_duplicates",
    "read",
    "scan",
    "shingle_hashes",
    "signatures",
    "tables",
    "to_datasketch",
    "trace",
]
_HOME = dict.fromkeys(__all__, "dedup.types") | {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    if name == "_native":
        from dedup._load_native import load_native  # noqa: PLC0415 `import dedup` stays fast

        globals()[name] = load_native()
        return globals()[name]
    if name not in _HOME:
        raise AttributeError(f"module 'dedup' has no attribute {name!r}")
    value: object = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
