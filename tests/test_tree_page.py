"""The page of `dedup tree` as a reader sees it: in a browser, with and without scripts, on a phone, aloud."""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from browser import launch, violations

import dedup
from dedup import Document
from dedup.report.tree_axis import axis
from dedup.report.tree_html import tree_page
from dedup.types import (
    Edge,
    Family,
    Match,
    NewsStory,
    Origin,
    PassageTree,
    Provenance,
    Reason,
    Report,
    Rival,
    Span,
    UnseenSource,
)

SEEDS = Path(__file__).parent.parent / "seeds"
NOON = datetime(2018, 7, 15, 12, tzinfo=UTC)
BAD = "<img src=x onerror=\"document.title='ran'\"><script>document.title='ran'</script>"


def document(name: str, hours: float | None, outlet: str | None, title: str | None = None, url: str | None = None) -> Document:
    """Return a document that is `hours` after noon; None has no time."""
    time = None if hours is None else NOON + timedelta(hours=hours)
    return Document(name, f"The ferry of {name} left the harbour.", outlet=outlet, title=title, published=time, url=url)


def made(word: str = "", address: str = "https://daily.example/1") -> Report:
    """Return a report with every kind of relation; `word` is put into all names."""
    ids = {name: f"{name}{word}" for name in ("wire", "daily", "later", "post", "herald", "own", "lone")}
    documents = (
        document(ids["daily"], 1, f"Daily{word}", f"Ferry sails{word}", address),
        document(ids["later"], 3, f"Daily{word}", f"Ferry sails at last{word}"),
        document(ids["post"], 2, f"Post{word}", f"Ferry sails{word}"),
        document(ids["herald"], None, f"Herald{word}", f"Boat leaves{word}"),
        document(ids["own"], 30, "Gazette", f"What the captain said{word}"),
        document(ids["lone"], 31, "Bugle", "Cat in tree"),
    )
    reasons = (Reason("credit", f"{ids['post']} credits AP"),)
    doubts = (Reason("no-credit", f"no credit to AP was found in {ids['herald']}"),)
    edges = (
        Edge(ids["daily"], "hidden:1", "main", 0.97, reasons, (), (Rival(None, 0.02), Rival(ids["post"], 0.01))),
        Edge(ids["later"], ids["daily"], "update", 0.9),
        Edge(ids["post"], "hidden:1", "main", 0.7, reasons),
        Edge(ids["herald"], ids["post"], "main", 0.4, (), doubts),
    )
    story = NewsStory(
        "story",
        tuple(ids[name] for name in ("daily", "later", "post", "herald", "own")),
        (
            Origin("hidden:1", tuple(ids[name] for name in ("daily", "later", "post", "herald")), 0.96),
            Origin(ids["own"], (ids["own"],), 0.9),
        ),
        ((ids["own"], ids["post"]),),
    )
    one, other = documents[2], documents[3]
    match = Match(Span(one.id, 0, len(one.text)), Span(other.id, 0, len(other.text)), "near", 0.8, 60.0)
    passage = Family("f1", "reuse", match.a, (match.a, match.b))
    phrase = Family("f2", "reuse", Span(one.id, 0, 9), (Span(one.id, 0, 9), Span(other.id, 0, 9)), content="phrase")
    source = UnseenSource("hidden:1", f"AP{word}", 0.9, (ids["daily"], ids["post"]))
    versions = ((ids["daily"], ids["post"]),)
    found = Provenance(edges, versions, (source,), (), (story,))
    return Report(documents, (match,), (passage, phrase), provenance=found)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with launch() as browser:
        yield browser


class Opened:
    """A page in a browser, and what went to its console."""

    def __init__(self, browser: Any, text: str, folder: Path, **options: Any) -> None:
        path = folder / "tree.html"
        path.write_text(text, encoding="utf-8")
        self.said: list[str] = []
        self.context = browser.new_context(**options)
        self.page = self.context.new_page()
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.goto(path.as_uri())

    def visible(self, selector: str) -> int:
        """How many elements a reader sees."""
        return len([one for one in self.page.query_selector_all(selector) if one.is_visible()])


def test_a_page_says_the_number_of_independent_sources_first() -> None:
    page = re.sub("<[^>]*>", "", tree_page(made()))
    assert "6 documents · 1 story · 2 independent sources · 1 unseen source" in page
    assert (
        "5 articles of 4 outlets · 2 independent sources (1 almost certain, 1 likely): an unseen text of AP (4 articles)"
        in page
    )


def test_a_page_names_headlines_and_no_ids() -> None:
    page = tree_page(made("-id-7"))
    shown = re.sub("<[^>]*>", "", re.sub("(?s)<style>.*?</style>|<script.*?</script>", "", page))
    for name in ("daily-id-7", "later-id-7", "post-id-7", "hidden:1"):
        assert name not in shown
    assert "This article credits AP" in shown


def test_words_of_another_direction_do_not_turn_the_arrow_between_them() -> None:
    report = made()
    changed = Reason("changed-words", "1 word replaced (“الشهيد” → “الشهداء”)")
    edges = (replace(report.provenance.edges[0], reasons=(changed,)), *report.provenance.edges[1:])
    page = tree_page(replace(report, provenance=replace(report.provenance, edges=edges)))
    assert "“<bdi>الشهيد</bdi>” → “<bdi>الشهداء</bdi>”" in page


def test_what_a_page_leaves_out_is_counted() -> None:
    page = tree_page(made())
    assert "Not in any story: 1 document without any text in common" in page
    assert "1 shared phrase, which nobody owns" in page


def test_a_story_of_a_thousand_copies_shows_the_largest_outlets_and_counts_the_rest() -> None:
    copies = tuple(document(f"d{n}", n / 60, f"outlet {n % 100}", "Ferry sails") for n in range(1000))
    edges = tuple(Edge(copy.id, copies[0].id, "main", 0.9) for copy in copies[1:])
    names = tuple(copy.id for copy in copies)
    story = NewsStory("s", names, (Origin(names[0], names, 0.9),))
    page = tree_page(Report(copies, (), (), provenance=Provenance(edges, stories=(story,))))
    drawn = len(re.findall('<a class="dot', page))
    assert f"{1000 - drawn:,} documents of " in page
    assert 0 < drawn <= 100
    assert "more outlets: " in page
    assert "599 edges are not in the table" in page
    assert len(page.encode()) < 3_000_000


def test_a_page_of_many_stories_lists_those_that_it_does_not_draw() -> None:
    pairs = [(document(f"a{n}", 0, "One", f"Story {n}"), document(f"b{n}", 1, "Two", f"Story {n}")) for n in range(2000)]
    edges = tuple(Edge(two.id, one.id, "main", 0.9) for one, two in pairs)
    stories = tuple(NewsStory(one.id, (one.id, two.id), (Origin(one.id, (one.id, two.id), 0.9),)) for one, two in pairs)
    page = tree_page(Report([one for pair in pairs for one in pair], (), (), provenance=Provenance(edges, stories=stories)))
    drawn, listed = page.count('<section class="story"'), page.count('<tr class="story"')
    assert drawn > 50
    assert f"{2000 - drawn - listed:,} more, none of them larger, are not listed." in page
    assert len(page.encode()) < 3_000_000


def test_a_report_without_stories_is_shown_by_its_trees() -> None:
    report = made()
    page = tree_page(replace(report, provenance=replace(report.provenance, stories=())))
    assert "6 documents · 1 story" in page


def test_passages_are_drawn_where_no_document_is_a_copy() -> None:
    report = dedup.trace(dedup.read(SEEDS))
    page = tree_page(report)
    assert "Who has each passage" in page
    assert page.count("<blockquote") >= len(report.provenance.passages)


def test_a_passage_leads_from_its_source_to_its_copies() -> None:
    report = made()
    one, other = report.families[0].passages
    tree = PassageTree("f1", one, (Edge(other.doc or "", one.doc or "", "passage", 0.9),))
    story = NewsStory("s", (one.doc or "", other.doc or ""), ())
    page = tree_page(replace(report, provenance=Provenance((), passages=(tree,), stories=(story,))))
    assert "This passage was probably made from" in page


def test_a_long_gap_without_documents_is_cut_and_named() -> None:
    shown = axis([NOON, NOON + timedelta(hours=5), NOON + timedelta(days=90)], 0, 100)
    assert [gap.words for gap in shown.breaks] == ["90 days"]
    assert shown.x(NOON + timedelta(hours=5)) > 80


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_has_no_barrier_that_axe_knows(chromium: Any, tmp_path: Path, scheme: str) -> None:
    for text in (tree_page(made()), tree_page(dedup.trace(dedup.read(SEEDS)))):
        opened = Opened(chromium, text, tmp_path, color_scheme=scheme, bypass_csp=True)
        for part in ("", "details"):
            opened.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)" if part else "0")
            assert violations(opened.page) == []
        opened.page.locator(".dot").first.click()
        assert violations(opened.page) == []


def test_a_document_and_an_edge_open_the_panel_that_tells_their_source(chromium: Any, tmp_path: Path) -> None:
    opened = Opened(chromium, tree_page(made()), tmp_path)
    page = opened.page
    page.locator(".dot", has_text="Boat leaves").focus()
    page.keyboard.press("Enter")
    panel = page.locator(".panel:target")
    assert "Nobody can tell whether this text as a whole was made from “Ferry sails” (Post)" in panel.inner_text()
    assert "No credit to AP was found in this article" in panel.inner_text()
    assert panel.locator("ins").all_inner_texts() or panel.locator(".prose").count()
    page.keyboard.press("Escape")
    assert page.locator(".panel:target").count() == 0
    assert page.evaluate("document.activeElement.textContent").strip() == "Boat leaves"
    page.locator("[data-to]").first.dispatch_event("click")
    assert "almost certain (97 %)" in page.locator(".panel:target").inner_text().lower()
    for name in page.evaluate("[...document.querySelectorAll('.panel')].map(panel => panel.id)"):
        page.evaluate("name => location.hash = name", name)
        assert opened.visible(".panel") == 1
    assert opened.said == []


def test_every_filter_hides_what_it_should(chromium: Any, tmp_path: Path) -> None:
    report = made()
    others = (document("x1", 700, "Mail", "Bridge opens"), document("x2", 701, "Times", "Bridge opens"))
    story = NewsStory("second", ("x1", "x2"), (Origin("x1", ("x1", "x2"), 0.8),))
    found = report.provenance
    found = replace(found, edges=(*found.edges, Edge("x2", "x1", "main", 0.8)), stories=(*found.stories, story))
    text = tree_page(replace(report, documents=(*report.documents, *others), provenance=found))
    opened = Opened(chromium, text, tmp_path)
    page = opened.page
    assert opened.visible("section.story") == 2
    for name, value, left in (
        ("words", "bridge", 1),
        ("words", "herald", 1),
        ("words", "nothing like it", 0),
        ("since", "2018-08-01", 1),
        ("until", "2018-08-01", 1),
    ):
        page.locator(f"[name={name}]").fill(value)
        assert opened.visible("section.story") == left, (name, value)
        assert page.locator("output").inner_text() == f"{left} of 2 stories"
        page.locator("[type=reset]").click()
        page.locator("section.story").last.wait_for(state="visible")
    page.locator("[name=outlet]").select_option("Mail")
    assert opened.visible("section.story") == 1
    page.locator("[type=reset]").click()
    page.locator("section.story").last.wait_for(state="visible")
    page.locator("[name=sure]").select_option("almost certain")
    assert opened.visible("section.story") == 1
    assert page.locator("path.edge:not([hidden])").count() == 1
    assert opened.said == []


def test_narration_and_quotations_can_be_shown_apart(chromium: Any, tmp_path: Path) -> None:
    opened = Opened(chromium, tree_page(made()), tmp_path)
    page = opened.page
    kinds = {str(edge.get_attribute("data-kind")) for edge in page.query_selector_all("path.edge")}
    assert kinds == {"narration", "None"}  # what two texts share of an unseen source is not known
    for kind, edges, ties in (("narration", 3, 0), ("quotation", 2, 1), ("", 3, 1)):
        page.locator("[name=kind]").select_option(kind)
        assert page.locator("path.edge:not([hidden])").count() == edges
        assert page.locator("path.tie:not([hidden])").count() == ties
    assert opened.said == []


def test_a_page_fits_a_phone(chromium: Any, tmp_path: Path) -> None:
    for text in (tree_page(made("w" * 80)), tree_page(dedup.trace(dedup.read(SEEDS)))):
        opened = Opened(chromium, text, tmp_path, viewport={"width": 390, "height": 844})
        assert opened.page.evaluate("document.documentElement.scrollWidth") == 390
        opened.page.locator(".dot").last.click()
        sheet = opened.page.locator(".panel:target")
        assert sheet.evaluate("sheet => sheet.scrollWidth <= sheet.clientWidth")
        assert sheet.bounding_box()["width"] == 390


def test_a_page_without_scripts_has_its_panels_and_tables(chromium: Any, tmp_path: Path) -> None:
    opened = Opened(chromium, tree_page(made()), tmp_path, java_script_enabled=False)
    assert opened.visible("form") == 0
    assert opened.visible(".edges tbody tr") == 4
    opened.page.locator(".dot", has_text="Boat leaves").click()
    assert opened.visible(".panel") == 1
    opened.page.locator(".panel:target .close").click()
    assert opened.visible(".panel") == 0


def test_nothing_that_a_document_says_runs(chromium: Any, tmp_path: Path) -> None:
    opened = Opened(chromium, tree_page(made(BAD, "javascript:document.title='ran'")), tmp_path)
    page = opened.page
    for name in page.evaluate("[...document.querySelectorAll('.panel')].map(panel => panel.id)"):
        page.evaluate("name => location.hash = name", name)
    page.locator("[name=words]").fill(BAD)
    assert page.title() == "Who copied whom"
    assert page.locator("img").count() == 0
    assert page.locator("a[href^='javascript']").count() == 0
    assert page.locator("body script").count() == 1
    assert opened.said == []


def test_the_page_of_the_seeds_is_the_same_every_time(tmp_path: Path) -> None:
    pages = []
    for name in ("one.html", "two.html"):
        command = [sys.executable, "-m", "dedup", "tree", str(SEEDS), "--format", "html", "-q", "-o", str(tmp_path / name)]
        subprocess.run(command, check=True)
        pages.append((tmp_path / name).read_bytes())
    assert pages[0] == pages[1]
