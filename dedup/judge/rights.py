"""Whose a text is, whom a draft credits, and what a newsroom may print: all by names, in any usual spelling."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from dedup.params import CheckRules
from dedup.press.names import agency_behind, canonical_name, display_name, is_nobody, other_names
from dedup.press.words import AND, BY, BYLINE
from dedup.types import Document

_BYLINE = re.compile(rf"(?i)^\W*(?:{BY}|{BYLINE})\s+(?=\w)")
_SEVERAL = re.compile(rf"\s*[,;|/&•·]\s*|\s+(?:{AND})\s+")
_TURNED = re.compile(r"([^\W\d_][\w'’-]+), ([^\W\d_][\w'’.-]+)")
"""Holt, Jane."""


@dataclass(frozen=True)
class Rights:
    """What the rules of a newsroom say about one draft."""

    draft: Document
    rules: CheckRules
    sources: Sequence[Document] = ()
    """The documents that share passages with the draft."""

    @cached_property
    def licensed(self) -> Mapping[str, str]:
        """By canonical name, the name in the rules of everyone whose copy may be printed."""
        return {key: display_name(name) for name in sorted(self.rules.licensed) if (key := _key(name))}

    @cached_property
    def own(self) -> frozenset[str]:
        """The canonical names of the newsroom's own outlets."""
        names = [*self.rules.own_outlets, self.draft.outlet or ""]
        return frozenset(filter(None, map(_key, names)))

    def whose(self, document: Document) -> str | None:
        """Return whose copy a document is: a licensed name if it may be, else the agency that it states or credits first."""
        if document.id not in self._whose:
            self._whose[document.id] = self._found_owner(document)
        return self._whose[document.id]

    @cached_property
    def _whose(self) -> dict[str, str | None]:
        """What `whose` has found, by the id of a source."""
        return {}

    def _found_owner(self, document: Document) -> str | None:
        from dedup.press.credits import author_names, credits_of  # noqa: PLC0415 most checks ask for no credit

        outlets = frozenset(self.licensed.values())
        stated = [document.agency, agency_behind(document.outlet, document.url)]
        stated += author_names(document.author, outlets) if document.author else []
        credits_it = list(credits_of(document.text, None, outlets))
        for name in (*stated, document.outlet, *credits_it):
            if name and (found := self.licensed.get(_key(name))):
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
        from dedup.press.credit_lines import line_credits  # noqa: PLC0415 most checks ask for no credit
        from dedup.press.credits import credits_of  # noqa: PLC0415 as above

        table = {spelling: name for name in names for spelling in (name, *other_names(name))}
        outlets = frozenset(table.values())
        found = {self.draft.agency or "", *credits_of(self.draft.text, self.draft.author, outlets)}
        found |= line_credits(self.draft.text, table)
        return frozenset({_key(name) for name in found} & {_key(name) for name in outlets} - {""})

    def is_own(self, document: Document) -> bool:
        """Whether a document is the newsroom's own: of one of its outlets, or by the draft's author."""
        return _key(document.outlet) in self.own or self.same_author(document)

    def same_author(self, document: Document) -> bool:
        """Whether an author of the draft also wrote a document. Neither an agency nor a placeholder is an author."""
        return bool(self._authors & _authors(document)) and self.whose(document) is None

    @cached_property
    def _authors(self) -> frozenset[str]:
        return _authors(self.draft)

    def is_draft(self, document: Document, *, same_file: bool) -> bool:
        """Whether a document of the archive is the draft itself: its file, or an earlier save under its id.

        `same_file` says whether the two were read from one file.
        """
        if same_file:
            return document.record == self.draft.record
        same = _key(document.outlet) in {"", _key(self.draft.outlet)}
        return document.id == self.draft.id and same and document.published is None

    @cached_property
    def named(self) -> frozenset[str]:
        """The outlets and agencies of the sources that the draft names, in a credit or in its prose."""
        names = {name for d in self.sources for name in (d.outlet, d.agency) if name and not is_nobody(name)}
        if not names:
            return frozenset()
        from dedup.press.credit_lines import without_photo_credits  # noqa: PLC0415 most checks ask for no credit
        from dedup.press.mentions import mentions  # noqa: PLC0415 as above

        keys = self.credits_to(names)
        credited = {name for name in names if _key(name) in keys}
        return frozenset(credited | {found.name for found in mentions(without_photo_credits(self.draft.text), names)})

    def names_source(self, document: Document) -> bool:
        """Whether the draft names the outlet or the agency of a source."""
        return document.outlet in self.named or document.agency in self.named


def _key(name: str | None) -> str:
    """Return what all usual spellings of a name have in common; "" if it names nobody."""
    return canonical_name(name) if name and not is_nobody(name) else ""


def _authors(document: Document) -> frozenset[str]:
    """Return the persons whom the field `author` names, as they can be compared: "By Jane Holt and Mark Potter" names two."""
    field = _BYLINE.sub("", " ".join((document.author or "").split()))
    if (turned := _TURNED.fullmatch(field)) is not None:
        field = f"{turned[2]} {turned[1]}"
    names = [name.strip(" .").casefold() for name in _SEVERAL.split(field)]
    return frozenset(name for name in names if name and not is_nobody(name))
