"""The texts that a page of a scan holds, so that its script can put two articles side by side."""

import shlex
from collections.abc import Collection, Mapping
from typing import NamedTuple

from dedup.params import PageLimits
from dedup.report.json_values import dumps
from dedup.report.labels import label_of
from dedup.report.side_by_side import FLAG_NAMES, blocks_of, pair_row
from dedup.report.variants import Pairs
from dedup.types import CONTENTS, Content, Document


class Beside(NamedTuple):
    """Where two articles can be seen side by side: in the page (`href`), or else with a `command`."""

    href: str
    command: str


class Embedded:
    """The texts and pairs that a page holds. Each text is held once, as long as `PageLimits.texts_bytes` last."""

    def __init__(
        self, documents: Mapping[str, Document], matches: Pairs, shown: Collection[Content], limits: PageLimits
    ) -> None:
        self._documents, self._matches, self._shown, self._limits = documents, matches, shown, limits
        self._places: dict[str, int] = {}
        self._rows: list[list[str]] = []
        self._pairs: dict[str, object] = {}
        self._bytes = 0

    def pair(self, a: str, b: str, *, new: bool = True) -> Beside:
        """Return where `a` and `b` can be seen. Their texts are added to the page if there is room and `new` ones may be."""
        key = self._key(a, b)
        if key not in self._pairs and not self._added(a, b, new=new):
            return Beside("", f"dedup show {shlex.quote(a)} {shlex.quote(b)} --in REPORT")
        return Beside(f"#p-{self._key(a, b)}", "")

    def data(self) -> dict[str, object]:
        """Return what the script reads: texts, pairs, and the names of contents and flags."""
        return {"documents": self._rows, "pairs": self._pairs, "contents": CONTENTS, "flags": FLAG_NAMES}

    def __len__(self) -> int:
        return len(self._rows)

    def _key(self, a: str, b: str) -> str:
        return f"{self._places.get(a, '')}-{self._places.get(b, '')}"

    def _added(self, a: str, b: str, *, new: bool) -> bool:
        fresh = {name: self._row(name) for name in dict.fromkeys((a, b)) if name not in self._places}
        if (fresh and not new) or any(len(self._documents[name].text) > self._limits.text_characters for name in fresh):
            return False
        row = pair_row(blocks_of(self._matches.get(frozenset((a, b)), ()), a), self._shown)
        cost = sum(len(dumps(each).encode("utf-8", "replace")) for each in (*fresh.values(), row))
        if not row or self._bytes + cost > self._limits.texts_bytes:
            return False
        for name, own in fresh.items():
            self._places[name] = len(self._rows)
            self._rows.append(own)
        self._pairs[self._key(a, b)] = row
        self._bytes += cost
        return True

    def _row(self, name: str) -> list[str]:
        label = label_of(self._documents[name])
        return [label.id, label.headline, label.about, label.url, self._documents[name].text]
