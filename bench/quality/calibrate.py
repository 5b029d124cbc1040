"""Fit how surely a parent is right to how often the model's own walk has it: `calibration` in `dedup/provenance/beliefs.py`.

    python bench/quality/calibrate.py [--stories 40]

Logistic regressions (Platt 1999), of a share in log odds: for main parents, right as a version, with constants more where both
have dates in order, where the parent is credited, and where it is hidden, on the trees of `worlds`, small and large; and for
the sources of passages, on its collages and on its trees. The stories, with and without times, are apart from those that
`tracing.py` reports: other seeds, and worlds with more second sources, more added and fewer dates. Prints the tuples.
"""

import argparse
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial

import numpy as np
import numpy.typing as npt
from tracing import SIZES, calibration_error, score
from worlds import WORLDS, World, story

import dedup
from dedup.params import TRACE_PRESETS, calibrated

MIX = [replace(world, second=0.25, own=0.5, undated=0.4) for world in WORLDS]
LARGE = 300
"""Documents of a story that is weighed in pieces; of these there are a tenth as many."""
FIRST = 1000
"""The first seed, beyond those of `tracing.py`."""
Claim = tuple[float, tuple[bool, bool, bool], bool]
"""The share; whether dates are in order, the parent is credited, and it is hidden; whether it was right."""

TRACE_PRESETS["plain"] = replace(
    TRACE_PRESETS["news"],
    preset="plain",
    calibration=(0.0, 1.0, 0.0, 0.0, 0.0),
    calibration_pieces=(0.0, 1.0, 0.0, 0.0, 0.0),
    calibration_passage=(0.0, 1.0),
    calibration_passage_tree=(0.0, 1.0),
)


def claims(world: World, timed: bool, size: int | None, passages: bool, seed: int) -> list[Claim]:
    """Return what is claimed of one story: of the sources of its passages, or of its main parents."""
    truth = story(world, seed, size or SIZES[seed % len(SIZES)])
    documents = {d.id: d if timed else replace(d, published=None) for d in truth.documents}
    told = dedup.trace(documents.values(), preset="plain").provenance
    tally = score(truth, told)
    if passages:
        return [(share, (False, False, False), right) for share, right in tally.told]
    out = []
    edges = sorted((e for e in told.edges if e.kind != "passage" and e.child in documents), key=lambda e: e.child)
    for edge, (share, right) in zip(edges, tally.claims, strict=True):
        parent = documents.get(edge.parent)
        then, now = parent and parent.published, documents[edge.child].published
        credited = any(sentence.startswith(f"{edge.child} credits ") for sentence in edge.evidence)
        out.append((share, (bool(then and now and then < now), credited, parent is None), right))
    return out


def fit(found: Sequence[Claim]) -> npt.NDArray[np.float64]:
    """Return the constant, the slope and what each that is known adds, by Newton's method, with a weak prior at 0."""
    shares, known, right = (np.array(column, float) for column in zip(*found, strict=True))
    odds = np.log(np.maximum(shares, 0.02) / np.maximum(1 - shares, 0.02))
    x = np.column_stack([np.ones(len(odds)), odds, known])
    out = np.zeros(5)
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ out))
        out -= np.linalg.solve((x.T * (p * (1 - p))) @ x + 0.1 * np.eye(5), x.T @ (p - right) + 0.1 * out)
    return out


def main() -> None:
    """Trace, fit and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stories", type=int, default=40, help="of each world")
    options = parser.parse_args()
    for name in ("calibration", "calibration_pieces", "calibration_passage", "calibration_passage_tree"):
        collage, passages = name == "calibration_passage", name.startswith("calibration_passage")
        size = LARGE if name == "calibration_pieces" else None
        seeds = range(FIRST, FIRST + max(1, options.stories // (10 if size else 1)))
        with ProcessPoolExecutor() as pool:
            worlds = [world for world in MIX if world.collage == collage]
            jobs = [
                pool.map(partial(claims, world, timed, size, passages), seeds) for world in worlds for timed in (True, False)
            ]
            found = [claim for job in jobs for own in job for claim in own]
        constant, slope, *more = fitted = fit(found).tolist()
        said = [(calibrated(share, constant + np.dot(more, known), slope), right) for share, known, right in found]
        shown = ", ".join(f"{value:.2f}" for value in fitted[: 2 if passages else 5])
        print(f"{name} = ({shown})    {len(found):,} claims, error {calibration_error(said):.3f}")


if __name__ == "__main__":
    main()
