"""Checked drafts as workflow commands of GitHub Actions, which show them as annotations."""

from collections.abc import Iterator, Sequence

from dedup.report.check_common import kind_of, line_of, message, path_of
from dedup.report.printable import on_page
from dedup.types import Checked, Level

_COMMANDS: dict[Level, str] = {"error": "error", "warning": "warning", "note": "notice"}


def to_github(checked: Sequence[Checked]) -> Iterator[str]:
    """Yield one command a passage, with line ends between them."""
    between = ""
    for one in checked:
        for passage in one.passages:
            kind = kind_of(passage)
            place = f"file={_property(path_of(one))},line={line_of(one, passage.start)},endLine={line_of(one, passage.end)}"
            title = _property(kind.words.capitalize())
            yield f"{between}::{_COMMANDS[kind.level]} {place},title={title}::{_data(message(one, passage))}"
            between = "\n"


def _data(text: str) -> str:
    return on_page(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
