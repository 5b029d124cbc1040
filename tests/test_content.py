"""Stage 7, second part: narration, quotations, phrases and furniture."""

import json
import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import formula_index
import numpy as np
import oracles
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_cli import dedup as run

import dedup
from dedup.candidates import winnow
from dedup.content import formulas
from dedup.content.formulas import captions_in, formulas_in
from dedup.content.kinds import PUBLIC, REPEATED, STANDING
from dedup.language.capitals import name_doubt
from dedup.language.quotes import quotations, unclosed_quotations
from dedup.params import IndexParams, MatchParams
from dedup.pipeline.common import publications
from dedup.report.ranking import ranked
from dedup.text.tokens import tokenise
from dedup.types import CONTENTS, Document

STORY = (
    "Divers who searched the wreck for two days brought up a bell, a sack of letters and the wheel that a helmsman once carved "
    "from the door of a barn, and the harbour master hung them in the hall where sailors wait for their pay."
)
OTHER = (
    "A baker in the upper town has sold the same loaf for forty years, and this week he doubled its price because flour costs "
    "three times what it did when his daughter started to help him at the oven before school."
)
SPOKEN = "we have pumped water out of this valley for thirty years and nobody has ever asked us what it costs or who should pay"
TITLE = "the deputy chairman of the Joint Commission for the Conservation of Migratory Wetland Birds in the Northern Lowlands"
NOTICE = "We use cookies to make the pages of the mill load quicker and to count its visitors through the year."


def days(number: int) -> datetime:
    return datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=number)


def filler(number: int) -> str:
    """A story of its own."""
    return " ".join(f"word{number}x{n}" for n in range(60)) + "."


def contents(*texts: str) -> list[str]:
    """The contents of the matches of some texts."""
    return [m.content for m in dedup.scan([Document(f"d{n}", text) for n, text in enumerate(texts)]).matches]


def test_the_narrators_words_are_narration() -> None:
    assert contents(f"{filler(1)} {STORY}", f"{STORY} {filler(2)}") == ["narration"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (f"“{SPOKEN},” the lock keeper said.", f"The keeper told us that {SPOKEN}."),
        (f"“{SPOKEN}.", f"{SPOKEN}."),
        (f"The keeper wrote to the council in May:\n{SPOKEN}.", f"{SPOKEN}."),
        (
            f"KEEPER: {SPOKEN}.\nMAYOR: I did not know.\nKEEPER: So I thought.\nMAYOR: What now, then?",
            f"It was plain that {SPOKEN}.",
        ),
        (f"« {SPOKEN} », dit-il.", f"{SPOKEN}."),
    ],
)
def test_words_that_either_side_marks_as_said_are_a_quotation(one: str, other: str) -> None:
    assert contents(f"{filler(1)}\n\n{one}", f"{filler(2)}\n\n{other}") == ["quotation"]


def test_names_with_their_titles_are_a_phrase() -> None:
    found = dedup.compare(f"{filler(1)} A nurse met {TITLE} there.", f"{filler(2)} It was {TITLE} who spoke.")
    assert {m.content for m in found} == {"phrase"}


def test_a_quotation_within_narration_is_a_part_of_its_own() -> None:
    passage = f"{STORY} “{SPOKEN},” the keeper said. {OTHER}"
    (match,) = dedup.compare(f"{filler(1)} {passage}", f"{passage} {filler(2)}")
    assert [part.content for part in match.parts] == ["narration", "quotation", "narration"]
    assert match.content == "narration"
    assert match.narration_bits + match.quotation_bits == pytest.approx(match.bits, abs=0.3)


pieces = st.lists(st.sampled_from([STORY, OTHER, f"“{SPOKEN},” she said.", TITLE, filler(7)]), min_size=1, max_size=5)


@settings(max_examples=60)
@given(pieces, pieces)
def test_the_parts_of_a_match_are_the_match_and_its_bits(a: list[str], b: list[str]) -> None:
    one, other = "\n\n".join(a), "\n\n".join(b)
    for match in dedup.compare(one, other):
        for side in ("a", "b"):
            extents = [getattr(part, side) for part in match.parts]
            whole = getattr(match, side)
            assert (extents[0].start, extents[-1].end) == (whole.start, whole.end)
            assert all(left.end <= right.start for left, right in pairwise(extents))
        assert sum(part.bits for part in match.parts) == pytest.approx(match.bits, abs=0.1 * len(match.parts))
        assert match.bits_of(match.content) == pytest.approx(max(map(match.bits_of, CONTENTS)), abs=0.2)
        assert match.turned().turned() == match


def test_what_recurs_at_unrelated_times_is_a_phrase_and_within_days_it_is_narration() -> None:
    for step, expected in ((20, {"phrase"}), (1, {"narration"})):
        documents = [
            Document(f"d{n}", f"{filler(n)} {OTHER} {filler(n + 50)}", outlet=f"paper{n}", published=days(step * n))
            for n in range(6)
        ]
        assert {m.content for m in dedup.scan(documents).matches} == expected


def test_what_recurs_at_unrelated_times_in_one_outlet_is_furniture() -> None:
    documents = [
        Document(f"d{n}", f"{filler(n)} {OTHER} {filler(n + 50)}", outlet="paper", published=days(20 * n)) for n in range(4)
    ]
    report = dedup.scan(documents)
    assert {family.content for family in report.families} == {"furniture"}


def test_the_versions_of_one_text_are_narration_whenever_they_were_printed() -> None:
    documents = [Document(f"d{n}", f"{STORY} {OTHER}", outlet="paper", published=days(20 * n)) for n in range(6)]
    assert {m.content for m in dedup.scan(documents).matches} == {"narration"}


def test_an_index_knows_what_recurs_in_it(tmp_path: Path) -> None:
    documents = [
        Document(f"d{n}", f"{filler(n)} {OTHER} {filler(n + 50)}", outlet=f"paper{n}", published=days(20 * n))
        for n in range(30)
    ]
    with dedup.Index(tmp_path / "news.dedup") as index:
        index.add([*documents, Document("own", f"{filler(90)} {STORY}", outlet="rival", published=days(3))])
        assert {m.content for m in index.query(f"{filler(99)} {OTHER}")} == {"phrase"}
        assert {m.content for m in index.query(f"{filler(99)} {STORY}")} == {"narration"}
        assert index.check(Document("draft", f"{filler(99)} {OTHER}")).passages == ()


texts = st.lists(st.lists(st.sampled_from("abcdef"), max_size=40).map(" ".join), min_size=1, max_size=9)


@settings(max_examples=100)
@given(texts, st.lists(st.tuples(st.integers(0, 5), st.sampled_from("xyz")), min_size=9, max_size=9))
def test_marks_are_those_of_the_slow_rule(sources: list[str], where: list[tuple[int, str]]) -> None:
    index, match = IndexParams(), MatchParams()
    documents = [
        Document(f"d{n}", text, outlet=outlet, published=days(match.public_days * time) if time else None)
        for n, (text, (time, outlet)) in enumerate(zip(sources, where, strict=False))
    ]
    tokens = tokenise(sources)
    order = np.tile(np.arange(len(sources), dtype=np.uint32), (2, 1))
    spread = publications([d.published for d in documents], [d.outlet for d in documents], match.public_days)
    bits = np.ones(len(tokens.hashes), np.float32)
    _, marks = winnow.seeds(tokens, bits, order, spread, searched=0, index=index, match=match)
    expected = oracles.marks(tokens, documents, index, match, kinds=(PUBLIC, STANDING, REPEATED))
    assert marks.tolist() == expected


CAPTIONS = [f"A {animal} looks at the river from the bank on a {day}." for animal, day in zip(
    ["heron", "badger", "weasel", "magpie", "beaver", "lizard"], ["bright day", "grey noon", "cold eve"] * 2, strict=True
)]  # fmt: skip


def test_a_gallery_is_furniture_and_the_refrain_of_a_speech_is_not() -> None:
    gallery = " ".join(f"Hide Caption {n} of 6 Photos: Life on the river Lyne {text}" for n, text in enumerate(CAPTIONS, 1))
    assert set(contents(f"{filler(1)}\n\n{gallery}", f"{filler(2)}\n\n{gallery} {filler(3)}")) == {"furniture"}
    refrain = " ".join(f"And so I say to you that this valley is ours, {text}" for text in CAPTIONS)
    assert "furniture" not in contents(f"{filler(1)}\n\n{refrain}", f"{filler(2)}\n\n{refrain} {filler(3)}")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("The mill did not return several calls seeking comment.", "phrase"),
        ("She spoke on the condition of anonymity because talks were private.", "phrase"),
        ("The bank declined to comment.", "phrase"),
        ("Der Sprecher wollte sich auf Anfrage nicht äußern.", "phrase"),
        ("Le ministère n'a pas souhaité faire de commentaire.", "phrase"),
        ("Rige la presunción de inocencia.", "phrase"),
        ("Vale la presunzione di innocenza.", "phrase"),
        ("Zatrzymanego obowiązuje domniemanie niewinności.", "phrase"),
        ("Подозреваемый отказался от комментариев.", "phrase"),
        ("公司发言人拒绝就此事置评。", "phrase"),
        ("Ann Lee is a senior fellow at the Institute of Tides.", "furniture"),
        ("Sign up here for our morning newsletter.", "furniture"),
        ("Alle Rechte vorbehalten, auch die der Übersetzung.", "furniture"),
        ("Les propos exprimés n’engagent que leur auteur.", "furniture"),
        ("Este sitio utiliza cookies propias y de terceros.", "furniture"),
        ("Мнение автора может не совпадать с мнением редакции.", "furniture"),
        ("版权所有，未经书面授权禁止使用。", "furniture"),
        ("The bill of Sen. Ann Lee Ann LeeFive things to know about the bill MORE is short.", "furniture"),
        ("De politie doet nog onderzoek naar de oorzaak.", "phrase"),
        ("Polisen söker vittnen till olyckan.", "phrase"),
        ("Gli inquirenti non escludono nessuna pista.", "phrase"),
        ("Os suspeitos permaneceram em silêncio.", "phrase"),
        ("Şüpheliler tutuklanarak cezaevine gönderildi.", "phrase"),
        ("ولم تعلن أي جهة مسؤوليتها عن الهجوم.", "phrase"),
        ("警察は詳しい原因を調べている。", "phrase"),
        ("Este artículo ha sido traducido con inteligencia artificial.", "furniture"),
        ("Seguiteci anche sul nostro canale Telegram.", "furniture"),
        ("Материал подготовлен при поддержке фонда, перепечатка без ссылки на источник запрещена.", "furniture"),
        ("무단 전재 및 재배포 금지", "furniture"),
    ],
)
def test_formulas_and_notices_of_many_languages_are_known(text: str, kind: str) -> None:
    assert kind in {place.kind for place in formulas_in(text, 0, len(text))}


def test_a_caption_is_the_line_of_its_credit_and_of_a_long_line_only_the_sentence() -> None:
    caption = "The quay at dusk on Monday. REUTERS/Ann Lee"
    text = f"{STORY}\n{caption}\n{OTHER}"
    assert [text[p.start : p.end] for p in captions_in(text, 0, len(text))] == [caption]
    line = f"{STORY} {OTHER} {SPOKEN.capitalize()}. {STORY} The quay at dusk on Monday (AP Photo). {OTHER} {STORY}"
    assert [line[p.start : p.end].strip() for p in captions_in(line, 0, len(line))] == [
        "The quay at dusk on Monday (AP Photo)."
    ]


@pytest.mark.parametrize(
    "text",
    [
        STORY,
        OTHER,
        SPOKEN,
        "Er erreichte den Gipfel nicht, weil die Brücke fehlte und es regnete.",
        "Port-Lyne (AFP) - Les dockers de Port-Lyne ont repris le travail vendredi.",
        "He went to find out why the ferry had stopped.",
    ],
)
def test_prose_holds_no_formula(text: str) -> None:
    assert formulas_in(text, 0, len(text)) == []


def test_a_sentence_is_more_than_the_formula_that_it_opens_with() -> None:
    said = "Nobody was hurt"
    text = f"{said}, but the two cranes that stood beside the old grain store fell into the dock with it."
    assert [text[p.start : p.end] for p in formulas_in(text, 0, len(text))] == [said]
    text = f"{said} in the fire at the old grain store."
    assert [text[p.start : p.end] for p in formulas_in(text, 0, len(text))] == [text]


def test_every_formula_is_a_pattern_that_can_be_read() -> None:
    path = Path(dedup.__file__).parent / "data" / "formulas.txt"
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    assert all(line.split(" ")[0] in {"phrase", "furniture"} and ": " in line for line in lines)
    for line in lines:
        words = re.sub(r"\[[^]]*\]|\*", "", line.split(": ", 1)[1]).split()
        said = " ".join(word.split("/")[0] for word in words if word != "..").replace("..", "")
        assert formulas_in(said, 0, len(said)), line


def test_the_index_of_formulas_is_made_of_the_formulas() -> None:
    made = formula_index.index_of((formula_index.DATA / "formulas.txt").read_text(encoding="utf-8"))
    assert (formula_index.DATA / "formulas.index").read_text(encoding="utf-8") == made, "run bench/quality/formula_index.py"


def test_a_quotation_that_nothing_closes_ends_with_its_paragraph() -> None:
    text = 'He said: "One two\nthree. “Four five” six “seven eight\n\nnine'
    found = unclosed_quotations(text, quotations(text))
    assert [text[a:b] for a, b in found] == ['"One two', "“seven eight"]


def test_a_capital_says_less_in_german_and_nothing_in_capitals() -> None:
    german = (
        "Die Fähre lief am Morgen auf die Sandbank, und das Boot der Retter kam erst, als der Nebel dünn war und es hell wurde."
    )
    tokens = tokenise([german, STORY, STORY.upper(), ""])
    assert name_doubt(tokens, np.arange(4)).tolist() == [0.5, 0.0, 1.0, 0.0]


def corpus(tmp_path: Path) -> Path:
    """A file of documents that share narration, a quotation, a phrase and furniture."""
    rows = [
        {"id": "a", "text": f"{filler(1)}\n\n{STORY}\n\n“{SPOKEN},” she said. {filler(5)}", "outlet": "east"},
        {"id": "b", "text": f"{filler(2)}\n\n{STORY}", "outlet": "west"},
        {"id": "c", "text": f"{filler(3)}\n\n“{SPOKEN},” she said.\n\n{filler(8)} {TITLE} {filler(9)}", "outlet": "north"},
        {
            "id": "d",
            "text": f"{filler(4)} {TITLE} {filler(6)}\n\nWe use cookies to make the pages of the mill quicker.",
            "outlet": "s",
        },
        {
            "id": "e",
            "text": f"{filler(7)}\n\n{NOTICE} {filler(10)}",
            "outlet": "t",
        },
    ]
    path = tmp_path / "corpus.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        ([], ["narration", "quotation"]),
        (["--show", "phrases"], ["narration", "phrase", "quotation"]),
        (["--show", "furniture"], ["furniture", "narration", "quotation"]),
        (["--show", "boilerplate"], ["furniture", "narration", "quotation"]),
        (["--show", "phrases", "--show", "furniture"], sorted(CONTENTS)),
        (["--show", "all"], sorted(CONTENTS)),
    ],
)
def test_a_scan_shows_narration_and_quotations_and_what_else_is_asked_for(
    tmp_path: Path, options: list[str], shown: list[str]
) -> None:
    path = corpus(tmp_path)
    report = json.loads(run("scan", path, "--format", "json", *options).stdout)
    assert sorted({m["content"] for m in report["matches"]}) == shown
    assert sorted({f["content"] for f in report["families"]}) == shown
    assert sorted(report["left_out"]) == sorted(set(CONTENTS) - set(shown))
    assert report["documents"][1]["narration"] > 0 == report["documents"][1]["quotation"]
    printed = run("scan", path, *options).stdout.decode()
    assert ("left out: 1 phrase (--show phrases), 1 piece of furniture (--show furniture)" in printed) == (not options)


@pytest.mark.parametrize("published", [None, "2020-02-02"])
def test_a_form_in_many_articles_of_one_outlet_is_furniture_however_long(tmp_path: Path, published: str | None) -> None:
    # Two parts of one form, of which one is long; without dates nothing shows that the articles are of different times.
    form = [f"{filler(500)} {filler(501)}", f"Sign up for our {filler(502)[:200]}"]
    rows = [
        {
            "id": f"d{n}",
            "outlet": "gazette",
            "published": published,
            "text": f"{form[0]}\n\n{filler(n)} {filler(n + 20)} {filler(n + 40)}\n\n{form[1]}",
        }
        for n in range(7)
    ]
    for count, content in ((7, "furniture"), (4, "narration")):
        path = tmp_path / f"{count}.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows[:count]), encoding="utf-8")
        report = json.loads(run("scan", path, "--format", "json", "--show", "all").stdout)
        assert {f["content"] for f in report["families"]} == {content}
        assert {m["content"] for m in report["matches"]} == {content}


def test_every_family_that_a_written_match_names_is_written_too(tmp_path: Path) -> None:
    # Most of the family is a quotation; one pair of documents shares only the words around it.
    rows = [
        {"id": f"d{n}", "outlet": f"o{n}", "text": f"{filler(n)}\n\n{text}\n\n{filler(n + 20)}"}
        for n, text in enumerate([f"“{SPOKEN}.”", f"{STORY} “{SPOKEN}.”", f"{STORY} {SPOKEN}.", f"“{SPOKEN}.”"])
    ]
    path = tmp_path / "mixed.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    for options in ([], ["--show", "phrases"], ["--show", "all"]):
        report = json.loads(run("scan", path, "--format", "json", *options).stdout)
        assert report["matches"]
        assert {m["family"] for m in report["matches"]} <= {f["id"] for f in report["families"]}


@pytest.mark.parametrize("signs", ["-", "'", ".", "- ", "*", "+-", "’ ", "="])
def test_rules_and_tables_of_signs_take_no_longer_than_words(signs: str) -> None:
    # A run of signs was once cut into words in every way: a table of a manual took minutes.
    text = "For more information on the " + f"{signs * 3000} table " * 3 + "she could not be reached for comment"
    found = formulas_in(text, 0, len(text))
    assert {text[place.first : place.last] for place in found if place.kind == "phrase"} >= {"could not be reached for comment"}


def test_narration_comes_first_and_then_the_quotation_that_differs_most() -> None:
    wrong = SPOKEN.replace("thirty", "forty").replace("nobody has ever asked us", "people have never asked")
    other = "the bell of this church has rung at noon since my grandmother was a girl and it will ring when all of us are gone"
    texts = [f"“{SPOKEN}.”\n\n“{other}.”", f"“{wrong}.”", f"“{other}.” {STORY}", f"{filler(6)} {STORY}"]
    report = dedup.scan([Document(f"d{n}", f"{filler(n)}\n\n{text}", outlet=f"o{n}") for n, text in enumerate(texts)])
    first, second, third = ranked(report, CONTENTS)
    assert [f.content for f in (first, second, third)] == ["narration", "quotation", "quotation"]
    assert {p.doc for p in second.passages} == {"d0", "d1"}
    assert {p.doc for p in third.passages} == {"d0", "d2"}


def test_a_saved_report_keeps_all_kinds(tmp_path: Path) -> None:
    report = dedup.scan(dedup.read(corpus(tmp_path)))
    assert {m.content for m in report.matches} == set(CONTENTS)
    report.save(tmp_path / "report.json")
    assert dedup.load(tmp_path / "report.json") == report


@given(
    st.lists(st.sampled_from(["Ann", "Lee", "AnnLee", "AnnAnn", "l’Ann", "Mc", "NATO", "-", " ", "\n", "x", "a_"])).map("".join)
)
@settings(max_examples=300)
def test_names_run_together_are_looked_for_wherever_they_may_be(text: str) -> None:
    assert formulas._may_be_glued(text) or not formulas._GLUED.search(text)
