"""The chain of matches between two passages, for a person at a terminal."""

from collections.abc import Sequence

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from dedup.report.diff import Piece, facts, flowing, pieces, render
from dedup.report.scan_terminal import plain_signs
from dedup.types import Extent, Match, Report, Span


def render_path(report: Report, ends: tuple[Span, Span], found: Sequence[Match], console: Console) -> None:
    """Print each passage on the way, what was changed from one to the next, and the weakest link."""
    documents = {d.id: d for d in report.documents}
    names = [flowing(end.doc or "") for end in ends]
    if not found:
        console.print(Text(f"Nothing joins {names[0]} and {names[1]}."))
        return
    signs = plain_signs(console)
    console.print(Text(f"{names[0]} and {names[1]}: {len(found)} match{'es' if len(found) > 1 else ''}", "bold"))
    before: Span | None = None
    for match in found:
        old, new = documents[match.a.doc or ""].text, documents[match.b.doc or ""].text
        if before is None or (before.doc, before.start, before.end) != tuple(match.a):
            console.print(Text.assemble("\n", (flowing(match.a.doc or ""), "bold cyan"), f" · {match.a.start}–{match.a.end}"))
            console.print(Padding(Text(flowing(old[match.a.start : match.a.end])), (0, 0, 0, 4)))
        console.print(Text(f"  ↓ {match.bits:g} bits, {match.identity:.0%} of the words the same", "dim"))
        console.print(Text.assemble((flowing(match.b.doc or ""), "bold cyan"), f" · {match.b.start}–{match.b.end}"))
        diff: list[Piece] = list(pieces(old, new, Extent(match.b.start, match.b.end), match.changes))
        console.print(Padding(render(diff, signs=signs), (0, 0, 0, 4)))
        for flags, was, now in facts(diff):
            console.print(Padding(Text(f"! {flags}: {was or '–'} → {now or '–'}"), (0, 0, 0, 4)))
        before = match.b
    if len(found) > 1:
        weakest = min(found, key=lambda m: m.bits)
        line = f"\nWeakest link: {flowing(weakest.a.doc or '')} – {flowing(weakest.b.doc or '')}, {weakest.bits:g} bits."
        console.print(Text(line, "bold"))
