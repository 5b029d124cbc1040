"""A checked draft for an editor at a terminal: the text with its passages marked, and notes on them."""

from collections.abc import Iterator, Sequence

from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from dedup.report.about import outlet_and_time
from dedup.report.check_common import difference, facts_to_verify, finding_level, source_lines, verdict
from dedup.report.diff import plain_signs, render
from dedup.report.printable import flowing
from dedup.types import JUDGEMENT_KINDS, Checked, Finding, Judged, Level

_COLOURS: dict[Level, str] = {"error": "red", "warning": "yellow", "note": "green"}
_TEXT, _MARGIN = 3, 1
"""Parts of the terminal's width for the draft and for its margin."""
_SOURCES = 3
"""Sources of a passage that its note lists."""


def render_check(checked: Sequence[Checked], console: Console) -> None:
    """Print each draft with its passages numbered, their judgements in the margin, and a note on each passage below."""
    for number, one in enumerate(checked):
        if number:
            console.print()
        _render(one, console)


def _render(one: Checked, console: Console) -> None:
    if one.passages:
        _text(one, console)
        for number, finding in enumerate(one.findings, 1):
            _finding(one, number, finding, console)
        console.print(Text(", ".join(f"{share:.0%} {JUDGEMENT_KINDS[name].words}" for name, share in one.shared.items())))
    # The last line is what stays in sight.
    words, urgency = verdict(one)
    console.print(Text(flowing(one.draft.id), style="bold").append(": ").append(words, style=_COLOURS[urgency]))


def _text(one: Checked, console: Console) -> None:
    """Print the draft with its passages marked."""
    grid = Table.grid(padding=(0, 2))
    # Scripts without spaces have no place to break a line: by default a table would cut their paragraphs off after one.
    grid.add_column(ratio=_TEXT, overflow="fold")
    grid.add_column(ratio=_MARGIN, overflow="fold")
    for body, margin in _paragraphs(one):
        grid.add_row(body.append("\n"), margin)
    console.print(grid)


def _finding(one: Checked, number: int, finding: Finding, console: Console) -> None:
    """Print a finding: its sources, and a note on each of its passages."""
    colour = _COLOURS[finding_level(one, finding)]
    head = Text(f"Finding {number} ", style="bold").append(JUDGEMENT_KINDS[finding.judgement].words, style=colour)
    if len(finding.passages) > 1:
        head.append(f" in {len(finding.passages)} passages")
    console.print(head)
    lines = [Text(flowing(line)) for line in source_lines(one, list(finding.sources[:_SOURCES]))]
    if len(finding.sources) > _SOURCES:
        lines.append(Text(f"and {len(finding.sources) - _SOURCES} more"))
    console.print(Padding(Group(*lines), (0, 0, 0, 2)))
    for n in finding.passages:
        _note(one, n + 1, one.passages[n], console)


def _paragraphs(one: Checked) -> Iterator[tuple[Text, Text]]:
    """Each paragraph with signs around its passages, and the judgements of the passages that start in it."""
    text, start = one.draft.text, 0
    for line in text.splitlines(keepends=True):
        end = start + len(line)
        body, margin, at = Text(), Text(), start
        for number, passage in enumerate(one.passages, 1):
            low, high = max(passage.start, start), min(passage.end, end)
            if low >= high:
                continue
            colour = _colour(passage)
            body.append(flowing(text[at:low]))
            body.append(f"[{number}: " if low == passage.start else "", style=f"bold {colour}")
            body.append(flowing(text[low:high].rstrip("\n")), style=colour)
            body.append("]" if high == passage.end else "", style=f"bold {colour}")
            if low == passage.start:
                margin.append(f"{chr(10) if margin else ''}{number} {passage.kind.words}", style=colour)
            at = high
        body.append(flowing(text[at:end].rstrip("\n")))
        start = end
        if line.strip():
            yield body, margin


def _note(one: Checked, number: int, passage: Judged, console: Console) -> None:
    about = {source.id: outlet_and_time(source) for source in one.sources}
    lines = [Text(flowing(passage.reason))]
    for source in passage.sources[:_SOURCES]:
        bits = f"{source.bits:g} bits" if source.bits is not None else ""
        named = (source.doc, ", ".join(about.get(source.doc, [])), f"{source.start}–{source.end}", bits)
        lines.append(Text(flowing(" · ".join(filter(None, named)))))
    if len(passage.sources) > _SOURCES:
        lines.append(Text(f"and {len(passage.sources) - _SOURCES} more"))
    lines += [Text(flowing(f"verify {fact}"), style="yellow") for fact in facts_to_verify(one, passage)]
    if parts := difference(one, passage):
        lines.append(Text().append("source → draft: ", style="bold").append_text(render(parts, signs=plain_signs(console))))
    console.print(Text(f"{number} ", style="bold").append(passage.kind.words, style=_colour(passage)))
    console.print(Padding(Group(*lines), (0, 0, 0, 2)))


def _colour(passage: Judged) -> str:
    return _COLOURS[passage.kind.level]
