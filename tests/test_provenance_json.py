"""Provenance as JSON, and back."""

import json
from dataclasses import replace
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from dedup.report.provenance_rows import provenance_from, provenance_row
from dedup.types import Edge, EdgeKind, Provenance, Reason, ReasonKind, Rival, UnseenSource

IDS, SHARES = st.text(max_size=9), st.floats(0, 1)
REASONS = st.lists(st.builds(Reason, st.sampled_from(get_args(ReasonKind)), st.text(max_size=20)), max_size=4).map(tuple)
RIVALS = st.lists(st.builds(Rival, st.none() | IDS, SHARES), max_size=3).map(tuple)
EDGES = st.builds(Edge, IDS, IDS, st.sampled_from(get_args(EdgeKind)), SHARES, REASONS, REASONS, RIVALS)
GROUPS = st.lists(IDS, min_size=2, max_size=4).map(tuple)
SOURCES = st.builds(UnseenSource, IDS, st.none() | IDS, SHARES, GROUPS)
FOUND = st.builds(Provenance, *(st.lists(part, max_size=3).map(tuple) for part in (EDGES, GROUPS, SOURCES)))


@given(FOUND)
def test_what_is_written_is_read_back_unchanged(found: Provenance) -> None:
    assert provenance_from(json.loads(json.dumps(provenance_row(found)))) == found


@given(FOUND)
def test_a_report_without_reasons_keeps_its_sentences(found: Provenance) -> None:
    row = provenance_row(found)
    for edge in row["edges"]:
        del edge["reasons"]
    for edge, read in zip(found.edges, provenance_from(row).edges, strict=True):
        assert read.evidence == edge.evidence
        assert [doubt.text for doubt in read.doubts] == [doubt.text for doubt in edge.doubts]
        assert {reason.kind for reason in (*read.reasons, *read.doubts)} <= {"unlabelled"}
        assert replace(read, reasons=(), doubts=()) == replace(edge, reasons=(), doubts=())


def test_evidence_and_doubts_are_sentences_beside_the_reasons() -> None:
    edge = Edge("b", "a", "main", 0.9, (Reason("credit", "b credits a"),), (Reason("undated", "no date"),))
    (row,) = provenance_row(Provenance((edge,)))["edges"]
    assert (row["evidence"], row["doubts"]) == (["b credits a"], ["no date"])
    assert row["reasons"] == [
        {"kind": "credit", "text": "b credits a", "against": False},
        {"kind": "undated", "text": "no date", "against": True},
    ]
