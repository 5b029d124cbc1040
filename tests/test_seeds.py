"""The gold standard of the five seed articles: what must be found in them, and what must not."""

import json
from pathlib import Path
from typing import Any

import pytest

import dedup

ROOT = Path(__file__).parents[1]
GOLD = json.loads((ROOT / "tests" / "data" / "seeds_gold.json").read_text(encoding="utf-8"))
Side = tuple[str, int, int]


@pytest.fixture(scope="module")
def report() -> dedup.Report:
    return dedup.scan(dedup.read(ROOT / "seeds"))


def sides(row: dict[str, Any]) -> tuple[Side, Side]:
    return (row["a"], row["a_start"], row["a_end"]), (row["b"], row["b_start"], row["b_end"])


def reported(row: dict[str, Any], report: dedup.Report) -> bool:
    """Whether one match covers at least half of both sides of a gold pair."""

    def covers(span: dedup.Span, side: Side) -> bool:
        shared = min(span.end, side[2]) - max(span.start, side[1])
        return span.doc == side[0] and 2 * shared >= side[2] - side[1]

    a, b = sides(row)
    return any((covers(m.a, a) and covers(m.b, b)) or (covers(m.a, b) and covers(m.b, a)) for m in report.matches)


def test_the_seeds_are_the_texts_that_were_judged(report: dedup.Report) -> None:
    assert {d.id: d.sha256 for d in report.documents} == {d["id"]: d["sha256"] for d in GOLD["documents"]}


def test_required_pairs_are_found(report: dedup.Report) -> None:
    required = [p for p in GOLD["pairs"] if p["required"]]
    missed = [p["id"] for p in required if not reported(p, report)]
    assert len(required) == 21
    assert missed == []


def test_hard_negatives_and_boilerplate_are_not_reported(report: dedup.Report) -> None:
    assert [n["id"] for n in GOLD["negatives"] if reported(n, report)] == []
    assert [p["id"] for p in GOLD["pairs"] if p["kind"] == "boilerplate" and reported(p, report)] == []


def test_matches_lie_in_passages_that_a_reader_called_reused(report: dedup.Report) -> None:
    meant = [sides(p) for p in GOLD["pairs"] if p["kind"] != "boilerplate"]
    inside = total = 0
    for match in report.matches:
        for own, other in ((match.a, match.b), (match.b, match.a)):
            cells: set[int] = set()
            for pair in meant:
                for near, far in (pair, pair[::-1]):
                    if near[0] == own.doc and far[0] == other.doc and min(far[2], other.end) > max(far[1], other.start):
                        cells.update(range(max(near[1], own.start), min(near[2], own.end)))
            inside += len(cells)
            total += own.end - own.start
    assert inside / total >= 0.85
