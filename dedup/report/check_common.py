"""What every view of a checked draft shows: the verdict, the sources, the facts to verify, the diff against the best source."""

from collections import Counter

from dedup.language.counting import counted
from dedup.report.about import described
from dedup.report.diff import Piece, pieces
from dedup.types import JUDGEMENT_KINDS, Checked, Extent, Finding, Judged, Judgement, JudgementKind, Level

_SOURCES = 3
"""Sources of a finding that a message names."""
_URGENCY: tuple[Level, ...] = ("error", "warning", "note")


def kind_of(passage: Judged) -> JudgementKind:
    """Return the words and the level of a passage's judgement."""
    return passage.kind


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


def facts_to_verify(one: Checked, passage: Judged) -> list[str]:
    """Return a sentence for each number, name, date or the like that differs from the best source."""
    texts = {source.id: source.text for source in one.sources}
    there = texts.get(passage.sources[0].doc, "") if passage.sources else ""
    out = []
    for change in passage.changes:
        if change.flags:
            words = (one.draft.text[change.a.start : change.a.end], there[change.b.start : change.b.end])
            here, other = (f"“{' '.join(part.split())}”" if part else "nothing" for part in words)
            out.append(f"{', '.join(change.flags)}: {here} here, {other} in the source")
    return out


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
