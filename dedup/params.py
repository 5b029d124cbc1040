"""All defaults and bounds, and nothing else has any.

`IndexParams` are frozen into whatever is stored (changing one changes the stored hashes); `MatchParams` are free a query.
Users choose a preset by purpose and say goals in words; nobody is asked for bands and rows.
"""

import dataclasses
import difflib
import math
import re
from collections.abc import Mapping
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
