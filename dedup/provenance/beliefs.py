"""What tracing believes of copying, in numbers with names: the presets, and how a share of its walk becomes a confidence."""

import math
from dataclasses import dataclass

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


PRESETS = {"news": TraceParams(), "retelling": TraceParams(preset="retelling", main_share=0.0, alike_least=0.1)}


def calibrated(share: float, constant: float, slope: float) -> float:
    """Return the probability that a claim is right which the model itself gives `share`; it rises with it."""
    odds = math.log(max(share, 0.02) / max(1 - share, 0.02))
    return 1 / (1 + math.exp(-constant - slope * odds))
