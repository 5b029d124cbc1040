"""Documents of one story to a table of variants: which sentences each holds, in which order, and how each word of them reads.

Sentences that share enough of their words are a family; each is aligned to the family's most witnessed wording (star
alignment). A column of the table is a word of that wording, or a place where others put words in; a reading is the word there,
0 for none, and -1 where the document lacks the sentence. House style is taken out first: what converges says little.
"""

import difflib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain, pairwise

import numpy as np
import numpy.typing as npt

from dedup.arrays import Tokens, first_tokens
from dedup.language.quotes import quotations
from dedup.press.credits import CreditKind, credits_of, resolve_names
from dedup.press.names import agencies, agency_of, is_aggregator, usual_name
from dedup.text.paragraphs import layout
from dedup.text.tokens import matchable_tokens, tokenise
from dedup.types import ROLES, Document

LEAST_WORDS = 5
"""Words that a sentence needs to take part."""
LEAST_HEADLINE = 4
"""Words that a headline needs to be known again."""
SHINGLE = 3
SHARE = 0.22
"""Share of its shingles by which a sentence joins a family."""
PART = 0.5
"""The same for one beside another of its document that is of the family."""
MOJIBAKE = {"â€™": "'", "â€œ": '"', "â€\x9d": '"', "â€“": "-", "&amp;": "&", "&nbsp;": " ", "&quot;": '"'}
_SPELLING = (
    ("isation", "ization"),
    ("ise", "ize"),
    ("ising", "izing"),
    ("ised", "ized"),
    ("our", "or"),
    ("ours", "ors"),
    ("tre", "ter"),
    ("bre", "ber"),
)
_GAP = 4
"""Code points between an initial and what follows it."""

Words = tuple[str, ...]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


@dataclass
class Table:
    """Variants of one story; rows are documents, and behind them sources that are not among them.

    `present` and `place` (rows, families): whether a row holds a sentence, and its rank among those it holds; `readings` (rows,
    columns) as above; `family` (columns,) the sentence of a column; `words` (families,) its length; `own` (rows,) sentences
    that nobody else has, `tail` those of them that end the text; `body` (rows,) words; `artefacts` (rows,) broken characters;
    `headline` (rows,) a number, -1 for one that no other row has; `agency` (rows,) whether it is an agency's own, or unseen;
    `credited`: whom a row credits, and `absent`: those of them of whom no document is; `signed`: whose text it says that it is,
    and whether by more than a dateline. `unquoted` (families,) and `unquoted_body` (rows,) are `words` and `body` without what
    stands in quotation marks or was posted.
    """

    present: Bools
    place: Ints
    readings: Ints
    family: Ints
    words: Floats
    unquoted: Floats
    own: Ints
    tail: Ints
    body: Floats
    unquoted_body: Floats
    artefacts: Ints
    headline: Ints
    times: list[float | None]
    names: list[str]
    agency: Bools
    credited: list[list[str]]
    absent: list[list[str]]
    signed: list[dict[str, bool]]
    spelt: list[dict[int, str]] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """Rows in use."""
        return len(self.present)

    def wordings(self) -> list[list[int]]:
        """The rows that hold the same words, two or more, and no others."""
        same: dict[tuple[bytes, bytes], list[int]] = defaultdict(list)
        for row in np.flatnonzero(self.present.any(axis=1) & (self.own == 0)).tolist():
            same[self.present[row].tobytes(), self.readings[row].tobytes()].append(row)
        return [rows for rows in same.values() if len(rows) > 1]

    def reads_alike(self, child: int, one: int, other: int) -> bool:
        """Whether two rows hold the same words wherever `child` could have them from either."""
        if one < 0 or other < 0:
            return one == other
        held = self.present[child]
        if not np.array_equal(self.present[one] & held, self.present[other] & held):
            return False
        columns = (held & self.present[one])[self.family]
        return bool(np.array_equal(self.readings[one][columns], self.readings[other][columns]))


def collate(documents: Sequence[Document]) -> Table:
    """Return the table of `documents`, which are those of one story."""
    sentences, quoted, headlines = _sentences(documents)
    families, alone = _families(sentences)
    count = len(documents)
    present = np.zeros((count, len(families)), bool)
    unit = np.full((count, len(families)), -1)
    blocks: list[Ints] = [np.zeros((count, 0), np.int64)]
    columns: list[int] = []
    lengths: list[int] = []
    unquoted: list[float] = []
    spelt: list[dict[int, str]] = []
    for number, members in enumerate(families):
        for doc, at in members.items():
            present[doc, number], unit[doc, number] = True, at[0]
        wordings = {doc: tuple(chain.from_iterable(sentences[doc][n] for n in at)) for doc, at in members.items()}
        block, names = _columns(wordings, count)
        blocks.append(block)
        lengths.append(max(map(len, wordings.values())))
        said = [sum(quoted[doc][n] for n in at) / len(wordings[doc]) for doc, at in members.items()]
        unquoted.append(lengths[-1] * (1 - sum(said) / len(said)))
        columns += [number] * block.shape[1]
        spelt += names
    place = np.full_like(unit, -1)
    for doc in range(count):
        held = np.flatnonzero(present[doc])
        place[doc, held[np.argsort(unit[doc, held], kind="stable")]] = np.arange(len(held))
    outlets = frozenset(d.outlet for d in documents if d.outlet)
    called = [_called(d) for d in documents]
    credited = [_credits(d, outlets) for d in documents]
    known = set(called)
    return Table(
        present,
        place.astype(np.int64),
        np.concatenate(blocks, axis=1),
        np.array(columns, np.int64),
        np.array(lengths, float),
        np.array(unquoted, float),
        np.array(list(map(len, alone)), np.int64),
        np.array(
            [sum(at > last for at in own) for own, last in zip(alone, unit.max(axis=1, initial=-1), strict=True)], np.int64
        ),
        np.array([max(1, sum(map(len, own))) for own in sentences], float),
        np.array([sum(map(len, own)) - sum(said) for own, said in zip(sentences, quoted, strict=True)], float),
        np.array([sum(d.text.count(a) for a in MOJIBAKE) for d in documents], np.int64),
        _numbered(headlines),
        [d.published.timestamp() / 3600 if d.published else None for d in documents],
        called,
        np.array([agency_of(d.outlet or "") is not None for d in documents], bool),
        [list(own) for own in credited],
        [[name for name in own if name not in known] for own in credited],
        [{name: kind == "signed" for name, kind in own.items() if kind != "other"} for own in credited],
        spelt,
    )


def _called(document: Document) -> str:
    """The newsroom that a document is of, by its agency or outlet; its own id where that is not known."""
    outlet = document.outlet or ""
    return agency_of(outlet) or (document.id if is_aggregator(outlet) else outlet or document.id)


def _credits(document: Document, outlets: frozenset[str]) -> dict[str, CreditKind]:
    """Whom a document credits, itself left out, as `credits_of`; others than `outlets` by their usual names.

    Of those a credit that does not sign may be to a report of theirs that the text is about.
    """
    found: dict[str, CreditKind] = {}
    for name, kind in credits_of(document.text, document.author, outlets).items():
        ours = name in outlets or name in agencies()
        # What an aggregator shows is another's.
        if name != document.outlet and (ours or kind == "signed") and not is_aggregator(name):
            found[agency_of(name) or (name if ours else usual_name(name))] = kind
    agency = (document.agency or "").strip()
    stated = _stated(agency, outlets) if agency else []
    return found | dict.fromkeys(stated, "signed")


def _stated(agency: str, outlets: frozenset[str]) -> list[str]:
    """Whom the agency that a document states means, or that name itself; none for an aggregator."""
    meant = resolve_names(agency, outlets) or [agency]
    return [agency_of(name) or name for name in meant if not is_aggregator(name)]


def _numbered(headlines: Sequence[Words]) -> Ints:
    """A number for each headline of a few words that two or more have, -1 for others."""
    counts = Counter(headlines)
    numbers = {h: n for n, h in enumerate(counts) if counts[h] > 1 and len(h) >= LEAST_HEADLINE}
    return np.array([numbers.get(h, -1) for h in headlines], np.int64)


def _sentences(documents: Sequence[Document]) -> tuple[list[list[Words]], list[list[int]], list[Words]]:
    """The sentences of each document that speak, in order; of each how many words are quoted; and the document's headline."""
    texts = []
    for document in documents:
        clean = document.text
        for broken, mended in MOJIBAKE.items():
            clean = clean.replace(broken, mended)
        texts.append(clean)
    laid = layout(texts)
    tokens = matchable_tokens(tokenise(texts), laid)
    headlines = np.array([role == "headline" for role in ROLES])[laid.roles]
    heads = np.repeat(headlines, np.diff(first_tokens(tokens, laid)))
    titles, tokens = tokens.select(heads), tokens.select(~heads)
    spelt = [
        tokens.letters[a:b].tobytes().decode()
        for a, b in zip(tokens.bounds[:-1].tolist(), tokens.bounds[1:].tolist(), strict=True)
    ]
    spelt = [_house_style(word) for word in spelt]
    out, quoted = [], []
    for doc in range(len(texts)):
        own = slice(tokens.offsets[doc], tokens.offsets[doc + 1])
        cut = [(tuple(s), n) for s, n in _cut(texts[doc], tokens, own, spelt) if len(s) >= LEAST_WORDS]
        out.append([s for s, _ in cut])
        quoted.append([n for _, n in cut])
    ends = titles.offsets.tolist()
    return out, quoted, [tuple(spelt[word] for word in titles.ids[a:b].tolist()) for a, b in pairwise(ends)]


def _cut(text: str, tokens: Tokens, own: slice, spelt: Sequence[str]) -> list[tuple[list[str], int]]:
    """The sentences of one document's tokens `own`, and how many of their words are quoted.

    Initials are one word and end no sentence: U.S. and US.
    """
    starts, ends = np.array([(-1, -1), *quotations(text, posts=True)]).T
    quoted = tokens.starts[own] < np.maximum.accumulate(ends)[np.searchsorted(starts, tokens.starts[own], "right") - 1]
    sentences: list[list[str]] = [[]]
    counts = [0]
    initial, last = False, 0
    columns = (tokens.ids[own], tokens.breaks[own], tokens.starts[own], tokens.ends[own], quoted)
    for word, broken, start, end, said in zip(*(column.tolist() for column in columns), strict=True):
        between = text[last:start] if initial and start - last < _GAP else "\n"
        letter = len(spelt[word]) == 1 and spelt[word].isalpha()
        if initial and letter and between == ".":
            sentences[-1][-1] += spelt[word]
        else:
            if broken and sentences[-1] and not (initial and between.strip(" ") == "."):
                sentences.append([])
                counts.append(0)
            sentences[-1].append(spelt[word])
            counts[-1] += said
            initial = letter
        last = end
    return list(zip(sentences, counts, strict=True))


def _house_style(word: str) -> str:
    """`word` in American spelling, roughly: house style is no variant."""
    if len(word) > 5:
        for british, american in _SPELLING:
            if word.endswith(british):
                return word[: -len(british)] + american
    return word


def _families(sentences: Sequence[Sequence[Words]]) -> tuple[list[dict[int, list[int]]], list[list[int]]]:
    """Families of two documents or more, and the sentences of each document that are in none.

    A family is a document to its sentences, which follow each other: one sentence may be two of another
    document, parted otherwise (U.S. and US).
    """
    order = sorted((-len(s), doc, at) for doc, own in enumerate(sentences) for at, s in enumerate(own))
    families: list[dict[int, list[int]]] = []
    by_text: dict[tuple[Words, int], int] = {}
    by_shingle: dict[Words, list[int]] = defaultdict(list)
    printed: Counter[tuple[int, Words]] = Counter()
    for _, doc, at in order:
        words = sentences[doc][at]
        # One that is printed twice has a family for each time.
        time = printed[doc, words]
        printed[doc, words] += 1
        chosen = by_text.get((words, time))
        if chosen is None or doc in families[chosen]:
            shingles = dict.fromkeys(words[i : i + SHINGLE] for i in range(len(words) - SHINGLE + 1))
            counts = Counter(f for s in shingles for f in by_shingle.get(s, ()))
            # Ties go to the first: a set of shingles has another order in each process.
            likely = sorted(counts, key=lambda f: (-counts[f], f))[:4]
            chosen = next((f for f in likely if _joins(families[f], doc, at, counts[f], len(shingles))), -1)
            if chosen < 0:
                chosen = len(families)
                families.append({})
            for s in shingles:
                if chosen not in by_shingle[s]:
                    by_shingle[s].append(chosen)
            by_text[words, time] = chosen
        families[chosen].setdefault(doc, []).append(at)
    own: list[list[int]] = [[] for _ in sentences]
    for members in families:
        if len(members) == 1:
            ((doc, places),) = members.items()
            own[doc] += places[:1]
    return [{doc: sorted(at) for doc, at in members.items()} for members in families if len(members) > 1], own


def _joins(family: dict[int, list[int]], doc: int, at: int, shared: int, shingles: int) -> bool:
    """Whether a sentence with so many `shingles`, of which the family has `shared`, is one of it."""
    if doc not in family:
        return shared >= max(2.0, SHARE * shingles)
    # The other part of a sentence that the document has in two.
    beside = at + 1 == min(family[doc]) or at - 1 == max(family[doc])
    return beside and shared >= max(2.0, PART * shingles)


def _columns(members: dict[int, Words], count: int) -> tuple[Ints, list[dict[int, str]]]:
    """Readings (documents, columns) of one family, where it reads in two ways or more, and how each reads."""
    by_text: dict[Words, list[int]] = defaultdict(list)
    for doc, words in members.items():
        by_text[words].append(doc)
    base = max(by_text, key=lambda words: (len(by_text[words]) * len(words), len(words), words))
    slots: list[tuple[list[str], dict[int, str]]] = []
    places: set[tuple[int, int]] = set()
    for words in by_text:
        body, put_in = list(base), {}
        for tag, i, i_to, j, j_to in difflib.SequenceMatcher(None, base, words, autojunk=False).get_opcodes():
            if tag == "equal":
                continue
            shared = min(i_to - i, j_to - j)
            body[i:i_to] = [*words[j : j + shared], *[""] * (i_to - i - shared)]
            places.update((at, 1) for at in range(i, i_to))
            if j_to - j > shared:
                put_in[i + shared] = " ".join(words[j + shared : j_to])
                places.add((i + shared, 0))
        slots.append((body, put_in))
    readings = np.empty((len(slots), len(places)), np.int64)
    spelt: list[dict[int, str]] = []
    for column, (at, kind) in enumerate(sorted(places)):
        codes: dict[str, int] = {"": 0}
        words_there = (body[at] if kind else put_in.get(at, "") for body, put_in in slots)
        readings[:, column] = [codes.setdefault(word, len(codes)) for word in words_there]
        spelt.append({code: word for word, code in codes.items()})
    block = np.full((count, len(places)), -1, np.int64)
    for own, docs in zip(readings, by_text.values(), strict=True):
        block[docs] = own
    return block, spelt
