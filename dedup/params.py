"""Every default and every bound, each in one place.

| object | what it shapes |
|---|---|
| `IndexParams` | what an index stores: fingerprints and signatures; an index file records them and refuses others |
| `TextParams` | how a text is cut into paragraphs with roles |
| `MatchParams` | how documents are compared and which matches and families are reported; free for each query |
| `Reading` | how files are read |
| `TraceParams` | how copy relations are inferred (in `trace_params`, which a scan does not load) |
| `CheckRules` | what a newsroom declares about itself, and how the passages of a draft are judged |

Users choose a preset by purpose; bands and rows are derived from goals. Each field has a docstring: what it bounds, its unit,
and why it has this value. A number without a reason was set by hand; `bench/quality/measure.py` shows what a change of it
does. Sizes of buffers and batches, which change no result, are private constants of the modules that use them. The module is
long because it is a table of numbers.
"""

import dataclasses
import difflib
import math
import re
from collections.abc import Mapping, Set
from dataclasses import asdict, dataclass, field, replace
from typing import Literal

from dedup.errors import UsageError
from dedup.types import Content

FENCES = ("---", "+++", "\ufeff---", "\ufeff+++")
"""First characters of a text that may start with front matter."""
FRONT_MATTER = re.compile(
    r"\ufeff?(?P<fence>---|\+\+\+)[ \t]*\r?\n(?P<rows>.{0,65536}?)\r?\n(?P=fence)[ \t]*(\r?\n|$)", re.DOTALL
)
"""Front matter at the start of a Markdown text: YAML between `---` or TOML between `+++`, of up to 65,536 characters.

Only a text that starts with one of `FENCES` can have any: that is checked first, because it is faster."""

Scheme = Literal["affine32", "affine64", "legacy"]
"""How MinHash permutations are computed, by the names of datasketch 2.x."""

SHINGLE = 5
"""Tokens in a shingle, for signatures of whole texts."""
NUM_PERM = 128
"""Permutations (slots) of a signature of a whole text, as in datasketch."""
SEED = 1
"""Seed from which the permutations are drawn, as in datasketch."""
SCHEME: Scheme = "affine32"
"""The default scheme: 32 bits a slot, half the memory of `affine64`."""
HASH_VERSION = 3
"""Version of the hashes of words, shingles, signatures and bands. `tests/data/hash_vectors.json` holds known answers.

Everything that is stored carries it: index files, LSH files, and the table of word frequencies (`data/token_prior.npy`).
"""
THRESHOLD = 0.7
"""Jaccard similarity from which two whole texts are near-duplicates."""
MISSED_AT = 0.001
"""Chance with which a pair of near-duplicates exactly at the threshold may be missed."""
TRACE_PRESET_NAMES = ("news", "retelling")
"""The presets of tracing, whose values are in `trace_params`."""
QUOTE_WORDS = 4
"""Words from which words in quotation marks count as a quotation. Fewer are a title or a word that the author doubts."""
SHOWN: tuple[Content, ...] = ("narration", "quotation")
"""Kinds of text that reports show unless they are asked for more: what editors and researchers look for."""
TOP_FAMILIES = 20
"""Families that the terminal shows."""
TOP_DOCUMENTS = 20
"""Documents that the summary in the terminal shows."""


@dataclass(frozen=True, slots=True)
class PageLimits:
    """How much one page of a scan holds. The page says what it leaves out; it stays below 3 MB and opens at once."""

    passages_bytes: int = 900_000
    """Bytes of the passages with their copies. These hold about 200 passages."""
    least_share: float = 0.3
    """Share of these bytes that quotations get, even where narration could fill all."""
    texts_bytes: int = 800_000
    """Bytes of the texts that two articles are shown side by side from; others can be seen with `dedup show`."""
    text_characters: int = 40_000
    """Characters up to which a text may be among them."""
    briefs_bytes: int = 500_000
    """Bytes of the passages that are only in the list, without their copies: about 1,500."""
    brief_opening: int = 160
    """Characters of such a passage in the list."""
    opened: int = 20
    """Passages that are listed before "show more" is chosen, and how many it adds."""
    opening: int = 300
    """Characters of a passage in the list."""
    listed_copies: int = 6
    """Copies with one wording that are listed with their headlines."""
    named_copies: int = 40
    """Further copies with one wording that are listed with outlet and time only. The rest is counted."""
    wordings: int = 12
    """Wordings of one passage that are shown in full. The rest is counted."""
    outlets: int = 25
    """Outlets of the matrix; the rest is one row."""
    cell_pairs: int = 5
    """Pairs of articles that are listed for two outlets, at most. The rest is counted."""
    all_cell_pairs: int = 800
    """Pairs of articles that are listed for all outlets together: about 300 kB. Outlets that share most list more than one."""
    ties: int = 60
    """Pairs of outlets in the list that takes the place of the matrix on a phone. The rest is counted."""


@dataclass(frozen=True, slots=True)
class IndexParams:
    """The parameters of fingerprints and of paragraph signatures.

    An index file records them, and a file with others is refused.
    """

    run: int = 8
    """Tokens in an unbroken shared run that is always found: the guarantee of winnowing."""
    fingerprint: int = 5
    """Tokens in a fingerprint. Below 5, common phrases make long lists."""
    paragraph_shingle: int = 2
    """Tokens in a shingle of a paragraph's signature. Few, because the paragraphs that winnowing misses share no long run."""
    paragraph_bands: int = 32
    """Bands of a paragraph's signature; `paragraph_bands * paragraph_rows` is its number of slots, 128."""
    paragraph_rows: int = 4
    """Slots in a band. With 32 bands, a pair of paragraphs of Jaccard 0.5 is missed once in eight, of 0.6 once in eighty."""
    paragraph_least: int = 12
    """Tokens that a paragraph needs to be signed. A shorter one carries too few bits to be reported."""

    @property
    def window(self) -> int:
        """Hashes in a winnowing window: w in the guarantee `run = k + w - 1` (Schleimer, Wilkerson and Aiken 2003)."""
        return self.run - self.fingerprint + 1


@dataclass(frozen=True, slots=True)
class TextParams:
    """The parameters of paragraphs and their roles.

    An index file does not record them. They decide which tokens take part in matching, so a change of one needs a new index.
    """

    column_least: int = 45
    """Characters of the shortest line that may have been broken to a column (hard-wrapped)."""
    column_most: int = 85
    """Characters of the longest line that may have been broken to a column. Plain text is wrapped at 72 to 80 characters."""
    column_share: float = 0.5
    """Share of its lines above which a text counts as broken to a column, if they have such lengths and end no sentence."""
    column_lines: int = 4
    """Lines that a text needs before a column is looked for. Fewer lines may have such lengths by chance."""
    column_indent: int = 2
    """Characters of indent with which a line starts a new paragraph, in a text broken to a column."""
    closing_signs: int = 8
    """Closing quotation marks and brackets at the end of a paragraph behind which the end of a sentence is looked for."""
    furniture_characters: int = 240
    """Characters up to which a paragraph may be something other than body text. Captions are seldom longer."""
    repeated_characters: int = 360
    """Characters up to which a paragraph that recurs in its document is boilerplate: about 60 words, `boilerplate_words`."""
    repeated_share: float = 0.3
    """Share of a text above which what recurs in it is no boilerplate: the page printed its article twice."""


@dataclass(frozen=True, slots=True)
class MatchParams:
    """The parameters of comparison: what an alignment costs, and when a match is reported.

    Bits are bits of shared information: a shared word is worth -log2 of its background probability. `math.inf` means that there
    is no limit, or, as a cost, that the step is never taken; a report writes it as `null`, because JSON has no infinity. The
    Rust kernels read the fields by name. The values below are those of `news`; `MATCH_PRESETS` has those of `rewritten`.

    >>> from dataclasses import replace
    >>> import dedup
    >>> strict = replace(match_preset("news"), threshold_bits=1000.0)
    >>> text = "Forty passengers had to be lifted off a ferry that ran aground in fog outside the harbour of Brunnvik."
    >>> len(dedup.compare(text, text)), len(dedup.compare(text, text, preset=strict))
    (1, 0)
    """

    preset: str = "news"
    """Name of the preset that these values belong to. A report shows it."""
    matchable_only: bool = True
    """Whether links, credits and boilerplate of a page are left out (`text.paragraphs.UNMATCHED_ROLES`)."""

    # What a word is worth.
    max_word_bits: float = 14.0
    """Bits that a word is worth at most: those of one word in 16,000. So a misspelling counts no more than a rare word."""
    prior_weight: float = 20_000.0
    """Tokens that the built-in word frequencies weigh as much as, when they are blended with the corpus' own frequencies.

    About forty news articles, so that a corpus of five documents takes its probabilities from the built-in table."""
    unseen_word_bits: float = 17.0
    """Bits of a word that the built-in table lacks. The table lists every token more frequent than 2^-17."""
    unseen_syllable_bits: float = 6.0
    """Bits of a token of Thai, Lao, Burmese or Khmer, which the table does not cover: one letter of about sixty."""
    topic_weight: float = 1.0
    """Weight of each other occurrence of a word in the two documents, when its probability there is computed.

    A word that occurs often in both belongs to their topic: two reports of one event share its names although neither copied
    the other."""
    topic_words: float = 1000.0
    """Words that two texts have at least, when that probability is computed: two short articles.

    In texts of a few sentences a word that comes twice would else be as frequent as an article of speech."""
    retelling_word_bits: float = 6.0
    """Bits that a word is worth at most to a reader who knows the event and the language.

    About one bit a letter (Shannon 1951). Two reports of one event share its names and facts although neither copied the other,
    so a match must reach its threshold also with words capped at this value."""
    common_word_places: int = 8
    """Occurrences in the second text above which a word counts only next to another equal word.

    Frequent words would join into chains by chance."""
    near_word_similarity: float = 0.6
    """Edit similarity (1 - Levenshtein distance / length of the longer word) from which two words are nearly equal."""
    near_word_share: float = 0.5
    """Share of its bits that a nearly equal word earns."""

    # What a step of a chain costs, in bits.
    mismatch: float = 3.0
    """Cost in bits of a word on both sides that is not equal: as much as a gap of one word."""
    gap_open: float = 1.0
    """Cost in bits of starting a gap: words on one side only."""
    gap_extend: float = 2.0
    """Cost in bits of each word of a gap."""
    near_jump_cost: float = math.inf
    """Cost in bits of a step to any place within `near_jump_words` in the second text, forward or back."""
    near_jump_words: int = 40
    """Words up to which such a step reaches: two to three sentences."""
    far_jump_cost: float = math.inf
    """Cost in bits of a step to any place of the second text. A digest of a text needs such steps."""
    jump_skip_cost: float = 2.0
    """Cost in bits of each word of the first text that a jump leaves out, near or far: as much as `gap_extend`."""
    far_jump_split_bits: float = 300.0
    """Bits that the parts of a chain before and after a far jump must both have to be two matches."""
    far_jump_split_share: float = 0.85
    """Share of a chain's bits in one part between far jumps above which every part is a match of its own."""
    max_step_words: int = 400
    """Words that one step may cross on either side. It bounds the table of step costs; no step of 400 words pays."""

    # Where a chain ends, and which chains are matches.
    max_drop_bits: float = 40.0
    """Bits that a chain may lose below its best score before it is ended (the X-drop of BLAST, Altschul and others 1990).

    About `threshold_bits`: what follows a larger loss can be a match of its own."""
    end_fragment_bits: float = 16.0
    """Bits up to which a part of a sentence at either end of a match is left out: about one rare word."""
    sentence_boundary_bits: float = 4.0
    """Bits that a match gains for each of its four ends that is a sentence boundary: log2 of 16 words, a usual sentence."""
    repeated_word_run: int = 8
    """Times that a word is repeated in a row from which it counts as printed endlessly, such as a rule of broken dashes.

    Inside such a run, two places are aligned only if they are equally far from its start or from its end."""
    repeated_word_slack: int = 32
    """Words by which these distances may differ, for a place within `repeated_word_run` words of an end of its run."""
    threshold_bits: float = 39.0
    """Bits that a match needs beyond log2 of the token pairs that were searched for it, which is what chance explains.

    `bench/quality/null.py` shows what unrelated texts reach."""
    evident_run: int = 5
    """Words in an unbroken equal run that relate two documents of a corpus. Forms with other names filled in share bits enough.

    A match of `near_identity` relates two documents too. In a family, a counterpart holds such a run."""
    near_identity: float = 0.75
    """Identity from which a match that is not verbatim is `near`; below it is `edited`."""
    shadow_share: float = 0.5
    """Share of a match's words in a better match above which it is dropped, as the shadow of the better one."""
    quotation_share: float = 0.5
    """Share of a passage between quotation marks from which it is a quotation."""

    # Passages of rewritten text.
    min_words: int = 1
    """Words that a joined match needs on both sides."""
    snap_words: int = 0
    """Words by which an end of a joined match may be moved to the end of its sentence."""
    join_characters: int = 0
    """Characters on both sides below which two matches are joined, and each word gets one source; 0 joins nothing."""

    sentence_end_words: int = 3
    """Words left to the end of a sentence, on either side, up to which a match is extended over them if they state other
    facts."""

    # Where to look.
    min_seed_bits: float = 30.0
    """Bits that a shared run of fewer than `IndexParams.run` tokens needs to be looked at.

    Less than `threshold_bits`, because the alignment around the run can add the rest."""
    min_seed_share: float = 0.7
    """The same as a share of the bits that a match needs in a corpus of that size. In a large corpus millions of short runs are
    shared by chance; of those that grow to a match, one in fifty starts with less."""
    all_pairs_documents: int = 12
    """Documents that share a fingerprint or a band up to which all their pairs are looked at.

    Of more documents, each is looked at with two hubs only. So the cost is linear, and families bring the rest together."""
    seed_places: int = 4
    """Places of one fingerprint in one document that are looked at."""
    seed_margin: int = 60
    """Tokens around a seed that are aligned before two documents count as related."""
    max_windows: int = 2048
    """Windows of one pair of documents that are looked at. If there are more, a notice says that not all was aligned."""
    followed_seeds: int = 64
    """Seeds of one pair of documents from which the shared run is followed, to see whether it relates the two."""
    whole_window_share: float = 0.25
    """Share of all token pairs of two documents from which one window of them makes the kernel compare both whole at once."""
    max_whole_cells: int = 1 << 26
    """Token pairs up to which two related documents are compared whole: 8,192 words each. Above, only around seeds."""
    max_points: int = 1 << 22
    """Pairs of equal tokens of two documents that are looked at: some 130 MB for each thread.

    If there are more, the documents repeat themselves endlessly, and a notice says that not all was aligned."""
    repetitive_points: int = 1 << 16
    """Points of two documents, pairs of equal words, up to which all are scored, however they are spread."""
    repetitive_points_per_word: int = 32
    """Points for each word of two documents above which they count as repetitive: refrains, tables, tickers. Prose has about 3,
    because the points of a frequent word count only beside other points."""
    kept_points_per_word: int = 8
    """Points that are scored of each word of a repetitive document: those in the longest runs. A notice says so."""
    max_matches: int = 1000
    """Matches that one pair of documents may have. If there are more, a notice says that not all was aligned."""
    dense_neighbours: int = 50
    """Documents of its dense group that a document shares runs with, at least. Of such a group not all pairs are aligned."""
    dense_partners: int = 12
    """Most similar documents of its dense group with which a document is aligned, beside the first of the group."""

    # Families.
    all_pairs_passages: int = 50
    """Passages up to which a family lists all its pairs. A larger one lists each passage against the canonical copy."""
    min_cut_distance: int = 8
    """Tokens between two cuts of a canonical copy. Ends of matches that are closer become one cut."""
    segment_share: float = 0.5
    """Share of a segment above which a match must cover it to give the segment's family a counterpart."""
    segment_equal_share: float = 0.5
    """Share of equal tokens from which the part of a match in a segment is a counterpart."""
    segment_whole_share: float = 0.9
    """Share of a match's tokens from which its part in a segment needs no equal tokens counted: it was verified as a whole."""

    # What kind of text is shared.
    public_days: int = 14
    """Days in a stretch of time. What recurs in several stretches recurs in reports of unrelated events."""
    public_times: int = 4
    """Stretches of time in which a run of words must occur to be nobody's: a name with its title, or a formula."""
    standing_times: int = 3
    """Stretches of time in which a run must occur in one outlet to be furniture of its pages."""
    standing_share: float = 0.8
    """Share of the documents that hold a run which must be of one outlet for the run to be its furniture."""
    hub_words: int = 200
    """Words that documents need to be compared with hubs only if all that they share is a phrase or furniture."""
    local_share: float = 0.8
    """Share of the windows of two documents from which, if they hold phrases or furniture, the two are compared only there."""
    public_share: float = 0.1
    """Share of the shorter of two documents up to which a passage that is a phrase or furniture is aligned once a family only,
    not for each pair of its documents."""
    version_share: float = 0.8
    """Share of the shorter of two documents from which what they share makes them versions of one text. What recurs in all its
    versions is no phrase and no furniture."""
    gallery_places: int = 3
    """Places in one document at which a run of words must come again for what lies between them to be a gallery or a list."""
    gallery_gap: int = 200
    """Words that may lie between two such places."""
    public_words: int = QUOTE_WORDS
    """Words from which words in quotation marks count as a quotation."""
    gallery_cover: float = 0.7
    """Share of such a stretch that the repeated words may cover. A post that was printed three times is no gallery."""
    signature_words: int = 14
    """Shared words up to which a match may be only the line that signs a post: a name, an account, a date."""
    link_words: int = 4
    """Words below which words between two parts of one kind belong to them, such as "he said" inside a quotation."""
    narration_word_bits: float = 8.0
    """Bits at most of a word that is neither a name nor a figure, when it is asked whether the narrator's words are shared."""
    narration_bits: float = 60.0
    """Bits of the narrator's own words, less the cost of what was changed, that show that one text was made from the other, in
    a corpus of one article. About eight words; names with their titles and common facts in common words reach less."""
    narration_bits_per_doubling: float = 1.5
    """What is added to `narration_bits` whenever the corpus doubles: 20,000 articles need three words more."""
    drawn_bits: float = 80.0
    """Bits of such narration in two documents from which weak passages of the two count as narration too, in a corpus of one
    article."""
    drawn_bits_per_doubling: float = 4.0
    """What is added to `drawn_bits` whenever the corpus doubles. The more pairs of documents are compared, the more of them
    share common facts in common words although neither draws on the other."""
    weak_narration_bits: float = 24.0
    """Bits of the narrator's own words that such a weak passage needs. A quotation needs as many, of words that are neither
    names nor figures. Fewer bits between two parts of one kind belong to them. About three words."""
    article_words: int = 500
    """Words of a usual article: the size of corpus from which `..._per_doubling` counts."""

    # Boilerplate.
    boilerplate_words: int = 60
    """Words below which a passage may be boilerplate whatever its dates are."""
    boilerplate_documents: int = 3
    """Documents of one outlet, unrelated to each other, in which boilerplate recurs."""
    boilerplate_days: int = 30
    """Days that must lie between each two documents for a longer passage to be boilerplate. No story lasts as long."""
    form_documents: int = 6
    """The same, whatever the passage's length and their dates are: no outlet tells one part of a story in so many articles that
    have nothing else in common."""
    boilerplate_share: float = 0.5
    """Share of a family's documents above which it is boilerplate, of those whose outlet repeats the passage as above."""
    related_share: float = 0.3
    """Share of the shorter of two documents from which what they share makes them related."""
    related_rest: float = 0.2
    """Share of an article below which the rest beside the passage is too short to judge by; then the passage counts too."""

    def needed_bits(self, tokens: int) -> float:
        """Return the bits that a match needs in a corpus of so many tokens: `threshold_bits` beyond what chance explains."""
        return self.threshold_bits + 2 * math.log2(max(tokens, 2)) - 1

    def needed_seed_bits(self, tokens: int) -> float:
        """Return the bits that a short shared run needs to be looked at in a corpus of so many tokens."""
        return max(self.min_seed_bits, self.min_seed_share * self.needed_bits(tokens))


MATCH_PRESETS = {
    "news": MatchParams(),
    "rewritten": replace(
        MatchParams(),
        preset="rewritten",
        matchable_only=False,
        join_characters=600,
        near_jump_cost=7.0,
        far_jump_cost=20.0,
        min_words=20,
        topic_weight=2.0,
        topic_words=0.0,
        min_seed_share=0.0,
        snap_words=8,
        common_word_places=1_000_000,
        retelling_word_bits=math.inf,
    ),
}
"""Values of `MatchParams` by purpose.

`news` finds passages that news texts share. `rewritten` compares texts that were spun, translated back or summarised: order may
change, pieces that lie close together are one match, and that two texts tell one event explains nothing away."""


def match_preset(name: str) -> MatchParams:
    """Return the `MatchParams` of the preset `name`. UsageError names the presets that exist."""
    try:
        return MATCH_PRESETS[name]
    except KeyError:
        raise UsageError(f"no preset {name!r}; there are: {', '.join(MATCH_PRESETS)}") from None


def as_dict(index: IndexParams, match: MatchParams) -> dict[str, object]:
    """Return the parameters that shaped a result, for its report.

    There is one entry for each field; an infinite number is None, which JSON writes as null.
    """
    every = asdict(index) | asdict(match)
    return {name: None if isinstance(value, float) and math.isinf(value) else value for name, value in every.items()}


FIELD_NAMES: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "uid", "_id", "doc_id", "docid", "article_id", "guid", "uuid"),
    "text": (
        *("text", "body", "content", "maintext", "articlebody", "article_body", "full_text", "fulltext", "body_text"),
        *("content_text", "plain_text", "article_text", "article", "story"),
    ),
    "outlet": (
        *("outlet", "series", "source", "domain", "publication", "publisher", "newspaper", "source_domain"),
        *("sitename", "site_name", "media_name", "site"),
    ),
    "published": (
        *("published", "date", "published_at", "publishedat", "publish_date", "date_publish", "datepublished"),
        *("date_published", "publication_date", "published_date", "pubdate", "pub_date", "timestamp", "datetime"),
    ),
    "url": ("url", "link", "permalink", "canonical_url"),
    "title": ("title", "headline"),
    "author": ("author", "authors", "byline"),
    "kind": ("kind",),
    "agency": ("agency",),
}
"""Each field of a `Document` that an input can state, and its usual names in inputs, in small letters, the preferred first."""


@dataclass(frozen=True, slots=True)
class Reading:
    r"""How documents are read: where their fields are, in which format, and how much a file may unpack to.

    Raises `UsageError` for a field that does not exist, another `extraction`, and a limit below 1; `read` raises it for an
    unknown `format` or `encoding`, and an `outlet_from` that names no outlet.

    >>> import dedup
    >>> from pathlib import Path
    >>> _ = Path("export.csv").write_text("nr,words,paper\n1,One story.,The Daily\n")
    >>> reading = dedup.Reading(fields={"id": "nr", "text": "words", "outlet": "paper"})
    >>> [(d.id, d.text, d.outlet) for d in dedup.read("export.csv", reading)]
    [('1', 'One story.', 'The Daily')]
    """

    fields: Mapping[str, str] = field(default_factory=dict)
    """By field of a `Document` (a key of `FIELD_NAMES`), its name in the input. Dots lead into objects within objects:
    `{"text": "article.body"}`. A field that is not listed is found under its usual names."""
    format: str | None = None
    """The format of standard input and of files that are named one by one, such as `csv`; None: recognised by their content."""
    outlet_from: str | None = None
    """Where the outlet is taken from: `folder`; `domain`, the registered domain of the URL; or a regular expression that is
    searched in the file's name and whose first group, or group `outlet`, is the outlet. None: from the field."""
    extraction: Literal["full", "fast"] = "full"
    """How articles are found in web pages. `fast` omits the second attempt that trafilatura makes at difficult pages."""
    ratio: int = 200
    """The most that a compressed file may unpack to, as a multiple of its own size. Text is compressed to a third or a tenth of
    its size; a file that is made to fill a disk, to a thousandth or less."""
    size: int = 1 << 40
    """The most that a compressed file may unpack to, in bytes (1 TiB)."""
    encoding: str | None = None
    """The encoding of files that do not state their own, under any of its usual names: plain texts, tables, JSON, and pages and
    feeds that declare none. A byte order mark is believed before it. None: UTF-8; of a page that is not, a guess is told."""
    pages: int | None = None
    """The most pages that a PDF may have; None: any number. A server of uploads bounds its work by it."""

    def __post_init__(self) -> None:
        """Raise `UsageError` for values that cannot be."""
        for name in self.fields:
            if name not in FIELD_NAMES:
                close = difflib.get_close_matches(name, FIELD_NAMES, 1)
                hint = f"; did you mean {close[0]}?" if close else ""
                raise UsageError(f"fields: no field {name!r}{hint} (the fields are: {', '.join(FIELD_NAMES)})")
        if self.extraction not in {"full", "fast"}:
            raise UsageError(f"extraction {self.extraction!r}: use full or fast")
        if self.ratio < 1 or self.size < 1:
            raise UsageError(f"ratio {self.ratio}, size {self.size}: both must be 1 or more")
        if self.pages is not None and self.pages < 1:
            raise UsageError(f"pages is {self.pages}; it must be 1 or more")

    def as_dict(self) -> dict[str, object]:
        """Return the values that differ from the defaults, as plain data."""
        values = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        default = Reading()
        return {name: value for name, value in values.items() if value != getattr(default, name)}


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
    """Whose copy the newsroom may print if it credits them: agencies, by any of their names, and other sources by theirs."""
    own_outlets: Set[str] = frozenset()
    """Outlets whose texts are the newsroom's own, beside the outlet of the draft."""
    ignore_sources: Set[str] = frozenset()
    """Documents (by id) and outlets; what a draft shares with them is not reported."""
    ignore_phrases: tuple[re.Pattern[str], ...] = ()
    """Patterns; a shared passage in which one of them is found is not reported."""
    min_words: int = 8
    """Words that a reported passage needs. Shorter ones are common phrases: the guarantee of winnowing starts here as well."""
    quote_words: int = QUOTE_WORDS
    """Words from which words in quotation marks count as a quotation."""
    weak_bits: int = 120
    """Bits below which all that the draft shares with a source is too little to be called copied: about ten common words."""
    quote_limit: int = 50
    """Words of one source that may be printed without quotation marks where the draft names that source."""
    version_share: float = 0.8
    """Share of the draft from which an article of the newsroom itself is a version of the draft, and no text before it."""
    finding_gap: int = 60
    """Words of the draft's own that may lie between two passages of one paste."""
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
    attribution_words: int = 12
    """Words up to which the words between commas that name the speaker of a quotation belong to it."""

    def __post_init__(self) -> None:
        """Freeze the collections, and refuse values of another type."""
        for name in ("licensed", "own_outlets", "ignore_sources"):
            given = getattr(self, name)
            if not isinstance(given, Set | list | tuple) or not all(isinstance(one, str) for one in given):
                example = f", as {{{given!r}}}" if isinstance(given, str) else ""
                raise UsageError(f"{name}: give a set of strings{example}, not {given!r}")
            if any(not one.strip() for one in given):
                raise UsageError(f"{name}: one of the names is empty")
            object.__setattr__(self, name, frozenset(given))
        phrases = self.ignore_phrases
        if not isinstance(phrases, list | tuple) or not all(isinstance(one, re.Pattern) for one in phrases):
            raise UsageError(f"ignore_phrases: give a tuple of compiled regular expressions, not {phrases!r}")
        if any(pattern.search("") for pattern in phrases):
            raise UsageError("ignore_phrases: one of the patterns fits an empty text, so it would leave out everything")
        object.__setattr__(self, "ignore_phrases", tuple(phrases))
        for name in (f.name for f in dataclasses.fields(self) if isinstance(f.default, int)):
            number = getattr(self, name)
            if not isinstance(number, int) or isinstance(number, bool) or number < 0:
                raise UsageError(f"{name}: give a whole number of 0 or more, not {number!r}")
