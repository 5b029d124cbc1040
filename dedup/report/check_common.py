"""What every view of a checked draft shows: the verdict, the sources, the facts to verify, the diff against the best source."""

from collections import Counter
from typing import NamedTuple

from dedup.language.counting import counted
from dedup.report.about import described
from dedup.report.diff import Piece, pieces
from dedup.types import JUDGEMENT_KINDS, Checked, Extent, Finding, Flag, Judged, Judgement, Level

_SOURCES = 3
"""Sources of a finding that a message names."""
_URGENCY: tuple[Level, ...] = ("error", "warning", "note")


def finding_level(one: Checked, finding: Finding) -> Level:
    """Return how urgent a finding is: as its most urgent passage."""
    return min((one.passages[n].kind.level for n in finding.passages), key=_URGENCY.index)


def level(judgement: Judgement) -> Level:
    """Return how urgent a judgement is."""
    return JUDGEMENT_KINDS[judgement].level


def verdict(one: Checked) -> tuple[str, Level]:
    """Return what an editor has to do in a draft, in words, and how urgent that is."""
    levels = {finding: finding_level(one, finding) for finding in one.findings}
    to_do = Counter(finding.judgement for finding in one.findings if levels[finding] != "note")
    if not to_do:
        return ("nothing is left to do" if one.passages else "nothing in it occurs elsewhere"), "note"
    worst = min(levels.values(), key=_URGENCY.index)
    parts = ", ".join(f"{to_do[name]} {kind.words}" for name, kind in JUDGEMENT_KINDS.items() if name in to_do)
    return f"{counted(to_do.total(), 'finding')} to look at: {parts}", worst


def source_lines(one: Checked, names: list[str]) -> list[str]:
    """Return a line for each source: its id, and its outlet, time, title and address where they are known."""
    known = {source.id: source for source in one.sources}
    about = [[name, *(part for part in described(known[name]) if part != name)] if name in known else [name] for name in names]
    return [" · ".join(parts) for parts in about]


class ChangedFact(NamedTuple):
    """A number, name, date or the like that differs from the best source; "" stands for no words."""

    flags: tuple[Flag, ...]
    here: str
    there: str

    @property
    def only_marks(self) -> bool:
        """Whether the words are the same on both sides, but in quotation marks on one only."""
        here, there = ("".join(filter(str.isalnum, words)) for words in (self.here, self.there))
        return here == there and "quote" in self.flags

    def __str__(self) -> str:
        what = ", ".join(self.flags)
        if self.only_marks:
            return f"{what}: “{self.here}” is in quotation marks on one side only"
        here, there = (f"“{words}”" if words else "nothing" for words in (self.here, self.there))
        return f"{what}: {here} here, {there} in the source"


def changed_facts(one: Checked, passage: Judged) -> list[ChangedFact]:
    """Return each fact of a passage that differs from the best source, as the diff shows it."""
    found = [piece for piece in difference(one, passage) if piece.flags]
    return [ChangedFact(piece.flags, " ".join(piece.new.split()), " ".join(piece.old.split())) for piece in found]


def facts_to_verify(one: Checked, passage: Judged) -> list[str]:
    """Return a sentence for each fact that differs from the best source."""
    return [str(fact) for fact in changed_facts(one, passage)]


def difference(one: Checked, passage: Judged) -> list[Piece]:
    """Return the passage as a diff in which the best source is the old side; [] where the two are equal."""
    best = next((source for source in one.sources if passage.sources and source.id == passage.sources[0].doc), None)
    if best is None or not passage.changes:
        return []
    changes = [change.turned() for change in passage.changes]
    return list(pieces(best.text, one.draft.text, Extent(passage.start, passage.end), changes))


def message(one: Checked, finding: Finding) -> str:
    """Return what a finding is as one line: its judgement, the reason, its sources, and the facts to verify."""
    passage = max((one.passages[n] for n in finding.passages), key=lambda p: (p.judgement == finding.judgement, p.words))
    more = len(finding.sources) - _SOURCES
    sources = "; ".join(source_lines(one, list(finding.sources[:_SOURCES]))) + (f"; and {more} more" if more > 0 else "")
    facts = [fact for n in finding.passages for fact in facts_to_verify(one, one.passages[n])]
    verify = f" To verify: {'; '.join(facts)}." if facts else ""
    several = f" {counted(len(finding.passages), 'passage')}." if len(finding.passages) > 1 else ""
    return f"{passage.kind.words.capitalize()}.{several} {passage.reason} Sources: {sources}.{verify}"


def extent_of(one: Checked, finding: Finding) -> Extent:
    """Return where a finding starts and ends in the draft."""
    return Extent(one.passages[finding.passages[0]].start, one.passages[finding.passages[-1]].end)


def path_of(one: Checked) -> str:
    """Return the file of the draft, or its id where it has none."""
    return one.draft.path or one.draft.id
