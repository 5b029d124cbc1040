"""Word-level diffs as rich text: equal words quiet, what was cut or put in coloured, facts that changed stressed.

Without colour the signs of `git diff --word-diff` say the same: `[-cut-]`, `{+put in+}`; `!` stands before a changed fact.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from rich.text import Text

from dedup.types import Change, ChangeType, Extent, Flag, Match, Span

EQUAL = "dim"
CUT = "red strike"
PUT = "green"
STRESSED = "bold underline"
TURNED: dict[ChangeType, ChangeType] = {"insert": "delete", "delete": "insert", "replace": "replace"}
"""What a change is, seen from the other side."""


class Piece(NamedTuple):
    """A stretch of the diff: what the one side has (`old`), what the other has (`new`), and the flags of the change."""

    old: str
    new: str
    flags: tuple[Flag, ...]
    equal: bool


def oriented(match: Match, base: str | None) -> tuple[Span, Span, tuple[Change, ...]]:
    """Return the sides of `match` and its changes, the document `base` first."""
    if match.a.doc == base:
        return match.a, match.b, match.changes
    changes = tuple(Change(TURNED[c.type], c.b, c.a, c.flags) for c in match.changes)
    return match.b, match.a, changes


def pieces(old: str, new: str, part: Extent, changes: Iterable[Change]) -> Iterator[Piece]:
    """Yield the diff of `new[part]` against `old`, where `changes` lie; equal stretches as `new` has them."""
    at = part.start
    for change in changes:
        start, end = max(change.b.start, part.start), min(change.b.end, part.end)
        if start > end or (start == end and (change.b.start < change.b.end or start == part.end)):
            continue  # it lies outside, or touches the part's end only
        if start > at:
            yield Piece("", new[at:start], (), equal=True)
        yield Piece(old[change.a.start : change.a.end], new[start:end], change.flags, equal=False)
        at = end
    if at < part.end:
        yield Piece("", new[at : part.end], (), equal=True)


def render(parts: Iterable[Piece], *, signs: bool) -> Text:
    """Return the diff as one flowing text; `signs` where colours cannot be seen."""
    out = Text()
    for part in parts:
        if part.equal:
            out.append(flowing(part.new), "" if signs else EQUAL)
            continue
        stress = f" {STRESSED}" if part.flags else ""
        mark = "!" if part.flags and signs else ""
        if part.old:
            if out and not out.plain[-1].isspace() and not part.new and out.plain[-1].isalnum():
                out.append(" ")
            out.append(f"{mark}[-{flowing(part.old)}-]" if signs else flowing(part.old), CUT + stress)
            if not part.new:
                continue
            if not signs:
                out.append(" ")
        elif out and not out.plain[-1].isspace() and out.plain[-1].isalnum():
            out.append(" ")
        shown = f"{'' if part.old else mark}{{+{flowing(part.new)}+}}" if signs else flowing(part.new)
        out.append(shown, PUT + stress)
    return out


def facts(parts: Iterable[Piece]) -> Iterator[tuple[str, str, str]]:
    """Yield (flags, before, after) of each change of a fact."""
    for part in parts:
        if part.flags:
            yield ", ".join(part.flags), flowing(part.old), flowing(part.new)


def flowing(text: str) -> str:
    """`text` with its line breaks as spaces, and nothing that could steer a terminal."""
    return "".join(c if c.isprintable() else " " for c in " ".join(text.split("\n")))
