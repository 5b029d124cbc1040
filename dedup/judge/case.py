"""A draft, its sources, and what is known of each of them before any passage is looked at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from dedup.arrays import Tokens
from dedup.judge.rights import Rights
from dedup.params import CheckRules
from dedup.press.names import canonical_name
from dedup.press.releases import is_release
from dedup.types import Document, Judgement, Match, Span


class Known(NamedTuple):
    """A source: its document, and the agency or other licensed newsroom whose copy it is, if any."""

    document: Document
    agency: str | None
    judgement: Judgement
    """The judgement of words from it that are not quoted."""


@dataclass(frozen=True, slots=True)
class Case:
    """A draft and all that its judgements depend on."""

    draft: Document
    tokens: Tokens
    """The tokens of the draft, which is their only text."""
    matches: Sequence[Match]
    """What the draft (side a) shares with its sources."""
    standing: Mapping[Span, Sequence[Span]]
    """The passages of the draft that are boilerplate, and where else each of them occurs."""
    sources: Mapping[str, Known]
    """The sources by id."""
    rights: Rights

    @property
    def rules(self) -> CheckRules:
        """What the newsroom declares."""
        return self.rights.rules


def known(document: Document, rights: Rights) -> Known:
    """Return a source with the judgement of words from it that are not quoted."""
    rules = rights.rules
    agency = rights.whose(document) if rights.licensed or rights.draft.author else None
    canonical = canonical_name(agency) if agency else ""
    judgement: Judgement = "unattributed"
    if document.kind == "site":
        judgement = "boilerplate"
    elif is_release(document, rules.label_characters):
        judgement = "marked-source"
    elif canonical in rights.licensed:
        judgement = "licensed-credited" if canonical in rights.credited else "licensed-uncredited"
    elif rights.is_own(document):
        judgement = "own-archive"
    elif rights.names_source(document):
        judgement = "credited-unquoted"
    return Known(document, agency, judgement)
