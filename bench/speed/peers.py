"""Ours and the peers on the same articles, on one core, in interleaved rounds; writes a table and its numbers.

    pip install '.[bench]' && python bench/speed/peers.py signatures     # text to signature, 5,000 articles
    python bench/speed/peers.py pairs --articles 50000                    # near-duplicate pairs
    python bench/speed/peers.py query --articles 50000                    # one text at a time against an index

Each contestant has a process of its own, pinned to one core; only one works at a time, and the rounds go round. Each turns a
list of `str` into its answer, cutting words the way its users do: lower case, runs of word characters, 5-grams. Pairs are
judged against brute force over word 5-grams, ours over its own: recall of pairs at Jaccard 0.7 or more, and precision of the
pairs returned (peers return what their index finds alike; they do not verify). Memory is the process' peak above what it held
before the first round.
"""

import argparse
import collections
import datetime
import importlib.metadata
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

os.environ["RAYON_NUM_THREADS"] = "1"
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {0})

from corpus import articles

RECORDS = Path(__file__).resolve().parents[1] / "records"
WORD = re.compile(r"\w+")
THRESHOLD = 0.7
QUERIES = 2000
Pairs = set[tuple[int, int]]
Ask = Callable[[str], object]


def shingles(text: str) -> list[str]:
    """Word 5-grams as a user of a library would cut them."""
    words = WORD.findall(text.lower())
    return [" ".join(words[i : i + 5]) for i in range(max(len(words) - 4, 1))]


def ordered(pairs: Iterator[tuple[int, int]]) -> Pairs:
    """Pairs of different texts, the smaller first."""
    return {(min(p), max(p)) for p in pairs if p[0] != p[1]}


class Ours:
    """dedup, from a list of `str`."""

    package = "dedup-news"

    def __init__(self) -> None:
        import dedup  # noqa: PLC0415 a contestant
        from dedup import _native  # noqa: PLC0415

        _native.set_threads(1)
        self.dedup = dedup

    def prepared(self, texts: list[str]) -> Any:  # noqa: D102 a list or a column
        return texts

    def signatures(self, texts: Any) -> object:  # noqa: D102
        return self.dedup.signatures(texts)

    def pairs(self, texts: list[str]) -> Pairs:  # noqa: D102
        return {(i, j) for i, j in self.dedup.near_duplicates(texts, THRESHOLD)[0].tolist()}

    def query(self, texts: list[str]) -> Ask:  # noqa: D102
        index = self.dedup.LSH(THRESHOLD)
        index.add([str(n) for n in range(len(texts))], texts)
        return index.query


class OursFromArrow(Ours):
    """dedup, from one buffer of UTF-8."""

    def prepared(self, texts: list[str]) -> Any:  # noqa: D102
        import pyarrow  # noqa: PLC0415

        return pyarrow.array(texts)


class Daft:
    """Signatures by its expression; pairs by a group for each band of 8 slots, as its guide does."""

    package = "daft"

    def prepared(self, texts: list[str]) -> list[str]:  # noqa: D102
        return texts

    def _signed(self, texts: list[str]) -> Any:
        import daft  # noqa: PLC0415

        frame = daft.from_pydict({"id": list(range(len(texts))), "t": texts})
        return frame.select(daft.col("id"), daft.col("t").minhash(num_hashes=128, ngram_size=5, seed=1).alias("m"))

    def signatures(self, texts: list[str]) -> object:  # noqa: D102
        return self._signed(texts).collect()

    def pairs(self, texts: list[str]) -> Pairs:  # noqa: D102
        import daft  # noqa: PLC0415

        bands = self._signed(texts).select(daft.col("id"), daft.col("m").chunk(8).alias("band")).explode("band")
        keyed = bands.select(daft.col("id"), daft.col("band").hash().alias("key"))
        groups = keyed.groupby("key").agg(daft.col("id").list_agg().alias("ids")).to_pydict()["ids"]
        return ordered((i, j) for ids in groups if len(ids) > 1 for n, i in enumerate(ids) for j in ids[n + 1 :])


class Rensa:
    """16 bands, the count its guide uses."""

    package = "rensa"

    def prepared(self, texts: list[str]) -> list[str]:  # noqa: D102
        return texts

    def signatures(self, texts: list[str]) -> object:  # noqa: D102
        import rensa  # noqa: PLC0415

        return rensa.RMinHash.digest_matrix_from_token_sets([shingles(t) for t in texts], 128, 1)

    def _index(self, texts: list[str]) -> tuple[Any, Any]:
        import rensa  # noqa: PLC0415

        signed = rensa.RMinHash.from_token_sets([shingles(t) for t in texts], 128, 1)
        index = rensa.RMinHashLSH(THRESHOLD, 128, 16)
        index.insert_many(signed)
        return index, signed

    def pairs(self, texts: list[str]) -> Pairs:  # noqa: D102
        index, signed = self._index(texts)
        return ordered((n, other) for n, minhash in enumerate(signed) for other in index.query(minhash))

    def query(self, texts: list[str]) -> Ask:  # noqa: D102
        import rensa  # noqa: PLC0415

        index, _ = self._index(texts)
        return lambda text: index.query(rensa.RMinHash.from_token_sets([shingles(text)], 128, 1)[0])


class Gaoya:
    """16 bands of 8; it gives no signatures."""

    package = "gaoya"

    def prepared(self, texts: list[str]) -> list[str]:  # noqa: D102
        return texts

    def _index(self, texts: list[str]) -> Any:
        from gaoya.minhash import MinHashStringIndex  # noqa: PLC0415

        index = MinHashStringIndex(32, THRESHOLD, 16, 8, None, "word", True, (5, 5))
        index.par_bulk_insert_docs(list(range(len(texts))), texts)
        return index

    def pairs(self, texts: list[str]) -> Pairs:  # noqa: D102
        index = self._index(texts)
        return ordered((n, other) for n, found in enumerate(index.par_bulk_query(texts)) for other in found)

    def query(self, texts: list[str]) -> Ask:  # noqa: D102
        ask: Ask = self._index(texts).query
        return ask


class Datasketch:
    """Its default hash, its own choice of bands."""

    package = "datasketch"

    def prepared(self, texts: list[str]) -> list[str]:  # noqa: D102
        return texts

    def signatures(self, texts: list[str]) -> list[Any]:  # noqa: D102
        import datasketch  # noqa: PLC0415

        signed: list[Any] = datasketch.MinHash.bulk(([s.encode() for s in shingles(t)] for t in texts), num_perm=128)
        return signed

    def _index(self, texts: list[str]) -> tuple[Any, Any]:
        import datasketch  # noqa: PLC0415

        signed = self.signatures(texts)
        index = datasketch.MinHashLSH(threshold=THRESHOLD, num_perm=128)
        with index.insertion_session() as session:
            for number, minhash in enumerate(signed):
                session.insert(number, minhash)
        return index, signed

    def pairs(self, texts: list[str]) -> Pairs:  # noqa: D102
        index, signed = self._index(texts)
        return ordered((n, other) for n, minhash in enumerate(signed) for other in index.query(minhash))

    def query(self, texts: list[str]) -> Ask:  # noqa: D102
        index, _ = self._index(texts)
        return lambda text: index.query(self.signatures([text])[0])


CONTESTANTS: dict[str, tuple[Callable[[], Any], dict[str, str]]] = {
    "dedup": (Ours, {}),
    "dedup, Arrow column": (OursFromArrow, {}),
    "dedup, Arrow column, AVX2 only": (OursFromArrow, {"DEDUP_SIMD": "avx2"}),
    "daft": (Daft, {}),
    "gaoya": (Gaoya, {}),
    "rensa": (Rensa, {}),
    "datasketch": (Datasketch, {}),
}
TASKS = {
    "signatures": ["dedup", "dedup, Arrow column", "dedup, Arrow column, AVX2 only", "daft", "rensa", "datasketch"],
    "pairs": ["dedup", "daft", "gaoya", "rensa", "datasketch"],
    "query": ["dedup", "gaoya", "rensa", "datasketch"],
}


def brute_force(texts: list[str], least: float) -> Pairs:
    """Return all pairs of word 5-gram Jaccard of `least` or more, by an inverted index."""
    sets = [frozenset(shingles(t)) for t in texts]
    holders = collections.defaultdict(list)
    for number, grams in enumerate(sets):
        for gram in grams:
            holders[gram].append(number)
    shared: collections.Counter[tuple[int, int]] = collections.Counter()
    for numbers in holders.values():
        for at, i in enumerate(numbers):
            for j in numbers[at + 1 :]:
                shared[i, j] += 1
    return {(i, j) for (i, j), n in shared.items() if n >= least * (len(sets[i]) + len(sets[j]) - n)}


def memory(field: str) -> float:
    """Return a field of this process' status, in MiB (Linux)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split(f"{field}:")[1].split()[0]) / 1024


def work(name: str, task: str, count: int) -> None:
    """Be a contestant: a line of standard input starts a round, a line of output has its seconds; then the answer."""
    make, _ = CONTESTANTS[name]
    one, texts = make(), articles(count)
    given = one.prepared(texts)
    answer: Any = None
    ask = one.query(texts) if task == "query" else None
    before = memory("VmRSS")
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak starts from here
    for line in sys.stdin:
        if line.strip() == "end":
            break
        if ask:
            seconds = []
            for text in texts[:: max(len(texts) // QUERIES, 1)]:
                started = time.perf_counter()
                ask(text)
                seconds.append(time.perf_counter() - started)
        else:
            started = time.perf_counter()
            answer = getattr(one, task)(given)
            seconds = [time.perf_counter() - started]
        print(json.dumps(seconds), flush=True)
    print(json.dumps({"mib": memory("VmHWM") - before, "pairs": sorted(answer) if task == "pairs" else None}), flush=True)


def compete(task: str, count: int, rounds: int) -> dict[str, tuple[list[list[float]], dict[str, Any]]]:
    """Return each contestant's seconds, a list a round, and what it says at the end."""
    base = [sys.executable, __file__, task, "--articles", str(count), "--contestant"]
    running = {
        name: subprocess.Popen(
            [*base, name], env=os.environ | CONTESTANTS[name][1], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for name in TASKS[task]
    }
    seconds: dict[str, list[list[float]]] = collections.defaultdict(list)
    ends: dict[str, dict[str, Any]] = {}

    def say(name: str, word: str) -> Any:
        process = running[name]
        assert process.stdin
        assert process.stdout
        process.stdin.write(word + "\n")
        process.stdin.flush()
        while not (line := process.stdout.readline()).startswith(("[", "{")):
            if not line:
                raise SystemExit(f"{name} has failed")
        return json.loads(line)

    for _ in range(rounds):
        for name in running:
            seconds[name].append(say(name, "round"))
    for name in running:
        ends[name] = say(name, "end")
    return {name: (seconds[name], ends[name]) for name in running}


def main() -> None:
    """Run, print and record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("task", choices=TASKS)
    parser.add_argument("--articles", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--contestant", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.contestant:
        work(options.contestant, options.task, options.articles)
        return
    texts = articles(options.articles)
    size = sum(len(t.encode()) for t in texts) / 1e6
    lines = [f"{platform.machine()}, Python {platform.python_version()}, one core; {options.rounds} interleaved rounds,"]
    lines += [f"{options.articles:,} articles, {size:.1f} MB", ""]
    rows: list[dict[str, object]] = []
    heads = {
        "signatures": "text to 128-slot signature of word 5-grams | median s | min to max | MB/s",
        "pairs": f"pairs at Jaccard {THRESHOLD} | median s | min to max | recall | precision",
        "query": "one text against the index | median µs | p99 µs",
    }
    head = f"{heads[options.task]} | extra MiB"
    lines += [f"| {head} |", "|---" * (head.count("|") + 1) + "|"]
    if options.task == "pairs":
        import dedup  # noqa: PLC0415 not for the others

        plain = brute_force(texts, THRESHOLD)
        # Ours folds words (cease-fire is ceasefire), which moves some pairs over the threshold; it is judged by its own cut.
        folded = {(i, j) for i, j in brute_force(texts, THRESHOLD - 0.2) if dedup.jaccard(texts[i], texts[j]) >= THRESHOLD}
    for name, (rounds, end) in compete(options.task, options.articles, options.rounds).items():
        make, _ = CONTESTANTS[name]
        version = importlib.metadata.version(make.package)  # type: ignore[attr-defined] # a class
        row: dict[str, object] = {"task": options.task, "name": name, "version": version, "articles": options.articles}
        if options.task == "query":
            each = sorted(s * 1e6 for asked in rounds for s in asked)
            row |= {"median_us": statistics.median(each), "p99_us": each[int(len(each) * 0.99)]}
            told = f"{row['median_us']:.1f} | {row['p99_us']:.1f}"
        else:
            seconds = [asked[0] for asked in rounds]
            median = statistics.median(seconds)
            row |= {"seconds": seconds, "mb": size}
            told = f"{median:.3f} | {min(seconds):.3f} to {max(seconds):.3f}"
            if options.task == "signatures":
                told += f" | {size / median:.0f}"
            else:
                found, expected = {(i, j) for i, j in end["pairs"]}, folded if name == "dedup" else plain
                right = len(found & expected)
                recall, precision = right / max(len(expected), 1), right / max(len(found), 1)
                row |= {"recall": recall, "precision": precision}
                told += f" | {recall:.4f} | {precision:.4f}"
        row["extra_mib"] = end["mib"]
        rows.append(row)
        lines.append(f"| {name} {version} | {told} | {end['mib']:.0f} |")
    print("\n".join(lines))
    folder = RECORDS / datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{options.task}-{options.articles}"
    (folder / f"{name}.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / f"{name}.json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
