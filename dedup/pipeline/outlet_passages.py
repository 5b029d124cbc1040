"""Which passages each outlet started, which it carried, and how long after the first outlet."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from statistics import median

from dedup.pipeline.outlet_relations import Members, Relations
from dedup.press.order import days_between, hours_between
from dedup.types import Report


@dataclass(slots=True)
class OutletPassages:
    """How many passages of narration an outlet has in common with others, and its times behind the first."""

    shared: int = 0
    started: int = 0
    carried: int = 0
    hours: list[float] = field(default_factory=list)
    days: list[int] = field(default_factory=list)

    def lag_hours(self) -> float | None:
        """Return the median of `hours`."""
        return round(median(self.hours), 2) if self.hours else None

    def lag_days(self) -> float | None:
        """Return the median of `days`."""
        return float(median(self.days)) if self.days else None


def outlet_passages(report: Report, relations: Relations, counted: Collection[str]) -> Mapping[str, OutletPassages]:
    """Return the passages of each outlet, by its key: families of narration in which it has one of the documents `counted`.

    For a family, an outlet stands with its first article that has the passage.
    """
    out: dict[str, OutletPassages] = defaultdict(OutletPassages)
    for family in report.families:
        if family.kind != "reuse" or family.content != "narration":
            continue
        heads = _first_articles(relations, {span.doc or "" for span in family.passages})
        if len(heads) < 2:
            continue
        members = relations.members(family.id, heads)
        for name in heads:
            outlet = relations.outlets[name]
            if outlet is not None and name in counted:
                _count(out[outlet], relations, name, members)
    return out


def _first_articles(relations: Relations, names: Collection[str]) -> list[str]:
    """Return the first article of each outlet among `names`, and all articles without an outlet; undated ones come first."""
    firsts: dict[object, str] = {}
    for name in sorted(names, key=lambda name: (relations.times[name].start, relations.times[name].end, name)):
        firsts.setdefault(relations.outlets[name] or (name,), name)
    return list(firsts.values())


def _count(own: OutletPassages, relations: Relations, name: str, members: Members) -> None:
    """Add to `own` one passage, which the article `name` has in common with `members`."""
    others = list(relations.telling(name, members))
    kinds = {relations.relation(name, other, members.family).kind for other in others}
    own.shared += 1
    if "from" not in kinds:
        own.started += kinds == {"first"}
        return
    own.carried += 1
    now = relations.times[name]
    before = [time for other in others if relations.outlets[other] and (time := relations.times[other]).before(now)]
    if not before or not now.is_known:
        return
    first = min(before)
    if (hours := hours_between(first, now)) is not None:
        own.hours.append(hours)
    elif (days := days_between(first, now)) is not None:
        own.days.append(days)
