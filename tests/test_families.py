"""Stage 7: families around a verified canonical copy; boilerplate distinguished from wire copy."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import oracles
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dedup
from dedup import _native, families
from dedup.arrays import Alignments
from dedup.params import MatchParams

PARAMS = MatchParams()
WIRE = (
    "Lebanese soldiers captured by militants three years ago were buried near the border town of Arsal on Sunday,"
    " the head of the internal security agency told reporters outside the presidential palace."
)
FOOTER = "Reproduction of photographs needs the written consent of the Qalamoun Gazette and its licensors worldwide."


def filler(n: int, words: int = 60) -> str:
    """Words that no other document has."""
    return " ".join(f"x{n}y{i}z" for i in range(words)) + "."


def document(name: str, text: str, **known: object) -> dedup.Document:
    return dedup.Document(name, text, **known)  # type: ignore[arg-type] # fields by name


def day(n: int) -> datetime:
    return datetime(2018, 7, n, tzinfo=UTC)


@st.composite
def alignments(draw: st.DrawFn) -> oracles.Aligned:
    """Equal runs with edits between them, of two of four documents; it may start or end with an edit."""
    docs = draw(st.lists(st.integers(0, 3), min_size=2, max_size=2, unique=True).map(sorted))
    a, b = start = draw(st.integers(0, 20)), draw(st.integers(0, 20))
    edits = []
    sizes = st.tuples(st.integers(0, 4), st.integers(0, 4))
    runs = draw(st.lists(st.integers(1, 12), min_size=1, max_size=4))
    for n, run in enumerate(runs):
        more, less = draw(sizes.filter(any) if n else sizes)
        if more or less:
            edits.append((a, a + more, b, b + less))
        a, b = a + more + run, b + less + run
    return oracles.Aligned((docs[0], docs[1]), (start[0], a, start[1], b), edits)


@settings(max_examples=500)
@given(
    st.lists(alignments(), min_size=1, max_size=7),
    st.tuples(st.permutations(range(4)), st.permutations(range(4))),
    st.lists(st.booleans(), min_size=4, max_size=4),
    st.tuples(st.integers(1, 8), st.integers(1, 5)),
    st.data(),
)
def test_families_are_cut_and_named_as_by_hand(
    found: list[oracles.Aligned],
    ranks: tuple[list[int], list[int]],
    dated: list[bool],
    cutting: tuple[int, int],
    data: st.DataObject,
) -> None:
    rows = np.array([[*x.docs, *x.extents, 0] for x in found], np.uint32)
    ends = np.cumsum([0, *(len(x.edits) for x in found)]).astype(np.int64)
    edits = np.array([edit for x in found for edit in x.edits], np.uint32).reshape(-1, 4)
    orders = np.array(ranks, np.uint32)
    params = replace(PARAMS, min_cut_distance=cutting[0], evident_run=cutting[1])
    canonical, offsets, passages = _native.cut_families(rows, ends, edits, orders, np.array(dated), params)
    expected = oracles.families(found, ranks, dated, *cutting)
    made = [
        (tuple(own), [tuple(p) for p in passages[x:y].tolist()])
        for own, x, y in zip(canonical.tolist(), offsets.tolist(), offsets[1:].tolist(), strict=False)
    ]
    assert made == expected
    reused = data.draw(st.lists(st.booleans(), min_size=len(made), max_size=len(made)))
    listed = data.draw(st.integers(2, 4))
    named = _native.name_families(rows, canonical, offsets, passages, np.array(reused, np.bool_), listed)
    assert named.tolist() == oracles.family_names(found, expected, reused, listed)


def test_all_copies_of_a_passage_are_one_family_with_all_pairs() -> None:
    report = dedup.scan([document(f"d{n}", f"{filler(n)} {WIRE} {filler(n + 100)}") for n in range(4)])
    (family,) = report.families
    assert family.kind == "reuse"
    assert [p.doc for p in family.passages] == ["d0", "d1", "d2", "d3"]
    assert len(report.matches) == 6
    assert {m.family for m in report.matches} == {family.id}
    for passage in family.passages:
        assert report.document(passage.doc or "").text[passage.start : passage.end] == WIRE


@pytest.mark.parametrize(
    ("dates", "canonical"),
    [((3, 1, 2), "b"), ((3, None, 2), "c"), ((None, None, None), "c"), ((1, 1, 1), "a")],
)
def test_the_canonical_copy_is_the_earliest_if_all_are_dated_else_the_longest(
    dates: tuple[int | None, ...], canonical: str
) -> None:
    lengths = {"a": 30, "b": 40, "c": 50}
    documents = [
        document(name, f"{WIRE} {filler(n, lengths[name])}", published=day(date) if date else None)
        for n, (name, date) in enumerate(zip("abc", dates, strict=True))
    ]
    (family,) = dedup.scan(documents).families
    assert family.canonical.doc == canonical
    assert family.id == families.identify(canonical, family.canonical.start, family.canonical.end)


def test_a_canonical_copy_is_cut_where_copies_end() -> None:
    second = "Washington supplied sizeable military equipment worth several hundred million dollars annually to Beirut."
    documents = [
        document("long", f"{WIRE} {second} {filler(0)}"),
        document("both", f"{filler(1)} {WIRE} {second}"),
        document("part", f"{filler(2)} {WIRE}"),
    ]
    report = dedup.scan(documents)
    extents = {tuple(sorted(p.doc or "" for p in f.passages)): f for f in report.families}
    assert set(extents) == {("both", "long", "part"), ("both", "long")}
    joint = next(m for m in report.matches if {m.a.doc, m.b.doc} == {"both", "long"})
    assert joint.family == extents["both", "long", "part"].id  # it covers most of the match


def test_two_passages_that_resemble_a_third_are_no_family_without_it() -> None:
    left = "Lebanese soldiers captured by militants three years ago were buried near Arsal"
    right = "Washington supplied sizeable military equipment worth several hundred million dollars"
    report = dedup.scan(
        [
            document("both", f"{left}. {filler(0)} {right}."),
            document("left", f"{left}. {filler(1)}"),
            document("right", f"{right}. {filler(2)}"),
        ]
    )
    assert sorted(tuple(p.doc for p in f.passages) for f in report.families) == [("both", "left"), ("both", "right")]


def test_copies_that_were_aligned_only_with_the_canonical_one_are_one_family() -> None:
    rows = np.array([[0, 1, 0, 2, 0, 1, 1], [0, 2, 0, 2, 0, 1, 1]], np.uint32)
    edits, offsets = np.array([[0, 1, 0, 0]] * 2, np.uint32), np.arange(3)
    aligned = Alignments(rows, np.ones(2, np.float32), offsets, edits, np.zeros((0, 2), np.uint32))
    params = replace(PARAMS, min_cut_distance=4, evident_run=5)
    [(canonical, passages)] = families.propose(
        aligned, np.tile(np.arange(3, dtype=np.uint32), (2, 1)), np.ones(3, np.bool_), params
    ).families()
    assert canonical in passages
    assert {doc for doc, _, _ in passages} == {0, 1, 2}


def test_a_family_of_many_lists_each_copy_against_the_canonical_one() -> None:
    documents = [document(f"d{n:02}", f"{filler(n)} {WIRE}") for n in range(60)]
    report = dedup.scan(documents)
    (family,) = report.families
    assert len(family.passages) == 60
    assert len(report.matches) == 59
    assert all(family.canonical.doc in (m.a.doc, m.b.doc) for m in report.matches)


@pytest.mark.parametrize("size", [50, 51, 120])
def test_dated_copies_stay_one_family_however_many(size: int) -> None:
    documents = [
        document(f"d{n:03}", f"{filler(n, 20 + n * 7 % 50)} {WIRE}", published=day(1) + timedelta(minutes=n * 37 % size))
        for n in range(size)
    ]
    (family,) = dedup.scan(documents).families
    assert len(family.passages) == size
    assert family.canonical.doc == "d000"


@pytest.mark.parametrize("others", [3, 60])
def test_what_two_copies_share_beyond_the_canonical_one_is_a_family_too(others: int) -> None:
    more = "Washington supplied sizeable equipment worth several hundred million dollars annually to Beirut."
    documents = [document(f"d{n:02}", f"{filler(n, 90)} {WIRE}") for n in range(others)]
    documents += [document(name, f"{WIRE} {more} {filler(number, 5)}") for name, number in (("y", 998), ("z", 999))]
    report = dedup.scan(documents)
    tail = next(f for f in report.families if [p.doc for p in f.passages] == ["y", "z"])
    assert report.document("y").text[tail.canonical.start : tail.canonical.end].strip() == more
    assert any({m.a.doc, m.b.doc} == {"y", "z"} and m.a.end == tail.passages[0].end for m in report.matches)
    assert report.shared["y"] > 0.8


def test_reuse_beside_boilerplate_is_reported() -> None:
    line = "Qalamoun fighters besieged barracks overnight while Damascus denied negotiating corridors."
    documents = [document(f"d{n}", f"{filler(n)} {FOOTER}", outlet="gazette") for n in range(4)]
    documents += [document(name, f"{filler(n)} {line} {FOOTER}", outlet="gazette") for name, n in (("y", 90), ("z", 91))]
    report = dedup.scan(documents)
    assert [{m.a.doc, m.b.doc} for m in report.matches] == [{"y", "z"}]
    assert {f.kind for f in report.families} == {"reuse", "boilerplate"}


def test_a_report_printed_again_is_reuse_though_its_form_recurs() -> None:
    # A flash and its story say the same in the form of a hundred others of that paper.
    form = "Shareholders of the company will be paid the dividend on the day below, said its board in a statement."
    dates = [day(1) + timedelta(days=200 * n) for n in range(4)]
    documents = [document(f"d{n}", f"{filler(n, 90)} {form}", outlet="gazette", published=date) for n, date in enumerate(dates)]
    documents += [
        document(name, f"{filler(90, 12)} {form} {filler(90 + n, 8)}", outlet="gazette", published=day(2))
        for n, name in enumerate("yz")
    ]
    report = dedup.scan(documents)
    assert "boilerplate" in {f.kind for f in report.families}
    joined = {frozenset((m.a.doc, m.b.doc)) for m in report.matches}
    assert frozenset("yz") in joined
    assert not any({one.id, other.id} in joined for one in documents[:4] for other in documents[:4])


def test_no_copy_is_lost_however_many_there_are() -> None:
    report = dedup.scan([document(f"d{n:04}", f"{filler(n, 8)} {WIRE}") for n in range(1500)])
    assert len(report.families[0].passages) == 1500
    assert all(report.shared[f"d{n:04}"] > 0.5 for n in range(1500))


def test_a_passage_that_recurs_in_unrelated_articles_of_one_outlet_is_boilerplate() -> None:
    documents = [document(f"d{n}", f"{filler(n)} {FOOTER}", outlet="gazette") for n in range(3)]
    report = dedup.scan(documents)
    assert [f.kind for f in report.families] == ["boilerplate"]
    assert report.matches == ()
    assert set(report.shared.values()) == {0.0}


@pytest.mark.parametrize(("days", "kind"), [(400, "boilerplate"), (1, "reuse"), (None, "reuse")])
def test_a_long_passage_is_boilerplate_only_over_many_days_of_one_outlet(days: int | None, kind: str) -> None:
    # A sign-up box of as many words as boilerplate has at the most was once a match of each article with each.
    box = filler(500, 60)
    dates = [day(1) + timedelta(days=days * n) if days else None for n in range(4)]
    documents = [document(f"d{n}", f"{filler(n, 300)} {box}", outlet="gazette", published=dates[n]) for n in range(4)]
    assert {f.kind for f in dedup.scan(documents).families} == {kind}
    others = [replace(d, outlet=f"paper {n}") for n, d in enumerate(documents)]
    assert {f.kind for f in dedup.scan(others).families} == {"reuse"}


@pytest.mark.parametrize("outlets", [["one", "two", "three"], [None, None, None]])
def test_the_same_passage_in_as_many_outlets_is_wire_copy(outlets: list[str | None]) -> None:
    documents = [document(f"d{n}", f"{filler(n)} {FOOTER}", outlet=outlet) for n, outlet in enumerate(outlets)]
    report = dedup.scan(documents)
    assert [f.kind for f in report.families] == ["reuse"]
    assert len(report.matches) == 3


def test_articles_that_share_much_are_no_boilerplate_to_each_other() -> None:
    documents = [document(f"d{n}", f"{filler(n, 20)} {FOOTER}", outlet="gazette") for n in range(3)]
    assert [f.kind for f in dedup.scan(documents).families] == ["reuse"]


def test_nothing_matches_inside_one_document() -> None:
    report = dedup.scan([document("only", f"{WIRE} {filler(0)} {WIRE}"), document("other", filler(1))])
    assert report.matches == ()
    assert report.families == ()


def test_every_match_names_a_family_that_holds_both_its_documents() -> None:
    pieces = [f"{WIRE[:60]} {filler(n, 4)} {WIRE[40:]}" for n in range(6)]
    report = dedup.scan(
        [document(f"d{n}", f"{pieces[n]} {filler(n + 50, 20)} {pieces[(n + 1) % 6]}") for n in range(6)],
        preset=replace(PARAMS, threshold_bits=30.0),
    )
    by_id = {f.id: f for f in report.families}
    assert report.matches
    for match in report.matches:
        members = {p.doc for p in by_id[match.family or ""].passages}
        assert {match.a.doc, match.b.doc} <= members
