"""Make `dedup/data/formulas.index` from `dedup/data/formulas.txt`, so that a check does not parse 3,000 formulas.

    python bench/quality/formula_index.py

Its first line has the starts of words that formulas need. Each other line is one formula: its kind, the words of which a text
needs one (none in scripts without spaces), and the formula itself, between tabs.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from dedup.content.formulas import choices, items
from dedup.language.scripts import has_han_or_kana

DATA = Path(__file__).parents[2] / "dedup" / "data"
_START = re.compile(r"[^\W_]+\Z")
_LONGEST_START = 40
"""Letters of the longest start of a word that a formula has."""


def index_of(text: str) -> str:
    """Return the index of the formulas in `text`."""
    text = text.lower()
    return "".join(f"{line}\n" for line in [" ".join(sorted(_starts(text))), *_rows(text)])


def _rows(text: str) -> Iterator[str]:
    for line in text.splitlines():
        label, colon, written = line.partition(":")
        if line.startswith("#") or not colon:
            continue
        kind, written = "phrase" if label.startswith("phrase") else "furniture", written.strip()
        yield f"{kind}\t{' '.join(sorted(_words(written)))}\t{written}"


def _words(written: str) -> frozenset[str]:
    """Return the words of a formula of which a text needs one; the longest are the rarest."""
    if has_han_or_kana(written):
        return frozenset()
    needed = items(written)
    item = max(needed, key=lambda item: min(map(len, item.split("/"))))
    return choices(item) or next(filter(None, map(choices, needed)))


def _starts(text: str) -> set[str]:
    """Return what stands before each "*" in `text`, with the "*"."""
    pieces = [piece[-_LONGEST_START:] for piece in text.split("*")[:-1]]
    return {f"{found[0]}*" for piece in pieces if (found := _START.search(piece))}


if __name__ == "__main__":
    made = index_of((DATA / "formulas.txt").read_text(encoding="utf-8"))
    (DATA / "formulas.index").write_text(made, encoding="utf-8")
