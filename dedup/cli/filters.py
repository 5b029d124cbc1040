"""The options that limit what a command shows, and in which order: `scan`, `tree`, `sources` and `outlets` share them."""

import functools
import inspect
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dedup.cli.options import choice
from dedup.cli.output import say
from dedup.report import formats
from dedup.report.orders import ORDERS

if TYPE_CHECKING:
    from dedup.pipeline.filters import Filters
    from dedup.types import Content, Report

_FILTERS = {
    "outlet": Annotated[
        list[str] | None,
        typer.Option(
            "--outlet", metavar="NAME", help="Show only what concerns this outlet, by name or site; may be given again."
        ),
    ],
    "since": Annotated[
        str | None, typer.Option("--since", metavar="DATE", help="Show only what concerns articles of this day or later.")
    ],
    "until": Annotated[
        str | None, typer.Option("--until", metavar="DATE", help="Show only what concerns articles of this day or earlier.")
    ],
    "across_outlets": Annotated[
        bool, typer.Option("--across-outlets", help="Show only what two different outlets have in common.")
    ],
    "min_words": Annotated[
        int, typer.Option("--min-words", min=0, metavar="N", help="Show only passages of at least N words.")
    ],
}
_DEFAULTS = {"outlet": None, "since": None, "until": None, "across_outlets": False, "min_words": 0}


def filters(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that limit what it shows; it receives them as the argument `filters`."""
    signature = inspect.signature(command)  # the name `Filters` has no value until the command runs
    more = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=_DEFAULTS[name], annotation=annotation)
        for name, annotation in _FILTERS.items()
    ]

    @functools.wraps(command)
    def with_filters(**given: Any) -> None:
        from dedup.pipeline.filters import Filters  # noqa: PLC0415 --help stays fast

        outlets, *values = (given.pop(name) for name in _FILTERS)
        command(**given, filters=Filters(outlets or (), *values))

    kept = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in signature.parameters.values() if p.name != "filters"]
    with_filters.__annotations__.pop("filters")
    with_filters.__signature__ = signature.replace(parameters=[*kept, *more])  # type: ignore[attr-defined] # typer reads it
    return with_filters


def sort_option(result: str, what: str) -> Any:
    """Return the option `--sort` of a command, which lists `what`."""
    return choice(ORDERS[result], "--sort", f"In which order {what} come; {ORDERS[result][0]} if it is not given.")


def top_option(what: str) -> Any:
    """Return the option `--top` of a command, which lists `what`."""
    return typer.Option("--top", min=0, metavar="N", help=f"Show only the first N {what}, in every format.")


def limited(
    report: "Report",
    filters: "Filters",
    result: str,
    fmt: str,
    order: str | None,
    top: int | None,
    *,
    quiet: bool,
    **more: "Collection[Content]",
) -> "Report":
    """Return what of `report` the command `result` shows; say so if the filters leave nothing.

    A format that does not take `top` writes all that it is given, so the first entries are chosen here. `more` as `arranged`.
    """
    from dedup.pipeline.arranged import arranged  # noqa: PLC0415 --help stays fast
    from dedup.pipeline.filtered import filtered  # noqa: PLC0415

    found = filtered(report, filters)
    left = (found.matches, found.families, found.provenance.edges, found.provenance.passages, found.provenance.stories)
    if filters and not any(left) and not quiet:
        say("nothing is left after the filters")
    if (order is None and top is None) or "top" in formats.view_named(result, fmt).options:
        return found
    return arranged(found, result, order or ORDERS[result][0], top, **more)
