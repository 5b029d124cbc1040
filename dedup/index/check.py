"""Check drafts against what is published: each shared passage gets a judgement."""

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import overload

from dedup.errors import UsageError
from dedup.index.index import Index
from dedup.judge.case import Case, known
from dedup.judge.findings import findings
from dedup.judge.passages import judge, judgement_shares
from dedup.judge.rights import Rights
from dedup.params import SHOWN, CheckRules, MatchParams, Reading
from dedup.pipeline.common import kernel_threads
from dedup.sources.reader import read
from dedup.storage.schema import is_index
from dedup.text.tokens import tokenise
from dedup.types import Checked, Document, Documents, Judged, Match, Report, Span

Against = Index | str | Path | Iterable[str | Path] | Iterable[Document]
"""What a draft is checked against: an index, the path of one, paths of documents, or documents."""


@overload
def check(  # type: ignore[overload-overlap] # one text is not many texts
    drafts: str | Document,
    against: Against,
    *,
    rules: CheckRules | None = None,
    preset: str | MatchParams = "news",
    threads: int | None = None,
) -> Checked: ...
@overload
def check(
    drafts: Iterable[str | Document],
    against: Against,
    *,
    rules: CheckRules | None = None,
    preset: str | MatchParams = "news",
    threads: int | None = None,
) -> list[Checked]: ...
def check(
    drafts: str | Document | Iterable[str | Document],
    against: Against,
    *,
    rules: CheckRules | None = None,
    preset: str | MatchParams = "news",
    threads: int | None = None,
) -> Checked | list[Checked]:
    """Return the passages of a draft, or of each of many, that occur in `against`, each with one judgement.

    A draft is a text or a `Document`. `against` is an index, the path of one, paths of files or folders, or documents. `rules`
    say what a newsroom may print and what is its own. `threads` is how many the kernels use, 0 for one a core. UsageError for
    anything else, for an unknown preset and for an index without texts; SourceError for a path that cannot be read.

    >>> import dedup
    >>> wire = dedup.Document("wire", "Prices of oil fell sharply on Monday in London, traders said.")
    >>> checked = dedup.check("Prices of oil fell sharply on Monday in London, traders said.", against=[wire])
    >>> [passage.judgement for passage in checked.passages]
    ['unattributed']
    """
    one = isinstance(drafts, str | Document)
    given = [drafts] if isinstance(drafts, str | Document) else list(drafts)
    documents = [_draft(draft, "draft" if one else f"draft:{number}") for number, draft in enumerate(given, 1)]
    with kernel_threads(threads), open_against(against) as (index, _):
        checked = [index.check(document, rules=rules, preset=preset) for document in documents]
    return checked[0] if one else checked


@contextmanager
def open_against(against: Against, reading: Reading | None = None) -> Iterator[tuple[Index, Documents]]:
    """Yield an index of `against`, and the documents that were read for it, with their notices.

    Documents, and documents below paths (read as `reading` says), go into a temporary index. UsageError as `check`.
    """
    if isinstance(against, Index):
        yield against, Documents()
        return
    items = [against] if isinstance(against, str | Path) else list(against)
    paths = [item for item in items if isinstance(item, str | Path)]
    documents = [item for item in items if isinstance(item, Document)]
    if len(paths) not in (0, len(items)) or len(documents) != len(items) - len(paths):
        raise UsageError("against is neither an index, nor paths, nor documents; it must be one of these")
    if len(items) == len(paths) == 1 and is_index(paths[0]):
        with Index(paths[0]) as index:
            yield index, Documents()
        return
    others = [path for path in paths if not is_index(path)]
    found = read(others, reading) if others else Documents(documents)
    with tempfile.TemporaryDirectory(prefix="dedup-") as folder, Index(Path(folder) / "against.dedup") as index:
        index.add(found)
        for path in paths:
            if path not in others:
                with Index(path) as other:
                    if not other.has_text:
                        raise UsageError(f"{path} keeps no texts, so nothing can be verified; give an index that keeps them")
                    found.notices += index.add(other.documents()).notices
        yield index, found


def judged(report: Report, name: str, rules: CheckRules) -> Checked:
    """Return the passages of the first document of `report`, a draft with the id `name`, each with one judgement.

    Shared phrases are nobody's words and are not judged; shared furniture is boilerplate.
    """
    draft, *others = report.documents
    own_id = replace(draft, id=name)
    rights = Rights(own_id, rules, others)
    file = _real_path(draft)
    itself = {o.id for o in others if rights.is_draft(o, same_file=file is not None and file == _real_path(o))}
    standing: dict[Span, list[Span]] = {}
    for family in report.families:
        if family.kind == "boilerplate":
            for span in family.passages:
                if span.doc == draft.id:
                    standing.setdefault(span, []).extend(other for other in family.passages if other.doc != draft.id)
    found = [match for match in report.matches if match.b.doc not in itself]
    for match in found:
        if match.content == "furniture":
            standing.setdefault(match.a, []).append(match.b)
    matches = [match for match in found if match.content in SHOWN]
    sources = {other.id: known(other, rights) for other in others if other.id not in itself}
    tokens = tokenise([draft.text])
    case = Case(own_id, tokens, matches, standing, sources, rights)
    passages = tuple(judge(case))
    return Checked(
        own_id,
        len(tokens.ids),
        passages,
        judgement_shares(passages, tokens),
        tuple(other for other in others if other.id not in itself),
        report.notices,
        tuple(findings(case, passages)),
        _unjudged(found, passages),
    )


def _unjudged(matches: Iterable[Match], passages: Iterable[Judged]) -> int:
    """Return how many stretches of a draft, side a of `matches`, occur elsewhere without being in a passage."""
    stretches: list[list[int]] = []
    for start, end in sorted((match.a.start, match.a.end) for match in matches):
        if stretches and start < stretches[-1][1]:
            stretches[-1][1] = max(end, stretches[-1][1])
        else:
            stretches.append([start, end])
    return sum(all(end <= passage.start or passage.end <= start for passage in passages) for start, end in stretches)


def _real_path(document: Document) -> str | None:
    return os.path.realpath(document.path) if document.path else None


def _draft(draft: str | Document, name: str) -> Document:
    if isinstance(draft, Document):
        return draft
    if not isinstance(draft, str):
        raise UsageError(f"drafts: {name} is a {type(draft).__name__}, not a text or a Document")
    return Document(name, draft)
