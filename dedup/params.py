"""All defaults and bounds, and nothing else has any.

`IndexParams` are frozen into whatever is stored (changing one changes the stored hashes); `MatchParams` are free a query.
Users choose a preset by purpose and say goals in words; nobody is asked for bands and rows.
"""

import dataclasses
import difflib
import math
import re
from collections.abc import Mapping, Set
from dataclasses import asdict, dataclass, field, replace
from typing import Literal

from dedup.errors import UsageError

FENCES = ("---", "+++", "\ufeff---", "\ufeff+++")
FRONT_MATTER = re.compile(
    r"\ufeff?(?P<fence>---|\+\+\+)[ \t]*\r?\n(?P<rows>.{0,65536}?)\r?\n(?P=fence)[ \t]*(\r?\n|$)", re.DOTALL
)
"""What stands above a text in Markdown, from its first `FENCES` on: YAML between `---`, or TOML between `+++`."""

Scheme = Literal["affine32", "affine64", "legacy"]

SHINGLE = 5
NUM_PERM = 128
SEED = 1
SCHEME: Scheme = "affine32"
HASH_VERSION = 2
"""Of words, shingles, signatures and bands, as `tests/data/hash_vectors.json` has them; in everything that is stored."""
THRESHOLD = 0.7
"""Jaccard similarity from which two texts are near-duplicates."""
MISSED_AT = 0.001
"""Chance with which a pair at the threshold may be missed."""
TOP_FAMILIES = 20
"""Families that the terminal shows."""
TOP_DOCUMENTS = 20
"""Documents in the terminal's summary."""


@dataclass(frozen=True, slots=True)
class IndexParams:
    """What shapes fingerprints and signatures."""

    run: int = 8
    """Every unbroken shared run of this many tokens is found."""
    fingerprint: int = 5
    """Tokens in a fingerprint; `run - fingerprint + 1` is the winnowing window."""
    paragraph_shingle: int = 2
    """Tokens in a shingle of a paragraph's signature: short, because what winnowing misses has no long run."""
    paragraph_bands: int = 32
    paragraph_rows: int = 4
    """Of 128 slots: a paragraph pair of Jaccard 0.5 is missed once in eight, of 0.6 once in eighty."""
    paragraph_least: int = 12
    """Tokens that a paragraph needs to be signed; shorter ones carry too few bits to be reported."""

    @property
    def window(self) -> int:
        """Hashes in a winnowing window (Schleimer, Wilkerson and Aiken 2003, guarantee t = k + w - 1)."""
        return self.run - self.fingerprint + 1


@dataclass(frozen=True, slots=True)
class MatchParams:
    """What an alignment costs and when a match is reported; bits where nothing else is said."""

    preset: str = "news"
    roles: bool = True
    """Leave links, credits and boilerplate of a web page out."""
    mismatch: float = 3.0
    """A word on both sides that does not match."""
    gap_open: float = 1.0
    gap_extend: float = 2.0
    """Words on one side only: once, and each."""
    jump: float = math.inf
    """A step to any place of the other text within `reach` words, forth or back; and `skip` each word of side a left out."""
    skip: float = 2.0
    reach: int = 40
    leap: float = math.inf
    """A step to any place at all of the other text, beside `skip`: a digest of it."""
    alone: float = 300.0
    """Two stretches of a digest that carry this much each are matches of their own."""
    dominant: float = 0.85
    """So are all stretches where one has this share of all bits."""
    topic: float = 1.0
    """How much a word's other places in two documents count towards its probability there, beside the corpus' frequency: two
    reports of one event share its names without one copying the other."""
    retold: float = 6.0
    """Bits that a word is worth at the most to a reader who knows the story and the language, about one a letter (Shannon
    1951): two reports of one event share its names and facts, and how these are put, without one copying the other."""
    common: int = 8
    """A word that stands more often than this in the text that is compared counts only next to another equal one."""
    near_share: float = 0.5
    """Share of its bits that a nearly equal word earns."""
    near_similarity: float = 0.6
    """Edit similarity from which two words of one key are nearly equal."""
    drop: float = 40.0
    """A match ends where it would lose this much."""
    trim: float = 16.0
    """A part of a sentence at a match's end that carries no more than this is left out."""
    boundary: float = 4.0
    """What it adds that a match starts, or ends, where a sentence of one of the texts does: log2 of its usual 16 words."""
    threshold: float = 39.0
    """Bits that a match needs beyond log2 of the token pairs that were searched for it; `bench/quality/null.py` shows what
    unrelated texts reach."""
    bits_most: float = 14.0
    """Bits that a token is credited with at the most, however rare."""
    prior_weight: float = 20_000.0
    """Tokens that the built-in prior weighs as much as, beside the corpus' own."""
    least: int = 1
    """Words that a match has on both sides at the least."""
    snap: int = 0
    """Words by which an end of a match is moved to the end of its sentence."""
    join: int = 0
    """Matches closer than this many characters on both sides become one, and each word has one source; 0 for neither."""
    seed_floor: float = 30.0
    """Bits in an unbroken run of fewer than `run` tokens below which it is not looked at."""
    seed_pairs: int = 12
    """Documents that share a fingerprint up to which each is looked at with each; of more, each with the two best, and families
    bring together the rest."""
    seed_places: int = 4
    """Places of one fingerprint in one document that are looked at."""
    margin: int = 60
    """Tokens around a seed that are aligned before the two documents count as related."""
    cells: int = 1 << 26
    """Token pairs up to which two related documents are compared whole."""
    points: int = 1 << 22
    """Pairs of equal tokens that are looked at in two documents, and matches that they may have; where there are more, the
    documents repeat themselves endlessly, and a notice says that not all was aligned."""
    most: int = 1000
    evident_run: int = 5
    """Two documents found in a corpus are related by a match with an unbroken run of so many words, or one that is `near`:
    forms filled in with other names and numbers share bits enough."""
    near: float = 0.75
    """Identity from which a match that is not verbatim is `near`, not `edited`."""
    family_pairs: int = 50
    """Passages up to which a family lists all its pairs; above, each against the canonical copy. Texts of which each would be
    compared with so many others of them are compared with the first, and the `seed_pairs` most alike, alone."""
    cut: int = 8
    """Tokens by which two ends must differ to part a canonical copy into families."""
    boilerplate_words: int = 60
    boilerplate_documents: int = 3
    boilerplate_days: int = 30
    boilerplate_related: float = 0.3
    """A passage of fewer words that recurs in so many documents of one outlet, which otherwise share less than this; and one of
    more words in as many that lie so many days apart, each from each."""


PRESETS = {
    "news": MatchParams(),
    "rewritten": replace(
        MatchParams(),
        preset="rewritten",
        roles=False,
        join=600,
        jump=7.0,
        leap=20.0,
        least=20,
        topic=2.0,
        snap=8,
        common=1_000_000,
        retold=math.inf,
    ),
}


def preset(name: str) -> MatchParams:
    """Return the preset for a purpose; UsageError names the ones there are."""
    try:
        return PRESETS[name]
    except KeyError:
        raise UsageError(f"no preset {name!r}; there are: {', '.join(PRESETS)}") from None


def as_dict(index: IndexParams, match: MatchParams) -> dict[str, object]:
    """Return what shaped a result, for its report."""
    return asdict(index) | asdict(match)


@dataclass(frozen=True, slots=True)
class Reading:
    """How documents are read, where guesses are not enough.

    `fields`: by field of a Document (`id`, `text`, `outlet`, `published`, `url`, `title`, `author`, `kind`, `agency`), its name
    in the input; names within names with dots between. `format`: that of standard input and of files named one by one.
    `outlet_from`: `folder`, `domain` (the URL's registered domain), or a regular expression with a group, applied to the
    path. `extraction` of articles from web pages: `full`, or `fast` without a second look at difficult pages. `ratio`, `size`:
    what a compressed file may at most unpack to, in times its own size and in bytes. UsageError for what is none of these.
    """

    fields: Mapping[str, str] = field(default_factory=dict)
    format: str | None = None
    outlet_from: str | None = None
    extraction: Literal["full", "fast"] = "full"
    ratio: int = 200
    size: int = 1 << 40

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        for name in self.fields:
            if name not in READ_FIELDS:
                close = difflib.get_close_matches(name, READ_FIELDS, 1)
                meant = f"; did you mean {close[0]}?" if close else ""
                raise UsageError(f"fields: no field {name!r}{meant} there are {', '.join(READ_FIELDS)}")
        if self.extraction not in {"full", "fast"}:
            raise UsageError(f"extraction {self.extraction!r}: use full or fast")
        if self.ratio < 1 or self.size < 1:
            raise UsageError("ratio and size must be 1 or more")

    def as_dict(self) -> dict[str, object]:
        """Return what differs from the defaults, as plain data."""
        rows = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        default = Reading()
        return {name: value for name, value in rows.items() if value != getattr(default, name)}


READ_FIELDS = ("id", "text", "outlet", "published", "url", "title", "author", "kind", "agency")
"""What can be known of a document."""


Calibration = tuple[float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class TraceParams:
    """What the model believes; nats where nothing else is said."""

    preset: str = "news"
    rates: tuple[float, ...] = (0.0004, 0.004, 0.02, 0.08, 0.22)
    """Share of words that a copy changes, and how usual each is."""
    weights: tuple[float, ...] = (0.40, 0.15, 0.20, 0.10, 0.15)
    alternatives: float = 10.0
    """Words that a changed one is chosen from."""
    spelling: float = 0.2
    """What a change of spelling counts, beside one of a word; a run of words left out; one put in; words up to which a run
    counts the more the longer it is, those of a long sentence; the same change again."""
    left_out: float = 0.9
    put_in: float = 0.7
    run: int = 40
    repeated: float = 0.25
    second: tuple[float, float] = (1.0, 1.5)
    """A second source: once, and each sentence from it, beside the choice among those that hold it."""
    added: tuple[float, float] = (0.5, 2.0)
    updated: tuple[float, float] = (0.5, 0.5)
    """Sentences of its own that others took over: once, and each; and those of an outlet's update, which is to add some."""
    root: float = 6.0
    """A second origin in one story."""
    hidden: float = 7.0
    """A source that is not among the documents; there may be one only where some text credits what is not among them."""
    absent: float = 3.0
    hidden_credited: float = 3.0
    """A tree without one, of which some text does; and one that is the origin."""
    date_wrong: float = 0.1
    date_spread: float = 8.0
    date_own_wrong: float = 0.001
    """Chance that two dates are in the wrong order by a moment; hours by which they are half as likely to be; and that those of
    one outlet are."""
    older: float = 0.3
    """What a parent that is twice as old, beyond three days, is less likely by: this times log 2."""
    update: float = 0.9
    """Chance that an outlet which has the story already made a text from the last one it had."""
    lag: float = 14.0
    """Hours that a copy comes later, on average."""
    whole: float = 0.6
    """Chance that a copy keeps all; that a sentence is missing from what it keeps; the most that this may cost."""
    omission: float = 0.06
    kept_most: float = 14.0
    ended: float = 1.0
    tailed: float = 2.0
    """That a copy left out how its source ends, and that it ends with sentences of its own."""
    disorder: float = 0.7
    credit: float = 3.5
    """A credit to the parent by name, and its byline, which the parent has not from the child; a credit to a hidden source; and
    being an origin in spite of one."""
    signed: float = 6.0
    credit_hidden: float = 1.5
    credit_root: float = 2.5
    headline: float = 5.0
    """That two rows have one headline and neither has it from the other."""
    popular: float = 0.4
    popular_agency: float = 6.0
    """Concentration of who gets copied: the less, the more copies one text has; and of agencies and unseen origins."""
    agency: float = 3.0
    """That an agency took its text from another."""
    main_share: float = 0.4
    update_share: float = 0.25
    quoted: float = 0.2
    """Share of its words that a document has from a main parent; that an update has from its outlet's last text; and what a
    word counts that both may have heard: a quotation's."""
    forbidden: float = 50.0
    """A main parent that holds less."""
    story_share: float = 0.25
    story_copies: float = 0.7
    """Share of the shorter of two documents that makes them one story; and one of more than `most` documents."""
    borrows: tuple[float, float] = (0.3, 0.7)
    """Beta prior of a document's rate of borrowed passages."""
    unshared: float = 0.3
    """What its own text counts in that rate, by its length, beside passages that others have too."""
    temperature: float = 1.5
    calibration: Calibration = (0.49, 0.54, 0.04, 0.34, -1.49)
    """Log odds that a parent is right: a constant; what those of its share of the walk count; and what it adds that dates are
    in order, that the copy credits the parent, and that it is hidden, unless the copy signs it."""
    calibration_pieces: Calibration = (0.33, 0.45, 0.16, 0.44, -0.08)
    """The same of a story of more than `most` documents."""
    calibration_passage: tuple[float, float] = (-1.89, 1.0)
    calibration_passage_tree: tuple[float, float] = (-2.04, 0.29)
    """The same of a passage's source, without dates; and of one's whose main parent is known. `bench/quality/calibrate.py` fits
    them."""
    steps: int = 150
    """Of the walk over forests, a row."""
    most: int = 60
    """Documents up to which all forests are weighed; of more, the most alike earlier text is named."""
    compared: int = 1500
    """Documents up to which that is told by the words of each pair; of more, by whole sentences."""
    alike_words: int = 2
    alike_least: float = 0.25
    """Words in a run, and the Jaccard similarity of runs below which a text is nobody's copy."""


TRACE_PRESETS = {"news": TraceParams(), "retelling": TraceParams(preset="retelling", main_share=0.0, alike_least=0.1)}


def calibrated(share: float, constant: float, slope: float) -> float:
    """Return the probability that a claim is right which the model itself gives `share`; it rises with it."""
    odds = math.log(max(share, 0.02) / max(1 - share, 0.02))
    return 1 / (1 + math.exp(-constant - slope * odds))


@dataclass(frozen=True, slots=True)
class CheckRules:
    """What a newsroom declares about itself, and the numbers by which `check` judges the passages of a draft.

    A set may be given as a set, list or tuple of strings; it is kept as a `frozenset`. UsageError, which names the argument,
    for a value of another type and for a negative number.

    >>> from dedup import CheckRules
    >>> sorted(CheckRules(licensed={"AP", "Reuters"}, own_outlets=["The Daily"]).licensed)
    ['AP', 'Reuters']
    """

    licensed: Set[str] = frozenset()
    """Agencies whose copy the newsroom may print, by any of their names."""
    own_outlets: Set[str] = frozenset()
    """Outlets whose texts are the newsroom's own, beside the outlet of the draft."""
    ignore_sources: Set[str] = frozenset()
    """Documents (by id) and outlets; what a draft shares with them is not reported."""
    ignore_phrases: tuple[re.Pattern[str], ...] = ()
    """Patterns; a shared passage in which one of them is found is not reported."""
    min_words: int = 8
    """Words that a reported passage needs. Shorter ones are common phrases: the guarantee of winnowing starts here as well."""
    quote_words: int = 4
    """Words from which words in quotation marks count as a quotation. Fewer are a title or a word that the author doubts."""
    fragment_words: int = 5
    """Words below which a part of a passage takes over the judgement of the longer part beside it."""
    label_characters: int = 400
    """Characters at the start and at the end of a source in which a press release says that it is one."""
    lead_words: int = 3
    """Words before a full name, such as an office, with which a sentence may open and still open with that person."""
    clause_words: int = 8
    """Words up to which the clause before a quotation names its speaker by a noun (The mayor of the town: “…”)."""
    subject_words: int = 4
    """Words up to which a name may be separated from the verb of saying whose subject it is."""
    source_letters: int = 4
    """Letters from which the name of a source names a speaker wherever it occurs. A shorter one may be another word."""

    def __post_init__(self) -> None:
        """Freeze the collections, and refuse values of another type."""
        for name in ("licensed", "own_outlets", "ignore_sources"):
            given = getattr(self, name)
            if not isinstance(given, Set | list | tuple) or not all(isinstance(one, str) for one in given):
                example = f", as {{{given!r}}}" if isinstance(given, str) else ""
                raise UsageError(f"{name}: give a set of strings{example}, not {given!r}")
            object.__setattr__(self, name, frozenset(given))
        phrases = self.ignore_phrases
        if not isinstance(phrases, list | tuple) or not all(isinstance(one, re.Pattern) for one in phrases):
            raise UsageError(f"ignore_phrases: give a tuple of compiled regular expressions, not {phrases!r}")
        object.__setattr__(self, "ignore_phrases", tuple(phrases))
        for name in (f.name for f in dataclasses.fields(self) if isinstance(f.default, int)):
            number = getattr(self, name)
            if not isinstance(number, int) or isinstance(number, bool) or number < 0:
                raise UsageError(f"{name}: give a whole number of 0 or more, not {number!r}")
