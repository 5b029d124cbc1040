"""Stage 8: who copied whom."""

import ast
import io
import json
import math
import os
import random
import re
import subprocess
import sys
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise, product
from pathlib import Path
from typing import get_args
from xml.etree import ElementTree

import networkx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles import forest_score, forest_shares, kept_cost, word_changes
from rich.console import Console
from test_cli import SEEDS
from test_cli import dedup as command

import dedup
from dedup import _native, trace_params, types
from dedup.language.counting import counted
from dedup.provenance import collation, costs
from dedup.provenance.consensus import heaviest_trees
from dedup.provenance.costs import EdgeCosts, Outline
from dedup.provenance.drawn import DrawnText
from dedup.provenance.forest import ROOT
from dedup.provenance.search import Search
from dedup.provenance.story import stories
from dedup.provenance.variant_table import VariantTable
from dedup.report import tree_html, tree_terminal
from dedup.trace_params import TRACE_PRESETS, TraceParams
from dedup.types import Document, Edge, Provenance, ReasonKind

NEWS = TRACE_PRESETS["news"]

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


def collate(documents: list[Document]) -> VariantTable:
    return collation.collate(documents, NEWS.collation)


def costs_of(documents: list[Document], params: TraceParams = NEWS) -> EdgeCosts:
    return EdgeCosts(collate(documents), len(documents), params)


def parents(report: dedup.Report) -> dict[str, str]:
    return {e.child: e.parent for e in report.provenance.edges if e.kind != "passage"}


CHAIN = [
    article("first", WIRE, 0),
    article("second", changed(WIRE, "soldiers", "troops"), 2),
    article("third", changed(changed(WIRE, "soldiers", "troops"), "bridge", "viaduct")[:6], 5),
]


def test_a_chain_of_copies_is_traced_in_order() -> None:
    assert parents(dedup.trace(CHAIN)) == {"second": "first", "third": "second"}


def test_a_copy_that_is_dated_years_later_is_traced() -> None:
    late = [CHAIN[0], article("second", changed(WIRE, "soldiers", "troops"), 24 * 365 * 30)]
    assert parents(dedup.trace(late)) == {"second": "first"}


def test_input_order_changes_nothing() -> None:
    expected = dedup.trace(CHAIN).provenance
    assert dedup.trace(CHAIN[::-1]).provenance == expected


def test_a_third_document_shows_which_of_two_was_cut() -> None:
    # Without dates a cut looks like an addition; the third document, which has all words of the longer one, decides.
    whole, other = article("whole", WIRE), article("other", changed(WIRE, "currency", "pound"))
    cut = article("cut", changed(WIRE, "bribes", "money")[:4])
    assert parents(dedup.trace([whole, other, cut])).get("cut") in {"whole", "other"}


def test_equal_copies_without_dates_are_one_version() -> None:
    found = dedup.trace([article("a", WIRE), article("b", WIRE)]).provenance
    assert found.versions == (("a", "b"),)
    assert found.edges
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


# What an agency sends out again and again, longer and corrected, as three papers printed it.
BYLINE = "By Anna Smith, Associated Press"
VERSIONS = [
    article("short", [BYLINE, *WIRE[:5]], 0, outlet="Daily Echo"),
    article("longer", [BYLINE, *changed(WIRE[:7], "soldiers", "troops")], 2, outlet="Morning Post"),
    article("longest", [BYLINE, *changed(changed(WIRE, "soldiers", "troops"), "bridge", "viaduct")], 4, outlet="Evening Sun"),
]


def said(edge: Edge) -> list[str]:
    return [reason.text for reason in (*edge.reasons, *edge.doubts)]


def sources(report: dedup.Report) -> list[tuple[str | None, tuple[str, ...]]]:
    return [(source.agency, source.children) for source in report.provenance.sources]


def test_papers_that_sign_one_agency_have_their_text_from_it_whatever_version_they_print() -> None:
    assert sources(dedup.trace(VERSIONS)) == [("AP", ("longer", "longest", "short"))]
    # A dateline is enough beside another's byline.
    dated = [replace(d, text=d.text.replace(BYLINE + "\n\n", "BEIRUT (AP) - ")) for d in VERSIONS]
    assert sources(dedup.trace([*dated[:2], VERSIONS[2]])) == [("AP", ("longer", "longest", "short"))]


def test_the_field_author_signs_a_document() -> None:
    plain = [replace(d, text=d.text.removeprefix(BYLINE).strip(), author="Anna Smith, Reuters") for d in VERSIONS]
    assert sources(dedup.trace(plain)) == [("Reuters", ("longer", "longest", "short"))]


def test_an_outlet_of_the_press_that_was_not_collected_is_named_as_a_source() -> None:
    signed = [replace(d, text=d.text.replace("Associated Press", "CNN")) for d in VERSIONS]
    (source,) = dedup.trace(signed).provenance.sources
    assert (source.agency, len(source.children)) == ("CNN", 3)


def test_an_update_and_a_copy_that_credits_its_parent_keep_their_parents() -> None:
    update = article("update", [*WIRE[:5], WIRE[7]], 6, outlet="Daily Echo")
    copy = article("copy", [*WIRE[:5], "Source: Daily Echo"], 5, outlet="Valley Ledger")
    found = dedup.trace([*VERSIONS, update, copy])
    assert sources(found) == [("AP", ("longer", "longest", "short"))]
    assert parents(found)["update"] == parents(found)["copy"] == "short"


def test_a_copy_without_a_credit_has_the_agency_as_its_source_if_all_its_sentences_are_in_the_agencys_copies() -> None:
    bare = article("bare", WIRE[:5], 3, outlet="Valley Ledger")
    assert sources(dedup.trace([*VERSIONS, bare])) == [("AP", ("bare", "longer", "longest", "short"))]


def test_papers_that_sign_two_agencies_have_their_text_from_one_source() -> None:
    both = [replace(d, text=d.text.replace(BYLINE, "By Associated Press, AFP")) for d in VERSIONS]
    assert sources(dedup.trace(both[:2])) == [("AP", ("longer", "short"))]
    # Most sign AP.
    assert sources(dedup.trace([*both[:2], VERSIONS[2]])) == [("AP", ("longer", "longest", "short"))]
    # The agency's copy without a byline gets the same source.
    texts = [["By Associated Press, AFP", *WIRE[:held]] for held in (8, 8, 5)]
    copies = [article(name, text, outlet=name) for name, text in zip("abc", texts, strict=True)]
    other = article("d", WIRE[:5], agency="Valley Wire")
    assert sources(dedup.trace([*copies, other])) == [("AP", ("a", "b", "c", "d"))]


@settings(max_examples=40)
@given(st.randoms(use_true_random=False), st.integers(2, 10))
def test_every_unseen_source_has_two_children_or_is_credited_and_every_id_in_an_edge_exists(
    draw: random.Random, count: int
) -> None:
    documents = [article("0", WIRE, outlet="Daily Echo")]
    for n in range(1, count):
        body = draw.choice(documents).text.split("\n\n")[-len(WIRE) :]
        held = [changed([s], *draw.choice(SWAPS))[0] for s in body if draw.random() > 0.2]
        signed = [draw.choice(["By Associated Press, AFP", BYLINE, "By X, Reuters", "BEIRUT (Reuters) - ", ""])]
        outlet = draw.choice(["Daily Echo", "Morning Post", "cnn.com", "msn.com"])
        agency = draw.choice([None, "AFP", "CNN", "Valley Wire"])
        documents.append(
            article(str(n), signed + held, draw.uniform(0, 50), outlet=outlet, **({"agency": agency} if agency else {}))
        )
    found = dedup.trace(documents).provenance
    above = {e.child: e.parent for e in found.edges if e.kind != "passage"}
    assert len(above) == sum(e.kind != "passage" for e in found.edges)
    there = {d.id for d in documents} | {source.id for source in found.sources}
    assert len(there) == len(documents) + len(found.sources)
    of_passages = {edge.parent for tree in found.passages for edge in tree.edges} - {*above.values()}
    for source in (source for source in found.sources if source.id not in of_passages):
        # One copy is enough where it names the source, and where it is open whether its rival is a copy of it, too.
        assert len(source.children) > 1 or source.agency or source.confidence <= NEWS.common.origin
        assert source.children == tuple(sorted(child for child, parent in above.items() if parent == source.id))
    assert {*above, *above.values(), *(r.parent for e in found.edges for r in e.rivals if r.parent is not None)} <= there


def test_the_field_agency_may_name_an_outlet_by_another_name() -> None:
    (edge,) = dedup.trace(
        [article("paper", WIRE, 0, outlet="cnn.com"), article("copy", WIRE, 3, outlet="Daily Echo", agency="CNN")]
    ).provenance.edges
    assert (edge.parent, edge.child) == ("paper", "copy")
    assert "copy credits cnn.com" in edge.evidence
    two = [replace(d, text=d.text.replace(BYLINE, "").strip(), agency="AFP, AP") for d in VERSIONS]
    assert sources(dedup.trace(two)) == [("AFP", ("longer", "longest", "short"))]


def test_an_aggregator_is_never_a_source() -> None:
    for rest in ({"agency": "msn.com"}, {}):
        text = [*WIRE, *([] if rest else ["Read the full story at msn.com"])]
        copies = [article("a", text, 1, outlet="Daily Echo", **rest), article("b", text, 2, outlet="Morning Post", **rest)]
        found = dedup.trace([article("page", WIRE, 0, outlet="msn.com"), *copies]).provenance
        assert not any(source.agency for source in found.sources)
        assert not any("msn.com" in sentence for edge in found.edges for sentence in said(edge))


def test_a_byline_names_the_source_in_spite_of_dates() -> None:
    copies = [
        article("paper", [*WIRE], 3, outlet="cnn.com"),
        article("one", ["By Anna Smith, CNN", *WIRE], 0, outlet="Daily Echo"),
        article("other", ["By Anna Smith, CNN", *WIRE], 1, outlet="Morning Post"),
    ]
    assert parents(dedup.trace(copies)) == {"one": "paper", "other": "paper"}


def test_common_quotations_do_not_make_one_report_a_copy_of_another() -> None:
    said = [f"“{sentence}”" for sentence in WIRE[:3]]
    posted = [WIRE[3], "— Anna Smith (@anna) July 16, 2018"]
    one, other = ([" ".join(f"{name}{n}x{m}" for m in range(12)) + "." for n in range(6)] for name in ("red", "blue"))
    assert not parents(dedup.trace([article("a", [*said, *posted, *one], 0), article("b", [*said, *posted, *other], 3)]))
    plain = [article("a", [*WIRE[:4], *one], 0), article("b", [*WIRE[:4], *other], 3)]
    assert parents(dedup.trace(plain)) == {"b": "a"}


def test_a_copy_of_a_text_that_only_quotes_is_traced() -> None:
    said = [f"“{sentence}”" for sentence in WIRE]
    assert parents(dedup.trace([article("a", said, 0), article("b", said, 3)])) == {"b": "a"}


def test_each_tree_of_a_story_is_traced_as_a_story_of_its_own() -> None:
    # Both halves of it have copies of their own, and the agency's own text is of the other half.
    first, rest = WIRE[:4], WIRE[4:]
    whole = article("whole", WIRE, 9, outlet="Valley Ledger")
    theirs = [article("wire", first, 0, outlet="apnews.com"), article("copy", first, 2, outlet="Daily Echo")]
    ours = [
        article("one", [BYLINE, *rest], 0, outlet="Morning Post"),
        article("other", [BYLINE, *rest], 1, outlet="Evening Sun"),
    ]
    assert ("AP", ("one", "other")) in sources(dedup.trace([whole, *theirs, *ours]))


def test_pages_of_an_aggregator_are_no_updates_of_each_other() -> None:
    pages = [article("a", WIRE[:3], 0, outlet="yahoo.com/news"), article("b", WIRE, 5, outlet="yahoo.com/news")]
    found = dedup.trace(pages).provenance
    assert {(edge.kind, edge.parent) for edge in found.edges} == {("main", source.id) for source in found.sources}
    (edge,) = dedup.trace([replace(d, outlet="Daily Echo") for d in pages]).provenance.edges
    assert edge.kind == "update"


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


def revisions(count: int, kind: str, *, hours: float | None, **rest: str) -> list[Document]:
    """Return a text and its revisions, each of which replaces a word of the one before or adds a sentence to it."""
    draw = random.Random(count)
    out, held = [], list(WIRE)
    for n in range(count):
        if n and kind == "sentence":
            held.insert(draw.randrange(len(held) + 1), f"Editor number{n} put{n} into{n} the{n} text a careful sentence{n}.")
        elif n:
            at = draw.randrange(len(WIRE))
            words = held[at].split()
            words[draw.randrange(len(words))] = f"word{n}"
            held[at] = " ".join(words)
        # Names that say nothing of the order.
        out.append(article(f"v{n * 7919 % 997:03}", held, None if hours is None else n * hours, **rest))
    return out


@pytest.mark.parametrize("kind", ["word", "sentence"])
@pytest.mark.parametrize("count", [4, 12])
def test_a_dated_chain_of_revisions_is_traced_as_that_chain(kind: str, count: int) -> None:
    made = revisions(count, kind, hours=700)
    assert parents(dedup.trace(made)) == {new.id: old.id for old, new in pairwise(made)}


@pytest.mark.parametrize(("kind", "count"), [("word", 4), ("word", 12), ("sentence", 4)])
def test_a_chain_of_revisions_without_dates_is_the_same_chain_whatever_its_direction(kind: str, count: int) -> None:
    made = revisions(count, kind, hours=None)
    found = {frozenset(edge) for edge in parents(dedup.trace(made)).items()}
    assert found == {frozenset((old.id, new.id)) for old, new in pairwise(made)}


@pytest.mark.parametrize("kind", ["word", "sentence"])
def test_the_likeliest_forest_of_a_long_chain_without_dates_is_the_chain(kind: str) -> None:
    made = revisions(12, kind, hours=None)
    forest, _ = Search(costs_of(made)).best()
    assert {frozenset((n, p)) for n, p in enumerate(forest) if p >= 0} == {frozenset((n, n + 1)) for n in range(11)}


@pytest.mark.parametrize("count", [8, 70])
def test_an_outlet_updates_its_last_text_where_the_words_decide_nothing(count: int) -> None:
    marks = ["* ", "- ", "_", "+ "]
    made = [article(f"v{n:02}", [marks[n % 4] + s for s in WIRE], n, outlet="one") for n in range(count)]
    assert parents(dedup.trace(made)) == {new.id: old.id for old, new in pairwise(made)}


def test_a_long_update_is_no_origin_against_its_outlets_dates() -> None:
    short = [article(f"short{n}", WIRE[:3], n, outlet="one") for n in range(2)]
    long = [article(f"long{n}", WIRE, 500 + n, outlet="one") for n in range(3)]
    made = short + long
    assert parents(dedup.trace(made)) == {new.id: old.id for old, new in pairwise(made)}


def test_without_a_credit_no_source_is_unseen() -> None:
    # Every copy lacks what is the first one's own: it was mended, or the first is a copy too.
    slips = changed(changed(changed(WIRE, "soldiers", "soliders"), "bridge", "brigde"), "nets", "nests")
    made = [article("first", slips)] + [article(f"copy{n}", changed(WIRE, WIRE[n].split()[1], f"word{n}")) for n in range(5)]
    assert dedup.trace(made).provenance.sources == ()


def test_a_run_of_words_left_out_is_one_where_a_third_text_puts_words_in() -> None:
    whole = WIRE[0].split()
    texts = [whole, [*whole[:4], *whole[10:]], [*whole[:7], "quite", "suddenly", *whole[7:]]]
    documents = [article(name, [" ".join(words), *WIRE[1:]]) for name, words in zip("abc", texts, strict=True)]
    two, three = costs_of(documents[:2]), costs_of(documents)
    assert three.total[0, 1] == two.total[0, 1]
    assert three.total[1, 0] == two.total[1, 0]


def test_loci_do_not_depend_on_the_hash_seed(tmp_path: Path) -> None:
    # The third sentence shares as much with the first as with the second.
    sentences = "[[tuple('abcdefghij')], [tuple('klmnopqrst')], [tuple('abcdklmn')]]"
    code = "from dedup.trace_params import CollationParams; from dedup.provenance.collation import _loci; "
    code += f"print(_loci({sentences}, CollationParams()))"
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"PYTHONHASHSEED": str(seed)},
            cwd=tmp_path,
            capture_output=True,
            check=True,
        ).stdout
        for seed in range(1, 9)
    }
    assert len(found) == 1


@given(st.dictionaries(st.tuples(st.integers(-1, 6), st.integers(0, 6)), st.integers(1, 9), min_size=1))
def test_the_chosen_ties_are_the_heaviest_forest(drawn: dict[tuple[int, int], int]) -> None:
    ties = {(a, b): float(share) for (a, b), share in drawn.items() if a < b} | {(-1, row): 0.5 for row in range(7)}
    graph: networkx.Graph[int] = networkx.Graph()
    graph.add_weighted_edges_from((a, b, share) for (a, b), share in ties.items())
    best = networkx.maximum_spanning_tree(graph).size(weight="weight")
    trees = heaviest_trees(ties, 7)
    inner = sum(ties[min(a, b), max(a, b)] for tree in trees for a in tree for b in tree[a]) / 2
    assert sorted(row for tree in trees for row in tree) == list(range(7))
    assert inner + sum(ties[-1, next(iter(tree))] for tree in trees) == best


@st.composite
def tellings(draw: st.DrawFn) -> tuple[list[Document], list[int]]:
    """Draw a few copies of one story, each changed a little, and a forest over them, perhaps with a circle."""
    documents = []
    for n in range(draw(st.integers(2, 5))):
        held = [s for s in WIRE if draw(st.integers(0, 3))] or WIRE[:1]
        old, new = draw(st.sampled_from([("soldiers", "troops"), ("bridge", "viaduct"), ("an", "the one"), ("re", "ri")]))
        title = draw(st.sampled_from(["", "Empty nets and cracked cables up north\n\n"]))
        credit = draw(st.sampled_from(["", "\n\nSource: AFP"]))
        short = changed(held, draw(st.sampled_from(["three years ago ", "several hundred ", "x"])), "")
        text = title + "\n\n".join(changed(draw(st.permutations(short)), old, new)) + credit
        outlet = draw(st.sampled_from(["one", "two", "Reuters"]))
        hours = draw(st.none() | st.integers(0, 9))
        documents.append(Document(f"d{n}", text, outlet=outlet, published=NOON + timedelta(hours=hours) if hours else None))
    count = len(documents)
    return documents, [draw(st.sampled_from([p for p in range(-1, count) if p != n])) for n in range(count)]


@given(
    st.integers(2, 9).flatmap(
        lambda n: st.tuples(st.just(n), st.lists(st.tuples(*[st.integers(0, n - 1)] * 2, st.integers(0, 30))))
    )
)
def test_the_rough_tree_is_the_cheapest_arborescence(drawn: tuple[int, list[tuple[int, int, int]]]) -> None:
    nodes, edges = drawn
    # From the root, 0, all can be reached; of two edges between the same nodes the cheaper counts.
    costs = {(0, n): 50.0 for n in range(1, nodes)}
    for a, b, cost in edges:
        if a != b and b:
            costs[a, b] = min(costs.get((a, b), 99.0), float(cost))
    graph: networkx.DiGraph[int] = networkx.DiGraph()
    graph.add_weighted_edges_from((a, b, cost) for (a, b), cost in costs.items())
    best = networkx.minimum_spanning_arborescence(graph).size(weight="weight")
    found = _native.arborescence(nodes, 0, np.array(list(costs), np.int64), np.array(list(costs.values())))
    above = {n: int(parent) for n, parent in enumerate(found.tolist()) if n}
    assert networkx.is_arborescence(networkx.DiGraph([(parent, n) for n, parent in above.items()]))
    assert sum(costs[parent, n] for n, parent in above.items()) == best


def test_nodes_that_no_edge_reaches_have_no_tree() -> None:
    with pytest.raises(ValueError, match="no tree"):
        _native.arborescence(3, 0, np.array([[0, 1], [2, 1]]), np.ones(2))


@given(tellings(), st.randoms(use_true_random=False))
def test_the_order_of_documents_changes_nothing(telling: tuple[list[Document], list[int]], draw: random.Random) -> None:
    documents, _ = telling
    shuffled = draw.sample(documents, len(documents))
    assert dedup.trace(shuffled).provenance == dedup.trace(documents).provenance


@given(tellings())
def test_an_outline_counts_the_same_changes_as_the_edge_costs(telling: tuple[list[Document], list[int]]) -> None:
    table = collate(telling[0])
    params = replace(NEWS, words=replace(NEWS.words, repeated=1.0))
    full, again = EdgeCosts(table, table.rows, NEWS), EdgeCosts(table, table.rows, params)
    outline = Outline(table, table.rows, params)
    assert outline.total == pytest.approx(again.total)
    assert outline.near[table.present] == pytest.approx(again.near[table.present])
    # A change that is made again in another sentence counts anew: no less than it is.
    assert (outline.total >= full.total - 1e-9).all()


def test_a_part_of_a_table_gives_its_rows_the_same_costs() -> None:
    documents = [*CHAIN, article("other", changed(WIRE, "bribes", "gifts")[2:], 7), article("moved", WIRE[4:] + WIRE[:2], 8)]
    table = collate(documents)
    rows = [4, 1, 2]
    whole, part = EdgeCosts(table, 5, NEWS), EdgeCosts(table.part(rows), 3, NEWS)
    for name in ("total", "shared", "edge"):
        assert getattr(part, name) == pytest.approx(getattr(whole, name)[np.ix_(rows, rows)]), name


def test_a_large_story_has_the_hidden_source_that_its_copies_credit() -> None:
    draw = random.Random(4)
    words = [[f"n{s}w{n}" for n in range(12)] for s in range(10)]
    copies = []
    for n in range(80):
        own = [[w if draw.random() > 0.03 else f"{w}x{n}" for w in line] for line in words]
        text = [f"{' '.join(line).capitalize()}." for line in own] + (["(Reuters)"] if n % 3 == 0 else [])
        copies.append(article(f"d{n:02}", text, n, outlet=f"Outlet {n}"))
    (source,) = dedup.trace(copies).provenance.sources
    assert source.agency == "Reuters"
    assert len(source.children) > 60


def test_a_story_of_many_edited_copies_is_traced_piece_by_piece() -> None:
    draw = random.Random(8)
    words = [[f"n{s}w{n}" for n in range(12)] for s in range(10)]
    texts, expected = [words], {}
    for n in range(1, 150):
        source = draw.choice([0, draw.randrange(n)])
        texts.append([[w if draw.random() < 0.97 else f"x{n}{w}" for w in own] for own in texts[source]])
        expected[f"d{n:03}"] = f"d{source:03}"
    # Half have no time.
    made = [
        article(f"d{n:03}", [" ".join(own).capitalize() + "." for own in text], n if n % 2 else None)
        for n, text in enumerate(texts)
    ]
    found = parents(dedup.trace(made))
    assert sum(found.get(child) == parent for child, parent in expected.items()) > 0.9 * len(expected)
    for edge in dedup.trace(made).provenance.edges:
        assert 0 <= edge.confidence <= 1


def test_a_story_of_very_many_copies_is_traced_too() -> None:
    documents = [article("wire", WIRE, 0)]
    documents += [article(f"copy{n:03}", changed(WIRE, "soldiers", f"men{n % 7}"), n + 1) for n in range(300)]
    above = parents(dedup.trace(documents))
    assert above["copy000"] == "wire"
    # The first with the same wording is as good a source as any.
    assert above["copy100"] == f"copy{100 % 7:03}"
    assert len(above) == 300


def test_many_copies_are_one_story_but_many_reports_of_one_event_are_not() -> None:
    # Each shares a third with the next; and as many that are all alike.
    chain = [Document(f"c{n:03}", " ".join(f"w{m}" for m in range(20 * n, 20 * n + 60))) for n in range(100)]
    alike = [Document(f"s{n:03}", " ".join(f"x{m}" for m in range(60)) + f" y{n}") for n in range(100)]
    report = dedup.scan([*chain, *alike])
    found = stories(report.documents, DrawnText(report.documents, report.matches, NEWS.stories), NEWS)
    assert sorted(map(len, found))[-1] == 100
    assert max(len(own) for own in found if report.documents[own[0]].id.startswith("c")) <= NEWS.stories.searched
    assert sum(map(len, found)) >= 195


def test_a_sentence_that_is_printed_twice_counts_twice() -> None:
    twice = [*WIRE[:4], WIRE[1], WIRE[4]]
    documents = [article(name, twice, hours) for hours, name in enumerate(("a", "b", "c"))]
    edges = dedup.trace(documents).provenance.edges
    assert edges
    for edge in edges:
        assert "word for word the same in every sentence that both hold" in edge.evidence
        assert f"6 of the 6 sentences of {edge.child} have their like in {edge.parent}" in edge.evidence


def test_evidence_is_true_of_the_texts() -> None:
    report = dedup.trace(CHAIN)
    edge = next(e for e in report.provenance.edges if e.child == "third")
    assert "6 of the 6 sentences of third have their like in second" in edge.evidence
    assert "third stops after sentence 6 of the shared ones of second" in edge.evidence
    assert "third is dated 3.0 hours later" in edge.evidence


def test_evidence_counts_one_thing_in_the_singular() -> None:
    texts = [WIRE[:1], changed(WIRE[:1], "soldiers", "troops")]
    (edge,) = dedup.trace([article("whole", WIRE, 0), article("line", texts[0], 2)]).provenance.edges
    assert "the only sentence of line has its like in whole" in edge.evidence
    (edge,) = dedup.trace([article("whole", WIRE, 0), article("line", texts[1], 1 / 60)]).provenance.edges
    assert "1 word replaced (“soldiers” → “troops”), 0 put in, 0 left out" in edge.evidence
    assert "this change occurs in no other document of this tree" in edge.evidence
    assert "line is dated 1 minute later" in edge.evidence


def test_every_reason_has_a_kind_that_is_documented() -> None:
    edges = [e for documents in (CHAIN, VERSIONS, collage()) for e in dedup.trace(documents).provenance.edges]
    kinds = {reason.kind for edge in edges for reason in (*edge.reasons, *edge.doubts)}
    assert (
        {"shared-sentences", "shared-characters", "cut", "later", "credit", "unseen-parent"} <= kinds <= {*get_args(ReasonKind)}
    )
    documentation = Path(types.__file__).read_text(encoding="utf-8")
    assert all(f"`{kind}`" in documentation for kind in get_args(ReasonKind))


def test_a_tree_chooses_reasons_by_kind_not_by_place() -> None:
    report = dedup.trace([*CHAIN, *collage()])
    turned = tuple(replace(edge, reasons=edge.reasons[::-1]) for edge in report.provenance.edges)
    again = replace(report, provenance=replace(report.provenance, edges=turned))
    for shown in (report, again):
        with io.StringIO() as out:
            tree_terminal.render_tree(shown, Console(file=out, width=200))
            lines = out.getvalue().splitlines()
        assert not any("sentences of" in line for line in lines)
        assert sum("characters of page occur in" in line for line in lines) == 4


def test_every_number_of_tracing_has_a_docstring_of_its_own() -> None:
    module = ast.parse(Path(trace_params.__file__).read_text(encoding="utf-8"))
    bodies = {node.name: node.body for node in module.body if isinstance(node, ast.ClassDef)}
    groups = [field_.type if isinstance(field_.type, str) else field_.type.__name__ for field_ in fields(TraceParams)]
    for name in {"TraceParams", "Calibration", *groups} & bodies.keys():
        for at, node in enumerate(bodies[name]):
            if isinstance(node, ast.AnnAssign):
                below = bodies[name][at + 1]
                assert isinstance(below, ast.Expr), (name, ast.unparse(node))
                assert isinstance(below.value, ast.Constant), (name, ast.unparse(node))
    assert len({*groups} & bodies.keys()) > 10


@pytest.mark.parametrize("file", ["forest.rs", "edge_costs.rs", "arborescence.rs"])
def test_the_kernels_of_tracing_have_no_numbers_of_their_own(file: str) -> None:
    code = Path(__file__).parents[1].joinpath("rust", "src", file).read_text(encoding="utf-8").partition("#[cfg(test)]")[0]
    # 100: how exactly word changes are counted.
    assert {*re.findall(r"(?<![\w.])\d+\.\d+\b", code)} <= {"0.0", "1.0", "100.0"}
    assert not re.findall(r"take\(\d", code)


TITLES = ["", "Empty nets and cracked cables up north", "Court, bank and ballot: the day in brief"]
OUTLETS = ["Morning Post", "Daily Echo", "Reuters", "www.afp.com"]
NAMES = {"Reuters": "Reuters", "www.afp.com": "AFP"}
CREDITS = ["", "(Reuters)", "Source: AFP", "(Daily Echo)"]
SWAPS = [("soldiers", "troops"), ("bridge", "viaduct"), ("bribes", "gifts"), ("symphony", "concerto"), ("spring", "autumn")]


@dataclass(frozen=True)
class Story:
    """Copies of copies of `WIRE`, and by id their titles, the numbers of their sentences, and the credits in them."""

    documents: dict[str, Document]
    titles: dict[str, str]
    held: dict[str, list[int]]
    credits: dict[str, str]
    above: dict[str, str] = field(default_factory=dict)
    """The parents that `dedup.trace` found."""

    def names(self, name: str) -> set[str]:
        """Return the newsrooms that have documents in the tree of a document."""
        there = {d.outlet or "" for d in self.documents.values() if self.origin(d.id) == self.origin(name)}
        return {NAMES.get(outlet, outlet) for outlet in there}

    def origin(self, name: str) -> str:
        while name in self.above:
            name = self.above[name]
        return name

    def shared(self, parent: str) -> list[int]:
        """Return the sentences of `parent` that others of its tree have too."""
        tree = [held for name, held in self.held.items() if self.origin(name) == self.origin(parent)]
        return [at for at in self.held[parent] if sum(at in own for own in tree) > 1]

    def both(self, one: str, other: str) -> list[str]:
        """Return the sentences that both have, in the words of `one`."""
        openings = {WIRE[at][:9] for at in set(self.held[one]) & set(self.held[other])}
        return [s for s in self.documents[one].text.split("\n\n") if s[:9] in openings]


@st.composite
def copied(draw: st.DrawFn) -> Story:
    made = [(TITLES[0], list(range(len(WIRE))), WIRE, "")]
    story = Story({}, {}, {}, {})
    for n in range(draw(st.integers(2, 7))):
        title, held, texts, credit = made[draw(st.integers(0, len(made) - 1))]
        lost = draw(st.sets(st.sampled_from(held), max_size=2)) if len(held) > 4 else set()
        held = [at for at in held if at not in lost]
        for old, new in draw(st.lists(st.sampled_from(SWAPS), max_size=2)):
            texts = changed(texts, old, new)
        title, credit = draw(st.sampled_from([title, *TITLES])), draw(st.sampled_from([credit, *CREDITS]))
        made.append((title, held, texts, credit))
        parts = [part for part in (title, *(texts[at] for at in held), credit) if part]
        hours, outlet = draw(st.none() | st.integers(0, 9)), draw(st.sampled_from(OUTLETS))
        story.documents[f"d{n}"] = article(f"d{n}", parts, hours, outlet=outlet)
        story.titles[f"d{n}"], story.held[f"d{n}"], story.credits[f"d{n}"] = title, held, credit
    return story


def lacks(story: Story, a: str, b: str, numbers: str) -> bool:
    ends = [[int(x) for x in part.split("–")] for part in numbers.split(", ")]
    order = story.shared(a)
    return [order[x - 1] for own in ends for x in range(own[0], own[-1] + 1)] == [at for at in order if at not in story.held[b]]


def only_here(story: Story, _: str, b: str, count: str, changes: str | None = None, occurs: str = "occurs") -> bool:
    def root(name: str) -> str:
        while name in story.above:
            name = story.above[name]
        return name

    others = " ".join(d.text for d in story.documents.values() if d.id != b and root(d.id) == root(b))
    unique = sum(word in story.documents[b].text and word not in others for pair in SWAPS for word in pair)
    if count == "none":  # of two or more
        return unique > 1
    number = 1 if count == "this" else int(count)
    return 0 < number <= min(unique, int(changes or 1)) and (number == 1) == (occurs == "occurs")


def replaced(story: Story, a: str, b: str, words: str, shown: str) -> bool:
    old, new = " ".join(story.both(a, b)), " ".join(story.both(b, a))
    pairs = re.findall(r"“(\w+)” → “(\w+)”", shown)
    right = all(x in old and y in new for x, y in pairs)
    count = int(words.split(maxsplit=1)[0])
    return right and len(pairs) == min(3, count) and words == counted(count, "word")


def hours(story: Story, a: str, b: str) -> float:
    then, now = story.documents[a].published, story.documents[b].published
    return (now - then).total_seconds() / 3600 if now and then else math.nan


SAID = {
    r"\w+ credits ([^,]+)": lambda s, _, b, who: who in s.credits[b],
    r"\w+ credits ([^,]+), no text of which is in this tree": lambda s, _, b, who: (
        who in s.credits[b] and who not in s.names(b)
    ),
    r"\w+ credits ([^,]+), no text of .* tree, and \w+ does too: each may be made from it": lambda s, a, b, who: (
        who in s.credits[a] and who in s.credits[b] and who not in s.names(b)
    ),
    r"no credit to (.+) was found in \w+": lambda s, a, b, who: (
        NAMES.get(s.documents[a].outlet, s.documents[a].outlet) == who and who not in s.credits[b]
    ),
    r"\w+ has the headline of (\w+)": lambda s, a, b, other: s.titles[b] == s.titles[other] and (a == other or a not in s.held),
    r"(\w+) is a text of (Reuters|AFP), an agency": lambda s, _, __, who, name: NAMES[s.documents[who].outlet] == name,
    r"the source itself was not seen; it is inferred from its copies": lambda s, a, _: a not in s.held,
    r"(\d+) of the (\d+) sentences of \w+ (has its|have their) like in (\w+)": lambda s, a, b, n, m, have, _: (
        [int(n), int(m), n == "1"] == [len(s.both(a, b)), len(s.held[b]), have == "has its"]
    ),
    r"\w+ stops after sentence (\d+) of the shared ones of \w+": lambda s, a, b, n: (
        [at in s.held[b] for at in s.shared(a)[int(n) - 1 :]] == [True] + [False] * (len(s.shared(a)) - int(n))
    ),
    r"\w+ lacks sentences? ([\d, –]+) of the shared ones of \w+": lacks,
    r"word for word the same in every sentence that both hold": lambda s, a, b: s.both(a, b) == s.both(b, a),
    r"(\d+ words?) replaced \((.*)\), 0 put in, 0 left out": replaced,
    r"(\d|this) (?:of these (\d) )?changes? (occurs?) in no other document of this tree": only_here,
    r"(none) of these changes occurs in another document of this tree": only_here,
    r"(\d+) characters of \w+ occur in \w+": lambda s, _, b, size: 0 < int(size) <= len(s.documents[b].text),
    r"\w+ prints the text of (\w+), and neither shows whose it is": lambda s, _, b, other: bool(s.both(other, b)),
    r"\w+ and \w+ may both have the text from elsewhere": lambda s, a, b: bool(s.both(a, b)),
    r"\w+ is dated later": lambda s, a, b: hours(s, a, b) > 0,
    r"\w+ is dated earlier": lambda s, a, b: hours(s, a, b) < 0,
    r"at least one of the two has no date": lambda s, a, b: math.isnan(hours(s, a, b)),
    r"both are dated alike": lambda s, a, b: hours(s, a, b) == 0,
    r"\w+ is dated ([\d.]+) hours later": lambda s, a, b, late: hours(s, a, b) == float(late),
    r"\w+ is dated ([\d.]+) hours earlier": lambda s, a, b, late: hours(s, a, b) == -float(late),
}
UNSEEN = r"(\d+ of the \d+|the only) sentences? of .*|\w+ (stops after|lacks) sentence.* of the shared ones of .*"


@settings(max_examples=50)
@given(copied())
def test_every_sentence_of_evidence_is_true_of_the_texts(story: Story) -> None:
    found = dedup.trace(story.documents.values())
    story.above.update(parents(found))
    for edge in found.provenance.edges:
        # What one document and the unseen source of another have in common was found when they were in one tree.
        for reason in (reason for reason in edge.reasons if " prints the text of " in reason.text):
            other = reason.text.split(" prints the text of ")[1].split(",")[0]
            if story.origin(other) != story.origin(edge.parent):
                story.above[story.origin(edge.parent)] = other
    for edge in found.provenance.edges:
        for sentence in said(edge) if edge.child in story.held else ():
            if edge.parent in story.held or not re.fullmatch(UNSEEN, sentence):
                known = [(m, holds) for pattern, holds in SAID.items() if (m := re.fullmatch(pattern, sentence))]
                assert known, sentence
                assert all(holds(story, edge.parent, edge.child, *m.groups()) for m, holds in known), sentence  # type: ignore[operator] # lambdas


def test_a_headline_an_agency_and_a_credit_to_an_absent_agency_are_reasons() -> None:
    title = "Nets stay empty on the northern coast this spring"
    wire = article("wire", [title, *WIRE], 0, outlet="reuters.com")
    copy = article("copy", [title, *changed(WIRE, "soldiers", "troops"), "Source: AFP"], 3, outlet="Daily Echo")
    (edge,) = dedup.trace([wire, copy]).provenance.edges
    assert (edge.child, edge.parent) == ("copy", "wire")
    assert {"copy has the headline of wire", "wire is a text of Reuters, an agency"} <= set(edge.evidence)
    assert "copy credits AFP, no text of which is in this tree" in [doubt.text for doubt in edge.doubts]


def test_a_wrong_date_is_outweighed_and_reported() -> None:
    wrong = [article("first", [*WIRE], 9), CHAIN[1], CHAIN[2], article("fourth", [*WIRE, "(first)"], 4, outlet="Daily")]
    wrong[0] = article("first", WIRE, 9, outlet="first")
    edge = next(e for e in dedup.trace(wrong).provenance.edges if e.child == "fourth")
    assert edge.parent == "first"
    assert "fourth is dated 5.0 hours earlier" in [doubt.text for doubt in edge.doubts]


def test_the_score_of_a_forest_does_not_depend_on_what_was_scored_before() -> None:
    search = Search(costs_of(CHAIN))
    forests = [[ROOT, 0, 1], [ROOT, 0, 0], [1, ROOT, 1], [ROOT, ROOT, ROOT], [2, 2, ROOT]]
    first = [search.score(f) for f in forests]
    fresh = Search(costs_of(CHAIN))
    assert [fresh.score(f) for f in reversed(forests)] == first[::-1]
    assert min(forests, key=search.score) == [ROOT, 0, 1]


@given(tellings())
def test_a_forest_has_the_score_of_the_oracle(telling: tuple[list[Document], list[int]]) -> None:
    documents, forest = telling
    search = Search(costs_of(documents))
    expected = forest_score(search, forest)
    assert search.score(forest) == pytest.approx(expected, abs=1e-3)
    if expected < math.inf:
        climbed = list(forest)
        best = search.climb(climbed, NEWS.search.rounds)
        assert best <= expected + 1e-3
        assert best == pytest.approx(forest_score(search, climbed), abs=1e-3)


def small_search(seed: int) -> tuple[Search, list[int], list[int]]:
    """Return a search over three to five rows that many forests explain, a forest to start from, and its unseen rows."""
    draw = random.Random(seed)
    count = draw.choice([3, 4, 4, 5])
    documents = []
    for n in range(count):
        held = draw.sample(WIRE, draw.choice([5, 7, 8, 8]))
        text = changed(held, *draw.choice([("soldiers", "troops"), ("bridge", "viaduct"), ("old ", ""), ("re", "ri")]))
        hours = draw.choice([None, draw.randrange(9)])
        documents.append(article(f"d{n}", text, hours, outlet=draw.choice(["one", "two", "Reuters"])))
    search = Search(costs_of(documents, replace(NEWS, search=replace(NEWS.search, steps=30_000))))
    if count == 5 or seed % 2:
        forest = [ROOT] * count
        search.climb(forest, NEWS.search.rounds)
        return search, forest, []
    search.reconstruction.add(search.reconstruction.wording(range(count)), ())
    search.costs.refresh()
    search.refresh()
    return search, [count] * count + [ROOT], [count]


def test_the_walk_has_each_parent_as_often_as_all_forests_have() -> None:
    apart = []
    for seed in range(24):
        search, forest, hidden = small_search(seed)
        for walked, exact in zip(search.walk(forest), forest_shares(search, hidden), strict=True):
            apart += [abs(walked.get(parent, 0.0) - share) for parent, share in exact.items()]
    # What is left is chance.
    assert max(apart) < 0.08
    assert np.mean(apart) < 0.006


@given(tellings())
def test_changes_and_kept_sentences_have_the_costs_of_the_oracle(telling: tuple[list[Document], list[int]]) -> None:
    documents, _ = telling
    edges = costs_of(documents)
    kept = edges._kept()
    for parent, child in product(range(len(documents)), repeat=2):
        assert edges.changed[parent, child].tolist() == pytest.approx(word_changes(edges, parent, child))
        assert kept[parent, child] == pytest.approx(kept_cost(edges, parent, child))


def test_a_sentence_that_fits_two_loci_equally_joins_the_same_one_in_each_process() -> None:
    red, one = "red orange yellow green blue violet black white brown pink", "one two three four five six seven eight nine ten"
    mixed = " ".join(red.split()[:5] + one.split()[5:])
    data = lines(
        [
            article(name, [*WIRE, f"{s.capitalize()}."], n)
            for n, (name, s) in enumerate(zip("abc", (red, one, mixed), strict=True))
        ]
    )
    outputs = {command("tree", "-", "--format", "json", stdin=data, PYTHONHASHSEED=str(seed)).stdout for seed in range(5)}
    assert len(outputs) == 1


def test_one_sentence_equals_two_sentences_with_the_same_words() -> None:
    plain = "Its allies say US officials weighed the risks of the sale for three long years before they gave their consent."
    dotted = plain.replace("US", "U.S.")
    table = collate([article(name, [*WIRE, s]) for name, s in (("a", plain), ("b", dotted), ("c", dotted))])
    assert table.present.all()


def test_of_very_many_retellings_the_most_similar_earlier_one_is_the_parent() -> None:
    words = " ".join(WIRE).split()
    documents = [Document("d000", " ".join(words), published=NOON)]
    draw = random.Random(4)
    expected = {}
    for n in range(1, 80):
        parent = draw.randrange(n)
        retelling = documents[parent].text.split()
        for at in draw.sample(range(len(retelling)), 6):
            retelling[at] = f"w{n}x{at}"
        documents.append(Document(f"d{n:03}", " ".join(retelling), published=NOON + timedelta(hours=n)))
        expected[f"d{n:03}"] = f"d{parent:03}"
    found = parents(dedup.trace(documents, preset="retelling"))
    assert sum(found.get(child) == parent for child, parent in expected.items()) > 0.9 * len(expected)


def test_a_common_headline_decides_between_equal_copies() -> None:
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


def test_of_two_agencies_with_equally_many_credits_the_one_in_the_dateline_is_the_source() -> None:
    # Not that whose name comes first in the alphabet.
    lead = [f"ARSAL (Reuters) - {WIRE[0]}", *WIRE[1:], "AFP contributed to this report."]
    documents = [
        article("one", changed(lead, "bridge", "viaduct"), 3, outlet="one"),
        article("two", changed(lead, "bribes", "gifts"), 4, outlet="two"),
        article("three", changed(lead, "symphony", "concerto"), 5, outlet="three"),
    ]
    (source,) = dedup.trace(documents).provenance.sources
    assert source.agency == "Reuters"


def test_the_seeds_have_no_tree() -> None:
    out = command("tree", SEEDS).stdout.decode()
    assert "No document is a copy of another as a whole." in out


def lines(documents: list[Document]) -> bytes:
    rows = (
        {"id": d.id, "text": d.text, "outlet": d.outlet, "published": d.published.isoformat() if d.published else None}
        for d in documents
    )
    return "\n".join(json.dumps({k: v for k, v in row.items() if v is not None}) for row in rows).encode()


def test_tree_prints_every_format() -> None:
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
    shown = command("tree", "-", "--explain", "third", stdin=data).stdout.decode()
    assert "third ← second" in shown
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


def test_a_single_text_has_no_tree_and_an_unknown_preset_is_refused() -> None:
    assert command("tree", "-", stdin=b'{"text": "one short text"}').returncode == 0
    with pytest.raises(dedup.UsageError, match="news, retelling"):
        dedup.trace([], preset="lyrics")


@pytest.mark.parametrize("count", [2, 3, 5, 8])
def test_no_equal_copy_without_a_date_is_named_with_confidence(count: int) -> None:
    found = dedup.trace([article(f"copy{n}", WIRE) for n in range(count)]).provenance
    assert found.edges
    for edge in found.edges:
        # The confidence is that of a version: all its other copies share it.
        assert edge.confidence / (count - 1) <= 0.6
        assert all(rival.confidence <= 0.6 for rival in edge.rivals if rival.parent)


def collage() -> list[Document]:
    """Return four unrelated documents and a page with two sentences of each, without dates."""
    sources = []
    for n in range(4):
        own = [f"In story{n} the w{n}a{k} of w{n}b{k} met w{n}c{k} near w{n}d{k} and left w{n}e{k} behind." for k in range(9)]
        sources.append(article(f"source{n}", own))
    taken = [s for n, d in enumerate(sources) for s in d.text.split("\n\n")[n : n + 2]]
    return [*sources, article("page", taken)]


def test_a_page_with_passages_of_many_documents_is_the_borrower() -> None:
    edges = dedup.trace(collage()).provenance.edges
    assert {(e.child, e.parent) for e in edges} == {("page", f"source{n}") for n in range(4)}


def test_passages_and_parents_make_no_circle() -> None:
    copies = [article(f"c{n}", changed(WIRE, "bridge", f"bridge{n}"), n) for n in range(3)]
    edges = dedup.trace([*collage(), *copies, article("both", WIRE[:3] + collage()[4].text.split("\n\n"))]).provenance.edges
    assert len(edges) > 4
    above: dict[str, set[str]] = {}
    for edge in edges:
        above.setdefault(edge.child, set()).add(edge.parent)
    for child, own in above.items():
        queue = list(own)
        for one in queue:
            assert one != child
            queue += above.get(one, set()) - set(queue)


def test_a_text_that_ends_early_is_the_copy() -> None:
    edges = parents(dedup.trace([article("whole", WIRE), article("part", WIRE[:5])]))
    assert edges == {"part": "whole"}


def test_a_text_that_is_reworded_throughout_is_a_copy_of_one_source() -> None:
    # Of many rewordings one agrees with each sentence by chance.
    draw = random.Random(5)
    words = [[f"n{s}w{n}" for n in range(14)] for s in range(16)]

    def reworded() -> list[str]:
        return [" ".join(w + draw.choice(("", "", "a", "b")) if n % 2 else w for n, w in enumerate(own)) for own in words]

    copies = [article(f"copy{n:02}", [f"{s.capitalize()}." for s in reworded()], n + 1) for n in range(40)]
    made = [article("first", [" ".join(own).capitalize() + "." for own in words], 0), *copies]
    assert parents(dedup.trace(made)) == {copy.id: "first" for copy in copies}


def test_a_page_escapes_all_text_and_loads_nothing_from_a_network() -> None:
    bad = "<script>alert(1)</script>"
    lead = [f"ARSAL (Reuters) - {bad} {WIRE[0]}", *WIRE[1:]]
    copies = [
        article(f"{bad}{n}", changed(lead, old, new), n, outlet=f"{bad} {n // 2}", title=f"'\"{bad}")
        for n, (old, new) in enumerate([("bridge", "viaduct"), ("bribes", "gifts"), ("symphony", bad), ("nets", "traps")])
    ]
    page = command("tree", "-", "--format", "html", stdin=lines([*copies, *collage()])).stdout.decode()
    assert "<script>alert" not in page
    assert page.count("<script") == 1  # the page's own, which its policy names by its hash
    assert "script-src &#39;sha256-" in page
    assert "&lt;script&gt;" in page
    for outside in ("http://", "https://", "src=", "@import", "url("):
        assert outside not in page
    for shown in ("an unseen text of Reuters", "Passages from other articles", "As its copies have it"):
        assert shown in page


def test_a_page_folds_updates_and_holds_a_chain_of_any_length() -> None:
    made = revisions(12, "word", hours=700, outlet="one")
    traced = dedup.trace(made)
    page = tree_html.tree_page(traced)
    assert page.count('<a class="dot') == 1
    assert "<b>+11 updates</b>" in page
    edges = tuple(Edge(f"d{n + 1}", f"d{n}", "main", 0.9) for n in range(3000))
    long = replace(
        traced, documents=tuple(Document(f"d{n}", "") for n in range(3001)), families=(), provenance=Provenance(edges)
    )
    page = tree_html.tree_page(long)
    drawn, listed = page.count('<a class="dot'), page.count("<tr data-c")
    assert f"{3001 - drawn:,} documents of" in page  # not drawn
    assert f"{3000 - listed:,} edges are not in the table" in page


@given(st.lists(st.text("abcé ", max_size=9), min_size=1, max_size=8, unique=True))
def test_the_bound_on_respelt_words_excludes_no_respelt_pair(names: list[str]) -> None:
    one, other = np.triu_indices(len(names), 1)
    likely = costs._may_be_respelt(names, one, other, NEWS.words)
    for a, b, asked in zip(one.tolist(), other.tolist(), likely.tolist(), strict=True):
        assert asked or not costs._respelt(names[a], names[b], NEWS.words)
