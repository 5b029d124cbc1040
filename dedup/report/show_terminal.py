"""Two documents side by side, every shared passage marked with its number."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import cycle, islice

from rich.console import Console
from rich.table import Table
from rich.text import Text

from dedup.report.diff import STRESSED, facts, flowing, oriented, pieces
from dedup.report.scan_terminal import plain_signs
from dedup.types import Extent, Flag, Match, Report

_COLOURS = ("cyan", "green", "yellow", "magenta", "blue")


def render_pair(report: Report, first: str, second: str, console: Console) -> None:
    """Print the documents `first` and `second` of `report` beside each other, and what was changed in each passage."""
    a, b = report.document(first), report.document(second)
    shared = sorted((_from(m, a.id) for m in report.matches_of(a.id) if b.id in (m.a.doc, m.b.doc)), key=lambda m: m.a)
    signs = plain_signs(console)
    table = Table(expand=True, box=None, padding=(0, 2, 0, 0), header_style="bold cyan")
    table.add_column(Text(flowing(a.id)), ratio=1, overflow="fold")
    table.add_column(Text(flowing(b.id)), ratio=1, overflow="fold")
    left = _marked(a.text, [(Extent(m.a.start, m.a.end), [(c.a, c.flags) for c in m.changes]) for m in shared], signs=signs)
    right = _marked(b.text, [(Extent(m.b.start, m.b.end), [(c.b, c.flags) for c in m.changes]) for m in shared], signs=signs)
    table.add_row(left, right)
    console.print(table)
    console.print()
    if not shared:
        console.print("They share no passage.")
    for number, match in enumerate(shared, 1):
        console.print(Text(f"{number}  {match.kind}, {match.identity:.0%} of the words, {match.bits:.0f} bits", "bold"))
        diff = list(pieces(a.text, b.text, Extent(match.b.start, match.b.end), match.changes))
        for flags, before, after in facts(diff):
            console.print(Text(f"   ! {flags}: {before or '–'} → {after or '–'}", "yellow"))


def _from(match: Match, first: str) -> Match:
    """`match` with the document `first` on side a."""
    a, b, changes = oriented(match, first)
    return replace(match, a=a, b=b, changes=changes)


Marks = Sequence[tuple[Extent, Sequence[tuple[Extent, tuple[Flag, ...]]]]]


def _marked(text: str, passages: Marks, *, signs: bool) -> Text:
    """`text` with each passage coloured and numbered, and its changed words stressed; passages may overlap."""
    out = Text()
    inserts: list[tuple[int, int, str]] = []
    colours = list(islice(cycle(_COLOURS), len(passages)))
    for number, (extent, _) in enumerate(passages, 1):
        inserts += [(extent.start, 1, f"[{number}| "), (extent.end, 0, f" |{number}]")]
    styled = Text("".join(c if c.isprintable() or c == "\n" else " " for c in text))
    for colour, (extent, changes) in zip(colours, passages, strict=True):
        styled.stylize(colour, extent.start, extent.end)
        for change, _ in changes:
            styled.stylize(STRESSED, change.start, change.end)
    if signs:
        for _, changes in passages:
            inserts += [(c.start, 2, "<") for c, _ in changes if c.end > c.start]
            inserts += [(c.end, -1, ">") for c, _ in changes if c.end > c.start]
    at = 0
    for place, _, mark in sorted(inserts):
        out.append_text(styled[at:place])
        out.append(mark, "bold")
        at = place
    out.append_text(styled[at:])
    return out
