"""How time and memory grow with the number of articles, on one core: signatures and near-duplicate pairs; writes a plot.

    pip install '.[bench]' && python bench/speed/growth.py

Each size has a process of its own, three times; the plot shows the median time and the first run's peak memory above that of
the texts, an article, against the smallest size's: a flat line is linear growth.
"""

import argparse
import ctypes
import datetime
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


def main() -> None:
    """Run, print, plot and record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        work(options.one)
        return
    found: dict[int, list[dict[str, float]]] = {size: [] for size in SIZES}
    for _ in range(options.rounds):
        for size in SIZES:
            done = subprocess.run([sys.executable, __file__, "--one", str(size)], check=True, capture_output=True, text=True)
            found[size].append(json.loads(done.stdout))
    names = ("signatures_seconds", "pairs_seconds", "extra_mib")
    medians = {name: [statistics.median(one[name] for one in found[size]) for size in SIZES] for name in names}
    lines = ["| articles | signatures s | pairs s | extra MiB | each per article, of that at 5,000 |", "|---|---|---|---|---|"]
    for at, size in enumerate(SIZES):
        each = [medians[name][at] for name in names]
        ratios = " · ".join(f"{m / size / (medians[name][0] / SIZES[0]):.2f}" for name, m in zip(names, each, strict=True))
        lines.append(f"| {size:,} | {each[0]:.3f} | {each[1]:.3f} | {each[2]:.0f} | {ratios} |")
    print("\n".join(lines))
    folder = RECORDS / datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "growth.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "growth.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    plot(medians, folder / "growth.svg")


def plot(medians: dict[str, list[float]], path: Path) -> None:
    """Draw what an article costs, of what it costs at the smallest size."""
    import matplotlib as mpl  # noqa: PLC0415 not for the workers

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "dedup"
    from matplotlib import pyplot as plt  # noqa: PLC0415

    figure, axes = plt.subplots(figsize=(7, 3.2))
    labels = {"signatures_seconds": "signatures, time", "pairs_seconds": "pairs, time", "extra_mib": "pairs, memory"}
    for name, label in labels.items():
        first = medians[name][0] / SIZES[0]
        axes.plot(SIZES, [m / size / first for m, size in zip(medians[name], SIZES, strict=True)], marker="o", label=label)
    axes.axhline(1.15, color="grey", linestyle=":", linewidth=1)
    axes.set(xscale="log", ylim=(0, 1.5), xlabel="articles", ylabel="cost of an article,\nof that at 5,000")
    axes.legend(frameon=False, loc="lower left")
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})


if __name__ == "__main__":
    main()
