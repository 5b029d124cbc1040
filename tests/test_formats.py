"""Stage 1, format by format: the same articles in each give the same report, and a damaged file does not stop the others."""

import bz2
import csv
import gzip
import io
import json
import lzma
import os
import random
import re
import subprocess
import sysconfig
import tarfile
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any, BinaryIO, cast

import brotli
import pyarrow as pa
import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import feather, ipc, parquet

import dedup
from dedup.sources import delimited, limits
from dedup.sources.fields import FieldFinder
from dedup.sources.lenient_json import StandardJson
from dedup.sources.times import time_or_reason

DEDUP = Path(sysconfig.get_path("scripts")) / "dedup"
SENTENCES = [
    "The harbour of Brest was closed on Tuesday after a crane fell across two of its seven piers",
    "Nobody was hurt, said a spokeswoman, but eleven ships had to wait outside for nineteen hours",
    "The crane, built in 1974, had been inspected in March and was found to be in good order",
    "“We heard a noise like thunder,” said Yann Kerviel, who mends nets on the northern quay",
    "Insurers expect a loss of about four million euros, most of it from fish that went bad",
    "A commission led by the engineer Maud Le Bihan is to report before the end of the year",
]


def articles(count: int = 12) -> list[dict[str, str]]:
    """Articles that share sentences, each under the name of a text file."""
    rows = []
    for n in range(count):
        chosen = [SENTENCES[(n + k * (1 + n % 3)) % len(SENTENCES)] for k in range(4)]
        own = f"This paper, the number {n} of the coast, has followed the matter since its issue {n * n + 3}"
        text = "\n\n".join(f"{line}." for line in (*chosen, own))
        day = f"2018-07-{n % 28 + 1:02}T0{n % 10}:30:00+00:00"
        rows.append({"id": f"{n:03}.txt", "text": text, "outlet": f"paper{n % 4}", "published": day})
    return rows


def page(row: dict[str, str]) -> bytes:
    body = "".join(f"<p>{part}</p>" for part in row["text"].split("\n\n"))
    return (
        f"<!DOCTYPE html><html><head><title>No {row['id']}</title>"
        f"<meta property='article:published_time' content='{row['published']}'>"
        f"<link rel='canonical' href='https://www.{row['outlet']}.example.com/{row['id']}'></head>"
        f"<body><nav><a href='/'>Home</a></nav><article>{body}</article><footer>Imprint</footer></body></html>"
    ).encode()


def warc_record(url: str, body: bytes, *, kind: str = "response", status: str = "200 OK", mime: str = "text/html") -> bytes:
    content = f"HTTP/1.1 {status}\r\nContent-Type: {mime}; charset=utf-8\r\n\r\n".encode() + body
    mime = "application/http; msgtype=response"
    if kind == "conversion":
        content, mime = body, "text/plain"
    head = f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2020-01-01T00:00:00Z\r\n"
    return f"{head}Content-Type: {mime}\r\nContent-Length: {len(content)}\r\n\r\n".encode() + content + b"\r\n\r\n"


def lines(rows: list[dict[str, str]]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def table(rows: list[dict[str, str]], delimiter: str = ",") -> bytes:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, rows[0], delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def tarred(files: dict[str, bytes], mode: str = "w", headers: dict[str, str] | None = None) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:  # type: ignore[call-overload] # modes are literals
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            info.pax_headers = headers or {}
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def texts(rows: list[dict[str, str]]) -> dict[str, bytes]:
    beside = [{"file": row["id"], "outlet": row["outlet"], "published": row["published"]} for row in rows]
    return {row["id"]: row["text"].encode() for row in rows} | {"metadata.csv": table(beside)}


def arrow(rows: list[dict[str, str]], write: Callable[[Any, Any], None]) -> bytes:
    out = io.BytesIO()
    write(pa.Table.from_pylist(rows), out)
    return out.getvalue()


def stream(made: Any, out: io.BytesIO) -> None:
    with pa.ipc.new_stream(out, made.schema) as writer:
        writer.write_table(made)


PACKED: dict[str, Callable[[list[dict[str, str]]], bytes]] = {
    "all.jsonl": lines,
    "all.json": lambda rows: json.dumps(rows, indent=1).encode(),
    "feed.json": lambda rows: json.dumps({"status": "ok", "tags": ["a"], "articles": rows}).encode(),
    "all.csv": table,
    "all.tsv": lambda rows: table(rows, "\t"),
    "semicolons.csv": lambda rows: b"\xef\xbb\xbf" + table(rows, ";"),
    "utf16.jsonl": lambda rows: lines(rows).decode().encode("utf-16"),
    "utf16.json": lambda rows: json.dumps(rows).encode("utf-16"),
    "utf16.csv": lambda rows: table(rows).decode().encode("utf-16"),
    "all.parquet": lambda rows: arrow(rows, parquet.write_table),
    "all.feather": lambda rows: arrow(rows, feather.write_feather),
    "all.arrows": lambda rows: arrow(rows, stream),
    "all.jsonl.gz": lambda rows: gzip.compress(lines(rows)),
    "all.csv.bz2": lambda rows: bz2.compress(table(rows)),
    "all.json.xz": lambda rows: lzma.compress(json.dumps(rows).encode()),
    "all.jsonl.zst": lambda rows: zstd.compress(lines(rows)),
    "all.zip": lambda rows: zipped(texts(rows)),
    "nested.zip": lambda rows: zipped({"a.jsonl.gz": gzip.compress(lines(rows[:5])), "b.csv": table(rows[5:])}),
    "all.tar.gz": lambda rows: tarred({"x/all.jsonl": lines(rows)}, "w:gz"),
    "all.tar": lambda rows: tarred({"all.csv": table(rows)}),
}


def stated(report: dedup.Report) -> tuple[object, ...]:
    """All that a report states, except where the documents were read."""
    about = [(d.id, d.sha256, d.outlet, d.published, report.shared[d.id]) for d in report.documents]
    return about, report.matches, report.families


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dedup.Report:
    folder = tmp_path_factory.mktemp("texts")
    for name, data in texts(articles()).items():
        (folder / name).write_bytes(data)
    found = dedup.read(folder)
    assert found.notices == []
    return dedup.scan(found)


@pytest.mark.parametrize("name", PACKED)
def test_the_same_articles_in_every_format_give_the_same_report(tmp_path: Path, name: str, expected: dedup.Report) -> None:
    path = tmp_path / name
    path.write_bytes(PACKED[name](articles()))
    found = dedup.read(path)
    assert found.notices == []
    assert stated(dedup.scan(found)) == stated(expected)
    assert expected.matches


def test_a_pipe_is_read_whatever_the_format(expected: dedup.Report) -> None:
    for name in ("all.jsonl.gz", "all.parquet", "all.zip", "all.tar.gz", "all.json", "all.csv"):
        data = PACKED[name](articles())
        done = subprocess.run([DEDUP, "scan", "-", "--format", "json"], input=data, capture_output=True, check=True)
        assert json.loads(done.stdout)["warnings"] == []
        assert len(json.loads(done.stdout)["matches"]) == len(expected.matches), name


def test_pages_give_their_articles_with_outlet_time_and_title(tmp_path: Path) -> None:
    rows = articles()
    files = {f"{row['id'][:3]}.html": page(row) for row in rows}
    for name, data in files.items():
        (tmp_path / "pages" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "pages" / name).write_bytes(data)
    records = [warc_record(f"https://www.{row['outlet']}.example.com/{row['id']}", page(row)) for row in rows]
    (tmp_path / "all.warc.gz").write_bytes(b"".join(map(gzip.compress, records)))
    wacz = {
        "datapackage.json": b"{}",
        "archive/data.warc.gz": b"".join(map(gzip.compress, records)),
        "pages/pages.jsonl": b"{}",
    }
    (tmp_path / "all.wacz").write_bytes(zipped(wacz))
    (tmp_path / "pages.zip").write_bytes(zipped(files))
    for name in ("pages", "all.warc.gz", "all.wacz", "pages.zip"):
        found = dedup.read(tmp_path / name)
        assert found.notices == [], name
        assert [d.text.split() for d in found] == [row["text"].split() for row in rows]
        assert [d.published for d in found] == [datetime.fromisoformat(row["published"]) for row in rows]
        assert {d.outlet for d in found} == {"example.com"}
        assert dict(found[0].origins)["outlet"] == "url"
        assert found[0].title == "No 000.txt"


def test_feeds_give_their_entries(tmp_path: Path) -> None:
    (tmp_path / "a.rss").write_text(
        "<?xml version='1.0'?><rss version='2.0'><channel><title>The Daily</title><item><title>One &amp; two</title>"
        "<link>https://news.daily.co.uk/1</link><guid>tag:1</guid><pubDate>Sun, 15 Jul 2018 12:00:00 EDT</pubDate>"
        "<description>&lt;p&gt;First.&lt;/p&gt;&lt;p&gt;Second &lt;b&gt;part&lt;/b&gt;.&lt;script&gt;x&lt;/script&gt;&lt;/p&gt;"
        "</description></item><item><title>empty</title></item></channel></rss>"
    )
    (tmp_path / "b.xml").write_text("<?xml version='1.0'?><nitf><body>no feed</body></nitf>")
    documents = dedup.read(tmp_path)
    assert [(d.id, d.text, d.title, d.outlet) for d in documents] == [
        ("tag:1", "First.\n\nSecond part.", "One & two", "daily.co.uk")
    ]
    assert documents[0].published == datetime(2018, 7, 15, 16, tzinfo=UTC)
    assert [n.code for n in documents.notices] == ["missing-text", "other-format"]


@pytest.mark.parametrize("data", ["<?xml version='1.0'?>", "<?xml version='1.0'?>\n<!-- -->", "<rss", "<feed/>"])
def test_a_feed_of_nothing_is_a_notice(tmp_path: Path, data: str) -> None:
    (tmp_path / "a.xml").write_text(data)
    documents = dedup.read(tmp_path / "a.xml")
    assert (len(documents), len(documents.notices)) == (0, 1)


@pytest.mark.parametrize("opened", ["", '"'])
def test_a_table_in_utf16_that_stops_being_that_is_read_up_to_there(tmp_path: Path, opened: str) -> None:
    start = f"id;text\n1;one\n2;{opened}two\n".encode("utf-16")
    (tmp_path / "a.csv").write_bytes(start + b"\x00\xdc\xff\xdf" * 50_000 + "3;three\n".encode("utf-16-le") * 9000)
    documents = dedup.read(tmp_path / "a.csv")
    assert [n.code for n in documents.notices if n.code != "invalid-record"] == ["invalid-encoding"]
    assert len(documents) < 3


NAMESPACES = (
    "xmlns:m='http://search.yahoo.com/mrss/' xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd' "
    "xmlns:content='http://purl.org/rss/1.0/modules/content/' xmlns:dc='http://purl.org/dc/elements/1.1/'"
)
TOLD = "The ferry to the island is late."


def entry(folder: Path, inside: str, *, atom: bool = False) -> dedup.Document:
    """Return the document of a feed with one entry."""
    link = "<link href='https://www.collected.org/1'/><id>1</id>" if atom else "<link>https://www.collected.org/1</link>"
    feed = (
        f"<feed xmlns='http://www.w3.org/2005/Atom'><title>C</title><entry>{link}{inside}</entry></feed>"
        if atom
        else f"<rss version='2.0' {NAMESPACES}><channel><title>C</title><item>{link}{inside}</item></channel></rss>"
    )
    (folder / "a.xml").write_text(f"<?xml version='1.0'?>{feed}", encoding="utf-8")
    documents = dedup.read(folder / "a.xml")
    assert documents.notices == []
    return documents[0]


@pytest.mark.parametrize(
    "inside",
    [
        f"<description>{TOLD}</description><m:content><m:title>no</m:title><m:description>A ferry</m:description></m:content>",
        f"<m:description>A ferry</m:description><description>{TOLD}</description>",
        f"<itunes:subtitle>no</itunes:subtitle><description>{TOLD}</description><itunes:summary>Listen</itunes:summary>",
        f"<description>{TOLD}</description><dc:description>About a ferry</dc:description>",
        f"<description>Short</description><content:encoded>{TOLD}</content:encoded><m:description>A ferry</m:description>",
        f"<content:encoded>&lt;img src='x'&gt;</content:encoded><description>{TOLD}</description>",
        f"<m:group><m:description>{TOLD}</m:description></m:group>",  # it has no other text
    ],
)
def test_the_text_of_an_entry_is_its_own(tmp_path: Path, inside: str) -> None:
    found = entry(tmp_path, f"<title>Late</title>{inside}")
    assert (found.title, found.text) == ("Late", TOLD)


@pytest.mark.parametrize("form", ["{}", "<![CDATA[{}]]>", "<![CDATA[{}<i></i>]]>", "&lt;p&gt;{}&lt;/p&gt;"])
def test_entities_of_a_feed_are_resolved_however_often_they_are_escaped(tmp_path: Path, form: str) -> None:
    once = "Anna&amp;#39;s &amp;bdquo;Stra&amp;szlig;e&amp;ldquo; &amp;#x2014; R&amp;amp;D"
    for text in (once, once.replace("&amp;", "&amp;amp;")):
        written = form.format(text.replace("&amp;", "&") if "CDATA" in form else text)
        found = entry(tmp_path, f"<title>{written}</title><description>{written}</description>")
        assert (found.title, found.text) == ("Anna's „Straße“ — R&D", "Anna's „Straße“ — R&D")


def test_types_of_atom_are_kept_to(tmp_path: Path) -> None:
    plain = "<title>a &lt;b&gt; c</title><content type='text'>if x &lt;y&gt; then &amp;#8217;</content>"
    assert [(d.title, d.text) for d in [entry(tmp_path, plain, atom=True)]] == [("a <b> c", "if x <y> then ’")]
    html = "<title type='html'>Caf&amp;eacute; &lt;b&gt;open&lt;/b&gt;</title><content type='html'>one&lt;hr&gt;two</content>"
    assert [(d.title, d.text) for d in [entry(tmp_path, html, atom=True)]] == [("Café open", "one\n\ntwo")]
    picture = f"<title>t</title><summary>{TOLD}</summary><content type='image/gif'>R0lGODlhAQABAIAAAAUEBA==</content>"
    assert entry(tmp_path, picture, atom=True).text == TOLD


def test_the_outlet_of_a_collected_entry_is_its_source(tmp_path: Path) -> None:
    text = f"<title>t</title><description>{TOLD}</description>"
    assert entry(tmp_path, f"{text}<source url='https://rss.coast.co.uk/all'>The Coast</source>").outlet == "coast.co.uk"
    assert entry(tmp_path, f"{text}<source>The Coast</source>").outlet == "The Coast"
    assert entry(tmp_path, text).outlet == "collected.org"
    source = "<source><title>The Coast</title><link href='https://www.coast.co.uk/'/></source>"
    assert entry(tmp_path, f"<title>t</title><summary>{TOLD}</summary>{source}", atom=True).outlet == "coast.co.uk"


SHOWN: dict[str, tuple[str, str]] = {
    # what a feed or a page holds, and the words that a browser shows
    "lists": ("<dl><dt>Fare</dt><dd>nine</dd></dl><ul><li>up<li>down</ul>", "Fare nine up down"),
    "cells": ("<table><tr><th>Quay</th><td>4</td></tr><tr><td>Pier</td><td>7</td></tr></table>", "Quay 4 Pier 7"),
    "blocks": ("<div>one<section>two</section><span>three</span><div>four</div><b>five</b></div>", "one two three four five"),
    "breaks": ("<div>one<br>two<hr>three</div>", "one two three"),
    "inline": ("<p>un<b>bro</b><i>k</i>en</p>", "unbroken"),
    "ruby": (
        "<p><ruby>港<rp>（</rp><rt>みなと</rt><rp>）</rp></ruby>に<ruby><rb>船</rb><rt>ふね</rt></ruby>が港（みなと）</p>",
        "港に船が港（みなと）",
    ),
    "notes": (
        "<p>ferry<sup>3</sup> sank.”<sup><a href='#n'>[4]</a></sup> 9 km<sup>2</sup> 2<sup>nd</sup></p>",
        "ferry 3 sank.” [4] 9 km2 2nd",
    ),
    "hidden": ("<p>shown here</p><p hidden>one</p><p style='color:red; DISPLAY : none'>two</p>", "shown here"),
}
AROUND = "The ferry to the island was late on every day of this week, said its captain on Friday."


@pytest.mark.parametrize("name", SHOWN)
@pytest.mark.parametrize("fast", [True, False])
def test_words_of_a_feed_and_of_a_page_are_those_that_a_browser_shows(tmp_path: Path, name: str, *, fast: bool) -> None:
    inside, words = SHOWN[name]
    around = f"<p>{AROUND}</p>{inside}<p>{AROUND} Twice.</p>"
    wanted = f"{AROUND} {words} {AROUND} Twice.".split()
    assert entry(tmp_path, f"<title>t</title><description><![CDATA[{around}]]></description>").text.split() == wanted
    (tmp_path / "a.html").write_text(f"<!DOCTYPE html><html><body><article>{around}</article></body></html>", encoding="utf-8")
    found = dedup.read(tmp_path / "a.html", dedup.Reading(extraction="fast" if fast else "full"))[0]
    marks = {"|", "-", "|---|---|"}  # how trafilatura writes tables and lists
    assert [word for word in found.text.split() if word not in marks] == wanted


def test_a_page_that_is_hidden_until_a_script_shows_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(
        f"<html><body><article hidden><p>{AROUND}</p><p>{AROUND} Twice.</p></article></body></html>"
    )
    assert AROUND in dedup.read(tmp_path / "a.html")[0].text


def test_readings_over_words_of_a_docx_are_no_text(tmp_path: Path) -> None:
    import docx  # noqa: PLC0415 an extra
    from docx.oxml import parse_xml  # noqa: PLC0415
    from docx.oxml.ns import nsdecls  # noqa: PLC0415

    made = docx.Document()
    run = made.add_paragraph("古い").add_run()
    words = "<w:rt><w:r><w:t>みなと</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>港</w:t></w:r></w:rubyBase>"
    run._r.append(parse_xml(f"<w:ruby {nsdecls('w')}><w:rubyPr/>{words}</w:ruby>"))
    made.save(str(tmp_path / "a.docx"))
    assert dedup.read(tmp_path / "a.docx")[0].text == "古い港"


def test_texts_of_web_archives_are_read_and_records_that_are_no_pages_are_counted(tmp_path: Path) -> None:
    records = [
        warc_record("http://a.org/1", b"One text.", kind="conversion"),
        warc_record("http://a.org/2", b"gone", status="404 Not Found"),
        warc_record("http://a.org/3", b"\x89PNG", mime="image/png"),
    ]
    (tmp_path / "a.warc").write_bytes(b"".join(records))
    documents = dedup.read(tmp_path / "a.warc")
    assert [(d.id, d.text, d.outlet) for d in documents] == [("http://a.org/1", "One text.", "a.org")]
    assert [n.code for n in documents.notices] == ["other-format", "other-format"]


def test_a_page_of_a_web_archive_is_read_in_the_encoding_that_its_server_stated(tmp_path: Path) -> None:
    story = {
        "text": "Пожарные вывели из дома двенадцать жильцов, сообщила служба спасения в среду утром. " * 3,
        "title": "Пожар",
    }
    for number, mime in enumerate(('text/html; charset="KOI8-R"', "text/html;Charset=koi8_r")):
        body = page({**articles()[0], **story}).decode().replace("utf-8", "windows-1251").encode("koi8-r", "replace")
        (tmp_path / f"{number}.warc").write_bytes(warc_record(f"http://a.org/{number}", body, mime=mime))
    documents = dedup.read(tmp_path)
    assert [story["text"].strip() in d.text for d in documents] == [True, True]
    assert documents.notices == []


def test_front_matter_states_fields_and_stays_in_the_text(tmp_path: Path) -> None:
    text = "---\ntitle: The harbour\ndate: 2018-07-15\nsource: The Daily\n---\nThe harbour was closed.\n"
    (tmp_path / "a.md").write_text(text)
    (tmp_path / "b.md").write_text('+++\ntitle = "Toml"\ndate = 2018-07-15T10:00:00+02:00\n+++\nText.\n')
    (tmp_path / "c.md").write_text("---\na: &x [1]\nb: *x\n---\nText.\n")
    (tmp_path / "d.md").write_text("---\nno: [front\n---\nText.\n")
    a, b, c, d = found = dedup.read(tmp_path)
    assert (a.text, a.title, a.outlet, a.published) == (text, "The harbour", "The Daily", datetime(2018, 7, 15, tzinfo=UTC))
    assert (b.title, b.published) == ("Toml", datetime(2018, 7, 15, 8, tzinfo=UTC))
    assert (c.title, d.title) == (None, None)
    assert [n.code for n in found.notices] == ["invalid-front-matter"] * 2


def test_fields_are_found_by_the_users_names(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(
        b'{"uid": 1, "data": {"body": ["One.", "Two."]}, "Date": "2018", "paper": {"name": "P"}}\n'
    )
    reading = dedup.Reading(fields={"text": "data.body", "outlet": "paper"})
    documents = dedup.read(tmp_path / "a.jsonl", reading)
    assert [(d.id, d.text, d.outlet) for d in documents] == [("1", "One.\n\nTwo.", "P")]
    assert [n.message.split("; ")[0].split(": ", 1)[1] for n in documents.notices] == [
        "'2018' is a date without day, month or year"
    ]
    with pytest.raises(dedup.UsageError, match="did you mean outlet"):
        dedup.Reading(fields={"outlets": "paper"})


def test_a_report_is_read_again_as_it_was_made(tmp_path: Path) -> None:
    rows = [{"uid": r["id"], "blob": r["text"]} for r in articles()]
    (tmp_path / "a.csv").write_bytes(table(rows))
    base = [
        str(DEDUP),
        "scan",
        str(tmp_path / "a.csv"),
        "--fields",
        "text=blob",
        "--format",
        "json",
        "-o",
        str(tmp_path / "r.json"),
    ]
    subprocess.run(base, check=True, capture_output=True)
    done = subprocess.run(
        [DEDUP, "show", "000.txt", "001.txt", "--in", tmp_path / "r.json"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_outlet_is_taken_from_the_folder_the_domain_or_a_pattern(tmp_path: Path) -> None:
    (tmp_path / "daily" / "2018").mkdir(parents=True)
    (tmp_path / "daily" / "2018" / "a.txt").write_text("Text.")
    (tmp_path / "b.jsonl").write_text('{"text": "Text two.", "outlet": "x", "url": "https://www.news.co.uk/1"}\n')

    def outlets(way: str | None) -> list[tuple[str | None, str | None]]:
        found = dedup.read(tmp_path, dedup.Reading(outlet_from=way))
        return [(d.outlet, dict(d.origins).get("outlet")) for d in sorted(found, key=lambda d: len(d.text))]

    assert outlets(None) == [(None, None), ("x", None)]
    assert outlets("folder")[0] == ("2018", "folder")
    assert outlets("domain")[1] == ("news.co.uk", "url")
    assert outlets(r"^(?P<outlet>\w+)/\d{4}/")[0] == ("daily", "pattern")
    for wrong in ("(", "daily"):
        with pytest.raises(dedup.UsageError):
            dedup.read(tmp_path, dedup.Reading(outlet_from=wrong))


def test_a_list_of_paths_is_read_as_what_it_lists(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "a.txt").write_text("One text.")
    (tmp_path / "list.txt").write_text("x/a.txt\n")
    assert [d.text for d in dedup.read(tmp_path / "list.txt")] == ["One text."]
    (tmp_path / "list.txt").write_text("x/a.txt\nx/gone.txt\n")
    documents = dedup.read(tmp_path / "list.txt")
    assert [n.code for n in documents.notices] == ["missing-path"]
    done = subprocess.run(
        [DEDUP, "read", "-", "--from", "list", "--format", "jsonl"],
        input=b"x/a.txt\n",
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )
    assert json.loads(done.stdout)["text"] == "One text."


def pdf(text: str) -> bytes:
    """The smallest PDF with a line of text."""
    content = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<</Title(The harbour)/Author(Ann)/CreationDate(D:20180715100000+02'00')>>",
    ]
    out, offsets = b"%PDF-1.4\n", []
    for number, data in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj%s endobj\n" % (number, data)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return out + b"xref\n0 7\n0000000000 65535 f \n%strailer<</Size 7/Root 1 0 R/Info 6 0 R>>\nstartxref\n%d\n%%%%EOF" % (
        table,
        len(out),
    )


def test_pdf_and_docx_give_their_text_and_properties(tmp_path: Path) -> None:
    import docx  # noqa: PLC0415 an extra

    (tmp_path / "a.pdf").write_bytes(pdf("The harbour was closed on Tuesday."))
    made = docx.Document()
    made.add_paragraph("The harbour was closed.")
    made.add_table(1, 2).rows[0].cells[1].text = "cell"
    made.core_properties.title = "Harbour"
    made.save(str(tmp_path / "b.docx"))
    (tmp_path / "c.pdf").write_bytes(b"%PDF-1.4 nothing")
    (tmp_path / "d.docx").write_bytes(b"PK\x03\x04 nothing")
    a, b = found = dedup.read(tmp_path)
    assert (a.text.strip(), a.title, a.author) == ("The harbour was closed on Tuesday.", "The harbour", "Ann")
    assert a.published == datetime(2018, 7, 15, 8, tzinfo=UTC)
    assert (b.text, b.title) == ("The harbour was closed.\n\ncell", "Harbour")
    assert [n.code for n in found.notices] == ["damaged-file", "damaged-file"]


BROKEN: dict[str, tuple[bytes, list[str], int]] = {
    # what a file holds, the notices it gives, and how many documents are read all the same
    "no.gz": (b"plain text", [], 1),
    "bad.parquet": (b"PAR1" + b"x" * 400 + b"PAR1", ["damaged-file"], 0),
    "half.warc": (warc_record("http://a.org/", page(articles()[0]))[:-400], ["damaged-file"], 0),
    "no.warc": (b"no web archive", ["damaged-file"], 0),
    "quote.csv": (b'id,text\n1,"one\n2,two\n3,"three"\n4,"fo"ur\n5,five\n', ["invalid-record", "invalid-record"], 3),
    "short.csv": (b"id,text\n1,one,more\n2,two\n", ["invalid-record"], 1),
    "bytes.csv": (b"id,text\n1,caf\xe9\n", ["invalid-encoding"], 1),
    "names.csv": (b"a,b\n1,2\n3,4\n", ["missing-text"], 0),
    "empty.csv": (b"\n", ["empty-file"], 0),
    "header.csv": (b"id,text\n", ["empty-file"], 0),
    "none.json": (b"[]", ["empty-file"], 0),
    "divs.html": (b"<html><body>" + b"<div>" * 100_000, ["no-article"], 0),
    "no.html": (b"\x00\x01\x02", ["no-article"], 0),
    "deep.json": (b"[" * 100_000, ["invalid-record"], 0),
    "deeper.json": (b'[{"text":' + b'{"a":' * 100_000, ["invalid-record"], 0),
    "cut.json": (json.dumps(articles()).encode()[:-9], ["invalid-record"], 11),
    "numbers.json": (b"[1, 2]", ["invalid-record", "invalid-record"], 0),
    "no.json": (b"nothing", ["invalid-record"], 0),
    "no.zip": (b"PK\x03\x04 nothing", ["damaged-file"], 0),
    "cut.tar": (tarred({"a.txt": b"x" * 9999})[:2000], ["damaged-file"], 0),
    "header.tar": (tarred({"a.txt": b"one"})[:1024] + b"zzz" * 900, ["damaged-file"], 1),
    "sparse.tar": (tarred({"a.txt": b"one"}, headers={"GNU.sparse.map": "x,y"}), ["damaged-file"], 0),
    "version.zip": (zipped({"a.txt": b"one"}).replace(b"PK\1\2\x14\3\x14", b"PK\1\2\x14\3\x63"), ["damaged-file"], 0),
    "tag.md": (b'---\ntitle: !!int ""\n---\nA text.', ["invalid-front-matter"], 1),
    "time.md": (b"---\ndate: !!timestamp x\n---\nA text.", ["invalid-front-matter"], 1),
    "digits.md": (b"---\ntitle: 0x" + b"f" * 5000 + b"\ndate: 0x" + b"f" * 5000 + b"\n---\nA text.", ["invalid-time"], 1),
    "feed.rss": (b"<rss version='2.0'><channel><item><description>text", ["damaged-file", "missing-text"], 0),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_damaged_file_is_a_notice_that_names_it_and_the_rest_is_read(tmp_path: Path, name: str) -> None:
    data, codes, count = BROKEN[name]
    (tmp_path / name).write_bytes(data)
    (tmp_path / "z.txt").write_text("A whole text.")
    documents = dedup.read(tmp_path)
    assert documents[-1].text == "A whole text."
    assert ([n.code for n in documents.notices], len(documents) - 1) == (codes, count)
    assert all(n.message.startswith(str(tmp_path / name)) for n in documents.notices)


@pytest.mark.parametrize("name", ["all.jsonl.gz", "all.jsonl.zst", "all.csv.bz2", "all.json.xz", "all.tar.gz", "a.warc.gz"])
def test_a_file_that_is_cut_off_is_read_up_to_there(tmp_path: Path, name: str) -> None:
    rows = [
        row | {"text": f"{row['text']}\n\n{random.Random(n).randbytes(30_000).hex()}"} for n, row in enumerate(articles(40))
    ]
    records = [warc_record(f"http://a.org/{row['id']}", row["text"].encode(), kind="conversion") for row in rows]
    data = b"".join(map(gzip.compress, records)) if name == "a.warc.gz" else PACKED[name](rows)
    (tmp_path / name).write_bytes(data[: len(data) * 7 // 10])
    documents = dedup.read(tmp_path / name)
    assert 0 < len(documents) < 40 or name == "all.csv.bz2"
    assert "damaged-file" in [n.code for n in documents.notices]


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_one_damaged_file_in_an_archive_does_not_stop_the_others(tmp_path: Path, method: int) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        for name in ("a.txt", "b.txt", "c.txt"):
            archive.writestr(name, f"{name}: {random.Random(name).randbytes(200).hex()}")
    data = bytearray(path.read_bytes())
    start = data.index(b"b.txt") + 30
    data[start : start + 100] = bytes(byte ^ 0x5A for byte in data[start : start + 100])
    path.write_bytes(bytes(data))
    documents = dedup.read(path)
    assert [d.id for d in documents] == ["a.txt", "c.txt"]
    assert [(n.code, f"{path}/b.txt" in n.message) for n in documents.notices] == [("damaged-file", True)]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_files_of_one_name_in_an_archive_are_all_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.txt", "one")
        archive.writestr("a.txt", "two")
    assert sorted(d.text for d in dedup.read(tmp_path / "a.zip")) == ["one", "two"]


def test_one_broken_page_of_a_web_archive_does_not_stop_the_others(tmp_path: Path) -> None:
    good = [warc_record(f"http://a.org/{n}", page(row)) for n, row in enumerate(articles(2))]
    coded = [
        warc_record("http://a.org/bad", b"zz\r\nabc").replace(b"\r\n\r\nzz", b"\r\nTransfer-Encoding: chunked\r\n\r\nzz"),
        warc_record("http://a.org/huge", b"x" * ((1 << 25) + 9), kind="conversion"),
    ]
    bad = re.sub(rb"Content-Length: \d+", lambda m: b"Content-Length: %d" % (int(m[0][16:]) + 28), coded[0])
    (tmp_path / "a.warc").write_bytes(b"".join([good[0], bad, coded[1], good[1]]))
    documents = dedup.read(tmp_path / "a.warc")
    assert [d.id for d in documents] == ["http://a.org/0", "http://a.org/1"]
    assert [n.code for n in documents.notices] == ["damaged-file", "too-large"]


def test_pages_of_a_web_archive_are_unpacked(tmp_path: Path) -> None:
    packed = gzip.compress(page(articles(1)[0]))
    chunks = b"%x\r\n%b\r\n0\r\n\r\n" % (len(packed), packed)
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n"
    record = warc_record("http://a.org/", head + chunks, kind="conversion")
    record = record.replace(b"conversion", b"response").replace(b"text/plain", b"application/http; msgtype=response")
    (tmp_path / "a.warc").write_bytes(record)
    (document,) = dedup.read(tmp_path / "a.warc")
    assert SENTENCES[0] in document.text


def test_quotation_marks_that_are_never_closed_are_searched_for_in_linear_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = "id,text\n" + 'x","\n' * 40_000 + "1,one\n"
    (tmp_path / "a.csv").write_text(content)
    taken, following = 0, delimited._Lines.__next__

    def counted(lines: delimited._Lines) -> str:
        nonlocal taken
        line = following(lines)
        taken += len(line)
        return line

    monkeypatch.setattr(delimited._Lines, "__next__", counted)
    documents = dedup.read(tmp_path / "a.csv")
    assert [d.text for d in documents] == ["one"]
    assert taken < (limits.CSV_REREADS + 1) * (len(content) + limits.CSV_FREE_CHARACTERS)  # 40,000 lines each to the end: 3.2e9


def test_many_comments_above_a_text_or_a_page_are_skipped(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("<!---->" * 2000 + "text")
    (tmp_path / "b").write_text("<!-- a -->" * 50 + page(articles(1)[0]).decode())
    a, b = dedup.read([tmp_path / "a", tmp_path / "b"])
    assert (a.id, a.text[-4:], b.title) == ("a", "text", "No 000.txt")


def test_a_pipe_called_metadata_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "metadata.csv")
    (tmp_path / "a.txt").write_text("One text.")
    assert [n.code for n in dedup.read(tmp_path).notices] == ["no-file"]


def test_a_link_to_itself_does_not_stop_the_rest_of_its_folder(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to("a.txt")
    (tmp_path / "b.txt").write_text("One text.")
    documents = dedup.read(tmp_path)
    assert ([d.id for d in documents], [n.code for n in documents.notices]) == (["b.txt"], ["unreadable-file"])


def test_a_metadata_table_is_recognised_also_if_the_user_named_the_text_field(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps({"meta": {"n": 1}, "articles": [{"words": "One text."}]}))
    (tmp_path / "metadata.csv").write_text("file,outlet\na.json,Daily\n")
    documents = dedup.read(tmp_path, dedup.Reading(fields={"text": "words"}))
    assert ([d.outlet for d in documents], documents.notices) == (["Daily"], [])


def test_all_arrays_of_documents_in_an_object_are_read(tmp_path: Path) -> None:
    rows = {"tags": ["a"], "pages": [{"n": 1}], "news": [{"text": "One."}], "sport": [{"text": "Two."}, {"n": 2}]}
    (tmp_path / "a.json").write_text(json.dumps(rows))
    documents = dedup.read(tmp_path)
    assert ([d.text for d in documents], documents.notices) == (["One.", "Two."], [])


def test_insertions_and_forms_of_a_docx_are_read_and_merged_cells_once(tmp_path: Path) -> None:
    import docx  # noqa: PLC0415 an extra
    from docx.oxml import parse_xml  # noqa: PLC0415

    made = docx.Document()
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    run = "<w:r><w:t>{}</w:t></w:r>"
    inside = f"<w:ins w:id='1'>{run.format('was ')}</w:ins><w:del w:id='2'><w:r><w:delText>is</w:delText></w:r></w:del>"
    line = f"<w:p>{run.format('It ')}{inside}{run.format('closed.')}</w:p>"
    made.element.body.insert(0, parse_xml(f"<w:sdt {space}><w:sdtContent>{line}</w:sdtContent></w:sdt>"))
    cell = f"<w:tc><w:tcPr><w:gridSpan w:val='2000000000'/></w:tcPr><w:p>{run.format('cell')}</w:p></w:tc>"
    made.element.body.insert(1, parse_xml(f"<w:tbl {space}><w:tr>{cell}</w:tr></w:tbl>"))
    made.save(str(tmp_path / "a.docx"))
    assert [d.text for d in dedup.read(tmp_path)] == ["It was closed.\n\ncell"]


def test_a_damaged_page_of_a_pdf_does_not_stop_the_others(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf("The harbour was closed.").replace(b"/Count 1", b"/Count 2"))
    documents = dedup.read(tmp_path)
    assert [d.text.strip() for d in documents] == ["The harbour was closed."]
    assert [n.code for n in documents.notices] == ["damaged-file"]


def test_values_that_python_cannot_hold_lose_no_row_of_a_table(tmp_path: Path) -> None:
    columns = {
        "text": pa.array([b"One caf\xe9.", b"Two."]),
        "published": pa.array([1 << 30, 17_000], pa.date32()),
        "id": pa.array([1 << 62, 2], pa.duration("s")),
    }
    parquet.write_table(pa.table(columns), tmp_path / "a.parquet")
    documents = dedup.read(tmp_path)
    assert [d.text for d in documents] == ["One caf\ufffd.", "Two."]
    assert [n.code for n in documents.notices] == ["invalid-time"]


def test_offsets_outside_an_arrow_file_are_damage(tmp_path: Path) -> None:
    table = pa.table({"text": ["One text that is long enough."]})
    with pa.OSFile(str(tmp_path / "a.arrow"), "wb") as file, ipc.new_stream(file, table.schema) as stream:
        stream.write_table(table)
    data = (tmp_path / "a.arrow").read_bytes()
    (tmp_path / "a.arrow").write_bytes(data.replace(b"\0\0\0\0\x1d\0\0\0", b"\0\0\0\0\xff\xff\xff\x0f"))
    done = subprocess.run([DEDUP, "read", "a.arrow"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, "damaged after 0 rows" in done.stderr) == (2, True)


def test_a_text_that_consists_of_paths_is_read_again_as_a_text_for_a_report(tmp_path: Path) -> None:
    for name in ("a.md", "c.md"):
        (tmp_path / name).write_text(f"{SENTENCES[0]}. {SENTENCES[1]}.")
    (tmp_path / "b.txt").write_text(f"{tmp_path}/a.md\n")
    for arguments in (("scan", ".", "--format", "json", "-o", "r.json"), ("why", "a.md", "c.md", "--in", "r.json")):
        done = subprocess.run([DEDUP, *arguments], cwd=tmp_path, capture_output=True, check=False)
        assert (done.returncode, done.stderr) == (0, b"")


def test_rows_with_many_different_names_do_not_fill_the_memory() -> None:
    finder = FieldFinder(dedup.Reading())
    tracemalloc.start()
    for n in range(50):
        finder.keys_by_field([f"{n}_{i}" for i in range(5000)])
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 4_000_000


def test_names_that_look_like_markup_or_steer_a_terminal_are_shown_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps({"id": "[/x]\x1b[31m", "text": "One.", "title": "[bold]"}))
    done = subprocess.run([DEDUP, "read", "a.jsonl"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "[/x] [31m" in done.stdout
    assert "[bold]" in done.stdout
    assert "\x1b" not in done.stdout


def test_a_message_about_a_compressed_file_names_the_file_inside_once(tmp_path: Path) -> None:
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress(b"caf\xe9"))
    documents = dedup.read(tmp_path / "a.txt.gz")
    assert [n.message.split(":")[0] for n in documents.notices] == [f"{tmp_path}/a.txt.gz/a.txt"]


def test_a_file_that_unpacks_to_far_more_than_its_size_is_read_up_to_the_limit(tmp_path: Path) -> None:
    (tmp_path / "bomb.txt.gz").write_bytes(gzip.compress(b"0" * (1 << 27)))
    (tmp_path / "bomb.zip").write_bytes(zipped({f"{n}.txt": b"0" * (1 << 26) for n in range(3)}))
    bomb = zipped({"a.txt": b"one"})
    for _ in range(9):
        bomb = zipped({"a.zip": bomb})
    (tmp_path / "deep.zip").write_bytes(bomb)
    documents = dedup.read(tmp_path)
    assert [n.code for n in documents.notices] == ["too-large", "too-large", "too-deep"]
    assert "--max-ratio" in documents.notices[0].message
    (tmp_path / "small.gz").write_bytes(gzip.compress(b"one text " * 20))
    documents = dedup.read(tmp_path / "small.gz", dedup.Reading(size=100))
    assert [n.code for n in documents.notices] == ["too-large"]
    assert "--max-size" in documents.notices[0].message


def test_a_text_that_never_ends_is_a_notice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dedup.sources.limits.TEXT_BYTES", 1 << 20)
    documents = dedup.read("/dev/zero")
    assert (list(documents), [n.code for n in documents.notices]) == ([], ["too-large"])


def test_an_encrypted_file_in_an_archive_is_a_notice(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.txt": b"one", "b.txt": b"two"}))
    for at in (data.index(b"PK\x03\x04") + 6, data.index(b"PK\x01\x02") + 8):
        data[at] |= 1  # the flag of encryption, on the first
    (tmp_path / "a.zip").write_bytes(bytes(data))
    documents = dedup.read(tmp_path / "a.zip")
    assert [d.text for d in documents] == ["two"]
    assert [n.code for n in documents.notices] == ["damaged-file"]


def test_a_missing_package_is_one_line_that_names_its_extra(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(PACKED["all.parquet"](articles(2)))
    (tmp_path / "b.txt").write_text("One text.")
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['pyarrow'] = None\n")
    done = subprocess.run(
        [DEDUP, "read", "a.parquet", "b.txt"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path), "PATH": "/usr/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == "dedup: warning: a.parquet: needs pyarrow: pip install 'dedup-news[parquet]'; skipped\n"
    assert "b.txt" in done.stdout


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("July 15, 2018 3:04 pm EDT", datetime(2018, 7, 15, 19, 4, tzinfo=UTC)),
        ("15 Jul 2018", datetime(2018, 7, 15, tzinfo=UTC)),
        ("15/07/2018 12:30", datetime(2018, 7, 15, 12, 30, tzinfo=UTC)),
        ("20180715123000", datetime(2018, 7, 15, 12, 30, tzinfo=UTC)),
        ("1531656000", datetime(2018, 7, 15, 12, tzinfo=UTC)),
        ("03/04/2018", "ambiguous"),
        ("July 2018", "without day"),
        ("Sunday", "without day"),
        ("Jul 15 2018 12:30 XYZ", "not a readable time"),
        ("7,a.Jan.9UTC+32th12", "not a readable time"),
        (0, "the zero"),
        ("1970-01-01", "the zero"),
        ("0001-01-01T00:00:00", "before"),
        ("2999-01-01", "in the future"),
    ],
)
def test_a_time_is_read_or_the_reason_why_not_is_given(value: object, expected: datetime | str) -> None:
    found = time_or_reason(value)
    assert found == expected if isinstance(expected, datetime) else isinstance(found, str) and expected in found


def test_a_date_on_a_line_of_its_own_is_taken_from_the_text(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Harbour closed\n\nPublished: July 15, 2018 3:04 pm EDT\n\nThe harbour was closed.\n")
    (tmp_path / "b.txt").write_text("It was on July 15, 2018 that the harbour was closed.\n")
    a, b = dedup.read(tmp_path)
    assert (a.published, dict(a.origins)) == (datetime(2018, 7, 15, 19, 4, tzinfo=UTC), {"published": "text"})
    assert b.published is None


def garbage() -> Iterator[st.SearchStrategy[bytes]]:
    for start in (b"", b"PK\x03\x04", b"\x1f\x8b\x08", b"PAR1", b"ARROW1\0\0", b"WARC/1.0\r\n", b"%PDF-1.4", b"<rss", b"<html"):
        yield st.binary(max_size=200).map(start.__add__)
    for whole in PACKED.values():
        data = whole(articles(6))
        yield st.builds(changed, st.just(data), st.integers(0, len(data) - 1), st.integers(0, 255))


def changed(data: bytes, at: int, byte: int) -> bytes:
    return data[:at] + bytes([byte]) + data[at + 1 :]


@given(
    data=st.one_of(*garbage()), name=st.sampled_from([*PACKED, "a.pdf", "a.docx", "a.html", "a.rss", "a.warc", "a.md", "plain"])
)
def test_no_bytes_under_any_name_break_the_reader(data: bytes, name: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("any") / name
    path.write_bytes(data)
    for document in dedup.read(path):
        document.text.encode()


def found(path: Path) -> tuple[dict[str, str], list[str]]:
    """The texts in a file by the names of the files inside, and the codes of the notices."""
    documents = dedup.read(path)
    return {d.id.rsplit("/", 1)[-1]: d.text.strip() for d in documents}, [n.code for n in documents.notices]


def word(*paragraphs: str) -> bytes:
    import docx  # noqa: PLC0415 an extra

    made, out = docx.Document(), io.BytesIO()
    for paragraph in paragraphs:
        made.add_paragraph(paragraph)
    made.save(out)
    return out.getvalue()


def stored(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize("pack", [stored, zipped, tarred, lambda files: tarred(files, "w:gz")])
@pytest.mark.parametrize("name", ["papers", "papers.zip"])
def test_an_archive_is_read_whole_whatever_its_first_file_is(
    tmp_path: Path, pack: Callable[[dict[str, bytes]], bytes], name: str
) -> None:
    files = {"a.pdf": pdf("Rain fell on Brest."), "b.docx": word("The quay is open."), "c.txt": b"Nobody came."}
    for first, data in files.items():
        (tmp_path / name).write_bytes(pack({first: data} | files))
        wanted = {"a.pdf": "Rain fell on Brest.", "b.docx": "The quay is open.", "c.txt": "Nobody came."}
        assert found(tmp_path / name) == (wanted, [])


def test_a_tar_archive_without_the_mark_of_its_format_is_one_by_its_checksum(tmp_path: Path) -> None:
    info = tarfile.TarInfo("a.txt")
    info.size = 3
    block = bytearray(info.tobuf(tarfile.USTAR_FORMAT))
    block[257:265] = bytes(8)
    block[148:156] = b"%06o\0 " % (sum(block) - sum(block[148:156]) + 8 * 32)
    (tmp_path / "old").write_bytes(bytes(block) + b"one".ljust(512, b"\0") + bytes(1024))
    assert found(tmp_path / "old") == ({"a.txt": "one"}, [])


STARTS = [
    *("BZh91 is a postcode", "BZh9", "PAR1", "ARROW1", "WARC/1.0", "WARC/1.0\nWARC-Type", "PK", "Rar!", "{\\rtf1", "%PDF-1.7"),
    *("%PDF-1.4\n1 0 obj", "<rss>", "<?xml and <rss", "<html>", "<!DOCTYPE html>", "<!DOCTYPE html><html>", "<body> and <p>"),
    *(
        "<article> <b>or</b>",
        '{"We"',
        '[{"We"',
        '{"text"',
        "Text, body and content",
        "Mind, body, soul\n\n",
        "7z",
        "ustar",
        "<feed>",
    ),
]


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("name", ["a.txt", "story", "a.text"])
def test_a_text_that_starts_as_another_format_is_a_text(tmp_path: Path, start: str, name: str) -> None:
    text = f"{start} said the harbour master on Monday, and the quay was closed.\n\nNobody came."
    (tmp_path / name).write_text(text)
    documents = dedup.read(tmp_path / name)
    assert [d.text for d in documents] == [text]
    assert {n.code for n in documents.notices} <= {"uncertain-format"}
    (tmp_path / "all.zip").write_bytes(zipped({"a.txt": text.encode()}))
    assert [d.text for d in dedup.read(tmp_path / "all.zip")] == [text]


def test_a_guess_that_was_taken_back_is_one_notice_with_a_way_out(tmp_path: Path) -> None:
    (tmp_path / "story").write_text('{"text" is what the file starts with, he said.')
    (notice,) = dedup.read(tmp_path / "story").notices
    assert notice.message == (
        f"{tmp_path}/story: it starts as jsonl does, but is none; read as text; if that is wrong, name its format with --from"
    )


def test_files_are_what_they_hold_under_any_other_name(tmp_path: Path) -> None:
    rows = articles(3)
    for whole in (lines(rows), json.dumps(rows, indent=1).encode(), table(rows), arrow(rows, parquet.write_table)):
        (tmp_path / "export").write_bytes(whole)
        documents = dedup.read(tmp_path / "export")
        assert ([d.text for d in documents], documents.notices) == ([row["text"] for row in rows], [])
    for whole in (pdf("Rain fell."), b"HTTP/1.1 200 OK\r\n\r\n" + pdf("Rain fell."), word("Rain fell."), page(rows[0])):
        (tmp_path / "a.txt").write_bytes(whole)
        documents = dedup.read(tmp_path / "a.txt")
        assert documents[0].text.strip() in {"Rain fell.", rows[0]["text"].replace("\n\n", "\n")}


def lz4(data: bytes) -> bytes:
    out = pa.BufferOutputStream()
    with pa.CompressedOutputStream(out, "lz4") as packed:
        packed.write(data)
    whole: bytes = out.getvalue().to_pybytes()
    return whole


def skippable(size: int, kind: int = 0) -> bytes:
    return (0x184D2A50 + kind).to_bytes(4, "little") + size.to_bytes(4, "little") + bytes(size)


@pytest.mark.parametrize("pack", [zstd.compress, lz4])
def test_frames_that_are_to_be_passed_over_are_passed_over(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    name = f"a.txt.{'lz4' if pack is lz4 else 'zst'}"
    packed = pack(b"one ") + pack(b"two")
    for before in (b"", skippable(0), skippable(9, 15) + skippable(3), skippable(limits.HEAD_BYTES + 5)):
        (tmp_path / name).write_bytes(before + packed)
        assert found(tmp_path / name) == ({"a.txt": "one two"}, [])
    (tmp_path / name).write_bytes(skippable(4) + pack(random.Random(1).randbytes(9000).hex().encode())[:-99])
    assert found(tmp_path / name)[1][-1] == "damaged-file"


class Dripping(io.BytesIO):
    """A stream that gives few bytes at a time."""

    def __init__(self, data: bytes, size: int) -> None:
        super().__init__(data)
        self._size = size

    def read(self, size: int | None = -1) -> bytes:
        return super().read(self._size if size is None or size < 0 else min(size, self._size))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(alphabet='aN,"\\/*[]{}:é\n \ufeff', max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=9,
)


@given(value=VALUES, size=st.integers(1, 40), indent=st.sampled_from([None, 1]), plain=st.booleans())
def test_json_of_python_is_read_as_standard_json_however_it_is_cut(
    value: Any, size: int, indent: int | None, plain: bool
) -> None:
    written = json.dumps(value, indent=indent, ensure_ascii=plain)
    standard = StandardJson(cast("BinaryIO", Dripping(written.encode(), size))).readall()
    assert json.loads(standard or b"0") == json.loads(written, parse_constant=lambda _: None)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_what_json_does_not_have_is_left_out_or_null(size: int) -> None:
    for odd, standard in [
        ("[1, 2,]", "[1, 2]"),
        ('{"a": [{"b": "x,]",},\n],\n}', '{"a": [{"b": "x,]"}]}'),
        ("[-Infinity, NaN, nan, +inf, undefined, True, None]", "[null, null, null, null, null, true, null]"),
        ('// one "\n[1, /* two, " */ 2, // three\n]', "[1, 2]"),
        ('["http://a.org/*", "NaN", "\\"//", "\\\\", 1]', '["http://a.org/*", "NaN", "\\"//", "\\\\", 1]'),
        ("\ufeff[1]\ufeff", "[1]"),
        ("[1] // the end", "[1]"),
    ]:
        read = StandardJson(cast("BinaryIO", Dripping(odd.encode(), size))).readall()
        assert json.loads(read or b"") == json.loads(standard)


def test_objects_one_behind_another_are_read_however_they_are_laid_out(tmp_path: Path) -> None:
    rows = [{"text": row["text"], "score": float("nan")} for row in articles(4)]
    laid_out = [json.dumps(row, indent=2) for row in rows]
    for name, whole in [
        ("a.json", "\n".join(laid_out)),
        ("a.json", "\n\n" + "".join(laid_out)),
        ("a.jsonl", "\n".join(laid_out)),
        ("a.jsonl", "[\n" + ",\n".join(map(json.dumps, rows)) + ",\n]"),
        ("a.jsonl", json.dumps(rows)),
        ("a.jsonl", "\ufeff" + ",\n".join(map(json.dumps, rows))),
        ("a.jsonl", "".join(f"\x1e{json.dumps(row)}\n" for row in rows)),
        ("a", "\ufeff\ufeff" + "\n".join(map(json.dumps, rows))),
        ("a", "\n\n" + "\n".join(laid_out)),
        ("a.json", "\n".join(json.dumps([row]) for row in rows)),
        ("a.json", "\n".join(json.dumps({"articles": [row]}, indent=1) for row in rows)),
        ("a.json", json.dumps({"articles": rows})[:-2] + ", ], }"),
        ("a.json", json.dumps(rows[:2]) + json.dumps(rows[2]) + json.dumps(rows[3:])),
        ("a.json", json.dumps(rows[0], indent=1) + json.dumps(rows[1:])),
        ("a.json", json.dumps({"n": 1, "articles": rows[:2]}) + json.dumps(rows[2:])),
        ("a.json", "/* all */" + json.dumps(rows, indent=1)),
    ]:
        (tmp_path / name).write_text(whole, encoding="utf-8")
        documents = dedup.read(tmp_path / name)
        assert ([d.text for d in documents], documents.notices) == ([row["text"] for row in rows], []), whole[:99]


@pytest.mark.parametrize("name", ["a.jsonl", "a.json"])
def test_typed_values_of_mongodb_are_what_they_stand_for(tmp_path: Path, name: str) -> None:
    times = ["2018-07-15T09:30:00Z", {"$numberLong": "1531647000000"}, 1531647000000]
    rows = [{"_id": {"$oid": f"5b4b{n}"}, "text": f"Rain fell {n}.", "date": {"$date": t}} for n, t in enumerate(times)]
    rows.append({"_id": {"$numberInt": "7"}, "text": "Rain fell.", "date": {"$date": {"$numberLong": "-62135596800001"}}})
    (tmp_path / name).write_text("".join(json.dumps(row) + "\n" for row in rows) if name == "a.jsonl" else json.dumps(rows))
    documents = dedup.read(tmp_path / name)
    assert [d.id for d in documents] == ["5b4b0", "5b4b1", "5b4b2", "7"]
    assert [d.published for d in documents[:3]] == [datetime(2018, 7, 15, 9, 30, tzinfo=UTC)] * 3
    assert documents[3].published is None
    assert [n.code for n in documents.notices] == ["invalid-time"]


@pytest.mark.parametrize(
    "above", ["", "sep=;\n", '"sep=;"\r\n', "\n\n", "\ufeffsep=;\n", "Export of 15 July\n", "sep=;\n\n", "# 3 rows\n"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_what_stands_above_the_names_of_a_table_costs_no_row(tmp_path: Path, above: str, encoding: str) -> None:
    (tmp_path / "a.csv").write_bytes(f"{above}id;text;outlet\n1;one, he said;A\n2;two;B\n".encode(encoding))
    documents = dedup.read(tmp_path / "a.csv")
    assert [(d.id, d.text, d.outlet) for d in documents] == [("1", "one, he said", "A"), ("2", "two", "B")]
    assert [n.code for n in documents.notices] == ["text-above-table"] * above.startswith(("Export", "#"))
    (tmp_path / "b.csv").write_text(f"{above}id;text\n1;one;\n")
    line = 2 + above.count("\n")
    assert any(f"b.csv:{line}: 3 values" in n.message for n in dedup.read(tmp_path / "b.csv").notices)


@pytest.mark.parametrize(
    ("values", "text", "told"),
    [
        (("one", ""), "one", 0),
        (("", "one"), "one", 0),
        (("one", "two"), "one", 1),
        (("n/a", "two"), "two", 0),
        (("a", "a"), "a", 0),
    ],
)
@pytest.mark.parametrize("names", [("text", "text"), ("text", "Text")])
def test_of_columns_of_one_name_the_first_that_holds_something_counts(
    tmp_path: Path, names: tuple[str, str], values: tuple[str, str], text: str, told: int
) -> None:
    (tmp_path / "a.csv").write_text(f"id,{','.join(names)}\n" + "".join(f"{n},{','.join(values)}\n" for n in range(3)))
    made = pa.Table.from_arrays([pa.array(["0", "1", "2"]), *(pa.array([v] * 3) for v in values)], names=["id", *names])
    parquet.write_table(made, tmp_path / "a.parquet")
    feather.write_feather(made.combine_chunks(), tmp_path / "b.feather") if len(set(names)) > 1 else None
    for path in sorted(tmp_path.iterdir()):
        documents = dedup.read(path)
        assert [d.text for d in documents] == [text] * 3
        assert [n.code for n in documents.notices] == ["repeated-column"] * told


def response(body: bytes, headers: str = "", *, status: str = "200 OK", more: str = "") -> bytes:
    """A record of a web archive: a page with the HTTP `headers`, and `more` headers of the archive's own."""
    content = f"HTTP/1.1 {status}\r\nContent-Type: text/html\r\n{headers}\r\n".encode() + body
    head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.org/cut\r\n{more}"
    return f"{head}Content-Type: application/http\r\nContent-Length: {len(content)}\r\n\r\n".encode() + content + b"\r\n\r\n"


def chunked(data: bytes) -> bytes:
    parts = [data[at : at + 400] for at in range(0, len(data), 400)]
    return b"".join(b"%x;x=y\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


CODED: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "plain": ("", bytes),
    "gzip": ("Content-Encoding: gzip\r\n", gzip.compress),
    "two gzip": ("Content-Encoding: x-gzip\r\n", lambda data: gzip.compress(data[:700]) + gzip.compress(data[700:])),
    "deflate": ("Content-Encoding: deflate\r\n", zlib.compress),
    "raw deflate": ("Content-Encoding: deflate\r\n", lambda data: zlib.compress(data)[2:-4]),
    "br": ("Content-Encoding: br\r\n", brotli.compress),
    "zstd": ("Content-Encoding: zstd\r\n", zstd.compress),
    "chunked": ("Transfer-Encoding: chunked\r\n", chunked),
    "chunked gzip": (
        "Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\nContent-Length: 9999999\r\n",
        lambda data: chunked(gzip.compress(data)),
    ),
}


@pytest.mark.parametrize("coding", CODED)
def test_a_page_of_a_web_archive_that_breaks_off_is_told_and_a_whole_one_is_not(tmp_path: Path, coding: str) -> None:
    headers, pack = CODED[coding]
    whole = page({"id": "1", "text": "\n\n".join(f"{n}: {random.Random(n).randbytes(60).hex()}." for n in range(60)), **AT})
    packed = pack(whole)
    stated = f"{headers}Content-Length: {len(packed)}\r\n" if "chunked" not in coding else headers
    for stored, size in [(packed, len(packed)), (whole, len(packed))]:  # as it was sent, and as some crawlers store it
        (tmp_path / "a.warc").write_bytes(response(stored, stated.replace(str(size), str(min(size, len(stored))))))
        (document,) = documents = dedup.read(tmp_path / "a.warc")
        assert ("59: " in document.text, documents.notices) == (True, [])
    for size in {len(packed) // 2, len(packed) - 1, len(packed) - 9}:
        (tmp_path / "a.warc").write_bytes(response(packed[:size], stated) + response(whole))
        assert [n.message.split(":", 1)[1] for n in dedup.read(tmp_path / "a.warc").notices if n.code == "cut-off"] or (
            "chunked" in coding and size == len(packed) - 1  # only the last line end is missing
        )


AT = {"published": "2018-07-15", "outlet": "a"}


@pytest.mark.parametrize(
    ("record", "missing"),
    [
        (response(page(articles(1)[0]), more="WARC-Truncated: length\r\n"), "the crawler stopped (length)"),
        (response(page(articles(1)[0]), more="WARC-Segment-Number: 1\r\n"), "its other parts are in records of their own"),
        (response(page(articles(1)[0]), status="206 Partial Content"), "the server sent a part of it"),
        (response(page(articles(1)[0]), "Content-Length: 99999\r\n"), "it has"),
        (response(page(articles(1)[0]), "Content-Range: bytes 0-9/10\r\n", status="206 Partial Content"), ""),
    ],
)
def test_what_an_archive_says_is_missing_of_a_page_is_told(tmp_path: Path, record: bytes, missing: str) -> None:
    (tmp_path / "a.warc").write_bytes(record)
    documents = dedup.read(tmp_path / "a.warc")
    assert len(documents) == 1
    messages = [n.message for n in documents.notices]
    assert all(f"{tmp_path}/a.warc: http://a.org/cut is cut off: {missing}" in message for message in messages)
    assert len(messages) == bool(missing)


def test_a_web_archive_that_breaks_off_anywhere_in_a_record_is_told(tmp_path: Path) -> None:
    first = response(page(articles(1)[0]))
    second = response(page(articles(2)[1]), "X-Number: 2\r\n").replace(b"a.org/cut", b"a.org/two")
    for cut in range(1, len(second) - 4, 3):
        (tmp_path / "a.warc").write_bytes(first + second[:cut])
        documents = dedup.read(tmp_path / "a.warc")
        assert (len(documents), len(documents.notices)) == (1, 1), second[:cut]
    (tmp_path / "a.warc").write_bytes(first + second)
    assert len(dedup.read(tmp_path / "a.warc")) == 2


def test_what_a_reader_of_a_word_file_sees_is_read_and_words_stay_apart(tmp_path: Path) -> None:
    import docx  # noqa: PLC0415 an extra
    from docx.enum.text import WD_BREAK  # noqa: PLC0415

    made = docx.Document()
    first = made.add_paragraph("The quay")
    for kind in (WD_BREAK.PAGE, WD_BREAK.COLUMN, WD_BREAK.LINE):
        first.add_run().add_break(kind)
        first.add_run("opened")
    hidden = made.add_paragraph().add_run("Nobody reads this.")
    hidden.font.hidden = True
    noted = made.add_paragraph("All of the harbour")
    noted.add_run("12").font.superscript = True
    noted.add_run(" has 5 km")
    noted.add_run("2").font.superscript = True
    noted.add_run(" on the 19")
    noted.add_run("th").font.superscript = True
    made.save(str(tmp_path / "a.docx"))
    (document,) = documents = dedup.read(tmp_path / "a.docx")
    assert document.text == "The quay\nopened\nopened\nopened\n\nAll of the harbour 12 has 5 km2 on the 19th"
    assert [(n.code, "18 characters" in n.message) for n in documents.notices] == [("hidden-text", True)]


def test_footnotes_of_a_word_file_are_read_behind_its_text(tmp_path: Path) -> None:
    names = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    notes = "".join(
        f'<w:footnote w:id="{n}"{kind}><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:footnote>'
        for n, kind, text in [(0, ' w:type="separator"', "-"), (2, "", "As the port said."), (3, "", "In May.")]
    )
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
    with zipfile.ZipFile(io.BytesIO(word("The quay is open."))) as old, zipfile.ZipFile(tmp_path / "a.docx", "w") as new:
        for member in old.namelist():
            data = old.read(member).decode("latin-1")
            if member == "word/_rels/document.xml.rels":
                data = data.replace(
                    "</Relationships>", f'<Relationship Id="n1" Type="{kind}" Target="footnotes.xml"/></Relationships>'
                )
            new.writestr(member, data.encode("latin-1"))
        new.writestr("word/footnotes.xml", f"<w:footnotes {names}>{notes}</w:footnotes>")
    assert [d.text for d in dedup.read(tmp_path / "a.docx")] == ["The quay is open.\n\nAs the port said.\n\nIn May."]


def test_a_pdf_of_more_pages_than_are_allowed_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf("The harbour was closed on Tuesday."))
    assert len(dedup.read(tmp_path / "a.pdf", dedup.Reading(pages=1))) == 1
    two = pdf("The harbour was closed.").replace(b"/Kids[3 0 R]/Count 1", b"/Kids[3 0 R 3 0 R]/Count 2")
    (tmp_path / "a.pdf").write_bytes(two)
    found = dedup.read(tmp_path / "a.pdf", dedup.Reading(pages=1))
    assert [notice.code for notice in found.notices] == ["too-large"]
    with pytest.raises(dedup.UsageError, match="pages is 0"):
        dedup.Reading(pages=0)


def test_a_pdf_without_its_end_is_told(tmp_path: Path) -> None:
    whole = pdf("Rain fell on Brest.")
    (tmp_path / "a.pdf").write_bytes(whole.removesuffix(b"%%EOF"))
    assert found(tmp_path / "a.pdf") == ({"a.pdf": "Rain fell on Brest."}, ["cut-off"])


@pytest.mark.parametrize(
    ("encoding", "name", "shown"),
    [
        ("cp932", "東京.txt", "\\x93\\x8c\\x8b\\x9e.txt"),
        ("cp932", "表.txt", "\\x95\\x5c.txt"),  # its second byte is that of a backslash
        ("gbk", "北京.txt", "\\xb1\\xb1\\xbe\\xa9.txt"),
        ("cp437", "Müller.txt", "Müller.txt"),
        ("utf-8", "東京.txt", "東京.txt"),
    ],
)
def test_names_in_an_archive_are_readable_or_shown_by_their_bytes(tmp_path: Path, encoding: str, name: str, shown: str) -> None:
    written = name.encode(encoding)
    data = stored({"X" * len(written): b"Rain fell.", "b.txt": b"Hail."}).replace(b"X" * len(written), written)
    (tmp_path / "a.zip").write_bytes(data)
    assert found(tmp_path / "a.zip") == ({"b.txt": "Hail.", shown: "Rain fell."}, ["unknown-name"] * (shown[0] == "\\"))


def yielded(folder: Path, name: str, data: bytes) -> set[str]:
    """The fields that a file states, by their names."""
    (folder / name).write_bytes(data)
    found = dedup.read(folder / name)
    assert len(found) > 0, found.notices
    return {field for field in ("published", "outlet", "title", "author", "url") if getattr(found[0], field)}


def test_the_table_of_what_each_format_yields_is_true(tmp_path: Path) -> None:
    docs = (Path(__file__).parents[1] / "docs" / "formats.md").read_text(encoding="utf-8")
    told = docs.partition("What each format yields")[2].partition("## Fields")[0]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in told.splitlines() if line.startswith("| ")]
    documented = {
        row[0]: {head for head, cell in zip(cells[0][2:4], row[2:4], strict=True) if cell != "—"} for row in cells[1:]
    }
    row = {**articles(1)[0], "title": "Late", "author": "Ann Lee", "url": "https://www.coast.co.uk/1"}
    front = f"---\ntitle: Late\nauthor: Ann Lee\nurl: {row['url']}\noutlet: coast\ndate: 2018-07-15\n---\n"
    entry_ = (
        f"<item><title>Late</title><author>Ann Lee</author><link>{row['url']}</link>"
        f"<description>{escape(row['text'])}</description>"
        "<pubDate>Sun, 15 Jul 2018 12:00:00 GMT</pubDate></item>"
    )
    head = f"<meta name=author content='Ann Lee'><link rel=canonical href='{row['url']}'>"
    web = page(row).replace(b"<head>", f"<head>{head}".encode())
    files = {
        "text, Markdown": ("a.md", (front + row["text"]).encode()),
        "JSON Lines": ("a.jsonl", lines([row])),
        "JSON": ("a.json", json.dumps([row]).encode()),
        "CSV, TSV": ("a.csv", table([row])),
        "Parquet, Arrow": ("a.parquet", arrow([row], parquet.write_table)),
        "HTML": ("a.html", web),
        "RSS, Atom": ("a.rss", f"<?xml version='1.0'?><rss version='2.0'><channel>{entry_}</channel></rss>".encode()),
        "WARC, WACZ": ("a.warc", warc_record(row["url"], web)),
        "WET": ("a.wet", warc_record(row["url"], f"15 July 2018\n\n{row['text']}".encode(), kind="conversion")),
        ".gz, .bz2, .xz, .zst, .lz4": ("a.jsonl.gz", gzip.compress(lines([row]))),
        "ZIP, tar": ("a.zip", zipped({"a.jsonl": lines([row])})),
    }
    assert set(documented) - set(files) == {"PDF", "DOCX", "databases, indexes and reports"}
    for form, (name, data) in files.items():
        found = yielded(tmp_path, name, data)
        assert documented[form] == found & {"published", "outlet"}, form
        assert form == "WET" or found >= {"title", "author", "url"}, (form, found)


def test_every_notice_in_the_table_of_formats_is_one_that_the_reader_gives() -> None:
    root = Path(__file__).parents[1]
    docs = (root / "docs" / "formats.md").read_text(encoding="utf-8")
    told = docs.partition("What each format yields")[2].partition("## Fields")[0]
    code = "".join(path.read_text(encoding="utf-8") for path in (root / "dedup" / "sources").glob("*.py"))
    for name in re.findall(r"`([a-z]+-[a-z-]+)`", told):
        assert f'"{name}"' in code, name
