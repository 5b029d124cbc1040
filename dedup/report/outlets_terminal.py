"""What each outlet starts, carries, copies and follows, for a person at a terminal."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from dedup.language.counting import counted, inflected
from dedup.outlet_types import CopiedRow, OutletRow, Outlets, RuleRow
from dedup.params import TOP_FAMILIES
from dedup.report.about import NOTHING_LEFT, filters_in_words
from dedup.report.printable import flowing

_NAMED = 3
"""Sources, and copiers, that are named for each outlet."""
_LEGEND = (
    "original, copied, unclear (unknown who was first) and quoted are shares of all its words; passages are"
    " those that it has in common with others; the lag is the median behind the first"
)
_COLUMN = 16
"""Columns that a name gets at least; a longer one is broken where there is no room."""


def render_outlets(found: Outlets, console: Console, *, top: int | None = None) -> None:
    """Print the first `top` outlets: their shares and passages, what the rules count, whom they follow and who follows them."""
    articles = sum(row.articles for row in found.outlets)
    console.print(Text(f"{counted(articles, 'article')} of {counted(len(found.outlets), 'outlet')}", "bold"))
    if line := filters_in_words(found.params):
        console.print(Text(line, "dim"))
    if found.without_outlet:
        state = inflected(found.without_outlet, "states", "state")
        console.print(f"{counted(found.without_outlet, 'article')} {state} no outlet; --outlet-from says where to find it.")
    if undated := articles - sum(row.dated for row in found.outlets):
        console.print(f"{counted(undated, 'article')} {inflected(undated, 'has', 'have')} no date: who was first is unknown.")
    if not found.outlets:
        console.print(NOTHING_LEFT if line else "There is no outlet to count.")
        return
    rows = found.outlets[: TOP_FAMILIES if top is None else top]
    console.print()
    console.print(_table(rows))
    console.print(Text(_LEGEND, "dim"))
    _print_rules(rows, found.rules, console)
    _print_relations(rows, found.copied, console)
    if rest := len(found.outlets) - len(rows):
        console.print(f"\n{counted(rest, 'more outlet')}; --top {len(found.outlets)} shows all, --format json holds them.")


def _table(rows: Sequence[OutletRow]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(
        "outlet", overflow="fold", min_width=min(_COLUMN, max((len(flowing(row.outlet)) for row in rows), default=0))
    )
    for name in ("articles", "original", "copied", "unclear", "quoted", "passages", "started", "carried", "lag"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        shares = map(_percent, (row.original, row.copied, row.unknown, row.quoted))
        counts = (f"{count:,}" for count in (row.passages, row.started, row.carried))
        table.add_row(*map(Text, [flowing(row.outlet), f"{row.articles:,}", *shares, *counts, _lag(row)]))
    return table


def _print_rules(rows: Sequence[OutletRow], rules: Sequence[RuleRow], console: Console) -> None:
    """Print how many articles each rule counts, for the outlets of which it counts any."""
    shown = {row.outlet: row for row in rows}
    by_outlet: dict[str, list[RuleRow]] = defaultdict(list)
    for rule in rules:
        by_outlet[rule.outlet].append(rule)
    names = [f"{rule.rule} (≥ {rule.percent:g}%)" for rule in next(iter(by_outlet.values()), [])]
    if not names:
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("articles that count as not its own", overflow="fold")
    for name in names:
        table.add_column(flowing(name), justify="right")
    for outlet in (name for name in shown if any(rule.articles or rule.undecided for rule in by_outlet[name])):
        counts = [
            f"{r.articles:,} ({_percent(r.share)})" + (f" + {r.undecided:,}?" if r.undecided else "") for r in by_outlet[outlet]
        ]
        table.add_row(*map(Text, [flowing(outlet), *counts]))
    console.print()
    console.print(
        table if table.row_count else f"No article counts as not its outlet's own by {', '.join(map(flowing, names))}."
    )
    if any(rule.undecided for name in shown for rule in by_outlet[name]):
        console.print(
            Text("+ n?: n more if every article of unknown order or outlet was earlier, and of another outlet", "dim")
        )


def _percent(share: float) -> str:
    return "–" if share == 0 else "<1%" if share < 0.01 else ">99%" if 0.99 < share < 1 else f"{share:.0%}"


def _lag(row: OutletRow) -> str:
    """The median time behind the first, in the unit in which more passages are known."""
    if row.lag_hours is not None and row.lags_in_hours >= row.lags_in_days:
        return f"{row.lag_hours:.1f} h" if row.lag_hours < 100 else f"{row.lag_hours / 24:.0f} d"
    return "–" if row.lag_days is None else f"{row.lag_days:g} d"


def _print_relations(rows: Sequence[OutletRow], copied: Sequence[CopiedRow], console: Console) -> None:
    """Print whom each outlet follows, and who follows it, most words first."""
    sources: dict[str, list[CopiedRow]] = defaultdict(list)
    copies: dict[str | None, Counter[str]] = defaultdict(Counter)
    for row in copied:
        sources[row.outlet].append(row)
        copies[row.source][row.outlet] += row.words
    shown = [row.outlet for row in rows if sources[row.outlet] or copies[row.outlet]]
    if shown:
        console.print()
    for name in shown:
        console.print(Text(flowing(name), "bold cyan"))
        if own := sources[name]:
            _listed("follows", [(_source(row), row.words) for row in own], console)
        if copies[name]:
            _listed("followed by", sorted(copies[name].items(), key=lambda item: (-item[1], item[0])), console)


def _listed(what: str, given: Sequence[tuple[str, int]], console: Console) -> None:
    names = [f"{flowing(name)} ({counted(words, 'word')})" for name, words in given[:_NAMED]]
    more = [f"{len(given) - _NAMED:,} more"] if len(given) > _NAMED else []
    console.print(Padding(Text.assemble((f"{what} ", "dim"), ", ".join([*names, *more])), (0, 0, 0, 2)))


def _source(row: CopiedRow) -> str:
    if row.source is None:
        return "unseen sources"
    return row.source if row.seen else f"an unseen text of {row.source}"
