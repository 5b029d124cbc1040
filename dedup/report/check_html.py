"""Checked drafts as one page: no script, nothing from a network, readable in the dark, on paper and aloud."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from dedup.language.counting import counted
from dedup.report.about import described, time_of
from dedup.report.check_common import difference, facts_to_verify, kind_of, level, verdict
from dedup.report.diff import Piece
from dedup.report.page import page
from dedup.types import JUDGEMENT_KINDS, Checked, Document, Extent, Judged, Level

_SOURCES = 5
"""Sources of a passage that a note lists."""


def checked_page(checked: Sequence[Checked]) -> str:
    """Return checked drafts as one page of HTML."""
    title = checked[0].draft.id if len(checked) == 1 else counted(len(checked), "draft")
    drafts = [_draft(number, one) for number, one in enumerate(checked, 1)]
    return page("check.html", title=f"dedup check: {title}", drafts=drafts)


@dataclass(frozen=True, slots=True)
class _Note:
    """The note in the margin on one passage."""

    id: str
    number: int
    finding: str
    """Which finding it is a part of; "" if it is one alone."""
    level: Level
    words: str
    reason: str
    sources: list[dict[str, str]]
    more: int
    facts: list[str]
    diff: list[dict[str, object]]
    span: Extent


class _Part(NamedTuple):
    """A part of a paragraph. In a passage it has the passage's note, and says whether the passage starts or ends in it."""

    text: str
    note: _Note | None = None
    first: bool = False
    last: bool = False


@dataclass(slots=True)
class _Row:
    """A paragraph, and the notes on the passages that end in it."""

    pieces: list[_Part] = field(default_factory=list)
    notes: list[_Note] = field(default_factory=list)


def _draft(number: int, one: Checked) -> dict[str, object]:
    known = {source.id: source for source in one.sources}
    several = {
        at: f"part of finding {n}"
        for n, found in enumerate(one.findings, 1)
        for at in found.passages
        if len(found.passages) > 1
    }
    notes = [
        _note(one, known, f"{number}-{n}", n, passage, finding=several.get(n - 1, ""))
        for n, passage in enumerate(one.passages, 1)
    ]
    used: dict[str, list[_Note]] = {}
    for note, passage in zip(notes, one.passages, strict=True):
        for source in dict.fromkeys(source.doc for source in passage.sources):
            used.setdefault(source, []).append(note)
    words, urgency = verdict(one)
    return {
        "number": number,
        "id": one.draft.id,
        "verdict": words,
        "level": urgency,
        "shares": [
            {"level": level(name), "percent": f"{share * 100:.1f}".removesuffix(".0"), "words": JUDGEMENT_KINDS[name].words}
            for name, share in one.shared.items()
        ],
        "rows": list(_rows(one.draft.text, notes)),
        "sources": [
            _source(known.get(name), name, used[name]) for name in sorted(used, key=lambda name: (-len(used[name]), name))
        ],
    }


def _source(document: Document | None, name: str, notes: Sequence[_Note]) -> dict[str, object]:
    outlet, time = (document.outlet, time_of(document)) if document else ("", "")
    return {"id": name, "outlet": outlet or "–", "time": time or "–", "notes": notes}


def _note(one: Checked, known: dict[str, Document], name: str, number: int, passage: Judged, *, finding: str) -> _Note:
    sources = list(dict.fromkeys(source.doc for source in passage.sources))
    kind = kind_of(passage)
    return _Note(
        name,
        number,
        finding,
        kind.level,
        kind.words,
        passage.reason,
        [{"id": doc, "about": ", ".join(described(known[doc])) if doc in known else ""} for doc in sources[:_SOURCES]],
        max(len(sources) - _SOURCES, 0),
        facts_to_verify(one, passage),
        _diff(difference(one, passage)),
        Extent(passage.start, passage.end),
    )


def _diff(parts: Sequence[Piece]) -> list[dict[str, object]]:
    """The pieces of a diff; `gap` marks a piece that needs a space before it."""
    out, before = list[dict[str, object]](), " "
    for part in parts:
        gap = not part.equal and bool(part.old) and not before[-1:].isspace()
        out.append({"old": part.old, "new": part.new, "fact": bool(part.flags), "equal": part.equal, "gap": gap})
        before = part.new or part.old or before
    return out


def _rows(text: str, notes: Sequence[_Note]) -> Iterator[_Row]:
    """The paragraphs that have words, each cut where a passage starts or ends."""
    start = 0
    for line in text.splitlines(keepends=True):
        end = start + len(line)
        row = _Row()
        at = start
        for note in notes:
            low, high = max(note.span.start, start), min(note.span.end, end)
            if low >= high:
                continue
            row.pieces.append(_Part(text[at:low]))
            last = note.span.end <= end
            row.pieces.append(_Part(text[low:high].rstrip("\n"), note, low == note.span.start, last))
            row.notes += [note] if last else []
            at = high
        row.pieces.append(_Part(text[at:end].rstrip("\n")))
        start = end
        if line.strip():
            yield row
