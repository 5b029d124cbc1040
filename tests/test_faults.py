"""What a disk that fails and a loss of power may do: each change of a file that a command makes fails in a run of its own.

The library `faults_shim.c` is compiled for these tests. They are skipped where there is no C compiler or no Linux.
"""

import errno
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import power_loss
import pytest

import dedup
from dedup import Document

HERE = Path(__file__).parent
FULL, BROKEN = (errno.ENOSPC, True), (errno.EIO, False)
Row = dict[str, Any]
Faulty = Callable[..., tuple[list[str], list[Row]]]
TEXTS = {
    f"d{n}": f"The mayor of town {n} said on Monday that bridge {n * 7} over the river will be closed. " * 3 for n in range(12)
}


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    compiler = shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        pytest.skip("needs Linux and a C compiler")
    library = tmp_path_factory.mktemp("shim") / "shim.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, HERE / "faults_shim.c", "-ldl"], check=True)
    return library


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an index, new documents, and old output files."""
    folder = tmp_path_factory.mktemp("template")
    dedup.Index(folder / "news.dedup").add([Document(name, text) for name, text in TEXTS.items()])
    rows = [{"id": name, "text": f"{text} Corrected."} for name, text in list(TEXTS.items())[:3]]
    rows += [{"id": f"n{n}", "text": f"{text} In other news, {n}."} for n, text in enumerate(TEXTS.values())]
    (folder / "today.jsonl").write_text("".join(json.dumps(row) + "\n" for row in [*rows, *rows[:2]]))
    (folder / "out.json").write_text("the old output")
    (folder / "kept.jsonl").write_text("the old output")
    return folder


@pytest.fixture
def work(tmp_path: Path) -> Iterator[Path]:
    """A folder for runs: in memory if there is such a disk, because every run syncs."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else tmp_path) as folder:
        yield Path(folder)


def driven(shim: Path, work: Path, asked: Mapping[str, object]) -> list[Any]:
    variables = {"LD_PRELOAD": str(shim), "FAULTS_FOLDER": str(work), "RAYON_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, HERE / "faults_driver.py"],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | variables,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def faulty(shim: Path, template: Path, work: Path) -> Faulty:
    """Run a command with a fault at every change, or at every `step`-th; if `again`, then once more without a fault.

    The disk is full from that change on; without `again` also: that change fails with an I/O error. Return the states of the
    `watched` files before, and the rows of the driver; the first row is of a run without a fault.
    """

    def run(command: str, *watched: str, again: bool = False, step: int = 1) -> tuple[list[str], list[Row]]:
        asked = {"command": command.split(), "template": str(template), "watched": watched, "again": again, "step": step}
        before, *rows = driven(shim, work, {**asked, "faults": [FULL] if again else [FULL, BROKEN]})
        assert len(rows) > 10
        return before, rows

    return run


def check_messages(row: Row) -> None:
    assert row["code"] in {0, 2}, row
    assert "Traceback" not in row["stderr"], row
    assert all(line.startswith("dedup: ") for line in row["stderr"].splitlines()), row
    assert len([line for line in row["stderr"].splitlines() if "warning" not in line]) == (row["code"] == 2), row


@pytest.mark.parametrize(
    "command",
    [
        "index add news.dedup today.jsonl",
        "index replace news.dedup today.jsonl",
        "index remove news.dedup d1 d2 d3",
        "index compact news.dedup",
    ],
)
def test_whatever_change_fails_an_index_is_the_old_one_or_the_new_one(faulty: Faulty, command: str) -> None:
    (old,), rows = faulty(command, "news.dedup")
    clean = rows[0]
    assert clean["code"] == 0, clean
    for row in rows:
        check_messages(row)
        assert row["states"][0] in {old, clean["states"][0]}, row
        if row["code"] == 0:
            assert row["states"] == clean["states"], row
        assert set(row["left"]) - {"news.dedup-wal", "news.dedup-shm"} == set(clean["left"]), row


def test_whatever_change_fails_a_new_index_is_none_or_empty_or_whole(faulty: Faulty) -> None:
    _, rows = faulty("index add new.dedup today.jsonl", "new.dedup", again=True)
    for row in rows:
        check_messages(row)
        assert not row["states"][0].startswith("damaged"), row
        assert row["again"]["code"] == 0, row
        assert row["then"] == rows[0]["states"], row


@pytest.mark.parametrize("command", ["scan today.jsonl --format json -o out.json", "index export news.dedup -o out.json"])
def test_whatever_change_fails_an_output_file_is_the_old_one_or_the_new_one(faulty: Faulty, command: str) -> None:
    (old, _), rows = faulty(command, "out.json", "news.dedup")
    for row in rows:
        check_messages(row)
        assert row["states"][0] == rows[0]["states"][0] or (row["states"][0] == old and row["code"]), row
        assert row["states"][1] == rows[0]["states"][1]


def test_whatever_change_fails_a_dedupe_with_a_work_folder_can_be_run_again(faulty: Faulty) -> None:
    command = "dedupe today.jsonl -o kept.jsonl --dropped gone.csv --work state --threads 1"
    (old, _), rows = faulty(command, "kept.jsonl", "gone.csv", again=True, step=41)
    for row in rows:
        check_messages(row)
        assert row["states"][0] in {old, rows[0]["states"][0]}, row
        assert row["states"][1] in {"none", rows[0]["states"][1]}, row
        assert row["again"]["code"] == 0, row
        assert row["then"] == rows[0]["states"], row


@pytest.mark.parametrize(
    "command", ["index add news.dedup today.jsonl", "index remove news.dedup d1", "index compact news.dedup"]
)
def test_a_loss_of_power_at_any_moment_leaves_the_old_index_or_the_new_one(
    shim: Path, template: Path, work: Path, tmp_path: Path, command: str
) -> None:
    log = tmp_path / "log"
    asked = {"command": command.split(), "template": str(template), "watched": [], "record": str(log)}
    [row] = driven(shim, work, asked)
    assert row["code"] == 0
    new = held(work / "news.dedup")
    done = list(power_loss.changes(log.read_bytes()))
    assert len(done) > 10
    for moment in range(len(done) + 1):
        for seed in range(3):
            for path in work.iterdir():
                path.unlink()
            power_loss.after_loss(template, done[:moment], work, random.Random(seed) if seed else None)
            left = held(work / "news.dedup")
            assert left == new or (left == held(template / "news.dedup") and moment < len(done)), (moment, seed)


def held(path: Path) -> set[tuple[str, str]]:
    with dedup.Index(path) as index:
        assert index.verify() == []
        return {(document.id, document.text) for document in index.documents()}
