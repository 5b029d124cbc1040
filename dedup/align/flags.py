"""Which facts the edits of a match change.

The facts of both sides are read around each edit, with some equal words as context, and compared in order (`fact_values`). A
fact that only one side states flags the edits that touch its words. If the signs in a run of equal words differ, the run is
read too, and a fact that no edit touches is a change of its own: $40 and £40.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from dedup.arrays import Tokens
from dedup.language.common_words import is_common
from dedup.language.fact_numbers import FACT_SIGNS, PrintedWords
from dedup.language.fact_values import Fact, facts_of
from dedup.language.fact_words import FactWords, fact_words
from dedup.language.languages import Languages
from dedup.types import Document, Flag

_CONTEXT = 5
"""Equal words that are read on either side of an edit: a number and its unit, a month and its day, a noun and its article."""
_LONGEST_NAMED = 60
"""Words of an edit in which names are looked for; a longer one is another text."""


@dataclass(frozen=True)
class MatchSides:
    """A match in tokens: its documents, its extent (a from, a to, b from, b to), and its edits, each likewise."""

    doc_a: int
    doc_b: int
    extent: list[int]
    edits: list[list[int]]

    def extents(self) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
        """Return document, first word and end of each side."""
        a, a_end, b, b_end = self.extent
        return (self.doc_a, a, a_end), (self.doc_b, b, b_end)

    @cached_property
    def runs(self) -> list[tuple[int, int, int]]:
        """The runs of equal words: first word in a, first word in b, count."""
        out = []
        a, a_end, b, _ = self.extent
        for low_a, high_a, _low_b, high_b in self.edits:
            if low_a > a:
                out.append((a, b, low_a - a))
            a, b = high_a, high_b
        if a_end > a:
            out.append((a, b, a_end - a))
        return out


class _Words(dict[int, str]):
    """The words of the vocabulary by number. Each is made when it is first asked for."""

    def __init__(self, tokens: Tokens) -> None:
        super().__init__()
        self._tokens = tokens

    def __missing__(self, number: int) -> str:
        word = self[number] = self._tokens.word(number)
        return word


class FactReader:
    """Reads the facts of the matches of a corpus."""

    def __init__(self, tokens: Tokens, documents: Sequence[Document]) -> None:
        """Read nothing yet."""
        self._tokens, self._documents = tokens, documents
        self._languages = Languages(tokens)
        self._words = _Words(tokens)
        self._kinds: dict[str, dict[int, int]] = {}
        self._common: dict[int, bool] = {}
        self._capitalised: dict[int, frozenset[int]] = {}

    def same_text(self, match: MatchSides) -> bool:
        """Return whether both sides are the same characters, with what stands around their words."""
        one, other = (self._text(*side) for side in match.extents())
        return one == other

    def _text(self, doc: int, first: int, last: int) -> str:
        """The words of a side, with one more sign on either end."""
        base = int(self._tokens.offsets[doc])
        return self._documents[doc].text[
            max(0, int(self._tokens.starts[base + first]) - 2) : int(self._tokens.ends[base + last - 1]) + 2
        ]

    def flags(self, match: MatchSides) -> tuple[list[set[Flag]], list[tuple[int, int, int, Flag]]]:
        """Return the flags of each edit, and the facts that signs change between equal words, as `marks` returns quotations."""
        out: list[set[Flag]] = [set() for _ in match.edits]
        more: list[tuple[int, int, int, Flag]] = []
        signed = self._other_signs(match)
        if not match.edits and not signed:
            return out, more
        known = fact_words(self._languages.of(match.doc_a) or self._languages.of(match.doc_b))
        for group in self._groups(match, known):
            self._compare(match, group, known, out)
        for run in signed:
            group = self._edits_around(match, run)
            more += self._compare(match, group, known, out, run=run)
        for number, edit in enumerate(match.edits):
            self._words_of_edit(match, edit, known, out[number])
        return out, more

    def edit_flags(self, match: MatchSides) -> set[Flag]:
        """Return the flags of the only edit of a match."""
        out: list[set[Flag]] = [set()]
        known = fact_words(self._languages.of(match.doc_a) or self._languages.of(match.doc_b))
        for group in self._groups(match, known):
            self._compare(match, group, known, out)
        self._words_of_edit(match, match.edits[0], known, out[0])
        return out[0]

    def _other_signs(self, match: MatchSides) -> list[tuple[int, int, int]]:
        """The runs of equal words in and around which the signs of the two sides differ."""
        out = []
        for run in match.runs:
            one = self._text(match.doc_a, run[0], run[0] + run[2])
            other = self._text(match.doc_b, run[1], run[1] + run[2])
            if one != other and FACT_SIGNS.findall(one) != FACT_SIGNS.findall(other):
                out.append(run)
        return out

    @staticmethod
    def _edits_around(match: MatchSides, run: tuple[int, int, int]) -> tuple[int, int]:
        """The edits directly before and behind a run, as first and end."""
        behind = bisect_left(match.edits, run[0] + run[2], key=lambda edit: edit[0])
        return max(0, behind - 1), min(len(match.edits), behind + 1)

    def _ids(self, doc: int, first: int, last: int) -> list[int]:
        base = int(self._tokens.offsets[doc])
        ids: list[int] = self._tokens.ids[base + first : base + last].tolist()
        return ids

    def _groups(self, match: MatchSides, known: FactWords) -> list[tuple[int, int]]:
        """The edits that are read together, as first and end: those with few equal words between, if one may state a fact."""
        out: list[tuple[int, int]] = []
        first, any_fact = 0, False
        for number, (a, a_end, b, b_end) in enumerate(match.edits):
            if number and a - match.edits[number - 1][1] > 2 * _CONTEXT:
                if any_fact:
                    out.append((first, number))
                first, any_fact = number, False
            any_fact = any_fact or self._states(match.doc_a, a, a_end, known) or self._states(match.doc_b, b, b_end, known)
        if any_fact:
            out.append((first, len(match.edits)))
        return out

    def _states(self, doc: int, first: int, last: int, known: FactWords) -> bool:
        """Whether one of these words may state a fact, by itself or with those around it."""
        kinds = self._kinds.setdefault(known.language, {})
        for n, number in enumerate(self._ids(doc, first, last), first):
            kind = kinds.get(number)
            if kind is None:
                kind = kinds[number] = _kind_of(self._words[number], known)
            if kind == _ALONE or (kind and self._in_phrase(doc, n, kind, known)):
                return True
        return False

    def _in_phrase(self, doc: int, at: int, kind: int, known: FactWords) -> bool:
        """Whether the word at `at` is in a phrase, or beside a number or a time."""
        low = max(0, at - 4)
        last = min(at + 5, int(self._tokens.offsets[doc + 1] - self._tokens.offsets[doc]))
        words = list(map(self._words.__getitem__, self._ids(doc, low, last)))
        here = at - low
        if kind == _BESIDE and any(
            word[:1].isdigit() or any(m.kind in _ANCHORS and not m.rest for m in known.of(word))
            for n, word in enumerate(words)
            if n != here
        ):
            return True
        return any(
            meaning.rest
            and start + len(meaning.rest) >= here
            and tuple(words[start + 1 : start + 1 + len(meaning.rest)]) == meaning.rest
            for start in range(here + 1)
            for meaning in known.of(words[start])
        )

    def _read(self, doc: int, first: int, last: int, known: FactWords, *, millions: bool) -> list[Fact]:
        base = int(self._tokens.offsets[doc])
        starts: list[int] = self._tokens.starts[base + first : base + last].tolist()
        ends: list[int] = self._tokens.ends[base + first : base + last].tolist()
        if not starts:
            return []
        text = self._documents[doc].text
        before = int(self._tokens.ends[base + first - 1]) if first else max(0, starts[0] - 8)
        after = int(self._tokens.starts[base + last]) if base + last < int(self._tokens.offsets[doc + 1]) else ends[-1] + 8
        gaps = [text[x:y] for x, y in zip([before, *ends], [*starts, after], strict=True)]
        words = list(map(self._words.__getitem__, self._ids(doc, first, last)))
        return facts_of(
            PrintedWords(words, gaps, [text[x:y] for x, y in zip(starts, ends, strict=True)]), known, millions=millions
        )

    def _compare(
        self,
        match: MatchSides,
        group: tuple[int, int],
        known: FactWords,
        out: list[set[Flag]],
        *,
        run: tuple[int, int, int] | None = None,
    ) -> list[tuple[int, int, int, Flag]]:
        """Flag the edits `group` of which the facts differ; return the facts in the `run` of equal words that differ."""
        edits = match.edits[group[0] : group[1]]
        (doc_a, low_a, high_a), (doc_b, low_b, high_b) = match.extents()
        ends = [*edits, *([[run[0], run[0] + run[2], run[1], run[1] + run[2]]] if run else [])]
        first, last = min(ends), max(ends, key=lambda end: end[1])
        before, after = min(first[0] - low_a, _CONTEXT), min(high_a - last[1], _CONTEXT)
        if group[0]:  # not into the edit before
            before = min(before, first[0] - match.edits[group[0] - 1][1])
        if group[1] < len(match.edits):
            after = min(after, match.edits[group[1]][0] - last[1])
        low_a, low_b = first[0] - before, first[2] - before
        high_a, high_b = last[1] + after, last[3] + after
        for millions in (False, True):
            one = self._read(doc_a, low_a, high_a, known, millions=millions)
            other = self._read(doc_b, low_b, high_b, known, millions=millions)
            left, right = _unmatched(one, other)
            if not left and not right:
                return []
            left, right = _unmatched(*_without_shared_places(match, (one, low_a), (other, low_b)))
            if not millions:
                kept = left, right
                if not (_in_millions(self, doc_a, low_a, high_a) or _in_millions(self, doc_b, low_b, high_b)):
                    break
        left, right = kept
        more: list[tuple[int, int, int, Flag]] = []
        for side, (found, low) in enumerate(((left, low_a), (right, low_b))):
            for fact in found:
                low_word, end = fact.first + low, fact.last + low
                at = bisect_right(edits, low_word, key=lambda edit: edit[2 * side + 1])
                upto = bisect_left(edits, end, key=lambda edit: edit[2 * side])
                touched = range(group[0] + at, group[0] + upto)
                for n in touched:
                    out[n].update(fact.flags)
                if not touched and run and (place := _in_both(match, side, low_word)):
                    more += [(*place, min(end - low_word, 1), flag) for flag in fact.flags]
        return more

    def _words_of_edit(self, match: MatchSides, edit: list[int], known: FactWords, flags: set[Flag]) -> None:
        """Add the flags that single words of an edit have: names, and words that a prefix or suffix denies."""
        a, a_end, b, b_end = edit
        if max(a_end - a, b_end - b) > _LONGEST_NAMED:
            return
        left, right = self._ids(match.doc_a, a, a_end), self._ids(match.doc_b, b, b_end)
        if "name" not in flags and (
            self._names(match.doc_a, a, left, set(right), known) or self._names(match.doc_b, b, right, set(left), known)
        ):
            whole = ["".join(map(self._words.__getitem__, side)) for side in (left, right)]
            if whole[0] != whole[1]:
                flags.add("name")
        if left and right and (known.prefixes or known.suffixes) and len(left) * len(right) <= 25:
            words = [list(map(self._words.__getitem__, side)) for side in (left, right)]
            if any(_denied(x, y, known) for x in words[0] for y in words[1]):
                flags.add("negation")

    def _names(self, doc: int, first: int, ids: list[int], others: set[int], known: FactWords) -> bool:
        """Whether one of the words of a side is a name that the other side lacks."""
        base = int(self._tokens.offsets[doc]) + first
        for n, (number, capital) in enumerate(zip(ids, self._tokens.capitals[base : base + len(ids)].tolist(), strict=True)):
            if not capital or number in others:
                continue
            at = base + n
            word = self._words[number]
            if word[:1].isdigit() or any(m.kind in _NO_NAMES and not m.rest for m in known.of(word)):
                continue
            nouns = known.language in _NOUNS_CAPITALISED
            if not (nouns or self._tokens.breaks[at]) or not self._is_common(number):
                return True
            if self._in_full_name(doc, at) if nouns else number in self._always_capitalised(doc):
                return True
        return False

    def _always_capitalised(self, doc: int) -> frozenset[int]:
        """The words that a text prints with a capital inside sentences, and never without one: names, even of usual words."""
        found = self._capitalised.get(doc)
        if found is None:
            tokens = self._tokens
            part = slice(int(tokens.offsets[doc]), int(tokens.offsets[doc + 1]))
            ids, capitals, breaks = tokens.ids[part], tokens.capitals[part], tokens.breaks[part]
            inside = set(ids[capitals.astype(bool) & ~breaks.astype(bool)].tolist())
            found = self._capitalised[doc] = frozenset(inside - set(ids[~capitals.astype(bool)].tolist()))
        return found

    def _in_full_name(self, doc: int, at: int) -> bool:
        """Whether a word with a capital stands directly beside another one in the same sentence, as the parts of a name do."""
        tokens = self._tokens
        low, high = int(tokens.offsets[doc]), int(tokens.offsets[doc + 1])
        if tokens.breaks[at]:
            return False
        behind = at + 1 < high and tokens.capitals[at + 1] and not tokens.breaks[at + 1]
        before = at > low and tokens.capitals[at - 1] and not tokens.breaks[at - 1]
        return bool(behind or before)

    def _is_common(self, number: int) -> bool:
        found = self._common.get(number)
        if found is None:
            found = self._common[number] = is_common(int(self._tokens.hashes[number]))
        return found


_NO_NAMES = frozenset(
    {"month", "weekday", "unit", "number", "ordinal", "near", "season", "not", "part", "next", "bound", "share", "multiple"}
)
_COMPARED = 10_000
"""Pairs of facts up to which their order counts."""
_ALONE, _BESIDE, _PHRASE = 1, 2, 3
"""Whether a word states a fact by itself, beside a number or a time, or as a part of a phrase."""
_ANCHORS = frozenset({"number", "digit", "size", "month", "weekday", "unit", "season", "part", "share"})
_NOUNS_CAPITALISED = frozenset({"de"})
"""Languages in which a capital does not show a name."""


def _kind_of(word: str, known: FactWords) -> int:
    """Which of the three a word is; 0 if it states no fact."""
    alone = {meaning.kind for meaning in known.of(word) if not meaning.rest} - {"link", "plain"}
    if word[:1].isdigit() or alone - {"next", "bound"}:
        return _ALONE
    return _BESIDE if alone else _PHRASE if known.of(word) or word in known.inner else 0


def _in_millions(reader: FactReader, doc: int, first: int, last: int) -> bool:
    """Whether an m may stand for a million in these words."""
    for number in reader._ids(doc, first, last):
        word = reader._words[number]
        if word[-1:] == "m" and (word == "m" or word[:1].isdigit()):
            return True
    return False


def _in_both(match: MatchSides, side: int, word: int) -> tuple[int, int] | None:
    """The place in a and in b of a word of one side that lies in a run of equal words."""
    at = bisect_right(match.runs, word, key=lambda run: run[side]) - 1
    if at < 0 or word >= match.runs[at][side] + match.runs[at][2]:
        return None
    run = match.runs[at]
    return run[0] + word - run[side], run[1] + word - run[side]


def _without_shared_places(
    match: MatchSides, one: tuple[list[Fact], int], other: tuple[list[Fact], int]
) -> tuple[list[Fact], list[Fact]]:
    """The facts of each side without those that both sides state with the same words."""
    placed = [
        [(_in_both(match, side, fact.first + low), fact.flags[0], fact.value) for fact in found]
        for side, (found, low) in enumerate((one, other))
    ]
    shared = {key for key in placed[0] if key[0] is not None} & set(placed[1])
    left, right = (
        [fact for fact, key in zip(found, keys, strict=True) if key not in shared]
        for (found, _), keys in zip((one, other), placed, strict=True)
    )
    return left, right


def _unmatched(one: list[Fact], other: list[Fact]) -> tuple[list[Fact], list[Fact]]:
    """Return the facts of each side that the other does not state, compared in order, each kind by itself."""
    out: tuple[list[Fact], list[Fact]] = ([], [])
    for kind in {fact.flags[0] for fact in (*one, *other)}:
        left, right = ([fact for fact in side if fact.flags[0] == kind] for side in (one, other))
        low, most = 0, min(len(left), len(right))
        while low < most and left[low].value == right[low].value:
            low += 1
        ends = 0
        while ends < most - low and left[-1 - ends].value == right[-1 - ends].value:
            ends += 1
        differing = (side[low : len(side) - ends] for side in (left, right))
        for kept, more in zip(out, _without_common(*differing), strict=True):
            kept.extend(more)
    return out


def _without_common(left: list[Fact], right: list[Fact]) -> tuple[list[Fact], list[Fact]]:
    """The facts that are not in the longest sequence that both sides have; of very many, those that the other side lacks."""
    if not left or not right:
        return left, right
    if len(left) * len(right) > _COMPARED:
        values = [{fact.value for fact in side} for side in (left, right)]
        return [fact for fact in left if fact.value not in values[1]], [fact for fact in right if fact.value not in values[0]]
    best = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for i in range(len(left) - 1, -1, -1):
        for j in range(len(right) - 1, -1, -1):
            same = left[i].value == right[j].value
            best[i][j] = best[i + 1][j + 1] + 1 if same else max(best[i + 1][j], best[i][j + 1])
    i = j = 0
    out: tuple[list[Fact], list[Fact]] = ([], [])
    while i < len(left) or j < len(right):
        if i < len(left) and j < len(right) and left[i].value == right[j].value:
            i, j = i + 1, j + 1
        elif j == len(right) or (i < len(left) and best[i + 1][j] >= best[i][j + 1]):
            out[0].append(left[i])
            i += 1
        else:
            out[1].append(right[j])
            j += 1
    return out


def _denied(one: str, other: str, known: FactWords) -> bool:
    """Whether one of two words is the other with a part that denies it: aware and unaware, harmless and harmful."""
    short, long = (one, other) if len(one) <= len(other) else (other, one)
    if len(short) >= 3 and len(long) > len(short) and long.endswith(short) and long[: -len(short)] in known.prefixes:
        return True
    if one[:3] != other[:3]:  # what two suffixes leave has three letters or more
        return False
    return any(
        x.endswith(p) and y.endswith(q) and len(x) > len(p) + 2 and x[: -len(p)] == y[: -len(q)]
        for p, q in known.suffixes
        for x, y in ((one, other), (other, one))
    )
