"""Stage 2: paragraphs, roles, tokens."""

import json
import sys
import unicodedata
from itertools import pairwise
from pathlib import Path

import numpy as np
import oracles
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dedup.arrays import first_tokens
from dedup.press.names import agencies
from dedup.text import tokens as text_tokens
from dedup.text.paragraphs import UNMATCHED_ROLES, layout
from dedup.text.tokens import matchable_tokens, tokenise
from dedup.types import ROLES

GOLD = json.loads((Path(__file__).parent / "data" / "seeds_gold.json").read_text(encoding="utf-8"))
SEEDS = Path(__file__).parents[1] / "seeds"


def assigned(c: str) -> bool:
    return unicodedata.category(c) not in {"Cn", "Cs"}


# Everything that Python knows, and much of what joins, parts, folds or disguises.
words = st.text(st.characters(exclude_categories=["Cs", "Cn"]), max_size=12) | st.text(
    "aZé-'’‐.,13９ \u00a0\u00ad\u200b\u0301ßſﬁАВсｶﾞ中のกำİ½²\u2009", max_size=24
)
# Codings of letters that readers take for the same.
words |= st.text(
    "aoeuyòÚọ\u0300\u0323\u0308\u030aäöœıI\u0307ş\u0327ёеЕи\u0301ΆάαΐΫىیكکأئـ\u064e\u0670ש\u05b8ʼ`´٣۳٫٬-'’ 1", max_size=16
)


def cut(source: str) -> list[tuple[int, int, str]]:
    found = tokenise([source])
    vocabulary = [found.letters[a:b].tobytes().decode() for a, b in zip(found.bounds, found.bounds[1:], strict=False)]
    return [(int(s), int(e), vocabulary[i]) for s, e, i in zip(found.starts, found.ends, found.ids, strict=True)]


@given(words)
@example("\x80’A")  # an apostrophe that joins nothing, behind a sign that is no letter
@example("ÒÄ")  # a vowel with a tone before a letter that folds to two
@example("òａ")
@example("A\u030a\u030a")
def test_tokens_equal_the_slow_rule(source: str) -> None:
    assert cut(source) == oracles.tokens(source)


def test_every_character_is_classed_as_the_slow_rule_says() -> None:
    characters = [chr(c) for c in range(sys.maxunicode + 1) if assigned(chr(c)) and c not in range(0xAC00, 0xD7A4)]
    found = tokenise([f"a{c}b {c}" for c in characters])
    vocabulary = [found.word(number) for number in range(len(found.hashes))]
    for d, c in enumerate(characters):
        folded = [vocabulary[number] for number in found.ids[found.offsets[d] : found.offsets[d + 1]]]
        expected = [word for _, _, word in oracles.tokens(f"a{c}b {c}")]
        assert folded == expected, f"U+{ord(c):04X} {unicodedata.name(c, '')}"


@given(st.lists(words, max_size=6))
def test_texts_are_cut_one_by_one(sources: list[str]) -> None:
    found = tokenise(sources)
    assert len(found) == len(sources)
    assert np.diff(found.offsets).tolist() == [len(cut(s)) for s in sources]


def test_a_lone_surrogate_is_one_character_that_parts_words() -> None:
    assert cut("one\ud800two \U0001f600 three") == [(0, 3, "one"), (4, 7, "two"), (10, 15, "three")]


def test_letters_of_two_scripts_in_one_word_are_reported() -> None:
    assert tokenise(["a p\u0430ypal"]).mixed == [(0, 2)]
    assert tokenise(["Москва paypal"]).mixed == []


def paragraphs(source: str) -> list[oracles.Paragraph]:
    laid = layout([source])
    columns = laid.starts.tolist(), laid.ends.tolist(), laid.roles.tolist()
    return [oracles.Paragraph(start, end, ROLES[role]) for start, end, role in zip(*columns, strict=True)]


LINES = [
    "By Ann Lee",
    "Read more: news",
    "Related stories",
    "Send this",
    "SEND this",
    "It ended.",
    "He said “so.”",
    "  indented by four",
    "",
    "\u3000é x ",
]
LINES += [f"{'long words of a broken line ' * 4}"[:n] for n in (44, 45, 60, 85, 86)]


@given(st.lists(st.lists(st.sampled_from(LINES) | st.text("aé.\u2028\r\n \x1c\x85”", max_size=9), max_size=14), max_size=4))
def test_layouts_equal_those_of_the_oracle(texts: list[list[str]]) -> None:
    sources = ["\n".join(lines) for lines in texts]
    laid = layout(sources)
    expected = [oracles.paragraphs(source) for source in sources]
    assert np.diff(laid.offsets).tolist() == list(map(len, expected))
    found = zip(laid.starts.tolist(), laid.ends.tolist(), (ROLES[r] for r in laid.roles), strict=True)
    assert list(found) == [tuple(p) for one in expected for p in one]


@pytest.mark.parametrize("document", GOLD["documents"], ids=lambda d: d["id"][:3])
def test_paragraphs_of_the_seeds_stand_where_a_reader_put_them(document: dict) -> None:  # type: ignore[type-arg] # JSON
    source = (SEEDS / document["id"]).read_bytes().decode()
    found = [(p.start, p.end) for p in paragraphs(source)]
    assert found == [(p["start"], p["end"]) for p in document["paragraphs"]]


def test_roles_of_the_seeds_silence_no_sentence_that_a_reader_called_text() -> None:
    wrong = 0
    for document in GOLD["documents"]:
        source = (SEEDS / document["id"]).read_bytes().decode()
        for found, meant in zip(paragraphs(source), document["paragraphs"], strict=True):
            if meant["role"] in {"body", "headline"}:
                assert found.role not in UNMATCHED_ROLES
            wrong += found.role != meant["role"]
    # A lone link title or a caption without a credit cannot be told from a short sentence.
    assert wrong <= 5


def test_headlines_under_a_line_that_announces_them_are_links_up_to_the_next_sentence() -> None:
    body = "The harbour of Brest was closed on Tuesday."
    source = f"{body}\n\nRelated stories\nCrane falls in Brest\n\nPort to open on Friday\n\n{body[:-1]} for long.\nAn end"
    assert [p.role for p in paragraphs(source)] == ["body", "link", "link", "link", "body", "body"]


@given(st.text("ab.\n\r \u2028", max_size=60))
def test_paragraphs_hold_all_text_and_nothing_else(source: str) -> None:
    found = paragraphs(source)
    inside = "".join(source[p.start : p.end] for p in found)
    assert "".join(inside.split()) == "".join(source.split())
    assert all(source[p.start : p.end].strip() == source[p.start : p.end] != "" for p in found)
    assert all(p.end <= q.start for p, q in pairwise(found))


def test_lines_broken_to_a_column_are_one_paragraph() -> None:
    line = "showers continued throughout the week in the Bahia cocoa zone and so"
    wrapped = f"BAHIA\n{line}\n{line}\n{line}\n{line}\non.\n    {line}\n{line}\n{line}\nforth.\n"
    assert len(paragraphs(wrapped)) == 2


@pytest.mark.parametrize(
    ("part", "role"),
    [
        ("More news: Manchester United vs. Leicester", "link"),
        ("All rights reserved to Arab Today Media Group 2023 ©", "boilerplate"),
        ("Copyright 2018 The Associated Press. All rights reserved.", "boilerplate"),
        ("By JAMIE EHRLICH, CNN", "credit"),
        ("source: Alarabiya", "credit"),
        ("A fighter in Qalamoun, August 23, 2017.Credit: OMAR SANADIKI/REUTERS", "caption"),
        ("Lesen Sie auch: Der Hafen von Brest", "link"),
        ("À lire aussi : le port de Brest", "link"),
        ("Baca juga: Pelabuhan ditutup", "link"),
        ("Más noticias", "link"),
        ("Teilen | Drucken", "boilerplate"),
        ("Tous droits réservés. Reproduction interdite", "boilerplate"),
        ("Fuente: EFE", "credit"),
        ("Von Anna Schmidt und Max Weber", "credit"),
        ("Foto: dpa", "caption"),
        ("EFE", "credit"),
        ("(ANSA)", "credit"),
        ("* Agence France-Presse -", "credit"),
        ("新华社", "credit"),
        ("रॉयटर्स", "credit"),
        ("来源：新华社", "credit"),
        ("Källa: TT", "credit"),
        ("The ferry at the pier of Brest. Ana Gil/EFE", "caption"),
        ("The ferry at the pier of Brest (EFE)", "caption"),
        ("The ferry at the pier (Max Kunz/dpa via AP)", "caption"),
        ("The ferry at the pier, PTI Photo", "caption"),
        ("Grafik: Die Fähren von Brest", "caption"),
        ("The harbour was closed for an hour. (EFE)", "body"),
        ("The ferry left, as one agency (EFE) reported.", "body"),
        ("EFE reported that the harbour was closed", "body"),
        ("Sources: harbour of Brest to close", "body"),
        ("Archivbild: Der Hafen", "caption"),
        ("Von Anfang an war der Hafen geschlossen", "body"),
        ("Lesen Sie auch die Zeitung, sagte er.", "body"),
        ("Fonte: il ministero ha negato tutto.", "body"),
        ("By Anna Smith and Bob Jones, Valley Ledger staff writers", "body"),
        ("By Anna Smith and Bob Jones, The Valley Ledger, staff writer", "credit"),
        ("By ANNA SMITH | The Valley Ledger | Updated: July 3, 2018 at 6:12 am", "credit"),
        ("Posted: 4:29 AM, July 3, 2018", "boilerplate"),
        ("Last updated on Tuesday 3 July 2018 | 11:14 GMT", "boilerplate"),
        ("1:05 p.m.", "boilerplate"),
        ("41 minutes ago", "boilerplate"),
        ("[[ This is a content summary only. Visit my website for the rest! ]]", "boilerplate"),
        ("0% of readers think this story is Fact. Add your two cents.", "boilerplate"),
        ("These are external links and will open in a new window", "boilerplate"),
        ("Please verify you're not a robot by clicking the box.", "boilerplate"),
        ("By Friday at 9 p.m. all was calm", "body"),
        ("Posted at the gate on May 3, the guards saw nothing.", "body"),
        ("On May 3 at 9:30 the guards left.", "body"),
        ("3 2 1 14 20", "body"),
        ("About 40% of readers think this story is a hoax, a poll of 1,000 found.", "body"),
        ("copyright on parts they don't make? I find that very hard to believe.", "body"),
        ("compiled by a loyal army of fans, it does not do justice to the game.", "body"),
        ("By the time they arrived it was over.", "body"),
        ("Related-party transactions at the bank rose by 40 percent, the regulator said on Sunday.", "body"),
        ("Watch-makers in Geneva said exports fell sharply.", "body"),
        ("Source: the ministry denied it had paid.", "body"),
        ("By " + "A" * 200 + "!", "body"),  # once took minutes
        ("He said: update your phones.", "body"),
    ],
)
def test_a_paragraph_has_the_role_that_its_words_show(part: str, role: str) -> None:
    assert paragraphs(f"A first sentence stands here.\n\n{part}\n")[1].role == role


@pytest.mark.parametrize("name", sorted(agencies()))
def test_a_line_that_is_the_name_of_an_agency_is_a_credit_and_takes_no_part_in_matching(name: str) -> None:
    source = f"A first sentence stands here.\n\n{name}\n"
    assert paragraphs(source)[1].role == "credit"
    assert matchable_tokens(tokenise([source]), layout([source])).starts.tolist() == [0, 2, 8, 17, 24]


def test_a_line_that_recurs_in_its_document_is_boilerplate_and_a_sentence_printed_twice_stays_once() -> None:
    body = "\n".join(f"Sentence number {n} of a long and quiet report." for n in range(20))
    roles = [p.role for p in paragraphs(f"{body}\nSend this\n{body.splitlines()[0]}\nSend this")]
    assert roles[0] == "body"
    assert roles[20:] == ["boilerplate"] * 3


def test_tokens_know_their_paragraph_and_silent_ones_are_left_out() -> None:
    source = "One two three.\n\nMore news: four five\n\nSix seven."
    laid = layout([source, "", source])
    found = tokenise([source, "", source])
    assert [ROLES[r] for r in laid.roles] == ["body", "link", "body"] * 2
    assert first_tokens(found, laid).tolist() == [0, 3, 7, 9, 12, 16, 18]
    assert np.diff(matchable_tokens(found, laid).offsets).tolist() == [5, 0, 5]


@given(st.lists(st.text(alphabet="ab \n"), max_size=9))
def test_the_first_token_of_a_paragraph_is_the_first_that_starts_in_it(texts: list[str]) -> None:
    tokens, laid = text_tokens.cut(texts)
    expected = [
        int(at) + int(np.searchsorted(tokens.starts[at:end], start))
        for d, (at, end) in enumerate(pairwise(tokens.offsets))
        for start in laid.starts[laid.offsets[d] : laid.offsets[d + 1]]
    ]
    assert first_tokens(tokens, laid).tolist() == [*expected, len(tokens.ids)]


def test_front_matter_takes_no_part_in_matching() -> None:
    above = "---\ntitle: The harbour of Brest was closed on Tuesday\n\ntags: [port]\n---\n"
    texts = [f"{above}The harbour was closed.\n\n+++\nMore.\n", "---\nno front matter, as nothing closes it\n"]
    laid = layout(texts)
    cut = list(zip(laid.starts.tolist(), laid.ends.tolist(), [ROLES[r] for r in laid.roles], strict=True))
    for start, end, role in cut[: laid.offsets[1]]:
        assert (role == "boilerplate") == (end <= len(above)), texts[0][start:end]
    assert "boilerplate" not in [role for _, _, role in cut[laid.offsets[1] :]]
