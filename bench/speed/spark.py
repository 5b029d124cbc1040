"""How the jobs on Spark grow with the number of articles: seconds, and bytes shuffled and written between stages, an article.

    pip install '.[spark]' && python bench/speed/spark.py                 generated articles: 5,000, 20,000, 100,000
    python bench/speed/spark.py --input articles.jsonl --sizes 20000      the first of a file instead

Each size is one job in a session of its own on this machine, `local[N]`, once. Bytes are those that Spark's REST interface
reports of its stages.
"""

import argparse
import json
import os
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

os.environ.setdefault("PYSPARK_PYTHON", sys.executable)

from corpus import articles

SIZES = (5_000, 20_000, 100_000)


def written(size: int, source: Path | None, folder: Path) -> tuple[Path, int]:
    """Write `size` articles to a file; return it, and the bytes of their texts."""
    path = folder / f"articles-{size}.jsonl"
    total = 0
    with path.open("w", encoding="utf-8") as out:
        rows: Iterable[dict[str, Any]]
        if source is None:
            rows = ({"id": f"a{n:07}", "text": text, "outlet": f"o{n % 400}"} for n, text in enumerate(articles(size)))
        else:
            with source.open(encoding="utf-8") as lines:
                rows = [json.loads(line) for line in islice(lines, size)]
        for row in rows:
            total += len(row["text"].encode())
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    return path, total


def shuffled(session: Any) -> tuple[int, int]:
    """Return the bytes that all stages wrote to shuffles, and those spilled to disk."""
    context = session.sparkContext
    with urllib.request.urlopen(f"{context.uiWebUrl}/api/v1/applications/{context.applicationId}/stages") as answer:
        stages = json.load(answer)
    return sum(s["shuffleWriteBytes"] for s in stages), sum(s["diskBytesSpilled"] for s in stages)


def measure(job: str, size: int, options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Run one job; return what it took."""
    from pyspark.sql import SparkSession  # noqa: PLC0415 an extra

    from dedup.params import Reading  # noqa: PLC0415 after the environment is set
    from dedup.spark.jobs import dedupe_to_files, scan_files  # noqa: PLC0415

    path, text_bytes = written(size, options.input, folder)
    builder = SparkSession.builder.master(f"local[{options.cores}]").config("spark.driver.memory", options.memory)
    settings = {"spark.sql.shuffle.partitions": options.partitions, "spark.driver.host": "127.0.0.1"}
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    work = tempfile.mkdtemp(dir=folder)
    session.sparkContext.setCheckpointDir(work)
    started, out = time.perf_counter(), str(folder / f"{job}-{size}")
    if job == "scan":
        found: Any = scan_files(session, str(path), out, Reading(), preset="news", trace="news", force=True)
    else:
        found = dedupe_to_files(session, str(path), out, Reading(), threshold=0.7, keep="first", force=True)
    seconds = time.perf_counter() - started
    moved, spilled = shuffled(session)
    kept = sum(file.stat().st_size for file in Path(work).rglob("*") if file.is_file())
    session.stop()
    return {
        "job": job,
        "articles": size,
        "text_bytes_an_article": round(text_bytes / size),
        "seconds": round(seconds, 1),
        "ms_an_article": round(1000 * seconds / size, 2),
        "shuffled_bytes_an_article": round(moved / size),
        "checkpoint_bytes_an_article": round(kept / size),
        "spilled_bytes_an_article": round(spilled / size),
        "found": found if isinstance(found, dict) else {"kept": found.kept, "exact": found.exact, "near": found.near},
    }


def main() -> None:
    """Print one JSON object a job and size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", default="scan,dedupe")
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)))
    parser.add_argument("--input", type=Path)
    parser.add_argument("--cores", default=2)
    parser.add_argument("--memory", default="6g")
    parser.add_argument("--partitions", default="8")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dedup-bench-") as folder:
        for size in map(int, options.sizes.split(",")):
            for job in options.jobs.split(","):
                print(json.dumps(measure(job, size, options, Path(folder))), flush=True)


if __name__ == "__main__":
    main()
