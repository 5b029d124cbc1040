"""The pages of the server in a real browser, as an editor uses them. Where there is no browser, the tests skip and say so."""

import contextlib
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from browser import launch, violations
from serving import ROOT, index_of_seeds, running

pytest.importorskip("fastapi", reason="the extra server is not installed")

from dedup.server.app import create_app
from dedup.server.limits import Limits
from dedup.server.options import ServerOptions
from dedup.server.server_file import ServerFile

DRAFT = (ROOT / "seeds" / "003_87fcf204060622c7.txt").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with launch() as browser:
        yield browser


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return index_of_seeds(tmp_path_factory.mktemp("pages"))


@pytest.fixture(scope="module")
def url(index: Path) -> Iterator[str]:
    limits = Limits(characters=50_000)
    with running(create_app(ServerOptions(str(index), limits=limits)), limits) as address:
        yield address


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    """A page that fails the test if a script fails or is refused."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    wrong: list[str] = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("console", lambda said: wrong.append(said.text) if "Content Security" in said.text else None)
    yield opened
    context.close()
    assert wrong == []


def docx(text: str) -> bytes:
    word = pytest.importorskip("docx", reason="the extra office is not installed")
    made = word.Document()
    for line in text.split("\n"):
        made.add_paragraph(line)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def test_a_pasted_draft_becomes_the_page_of_its_check(page: Any, url: str) -> None:
    page.goto(url)
    page.get_by_label("Paste the draft").fill(DRAFT)
    page.get_by_role("button", name="Check").click()
    page.wait_for_selector(".verdict")
    assert page.locator("mark[data-passage]").count() > 3
    page.get_by_label("quotations").check()
    hidden = page.locator(".ref:not(.in-quotation)").first
    assert not hidden.is_visible()
    page.get_by_label("all").check()
    page.locator(".ref").first.click()
    assert page.locator(".passage:target").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator(".passage:target").count()


def test_the_diff_shows_what_was_changed(page: Any, url: str) -> None:
    page.goto(url)
    page.get_by_label("Paste the draft").fill(DRAFT.replace("270 square km", "720 square km"))
    page.get_by_role("button", name="Check").click()
    page.wait_for_selector(".verdict")
    found = page.locator(".passage", has=page.locator("ins.fact", has_text="720"))
    assert found.count() >= 1


def test_a_file_that_is_dropped_is_checked(page: Any, url: str) -> None:
    page.goto(url)
    page.evaluate(
        """data => {
            const files = new DataTransfer();
            files.items.add(new File([new Uint8Array(data)], "draft.docx"));
            for (const kind of ["dragenter", "dragover", "drop"])
                document.body.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: files }));
        }""",
        list(docx(DRAFT)),
    )
    assert page.evaluate("document.getElementById('file').files[0].name") == "draft.docx"
    page.get_by_role("button", name="Check").click()
    page.wait_for_selector(".verdict")
    assert "draft.docx" in page.locator("header").last.inner_text()


def test_a_result_is_kept_by_a_link_and_deleted(page: Any, url: str, chromium: Any) -> None:
    page.goto(url)
    page.get_by_label("Paste the draft").fill(DRAFT)
    page.get_by_role("button", name="Check").click()
    page.get_by_role("button", name="Keep for 30 days").click()
    page.wait_for_url("**/kept/*")
    link = page.url
    other = chromium.new_page()
    other.goto(link)
    assert other.locator("mark[data-passage]").count() == page.locator("mark[data-passage]").count() > 0
    page.get_by_role("button", name="Delete it now").click()
    page.wait_for_url(f"{url}/")
    assert other.goto(link).status == 404
    assert "not kept any more" in other.get_by_role("alert").inner_text()
    other.close()


def test_a_result_whose_time_is_over_says_so(page: Any, url: str, index: Path) -> None:
    ServerFile(index).keep("k" * 32, "<p>a result</p>", datetime(2020, 1, 1, tzinfo=UTC), 1 << 20)
    assert page.goto(f"{url}/kept/{'k' * 32}").status == 404
    assert "its time is over" in page.get_by_role("alert").inner_text()


@pytest.mark.parametrize(
    ("text", "file", "words"),
    [
        ("", None, "no draft yet"),
        ("…", None, "no word"),
        ("word " * 20_000, None, "more than 50,000"),
        ("kept text", ("a.xlsx", b"a"), "not a file that is read here"),
        ("kept text", ("a.docx", b"a"), "a damaged DOCX"),
    ],
)
def test_a_mistake_is_named_beside_the_form_and_the_text_stays(
    page: Any, url: str, text: str, file: tuple[str, bytes] | None, words: str
) -> None:
    page.goto(url)
    page.get_by_label("Paste the draft").fill(text)
    if file:
        page.set_input_files("#file", {"name": file[0], "mimeType": "application/octet-stream", "buffer": file[1]})
    page.get_by_role("button", name="Check").click()
    page.wait_for_selector("[role=alert]")
    assert words in page.get_by_role("alert").inner_text()
    assert page.get_by_label("Paste the draft").input_value() == text


def test_all_of_it_works_without_scripts(chromium: Any, url: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    with contextlib.closing(context):
        page = context.new_page()
        page.goto(url)
        page.locator("#text").fill(DRAFT)
        page.locator("input[name=keep]").check()
        page.locator(".go").click()
        page.wait_for_url("**/kept/*")
        page.locator(".ref").first.click()
        assert page.locator(".passage:target").is_visible()
        page.get_by_role("link", name="Archive").click()
        page.locator("input[name=q]").fill("LEBANON begins")
        page.get_by_role("button", name="Search").click()
        assert page.locator(".found li").count() >= 1


def test_the_archive_leads_to_a_document_and_to_its_story(page: Any, url: str) -> None:
    page.goto(f"{url}/archive?q=adjust+COMMENT")
    page.locator(".found h2 a").first.click()
    assert "Lebanon begins mediated talks" in page.locator("h1").inner_text()
    page.get_by_role("link", name="Its story").click()
    assert "5 independent sources" in page.locator("main").inner_text()
    assert page.get_by_role("heading", name="Outlets of this story").is_visible()
    page.goto(f"{url}/archive?q=nothinglikethis")
    assert "No document has all these words" in page.get_by_role("status").inner_text()


@pytest.mark.parametrize("width", [320, 390, 768, 1280, 2560])
def test_no_page_is_wider_than_its_screen(page: Any, url: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    for path in (
        "/",
        "/archive",
        "/document?id=000_16766f05b5cc8635.txt",
        "/story?id=000_16766f05b5cc8635.txt",
        "/nothing",
        "/login",
    ):
        page.goto(url + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_pass_axe(chromium: Any, url: str, scheme: str) -> None:
    context = chromium.new_context(color_scheme=scheme, bypass_csp=True)
    with contextlib.closing(context):
        page = context.new_page()
        for path in (
            "/",
            "/archive",
            "/document?id=000_16766f05b5cc8635.txt",
            "/story?id=000_16766f05b5cc8635.txt",
            "/nothing",
        ):
            page.goto(url + path)
            assert violations(page) == [], path
        page.goto(url)
        page.locator("#text").fill(DRAFT)
        page.locator(".go").click()
        page.wait_for_selector(".verdict")
        assert violations(page) == []
