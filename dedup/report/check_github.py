"""Checked drafts as workflow commands of GitHub Actions, which show them as annotations."""

from collections.abc import Iterator, Mapping, Sequence

from dedup.report.check_common import extent_of, finding_level, message, path_of
from dedup.report.file_lines import FileLines
from dedup.report.printable import on_page
from dedup.types import JUDGEMENT_KINDS, Checked, Level

_COMMANDS: dict[Level, str] = {"error": "error", "warning": "warning", "note": "notice"}


def to_github(checked: Sequence[Checked], files: Mapping[str, str] | None = None) -> Iterator[str]:
    """Yield one command a finding, with line ends between them. `files` are the drafts' files as they are written, by path."""
    between = ""
    for one in checked:
        lines = FileLines(one.draft, (files or {}).get(one.draft.path or ""))
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
