"""What of a report is written: the matches and families of the kinds of text that were asked for."""

from collections.abc import Collection

from dedup.types import CONTENTS, Content, Family, Match, Report


def shown_matches(report: Report, shown: Collection[Content]) -> list[Match]:
    """Return the matches whose content is in `shown`."""
    return [match for match in report.matches if match.content in shown]


def shown_families(report: Report, shown: Collection[Content]) -> list[Family]:
    """Return the families whose content is in `shown`, and those that the matches shown name."""
    named = {match.family for match in report.matches if match.content in shown}
    return [family for family in report.families if family.content in shown or family.id in named]


def left_out(report: Report, shown: Collection[Content]) -> dict[Content, int]:
    """Return how many families of each other kind of text there are that are not written.

    >>> left_out(Report((), (), ()), ("narration", "quotation"))
    {'phrase': 0, 'furniture': 0}
    """
    written = {family.id for family in shown_families(report, shown)}
    hidden = [family.content for family in report.families if family.id not in written]
    return {content: hidden.count(content) for content in CONTENTS if content not in shown}
