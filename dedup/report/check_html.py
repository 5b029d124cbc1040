"""A checked draft as a page of its own: no script, nothing from the network, readable in the dark, on paper and aloud."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import jinja2

from dedup.report.check_terminal import WORDS, about, difference, facts, level, verdict
from dedup.report.diff import Piece
from dedup.types import Checked, Document, Extent, Judged

_TEMPLATE = Path(__file__).with_name("templates") / "check.html"
_SOURCES = 5
"""Sources of a passage that a note names."""


def to_html(checked: Sequence[Checked]) -> str:
    """Return checked drafts as one page of HTML, everything in them escaped."""
    template = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined).from_string(
        _TEMPLATE.read_text(encoding="utf-8")
    )
    title = checked[0].draft.id if len(checked) == 1 else f"{len(checked)} drafts"
    drafts = [_draft(number, one) for number, one in enumerate(checked, 1)]
    return template.render(title=f"dedup check: {_shown(title)}", drafts=drafts).rstrip("\n")


@dataclass(frozen=True, slots=True)
class _Note:
    """What the margin says of a passage."""

    id: str
    number: int
    level: str
    words: str
    reason: str
    sources: list[dict[str, str]]
    more: int
    facts: list[str]
    diff: list[dict[str, object]]
    span: Extent


class _Part(NamedTuple):
    """A stretch of a paragraph, with its passage's note if it is of one; `first` and `last` where that begins and ends."""

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
    notes = [_note(one, known, f"{number}-{n}", n, passage) for n, passage in enumerate(one.passages, 1)]
    used: dict[str, list[_Note]] = {}
    for note, passage in zip(notes, one.passages, strict=True):
        for source in dict.fromkeys(source.doc for source in passage.sources):
            used.setdefault(source, []).append(note)
    words, urgency = verdict(one)
    return {
        "number": number,
        "id": _shown(one.draft.id),
        "verdict": words,
        "level": urgency,
        "shares": [
            {"level": level(name), "percent": f"{share * 100:.1f}".removesuffix(".0"), "words": WORDS[name]}
            for name, share in one.shared.items()
        ],
        "rows": list(_rows(one.draft.text, notes)),
        "sources": [
            _source(known.get(name), name, used[name]) for name in sorted(used, key=lambda name: (-len(used[name]), name))
        ],
    }


def _source(document: Document | None, name: str, notes: Sequence[_Note]) -> dict[str, object]:
    outlet = document.outlet if document else None
    time = document.published if document else None
    return {
        "id": _shown(name),
        "outlet": _shown(outlet or "–"),
        "time": f"{time:%Y-%m-%d %H:%M}" if time else "–",
        "notes": notes,
    }


def _note(one: Checked, known: dict[str, Document], name: str, number: int, passage: Judged) -> _Note:
    sources = list(dict.fromkeys(source.doc for source in passage.sources))
    return _Note(
        name,
        number,
        level(passage.judgement),
        WORDS[passage.judgement],
        _shown(passage.reason),
        [{"id": _shown(doc), "about": _shown(about(known.get(doc)))} for doc in sources[:_SOURCES]],
        max(len(sources) - _SOURCES, 0),
        [_shown(fact) for fact in facts(one, passage)],
        _diff(difference(one, passage)),
        Extent(passage.start, passage.end),
    )


def _diff(parts: Sequence[Piece]) -> list[dict[str, object]]:
    """The pieces of a diff; `gap` where a space must part one from what stands before it."""
    out, before = list[dict[str, object]](), " "
    for part in parts:
        gap = not part.equal and bool(part.old) and not before[-1:].isspace()
        out.append(
            {"old": _shown(part.old), "new": _shown(part.new), "fact": bool(part.flags), "equal": part.equal, "gap": gap}
        )
        before = part.new or part.old or before
    return out


def _rows(text: str, notes: Sequence[_Note]) -> Iterator[_Row]:
    """Paragraphs with words, each cut at the ends of passages."""
    start = 0
    for line in text.splitlines(keepends=True):
        end = start + len(line)
        row = _Row()
        at = start
        for note in notes:
            low, high = max(note.span.start, start), min(note.span.end, end)
            if low >= high:
                continue
            row.pieces.append(_Part(_shown(text[at:low])))
            last = note.span.end <= end
            row.pieces.append(_Part(_shown(text[low:high].rstrip("\n")), note, low == note.span.start, last))
            row.notes += [note] if last else []
            at = high
        row.pieces.append(_Part(_shown(text[at:end].rstrip("\n"))))
        start = end
        if line.strip():
            yield row


def _shown(text: str) -> str:
    """`text` without what no page may hold: control characters, and halves of characters."""
    return "".join(c if c.isprintable() or c in "\n\t" or c.isspace() else "\ufffd" for c in text)
