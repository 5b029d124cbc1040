"""The copies of a passage, grouped by how their words differ from those of the canonical copy."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from dedup.report.diff import Piece, pieces
from dedup.report.word_counts import word_counts
from dedup.types import Document, Extent, Family, Match, Report, Span

Pairs = Mapping[frozenset[str | None], Sequence[Match]]
"""The matches of a report by the ids of the two documents."""


class Variant(NamedTuple):
    """Copies with one wording.

    `diff` is their word diff against the canonical copy, and None where no match of the report joins them. `same` is the share
    of the words that are the same. `copies` are in the order of their time; those without one come last.
    """

    diff: Sequence[Piece] | None
    same: float
    copies: Sequence[Span]

    @property
    def verbatim(self) -> bool:
        """Whether no word differs."""
        return self.diff is not None and all(piece.equal for piece in self.diff)


def matches_by_pair(report: Report) -> Pairs:
    """Return the matches of `report` by their two documents."""
    found = defaultdict(list)
    for match in report.matches:
        found[frozenset((match.a.doc, match.b.doc))].append(match)
    return found


def wording_diff(family: Family, passage: Span, matches: Pairs, documents: Mapping[str, Document]) -> list[Piece] | None:
    """Return the word diff of `passage` against the canonical copy; None if no match of the report joins the two."""
    base = family.canonical
    pair = matches.get(frozenset((base.doc, passage.doc)), ())
    found = next((m for m in pair if _joins(m, base, passage)), None)
    if found is None:
        return None
    match = found if found.a.doc == base.doc else found.turned()
    old, new = documents[base.doc or ""].text, documents[passage.doc or ""].text
    return list(pieces(old, new, Extent(passage.start, passage.end), match.changes))


def same_words(diff: Sequence[Piece], base: str) -> float:
    """Return the number of equal words of a diff against `base`, divided by the number of words of the longer side."""
    longer, *counts = word_counts([base, *(piece.new for piece in diff)])
    equal = sum(count for count, piece in zip(counts, diff, strict=True) if piece.equal)
    return min(equal / max(longer, sum(counts), 1), 1.0)


def variants(family: Family, matches: Pairs, documents: Mapping[str, Document]) -> list[Variant]:
    """Return the wordings of a passage: those of most copies first. The canonical copy itself is in none of them."""
    base = family.canonical
    text = documents[base.doc or ""].text[base.start : base.end]
    groups: dict[object, tuple[list[Piece] | None, list[Span]]] = {}
    for passage in in_time(family.passages, documents):
        if passage == base:
            continue
        diff = wording_diff(family, passage, matches, documents)
        groups.setdefault(_wording(diff, passage, documents), (diff, []))[1].append(passage)
    found = [Variant(diff, same_words(diff, text) if diff is not None else 0.0, spans) for diff, spans in groups.values()]
    return sorted(found, key=lambda v: (v.diff is None, not v.verbatim, -len(v.copies), -v.same))


def in_time(passages: Sequence[Span], documents: Mapping[str, Document]) -> list[Span]:
    """Return `passages` in the order of their documents' times, those without a time at the end."""

    def place(span: Span) -> tuple[object, ...]:
        time = documents[span.doc or ""].published
        return (time is None, time.timestamp() if time else 0.0, span)

    return sorted(passages, key=place)


def _wording(diff: Sequence[Piece] | None, passage: Span, documents: Mapping[str, Document]) -> object:
    """What copies with the same wording have in common."""
    if diff is None:
        return documents[passage.doc or ""].text[passage.start : passage.end]
    if all(piece.equal for piece in diff):
        return ()
    return tuple((piece.old, piece.equal, " ".join(piece.new.casefold().split())) for piece in diff)


def _joins(match: Match, base: Span, passage: Span) -> bool:
    """Whether the sides of `match` overlap `base` and `passage`."""
    sides = {match.a.doc: match.a, match.b.doc: match.b}
    here, there = sides.get(base.doc), sides.get(passage.doc)
    return bool(here and there and _overlap(here, base) and _overlap(there, passage))


def _overlap(one: Span, other: Span) -> bool:
    return min(one.end, other.end) > max(one.start, other.start)
