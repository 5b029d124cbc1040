"""What joins two documents or passages, as JSON, schema `dedup.why/1`."""

from collections.abc import Sequence
from typing import NamedTuple

from dedup.report.json_values import dumps
from dedup.report.scan_json import match_json
from dedup.types import Match, Report, Span


class Chain(NamedTuple):
    """The `matches` of `report` that lead from the first of `ends` to the last; empty where nothing joins them."""

    report: Report
    ends: tuple[Span, Span]
    matches: Sequence[Match]

    def weakest(self) -> int | None:
        """Return the place in `matches` of the one with the fewest bits; None in an empty chain."""
        return min(range(len(self.matches)), key=lambda n: self.matches[n].bits, default=None)


def chain_json(chain: Chain) -> str:
    """Return the matches of the chain and the place of the weakest."""
    path = ",".join(map(match_json, chain.matches))
    return f'{{"schema":"dedup.why/1","path":[{path}],"weakest":{dumps(chain.weakest())}}}'
