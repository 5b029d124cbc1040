"""Two documents side by side, for a person at a terminal; every shared passage is marked with its number."""

from collections.abc import Sequence
from itertools import cycle, islice
from typing import NamedTuple

from rich.console import Console
from rich.table import Table
from rich.text import Text

from dedup.report.diff import STRESSED, facts, pieces, plain_signs
from dedup.report.printable import flowing, kept_places
from dedup.types import Extent, Match, Report

_COLOURS = ("cyan", "green", "yellow", "magenta", "blue")


class _Passage(NamedTuple):
    """A shared passage of one document, and the places in it that the other document has otherwise."""

    extent: Extent
    changes: Sequence[Extent]


def render_pair(report: Report, console: Console) -> None:
    """Print the two documents of `report` beside each other, and below them the changed facts of each passage."""
    a, b = report.documents
    shared = sorted((_from(m, a.id) for m in report.matches), key=lambda m: m.a)
    signs = plain_signs(console)
    table = Table(expand=True, box=None, padding=(0, 2, 0, 0), header_style="bold cyan")
    table.add_column(Text(flowing(a.id)), ratio=1, overflow="fold")
    table.add_column(Text(flowing(b.id)), ratio=1, overflow="fold")
    left = [_Passage(Extent(m.a.start, m.a.end), [c.a for c in m.changes]) for m in shared]
    right = [_Passage(Extent(m.b.start, m.b.end), [c.b for c in m.changes]) for m in shared]
    table.add_row(_marked(a.text, left, signs=signs), _marked(b.text, right, signs=signs))
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
    return match if match.a.doc == first else match.turned()


def _marked(text: str, passages: Sequence[_Passage], *, signs: bool) -> Text:
    """`text` with each passage in colour and numbered, and its changed words underlined; passages may overlap."""
    place = kept_places(text)
    styled = Text("\n".join(map(flowing, text.split("\n"))))
    marks: list[tuple[int, int, str]] = []
    for number, (colour, passage) in enumerate(zip(islice(cycle(_COLOURS), len(passages)), passages, strict=True), 1):
        start, end = place[passage.extent.start], place[passage.extent.end]
        styled.stylize(colour, start, end)
        marks += [(start, 1, f"[{number}| "), (end, 0, f" |{number}]")]
        for change in passage.changes:
            first, last = place[change.start], place[change.end]
            styled.stylize(STRESSED, first, last)
            if signs and last > first:
                marks += [(first, 2, "<"), (last, -1, ">")]
    out = Text()
    at = 0
    for where, _, mark in sorted(marks):
        out.append_text(styled[at:where])
        out.append(mark, "bold")
        at = where
    out.append_text(styled[at:])
    return out
