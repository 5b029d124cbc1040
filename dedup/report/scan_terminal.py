"""A report for a person at a terminal: a summary, then the families in the order of `ranking`."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from dedup.language.counting import counted
from dedup.params import SHOWN, TOP_DOCUMENTS, TOP_FAMILIES
from dedup.report.about import NOTHING_LEFT, filters_in_words, outlet_and_time, time_of, title_of
from dedup.report.contents import counted_content, left_out_words
from dedup.report.diff import Piece, facts, plain_signs, render
from dedup.report.orders import ORDERS
from dedup.report.printable import flowing
from dedup.report.ranking import ranked
from dedup.report.variants import Pairs, matches_by_pair, same_words, wording_diff
from dedup.report.word_counts import word_counts
from dedup.types import CONTENTS, Content, Document, Family, Report, Span

LEGEND = "[-cut-] {+put in+} against the canonical copy; ! before a changed number, date, unit, name, quotation or negation"
_BAR = 10
"""Characters of a full bar."""
_INDENTED = (0, 0, 0, 4)
_TITLE = 90
"""Characters of a title above a passage."""
_ID = 24
"""Columns up to which an id stays on one line."""
_COLUMN = 32
"""Columns for titles in the table of documents, and half of them for outlets; ids and numbers fit beside them."""


def render_report(
    report: Report,
    console: Console,
    *,
    top: int | None = None,
    shown: Collection[Content] = SHOWN,
    order: str | None = None,
) -> None:
    """Print the summary of `report` and, in the order `order`, its first `top` families of the kinds of text `shown`."""
    top = TOP_FAMILIES if top is None else top
    documents = {d.id: d for d in report.documents}
    families = ranked(report, shown, order or ORDERS["scan"][0])
    signs = plain_signs(console)
    console.print(_summary(report, families, shown, signs=signs))
    if not families:
        console.print(NOTHING_SHOWN if report.families else NOTHING_LEFT if filters_in_words(report.params) else NOTHING)
    by_pair = matches_by_pair(report)
    for number, family in enumerate(families[:top], 1):
        console.print(_family(number, family, by_pair, documents, signs=signs))
    if len(families) > top:
        more = counted(len(families) - top, "more passage")
        console.print(f"\n{more}; --top {len(families)} shows all, --format json holds them.")


NOTHING = "No passage occurs in two of these documents."
NOTHING_SHOWN = "No two of these documents share narration or a quotation; what they share was left out."


def _summary(report: Report, families: Sequence[Family], shown: Collection[Content], *, signs: bool) -> Group:
    outlets = {d.outlet for d in report.documents if d.outlet}
    kinds = Counter(family.content for family in report.families)
    counts = [
        counted(len(report.documents), "document"),
        *([counted(len(outlets), "outlet")] if outlets else []),
        *(counted_content(kinds[content], content) for content in CONTENTS if content in shown),
        counted(sum(match.content in shown for match in report.matches), "match", "matches"),
    ]
    hidden = left_out_words(report, shown)
    note = [Text(f"left out: {', '.join(hidden)}", "dim")] if hidden else []
    if line := filters_in_words(report.params):
        note.append(Text(line, "dim"))
    documents = report.documents
    if filters_in_words(report.params):  # the other documents are here only for the sake of what is not shown
        members = {span.doc for family in families for span in family.passages}
        documents = [document for document in documents if document.id in members]
    rest = len(documents) - TOP_DOCUMENTS
    more = [Text(counted(rest, "more document"), "dim")] if rest > 0 else []
    legend: list[RenderableType] = ["", Text(LEGEND)] if signs and families else []
    table: list[RenderableType] = ["", _documents(documents, report, with_outlet=bool(outlets))] if documents else []
    return Group(Text(" · ".join(counts), "bold"), *note, *table, *more, *legend)


def _documents(documents: Sequence[Document], report: Report, *, with_outlet: bool) -> Table:
    """The documents of which most is shared, with their shares."""
    listed = sorted(documents, key=lambda d: (-report.shared.get(d.id, 0.0), d.id))[:TOP_DOCUMENTS]
    with_time, with_title = (any(getattr(d, name) for d in listed) for name in ("published", "title"))
    table = Table(box=None, pad_edge=False, header_style="bold")
    longest = max((len(flowing(document.id)) for document in listed), default=0)
    table.add_column("document", overflow="fold", min_width=min(longest, _ID))
    if with_title:
        table.add_column("title", overflow="ellipsis", no_wrap=True, max_width=_COLUMN)
    if with_outlet:
        table.add_column("outlet", overflow="ellipsis" if with_title else "fold", no_wrap=with_title, max_width=_COLUMN // 2)
    if with_time:
        table.add_column("published" if with_title else "published (UTC)", no_wrap=True)
    table.add_column("characters", justify="right")
    table.add_column("shared", justify="right", no_wrap=True)
    if not with_title:
        table.add_column("", no_wrap=True)
    for document in listed:
        share = report.shared.get(document.id, 0.0)
        row = [flowing(document.id)]
        if with_title:
            row.append(flowing(" ".join((document.title or "").split())))
        if with_outlet:
            row.append(flowing(document.outlet or ""))
        if with_time:
            row.append(time_of(document))
        bar = [] if with_title else ["█" * round(share * _BAR)]
        table.add_row(*map(Text, [*row, f"{len(document.text):,}", f"{share:.0%}", *bar]))
    return table


def _family(number: int, family: Family, matches: Pairs, documents: Mapping[str, Document], *, signs: bool) -> Group:
    base = family.canonical
    text = documents[base.doc or ""].text[base.start : base.end]
    members = {p.doc for p in family.passages}
    (words,) = word_counts([text])
    kind = "" if family.content == "narration" else f" · {family.content}"
    title = f"{number} · {counted(len(members), 'document')} · {counted(words, 'word')}{kind}"
    parts: list[RenderableType] = ["", Rule(Text(title, "bold"), align="left", characters="─", style="dim")]
    parts += [_label(documents[base.doc or ""], base, "canonical copy"), Padding(Text(flowing(text)), _INDENTED)]
    for passage in family.passages:
        if passage != base:
            parts += _member(passage, family, matches, documents, signs=signs)
    return Group(*parts)


def _member(
    passage: Span, family: Family, matches: Pairs, documents: Mapping[str, Document], *, signs: bool
) -> Iterator[RenderableType]:
    """The passage as a diff against the canonical copy, or as plain text if no match of the report joins the two."""
    base, document = family.canonical, documents[passage.doc or ""]
    diff = wording_diff(family, passage, matches, documents)
    if diff is None:
        yield _label(document, passage, "of the same family")
        yield Padding(Text(flowing(document.text[passage.start : passage.end])), _INDENTED)
        return
    if all(piece.equal for piece in diff):
        yield _label(document, passage, "verbatim")
        return
    canonical = documents[base.doc or ""].text[base.start : base.end]
    yield _label(document, passage, f"{same_words(diff, canonical):.0%} of the words the same")
    yield Padding(render(diff, signs=signs), _INDENTED)
    yield from _changed_facts(diff)


def _changed_facts(diff: Sequence[Piece]) -> Iterator[RenderableType]:
    for flags, before, after in facts(diff):
        line = Text.assemble(("! ", "bold yellow"), (f"{flags}: ", "yellow"), before or "–", (" → ", "yellow"), after or "–")
        yield Padding(line, _INDENTED)


def _label(document: Document, span: Span, note: str) -> Text:
    title = title_of(document, _TITLE)
    named = [(f"  {flowing(title)}\n", "bold cyan")] if title else []
    about = [*([] if title else [document.id]), *outlet_and_time(document), *([document.id] if title else [])]
    first, *rest = [flowing(part) for part in about]
    places = "".join(f" · {part}" for part in [*rest, f"{span.start}–{span.end}"])
    return Text.assemble(*named, "  ", (first, "" if title else "bold cyan"), f"{places} · ", (note, "italic"))
