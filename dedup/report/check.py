"""A checked draft for an editor at a terminal, and for programs: JSON (`dedup.check/1`), SARIF 2.1.0, GitHub annotations."""

import io
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from dedup import __version__
from dedup.report.data import dumps, notice_dict
from dedup.types import Checked, Judged, Judgement, Notice

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
_SOURCES = 3
"""Sources of a passage that a message names."""


def level(judgement: Judgement) -> str:
    """Return how urgent a judgement is: error, warning or note."""
    return _LEVELS.get(judgement, "note")


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


def to_html(checked: Sequence[Checked]) -> str:
    """Return what the terminal shows as a page of its own."""
    console = Console(record=True, width=110, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    render_check(checked, console)
    return console.export_html(inline_styles=True)


def render_check(checked: Sequence[Checked], console: Console) -> None:
    """Print each draft with its passages marked and numbered, and a note on each."""
    for one in checked:
        _render(one, console)


def _render(one: Checked, console: Console) -> None:
    shared = ", ".join(f"{share:.0%} {WORDS[name]}" for name, share in one.shared.items())
    console.print(Text(f"{one.draft.id}: {shared or 'nothing in it stands elsewhere'}", style="bold"))
    if not one.passages:
        return
    text = one.draft.text
    body = Text()
    at = 0
    for number, passage in enumerate(one.passages, 1):
        body.append(text[at : passage.start])
        colour = _COLOURS[level(passage.judgement)]
        body.append(f"[{number}: ", style=f"bold {colour}")
        body.append(text[passage.start : passage.end], style=colour)
        body.append("]", style=f"bold {colour}")
        at = passage.end
    body.append(text[at:])
    console.print(Panel(body))
    for number, passage in enumerate(one.passages, 1):
        colour = _COLOURS[level(passage.judgement)]
        console.print(Text(f"{number} ", style="bold").append(WORDS[passage.judgement], style=colour))
        console.print(Text(f"  {passage.reason}"))
        for source in passage.sources[:_SOURCES]:
            bits = f" · {source.bits:g} bits" if source.bits is not None else ""
            console.print(Text(f"  {source.doc} · {source.start}–{source.end}{bits}"))
        if len(passage.sources) > _SOURCES:
            console.print(Text(f"  and {len(passage.sources) - _SOURCES} more"))
        for fact in facts(one, passage):
            console.print(Text(f"  verify {fact}", style="yellow"))
