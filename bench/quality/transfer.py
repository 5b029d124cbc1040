"""Ask whether the confidences of traced edges hold on news that they were not fitted on, set by set.

    python bench/quality/transfer.py FOLDER FOLDER...

Each FOLDER has `docs.jsonl` and `truth.jsonl` (or `.gz`): articles, and where their texts are from. A row of `truth` has
`id`, `group` and one of `agency` (a name: that agency's text), `parents` (documents that it was copied from), or neither (an
origin); `sources` are documents of the agency; rows with `unsure` or `context` are not counted.

An edge to a document is right if that is a parent or a source. An edge to an unseen source is right if its name is the
agency's; without a name, if all labelled children of the source have their text from one agency in one group.

For each set, a logistic regression over the log odds of the confidence (Platt 1999) is fitted on the edges of the other sets,
each set weighing the same, and applied to its own. Told are the expected calibration error in ten bins, and of the edges said
to be at least .9 the share that is right: with the confidences as they are, and with those that the other sets would have
given.
"""

import argparse
import gzip
import json
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from tracing import calibration_error

import dedup
from dedup.press.names import agency_of, newsroom_of, usual_name

SURE = 0.9
Claims = list[tuple[float, bool]]


def rows(folder: Path, name: str) -> list[dict[str, Any]]:
    """Return the rows of `folder/name.jsonl`, or of `.jsonl.gz`."""
    path = folder / f"{name}.jsonl"
    text = path.read_bytes() if path.exists() else gzip.decompress(path.with_suffix(".jsonl.gz").read_bytes())
    return [json.loads(line) for line in text.decode().splitlines()]


def same(one: str | None, other: str | None) -> bool:
    """Whether two names are of one newsroom."""
    names = [agency_of(name or "") or usual_name(newsroom_of(name or "")) for name in (one, other)]
    return names[0] == names[1]


def claims(folder: Path) -> Claims:
    """Trace one set; return of each main edge of a labelled document its confidence, and whether it is right."""
    truth = {row["id"]: row for row in rows(folder, "truth") if not row.get("unsure") and not row.get("context")}
    documents = rows(folder, "docs")
    fields = ("id", "text", "title", "url", "outlet", "published")
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "documents.jsonl"
        path.write_text("".join(json.dumps({k: d[k] for k in fields if d.get(k)}) + "\n" for d in documents), encoding="utf-8")
        found = dedup.trace(dedup.read([str(path)])).provenance
    outlets = {d["id"]: d.get("outlet") for d in documents}
    sources = {source.id: source.agency for source in found.sources}
    edges = [edge for edge in found.edges if edge.kind != "passage" and edge.child in truth]
    children = defaultdict(set)
    for edge in edges:
        children[edge.parent].add((truth[edge.child]["group"], truth[edge.child].get("agency")))
    out = []
    for edge in edges:
        label = truth[edge.child]
        parents = [*label.get("parents", ()), *label.get("sources", ())]
        right = edge.parent in parents
        if edge.parent in sources:
            told, agency = sources[edge.parent], label.get("agency")
            right = agency is not None and (same(told, agency) if told else len(children[edge.parent]) == 1)
            right = right or (told is not None and any(same(told, outlets.get(parent)) for parent in parents))
        out.append((edge.confidence, right))
    return out


def log_odds(found: Claims) -> npt.NDArray[np.float64]:
    """Return the log odds of each confidence."""
    said = np.clip([confidence for confidence, _ in found], 1e-3, 1 - 1e-3)
    return np.asarray(np.log(said / (1 - said)))


def fit(sets: list[Claims]) -> npt.NDArray[np.float64]:
    """Return the constant and the slope, by Newton's method, with a weak prior at 0 and 1."""
    x = np.column_stack([np.ones(sum(map(len, sets))), np.concatenate([log_odds(found) for found in sets])])
    right = np.array([right for found in sets for _, right in found], float)
    weight = np.concatenate([np.full(len(found), 100 / max(1, len(found))) for found in sets])
    prior, out = np.array([0.0, 1.0]), np.array([0.0, 1.0])
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ out))
        slope = x.T @ (weight * (right - p)) - (out - prior)
        out += np.linalg.solve(x.T @ (x * (weight * p * (1 - p))[:, None]) + np.eye(2), slope)
    return out


def row(name: str, how: str, found: Claims) -> str:
    """Return a row of the table."""
    sure = [right for confidence, right in found if confidence >= SURE]
    share = f"{sum(sure) / len(sure):.3f}" if sure else "–"
    return f"| {name} | {how} | {len(found):,} | {calibration_error(found):.3f} | {len(sure):,} | {share} |"


def main() -> None:
    """Trace, fit and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    found = {folder.name: claims(folder) for folder in parser.parse_args().folders}
    print("| set | confidences | edges | calibration error | said >= .9 | of these right |\n|---|---|---|---|---|---|")
    for name, own in found.items():
        constant, slope = fit([other for key, other in found.items() if key != name])
        said = 1 / (1 + np.exp(-(constant + slope * log_odds(own))))
        print(row(name, "as they are", own))
        print(row(name, "fitted on the others", list(zip(said.tolist(), (right for _, right in own), strict=True))))


if __name__ == "__main__":
    main()
