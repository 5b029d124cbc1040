"""The server: its answers are those of the command line, and each way to attack it is closed."""

import contextlib
import gzip
import io
import itertools
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import threading
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from serving import ROOT, index_of_seeds, running

import dedup
from dedup.report.check_json import checked_json
from dedup.report.read_jsonl import document_json
from dedup.report.scan_json import to_json

httpx = pytest.importorskip("httpx", reason="httpx is not installed")
pytest.importorskip("fastapi", reason="the extra server is not installed")

from dedup.index.story import story_report  # noqa: E402 after what may skip the tests
from dedup.server.app import create_app  # noqa: E402
from dedup.server.counters import Counters  # noqa: E402
from dedup.server.limits import Limits  # noqa: E402
from dedup.server.options import ServerOptions  # noqa: E402
from dedup.server.server_file import ServerFile  # noqa: E402

DEDUP = f"{sysconfig.get_path('scripts')}/dedup"
DRAFT = (ROOT / "seeds" / "003_87fcf204060622c7.txt").read_text(encoding="utf-8")
LONG = "Prices of oil fell sharply on Monday in London, traders said. Brokers blamed a storm that closed two harbours up north."
SCRIPT = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
SMALL = Limits(
    body=300_000,
    characters=20_000,
    unpacked=1 << 20,
    pages=3,
    head_seconds=1.0,
    body_seconds=1.0,
    connections=40,
    guesses=3,
    documents=20,
)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return index_of_seeds(tmp_path_factory.mktemp("served"))


@pytest.fixture(scope="module")
def url(index: Path) -> Iterator[str]:
    """A server that others only read from."""
    with running(create_app(ServerOptions(str(index), limits=SMALL)), SMALL) as address:
        yield address


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., str]]:
    """A function that starts a server of an index of its own, with other options."""
    with contextlib.ExitStack() as stack:

        def start(**options: Any) -> str:
            path = index_of_seeds(tmp_path)
            limits = options.pop("limits", SMALL)
            given = ServerOptions(str(path), limits=limits, **options)
            return stack.enter_context(running(create_app(given), limits, given.root_path))

        yield start


def ask(method: str, address: str, **given: Any) -> Any:
    with httpx.Client(trust_env=False, timeout=30) as client:
        return client.request(method, address, **given)


def problem(answer: Any, status: int) -> str:
    """The detail of a problem with a status."""
    assert answer.status_code == status, answer.text[:300]
    assert answer.headers["content-type"] == "application/problem+json"
    row = answer.json()
    assert row["status"] == status
    assert row["request_id"] == answer.headers["x-request-id"]
    return str(row["detail"])


def raw(address: str, data: bytes, *, wait: float = 5.0) -> bytes:
    """Send bytes, and return all that comes back until the server closes the connection or `wait` seconds pass."""
    host, port = address.removeprefix("http://").split(":")
    out = b""
    with socket.create_connection((host, int(port)), timeout=wait) as connection:
        connection.sendall(data)
        with contextlib.suppress(TimeoutError, ConnectionError):
            while part := connection.recv(65_536):
                out += part
    return out


def docx(text: str) -> bytes:
    word = pytest.importorskip("docx", reason="the extra office is not installed")
    made = word.Document()
    for line in text.split("\n"):
        made.add_paragraph(line)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def pdf(stream: bytes, *, pages: int = 1, more: bytes = b"") -> bytes:
    """A PDF whose pages all have one content stream."""
    kids = b" ".join(b"%d 0 R" % (10 + n) for n in range(pages))
    page = b"<< /Type /Page /Parent 2 0 R /Contents 3 0 R /Resources << /Font << /F 4 0 R >> >> /MediaBox [0 0 600 800] >>"
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, pages),
        3: b"<< /Length %d %s>>\nstream\n%s\nendstream" % (len(stream), more, stream),
        4: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        **{10 + n: page for n in range(pages)},
    }
    return (
        b"%PDF-1.4\n"
        + b"".join(b"%d 0 obj\n%s\nendobj\n" % (n, o) for n, o in objects.items())
        + b"trailer << /Root 1 0 R >>\n%%EOF"
    )


# Answers


def test_a_check_is_that_of_the_command_line(url: str, index: Path) -> None:
    body = {"text": DRAFT, "id": "d", "outlet": "The Daily", "settings": {"licensed": ["Reuters"], "min-words": 9}}
    answer = ask("POST", f"{url}/v1/check", json=body)
    rules = dedup.CheckRules(licensed={"Reuters"}, own_outlets={"The Daily"}, min_words=9)
    with dedup.Index(index) as opened:
        checked = opened.check(dedup.Document("d", DRAFT, outlet="The Daily"), rules=rules)
    assert answer.text == checked_json([checked])
    assert checked.passages


@pytest.mark.parametrize("kind", ["txt", "html", "docx", "pdf"])
def test_a_file_is_read_by_its_own_format(url: str, kind: str) -> None:
    passage = (
        "So far, more than 270 square km have been fully captured on Syrian land by Hezbollah and the Syrian army, he said."
    )
    if kind == "pdf":
        pytest.importorskip("pypdfium2", reason="the extra office is not installed")
    if kind == "html":
        pytest.importorskip("trafilatura", reason="the extra html is not installed")
    if kind == "docx":
        data = docx(passage)
    elif kind == "pdf":
        data = pdf(f"BT /F 8 Tf 20 700 Td ({passage}) Tj ET".encode())
    else:
        data = (
            passage if kind == "txt" else f"<!DOCTYPE html><html><body><article><p>{passage}</p></article></body></html>"
        ).encode()
    answer = ask("POST", f"{url}/v1/check", files={"file": (f"draft.{kind}", data)})
    assert answer.status_code == 200, answer.text
    (draft,) = answer.json()["drafts"]
    assert draft["id"] == f"draft.{kind}"
    assert {source["doc"] for passage in draft["passages"] for source in passage["sources"]} >= {"003_87fcf204060622c7.txt"}


def test_a_document_is_added_read_replaced_and_removed(serve: Callable[..., str]) -> None:
    url = serve()
    first: dict[str, Any] = {"id": "dir/ü?.txt", "text": LONG, "outlet": "The Daily"}
    added = ask("POST", f"{url}/v1/documents", json={"documents": [first]}).json()
    assert added == {"schema": "dedup.index/1", "added": 1, "replaced": 0, "passed_over": 0}
    where = f"{url}/v1/documents/dir%2F%C3%BC%3F.txt"
    assert ask("GET", where).text == document_json(dedup.Document(**first))
    assert ask("POST", f"{url}/v1/check", json={"text": first["text"]}).json()["drafts"][0]["passages"]
    other = first | {"text": "Another text about the price of oil."}
    assert ask("POST", f"{url}/v1/documents", json={"documents": [other]}).json()["passed_over"] == 1
    assert ask("POST", f"{url}/v1/documents?replace=true", json={"documents": [other]}).json()["replaced"] == 1
    assert ask("GET", where).json()["text"] == other["text"]
    assert ask("DELETE", where).json() == {"schema": "dedup.index/1", "removed": 1}
    problem(ask("GET", where), 404)
    problem(ask("DELETE", where), 404)
    file = {"file": ("new.txt", b"A text that was sent as a file, and is long enough to be read.")}
    assert ask("POST", f"{url}/v1/documents", files=file, data={"id": "n"}).json()["added"] == 1
    assert ask("GET", f"{url}/v1/documents/n").json()["text"].startswith("A text that was sent")


def test_a_story_is_the_trace_of_what_shares_passages_with_the_document(url: str, index: Path) -> None:
    name = "000_16766f05b5cc8635.txt"
    answer = ask("GET", f"{url}/v1/stories/{name}")
    with dedup.Index(index) as opened:
        report = story_report(opened, name)
    assert answer.text == "".join(to_json(report))
    assert name in report.provenance.stories[0].documents
    problem(ask("GET", f"{url}/v1/stories/nothing"), 404)


def test_a_story_is_cut_with_a_notice_where_it_is_too_large(index: Path) -> None:
    with dedup.Index(index) as opened:
        report = story_report(opened, "000_16766f05b5cc8635.txt", most=2)
    assert len(report.documents) == 2
    assert [notice.code for notice in report.notices if notice.code == "story-cut"]


def events(text: str) -> list[tuple[str, Any]]:
    found = [dict(line.split(": ", 1) for line in one.split("\n")) for one in text.strip().split("\n\n")]
    return [(one["event"], json.loads(one["data"])) for one in found]


def test_long_work_streams_its_progress_and_then_its_result(url: str) -> None:
    name = "000_16766f05b5cc8635.txt"
    stream = {"Accept": "text/event-stream"}
    got = events(ask("GET", f"{url}/v1/stories/{name}", headers=stream).text)
    assert [kind for kind, _ in got[:-1]] == ["progress"] * (len(got) - 1)
    assert got[-1] == ("result", ask("GET", f"{url}/v1/stories/{name}").json())
    assert {"tracing", "aligning"} <= {row["message"] for _, row in got[:-1]}
    checked = events(ask("POST", f"{url}/v1/check", json={"text": DRAFT}, headers=stream).text)
    assert checked[-1] == ("result", ask("POST", f"{url}/v1/check", json={"text": DRAFT}).json())
    refused = events(ask("POST", f"{url}/v1/check", files={"file": ("a.docx", b"no")}, headers=stream).text)
    assert refused[-1][0] == "problem"
    assert refused[-1][1]["status"] == 422


def test_work_ends_when_its_client_leaves_the_stream() -> None:
    import asyncio  # noqa: PLC0415 only here

    from dedup.server.work import Cancelled, Workroom  # noqa: PLC0415 an extra

    ended = threading.Event()

    def task(progress: Any) -> str:
        try:
            for _ in range(3_000):
                progress("working")
                time.sleep(0.01)
        except Cancelled:
            ended.set()
            raise
        return "never"

    async def leave() -> None:
        room = Workroom(1, Limits(), lambda: None)
        stream = room.stream(task)
        pieces: Any = stream.body_iterator
        seen = [await anext(pieces) for _ in range(3)]
        await pieces.aclose()
        assert len(seen) == 3
        assert await asyncio.to_thread(ended.wait, 10)
        room.close()

    asyncio.run(leave())


def test_more_requests_than_may_wait_are_refused_with_429() -> None:
    from dedup.server.problems import Problem  # noqa: PLC0415 an extra
    from dedup.server.work import Job, Workroom  # noqa: PLC0415 an extra

    refused: list[int] = []
    room = Workroom(1, Limits(waiting=1), lambda: refused.append(1))
    go = threading.Event()
    held = [room.start(lambda _: go.wait(10), Job()) for _ in range(2)]
    with pytest.raises(Problem) as told:
        room.start(lambda _: None, Job())
    assert (told.value.status, told.value.headers, refused) == (429, {"Retry-After": "1"}, [1])
    go.set()
    assert [one.result() for one in held] == [True, True]
    room.close()


def test_settings_of_the_newsroom_count_where_a_request_states_none(serve: Callable[..., str]) -> None:
    url = serve(settings={"licensed": ["Reuters"], "ignore-phrases": ["/./"]}, outlet="The Daily")
    answer = ask("POST", f"{url}/v1/check", json={"text": DRAFT}).json()["drafts"][0]
    assert (answer["passages"], answer["outlet"]) == ([], "The Daily")
    again = ask("POST", f"{url}/v1/check", json={"text": DRAFT, "settings": {"ignore-phrases": []}})
    assert again.json()["drafts"][0]["passages"]


# Errors

CHECK = "/v1/check"
WRONG: list[tuple[str, str, dict[str, Any], int, str]] = [
    ("POST", CHECK, {"content": b"{"}, 415, "application/json"),
    ("POST", CHECK, {"content": b"{", "headers": {"Content-Type": "application/json"}}, 422, "the body"),
    ("POST", CHECK, {"json": {}}, 422, "text"),
    ("POST", CHECK, {"json": {"text": ""}}, 422, "text"),
    ("POST", CHECK, {"json": {"text": "…"}}, 422, "no word"),
    ("POST", CHECK, {"json": {"text": "a", "path": "/etc/passwd"}}, 422, "path"),
    ("POST", CHECK, {"json": {"text": "a", "url": "http://127.0.0.1/"}}, 422, "url"),
    ("POST", CHECK, {"json": {"text": "a" * 20_001}}, 413, "20,000"),
    ("POST", CHECK, {"json": {"text": "a b", "published": "yesterday?"}}, 422, "published"),
    ("POST", CHECK, {"json": {"text": "a b", "settings": {"against": ["/etc"]}}}, 422, "against"),
    ("POST", CHECK, {"json": {"text": "a b", "settings": {"ignore-phrases": ["/(a+)+$/"]}}}, 422, "regular expression"),
    ("POST", CHECK, {"files": {"other": ("a.txt", b"a")}}, 422, "file"),
    ("POST", CHECK, {"files": {"file": ("a.exe", b"a")}}, 415, ".docx"),
    ("POST", CHECK, {"files": {"file": ("a.docx", b"not a zip")}}, 422, "a.docx"),
    ("POST", CHECK, {"files": {"file": ("a.pdf", b"%PDF-1.4 no")}}, 422, "a.pdf"),
    ("POST", CHECK, {"files": {"file": ("a.txt", b"")}}, 422, "a.txt"),
    ("POST", CHECK, {"content": b"x", "headers": {"Content-Type": "multipart/form-data; boundary=b"}}, 400, "multipart"),
    ("POST", CHECK, {"content": b"x", "headers": {"Content-Type": "multipart/form-data"}}, 400, "boundary"),
    ("POST", "/v1/documents", {"json": {"documents": []}}, 422, "documents"),
    ("POST", "/v1/documents", {"json": {"documents": [{"text": "a"}]}}, 422, "id"),
    ("POST", "/v1/documents", {"json": {"documents": [{"id": str(n), "text": "a b"} for n in range(21)]}}, 413, "20"),
    ("GET", "/v1/documents/nothing", {}, 404, "no document"),
    ("GET", "/v1/nothing", {}, 404, "nothing at this address"),
    ("PUT", CHECK, {}, 405, "method"),
]


@pytest.mark.parametrize("number", range(len(WRONG)))
def test_a_wrong_request_is_told_what_is_wrong(url: str, number: int) -> None:
    method, path, given, status, words = WRONG[number]
    detail = problem(ask(method, url + path, **given), status)
    assert words in detail
    assert "/tmp" not in detail


def test_a_body_that_is_too_large_is_refused_before_it_is_read_and_while_it_is(url: str) -> None:
    assert "300,000" in problem(ask("POST", url + CHECK, json={"text": "a" * 400_000}), 413)

    def pieces() -> Iterator[bytes]:
        for _ in range(50):
            yield b"x" * 20_000

    with contextlib.suppress(httpx.WriteError):  # the server may close the connection first
        answer = ask("POST", url + CHECK, content=pieces(), headers={"Content-Type": "application/json"})
        problem(answer, 413)


def test_a_body_that_is_too_slow_is_refused_with_408(url: str) -> None:
    head = b"POST /v1/check HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
    got = raw(url, head)
    assert got.startswith(b"HTTP/1.1 408 ")
    assert b"connection: close" in got.lower()


def test_a_head_that_does_not_end_closes_the_connection(url: str) -> None:
    host, port = url.removeprefix("http://").split(":")
    for start in (b"GET / HTTP/1.1\r\nHost: loc", b""):
        with socket.create_connection((host, int(port)), timeout=60) as connection:
            connection.sendall(start)
            with contextlib.suppress(ConnectionError):
                assert connection.recv(1) == b""


def test_the_counters_are_those_of_all_workers(tmp_path: Path) -> None:
    counters = Counters(str(tmp_path))
    counters.answered("/v1/check", 200, 0.03)
    counters.add("dedup_requests_in_progress")
    (tmp_path / "999999999.counters").write_bytes((tmp_path / f"{os.getpid()}.counters").read_bytes())  # of a worker that died
    told = counters.exposition()
    assert 'dedup_requests_total{route="check",status="2xx"} 2\n' in told
    assert 'dedup_request_seconds_bucket{route="check",le="0.025"} 0\n' in told
    assert 'dedup_request_seconds_bucket{route="check",le="+Inf"} 2\n' in told
    assert "dedup_requests_in_progress 1\n" in told
    assert told.count("# TYPE") == 6


# Attacks


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "..\\..\\windows\\win.ini", "a\x00.txt", "x" * 2_000 + ".txt"]
)
def test_the_name_of_a_file_never_names_a_path(url: str, name: str) -> None:
    answer = ask("POST", url + CHECK, files={"file": (name + ".txt", DRAFT.encode())})
    assert answer.status_code == 200
    (draft,) = answer.json()["drafts"]
    assert "/" not in draft["id"]
    assert "\\" not in draft["id"]
    assert len(draft["id"]) <= 200


@pytest.mark.parametrize(
    "path", ["../../../etc/passwd", "..%2f..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/etc/passwd", "/etc/passwd", "%00"]
)
def test_no_address_leads_to_a_file(url: str, path: str) -> None:
    for start in ("/", "/v1/documents/", "/kept/", "/document?id=", "/static/"):
        got = raw(url, f"GET {start}{path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        assert got.split(b" ")[1] in {b"404", b"400", b"422"}
        assert b"root:" not in got


def test_a_list_of_paths_that_is_sent_as_a_file_is_a_text(url: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text(DRAFT, encoding="utf-8")
    answer = ask("POST", url + CHECK, files={"file": ("list.txt", f"{secret}\n{secret}\n".encode())})
    assert answer.json()["drafts"][0]["passages"] == []


def test_no_text_can_put_a_script_into_a_page(serve: Callable[..., str]) -> None:
    url = serve()
    text = f"{SCRIPT}\n\nPrices of oil fell sharply on Monday in London, traders said. {SCRIPT}"
    row = dict.fromkeys(("id", "outlet", "title", "agency", "author", "kind"), SCRIPT) | {"url": f"javascript:{SCRIPT}"}
    twin = row | {"id": "twin", "text": text}
    assert ask("POST", f"{url}/v1/documents", json={"documents": [row | {"text": text}, twin]}).json()["added"] == 2
    form = {"text": text, "outlet": SCRIPT, "licensed": SCRIPT, "id": SCRIPT, "title": SCRIPT, "author": SCRIPT}
    pages = [
        ask("POST", f"{url}/check", data=form),
        ask("POST", f"{url}/check", data=form | {"text": ""}),
        ask("POST", f"{url}/check", files={"file": (f"{SCRIPT}.exe", b"a")}),
        ask("GET", f"{url}/archive", params={"q": SCRIPT}),
        ask("GET", f"{url}/archive"),
        *(ask("GET", f"{url}/{page}", params={"id": SCRIPT}) for page in ("document", "story")),
        ask("GET", f"{url}/{SCRIPT}", headers={"Accept": "text/html"}),
    ]
    for page in pages:
        assert "<script>alert" not in page.text
        assert "<img" not in page.text
        assert 'href="javascript' not in page.text
        assert "text/html" in page.headers["content-type"]
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "script-src 'unsafe" not in policy


def zip_bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", b"<a>" + b" " * (1 << 26))
    return out.getvalue()


def entity_bomb() -> bytes:
    entities = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(12))
    head = f'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY e0 "word ">{entities}]>'
    xml = f'{head}<w:document xmlns:w="w"><w:body>&e12;</w:body></w:document>'
    whole = docx("A text.")
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, xml if name == "word/document.xml" else old.read(name))
    return out.getvalue()


def flate_bomb() -> bytes:
    return pdf(zlib.compress(b" " * (1 << 26)), more=b"/Filter /FlateDecode ")


BOMBS: dict[str, tuple[str, Callable[[], bytes], set[int]]] = {
    "gzip as a text": ("a.txt", lambda: gzip.compress(b"word " * (1 << 22)), {415}),
    "gzip as a page": ("a.html", lambda: gzip.compress(b"<p>word " * (1 << 22)), {415}),
    "a DOCX that unpacks to much": ("a.docx", zip_bomb, {413, 422}),
    "entities within entities": ("a.docx", entity_bomb, {413, 422}),
    "a PDF that unpacks to much": ("a.pdf", flate_bomb, {413}),
    "a PDF of many pages": ("a.pdf", lambda: pdf(b"BT /F 8 Tf 20 700 Td (word) Tj ET", pages=4), {413}),
    "tags within tags": ("a.html", lambda: b"<div>" * 50_000, {200, 413, 422}),
    "brackets within brackets": ("a.json", lambda: b"[" * 100_000, {415}),
}


@pytest.mark.parametrize("what", BOMBS)
def test_a_file_made_to_unpack_without_end_is_refused(url: str, what: str) -> None:
    for module in ("docx", "pypdfium2", "trafilatura"):
        pytest.importorskip(module, reason="an extra of a format is not installed")
    name, made, statuses = BOMBS[what]
    answer = ask("POST", url + CHECK, files={"file": (name, made())})
    assert answer.status_code in statuses, answer.text[:300]


def test_json_of_many_brackets_is_refused(url: str) -> None:
    body = b'{"text": ' + b"[" * 100_000
    problem(ask("POST", url + CHECK, content=body, headers={"Content-Type": "application/json"}), 422)


def test_a_value_cannot_add_a_header(url: str) -> None:
    for path in ("/kept/a%0d%0aX-Evil:%20yes", "/archive?q=a%0d%0aX-Evil:%20yes", "/%0d%0aX-Evil:%20yes"):
        got = raw(url, f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        assert b"\r\nx-evil" not in got.lower().partition(b"\r\n\r\n")[0]
    got = raw(url, b"GET /health HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: a b\r\nConnection: close\r\n\r\n")
    assert re.search(rb"x-request-id: [0-9a-f]{16}\r\n", got.lower())
    assert ask("GET", f"{url}/health", headers={"X-Request-Id": "desk-7"}).headers["x-request-id"] == "desk-7"


SMUGGLED = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
SMUGGLING = {
    "two lengths": b"Content-Length: 4\r\nContent-Length: 40\r\n\r\n",
    "a length beside a coding": b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "an unknown coding": b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "a space before the colon": b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "a signed length": b"Content-Length: +4\r\n\r\n",
    "a chunk size that is no number": b"Transfer-Encoding: chunked\r\n\r\n0x4\r\nabcd\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("what", SMUGGLING)
def test_no_request_hides_in_the_body_of_another(url: str, what: str) -> None:
    head = b"POST /v1/check HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    got = raw(url, head + SMUGGLING[what] + SMUGGLED, wait=3)
    assert b"HTTP/1.1 200" not in got.split(b"\r\n\r\n")[0]
    assert got.startswith(b"HTTP/1.1 400 ") or not got
    assert got.count(b"HTTP/1.1 ") <= 1


def test_no_request_hides_behind_the_proxy_of_the_example(index: Path, tmp_path: Path) -> None:
    nginx = os.environ.get("DEDUP_NGINX") or shutil.which("nginx")
    if nginx is None:
        pytest.skip("nginx is not installed; DEDUP_NGINX can name it")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    through, name = f"http://127.0.0.1:{port}", f"dedup.example.org:{port}"
    limits = Limits()
    options = ServerOptions(str(index), hosts=("dedup.example.org",), root_path="/dedup", limits=limits)
    with running(create_app(options), limits, "/dedup") as url:
        site = (ROOT / "examples" / "serve" / "nginx.conf").read_text(encoding="utf-8")
        site = re.sub(r"\s*ssl_certificate.*", "", site).replace("listen 443 ssl", f"listen 127.0.0.1:{port}")
        folders = "".join(f"{n}_temp_path {tmp_path}/{n};" for n in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        whole = f"daemon off; pid {tmp_path}/pid; events {{}} http {{ access_log off; {folders}\n"
        config = tmp_path / "nginx.conf"
        config.write_text(whole + site.replace("http://127.0.0.1:8000/", f"{url}/") + "\n}", encoding="utf-8")
        with subprocess.Popen([nginx, "-c", str(config), "-e", str(tmp_path / "errors")]) as proxy:
            try:
                wait_for(f"{through}/dedup", headers={"Host": name})
                form = {"text": DRAFT, "keep": "yes"}
                kept = ask("POST", f"{through}/dedup/check", data=form, headers={"Host": name, "Origin": f"http://{name}"})
                assert (kept.status_code, kept.headers["location"][:7]) == (303, "./kept/")
                evil = ask("POST", f"{through}/dedup/check", data=form, headers={"Host": name, "Origin": "http://evil.example"})
                problem(evil, 403)
                start = f"POST /dedup/v1/check HTTP/1.1\r\nHost: {name}\r\nContent-Type: application/json\r\n".encode()
                hidden = f"GET /dedup/health HTTP/1.1\r\nHost: {name}\r\n\r\n".encode()
                for framing in (*SMUGGLING.values(), b"Content-Length: %d\r\n\r\n" % len(hidden)):
                    got = raw(through, start + framing + hidden, wait=2)
                    assert got.count(b"HTTP/1.1 ") <= 1
                    assert b'"ok"' not in got
            finally:
                proxy.terminate()


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "", "a b", "[::1", "10.0.0.1"]
)
def test_a_request_under_another_name_is_misdirected(url: str, host: str) -> None:
    got = raw(url, f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    assert got.split(b" ")[1] in {b"421", b"400"}
    assert b"archive" not in got


def test_a_name_that_is_allowed_is_answered(serve: Callable[..., str]) -> None:
    url = serve(hosts=("news.example",))
    assert ask("GET", url, headers={"Host": "news.example:8443"}).status_code == 200
    problem(ask("GET", url, headers={"Host": "news.example.evil"}), 421)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://127.0.0.1:1"},
    ],
)
def test_a_form_of_another_site_changes_nothing(url: str, headers: dict[str, str]) -> None:
    for path in ("/check", "/forget", "/login", "/v1/check", "/v1/documents"):
        problem(ask("POST", url + path, data={"text": DRAFT, "keep": "yes"}, headers=headers), 403)
    problem(ask("DELETE", f"{url}/v1/documents/a", headers=headers), 403)


def test_scripts_of_other_sites_may_ask_only_where_that_is_configured(serve: Callable[..., str]) -> None:
    url = serve(origins=("https://desk.example",))
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    allowed = ask("OPTIONS", url + CHECK, headers={"Origin": "https://desk.example"} | asked)
    assert allowed.headers["access-control-allow-origin"] == "https://desk.example"
    answer = ask(
        "POST", url + CHECK, json={"text": DRAFT}, headers={"Origin": "https://desk.example", "Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 200
    refused = ask("OPTIONS", url + CHECK, headers={"Origin": "https://evil.example"} | asked)
    assert "access-control-allow-origin" not in refused.headers


def test_every_answer_has_the_strict_headers(url: str) -> None:
    for path in ("/", "/health", "/v1/nothing", "/archive", "/kept/a"):
        headers = ask("GET", url + path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["cache-control"] == "no-store"
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert "access-control-allow-origin" not in headers
        assert "server" not in headers


def test_many_open_connections_leave_the_server_answering(index: Path) -> None:
    limits = replace(SMALL, connections=100, head_seconds=20.0)
    with running(create_app(ServerOptions(str(index), limits=limits)), limits) as url:
        host, port = url.removeprefix("http://").split(":")
        held = []
        try:
            for _ in range(500):
                with contextlib.suppress(OSError):
                    held.append(socket.create_connection((host, int(port)), timeout=5))
            closed = 0
            for one in held:
                one.settimeout(0.2)
                with contextlib.suppress(OSError, TimeoutError):
                    one.sendall(b"G")
                try:
                    closed += one.recv(1) == b""
                except ConnectionError:
                    closed += 1
                except TimeoutError:
                    break  # the first that is still open
            for one in held[:50]:
                one.close()
            end = time.monotonic() + 10
            answer = None
            while answer is None and time.monotonic() < end:
                with contextlib.suppress(httpx.TransportError):
                    answer = ask("GET", f"{url}/health")
            assert answer is not None
            assert answer.status_code == 200
        finally:
            for one in held:
                one.close()


# Tokens


def run(*words: str, code: int = 0) -> str:
    done = subprocess.run([DEDUP, *words], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == code, done.stderr
    return done.stdout if code == 0 else done.stderr


def test_a_token_is_shown_once_and_kept_as_a_hash(tmp_path: Path) -> None:
    index = index_of_seeds(tmp_path)
    token = run("token", "add", str(index), "desk").strip()
    assert len(token) > 40
    assert token.encode() not in ServerFile(index).path.read_bytes()
    assert ServerFile(index).path.stat().st_mode & 0o077 == 0
    listed = json.loads(run("token", "list", str(index), "--format", "json"))["tokens"]
    assert [(row["name"], row["scope"]) for row in listed] == [("desk", "read")]
    assert "already" in run("token", "add", str(index), "desk", code=2)
    run("token", "revoke", str(index), "desk")
    assert "no token" in run("token", "revoke", str(index), "desk", code=2)
    assert run("token", "list", str(index)) == "0 tokens\n"
    assert "no index" in run("token", "add", str(ROOT / "README.md"), "desk", code=2)


def test_without_a_token_nothing_is_read_and_without_the_scope_nothing_is_written(
    serve: Callable[..., str], tmp_path: Path
) -> None:
    url = serve(token=True)
    tokens = ServerFile(tmp_path / "news.dedup")
    read, write = ({"Authorization": f"Bearer {tokens.add_token(scope, scope)}"} for scope in ("read", "write"))
    for path in ("/", "/archive", "/metrics", "/v1/documents/a", "/v1/stories/a", "/openapi.json", "/docs"):
        problem(ask("GET", url + path), 401)
    problem(ask("POST", url + CHECK, json={"text": DRAFT}), 401)
    assert ask("GET", f"{url}/health").status_code == 200
    assert ask("POST", url + CHECK, json={"text": DRAFT}, headers=read).status_code == 200
    body = {"documents": [{"id": "a", "text": "A text."}]}
    assert "write" in problem(ask("POST", f"{url}/v1/documents", json=body, headers=read), 403)
    problem(ask("DELETE", f"{url}/v1/documents/a", headers=read), 403)
    assert ask("POST", f"{url}/v1/documents", json=body, headers=write).json()["added"] == 1
    tokens.revoke_token("read")
    problem(ask("POST", url + CHECK, json={"text": DRAFT}, headers=read), 401)


def test_whoever_guesses_tokens_is_stopped(serve: Callable[..., str]) -> None:
    url = serve(token=True)
    for n in range(SMALL.guesses):
        problem(ask("GET", url, headers={"Authorization": f"Bearer dedup_{n}"}), 401)
    answer = ask("GET", url, headers={"Authorization": "Bearer dedup_right"})
    problem(answer, 429)
    assert int(answer.headers["retry-after"]) <= 60


def test_a_browser_logs_in_with_a_cookie_that_only_this_site_sends(serve: Callable[..., str], tmp_path: Path) -> None:
    url = serve(token=True, root_path="/news")
    token = ServerFile(tmp_path / "news.dedup").add_token("desk", "read")
    sent = ask("GET", url, headers={"Accept": "text/html"})
    assert (sent.status_code, sent.headers["location"]) == (303, "/news/login")
    assert ask("POST", f"{url}/login", data={"token": "wrong"}).status_code == 401
    answer = ask("POST", f"{url}/login", data={"token": token})
    cookie = answer.headers["set-cookie"]
    assert all(word in cookie for word in ("HttpOnly", "SameSite=strict", "Path=/news"))
    assert ask("GET", url, headers={"Cookie": cookie.partition(";")[0]}).status_code == 200
    assert (
        "Secure"
        in ask("POST", f"{url}/login", data={"token": token}, headers={"X-Forwarded-Proto": "https"}).headers["set-cookie"]
    )


def test_beyond_the_loopback_the_server_does_not_start_without_a_token(tmp_path: Path) -> None:
    index = index_of_seeds(tmp_path)
    assert "dedup token add" in run("serve", str(index), "--host", "0.0.0.0", code=2)
    assert "dedup token add" in run("serve", str(index), "--allow-host", "news.example", code=2)
    assert "--port" in run("serve", str(index), "--host", "203.0.113.7", "--no-token", code=2)
    assert "no index" in run("serve", str(ROOT / "README.md"), code=2)


# Kept results


def test_a_result_is_kept_only_if_asked_expires_and_can_be_deleted(serve: Callable[..., str], tmp_path: Path) -> None:
    url = serve(token=True)
    files = ServerFile(tmp_path / "news.dedup")
    auth = {"Authorization": f"Bearer {files.add_token('desk', 'read')}"}
    assert "Nothing of this draft is stored" in ask("POST", f"{url}/check", data={"text": DRAFT}, headers=auth).text
    links = []
    for _ in range(2):
        answer = ask("POST", f"{url}/check", data={"text": DRAFT, "keep": "yes"}, headers=auth)
        assert answer.status_code == 303
        links.append(answer.headers["location"].removeprefix("./"))
    assert len(set(links)) == 2
    key = links[0].removeprefix("kept/")
    assert len(key) >= 32
    assert key.encode() not in ServerFile(tmp_path / "news.dedup").path.read_bytes()
    kept = ask("GET", f"{url}/{links[0]}")  # whoever has the link needs no token
    assert "Hezbollah" in kept.text
    assert "Kept until" in kept.text
    assert ask("POST", f"{url}/forget", data={"key": key}, headers=auth).status_code == 303
    assert ask("GET", f"{url}/{links[0]}").status_code == 404
    assert ask("GET", f"{url}/{links[1]}").status_code == 200
    files.keep("old", "<p>old</p>", datetime.now(UTC) - timedelta(seconds=2), 1 << 20)
    assert ask("GET", f"{url}/kept/old").status_code == 404


def test_kept_results_have_a_bound(serve: Callable[..., str]) -> None:
    url = serve(limits=replace(SMALL, kept_bytes=100))
    answer = ask("POST", f"{url}/check", data={"text": DRAFT, "keep": "yes"})
    assert (answer.status_code, "no room" in answer.text) == (507, True)


# The program


@contextlib.contextmanager
def program(index: Path, *words: str) -> Iterator[tuple[str, "subprocess.Popen[str]", list[str]]]:
    """Run `dedup serve`, and yield its address, its process, and the lines of its log as they come."""
    command = [DEDUP, "serve", str(index), "--port", "0", *words]
    lines: list[str] = []
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        reader = threading.Thread(target=lambda: lines.extend(process.stderr or ()))
        first = process.stderr.readline()
        reader.start()
        found = re.search(r"http://[\d.]+:\d+", first)
        assert found, first
        try:
            wait_for(found[0])
            yield found[0], process, lines
        finally:
            process.terminate()
            process.wait(60)
            reader.join(10)


def wait_for(address: str, seconds: float = 60.0, headers: dict[str, str] | None = None) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(httpx.TransportError):
            if ask("GET", f"{address}/health", headers=headers).status_code == 200:
                return
        time.sleep(0.1)
    raise AssertionError("the server does not answer")


def children(process: "subprocess.Popen[str]") -> list[int]:
    """The worker processes."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            after = path.read_text(encoding="utf-8").rpartition(")")[2].split()
            if int(after[1]) == process.pid and b"spawn_main" in (path.parent / "cmdline").read_bytes():
                found.append(int(path.parent.name))
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="it finds the workers in /proc")
def test_a_worker_that_is_killed_loses_no_document_and_is_replaced(tmp_path: Path) -> None:
    index = index_of_seeds(tmp_path)
    with program(index, "--workers", "2") as (url, process, _):
        names = []
        for n in range(6):
            body = {"documents": [{"id": f"new{n}", "text": f"The text of document number {n} of several."}]}
            with contextlib.suppress(httpx.TransportError):
                if ask("POST", f"{url}/v1/documents", json=body).status_code == 200:
                    names.append(f"new{n}")
            if n == 3:
                for worker in children(process):
                    os.kill(worker, signal.SIGKILL)
        wait_for(url)
        assert len(names) >= 4
        for name in names:
            assert ask("GET", f"{url}/v1/documents/{name}").status_code == 200
        counted = sum(
            float(n)
            for n in re.findall(r'requests_total\{route="documents",status="2xx"\} (\S+)', ask("GET", f"{url}/metrics").text)
        )
        assert counted >= len(names)
    with dedup.Index(index) as opened:
        assert opened.verify() == []
        assert all(name in opened for name in names)


def test_sigterm_ends_the_server_after_the_requests_that_run(tmp_path: Path) -> None:
    index = index_of_seeds(tmp_path)
    secret = "zebra-crossing"
    with program(index) as (url, process, lines):
        ask("GET", f"{url}/archive", params={"q": secret})
        ask("POST", f"{url}/v1/documents", json={"documents": [{"id": secret, "text": f"{secret} {DRAFT}"}]})
        body, stream = {"text": f"{secret} {DRAFT}"}, {"Accept": "text/event-stream"}
        with (
            httpx.Client(trust_env=False, timeout=60) as client,
            client.stream("POST", url + CHECK, json=body, headers=stream) as answer,
        ):
            pieces = answer.iter_text()
            text = next(pieces)  # the server is at work
            process.terminate()
            text += "".join(pieces)
        process.wait(60)
        assert process.returncode in {0, 143, -15}
        assert [kind for kind, _ in events(text)][-1] == "result"
    log = [json.loads(line) for line in lines if line.startswith("{")]
    assert {"POST", "GET"} <= {row["method"] for row in log}
    assert all({"request_id", "status", "seconds", "route"} <= row.keys() for row in log)
    assert secret not in "".join(lines)


def test_the_server_keeps_its_requirements_to_itself() -> None:
    heavy = {"fastapi", "uvicorn", "mcp", "pydantic", "starlette"}
    code = f"import sys, dedup.cli, dedup.index.story; print(*{heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_without_its_extra_the_command_names_the_way_out(tmp_path: Path) -> None:
    index = index_of_seeds(tmp_path)
    (tmp_path / "uvicorn.py").write_text("raise ModuleNotFoundError('no', name='uvicorn')")
    done = subprocess.run(
        [DEDUP, "serve", str(index)],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
    )
    assert done.returncode == 2
    assert "pip install 'dedup-news[server]'" in done.stderr
    assert "Traceback" not in done.stderr


# The description


def test_the_interface_is_as_it_is_described(serve: Callable[..., str]) -> None:
    schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is not installed")
    from schemathesis.specs.openapi.checks import positive_data_acceptance  # noqa: PLC0415 as above

    url = serve(limits=replace(SMALL, connections=200))
    schema = schemathesis.openapi.from_url(f"{url}/openapi.json")
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) == 5
    for operation, mode in itertools.product(operations, schemathesis.GenerationMode):
        if mode is schemathesis.GenerationMode.NEGATIVE and operation.method != "post":
            continue  # any text is an id

        @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy(generation_mode=mode))
        def validate(case: Any) -> None:
            answer = case.call()
            assert answer.status_code < 500
            # No schema can say which bytes are a PDF, or which characters make a word.
            case.validate_response(answer, excluded_checks=[positive_data_acceptance])

        validate()
