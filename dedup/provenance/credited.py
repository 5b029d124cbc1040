"""Which newsroom a document is from, and which newsrooms it credits, by names that can be compared."""

from dedup.press.credits import CreditKind, agencies, aggregates, credits_of, meant, named, usual
from dedup.types import Document


def newsroom(document: Document) -> str:
    """Return the agency or outlet that a document is from; its id where the outlet is unknown or shows texts of others."""
    outlet = document.outlet or ""
    return named(outlet) or (document.id if aggregates(outlet) else outlet or document.id)


def credited_newsrooms(document: Document, outlets: frozenset[str]) -> dict[str, CreditKind]:
    """Return the newsrooms that a document credits, without its own outlet, the likeliest source first.

    `outlets` are those of the story. Of any other outlet only a byline or copyright counts: a weaker credit may be to a report
    that the text is about. Aggregators do not count, since what they show is from others.
    """
    found: dict[str, CreditKind] = {}
    for name, kind in credits_of(document.text, document.author, outlets).items():
        known = name in outlets or name in agencies()
        if name != document.outlet and (known or kind == "signed") and not aggregates(name):
            found[named(name) or (name if known else usual(name))] = kind
    agency = (document.agency or "").strip()
    return found | dict.fromkeys(_stated(agency, outlets) if agency else [], "signed")


def _stated(agency: str, outlets: frozenset[str]) -> list[str]:
    """Return whom the field `agency` of a document means: known newsrooms, else the field itself; aggregators left out."""
    names = meant(agency, outlets) or [agency]
    return [named(name) or name for name in names if not aggregates(name)]
