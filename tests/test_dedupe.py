"""What dedupe keeps and drops: one answer, verified, never by chaining, whole after a kill."""

import csv
import gzip
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dedup
from dedup.pipeline import near
from dedup.storage.work import FolderWork, MemoryWork

WORDS = [f"w{n}" for n in range(60)]


def documents(texts: Sequence[str]) -> list[dedup.Document]:
    return [dedup.Document(f"d{n}", text) for n, text in enumerate(texts)]


def copies(seed: int, groups: int = 12, size: int = 6, words: int = 40, edits: int = 6) -> list[str]:
    """Texts in groups, each a text with some words replaced."""
    draw = random.Random(seed)
    out = []
    for _ in range(groups):
        base = [draw.choice(WORDS) for _ in range(words)]
        for _ in range(size):
            own = list(base)
            for _ in range(draw.randrange(edits)):
                own[draw.randrange(words)] = draw.choice(WORDS)
            out.append(" ".join(own))
    draw.shuffle(out)
    return out


def greedy(texts: Sequence[str], order: Sequence[int], threshold: float) -> dict[int, tuple[int, float]]:
    """The slow, obvious answer: each text in order, against all that are kept. Equal texts share one fate."""
    kept: list[int] = []
    out: dict[int, tuple[int, float]] = {}
    fate: dict[str, int] = {}
    for number in order:
        if texts[number] in fate:
            first = fate[texts[number]]
            out[number] = out.get(first, (first, 1.0))
            continue
        fate[texts[number]] = number
        near_ones = [(-dedup.jaccard(texts[k], texts[number]), at, k) for at, k in enumerate(kept)]
        best = min(near_ones, default=(0.0, 0, 0))
        if -best[0] >= threshold:
            out[number] = (best[2], -best[0])
        else:
            kept.append(number)
    return out


@pytest.mark.parametrize("block", [7, 10_000])
@settings(max_examples=8)
@given(seed=st.integers(0, 1000), threshold=st.sampled_from([0.5, 0.7, 0.9]))
def test_what_is_dropped_is_what_comparing_all_in_order_drops(block: int, seed: int, threshold: float) -> None:
    texts = copies(seed)
    order = list(range(len(texts)))
    random.Random(seed).shuffle(order)
    work = MemoryWork()
    signed = near.sign(texts)
    for name, array in signed._asdict().items():
        work.append(name, array)

    class Listed:
        def many(self, numbers: np.ndarray) -> list[str]:
            return [texts[n] for n in numbers.tolist()]

    before, near.COMPARED_BLOCK = near.COMPARED_BLOCK, block
    try:
        found = near.decide(work, len(texts), np.array(order), Listed(), near.How(threshold, memory=1 << 12))
    finally:
        near.COMPARED_BLOCK = before
    expected = greedy(texts, order, threshold)
    dropped = {n: (int(found.keeper[n]), float(found.similarity[n])) for n in np.flatnonzero(found.keeper >= 0).tolist()}
    assert dropped == expected


def test_a_chain_of_copies_is_not_one_group() -> None:
    draw = random.Random(3)
    words = [draw.choice(WORDS) + str(n) for n in range(200)]
    texts = []
    for step in range(12):  # each text differs from the one before in its next 15 words
        words[step * 15 : step * 15 + 15] = [f"new{step}-{n}" for n in range(15)]
        texts.append(" ".join(words))
    found = dedup.dedupe(documents(texts), keep="first")
    by_id = {d.id: d.text for d in documents(texts)}
    assert 1 < len(found.kept) < len(texts)
    for one in found.dropped:
        assert dedup.jaccard(by_id[one.id], by_id[one.keeper]) == pytest.approx(one.similarity, abs=1e-4)
        assert one.similarity >= 0.7
    assert dedup.jaccard(texts[0], texts[-1]) < 0.2


def test_a_keeper_is_never_dropped_itself() -> None:
    found = dedup.dedupe(documents(copies(5) + copies(5)), threshold=0.5, contained=0.6)
    kept = {d.id for d in found.kept}
    assert {one.keeper for one in found.dropped} <= kept
    assert not kept & {one.id for one in found.dropped}
    assert len(kept) + len(found.dropped) == 144


@settings(max_examples=10)
@given(seed=st.integers(0, 500), least=st.sampled_from([0.6, 0.8, 1.0]))
def test_no_text_is_kept_that_a_longer_kept_one_contains(seed: int, least: float) -> None:
    draw = random.Random(seed)
    long = [" ".join(draw.choice(WORDS) for _ in range(120)) for _ in range(3)]
    short = [
        " ".join(text.split()[(at := draw.randrange(60)) : at + draw.randrange(20, 60)]) for text in long for _ in range(4)
    ]
    every = documents([*short, *long])
    found = dedup.dedupe(every, contained=least)
    texts = {d.id: d.text for d in every}
    for one in found.dropped:
        if one.kind == "contained":
            assert dedup.containment(texts[one.id], texts[one.keeper]) == pytest.approx(one.similarity, abs=1e-4)
            assert one.similarity >= least
    followed = {one.keeper for one in found.dropped}
    sizes = {d.id: len(set(dedup.shingle_hashes(d.text).tolist())) for d in found.kept}
    for small in found.kept:
        for large in found.kept:
            if sizes[small.id] < sizes[large.id] and small.id not in followed:
                assert dedup.containment(small.text, large.text) < least


def test_the_order_of_preference_decides_which_one_is_kept() -> None:
    text = "the ferry to the islands left the harbour of Oban at noon on Monday with all of its passengers"
    late, early = "2020-02-02T00:00:00Z", "2020-01-01T00:00:00Z"
    rows = [
        {"id": "undated", "text": text},
        {"id": "late", "text": text + " safe", "published": late},
        {"id": "early", "text": text, "published": early},
    ]
    every = [dedup.Document.from_row(row) for row in rows]
    kept = {keep: [d.id for d in dedup.dedupe(every, keep=keep).kept] for keep in ("earliest", "longest", "first", "published")}
    assert kept == {"earliest": ["early"], "longest": ["late"], "first": ["undated"], "published": ["late"]}
    assert [d.id for d in dedup.dedupe(every, keep="published:min").kept] == ["early"]
    with pytest.raises(dedup.UsageError, match="keep 'a:b'"):
        dedup.dedupe(every, keep="a:b")


def test_texts_without_words_are_kept_unless_they_are_equal() -> None:
    found = dedup.dedupe(documents(["---", "***", "---"]))
    assert [d.id for d in found.kept] == ["d0", "d1"]
    assert found.dropped[0].kind == "exact"


def test_the_archive_counts_but_is_not_returned() -> None:
    text = "a ferry to the islands left the harbour of Oban at noon on Monday"
    archive = [dedup.Document("old", text), dedup.Document("old2", text)]
    found = dedup.dedupe(documents([text + " again", "something else that nobody has written before now"]), against=archive)
    assert [d.id for d in found.kept] == ["d1"]
    assert [(one.id, one.keeper, one.kind) for one in found.dropped] == [("d0", "old", "near")]


def run(folder: Path, *arguments: str, code: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "dedup", "dedupe", *arguments], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout if code == 0 else done.stderr


@pytest.fixture
def rows(tmp_path: Path) -> list[dict[str, object]]:
    texts = [*copies(1), "größe überall ﬁne 中文 text \u2028 with a line separator and more words"]
    found = [{"id": f"d{n}", "text": text, "score": n % 7, "tags": ["a", n]} for n, text in enumerate(texts)]
    (tmp_path / "in.jsonl").write_text(
        "".join(json.dumps(row, ensure_ascii=n % 2 == 0) + "\n\n" for n, row in enumerate(found)), encoding="utf-8"
    )
    return found


def test_lines_are_kept_as_they_are(rows: list[dict[str, object]], tmp_path: Path) -> None:
    run(tmp_path, "in.jsonl", "-o", "out.jsonl.gz", "--dropped", "gone.jsonl")
    before = [line for line in (tmp_path / "in.jsonl").read_bytes().split(b"\n") if line]
    after = gzip.decompress((tmp_path / "out.jsonl.gz").read_bytes()).rstrip(b"\n").split(b"\n")
    gone = [json.loads(line) for line in (tmp_path / "gone.jsonl").read_text(encoding="utf-8").splitlines()]
    ids = {one["id"] for one in gone}
    assert after == [line for line in before if json.loads(line)["id"] not in ids]
    assert len(after) + len(gone) == len(rows)
    assert all(one["path"] == "in.jsonl" and json.loads(before[one["record"]])["id"] == one["id"] for one in gone)
    expected = dedup.dedupe(dedup.read(tmp_path / "in.jsonl"))
    assert [(one["id"], one["keeper"], one["similarity"]) for one in gone] == [
        (one.id, one.keeper, one.similarity) for one in expected.dropped
    ]


@pytest.mark.usefixtures("rows")
def test_every_format_keeps_the_same_rows_and_columns(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    run(tmp_path, "in.jsonl", "-o", "out.jsonl")
    kept = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").split("\n") if line]
    run(tmp_path, "in.jsonl", "-o", "out.csv")
    run(tmp_path, "in.jsonl", "-o", "out.parquet")
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    assert list(table[0]) == ["id", "text", "score", "tags"]
    assert [row["id"] for row in table] == [row["id"] for row in kept]
    assert [(row["text"], int(row["score"]), json.loads(row["tags"])) for row in table] == [
        (row["text"], row["score"], row["tags"]) for row in kept
    ]
    found = parquet.read_table(tmp_path / "out.parquet")
    assert [str(kind) for kind in found.schema.types] == ["string", "string", "int64", "string"]
    assert found["text"].to_pylist() == [row["text"] for row in kept]
    # Of the tables themselves nothing is left to drop, and their types stay.
    for name in ("out.csv", "out.parquet"):
        run(tmp_path, name, "-o", f"again-{name}", "--keep", "score")
        assert run(tmp_path, name, "--dry-run").startswith(f"{len(kept)} documents · {len(kept)} kept")
    assert (tmp_path / "again-out.csv").read_bytes() == (tmp_path / "out.csv").read_bytes()
    assert parquet.read_table(tmp_path / "again-out.parquet").equals(found)


def test_an_index_is_an_archive(rows: list[dict[str, object]], tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "dedup", "index", "add", "old.dedup", "in.jsonl", "-q"], cwd=tmp_path, check=True)
    counts = json.loads(run(tmp_path, "in.jsonl", "--dry-run", "--against", "old.dedup", "--format", "json"))
    assert counts["kept"] == 0
    assert counts["exact"] == len(rows)
    assert not (tmp_path / "out.jsonl").exists()


@pytest.mark.usefixtures("rows")
def test_what_cannot_be_is_refused_with_the_way_out(tmp_path: Path) -> None:
    assert "-o OUT" in run(tmp_path, "in.jsonl", code=2)
    assert ".parquet" in run(tmp_path, "in.jsonl", "-o", "out.xyz", code=2)
    assert "at most 1" in run(tmp_path, "in.jsonl", "-o", "out.jsonl", "--threshold", "1.5", code=2)
    assert "4GiB" in run(tmp_path, "in.jsonl", "-o", "out.jsonl", "--memory", "much", code=2)
    assert "is read by this command" in run(tmp_path, "in.jsonl", "-o", "in.jsonl", code=2)
    assert "standard input" in run(tmp_path, "-", "-o", "out.jsonl", code=2)
    assert "none.jsonl" in run(tmp_path, "none.jsonl", "-o", "out.jsonl", code=2)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").touch()
    assert "other files" in run(tmp_path, "in.jsonl", "-o", "out.jsonl", "--work", "full", code=2)
    run(tmp_path, "in.jsonl", "-o", "out.jsonl", "--work", "work")
    assert "other inputs or settings" in run(
        tmp_path, "in.jsonl", "-o", "b.jsonl", "--work", "work", "--threshold", ".8", code=2
    )


def moments() -> Iterator[float]:
    """Shares of the time of a run after which it is killed."""
    draw = random.Random(11)
    return (draw.random() for _ in range(4))


def test_a_run_that_was_killed_goes_on_and_writes_the_same_bytes(tmp_path: Path) -> None:
    with (tmp_path / "in.jsonl").open("w", encoding="utf-8") as file:
        for seed in range(40):
            for n, text in enumerate(copies(seed)):
                file.write(json.dumps({"id": f"{seed}-{n}", "text": text}) + "\n")
    started = time.monotonic()
    run(tmp_path, "in.jsonl", "-o", "whole.jsonl", "--dropped", "whole.csv", "--contained", "0.9")
    taken = time.monotonic() - started
    command = [sys.executable, "-m", "dedup", "dedupe", "in.jsonl", "-o", "out.jsonl", "--dropped", "out.csv"]
    command += ["--contained", "0.9", "--work", "work"]
    for share in moments():
        with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            time.sleep(share * taken)
            process.send_signal(signal.SIGKILL if os.name == "posix" else signal.SIGTERM)
    subprocess.run(command, cwd=tmp_path, check=True, stdout=subprocess.DEVNULL)
    assert (tmp_path / "out.jsonl").read_bytes() == (tmp_path / "whole.jsonl").read_bytes()
    assert (tmp_path / "out.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()


def test_a_stage_that_was_cut_off_is_done_again(tmp_path: Path) -> None:
    texts = copies(2)

    class Listed:
        def many(self, numbers: np.ndarray) -> list[str]:
            return [texts[n] for n in numbers.tolist()]

    answers: list[near.Decisions] = []
    order = np.arange(len(texts))
    for stages in ([], ["chosen"], ["band3", "chosen"], ["exact", "band0", "band1", "chosen"]):
        work = FolderWork(tmp_path / "work", {"a": 1})
        if not answers:
            for name, array in near.sign(texts)._asdict().items():
                work.append(name, array)
        for stage in stages:
            work._state["stages"].pop(stage)
        answers.append(near.decide(work, len(texts), order, Listed(), near.How(0.5)))
    for answer in answers[1:]:
        assert [array.tolist() for array in answers[0]] == [array.tolist() for array in answer]
