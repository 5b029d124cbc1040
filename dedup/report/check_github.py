"""Checked drafts as workflow commands of GitHub Actions, which show them as annotations."""

from collections.abc import Iterator, Sequence

from dedup.report.check_common import FileLines, extent_of, finding_level, message, path_of
from dedup.report.printable import on_page
from dedup.types import JUDGEMENT_KINDS, Checked, Level

_COMMANDS: dict[Level, str] = {"error": "error", "warning": "warning", "note": "notice"}


def to_github(checked: Sequence[Checked]) -> Iterator[str]:
    """Yield one command a finding, with line ends between them."""
    between = ""
    for one in checked:
        lines = FileLines(one)
        for finding in one.findings:
            found = lines.lines(extent_of(one, finding))
            place = f"file={_property(path_of(one))}" + (f",line={found[0]},endLine={found[1]}" if found else "")
            title = _property(JUDGEMENT_KINDS[finding.judgement].words.capitalize())
            command = _COMMANDS[finding_level(one, finding)]
            yield f"{between}::{command} {place},title={title}::{_data(message(one, finding))}"
            between = "\n"


def _data(text: str) -> str:
    return on_page(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
