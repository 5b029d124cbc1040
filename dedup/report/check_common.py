"""What every view of a checked draft shows: the verdict, the sources, the facts to verify, the diff against the best source."""

from collections import Counter

from dedup.language.counting import counted
from dedup.report.diff import Piece, pieces
from dedup.types import JUDGEMENT_KINDS, Checked, Extent, Judged, Judgement, JudgementKind, Level

_SOURCES = 3
"""Sources of a passage that a message names."""
_URGENCY: tuple[Level, ...] = ("error", "warning", "note")


def kind_of(passage: Judged) -> JudgementKind:
    """Return the words and the level of a passage's judgement."""
    return JUDGEMENT_KINDS[passage.judgement]


def level(judgement: Judgement) -> Level:
    """Return how urgent a judgement is."""
    return JUDGEMENT_KINDS[judgement].level


def verdict(one: Checked) -> tuple[str, Level]:
    """Return what an editor has to do in a draft, in words, and how urgent that is."""
    to_do = Counter(passage.judgement for passage in one.passages if level(passage.judgement) != "note")
    if not to_do:
        return ("nothing is left to do" if one.passages else "nothing in it occurs elsewhere"), "note"
    worst = min(map(level, to_do), key=_URGENCY.index)
    parts = ", ".join(f"{to_do[name]} {kind.words}" for name, kind in JUDGEMENT_KINDS.items() if name in to_do)
    return f"{counted(to_do.total(), 'passage')} to look at: {parts}", worst


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


def message(one: Checked, passage: Judged) -> str:
    """Return a passage's judgement, reason, sources and facts to verify, as one line."""
    named = [source.doc for source in passage.sources[:_SOURCES]]
    more = len(passage.sources) - len(named)
    sources = ", ".join(named) + (f" and {more} more" if more > 0 else "")
    verify = f" To verify: {'; '.join(found)}." if (found := facts_to_verify(one, passage)) else ""
    return f"{kind_of(passage).words.capitalize()}. {passage.reason} Sources: {sources}.{verify}"


def line_of(one: Checked, at: int) -> int:
    """Return the line of the draft, counted from 1, on which the code point `at` lies."""
    return one.draft.text.count("\n", 0, at) + 1


def path_of(one: Checked) -> str:
    """Return the file of the draft, or its id where it has none."""
    return one.draft.path or one.draft.id
