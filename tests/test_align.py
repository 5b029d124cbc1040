"""Stage 6: alignments, matches, changes."""

import math
import pickle
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import oracles
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dedup
from dedup import _native
from dedup.align import align
from dedup.align import word_weights as background
from dedup.arrays import Alignments, Tokens
from dedup.language.quoted import Quoted
from dedup.params import HASH_VERSION, MatchParams
from dedup.text.tokens import tokenise
from dedup.types import Document

PARAMS = MatchParams()
PLAIN = replace(
    PARAMS,
    end_fragment_bits=0.0,
    sentence_boundary_bits=0.0,
    max_drop_bits=1000.0,
    threshold_bits=0.0,
    far_jump_split_bits=math.inf,
    far_jump_split_share=1.0,
)
texts = st.lists(st.sampled_from(["ab", "cd", "ef", "gh", "ij"]), min_size=1, max_size=14).map(" ".join)


def aligned(a: str, b: str, params: MatchParams, bits: float | None = None) -> tuple[Alignments, Tokens]:
    tokens = tokenise([a, b])
    word_bits = background.word_bits(tokens, params) if bits is None else np.full(len(tokens.hashes), bits, np.float32)
    sizes = np.diff(tokens.offsets)
    window = np.array([[0, 1, 0, sizes[0], 0, sizes[1]]], np.uint32)
    return align.align(tokens, [Document("a", a), Document("b", b)], word_bits, window, params), tokens


def price(di: int, dj: int, params: MatchParams) -> float:
    """What a step costs, by the docstrings of `MatchParams`."""
    straight = math.inf
    if dj > 0:
        gap = params.gap_open + params.gap_extend * abs(di - dj) if di != dj else 0.0
        straight = params.mismatch * (min(di, dj) - 1) + gap
    near = params.near_jump_cost if dj != 0 and abs(dj) <= params.near_jump_words else math.inf
    skipped = params.jump_skip_cost * (di - 1)
    return min(straight, near + skipped, params.far_jump_cost + skipped)


@settings(max_examples=150)
@given(texts, texts, st.sampled_from([(math.inf, math.inf), (5.0, math.inf), (5.0, 9.0)]))
def test_the_best_alignment_carries_as_many_bits_as_any_chain_can(a: str, b: str, steps: tuple[float, float]) -> None:
    params = replace(
        PLAIN, topic_weight=0.0, threshold_bits=-20.0, near_jump_cost=steps[0], far_jump_cost=steps[1], near_jump_words=4
    )
    found, tokens = aligned(a, b, params, bits=8.0)
    ids = [tokens.ids[x:y].tolist() for x, y in zip(tokens.offsets, tokens.offsets[1:], strict=False)]
    best = oracles.best_chain(ids[0], ids[1], [8.0] * len(tokens.hashes), partial(price, params=params))
    assert found.bits.max(initial=-np.inf) == pytest.approx(best)


@settings(max_examples=150)
@given(texts, texts, st.sampled_from([2.0, 4.0, math.inf]))
def test_wording_is_the_best_stretch_of_words_that_are_worth_no_more_than_a_retelling_makes_them(
    a: str, b: str, most: float
) -> None:
    params = replace(PLAIN, topic_weight=0.0, threshold_bits=-20.0, retelling_word_bits=most)
    tokens = tokenise([a, b])
    sizes = np.diff(tokens.offsets)
    rows, bits, offsets, edits, _, wording = _native.alignments(
        tokens.ids,
        tokens.offsets,
        tokens.hashes,
        np.full(len(tokens.hashes), 8.0, np.float32),
        tokens.breaks,
        _native.word_classes(tokens.letters, tokens.bounds),
        tokens.letters,
        tokens.bounds,
        np.array([[0, 1, 0, sizes[0], 0, sizes[1]]], np.uint32),
        np.array([[-20.0, -20.0, params.max_whole_cells]], np.float32),
        False,
        params,
    )
    for n, (_, _, a_from, a_to, b_from, b_to, _) in enumerate(rows.tolist()):
        path = oracles.equal_places((a_from, a_to, b_from, b_to), edits[offsets[n] : offsets[n + 1]].tolist())
        step = partial(price, params=params)
        assert oracles.best_stretch(path, 8.0, step) == pytest.approx(bits[n])
        assert oracles.best_stretch(path, min(8.0, most), step) == pytest.approx(wording[n])


OURS = (
    "Forty passengers had to be lifted off a car ferry that ran aground in fog outside the harbour of Brunnvik. "
    "Deputy harbour master Marguerite Oyelaran Lindqvist said afterwards that she could only praise the crew. "
    "Nobody was hurt, and divers are to look at the keel before the ship is towed to a yard. "
)
THEIRS = (
    "A vessel with cars on board hit a reef yesterday, and helicopters took everyone to land within two hours. "
    "The captain did what he could, deputy harbour master Marguerite Oyelaran Lindqvist said. "
    "Tugs should arrive on Friday; until then nobody knows how bad the leak is."
)
NAME = "Deputy harbour master Marguerite Oyelaran Lindqvist said"


def shared(extra: str, params: MatchParams = PARAMS) -> list[str]:
    """What a scan finds in two reports of one event that both hold `extra`, as it stands in the first."""
    documents = [Document("a", OURS + extra), Document("b", extra + THEIRS)]
    return [documents[0].text[m.a.start : m.a.end] for m in dedup.scan(documents, preset=params).matches]


def test_two_reports_of_one_event_do_not_match_by_a_name_and_its_title() -> None:
    assert shared("", replace(PARAMS, retelling_word_bits=math.inf)) == [NAME]
    assert shared("") == []


def test_of_a_report_that_draws_on_another_a_name_is_a_match_too() -> None:
    copied = "The owners had twice put off repairs to the radar because no mechanic on the island was licensed to touch it. "
    assert shared(copied) == [NAME, copied.strip()]


def test_who_quotes_the_same_man_does_not_draw_on_another_but_the_quotation_is_a_match() -> None:
    quoted = "“We drifted for what felt like an hour and then heard a bang like a door being slammed,” one man told us. "
    found = shared(quoted)
    assert len(found) == 1
    assert "like a door being slammed" in found[0]


@settings(max_examples=200)
@given(st.lists(st.text(alphabet="ab .\n\"“”„«»‹›‘’‚'「」", max_size=12), min_size=1, max_size=3), st.data())
def test_quoted_characters_are_those_of_the_slow_rule(written: list[str], data: st.DataObject) -> None:
    documents = [Document(str(n), part + "z") for n, part in enumerate(written)]
    inside = [oracles.between_quotation_marks(d.text) for d in documents]
    docs = np.array(data.draw(st.lists(st.integers(0, len(written) - 1), min_size=1, max_size=5)), np.int64)
    ends = np.array([data.draw(st.integers(1, len(documents[d].text))) for d in docs.tolist()], np.int64)
    starts = np.array([data.draw(st.integers(0, end - 1)) for end in ends.tolist()], np.int64)
    quoted = Quoted(docs, documents)
    extents = list(zip(docs.tolist(), starts.tolist(), ends.tolist(), strict=True))
    assert quoted.share(starts, ends).tolist() == [sum(inside[d][x:y]) / (y - x) for d, x, y in extents]
    assert quoted.touches(starts, ends).tolist() == [any(inside[d][x:y]) for d, x, y in extents]


def test_a_word_that_stands_elsewhere_in_the_two_texts_is_worth_less() -> None:
    # One other place among six tokens, or among as many as two texts are taken to have at least.
    for least, tokens in ((0.0, 6), (6.0, 6), (100.0, 100)):
        params = replace(PLAIN, threshold_bits=-20.0, topic_words=least)
        once, _ = aligned("ab cd", "ab ef", params, bits=8.0)
        again, _ = aligned("ab cd ab", "ab ef ef", params, bits=8.0)
        assert once.bits[0] == 8.0
        assert again.bits[0] == pytest.approx(-math.log2(2**-8 + 1 / tokens))


@settings(max_examples=150)
@given(texts, texts)
def test_edits_say_exactly_what_is_not_equal(a: str, b: str) -> None:
    found, tokens = aligned(a, b, replace(PLAIN, threshold_bits=-20.0), bits=8.0)
    ids = [tokens.ids[x:y].tolist() for x, y in zip(tokens.offsets, tokens.offsets[1:], strict=False)]
    for number, (_, _, a_start, a_to, b_start, b_to, equal) in enumerate(found.rows.tolist()):
        i, j, count = a_start, b_start, 0
        for a_from, a_end, b_from, b_end in [*found.edits_of(number).tolist(), [a_to, a_to, b_to, b_to]]:
            assert ids[0][i:a_from] == ids[1][j:b_from]
            count += a_from - i
            i, j = a_end, b_end
        assert count == equal


def test_equal_texts_are_one_verbatim_match() -> None:
    source = "Lebanese soldiers captured by militants three years ago were buried near Arsal on Sunday, officials said."
    (match,) = dedup.compare(source, source)
    assert (match.kind, match.identity, match.changes) == ("verbatim", 1.0, ())
    assert (match.a, match.b) == ((None, 0, len(source)), (None, 0, len(source)))


def test_a_passage_may_stand_twice() -> None:
    passage = "Lebanese soldiers captured by militants three years ago were buried near Arsal"
    between = " ".join(f"Unrelated words number {n} fill this place." for n in range(12))
    found = dedup.compare(passage + ".", f"{passage}. {between} {passage}.")
    assert [m.b.start for m in found] == [0, len(passage) + len(between) + 3]


def test_moved_sentences_are_found_each() -> None:
    first = "Lebanese soldiers captured by militants three years ago were buried near the town of Arsal."
    second = "Washington supplied sizeable military equipment worth several hundred million dollars annually."
    found = dedup.compare(f"{first} {second}", f"{second} {first}")
    assert sorted((m.a.start, m.b.start) for m in found) == [(0, len(second) + 1), (len(first) + 1, 0)]


def test_unrelated_texts_match_nowhere() -> None:
    a = "The committee met on Tuesday to talk about the budget for the new school and the road to it."
    b = "The band played on the first day of the festival, and the crowd went home in the rain."
    assert dedup.compare(a, b) == []


@pytest.mark.parametrize("empty", ["", " \n ", "…!"])
def test_text_without_words_matches_nothing(empty: str) -> None:
    assert dedup.compare(empty, "some words here") == []
    assert dedup.compare(empty, empty) == []


def test_every_third_word_changed_is_still_found_without_a_shared_run() -> None:
    kept = tuple("Hezbollah fighters besieged Qalamoun barracks overnight while Damascus denied negotiating corridors".split())
    a = " ".join(w if n % 3 else f"alpha{n}" for n, w in enumerate(kept * 2))
    b = " ".join(w if n % 3 else f"omega{n}" for n, w in enumerate(kept * 2))
    assert [m.kind for m in dedup.compare(a, b)] == ["edited"]


def test_rewritten_joins_what_stands_close_together() -> None:
    one = "Lebanese soldiers captured by militants three years ago were buried near Arsal"
    two = "Washington supplied sizeable military equipment worth several hundred million dollars annually"
    a = f"{one}. {' '.join(f'left{n}' for n in range(40))}. {two}."
    b = f"{one}. {' '.join(f'right{n}' for n in range(40))}. {two}."
    assert len(dedup.compare(a, b)) == 2
    (match,) = dedup.compare(a, b, preset="rewritten")
    assert match.changes[0].type == "replace"


def test_rewritten_calls_nothing_verbatim_that_stands_in_another_order() -> None:
    one = "Lebanese soldiers captured by militants three years ago were buried near Arsal."
    two = "Washington supplied sizeable military equipment worth several hundred million dollars annually."
    (match,) = dedup.compare(f"{one} {two}", f"{two} {one}", preset="rewritten")
    assert match.kind == "edited"
    for change in match.changes:
        assert match.a.start <= change.a.start <= change.a.end <= match.a.end
        assert match.b.start <= change.b.start <= change.b.end <= match.b.end


def test_a_preset_that_does_not_exist_is_named_with_those_that_do() -> None:
    with pytest.raises(dedup.UsageError, match="news, rewritten"):
        dedup.compare("a", "b", preset="lyrics")


FRAME = "The commander of the northern brigade told reporters in the besieged capital that {} before the long winter began."


@pytest.mark.parametrize(
    ("old", "new", "flag"),
    [
        ("270 houses burned down", "300 houses burned down", "number"),
        ("prices rose to 3.5 percent there", "prices rose to 35 percent there", "number"),
        ("five houses burned down", "seven houses burned down", "number"),
        ("troops left on Monday night", "troops left on Friday night", "date"),
        ("troops may march north again", "troops could march north again", None),
        ("they took 40 square km of land", "they took 40 square miles of land", "unit"),
        ("the leader Nasrallah had fled", "the leader Hariri had fled", "name"),
        ("there was “no hope for anyone” there", "there was “no chance for anyone” there", "quote"),
        ("the soldiers were ready to fight", "the soldiers were not ready to fight", "negation"),
        ("the U.S. envoy came home early", "the US envoy came home early", None),
        ("the cease-fire came too late", "the truce came too late", None),
    ],
)
def test_a_changed_fact_is_flagged(old: str, new: str, flag: str | None) -> None:
    (match,) = dedup.compare(FRAME.format(old), FRAME.format(new))
    flags = {f for c in match.changes for f in c.flags}
    assert flags == ({flag} if flag else set())


@pytest.mark.parametrize(
    ("old", "new", "flag"),
    [
        ("the toll was $70 a head", "the toll was £70 a head", "unit"),
        ("the gauge rose to -7 marks", "the gauge rose to 7 marks", "number"),
        ("prices rose by 7% there", "prices rose by 7 there", "unit"),
        ("the aim was far too high a price", "the aim was “far too high” a price", "quote"),
    ],
)
def test_a_sign_that_was_changed_between_equal_words_is_a_change(old: str, new: str, flag: str) -> None:
    (match,) = dedup.compare(FRAME.format(old), FRAME.format(new))
    assert match.identity == 1
    assert {f for c in match.changes for f in c.flags} == {flag}


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("Eleven lorries crossed the river before the bridge was closed to all traffic.", "Ninety", "Eleven"),
        ("The bridge was closed to all traffic and the toll for a lorry was put at 57.", "75", "57"),
        ("The bridge over the northern river was closed to all traffic by Berta Olsen.", "Holm", "Olsen"),
    ],
)
def test_a_fact_changed_at_an_end_of_a_sentence_belongs_to_the_match(old: str, new: str, words: str) -> None:
    (match,) = dedup.compare(old, old.replace(words, new))
    (change,) = match.changes
    assert old[change.a.start : change.a.end] == words
    assert change.flags
    assert match.a[1:] == (0, len(old))


def test_a_dateline_is_not_taken_into_a_match() -> None:
    text = "The bridge over the northern river was closed to all traffic."
    (match,) = dedup.compare(f"OSLO (AFP) - {text}", f"BERGEN (NTB) - {text}")
    assert match.kind == "verbatim"


@pytest.mark.parametrize(
    "marks", ['""', "“”", "„“", "„”", "””", "«»", "»«", "‹›", "›‹", "‘’", "‚‘", "‚’", "''", "「」", "『』", "《》"]
)
def test_a_number_changed_inside_any_quotation_marks_is_flagged_as_quoted(marks: str) -> None:
    said = f"there were {marks[0]}270 houses in ruins, and no one’s roof was whole{marks[1]} in the town"
    (match,) = dedup.compare(FRAME.format(said), FRAME.format(said.replace("270", "300")))
    assert [change.flags for change in match.changes] == [("number", "quote")]


@pytest.mark.parametrize(
    "said",
    [
        "the farmers’ 270 houses weren’t among the drivers’ losses",
        "since the ‘90s the town’s 270 houses were the farmers’ own",
        "they took 'em from 270 houses in the farmers' quarter",
        "l’eau et l'air de 270 maisons d’ici",
        "Home › News 270 › Politics and the « rest",
    ],
)
def test_an_apostrophe_or_an_arrow_opens_no_quotation(said: str) -> None:
    (match,) = dedup.compare(FRAME.format(said), FRAME.format(said.replace("270", "300")))
    assert [change.flags for change in match.changes] == [("number",)]


def test_a_change_says_where_it_stands_on_both_sides() -> None:
    a, b = FRAME.format("270 houses burned down"), FRAME.format("about 300 houses burned")
    (match,) = dedup.compare(a, b)
    found = [(c.type, a[c.a.start : c.a.end], b[c.b.start : c.b.end]) for c in match.changes]
    assert found == [("replace", "270", "about 300"), ("delete", "down", "")]


def test_nearly_equal_words_earn_part_of_their_bits() -> None:
    a, b = FRAME.format("Hezbollah normalised relations"), FRAME.format("Hizballah normalized relations")
    unlike = FRAME.format("Xylophone vandalised relations")
    assert dedup.compare(a, b)[0].bits > dedup.compare(a, unlike)[0].bits


def test_a_rare_word_is_worth_more_than_a_common_one_and_none_more_than_the_limit() -> None:
    tokens = tokenise(["the government of qalamoun กา 2017"])
    bits = background.word_bits(tokens, PARAMS)
    assert bits[0] < bits[1] < bits[3] <= PARAMS.max_word_bits
    assert bits[4] < 8
    assert bits[6] < bits[3]


def test_a_word_that_most_documents_hold_is_worth_less() -> None:
    many = tokenise(["qalamoun once"] * 500 + ["arsal"])
    bits = background.word_bits(many, PARAMS)
    assert bits[0] < bits[2]


def test_word_frequencies_for_another_version_of_the_word_hashes_are_refused(tmp_path: Path) -> None:
    table = np.zeros(3, [("hash", "<u4"), ("decibits", "u1")])
    for version in (HASH_VERSION, HASH_VERSION + 1):
        with (tmp_path / f"{version}.npy").open("wb") as file:
            np.save(file, np.uint32(version))
            np.save(file, table)
    assert len(background.load_prior(tmp_path / f"{HASH_VERSION}.npy").keys) == 3
    with pytest.raises(dedup.DedupError, match=f"version {HASH_VERSION + 1}, but this dedup computes version {HASH_VERSION}"):
        background.load_prior(tmp_path / f"{HASH_VERSION + 1}.npy")


def test_the_built_in_word_frequencies_are_those_of_the_hashes_that_are_computed() -> None:
    tokens = tokenise(["the qqqqzx"])
    common, unknown = background.prior_bits(tokens, PARAMS).tolist()
    assert common < 6
    assert unknown == PARAMS.unseen_word_bits


@pytest.mark.parametrize("name", ["rows", "edits", "ranks"])
def test_a_kernel_refuses_an_array_whose_values_do_not_follow_each_other_by_rows(name: str) -> None:
    arrays = {"rows": np.zeros((2, 7), np.uint32), "edits": np.zeros((2, 4), np.uint32), "ranks": np.zeros((2, 2), np.uint32)}
    arrays[name] = np.asfortranarray(arrays[name])
    offsets, dated = np.array([0, 0, 2], np.int64), np.ones(2, np.bool_)
    with pytest.raises(TypeError, match="not in C order") as refused:
        _native.cut_families(arrays["rows"], offsets, arrays["edits"], arrays["ranks"], dated, PARAMS)
    assert refused.value.__notes__ == [f"while processing '{name}'"]


def test_a_kernel_refuses_to_write_to_an_array_in_another_order() -> None:
    signatures, heads = np.zeros((1, 8), np.uint32), np.zeros((4, 8), np.uint32, order="F")
    with pytest.raises(TypeError, match="not in C order"):
        _native.lsh_insert(signatures, 4, 2, 0, heads, np.zeros((1, 4), np.uint32))


def test_the_alignment_kernel_refuses_what_does_not_fit() -> None:
    tokens = tokenise(["a b c", "a b c"])
    bits = np.ones(len(tokens.hashes), np.float32)
    with pytest.raises(ValueError, match="outside"):
        align.align(tokens, [], bits, np.array([[0, 1, 0, 9, 0, 3]], np.uint32), PARAMS)
    with pytest.raises(ValueError, match="fit"):
        _native.document_counts(tokens.ids, tokens.offsets, 1)


def test_changes_are_the_same_whenever_and_wherever_they_are_looked_at() -> None:
    words = " ".join(f"w{n}" for n in range(30))
    (match,) = dedup.scan(
        [Document("a", f"{words} Sunday {words[::-1]}"), Document("b", f"{words} Monday {words[::-1]}")]
    ).matches
    assert [change.type for change in match.changes] == ["replace"]
    again = pickle.loads(pickle.dumps(match))
    assert isinstance(match.changes, tuple)
    assert match == again
    assert hash(match) == hash(again)
    assert replace(match, bits=0.0).changes == match.changes


@pytest.mark.parametrize("count", [400, 395, 380])
def test_a_word_printed_hundreds_of_times_is_aligned_from_end_to_end(count: int) -> None:
    # A rule of dashes whose characters were broken: all its words are one.
    told = [" ".join(f"{name}{n}" for n in range(30)) for name in ("red", "green", "blue")]
    one, other = (f"{told[0]}. {' '.join(['ae'] * n)}. {told[1]}. {told[2]}." for n in (400, count))
    (match,) = dedup.compare(one, other)
    assert one[match.a.start : match.a.end].strip(".") == one.strip(".")
    assert match.identity > 0.95
