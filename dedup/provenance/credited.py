"""Which newsroom a document is from, and which newsrooms it credits, by names that can be compared."""

from dedup.press.credits import CreditKind, credits_of, resolve_names
from dedup.press.names import agencies, agency_behind, agency_of, is_aggregator, newsroom_of, usual_name
from dedup.types import Document

_HEAD = 1500
"""Characters of the opening of a text, in which its dateline stands."""
_DATELINES = 2
"""Agencies that a dateline names at the most: (AFP/Reuters)."""
SIGNS: tuple[CreditKind, ...] = ("signed", "dateline")
"""Credits that name the source of the whole text, the surest first."""


def newsroom(document: Document) -> str:
    """Return the agency or outlet that a document is from; its id where the outlet is unknown or shows texts of others."""
    return agency_behind(document.outlet, document.url) or newsroom_of(document.outlet or "") or document.id


def credited_newsrooms(document: Document, outlets: frozenset[str]) -> dict[str, CreditKind]:
    """Return the newsrooms that a document credits, without its own outlet, the likeliest source first.

    `outlets` are those of the story. Of any other outlet only a byline or copyright counts: a weaker credit may be to a report
    that the text is about. Aggregators do not count, since what they show is from others.
    """
    found: dict[str, CreditKind] = {}
    given = credits_of(document.text, document.author, outlets)
    datelines = [name for name, kind in given.items() if kind == "dateline"]
    if datelines:
        # A digest of many items has datelines, too, but further down, and those of several agencies.
        head = credits_of(document.text[:_HEAD], None, outlets)
        given |= {name: "other" for name in datelines if len(datelines) > _DATELINES or head.get(name) != "dateline"}
    for name, kind in given.items():
        known = name in outlets or name in agencies()
        if name != document.outlet and (known or kind == "signed") and not is_aggregator(name):
            found[agency_of(name) or (name if known else usual_name(name))] = kind
    agency = (document.agency or "").strip()
    return found | dict.fromkeys(_stated(agency, outlets) if agency else [], "signed")


def _stated(agency: str, outlets: frozenset[str]) -> list[str]:
    """Return whom the field `agency` of a document means: known newsrooms, else the field itself; aggregators left out."""
    names = resolve_names(agency, outlets) or [agency]
    return [agency_of(name) or name for name in names if not is_aggregator(name)]
