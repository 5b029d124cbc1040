"""A short, deterministic run of each fuzzer of `fuzz/`. `fuzz/README.md` says how to run them for long."""

import subprocess
import sys
from pathlib import Path

import files
import pytest

FUZZ = Path(__file__).parents[1] / "fuzz"


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
