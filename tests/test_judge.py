"""How the shared words of a draft are cut into passages, and which of its own versions have them first."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dedup.arrays import overlapping
from dedup.judge.passages import counterpart
from dedup.judge.runs import run_parts
from dedup.params import CheckRules
from dedup.types import JUDGEMENTS, Change, Extent, Match, Span

SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20)).map(lambda span: (span[0], span[0] + span[1])), max_size=12)


@given(SPANS, SPANS)
def test_overlaps_are_those_of_the_slow_rule(spans: list[tuple[int, int]], places: list[tuple[int, int]]) -> None:
    slow = [[n for n, (a, b) in enumerate(spans) if a < high and low < b] for low, high in places]
    assert overlapping(spans, places) == slow


def slow_parts(ranks: "np.ndarray[tuple[int], np.dtype[np.int8]]", rules: CheckRules) -> list[tuple[int, int]]:
    """The rule as it is told: the shortest part that is too short joins the longer one beside it, until none is too short."""
    attributed, quoted = JUDGEMENTS.index("quoted-attributed"), JUDGEMENTS.index("quoted-unattributed")

    def cut() -> list[tuple[int, int]]:
        return list(pairwise([0, *(n for n in range(1, len(ranks)) if ranks[n] != ranks[n - 1]), len(ranks)]))

    def least(parts: list[tuple[int, int]], n: int) -> int:
        beside = any(ranks[low] == attributed for low, _ in [*parts[max(n - 1, 0) : n], *parts[n + 1 : n + 2]])
        longer = beside and ranks[parts[n][0]] > quoted
        return max(rules.fragment_words, rules.min_words) if longer else rules.fragment_words

    parts = cut()
    while len(parts) > 1:
        short = [n for n in range(len(parts)) if parts[n][1] - parts[n][0] < least(parts, n)]
        if not short:
            break
        at = min(short, key=lambda n: parts[n][1] - parts[n][0])
        low, high = parts[at]
        near = [n for n in (at - 1, at + 1) if 0 <= n < len(parts)]
        ranks[low:high] = ranks[parts[max(near, key=lambda n: parts[n][1] - parts[n][0])][0]]
        parts = cut()
    return parts


@given(st.lists(st.tuples(st.integers(0, len(JUDGEMENTS) - 1), st.integers(1, 12)), min_size=1, max_size=14))
def test_a_run_is_cut_as_by_the_slow_rule(lengths: list[tuple[int, int]]) -> None:
    ranks = np.repeat(*np.array(lengths, np.int8).T)
    other = ranks.copy()
    assert run_parts(ranks, 0, len(ranks), CheckRules()) == slow_parts(other, CheckRules())
    assert ranks.tolist() == other.tolist()


def test_a_part_of_a_passage_has_its_counterpart_by_the_changes() -> None:
    changes = (
        Change("insert", Extent(10, 10), Extent(110, 114)),
        Change("replace", Extent(20, 25), Extent(124, 126)),
        Change("delete", Extent(30, 33), Extent(131, 131)),
    )
    match = Match(Span("a", 0, 40), Span("b", 100, 138), "near", 0.9, 90.0)
    for part, other in [((0, 10), (100, 110)), ((10, 20), (110, 124)), ((11, 22), (115, 126)), ((33, 40), (131, 138))]:
        assert counterpart(match, Extent(*part), changes) == other
