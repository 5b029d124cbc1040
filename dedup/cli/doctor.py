"""`dedup doctor`: what this installation consists of, and whether it works."""

from pathlib import Path
from typing import Annotated

import typer

from dedup.cli.options import Output, format_option
from dedup.cli.output import deliver

EXAMPLES = ("dedup doctor", "dedup doctor news.dedup", "dedup doctor --format json -o state.json")


def doctor(
    indexes: Annotated[list[Path] | None, typer.Argument(metavar="[INDEX]...", help="Indexes to look at.")] = None,
    fmt: Annotated[str, format_option("doctor")] = "rich",
    output: Output = None,
) -> None:
    """Show versions, kernels, processor, extras, terminal and temporary folder, and look at indexes.

    Send its output with a report of an error. Of an index, the schema and the settings are checked; `dedup index verify` checks
    every row. The exit code is 2 if something is broken.
    """
    from dedup.cli.diagnosis import diagnosed  # noqa: PLC0415 --help stays fast

    conditions = diagnosed(indexes or [])
    deliver("doctor", fmt, conditions, output)
    if any(condition.state == "broken" for condition in conditions):
        raise typer.Exit(2)
