"""A checked draft for an editor at a terminal, and for programs: JSON (`dedup.check/1`), SARIF 2.1.0, GitHub annotations."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from dedup import __version__
from dedup.report.diff import TURNED, Piece, flowing, pieces, render
from dedup.report.scan_json import dumps, notice_dict
from dedup.report.scan_terminal import plain_signs
from dedup.types import Change, Checked, Document, Extent, Judged, Judgement, Notice

SCHEMA = "dedup.check/1"
WORDS: dict[Judgement, str] = {
    "quoted-attributed": "quoted and attributed",
    "quoted-unattributed": "quoted, attribution missing",
    "boilerplate": "boilerplate",
    "marked-source": "press release or other marked source",
    "licensed-credited": "licensed and credited",
    "licensed-uncredited": "licensed, credit missing",
    "own-archive": "own archive",
    "unattributed": "unattributed reuse",
}
_LEVELS: dict[Judgement, str] = {
    "unattributed": "error",
    "licensed-uncredited": "warning",
    "quoted-unattributed": "warning",
}
_COLOURS = {"error": "red", "warning": "yellow", "note": "green"}
_TEXT, _MARGIN = 3, 1
"""Parts of a terminal's width for the draft and for what stands in its margin."""
_SOURCES = 3
"""Sources of a passage that a message names."""


def level(judgement: Judgement) -> str:
    """Return how urgent a judgement is: error, warning or note."""
    return _LEVELS.get(judgement, "note")


def verdict(one: Checked) -> tuple[str, str]:
    """Return what there is to do in a draft, in words, and how urgent that is: error, warning or note."""
    open_ = Counter(passage.judgement for passage in one.passages if level(passage.judgement) != "note")
    if not open_:
        return ("nothing is left to do" if one.passages else "nothing in it stands elsewhere"), "note"
    count = sum(open_.values())
    worst = min((level(judgement) for judgement in open_), key=list(_COLOURS).index)
    parts = ", ".join(f"{open_[name]} {words}" for name, words in WORDS.items() if name in open_)
    return f"{count} passage{'s' if count > 1 else ''} to look at: {parts}", worst


def about(source: Document | None) -> str:
    """Return a source's outlet and time, as far as they are known."""
    if source is None:
        return ""
    return ", ".join(filter(None, (source.outlet, f"{source.published:%Y-%m-%d %H:%M}" if source.published else None)))


def to_json(checked: Sequence[Checked], notices: Sequence[Notice] = ()) -> str:
    """Return checked drafts as one line of JSON."""
    drafts = [
        {
            "id": one.draft.id,
            "outlet": one.draft.outlet,
            "length": len(one.draft.text),
            "shared": one.shared,
            "passages": [_passage(passage) for passage in one.passages],
        }
        for one in checked
    ]
    told = [notice_dict(n) for n in (*notices, *(n for one in checked for n in one.notices))]
    return dumps({"schema": SCHEMA, "version": __version__, "drafts": drafts, "warnings": told})


def _passage(passage: Judged) -> dict[str, Any]:
    return {
        "start": passage.start,
        "end": passage.end,
        "judgement": passage.judgement,
        "reason": passage.reason,
        "sources": [source._asdict() for source in passage.sources],
        "changes": [{"type": c.type, "a": c.a._asdict(), "b": c.b._asdict(), "flags": list(c.flags)} for c in passage.changes],
    }


def facts(one: Checked, passage: Judged) -> list[str]:
    """Return the changed numbers, names, dates and the like of a passage, to verify, in words."""
    texts = {source.id: source.text for source in one.sources}
    there = texts.get(passage.sources[0].doc, "") if passage.sources else ""
    out = []
    for change in passage.changes:
        if change.flags:
            words = (one.draft.text[change.a.start : change.a.end], there[change.b.start : change.b.end])
            here, other = (f"“{' '.join(part.split())}”" if part else "nothing" for part in words)
            out.append(f"{', '.join(change.flags)}: {here} here, {other} in the source")
    return out


def difference(one: Checked, passage: Judged) -> list[Piece]:
    """Return the passage as a diff against its best source, which is `old`; [] where they are the same."""
    best = next((source for source in one.sources if passage.sources and source.id == passage.sources[0].doc), None)
    if best is None or not passage.changes:
        return []
    turned = [Change(TURNED[change.type], change.b, change.a, change.flags) for change in passage.changes]
    return list(pieces(best.text, one.draft.text, Extent(passage.start, passage.end), turned))


def message(one: Checked, passage: Judged) -> str:
    """Return a passage's judgement, reason, sources and facts to verify, as one line."""
    named = [source.doc for source in passage.sources[:_SOURCES]]
    more = len(passage.sources) - len(named)
    sources = ", ".join(named) + (f" and {more} more" if more > 0 else "")
    verify = f" To verify: {'; '.join(found)}." if (found := facts(one, passage)) else ""
    return f"{WORDS[passage.judgement].capitalize()}. {passage.reason} Sources: {sources}.{verify}"


def to_github(checked: Sequence[Checked]) -> Iterator[str]:
    """Yield a workflow command of GitHub Actions for each passage."""
    kinds = {"error": "error", "warning": "warning", "note": "notice"}
    for one in checked:
        path = one.draft.path or one.draft.id
        for passage in one.passages:
            first, last = _line(one, passage.start), _line(one, passage.end)
            text = message(one, passage).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
            where = path.replace("%", "%25").replace("\n", "%0A").replace(":", "%3A").replace(",", "%2C")
            title = WORDS[passage.judgement].capitalize().replace(",", "%2C")
            yield f"::{kinds[level(passage.judgement)]} file={where},line={first},endLine={last},title={title}::{text}"


def _line(one: Checked, at: int) -> int:
    return one.draft.text.count("\n", 0, at) + 1


def _column(one: Checked, at: int) -> int:
    return at - one.draft.text.rfind("\n", 0, at)


def to_sarif(checked: Sequence[Checked]) -> str:
    """Return checked drafts as SARIF 2.1.0 (OASIS, 2020)."""
    rules = [
        {"id": name, "shortDescription": {"text": words.capitalize()}, "defaultConfiguration": {"level": level(name)}}
        for name, words in WORDS.items()
    ]
    results = [
        {
            "ruleId": passage.judgement,
            "level": level(passage.judgement),
            "message": {"text": message(one, passage)},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": quote(one.draft.path or one.draft.id, errors="replace")},
                        "region": {
                            "startLine": _line(one, passage.start),
                            "startColumn": _column(one, passage.start),
                            "endLine": _line(one, passage.end),
                            "endColumn": _column(one, passage.end),
                            "charOffset": passage.start,
                            "charLength": passage.end - passage.start,
                        },
                    }
                }
            ],
        }
        for one in checked
        for passage in one.passages
    ]
    driver = {"name": "dedup", "version": __version__, "rules": rules}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return dumps({"$schema": schema, "version": "2.1.0", "runs": [run]})


def render_check(checked: Sequence[Checked], console: Console) -> None:
    """Print each draft with its passages marked and numbered, what each is in the margin, and a note on each below."""
    for number, one in enumerate(checked):
        if number:
            console.print()
        _render(one, console)


def _render(one: Checked, console: Console) -> None:
    words, urgency = verdict(one)
    console.print(Text(flowing(one.draft.id), style="bold").append(": ").append(words, style=_COLOURS[urgency]))
    if one.shared:
        console.print(Text(", ".join(f"{share:.0%} {WORDS[name]}" for name, share in one.shared.items())))
    if not one.passages:
        return
    grid = Table.grid(padding=(0, 2))
    grid.add_column(ratio=_TEXT)
    grid.add_column(ratio=_MARGIN)
    for body, margin in _paragraphs(one):
        grid.add_row(body.append("\n"), margin)
    console.print(grid)
    for number, passage in enumerate(one.passages, 1):
        _note(one, number, passage, console)


def _paragraphs(one: Checked) -> Iterator[tuple[Text, Text]]:
    """Each paragraph, with signs around its passages, and what it is that starts in it."""
    text, start = one.draft.text, 0
    for line in text.splitlines(keepends=True):
        end = start + len(line)
        body, margin, at = Text(), Text(), start
        for number, passage in enumerate(one.passages, 1):
            low, high = max(passage.start, start), min(passage.end, end)
            if low >= high:
                continue
            colour = _COLOURS[level(passage.judgement)]
            body.append(flowing(text[at:low]))
            body.append(f"[{number}: " if low == passage.start else "", style=f"bold {colour}")
            body.append(flowing(text[low:high].rstrip("\n")), style=colour)
            body.append("]" if high == passage.end else "", style=f"bold {colour}")
            if low == passage.start:
                margin.append(f"{chr(10) if margin else ''}{number} {WORDS[passage.judgement]}", style=colour)
            at = high
        body.append(flowing(text[at:end].rstrip("\n")))
        start = end
        if line.strip():
            yield body, margin


def _note(one: Checked, number: int, passage: Judged, console: Console) -> None:
    colour, known = _COLOURS[level(passage.judgement)], {source.id: source for source in one.sources}
    lines = [Text(flowing(passage.reason))]
    for source in passage.sources[:_SOURCES]:
        bits = f"{source.bits:g} bits" if source.bits is not None else ""
        named = (source.doc, about(known.get(source.doc)), f"{source.start}–{source.end}", bits)
        lines.append(Text(flowing(" · ".join(filter(None, named)))))
    if len(passage.sources) > _SOURCES:
        lines.append(Text(f"and {len(passage.sources) - _SOURCES} more"))
    lines += [Text(flowing(f"verify {fact}"), style="yellow") for fact in facts(one, passage)]
    if parts := difference(one, passage):
        lines.append(Text().append("source → draft: ", style="bold").append_text(render(parts, signs=plain_signs(console))))
    console.print(Text(f"{number} ", style="bold").append(WORDS[passage.judgement], style=colour))
    console.print(Padding(Group(*lines), (0, 0, 0, 2)))
