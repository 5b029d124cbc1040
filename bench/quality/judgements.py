"""Measure how many labelled passages of a file `dedup check` judges as their labels say.

    python bench/quality/judgements.py tests/data/check3.json

The table has a row for each label and a column for each judgement. The judgement of a labelled passage is the one that most of
its characters have; it is "none" if that is less than half of the passage. The table is also written to `bench/records`.
"""

import argparse
import datetime
import json
import tempfile
from collections import Counter
from pathlib import Path

import dedup
from dedup import Document
from dedup.types import JUDGEMENTS

ROOT = Path(__file__).resolve().parents[2]
RECORDS = ROOT / "bench" / "records"
LABELLED = ROOT / "tests" / "data" / "check.json"
NONE = "none"


def judged(path: Path) -> list[tuple[str, str, str]]:
    """Return the draft, the label and the judgement of each labelled passage of a file."""
    labelled = json.loads(path.read_text(encoding="utf-8"))
    out = []
    with tempfile.TemporaryDirectory() as folder, dedup.Index(Path(folder) / "archive.dedup") as index:
        index.add(_document(row) for row in labelled["archive"])
        for case in labelled["cases"]:
            rules = dedup.CheckRules(frozenset(case["licensed"]), frozenset(case["own_outlets"]))
            found = index.check(Document(case["id"], case["draft"], outlet=case["outlet"]), rules=rules).passages
            for passage in case["passages"]:
                counts: Counter[str] = Counter()
                for one in found:
                    counts[one.judgement] += max(0, min(one.end, passage["end"]) - max(one.start, passage["start"]))
                best, size = max(counts.items(), key=lambda item: item[1], default=(NONE, 0))
                right = 2 * size >= passage["end"] - passage["start"]
                out.append((case["id"], passage["judgement"], best if right else NONE))
    return out


def _document(row: dict[str, str]) -> Document:
    published = datetime.datetime.fromisoformat(row["published"]) if "published" in row else None
    outlet, kind, agency = (row.get(name) for name in ("outlet", "kind", "agency"))
    return Document(row["id"], row["text"], outlet=outlet, kind=kind, agency=agency, published=published)


def main() -> None:
    """Measure one file, print the table and record it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, nargs="?", default=LABELLED)
    file: Path = parser.parse_args().file
    found = judged(file)
    counts = Counter((label, judgement) for _, label, judgement in found)
    columns = [*JUDGEMENTS, NONE]
    lines = [f"| label | {' | '.join(columns)} |", "|---" * (len(columns) + 1) + "|"]
    lines += [f"| {label} | {' | '.join(str(counts[label, column] or '') for column in columns)} |" for label in JUDGEMENTS]
    right = sum(label == judgement for _, label, judgement in found)
    lines.append(f"\n{right} of {len(found)} right ({right / len(found):.1%}). Wrong:\n")
    lines += [f"- {name}: {label}, judged {judgement}" for name, label, judgement in found if label != judgement]
    print("\n".join(lines))
    folder = RECORDS / datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"judgements-{file.stem}.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
