"""Slow, obvious versions of the kernels, that the tests hold the fast ones equal to."""

import difflib
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise, product
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dedup import _native
from dedup.arrays import Tokens
from dedup.params import IndexParams, MatchParams
from dedup.provenance.costs import EdgeCosts
from dedup.provenance.search import Search
from dedup.text.roles import RELATED, role_of
from dedup.types import Document, Role

INVISIBLE = (
    {0xAD, 0x640, 0x115F, 0x1160, 0x3164, 0xFFA0, 0x34F, 0x61C, 0xFEFF, 0x180E}
    | set(range(0x180B, 0x1810))
    | set(range(0xFE00, 0xFE10))
    | set(range(0xE0100, 0xE01F0))
    | set(range(0x200B, 0x2010))
    | set(range(0x202A, 0x202F))
    | set(range(0x2060, 0x2070))
    | set(range(0xE0000, 0xE0080))
)
UNSPACED = (
    "HIRAGANA ",
    "KATAKANA ",
    "HENTAIGANA ",
    "THAI ",
    "LAO ",
    "KHMER ",
    "MYANMAR ",
    "BOPOMOFO ",
    "CJK UNIFIED ",
    "CJK COMPAT",
)
UNSPACED_CODES = {0x16FE3, 0x3005, 0x303B, 0x30FC, 0xFF70, *range(0x3031, 0x3036)}
HAN_NUMBERS = {0x3007, *range(0x3021, 0x302A), *range(0x3038, 0x303B)}
LOOKALIKES = dict(
    zip(
        "АВЕКМНОРСТУХІЈЅаеорсухіјѕһԁԛԝкΑΒΕΖΗΙΚΜΝΟΡΤΥΧαινορκ",
        "ABEKMHOPCTYXIJSaeopcyxijshdqwkABEZHIKMNOPTYXaivopk",
        strict=True,
    )
)


APOSTROPHES = "'`\u00b4\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u055a\u05f3\u2018\u2019\u201b\u2032\ua78c\uff07"
TONES = "\u0300\u0301\u0303\u0309\u0323"


def character_class(c: str) -> str:
    """Return what `c` may do in a token: letter, digit, mark, invisible, ideograph, other."""
    code = ord(c)
    if c in APOSTROPHES:
        return "other"
    if code in {0xFF9E, 0xFF9F}:
        return "mark"
    if code in INVISIBLE:
        return "invisible"
    category = unicodedata.category(c)
    name = unicodedata.name(c, "")
    if category[0] == "L":
        name = name.removeprefix("HALFWIDTH ")
        return "ideograph" if code in UNSPACED_CODES or name.startswith(UNSPACED) else "letter"
    if category[0] == "N":
        return "ideograph" if code in HAN_NUMBERS else "digit"
    return "mark" if category[0] == "M" else "other"


def tokens(text: str) -> list[tuple[int, int, str]]:
    """Return (start, end, folded) of each token of `text`."""
    classes = [character_class(c) for c in text]
    out = []
    at = 0
    while at < len(text):
        if classes[at] not in {"letter", "digit", "ideograph"}:
            at += 1
            continue
        end, raw = token_end(text, classes, at)
        folded = fold(raw)
        if folded:
            out.append((at, end, folded))
        at = end
    return out


def token_end(text: str, classes: list[str], at: int) -> tuple[int, str]:
    """Return where the token that starts at `at` ends, and its characters without joiners and a final 's."""
    alone = classes[at] == "ideograph"
    raw, last, end, apostrophe = text[at], classes[at], at + 1, -1
    p = at + 1
    while p < len(text):
        c, kind = text[p], classes[p]
        if kind == "mark" or (kind in {"letter", "digit"} and not alone):
            raw += c
            last = kind if kind != "mark" else last
        elif kind == "other" and not alone:
            following = [kind for kind in classes[p + 1 :] if kind != "invisible"]
            letters = [last, *following[:1]] == ["letter", "letter"]
            digits = 0
            while last == "digit" and following[digits : digits + 1] == ["digit"] and digits < 4:
                digits += 1
            if c in "-\u2010\u2011" and letters:
                pass
            elif c in APOSTROPHES and letters:
                apostrophe = len(raw)
            elif c in APOSTROPHES + ",\u066c\u00a0\u2009\u202f" and digits == 3:
                pass
            elif (c == "," and digits in {1, 2}) or (c in ".\u066b" and digits):
                raw += "."
            else:
                break
        elif kind != "invisible":
            break
        p += 1
        if kind != "invisible":
            end = p
    if apostrophe > 0 and len(raw) == apostrophe + 1 and unicodedata.normalize("NFKC", raw[-1]).casefold() == "s":
        raw = raw[:-1]
    return end, raw


def fold(raw: str) -> str:
    """NFKC, full case folding, NFKC; word characters only; lookalikes of one script in a word of another made one."""

    def scripts(word: str) -> tuple[bool, bool]:
        names = [unicodedata.name(c, "") for c in word if unicodedata.category(c)[0] == "L"]
        return any("LATIN" in n for n in names), any(
            n.startswith(("CYRILLIC", "GREEK")) and n != "GREEK NUMERAL SIGN" for n in names
        )

    # Lookalikes are looked for in the basic blocks only: nobody disguises a word with the breathings of ancient Greek.
    if scripts(raw) == (True, True) and any("\u0370" <= c < "\u0530" for c in raw):
        latin = "".join(LOOKALIKES.get(c, c) for c in raw)
        if not scripts(latin)[1]:
            raw = latin
        else:
            first = next(unicodedata.name(c)[:5] for c in raw if unicodedata.name(c, "").startswith(("CYRILLIC", "GREEK")))
            back: dict[str, str] = {}
            for other, one in LOOKALIKES.items():
                if unicodedata.name(other).startswith(first):
                    back.setdefault(one, other)
            swapped = "".join(back.get(c, c) for c in raw)
            raw = raw if scripts(swapped)[0] else swapped
    folded = respell(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", raw).casefold()))
    return "".join(c for c in folded if c == "." or character_class(c) in {"letter", "digit", "mark", "ideograph"})


def respell(word: str) -> str:
    """One coding of the letters that readers take for the same; `rust/src/unicode.rs` lists them."""
    out = unicodedata.normalize("NFD", word)
    marks = [c for c in out if unicodedata.category(c) == "Mn" and unicodedata.name(c, "").startswith(("ARABIC", "HEBREW"))]
    out = out.translate(dict.fromkeys(map(ord, marks)))
    rules = [
        ("([\u0370-\u03ff])([\u0300-\u0345]+)", r"\1"),
        ("(е\\p*)\u0308", r"\1"),
        ("([аеиоуыэюяіє]\\p*)\u0301", r"\1"),
        ("(i\\p*)\u0307", r"\1"),
        ("([aou])\u0308", r"\1e"),
        ("(a)\u030a", r"\1a"),
        ("([st]\\p*)\u0327", "\\1\u0326"),
        (f"(o)([{TONES}])([ae])(?!\\p)", r"\1\3\2"),
        (f"(u)([{TONES}])(y)(?!\\p)", r"\1\3\2"),
    ]
    plain = str.maketrans(
        {"ı": "i", "æ": "ae", "œ": "oe", "ø": "oe", "\u0671": "\u0627", "\u06a9": "\u0643", "\u06aa": "\u0643"}
        | {"\u0649": "\u064a", "\u06cc": "\u064a", "\u06c1": "\u0647", "\u06d5": "\u0647"}
    )
    every_mark = "".join(sorted({re.escape(c) for c in out if unicodedata.category(c)[0] == "M"})) or "\u0300"
    for pattern, put in rules:
        if pattern.startswith("(o)"):
            out = "".join(str(unicodedata.decimal(c, c)) for c in out.translate(plain))
        before = None
        while before != out:
            before, out = out, re.sub(pattern.replace("\\p", f"[{every_mark}]"), put, out)
            if "\\p" not in pattern:
                break  # two rings on one letter are one å and a ring
    return unicodedata.normalize("NFC", out)


def word_hash(word: str) -> int:
    """Return the hash of a folded word: 16 bytes at a time, zeros behind the last, the two halves' product folded."""
    h, data = 0, word.encode()
    for at in range(0, len(data), 16):
        piece = data[at : at + 16].ljust(16, b"\0")
        low, high = int.from_bytes(piece[:8], "little"), int.from_bytes(piece[8:], "little")
        product = (h ^ low ^ 0xBE4BA423396CFEB8) * (high ^ 0x1CAD21F72C81017C)
        h = (product ^ product >> 64) & (1 << 64) - 1
    return h


def shingle_hashes(text: str, k: int) -> list[int]:
    """Return the polynomial of the word hashes of each run of `k` folded tokens."""
    words = [word_hash(folded) for _, _, folded in tokens(text)]
    k = min(k, len(words))
    factor = 0x9FB21C651E98DF25
    runs = [words[i : i + k] for i in range(len(words) - k + 1)] if words else []
    return [sum(word * factor ** (k - 1 - at) for at, word in enumerate(run)) % (1 << 64) for run in runs]


def marks(
    tokens: Tokens, documents: Sequence[Document], index: IndexParams, match: MatchParams, kinds: tuple[int, int, int]
) -> list[int]:
    """Return the mark of each token: in a run that recurs at unrelated times, the same in one outlet, in one document."""
    public, standing, repeated = kinds
    places: dict[tuple[int, ...], list[tuple[int, int]]] = {}
    hashes, docs, at, _ = _native.fingerprints(tokens.ids, tokens.offsets, tokens.hashes, index.fingerprint, index.window, 1, 1)
    for key, doc, place in zip(hashes.tolist(), docs.tolist(), at.tolist(), strict=True):
        places.setdefault(key, []).append((doc, place))
    out = [0] * len(tokens.ids)
    for found in places.values():
        members = sorted({doc for doc, _ in found})
        times = {
            doc: documents[doc].published.timestamp() // (86400 * match.public_days)  # type: ignore[union-attr] # it is dated
            for doc in members
            if documents[doc].published
        }
        mark = public if len(set(times.values())) >= match.public_times else 0
        for outlet in {documents[doc].outlet for doc in members}:
            own = [doc for doc in members if documents[doc].outlet == outlet]
            if len(own) >= match.standing_share * len(members):
                mark |= standing if len({times[doc] for doc in own if doc in times}) >= match.standing_times else 0
        for doc, place in found:
            again = repeated if sum(other == doc for other, _ in found) >= match.gallery_places else 0
            first, end = tokens.offsets[doc : doc + 2].tolist()
            for n in range(first + place, min(first + place + index.fingerprint, end)):
                out[n] |= mark | again
    return out


def agreeing_bands(signatures: npt.NDArray[np.uint32], bands: int, rows: int) -> set[tuple[int, int]]:
    """Return pairs of rows that agree in all slots of some band."""
    return {
        (i, j)
        for i in range(len(signatures))
        for j in range(i + 1, len(signatures))
        if any(
            (signatures[i, b * rows : (b + 1) * rows] == signatures[j, b * rows : (b + 1) * rows]).all() for b in range(bands)
        )
    }


def shared_runs(a: Sequence[int], b: Sequence[int], length: int) -> list[tuple[int, int]]:
    """Return every (i, j) at which `a` and `b` share `length` items."""
    return [
        (i, j)
        for i in range(len(a) - length + 1)
        for j in range(len(b) - length + 1)
        if list(a[i : i + length]) == list(b[j : j + length])
    ]


def best_chain(
    a: Sequence[int],
    b: Sequence[int],
    worth: Sequence[float],
    price: Callable[[int, int], float],
) -> float:
    """Return the most bits that a chain of equal items carries, if a step of `di` and `dj` items costs `price(di, dj)`."""
    score: dict[tuple[int, int], float] = {}
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            if x == y:
                steps = (value - price(i - p, j - q) for (p, q), value in score.items() if p < i)
                score[i, j] = worth[x] + max(0.0, max(steps, default=0.0))
    return max(score.values(), default=-math.inf)


def equal_places(extents: tuple[int, int, int, int], edits: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    """Return (i, j) of each equal token of an alignment (a from, a to, b from, b to), by its edits."""
    i, a_to, j, b_to = extents
    out = []
    for a_from, a_end, b_from, b_end in [*edits, (a_to, a_to, b_to, b_to)]:
        out += list(zip(range(i, a_from), range(j, b_from), strict=True))
        i, j = a_end, b_end
    return out


def best_stretch(path: Sequence[tuple[int, int]], worth: float, price: Callable[[int, int], float]) -> float:
    """Return the most that an unbroken part of `path` carries, a place worth `worth`, less what its steps cost."""
    steps = [price(i - p, j - q) for (p, q), (i, j) in pairwise(path)]
    parts = ((x, y) for x in range(len(path)) for y in range(x + 1, len(path) + 1))
    return max(worth * (y - x) - sum(steps[x : y - 1]) for x, y in parts)


_CLOSED_BY = {'"': '"', "“": "”", "„": "“”", "«": "»", "‹": "›", "「": "」", "『": "』", "《": "》"}
_DOUBTFUL = {"'": "'", "‘": "’", "‚": "‘’", "”": "”", "»": "«", "›": "‹"}


def between_quotation_marks(text: str) -> list[bool]:
    """Return for each character whether it is part of a closed quotation, the marks included."""
    out, at = [False] * len(text), 0
    while at < len(text):
        end = _end_of_quotation(text, at)
        if end is not None:
            out[at : end + 1] = [True] * (end + 1 - at)
            at = end
        at += 1
    return out


def _end_of_quotation(text: str, at: int) -> int | None:
    """Return where the quotation that opens at `at` is closed in its line; None if none opens or nothing closes it."""
    sign = text[at]
    line_end = text.find("\n", at) if "\n" in text[at:] else len(text)
    if sign in _CLOSED_BY:
        ends = (end for end in range(at + 1, line_end) if text[end] in _CLOSED_BY[sign] + sign)
        end = next(ends, None)
        return end if end is not None and text[end] in _CLOSED_BY[sign] else None
    around = f" {text} "
    if sign not in _DOUBTFUL or around[at].isalnum() or around[at] in ".,!?…)]" or around[at + 2].isspace():
        return None
    others = {other for table in (_CLOSED_BY, _DOUBTFUL) for other, signs in table.items() if sign in signs and other != sign}
    for end in range(at + 1, line_end):
        before, behind = around[end], around[end + 2]
        letter = behind.isalnum() and sign in "'‘‚"
        apostrophe = text[end] in _DOUBTFUL[sign] and letter and (before.isalnum() or text[end] != sign)
        if text[end] in _DOUBTFUL[sign] and not letter and not before.isspace():
            return end
        if text[end] in {sign, *_DOUBTFUL[sign], *others} and not apostrophe:
            return None
    return None


Passage = tuple[int, int, int]
"""Document, first token, token after the last."""


class Aligned(NamedTuple):
    """An alignment of two documents: where it stands in them, and its edits (a from, a to, b from, b to)."""

    docs: tuple[int, int]
    extents: tuple[int, int, int, int]
    edits: list[tuple[int, int, int, int]]

    def spans(self, doc: int) -> tuple[tuple[int, int], tuple[int, int]]:
        """Return where it stands in `doc`, and in the other document."""
        first, second = self.extents[:2], self.extents[2:]
        return (first, second) if doc == self.docs[0] else (second, first)

    def seen_from(self, doc: int) -> tuple[dict[int, int], dict[int, tuple[int, int]]]:
        """Return the partner of each equal token of `doc`, and, of each other one, the edit's extent in the other document."""
        turn = doc != self.docs[0]
        partner = (
            {j: i for i, j in equal_places(self.extents, self.edits)} if turn else dict(equal_places(self.extents, self.edits))
        )
        sides = [edit[2:] + edit[:2] if turn else edit for edit in self.edits]
        return partner, {token: (there, to) for first, last, there, to in sides for token in range(first, last)}


def families(
    alignments: Sequence[Aligned], ranks: Sequence[Sequence[int]], dated: Sequence[bool], least: int, run: int
) -> list[tuple[Passage, list[Passage]]]:
    """Return canonical passages and all passages of their families, by what `rust/src/families.rs` says in its comments."""
    found: list[tuple[Passage, list[Passage]]] = []
    for group in _touching(alignments):
        rank = ranks[0] if all(dated[doc] for x in group for doc in x.docs) else ranks[1]
        made: list[tuple[Passage, list[Passage]]] = []
        for _, doc in sorted({min((rank[d], d) for d in x.docs) for x in group}):
            own = [x for x in group if min((rank[d], d) for d in x.docs)[1] == doc]
            parts = [(x, part) for x in own for part in _unclaimed(x, doc, made, least)]
            made += _families_of(doc, parts, least, run)
        found += made
    return sorted(found, key=lambda family: family[0])


def _touching(alignments: Sequence[Aligned]) -> list[list[Aligned]]:
    """Alignments that chains of overlapping passages join, by their first."""

    def touch(x: Aligned, y: Aligned) -> bool:
        shared = set(x.docs) & set(y.docs)
        return any(_overlap(x.spans(doc)[0], y.spans(doc)[0]) > 0 for doc in shared)

    groups: list[list[int]] = []
    for n, x in enumerate(alignments):
        near = [group for group in groups if any(touch(x, alignments[other]) for other in group)]
        groups = [group for group in groups if group not in near] + [sorted([n, *(m for group in near for m in group)])]
    return [[alignments[n] for n in group] for group in sorted(groups)]


def _overlap(x: tuple[int, int], y: tuple[int, int]) -> int:
    return min(x[1], y[1]) - max(x[0], y[0])


def _unclaimed(x: Aligned, doc: int, made: Sequence[tuple[Passage, list[Passage]]], least: int) -> list[tuple[int, int]]:
    """Runs of `least` tokens or more of `doc` that no family on both sides holds; all, if there is no such family."""
    here, there = x.spans(doc)
    other = x.docs[1] if doc == x.docs[0] else x.docs[0]
    held: set[int] = set()
    for _, passages in made:
        if any(d == other and _overlap((start, end), there) > 0 for d, start, end in passages):
            held.update(
                token for d, start, end in passages if d == doc for token in range(max(start, here[0]), min(end, here[1]))
            )
    if not held:
        return [here]
    free = [token for token in range(*here) if token not in held]
    starts = [token for token in free if token - 1 not in free]
    ends = [token + 1 for token in free if token + 1 not in free]
    return [(start, end) for start, end in zip(starts, ends, strict=True) if end - start >= least]


def _families_of(
    doc: int, parts: Sequence[tuple[Aligned, tuple[int, int]]], least: int, run: int
) -> list[tuple[Passage, list[Passage]]]:
    """Families of a canonical text, cut where `parts` of its alignments end."""
    found: list[tuple[Passage, list[Passage]]] = []
    placed = set()
    for start, end in pairwise(_cuts([part for _, part in parts], least)):
        passages = {(doc, start, end)}
        for n, (x, part) in enumerate(parts):
            piece = _piece(x, doc, max(start, part[0]), min(end, part[1]), run)
            if _overlap(part, (start, end)) > (end - start) // 2 and piece:
                passages.add(piece)
                placed.add(n)
        if len(passages) > 1:
            found.append(((doc, start, end), sorted(passages)))
    for n, (x, part) in enumerate(parts):
        here, there = x.spans(doc)
        if n not in placed and part == here:
            other = x.docs[1] if doc == x.docs[0] else x.docs[0]
            found.append(((doc, *here), sorted([(doc, *here), (other, *there)])))
    return found


def _cuts(extents: Sequence[tuple[int, int]], least: int) -> list[int]:
    """Ends of `extents`, those within `least` of the first of them made one, the commonest; never both ends of one."""
    ends = Counter(end for extent in extents for end in extent)
    clusters: list[list[int]] = []
    for place in sorted(ends):
        starts = [start for start, end in extents if end == place]
        if clusters and place - clusters[-1][0] < least and all(start < clusters[-1][0] for start in starts):
            clusters[-1].append(place)
        else:
            clusters.append([place])
    return [max(cluster, key=lambda place: (ends[place], -place)) for cluster in clusters]


def _piece(x: Aligned, doc: int, start: int, end: int, run: int) -> Passage | None:
    """Where tokens `start..end` of `doc` stand in the other document, if enough of them are the same there."""
    if start >= end:
        return None
    (first, last), _ = x.spans(doc)
    partner, edited = x.seen_from(doc)
    left = partner[start] if start in partner else edited[start][0]
    right = partner[end - 1] + 1 if end - 1 in partner else edited[end - 1][1]
    same = [token for token in range(start, end) if token in partner]
    longest = length = 0
    for token in same:
        length = length + 1 if token - 1 in same and partner[token - 1] == partner[token] - 1 else 1
        longest = max(longest, length)
    enough = 10 * (end - start) >= 9 * (last - first) or 2 * len(same) >= max(end - start, right - left)
    if longest < min(run, end - start) or not enough or right <= left:
        return None
    return x.docs[1] if doc == x.docs[0] else x.docs[0], left, right


def family_names(
    alignments: Sequence[Aligned], found: Sequence[tuple[Passage, list[Passage]]], reused: Sequence[bool], listed: int
) -> list[int]:
    """Return the number of the reused family that holds most of each alignment, on both sides; -1 for none, or not listed."""
    out = []
    for x in alignments:
        sizes = {}
        for n, (canonical, passages) in enumerate(found):
            here, there = (
                sum(max(0, _overlap((start, end), x.spans(doc)[0])) for d, start, end in passages if d == doc) for doc in x.docs
            )
            if reused[n] and here and there and (len(passages) <= listed or canonical[0] in x.docs):
                sizes[n] = here
        out.append(max(sizes, key=lambda n: (sizes[n], -n), default=-1))
    return out


def forest_score(search: Search, forest: list[int]) -> float:
    """Return the negative log posterior of a forest; infinite for a circle."""
    table, edges, params = search.table, search.costs, search.params.forest
    rows = [row for row, parent in enumerate(forest) if parent != -2]
    line = {row: _ancestors(forest, row) for row in rows}
    if any(len(own) > len(rows) for own in line.values()):
        return math.inf
    total = 0.0
    popular = [params.popular_agency if table.witnesses[row].agency else params.popular for row in rows]
    updates = {row for row in rows if forest[row] >= 0 and edges.update[forest[row], row]}
    copies = [sum(forest[c] == row for c in rows if c not in updates) for row in rows]
    total -= sum(math.lgamma(k + a) - math.lgamma(a) for k, a in zip(copies, popular, strict=True))
    total -= math.lgamma(sum(popular)) - math.lgamma(sum(popular) + sum(copies))
    headlines = [witness.headline for witness in table.witnesses]
    invented = [headlines[r] for r in rows if forest[r] < 0 or headlines[forest[r]] != headlines[r]]
    total += params.headline * sum(invented.count(h) - 1 for h in set(invented) if h >= 0)
    total += params.absent * len({line[r][-1] for r in rows if edges.absent[r] and line[r][-1] < edges.documents})
    changed, words, second, choice, added = _attributed(search, forest, line)
    for row in rows:
        total += float(edges.words_cost(changed[row], words[row]))
        total += params.second_source + params.second_sentence * second[row] + choice[row] if second[row] else 0.0
        if forest[row] < 0:
            total += params.root + edges.origin[row]
            continue
        once, each = params.addition, params.added_sentence
        if row in updates:
            once, each = params.update_addition, params.update_sentence
        total += edges.edge[forest[row], row] + (once + each * added[row] if added[row] else 0.0)
    return float(total)


def _ancestors(forest: list[int], row: int) -> list[int]:
    """Return `row` and the rows above it, nearest first; more than the forest has, if it hangs from a circle."""
    path = [row]
    while forest[path[-1]] >= 0 and len(path) <= len(forest):
        path.append(forest[path[-1]])
    return path


def _attributed(search: Search, forest: list[int], line: dict[int, list[int]]) -> tuple[dict[int, float], ...]:
    """Return for each row: changes, words, loci from second sources, the cost of their choice, and loci that it created."""
    table, edges, rows = search.table, search.costs, list(line)
    order = sorted(rows, key=lambda row: (len(line[row]), [*map(rows.index, reversed(line[row]))]))
    below = {row: {other for other in rows if row in line[other]} for row in rows}
    changed, words, second, choice, added = (dict.fromkeys(rows, 0.0) for _ in range(5))
    for row in rows:
        if forest[row] >= 0:
            changed[row] = edges.total[forest[row], row]
            words[row] = edges.shared[forest[row], row]
    for locus in range(len(table.loci.words)):
        holders = {row for row in rows if table.present[row, locus]}
        bring = [row for row in order if row in holders and (forest[row] < 0 or forest[row] not in holders)]
        own = {r: (below[r] & holders).difference(*(below[o] for o in bring if o != r and o in below[r])) for r in bring}
        if not bring:
            continue
        creator = max(bring, key=lambda r: (len(own[r]), -bring.index(r)))
        added[creator] += 1
        have, rest = set(own[creator]), [r for r in bring if r != creator]
        while rest:
            # As exact as the kernel is, so that ties are the same.
            costs = edges.changed[:, :, locus].astype(np.float32)
            far = search.params.words.unrelated
            near = {r: float(min((costs[q, r] for q in have if q != r), default=far)) for r in rest}
            row = min(rest, key=near.__getitem__)
            rest.remove(row)
            changed[row] += min(near[row], search.params.forest.second_most)
            words[row] += table.loci.words[locus]
            second[row] += 1
            choice[row] += math.log(max(1, len(set().union(*own.values()) - own[row])))
            have |= own[row]
    return changed, words, second, choice, added


def forest_shares(search: Search, hidden: Sequence[int] = ()) -> list[dict[int, float]]:
    """Return the share of all forests in which each document has each parent, by their likelihood at the walk's temperature.

    Each of the `hidden` rows stays in use and has two children or more.
    """
    rows = search.table.rows
    forests = [
        forest
        for forest in product(range(-1, rows), repeat=rows)
        if all(row != parent for row, parent in enumerate(forest)) and all(forest.count(row) > 1 for row in hidden)
    ]
    costs = np.array([forest_score(search, [*forest]) for forest in forests])
    weights = np.exp((costs.min() - costs) / search.params.search.temperature)
    shares: list[dict[int, float]] = [{} for _ in range(search.costs.documents)]
    for forest, weight in zip(forests, weights / weights.sum(), strict=True):
        for own, parent in zip(shares, forest, strict=False):
            own[parent] = own.get(parent, 0.0) + float(weight)
    return shares


class Paragraph(NamedTuple):
    """A paragraph of a text and what it is for."""

    start: int
    end: int
    role: Role


_LINE = re.compile(r"\S(?:[^\r\n\u2028\u2029]*\S)?")
_SENTENCE_END = re.compile(r"[.!?…。！？؟।][\"'“”‘’«»‹›」』》)\]]*$")
_SENTENCE_TAIL = 8
_WRAPPED = range(45, 86)
_SHORT = 240
_REPEATED = 60 * 6
_REPEATED_SHARE = 0.3


def paragraphs(text: str) -> list[Paragraph]:
    """Return the paragraphs of `text` in order, without the white space around them."""
    blocks = _blocks(text)
    repeated = _repeated(text, blocks)
    seen: set[str] = set()
    opening = True
    below = False
    out = []
    for start, end in blocks:
        part = text[start:end]
        role: Role = "body"
        closed = bool(_SENTENCE_END.search(part))
        below = (below or bool(RELATED.fullmatch(part))) and end - start <= _SHORT and not closed
        if end - start <= _SHORT:
            if below:
                role = "link"
            elif shown := role_of(part):
                role = shown
            elif opening and not _SENTENCE_END.search(part):
                role = "headline"
        if end - start <= _REPEATED and repeated and (folded := part.casefold()) in repeated:
            # A sentence printed twice is a slip of the page: its first copy stays.
            if folded in seen or repeated[folded] > 2 or not _SENTENCE_END.search(part):
                role = "boilerplate"
            seen.add(folded)
        opening = opening and role not in {"body", "headline"}
        out.append(Paragraph(start, end, role))
    return out


def _blocks(text: str) -> list[tuple[int, int]]:
    """Spans of paragraphs: lines, or, in text broken to a column, lines up to a blank or indented one."""
    lines = []
    wrapped = 0
    for found in _LINE.finditer(text):
        start, end = found.span()
        lines.append((start, end))
        wrapped += end - start in _WRAPPED and not _SENTENCE_END.search(text, end - _SENTENCE_TAIL, end)
    if len(lines) < 4 or 2 * wrapped <= len(lines):
        return lines
    blocks = lines[:1]
    for start, end in lines[1:]:
        between = text[blocks[-1][1] : start]
        breaks = between.count("\n") or between.count("\r")
        indented = len(between) - between.rfind("\n") > 2
        if breaks > 1 or indented:
            blocks.append((start, end))
        else:
            blocks[-1] = (blocks[-1][0], end)
    return blocks


def _repeated(text: str, blocks: list[tuple[int, int]]) -> dict[str, int]:
    """Casefolded paragraphs that stand in `text` more than once, with how often, unless they are much of it."""
    parts = [text[start:end].casefold() for start, end in blocks if end - start <= _REPEATED]
    if len(set(parts)) == len(parts):
        return {}
    repeated = {part: count for part, count in Counter(parts).items() if count > 1}
    size = sum(len(part) * count for part, count in repeated.items())
    return repeated if size <= _REPEATED_SHARE * len(text) else {}


def word_changes(costs: EdgeCosts, parent: int, child: int) -> list[float]:
    """Return the word changes from one row of a table to another in each locus."""
    table, params = costs.table, costs.params.words
    out, seen, last, run = [0.0] * len(table.loci.words), set(), (-1, ""), 0
    for column, locus in enumerate(table.columns.locus.tolist()):
        a, b = table.readings[[parent, child], column].tolist()
        if a == b == 0:
            continue
        kind = "" if a < 0 or b < 0 or a == b else "left out" if b == 0 else "put in" if a == 0 else "swapped"
        if kind == "swapped":
            words = (table.columns.spelt[column][a], table.columns.spelt[column][b])
            short, long = sorted(map(len, words))
            alike = (
                short >= params.spelling_letters
                and long - short <= params.spelling_difference
                and not any(" " in word for word in words)
            )
            alike = alike and difflib.SequenceMatcher(None, *words).ratio() > params.spelling_similarity
            out[locus] += (params.spelling if alike else 1.0) * (params.repeated if words in seen else 1.0)
            seen.add(words)
        run = run + 1 if last == (locus, kind) else 0
        if kind in {"left out", "put in"}:
            first = params.left_out if kind == "left out" else params.put_in
            out[locus] += first if run == 0 else params.further if run < params.run else 0.0
        last = (locus, kind)
    return out


def kept_cost(costs: EdgeCosts, parent: int, child: int) -> float:
    """Return what it costs that `child` kept what it has of `parent`, in the order in which it has it; 0 if it has nothing."""
    table, params = costs.table, costs.params.kept
    held = sorted(np.flatnonzero(table.present[parent]).tolist(), key=lambda f: table.place[parent, f])
    kept = [bool(table.present[child, f]) for f in held]
    if parent == child or not any(kept):
        return 0.0
    chance = 0.0
    for end in range(1, len(held) + 1):
        part = params.whole if end == len(held) else (1 - params.whole) / len(held)
        part *= math.prod(1 - params.omission if k else params.omission for k in kept[:end])
        chance += part * math.prod(params.behind if k else 1 - params.behind for k in kept[end:])
    order = [table.place[child, f] for f in held if table.present[child, f]]
    turns = sum(now > then for now, then in pairwise(order))
    source, copy = table.witnesses[parent], table.witnesses[child]
    lost = min(params.own_most, source.own - source.tail + (params.ended if source.tail else 0.0))
    lost += params.tailed if copy.tail else 0.0
    return float(min(-math.log(chance), params.most) + lost + min(params.disorder_most, params.disorder * turns))


def dense_documents(pairs: Sequence[tuple[int, int]], texts: int, least: int) -> list[bool]:
    """Whether each text is in the k-core, found by removing one text after the other, or has most of its neighbours there."""
    near: list[set[int]] = [{b if a == text else a for a, b in pairs if text in (a, b)} for text in range(texts)]
    core = set(range(texts))
    while few := [text for text in core if len(near[text] & core) < least]:
        core.discard(few[0])
    return [text in core or 2 * len(near[text] & core) > len(near[text]) for text in range(texts)]
