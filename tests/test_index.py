"""An index finds what a scan finds, keeps what was committed whatever happens, and notices every damaged byte."""

import contextlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import oracles
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dedup
from dedup import _native, params
from dedup.align import word_weights as background
from dedup.index import index as indexed
from dedup.pipeline import common
from dedup.pipeline.scan import scan_sorted
from dedup.sources import reader as sources
from dedup.sources.common import Notices
from dedup.storage import segments
from dedup.storage import sqlite as store
from dedup.storage.sqlite import Store
from dedup.text.tokens import cut, matchable_tokens, tokenise
from dedup.types import Document, Match

DEDUP = f"{sysconfig.get_path('scripts')}/dedup"
SEEDS = Path(__file__).parents[1] / "seeds"
WORDS = " ".join(p.read_text(encoding="utf-8") for p in sorted(SEEDS.glob("*.txt"))).split()


def articles(count: int, seed: int = 1) -> list[Document]:
    """Articles of drawn words, of which every third holds passages of earlier ones."""
    draw = random.Random(seed)
    out: list[Document] = []
    for number in range(count):
        words = draw.choices(WORDS, k=draw.randint(40, 160))
        words += [f"w{draw.randrange(10**6)}" for _ in range(40)]
        draw.shuffle(words)
        if number % 3 == 2:
            other = draw.choice(out).text.split(" ")
            at, to = draw.randrange(len(other)), draw.randrange(len(words))
            words[to:to] = other[at : at + draw.randint(10, 80)]
        for at in range(25, len(words), 25):
            words[at] = f"\n\n{words[at]}"
        outlet = draw.choice(["one", "two", None])
        out.append(Document(f"d{number:04}", " ".join(words), outlet=outlet))
    return out


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "news.dedup"


def places(found: Iterable[Match]) -> set[tuple[object, ...]]:
    return {(m.a.start, m.a.end, m.b, m.kind, m.bits, m.changes) for m in found}


def scanned(documents: list[Document], draft: Document, path: Path) -> set[tuple[object, ...]]:
    """What a scan of all finds in `draft`, by what words are worth in the index."""
    with dedup.Index(path) as index, index._stores.reading() as opened:
        tokens, laid = cut([draft.text])
        own = len(matchable_tokens(tokens, laid).ids)
        corpus = common.Corpus(opened.words(), opened.get("tokens") + own)
    ordered = sorted([*documents, draft], key=lambda d: d.id)
    report = scan_sorted(ordered, params.match_preset("news"), corpus=corpus)
    assert report.documents[0].id == draft.id  # its id sorts first, so that it is side a
    return places(report.matches_of(draft.id))


def test_documents_are_found_by_parts_of_words_the_last_added_first(tmp_path: Path) -> None:
    with dedup.Index(tmp_path / "a.dedup") as index:
        index.add([dedup.Document(f"d{n}", f"The Harbour of Ört number {n}.", outlet="Daily") for n in range(5)])
        assert [d.id for d in index.search("harb ÖRT daily").documents] == ["d4", "d3", "d2", "d1", "d0"]
        assert index.search("harb", most=2).more
        assert [d.id for d in index.search("D3").documents] == ["d3"]
        assert index.search("harb nothing") == ([], False, False)
        assert len(index.search().documents) == 5
        assert index.search("%").documents == []


def test_a_search_ends_when_its_time_is_over(tmp_path: Path) -> None:
    with dedup.Index(tmp_path / "a.dedup") as index:
        index.add(dedup.Document(f"d{n}", f"Text {n} of many that nobody looks for.") for n in range(3_000))
        assert index.search("nothing", seconds=-1.0) == ([], False, True)
        assert index.search("text 2999").documents


def test_a_query_finds_what_a_scan_finds(path: Path) -> None:
    documents = articles(300)
    for first in range(0, 300, 60):  # several segments, and merges
        dedup.Index(path).add(documents[first : first + 60])
    drafts = [replace(d, id=f"a{n}") for n, d in enumerate(articles(30, seed=2))]
    draw = random.Random(3)
    for draft in drafts:
        words = draft.text.split(" ")
        for _ in range(3):
            other = draw.choice(documents).text.split(" ")
            at = draw.randrange(len(words))
            words[at:at] = other[(start := draw.randrange(len(other))) : start + draw.randint(8, 60)]
        whole = replace(draft, text=" ".join(words))
        with dedup.Index(path) as index:
            found = index.report(whole).matches
        assert places(found) == scanned(documents, whole, path)


def test_a_copy_of_a_much_copied_text_is_found(path: Path) -> None:
    original = articles(1)[0].text
    dedup.Index(path).add([Document(f"c{n:04}", f"{original} w{n}") for n in range(600)])
    with dedup.Index(path) as index:
        found = index.query(original)
    assert found
    assert {m.b.doc for m in found} <= {f"c{n:04}" for n in range(600)}


def test_the_background_is_that_of_the_first_add_until_it_is_compacted(path: Path) -> None:
    first, later = articles(50), articles(50, seed=2)
    index = dedup.Index(path)
    index.add(first)

    def words() -> background.Counts:
        with Store(path).reading():
            pass
        opened = Store(path)
        with opened.reading():
            return opened.words()

    def counts(documents: list[Document]) -> background.Counts:
        tokens, laid = cut([d.text for d in documents])
        return background.count_words(matchable_tokens(tokens, laid))

    assert words().total == counts(first).total
    index.add([replace(d, id=f"x{d.id}") for d in later])
    assert words().total == counts(first).total
    index.compact()
    assert words().total == counts([*first, *later]).total


def test_what_is_left_out_of_a_frozen_background_changes_no_bits() -> None:
    tokens = tokenise([d.text for d in articles(60)])
    match = params.match_preset("news")
    for times in (1, 100_000):  # a small corpus, and one so large that most words are capped
        whole = background.count_words(tokens)
        whole = background.Counts(whole.hashes, whole.documents, whole.total * times)
        frozen = background.frozen(whole, match)
        assert len(frozen.hashes) < len(whole.hashes) or times == 1
        assert (background.word_bits(tokens, match, frozen) == background.word_bits(tokens, match, whole)).all()


def test_a_word_of_the_background_is_known_by_its_word_hash(path: Path) -> None:
    """It is the hash that `docs/index-format.md` describes, and not an XXH3 of the word."""
    dedup.Index(path).add(dedup.read([SEEDS]))
    with contextlib.closing(sqlite3.connect(path)) as db:
        known = {number & (1 << 64) - 1 for (number,) in db.execute("SELECT hash FROM words")}
    assert {oracles.word_hash(word) for word in ("the", "lebanese", "army")} <= known


def test_documents_come_back_as_they_went_in(path: Path) -> None:
    documents = dedup.read([SEEDS])
    full = [
        Document("lone \ud800", "a \ud800 b\0c", outlet="", title="\n", url="u", kind="wire", agency="AP", path="p", record=3),
        Document("dated", "words", published=dedup.read([SEEDS])[0].published),
    ]
    dedup.Index(path).add([*documents, *full])
    with dedup.Index(path) as index:
        assert len(index) == 7
        assert "dated" in index
        back = list(index.documents())
    assert back[:5] == list(documents)
    mended = replace(full[0], id="lone \ufffd", text="a \ufffd b\0c")
    assert back[5:] == [mended, full[1]]


@pytest.mark.parametrize("keep", [True, False])
def test_an_add_too_large_for_memory_writes_what_a_small_one_does(
    keep: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def postings(name: str) -> list[tuple[int, bytes]]:
        dedup.Index(tmp_path / name, text=keep).add(articles(60))
        return sqlite3.connect(tmp_path / name).execute("SELECT number, data FROM blocks ORDER BY number").fetchall()

    expected = postings("small")
    for module, name, value in ((indexed, "_BATCH", 7), (indexed, "_HELD", 1000), (segments, "_AT_ONCE", 3000)):
        monkeypatch.setattr(module, name, value)
    assert postings("large") == expected


def test_known_ids_are_passed_over_or_replaced(path: Path) -> None:
    index = dedup.Index(path)
    old = Document("d", "the old text of it")
    assert index.add([old]).added == ["d"]
    new = replace(old, text="the new text of it")
    done = index.add([old, new, Document("e", "other")])
    assert (done.added, done.passed) == (["e"], ["d", "d"])
    assert {n.code for n in done.notices} == {"known-id", "known-document"}
    assert index.add([new], replace=True).replaced == ["d"]
    assert [d.text for d in index.documents(["d"])] == [new.text]
    assert b"the old text" not in path.read_bytes()


def test_removing_erases_text_and_answers(path: Path) -> None:
    documents = articles(40)
    dedup.Index(path).add(documents)
    with dedup.Index(path) as index:
        index.remove(["d0007", "d0009"])
        assert len(index) == 38
        with pytest.raises(dedup.UsageError, match="nobody"):
            index.remove(["d0001", "nobody"])
        assert len(index) == 38
        assert documents[7].text[:60].encode() not in path.read_bytes()
        assert "d0007" not in {m.b.doc for m in index.query(documents[7].text)}
        assert index.stats()["removed"] == 2
        index.compact()
        assert index.stats()["removed"] == 0
        assert index.verify() == []
        assert "d0001" in {m.b.doc for m in index.query(documents[1].text)}


def test_without_text_matches_are_unverified(path: Path) -> None:
    documents = articles(60)
    dedup.Index(path, text=False).add(documents)
    assert documents[3].text[:40].encode() not in path.read_bytes()
    with dedup.Index(path) as index:
        draft = " ".join(documents[3].text.split(" ")[20:90])
        with pytest.raises(dedup.UsageError, match=r"Index\.unverified"):
            index.query(draft)
        best = max(index.unverified(draft), key=lambda m: m.fingerprints)
        assert not best.verified
        assert best.b.doc == "d0003"
        words = documents[3].text[best.b.start : best.b.end].split()
        assert " ".join(words[:5]) in " ".join(documents[3].text.split())
        with pytest.raises(dedup.UsageError, match="keeps no texts"):
            index.report(documents[3])
        assert index.verify() == []


# What no disk, no kill and no other process may do.


def test_any_number_of_processes_read_at_once(path: Path) -> None:
    dedup.Index(path).add(articles(30))
    code = """
import sys, dedup
for _ in range(60):
    with dedup.Index(sys.argv[1]) as index:
        index.query("forces reserved the border on Sunday, the army said in a statement to the press")
"""
    readers = [subprocess.Popen([sys.executable, "-c", code, str(path)], stderr=subprocess.PIPE) for _ in range(4)]
    for reader in readers:
        _, said = reader.communicate()
        assert reader.returncode == 0, said.decode()


def test_a_draft_may_have_the_id_of_a_document_and_of_the_name_made_for_it(path: Path) -> None:
    text = articles(1)[0].text
    dedup.Index(path).add([Document("a", text), Document("a#draft", text + " and more")])
    with dedup.Index(path) as index:
        report = index.report(Document("a", text))
    assert report.documents[0].id == "a#draft#draft"
    assert {m.b.doc for m in report.matches} == {"a", "a#draft"}


def test_errors_of_an_index_have_classes_and_fields(path: Path, tmp_path: Path) -> None:
    dedup.Index(path).add(articles(3))
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(dedup.VersionError) as version:
        len(dedup.Index(path))
    assert (version.value.field, version.value.found, version.value.path) == ("format", 99, str(path))
    other = tmp_path / "other.dedup"
    dedup.Index(other).add(articles(3))
    with sqlite3.connect(other) as db:
        db.execute("UPDATE settings SET value = 7 WHERE name = 'documents'")
    with pytest.raises(dedup.DamagedError) as damaged:
        len(dedup.Index(other))
    assert "documents" in damaged.value.damage
    third = tmp_path / "third.dedup"
    dedup.Index(third).add(articles(3))
    with sqlite3.connect(third, isolation_level=None) as db:
        db.execute("BEGIN IMMEDIATE")
        with pytest.raises(dedup.LockedError) as locked:
            dedup.Index(third).add([Document("x", "A new text.")])
    assert locked.value.path == str(third)


def test_a_query_notices_a_changed_paragraph(path: Path) -> None:
    documents = articles(3)
    dedup.Index(path).add(documents)
    with sqlite3.connect(path) as db:
        db.execute("UPDATE paragraphs SET role = role + 1 WHERE document = 1 AND start = 0")
    with dedup.Index(path) as index, pytest.raises(dedup.DamagedError, match="document 1"):
        index.query(documents[0].text)


def test_no_flipped_byte_goes_unnoticed(path: Path) -> None:
    documents = articles(60)
    dedup.Index(path).add(documents)
    dedup.Index(path).remove(["d0005"])
    whole = path.read_bytes()
    draw = random.Random(1)

    def answers() -> object:
        with dedup.Index(path) as index:
            return list(index.documents()), [index.query(d.text) for d in documents[:6]], index.stats()

    expected = answers()
    noticed = 0
    for _ in range(200):
        at = draw.randrange(len(whole))
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << draw.randrange(8)]) + whole[at + 1 :])
        try:
            with dedup.Index(path) as index:
                damage = index.verify()
        except dedup.SourceError:
            damage = ["cannot be opened"]
        if damage:
            noticed += 1
        else:
            assert answers() == expected, f"byte {at}"
    assert noticed > 50


PUT = """
import sys, dedup
from dedup.types import Document
path, what = sys.argv[1:]
index = dedup.Index(path)
print("ready", flush=True)
if what == "add":
    for n in range(10**6):
        index.add([Document(f"n{n}-{i}", f"text {n} {i} " * 50) for i in range(5)])
        print(n, flush=True)
elif what == "remove":
    for n in range(10**6):
        index.remove([f"k{n}"])
        print(n, flush=True)
else:
    for n in range(10**6):
        index.compact()
        print(n, flush=True)
"""


@pytest.mark.parametrize("what", ["add", "remove", "compact"])
def test_a_killed_writer_leaves_what_was_committed(what: str, path: Path) -> None:
    kept = [Document(f"k{n}", f"kept {n} " * 40) for n in range(200)]
    dedup.Index(path).add(kept)
    draw = random.Random(what)
    removed = added = 0
    for _ in range(4):
        script = PUT.replace("range(10**6)", f"range({removed if what == 'remove' else added}, 10**6)")
        command = [sys.executable, "-c", script, str(path), what]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=path.parent) as writer:
            assert writer.stdout
            assert writer.stdout.readline() == "ready\n"
            time.sleep(draw.uniform(0.02, 0.3))
            writer.send_signal(signal.SIGKILL)
            told = len(writer.stdout.read().splitlines())
        with dedup.Index(path) as index:
            assert index.verify() == []
            ids = {d.id for d in index.documents()}
        # What was told is there; of what was not, at most the one that was being committed.
        if what == "remove":
            gone = 200 - len(ids)
            assert ids == {f"k{n}" for n in range(gone, 200)}
            assert removed + told <= gone <= removed + told + 1
            removed = gone
        else:
            new = (len(ids) - 200) // 5
            assert ids == {d.id for d in kept} | {f"n{n}-{i}" for n in range(new) for i in range(5)}
            assert what == "compact" or added + told <= new <= added + told + 1
            added = new


def test_a_full_disk_leaves_the_index_as_it_was(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    documents = articles(400)
    dedup.Index(path).add(documents[:20])
    connect = Store._connect

    def small(self: Store, mode: str, wait: float) -> sqlite3.Connection:
        db = connect(self, mode, wait)
        db.execute("PRAGMA max_page_count = 20")
        return db

    monkeypatch.setattr(Store, "_connect", small)
    with pytest.raises(dedup.SourceError, match="disk is full"):
        dedup.Index(path).add(documents)
    monkeypatch.undo()
    with dedup.Index(path) as index:
        assert len(index) == 20
        assert index.verify() == []


def test_a_second_writer_is_told_and_readers_see_the_old_state(path: Path) -> None:
    dedup.Index(path).add([Document("a", "one two three")])
    writer = Store(path, write=True)
    with writer.writing(), dedup.Index(path) as reader:
        writer.delete([1])
        assert len(reader) == 1
        with pytest.raises(dedup.SourceError, match="another process writes to it"):
            dedup.Index(path).add([Document("b", "four five six")])
    assert len(dedup.Index(path)) == 0
    writer.close()


def test_a_new_index_whose_first_add_fails_is_empty_and_takes_the_next_add(path: Path) -> None:
    def broken() -> Iterator[Document]:
        yield Document("a", "one")
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        dedup.Index(path).add(broken())
    assert [p.name for p in path.parent.iterdir()] == [path.name]
    assert len(dedup.Index(path)) == 0
    dedup.Index(path).add(articles(3))
    assert len(dedup.Index(path)) == 3


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"not an index, but a letter", "is no index of dedup"),
        (b"SQLite format 3\0 and no more", "damaged"),
        (None, "dedup index add"),
    ],
)
def test_what_is_no_index_is_refused(content: bytes | None, message: str, path: Path) -> None:
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(dedup.SourceError, match=message):
        dedup.Index(path).query("some words")
    if content:
        with pytest.raises(dedup.SourceError, match=message):
            dedup.Index(path).add([Document("a", "b")])
        assert path.read_bytes() == content


def test_another_database_is_left_alone(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE mine (x)")
    db.close()
    before = path.read_bytes()
    with pytest.raises(dedup.SourceError, match="is no index of dedup"):
        dedup.Index(path).add([Document("a", "b")])
    assert path.read_bytes() == before


@pytest.mark.parametrize(("name", "value"), [("FORMAT", 99), ("HASH_VERSION", 99)])
def test_another_version_is_refused_with_both(name: str, value: int, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dedup.Index(path).add([Document("a", "b")])
    was = getattr(store, name)
    monkeypatch.setattr(store, name, value)
    with pytest.raises(dedup.SourceError, match=rf"{was}.*{value}.*dedup index add"):
        dedup.Index(path).query("some words")


def test_random_operations_equal_those_on_a_dictionary(path: Path) -> None:
    draw = random.Random(5)
    pool = {d.id: d for d in articles(120)}
    oracle: dict[str, Document] = {}
    for _ in range(60):
        some = [replace(d, text=f"{d.text} {draw.randrange(3)}") for d in draw.sample(list(pool.values()), draw.randint(1, 8))]
        match draw.choice(["add", "replace", "remove", "compact"]):
            case "add":
                dedup.Index(path).add(some)
                oracle = {d.id: d for d in some} | oracle
            case "replace":
                dedup.Index(path).add(some, replace=True)
                oracle |= {d.id: d for d in some}
            case "remove" if oracle:
                gone = draw.sample(sorted(oracle), min(3, len(oracle)))
                dedup.Index(path).remove(gone)
                for name in gone:
                    del oracle[name]
            case "compact" if path.exists():
                dedup.Index(path).compact()
    with dedup.Index(path) as index:
        assert {d.id: d for d in index.documents()} == oracle
        assert index.verify() == []
        for name, document in list(oracle.items())[:10]:
            assert name in {m.b.doc for m in index.query(document.text)}


# Blocks of postings.

rows = st.lists(st.tuples(st.integers(0, (1 << 34) - 1) | st.integers(0, 9), st.integers(0, 2**32 - 1), st.integers(0, 4095)))


@given(rows, st.integers(1, 9))
@settings(max_examples=200)
def test_postings_are_unpacked_as_they_were_packed(rows: list[tuple[int, int, int]], blocks: int) -> None:
    import numpy as np  # noqa: PLC0415 here alone

    keys, docs, extras = (
        (np.array(c, t) for c, t in zip(zip(*rows, strict=True), ("u8", "u4", "u4"), strict=True))
        if rows
        else (
            np.zeros(0, "u8"),
            np.zeros(0, "u4"),
            np.zeros(0, "u4"),
        )
    )
    half = len(keys) // 2
    parts = [(keys[:half], docs[:half], extras[:half]), (keys[half:], docs[half:], extras[half:])]
    packed = _native.pack_postings(parts, 0, blocks, blocks, 34, 7)
    numbers = np.arange(blocks)
    found = _native.unpack_postings(packed, numbers, blocks, 34, 7, None)
    assert list(zip(*(c.tolist() for c in found), strict=True)) == sorted(set(rows))
    wanted = np.unique(keys[::2])
    some = _native.unpack_postings(packed, numbers, blocks, 34, 7, wanted)
    assert list(zip(*(c.tolist() for c in some), strict=True)) == sorted(r for r in set(rows) if r[0] in set(wanted.tolist()))


# The command.


def run(*words: str, cwd: Path, code: int = 0) -> str:
    done = subprocess.run([DEDUP, "index", *words], capture_output=True, text=True, check=False, cwd=cwd, env={**os.environ})
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


def test_the_commands(tmp_path: Path) -> None:
    assert "5 documents added" in run("add", "n.dedup", str(SEEDS), cwd=tmp_path)
    stats = json.loads(run("stats", "n.dedup", "--format", "json", cwd=tmp_path))
    assert stats["documents"] == 5
    assert stats["bytes"] == (tmp_path / "n.dedup").stat().st_size
    assert stats["segments"] == 2
    assert "whole" in run("verify", "n.dedup", cwd=tmp_path)
    draft = str(next(SEEDS.glob("003*")))
    report = json.loads(run("query", "n.dedup", draft, "--format", "json", cwd=tmp_path))
    assert {m["a"]["doc"] for m in report["matches"]} == {f"{Path(draft).name}#draft"}
    exported = run("export", "n.dedup", cwd=tmp_path)
    (tmp_path / "e.jsonl").write_text(exported, encoding="utf-8")
    assert [d.text for d in dedup.read([tmp_path / "e.jsonl"])] == [d.text for d in dedup.read([SEEDS])]
    name = Path(draft).name
    shown = subprocess.run(
        [DEDUP, "show", name, name.replace("003_87fcf204060622c7", "004_be81285fb7b3f189"), "--in", "n.dedup"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Lebanese" in shown.stdout
    tree = [
        subprocess.run(
            [DEDUP, "tree", where, "--format", "json"], cwd=tmp_path, capture_output=True, text=True, check=True
        ).stdout
        for where in ("n.dedup", str(SEEDS))
    ]
    assert json.loads(tree[0])["provenance"] == json.loads(tree[1])["provenance"]
    assert "1 document removed" in run("remove", "n.dedup", name, cwd=tmp_path)
    assert "no document" in run("remove", "n.dedup", name, cwd=tmp_path, code=2)
    again = run("add", "n.dedup", str(SEEDS), "--report", "--format", "json", "--quiet", cwd=tmp_path)
    assert {m["a"]["doc"] for m in json.loads(again)["matches"]} == {name}
    assert "bytes before" in run("compact", "n.dedup", cwd=tmp_path)
    data = bytearray((tmp_path / "n.dedup").read_bytes())
    at = data.index(b"Hezbollah")
    data[at] ^= 1
    (tmp_path / "n.dedup").write_bytes(data)
    assert "damaged" in run("verify", "n.dedup", cwd=tmp_path, code=2)
    saved = run("export", "n.dedup", cwd=tmp_path, code=2)
    assert saved.count('"id"') == 4
    assert "document 6" in saved
    at = data.index(b"ISIS Submits")
    data[at] = 0xFF
    (tmp_path / "n.dedup").write_bytes(data)
    saved = run("export", "n.dedup", cwd=tmp_path, code=2)
    assert saved.count('"id"') == 3
    assert "document 5" in saved
    assert len(run("query", "n.dedup", draft, cwd=tmp_path, code=2).splitlines()) == 1
    assert "dedup index add" in run("query", "none.dedup", draft, cwd=tmp_path, code=2)


def test_a_reader_who_has_enough_sees_no_traceback(tmp_path: Path) -> None:
    dedup.Index(tmp_path / "n.dedup").add(articles(400))
    script = f"'{DEDUP}' index export n.dedup | head -c 10"
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stderr == ""


def test_ids_that_repeat_are_named_as_a_scan_names_them(tmp_path: Path) -> None:
    rows = [("n", "one text"), ("m", "another text"), ("n", "two texts"), ("n", "one text"), ("m", "another text")]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps({"id": i, "text": t}) + "\n" for i, t in rows))
    reader = sources.Reader(tmp_path / "a.jsonl")
    read = dedup.read(tmp_path / "a.jsonl")
    with dedup.Index(tmp_path / "x.dedup") as index:
        done = index.add(reader.distinct(), renamed=reader.renamed)
        assert index.verify() == []
        assert sorted(done.added) == sorted(d.id for d in read)
        assert {d.id: d.text for d in index.readable(Notices())} == {d.id: d.text for d in read}
    assert reader.notices == read.notices
