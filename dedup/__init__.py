"""Find the passages that news outlets reuse, show exactly what was changed, and say who copied whom.

The package is laid out as its work flows:

    types, errors, params   what is handed on, what can go wrong, all defaults (files: how files are written)
    sources/            1   paths → documents
    text/               2   documents → paragraphs with roles, tokens with offsets
    minhash.py          3   tokens → shingle hashes → signatures
    lsh.py              4   signatures → nearly alike paragraphs or texts
    winnow.py           5   tokens → fingerprints → seeds
    background.py       6   words → bits of evidence
    align/              6   pairs → alignments → matches with typed, flagged changes
    families.py         7   alignments → families; boilerplate told from wire copy (links: the path between two passages)
    provenance/         8   documents of one story → who copied whom, and unseen sources (agencies: whom a text credits)
    judge.py            9   a draft's matches → passages, each quoted, credited, licensed, own, or none of these
    report/            10   report → terminal, JSON
    index/                  what is kept between runs: signatures (lsh), documents and postings (store, segments)
    pipeline.py             the stages in order
    indexed, nearly, stored the same asked of an index file; of whole documents in a stream; what a path holds
    cli/                    one file a command
    _native                 the compiled kernels (rust/)

Names are loaded when first used, so that `import dedup` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from dedup.errors import DedupError, ReportError, SourceError, UsageError
    from dedup.hashing.minhash import Hasher, containment, from_datasketch, jaccard, shingle_hashes, signatures, to_datasketch
    from dedup.hashing.pairs import near_duplicates
    from dedup.index.drafts import Unverified
    from dedup.index.index import Index, check
    from dedup.params import CheckRules, Reading
    from dedup.pipeline.compare import compare
    from dedup.pipeline.scan import scan
    from dedup.pipeline.trace import trace
    from dedup.sources.reader import read
    from dedup.storage.lsh_index import LSH
    from dedup.types import (
        Change,
        Checked,
        Document,
        Documents,
        Edge,
        Extent,
        Family,
        Judged,
        Match,
        Notice,
        Provenance,
        Report,
        Rival,
        Source,
        Sourced,
        Span,
    )

_HOMES = {
    "dedup.errors": ("DedupError", "ReportError", "SourceError", "UsageError"),
    "dedup.storage.lsh_index": ("LSH",),
    "dedup.index.index": ("Index", "check"),
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
    "dedup.params": ("CheckRules", "Reading"),
    "dedup.hashing.pairs": ("near_duplicates",),
    "dedup.pipeline.compare": ("compare",),
    "dedup.pipeline.scan": ("scan",),
    "dedup.pipeline.trace": ("trace",),
    "dedup.sources.reader": ("read",),
    "dedup.types": (
        "Change",
        "Checked",
        "Document",
        "Documents",
        "Edge",
        "Extent",
        "Family",
        "Judged",
        "Match",
        "Notice",
        "Provenance",
        "Report",
        "Rival",
        "Source",
        "Sourced",
        "Span",
    ),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "LSH",
    "Change",
    "CheckRules",
    "Checked",
    "DedupError",
    "Document",
    "Documents",
    "Edge",
    "Extent",
    "Family",
    "Hasher",
    "Index",
    "Judged",
    "Match",
    "Notice",
    "Provenance",
    "Reading",
    "Report",
    "ReportError",
    "Rival",
    "Source",
    "SourceError",
    "Sourced",
    "Span",
    "Unverified",
    "UsageError",
    "check",
    "compare",
    "containment",
    "from_datasketch",
    "jaccard",
    "near_duplicates",
    "read",
    "scan",
    "shingle_hashes",
    "signatures",
    "to_datasketch",
    "trace",
]


def __getattr__(name: str) -> object:
    if name == "_native":
        try:
            return import_module("dedup._native")
        except ImportError as error:
            way = "run `pip install .`, and start Python outside the checkout, whose dedup/ hides the installed package"
            raise ImportError(f"the compiled part of dedup is missing from {__path__[0]}: {way}") from error
    if name not in _HOME:
        raise AttributeError(f"module 'dedup' has no attribute {name!r}")
    value: object = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
