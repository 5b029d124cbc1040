"""Trace the stories of `worlds`, in which it is known who copied whom, and write a record of what was right and how surely.

    python bench/quality/tracing.py [--stories 20]

`dedup.trace` gets only the documents, once with their times and once without. No open benchmark of these questions was known
when this was written, so the measures are defined here, in full:

version         share of documents whose parent is right or as good. A document is as good as the true parent if it holds, word
                for word but for spelling, every sentence that the child has from its true source, and was not made from the
                child. For an origin, any document that holds all of it is as good. For a collage, which has no main source,
                each document that it borrowed from (see `passages`) is right. A copy that left the words of its unseen source
                as they were may stand for that source. No text shows which of several equal documents was copied, so naming
                any of them is right.
directed        F1 of the edges between documents, one parent for each document, mean over stories. Here equal wording does not
                count.
ancestry        the same for all pairs of a document and one of its ancestors; unseen sources are passed through.
hidden          precision and recall of unseen sources. A source is found if its children and those of a true one overlap by
                half (Jaccard index). Each is matched once, the best match first.
false hidden    share of stories with an unseen source that matches none.
passages        share of true borrowings for which there is an edge from the source, or a document with the same wording, to the
                borrower. A borrowing is 15 words or more from a document that is not the main source.
passages told   share of the edges of kind `passage` that are such a borrowing. An edge from an earlier source of the source is
                wrong.
calibration     expected calibration error of the confidences of edges, without passages, against right as a version, in ten
                bins of equal width, weighted by their sizes (Naeini, Cooper and Hauskrecht 2015).
seconds         of `dedup.trace`, in sum; each story runs on one core.

The record is `bench/records/<date>/tracing.md`.
"""

import argparse
import datetime
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from worlds import WORLDS, Story, World, story

import dedup
from dedup.types import Provenance

ROOT = Path(__file__).resolve().parents[2]
SIZES = (5, 6, 8, 8, 10, 10, 12, 12, 16, 20)
TIMES = {"all observed": 4, "collages": 4}
"""Worlds with more stories than the others, by factor: a false unseen source is rare, and a story of collages is small."""
BORROWED = 15
"""Words that a borrowing needs."""
BINS = 10
Names = Iterable[str]


@dataclass
class Tally:
    """Counts over stories. `claims`, and `found` for passages, are confidences and whether each was right."""

    stories: int = 0
    right: list[bool] = field(default_factory=list)
    claims: list[tuple[float, bool]] = field(default_factory=list)
    directed: list[float] = field(default_factory=list)
    ancestry: list[float] = field(default_factory=list)
    hidden: list[int] = field(default_factory=lambda: [0, 0, 0])
    """Unseen sources: matched, found, true."""
    false_hidden: int = 0
    passages: list[bool] = field(default_factory=list)
    found: list[tuple[float, bool]] = field(default_factory=list)
    seconds: float = 0.0

    def __add__(self, other: "Tally") -> "Tally":
        hidden = [a + b for a, b in zip(self.hidden, other.hidden, strict=True)]
        return Tally(
            self.stories + other.stories,
            self.right + other.right,
            self.claims + other.claims,
            self.directed + other.directed,
            self.ancestry + other.ancestry,
            hidden,
            self.false_hidden + other.false_hidden,
            self.passages + other.passages,
            self.found + other.found,
            self.seconds + other.seconds,
        )


def score(truth: Story, found: Provenance) -> Tally:
    """Score what was found of one story."""
    names = {d.id for d in truth.documents}
    above = {edge.child: edge.parent for edge in found.edges if edge.kind != "passage" and edge.child in names}
    true_above = {child: parent for child, parent in truth.parents.items() if parent is not None}
    alias, hits = _matched(_children(true_above, names), _children(above, names))
    as_good = equals(truth)
    right = {name: _right(truth, name, alias.get(above.get(name, ""), above.get(name)), as_good[name]) for name in names}
    pairs = {edge.child: edge.confidence for edge in found.edges if edge.child in above and edge.kind != "passage"}
    seen = {(c, p) for c, p in above.items() if p in names}
    true_seen = {(c, p) for c, p in true_above.items() if c in names and p in names}
    # `above` lacks the edges of unseen sources; ancestors are searched through them.
    through = {edge.child: edge.parent for edge in found.edges if edge.kind != "passage"}
    counts = [hits, len(_children(above, names)), len(_children(true_above, names))]
    passages, borrowed = _passages(truth, found)
    return Tally(
        1,
        [right[name] for name in sorted(names)],
        [(pairs[name], right[name]) for name in sorted(pairs)],
        [f1(seen, true_seen)],
        [f1(_ancestors(through, names), _ancestors(true_above, names))],
        counts,
        int(counts[1] > hits),
        passages,
        borrowed,
    )


def equals(truth: Story) -> dict[str, set[str]]:
    """Return for each document the documents that are as good as its true parent."""
    words = {d.id: {s.words for s in truth.texts[d.id]} for d in truth.documents}
    below: dict[str, set[str]] = defaultdict(set)
    for document, ancestor in _ancestors({c: p for c, p in truth.parents.items() if p}, truth.texts):
        below[ancestor].add(document)
    out = {}
    for name in words:
        parent, text = truth.parents[name], truth.texts[name]
        needs = [{s.held for s in text if s.source == parent}] if parent else [{s.words for s in text}]
        if parent is None:
            for source in {s.source for s in text if s.source in words}:
                taken = [s for s in text if s.source == source]
                if sum(len(s.words) for s in taken) >= BORROWED:
                    needs.append({s.held for s in taken})
        found = {other for need in needs if need for other in words if other != name and need <= words[other]}
        out[name] = found - below[name] if parent else found
    return out


def _right(truth: Story, name: str, parent: str | None, as_good: set[str]) -> bool:
    true = truth.parents[name]
    if parent == true or parent in as_good:
        return True
    if true is None or true in as_good or not true.startswith("hidden:"):
        return False
    kept = {child: [s for s in truth.texts[child] if s.source == true] for child, p in truth.parents.items() if p == true}
    unchanged = all(s.words == s.held for s in kept[name]) and len(kept[name]) == max(map(len, kept.values()))
    return unchanged and parent == truth.parents[true]


def _children(above: Mapping[str, str], names: set[str]) -> dict[str, set[str]]:
    """Return the documents below each unseen source that has two or more."""
    out: dict[str, set[str]] = defaultdict(set)
    for child, parent in above.items():
        if child in names and parent not in names:
            out[parent].add(child)
    return {name: own for name, own in out.items() if len(own) > 1}


def _matched(true: Mapping[str, set[str]], found: Mapping[str, set[str]]) -> tuple[dict[str, str], int]:
    """Return the true name of each unseen source that shares children with one, and how many share half of them."""
    pairs = sorted(((-len(t & f) / len(t | f), a, b) for a, t in true.items() for b, f in found.items() if t & f))
    alias: dict[str, str] = {}
    hits = 0
    for share, a, b in pairs:
        if b not in alias and a not in alias.values():
            alias[b] = a
            hits += -share >= 0.5
    return alias, hits


def _ancestors(above: Mapping[str, str], names: Names) -> set[tuple[str, str]]:
    out = set()
    for name in names:
        at: str | None = above.get(name)
        while at is not None and (name, at) not in out:
            out.add((name, at))
            at = above.get(at)
    return {(child, ancestor) for child, ancestor in out if ancestor in names}


def f1(found: set[tuple[str, str]], true: set[tuple[str, str]]) -> float:
    """Return the harmonic mean of precision and recall; of nothing in nothing, 1."""
    return 2 * len(found & true) / (len(found) + len(true)) if found or true else 1.0


def _passages(truth: Story, found: Provenance) -> tuple[list[bool], list[tuple[float, bool]]]:
    """Return whether each true borrowing was found; and for each one found its confidence, and whether it is true."""
    words = {d.id: {s.words for s in truth.texts[d.id]} for d in truth.documents}
    as_good: list[set[tuple[str, str]]] = []
    for name in sorted(words):
        for source in sorted({s.source or "" for s in truth.texts[name]} & words.keys() - {truth.parents[name]}):
            taken = [s for s in truth.texts[name] if s.source == source]
            if sum(len(s.words) for s in taken) >= BORROWED:
                alike = {
                    w for w in words if {s.held for s in taken} <= words[w] and name not in _way(truth, w, taken[0].origin)
                }
                as_good.append({(name, w) for w in alike - {name}})
    edges = {(edge.child, edge.parent) for edge in found.edges}
    passages = [((edge.child, edge.parent), edge.confidence) for edge in found.edges if edge.kind == "passage"]
    right = set().union(*as_good)
    return [bool(own & edges) for own in as_good], [(confidence, edge in right) for edge, confidence in passages]


def _way(truth: Story, name: str, origin: int) -> Iterable[str]:
    """Yield the texts through which a sentence was passed on to `name`, the nearest first."""
    while sources := [s.source for s in truth.texts[name] if s.origin == origin and s.source in truth.texts]:
        name = sources[0] or ""
        yield name


def calibration_error(claims: Sequence[tuple[float, bool]]) -> float:
    """Return the mean difference between confidence and the share that was right, over bins, weighted by their sizes."""
    return sum(abs(confidence - right) * count for count, confidence, right in bins(claims)) / max(1, len(claims))


def bins(claims: Sequence[tuple[float, bool]]) -> list[tuple[int, float, float]]:
    """Return for each bin: the number of claims, their mean confidence, and the share that was right."""
    parts: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for confidence, right in claims:
        parts[min(BINS - 1, int(confidence * BINS))].append((confidence, right))
    return [
        (len(own), sum(c for c, _ in own) / len(own), sum(r for _, r in own) / len(own)) for _, own in sorted(parts.items())
    ]


def trace(world: World, timed: bool, seed: int) -> Tally:
    """Return the score of one story."""
    truth = story(world, seed, SIZES[seed % len(SIZES)])
    documents = truth.documents if timed else tuple(replace(d, published=None) for d in truth.documents)
    started = time.perf_counter()
    found = dedup.trace(documents).provenance
    seconds = time.perf_counter() - started
    return replace(score(truth, found), seconds=seconds)


def row(name: str, tally: Tally) -> str:
    """Return a row of the table."""
    hit, found, true = tally.hidden
    shares = [
        share(sum(tally.right), len(tally.right)),
        share(sum(tally.directed), tally.stories),
        share(sum(tally.ancestry), tally.stories),
        share(hit, found),
        share(hit, true),
        share(tally.false_hidden, tally.stories),
        share(sum(tally.passages), len(tally.passages)),
        share(sum(right for _, right in tally.found), len(tally.found)),
        f"{calibration_error(tally.claims):.3f}",
        f"{tally.seconds:.1f}",
    ]
    return f"| {name} | {' | '.join(shares)} |"


def share(part: float, whole: int) -> str:
    """Return a share with three decimals; "–" if `whole` is 0."""
    return f"{part / whole:.3f}" if whole else "–"


def main() -> None:
    """Trace, score and record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stories", type=int, default=20, help="of each world")
    options = parser.parse_args()
    lines = [
        f"# Tracing of dedup {dedup.__version__}",
        "",
        f"{options.stories} stories of 5 to 20 documents in each world ({', '.join(TIMES)}: four times as many);"
        " `bench/quality/tracing.py` defines the measures.",
        "",
        "| world | version | directed | ancestry | hidden: precision | recall | false hidden | passages | passages told"
        " | calibration | seconds |",
        f"|{'---|' * 11}",
    ]
    print("\n".join(lines), flush=True)
    found: dict[str, Tally] = {}
    with ProcessPoolExecutor() as pool:
        for timed in (True, False):
            for world in WORLDS:
                tallies = pool.map(partial(trace, world, timed), range(options.stories * TIMES.get(world.name, 1)))
                name = world.name if timed else f"{world.name}, no times"
                found[name] = sum(tallies, Tally())
                lines.append(row(name, found[name]))
                print(lines[-1], flush=True)
    claims = [claim for tally in found.values() for claim in tally.claims]
    lines += ["", "| confidence | was right | edges |", "|---|---|---|"]
    lines += [f"| {confidence:.2f} | {right:.2f} | {count:,} |" for count, confidence, right in bins(claims)]
    print("\n".join(lines[-len(bins(claims)) - 3 :]))
    folder = ROOT / "bench" / "records" / datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tracing.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
