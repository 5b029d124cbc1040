"""Ours and the peers on the same articles, on one core, in interleaved rounds; writes a table.

    pip install '.[bench]' && python bench/speed/peers.py            # 5,000 articles, signatures and pairs
    python bench/speed/peers.py --articles 50000 --only pairs

Everything is pinned to one core, so threads do not help anyone. Each contestant turns a list of `str` into its answer, cutting
words the way its users do: lower case, runs of word characters, 5-grams. Answers are judged against brute force over word
5-grams, ours over its own: recall of pairs at Jaccard 0.7 or more, and precision of the pairs returned (peers return what their
index finds alike; they do not verify).
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
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

os.sched_setaffinity(0, {0})
os.environ["RAYON_NUM_THREADS"] = "1"

import pyarrow as pa  # noqa: E402 the core is chosen first
from corpus import articles  # noqa: E402

import dedup  # noqa: E402
from dedup import _native  # noqa: E402

RECORDS = Path(__file__).resolve().parents[1] / "records"
WORD = re.compile(r"\w+")
THRESHOLD = 0.7
Pairs = set[tuple[int, int]]


def shingles(text: str) -> list[str]:
    """Word 5-grams as a user of a library would cut them."""
    words = WORD.findall(text.lower())
    return [" ".join(words[i : i + 5]) for i in range(max(len(words) - 4, 1))]


def ordered(pairs: Iterator[tuple[int, int]]) -> Pairs:
    """Pairs of different texts, the smaller first."""
    return {(min(p), max(p)) for p in pairs if p[0] != p[1]}


def sign_daft(texts: list[str]) -> object:
    """Return daft's signatures."""
    import daft  # noqa: PLC0415 a peer

    return daft.from_pydict({"t": texts}).select(daft.col("t").minhash(num_hashes=128, ngram_size=5, seed=1)).collect()


def sign_rensa(texts: list[str]) -> object:
    """Return rensa's digests."""
    import rensa  # noqa: PLC0415 a peer

    return rensa.RMinHash.digest_matrix_from_token_sets([shingles(t) for t in texts], 128, 1)


def sign_datasketch(texts: list[str]) -> list[Any]:
    """Return datasketch's MinHashes with its default hash."""
    import datasketch  # noqa: PLC0415 a peer

    signed: list[Any] = datasketch.MinHash.bulk(([s.encode() for s in shingles(t)] for t in texts), num_perm=128)
    return signed


def pairs_datasketch(texts: list[str]) -> Pairs:
    """Return the pairs that a datasketch index finds alike."""
    import datasketch  # noqa: PLC0415 a peer

    signed = sign_datasketch(texts)
    index = datasketch.MinHashLSH(threshold=THRESHOLD, num_perm=128)
    with index.insertion_session() as session:
        for number, minhash in enumerate(signed):
            session.insert(number, minhash)
    return ordered((n, other) for n, minhash in enumerate(signed) for other in index.query(minhash))


def pairs_rensa(texts: list[str]) -> Pairs:
    """Return the pairs that a rensa index finds alike."""
    import rensa  # noqa: PLC0415 a peer

    signed = rensa.RMinHash.from_token_sets([shingles(t) for t in texts], 128, 1)
    index = rensa.RMinHashLSH(THRESHOLD, 128, 16)
    index.insert_many(signed)
    return ordered((n, other) for n, minhash in enumerate(signed) for other in index.query(minhash))


def pairs_gaoya(texts: list[str]) -> Pairs:
    """Return the pairs that a gaoya index finds alike."""
    from gaoya.minhash import MinHashStringIndex  # noqa: PLC0415 a peer

    index = MinHashStringIndex(32, THRESHOLD, 16, 8, None, "word", True, (5, 5))
    index.par_bulk_insert_docs(list(range(len(texts))), texts)
    return ordered((n, other) for n, found in enumerate(index.par_bulk_query(texts)) for other in found)


SIGNATURES: dict[str, Callable[[list[str]], object]] = {
    "dedup": dedup.signatures,
    "dedup, Arrow column": dedup.signatures,
    "daft": sign_daft,
    "rensa": sign_rensa,
    "datasketch": sign_datasketch,
}
PAIRS: dict[str, Callable[[list[str]], Pairs]] = {
    "dedup": lambda texts: {(i, j) for i, j in dedup.near_duplicates(texts, THRESHOLD)[0].tolist()},
    "rensa": pairs_rensa,
    "gaoya": pairs_gaoya,
    "datasketch": pairs_datasketch,
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


def measure(
    contestants: dict[str, Callable[[list[str]], Any]], texts: list[str], rounds: int
) -> Iterator[tuple[str, list[float], Any]]:
    """Yield each contestant's seconds, a round after a round of all, and its last answer."""
    seconds: dict[str, list[float]] = collections.defaultdict(list)
    answers: dict[str, Any] = {}
    column = pa.array(texts)
    for _ in range(rounds):
        for name, run in contestants.items():
            given = column if "Arrow" in name else texts
            started = time.perf_counter()
            answers[name] = run(given)
            seconds[name].append(time.perf_counter() - started)
    for name in contestants:
        yield name, seconds[name], answers[name]


def version(name: str) -> str:
    """Return a contestant's version."""
    return importlib.metadata.version(name.split(",", maxsplit=1)[0])


def main() -> None:
    """Run, print and record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", choices=["signatures", "pairs"])
    options = parser.parse_args()
    _native.set_threads(1)
    texts = articles(options.articles)
    size = sum(len(t.encode()) for t in texts) / 1e6
    lines = [f"{platform.processor() or platform.machine()}, Python {platform.python_version()}, one core;"]
    lines += [f"{options.articles:,} articles, {size:.1f} MB, {options.rounds} interleaved rounds", ""]
    rows: list[dict[str, object]] = []
    if options.only != "pairs":
        lines += ["| text → 128-slot signature of word 5-grams | median s | min–max | MB/s |", "|---|---|---|---|"]
        for name, seconds, _ in measure(SIGNATURES, texts, options.rounds):
            median = statistics.median(seconds)
            spread = f"{min(seconds):.3f}–{max(seconds):.3f}"
            lines.append(f"| {name} {version(name)} | {median:.3f} | {spread} | {size / median:.0f} |")
            rows.append({"task": "signatures", "name": name, "version": version(name), "seconds": seconds, "mb": size})
        lines.append("")
    if options.only != "signatures":
        plain = brute_force(texts, THRESHOLD)
        # Ours folds words (cease-fire is ceasefire), which moves some pairs over the threshold; it is judged by its own cut.
        folded = {(i, j) for i, j in brute_force(texts, THRESHOLD - 0.2) if dedup.jaccard(texts[i], texts[j]) >= THRESHOLD}
        lines += ["| pairs at Jaccard 0.7 | median s | min–max | recall | precision |", "|---|---|---|---|---|"]
        for name, seconds, found in measure(PAIRS, texts, options.rounds):
            expected = folded if name == "dedup" else plain
            median = statistics.median(seconds)
            right = len(found & expected)
            recall, precision = right / max(len(expected), 1), right / max(len(found), 1)
            spread = f"{min(seconds):.3f}–{max(seconds):.3f}"
            lines.append(f"| {name} {version(name)} | {median:.3f} | {spread} | {recall:.4f} | {precision:.4f} |")
            row: dict[str, object] = {"task": "pairs", "name": name, "version": version(name), "seconds": seconds}
            rows.append(row | {"recall": recall, "precision": precision, "articles": options.articles})
    print("\n".join(lines))
    folder = RECORDS / datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    folder.mkdir(parents=True, exist_ok=True)
    name = f"peers-{options.articles}" + (f"-{options.only}" if options.only else "")
    (folder / f"{name}.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / f"{name}.json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
