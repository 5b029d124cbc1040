"""Every number that shapes who copied whom: `TraceParams`, in a group for each part of `dedup/provenance`.

It is a part of `params` in a module of its own: a scan and a check do not need it, and making its classes would take a tenth of
the time of a check. The module is long because it is a table of numbers.
"""

import math
from dataclasses import dataclass

from dedup.errors import UsageError


@dataclass(frozen=True, slots=True)
class StoryParams:
    """Which documents are traced together as one story, and by which method."""

    share: float = 0.25
    """Share of the narration of the shorter of two documents that both must have to join their stories. It is low because a
    collage has only a part of its text from each of its sources."""
    copies_share: float = 0.7
    """The same share where the joined story would have more than `searched` documents. It is high because each report of one
    event shares something with another report, so that a low share would join them all."""
    whole_share: float = 0.8
    """Share of both of two documents that their matches must cover for these to be the same text, whatever it holds."""
    collage: float = 0.5
    """Share of a document that stands in several others from which it is a collage, whatever it credits."""
    days: float = 7.0
    """Days between two documents up to which the same public words show that they report one event."""
    statement: int = 200
    """Characters of such words that show it."""
    statement_share: float = 0.1
    """Share of the shorter document that shows it, if that is less."""
    searched: int = 60
    """Documents of a story up to which all its forests are searched at once. A larger story is searched in pieces of at most
    this many documents (`partition`). The kernel holds 128 rows, which must have room for the unseen sources too."""
    compared: int = 1500
    """Documents of a story up to which the words of each pair are compared: the memory for that grows with the square. In a
    larger story whole sentences are compared (`nearest`)."""


@dataclass(frozen=True, slots=True)
class CollationParams:
    """How sentences of several documents are recognised as one sentence."""

    sentence_words: int = 5
    """Words that a sentence needs to be collated: shorter ones ("He said no.") recur by chance."""
    headline_words: int = 4
    """Words that a headline needs to count as the same headline: shorter ones ("World news") recur by chance."""
    shingle: int = 3
    """Words of a shingle by which sentences are compared."""
    sentence_share: float = 0.22
    """Share of its shingles that a sentence must have in common with a locus to join it. It is low because one changed word
    breaks three shingles."""
    part_share: float = 0.5
    """The same share for a sentence beside one that is already in that locus: the two may be parts of one sentence that other
    documents have whole."""
    shared_shingles: int = 2
    """Shingles that a sentence must have in common with a locus in any case: one may be a set phrase."""
    compared: int = 4
    """Loci with most shingles in common that a sentence is compared with."""
    initial_gap: int = 4
    """Code points between an initial and the next token from which they are two words; below it, they may be one abbreviation
    (U.S., U. S.)."""
    house_style_letters: int = 6
    """Letters that a word needs for its British ending to be replaced by the American one: "four" is no "for"."""


@dataclass(frozen=True, slots=True)
class WordCosts:
    """What it costs that the words of a copy differ from its source's.

    A copy changes each word with the same probability, which is one of `rates`: some copies are verbatim, some are rewritten.
    """

    rates: tuple[float, ...] = (0.0004, 0.004, 0.02, 0.08, 0.22)
    """Shares of its words that a copy changes: from a verbatim copy to a rewritten one."""
    weights: tuple[float, ...] = (0.40, 0.15, 0.20, 0.10, 0.15)
    """Prior probability of each of the `rates`; their sum is 1."""
    alternatives: float = 10.0
    """Number of words among which a copy chooses when it changes one."""
    spelling: float = 0.2
    """What a change of spelling counts as, in word changes: a newsroom respells what it prints, whoever it copied."""
    spelling_similarity: float = 0.8
    """Similarity (Ratcliff and Metzener 1988) above which two words are one word in two spellings."""
    spelling_letters: int = 4
    """Letters that both words need for that."""
    spelling_difference: int = 2
    """Letters by which the lengths of the two words may differ."""
    left_out: float = 0.9
    """What the first word of a run of words that the copy left out counts as, in word changes."""
    put_in: float = 0.7
    """What the first word of a run of words that the copy put in counts as, in word changes."""
    further: float = 0.05
    """What each further word of such a run counts as, in word changes: a run is one decision."""
    run: int = 40
    """Words of such a run that are counted at most: the length of a long sentence."""
    repeated: float = 0.25
    """Factor for a change of one word to another that the same copy has made before: a name is respelt throughout."""
    unrelated: float = 99.0
    """Word changes from which two wordings of a sentence count as unrelated."""


@dataclass(frozen=True, slots=True)
class KeptCosts:
    """What it costs that a copy kept some sentences of its source and left out others.

    A copy keeps an opening of its source, or all of it, with some omissions; it seldom keeps what comes behind that part.
    """

    whole: float = 0.6
    """Probability that the part which a copy keeps is its whole source. All shorter openings are equally likely."""
    omission: float = 0.06
    """Probability that a copy leaves out a sentence of the part which it keeps."""
    behind: float = 0.04
    """Probability that a copy keeps a sentence behind that part."""
    most: float = 14.0
    """Upper bound of what these three cost together, in nats: a digest may take a few sentences from anywhere."""
    ended: float = 1.0
    """Nats for leaving out the sentences at the source's end that no other document has. Each other sentence that only the
    source has costs 1 nat."""
    own_most: float = 4.0
    """Upper bound of the cost of all sentences that only the source has, in nats."""
    tailed: float = 2.0
    """Nats for a copy that ends with sentences of its own: copies are cut at the end more often than continued."""
    disorder: float = 0.7
    """Nats for each two successive sentences of the source that the copy has in the opposite order."""
    disorder_most: float = 6.0
    """Upper bound of that cost, in nats: who rearranges a text does not decide on each sentence anew."""


@dataclass(frozen=True, slots=True)
class DateCosts:
    """What the dates of two documents say about which of them is the copy. A date may be wrong; a missing one says nothing."""

    wrong: float = 0.1
    """Probability that two dates which are almost equal are in the wrong order."""
    spread: float = 8.0
    """Hours between two dates at which that probability is half of `wrong`: other time zones shift a date by hours."""
    own_wrong: float = 0.00001
    """The same probability for two documents of one newsroom, which are dated by one clock."""
    lag: float = 14.0
    """Mean delay of a copy behind its source, in hours; delays are exponentially distributed."""
    unrelated: float = 12.0
    """Mean distance of the dates of two documents that are no copies of each other, in hours; a Laplace distribution."""
    tolerance: float = 0.15
    """Hours by which a copy may be dated before its source although both dates are right: nine minutes."""
    tied: float = 0.3
    """Likelihood ratio of a copy that is dated so little before its source, or at the same time."""
    late: float = 72.0
    """Hours of delay after which `older` decides instead of `lag`: three days."""
    older: float = 0.3
    """Nats for a delay that is longer than `late` by a factor of e; they grow with the logarithm. An outlet's own text, which
    stays valid until it is updated, does not grow old."""


@dataclass(frozen=True, slots=True)
class CreditCosts:
    """What credits and agencies say about which of two documents is the copy."""

    parent: float = 3.5
    """Nats by which a credit to the parent's newsroom makes an edge cheaper."""
    signed: float = 6.0
    """Nats by which a byline of the parent's newsroom makes an edge cheaper still, and the opposite edge dearer."""
    unseen: float = 1.5
    """Nats by which a credit to an agency that is not among the documents makes an edge from an unseen source cheaper. It is
    lower than `parent` because the credited agency need not be that source."""
    origin: float = 2.5
    """Nats for an origin that credits another newsroom."""
    agency: float = 50.0
    """Nats for an agency's own text, or a release, as a copy of another newsroom's: these are copied."""
    at_home: float = 6.0
    """Nats for a text on its outlet's own site as a copy of the same page under another outlet's name."""


@dataclass(frozen=True, slots=True)
class ArtefactCosts:
    """What broken characters (mojibake) say about which of two documents is the copy."""

    least: int = 3
    """Broken characters from which a document counts as broken: fewer may be quoted."""
    origin: float = 1.0
    """Nats for a broken origin: text breaks when it is copied."""
    mended: float = 2.0
    """Nats for a copy without broken characters of a broken document: few newsrooms mend them."""
    broken: float = 1.0
    """Nats for a broken copy of a document without broken characters."""


@dataclass(frozen=True, slots=True)
class ParentParams:
    """Which document may be the main parent of another, and which of them an outlet updates."""

    main_share: float = 0.4
    """Share of its words that a document must have in common with its main parent. Less is a borrowed passage. At 0, for texts
    that were retold, any document may be the parent, and all documents are one story."""
    update_share: float = 0.25
    """The same share for an update, where the outlet's last text is the parent: an outlet rewrites its own text freely."""
    quoted: float = 0.2
    """What a quoted word counts as in these shares, beside 1 for a word of the narrator: both may have heard it."""
    forbidden: float = 50.0
    """Nats for a main parent with a smaller share: more than all evidence for one edge amounts to."""
    update: float = 0.9
    """Probability that an outlet makes its next text on a story from its last one."""


@dataclass(frozen=True, slots=True)
class ForestCosts:
    """What a forest costs beside the costs of its edges, in nats."""

    root: float = 6.0
    """For each origin: a story has few."""
    second_source: float = 1.0
    """For a document that has sentences from a second source."""
    second_sentence: float = 1.5
    """For each sentence from a second source, beside the logarithm of the number of documents that it may be from."""
    second_most: float = 30.0
    """Word changes that count at most between such a sentence and its source."""
    addition: float = 0.5
    """For a copy that adds sentences of its own which other documents took over."""
    added_sentence: float = 2.0
    """For each such sentence."""
    update_addition: float = 0.5
    """For an outlet's update that adds sentences of its own which other documents took over."""
    update_sentence: float = 0.5
    """For each such sentence. It costs less than in a copy, because an update is made to add something."""
    headline: float = 5.0
    """For each pair of documents with the same headline that neither has from its parent: it was invented twice."""
    absent: float = 3.0
    """For a tree whose origin is a document while one of its documents credits an agency that is not among them."""
    popular: float = 0.4
    """Concentration of the Dirichlet-multinomial distribution of copies over documents. Below 1, a document that has been
    copied is likely to be copied again."""
    popular_agency: float = 6.0
    """The same concentration for agencies and unseen sources: they are copied before anyone has copied them."""


@dataclass(frozen=True, slots=True)
class UnseenParams:
    """When a source that is not among the documents is assumed, and what its text is. It needs a document that credits it."""

    cost: float = 7.0
    """Nats for an unseen source that is itself a copy. What its copies have in common must pay for it."""
    growth: float = 1.5
    """Nats by which that cost grows with the logarithm of the documents: of many copies some agree by chance."""
    growth_from: int = 10
    """Documents above which it grows."""
    origin: float = 3.0
    """Nats for an unseen source that is the origin of a tree."""
    passes: int = 3
    """Times that unseen sources are proposed and tried at most; each pass builds on the sources of the last."""
    proposals: int = 24
    """Proposals that a pass tries, the highest ranks first: each adds a row to all arrays."""
    rounds: int = 2
    """Rounds of the climb after a pass: most of the forest is settled by then."""
    shared_changes: int = 3
    """Changes that two copies of one document must have in common, against it, to be proposed as copies of an unseen source.
    The rank of the proposal is their number divided by this."""
    origins_share: float = 0.34
    """Share of the words of the shorter of two origins that both must have to be proposed as copies of an unseen source."""
    origins_rank: float = 9.0
    """Rank of that proposal."""
    tree_least: int = 3
    """Rows that a tree needs to be proposed, as a whole, as copies of an unseen source."""
    tree_rank: float = 15.0
    """Rank of that proposal."""
    forced_rank: float = 20.0
    """Rank from which a source is tried although its text equals that of a copy. Where children of an origin credit an agency
    that is not among the documents, they are proposed with this rank, plus one for each child that does."""
    held: float = 2.5
    """Weight of a copy that holds a sentence, in the vote on whether the unseen source had it. It is higher than `lacked`
    because copies leave out more than they add."""
    lacked: float = 2.0
    """Weight of a copy that lacks the sentence, unless the copy ends before it."""
    holders: int = 2
    """Copies that must hold a sentence for the unseen source to have it."""
    lead: float = 1.0
    """Hours by which an unseen source is dated before the first of its copies."""


@dataclass(frozen=True, slots=True)
class CommonSourceParams:
    """When two newsrooms that credit nobody have one text from a source that is not among the documents.

    Log odds of that against the one having copied the other.
    """

    two: float = 0.7
    """Where no other newsroom has the text. Of such pairs in labelled news, more than half have a common source."""
    more: float = 1.2
    """What they lose each time that the newsrooms which have the text double: of many, more may copy each other, and the words
    of many show who did."""
    late: float = 96.0
    """Hours after which customers of one agency seldom print its text: four days, with a weekend in between."""
    late_against: float = 2.5
    """What a copy that is later than that loses."""
    out_of_turn: float = 0.05
    """Probability that who copies another has a text before it: a wrong date, or a text that it was first with."""
    habit_for: float = 4.0
    """The most that habits add."""
    habit_against: float = 1.0
    """The most that habits take away: of two customers of one agency, one may always be faster."""
    balanced: float = 3.0
    """Log likelihood ratio of the habits of two newsrooms from which both are customers of an unseen source."""
    customers: float = 3.5
    """For two newsrooms that are customers of unseen sources, whoever their other customers are."""
    printed_again: float = 0.75
    """Probability that such a newsroom has a text that it prints twice from there both times."""
    headline_against: float = 1.2
    """What a copy with its parent's headline loses: newsrooms write their own headlines over an agency's text."""
    collage: float = 0.15
    """Share of a document that it has from texts which share nothing with its parent, from which it is a collage."""
    collage_against: float = 2.0
    """What a collage loses: it was made from its parent as from these."""
    cut_least: int = 3
    """Sentences of its own that a parent needs for `cut_share` to be asked."""
    cut_share: float = 0.125
    """A copy was cut from its parent if it has at most so many sentences that the parent lacks, by those that the copy lacks.
    Who has an agency's text cuts it in other places than the next. What a copy adds at its end does not count."""
    cut_against: float = 1.5
    """What such a copy loses."""
    agreed: float = 1.0
    """For each word in which other copies agree with the copy against the parent."""
    agreed_most: int = 2
    """Such words that count."""
    issued: float = 0.9
    """Probability that a text which credits nobody is made from an agency's text or a release that holds its words."""
    least: float = 0.5
    """Probability from which a source is assumed."""
    origin: float = 0.7
    """Probability from which the origin of the tree was made from it, too. Below that it is left open what the origin is: to
    call a report a copy that is none is worse than the opposite."""


@dataclass(frozen=True, slots=True)
class SearchParams:
    """How the best forest is searched (a climb), and how the forests around it are sampled (a Metropolis-Hastings walk)."""

    parents: int = 10
    """Likely parents of a document that are kept, by the guessed cost of the edge."""
    tried: int = 8
    """Likely parents that a move of the climb or of the walk may choose."""
    siblings: int = 12
    """Other copies of its parent that the climb tries as the parent of a document."""
    rounds: int = 4
    """Rounds of the climb; it ends earlier where a round improves nothing."""
    exchanges: int = 3
    """Exchanges of a parent and its child that one round makes at most."""
    gain: float = 1e-6
    """Nats that an improvement must exceed: less is rounding."""
    unreachable: float = 200.0
    """Nats that an impossible edge counts in the mean cost of a document's edges. The first origin is chosen by that mean."""
    guessed_changes: float = 40.0
    """Word changes that a guessed cost counts at most for a sentence which the parent lacks."""
    guessed_headline: float = 2.5
    """Nats by which an equal headline lowers the guessed cost of an edge: half of `ForestCosts.headline`, since the document
    may have it from another."""
    steps: int = 150
    """Steps of the walk for each row."""
    burn_in: int = 5
    """Number of equal parts of the walk, of which the first is not counted."""
    temperature: float = 1.5
    """Temperature of the walk: above 1 it is less sure than the model, whose costs are not independent of each other."""
    flatness: float = 2.0
    """Factor on the temperature for the choice of a parent in a move, which only proposes."""
    floor: float = 0.05
    """Weight of every parent in that choice, added to its weight by guessed cost, at most 1. So every parent can be chosen."""
    origin: float = 0.05
    """Probability that a move proposes a document as an origin, instead of a parent for it."""
    reattach: float = 0.7
    """Probability that a move gives a row another parent."""
    reroot: float = 0.15
    """Probability that a move makes a row the origin of its tree."""
    exchange: float = 0.08
    """Probability that a move exchanges a row and its parent only. The other moves exchange their children too."""


@dataclass(frozen=True, slots=True)
class PartitionParams:
    """How a story of more than `StoryParams.searched` documents is cut into pieces, each of which is searched."""

    parents: int = 15
    """Cheapest parents of a row that the rough tree is chosen from; as many again among the first rows of each wording, so that
    equal copies do not fill the list."""
    origin: float = 3000.0
    """Nats for an origin of the rough tree: above all other costs, so that it has as few trees as possible."""
    rounds: int = 2
    """Times that the rough tree is made. After the first, documents with copies are cheaper parents."""
    credits: int = 8
    """Documents that must credit an agency which is not among them for an unseen source to be added."""
    above: int = 8
    """Ancestors of a piece that are searched with it."""
    steps: int = 50
    """Steps of the walk for each row of a piece; replaces `SearchParams.steps`."""


@dataclass(frozen=True, slots=True)
class NearestParams:
    """How the most similar earlier document is chosen, where a story is too large for a search."""

    lacked: float = 0.5
    """What a word that the parent has and the copy lacks takes from their similarity, beside 1 for a common word: the copy may
    have been cut."""
    words: int = 2
    """Words of a shingle by which retold texts are compared: short, since few words follow each other unchanged."""
    similarity: float = 0.25
    """Jaccard similarity of shingles that a parent must exceed."""
    named: int = 5
    """Equally similar documents that are named as possible parents."""
    confidence: float = 0.8
    """Confidence that one of the most similar earlier documents is the parent, divided between them."""


@dataclass(frozen=True, slots=True)
class PassageParams:
    """Who borrowed a passage from whom. Each document has a rate of borrowing, estimated from all its passages."""

    borrowed: float = 0.3
    """Borrowed passages that a document is assumed to have before any is seen: the Beta prior of its rate."""
    written: float = 0.7
    """Passages of its own that a document is assumed to have before any is seen: the other half of that prior."""
    unshared: float = 0.3
    """What text that a document shares with nobody counts as, beside shared text of the same length that it wrote itself."""
    rate_least: float = 0.02
    """Lower bound of the rate of borrowing; 1 minus this is the upper bound."""
    rounds: int = 30
    """Rounds of expectation maximisation."""
    reworded: float = 0.5
    """Share of a passage that a match with the main parent must cover for it to be the parent's, reworded."""
    decided: float = 0.5
    """Confidence from which one holder of a passage is the source of the others; below that, all have it from elsewhere."""
    credited: float = 0.8
    """Confidence in an unseen source of a passage that the document with the passage credits."""
    unseen: float = 0.6
    """Confidence in an unseen source of a passage that nobody names."""
    dated: float = 0.5
    """Factor on the log odds that a date is in the right order: each pair of holders counts once from either side."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """The logistic regression (Platt 1999) that turns a share of the walk into the probability that a parent is right.

    `bench/quality/calibrate.py` fits it on simulated stories.
    """

    constant: float = 0.0
    """Log odds in any case."""
    slope: float = 1.0
    """Factor on the log odds of the share."""
    dated: float = 0.0
    """Log odds that are added where both documents have dates, and these are in order."""
    credited: float = 0.0
    """Log odds that are added where the copy credits the parent."""
    unseen: float = 0.0
    """Log odds that are added where the parent is an unseen source that the copy does not credit."""
    named: float = 0.0
    """Log odds that are added where it credits the source, but does not sign it."""


@dataclass(frozen=True, slots=True)
class ConfidenceParams:
    """How confident an answer is."""

    main: Calibration = Calibration(0.49, 0.54, 0.04, 0.34, -1.49, -0.5)
    """For the parents in a story of up to `StoryParams.searched` documents."""
    pieces: Calibration = Calibration(0.33, 0.45, 0.16, 0.44, -0.08, 0.0)
    """For the parents in a larger story, which is searched in pieces."""
    nearest: Calibration = Calibration()
    """For the parents that were chosen by similarity only: `NearestParams.confidence` is not changed."""
    passage: Calibration = Calibration(-1.89, 1.0)
    """For the source of a passage, in a document without a main parent."""
    passage_in_tree: Calibration = Calibration(-2.04, 0.29)
    """For the source of a passage, in a document that has a main parent."""
    either: float = 0.65
    """The most for one of two documents as the copy of the other, where no date and no credit says which. It may be the other
    way round."""
    independent: float = 0.92
    """Confidence that a document which no edge leads to is no copy: of such documents in labelled news, as many are none."""
    dateline: float = -0.7
    """Log odds that are added where a document without a copy has only the dateline of its source."""
    rival: float = 0.15
    """Share of the walk from which another parent is named as a rival."""
    undecided: float = 0.5
    """Confidence in the parent of an unseen source, which the walk does not sample."""


@dataclass(frozen=True, slots=True)
class TraceParams:
    """What the model of copying assumes; a group of fields for each part of `dedup/provenance`.

    Costs are negative natural logarithms of probabilities (nats). Values were set by hand and checked with
    `bench/quality/tracing.py` and `bench/quality/origins.py`; only the calibrations are fitted.
    """

    preset: str = "news"
    """Name of the preset that these values are from."""
    stories: StoryParams = StoryParams()
    """Which documents are one story."""
    collation: CollationParams = CollationParams()
    """Which sentences are one sentence."""
    words: WordCosts = WordCosts()
    """Cost of changed words."""
    kept: KeptCosts = KeptCosts()
    """Cost of what was kept and left out."""
    dates: DateCosts = DateCosts()
    """Cost of dates."""
    credits: CreditCosts = CreditCosts()
    """Cost of credits and agencies."""
    artefacts: ArtefactCosts = ArtefactCosts()
    """Cost of broken characters."""
    parents: ParentParams = ParentParams()
    """Which document may be a main parent."""
    forest: ForestCosts = ForestCosts()
    """Cost of a forest beside its edges."""
    unseen: UnseenParams = UnseenParams()
    """Sources that are not among the documents."""
    common: CommonSourceParams = CommonSourceParams()
    """Unseen sources that nobody credits."""
    search: SearchParams = SearchParams()
    """The climb and the walk over forests."""
    partition: PartitionParams = PartitionParams()
    """Large stories, in pieces."""
    nearest: NearestParams = NearestParams()
    """Stories too large for a search."""
    passages: PassageParams = PassageParams()
    """Passages from documents that are not the main parent."""
    confidence: ConfidenceParams = ConfidenceParams()
    """How confident an answer is."""


TRACE_PRESETS = {
    "news": TraceParams(),
    "retelling": TraceParams(preset="retelling", parents=ParentParams(main_share=0.0), nearest=NearestParams(similarity=0.1)),
}
"""`news`: copies in the press. `retelling`: texts retold in other words, which share few words in a row."""


def trace_preset(name: str) -> TraceParams:
    """Return the preset `name` for `trace`; UsageError lists the presets there are."""
    try:
        return TRACE_PRESETS[name]
    except KeyError:
        raise UsageError(f"no preset {name!r}; there are: {', '.join(TRACE_PRESETS)}") from None


SHARE_LEAST = 0.02
"""Lower bound of the share that `calibrated` takes, and of 1 minus it: a finite walk cannot show more certainty."""


def calibrated(share: float, constant: float, slope: float) -> float:
    """Return the calibrated probability of a claim to which the model itself gives the probability `share`."""
    odds = math.log(max(share, SHARE_LEAST) / max(1 - share, SHARE_LEAST))
    return 1 / (1 + math.exp(-constant - slope * odds))
