"""Word-level diffs as rich text: equal words dim, deleted and inserted words in colour, changed facts underlined.

Without colour, the signs of `git diff --word-diff` take its place: `[-deleted-]`, `{+inserted+}`; `!` precedes a changed fact.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from dedup.report.printable import flowing
from dedup.types import Change, Extent, Flag

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

EQUAL = "dim"
DELETED = "red strike"
INSERTED = "green"
STRESSED = "bold underline"


class Piece(NamedTuple):
    """A part of the diff: the words of the old side, those of the new side, and the flags of the change."""

    old: str
    new: str
    flags: tuple[Flag, ...]
    equal: bool


def plain_signs(console: "Console") -> bool:
    """Whether `console` shows no colours, so that signs must mark the changes."""
    return console.color_system is None or console.no_color


def pieces(old: str, new: str, part: Extent, changes: Iterable[Change]) -> Iterator[Piece]:
    """Yield the diff of `new[part]` against `old`, in the order of `new`.

    Side a of each of `changes` is in `old`, side b in `new`. An equal piece has only the words of `new`.
    """
    at = part.start
    for change in changes:
        start, end = max(change.b.start, part.start), min(change.b.end, part.end)
        if start > end or (start == end and (change.b.start < change.b.end or start == part.end)):
            continue  # outside of `part`, or it only touches the end
        if start > at:
            yield Piece("", new[at:start], (), equal=True)
        yield Piece(old[change.a.start : change.a.end], new[start:end], change.flags, equal=False)
        at = end
    if at < part.end:
        yield Piece("", new[at : part.end], (), equal=True)


def render(parts: Iterable[Piece], *, signs: bool) -> "Text":
    """Return the diff as one flowing text, marked by `signs` or by colours."""
    from rich.text import Text  # noqa: PLC0415 formats for programs need no colours

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
            out.append(f"{mark}[-{flowing(part.old)}-]" if signs else flowing(part.old), DELETED + stress)
            if not part.new:
                continue
            if not signs:
                out.append(" ")
        elif out and not out.plain[-1].isspace() and out.plain[-1].isalnum():
            out.append(" ")
        shown = f"{'' if part.old else mark}{{+{flowing(part.new)}+}}" if signs else flowing(part.new)
        out.append(shown, INSERTED + stress)
    return out


def facts(parts: Iterable[Piece]) -> Iterator[tuple[str, str, str]]:
    """Yield the flags, the old words and the new words of each changed fact."""
    for part in parts:
        if part.flags:
            yield ", ".join(part.flags), flowing(part.old), flowing(part.new)
