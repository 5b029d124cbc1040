"""The kinds of text in the words of people, and how many passages a report leaves out."""

from collections import Counter
from collections.abc import Collection

from dedup.language.counting import counted
from dedup.types import CONTENTS, Content, Report

_NAMES: dict[Content, tuple[str, str]] = {
    "narration": ("passage of narration", "passages of narration"),
    "quotation": ("quotation", "quotations"),
    "phrase": ("phrase", "phrases"),
    "furniture": ("piece of furniture", "pieces of furniture"),
}
_OPTIONS: dict[Content, str] = {"phrase": "--show phrases", "furniture": "--show furniture"}


def counted_content(number: int, content: Content) -> str:
    """Return `number` and the name of passages of one kind of text.

    >>> counted_content(1, "narration"), counted_content(2, "quotation")
    ('1 passage of narration', '2 quotations')
    """
    return counted(number, *_NAMES[content])


def left_out_words(report: Report, shown: Collection[Content]) -> list[str]:
    """Return how many families of each kind that is not `shown` there are, and the option that shows them."""
    kinds = Counter(family.content for family in report.families)
    return [
        f"{counted_content(kinds[content], content)} ({_OPTIONS.get(content, '--show all')})"
        for content in CONTENTS
        if content not in shown and kinds[content]
    ]
