"""Two documents beside each other: their texts cut into segments, each in the shared passages that it belongs to.

`templates/pair.js` cuts texts by the same rules from what `pair_row` writes.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from dedup.report.diff import Piece, facts, pieces
from dedup.report.labels import Label, Marked, StripPlace, label_of, marked_diff, places
from dedup.report.word_counts import word_counts
from dedup.types import CONTENTS, Content, Document, Extent, Match

FLAG_NAMES = ("number", "date", "unit", "name", "quote", "negation")
"""The flags of changes, by the bits in which `pair_row` writes them."""


class Stretch(NamedTuple):
    """A part of a text without an end of a passage in it.

    `block` is the number of the passage that it is in, 0 outside of all; `opens` are the numbers of those that start with it.
    `changed` says that the other text has other words.
    """

    text: str
    block: int
    tone: Content | str
    opens: Sequence[int]
    changed: bool


class SharedBlock(NamedTuple):
    """A shared passage: its number, the words that say what it is, its word diff, and its changed facts."""

    number: int
    content: Content
    said: str
    diff: Sequence[Marked]
    facts: Sequence[tuple[str, str, str]]


class ShownText(NamedTuple):
    """One of the two documents. `strip` says where its passages are."""

    label: Label
    segments: Sequence[Stretch]
    strip: Sequence[StripPlace]


@dataclass(frozen=True, slots=True)
class _Passage:
    """One side of a match: its extent, its parts with their kinds, and the extents of its changes."""

    extent: Extent
    parts: Sequence[tuple[Extent, Content]]
    changes: Sequence[Extent]
    content: Content


def blocks_of(matches: Iterable[Match], first: str) -> list[Match]:
    """Return `matches` of two documents with `first` on side a, in the order of their places in it."""
    turned = (m if m.a.doc == first else m.turned() for m in matches)
    return sorted(turned, key=lambda m: (m.a.start, m.a.end, m.b.start, m.b.end))


def sides(a: Document, b: Document, blocks: Sequence[Match]) -> tuple[ShownText, ShownText]:
    """Return both documents, cut where the passages `blocks` and their changes start and end."""
    left, right = (_passages(blocks, side) for side in "ab")
    return _side(a, left), _side(b, right)


def block_rows(a: Document, b: Document, blocks: Sequence[Match]) -> list[SharedBlock]:
    """Return what is said of each of the passages `blocks`."""
    counts = word_counts([b.text[m.b.start : m.b.end] for m in blocks])
    rows = []
    for number, (match, words) in enumerate(zip(blocks, counts, strict=True), 1):
        diff = list(pieces(a.text, b.text, Extent(match.b.start, match.b.end), match.changes))
        rows.append(SharedBlock(number, match.content, said_of(match, words), marked_diff(diff), pair_facts(diff)))
    return rows


def said_of(match: Match, words: int) -> str:
    """Return what a page says of a passage beside its number."""
    same = "word for word" if match.kind == "verbatim" else f"{match.identity:.0%} of the words the same"
    kinds = dict.fromkeys([match.content, *(part.content for part in match.parts)])
    return f"{' and '.join(kinds)} · {words:,} words · {same}"


def pair_facts(diff: Iterable[Piece]) -> list[tuple[str, str, str]]:
    """Return the flags, old words and new words of each changed fact, each once."""
    return list(dict.fromkeys((flags, old or "–", new or "–") for flags, old, new in facts(diff)))


def pair_row(blocks: Sequence[Match], shown: Collection[Content]) -> list[list[object]]:
    """Return the passages `blocks` as `templates/pair.js` reads them.

    Each is [a.start, a.end, b.start, b.end, content, percent of equal words, parts, changes]. A part is five numbers, its
    extents and its content; a change is five numbers, its extents and the bits of its flags. All parts are in one list, and so
    are all changes.
    """
    rows = []
    for m in blocks:
        if m.content not in shown:
            continue
        parts = [n for p in m.parts for n in (*p.a, *p.b, CONTENTS.index(p.content))]
        changes = [n for c in m.changes for n in (*c.a, *c.b, sum(1 << FLAG_NAMES.index(flag) for flag in c.flags))]
        same = 100 if m.kind == "verbatim" else min(round(m.identity * 100), 99)
        rows.append([m.a.start, m.a.end, m.b.start, m.b.end, CONTENTS.index(m.content), same, parts, changes])
    return rows


def _passages(blocks: Sequence[Match], side: str) -> list[_Passage]:
    return [
        _Passage(
            Extent(getattr(m, side).start, getattr(m, side).end),
            [(getattr(part, side), part.content) for part in m.parts],
            [getattr(change, side) for change in m.changes],
            m.content,
        )
        for m in blocks
    ]


def _side(document: Document, passages: Sequence[_Passage]) -> ShownText:
    strip = places([(*p.extent, p.content) for p in passages], len(document.text))
    return ShownText(label_of(document), _segments(document.text, passages), strip)


def _segments(text: str, passages: Sequence[_Passage]) -> list[Stretch]:
    cuts = {0, len(text)}
    for passage in passages:
        cuts |= {*passage.extent, *(at for part, _ in passage.parts for at in part)}
        cuts |= {at for change in passage.changes for at in change if passage.extent.start <= at <= passage.extent.end}
    ends = sorted(cuts)
    within: list[list[int]] = [[] for _ in ends]
    for number, passage in enumerate(passages):
        for at in range(bisect_right(ends, passage.extent.start) - 1, bisect_right(ends, passage.extent.end) - 1):
            within[at].append(number)
    out = []
    for low, high, numbers in zip(ends, ends[1:], within, strict=False):
        opens = [n + 1 for n in numbers if passages[n].extent.start == low]
        tone = _tone(passages[numbers[0]], low) if numbers else ""
        changed = any(c.start <= low < c.end for n in numbers[:1] for c in passages[n].changes)
        out.append(Stretch(text[low:high], numbers[0] + 1 if numbers else 0, tone, opens, changed))
    return out


def _tone(passage: _Passage, at: int) -> Content:
    """The kind of text at one place of a passage."""
    return next((content for part, content in passage.parts if part.start <= at < part.end), passage.content)
