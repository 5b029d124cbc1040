"""The pages of `dedup scan` and `dedup show` in a real browser, and what they say."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from browser import launch, violations

import dedup
from dedup.params import PageLimits
from dedup.pipeline.compare import pair
from dedup.report.matrix import matrix
from dedup.report.scan_html import report_page
from dedup.report.show_html import pair_page
from dedup.report.timeline import timeline
from dedup.report.variants import matches_by_pair, variants
from dedup.types import CONTENTS, Document, Report

ROOT = Path(__file__).parents[1]
PARAGRAPHS = [
    line
    for path in sorted((ROOT / "seeds").glob("*.txt"))
    for line in path.read_text(encoding="utf-8").splitlines()
    if len(line) > 150 and not set("“”\"'") & set(line)
][:14]
QUOTE = (
    "“We have counted every boat in this harbour, and I can tell you that seven of them will never sail again,” the mayor said."
)
OUTLETS = ["The Daily", "Evening Post", "Coast Radio", "Herald", "Gazette", "Courier"]
FILTERS = [("words", "harbour"), ("outlet", "Herald"), ("since", "2018-07-19"), ("until", "2018-07-14"), ("least", "60")]
"""What is written into a field of the form, and fits some passages only."""
START = datetime(2018, 7, 15, 8, 30, tzinfo=UTC)
EVIL = "<script>document.title='ran'</script><img src=x onerror=\"document.title='ran'\"></textarea></script>'\"&amp;"


def articles() -> list[Document]:
    """Twelve articles that share paragraphs; every third one has other numbers, one has no time, and one only a day."""
    out = []
    for n in range(12):
        text = "\n\n".join(p for at, p in enumerate(PARAGRAPHS) if (at + n) % 3 != 0)
        text = text if n % 3 else text.replace("Syria", "Turkey").replace("army", "navy")
        time = None if n == 5 else datetime(2018, 7, 16, tzinfo=UTC) if n == 6 else START + timedelta(hours=5 * n)
        title = f"Headline of article {n} \U0001f6a2"
        out.append(
            Document(
                f"d{n}",
                f"\U0001f6a2 {n}\n\n{text}\n\n{QUOTE if n % 2 else ''}",
                outlet=OUTLETS[n % len(OUTLETS)],
                title=title,
                published=time,
                url=f"https://news.example/{n}" if n % 4 else "javascript:document.title='ran'",
            )
        )
    return out


@pytest.fixture(scope="module")
def report() -> Report:
    return dedup.scan(articles())


@pytest.fixture(scope="module")
def seeds() -> Report:
    return dedup.scan(dedup.read(ROOT / "seeds"))


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with launch() as browser:
        yield browser


class Opened:
    """A page in a browser, and what it wrote to the console."""

    def __init__(
        self, browser: Any, html: str, folder: Path, *, width: int = 1280, scheme: str = "light", scripts: bool = True
    ):
        path = folder / "page.html"
        path.write_text(html, encoding="utf-8")
        self.context = browser.new_context(
            viewport={"width": width, "height": 800}, color_scheme=scheme, java_script_enabled=scripts
        )
        self.page = self.context.new_page()
        self.messages: list[str] = []
        self.page.on("console", lambda message: self.messages.append(message.text))
        self.page.on("pageerror", lambda error: self.messages.append(str(error)))
        self.page.on("request", lambda request: self._asked(request.url))
        self.page.goto(path.as_uri())

    def _asked(self, url: str) -> None:
        if not url.startswith(("file:", "data:")):
            self.messages.append(f"asked for {url}")

    def shown(self) -> list[str]:
        """The headings of the passages in the list."""
        found: list[str] = self.page.locator("ol.passages > li h3").all_text_contents()
        return found

    def count(self) -> int:
        """The number that the page announces."""
        text = self.page.locator("#status").inner_text()
        return int(text.split()[0].replace(",", ""))

    def close(self) -> None:
        assert self.messages == []
        self.context.close()


def data_of(html: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', html, re.DOTALL)
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


def test_every_filter_and_every_order_changes_the_list_and_announces_its_count(
    chromium: Any, report: Report, tmp_path: Path
) -> None:
    opened = Opened(chromium, report_page(report, limits=PageLimits(opened=3)), tmp_path)
    page, form = opened.page, opened.page.locator("#filters")
    everything = opened.count()
    assert everything > len(opened.shown()) == 3
    page.locator("#more").click()
    assert len(opened.shown()) == 6
    form.locator("input[value=quotation]").check()
    quotations = opened.count()
    assert quotations >= 1
    assert all("quotation" in heading for heading in opened.shown())
    form.locator("input[name=kind][value='']").check()
    assert opened.count() == everything + quotations
    for name, value in FILTERS:
        form.locator(f"[name={name}]").fill(value)
        assert opened.count() < everything + quotations, name
        form.locator("button[type=reset]").click()
        page.wait_for_function("document.querySelector('#filters').words.value === ''")
        assert form.locator("input[value=narration]").is_checked()
        form.locator("input[name=kind][value='']").check()
    form.locator("[name=across]").check()
    assert 0 < opened.count() <= everything + quotations
    for order in ("documents", "words", "changed"):
        form.locator("[name=order]").select_option(order)
        while page.locator("#more").is_visible():
            page.locator("#more").click()
        counts = page.locator("ol.passages > li").evaluate_all(f"all => all.map((card) => Number(card.dataset.{order}))")
        assert len({*counts}) > 1
        assert counts == sorted(counts, reverse=True)
    for order in ("number", "reach", "days"):
        form.locator("[name=order]").select_option(order)
        assert len(opened.shown()) == 3
    opened.close()


def test_passages_cells_and_pairs_open_and_lead_back(chromium: Any, report: Report, tmp_path: Path) -> None:
    opened = Opened(chromium, report_page(report), tmp_path)
    page = opened.page
    page.locator("ol.passages h3 a").first.click()
    section = page.locator("section.view:target")
    assert section.is_visible()
    assert not page.locator("#overview").is_visible()
    section.locator("a[href^='#p-']").first.click()
    assert page.locator("#pair .side").count() == 2
    page.locator("#back").click()
    assert section.is_visible()
    section.get_by_text("Back to all passages").click()
    page.locator(".matrix td a").first.click()
    tie = page.locator("section.view:target")
    assert "shared passage" in tie.inner_text()
    assert "Headline of article" in tie.inner_text()
    tie.locator("a[href^='#p-']").first.click()
    assert page.locator("#pair").is_visible()
    assert not tie.is_visible()
    opened.close()


def test_a_chosen_passage_is_marked_in_both_texts_and_in_the_list(chromium: Any, report: Report, tmp_path: Path) -> None:
    a, b = report.documents[0], report.documents[4]
    opened = Opened(chromium, pair_page(pair(a, b)), tmp_path)
    page = opened.page
    last = page.locator(".blocks > li").count()
    assert last > 1
    page.locator(f".side:last-child .ref[data-block='{last}']").click()
    for place in (".side:first-child mark", ".side:last-child mark", ".blocks li", ".side:first-child rect"):
        assert page.locator(f"{place}[aria-current][data-block='{last}']").first.is_visible()
    boxes = page.locator(".text").all()
    for box in boxes:
        mark, frame = box.locator(f".ref[data-block='{last}']").bounding_box(), box.bounding_box()
        assert frame["y"] <= mark["y"] <= frame["y"] + frame["height"]
    page.get_by_role("button", name="Previous passage").click()
    assert page.locator(f".blocks li[aria-current][data-block='{last - 1}']").count() == 1
    opened.close()


def test_the_script_puts_two_texts_side_by_side_as_show_does(chromium: Any, report: Report, tmp_path: Path) -> None:
    html = report_page(report)
    data = data_of(html)
    key = min(data["pairs"], key=lambda key: [int(n) for n in key.split("-")])
    names = [data["documents"][int(n)][0] for n in key.split("-")]
    opened = Opened(chromium, html, tmp_path)
    opened.page.evaluate(f"location.hash = '#p-{key}'")
    opened.page.locator("#pair .side").nth(1).wait_for()
    cells = ("#pair .text", "#pair .text mark", "#pair .blocks > li > p.prose", "#pair .blocks .facts li")
    scanned = {cell: opened.page.locator(cell).all_text_contents() for cell in cells}
    opened.close()
    matches = [m for m in report.matches if {m.a.doc, m.b.doc} == {*names} and m.content in {"narration", "quotation"}]
    only = Report(tuple(report.document(name) for name in names), tuple(matches), ())
    shown = Opened(chromium, pair_page(only), tmp_path)
    assert {cell: shown.page.locator(cell).all_text_contents() for cell in cells} == scanned
    assert "\U0001f6a2" in scanned["#pair .text"][0]
    shown.close()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_no_view_has_a_fault_that_axe_knows(
    scheme: str, width: int, *, chromium: Any, report: Report, seeds: Report, tmp_path: Path
) -> None:
    for html in (report_page(report), report_page(seeds), pair_page(pair(*seeds.documents[3:]))):
        opened = Opened(chromium, html, tmp_path, scheme=scheme, width=width)
        for start in ("", "#f-", "#c-", "#p-"):
            if start:
                link = opened.page.locator(f"a[href^='{start}']").first
                if not link.count():
                    continue
                opened.page.evaluate(f"location.hash = {link.get_attribute('href')!r}")
            assert violations(opened.page) == [], start
            assert opened.page.evaluate("document.documentElement.scrollWidth") <= width, start
        opened.close()


def test_nothing_in_a_document_runs_or_becomes_a_link_of_another_kind(chromium: Any, report: Report, tmp_path: Path) -> None:
    evil = [
        Document(f"{d.id}{EVIL}", f"{EVIL}\n{d.text}", outlet=f"{d.outlet}{EVIL}", title=EVIL, published=d.published, url=d.url)
        for d in report.documents
    ]
    found = dedup.scan(evil)
    for html in (
        report_page(found),
        report_page(found, limits=PageLimits(passages_bytes=0)),
        pair_page(pair(evil[0], evil[4])),
    ):
        opened = Opened(chromium, html, tmp_path)
        page = opened.page
        assert page.locator("main img, main script").count() == 0
        for start in ("#f-", "#c-", "#p-"):
            for link in page.locator(f"a[href^='{start}']").all()[:5]:
                page.evaluate(f"location.hash = {link.get_attribute('href')!r}")
                assert page.locator("main img, main script").count() == 0
        links: list[str] = page.locator("a").evaluate_all("all => all.map((a) => a.protocol)")
        assert {*links} <= {"file:", "https:"}
        assert page.title() != "ran"
        opened.close()


def test_the_pages_can_be_used_without_scripts(chromium: Any, report: Report, tmp_path: Path) -> None:
    opened = Opened(chromium, report_page(report), tmp_path, scripts=False)
    page = opened.page
    assert not page.locator("#filters").is_visible()
    assert len(opened.shown()) > 12
    page.locator("ol.passages h3 a").first.click()
    assert page.locator("section.view:target .copies").first.is_visible()
    page.locator("section.view:target").get_by_text("Back to all passages").click()
    page.locator(".matrix td a").first.click()
    assert page.locator("section.view:target").is_visible()
    opened.close()
    shown = Opened(chromium, pair_page(pair(report.documents[0], report.documents[4])), tmp_path, scripts=False)
    shown.page.locator(".side:first-child .ref").first.click()
    assert shown.page.locator(".blocks li:target").is_visible()
    shown.close()


def test_the_commands_write_the_pages_and_name_what_was_left_out(tmp_path: Path) -> None:
    def run(*given: str) -> str:
        command = [sys.executable, "-m", "dedup", *given, "--format", "html"]
        return subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT, encoding="utf-8").stdout

    page = run("scan", "seeds")
    assert page.startswith("<!DOCTYPE html>")
    assert "15 passages of narration and 1 quotation occur in two or more documents" in page
    assert run("scan", "seeds") == page
    shown = run("show", "seeds/003_87fcf204060622c7.txt", "seeds/004_be81285fb7b3f189.txt")
    assert "<del" in shown
    (tmp_path / "one.jsonl").write_text('{"text": "One story."}\n', encoding="utf-8")
    assert "No passage of the kinds shown" in run("scan", str(tmp_path / "one.jsonl"))


def test_a_page_keeps_its_limits_and_says_what_it_leaves_out(report: Report) -> None:
    small = PageLimits(passages_bytes=6000, briefs_bytes=900, texts_bytes=5000)
    html = report_page(report, shown=CONTENTS, limits=small)
    data = data_of(html)
    assert 0 < html.count('<li class="card passage') < 10
    assert 0 < len(data["briefs"]) < 10
    assert len(json.dumps(data["documents"])) < 8000
    assert re.search(r"this page holds all copies of \d+ of \d+ passages of narration", html)
    assert "dedup show d" in html
    assert "--in REPORT" in html
    assert len(report_page(report, limits=PageLimits(texts_bytes=0))) < len(report_page(report))


def test_copies_with_one_wording_are_one_group(report: Report) -> None:
    documents = {d.id: d for d in report.documents}
    matches = matches_by_pair(report)
    for family in report.families:
        found = variants(family, matches, documents)
        assert sorted(span for v in found for span in v.copies) == sorted(p for p in family.passages if p != family.canonical)
        assert sum(v.verbatim for v in found) <= 1
        for variant in found:
            if variant.verbatim:
                texts = {" ".join(documents[s.doc or ""].text[s.start : s.end].split()).casefold() for s in variant.copies}
                assert len(texts) <= 2  # signs may differ


def test_a_matrix_says_who_was_first_only_where_times_decide() -> None:
    text = PARAGRAPHS[0]
    day, hour = datetime(2018, 7, 15, tzinfo=UTC), timedelta(hours=1)
    rows: list[tuple[str, datetime | None]] = [("A", day + hour), ("B", day + 2 * hour), ("C", day), ("D", None)]
    found = dedup.scan([Document(outlet, text, outlet=outlet, published=time) for outlet, time in rows])
    grid = matrix(found, found.families, "narration", 10)
    cell = grid.cell(grid.outlets.index("A"), grid.outlets.index("B"))
    turned = grid.cell(grid.outlets.index("B"), grid.outlets.index("A"))
    assert cell
    assert turned
    assert (cell.before, cell.after, cell.unknown) == (1, 0, 0)
    assert (turned.before, turned.after, turned.unknown) == (0, 1, 0)
    for other in "CD":  # on that day, at a time that is not known; at no known time
        cell = grid.cell(grid.outlets.index("A"), grid.outlets.index(other))
        assert cell
        assert (cell.before, cell.after, cell.unknown) == (0, 0, 1)
    few = matrix(found, found.families, "narration", 2)
    assert (len(few.outlets), few.rest) == (2, 2)


def test_a_time_line_draws_a_dot_a_copy_and_counts_those_without_a_time() -> None:
    day, hour = datetime(2018, 7, 15, tzinfo=UTC), timedelta(hours=1)
    times = [day + hour, day + hour, day + 5 * hour, day, None]
    drawn = timeline([Document(str(n), "x", outlet=f"o{n}", published=time) for n, time in enumerate(times)])
    assert [len(row.dots) + len(row.bars) for row in drawn.rows] == [1, 1, 1, 1]
    assert (drawn.unknown, drawn.days_only) == (1, 1)
    [bar] = [bar for row in drawn.rows for bar in row.bars]
    assert bar.width > 600
    far = timeline([Document(str(n), "x", published=day + n * timedelta(days=200)) for n in range(2)])
    assert [(len(row.dots), len(row.bars)) for row in far.rows] == [(2, 0)]  # a day is narrower than a dot
    assert far.days_only == 0
    many = timeline([Document(str(n), "x", outlet=f"o{n}", published=day + hour) for n in range(30)])
    [row] = many.rows
    assert len({dot.y for dot in row.dots}) == 30
    assert not timeline([Document("a", "x")]).rows
