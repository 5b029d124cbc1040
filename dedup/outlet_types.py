"""What `dedup.outlets` returns: flat records, all of whose values are plain.

A word counts once, however many matches it lies in, because matches overlap. Of the words of an article each is of one kind:

1. *copied*: narration that an article of another outlet has too, if that article is certainly earlier by its date; or if the
   tracing of the report names that article, or an unseen source of both, as the source, with a confidence of 0.85 or more.
2. *unknown*: of the rest, narration that an article of another outlet has too, if it is unknown which was first; also what an
   article without an outlet has too, unless that was later, because it may be the outlet's own.
3. *quoted*: of the rest, quotations that an article of another outlet, or without one, has too, unless that was later.
4. *original*: all other words, among them those that later articles have too, and shared phrases and furniture.
"""

from dataclasses import asdict, dataclass, field
from typing import Any

from dedup.types import Notice, Tables


@dataclass(frozen=True, slots=True)
class OutletRow:
    """One outlet. The shares are of all words of its articles, and add up to 1."""

    outlet: str
    articles: int
    dated: int
    """Its articles that have a date."""
    words: int
    original: float
    copied: float
    unknown: float
    quoted: float
    passages: int
    """Families of narration that its articles have in common with articles of other outlets or of none."""
    started: int
    """Of these, those that all others have later."""
    carried: int
    """Of these, those that it has from another outlet or from an unseen source, or that another outlet had earlier. In the rest
    it is unknown who was first."""
    lag_hours: float | None
    """The median time behind the earliest article of another outlet, of those passages carried in which both state a time of
    day."""
    lags_in_hours: int
    """How many passages that median is of."""
    lag_days: float | None
    """The same of the passages carried in which one of the two states only a day; in days of the calendar."""
    lags_in_days: int
    """How many passages that median is of."""
    follows: int
    """How many outlets and unseen sources it has words from."""
    followed_by: int
    """How many outlets have words from it."""


@dataclass(frozen=True, slots=True)
class CopiedRow:
    """What one outlet has from one source. The words of an outlet's rows add up to its words copied."""

    outlet: str
    source: str | None
    """An outlet, or an agency; None for an unseen source that nobody names."""
    seen: bool
    """Whether the source's own articles are among the documents."""
    articles: int
    """Articles that have words from it."""
    words: int
    share: float
    """Of all words of the outlet's articles."""


@dataclass(frozen=True, slots=True)
class RuleRow:
    """How many articles of one outlet one rule counts as not its own."""

    outlet: str
    rule: str
    percent: float
    articles: int
    """Those with at least so many percent of their words in matches with earlier articles of other outlets."""
    share: float
    """Of the outlet's articles."""
    undecided: int
    """More articles that the rule would count, if all articles that may be earlier were earlier, and of other outlets."""


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """One article of an outlet that shares narration or a quotation with an article that is not of this outlet."""

    id: str
    outlet: str
    words: int
    original: float
    copied: float
    unknown: float
    quoted: float
    earlier: float
    """Share of its words in narration and quotations that earlier articles of other outlets have; rules count this."""
    maybe_earlier: float
    """The same with the articles that may be earlier, and may be of other outlets."""


@dataclass(frozen=True, slots=True)
class Outlets:
    """What each outlet starts, carries, copies and follows."""

    outlets: tuple[OutletRow, ...]
    copied: tuple[CopiedRow, ...]
    rules: tuple[RuleRow, ...]
    articles: tuple[ArticleRow, ...]
    without_outlet: int = 0
    """Articles for which no outlet is stated. They are in no row."""
    notices: tuple[Notice, ...] = ()
    params: dict[str, object] = field(default_factory=dict)
    """The rules, the filters, and whether the report was traced: if not, unseen sources are unknown."""

    def __repr__(self) -> str:
        return f"<Outlets outlets={len(self.outlets)} articles={len(self.articles)} without_outlet={self.without_outlet}>"

    def tables(self) -> Tables:
        """Return the records as Arrow tables. UsageError without pyarrow (the extra `parquet`).

        >>> row = CopiedRow("The Daily", "AP", seen=False, articles=1, words=9, share=0.5)
        >>> Outlets((), (row,), (), ()).tables()["copied"].num_rows
        1
        """
        from dedup.report.tables import tables  # noqa: PLC0415 this module imports nothing of the reports

        return tables(self)

    def records(self) -> dict[str, list[dict[str, Any]]]:
        """Return the four lists of records as plain data, by name.

        >>> row = CopiedRow("The Daily", "AP", seen=False, articles=1, words=9, share=0.5)
        >>> Outlets((), (row,), (), ()).records()["copied"]
        [{'outlet': 'The Daily', 'source': 'AP', 'seen': False, 'articles': 1, 'words': 9, 'share': 0.5}]
        """
        named: dict[str, tuple[OutletRow | CopiedRow | RuleRow | ArticleRow, ...]]
        named = {"outlets": self.outlets, "copied": self.copied, "rules": self.rules, "articles": self.articles}
        return {name: [asdict(row) for row in rows] for name, rows in named.items()}
