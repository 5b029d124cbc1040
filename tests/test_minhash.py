"""Stage 3: shingle hashes and signatures."""

import datasketch
import numpy as np
import oracles
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dedup
from dedup.params import Scheme

texts = st.text(st.characters(exclude_categories=["Cs", "Cn"]), max_size=40) | st.text("ab c", max_size=40)
LOW = 0xFFFF_FFFF


def peer(text: str, num_perm: int, k: int, seed: int, scheme: Scheme) -> datasketch.MinHash:
    """A signature by datasketch over our shingle hashes."""
    made = datasketch.MinHash(num_perm=num_perm, seed=seed, scheme=scheme, hashfunc=lambda h: h)
    made.update_batch([int(h) if scheme == "affine64" else int(h) & LOW for h in dedup.shingle_hashes(text, k)])
    return made


@given(texts, st.integers(1, 8))
def test_shingle_hashes_are_xxh3_of_folded_words_joined_by_spaces(text: str, k: int) -> None:
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
