"""Whose a text is, what a draft credits, and what an editor has to do: each driven by the real command."""

import json
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

import pytest

from dedup.judge.rights import Rights
from dedup.params import CheckRules
from dedup.press.releases import is_release
from dedup.types import Document

DEDUP = f"{sysconfig.get_path('scripts')}/dedup"
LEAD = (
    "A ferry with ninety passengers ran onto a sandbank off Cape Lindow on Friday evening, and all of them waded ashore with "
    "their shoes in their hands after the tide had gone out."
)
MORE = (
    "The captain had followed a buoy that a gale tore from its chain the night before, harbour officials found when they "
    "towed it back on Saturday morning."
)
THIRD = (
    "Divers will look at the hull on Monday, and until then the island gets its milk from a fishing boat that usually carries "
    "crab pots and two dogs."
)


def check(folder: Path, draft: dict[str, Any], archive: list[dict[str, Any]], *options: str, code: int = 0) -> dict[str, Any]:
    """Return the JSON of `dedup check` for a draft."""
    (folder / "archive").mkdir(exist_ok=True)
    (folder / "archive" / "news.jsonl").write_text("".join(json.dumps(row) + "\n" for row in archive), encoding="utf-8")
    (folder / "draft.jsonl").write_text(json.dumps({"id": "draft", **draft}) + "\n", encoding="utf-8")
    words = [DEDUP, "check", "draft.jsonl", "--against", "archive", "--format", "json", *options]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr + done.stdout[:500]
    found: dict[str, Any] = json.loads(done.stdout)["drafts"][0]
    return found


def judgements(found: dict[str, Any]) -> list[str]:
    return list(dict.fromkeys(passage["judgement"] for passage in found["passages"]))


CREDITED = [
    ("AFP", "head", "Par Le Courrier avec AFP"),
    ("AFP", "end", "Texte : AFP"),
    ("AFP", "head", "Par Jean Dupont (avec AFP)"),
    ("DPA", "head", "Von Max Müller mit Material von dpa"),
    ("ANP", "head", "Door: ANP"),
    ("ANP", "end", "Door ANP / redactie"),
    ("TT", "head", "Av: TT"),
    ("STT", "head", "STT–AFP"),
    ("Reuters", "head", "Reuters in Vigmouth"),
    ("AP", "head", "Associated Press in Vigmouth and agencies"),
    ("Reuters", "end", "(רויטרס)"),
    ("Reuters", "end", "منبع: رویترز"),
    ("AP", "end", "（ＡＰ通信）"),
    ("AFP", "end", "(एएफपी)"),
    ("AFP", "end", "Джерело: Франс Прес"),
    ("AFP", "end", "This story was supplied by AFP."),
    ("SDA", "end", "(sda/afp)"),
    ("Reuters", "end", "(rtr)"),
    ("DPA", "end", "© dpa-infocom, dpa:240514-99-123456/2"),
    ("DPA", "end", "(tsp/dpa)"),
    ("EFE", "end", "EFE jc/mls"),
    ("PTI", "end", "(With PTI inputs)"),
    ("PTI", "end", "This item was not edited and comes from a syndicated feed - PTI"),
    ("Kyodo", "end", "==Kyodo"),
    ("Kyodo", "end", "（共同）"),
    ("Xinhua", "end", "（据新华社电）"),
    ("Yonhap", "end", "출처: 연합뉴스"),
    ("Reuters", "end", "المصدر: رويترز"),
    ("PAP", "end", "oprac. PAP"),
    ("CP", "end", "With files from The Canadian Press"),
    ("Lowland News Service", "head", "By Ada Finlay, Lowland News Service"),
    ("The Conversation", "end", "This article is republished from The Conversation under a Creative Commons license."),
    ("States Newsroom", "end", "Source: States Newsroom"),
]


@pytest.mark.parametrize(("name", "where", "line"), CREDITED)
def test_a_draft_credits_whoever_is_licensed_in_any_usual_form(name: str, where: str, line: str) -> None:
    parts = ["Ferry runs aground", line, LEAD, MORE] if where == "head" else ["Ferry runs aground", LEAD, MORE, line]
    assert Rights(Document("d", "\n\n".join(parts)), CheckRules(licensed={name})).credited


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("AP", "The ferry on its sandbank on Saturday. (AP)"),
        ("AP", "Passengers on the beach [Tom Ash/AP]"),
        ("EFE", "Imagen de archivo del puerto. EFE"),
        ("ČTK", "Ilustrační foto (ČTK)"),
        ("Reuters", "Chart data: Reuters"),
        ("AP", "Graphic by Associated Press"),
        ("DPA", "Grafik: dpa"),
        ("NTB", "Illustrasjonsfoto: NTB"),
        ("ANP", "© ANP / Jan de Boer"),
        ("Kyodo", "救助される作業員＝共同"),
        ("AFP", "Le bateau échoué devant le cap. © AFP"),
        ("DPA", "Symbolbild: dpa"),
        ("Yonhap", "[사진=연합뉴스]"),
        ("PTI", "फोटो: पीटीआई"),
        ("Reuters", "Ảnh: Reuters"),
        ("AFP", "ركاب العبارة على الشاطئ (أ ف ب)"),
        ("Xinhua", "新华社记者 王明 摄"),
    ],
)
def test_the_credit_of_a_photo_is_none_of_the_text(name: str, line: str) -> None:
    text = "\n\n".join(["Ferry runs aground", line, LEAD, MORE])
    assert not Rights(Document("d", text), CheckRules(licensed={name})).credited


@pytest.mark.parametrize(("name", "tail"), [("DPA", " dpa/red"), ("TT", " /TT"), ("Belga", " BELGA")])
def test_signs_behind_the_last_sentence_are_a_credit(name: str, tail: str) -> None:
    assert Rights(Document("d", f"Ferry\n\n{LEAD}\n\n{MORE}{tail}"), CheckRules(licensed={name})).credited


def test_a_name_without_letters_is_nobodys() -> None:
    rights = Rights(Document("d", LEAD, outlet="??"), CheckRules(licensed={"!!"}, own_outlets={"??"}))
    assert not rights.own
    assert not rights.licensed
    assert not rights.is_own(Document("o", MORE))
    assert not rights.is_own(Document("o", MORE, outlet="--"))


def test_the_words_of_each_named_source_are_counted_for_themselves(tmp_path: Path) -> None:
    archive = [
        {"id": "early", "outlet": "Early Sheet", "published": "2024-05-11", "text": LEAD},
        {"id": "rival", "outlet": "Rival Post", "published": "2024-05-12", "text": f"{LEAD}\n\n{MORE}"},
    ]
    draft = {"text": f"As the Rival Post reports, a boat is stuck.\n\n{LEAD}\n\n{MORE}"}
    found = check(tmp_path, draft, archive, code=1)
    assert {p["judgement"] for p in found["passages"]} == {"credited-unquoted"}
    assert all("words of it are here, more than 50." in p["reason"] for p in found["passages"])


@pytest.mark.parametrize("place", ["LINDOW (AP/KTTW) — ", "LINDOW, 14 May. (DPA/EP) - ", "(ANSA-AFP) - LINDOW, 14 MAG - "])
def test_one_of_two_signs_in_a_dateline_is_a_credit(place: str) -> None:
    name = {"(A": "ANSA", "LI": "AP" if "AP/" in place else "DPA"}[place[:2]]
    assert Rights(Document("d", f"Ferry\n\n{place}{LEAD}\n\n{MORE}"), CheckRules(licensed={name})).credited


@pytest.mark.parametrize(
    ("setting", "outlet", "own"),
    [
        ("The Daily", "the daily", True),
        ("The Daily", "The Daily Star", False),
        ("NYT", "nytimes.com", True),
        ("admin", "admin", False),
    ],
)
def test_names_count_in_any_usual_spelling(setting: str, outlet: str, own: bool) -> None:
    rights = Rights(Document("d", LEAD), CheckRules(own_outlets={setting}))
    assert rights.is_own(Document("o", LEAD, outlet=outlet or None)) == own


@pytest.mark.parametrize(("author", "own"), [("Ada Finlay", True), ("admin", False), ("Staff", False), ("NaN", False)])
def test_a_placeholder_is_no_author(tmp_path: Path, author: str, own: bool) -> None:
    archive = [{"id": "o", "outlet": "Rival Post", "author": author, "text": f"{LEAD}\n\n{MORE}"}]
    found = check(tmp_path, {"author": author, "text": f"{LEAD}\n\n{MORE}"}, archive, code=0 if own else 1)
    assert judgements(found) == ["own-archive" if own else "unattributed"]


def test_a_draft_in_its_own_archive_hides_nobody(tmp_path: Path) -> None:
    text = f"{LEAD}\n\nOur reporter bought a lamp."
    archive = [{"id": "rival", "outlet": "Rival Post", "text": f"{LEAD}\n\n{MORE}"}, {"id": "draft", "text": text}]
    found = check(tmp_path, {"text": text}, archive, code=1)
    assert [source["doc"] for passage in found["passages"] for source in passage["sources"]] == ["rival"]
    (tmp_path / "archive" / "draft.txt").write_text(text, encoding="utf-8")
    words = [DEDUP, "check", "archive/draft.txt", "--against", "archive", "--format", "line"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "archive/draft.txt: 1 finding to look at: 1 unattributed reuse\n")


@pytest.mark.parametrize(("own", "rival", "judgement"), [("10", "12", "own-archive"), ("12", "10", "unattributed")])
def test_a_version_of_ones_own_has_the_words_only_if_it_is_earlier(
    tmp_path: Path, own: str, rival: str, judgement: str
) -> None:
    archive = [
        {"id": "rival", "outlet": "Rival Post", "published": f"2024-05-{rival}", "text": f"{LEAD}\n\n{MORE}"},
        {"id": "own", "outlet": "Gazette", "published": f"2024-05-{own}", "text": f"{LEAD}\n\nOur reporter bought a lamp."},
    ]
    draft = {"outlet": "Gazette", "text": f"{LEAD}\n\nOur reporter bought two lamps."}
    found = check(tmp_path, draft, archive, code=int(judgement == "unattributed"))
    assert judgement in judgements(found)


@pytest.mark.parametrize("limit", ["unattributed", "credited"])
def test_a_named_source_may_be_used_up_to_a_number_of_words(tmp_path: Path, limit: str) -> None:
    archive = [{"id": "rival", "outlet": "Rival Post", "text": f"{LEAD}\n\n{MORE}\n\n{THIRD}"}]
    few = {"text": f"As the Rival Post reports, a boat is stuck.\n\n{LEAD}"}
    found = check(tmp_path, few, archive, "--fail-on", limit, code=int(limit == "credited"))
    assert judgements(found) == ["credited-unquoted"]
    many = {"text": f"{LEAD}\n\n{MORE}\n\n{THIRD}\n\nSource: Rival Post"}
    found = check(tmp_path, many, archive, "--fail-on", limit, code=1)
    assert judgements(found) == ["credited-unquoted"]
    assert "more than 50" in found["passages"][0]["reason"]


def test_the_name_of_a_photographer_is_no_credit_of_a_rival(tmp_path: Path) -> None:
    archive = [{"id": "rival", "outlet": "Rival Post", "text": LEAD}]
    found = check(tmp_path, {"text": f"Ferry\n\nPicture: Rival Post\n\n{LEAD}"}, archive, code=1)
    assert judgements(found) == ["unattributed"]


def test_one_paste_is_one_finding_whose_first_source_is_the_earliest(tmp_path: Path) -> None:
    archive = [
        {"id": "late", "outlet": "Late Post", "published": "2024-05-12", "text": f"{LEAD}\n\n{MORE}\n\n{THIRD}"},
        {"id": "early", "outlet": "Early Post", "published": "2024-05-11", "text": f"{LEAD}\n\n{MORE}\n\n{THIRD}"},
    ]
    own = (
        "Nobody in our own town has ever had a boat, and so the council asked a retired postman to explain what a keel is for."
    )
    found = check(tmp_path, {"text": f"{LEAD}\n\n{own}\n\n{MORE}\n\n{own}\n\n{THIRD}"}, archive, code=1)
    assert len(found["passages"]) == 3
    assert found["findings"] == [{"passages": [0, 1, 2], "judgement": "unattributed", "sources": ["early", "late"]}]
    (source, _) = found["passages"][0]["sources"]
    assert (source["doc"], source["outlet"], source["published"][:10]) == ("early", "Early Post", "2024-05-11")


@pytest.mark.parametrize(("kind", "judgement"), [("site", "boilerplate"), ("press-release", "marked-source")])
def test_the_kind_of_a_source(tmp_path: Path, kind: str, judgement: str) -> None:
    archive = [{"id": "s", "kind": kind, "outlet": "Rival Post", "text": f"{LEAD}\n\n{MORE}"}]
    assert judgements(check(tmp_path, {"text": LEAD}, archive, "--fail-on", "any")) == [judgement]


@pytest.mark.parametrize(
    ("line", "release"),
    [
        ("Press release leaves islanders puzzled", False),
        ("Pressemitteilung sorgt auf der Insel für Streit", False),
        ("PRESS RELEASE Cape Lindow Ferries", True),
        ("Pressemitteilung der Reederei Lindow", True),
        ("Press release, 14 May 2024", True),
        ("Comunicado de prensa de la naviera", True),
        ("Embargoed until 6 pm", True),
        ("ΔΕΛΤΙΟ ΤΥΠΟΥ", True),
        ("ПРЕСРЕЛІЗ", True),
        ("Priopćenje za medije", True),
        ("PRANEŠIMAS SPAUDAI", True),
        ("প্রেস বিজ্ঞপ্তি", True),
        ("Пресс-релиз опоздал на день", False),
    ],
)
def test_a_headline_about_a_release_is_none(line: str, release: bool) -> None:
    assert is_release(Document("d", f"{line}\n\n{LEAD}\n\n{MORE}"), 400) == release


def run(folder: Path, *words: str) -> tuple[int, str, str]:
    done = subprocess.run([DEDUP, "check", *words], cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def test_what_cannot_be_checked_never_passes(tmp_path: Path) -> None:
    (tmp_path / "draft.txt").write_text(LEAD, encoding="utf-8")
    (tmp_path / "news.txt").write_text(f"{LEAD} {MORE}", encoding="utf-8")
    (tmp_path / "data.txt").write_bytes(bytes(range(256)) * 8)
    (tmp_path / "empty").mkdir()
    (tmp_path / "none.txt").touch()
    subprocess.run([DEDUP, "scan", "news.txt", "--format", "json", "-o", "report.json"], cwd=tmp_path, check=True)
    for against in ("empty", "none.txt", "report.json", "nowhere"):
        code, out, err = run(tmp_path, "draft.txt", "--against", against)
        assert (code, out) == (2, ""), against
        assert against in err
    code, out, err = run(tmp_path, "draft.txt")
    assert code == 2
    assert "--against" in err
    code, out, err = run(tmp_path, "data.txt", "draft.txt", "--against", "news.txt", "--format", "line")
    assert (code, out) == (2, "draft.txt: 1 finding to look at: 1 unattributed reuse\n")
    assert "data.txt: no text" in err


def test_settings_lie_beside_the_draft_and_say_so(tmp_path: Path) -> None:
    (tmp_path / "desk").mkdir()
    (tmp_path / "desk" / "draft.txt").write_text(LEAD, encoding="utf-8")
    (tmp_path / "news.txt").write_text(f"{LEAD} {MORE}", encoding="utf-8")
    (tmp_path / "desk" / "dedup.toml").write_text('against = ["../news.txt"]\nlicensed = ["Ruters"]\nquote-limit = 9\n')
    code, out, err = run(tmp_path, "desk/draft.txt", "--format", "line")
    assert (code, out) == (1, "desk/draft.txt: 1 finding to look at: 1 unattributed reuse\n")
    assert f"settings from {tmp_path / 'desk' / 'dedup.toml'}" in err
    assert "did you mean 'Reuters'" in err


def test_hidden_characters_are_reported_and_hide_nothing(tmp_path: Path) -> None:
    (tmp_path / "draft.txt").write_text(LEAD.replace("sand", "sa\u200bnd"), encoding="utf-8")
    (tmp_path / "news.txt").write_text(f"{LEAD} {MORE}", encoding="utf-8")
    code, _, err = run(tmp_path, "draft.txt", "--against", "news.txt")
    assert code == 1
    assert "1 hidden character (U+200B)" in err


def test_lines_are_those_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "news.txt").write_text(f"{LEAD} {MORE}", encoding="utf-8")
    head = "<html>\n<head><title>Ferry</title></head>\n<body><article>\n<h1>Ferry</h1>\n"
    page = f"{head}<p>Our own words are these.</p>\n<p>{LEAD}</p>\n</article></body></html>\n"
    (tmp_path / "draft.html").write_text(page, encoding="utf-8")
    (tmp_path / "draft.txt").write_text(f"\n\nFerry\n\nOur own words are these.\n\n{LEAD}\n", encoding="utf-8")
    for name, line in (("draft.html", 6), ("draft.txt", 7)):
        _, out, _ = run(tmp_path, name, "--against", "news.txt", "--format", "github")
        assert out.startswith(f"::error file={name},line={line},endLine={line},")
        _, out, _ = run(tmp_path, name, "--against", "news.txt", "--format", "sarif")
        (result,) = json.loads(out)["runs"][0]["results"]
        assert result["locations"][0]["physicalLocation"]["region"]["startLine"] == line


@pytest.mark.parametrize(
    "phrase", ["they had to hope for the best but prepare for the worst", "the group said in a statement on its website"]
)
def test_a_set_phrase_alone_is_not_copied(tmp_path: Path, phrase: str) -> None:
    archive = [{"id": "a", "outlet": "Rival Post", "text": f"{MORE} On the island {phrase}, and nobody slept."}]
    found = check(tmp_path, {"text": f"{LEAD} In our town {phrase}, as ever."}, archive, "--fail-on", "any")
    assert found["passages"] == []
