"""Real articles: processor time of a scan, of building an index, and of queries, beside another installed version.

    python bench/speed/real.py articles.jsonl [--beside OTHER/bin/python] [--rounds 3] [--drafts 200]

CORPUS is JSON Lines with a `text` in each row. One thread; seconds of the processor (user and system), so that other work on
the machine disturbs little. Rounds alternate between the versions, and medians are printed as a table in Markdown, with how
many times better this version is. A draft is a whole article of the corpus, which the index holds too.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROWS = {
    "scan": "scan, seconds",
    "articles": "articles a second while an index is built",
    "median": "query with a whole article, median ms",
    "high": "... 99 of 100 within, ms",
}


def spent(command: list[str], folder: str) -> float:
    """Run a command in `folder`, where no checkout shadows what is installed; return the seconds of the processor."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    one_thread = os.environ | {"RAYON_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL, env=one_thread)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def ask(index: str, corpus: str, drafts: int) -> None:
    """Ask an index for some articles of the corpus; print the milliseconds of each as JSON."""
    import dedup  # noqa: PLC0415 only the process that asks may load it

    with Path(corpus).open(encoding="utf-8") as stream:
        texts = [json.loads(line)["text"] for line in stream]
    took = []
    with dedup.Index(index) as opened:
        opened.query(texts[1])
        for text in texts[:: max(1, len(texts) // drafts)][:drafts]:
            started = time.process_time()
            opened.query(text)
            took.append(1000 * (time.process_time() - started))
    sys.stdout.write(json.dumps(took))


def measure(python: str, corpus: str, drafts: int) -> dict[str, float]:
    """Return the measures of `ROWS` for the version that `python` runs."""
    with tempfile.TemporaryDirectory() as folder, Path(corpus).open(encoding="utf-8") as stream:
        count = sum(1 for _ in stream)
        command = [python, "-m", "dedup"]
        out = {"scan": spent([*command, "scan", corpus, "--threads", "1", "-q", "-o", "report.txt"], folder)}
        out["articles"] = count / spent([*command, "index", "add", "news.dedup", corpus, "--threads", "1", "-q"], folder)
        job = [python, __file__, corpus, "--drafts", str(drafts), "--ask", "news.dedup"]
        one_thread = os.environ | {"RAYON_NUM_THREADS": "1"}
        found = subprocess.run(job, check=True, cwd=folder, stdout=subprocess.PIPE, env=one_thread)
        took = sorted(json.loads(found.stdout))
        return out | {"median": statistics.median(took), "high": took[int(len(took) * 0.99)]}


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus")
    parser.add_argument("--beside", help="the Python of another version")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--drafts", type=int, default=200)
    parser.add_argument("--ask", help=argparse.SUPPRESS)
    options = parser.parse_args()
    corpus = str(Path(options.corpus).resolve())
    if options.ask:
        ask(options.ask, corpus, options.drafts)
        return
    pythons = [python for python in (options.beside, sys.executable) if python]
    rounds = [[measure(python, corpus, options.drafts) for python in pythons] for _ in range(options.rounds)]
    heads = ["other", "this", "times better"] if options.beside else ["this"]
    sys.stdout.write(f"| {Path(corpus).name}, one core | {' | '.join(heads)} |\n|---{'|---' * len(heads)}|\n")
    for name, label in ROWS.items():
        values = [statistics.median(found[at][name] for found in rounds) for at in range(len(pythons))]
        better = values[0] / values[-1] if name != "articles" else values[-1] / values[0]
        shown = [f"{value:,.1f}" for value in values] + ([f"{better:.2f}"] if options.beside else [])
        sys.stdout.write(f"| {label} | {' | '.join(shown)} |\n")


if __name__ == "__main__":
    main()
