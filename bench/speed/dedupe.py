"""`dedup dedupe` on short generated documents with planted truth, beside datatrove's and text-dedup's MinHash.

    python bench/speed/dedupe.py make 1000000 corpus.jsonl     # the corpus, and corpus.truth.npy
    python bench/speed/dedupe.py run corpus.jsonl [dedup] [datatrove] [text-dedup] [--memory 4GiB]
    python bench/speed/dedupe.py kill corpus.jsonl 10          # kill at random moments, resume: the same bytes?

Each document is 40 to 80 words. Three in ten belong to a group of two to six copies in which some words are replaced, so that
similarities lie on both sides of the threshold. The truth is exact: in each group, in order, a document is dropped if its
Jaccard similarity to a kept one is 0.7 or more. Recall and precision of removal are counted over groups, because tools keep
different members: of a group of which r should go and g go, min(r, g) are right.
"""

import json
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

import dedup

SEED = 7
VOCABULARY = 30_000
THRESHOLD = 0.7


def words() -> np.ndarray:
    """Words that look like words: two to four syllables."""
    draw = random.Random(SEED)
    syllables = [a + b for a in "bdfgklmnprstvz" for b in "aeiou"]
    found: dict[str, None] = {}
    while len(found) < VOCABULARY:
        found["".join(draw.choice(syllables) for _ in range(draw.randrange(2, 5)))] = None
    return np.array(list(found), object)


def shingles(numbers: np.ndarray) -> set[tuple[int, ...]]:
    return {tuple(numbers[at : at + 5].tolist()) for at in range(len(numbers) - 4)}


def group(draw: np.random.Generator) -> list[np.ndarray]:
    """The documents of one group."""
    base = draw.integers(0, VOCABULARY, draw.integers(40, 81))
    if draw.random() > 0.115:
        return [base]
    found = [base]
    for _ in range(int(draw.integers(1, 6))):
        own = base.copy()
        for at in draw.integers(0, len(own), int(draw.integers(0, 4))).tolist():
            own[at] = draw.integers(0, VOCABULARY)
        found.append(own)
    return found


def should_go(found: list[np.ndarray]) -> int:
    """How many documents of a group should go, in the order of the corpus."""
    kept: list[set[tuple[int, ...]]] = []
    for own in found:
        mine = shingles(own)
        if not any(len(mine & other) / len(mine | other) >= THRESHOLD for other in kept):
            kept.append(mine)
    return len(found) - len(kept)


def make(count: int, path: Path) -> None:
    """Write `count` documents in random order within stretches of 100,000, and for each its group and what should go of it."""
    draw, vocabulary = np.random.default_rng(SEED), words()
    groups: list[int] = []
    should: list[int] = []
    made = 0
    number = 0
    with path.open("w", encoding="utf-8") as file:
        while made < count:
            stretch: list[tuple[int, np.ndarray]] = []
            while len(stretch) < min(100_000, count - made):
                stretch += [(number, own) for own in group(draw)]
                number += 1
            ordered = [stretch[place] for place in draw.permutation(len(stretch)).tolist()]
            by_group: dict[int, list[np.ndarray]] = {}
            for one, own in ordered:
                by_group.setdefault(one, []).append(own)
            should += [should_go(by_group[one]) for one in range(len(should), number)]
            for one, own in ordered:
                file.write(json.dumps({"id": f"d{made}", "text": " ".join(vocabulary[own])}) + "\n")
                groups.append(one)
                made += 1
    np.save(path.with_suffix(".truth.npy"), np.array(groups))
    np.save(path.with_suffix(".gone.npy"), np.array(should))


def judge(path: Path, kept: Iterator[str]) -> str:
    groups, should = np.load(path.with_suffix(".truth.npy")), np.load(path.with_suffix(".gone.npy"))
    there = np.zeros(len(groups), bool)
    there[[int(name[1:]) for name in kept]] = True
    gone = np.bincount(groups[~there], minlength=len(should))
    right = np.minimum(gone, should).sum()
    return f"removed {gone.sum():,} of {len(groups):,}; recall {right / should.sum():.5f}, precision {right / gone.sum():.5f}"


def ids(files: list[Path]) -> Iterator[str]:
    for file in files:
        with file.open(encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)["id"]


def with_dedup(path: Path, folder: Path, memory: str) -> list[Path]:
    command = [sys.executable, "-m", "dedup", "dedupe", str(path), "-o", str(folder / "out.jsonl"), "--keep", "first", "-q"]
    subprocess.run([*command, "--memory", memory, "--dropped", str(folder / "dropped.parquet")], check=True)
    return [folder / "out.jsonl"]


def with_datatrove(path: Path, folder: Path, _memory: str) -> list[Path]:
    """14 bands of 8 rows over 5-grams: the defaults, which are meant for the threshold 0.7 or so."""
    code = f"""
import xxhash
digest = xxhash.xxh64_intdigest
xxhash.xxh64_intdigest = lambda text, *more: digest(text.encode() if isinstance(text, str) else text, *more)  # for xxhash 4
from datatrove.executor import LocalPipelineExecutor as Local
from datatrove.pipeline.dedup import *
from datatrove.pipeline.dedup.minhash import MinhashConfig
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers.jsonl import JsonlWriter
config, at = MinhashConfig(n_grams=5), {str(folder)!r}
reader = lambda: JsonlReader({str(path.parent)!r}, glob_pattern={path.name!r})
if __name__ == "__main__":
    for number, (steps, tasks) in enumerate((
        ([reader(), MinhashDedupSignature(at + "/signatures", config=config)], 1),
        ([MinhashDedupBuckets(at + "/signatures", at + "/buckets", config=config)], config.num_buckets),
        ([MinhashDedupCluster(at + "/buckets", at + "/remove", config=config)], 1),
        ([reader(), MinhashDedupFilter(at + "/remove"), JsonlWriter(at + "/out", compression=None)], 1),
    )):
        Local(pipeline=steps, tasks=tasks, workers=2, logging_dir=f"{{at}}/logs{{number}}", skip_completed=False).run()
"""
    (folder / "job.py").write_text(code, encoding="utf-8")
    subprocess.run([sys.executable, str(folder / "job.py")], check=True, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    return sorted((folder / "out").glob("*.jsonl"))


def with_text_dedup(path: Path, folder: Path, _memory: str) -> list[Path]:
    command = [sys.executable, "-m", "text_dedup.minhash", "--path", "json", "--data_files", str(path), "--split", "train"]
    command += ["--cache_dir", str(folder / "cache"), "--output", str(folder / "out"), "--column", "text"]
    command += ["--threshold", str(THRESHOLD), "--ngram", "5", "--num_proc", "2", "--num_perm", "128"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    code = "import sys, datasets; datasets.load_from_disk(sys.argv[1]).to_json(sys.argv[2])"
    subprocess.run([sys.executable, "-c", code, str(folder / "out"), str(folder / "out.jsonl")], check=True)
    return [folder / "out.jsonl"]


PEERS: dict[str, Callable[[Path, Path, str], list[Path]]] = {
    "dedup": with_dedup,
    "datatrove": with_datatrove,
    "text-dedup": with_text_dedup,
}


def run(path: Path, names: list[str], memory: str) -> None:
    count = len(np.load(path.with_suffix(".truth.npy")))
    for name in names:
        with tempfile.TemporaryDirectory(dir=path.parent) as folder:
            before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
            files = PEERS[name](path, Path(folder), memory)
            wall, after = time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
            cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            print(
                f"{name} {count:,}: {wall:.1f} s, {cpu:.1f} s of processor, {count / wall:,.0f} documents/s, "
                f"largest process so far {after.ru_maxrss / 1024:,.0f} MiB; {judge(path, ids(files))}",
                flush=True,
            )


def kill(path: Path, times: int) -> None:
    """Kill a run at random moments, each time resumed, and compare its bytes with those of a whole run."""
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        started = time.monotonic()
        (whole,) = with_dedup(path, Path(folder), "2GiB")
        taken, draw = time.monotonic() - started, random.Random(SEED)
        command = [sys.executable, "-m", "dedup", "dedupe", str(path), "-o", f"{folder}/again.jsonl", "--keep", "first", "-q"]
        command += ["--dropped", f"{folder}/again.parquet", "--work", f"{folder}/work"]
        for _ in range(times):
            with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
                time.sleep(draw.random() * taken)
                process.send_signal(signal.SIGKILL)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        same = [
            (Path(folder) / again).read_bytes() == one.read_bytes()
            for again, one in (("again.jsonl", whole), ("again.parquet", whole.with_name("dropped.parquet")))
        ]
        print(f"killed {times} times in {taken:.1f} s each; same bytes: {same}")
        shutil.rmtree(Path(folder) / "work")


if __name__ == "__main__":
    assert dedup.__version__
    task, *rest = sys.argv[1:]
    if task == "make":
        make(int(rest[0]), Path(rest[1]))
    elif task == "kill":
        kill(Path(rest[0]), int(rest[1]))
    else:
        size = rest[rest.index("--memory") + 1] if "--memory" in rest else "2GiB"
        run(Path(rest[0]), [name for name in rest[1:] if name in PEERS], size)
