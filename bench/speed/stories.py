"""Large stories: very many copies of one text, scanned and traced from the shell.

    python bench/speed/stories.py [--copies 1000] [--edits near light mixed heavy]

Each copy of `near` has a few other words than its source; `light`, `mixed` and `heavy` are worlds of `bench/quality/worlds.py`,
cut, reworded and added to. Told are the seconds of processor and clock of `dedup scan` and `dedup tree` as JSON, all that a
process costs; how many matches and families; and the share of copies whose parent is right as a version
(`bench/quality/tracing.py` defines it).
"""

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "quality"))

from tracing import score
from worlds import ALIKE, NOON, Sentence, Story, World, story

from dedup.report.read_jsonl import document_json
from dedup.types import Document, Edge, Provenance

EDITS = {
    "light": World("light edits", light=0.7, spin=0.0),
    "mixed": World("mixed edits"),
    "heavy": World("heavy edits", cut=0.15, light=0.05, spin=0.8),
}
CHANGED = 3
"""Words of a near copy that its source does not have."""


def near(copies: int) -> Story:
    """Return a story of so many texts, half of the copies from the first, half from any other, all dated."""
    draw = random.Random(copies)
    first = story(World("origin", wire_unseen=0.0, unseen=0.0), 0, 1)
    (known,) = first.documents
    texts = {"d0000": tuple(Sentence(s.words, s.origin) for s in first.texts[known.id])}
    parents: dict[str, str | None] = {"d0000": None}
    for n in range(1, copies):
        name, parent = f"d{n:04}", f"d{0 if draw.random() < 0.5 else draw.randrange(n):04}"
        lines = [Sentence(s.words, s.origin, parent, s.words) for s in texts[parent]]
        able = [(at, k) for at, line in enumerate(lines) for k, word in enumerate(line.words) if word in ALIKE]
        for at, k in draw.sample(able, CHANGED):
            words = list(lines[at].words)
            words[k] = draw.choice([word for word in ALIKE[words[k]] if word != words[k]])
            lines[at] = replace(lines[at], words=tuple(words))
        texts[name], parents[name] = tuple(lines), parent
    documents = []
    for n, (name, own) in enumerate(texts.items()):
        body = "\n\n".join(f"{' '.join(line.words).capitalize()}." for line in own)
        documents.append(Document(name, body, outlet=f"Outlet {n}", published=NOON + timedelta(minutes=10 * n)))
    return Story(tuple(documents), texts, parents)


def run(command: str, path: Path) -> tuple[float, float, dict[str, Any]]:
    """Return the seconds of processor and of clock that a command takes, and its answer."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    program = [sys.executable, "-m", "dedup", command, str(path), "--format", "json", "--quiet"]
    done = subprocess.run(program, check=True, capture_output=True)
    clock, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, clock, json.loads(done.stdout)


def version(truth: Story, report: dict[str, Any]) -> float:
    """Return the share of documents whose parent is right as a version."""
    edges = (Edge(e["child"], e["parent"], e["kind"], e["confidence"]) for e in report["provenance"]["edges"])
    right = score(truth, Provenance(tuple(edges))).right
    return sum(right) / len(right)


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--copies", type=int, default=1000)
    parser.add_argument("--edits", nargs="+", default=["near", *EDITS], choices=["near", *EDITS])
    options = parser.parse_args()
    print("| edits | command | processor, s | clock, s | matches | families | version |\n|---|---|---|---|---|---|---|")
    for edits in options.edits:
        truth = near(options.copies) if edits == "near" else story(EDITS[edits], 1, options.copies)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "story.jsonl")
            path.write_text("".join(document_json(d) + "\n" for d in truth.documents), encoding="utf-8")
            for command in ("scan", "tree"):
                processor, clock, report = run(command, path)
                counts = f"{len(report['matches']):,} | {len(report['families']):,}"
                right = f"{version(truth, report):.3f}" if command == "tree" else "–"
                print(f"| {edits} | {command} | {processor:.2f} | {clock:.2f} | {counts} | {right} |", flush=True)


if __name__ == "__main__":
    main()
