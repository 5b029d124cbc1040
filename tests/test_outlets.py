"""What each outlet starts, carries, copies and follows, and the filters and orders of reports."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import oracles_outlets as oracles
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from test_cli import dedup as run

import dedup
from dedup.errors import UsageError
from dedup.pipeline.arranged import arranged, arranged_outlets
from dedup.pipeline.outlets import rules_in
from dedup.press.names import is_outlet, outlet_key
from dedup.press.order import published
from dedup.report.orders import ORDERS
from dedup.report.ranking import heads, ranked_trees
from dedup.report.scan_json import from_json, to_json
from dedup.types import (
    CONTENTS,
    Document,
    Edge,
    Extent,
    Family,
    Match,
    NewsStory,
    Origin,
    Part,
    PassageTree,
    Provenance,
    Report,
    Span,
    UnseenSource,
)

WORDS = 12
OUTLETS = [None, "CNN", "cnn.com", "Valley Post", "The Daily", "AP"]
DAY = datetime(2018, 7, 15, tzinfo=UTC)
TIMES = [
    None,
    DAY,
    DAY + timedelta(1),
    DAY + timedelta(hours=9),
    DAY + timedelta(hours=9, minutes=30),
    DAY + timedelta(1, 3600),
]


def usual(outlet: str) -> str:
    """The spelling that the oracle uses."""
    return "CNN" if outlet == "cnn.com" else outlet


def text_of(name: str) -> str:
    return " ".join(f"{name}word{n}" for n in range(WORDS))


def place(first: int, last: int, name: str) -> Extent:
    """The code points of words `first` to `last` of a document."""
    text = text_of(name)
    starts = [found.start() for found in re.finditer(r"\w+", text)]
    ends = [found.end() for found in re.finditer(r"\w+", text)]
    return Extent(starts[first], ends[last])


@st.composite
def extents(draw: st.DrawFn) -> tuple[int, int]:
    first = draw(st.integers(0, WORDS - 2))
    return first, draw(st.integers(first + 1, WORDS - 1))


@st.composite
def reports(draw: st.DrawFn) -> Report:
    """A report with any documents, matches, families and provenance; the words of two sides need not be the same."""
    names = [f"d{n}" for n in range(draw(st.integers(2, 6)))]
    documents = [
        Document(name, text_of(name), outlet=draw(st.sampled_from(OUTLETS)), published=draw(st.sampled_from(TIMES)))
        for name in names
    ]
    matches, members = [], dict[str, set[str]]()
    for number in range(draw(st.integers(0, 6))):
        a, b = sorted(draw(st.permutations(names))[:2])
        (one, other), content = (draw(extents()), draw(extents())), draw(st.sampled_from(CONTENTS))
        spans = [place(*extent, name) for extent, name in ((one, a), (other, b))]
        family = draw(st.sampled_from(["f0", "f1", f"own{number}"]))
        members.setdefault(family, set()).update((a, b))
        part = Part(spans[0], spans[1], content, 50.0)
        matches.append(Match(Span(a, *spans[0]), Span(b, *spans[1]), "near", 0.9, 50.0, family, (), content, (part,)))
    families = [
        Family(
            family,
            "reuse",
            Span(min(own), 0, 9),
            tuple(Span(name, 0, 9) for name in sorted(own)),
            draw(st.sampled_from(CONTENTS)),
        )
        for family, own in sorted(members.items())
    ]
    return Report(tuple(documents), tuple(matches), tuple(families), provenance=draw(provenances(names, families)))


@st.composite
def provenances(draw: st.DrawFn, names: list[str], families: list[Family]) -> Provenance:
    sources = [
        UnseenSource("hidden:0", None, 0.9, ()),
        UnseenSource("hidden:1", "AP", 0.9, ()),
        UnseenSource("hidden:2", "CNN", 0.9, ()),
    ]
    hidden = [source.id for source in sources]
    sure = st.sampled_from([0.8, 0.85, 0.95])
    edges = []
    for number, name in enumerate(names):
        above = draw(st.sampled_from([None, *hidden, *names[:number]]))
        if above is not None:
            edges.append(Edge(name, above, "main", draw(sure)))
        if number and draw(st.booleans()):
            edges.append(Edge(name, draw(st.sampled_from(names[:number])), "passage", draw(sure)))
    trees = [
        PassageTree(
            family.id,
            root := draw(st.sampled_from(hidden)),
            tuple(Edge(span.doc or "", root, "passage", draw(sure)) for span in family.passages),
        )
        for family in families
        if family.content == "narration" and draw(st.booleans())
    ]
    half = tuple(names[: len(names) // 2 + 1])
    stories = (NewsStory("s", half, (Origin(half[0], half, 0.9),)),) if draw(st.booleans()) else ()
    return Provenance(tuple(edges), (half,) if draw(st.booleans()) else (), tuple(sources), tuple(trees), stories)


# The shares, the passages, the lag and the rules.


@settings(max_examples=200)
@given(reports(), st.sampled_from([10.0, 60.0, 100.0]))
def test_each_number_of_an_outlet_is_that_of_the_definition(report: Report, percent: float) -> None:
    assume(report.provenance != Provenance())
    found = dedup.outlets(report, rules={"rule": percent})
    expected = oracles.outlets(report, percent)
    assert {usual(row.outlet): row.articles for row in found.outlets} == {
        name: own["articles"] for name, own in expected.items()
    }
    for row in found.outlets:
        own = expected[usual(row.outlet)]
        for kind in ("original", "copied", "unknown", "quoted"):
            assert getattr(row, kind) == pytest.approx(own[kind] / row.words, abs=1e-4), (row, kind)
        assert (row.passages, row.started, row.carried) == (own["passages"], own["started"], own["carried"])
        assert row.lag_hours == pytest.approx(own["lag_hours"], abs=0.01)
        assert row.lag_days == own["lag_days"]
        assert row.original + row.copied + row.unknown + row.quoted == pytest.approx(1, abs=1e-3)
    assert {usual(row.outlet): (row.articles, row.undecided) for row in found.rules} == {
        name: (own["rule"], own["undecided"]) for name, own in expected.items()
    }


@settings(max_examples=100)
@given(reports())
def test_the_sources_of_an_outlet_add_up_to_what_it_copied(report: Report) -> None:
    found = dedup.outlets(report)
    assert sum(row.articles for row in found.outlets) + found.without_outlet == len(report.documents)
    for row in found.outlets:
        own = [one for one in found.copied if one.outlet == row.outlet]
        assert sum(one.words for one in own) == pytest.approx(row.copied * row.words, abs=0.51)
        assert len(own) == row.follows
        assert row.followed_by == len({one.outlet for one in found.copied if one.source == row.outlet})
        assert all(one.source != row.outlet for one in own)


@settings(max_examples=50)
@given(reports())
def test_the_records_are_flat_and_their_values_plain(report: Report) -> None:
    tables = dedup.outlets(report, rules={"rule": 50}).records()
    assert set(tables) == {"outlets", "copied", "rules", "articles"}
    for rows in tables.values():
        for row in rows:
            assert all(isinstance(value, str | int | float | None) for value in row.values())
            assert row.keys() == rows[0].keys()
    assert json.loads(json.dumps(tables, allow_nan=False)) == tables


STORY = "Two of the nine soldiers who were captured in Arsal in 2014 were buried near the border on Sunday, the army said."
OTHER = "The harbour of Valletta reopens in March after the longest closure of its cranes since the war, engineers announced."


def article(name: str, *, outlet: str | None, day: float | None = None, text: str = STORY, **more: Any) -> Document:
    return Document(name, text, outlet=outlet, published=None if day is None else DAY + timedelta(day), **more)


def test_usual_spellings_and_sites_of_an_outlet_are_one_outlet() -> None:
    spelled = ["Associated Press", "AP", "apnews.com", "CNN", "edition.cnn.com", "https://www.cnn.com/politics"]
    found = dedup.outlets(dedup.scan([article(f"d{n}", outlet=name) for n, name in enumerate(spelled)]))
    assert [(row.outlet, row.articles) for row in found.outlets] == [("AP", 3), ("CNN", 3)]
    assert is_outlet("valleypost.example", "Valley Post")
    assert is_outlet("Valley Post", "valleypost.example")


def test_articles_without_an_outlet_are_said_apart_and_are_no_outlet() -> None:
    documents = [article("a", outlet="The Daily", day=0), article("b", outlet=None, day=1), article("c", outlet="admin", day=1)]
    found = dedup.outlets(dedup.scan(documents))
    assert [(row.outlet, row.articles, row.original) for row in found.outlets] == [("The Daily", 1, 1.0)]
    assert found.without_outlet == 2


def test_what_an_article_without_an_outlet_had_before_is_unknown() -> None:
    found = dedup.outlets(
        dedup.scan([article("a", outlet="The Daily", day=1), article("b", outlet=None, day=0)]), rules={"r": 50}
    )
    (row,) = found.outlets
    assert (row.copied, row.original) == (0.0, 0.0)
    assert row.unknown == 1.0
    assert [(rule.articles, rule.undecided) for rule in found.rules] == [(0, 1)]


def test_two_dates_of_one_day_do_not_show_who_was_first() -> None:
    report = dedup.scan([article("a", outlet="The Daily", day=0), article("b", outlet="Valley Post", day=0.4)])
    assert all(row.copied == 0 for row in dedup.outlets(report, rules={"r": 1}).outlets)
    assert {row.undecided for row in dedup.outlets(report, rules={"r": 1}).rules} == {1}


def test_the_lag_is_in_hours_only_where_both_articles_state_a_time_of_day() -> None:
    def lag(first: float, later: float) -> tuple[float | None, float | None]:
        report = dedup.scan([article("a", outlet="The Daily", day=first), article("b", outlet="Valley Post", day=later)])
        row = next(row for row in dedup.outlets(report).outlets if row.outlet == "Valley Post")
        return row.lag_hours, row.lag_days

    assert lag(0.25, 0.5) == (6.0, None)
    assert lag(0, 1.5) == (None, 1.0)
    assert lag(0, 3) == (None, 3.0)


def test_overlapping_matches_count_a_word_once() -> None:
    documents = [article(f"d{n}", outlet=f"Outlet {n}", day=n) for n in range(5)]
    found = dedup.outlets(dedup.scan(documents), rules={"all": 100})
    assert [(row.original, row.copied) for row in found.outlets] == [(1.0, 0.0), *[(0.0, 1.0)] * 4]
    assert {row.source for row in found.copied} == {"Outlet 0"}
    assert [row.articles for row in found.rules] == [0, 1, 1, 1, 1]


def test_a_family_too_large_to_list_its_pairs_counts_as_if_it_did() -> None:
    count = 60
    documents = [article(f"d{n:02}", outlet=f"Outlet {n % 20}", day=n // 20) for n in range(count)]
    report = dedup.scan(documents)
    assert len(report.matches) == count - 1
    found = dedup.outlets(replace(report, provenance=Provenance(versions=(("d00", "d01"),))))
    days = {row.outlet: row for row in found.outlets}
    for row in days.values():  # of its three articles the first day's order is unknown, and the others are copies
        assert row.copied == pytest.approx(2 / 3, abs=1e-3)
        assert row.unknown == pytest.approx(1 / 3, abs=1e-3)


def test_a_rule_needs_a_name_and_a_percentage() -> None:
    assert rules_in(["similarity=60, duplicate = 90 %", "own rule=12.5"]) == {
        "similarity": 60,
        "duplicate": 90,
        "own rule": 12.5,
    }
    for wrong in ("60", "=60", "a=", "a=x", "a=0", "a=101", "a=5,a=6", "a=-5", ""):
        with pytest.raises(UsageError, match="rule"):
            rules_in([wrong])
    with pytest.raises(UsageError, match="percentage"):
        dedup.outlets(dedup.scan([]), rules={"a": float("nan")})


# Filters.


@st.composite
def filters(draw: st.DrawFn) -> dedup.Filters:
    days = st.sampled_from([None, "2018-07-14", "2018-07-15", "2018-07-15 09:15", "2018-07-16"])
    since, until = draw(days), draw(days)
    assume(since is None or until is None or since <= until)
    names = draw(st.lists(st.sampled_from(["CNN", "www.cnn.com", "Associated Press", "The Daily"]), max_size=2))
    return dedup.Filters(names, since, until, draw(st.booleans()), draw(st.sampled_from([0, 2, 5])))


def known(wanted: dedup.Filters, report: Report) -> dedup.Filters:
    """`wanted` with only outlets of which there is a document."""
    stated = {document.outlet for document in report.documents if document.outlet}
    return replace(wanted, outlets=[name for name in wanted.outlets if any(is_outlet(name, own) for own in stated)])


@settings(max_examples=200)
@given(reports(), filters())
def test_a_filter_leaves_what_its_definition_says(report: Report, wanted: dedup.Filters) -> None:
    wanted = known(wanted, report)
    found = dedup.filtered(report, wanted)
    expected = oracles.filtered(report, wanted)
    assert list(found.matches) == expected["matches"]
    assert [family.id for family in found.families] == expected["families"]
    assert sorted((edge.child, edge.parent, edge.kind) for edge in found.provenance.edges) == sorted(expected["edges"])


@settings(max_examples=100)
@given(reports(), filters())
def test_what_a_filter_leaves_is_a_whole_report(report: Report, wanted: dedup.Filters) -> None:
    found = dedup.filtered(report, known(wanted, report))
    ids = {document.id for document in found.documents}
    sources = {source.id for source in found.provenance.sources}
    families = {family.id for family in found.families}
    assert {match.family for match in found.matches} <= families
    assert {span.doc for family in found.families for span in family.passages} <= ids
    edges = [*found.provenance.edges, *(edge for tree in found.provenance.passages for edge in tree.edges)]
    assert {end for edge in edges for end in (edge.child, edge.parent)} <= ids | sources
    assert {name for group in found.provenance.versions for name in group} <= ids
    assert {tree.family for tree in found.provenance.passages} <= families
    for story in found.provenance.stories:
        assert {*story.documents} <= ids
        assert {origin.id for origin in story.origins} <= ids | sources
    text = "".join(to_json(found, with_text=True, shown=CONTENTS))
    assert from_json(text, lambda *_: "")[0] == replace(found, shared=dict.fromkeys(sorted(ids), 0.0))
    if known(wanted, report):
        left_out: Mapping[str, int] = found.params["filters"]["left_out"]  # type: ignore[index] # plain data
        assert left_out["documents"] + len(found.documents) == len(report.documents)
        assert left_out["matches"] + len(found.matches) == len(report.matches)
        assert left_out["edges"] + len(found.provenance.edges) == len(report.provenance.edges)
    else:
        assert found is report


@settings(max_examples=50)
@given(reports(), st.integers(0, 3), st.sampled_from(["scan", "tree", "sources"]))
def test_the_first_entries_of_an_order_are_those_of_the_whole_order(report: Report, top: int, result: str) -> None:
    for order in ORDERS[result]:
        whole, first = arranged(report, result, order, shown=CONTENTS), arranged(report, result, order, top, shown=CONTENTS)
        assert first.families[:top] == whole.families[:top]
        assert {match.family for match in first.matches} <= {family.id for family in first.families}
        main = [edge for edge in whole.provenance.edges if edge.kind != "passage"]
        kept = [edge for edge in first.provenance.edges if edge.kind != "passage"]
        stories = whole.provenance.stories[: top if result == "sources" else None]
        if result == "tree":  # those of the trees that are shown
            ends = {end for edge in kept for end in (edge.child, edge.parent)}
            stories = tuple(story for story in stories if ends & {*story.documents})
        assert first.provenance.stories == stories
        assert kept == main[: len(kept)]
        assert sorted(whole.families, key=lambda f: f.id) == sorted(report.families, key=lambda f: f.id)


@settings(max_examples=50)
@given(reports(), st.integers(0, 3))
def test_the_outlets_of_an_order_are_the_outlets(report: Report, top: int) -> None:
    found = dedup.outlets(report)
    for order in ORDERS["outlets"]:
        whole = arranged_outlets(found, order)
        assert sorted(row.outlet for row in whole.outlets) == sorted(row.outlet for row in found.outlets)
        assert arranged_outlets(found, order, top).outlets == whole.outlets[:top]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"since": "15/07"}, "write YYYY-MM-DD"),
        ({"until": "2018-07"}, "write YYYY-MM-DD"),
        ({"since": "2018-07-16", "until": "2018-07-15"}, "exchange"),
        ({"outlets": "CNN"}, "sequence"),
        ({"outlets": [""]}, "outlet"),
        ({"min_words": -1}, "whole number"),
    ],
)
def test_a_filter_that_cannot_be_is_refused(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        dedup.Filters(**wrong)


def test_a_day_includes_its_whole_day() -> None:
    morning, night, next_day = (article(f"d{n}", outlet="CNN", day=day) for n, day in enumerate((0.3, 0.999, 1)))
    wanted = dedup.Filters(until="2018-07-15")
    assert [wanted.is_in_time(document) for document in (morning, night, next_day)] == [True, True, False]
    assert not dedup.Filters(since="2018-07-15").is_in_time(article("x", outlet="CNN"))
    assert dedup.Filters(since=DAY.date()).is_in_time(morning)


# The commands.


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("corpus") / "articles.jsonl"
    rows = [
        article("d1", outlet="Reuters", day=0.1, title="Soldiers buried near the border"),
        article("d2", outlet="cnn.com", day=0.5, title="Soldiers are laid to rest"),
        article("d3", outlet="CNN", day=2),
        article("d4", outlet="Valley Post", day=3, text=OTHER, title="Harbour reopens"),
        article("d5", outlet="The Daily", day=4, text=OTHER),
        article("d6", outlet=None, day=5, text=OTHER),
    ]
    lines = [
        {"id": d.id, "text": d.text, "outlet": d.outlet, "published": d.published and d.published.isoformat()} for d in rows
    ]
    path.write_text(
        "\n".join(json.dumps(line | ({"title": d.title} if d.title else {})) for line, d in zip(lines, rows, strict=True))
    )
    return path


def data(*arguments: str | Path) -> Any:
    done = run(*arguments, "--format", "json", "-q")
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def test_the_command_counts_outlets_and_rules(corpus: Path) -> None:
    found = data("outlets", corpus, "--rule", "similarity=60,duplicate=90")
    assert found["schema"] == "dedup.outlets/1"
    by_name = {row["outlet"]: row for row in found["outlets"]}
    assert by_name["CNN"]["articles"] == 2
    assert by_name["CNN"]["copied"] == 1.0
    assert {(row["outlet"], row["rule"]): row["articles"] for row in found["rules"]}["CNN", "duplicate"] == 2
    assert found["without_outlet"] == 1
    shown = run("outlets", corpus, "--rule", "duplicate=90").stdout.decode()
    assert "1 article states no outlet" in shown
    assert re.search(r"^CNN +2 \(100%\)$", shown, re.MULTILINE)
    assert "follows Reuters" in shown


def test_outlets_of_a_report_are_those_of_the_paths_and_of_a_traced_report(corpus: Path, tmp_path: Path) -> None:
    expected = data("outlets", corpus)
    for command in ("scan", "tree"):
        written = tmp_path / f"{command}.json"
        assert (
            run(command, corpus, "--format", "json", "--with-text" if command == "scan" else "-q", "-o", written).returncode
            == 0
        )
        assert data("outlets", written) == expected


def test_a_traced_report_is_not_traced_again(corpus: Path, tmp_path: Path) -> None:
    written = tmp_path / "tree.json"
    assert run("tree", corpus, "--format", "json", "-o", written).returncode == 0
    row = json.loads(written.read_text())
    row["provenance"]["edges"][0]["confidence"] = 0.1234
    written.write_text(json.dumps(row))
    assert data("tree", written)["provenance"]["edges"][0]["confidence"] == 0.1234
    assert data("tree", written, "--preset", "retelling")["params"]["tracing"] == "retelling"


def test_filters_limit_what_every_command_and_format_shows(corpus: Path) -> None:
    assert {match["b"]["doc"] for match in data("scan", corpus, "--outlet", "the daily")["matches"]} == {"d5", "d6"}
    assert {match["a"]["doc"] for match in data("scan", corpus, "--until", "2018-07-15")["matches"]} == {"d1", "d2"}
    assert {match["b"]["doc"] for match in data("scan", corpus, "--across-outlets")["matches"]} == {"d2", "d3", "d5"}
    assert not data("scan", corpus, "--min-words", "500")["matches"]
    assert [row["outlet"] for row in data("outlets", corpus, "--outlet", "CNN")["outlets"]] == ["CNN"]
    assert [row["articles"] for row in data("outlets", corpus, "--since", "2018-07-18", "--sort", "name")["outlets"]] == [1, 1]
    tree = data("tree", corpus, "--outlet", "valleypost.example")["provenance"]["edges"]
    assert {edge["child"] for edge in tree} <= {"d4", "d5", "d6"}
    assert len(data("sources", corpus, "--outlet", "CNN")["provenance"]["stories"]) == 1
    assert len(data("sources", corpus)["provenance"]["stories"]) == 2


def test_order_and_number_hold_for_json_too(corpus: Path) -> None:
    first = data("scan", corpus, "--sort", "time", "--top", "1")
    assert [family["canonical"]["doc"] for family in first["families"]] == ["d1"]
    assert {match["family"] for match in first["matches"]} == {first["families"][0]["id"]}
    assert len(data("sources", corpus, "--top", "1")["provenance"]["stories"]) == 1
    assert [row["outlet"] for row in data("outlets", corpus, "--sort", "name", "--top", "2")["outlets"]] == ["CNN", "Reuters"]


def test_nothing_left_is_said_in_a_line(corpus: Path) -> None:
    for command in ("scan", "tree", "sources"):
        done = run(command, corpus, "--since", "2020-01-01")
        assert done.returncode == 0
        assert b"Nothing is left" in done.stdout
        assert done.stderr.decode() == "dedup: nothing is left after the filters\n"
    done = run("outlets", corpus, "--since", "2020-01-01")
    assert b"Nothing is left" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["scan", "--outlet", "Valley Pots"], "did you mean 'Valley Post'?"),
        (["tree", "--outlet", "BBC"], "there are CNN"),
        (["outlets", "--outlet", "BBC"], "no document is of this outlet"),
        (["scan", "--since", "soon"], "write YYYY-MM-DD"),
        (["scan", "--since", "2018-07-16", "--until", "2018-07-15"], "exchange them"),
        (["scan", "--sort", "size"], "'spread', 'documents', 'words', 'time'"),
        (["scan", "--min-words", "-1"], "--min-words"),
        (["outlets", "--rule", "90"], "write NAME=PERCENT"),
        (["outlets", "--rule", "a=150"], "at most 100"),
    ],
)
def test_a_wrong_value_ends_with_2_and_names_the_way_out(corpus: Path, arguments: list[str], message: str) -> None:
    done = run(*arguments, corpus, COLUMNS="300", NO_COLOR="1")
    assert done.returncode == 2
    assert message in done.stderr.decode()


def test_an_outlet_is_not_asked_for_where_no_document_states_one() -> None:
    done = run("scan", Path(__file__).parents[1] / "seeds", "--outlet", "CNN")
    assert done.returncode == 2
    assert b"--outlet-from" in done.stderr


def test_the_terminal_shows_titles_and_the_days_of_dates_without_a_time(corpus: Path) -> None:
    shown = run("scan", corpus).stdout.decode()
    assert "“Soldiers buried near the border”\n  Reuters · 2018-07-15 02:24 · d1 · " in shown
    assert "  d3 · CNN · 2018-07-17 · " in shown
    tree = run("tree", corpus).stdout.decode()
    assert "“Soldiers buried near the border” · Reuters · 2018-07-15 02:24 · d1" in tree


def test_trees_come_by_the_size_of_their_story_or_by_time() -> None:
    days = {"a0": 0, "a1": 1, "b0": 3, "b1": 4, "b2": 5}
    documents = tuple(article(name, outlet="CNN", day=day) for name, day in days.items())
    edges = tuple(Edge(*ends, "main", 0.9) for ends in (("a1", "a0"), ("b1", "b0"), ("b2", "b1")))
    report = Report(documents, (), (), provenance=Provenance(edges))
    assert ranked_trees(report) == ["b0", "a0"]
    assert ranked_trees(report, "time") == ["a0", "b0"]
    assert heads(report) == {name: f"{name[0]}0" for name in days}


def test_markup_and_control_characters_of_names_do_nothing_in_a_terminal(tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    rows = [
        {
            "id": f"d{n}",
            "text": STORY,
            "outlet": f"[red]{n}\u001b[31m",
            "title": "[bold]\u001b[2J",
            "published": f"2018-07-1{n}",
        }
        for n in (1, 2)
    ]
    path.write_text("\n".join(map(json.dumps, rows)))
    for command in ("scan", "tree", "sources", "outlets"):
        shown = run(command, path, "--sort", "time" if command != "outlets" else "lag").stdout
        assert b"\x1b" not in shown
        assert b"[red]1" in shown


def test_each_outlet_is_one_of_the_names_that_the_documents_use() -> None:
    for outlet, other in product(OUTLETS, OUTLETS):
        if outlet and other:
            assert (outlet_key(outlet) == outlet_key(other)) <= is_outlet(outlet, other)
    assert not published(article("a", outlet=None)).is_known
