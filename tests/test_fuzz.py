"""What the scripts in fuzz/ do, for a few files: nothing but documents and notices comes of a damaged file."""

import random
import runpy
import subprocess
import sys
from pathlib import Path

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
