"""Benchmarks of the kernels, each with its answer checked.

pytest bench/speed                       with times
pytest bench/speed --benchmark-disable   the answers alone, once
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from corpus import articles

import dedup
from dedup import _native, lsh, text

Benchmark = Callable[..., Any]


@pytest.fixture(scope="module")
def texts() -> list[str]:
    return articles(1000)


def test_tokens(benchmark: Benchmark, texts: list[str]) -> None:
    found = benchmark(text.tokenise, texts)
    assert len(found) == 1000
    assert np.diff(found.offsets).min() > 250


def test_shingle_hashes(benchmark: Benchmark, texts: list[str]) -> None:
    found = benchmark(lambda: [dedup.shingle_hashes(t) for t in texts])
    assert len(found[0]) == np.diff(text.tokenise(texts[:1]).offsets)[0] - 4


def test_signatures_of_a_list(benchmark: Benchmark, texts: list[str]) -> None:
    found = benchmark(dedup.signatures, texts)
    assert found.shape == (1000, 128)


def test_signatures_of_a_column(benchmark: Benchmark, texts: list[str]) -> None:
    found = benchmark(dedup.signatures, pa.array(texts))
    assert (found == dedup.signatures(texts)).all()


def test_band_candidates(benchmark: Benchmark, texts: list[str]) -> None:
    signed = dedup.signatures(texts).astype(np.uint32, copy=False)
    found = benchmark(lsh.candidates, signed, 32, 4, full=1000)
    assert len(found) >= 60


def test_near_duplicates(benchmark: Benchmark, texts: list[str]) -> None:
    pairs, similarity = benchmark(dedup.near_duplicates, texts)
    exact = {(i, j): dedup.jaccard(texts[i], texts[j]) for i, j in pairs.tolist()}
    assert similarity.tolist() == list(exact.values())
    assert min(exact.values()) >= 0.7


def test_scan(benchmark: Benchmark, texts: list[str]) -> None:
    documents = [dedup.Document(f"d{n:04}", t) for n, t in enumerate(texts[:200])]
    report = benchmark(dedup.scan, documents)
    assert len(report.matches) >= 15


def test_one_thread_gives_what_many_give(texts: list[str]) -> None:
    many = dedup.signatures(texts)
    _native.set_threads(1)
    assert (dedup.signatures(texts) == many).all()
    _native.set_threads(0)
