"""Signs and words of languages: quotation marks, ends of sentences, dates, verbs of saying."""

import sys
from itertools import pairwise
from pathlib import Path
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.language import quotes, sentences
from dedup.language.fact_numbers import PrintedWords
from dedup.language.fact_values import facts_of
from dedup.language.fact_words import fact_words
from dedup.language.languages import Languages
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


def values(text: str, language: str) -> list[tuple[str, str]]:
    """The facts of `text`: what each is compared with, and its value."""
    tokens = tokenise([text])
    starts, ends = tokens.starts.tolist(), tokens.ends.tolist()
    gaps = [text[x:y] for x, y in zip([0, *ends], [*starts, len(text)], strict=True)]
    shown = [text[x:y] for x, y in zip(starts, ends, strict=True)]
    words = [tokens.word(number) for number in tokens.ids.tolist()]
    return [(fact.flags[0], fact.value) for fact in facts_of(PrintedWords(words, gaps, shown), fact_words(language))]


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("en", ["36", "thirty-six", "thirty six", "three dozen", "٣٦"]),
        ("en", ["2,400", "2 400", "2.400", "two thousand four hundred", "24 hundred"]),
        ("en", ["€70m", "€70 million", "70,000,000 €"]),
        ("en", ["8 percent", "8%", "eight per cent"]),
        ("en", ["7 pm", "7pm", "7 p.m.", "7:00 pm", "19:00"]),
        ("de", ["36", "sechsunddreißig", "drei Dutzend"]),
        ("fr", ["76", "soixante-seize"]),
        ("es", ["3 000 000 000", "tres mil millones"]),
        ("ru", ["250", "двести пятьдесят"]),
        ("ar", ["36", "ستة وثلاثون", "ستة وثلاثين"]),
        ("vi", ["36", "ba mươi sáu"]),
        ("id", ["16", "enam belas"]),
        ("zh", ["360人", "三百六十人"]),
        ("ja", ["25万円", "二十五万円"]),
        ("ko", ["3월", "３월"]),
        ("hi", ["छत्तीस", "36"]),
    ],
)
def test_the_forms_of_one_fact_have_one_value(language: str, forms: list[str]) -> None:
    found = [sorted(values(form, language)) for form in forms]
    assert found[0]
    assert all(other == found[0] for other in found)


def fact_pairs() -> list[tuple[str, str, str, str]]:
    """The labelled pairs: language, = or #, and two phrases."""
    lines = (Path(__file__).parent / "data" / "fact_pairs.txt").read_text(encoding="utf-8").splitlines()
    rows = [line.split(" ", 2) for line in lines if not line.startswith("#")]
    return [(language, sign, *pair.split(" | ", 1)) for language, sign, pair in rows]  # type: ignore[misc] # a pair has two


@pytest.mark.parametrize(("language", "sign", "one", "other"), fact_pairs())
def test_labelled_phrases_state_the_same_facts_or_others(language: str, sign: str, one: str, other: str) -> None:
    assert (sorted(values(one, language)) == sorted(values(other, language))) == (sign == "=")


def calls(text: str, language: str) -> int:
    """How many functions are called to read the facts of `text`."""
    values(text, language)  # what words mean is remembered
    count = 0

    def note(_frame: FrameType, event: str, _arg: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(note)
    try:
        values(text, language)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize(
    ("language", "phrase"),
    [
        ("en", "minus "),
        ("en", "next "),
        ("en", "more than 5 x "),
        ("en", "two hundred thousand "),
        ("en", "one and a half "),
        ("en", "1/"),
        ("en", "123 "),
        ("en", "12:30 am 2021-03-03 "),
        ("zh", "三百五十万"),
        ("ko", "3만5천 "),
    ],
)
def test_the_work_grows_with_the_length_of_the_text_only(language: str, phrase: str) -> None:
    assert calls(phrase * 400, language) < 2.2 * calls(phrase * 200, language)


@pytest.mark.parametrize("digits", [30, 31, 400, 5000])
def test_a_figure_of_any_length_is_one_number(digits: int) -> None:
    assert len(values("7" * digits, "en")) == 1


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "an elf"),
        ("en", "a sin"),
        ("fr", "un pas"),
        ("en", "may march"),
        ("pt", "no barco"),
        ("zh", "一直"),
        ("zh", "不过"),
    ],
)
def test_a_word_that_states_a_fact_in_another_language_or_phrase_states_none(language: str, text: str) -> None:
    assert values(text, language) == []


def test_every_kind_of_the_tables_is_one_that_is_read() -> None:
    languages = ("en", "de", "vi", "id", "zh", "ko")
    listed = [meaning for code in languages for found in fact_words(code).listed.values() for meaning in found]
    read = "number digit size times plus ordinal share multiple month weekday season part clock near relative next unit"
    assert {meaning.kind for meaning in listed} <= {*read.split(), "bound", "not", "link", "plain", "hour", "half", "minus"}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The boat lay on the sand and the crew was in the water."),
        ("pt", "O barco estava na areia e a tripulação não saiu da água."),
        ("fa", "قایق روی شن بود و خدمه در آب بودند که از ساحل دور شدند."),
        ("ar", "كان القارب على الرمل وكان الطاقم في الماء من دون أن يصل إلى الشاطئ."),
        ("ja", "船は砂の上にあり、乗組員は水の中にいた。"),
        ("ko", "배는 모래 위에 있었다."),
        ("uk", "Човен лежав на піску, і команда була у воді, що стояла високо."),
    ],
)
def test_the_language_of_a_sentence_is_recognised(language: str, text: str) -> None:
    assert Languages(tokenise([text])).of(0) == language


def test_months_and_weekdays_are_names_of_nobody_where_they_have_capitals() -> None:
    assert {"monday", "sonnabend", "märz"} <= lexicon().dates
    # Julio and Domingo are first names.
    assert not {"julio", "domingo", "hier"} & lexicon().dates


def test_a_verb_of_saying_is_found_in_any_language() -> None:
    assert has_saying("Das sagte sie.")
    assert has_saying("— dijo Alba")
    assert not has_saying("Das Haus ist blau.")
