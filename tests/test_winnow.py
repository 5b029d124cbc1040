"""Stage 5: fingerprints and seeds."""

from dataclasses import replace

import numpy as np
import oracles
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup import _native
from dedup.candidates import winnow
from dedup.params import IndexParams, MatchParams
from dedup.text.tokens import tokenise

INDEX, MATCH = IndexParams(), MatchParams()
# Few words, so that runs are shared, repeated and periodic.
texts = st.lists(st.sampled_from("abcdefgh"), max_size=60).map(" ".join)


def found_in(sources: list[str], match: MatchParams = MATCH) -> tuple[list[list[int]], list[list[int]]]:
    tokens = tokenise(sources)
    bits = np.full(len(tokens.hashes), 1.0, np.float32)
    order = np.tile(np.arange(len(sources), dtype=np.uint32), (2, 1))
    undated = np.full((2, len(sources)), 0xFFFFFFFF, np.uint32)
    seeds, _ = winnow.seeds(tokens, bits, order, undated, searched=0, index=INDEX, match=match)
    words = [tokens.ids[a:b].tolist() for a, b in zip(tokens.offsets, tokens.offsets[1:], strict=False)]
    return seeds.tolist(), words


@settings(max_examples=200)
@given(texts, texts, st.lists(st.sampled_from("abcdefgh"), min_size=8, max_size=20).map(" ".join))
def test_every_unbroken_shared_run_makes_its_documents_candidates(a: str, b: str, run: str) -> None:
    seeds, words = found_in([f"{a} {run} {b}", f"{b} {run} {a}"])
    assert oracles.shared_runs(words[0], words[1], INDEX.run)
    assert seeds


@settings(max_examples=200)
@given(texts, texts)
def test_every_seed_is_at_equal_words(a: str, b: str) -> None:
    seeds, words = found_in([a, b], replace(MATCH, min_seed_bits=0.0))
    for _, _, i, j in seeds:
        assert words[0][i : i + INDEX.fingerprint] == words[1][j : j + INDEX.fingerprint]


@settings(max_examples=200)
@given(st.lists(st.sampled_from("abcdefghijklmnop"), min_size=30, max_size=60), st.integers(0, 20), st.integers(8, 30))
def test_where_no_word_recurs_each_shared_run_holds_a_seed(base: list[str], start: int, length: int) -> None:
    distinct = [f"{w}{n}" for n, w in enumerate(base)]
    run = distinct[start : start + length]
    seeds, words = found_in([" ".join(distinct), " ".join(["x", *run, "y"])])
    runs = oracles.shared_runs(words[0], words[1], INDEX.run)
    for i, j in runs:
        assert any(i <= a <= i + INDEX.run - INDEX.fingerprint and a - i == b - j for _, _, a, b in seeds)


@settings(max_examples=100)
@given(st.lists(texts, min_size=3, max_size=8), st.lists(st.sampled_from("abcdefgh"), min_size=8, max_size=12).map(" ".join))
def test_a_long_list_joins_all_that_share_a_run_to_one(others: list[str], run: str) -> None:
    sources = [f"{other} {run} {n} {n}" for n, other in enumerate(others)]
    seeds, _ = found_in(sources, replace(MATCH, all_pairs_documents=2))
    linked = {0}
    for _ in sources:
        for a, b, _, _ in seeds:
            if a in linked or b in linked:
                linked |= {a, b}
    assert linked == set(range(len(sources)))


def test_a_common_phrase_of_few_bits_is_no_seed_below_the_guaranteed_run() -> None:
    phrase = "at the end of the"
    assert found_in([f"{phrase} day", f"{phrase} road"])[0] == []


def test_seeds_grow_linearly_with_a_family() -> None:
    words = " ".join(f"w{n}" for n in range(60))
    counts = [len(found_in([f"{words} copy{n}" for n in range(size)])[0]) for size in (200, 400)]
    assert counts[1] <= 2.1 * counts[0]


@given(texts)
def test_fingerprints_are_the_least_of_every_window(source: str) -> None:
    tokens = tokenise([source])
    columns = tokens.ids, tokens.offsets, tokens.hashes, INDEX.fingerprint
    every, _, at, _ = _native.fingerprints(*columns, 1, 3, 2)
    kept = set(_native.fingerprints(*columns, INDEX.window, 3, 2)[2].tolist())
    by_place = [h for _, h in sorted(zip(at.tolist(), every.tolist(), strict=True))]
    window = min(INDEX.window, len(by_place))
    expected = {
        max(range(first, first + window), key=lambda i: (-by_place[i], i))
        for first in range(len(by_place) - window + 1)
        if window
    }
    assert kept == expected


def test_a_phrase_that_recurs_in_one_text_hides_no_shared_run() -> None:
    phrase = "at the end of the"
    a = " ".join(f"{phrase} u{n}" for n in range(6)) + f" zz {phrase} q0 q1 q2 aa"
    seeds, words = found_in([a, f"kk {phrase} q0 q1 q2 bb"])
    assert oracles.shared_runs(words[0], words[1], INDEX.run)
    assert any(i > 35 for _, _, i, _ in seeds)
