"""The state of an installation, for a person at a terminal."""

from collections.abc import Sequence
from itertools import groupby

from rich.console import Console
from rich.table import Table
from rich.text import Text

from dedup.report.doctor_json import Condition
from dedup.report.printable import flowing

_STYLES = {"ok": "", "absent": "dim", "broken": "bold red"}


def render_conditions(conditions: Sequence[Condition], console: Console) -> None:
    """Print the conditions by area, each with the way out if there is one, and how many are broken."""
    for area, listed in groupby(conditions, key=lambda condition: condition.area):
        console.print(Text(area, style="bold"))
        table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
        table.add_column(min_width=12, overflow="fold")
        table.add_column(overflow="fold")
        for condition in listed:
            # As text: the name of a file may hold what would be markup, or control a terminal.
            found = condition.found if condition.state != "broken" else f"broken: {condition.found}"
            shown = "; ".join(part for part in (found, condition.way) if part)
            table.add_row(f"  {flowing(condition.name)}", Text(flowing(shown), style=_STYLES[condition.state]))
        console.print(table)
    broken = sum(condition.state == "broken" for condition in conditions)
    console.print(f"{broken:,} broken" if broken else "nothing is broken")
