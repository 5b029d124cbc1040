"""How time and memory grow with the number of articles, on one core: signatures and near-duplicate pairs; writes a plot.

    pip install '.[bench]' && python bench/speed/growth.py
    python bench/speed/growth.py --scan         a scan instead, which takes longer; once each, without repeats

Each size has a process of its own, three times; the plot shows the median time and the first run's peak memory above that of
the texts, an article, against the smallest size's: a flat line is linear growth.
"""

import argparse
import ctypes
import datetime
import gc
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

os.environ["RAYON_NUM_THREADS"] = "1"
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {0})

from corpus import articles

RECORDS = Path(__file__).resolve().parents[1] / "records"
NAMES = {False: ("signatures_seconds", "pairs_seconds", "extra_mib"), True: ("scan_seconds", "extra_mib")}
REPEATS = 5
"""Timed runs a process, after one that is not: the first is the one in which Python encodes its strings and gets its memory."""
SIZES = (5_000, 10_000, 20_000, 50_000, 100_000, 200_000)


def memory(field: str) -> float:
    """Return a field of this process' status, in MiB (Linux)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split(f"{field}:")[1].split()[0]) / 1024


def work(count: int) -> None:
    """Print seconds of both tasks, extra memory and pairs for one size."""
    import dedup  # noqa: PLC0415 not for the parent
    from dedup import _native  # noqa: PLC0415

    _native.set_threads(1)
    texts = articles(count)
    dedup.near_duplicates(texts[:1000])
    # Free room in the heap would hide a part of the smaller sizes' memory.
    ctypes.CDLL(None).malloc_trim(0)
    before = memory("VmRSS")
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    pairs, _ = dedup.near_duplicates(texts)
    extra = memory("VmHWM") - before
    times: dict[str, list[float]] = {"pairs_seconds": [], "signatures_seconds": []}
    for _ in range(REPEATS):
        for name, job in (("pairs_seconds", dedup.near_duplicates), ("signatures_seconds", dedup.signatures)):
            started = time.perf_counter()
            job(texts)
            times[name].append(time.perf_counter() - started)
    found = {name: statistics.median(times[name]) for name in times}
    print(json.dumps(found | {"extra_mib": extra, "pairs": len(pairs)}))


def scan(count: int) -> None:
    """Print seconds, extra memory and matches of a scan of one size."""
    import dedup  # noqa: PLC0415 not for the parent
    from dedup import _native  # noqa: PLC0415

    _native.set_threads(1)
    documents = [dedup.Document(f"{n:06}", text) for n, text in enumerate(articles(count))]
    dedup.scan(documents[:500])
    ctypes.CDLL(None).malloc_trim(0)
    before = memory("VmRSS")
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    gc.disable()  # as the command line does
    started = time.perf_counter()
    report = dedup.scan(documents)
    seconds = time.perf_counter() - started
    print(json.dumps({"scan_seconds": seconds, "extra_mib": memory("VmHWM") - before, "matches": len(report.matches)}))


def main() -> None:
    """Run, print, plot and record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--scan", action="store_true")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        (scan if options.scan else work)(options.one)
        return
    rounds = 1 if options.scan else options.rounds
    names = NAMES[options.scan]
    found: dict[int, list[dict[str, float]]] = {size: [] for size in SIZES}
    flags = ["--scan"] if options.scan else []
    for _ in range(rounds):
        for size in SIZES:
            command = [sys.executable, __file__, *flags, "--one", str(size)]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            found[size].append(json.loads(done.stdout))
    medians = {name: [statistics.median(one[name] for one in found[size]) for size in SIZES] for name in names}
    shown = [name.replace("_", " ") for name in names]
    lines = [f"| articles | {' | '.join(shown)} | each per article, of that at {SIZES[0]:,} |", "|---" * (len(names) + 2) + "|"]
    for at, size in enumerate(SIZES):
        each = [medians[name][at] for name in names]
        ratios = " · ".join(f"{m / size / (medians[name][0] / SIZES[0]):.2f}" for name, m in zip(names, each, strict=True))
        lines.append(f"| {size:,} | {' | '.join(f'{value:.3f}' for value in each)} | {ratios} |")
    print("\n".join(lines))
    folder = RECORDS / datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    folder.mkdir(parents=True, exist_ok=True)
    stem = "growth-scan" if options.scan else "growth"
    (folder / f"{stem}.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / f"{stem}.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    plot(medians, folder / f"{stem}.svg")


def plot(medians: dict[str, list[float]], path: Path) -> None:
    """Draw what an article costs, of what it costs at the smallest size."""
    import matplotlib as mpl  # noqa: PLC0415 not for the workers

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "dedup"
    from matplotlib import pyplot as plt  # noqa: PLC0415

    figure, axes = plt.subplots(figsize=(7, 3.2))
    for name, found in medians.items():
        first = found[0] / SIZES[0]
        axes.plot(
            SIZES,
            [m / size / first for m, size in zip(found, SIZES, strict=True)],
            marker="o",
            label=name.replace("_", " "),
        )
    axes.axhline(1.15, color="grey", linestyle=":", linewidth=1)
    axes.set(xscale="log", ylim=(0, 1.5), xlabel="articles", ylabel="cost of an article,\nof that at 5,000")
    axes.legend(frameon=False, loc="lower left")
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})


if __name__ == "__main__":
    main()
