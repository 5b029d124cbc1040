"""Stage 1: paths to documents; nothing is left out without a notice."""

import dataclasses
import gzip
import io
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

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
    words = "is not valid UTF-8; invalid bytes are read as U+FFFD"
    assert [n.message for n in documents.notices] == [
        f"{tmp_path}/a.txt: byte 3 {words}",
        f"{tmp_path}/b.csv:2: a byte {words}",
    ]


def test_utf16_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    assert dedup.read(put(tmp_path, {"a.txt": "naïve".encode("utf-16")}))[0].text == "naïve"


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
