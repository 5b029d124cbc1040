"""The benchmark of tracing: its stories are what they say they are, and its measures are right."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tracing import calibration_error, score
from worlds import LOST, WORLDS, Sentence, Story, World, story

from dedup.types import Document, Edge, Provenance


@given(st.sampled_from(WORLDS), st.integers(0, 10_000), st.integers(4, 12))
def test_what_a_story_says_of_its_sources_holds(world: World, seed: int, size: int) -> None:
    told = story(world, seed, size)
    documents = {d.id for d in told.documents}
    assert documents == {name for name in told.texts if not name.startswith("hidden:")}
    assert told.parents.keys() == told.texts.keys()
    children = [parent for parent in told.parents.values() if parent]
    written: dict[int, int] = {}
    for name, sentences in told.texts.items():
        above, seen = told.parents[name], {name}
        while above is not None:
            assert above in told.texts
            assert above not in seen
            seen.add(above)
            above = told.parents[above]
        for sentence in sentences:
            if sentence.source is None:
                written[sentence.origin] = written.get(sentence.origin, 0) + 1
            elif sentence.source != LOST:
                assert (sentence.origin, sentence.held) in {(s.origin, s.words) for s in told.texts[sentence.source]}
        assert len({s.origin for s in sentences}) == len(sentences)
    assert all(count == 1 for count in written.values())
    assert all(children.count(name) > 1 for name in told.texts if name not in documents)


@given(st.sampled_from(WORLDS), st.integers(0, 10_000))
def test_the_same_seed_gives_the_same_story(world: World, seed: int) -> None:
    assert story(world, seed, 6) == story(world, seed, 6)
    assert story(world, seed, 6) != story(world, seed + 1, 6)


def texts(**words: str) -> dict[str, tuple[Sentence, ...]]:
    """Each text from sentences `SOURCE:NUMBER WORDS`; what the source says there is held."""
    out: dict[str, tuple[Sentence, ...]] = {}
    for name, lines in words.items():
        made = []
        for line in lines.split("|"):
            source, _, said = line.partition(":")
            origin = int(said.split()[0])
            held = next((s.words for s in out.get(source.replace("hidden", "hidden:"), ()) if s.origin == origin), ())
            made.append(Sentence(tuple(said.split()), origin, source.replace("hidden", "hidden:") or None, held))
        out[name.replace("hidden", "hidden:")] = tuple(made)
    return out


LONG = " ".join("abcdefghijklmn")
HAND = Story(
    tuple(Document(name, "") for name in "abcdef"),
    texts(
        hidden0=":1 x|:2 y",
        a="hidden0:1 x|hidden0:2 y",
        b="hidden0:1 u|hidden0:2 y",
        c="b:1 u|b:2 z",
        d="b:1 u|b:2 y",
        e=f":3 {LONG}",
        f=f"b:2 y|b:1 u|e:3 {LONG}",
    ),
    {"a": "hidden:0", "b": "hidden:0", "c": "b", "d": "b", "e": None, "f": "b", "hidden:0": None},
)


def provenance(*edges: str) -> Provenance:
    made = []
    for edge in edges:
        child, parent, *kind = edge.split()
        made.append(Edge(child, parent, "passage" if kind else "main", 0.75))
    return Provenance(tuple(made))


def test_what_is_told_as_it_is_has_full_marks() -> None:
    tally = score(HAND, provenance("a hidden:x", "b hidden:x", "c b", "d b", "f b", "f e passage"))
    assert (tally.right, tally.directed, tally.ancestry) == ([True] * 6, [1.0], [1.0])
    assert (tally.hidden, tally.false_hidden) == ([1, 1, 1], 0)
    assert (tally.passages, tally.found) == ([True], [(0.75, True)])
    assert tally.claims == [(0.75, True)] * 5


def test_a_copy_of_the_same_words_is_as_good_a_parent_but_not_one_made_from_the_child() -> None:
    tally = score(HAND, provenance("b a", "c d", "d f", "f d", "e f passage"))
    assert tally.right == [True] * 6
    assert tally.directed == [0.0]
    assert (tally.passages, tally.found) == ([False], [(0.75, False)])


def test_a_hidden_source_of_other_children_is_a_false_one() -> None:
    tally = score(HAND, provenance("d hidden:x", "e hidden:x", "c a"))
    assert tally.hidden == [0, 1, 1]
    assert tally.false_hidden == 1
    # `a` stands for the hidden source, whose words it kept; `b` changed one, and `c` has it from there.
    assert tally.right == [True, False, False, False, False, False]


def test_calibration_is_the_mean_difference_over_bins() -> None:
    assert calibration_error([(0.9, True), (0.9, False), (0.3, False), (0.3, False)]) == pytest.approx(0.35)
