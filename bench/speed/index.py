"""An index of generated articles: how fast it is built, how large it is, how fast it answers, and what adding to it costs.

    python bench/speed/index.py --articles 100000 [--folder /tmp]

All on one core. A draft is 600 words of its own with, in every second one, 60 words of an indexed article, which the answer
must name. The first query is asked with the file put out of the page cache; then the file is read once, and the others are
asked, each once. Memory is what the asking process holds besides the page cache.
"""

import argparse
import datetime
import json
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

os.environ["RAYON_NUM_THREADS"] = "1"
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {0})

from corpus import articles

RECORDS = Path(__file__).resolve().parents[1] / "records"
CHUNK = 50_000
DRAFTS = 400
ADDS = 40
DEDUP = [sys.executable, "-m", "dedup"]


def generated(count: int) -> Iterator[tuple[str, str]]:
    """Ids and texts of `count` articles."""
    for first in range(0, count, CHUNK):
        for number, text in enumerate(articles(min(CHUNK, count - first), seed=first + 1), first):
            yield f"a{number:08}", text


def written(path: Path, count: int) -> int:
    """Write `count` articles as JSON Lines, if they are not there yet; return the bytes of their texts."""
    if not path.exists():
        with path.open("w", encoding="utf-8") as stream:
            for name, text in generated(count):
                stream.write(json.dumps({"id": name, "text": text}) + "\n")
    with path.open(encoding="utf-8") as stream:
        return sum(len(json.loads(line)["text"].encode()) for line in stream)


def timed(*command: str) -> float:
    """Run a command and return its seconds."""
    started = time.perf_counter()
    subprocess.run([*DEDUP, *command], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def warm_up(path: Path) -> None:
    """Read the file once, so that it is in the page cache as far as that goes."""
    with path.open("rb", buffering=0) as stream:
        while stream.read(1 << 24):
            pass


def ask(path: Path, source: Path) -> None:
    """Print what queries cost; in a process of its own."""
    import dedup  # noqa: PLC0415 not for the parent

    draw = random.Random(7)
    with source.open(encoding="utf-8") as stream:
        kept = [json.loads(line) for line, _ in zip(stream, range(20_000), strict=False)]
    words = " ".join(row["text"] for row in kept[:200]).split()
    drafts = []
    for number in range(DRAFTS):
        own = draw.choices(words, k=600)
        wanted = None
        if number % 2:
            row = draw.choice(kept)
            wanted, other = row["id"], row["text"].split()
            start = draw.randrange(len(other) - 60)
            own[200:260] = other[start : start + 60]
        drafts.append((" ".join(own), wanted))
    del kept, words
    with path.open("rb") as stream:
        os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    times = []
    found = 0
    with dedup.Index(path) as index:
        for draft, wanted in drafts:
            started = time.perf_counter()
            answer = index.query(draft)
            times.append(time.perf_counter() - started)
            found += wanted is not None and wanted in {match.b.doc for match in answer}
            if len(times) == 1:
                warm_up(path)
    warm = sorted(times[1:])
    rss = next(
        line for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines() if line.startswith("RssAnon")
    )
    row = {
        "cold_ms": times[0] * 1e3,
        "median_ms": statistics.median(warm) * 1e3,
        "p99_ms": warm[len(warm) * 99 // 100] * 1e3,
        "recall": found / (DRAFTS // 2),
        "rss_mib": int(rss.split()[1]) / 1024,
    }
    print(json.dumps(row))


def add(path: Path) -> None:
    """Print what adding 100 articles costs, time and again; in a process of its own."""
    import dedup  # noqa: PLC0415 not for the parent

    every = articles(100 * ADDS, seed=999_999)
    times = []
    for number in range(ADDS):
        some = [dedup.Document(f"new{number}-{n}", text) for n, text in enumerate(every[100 * number : 100 * number + 100])]
        started = time.perf_counter()
        dedup.Index(path).add(some)
        times.append(time.perf_counter() - started)
    print(json.dumps({"add_mean_ms": statistics.mean(times) * 1e3, "add_most_ms": max(times) * 1e3}))


def main() -> None:
    """Run and record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, default=Path("/tmp"))
    parser.add_argument("--job", choices=["ask", "add"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    source, path = (options.folder / f"index-{options.articles}.{kind}" for kind in ("jsonl", "dedup"))
    bare = path.with_suffix(".bare")
    if options.job:
        (ask(path, source) if options.job == "ask" else add(path))
        return
    size = written(source, options.articles)
    row: dict[str, float] = {"articles": options.articles}
    for name, target, flags in (("", path, []), ("bare_", bare, ["--no-text"])):
        target.unlink(missing_ok=True)
        row[f"{name}build_seconds"] = timed("index", "add", str(target), str(source), *flags)
        row[f"{name}size"] = target.stat().st_size / size
    row["articles_a_second"] = options.articles / row["build_seconds"]
    for job in ("ask", "add", "ask"):
        command = [sys.executable, __file__, "--articles", str(options.articles), "--folder", str(options.folder), "--job", job]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        found = json.loads(done.stdout)
        row |= {f"after_{name}" if name in row else name: value for name, value in found.items()}
    table = ["| what | |", "|---|---|", *(f"| {name.replace('_', ' ')} | {value:,.3f} |" for name, value in row.items())]
    print("\n".join(table))
    folder = RECORDS / datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"index-{options.articles}.md").write_text("\n".join(table) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
