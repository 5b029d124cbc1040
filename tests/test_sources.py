"""Stage 1: paths to documents; nothing is left out without a notice."""

import bz2
import dataclasses
import gzip
import io
import json
import lzma
import os
import tarfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from backports import zstd

import dedup
from dedup.params import FIELD_NAMES
from dedup.sources.common import suffix
from dedup.sources.formats import FORMATS, claims
from dedup.sources.times import parse_time


def put(folder: Path, files: dict[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def lines(*rows: object) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def codes(documents: dedup.Documents) -> list[str]:
    return [n.code for n in documents.notices]


def test_a_folder_is_read_to_its_depth_without_hidden_and_foreign_files(tmp_path: Path) -> None:
    put(tmp_path, {"b/c.txt": "two", "a.md": "one", ".hidden/x.txt": "no", ".y.txt": "no", "p.png": "no", "q.exe": "no"})
    documents = dedup.read(tmp_path)
    assert [(d.id, d.text) for d in documents] == [("a.md", "one"), ("b/c.txt", "two")]
    assert [n.message for n in documents.notices] == [f"{tmp_path}: files of other formats left out: 2; to read one, name it"]


def test_ids_are_relative_to_the_one_folder_or_the_common_parent_or_the_name(tmp_path: Path) -> None:
    put(tmp_path, {"x/a.txt": "one", "y/b.txt": "two", "y/c.txt": "three"})
    x, y = tmp_path / "x", tmp_path / "y"
    assert [d.id for d in dedup.read([x, y])] == ["x/a.txt", "y/b.txt", "y/c.txt"]
    assert [d.id for d in dedup.read([x / "a.txt"])] == ["a.txt"]
    assert [d.id for d in dedup.read([y / "b.txt", y / "c.txt"])] == ["b.txt", "c.txt"]
    assert [d.id for d in dedup.read([x, y / "b.txt"])] == ["x/a.txt", "y/b.txt"]
    assert [d.id for d in dedup.read(str(tmp_path / "*" / "*.txt"))] == ["x/a.txt", "y/b.txt", "y/c.txt"]


def test_a_file_named_twice_is_read_once(tmp_path: Path) -> None:
    put(tmp_path, {"a.txt": "one", "b.txt": "two"})
    documents = dedup.read([tmp_path, tmp_path / "a.txt"])
    assert len(documents) == 2
    assert documents.notices == []


def test_a_text_keeps_its_line_ends_and_byte_order_mark(tmp_path: Path) -> None:
    put(tmp_path, {"a.txt": "\ufeffone\r\ntwo\rthree\n"})
    assert dedup.read(tmp_path)[0].text == "\ufeffone\r\ntwo\rthree\n"


def test_json_lines_state_fields_under_many_names(tmp_path: Path) -> None:
    rows = [
        {"id": "n1", "text": "one", "outlet": "o", "published": "2018-07-15T12:00:00+02:00", "url": "u", "title": "t"},
        {"uid": 7, "body": "two", "series": "s", "date": "2018-07-15", "kind": "wire", "agency": "AP"},
        {"content": "three", "domain": "d.com", "timestamp": 1531656000, "link": "l", "headline": "h"},
    ]
    first, second, third = dedup.read(put(tmp_path, {"a.jsonl": lines(*rows)}))
    noon = datetime(2018, 7, 15, 10, tzinfo=UTC)
    assert (first.id, first.outlet, first.published, first.url, first.title) == ("n1", "o", noon, "u", "t")
    assert (second.id, second.outlet, second.kind, second.agency) == ("7", "s", "wire", "AP")
    assert second.published == datetime(2018, 7, 15, tzinfo=UTC)
    assert (third.id, third.outlet, third.url, third.title) == ("a.jsonl:3", "d.com", "l", "h")
    assert third.published == datetime(2018, 7, 15, 12, tzinfo=UTC)
    assert [d.record for d in (first, second, third)] == [0, 1, 2]


@pytest.mark.parametrize(
    "author", ["Staff", "By Staff Writer", "(admin)", "python-docx", "Redaktion", "АДМИНИСТРАТОР", "null", "-"]
)
def test_a_name_that_nobody_entered_is_no_name_and_the_next_one_counts(tmp_path: Path, author: str) -> None:
    row = {"id": "a", "text": "One story.", "author": author, "byline": "Ann Lee", "outlet": author, "title": author}
    (found,) = dedup.read(put(tmp_path, {"a.jsonl": lines(row)}))
    assert (found.author, found.outlet) == ("Ann Lee", None)
    assert found.title == (None if author == "null" else author)


def test_values_that_stand_for_none_are_none(tmp_path: Path) -> None:
    rows = [{"id": value, "text": "One story.", "author": "Nan", "published": value} for value in (float("nan"), "NaN", "N/A")]
    found = dedup.read(put(tmp_path, {"a.jsonl": lines(*rows)}))
    assert [(d.id, d.author, d.published) for d in found] == [(f"a.jsonl:{n}", "Nan", None) for n in (1, 2, 3)]
    assert not found.notices


def test_an_invalid_line_is_a_notice_and_the_rest_is_read(tmp_path: Path) -> None:
    content = (
        lines({"id": "good", "text": "one"})
        + "{broken\n[1]\n\n"
        + lines({"id": "x", "txt": "no text"}, {"text": 5}, {"text": "two", "date": "someday"})
    )
    documents = dedup.read(put(tmp_path, {"a.jsonl": content}))
    assert [d.id for d in documents] == ["good", "a.jsonl:7"]
    found = [(n.code, n.line) for n in documents.notices]
    assert found == [
        ("invalid-record", 2),
        ("invalid-record", 3),
        ("missing-text", 5),
        ("missing-text", 6),
        ("invalid-time", 7),
    ]
    assert "looked for text, body, content; there are: id, txt" in documents.notices[2].message


def test_many_invalid_lines_are_ten_notices_and_a_count(tmp_path: Path) -> None:
    documents = dedup.read(put(tmp_path, {"a.jsonl": "nonsense\n" * 500 + lines({"text": "one"})}))
    assert len(documents) == 1
    assert len(documents.notices) == 11
    assert documents.notices[-1].message.endswith("a.jsonl: 490 more warnings of this kind (invalid-record)")


def test_one_id_with_one_text_is_one_document_and_with_two_texts_two(tmp_path: Path) -> None:
    same = lines({"id": "n", "text": "one"}, {"id": "n", "text": "one"})
    documents = dedup.read(put(tmp_path / "same", {"a.jsonl": same}))
    assert [d.id for d in documents] == ["n"]
    assert codes(documents) == ["repeated-document"]
    for order in (("one", "two"), ("two", "one")):
        rows = lines(*({"id": "n", "text": text} for text in order))
        documents = dedup.read(put(tmp_path / order[0], {"a.jsonl": rows}))
        assert {d.id: d.text for d in documents} == {f"n#{d.sha256[:8]}": d.text for d in documents}
        assert len(documents) == 2
        assert codes(documents) == ["repeated-id"]


def test_invalid_utf8_is_read_as_the_replacement_character_and_the_notice_names_its_byte(tmp_path: Path) -> None:
    documents = dedup.read(put(tmp_path, {"a.txt": b"caf\xe9 open"}))
    assert documents[0].text == "caf\ufffd open"
    assert documents.notices[0].message.startswith(f"{tmp_path}/a.txt: byte 3 is not valid UTF-8")


def test_notices_of_invalid_bytes_have_the_same_words_in_tables_and_in_texts(tmp_path: Path) -> None:
    documents = dedup.read(put(tmp_path, {"a.txt": b"caf\xe9 open", "b.csv": b"id,text\n1,caf\xe9 open\n"}))
    words = "is not valid UTF-8; invalid bytes are read as U+FFFD; if it is in another encoding, name that with --encoding"
    assert [n.message for n in documents.notices] == [
        f"{tmp_path}/a.txt: byte 3 {words}",
        f"{tmp_path}/b.csv:2: a byte {words}",
    ]


def test_utf16_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    assert dedup.read(put(tmp_path, {"a.txt": "naïve".encode("utf-16")}))[0].text == "naïve"


STORIES = {
    "windows-1251": "Пожарные вывели из дома двенадцать жильцов, сообщила служба спасения в среду утром. Никто не пострадал.",
    "koi8-r": "Пожарные вывели из дома двенадцать жильцов, сообщила служба спасения в среду утром. Никто не пострадал.",
    "shift_jis": "消防は水曜日の朝、①集合住宅から十二人を救出したと㈱東都が伝えた。けが人はいなかったという。",
    "euc-jp": "消防は水曜日の朝、①集合住宅から十二人を救出したと㈱東都が伝えた。けが人はいなかったという。",
    "euc-kr": "소방대는 수요일 아침 아파트에서 주민 열두 명을 구조했다고 밝혔다. 다친 사람은 없었다. 뷁",
    "gbk": "消防员周三早上从楼房中救出十二名居民，没有人受伤，救援部门表示，调查仍在进行。",
    "big5": "消防員週三早上從樓房中救出十二名居民，沒有人受傷，救援部門表示，調查仍在進行。",
    "windows-874": "นักดับเพลิงช่วยผู้อยู่อาศัยสิบสองคนออกจากอาคารเมื่อเช้าวันพุธ ไม่มีผู้ได้รับบาดเจ็บ",
    "windows-1252": "Die Feuerwehr führte zwölf Bewohner aus dem „Haus am Fluß“ – verletzt wurde niemand, hieß es für 5 €.",
    "iso-2022-jp": "消防は水曜日の朝、集合住宅から十二人を救出したと伝えた。けが人はいなかったという。",
}
"""A story by its encoding, with letters that tell it from its neighbours."""
LABELS = {
    "windows-1251": "x-cp1251",
    "koi8-r": "KOI8",
    "shift_jis": "x-sjis",
    "euc-jp": "x-euc-jp",
    "euc-kr": "windows-949",
    "gbk": "gb2312",
    "big5": "x-x-big5",
    "windows-874": "dos-874",
    "windows-1252": "latin1",
    "iso-2022-jp": "csiso2022jp",
}
"""By encoding, another name that browsers have for it."""


def written(encoding: str, text: str | None = None) -> bytes:
    """Return a text, the encoding's story if there is none, as Windows writes it in that encoding."""
    text = STORIES[encoding] if text is None else text
    if encoding == "euc-jp":
        return b"".join(b"\xad\xa1" if c == "①" else b"\xad\xea" if c == "㈱" else c.encode("euc-jp") for c in text)
    return text.encode(
        {"shift_jis": "cp932", "euc-kr": "cp949", "gbk": "gb18030", "windows-874": "cp874"}.get(encoding, encoding)
    )


def story_page(encoding: str, head: str = "", foot: bytes = b"") -> bytes:
    html = f"<!DOCTYPE html><html><head>{head}<title>x</title></head><body><article><h1>x</h1><p>STORY</p>"
    html += "<p>STORY</p></article><footer>FOOT</footer></body></html>"
    return html.encode().replace(b"STORY", written(encoding)).replace(b"FOOT", foot)


@pytest.mark.parametrize("encoding", STORIES)
@pytest.mark.parametrize("head", ["", "<script>var a = '<meta charset=utf-8>';</script>" + "<link>" * 2000])
def test_a_page_is_read_in_the_encoding_that_it_declares_under_any_name_of_it(tmp_path: Path, encoding: str, head: str) -> None:
    for declared in (
        f"<meta charset={LABELS[encoding]}>",
        f"<META CONTENT='text/html;charset={encoding}' http-equiv=Content-Type>",
    ):
        documents = dedup.read(put(tmp_path, {"a.html": story_page(encoding, head + declared)}))
        assert STORIES[encoding] in documents[0].text
        assert documents.notices == []


@pytest.mark.parametrize("encoding", STORIES)
def test_a_text_a_table_and_json_are_read_in_the_encoding_that_the_user_names(tmp_path: Path, encoding: str) -> None:
    files: dict[str, str | bytes] = {
        "a.txt": written(encoding),
        "b.csv": b"id\ttext\nb\t" + written(encoding) + b"\n",
        "c.jsonl": b'{"id": "c", "text": "' + written(encoding) + b'"}\n',
        "d.json": b'[{"id": "d", "text": "' + written(encoding) + b'"}]',
        "e.html": story_page(encoding),
        "f.txt": STORIES[encoding].encode("utf-16"),  # its byte order mark is believed first
    }
    for name in (encoding, LABELS[encoding]):
        documents = dedup.read(put(tmp_path, files), dedup.Reading(encoding=name))
        assert len(documents) == 6
        assert all(STORIES[encoding].removesuffix("\n") in d.text for d in documents)
        assert documents.notices == []


def test_an_unknown_encoding_is_refused(tmp_path: Path) -> None:
    with pytest.raises(dedup.UsageError, match="encoding 'klingon': unknown; use a name such as"):
        dedup.read(put(tmp_path, {"a.txt": b"x"}), dedup.Reading(encoding="klingon"))


@pytest.mark.parametrize("encoding", ["windows-1252", "shift_jis", "gbk", "windows-1251", "euc-kr"])
def test_slips_in_a_page_or_a_feed_of_utf8_are_one_sign_each_and_one_notice(tmp_path: Path, encoding: str) -> None:
    page = story_page(encoding, "<meta charset=utf-8>", b"FOOT").replace(written(encoding), STORIES[encoding].encode())
    entry = f"<item><title>FOOT</title><link>http://a.org/</link><description>{STORIES[encoding]}</description></item>"
    feed = f"<?xml version='1.0' encoding='UTF-8'?><rss version='2.0'><channel>{entry}</channel></rss>".encode()
    for name, data in {"a.html": page, "a.xml": feed}.items():
        slip = data.replace(b"FOOT", b"caf\xe9 \xa9")
        documents = dedup.read(put(tmp_path / name, {name: slip}))
        assert STORIES[encoding] in documents[0].text
        place = f"bytes at 2 places are not valid UTF-8, the first at byte {data.index(b'FOOT') + 3}"
        assert [n.message for n in documents.notices] == [
            f"{tmp_path}/{name}/{name}: {place}; invalid bytes are read as U+FFFD"
        ]
        assert name != "a.xml" or documents[0].title == "caf\ufffd \ufffd"


def test_what_is_guessed_of_an_encoding_is_told(tmp_path: Path) -> None:
    german, russian = STORIES["windows-1252"], STORIES["windows-1251"]
    guessed = {
        "undeclared": (story_page("windows-1252", "<link>" * 2000).replace(b"<html>", b"<html lang=de>"), german),
        "called-utf8": (story_page("windows-1252", "<meta charset=utf-8>"), german),
        "called-latin": (story_page("windows-1251", "<meta charset=latin1>").decode("cp1251").encode(), russian),
        "unknown": (story_page("windows-1251", "<meta charset=klingon>").decode("cp1251").encode(), russian),
        "no-mark": (story_page("windows-1251").decode("cp1251").encode("utf-16-be"), russian),
    }
    for name, (data, text) in guessed.items():
        documents = dedup.read(put(tmp_path / name, {"a.html": data}))
        assert text in documents[0].text
        assert codes(documents) == ["guessed-encoding"]
    plain: dict[str, str | bytes] = {
        "a.txt": russian.encode("utf-16-le"),
        "b.jsonl": lines({"id": "b", "text": russian}).encode("utf-16-be"),
    }
    documents = dedup.read(put(tmp_path / "plain", plain))
    assert [d.text for d in documents] == [russian, russian]
    assert codes(documents) == ["guessed-encoding", "guessed-encoding"]


@pytest.mark.parametrize(
    ("encoding", "data", "text"),
    [
        ("utf-8", b"a\xe2\x82b\xff", "a\ufffdb\ufffd"),  # a truncated sequence is one error
        ("gbk", b"\x80 \xb0\xa1\xff\xb0\xa1\xb0 \xb0\xa1", "€ 啊\ufffd啊\ufffd 啊"),  # a space is never part of an error
        ("euc-jp", b"\xb0\xff\xb0\xa1", "\ufffd亜"),  # both bytes of a pair that is none are one error
        ("windows-1252", b"\x81\x80\x93", "\x81€“"),
        ("windows-874", b"\xdb\xa1", "\ufffdก"),
        ("iso-2022-jp", b"\x1b$B\x2d\x21\x30\x21\x1b(Bab\x1b(I\x31\x1b(B", "①亜abｱ"),
    ],
)
def test_errors_are_those_of_the_encoding_standard(tmp_path: Path, encoding: str, data: bytes, text: str) -> None:
    documents = dedup.read(put(tmp_path, {"a.txt": data}), dedup.Reading(encoding=encoding))
    assert documents[0].text == text
    assert codes(documents) == (["invalid-encoding"] if "\ufffd" in text else [])


@pytest.mark.parametrize("text", ["Größe und Übermut im Käfig", "Ναι και όχι στο χωριό", "在桥上等了一夜的人"])
@pytest.mark.parametrize("name", ["a.txt", "a.csv", "a.jsonl", "a.json"])
def test_a_stated_encoding_yields_to_clear_utf8_in_every_format(name: str, text: str, tmp_path: Path) -> None:
    row = json.dumps({"text": text}, ensure_ascii=False)
    data = {"a.txt": text, "a.csv": f"id,text\n1,{text}\n", "a.jsonl": row + "\n", "a.json": f"[{row}]"}[name]
    for coded in ("utf-8", "gb18030"):
        documents = dedup.read(put(tmp_path / coded, {name: data.encode(coded)}), dedup.Reading(encoding="gb18030"))
        assert [d.text for d in documents] == [text]
        assert codes(documents) == (["guessed-encoding"] if coded == "utf-8" else [])


def test_nul_bytes_are_read_with_a_notice(tmp_path: Path) -> None:
    documents = dedup.read(put(tmp_path, {"a.txt": b"one\0two"}))
    assert documents[0].text == "one\0two"
    assert codes(documents) == ["nul-bytes"]


def test_lone_surrogates_become_one_replacement_each(tmp_path: Path) -> None:
    documents = dedup.read(put(tmp_path, {"a.jsonl": '{"text": "a \\ud800\\udbff b", "id": "\\udc00"}\n'}))
    assert (documents[0].id, documents[0].text) == ("\ufffd", "a \ufffd\ufffd b")


@pytest.mark.parametrize("content", [b"", b" \n\t\n"])
def test_an_empty_file_is_a_notice(tmp_path: Path, content: bytes) -> None:
    documents = dedup.read(put(tmp_path, {"a.txt": content, "b.txt": "one"}))
    assert [d.id for d in documents] == ["b.txt"]
    assert codes(documents) == ["empty-file"]


def test_a_missing_path_is_a_notice_and_the_rest_is_read(tmp_path: Path) -> None:
    put(tmp_path, {"a.txt": "one"})
    documents = dedup.read([tmp_path / "a.txt", tmp_path / "none.txt", str(tmp_path / "*.jsonl")])
    assert len(documents) == 1
    assert codes(documents) == ["missing-path", "missing-path"]
    with pytest.raises(dedup.SourceError, match="no such file"):
        dedup.read(tmp_path / "none.txt")
    with pytest.raises(dedup.UsageError):
        dedup.read([])


def test_a_loop_of_links_ends(tmp_path: Path) -> None:
    put(tmp_path, {"a/x.txt": "one"})
    (tmp_path / "a" / "back").symlink_to(tmp_path)
    documents = dedup.read(tmp_path)
    assert [d.id for d in documents] == ["a/x.txt"]
    assert codes(documents) == ["folder-loop"]


def test_an_unreadable_file_is_a_notice_and_the_rest_is_read(tmp_path: Path) -> None:
    put(tmp_path, {"b.txt": "one"})
    (tmp_path / "a.txt").symlink_to("/proc/self/mem")  # opens, and fails on reading, whoever reads
    (tmp_path / "c.txt").symlink_to(tmp_path / "gone")
    documents = dedup.read(tmp_path)
    assert [d.id for d in documents] == ["b.txt"]
    assert sorted(codes(documents)) == ["unreadable-file", "unreadable-file"]


def test_a_file_named_by_bytes_that_are_no_text_is_read(tmp_path: Path) -> None:
    try:
        for name in (b"/caf\xe9.txt", b"/caf\xe8.txt"):
            Path(os.fsdecode(os.fsencode(tmp_path) + name)).write_text("one")
    except OSError:
        pytest.skip("this file system takes no such names")
    assert [d.id for d in dedup.read(tmp_path)] == ["caf\\xe8.txt", "caf\\xe9.txt"]


def test_standard_input_is_text_or_json_lines_by_its_content(monkeypatch: pytest.MonkeyPatch) -> None:
    for content, expected in [
        ("just text\n", [("-", "just text\n")]),
        ('{"text": "one"}\n{"text": "two", "id": "x"}\n', [("-:1", "one"), ("x", "two")]),
        ("{ not json }\n", [("-", "{ not json }\n")]),
    ]:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content.encode())))
        assert [(d.id, d.text) for d in dedup.read("-")] == expected


def test_the_format_of_a_named_file_is_recognised_by_its_content(tmp_path: Path) -> None:
    put(tmp_path, {"export": lines({"text": "one"}), "story": "two", "x.json": lines({"text": "three"})})
    assert [d.text for n in ("export", "story", "x.json") for d in dedup.read(tmp_path / n)] == ["one", "two", "three"]


def test_a_line_longer_than_any_buffer_is_one_record(tmp_path: Path) -> None:
    text = "word " * 100_000
    documents = dedup.read(put(tmp_path, {"long": lines({"text": text}, {"text": "next"})}) / "long")
    assert [len(d.text) for d in documents] == [500_000, 4]


def test_a_compressed_file_is_recognised_by_its_content(tmp_path: Path) -> None:
    documents = dedup.read(put(tmp_path, {"a.txt": gzip.compress(b"two " * 10), "b.txt": "one"}))
    assert [d.text for d in documents] == ["two " * 10, "one"]
    assert documents.notices == []


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2018-07-15T12:00:00Z", datetime(2018, 7, 15, 12, tzinfo=UTC)),
        ("2018-07-15 12:00", datetime(2018, 7, 15, 12, tzinfo=UTC)),
        ("Sun, 15 Jul 2018 12:00:00 +0200", datetime(2018, 7, 15, 10, tzinfo=UTC)),
        (1531656000000, datetime(2018, 7, 15, 12, tzinfo=UTC)),
        (1e300, None),
        ("0001-01-01T00:00:00+14:00", None),
        ("", None),
        (True, None),
        ([2018], None),
    ],
)
def test_times_are_read_as_utc(value: object, expected: datetime | None) -> None:
    assert parse_time(value) == expected


def test_every_field_that_is_looked_for_is_a_field_of_a_document() -> None:
    fields = {f.name for f in dataclasses.fields(dedup.Document) if f.init}
    assert set(FIELD_NAMES) == fields - {"path", "record", "origins"}  # these say where it was read
    for field, names in FIELD_NAMES.items():
        assert names[0] == field
        assert all(name == name.casefold() for name in names)
    usual = [name for names in FIELD_NAMES.values() for name in names]
    assert len(usual) == len(set(usual))


def test_each_suffix_belongs_to_one_format_and_only_files_with_one_are_read_in_folders() -> None:
    suffixes = [s for form in FORMATS for s in form.suffixes]
    assert len(suffixes) == len(set(suffixes))
    assert all(suffix(f"a{s.upper()}") == s and claims(f"folder/a{s}") for s in suffixes)
    assert not claims("a.png")


def test_a_message_names_the_file_the_line_and_the_way_out(tmp_path: Path) -> None:
    put(tmp_path, {"a.jsonl": "\n[1]\n" + lines({"words": "One."}), "b.csv": 'id,text\n1,one, more\n2,"two'})
    found = [(n.message.split("; ", 1)[0], n.message.rsplit("; ", 1)[1]) for n in dedup.read(tmp_path).notices]
    assert found == [
        (f"{tmp_path}/a.jsonl:2: an array instead of an object", "line skipped"),
        (f"{tmp_path}/a.jsonl:3: no text (looked for text, body, content", "line skipped"),
        (f"{tmp_path}/b.csv:2: 3 values under 2 names", "line skipped"),
        (f"{tmp_path}/b.csv:3: broken quotation mark: unexpected end of data", "line skipped"),
    ]


TWICE = [
    # an object, the text that counts, its day, and whether a notice is due
    ('{"id": "a", "text": "One.", "text": "Two.", "date": "2018-07-05"}', "One.", "05", True),
    ('{"id": "a", "te\\u0078t": "One.", "text": "Two.", "date": "2018-07-05"}', "One.", "05", True),
    ('{"id": "a", "text": null, "text": "Two.", "date": "2018-07-05", "date": "2018-07-05"}', "Two.", "05", False),
    ('{"id": "a", "text": "One.", "date": "2018-07-05", "date": "2018-07-06"}', "One.", "05", True),
    ('{"id": "a", "text": "One.", "Text": "Two.", "date": "2018-07-05"}', "One.", "05", True),
    ('{"id": "a", "text": "\\\\\\": ", "date": "2018-07-05", "score": 1, "score": 2}', '\\": ', "05", False),
    ('{"id": "a", "text": "One.", "date": "2018-07-05", "editor": {"text": "No.", "date": "x"}}', "One.", "05", False),
]


@pytest.mark.parametrize(("row", "text", "day", "is_told"), TWICE)
@pytest.mark.parametrize("form", ["{}\n", "[{}]", '{{"articles": [{}]}}', "[1, {}, NaN]"])
def test_of_one_key_twice_the_first_that_holds_something_counts_and_it_is_told(
    tmp_path: Path, row: str, text: str, day: str, *, is_told: bool, form: str
) -> None:
    name = "a.jsonl" if form == "{}\n" else "a.json"
    documents = dedup.read(put(tmp_path, {name: form.format(row)}))
    assert [(d.text, f"{d.published:%d}") for d in documents] == [(text, day)]
    assert ("repeated-key" in codes(documents)) == is_told


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, zstd.compress])
@pytest.mark.parametrize("behind", [b"", b"\0" * 1024, b"\n", b"<html>" * 50_000, b"\0" * 70_000 + b"x"])
def test_bytes_behind_compressed_data_are_told_and_the_data_is_read(
    tmp_path: Path, pack: Callable[[bytes], bytes], behind: bytes
) -> None:
    story = b"The ferry is late. " * 20_000
    documents = dedup.read(put(tmp_path, {"a.txt.gz": pack(story) + pack(b"Its captain is sorry.") + behind}))
    assert [d.text for d in documents] == [story.decode() + "Its captain is sorry."]
    assert codes(documents) == (["bytes-behind-end"] if behind.strip(b"\0") else [])


def test_a_compressed_file_that_breaks_off_in_its_second_part_is_told(tmp_path: Path) -> None:
    documents = dedup.read(put(tmp_path, {"a.txt.gz": gzip.compress(b"One. ") + gzip.compress(b"Two. " * 99)[:20]}))
    assert documents[0].text.startswith("One. ")
    assert codes(documents) == ["damaged-file"]


def test_archives_one_behind_another_are_both_read(tmp_path: Path) -> None:
    def tar(name: str) -> bytes:
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w") as archive:
            member = tarfile.TarInfo(name)
            member.size = 4
            archive.addfile(member, io.BytesIO(b"text"))
        return out.getvalue()

    documents = dedup.read(put(tmp_path, {"a.tar": tar("one.txt") + tar("two.txt")}))
    assert [d.id for d in documents] == ["a.tar/one.txt", "a.tar/two.txt"]
    assert documents.notices == []
    assert codes(dedup.read(put(tmp_path, {"a.tar": tar("one.txt") + b"no header" * 200}))) == ["damaged-file"]


@pytest.mark.parametrize(
    ("odd", "text", "code"),
    [
        (b'{"text": "caf\xe9 open", "n": 1}', "caf\ufffd open", "invalid-encoding"),
        (b'{"text": "one\ttwo\nthree", "n": 1}', "one\ttwo\nthree", None),
        (b'{"text": "one", "n": 1e999}', "one", None),
        (b'{"text": "one", "n": ' + b"9" * 5000 + b"}", "one", None),
        (b'{"text": "one", "n": undefined, "m": None, "o": True}', "one", None),
        (b'/* no */ {"text": "one // two",}', "one // two", None),
    ],
)
@pytest.mark.parametrize("size", [1, 200_000])
def test_one_odd_thing_in_json_costs_no_object(tmp_path: Path, odd: bytes, text: str, code: str | None, size: int) -> None:
    sound = b'{"text": "%s", "n": 2}' % (b"word " * size)
    files = {"a.json": b"[" + sound + b",\n" + odd + b",\n" + sound + b"]"}
    if b"\n" not in odd:
        files["a.jsonl"] = b"\n".join((sound, odd, sound))
    for name, data in files.items():
        documents = dedup.read(put(tmp_path / name, {name: data}))
        assert [d.text[:20] for d in documents] == [("word " * size)[:20], text, ("word " * size)[:20]]
        assert codes(documents) == ([code] if code else [])


def test_objects_on_one_line_are_all_read(tmp_path: Path) -> None:
    one, two = '{"text": "one"}', '{"text": "two"}'
    for data in (one + two + "\n", f"{one}\r{two}\r", f"{one} {two}", f"[{one},\n{two}]", f"[{one}]\n[{two}]\n"):
        documents = dedup.read(put(tmp_path, {"a.jsonl": data}))
        assert [d.text for d in documents] == ["one", "two"]
        assert set(codes(documents)) <= {"repeated-id"}  # both have the line's number


@pytest.mark.parametrize("name", ["{{ author }}", "${byline}", "%AUTHOR%", "<% name %>", "<unknown>", "admin@daily.example"])
def test_a_place_that_nothing_was_filled_into_is_no_name(tmp_path: Path, name: str) -> None:
    (found,) = dedup.read(put(tmp_path, {"a.jsonl": lines({"text": "One story.", "author": name, "outlet": name})}))
    assert (found.author, found.outlet) == (None, None)
