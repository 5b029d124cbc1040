"""Fit the calibrations of `ConfidenceParams` (`dedup/params.py`): how often a parent is right that has a share of the walk.

    python bench/quality/calibrate.py [--stories 40]

A calibration is a logistic regression (Platt 1999) over the log odds of a share. Main parents count as right if they are right
as a version (see `tracing.py`). Their regression has further constants, for dates in order, for a credit to the parent, and for
an unseen parent; it is fitted on the trees of `worlds`, small and large. The sources of passages are fitted on its collages and
on its trees. The stories are not those that `tracing.py` reports: their seeds are others, and their worlds have more second
sources, more added sentences and fewer dates. Prints the fields.
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
from dedup.trace_params import SHARE_LEAST, TRACE_PRESETS, Calibration, ConfidenceParams, calibrated

MIX = [replace(world, second=0.25, own=0.5, undated=0.4) for world in WORLDS]
LARGE = 300
"""Documents of a story that is searched in pieces. There are a tenth as many of these stories."""
FIRST = 1000
"""The first seed, above those of `tracing.py`."""
Claim = tuple[float, tuple[bool, bool, bool], bool]
"""The share; whether dates are in order, the parent is credited, and it is unseen; whether it was right."""

SHARES = Calibration()
"""Leaves a share as it is."""
TRACE_PRESETS["plain"] = replace(
    TRACE_PRESETS["news"],
    preset="plain",
    confidence=ConfidenceParams(main=SHARES, pieces=SHARES, passage=SHARES, passage_in_tree=SHARES),
)


def claims(world: World, timed: bool, size: int | None, passages: bool, seed: int) -> list[Claim]:
    """Return the claims about one story: about the sources of its passages, or about its main parents."""
    truth = story(world, seed, size or SIZES[seed % len(SIZES)])
    documents = {d.id: d if timed else replace(d, published=None) for d in truth.documents}
    found = dedup.trace(documents.values(), preset="plain").provenance
    tally = score(truth, found)
    if passages:
        return [(share, (False, False, False), right) for share, right in tally.found]
    out = []
    edges = sorted((e for e in found.edges if e.kind != "passage" and e.child in documents), key=lambda e: e.child)
    for edge, (share, right) in zip(edges, tally.claims, strict=True):
        parent = documents.get(edge.parent)
        then, now = parent and parent.published, documents[edge.child].published
        credited = any(reason.kind == "credit" for reason in edge.reasons)
        out.append((share, (bool(then and now and then < now), credited, parent is None), right))
    return out


def fit(found: Sequence[Claim]) -> npt.NDArray[np.float64]:
    """Return the constant, the slope and the three further constants, by Newton's method, with a weak prior at 0."""
    shares, known, right = (np.array(column, float) for column in zip(*found, strict=True))
    odds = np.log(np.maximum(shares, SHARE_LEAST) / np.maximum(1 - shares, SHARE_LEAST))
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
    for name in ("main", "pieces", "passage", "passage_in_tree"):
        collage, passages = name == "passage", name.startswith("passage")
        size = LARGE if name == "pieces" else None
        seeds = range(FIRST, FIRST + max(1, options.stories // (10 if size else 1)))
        with ProcessPoolExecutor() as pool:
            worlds = [world for world in MIX if world.collage == collage]
            jobs = [
                pool.map(partial(claims, world, timed, size, passages), seeds) for world in worlds for timed in (True, False)
            ]
            found = [claim for job in jobs for own in job for claim in own]
        constant, slope, *more = fitted = fit(found).tolist()
        claimed = [(calibrated(share, constant + np.dot(more, known), slope), right) for share, known, right in found]
        shown = ", ".join(f"{value:.2f}" for value in fitted[: 2 if passages else 5])
        print(f"{name}: Calibration({shown})    {len(found):,} claims, error {calibration_error(claimed):.3f}")


if __name__ == "__main__":
    main()
