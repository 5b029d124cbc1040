"""What no race, no kill, no damage, no odd name and no limit of the machine may do to an index or to the files beside it."""

import json
import os
import random
import re
import signal
import sqlite3
import stat
import subprocess
import sys
import sysconfig
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
import survive

import dedup
from dedup.storage import rows
from dedup.types import Document

DEDUP = f"{sysconfig.get_path('scripts')}/dedup"
TEXT = "The mayor said on Monday that the old bridge over the river will be closed for repairs until spring."
HIDING_WORDS = {"HOME", "XDG_CONFIG_HOME", "USER", "LOGNAME"}


def stories(count: int) -> list[Document]:
    start = "The mayor of town"
    return [
        Document(f"d{n}", f"{start} {n} said on Monday that bridge {n * 7} over the river will be closed.")
        for n in range(count)
    ]


def run(*words: object, **options: object) -> subprocess.CompletedProcess[str]:
    done = subprocess.run([DEDUP, *map(str, words)], capture_output=True, text=True, check=False, **options)  # type: ignore[call-overload] # options of any kind
    assert "Traceback" not in done.stderr, done.stderr
    return done  # type: ignore[no-any-return] # as above


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "news.dedup"


def test_processes_that_create_one_index_at_once_lose_nothing(tmp_path: Path) -> None:
    assert survive.races(tmp_path, 8)["rounds"] == 8


def test_a_damaged_index_gives_errors_of_ours_and_no_altered_text(tmp_path: Path) -> None:
    assert survive.copies(tmp_path, 25)["damaged"]


def test_a_killed_first_add_leaves_an_index_that_takes_the_next_one(path: Path, tmp_path: Path) -> None:
    (tmp_path / "one.jsonl").write_text(json.dumps({"id": "one", "text": TEXT}) + "\n")
    with subprocess.Popen([DEDUP, "index", "add", path, "-", "--from", "jsonl"], stdin=subprocess.PIPE, text=True) as writer:
        assert writer.stdin
        for document in stories(3000):
            writer.stdin.write(json.dumps({"id": document.id, "text": document.text}) + "\n")
        writer.stdin.flush()
        while not path.exists():
            time.sleep(0.02)
        writer.kill()
    done = run("index", "add", path, tmp_path / "one.jsonl")
    assert done.returncode == 0, done.stderr
    assert len(dedup.Index(path)) == 1


def test_an_empty_file_and_an_empty_database_become_an_index(path: Path, tmp_path: Path) -> None:
    path.touch()
    dedup.Index(path).add(stories(2))
    assert len(dedup.Index(path)) == 2
    with sqlite3.connect(tmp_path / "empty.dedup") as db:
        db.execute("PRAGMA journal_mode = WAL")
    dedup.Index(tmp_path / "empty.dedup").add(stories(2))
    assert dedup.Index(tmp_path / "empty.dedup").verify() == []


def test_an_add_to_what_is_no_file_leaves_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    names = ["pipe"]
    try:
        os.mknod(tmp_path / "null", 0o666 | stat.S_IFCHR, os.makedev(1, 3))
        names.append("null")
    except PermissionError:
        pass
    (tmp_path / "a.txt").write_text(TEXT)
    for name in names:
        assert run("index", "add", tmp_path / name, tmp_path / "a.txt", timeout=60).returncode == 2
    assert {p.name for p in tmp_path.iterdir()} == {"a.txt", *names}


def test_what_an_export_cannot_vouch_for_it_names_and_leaves_out(path: Path) -> None:
    dedup.Index(path).add(stories(20))
    data = bytearray(path.read_bytes())
    data[data.index(b"The mayor of town 9 said") + 4] ^= 8
    path.write_bytes(data)
    done = run("index", "export", path)
    assert done.returncode == 2
    assert "d9" in done.stderr
    assert {json.loads(line)["id"] for line in done.stdout.splitlines()} == {f"d{n}" for n in range(20) if n != 9}


@pytest.mark.parametrize("name", [b"agency TEXT", b"id TEXT NOT", b"checksum INTEGER NOT NULL, text", b"text TEXT"])
def test_where_the_name_of_a_column_is_damaged_the_rows_are_checked_all_the_same(path: Path, name: bytes) -> None:
    dedup.Index(path).add(stories(20))
    data = bytearray(path.read_bytes())
    data[data.index(name) + 1] ^= 130
    data[data.index(b"The mayor of town 9 said") + 4] ^= 8
    path.write_bytes(data)
    done = run("index", "export", path)
    assert done.returncode == 2
    assert "damaged" in done.stderr
    kept = {d.id: d.text for d in stories(20) if d.id != "d9"}
    assert {row["id"]: row["text"] for row in map(json.loads, done.stdout.splitlines())} == kept


def test_a_damaged_schema_that_is_no_utf8_gives_a_message(path: Path, tmp_path: Path) -> None:
    dedup.Index(path).add(stories(3))
    (tmp_path / "t.txt").write_text(TEXT)
    data = path.read_bytes()
    assert b"wordswords\x07CREATE TABLE words" in data
    path.write_bytes(data.replace(b"wordswords\x07CREATE TABLE words", b"w\xc4rdswords\x07CR\xc4ATE TABLE words"))
    for command in (("verify", path), ("export", path), ("stats", path), ("query", path, tmp_path / "t.txt")):
        done = run("index", *command)
        assert done.returncode == 2
        assert "damaged" in done.stderr + done.stdout
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize("which", ["", "WHERE kind = 'fingerprint'", "WHERE kind = 'band'"])
def test_an_index_that_lost_segments_finds_nothing_only_with_an_error(path: Path, tmp_path: Path, which: str) -> None:
    dedup.Index(path).add(stories(20))
    (tmp_path / "t.txt").write_text(stories(20)[3].text)
    assert "river" in run("index", "query", path, tmp_path / "t.txt").stdout
    with sqlite3.connect(path) as db:
        db.execute(f"DELETE FROM segments {which}")
    for command in (("index", "query", path), ("check", "--against", path)):
        done = run(*command, tmp_path / "t.txt")
        assert done.returncode == 2
        assert "segment" in done.stderr
    assert len(run("index", "export", path).stdout.splitlines()) == 20


@pytest.mark.parametrize(("column", "value"), [("published", "x"), ("record", "x"), ("title", b"x")])
def test_a_row_that_another_program_wrote_is_named_and_the_others_are_saved(path: Path, column: str, value: object) -> None:
    dedup.Index(path).add(stories(5))
    with sqlite3.connect(path) as db:
        db.execute(f"UPDATE documents SET {column} = ? WHERE id = 'd2'", (value,))
        (row,) = db.execute(f"SELECT {', '.join(rows.COLUMNS)} FROM documents WHERE id = 'd2'")
        db.execute("UPDATE documents SET checksum = ? WHERE id = 'd2'", (rows.checksum(row),))
    done = run("index", "export", path)
    assert done.returncode == 2
    assert "d2" in done.stderr
    assert len(done.stdout.splitlines()) == 4


def test_a_damaged_time_stops_nothing_but_its_document(path: Path, tmp_path: Path) -> None:
    dated = [Document(d.id, d.text, published=datetime(2018, 7, n + 1, tzinfo=UTC)) for n, d in enumerate(stories(9))]
    dedup.Index(path).add(dated)
    data = bytearray(path.read_bytes())
    data[data.index(b"2018-07-03T") + 4] ^= 1
    path.write_bytes(data)
    (tmp_path / "t.txt").write_text(dated[2].text)
    assert len(run("index", "export", path).stdout.splitlines()) == 8
    for command in (("index", "query", path, tmp_path / "t.txt"), ("index", "verify", path), ("index", "compact", path)):
        assert run(*command).returncode == 2


def test_an_index_of_another_version_is_exported(path: Path) -> None:
    dedup.Index(path).add(stories(3))
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 77")
    done = run("index", "export", path)
    assert done.returncode == 0
    assert "format 77" in done.stderr
    assert len(done.stdout.splitlines()) == 3
    assert "index export" in run("index", "stats", path).stderr


def test_an_id_of_any_characters_can_be_added_found_and_removed(path: Path) -> None:
    names = ["a\0b", "\0draft.txt", "a", "ä\u202e\n", "a\0", "\ud800x"]
    with dedup.Index(path) as index:
        index.add([Document(name, f"{TEXT} {n}") for n, name in enumerate(names)])
        assert len(index) == len(names)
        assert index.add([Document("a\0b", f"{TEXT} 0"), Document("new", f"{TEXT} 9")]).added == ["new"]
        assert index.check(Document("draft.txt", TEXT)).passages
        for name in names:
            assert name in index
            index.remove([name])
            assert name not in index
        assert index.verify() == []


def test_a_database_with_views_or_triggers_is_no_index(path: Path) -> None:
    dedup.Index(path).add(stories(2))
    with sqlite3.connect(path) as db:
        db.execute("ALTER TABLE documents RENAME TO hidden")
        endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT hidden.* FROM hidden, n"
        db.execute(f"CREATE VIEW documents AS {endless}")
    for command in ("stats", "export", "verify"):
        done = run("index", command, path, timeout=60)
        assert done.returncode == 2
        assert "is no index" in done.stderr


def test_threads_share_one_index(path: Path) -> None:
    index = dedup.Index(path)
    documents = stories(100)
    index.add(documents)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda d: {m.b.doc for m in index.query(d.text)}, documents * 2))
    assert answers[:100] == answers[100:]
    assert all(d.id in found for d, found in zip(documents, answers, strict=False))
    index.close()
    assert len(index) == 100


def test_an_index_that_another_file_replaces_is_opened_again(path: Path, tmp_path: Path) -> None:
    dedup.Index(path).add([Document("old", "Prices of oil fell on Monday in London, as traders waited for news of the talks.")])
    dedup.Index(tmp_path / "new.dedup").add([Document("new", TEXT)])
    with dedup.Index(path) as index:
        assert index.query(TEXT) == []
        (tmp_path / "new.dedup").replace(path)
        assert [m.b.doc for m in index.query(TEXT)] == ["new"]


def test_reading_the_file_of_an_open_index_keeps_its_locks(path: Path) -> None:
    dedup.Index(path).add(stories(3))
    with dedup.Index(path) as index:
        assert len(index) == 3
        assert dedup.Index(path).verify() == []
        with pytest.raises(dedup.UsageError, match="is an index"):
            dedup.scan([]).save(path)
        assert [n.code for n in dedup.read([path]).notices] == ["unreadable-file"]
        # If the lock were lost, the next process would remove the log that this one still uses.
        code = "import sys, dedup; dedup.Index(sys.argv[1]).add([dedup.Document('x', 'A new text of its own.')])"
        subprocess.run([sys.executable, "-c", code, str(path)], check=True)
        assert path.with_name(f"{path.name}-shm").exists()
        assert len(index) == 4


def test_an_index_among_paths_is_read_as_an_index(path: Path, tmp_path: Path) -> None:
    dedup.Index(path).add([Document("ours", TEXT, outlet="The Daily")])
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "e.txt").write_text("Something else entirely, in a folder of its own.")
    (tmp_path / "draft.txt").write_text(TEXT)
    against = ("--against", path, "--against", tmp_path / "more")
    done = run("check", tmp_path / "draft.txt", "--outlet", "The Daily", *against, "--format", "json")
    assert "own-archive" in json.loads(done.stdout)["drafts"][0]["shared"]
    assert run("index", "add", tmp_path / "other.dedup", path).returncode == 2
    dedup.Index(tmp_path / "bare.dedup", text=False).add([Document("ours", TEXT)])
    bare = ("--against", tmp_path / "bare.dedup", "--against", tmp_path / "more")
    assert run("check", tmp_path / "draft.txt", *bare).returncode == 2


def test_names_that_are_no_utf8_stop_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (Path(os.fsdecode(os.fsencode(folder) + b"/M\xfcnchen.txt"))).write_text(TEXT)
    (folder / "ok.txt").write_text(f"{TEXT} Yes.")
    (tmp_path / "draft.txt").write_text(TEXT)
    for command in (
        ("scan", "in"),
        ("read", "in"),
        ("scan", "in", "--mode", "signatures"),
        ("index", "add", "n.dedup", "in"),
        ("check", "draft.txt", "--against", "in", "--fail-on", "100w"),
        ("tree", "in"),
    ):
        done = run(*command, cwd=tmp_path)
        assert done.returncode == 0, (command, done.stderr)
    rows = [json.loads(line) for line in run("read", "in", "--format", "jsonl", cwd=tmp_path).stdout.splitlines()]
    assert {row["id"] for row in rows} == {"M\\xfcnchen.txt", "ok.txt"}
    named = os.fsdecode(b"M\xfcnchen.dedup")
    assert run("index", "add", named, "in/ok.txt", cwd=tmp_path).returncode == 0
    report = tmp_path / "r.json"
    assert run("scan", "in", "--format", "json", "-o", report, cwd=tmp_path).returncode == 0
    assert run("show", "M\\xfcnchen.txt", "ok.txt", "--in", report, cwd=tmp_path).returncode == 0


def test_a_user_without_a_home_has_no_settings(tmp_path: Path) -> None:
    (tmp_path / "draft.txt").write_text(TEXT)
    (tmp_path / "wire.txt").write_text(TEXT)
    code = (
        "import pathlib, sys\n"
        "def nobody(self): raise RuntimeError('Could not determine home directory.')\n"
        "pathlib.Path.expanduser = nobody\n"
        "from dedup.cli import main\n"
        "sys.argv[1:] = ['check', 'draft.txt', '--against', 'wire.txt']\n"
        "main()"
    )
    environment = {key: value for key, value in os.environ.items() if key not in HIDING_WORDS}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert "Traceback" not in done.stderr
    assert done.returncode == 1


def test_a_small_text_needs_little_memory(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    done = subprocess.run(
        ["bash", "-c", f"ulimit -v 1500000; '{DEDUP}' read a.txt"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_check_that_is_ended_leaves_no_archive_behind(tmp_path: Path, number: signal.Signals) -> None:
    if signal.getsignal(number) is signal.SIG_IGN:
        pytest.skip("the tests run with this signal ignored, and so would the command")
    (tmp_path / "tmp").mkdir()
    (tmp_path / "draft.txt").write_text(TEXT)
    with (tmp_path / "a.jsonl").open("w") as lines:
        for n in range(60_000):
            lines.write(json.dumps({"id": f"d{n}", "text": " ".join(f"w{(n * 7 + k) % 9973}" for k in range(150))}) + "\n")
    command = [DEDUP, "check", "draft.txt", "--against", "a.jsonl"]
    with subprocess.Popen(command, cwd=tmp_path, env=os.environ | {"TMPDIR": str(tmp_path / "tmp")}) as checking:
        while not any((tmp_path / "tmp").iterdir()):
            time.sleep(0.05)
            assert checking.poll() is None
        checking.send_signal(number)
        assert checking.wait() == 128 + number
    assert list((tmp_path / "tmp").rglob("*")) == []


@pytest.mark.parametrize("period", [1, 2, 3, 7, 17, 40])
def test_texts_that_repeat_themselves_are_compared_and_a_notice_says_what_was_left_out(period: int) -> None:
    documents = [Document(f"d{n}", " ".join(f"word{k % period}" for k in range(1500 + n))) for n in range(5)]
    report = dedup.scan(documents)
    if period > 1:
        assert all(share > 0.99 for share in report.shared.values())
    assert ("clipped-pair" in {n.code for n in report.notices}) == (1 < period < 20)


def test_many_verbatim_copies_of_one_story_are_traced() -> None:
    draw = random.Random(1)
    words = [f"word{n}" for n in range(5000)]
    story = "\n\n".join(" ".join(draw.choice(words) for _ in range(30)) + "." for _ in range(2))
    documents = [Document(f"s{n}", f"{story}\n\n{' '.join(draw.choice(words) for _ in range(20))}.") for n in range(1510)]
    assert dedup.trace(documents).provenance.edges


def test_a_report_whose_parts_do_not_fit_is_refused_in_one_line(tmp_path: Path) -> None:
    report = tmp_path / "r.json"
    assert run("scan", Path(__file__).parents[1] / "seeds", "--format", "json", "--with-text", "-o", report).returncode == 0
    whole = json.loads(report.read_text())
    for place, value in (("doc", "gone"), ("start", -1), ("end", 10**9)):
        changed = json.loads(json.dumps(whole))
        changed["families"][0]["passages"][0][place] = value
        report.write_text(json.dumps(changed))
        done = run("tree", report)
        assert done.returncode == 2
        assert "do not fit" in done.stderr


def test_limits_hold_for_parquet_pdf_and_tags(tmp_path: Path) -> None:
    pa, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    table = pa.table({"text": pa.DictionaryArray.from_arrays(pa.array([0] * 50_000, pa.int32()), pa.array([TEXT]))})
    parquet.write_table(table, tmp_path / "b.parquet")
    reading = dedup.Reading(size=100_000, ratio=10)
    assert [n.code for n in dedup.read(tmp_path / "b.parquet", reading).notices][-1:] == ["too-large"]
    import zlib  # noqa: PLC0415 for one test

    body = zlib.compress(zlib.compress(bytes(300_000_000), 9), 9)
    (tmp_path / "b.pdf").write_bytes(b"%PDF-1.4\n1 0 obj<</Filter[/FlateDecode/FlateDecode]>>stream\n" + body + b"\nendstream")
    assert [n.code for n in dedup.read(tmp_path / "b.pdf").notices] == ["too-large"]
    attributes = " ".join(f'a{n}="x"' for n in range(30_000))
    (tmp_path / "p.html").write_text(f"<html><body><article><p {attributes}>{TEXT * 5}</p></article></body></html>")
    [page] = dedup.read(tmp_path / "p.html")
    assert "old bridge" in page.text


def test_no_byte_of_a_document_steers_a_terminal_or_a_page(tmp_path: Path) -> None:
    steering = "\x1b]0;owned\x07\x1b[2J"
    rows = [
        {
            "id": f"d{n}\x1b[31m\n::error file=x::owned",
            "text": f"{TEXT} It carried 270 cars an hour.\n\nLine {n} is its own.",
            "agency": f"Evil {steering}Press",
            "outlet": f"o{n}.com",
        }
        for n in range(3)
    ]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "t.txt").write_text(TEXT)
    assert run("index", "add", tmp_path / "n.dedup", tmp_path / "a.jsonl", "--no-text").returncode == 0
    for command in (
        ("tree", tmp_path / "a.jsonl"),
        ("tree", tmp_path / "a.jsonl", "--format", "html"),
        ("scan", tmp_path / "a.jsonl"),
        ("read", tmp_path / "a.jsonl"),
        ("index", "query", tmp_path / "n.dedup", tmp_path / "t.txt"),
        ("check", tmp_path / "t.txt", "--against", tmp_path / "a.jsonl", "--format", "html"),
        ("check", tmp_path / "t.txt", "--against", tmp_path / "a.jsonl", "--format", "github"),
    ):
        out = run(*command).stdout
        assert "\x1b" not in out, command
        shown = [line for line in out.splitlines() if line.startswith("::error") and "owned" in line.split(",")[0]]
        assert not shown, command


def test_an_output_never_replaces_what_the_command_reads(tmp_path: Path) -> None:
    folder = tmp_path / "m"
    folder.mkdir()
    for name in ("a", "b"):
        (folder / f"{name}.txt").write_text(f"{TEXT} It was said in {name}.")
    (folder / "metadata.csv").write_text("file,outlet\na.txt,One\nb.txt,Two\n")
    (tmp_path / "list").write_text("m/a.txt\nm/b.txt\n")
    (tmp_path / "dedup.toml").write_text("min-words = 9\n")
    (tmp_path / "draft.txt").write_text(TEXT)
    assert run("scan", "m/a.txt", "m/b.txt", "--format", "json", "-o", "r.json", cwd=tmp_path).returncode < 2
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    for command, stdin in (
        (("scan", "-", "-o", "m/a.txt"), folder / "a.txt"),
        (("scan", "--from", "list", "list", "-o", "m/a.txt"), None),
        (("scan", "--from", "list", "-", "-o", "m/a.txt"), tmp_path / "list"),
        (("scan", "m", "-o", "m/metadata.csv"), None),
        (("scan", "m/a.txt", "m/b.txt", "-o", "m/metadata.csv"), None),
        (("tree", "r.json", "-o", "m/b.txt"), None),
        (("show", "a.txt", "b.txt", "--in", "r.json", "-o", "m/b.txt"), None),
        (("check", "draft.txt", "--against", "m", "-o", "dedup.toml"), None),
    ):
        with open(stdin or os.devnull, "rb") as stream:  # noqa: PTH123 a path of a device
            done = run(*command, cwd=tmp_path, stdin=stream)
        assert done.returncode == 2, command
        assert "--force" in done.stderr
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("ending", ["-wal", "-shm", "-journal"])
def test_an_output_is_never_one_of_the_files_beside_an_index(path: Path, tmp_path: Path, ending: str) -> None:
    dedup.Index(path).add(stories(3))
    (tmp_path / "a.txt").write_text(TEXT)
    for force in ((), ("--force",)):
        done = run("scan", tmp_path / "a.txt", "-o", f"{path}{ending}", *force)
        assert done.returncode == 2
        assert "belongs to the index" in done.stderr
    assert not Path(f"{path}{ending}").exists()


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("pyproject.toml", "tool = 1"),
        ("pyproject.toml", "[tool]\ndedup = 1"),
        ("pyproject.toml", "[[tool.dedup]]"),
        ("pyproject.toml", "[[tool]]"),
        ("dedup.toml", "a = " + "[" * 100_000),
        ("dedup.toml", "ignore-phrases = ['/a{99999999999}/']"),
        ("dedup.toml", f"ignore-phrases = ['/{'(' * 3000}{')' * 3000}/']"),
    ],
)
def test_settings_of_any_shape_give_a_message_or_nothing(tmp_path: Path, name: str, settings: str) -> None:
    (tmp_path / name).write_text(settings)
    (tmp_path / "a.txt").write_text(TEXT)
    done = run("check", "a.txt", "--against", "a.txt", cwd=tmp_path)
    assert done.returncode in {0, 1, 2}
    assert len(done.stderr.splitlines()) < 4


def test_numbers_and_patterns_from_outside_give_a_message(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    pattern = "(" * 500 + ")" * 500
    assert run("scan", "a.txt", "--outlet-from", pattern, cwd=tmp_path).returncode < 3
    done = run("check", "a.txt", "--against", "a.txt", cwd=tmp_path, env=os.environ | {"DEDUP_MIN_WORDS": "9" * 5000})
    assert done.returncode == 2


def test_an_id_is_found_by_the_bytes_of_its_file_name(path: Path, tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.txt")
    (tmp_path / name).write_text(TEXT)
    (tmp_path / "b.txt").write_text(TEXT)
    assert run("index", "add", path, tmp_path / name, tmp_path / "b.txt").returncode == 0
    done = run("show", name, "b.txt", "--in", path)
    assert done.returncode < 2


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE settings SET value = '' WHERE name = 'next'",
        "UPDATE settings SET value = 'x' WHERE name = 'documents'",
        "UPDATE settings SET value = -1 WHERE name = 'words_total'",
        "UPDATE settings SET value = 1000000000000 WHERE name = 'next'",
        "UPDATE segments SET kind = 'zz'",
        "UPDATE segments SET blocks = 1.5",
        "INSERT INTO removed VALUES (-1, 0)",
        "INSERT INTO removed VALUES (9223372036854775807, 0)",
    ],
)
def test_numbers_that_another_program_wrote_with_their_checksums_are_named(path: Path, tmp_path: Path, change: str) -> None:
    dedup.Index(path).add(stories(5))
    (tmp_path / "t.txt").write_text(TEXT)
    with sqlite3.connect(path) as db:
        db.execute(change)
        for name, value in db.execute("SELECT name, value FROM settings").fetchall():
            db.execute("UPDATE settings SET checksum = ? WHERE name = ?", (rows.checksum((name, value)), name))
        for row in db.execute("SELECT kind, first_block, blocks, postings FROM segments").fetchall():
            db.execute("UPDATE segments SET checksum = ? WHERE first_block = ?", (rows.checksum(row), row[1]))
        for (number,) in db.execute("SELECT document FROM removed").fetchall():
            db.execute("UPDATE removed SET checksum = ? WHERE document = ?", (rows.checksum(("removed", number)), number))
    found = [run("index", *command) for command in (("verify", path), ("query", path, tmp_path / "t.txt"), ("stats", path))]
    assert any(done.returncode == 2 for done in found) or "1000000000000" in change
    assert len(run("index", "export", path, timeout=60).stdout.splitlines()) == 5


@pytest.mark.parametrize("value", ["null", "[null]", "1e999", "{}", '"x"'])
@pytest.mark.parametrize("field", ["identity", "bits"])
def test_a_report_with_a_number_that_is_none_is_refused(tmp_path: Path, field: str, value: str) -> None:
    report = tmp_path / "r.json"
    seeds = Path(__file__).parents[1] / "seeds"
    assert run("scan", seeds, "--format", "json", "--with-text", "-o", report).returncode == 0
    whole = json.loads(report.read_text())
    whole["matches"][1][field] = "HERE"
    report.write_text(json.dumps(whole).replace('"HERE"', value))
    names = [document["id"] for document in whole["documents"]]
    for command in (("tree", report), ("why", names[0], names[-1], "--in", report), ("tree", report, "--format", "json")):
        done = run(*command)
        assert done.returncode == 2
        assert "not a report" in done.stderr


def test_why_reports_what_could_not_be_read(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.txt").write_text(f"{TEXT} It was said in {name}.")
    (tmp_path / "c.json").write_text('{"text": "cut')
    done = run("why", "a.txt", "b.txt", "--in", tmp_path, "--strict")
    assert "c.json" in done.stderr
    assert done.returncode == 2


def test_an_interrupt_while_the_program_is_loaded_gives_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "typer.py").write_text("raise KeyboardInterrupt")
    done = run("--help", env=os.environ | {"PYTHONPATH": str(tmp_path)})
    assert done.returncode == 130


@pytest.mark.parametrize("output", ["news.dedup-wal", "gone/x", "news.dedup"])
def test_an_output_that_is_refused_is_refused_before_an_index_is_changed(path: Path, tmp_path: Path, output: str) -> None:
    dedup.Index(path).add(stories(5))
    (tmp_path / "a.txt").write_text(TEXT)
    before = path.read_bytes()
    work = (("remove", path, "d1"), ("compact", path, "--format", "json"), ("add", path, "a.txt"), ("replace", path, "a.txt"))
    for command in work:
        assert run("index", *command, "-o", output, cwd=tmp_path).returncode == 2
        assert path.read_bytes() == before


def test_an_output_is_never_the_index_that_the_command_makes(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    assert run("index", "add", "new.dedup", "a.txt", "-o", "new.dedup", cwd=tmp_path).returncode == 2
    assert not (tmp_path / "new.dedup").exists()


def test_ids_that_differ_are_different_nodes_of_a_graph(tmp_path: Path) -> None:
    pages = [{"id": name, "text": TEXT * 3} for name in ("a\x01b", "a\x02b", "a\ufffdb")]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(page) + "\n" for page in pages))
    for form in ("graphml", "gexf"):
        out = run("tree", tmp_path / "a.jsonl", "--format", form).stdout
        assert len(set(re.findall('<node id="([^"]*)"', out))) == out.count("<node ") >= 3
