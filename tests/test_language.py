"""Signs and words of languages: quotation marks, ends of sentences, dates, verbs of saying."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.language import facts, quotes, sentences
from dedup.language.quotes import PAIRS, direct_speech, quotations
from dedup.language.speech import has_saying, lexicon
from dedup.text.paragraphs import layout
from dedup.text.tokens import tokenise
from dedup.types import ROLES


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.opening)
def test_both_readers_find_a_quotation_in_every_pair_of_marks(pair: quotes.Pair) -> None:
    for closing in pair.closing:
        text = f"One says {pair.opening}two three{closing} and goes."
        assert [text[start:end] for start, end in quotations(text)] == [f"{pair.opening}two three{closing}"]
        assert [text[q.start : q.end] for q in direct_speech(text)] == ["two three"]


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("»Ja« und «Nein»", ["»Ja«", "«Nein»"]),
        ("« Un » et « deux » fins", ["« Un »", "« deux »"]),
        ("„Eins ‚zwei‘ drei“", ["„Eins ‚zwei‘ drei“"]),
        ("He said ‘one’ and ‘two’s’ end", ["‘one’", "‘two’s’"]),
        ("他说‘我去’。", ["‘我去’"]),
        ("‘좋다’라고 말했다", ["‘좋다’"]),
        ("a ‘b\nc’ d", []),
        ("'a 'b c' d", ["'b c'"]),
        ("the boys' and the girls' rooms, '68 or not", []),
        ("rock 'n' roll and Ann's 'n' Bob's", []),
        ("She said ”yes” twice. “No” is “too” much.”", ["”yes”", "“No”", "“too”"]),
    ],
)
def test_quotations_are_distinguished_from_apostrophes_and_closing_marks(text: str, quoted: list[str]) -> None:
    assert [text[start:end] for start, end in quotations(text)] == quoted


@given(st.text(alphabet="ab' .!\n\"“”„‘’‚«»‹›「」『』《》1", max_size=60))
def test_quotations_lie_apart_in_lines_between_their_marks(text: str) -> None:
    found = quotations(text)
    assert all(a < b <= c < d for (a, b), (c, d) in pairwise(found))
    for start, end in found:
        assert "\n" not in text[start:end]
        assert any(text[start] == pair.opening and text[end - 1] in pair.closing for pair in PAIRS)


@pytest.mark.parametrize("sign", sentences.ENDERS)
def test_every_sign_that_ends_a_sentence_does_so_for_paragraphs_and_tokens(sign: str) -> None:
    assert tokenise([f"one{sign} two"]).breaks.tolist()[1]
    for closer in ["", *sentences.CLOSERS]:
        laid = layout([f"Words of a first line{sign}{closer}\n\nA second one."])
        assert ROLES[laid.roles[0]] == "body"


def test_a_line_without_an_end_of_sentence_is_a_headline_whatever_its_last_mark() -> None:
    for closer in sentences.CLOSERS:
        assert ROLES[layout([f"A headline (with{closer}\n\nA sentence."]).roles[0]] == "headline"


def test_words_for_facts_are_known_as_tokens_are_folded() -> None:
    assert facts.meanings()["fuenf"] == facts.NUMERAL
    assert facts.meanings()["maerz"] == facts.DATE
    assert facts.meanings()["dont"] == facts.NEGATION
    assert facts.meanings()["may"] == facts.DATE | facts.ONLY_CAPITALISED
    tokens = tokenise(list(facts.meanings()))
    assert [tokens.word(number) for number in tokens.ids.tolist()] == list(facts.meanings())


def test_months_and_weekdays_are_names_of_nobody_where_they_have_capitals() -> None:
    assert {"monday", "sonnabend", "märz"} <= lexicon().dates
    # Julio and Domingo are first names.
    assert not {"julio", "domingo", "hier"} & lexicon().dates


def test_a_verb_of_saying_is_found_in_any_language() -> None:
    assert has_saying("Das sagte sie.")
    assert has_saying("— dijo Alba")
    assert not has_saying("Das Haus ist blau.")
