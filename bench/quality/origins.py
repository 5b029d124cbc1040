"""Trace real news whose sources were read by eye, and write a record: how often `dedup.trace` finds the right ones.

    python bench/quality/origins.py DOCUMENTS

DOCUMENTS are articles on the Helsinki summit of July 2018 (two days, 75 outlets, 611 articles), which may not be passed on. For
302 of them `origins.json` states, by id, where their text is from. It was written by a person who read them beside the articles
that they share text with. A label has one of these:

agency          the text is of this agency or outlet, whose own text is not among the documents;
parents         the documents that may be named as the parent;
neither         the document is an origin, whatever it quotes.

They were read in two halves. After the first, the model was mended. The second showed that aggregators are no newsrooms.

A text of an agency is right as the child of an unseen source of that name; if it is the only copy, also as an origin. A copy
without an edge ("missed") is wrong, and so is every edge to another parent. The record is `bench/records/<date>/origins.md`.
"""

import argparse
import datetime
import json
from collections import Counter
from pathlib import Path
from typing import Any

import dedup
from dedup.types import Provenance

ROOT = Path(__file__).resolve().parents[2]
LABELS = Path(__file__).with_name("origins.json")
COLUMNS = ("documents", "right", "edges right", "edges wrong", "unseen right", "unseen wrong", "origins right", "missed")


def score(groups: list[dict[str, dict[str, Any]]], found: Provenance) -> tuple[Counter[str], list[tuple[float, bool]]]:
    """Return the number of answers of each kind; and for each edge its confidence, and whether it is right."""
    edges = {edge.child: edge for edge in found.edges if edge.kind != "passage"}
    sources = {source.id: source.agency for source in found.sources}
    counts: Counter[str] = Counter()
    claims = []
    for group in groups:
        copies = Counter(label.get("agency") for label in group.values())
        for name, label in group.items():
            edge, agency = edges.get(name), label.get("agency")
            if edge is None:
                right = "parents" not in label and (agency is None or copies[agency] == 1)
                counts["origins right" if right else "missed"] += 1
            else:
                unseen = edge.parent in sources
                named = agency is not None and sources.get(edge.parent) == agency
                right = named if unseen else edge.parent in label.get("parents", ())
                counts[f"{'unseen' if unseen else 'edges'} {'right' if right else 'wrong'}"] += 1
                claims.append((edge.confidence, right))
            counts["documents"] += 1
            counts["right"] += right
    return counts, claims


def main() -> None:
    """Trace, score, print and record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("documents")
    found = dedup.trace(dedup.read([parser.parse_args().documents])).provenance
    lines = [f"# Origins of real news, dedup {dedup.__version__}", ""]
    lines += [f"| half | {' | '.join(COLUMNS)} | confidence | of these right |", f"|{'---|' * (len(COLUMNS) + 3)}"]
    for half, groups in json.loads(LABELS.read_text(encoding="utf-8")).items():
        counts, claims = score(groups, found)
        confidence, right = (sum(part) / len(claims) for part in zip(*claims, strict=True))
        lines.append(f"| {half} | {' | '.join(str(counts[name]) for name in COLUMNS)} | {confidence:.2f} | {right:.2f} |")
    print("\n".join(lines))
    folder = ROOT / "bench" / "records" / datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "origins.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
