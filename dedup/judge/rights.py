"""Whose a text is, whom a draft credits, and what a newsroom may print: all by names, in any usual spelling."""

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from dedup.params import CheckRules
from dedup.press.credit_lines import is_unspaced, line_credits, without_photo_credits
from dedup.press.credits import author_names, credits_of
from dedup.press.names import agency_behind, canonical_name, display_name, is_nobody, other_names
from dedup.types import Document


@dataclass(frozen=True)
class Rights:
    """What the rules of a newsroom say about one draft."""

    draft: Document
    rules: CheckRules

    @cached_property
    def licensed(self) -> Mapping[str, str]:
        """By canonical name, the name in the rules of everyone whose copy may be printed."""
        return {canonical_name(name): display_name(name) for name in sorted(self.rules.licensed) if not is_nobody(name)}

    @cached_property
    def own(self) -> frozenset[str]:
        """The canonical names of the newsroom's own outlets."""
        names = [*self.rules.own_outlets, self.draft.outlet or ""]
        return frozenset(canonical_name(name) for name in names if name and not is_nobody(name))

    def whose(self, document: Document) -> str | None:
        """Return whose copy a document is: a licensed name if it may be, else the agency that it states or credits first."""
        outlets = frozenset(self.licensed.values())
        stated = [document.agency, agency_behind(document.outlet, document.url)]
        stated += author_names(document.author, outlets) if document.author else []
        credits_it = list(credits_of(document.text, None, outlets))
        for name in (*stated, document.outlet, *credits_it):
            if name and (found := self.licensed.get(canonical_name(name))):
                return found
        # Any other agency's copy is no author's own text.
        agency = next((name for name in (*stated, *credits_it) if name), None)
        return display_name(agency) if agency else None

    @cached_property
    def credited(self) -> frozenset[str]:
        """The canonical names of the licensed sources that the draft credits."""
        return self.credits_to(self.licensed.values()) if self.licensed else frozenset()

    def credits_to(self, names: Iterable[str]) -> frozenset[str]:
        """Return the canonical names of those of `names` that the draft credits: by a field, a dateline, a line or the like."""
        table = {spelling: name for name in names for spelling in (name, *other_names(name))}
        outlets = frozenset(table.values())
        found = {self.draft.agency or "", *credits_of(self.draft.text, self.draft.author, outlets)}
        found |= line_credits(self.draft.text, table)
        known = {canonical_name(name) for name in found if name}
        return frozenset(known & {canonical_name(name) for name in outlets})

    def is_own(self, document: Document) -> bool:
        """Whether a document is the newsroom's own: of one of its outlets, or by the draft's author."""
        return canonical_name(document.outlet or "") in self.own or self.same_author(document)

    def same_author(self, document: Document) -> bool:
        """Whether the draft's author also wrote a document. Neither an agency nor a placeholder is an author."""
        one, other = (" ".join((d.author or "").split()).casefold() for d in (self.draft, document))
        return bool(one) and one == other and not is_nobody(one) and self.whose(document) is None

    def is_draft(self, document: Document) -> bool:
        """Whether a document of the archive is the draft itself: its file, or an earlier save under its id."""
        if self.draft.path and document.path and os.path.realpath(self.draft.path) == os.path.realpath(document.path):
            return document.record == self.draft.record
        same = canonical_name(document.outlet or "") in {"", canonical_name(self.draft.outlet or "")}
        return document.id == self.draft.id and same and document.published is None

    def names_source(self, document: Document) -> bool:
        """Whether the draft names the source of a text: its outlet or its agency, in a credit or in its prose."""
        names = {name for name in (document.outlet, document.agency) if name and not is_nobody(name)}
        if self.credits_to(names):
            return True
        text = without_photo_credits(self.draft.text)
        return any(self._occurs(spelling, text) for name in names for spelling in (name, *other_names(name)))

    def _occurs(self, name: str, text: str) -> bool:
        """Whether `text` has a name that is long enough to be no other word."""
        if is_unspaced(name):
            return len(name) >= self.rules.source_letters - 1 and name in text
        return len(name) >= self.rules.source_letters and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None
