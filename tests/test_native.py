"""The kernels survive a fork of their process, and use only threads of their own pool."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from dedup import _native

FORKS = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")

USE = """
import multiprocessing, os, signal, sys
import numpy as np
import dedup

WORDS = [f"word{n}" for n in range(400)]
# Enough documents for every kernel to hand its work to the pool.
DOCUMENTS = [dedup.Document(f"d{n}", " ".join(WORDS[n : n + 60])) for n in range(130)]
TEXTS = [document.text for document in DOCUMENTS]


def use(path):
    "Call every kernel that uses threads; return what it found."
    report, traced = dedup.scan(DOCUMENTS), dedup.trace(DOCUMENTS[:9])
    pairs, similarities = dedup.near_duplicates(TEXTS)
    signed = dedup.signatures(TEXTS)
    with dedup.Index(path) as index:
        if not path.exists():
            index.add(DOCUMENTS)
        found = index.query(TEXTS[7])
    return (
        [(m.a, m.b, m.bits) for m in report.matches],
        [(e.child, e.parent) for e in traced.provenance.edges],
        pairs.tolist(), similarities.tolist(), signed.tolist(),
        [(m.a, m.b) for m in found], [m.bits for m in dedup.compare(TEXTS[0], TEXTS[1])],
    )
"""


def run(code: str, tmp_path: Path) -> str:
    """Run `code` after `USE` in a fresh interpreter; `index` is the path of an index file that is not there yet."""
    start = f"{USE}\nfrom pathlib import Path\nindex = Path({str(tmp_path / 'i.dedup')!r})\n"
    done = subprocess.run([sys.executable, "-c", start + code], capture_output=True, text=True, check=False, cwd="/")
    assert done.returncode == 0, done.stderr
    return done.stdout


# A child that hangs is ended by its alarm, and then its exit status is not 0.
@FORKS
@pytest.mark.parametrize("threads", ["", "dedup._native.set_threads(1)", "dedup._native.set_threads(3)"])
def test_a_process_forked_after_a_scan_finds_what_its_parent_found(threads: str, tmp_path: Path) -> None:
    code = f"""
{threads}
before = use(index)
child = os.fork()
if not child:
    signal.alarm(120)
    os._exit(0 if use(index) == before else 1)
assert os.waitpid(child, 0)[1] == 0
assert use(index) == before
"""
    run(code, tmp_path)


@FORKS
def test_the_workers_of_a_forked_pool_scan(tmp_path: Path) -> None:
    code = """
before = use(index)
with multiprocessing.get_context("fork").Pool(2, signal.alarm, (120,)) as workers:
    found = workers.map_async(use, [index.with_name(f"{n}.dedup") for n in range(3)]).get(timeout=120)
assert found == [before] * 3
"""
    run(code, tmp_path)


@FORKS
def test_a_forked_process_may_choose_its_number_of_threads(tmp_path: Path) -> None:
    code = """
before = use(index)
child = os.fork()
if not child:
    signal.alarm(120)
    dedup._native.set_threads(2)
    os._exit(0 if use(index) == before else 1)
assert os.waitpid(child, 0)[1] == 0
"""
    run(code, tmp_path)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="this system does not name the threads of a process")
def test_no_kernel_starts_threads_outside_the_pool(tmp_path: Path) -> None:
    """Threads of rayon's global pool, which nobody can rebuild after a fork, have no name of their own."""
    code = """
def threads():
    return [(task.name, (task / "comm").read_text().strip()) for task in Path("/proc/self/task").iterdir()]

before = {number for number, _ in threads()}
dedup.compare(TEXTS[0], TEXTS[1])
use(index)
print(*sorted({name.split("-")[0] for number, name in threads() if number not in before}))
"""
    assert run(code, tmp_path).split() == ["dedup"]


@pytest.mark.parametrize("kernel", ["band_candidates", "band_keys"])
def test_bands_that_do_not_fit_the_slots_are_refused_however_many(kernel: str) -> None:
    signatures = np.zeros((4, 8), np.uint32)
    more = (5,) if kernel == "band_candidates" else ()
    for bands, rows in ((2**63, 2), (9, 1), (1, 0)):
        with pytest.raises(ValueError, match="do not fit"):
            getattr(_native, kernel)(signatures, bands, rows, *more)
