"""What each outlet of a report starts, carries, copies and follows."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from dedup.errors import UsageError
from dedup.outlet_types import ArticleRow, CopiedRow, OutletRow, Outlets, RuleRow
from dedup.pipeline.filtered import long_passages
from dedup.pipeline.filters import Filters
from dedup.pipeline.outlet_passages import OutletPassages, outlet_passages
from dedup.pipeline.outlet_relations import Relations
from dedup.pipeline.outlet_words import ArticleWords, WordPlaces, article_words
from dedup.pipeline.trace import shared_text
from dedup.press.names import agency_of, outlet_key
from dedup.trace_params import TraceParams
from dedup.types import Provenance, Report

_RULE = re.compile(r"\s*([^=,]*[^=,\s])\s*=\s*([0-9]{1,3}(?:\.[0-9]+)?)\s*%?\s*")
_DIGITS = 4
"""Decimals of a share."""


def outlets(report: Report, *, rules: Mapping[str, float] | None = None, filters: Filters | None = None) -> Outlets:
    """Return what each outlet of `report` starts, carries, copies and follows; `dedup.outlet_types` defines each number.

    `rules` are percentages by name: each counts the articles of an outlet that have at least so many percent of their words in
    matches with earlier articles of other outlets. A report without provenance is traced first, as far as documents share text.
    Of `filters`, `since` and `until` limit which articles are counted, `min_words` which passages, `outlets` which rows are
    returned; what they leave out still counts as earlier, or as a source. Articles without an outlet are counted apart.

    UsageError for a rule without a name, or with a percentage that is not above 0 and at most 100; and for an outlet in
    `filters` of which there is no document.

    >>> import dedup
    >>> from datetime import datetime
    >>> text = "So far, more than 270 square km have been fully captured on Syrian land, the army said on Sunday."
    >>> first = dedup.Document("one", text, outlet="The Daily", published=datetime(2018, 7, 14))
    >>> later = dedup.Document("two", text, outlet="Valley Post", published=datetime(2018, 7, 15))
    >>> found = outlets(dedup.scan([first, later]), rules={"duplicate": 90})
    >>> [(row.outlet, row.original, row.copied) for row in found.outlets]
    [('The Daily', 1.0, 0.0), ('Valley Post', 0.0, 1.0)]
    >>> [(row.outlet, row.articles) for row in found.rules]
    [('The Daily', 0), ('Valley Post', 1)]
    """
    rules, filters = checked_rules(rules or {}), filters or Filters()
    filters.refuse_unknown_outlets(report.documents)
    if report.provenance == Provenance():
        report = replace(report, provenance=shared_text(report, TraceParams()))
    counts = _count(report, filters)
    copied = _copied(counts)
    shown = {name for key, name in counts.names.items() if key in counts.own and filters.is_of(name)}
    return Outlets(
        tuple(row for row in _rows(counts, copied) if row.outlet in shown),
        tuple(row for row in copied if row.outlet in shown or row.source in shown),
        tuple(row for row in _rule_rows(counts, rules) if row.outlet in shown),
        tuple(row for row in _article_rows(counts) if row.outlet in shown),
        sum(outlet_key(document.outlet) is None and filters.is_in_time(document) for document in report.documents),
        report.notices,
        {"rules": dict(rules), "filters": filters.as_dict()},
    )


def checked_rules(rules: Mapping[str, float]) -> dict[str, float]:
    """Return `rules`. UsageError for one without a name, and for a percentage that is not above 0 and at most 100."""
    for name, percent in rules.items():
        if not isinstance(name, str) or not name.strip():
            raise UsageError(f"rule {name!r} has no name")
        if isinstance(percent, bool) or not isinstance(percent, int | float) or not 0 < percent <= 100:
            raise UsageError(f"rule {name!r}: {percent!r} is not a percentage above 0 and at most 100")
    return dict(rules)


def rules_in(texts: Iterable[str]) -> dict[str, float]:
    """Return the rules in `texts`, each of which has one or more NAME=PERCENT with commas between them.

    >>> rules_in(["similarity=60,duplicate=90"])
    {'similarity': 60.0, 'duplicate': 90.0}
    """
    out: dict[str, float] = {}
    for given in (one for text in texts for one in text.split(",")):
        found = _RULE.fullmatch(given)
        if not found:
            raise UsageError(f"--rule {given!r}: write NAME=PERCENT, such as duplicate=90")
        if found[1] in out:
            raise UsageError(f"--rule {given!r}: there is a rule {found[1]!r} already")
        out[found[1]] = float(found[2])
    return checked_rules(out)


@dataclass(frozen=True, slots=True)
class _Counts:
    """What was counted of the articles of each outlet; outlets by their keys."""

    names: Mapping[str, str]
    """The name by which each outlet and agency is shown."""
    own: Mapping[str, Sequence[str]]
    """The articles of each outlet."""
    dated: Mapping[str, int]
    words: Mapping[str, int]
    """The words of all its articles."""
    found: Mapping[str, ArticleWords]
    """By article, its words; without those that share nothing with another outlet."""
    passages: Mapping[str, OutletPassages]


def _count(report: Report, filters: Filters) -> _Counts:
    """Count what the articles in the time of `filters` have in common with all others."""
    relations, words = Relations(report), WordPlaces(report.documents)
    own: dict[str, list[str]] = defaultdict(list)
    dated: Counter[str] = Counter()
    for document in report.documents:
        key = relations.outlets[document.id]
        if key is not None and filters.is_in_time(document):
            own[key].append(document.id)
            dated[key] += document.published is not None
    counted = {name for names in own.values() for name in names}
    report = long_passages(report, filters.min_words)
    return _Counts(
        _names(report),
        own,
        dated,
        {key: sum(map(words.count, names)) for key, names in own.items()},
        article_words(report, relations, counted, words),
        outlet_passages(report, relations, counted),
    )


def _names(report: Report) -> dict[str, str]:
    """Return the name by which to show each outlet: an agency's display name, else the spelling of most documents."""
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    for document in report.documents:
        if (key := outlet_key(document.outlet)) is not None:
            spellings[key][document.outlet or ""] += 1
    names = {key: key if agency_of(key) == key else _most_common(own) for key, own in spellings.items()}
    agencies = {outlet_key(source.agency): source.agency or "" for source in report.provenance.sources if source.agency}
    return {key: name for key, name in sorted(agencies.items(), key=lambda item: item[1]) if key is not None} | names


def _most_common(spellings: Counter[str]) -> str:
    return min(spellings, key=lambda spelling: (-spellings[spelling], spelling))


def _share(part: float, whole: int) -> float:
    return round(part / whole, _DIGITS) if whole else 0.0


def _copied(counts: _Counts) -> list[CopiedRow]:
    """Return what each outlet has from each source, in order of the outlets' names; most words first."""
    out = []
    for key, names in counts.own.items():
        given = [counts.found[name].copied for name in names if name in counts.found]
        for source in {source for copied in given for source in copied}:
            own = [copied[source] for copied in given if source in copied]
            shown = None if source.key is None else counts.names[source.key]
            share = _share(sum(own), counts.words[key])
            out.append(CopiedRow(counts.names[key], shown, source.seen, len(own), sum(own), share))
    return sorted(out, key=lambda row: (row.outlet, -row.words, row.source or "", row.seen))


def _rows(counts: _Counts, copied: Sequence[CopiedRow]) -> list[OutletRow]:
    """Return the row of each outlet, those with most articles first."""
    sources = Counter(row.outlet for row in copied)
    copies = Counter(source for _, source in {(row.outlet, row.source) for row in copied})
    out = []
    for key, names in counts.own.items():
        name, words, passages = counts.names[key], counts.words[key], counts.passages.get(key, OutletPassages())
        given = [counts.found[one] for one in names if one in counts.found]
        copied_words = sum(sum(one.copied.values()) for one in given)
        unknown, quoted = sum(one.unknown for one in given), sum(one.quoted for one in given)
        out.append(
            OutletRow(
                name,
                len(names),
                counts.dated[key],
                words,
                _share(words - copied_words - unknown - quoted, words),
                _share(copied_words, words),
                _share(unknown, words),
                _share(quoted, words),
                passages.shared,
                passages.started,
                passages.carried,
                passages.lag_hours(),
                len(passages.hours),
                passages.lag_days(),
                len(passages.days),
                sources[name],
                copies[name],
            )
        )
    return sorted(out, key=lambda row: (-row.articles, row.outlet))


def _rule_rows(counts: _Counts, rules: Mapping[str, float]) -> list[RuleRow]:
    """Return for each outlet and rule how many articles the rule counts, in order of the outlets' names."""
    out = []
    for key, names in sorted(counts.own.items(), key=lambda item: counts.names[item[0]]):
        given = [counts.found[name] for name in names if name in counts.found]
        for rule, percent in rules.items():
            sure = sum(_reaches(one.earlier, one.words, percent) for one in given)
            possible = sum(_reaches(one.maybe_earlier, one.words, percent) for one in given)
            row = RuleRow(counts.names[key], rule, percent, sure, _share(sure, len(names)), possible - sure)
            out.append(row)
    return out


def _reaches(words: int, of: int, percent: float) -> bool:
    return words * 100 >= percent * of > 0


def _article_rows(counts: _Counts) -> list[ArticleRow]:
    """Return the row of each article that shares something with another outlet, by id."""
    outlet_of = {name: counts.names[key] for key, names in counts.own.items() for name in names}
    return [
        ArticleRow(
            name,
            outlet_of[name],
            one.words,
            _share(one.original, one.words),
            _share(sum(one.copied.values()), one.words),
            _share(one.unknown, one.words),
            _share(one.quoted, one.words),
            _share(one.earlier, one.words),
            _share(one.maybe_earlier, one.words),
        )
        for name, one in counts.found.items()
    ]
