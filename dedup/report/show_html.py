"""Two documents side by side, as one page."""

from dedup.language.counting import counted
from dedup.report.page import page
from dedup.report.side_by_side import block_rows, blocks_of, sides
from dedup.types import CONTENTS, Report

_SCRIPTS = ("pair.js",)


def pair_page(report: Report) -> str:
    """Return the page of the two documents of `report`."""
    a, b = report.documents
    blocks = blocks_of(report.matches, a.id)
    left, right = sides(a, b, blocks)
    kinds = [content for content in CONTENTS if any(m.content == content for m in blocks)]
    return page(
        "show.html",
        scripts=_SCRIPTS,
        title=f"{left.label.headline} – {right.label.headline}",
        count=counted(len(blocks), "shared passage"),
        shared=[f"{report.shared.get(d.id, 0.0):.0%}" for d in (a, b)],
        left=left,
        right=right,
        blocks=block_rows(a, b, blocks),
        kinds=kinds,
        notices=[notice.message for notice in report.notices],
    )
