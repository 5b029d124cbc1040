"""Measure every labelled set at hand and write a record: what is found, what is not, and how long it takes.

    python bench/quality/measure.py SCORERS DATA [--only seeds planted ...]

SCORERS is a folder of scoring scripts that run `dedup` as a black box (`seeds.py`, `planted.py`, `pairs.py`, `spans.py`,
`kinds.py`), DATA the folder of the sets they read. Two more sets are scored here, by the area under the curve: `clough` (share
of an answer that it has in common with its source, plagiarised against not; Clough and Stevenson 2011) and `lid_alignments`
(bits of aligned passages of bills, real reuse against boilerplate, beside the Smith-Waterman score they came with).

The record is `bench/records/<date>/quality.md` and `.json`; `git diff --no-index` of two shows what changed.
"""

import argparse
import datetime
import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import dedup
from dedup.params import match_preset

ROOT = Path(__file__).resolve().parents[2]
BY_SCORER = {
    "planted": ["planted.py", "planted_5k", "--option=--show=all"],
    "planted, as shown": ["planted.py", "planted_5k"],
    "helsinki": ["pairs.py", "provenance_helsinki", "--option=--show=all"],
    "helsinki, as shown": ["pairs.py", "provenance_helsinki"],
    "reuters": ["pairs.py", "reuters21578", "--option=--show=all"],
    "events": ["pairs.py", "news_cluster_events", "--option=--show=all"],
    "kinds": ["kinds.py", "match_kinds"],
    "pan13": ["spans.py", "pan13_train"],
    "pan13 news": ["spans.py", "pan13_train", "--preset", "news"],
    "indonesian": ["spans.py", "indonesian_pan"],
}


def rows(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a gzipped JSON Lines file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def scored(script: Path, data: Path, arguments: Iterable[str]) -> dict[str, Any]:
    """Return the JSON line that a scorer prints last."""
    done = subprocess.run(
        [sys.executable, script, *arguments],
        env=os.environ | {"DEDUP_DATA": str(data)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def seeds(scorers: Path, data: Path) -> dict[str, Any]:
    """Scan the seeds and score the report."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        subprocess.run(["dedup", "scan", ROOT / "seeds", "--format", "json", "-o", report], check=True)
        gold = ROOT / "tests" / "data" / "seeds_gold.json"
        return scored(scorers / "seeds.py", data, [str(report), "--gold", str(gold), "--seeds", str(ROOT / "seeds")])


def area(positive: list[float], negative: list[float]) -> float:
    """Return the chance that a positive scores above a negative; equal scores count half."""
    wins = sum((p > n) + (p == n) / 2 for p in positive for n in negative)
    return round(wins / (len(positive) * len(negative)), 4)


def clough(data: Path) -> dict[str, Any]:
    """Score the share of each answer that stands in matches with its source."""
    texts = {d["id"]: d["text"] for d in rows(data / "clough" / "docs.jsonl.gz")}
    out: dict[str, Any] = {}
    for name in ("news", "rewritten"):
        shares: dict[bool, list[float]] = {True: [], False: []}
        for pair in rows(data / "clough" / "pairs.jsonl.gz"):
            a = texts[pair["a"]]
            covered: set[int] = set()
            for match in dedup.compare(a, texts[pair["b"]], preset=name):
                covered.update(range(match.a.start, match.a.end))
            shares[pair["label"] != "non"].append(len(covered) / len(a))
        out[name] = area(shares[True], shares[False])
    return out


def lid(data: Path) -> dict[str, Any]:
    """Score the bits of each pair of passages, and the score that came with it."""
    texts = {d["id"]: d["text"] for d in rows(data / "lid_alignments" / "docs.jsonl.gz")}
    all_bits = replace(match_preset("news"), threshold_bits=-100.0)
    bits: dict[bool, list[float]] = {True: [], False: []}
    baseline: dict[bool, list[float]] = {True: [], False: []}
    for pair in rows(data / "lid_alignments" / "pairs.jsonl.gz"):
        real = str(pair["label"]) != "0"
        found = dedup.compare(texts[pair["a"]], texts[pair["b"]], preset=all_bits)
        bits[real].append(max((match.bits for match in found), default=0.0))
        baseline[real].append(float(pair["sw_score"]))
    return {"bits": area(bits[True], bits[False]), "baseline": area(baseline[True], baseline[False])}


def main() -> None:
    """Measure and record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scorers", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("--only", nargs="*", help="some of: seeds, clough, lid, " + ", ".join(BY_SCORER))
    options = parser.parse_args()
    jobs = {
        "seeds": lambda: seeds(options.scorers, options.data),
        "clough": lambda: clough(options.data),
        "lid": lambda: lid(options.data),
    } | {
        name: lambda script=script, rest=rest: scored(options.scorers / script, options.data, rest)
        for name, (script, *rest) in BY_SCORER.items()
    }
    found = {}
    lines = [f"# Quality of dedup {dedup.__version__}", ""]
    for name, job in jobs.items():
        if options.only and name not in options.only:
            continue
        started = time.perf_counter()
        found[name] = job()
        lines += [f"## {name}", "", f"{time.perf_counter() - started:.1f} s", ""]
        for key, value in found[name].items():
            shown = ", ".join(f"{k} {v}" for k, v in value.items()) if isinstance(value, dict) else value
            lines.append(f"- {key}: {shown}")
        lines.append("")
        print("\n".join(lines[-len(found[name]) - 5 :]), flush=True)
    folder = ROOT / "bench" / "records" / datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "quality.md").write_text("\n".join(lines), encoding="utf-8")
    (folder / "quality.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
