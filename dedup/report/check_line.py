"""Checked drafts in one line each: the file and the verdict."""

from collections.abc import Sequence

from dedup.report.check_common import path_of, verdict
from dedup.report.printable import on_page
from dedup.types import Checked


def to_line(checked: Sequence[Checked]) -> str:
    """Return one line a draft."""
    return "\n".join(f"{on_page(path_of(one))}: {verdict(one)[0]}" for one in checked)
