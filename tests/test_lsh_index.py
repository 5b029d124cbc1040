"""Storage: the index of signatures."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dedup
from dedup.hashing import bands as bands_module

STORY = "the army said on sunday that its troops had taken the last hill on the border after a week of heavy fighting"
words = st.lists(st.sampled_from("abcdef"), max_size=24).map(" ".join)


def near(texts: dict[str, str], index: dedup.LSH) -> set[tuple[str, str]]:
    """Pairs that agree in a band and in enough slots, by comparing all with all."""
    signed = {key: dedup.signatures([text], index.num_perm, shingle=index.shingle)[0] for key, text in texts.items()}
    bands, rows = index.bands
    least = bands_module.least_agreement(index.threshold, index.missed_at / 2, index.num_perm)

    def alike(x: np.ndarray, y: np.ndarray) -> bool:
        parts = (slice(b * rows, (b + 1) * rows) for b in range(bands))
        return any((x[p] == y[p]).all() for p in parts) and int((x == y).sum()) >= least and (x != 0xFFFFFFFF).any()

    keys = list(texts)
    return {(a, b) for n, a in enumerate(keys) for b in keys[n + 1 :] if alike(signed[a], signed[b])}


@settings(max_examples=60, deadline=None)
@given(st.lists(words, max_size=90), st.lists(st.integers(0, 89), max_size=10))
def test_queries_and_pairs_are_those_of_comparing_all_with_all(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], gone: list[int]
) -> None:
    index = dedup.LSH(0.5, num_perm=64, shingle=2)
    half = len(texts) // 2
    index.add([f"é{n}" for n in range(half)], texts[:half])
    index.add([f"é{n}" for n in range(half, len(texts))], dedup.signatures(texts[half:], 64, shingle=2))
    left = {f"é{n}": text for n, text in enumerate(texts)}
    for key in {f"é{n}" for n in gone} & left.keys():
        index.remove(key)
        del left[key]
    path = tmp_path_factory.mktemp("index") / "alike.lsh"
    index.save(path)
    expected = near(left, index)
    for one in (index, dedup.LSH.load(path)):
        assert list(one) == list(left)
        assert {(a, b) for a, b, _ in one.pairs()} == expected
        for key, text in left.items():
            found = {other for other, _ in one.query(text)}
            own = {key} if text else set()
            assert found == {b if a == key else a for a, b in expected if key in {a, b}} | own


def test_an_index_finds_a_text_with_one_word_changed_and_says_how_alike_it_is() -> None:
    index = dedup.LSH(0.5)
    index.add(["a", "b"], [STORY, "nothing of the kind was ever said by anybody at all in that place"])
    (key, similarity), *rest = index.query(STORY.replace("heavy", "light"))
    assert (key, rest) == ("a", [])
    assert similarity == pytest.approx(dedup.jaccard(STORY, STORY.replace("heavy", "light")), abs=0.15)
    assert index.query("") == []


def test_a_saved_index_can_be_added_to_and_saved_over_itself(tmp_path: Path) -> None:
    path = tmp_path / "x.lsh"
    index = dedup.LSH()
    index.add(["a"], [STORY])
    index.save(path)
    again = dedup.LSH.load(path)
    again.add([f"n{n}" for n in range(300)], [f"{STORY} {n}" for n in range(300)])
    again.save(path)
    third = dedup.LSH.load(path)
    assert len(third) == 301
    assert "n299" in third
    assert (third.threshold, third.bands, third.seed) == (index.threshold, index.bands, index.seed)
    assert [p.name for p in tmp_path.iterdir()] == ["x.lsh"]


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda index: index.add(["a"], ["x"]), "'a' is used already"),
        (lambda index: index.add(["b", "b"], ["x", "y"]), "'b' is used already"),
        (lambda index: index.add(["b"], ["x", "y"]), "1 keys for 2 texts"),
        (lambda index: index.add("b", ["x"]), "many keys"),
        (lambda index: index.add(["b"], np.zeros((1, 64), np.uint32)), "shape"),
        (lambda index: index.remove("b"), "no key 'b'"),
        (lambda _: dedup.LSH(0), "threshold is 0"),
        (lambda _: dedup.LSH(bands=(40, 4)), "do not fit"),
        (lambda _: dedup.LSH(scheme="sha1"), "no scheme"),  # type: ignore[arg-type] # the mistake tested
    ],
)
def test_what_cannot_be_is_refused_and_nothing_changes(call, told: str) -> None:  # type: ignore[no-untyped-def] # a lambda
    index = dedup.LSH()
    index.add(["a"], [STORY])
    with pytest.raises(dedup.UsageError, match=told):
        call(index)
    assert list(index) == ["a"]


def saved(tmp_path: Path) -> Path:
    path = tmp_path / "x.lsh"
    index = dedup.LSH()
    index.add(["a", "b"], [STORY, STORY + " again"])
    index.save(path)
    return path


def test_a_damaged_file_is_named_wherever_the_damage_is(tmp_path: Path) -> None:
    path = saved(tmp_path)
    whole = path.read_bytes()
    for at in range(0, len(whole), 97):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(dedup.SourceError, match=r"x\.lsh"):
            dedup.LSH.load(path)
    for size in [0, 1, 8, 24, 200, len(whole) - 1]:
        path.write_bytes(whole[:size])
        with pytest.raises(dedup.SourceError, match=r"x\.lsh"):
            dedup.LSH.load(path)
        if size <= 200:
            with pytest.raises(dedup.SourceError, match=r"x\.lsh"):
                dedup.LSH.load(path, check=False)


def test_an_index_of_another_version_says_which_and_the_way_out(tmp_path: Path) -> None:
    path = saved(tmp_path)
    whole = bytearray(path.read_bytes())
    whole[12] = 99
    path.write_bytes(whole)
    with pytest.raises(dedup.SourceError, match=r"hashes 99.*build the index again"):
        dedup.LSH.load(path)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(dedup.SourceError, match="cannot write"):
        dedup.LSH().save(tmp_path / "no" / "x.lsh")
    with pytest.raises(dedup.SourceError, match="cannot read"):
        dedup.LSH.load(tmp_path / "x.lsh")


def test_a_full_disk_leaves_the_old_index(tmp_path: Path) -> None:
    path = saved(tmp_path)
    before = path.read_bytes()
    code = (
        "import resource, signal, sys, dedup\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
        "index = dedup.LSH.load(sys.argv[1])\n"
        "index.add(['c'], ['some other words'])\n"
        "try: index.save(sys.argv[1])\n"
        "except dedup.SourceError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True, cwd="/")
    assert "cannot write" in done.stdout
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["x.lsh"]


@given(st.floats(0.05, 1), st.floats(1e-6, 0.5), st.integers(1, 64))
def test_the_estimate_fails_no_more_often_than_was_asked(threshold: float, missed_at: float, slots: int) -> None:
    least = bands_module.least_agreement(threshold, missed_at, slots)
    chances = [_binomial(shared, slots, threshold) for shared in range(slots + 1)]
    assert sum(chances[:least]) <= missed_at * (1 + 1e-9)
    if least < slots:
        assert sum(chances[: least + 1]) > missed_at * (1 - 1e-9)


def _binomial(shared: int, slots: int, chance: float) -> float:
    choices = 1
    for n in range(shared):
        choices = choices * (slots - n) // (n + 1)
    return float(choices * chance**shared * (1 - chance) ** (slots - shared))


def test_a_loaded_index_whose_file_is_cut_off_raises_and_kills_nobody(tmp_path: Path) -> None:
    path = tmp_path / "news.lsh"
    index = dedup.LSH(0.5)
    index.add([str(n) for n in range(500)], [f"w{n} w{n + 1} w{n + 2} w{n + 3} w{n + 4} w{n + 5} a b" for n in range(500)])
    index.save(path)
    loaded = dedup.LSH.load(path)
    assert loaded.query("w5 w6 w7 w8 w9 w10 a b")
    path.write_bytes(b"")
    for ask in (lambda: loaded.query("w5 w6 w7 w8 w9 w10 a b"), lambda: list(loaded), loaded.pairs, lambda: loaded.remove("7")):
        with pytest.raises(dedup.DamagedError, match="overwritten"):
            ask()
