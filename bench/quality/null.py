"""What unrelated texts reach: the bits of the best alignment of pairs that share nothing but their language.

    pip install '.[bench]' && python bench/quality/null.py PATH... [--pairs 4000]

PATH is what `dedup scan` reads. Pairs of its documents are drawn at random; those that share a word 5-gram are left out, for
they may be related, and so each pair is a sample of the null hypothesis. The same is done with the words of each document in
random order. By Karlin and Altschul (1990) the best score of two texts of m and n tokens exceeds x + log2(mn) with a chance of
about K 2^(-lambda x): the plot shows the share of pairs above x, and the line at which a match is reported. Writes `null.md`
and `null.svg` into `bench/records/<date>/`.
"""

import argparse
import datetime
import math
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

import dedup
from dedup.align import align
from dedup.align import word_weights as background
from dedup.params import match_preset
from dedup.text.tokens import tokenise
from dedup.types import Document

RECORDS = Path(__file__).resolve().parents[1] / "records"
MARKS = (1e-1, 1e-2, 1e-3)


def excess(documents: list[Document], pairs: list[tuple[int, int]], name: str) -> npt.NDArray[np.float64]:
    """Return the bits of each pair's best alignment, less log2 of its token pairs, sorted; -inf where there is none."""
    params = replace(match_preset(name), threshold_bits=-100.0)
    tokens = tokenise([d.text for d in documents])
    bits = background.word_bits(tokens, params)
    sizes = np.diff(tokens.offsets)
    chosen = np.array(sorted(pairs), dtype=np.int64)
    a, b = chosen.T
    windows = np.column_stack([a, b, np.zeros_like(a), sizes[a], np.zeros_like(b), sizes[b]]).astype(np.uint32)
    found = align.align(tokens, documents, bits, windows, params)
    best = np.full((len(documents),) * 2, -np.inf)
    np.maximum.at(best, (found.rows[:, 0], found.rows[:, 1]), found.bits)
    out: npt.NDArray[np.float64] = np.sort(best[a, b] - np.log2(np.maximum(sizes[a] * sizes[b], 1)))
    return out


def permuted(document: Document, draw: random.Random) -> Document:
    """Return the document with its words in random order."""
    words = document.text.split()
    draw.shuffle(words)
    return replace(document, text=" ".join(words))


def main() -> None:
    """Draw, align, plot and record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+")
    parser.add_argument("--pairs", type=int, default=4000)
    parser.add_argument("--documents", type=int, default=1500, help="drawn from those that there are")
    options = parser.parse_args()
    draw = random.Random(1)
    every = [d for d in dedup.read(options.paths) if len(d.text) > 500]
    documents = sorted(draw.sample(every, min(len(every), options.documents)), key=lambda d: d.id)
    prints = [set(dedup.shingle_hashes(d.text, 5).tolist()) for d in documents]
    pairs: set[tuple[int, int]] = set()
    for _ in range(options.pairs * 10):
        a, b = sorted(draw.sample(range(len(documents)), 2))
        if len(pairs) < options.pairs and prints[a].isdisjoint(prints[b]):
            pairs.add((a, b))
    shuffled = [permuted(d, draw) for d in documents]
    threshold = match_preset("news").threshold_bits
    curves = {}
    lines = [
        f"{len(documents):,} documents, {len(pairs):,} pairs without a common word 5-gram; a match needs {threshold:g}",
        "",
        "| null, preset | exceeded by 10 % | 1 % | 0.1 % | most | above the threshold |",
        "|---|---|---|---|---|---|",
    ]
    for name in ("news", "rewritten"):
        for kind, texts in (("unrelated", documents), ("permuted", shuffled)):
            found = excess(texts, sorted(pairs), name)
            curves[f"{kind}, {name}"] = found
            marks = [found[min(len(found) - 1, int(len(found) * (1 - mark)))] for mark in MARKS]
            shown = " | ".join(f"{mark:.1f}" for mark in [*marks, found[-1]])
            lines.append(f"| {kind}, {name} | {shown} | {np.mean(found >= threshold):.3%} |")
    print("\n".join(lines))
    folder = RECORDS / datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "null.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    plot(curves, threshold, folder / "null.svg")


def plot(curves: dict[str, npt.NDArray[np.float64]], threshold: float, path: Path) -> None:
    """Draw the share of pairs above each number of bits."""
    import matplotlib as mpl  # noqa: PLC0415 slow to load

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "dedup"
    from matplotlib import pyplot as plt  # noqa: PLC0415

    figure, axes = plt.subplots(figsize=(7, 3.2))
    for label, found in curves.items():
        shown = found[np.isfinite(found)]
        above = np.arange(len(shown), 0, -1) / len(found)
        axes.step(shown, above, where="post", label=label)
    axes.axvline(threshold, color="grey", linestyle=":", linewidth=1)
    axes.set(yscale="log", xlabel="bits beyond log2 of the token pairs", ylabel="share of pairs")
    axes.set_ylim(bottom=10 ** math.floor(math.log10(0.5 / max(len(f) for f in curves.values()))))
    axes.legend(frameon=False)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})


if __name__ == "__main__":
    main()
