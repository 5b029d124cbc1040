"""A report for a person at a terminal: a summary, then the families, the widest spread and the longest first."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from dedup.params import TOP_DOCUMENTS, TOP_FAMILIES
from dedup.report.diff import Piece, facts, flowing, oriented, pieces, render
from dedup.types import Document, Extent, Family, Match, Report, Span

Pairs = Mapping[frozenset[str | None], Sequence[Match]]
LEGEND = "[-cut-] {+put in+} against the canonical copy; ! before a changed number, date, unit, name, quotation or negation"
_BAR = 10
"""Characters of a full bar."""


def plain_signs(console: Console) -> bool:
    """Whether colours will not be seen, so that signs must speak."""
    return console.color_system is None or console.no_color


def render_report(report: Report, console: Console, *, top: int = TOP_FAMILIES, boilerplate: bool = False) -> None:
    """Print `report`: its summary and the first `top` families; `boilerplate` families only where asked for."""
    chosen = [f for f in report.families if boilerplate or f.kind == "reuse"]
    documents = {d.id: d for d in report.documents}
    ranked = sorted(chosen, key=lambda f: _rank(f, documents))
    signs = plain_signs(console)
    console.print(_summary(report, ranked, signs=signs))
    if not chosen:
        console.print("No passage stands in two of these documents.")
    by_pair = defaultdict(list)
    for match in report.matches:
        by_pair[frozenset((match.a.doc, match.b.doc))].append(match)
    for number, family in enumerate(ranked[:top], 1):
        console.print(_family(number, family, by_pair, documents, signs=signs))
    if len(ranked) > top:
        console.print(f"\n{_count(len(ranked) - top, 'more passage')}; --top {len(ranked)} shows all, --format json holds all.")


def _rank(family: Family, documents: Mapping[str, Document]) -> tuple[int, int, int, str]:
    members = {p.doc or "" for p in family.passages}
    outlets = {documents[m].outlet or m for m in members}
    return (-len(outlets), -len(members), family.canonical.start - family.canonical.end, family.id)


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" + ("" if number == 1 else "es" if what.endswith("ch") else "s")


def _summary(report: Report, families: Sequence[Family], *, signs: bool) -> Group:
    outlets = {d.outlet for d in report.documents if d.outlet}
    counts = [
        _count(len(report.documents), "document"),
        *([_count(len(outlets), "outlet")] if outlets else []),
        _count(len(families), "reused passage"),
        _count(len(report.matches), "match"),
    ]
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("document", overflow="fold", ratio=None)
    if outlets:
        table.add_column("outlet", overflow="fold")
    if any(d.published for d in report.documents):
        table.add_column("published (UTC)", no_wrap=True)
    table.add_column("characters", justify="right")
    table.add_column("shared", justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    ranked = sorted(report.documents, key=lambda d: (-report.shared.get(d.id, 0.0), d.id))
    for document in ranked[:TOP_DOCUMENTS]:
        share = report.shared.get(document.id, 0.0)
        row = [flowing(document.id)]
        if outlets:
            row.append(flowing(document.outlet or ""))
        if any(d.published for d in report.documents):
            row.append(f"{document.published:%Y-%m-%d %H:%M}" if document.published else "")
        table.add_row(*map(Text, [*row, f"{len(document.text):,}", f"{share:.0%}", "█" * round(share * _BAR)]))
    rest = len(ranked) - TOP_DOCUMENTS
    more = [Text(f"{_count(rest, 'more document')}", "dim")] if rest > 0 else []
    legend: list[RenderableType] = ["", Text(LEGEND)] if signs and families else []
    return Group(Text(" · ".join(counts), "bold"), "", table, *more, *legend)


def _family(number: int, family: Family, matches: Pairs, documents: Mapping[str, Document], *, signs: bool) -> Group:
    base = family.canonical
    members = {p.doc for p in family.passages}
    words = len(documents[base.doc or ""].text[base.start : base.end].split())
    kind = "" if family.kind == "reuse" else " · boilerplate"
    title = f"{number} · {_count(len(members), 'document')} · {_count(words, 'word')}{kind}"
    text = flowing(documents[base.doc or ""].text[base.start : base.end])
    parts: list[RenderableType] = ["", Rule(Text(title, "bold"), align="left", characters="─", style="dim")]
    parts += [_label(documents[base.doc or ""], base, "canonical copy"), Padding(Text(text), (0, 0, 0, 4))]
    for passage in family.passages:
        if passage != base:
            parts += _member(passage, family, matches, documents, signs=signs)
    return Group(*parts)


def _member(
    passage: Span, family: Family, matches: Pairs, documents: Mapping[str, Document], *, signs: bool
) -> Iterator[RenderableType]:
    document = documents[passage.doc or ""]
    found = next(
        (m for m in matches.get(frozenset((family.canonical.doc, passage.doc)), ()) if _joins(m, family.canonical, passage)),
        None,
    )
    if found is None:
        yield _label(document, passage, "of the same family")
        yield Padding(Text(flowing(document.text[passage.start : passage.end])), (0, 0, 0, 4))
        return
    base, _, changes = oriented(found, family.canonical.doc)
    diff = list(pieces(documents[base.doc or ""].text, document.text, Extent(passage.start, passage.end), changes))
    if all(piece.equal for piece in diff):
        yield _label(document, passage, "verbatim")
        return
    yield _label(document, passage, f"{_same(diff, family.canonical, documents):.0%} of the words the same")
    yield Padding(render(diff, signs=signs), (0, 0, 0, 4))
    yield from _checks(diff)


def _same(diff: Sequence[Piece], base: Span, documents: Mapping[str, Document]) -> float:
    """Share of the words of the longer side that are the same on both."""
    equal = sum(len(piece.new.split()) for piece in diff if piece.equal)
    longer = max(
        len(documents[base.doc or ""].text[base.start : base.end].split()),
        sum(len(piece.new.split()) for piece in diff),
    )
    return min(equal / max(longer, 1), 1.0)


def _checks(diff: Sequence[Piece]) -> Iterator[RenderableType]:
    """One line a changed fact."""
    for flags, before, after in facts(diff):
        line = Text.assemble(("! ", "bold yellow"), (f"{flags}: ", "yellow"), before or "–", (" → ", "yellow"), after or "–")
        yield Padding(line, (0, 0, 0, 4))


def _joins(match: Match, base: Span, passage: Span) -> bool:
    sides = {match.a.doc: match.a, match.b.doc: match.b}
    own, other = sides.get(base.doc), sides.get(passage.doc)
    return bool(
        own
        and other
        and min(own.end, base.end) > max(own.start, base.start)
        and min(other.end, passage.end) > max(other.start, passage.start)
    )


def _label(document: Document, span: Span, note: str) -> Text:
    outlet = f" · {flowing(document.outlet)}" if document.outlet else ""
    time = f" · {document.published:%Y-%m-%d %H:%M}" if document.published else ""
    return Text.assemble(
        "  ", (flowing(document.id), "bold cyan"), f"{outlet}{time} · {span.start}–{span.end} · ", (note, "italic")
    )
