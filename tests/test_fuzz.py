"""A short, deterministic run of each fuzzer of `fuzz/`. `fuzz/README.md` says how to run them for long."""

import random
import runpy
import subprocess
import sys
from pathlib import Path

import files
import pytest

FUZZ = Path(__file__).resolve().parents[1] / "fuzz"


def test_damaged_files_of_every_format_give_documents_or_notices() -> None:
    script = [sys.executable, "-W", "error", str(FUZZ / "damaged_files.py"), "--files", "30", "--seed", "7", "--seconds", "60"]
    done = subprocess.run(script, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "30 files, 0 findings\n"), done.stderr


def test_the_damaged_files_are_the_same_for_one_seed() -> None:
    script = runpy.run_path(str(FUZZ / "damaged_files.py"))
    made = [[script["damaged"](script["seeds"](), random.Random(seed)) for seed in range(20)] for _ in range(2)]
    assert made[0] == made[1]
    assert len({name for name, _ in made[0]}) > 10


@pytest.mark.parametrize(("target", "runs"), [("index", 15), ("lsh", 60), ("report", 40), ("settings", 15)])
def test_a_damaged_file_gives_an_error_of_ours_or_the_right_answer(
    target: str, runs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["dedup"])
    files.fuzz(target, runs)


@pytest.mark.skipif(sys.platform == "win32", reason="needs fork")
def test_a_kernel_refuses_hostile_arguments_and_never_panics() -> None:
    command = [sys.executable, str(FUZZ / "border.py"), "--runs", "1500"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
