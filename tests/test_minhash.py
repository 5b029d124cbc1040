"""Stage 3: shingle hashes and signatures."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import datasketch
import numpy as np
import oracles
import pyarrow as pa
import pytest
import xxhash
from hypothesis import given, settings
from hypothesis import strategies as st

import dedup
from dedup import _native
from dedup.arrays import first_tokens
from dedup.hashing import minhash
from dedup.params import HASH_VERSION, Scheme
from dedup.text.tokens import cut, tokenise

texts = st.text(st.characters(exclude_categories=["Cs", "Cn"]), max_size=40) | st.text("ab c", max_size=40)
LOW = 0xFFFF_FFFF


def peer(text: str, num_perm: int, k: int, seed: int, scheme: Scheme) -> datasketch.MinHash:
    """A signature by datasketch over our shingle hashes."""
    made = datasketch.MinHash(num_perm=num_perm, seed=seed, scheme=scheme, hashfunc=lambda h: h)
    made.update_batch([int(h) if scheme == "affine64" else int(h) & LOW for h in dedup.shingle_hashes(text, k)])
    return made


@given(texts, st.integers(1, 8))
def test_shingle_hashes_are_polynomials_of_the_hashes_of_folded_words(text: str, k: int) -> None:
    assert dedup.shingle_hashes(text, k).tolist() == oracles.shingle_hashes(text, k)


@settings(max_examples=60)
@given(
    st.lists(texts, max_size=4),
    st.integers(1, 140),
    st.integers(1, 6),
    st.integers(0, 2**32 - 1),
    st.sampled_from(["affine32", "affine64", "legacy"]),
)
def test_signatures_equal_those_of_datasketch_bit_for_bit(
    sources: list[str], num_perm: int, k: int, seed: int, scheme: Scheme
) -> None:
    found = dedup.signatures(sources, num_perm, shingle=k, seed=seed, scheme=scheme)
    assert found.shape == (len(sources), num_perm)
    for text, row in zip(sources, found, strict=True):
        expected = peer(text, num_perm, k, seed, scheme)
        assert row.dtype == expected.hashvalues.dtype
        assert (row == expected.hashvalues).all()
        assert dedup.to_datasketch(row, seed=seed, scheme=scheme) == expected


def test_a_signature_goes_into_a_datasketch_lsh_and_is_found_there() -> None:
    source = "the quick brown fox jumps over the lazy dog again and again"
    signed = dedup.signatures([source, source + " today"])
    index = datasketch.MinHashLSH(threshold=0.5, num_perm=128)
    index.insert("first", dedup.to_datasketch(signed[0]))
    assert index.query(dedup.to_datasketch(signed[1])) == ["first"]


def test_an_iterable_is_signed_as_a_list_is() -> None:
    sources = [f"text number {n} of many" for n in range(5000)]
    assert (dedup.signatures(iter(sources)) == dedup.signatures(sources)).all()
    assert dedup.signatures(iter([])).shape == (0, 128)


@given(st.lists(st.text(alphabet=st.sampled_from("aЯé中's-1,\u200b\u0301\u00a0 \n\x1c.")), max_size=12), st.integers(1, 4))
def test_paragraphs_are_signed_by_their_tokens_as_by_their_text(texts: list[str], k: int) -> None:
    tokens, laid = cut(texts)
    first = first_tokens(tokens, laid)
    signed = minhash.token_signatures(tokens, first[:-1], np.diff(first), 16, shingle=k)
    owners = np.repeat(np.arange(len(texts)), np.diff(laid.offsets)).tolist()
    parts = [texts[d][a:b] for d, a, b in zip(owners, laid.starts, laid.ends, strict=True)]
    assert np.array_equal(signed, minhash.signatures(parts, 16, shingle=k))


def test_stretches_beyond_the_tokens_are_refused() -> None:
    tokens = tokenise(["one two three"])
    for first, count in ((-1, 1), (0, 4), (4, 0), (2, -1)):
        with pytest.raises(ValueError, match="not within"):
            minhash.token_signatures(tokens, np.array([first]), np.array([count]))


def test_text_without_words_has_the_empty_signature() -> None:
    assert (dedup.signatures(["", "… — !"]) == np.uint32(LOW)).all()
    assert dedup.shingle_hashes("").tolist() == []


@pytest.mark.parametrize(
    "call",
    [
        lambda: dedup.signatures("one text"),
        lambda: dedup.signatures(["x"], 0),
        lambda: dedup.signatures(["x"], shingle=0),
        lambda: dedup.signatures(["x"], scheme="sha1"),  # type: ignore[arg-type] # the mistake tested
        lambda: dedup.shingle_hashes("x", 0),
    ],
)
def test_a_wrong_argument_is_named(call) -> None:  # type: ignore[no-untyped-def] # a lambda
    with pytest.raises(dedup.UsageError):
        call()


@pytest.mark.parametrize(
    "column",
    [
        lambda rows: pa.array(rows, pa.string()),
        lambda rows: pa.array(rows, pa.large_string()),
        lambda rows: pa.array(rows, pa.string_view()),
        lambda rows: pa.chunked_array([pa.array(rows[:1], pa.string()), pa.array(rows[1:], pa.string())]),
        lambda rows: pa.array(["dropped", *rows], pa.string())[1:],
    ],
    ids=["string", "large", "view", "chunked", "sliced"],
)
def test_an_arrow_column_is_signed_as_a_list_is(column) -> None:  # type: ignore[no-untyped-def] # a lambda
    rows = ["the quick brown fox", None, "", "Füchse springen über den Hund", "x" * 100]
    expected = dedup.signatures([row or "" for row in rows])
    assert (dedup.signatures(column(rows)) == expected).all()


def test_an_arrow_column_of_numbers_is_refused() -> None:
    with pytest.raises(TypeError, match="a column of strings is needed"):
        dedup.signatures(pa.array([1, 2]))


def test_arrow_data_that_is_not_utf8_is_refused() -> None:
    broken = pa.Array.from_buffers(pa.string(), 1, [None, pa.py_buffer(b"\0\0\0\0\2\0\0\0"), pa.py_buffer(b"\xff\xfe")])
    with pytest.raises(ValueError, match="not valid Arrow data"):
        dedup.signatures(broken)


@settings(max_examples=100)
@given(st.text("ab '1,\n", max_size=200), st.lists(st.integers(1, 30), max_size=20), st.integers(1, 6))
def test_a_text_in_pieces_has_the_signature_of_the_whole(text: str, sizes: list[int], k: int) -> None:
    hasher, at = dedup.Hasher(16, shingle=k), 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dedup.hashing.minhash._PIECE", 8)
        for size in [*sizes, len(text)]:
            hasher.update(text[at : at + size])
            at += size
            assert (hasher.signature() == dedup.signatures([text[:at]], 16, shingle=k)[0]).all()


@given(texts, texts, st.integers(1, 4))
def test_jaccard_and_containment_are_those_of_the_shingle_sets(a: str, b: str, k: int) -> None:
    x, y = set(oracles.shingle_hashes(a, k)), set(oracles.shingle_hashes(b, k))
    assert dedup.jaccard(a, b, shingle=k) == (len(x & y) / len(x | y) if x | y else 0)
    assert dedup.containment(a, b, shingle=k) == (len(x & y) / len(x) if x else 0)


@pytest.mark.parametrize("scheme", ["affine32", "affine64", "legacy"])
def test_signatures_go_to_datasketch_and_back(scheme: Scheme) -> None:
    signed = dedup.signatures(["the quick brown fox jumps over the dog"], scheme=scheme)[0]
    theirs = dedup.to_datasketch(signed, scheme=scheme)
    for made in (theirs, datasketch.LeanMinHash(theirs)):
        back = dedup.from_datasketch(made)
        assert back.dtype == signed.dtype
        assert (back == signed).all()


VECTORS = json.loads((Path(__file__).parent / "data" / "hash_vectors.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("vector", VECTORS["texts"], ids=lambda v: v["text"][:20])
def test_hashes_are_those_of_every_release(vector: dict) -> None:  # type: ignore[type-arg] # JSON
    """Stored signatures must stay comparable: if this fails, it is the code that must change, or the hash version."""
    text = vector["text"]
    assert [folded for _, _, folded in oracles.tokens(text)] == vector["tokens"]
    assert [f"{h:016x}" for h in dedup.shingle_hashes(text).tolist()] == vector["shingle_hashes"]
    for scheme, expected in vector["signature"].items():
        assert [f"{v:x}" for v in dedup.signatures([text], 8, scheme=scheme)[0].tolist()] == expected
    signed = dedup.signatures([text], 8).astype(np.uint32, copy=False)
    keys = _native.band_keys(signed, 4, 2)[0].tolist()
    assert [f"{key:016x}" for key in keys] == vector["band_keys"]
    assert keys == [xxhash.xxh3_64_intdigest(band.astype("<u4").tobytes()) for band in signed.reshape(4, 2)]


@pytest.mark.parametrize("level", ["avx2", "portable"])
def test_every_processor_gives_the_same_hashes(level: str) -> None:
    code = (
        "import json, sys, dedup, hashlib\n"
        "texts = [v['text'] for v in json.load(open(sys.argv[1], encoding='utf-8'))['texts']]\n"
        "texts += [' '.join(texts) + c for c in 'aé’-1']\n"
        "whole = b''.join(dedup.shingle_hashes(t).tobytes() for t in texts) + dedup.signatures(texts, 150).tobytes()\n"
        "print(hashlib.sha256(whole).hexdigest())\n"
    )
    command = [sys.executable, "-c", code, str(Path(__file__).parent / "data" / "hash_vectors.json")]
    best, other = (
        subprocess.run(command, env=os.environ | more, cwd="/", capture_output=True, text=True, check=True).stdout
        for more in ({}, {"DEDUP_SIMD": level})
    )
    assert best == other


def test_the_vectors_are_of_the_version_that_is_stored() -> None:
    assert VECTORS["hash_version"] == HASH_VERSION


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[int]:
    """The port of a Redis server of our own."""
    server = shutil.which("redis-server")
    if server is None:
        pytest.skip("no redis-server here (Debian: apt-get install redis-server)")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    command = [server, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(tmp_path)]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            time.sleep(0.1)
        yield port
    finally:
        running.terminate()
        running.wait(10)


def test_signatures_go_into_a_datasketch_index_on_redis(redis: int) -> None:
    pytest.importorskip("redis")
    texts = [f"{' '.join(f'word{n + m}' for m in range(40))}" for n in range(0, 200, 20)]
    signed = dedup.signatures(texts)
    storage = {"type": "redis", "basename": b"dedup", "redis": {"host": "127.0.0.1", "port": redis}}
    index = datasketch.MinHashLSH(threshold=0.5, num_perm=128, storage_config=storage)
    for number, row in enumerate(signed):
        index.insert(f"text {number}", dedup.to_datasketch(row))
    again = datasketch.MinHashLSH(threshold=0.5, num_perm=128, storage_config=storage)
    for number, row in enumerate(dedup.signatures(texts)):
        assert f"text {number}" in again.query(datasketch.LeanMinHash(dedup.to_datasketch(row)))


@given(st.integers(0, (1 << 32) - 1), st.integers(1, 300))
def test_what_a_seed_draws_is_what_numpy_draws(seed: int, count: int) -> None:
    draw = np.random.RandomState(seed)
    a = draw.randint(0, 1 << 31, count, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    b = draw.randint(0, 1 << 32, count, dtype=np.uint32)
    assert minhash.permutations(count, seed, "affine32").tolist() == [a.tolist(), b.tolist()]
