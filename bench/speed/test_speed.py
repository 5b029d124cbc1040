"""Benchmarks of the kernels, each with its answer checked.

pytest bench/speed                       with times
pytest bench/speed --benchmark-disable   the answers alone, once
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import xxhash
from corpus import articles

import dedup
from dedup import _native
from dedup.hashing import bands as lsh
from dedup.text.tokens import tokenise

Benchmark = Callable[..., Any]


@pytest.fixture(scope="module")
def texts() -> list[str]:
    return articles(1000)


def test_tokens(benchmark: Benchmark, texts: list[str]) -> None:
    found = benchmark(tokenise, texts)
    assert len(found) == 1000
    assert np.diff(found.offsets).min() > 250


def test_shingle_hashes(benchmark: Benchmark, texts: list[str]) -> None:
    found = benchmark(lambda: [dedup.shingle_hashes(t) for t in texts])
    assert len(found[0]) == np.diff(tokenise(texts[:1]).offsets)[0] - 4


def test_signatures_of_a_list(benchmark: Benchmark, texts: list[str]) -> None:
    found = benchmark(dedup.signatures, texts)
    assert found.shape == (1000, 128)


def test_signatures_of_a_column(benchmark: Benchmark, texts: list[str]) -> None:
    found = benchmark(dedup.signatures, pa.array(texts))
    assert (found == dedup.signatures(texts)).all()


def test_band_candidates(benchmark: Benchmark, texts: list[str]) -> None:
    signed = dedup.signatures(texts).astype(np.uint32, copy=False)
    found = benchmark(lsh.agreeing_pairs, signed, 32, 4, all_pairs=1000)
    assert len(found) >= 60


def test_band_keys(benchmark: Benchmark, texts: list[str]) -> None:
    signed = dedup.signatures(texts).astype(np.uint32, copy=False)
    found = benchmark(_native.band_keys, signed, 32, 4)
    assert found.shape == (1000, 32)
    assert found[7, 3] == xxhash.xxh3_64_intdigest(signed[7, 12:16].astype("<u4").tobytes())


def test_query(benchmark: Benchmark, texts: list[str]) -> None:
    index = dedup.LSH()
    index.add([str(n) for n in range(1000)], texts)
    found = benchmark(index.query, texts[17])
    assert found[0] == ("17", 1.0)


@pytest.mark.parametrize("language", ["vietnamese", "arabic", "chinese"])
def test_signatures_of_other_scripts(benchmark: Benchmark, language: str) -> None:
    many = articles(300, language=language)
    found = benchmark(dedup.signatures, many)
    assert (found == np.concatenate([dedup.signatures([t]) for t in many])).all()


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
