"""The chain of matches between two passages, for a person at a terminal."""

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from dedup.language.counting import counted
from dedup.report.diff import Piece, facts, pieces, plain_signs, render
from dedup.report.printable import flowing
from dedup.report.why_json import Chain
from dedup.types import Extent, Span

_INDENTED = (0, 0, 0, 4)


def render_chain(chain: Chain, console: Console) -> None:
    """Print each passage of the chain, what was changed from one to the next, and the weakest match."""
    documents = {d.id: d for d in chain.report.documents}
    names = [flowing(end.doc or "") for end in chain.ends]
    weakest = chain.weakest()
    if weakest is None:
        console.print(Text(f"Nothing joins {names[0]} and {names[1]}."))
        return
    signs = plain_signs(console)
    console.print(Text(f"{names[0]} and {names[1]}: {counted(len(chain.matches), 'match', 'matches')}", "bold"))
    before: Span | None = None
    for match in chain.matches:
        old, new = documents[match.a.doc or ""].text, documents[match.b.doc or ""].text
        if before != match.a:
            console.print()
            _passage(match.a, console)
            console.print(Padding(Text(flowing(old[match.a.start : match.a.end])), _INDENTED))
        console.print(Text(f"  ↓ {match.bits:g} bits, {match.identity:.0%} of the words the same", "dim"))
        _passage(match.b, console)
        diff: list[Piece] = list(pieces(old, new, Extent(match.b.start, match.b.end), match.changes))
        console.print(Padding(render(diff, signs=signs), _INDENTED))
        for flags, was, now in facts(diff):
            console.print(Padding(Text(f"! {flags}: {was or '–'} → {now or '–'}"), _INDENTED))
        before = match.b
    if len(chain.matches) > 1:
        a, b = chain.matches[weakest].a, chain.matches[weakest].b
        line = f"\nWeakest link: {flowing(a.doc or '')} – {flowing(b.doc or '')}, {chain.matches[weakest].bits:g} bits."
        console.print(Text(line, "bold"))


def _passage(span: Span, console: Console) -> None:
    console.print(Text.assemble((flowing(span.doc or ""), "bold cyan"), f" · {span.start}–{span.end}"))
