"""The story of one document of an index: the documents that share passages with it, scanned and traced."""

from collections import defaultdict
from dataclasses import replace

from dedup.errors import UsageError
from dedup.index.index import Index
from dedup.language.counting import counted
from dedup.params import MatchParams
from dedup.pipeline.scan import scan
from dedup.pipeline.trace import trace
from dedup.types import Notice, Progress, Report


def story_report(
    index: Index, name: str, *, preset: str | MatchParams = "news", most: int = 300, progress: Progress | None = None
) -> Report:
    """Return the traced report of the document `name` of `index` and of the documents that share passages with it.

    They are the `most` that share most bits; a notice says how many are left out. UsageError for a document that is not there.

    >>> import dedup, tempfile
    >>> text = "So far, more than 270 square km have been fully captured on Syrian land, the army said on Sunday."
    >>> with tempfile.TemporaryDirectory() as folder, dedup.Index(folder + "/news.dedup") as index:
    ...     _ = index.add([dedup.Document("one", text), dedup.Document("two", text)])
    ...     report = story_report(index, "one")
    ...     len(report.provenance.stories[0].origins)
    1
    """
    if name not in index:
        raise UsageError(f"no document {name!r} in the index")
    if progress:
        progress("looking up")
    (document,) = index.documents([name])
    near = index.report(document, preset=preset, but=name)
    bits: defaultdict[str, float] = defaultdict(float)
    for match in near.matches:
        if match.b.doc is not None:
            bits[match.b.doc] += match.bits
    others = {other.id: other for other in near.documents[1:]}
    ranked = sorted(others, key=lambda other: (-bits[other], other))
    kept = [others[other] for other in ranked[: most - 1]]
    report = trace(scan([document, *kept], preset=preset, progress=progress), progress=progress)
    if left := len(ranked) - len(kept):
        what = f"{counted(left, 'document')} that share less with {name} are left out; {counted(most, 'document')} are traced"
        report = replace(report, notices=(*report.notices, Notice("story-cut", what, document=name)))
    return report
