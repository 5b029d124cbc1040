"""Stage 8: who copied whom."""

import json
import math
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracles import forest_score
from test_cli import SEEDS
from test_cli import dedup as command

import dedup
from dedup.provenance.collate import collate
from dedup.provenance.forest import ROOT, Search
from dedup.provenance.model import PRESETS, Evidence
from dedup.types import Document

WIRE = [
    "Lebanese soldiers captured by militants three years ago were buried near the border town of Arsal.",
    "Washington supplied sizeable military equipment worth several hundred million dollars annually.",
    "The central bank raised its main interest rate by half a point to slow the fall of the currency.",
    "Fishermen on the northern coast said their nets had been empty since the spill in early spring.",
    "A court in the capital sentenced two former ministers to nine years for taking bribes.",
    "The orchestra will open its season with a symphony that was thought lost for ninety years.",
    "Engineers closed the old bridge after sensors found cracks in three of its steel cables.",
    "Voters in eleven provinces choose new assemblies next month, and turnout is expected to be low.",
]
NOON = datetime(2018, 7, 16, 12, tzinfo=UTC)


def article(name: str, sentences: list[str], hours: float | None = None, **rest: str) -> Document:
    published = NOON + timedelta(hours=hours) if hours is not None else None
    return Document(name, "\n\n".join(sentences), published=published, **rest)  # type: ignore[arg-type] # texts


def changed(sentences: list[str], old: str, new: str) -> list[str]:
    return [s.replace(old, new) for s in sentences]


def parents(report: dedup.Report) -> dict[str, str]:
    return {e.child: e.parent for e in report.provenance.edges if e.kind != "passage"}


CHAIN = [
    article("first", WIRE, 0),
    article("second", changed(WIRE, "soldiers", "troops"), 2),
    article("third", changed(changed(WIRE, "soldiers", "troops"), "bridge", "viaduct")[:6], 5),
]


def test_a_chain_of_copies_is_told_in_order() -> None:
    assert parents(dedup.trace(CHAIN)) == {"second": "first", "third": "second"}


def test_years_between_two_dates_are_no_trouble() -> None:
    late = [CHAIN[0], article("second", changed(WIRE, "soldiers", "troops"), 24 * 365 * 30)]
    assert parents(dedup.trace(late)) == {"second": "first"}


def test_input_order_changes_nothing() -> None:
    expected = dedup.trace(CHAIN).provenance
    assert dedup.trace(CHAIN[::-1]).provenance == expected


def test_a_third_document_tells_which_of_two_was_cut() -> None:
    # Without dates a cut and an addition look alike; that a third has all of the longer one's words tells them apart.
    whole, other = article("whole", WIRE), article("other", changed(WIRE, "currency", "pound"))
    cut = article("cut", changed(WIRE, "bribes", "money")[:4])
    assert parents(dedup.trace([whole, other, cut])).get("cut") in {"whole", "other"}


def test_equal_copies_without_dates_are_not_told_apart() -> None:
    found = dedup.trace([article("a", WIRE), article("b", WIRE)]).provenance
    assert found.versions == (("a", "b"),)
    for edge in found.edges:
        assert all(rival.confidence <= 0.6 or rival.parent is None for rival in edge.rivals)


def test_a_credited_agency_that_is_not_there_is_a_hidden_source() -> None:
    # Each copy has changes of its own and none has another's, so that none can be the source of the rest.
    copies = [
        article(
            f"copy{n}",
            [*changed(changed(WIRE, WIRE[n].split()[0], f"Paper{n}"), WIRE[n].split()[-1], f"end{n}."), "(Reuters)"],
            n,
        )
        for n in range(6)
    ]
    (source,) = dedup.trace(copies).provenance.sources
    assert source.agency == "Reuters"
    assert len(source.children) >= 4


def test_no_edge_runs_in_a_circle_and_every_child_has_one_parent() -> None:
    draw = random.Random(3)
    documents = [article("0", WIRE)]
    for n in range(1, 9):
        source = draw.choice(documents).text.split("\n\n")
        documents.append(article(str(n), changed(source, draw.choice(WIRE[0].split()), f"word{n}")))
    edges = [e for e in dedup.trace(documents).provenance.edges if e.kind != "passage"]
    above = {e.child: e.parent for e in edges}
    assert len(above) == len(edges)
    for child in above:
        seen = {child}
        while (child := above.get(child, "")) in above:
            assert child not in seen
            seen.add(child)


def test_a_story_of_very_many_copies_is_traced_too() -> None:
    documents = [article("wire", WIRE, 0)]
    documents += [article(f"copy{n:03}", changed(WIRE, "soldiers", f"men{n % 7}"), n + 1) for n in range(300)]
    above = parents(dedup.trace(documents))
    assert above["copy000"] == "wire"
    # The first with the same wording is as good a source as any.
    assert above["copy100"] == f"copy{100 % 7:03}"
    assert len(above) == 300


def test_evidence_is_true_of_the_texts() -> None:
    report = dedup.trace(CHAIN)
    edge = next(e for e in report.provenance.edges if e.child == "third")
    assert "6 of the 6 sentences of third are in second" in edge.evidence
    assert "third stops after sentence 6 of the shared ones of second" in edge.evidence
    assert "third is dated 3.0 hours later" in edge.evidence


def test_a_wrong_date_is_outweighed_and_told() -> None:
    wrong = [article("first", [*WIRE], 9), CHAIN[1], CHAIN[2], article("fourth", [*WIRE, "(first)"], 4, outlet="Daily")]
    wrong[0] = article("first", WIRE, 9, outlet="first")
    edge = next(e for e in dedup.trace(wrong).provenance.edges if e.child == "fourth")
    assert edge.parent == "first"
    assert "fourth is dated 5.0 hours earlier" in edge.doubts


def test_the_score_of_a_forest_does_not_depend_on_what_was_scored_before() -> None:
    search = Search(Evidence(collate(CHAIN), len(CHAIN), PRESETS["news"]))
    forests = [[ROOT, 0, 1], [ROOT, 0, 0], [1, ROOT, 1], [ROOT, ROOT, ROOT], [2, 2, ROOT]]
    first = [search.score(f) for f in forests]
    fresh = Search(Evidence(collate(CHAIN), len(CHAIN), PRESETS["news"]))
    assert [fresh.score(f) for f in reversed(forests)] == first[::-1]
    assert min(forests, key=search.score) == [ROOT, 0, 1]


@st.composite
def tellings(draw: st.DrawFn) -> tuple[list[Document], list[int]]:
    """A few copies of one story, each changed a little, and a forest over them, perhaps with a circle."""
    documents = []
    for n in range(draw(st.integers(2, 5))):
        held = [s for s in WIRE if draw(st.integers(0, 3))] or WIRE[:1]
        old, new = draw(st.sampled_from([("soldiers", "troops"), ("bridge", "viaduct"), ("fall", "slide"), ("x", "x")]))
        title = draw(st.sampled_from(["", "Empty nets and cracked cables up north\n\n"]))
        credit = draw(st.sampled_from(["", "\n\nSource: AFP"]))
        text = title + "\n\n".join(changed(held, old, new)) + credit
        outlet = draw(st.sampled_from(["one", "two", "Reuters"]))
        hours = draw(st.none() | st.integers(0, 9))
        documents.append(Document(f"d{n}", text, outlet=outlet, published=NOON + timedelta(hours=hours) if hours else None))
    count = len(documents)
    return documents, [draw(st.sampled_from([p for p in range(-1, count) if p != n])) for n in range(count)]


@given(tellings())
def test_a_forest_is_scored_as_the_model_says(telling: tuple[list[Document], list[int]]) -> None:
    documents, forest = telling
    search = Search(Evidence(collate(documents), len(documents), PRESETS["news"]))
    expected = forest_score(search, forest)
    assert search.score(forest) == pytest.approx(expected, abs=1e-3)
    if expected < math.inf:
        climbed = list(forest)
        best = search.climb(climbed)
        assert best <= expected + 1e-3
        assert best == pytest.approx(forest_score(search, climbed), abs=1e-3)


def test_a_sentence_parted_otherwise_is_the_same_sentence() -> None:
    plain = "Its allies say US officials weighed the risks of the sale for three long years before they gave their consent."
    dotted = plain.replace("US", "U.S.")
    table = collate([article(name, [*WIRE, s]) for name, s in (("a", plain), ("b", dotted), ("c", dotted))])
    assert table.present.all()


def test_of_very_many_tellings_the_most_alike_earlier_one_is_named() -> None:
    words = " ".join(WIRE).split()
    documents = [Document("d000", " ".join(words), published=NOON)]
    draw = random.Random(4)
    expected = {}
    for n in range(1, 80):
        parent = draw.randrange(n)
        told = documents[parent].text.split()
        for at in draw.sample(range(len(told)), 6):
            told[at] = f"w{n}x{at}"
        documents.append(Document(f"d{n:03}", " ".join(told), published=NOON + timedelta(hours=n)))
        expected[f"d{n:03}"] = f"d{parent:03}"
    found = parents(dedup.trace(documents, preset="retelling"))
    assert sum(found.get(child) == parent for child, parent in expected.items()) > 0.9 * len(expected)


def test_a_headline_tells_copies_from_their_like() -> None:
    title = "Nets stay empty on the northern coast this spring"
    edited = changed(WIRE, "soldiers", "troops")
    documents = [
        article("wire", WIRE, 0),
        article("titled", [title, *WIRE], 2),
        article("copy", [title, *edited], 5),
        article("other", ["Something else entirely happened to fishermen", *WIRE], 1),
    ]
    assert parents(dedup.trace(documents))["copy"] == "titled"


def test_an_agency_that_copies_credit_and_nobody_has_is_a_source() -> None:
    lead = [f"ARSAL (Reuters) - {WIRE[0]}", *WIRE[1:]]
    documents = [
        article("one", changed(lead, "bridge", "viaduct"), 3, outlet="one"),
        article("two", changed(lead, "bribes", "gifts"), 4, outlet="two"),
        article("three", changed(lead, "symphony", "concerto")[:6], 5, outlet="three"),
    ]
    (source,) = dedup.trace(documents).provenance.sources
    assert source.agency == "Reuters"
    assert source.children == ("one", "three", "two")


def test_of_two_agencies_credited_alike_that_of_the_dateline_is_the_source() -> None:
    # Not that whose name comes first in the alphabet.
    lead = [f"ARSAL (Reuters) - {WIRE[0]}", *WIRE[1:], "AFP contributed to this report."]
    documents = [
        article("one", changed(lead, "bridge", "viaduct"), 3, outlet="one"),
        article("two", changed(lead, "bribes", "gifts"), 4, outlet="two"),
        article("three", changed(lead, "symphony", "concerto"), 5, outlet="three"),
    ]
    (source,) = dedup.trace(documents).provenance.sources
    assert source.agency == "Reuters"


def test_the_seeds_are_no_tree() -> None:
    out = command("tree", SEEDS).stdout.decode()
    assert "No document is a copy of another as a whole." in out


def lines(documents: list[Document]) -> bytes:
    rows = (
        {"id": d.id, "text": d.text, "outlet": d.outlet, "published": d.published.isoformat() if d.published else None}
        for d in documents
    )
    return "\n".join(json.dumps({k: v for k, v in row.items() if v is not None}) for row in rows).encode()


def test_tree_prints_what_it_knows_in_every_format() -> None:
    data = lines(CHAIN)
    assert b"third" in command("tree", "-", stdin=data).stdout
    found = json.loads(command("tree", "-", "--format", "json", stdin=data).stdout)
    edge = found["provenance"]["edges"][0]
    assert {"child", "parent", "kind", "confidence", "evidence", "rivals"} <= set(edge)
    assert 0 <= edge["confidence"] <= 1
    for fmt, word in (("dot", b"digraph"), ("mermaid", b"flowchart")):
        assert word in command("tree", "-", "--format", fmt, stdin=data).stdout
    for fmt in ("graphml", "gexf"):
        assert ElementTree.fromstring(command("tree", "-", "--format", fmt, stdin=data).stdout) is not None
    told = command("tree", "-", "--explain", "third", stdin=data).stdout.decode()
    assert "third ← second" in told
    done = command("tree", "-", "--explain", "nobody", stdin=data)
    assert (done.returncode, b"nobody" in done.stderr) == (2, True)


def test_a_graph_is_valid_xml_and_the_same_on_every_day() -> None:
    rows = [{"id": f"d\x01{n}", "text": "\n\n".join(WIRE)} for n in range(2)]
    data = "\n".join(map(json.dumps, rows)).encode()
    for fmt in ("graphml", "gexf"):
        out = command("tree", "-", "--format", fmt, stdin=data).stdout
        assert ElementTree.fromstring(out) is not None
        assert b"lastmodified" not in out


def test_tree_takes_a_report(tmp_path: Path) -> None:
    data = lines(CHAIN)
    report = tmp_path / "report.json"
    command("scan", "-", "--format", "json", "--with-text", "-o", report, stdin=data)
    found = json.loads(command("tree", report, "--format", "json").stdout)
    direct = json.loads(command("tree", "-", "--format", "json", stdin=data).stdout)
    assert found["provenance"] == direct["provenance"]


def test_nothing_to_trace_is_said() -> None:
    assert command("tree", "-", stdin=b'{"text": "one short text"}').returncode == 0
    with pytest.raises(dedup.UsageError, match="news, retelling"):
        dedup.trace([], preset="lyrics")


@pytest.mark.parametrize("count", [2, 3, 5, 8])
def test_equal_copies_without_dates_are_never_told_who_of_them_copied_whom(count: int) -> None:
    found = dedup.trace([article(f"copy{n}", WIRE) for n in range(count)]).provenance
    for edge in found.edges:
        # The confidence is that of a version: all its other copies share it.
        assert edge.confidence / (count - 1) <= 0.6
        assert all(rival.confidence <= 0.6 for rival in edge.rivals if rival.parent)


def collage() -> list[Document]:
    """Four stories of their own, and a page made of a sentence or two of each, without dates."""
    sources = []
    for n in range(4):
        own = [f"In story{n} the w{n}a{k} of w{n}b{k} met w{n}c{k} near w{n}d{k} and left w{n}e{k} behind." for k in range(9)]
        sources.append(article(f"source{n}", own))
    taken = [s for n, d in enumerate(sources) for s in d.text.split("\n\n")[n : n + 2]]
    return [*sources, article("page", taken)]


def test_a_page_of_passages_of_many_texts_is_who_borrowed() -> None:
    edges = dedup.trace(collage()).provenance.edges
    assert {(e.child, e.parent) for e in edges} == {("page", f"source{n}") for n in range(4)}


def test_passages_and_parents_make_no_circle() -> None:
    copies = [article(f"c{n}", changed(WIRE, "bridge", f"bridge{n}"), n) for n in range(3)]
    edges = dedup.trace([*collage(), *copies, article("both", WIRE[:3] + collage()[4].text.split("\n\n"))]).provenance.edges
    above: dict[str, set[str]] = {}
    for edge in edges:
        above.setdefault(edge.child, set()).add(edge.parent)
    for child, own in above.items():
        queue = list(own)
        for one in queue:
            assert one != child
            queue += above.get(one, set()) - set(queue)


def test_a_short_text_that_ends_early_was_cut_and_not_the_start_of_a_longer_one() -> None:
    edges = parents(dedup.trace([article("whole", WIRE), article("part", WIRE[:5])]))
    assert edges == {"part": "whole"}
