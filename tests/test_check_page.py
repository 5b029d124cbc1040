"""The page of a check in a real browser: its views open by pointer, keys and links, and no text of a document runs."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from browser import launch, violations

import dedup
from dedup.report.check_html import checked_page
from dedup.report.check_sources import answer, sources_by_share
from dedup.types import Change, Checked, Document, Extent, Finding, Judged, Notice, Sourced

CLOSED = "The harbour authority closed two of its seven piers after divers found cracks below the waterline last week"
SPOKEN = "We will not open the piers again before every single pillar has been looked at by an engineer"
MOVED = "Fishermen who have used the smaller pier for decades were told to move their boats to the northern basin by Friday"
ARABIC = "أعلنت هيئة الميناء إغلاق رصيفين من أرصفتها السبعة بعد أن عثر الغواصون على شقوق تحت خط الماء الأسبوع الماضي"
ARCHIVE = [
    Document(
        "wire-1",
        f"Piers closed\n\nHARBOUR CITY (AP) — {CLOSED}. Engineers are on their way.",
        outlet="fox8.example",
        published=datetime(2018, 7, 15, 9, tzinfo=UTC),
        url="https://fox8.example/piers",
    ),
    Document("paper-1", f'The mayor speaks\n\n"{SPOKEN}," the mayor said. Then she left for lunch.', outlet="The Daily"),
    Document("paper-2", f"Boats must go\n\n{MOVED}. Not all of them agreed.", outlet="The Weekly"),
    Document("arabic", f"الميناء\n\n{ARABIC}.", outlet="الأخبار"),
]
DRAFT = Document(
    "draft.txt",
    f"A pier too few\n\n{CLOSED.replace('two', 'three')}.\n\n“{SPOKEN},” the mayor said.\n\nNobody had asked her.\n\n{MOVED}.",
    published=datetime(2018, 7, 14, tzinfo=UTC),
)
EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)></title></script><svg onload=alert(3)>"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with launch() as found:
        yield found


@pytest.fixture(scope="module")
def checked() -> Checked:
    return dedup.check(DRAFT, against=ARCHIVE)


class Opened:
    """A page in the browser, with every message that it writes."""

    def __init__(self, chromium: Any, path: Path, html: str, *, width: int = 1280, **context: Any) -> None:
        path.write_text(html, encoding="utf-8")
        self.address = path.as_uri()
        self.said: list[str] = []
        self.page = chromium.new_context(viewport={"width": width, "height": 800}, **context).new_page()
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("dialog", self._dialog)
        self.page.goto(self.address)

    def _dialog(self, dialog: Any) -> None:
        self.said.append(dialog.message)
        dialog.dismiss()

    def seen(self, selector: str) -> list[str]:
        """Return the texts of the elements that can be seen."""
        return [one.inner_text() for one in self.page.locator(selector).all() if one.is_visible()]

    def chosen(self) -> list[str]:
        return self.seen(".passage .number")

    def is_too_wide(self) -> bool:
        return bool(self.page.evaluate("document.documentElement.scrollWidth > innerWidth"))


@pytest.fixture
def opened(chromium: Any, tmp_path: Path, checked: Checked) -> Iterator[Opened]:
    one = Opened(chromium, tmp_path / "page.html", checked_page([checked]))
    yield one
    assert one.said == []
    one.page.context.close()


def test_a_click_on_a_passage_shows_it_beside_the_draft_and_closing_shows_the_sources(opened: Opened) -> None:
    assert opened.seen("h1") == ["A pier too few"]
    assert len(opened.seen(".sources li")) == 3
    opened.page.click(".body mark >> nth=0")
    assert opened.chosen() == ["1"]
    assert opened.seen(".sources li") == []
    assert "“two” → “three”" in opened.page.inner_text(".passage:target")
    assert opened.page.inner_text("#status").startswith("1: unattributed reuse")
    assert opened.page.locator("[aria-current]").all_inner_texts() == ["1"]
    opened.page.click(".passage:target .close")
    assert opened.chosen() == []
    assert len(opened.seen(".sources li")) == 3
    assert opened.page.evaluate("document.activeElement.textContent") == "1"


def test_keys_go_from_passage_to_passage(opened: Opened) -> None:
    opened.page.focus(".ref >> nth=1")
    opened.page.keyboard.press("Enter")
    assert opened.chosen() == ["2"]
    for key, number in (("j", "3"), ("j", "3"), ("k", "2"), ("ArrowLeft", "1"), ("ArrowRight", "2")):
        opened.page.keyboard.press(key)
        assert opened.chosen() == [number]
    opened.page.keyboard.press("Escape")
    assert opened.chosen() == []
    opened.page.keyboard.press("j")
    assert opened.chosen() == ["3"]


def test_the_chosen_passage_is_in_sight(opened: Opened) -> None:
    opened.page.set_viewport_size({"width": 390, "height": 500})
    opened.page.keyboard.press("j")
    opened.page.keyboard.press("j")
    opened.page.keyboard.press("j")
    box, sheet = (opened.page.locator(name).bounding_box() for name in ("mark.chosen", ".notes"))
    assert 0 <= box["y"] < sheet["y"]


def test_a_source_and_a_kind_of_text_can_be_shown_alone(opened: Opened) -> None:
    def numbers() -> list[str]:
        return opened.seen(".ref")

    assert numbers() == ["1", "2", "3"]
    opened.page.check("input[value=quotation]")
    assert numbers() == ["2"]
    opened.page.check("input[value=narration]")
    assert numbers() == ["1", "3"]
    opened.page.check("input[value=all]")
    only = opened.page.locator("li", has_text="Boats must go").locator(".only")
    only.click()
    assert numbers() == ["3"]
    opened.page.locator("body").press("j")
    assert opened.chosen() == ["3"]
    opened.page.keyboard.press("Escape")
    only.click()
    assert numbers() == ["1", "2", "3"]


def test_without_scripts_links_show_the_passages(chromium: Any, tmp_path: Path, checked: Checked) -> None:
    one = Opened(chromium, tmp_path / "page.html", checked_page([checked]), java_script_enabled=False)
    one.page.click(".ref >> nth=0")
    assert one.chosen() == ["1"]
    one.page.click(".passage:target [rel=next]")
    assert one.chosen() == ["2"]
    one.page.click(".passage:target .close")
    assert one.chosen() == []
    one.page.check("input[value=quotation]")
    assert one.seen(".ref") == ["2"]
    assert one.seen("button") == []


@pytest.mark.parametrize("width", [390, 1280, 1920])
def test_no_view_is_wider_than_the_window(chromium: Any, tmp_path: Path, checked: Checked, width: int) -> None:
    long = Document("x" * 300, "word" * 100, url="https://daily.example/" + "y" * 300)
    alone = Checked(long, 1, (Judged(0, 400, "unattributed", "z" * 300, (Sourced(long.id, 0, 400, 9.0),)),), {}, (long,))
    one = Opened(chromium, tmp_path / "page.html", checked_page([checked, alone]), width=width)
    assert not one.is_too_wide()
    for number in ("1-1", "2-1"):
        one.page.goto(f"{one.address}#p{number}")
        assert one.chosen() == ["1"]
        assert not one.is_too_wide()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(chromium: Any, tmp_path: Path, checked: Checked, scheme: str) -> None:
    notices = [Notice("unreadable", "one file could not be read")]
    new = dedup.check(Document("new.txt", "Nothing of this is anywhere.\n\nNowhere at all."), against=ARCHIVE)
    for number, drafts in enumerate(([checked], [checked, new, checked], [new])):
        html = checked_page(drafts, notices=notices)
        one = Opened(chromium, tmp_path / f"{number}.html", html, color_scheme=scheme)
        assert violations(one.page) == []
        if drafts[0].passages:
            one.page.goto(f"{one.address}#p1-2")
            assert one.chosen() == ["2"]
            assert violations(one.page) == []
            one.page.set_viewport_size({"width": 390, "height": 800})
            assert violations(one.page) == []
        assert one.said == []


def test_nothing_of_a_document_runs(chromium: Any, tmp_path: Path) -> None:
    for number, url in enumerate(
        ("javascript:alert(4)", " JavaScript:alert(5)", "data:text/html,<script>alert(6)</script>", EVIL)
    ):
        source = Document(EVIL, f"{EVIL}\n{CLOSED}", outlet=EVIL, title=EVIL, url=url)
        draft = Document(f"{EVIL}#", f"{EVIL}\n{CLOSED}", outlet=EVIL, title=EVIL, url=url)
        change = Change("replace", Extent(0, 30), Extent(0, 40), ("name",))
        size = len(draft.text)
        passage = Judged(0, size, "unattributed", f"Occurs in {EVIL}; {EVIL}", (Sourced(EVIL, 0, size, 9.0),), (change,))
        found = Checked(
            draft,
            30,
            (passage,),
            {"unattributed": 1.0},
            (source,),
            (Notice("x", EVIL),),
            (Finding((0,), "unattributed", (EVIL,)),),
        )
        one = Opened(chromium, tmp_path / f"{number}.html", checked_page([found, found], notices=[Notice("x", EVIL)]))
        one.page.click(".only >> nth=0")
        one.page.keyboard.press("j")
        assert one.chosen() == ["1"]
        assert one.page.locator("a").evaluate_all("all => all.filter(one => one.protocol !== 'file:').length") == 0
        assert one.page.locator("img, main script, main svg[onload]").count() == 0
        assert one.said == []
        one.page.context.close()


def test_on_paper_every_note_follows_the_draft(opened: Opened) -> None:
    opened.page.emulate_media(media="print")
    assert opened.chosen() == ["1", "2", "3"]
    assert opened.seen(".steps a, .only, .contents") == []
    order = ["h1", ".body", ".sources", ".notes"]
    places = [opened.page.locator(name).bounding_box()["y"] for name in order]
    assert places == sorted(places)
    assert opened.page.pdf().startswith(b"%PDF")


def test_several_drafts_start_with_an_overview_whose_links_lead_to_them_and_back(
    chromium: Any, tmp_path: Path, checked: Checked
) -> None:
    new = dedup.check(Document("new.txt", "Nothing of this is anywhere.\n\nNowhere at all."), against=ARCHIVE)
    one = Opened(chromium, tmp_path / "page.html", checked_page([checked, new]))
    assert one.seen("h1") == ["2 drafts checked"]
    rows = one.page.locator("tbody tr").all_inner_texts()
    assert "finding" in rows[0]
    assert "nothing in it occurs elsewhere" in rows[1]
    one.page.click("text=Nothing of this is anywhere. >> nth=0")
    assert one.page.evaluate("location.hash") == "#draft2"
    one.page.click("#draft2 >> text=to the overview")
    assert one.page.evaluate("location.hash") == "#overview"
    assert one.said == []


def test_a_text_from_right_to_left_is_shown_so(chromium: Any, tmp_path: Path) -> None:
    found = dedup.check(Document("d", f"شقوق في الميناء\n\n{ARABIC}."), against=ARCHIVE)
    one = Opened(chromium, tmp_path / "page.html", checked_page([found]))
    one.page.keyboard.press("j")
    for name in ("h1", ".body p", ".passage:target .there", ".passage:target .of bdi >> nth=0"):
        assert one.page.locator(name).first.evaluate("one => getComputedStyle(one).direction") == "rtl", name
    assert one.page.evaluate("getComputedStyle(document.body).direction") == "ltr"


def test_the_answer_names_the_agency_and_the_nearest_source(checked: Checked) -> None:
    found = sources_by_share(checked)
    shares = [source.share for source in found]
    assert shares == sorted(shares, reverse=True)
    only = dedup.check(Document("d", f"{CLOSED}."), against=ARCHIVE)
    said = answer(only, sources_by_share(only))
    assert said.said == "100\xa0% of its words also occur in copy credited to AP"
    assert (said.nearest, said.day) == ("fox8.example", "2018-07-15")
    assert "AP" not in answer(checked, [s for s in found if s.label.outlet != "fox8.example"]).said
    assert [source.label.id for source in found if source.later] == ["wire-1"]


def test_the_reason_of_a_passage_names_the_headline_of_its_source(checked: Checked) -> None:
    page = re.sub("<[^>]*>", "", checked_page([checked]))
    ids = {source.doc for passage in checked.passages for source in passage.sources}
    assert "Occurs in “" in page
    assert not [name for name in ids if f"Occurs in {name}" in page]


def test_what_is_left_out_is_counted() -> None:
    few = "The harbour authority closed two of its seven"
    source = Document("s", f"{few} piers. Nothing else is in it but this, which is long enough to be found.")
    draft = f"{few} doors, and went home. Something else happened on the same day in a very different place."
    rules = dedup.CheckRules(ignore_phrases=(re.compile("harbour authority"),))
    found = dedup.check(draft, against=[source], rules=rules)
    assert (found.passages, found.left_out) == ((), 1)
    assert answer(found, []).said == "Nothing in it occurs elsewhere, but for what is left out"
    assert "Left out: 1 other short stretch" in checked_page([found])
    assert "1 notice of the check" in checked_page([found], notices=[Notice("x", "a file could not be read")])


@pytest.mark.parametrize("word", ["letters", "كلمات"])
def test_a_page_of_a_long_draft_with_many_sources_is_small_and_says_what_it_leaves_out(word: str) -> None:
    sentence = f"{word} " * 66 + "\n"
    text, size = sentence * 300, len(sentence)
    sources = tuple(Document(f"s{n:03}", text, title=f"Title {n}", outlet=f"o{n}.example") for n in range(200))
    passages = tuple(
        Judged(at, at + size - 1, "unattributed", "", tuple(Sourced(s.id, at, at + size - 1, 9.0) for s in sources), (), 66)
        for at in range(0, len(text), size)
    )
    page = checked_page([Checked(Document("d", text), 19_800, passages, {"unattributed": 1.0}, sources)])
    assert len(page.encode()) < 3_000_000
    assert "This list leaves out 160 sources" in page
    assert "and in 195 more" in page
