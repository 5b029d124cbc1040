"""Documents of one story to a table of variants (collation).

Sentences of different documents that share enough of their shingles are one locus. The wordings of a locus are aligned to the
wording that most documents have (star alignment), which gives its columns. Spelling and broken characters are normalised
first: newsrooms respell what they print, so that equal spellings say little about who copied whom.
"""

import difflib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import chain, pairwise
from typing import NamedTuple

import numpy as np

from dedup.arrays import Tokens, first_tokens
from dedup.language.quotes import quotations
from dedup.params import CheckRules
from dedup.press.names import agency_behind, is_aggregator, is_at_home
from dedup.press.releases import is_release
from dedup.provenance.credited import SIGNS, credited_newsrooms, newsroom
from dedup.provenance.drawn import Public
from dedup.provenance.variant_table import Bools, Ints, Loci, Spelt, VariantTable, Witness, WordColumns
from dedup.text.paragraphs import layout
from dedup.text.tokens import matchable_tokens, tokenise
from dedup.trace_params import CollationParams
from dedup.types import ROLES, Document

MOJIBAKE = {"â€™": "'", "â€œ": '"', "â€\x9d": '"', "â€“": "-", "&amp;": "&", "&nbsp;": " ", "&quot;": '"'}
"""Characters that a wrong decoding broke, or that HTML escaped, and what they were."""
_AMERICAN = (
    ("isation", "ization"),
    ("ise", "ize"),
    ("ising", "izing"),
    ("ised", "ized"),
    ("our", "or"),
    ("ours", "ors"),
    ("tre", "ter"),
    ("bre", "ber"),
)
"""British endings of words, and the American ones; the first that fits is used."""

_LABEL = CheckRules().label_characters

Words = tuple[str, ...]
Occurrences = dict[int, list[int]]
"""A locus: by document, the numbers of its sentences there. They are several where other documents print them as one."""


class _Sentences(NamedTuple):
    """The sentences of each document, in order; how many words of each are quoted; and each document's headline."""

    words: list[list[Words]]
    quoted: list[list[int]]
    headlines: list[Words]


def collate(documents: Sequence[Document], params: CollationParams, public: Public | None = None) -> VariantTable:
    """Return the table of variants of `documents`, which are those of one story; one row for each, in their order.

    `public` are places of words that count as quoted, beside those between quotation marks and those of posts.
    """
    sentences = _sentences(documents, params, public or {})
    loci, unshared = _loci(sentences.words, params)
    count = len(documents)
    present = np.zeros((count, len(loci)), bool)
    sentence = np.full((count, len(loci)), -1)
    blocks: list[Ints] = [np.zeros((count, 0), np.int64)]
    spelt: list[Spelt] = []
    lengths, unquoted = [], []
    for locus, members in enumerate(loci):
        for row, numbers in members.items():
            present[row, locus], sentence[row, locus] = True, numbers[0]
        wordings = {row: tuple(chain.from_iterable(sentences.words[row][n] for n in at)) for row, at in members.items()}
        block, words = _columns(wordings, count)
        blocks.append(block)
        spelt += words
        lengths.append(max(map(len, wordings.values())))
        quoted = [sum(sentences.quoted[row][n] for n in at) / len(wordings[row]) for row, at in members.items()]
        unquoted.append(lengths[-1] * (1 - sum(quoted) / len(quoted)))
    return VariantTable(
        _witnesses(documents, sentences, unshared, sentence.max(axis=1, initial=-1).tolist(), params),
        Loci(np.array(lengths, float), np.array(unquoted, float)),
        WordColumns(np.repeat(np.arange(len(loci)), np.array([block.shape[1] for block in blocks[1:]], np.int64)), spelt),
        present,
        _ranks(present, sentence),
        np.concatenate(blocks, axis=1),
    )


def _ranks(present: Bools, sentence: Ints) -> Ints:
    """Return the rank of each locus in each row, by the number of its first `sentence` there; -1 where the row lacks it."""
    place = np.full_like(sentence, -1)
    for row in range(len(present)):
        held = np.flatnonzero(present[row])
        place[row, held[np.argsort(sentence[row, held], kind="stable")]] = np.arange(len(held))
    return place


def _witnesses(
    documents: Sequence[Document],
    sentences: _Sentences,
    unshared: Sequence[Sequence[int]],
    last: Sequence[int],
    params: CollationParams,
) -> list[Witness]:
    """Return a witness for each document.

    `unshared` are the numbers of its sentences that no other document has; `last` is the number of its last other sentence.
    """
    outlets = frozenset(d.outlet for d in documents if d.outlet)
    newsrooms = [newsroom(document) for document in documents]
    known = set(newsrooms)
    headlines = _numbered(sentences.headlines, params)
    out = []
    for row, document in enumerate(documents):
        given = credited_newsrooms(document, outlets)
        release = is_release(document, _LABEL)
        words = sum(map(len, sentences.words[row]))
        out.append(
            Witness(
                words=float(max(1, words)),
                unquoted=float(words - sum(sentences.quoted[row])),
                newsroom=newsrooms[row],
                # A release may be put on the web after those who were sent it have printed it.
                hours=document.published.timestamp() / 3600 if document.published and not release else None,
                release=release,
                agency=agency_behind(document.outlet, document.url) is not None,
                url=document.url,
                at_home=is_at_home(document.outlet, document.url),
                outlet=bool(document.outlet),
                aggregator=is_aggregator(document.outlet or ""),
                headline=headlines[row],
                own=len(unshared[row]),
                tail=sum(number > last[row] for number in unshared[row]),
                artefacts=sum(document.text.count(broken) for broken in MOJIBAKE),
                credited=tuple(given),
                absent=tuple(name for name, kind in given.items() if name not in known and kind != "part"),
                signed={name: kind == "signed" for name, kind in given.items() if kind in SIGNS},
            )
        )
    return out


def _numbered(headlines: Sequence[Words], params: CollationParams) -> list[int]:
    """Return a number for each headline that two or more documents have; -1 for others, and for short ones."""
    counts = Counter(headlines)
    numbers = {h: n for n, h in enumerate(counts) if counts[h] > 1 and len(h) >= params.headline_words}
    return [numbers.get(headline, -1) for headline in headlines]


def _sentences(documents: Sequence[Document], params: CollationParams, public: Public) -> _Sentences:
    """Cut documents into sentences of normalised words; short sentences, links, credits and boilerplate are left out."""
    texts = []
    for document in documents:
        clean = document.text
        for broken, mended in MOJIBAKE.items():
            clean = clean.replace(broken, mended)
        texts.append(clean)
    laid = layout(texts)
    tokens = matchable_tokens(tokenise(texts), laid)
    headlines = np.array([role == "headline" for role in ROLES])[laid.roles]
    in_headline = np.repeat(headlines, np.diff(first_tokens(tokens, laid)))
    titles, tokens = tokens.select(in_headline), tokens.select(~in_headline)
    bounds = pairwise(tokens.bounds.tolist())
    spelt = [_house_style(tokens.letters[a:b].tobytes().decode(), params.house_style_letters) for a, b in bounds]
    words, quoted = [], []
    for row in range(len(texts)):
        own = slice(tokens.offsets[row], tokens.offsets[row + 1])
        # Places are those of the text as it was given; few texts were mended.
        known = public.get(documents[row].id, ()) if texts[row] == documents[row].text else ()
        cut = [
            one
            for one in _cut(texts[row], tokens, own, spelt, initial_gap=params.initial_gap, public=known)
            if len(one[0]) >= params.sentence_words
        ]
        words.append([tuple(sentence) for sentence, _ in cut])
        quoted.append([count for _, count in cut])
    ends = pairwise(titles.offsets.tolist())
    return _Sentences(words, quoted, [tuple(spelt[word] for word in titles.ids[a:b].tolist()) for a, b in ends])


def _cut(
    text: str, tokens: Tokens, own: slice, spelt: Sequence[str], *, initial_gap: int, public: Sequence[tuple[int, int]]
) -> list[tuple[list[str], int]]:
    """Return the sentences of one document, whose tokens are `own`, and how many words of each are quoted or `public`.

    Initials become one word and do not end a sentence, so that U.S. equals US.
    """
    starts, ends = np.array(sorted([(-1, -1), *quotations(text, posts=True), *public])).T
    quoted = tokens.starts[own] < np.maximum.accumulate(ends)[np.searchsorted(starts, tokens.starts[own], "right") - 1]
    sentences: list[list[str]] = [[]]
    counts = [0]
    initial, last = False, 0
    columns = (tokens.ids[own], tokens.breaks[own], tokens.starts[own], tokens.ends[own], quoted)
    for word, breaks, start, end, in_quotation in zip(*(column.tolist() for column in columns), strict=True):
        between = text[last:start] if initial and start - last < initial_gap else "\n"
        letter = len(spelt[word]) == 1 and spelt[word].isalpha()
        if initial and letter and between == ".":
            sentences[-1][-1] += spelt[word]
        else:
            if breaks and sentences[-1] and not (initial and between.strip(" ") == "."):
                sentences.append([])
                counts.append(0)
            sentences[-1].append(spelt[word])
            counts[-1] += in_quotation
            initial = letter
        last = end
    return list(zip(sentences, counts, strict=True))


def _house_style(word: str, letters: int) -> str:
    """Return a word of `letters` or more letters with its British ending replaced by the American one."""
    if len(word) >= letters:
        for british, american in _AMERICAN:
            if word.endswith(british):
                return word[: -len(british)] + american
    return word


def _loci(sentences: Sequence[Sequence[Words]], params: CollationParams) -> tuple[list[Occurrences], list[list[int]]]:
    """Return the loci that two or more documents hold, and for each document the numbers of its other sentences.

    Longer sentences are placed first. A sentence that a document prints twice has a locus for each time.
    """
    order = sorted((-len(s), row, number) for row, own in enumerate(sentences) for number, s in enumerate(own))
    loci: list[Occurrences] = []
    by_text: dict[tuple[Words, int], int] = {}
    by_shingle: dict[Words, list[int]] = defaultdict(list)
    printed: Counter[tuple[int, Words]] = Counter()
    for _, row, number in order:
        words = sentences[row][number]
        time = printed[row, words]
        printed[row, words] += 1
        chosen = by_text.get((words, time))
        if chosen is None or row in loci[chosen]:
            size = params.shingle
            shingles = dict.fromkeys(words[i : i + size] for i in range(len(words) - size + 1))
            counts = Counter(locus for s in shingles for locus in by_shingle.get(s, ()))
            # Ties go to the first locus: the order of a set would differ from process to process.
            likely = sorted(counts, key=lambda locus: (-counts[locus], locus))[: params.compared]
            joined = (n for n in likely if _joins(loci[n], (row, number), (counts[n], len(shingles)), params))
            chosen = next(joined, len(loci))
            if chosen == len(loci):
                loci.append({})
            for s in shingles:
                if chosen not in by_shingle[s]:
                    by_shingle[s].append(chosen)
            by_text[words, time] = chosen
        loci[chosen].setdefault(row, []).append(number)
    unshared: list[list[int]] = [[] for _ in sentences]
    for members in loci:
        if len(members) == 1:
            ((row, numbers),) = members.items()
            unshared[row] += numbers[:1]
    return [{row: sorted(numbers) for row, numbers in members.items()} for members in loci if len(members) > 1], unshared


def _joins(locus: Occurrences, sentence: tuple[int, int], shingles: tuple[int, int], params: CollationParams) -> bool:
    """Return whether a sentence belongs to a locus. `sentence`: document and number; `shingles`: common to both, and all."""
    (row, number), (shared, count) = sentence, shingles
    if row not in locus:
        return shared >= max(params.shared_shingles, params.sentence_share * count)
    # The document may print in two sentences what others print in one.
    adjacent = number + 1 == min(locus[row]) or number - 1 == max(locus[row])
    return adjacent and shared >= max(params.shared_shingles, params.part_share * count)


def _columns(wordings: Mapping[int, Words], rows: int) -> tuple[Ints, list[Spelt]]:
    """Align the wordings of one locus; return the readings (rows, columns) of its columns and the words of each column."""
    by_text: dict[Words, list[int]] = defaultdict(list)
    for row, words in wordings.items():
        by_text[words].append(row)
    base = max(by_text, key=lambda words: (len(by_text[words]) * len(words), len(words), words))
    aligned: list[tuple[list[str], dict[int, str]]] = []
    places: set[tuple[int, int]] = set()  # of a word of `base` (kind 1), or before it (kind 0), where a wording differs
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
        aligned.append((body, put_in))
    readings = np.empty((len(aligned), len(places)), np.int64)
    spelt: list[Spelt] = []
    for column, (at, kind) in enumerate(sorted(places)):
        numbers: dict[str, int] = {"": 0}
        words_there = (body[at] if kind else put_in.get(at, "") for body, put_in in aligned)
        readings[:, column] = [numbers.setdefault(word, len(numbers)) for word in words_there]
        spelt.append({number: word for word, number in numbers.items()})
    block = np.full((rows, len(places)), -1, np.int64)
    for own, of_text in zip(readings, by_text.values(), strict=True):
        block[of_text] = own
    return block, spelt
