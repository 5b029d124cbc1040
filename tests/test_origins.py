"""Who copied whom on news: copying is decided before direction, and sources that are not there are named."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from test_cli import dedup as run

import dedup
from dedup.press.releases import is_release
from dedup.trace_params import trace_preset
from dedup.types import Document

BODY = (
    "Divers who searched the wreck off Harrow Point for two days brought up a bell, a sack of letters and a carved wheel.\n\n"
    "The harbour master hung the wheel in the hall where sailors wait for their pay, and a clerk began to dry the letters.\n\n"
    "Nobody on the quay could say which ship had carried them, because the register burnt in a fire forty years ago.\n\n"
    "A museum in the next county has offered to keep the bell, but the town council wants it for the new fire station."
)
STATEMENT = (
    "The company regrets that the barge was left without lights in the fairway. We have asked an outside engineer to look at "
    "every vessel that we own, and we will pay the wages of the crew until that work is done."
)
OWN = (
    "A choir sang on the ferry until the engine stopped.",
    "Two dogs and a cat were found asleep in the sail locker.",
    "The baker sent bread, and nobody asked him for a bill.",
)


def story(number: int) -> str:
    """Four sentences of a report of its own."""
    return "\n\n".join(
        f"Report{number} says that {' '.join(f'w{number}x{line}y{word}' for word in range(16))} on the day."
        for line in range(4)
    )


def tree(folder: Path, *rows: dict[str, Any], options: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the `provenance` of `dedup tree` over `rows`."""
    path = folder / "news.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    done = run("tree", path, "--format", "json", *options)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)["provenance"]
    return found


def main_edges(found: dict[str, Any]) -> dict[str, str]:
    return {edge["child"]: edge["parent"] for edge in found["edges"] if edge["kind"] != "passage"}


def paper(number: int, text: str, **rest: Any) -> dict[str, Any]:
    return {"id": f"p{number}", "outlet": f"Paper {'ABCDEFG'[number]}", "text": text, **rest}


@pytest.mark.parametrize("marks", ["“{}”", "> {}", "«{}»", "The statement of the company read:\n\n{}"])
def test_reports_that_print_one_statement_are_not_copies(tmp_path: Path, marks: str) -> None:
    rows = [paper(n, f"{OWN[n]}\n\n{marks.format(STATEMENT)}\n\n{story(n)[:200]}", published="2024-05-15") for n in (0, 1)]
    assert tree(tmp_path, *rows)["edges"] == []


def test_a_copy_that_names_who_had_it_first_is_a_copy(tmp_path: Path) -> None:
    text = BODY.replace("\n\n", "\n\nThe story was first reported by the Paper A.\n\n", 1)
    found = tree(tmp_path, paper(0, BODY, published="2024-05-15"), paper(1, text, published="2024-05-16"))
    assert main_edges(found) == {"p1": "p0"}


@pytest.mark.parametrize(
    ("opening", "closing", "agency"),
    [
        ("Harrow (dpa/lno) - ", "", "DPA"),
        ("By The Associated Press\n\n", "", "AP"),
        ("Москва. 14 мая. INTERFAX.RU - ", "", "Interfax"),
        ("", "\n\n(Theo AFP)", "AFP"),
        ("", "\n\nThis report by The Canadian Press was first published May 14, 2024.", "CP"),
        ("", "\n\nCopyright 2024 The Associated Press. All rights reserved.", "AP"),
    ],
)
@pytest.mark.parametrize("copies", [1, 3])
def test_a_credit_names_a_source_that_is_not_there(
    tmp_path: Path, opening: str, closing: str, agency: str, copies: int
) -> None:
    rows = [paper(n, f"{opening}{BODY}\n\n{OWN[n]}{closing}", published=f"2024-05-14T0{n}:00:00Z") for n in range(copies)]
    found = tree(tmp_path, *rows, paper(6, story(1)))
    if copies == 1 and agency == "AFP":
        assert found["edges"] == []  # a note at the end of a text that nobody else has may be about a part of it
        return
    (source,) = found["sources"]
    assert (source["agency"], source["children"]) == (agency, [row["id"] for row in rows])
    assert main_edges(found) == {row["id"]: source["id"] for row in rows}


def test_a_note_that_an_agency_contributed_names_no_source(tmp_path: Path) -> None:
    assert tree(tmp_path, paper(0, f"{BODY}\n\nThe Associated Press contributed to this report."))["edges"] == []


def test_beside_an_agency_the_paper_of_a_byline_is_no_source(tmp_path: Path) -> None:
    row = paper(0, BODY, author="The Guardian - Reuters")
    (source,) = tree(tmp_path, row)["sources"]
    assert source["agency"] == "Reuters"


def test_the_site_tells_an_agencys_own_text(tmp_path: Path) -> None:
    own = {"id": "own", "outlet": "was", "url": "https://www.spa.gov.sa/1", "text": BODY, "published": "2024-05-14T12:00:00Z"}
    copies = [paper(n, f"{BODY}\n\n{OWN[n]}", published=f"2024-05-14T0{n}:00:00Z") for n in range(2)]
    found = main_edges(tree(tmp_path, own, *copies))
    assert "own" not in found
    assert "own" in found.values()


@pytest.mark.parametrize("kind", ["press-release", None])
def test_papers_were_made_from_a_release_that_was_put_on_the_web_after_them(tmp_path: Path, kind: str | None) -> None:
    text = f"FOR IMMEDIATE RELEASE\n\n{BODY}\n\nMedia contact: Ada Finlay, Harbour Office"
    release = {"id": "release", "outlet": "harbour.org", "kind": kind, "text": text, "published": "2024-05-14T12:00:00Z"}
    papers = [paper(n, f"{BODY}\n\n{OWN[n]}", published=f"2024-05-14T0{n}:00:00Z") for n in range(3)]
    assert main_edges(tree(tmp_path, release, *papers)) == {"p0": "release", "p1": "release", "p2": "release"}


def printed_by_two(in_turn: bool) -> list[Document]:
    """Twenty stories, each in two papers; the second paper is always later, or every other time."""
    out = []
    for number in range(20):
        first = datetime(2024, 5, 1, tzinfo=UTC) + timedelta(days=number)
        for paper_number in (0, 1):
            late = paper_number == (number % 2 if in_turn else 1)
            text = f"{story(number)}\n\n{OWN[paper_number]}"
            name = f"{number:02}{'AB'[paper_number]}"
            out.append(Document(name, text, outlet=f"Paper {'AB'[paper_number]}", published=first + timedelta(hours=3 * late)))
    return out


def test_two_papers_that_print_the_same_texts_in_turn_have_a_source_in_common() -> None:
    found = dedup.trace(printed_by_two(in_turn=True)).provenance
    assert {edge.parent.partition(":")[0] for edge in found.edges} == {"hidden"}
    assert {edge.child for edge in found.edges} == {d.id for d in printed_by_two(in_turn=True)}
    assert all(source.agency is None and len(source.children) == 2 for source in found.sources)
    assert all("common-source" in {reason.kind for reason in edge.reasons} for edge in found.edges)


def test_a_paper_that_is_always_second_copies_the_first() -> None:
    edges = dedup.trace(printed_by_two(in_turn=False)).provenance.edges
    assert {(edge.child, edge.parent) for edge in edges} == {(f"{n:02}B", f"{n:02}A") for n in range(20)}


LONG = f"{BODY}\n\n{story(1)}"
"""A report of eight sentences."""


@pytest.mark.parametrize("added", ["", "A ferry that was to bring a crane to the reef turned back in fog."])
def test_who_only_leaves_out_sentences_has_the_text_from_its_parent(tmp_path: Path, added: str) -> None:
    cut = "\n\n".join(LONG.split("\n\n")[:4])
    found = tree(
        tmp_path,
        paper(1, f"Wheel and bell found\n\n{LONG}", published="2024-03-01T08:00:00Z"),
        paper(2, f"What the sea kept\n\n{cut}\n\n{added}".strip(), published="2024-03-01T10:00:00Z"),
    )
    assert main_edges(found) == {"p2": "p1"}


def test_a_collage_of_two_reports_has_no_unseen_source_of_the_whole(tmp_path: Path) -> None:
    found = tree(
        tmp_path,
        paper(1, BODY, published="2024-03-01T08:00:00Z"),
        paper(2, f"{story(1)}\n\n{OWN[0]}", published="2024-03-01T08:30:00Z"),
        paper(3, f"{story(1)}\n\n{BODY}\n\n{OWN[1]}", published="2024-03-02T10:00:00Z"),
    )
    edges = {(edge["child"], edge["parent"]) for edge in found["edges"]}
    assert edges == {("p3", "p1"), ("p3", "p2")}
    assert not found["sources"]


def test_an_outlets_text_is_no_update_of_a_later_one(tmp_path: Path) -> None:
    found = tree(
        tmp_path,
        {**paper(1, "\n\n".join(LONG.split("\n\n")[2:6]), published="2024-03-01T08:00:00Z"), "title": "Wheel found"},
        {**paper(1, LONG, published="2024-03-01T19:00:00Z"), "id": "later", "title": "Wheel found"},
    )
    assert main_edges(found) == {"later": "p1"}


@pytest.mark.parametrize("published", [None, datetime(2024, 5, 14, tzinfo=UTC)])
def test_of_two_texts_without_an_order_neither_is_surely_the_copy(published: datetime | None) -> None:
    texts = [f"{BODY}\n\n{OWN[0]}", f"{BODY} {OWN[1]}"]
    documents = [Document(f"d{n}", text, outlet="Gazette", published=published) for n, text in enumerate(texts)]
    most = trace_preset("news").confidence.either
    assert all(edge.confidence <= most for edge in dedup.trace(documents).provenance.edges)


def test_the_same_page_under_another_name_is_the_copy() -> None:
    url = "https://www.theguardian.com/uk/1"
    documents = [Document("a", BODY, outlet="Guest Writer", url=url), Document("b", BODY, outlet="The Guardian", url=url)]
    (edge,) = dedup.trace(documents).provenance.edges
    assert (edge.child, edge.parent) == ("a", "b")


@pytest.mark.parametrize(
    ("line", "release"),
    [
        ("FOR IMMEDIATE RELEASE", True),
        ("Embargoed until 00:01 on Tuesday", True),
        ("Notes to editors:", True),
        ("Media contact: press office, Station Square 1, Northgate.", True),
        ("報道関係者各位", True),
        ("HARROW, May 14 /PRNewswire/ -- A bell was found.", True),
        ("-ENDS-", True),
        ("The bank said in a press release that it would open on Saturdays.", False),
        ("Press releases are written by people who are paid for it, and this one was read by nobody at all.", False),
        ("The end", False),
    ],
)
def test_a_release_says_so_in_a_line_of_its_own(line: str, release: bool) -> None:
    assert is_release(Document("d", f"{line}\n\n{BODY}"), 400) == release


def stories_of(folder: Path, *rows: dict[str, Any]) -> list[dict[str, Any]]:
    path = folder / "news.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    done = run("sources", path, "--format", "json")
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)["provenance"]["stories"]
    return found


def test_reprints_are_one_origin_and_reports_that_quote_one_statement_are_several(tmp_path: Path) -> None:
    reprints = [paper(n, f"By The Associated Press\n\n{BODY}\n\n“{STATEMENT}”\n\n{OWN[n]}") for n in range(3)]
    own = [paper(n, f"{story(n)}\n\n“{STATEMENT}”") for n in (3, 4)]
    alone = paper(5, story(5))
    (found,) = stories_of(tmp_path, *reprints, *own, alone)
    assert found["documents"] == ["p0", "p1", "p2", "p3", "p4"]
    assert sorted(sorted(origin["documents"]) for origin in found["origins"]) == [["p0", "p1", "p2"], ["p3"], ["p4"]]
    assert found["same_statement"] == [["p0", "p1", "p2", "p3", "p4"]]
    printed = run("sources", tmp_path / "news.jsonl").stdout.decode()
    assert "1 · 5 documents · 3 independent origins" in printed
    assert "an unseen text of AP" in printed


def test_the_same_words_months_apart_are_two_stories(tmp_path: Path) -> None:
    rows = [paper(n, f"{story(n)}\n\n“{STATEMENT}”", published=f"2024-0{2 + 4 * n}-01") for n in range(2)]
    assert stories_of(tmp_path, *rows) == []


def test_a_report_is_read_back_with_its_passages_and_stories(tmp_path: Path) -> None:
    report = dedup.trace(dedup.read([Path(__file__).parents[1] / "seeds"]))
    report.save(tmp_path / "report.json")
    assert dedup.load(tmp_path / "report.json").provenance == report.provenance
    assert report.provenance.passages
    assert report.provenance.stories == dedup.independent_sources(report.documents)


def test_who_has_each_passage_of_the_seeds() -> None:
    report = dedup.trace(dedup.read([Path(__file__).parents[1] / "seeds"]))
    texts = {document.id: document.text for document in report.documents}
    canonical = {family.id: family.canonical for family in report.families}
    by_words = {}
    for grown in report.provenance.passages:
        span = canonical[grown.family]
        by_words[texts[span.doc or ""][span.start : span.end]] = grown
        names = {*texts, *(source.id for source in report.provenance.sources)}
        assert {edge.parent for edge in grown.edges} | {edge.child for edge in grown.edges} <= names
        assert (grown.root if isinstance(grown.root, str) else grown.root.doc) in names

    def found(words: str) -> tuple[str, set[str]]:
        (grown,) = [own for text, own in by_words.items() if words in text]
        root = "unseen" if isinstance(grown.root, str) else (grown.root.doc or "")[:3]
        return root, {edge.child[:3] for edge in grown.edges}

    assert found("Central Military Media") == ("002", {"000"})
    assert found("top concern") == ("unseen", {"000", "001"})
    assert found("Syrian Arab Army units") == ("unseen", {"000", "001"})
    assert found("worst spillovers") == ("003", {"000", "004"})
    printed = run("tree", Path(__file__).parents[1] / "seeds").stdout.decode()
    assert "No document is a copy of another as a whole. Who has each passage:" in printed
    assert "Central Military Media" in printed
    # The graphs hold documents as wholes.
    assert b"unseen source" not in run("tree", Path(__file__).parents[1] / "seeds", "--format", "dot").stdout
