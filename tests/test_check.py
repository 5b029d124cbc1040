"""A check judges each shared passage once, by the first rule that applies, and gives the exit code that was asked for."""

import html
import json
import os
import queue
import re
import signal
import subprocess
import sys
import sysconfig
import threading
import unicodedata
from datetime import UTC, datetime
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import jsonschema
import judgements
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dedup
from dedup.judge.speakers import attributed_quotations
from dedup.press.credit_lines import line_credits
from dedup.press.names import agencies
from dedup.report.check_html import checked_page
from dedup.report.check_sarif import to_sarif
from dedup.report.page import script_text
from dedup.types import JUDGEMENTS, Change, Checked, Document, Extent, Judged, Judgement, Sourced

DEDUP = f"{sysconfig.get_path('scripts')}/dedup"
ROOT = Path(__file__).parents[1]
COPIED = "The harbour authority closed two of its seven piers after divers found cracks below the waterline last week"
SPOKEN = "We will not open the piers again before every single pillar has been looked at by an engineer"
OWN = "Fishermen who have used the smaller pier for decades were told to move their boats to the northern basin by Friday"
ARCHIVE = [
    Document("wire", f"HARBOUR CITY (Reuters) - {COPIED}. More news followed.", outlet="reuters.com", kind="wire"),
    Document("paper", f'A talk with the mayor. "{SPOKEN}," the mayor said. Then she left for lunch.', outlet="Other Paper"),
    Document("own", f"Our reporter writes from the coast. {OWN}.", outlet="The Daily"),
    Document("release", f"FOR IMMEDIATE RELEASE\n{OWN.replace('Fishermen', 'Anglers').replace('decades', 'centuries')} sharp."),
]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("check") / "archive.dedup"
    dedup.Index(path).add(ARCHIVE)
    return path


@pytest.mark.parametrize(
    ("draft", "judged"),
    [
        (f"News of the day. {COPIED}.", ["unattributed"]),
        (f"The posters had “{SPOKEN}” on them. Nobody else was there.", ["quoted-unattributed"]),
        (f"“{SPOKEN},” the mayor said.", ["quoted-attributed"]),
        (f"Der Bürgermeister sagte: „{SPOKEN}.“", ["quoted-attributed"]),
        (f"According to the mayor, « {SPOKEN} ».", ["quoted-attributed"]),
        (f"{COPIED}. (Reuters)", ["licensed-credited"]),
        (f"{COPIED}, they wrote.", ["licensed-uncredited"]),
        (f"{OWN}.", ["own-archive"]),
        (f"“{SPOKEN},” the mayor said. {COPIED}.", ["quoted-attributed", "unattributed"]),
        (f"{COPIED.replace('authority', '“authority”')}.", ["unattributed"]),
        ("Nothing of this stands anywhere else in the world.", []),
    ],
)
def test_each_passage_has_one_judgement(draft: str, judged: list[str], index: Path) -> None:
    licensed = frozenset({"Reuters"}) if any(name.startswith("licensed") for name in judged) else frozenset()
    rules = dedup.CheckRules(licensed=licensed, own_outlets=frozenset({"The Daily"}))
    if judged == ["own-archive"]:
        rules = dedup.CheckRules(own_outlets=frozenset({"The Daily"}), ignore_sources=frozenset({"release"}))
    checked = dedup.check(draft, index, rules=rules)
    assert [p.judgement for p in checked.passages] == judged
    assert all(p.reason and p.sources for p in checked.passages)
    for passage in checked.passages:
        best = passage.sources[0]
        words = next(d for d in ARCHIVE if d.id == best.doc).text[best.start : best.end].split()
        assert len(set(words) & set(draft[passage.start : passage.end].split())) > 4


@pytest.mark.parametrize(
    ("author", "text", "judged"),
    [
        ("Jane Doe", f"{COPIED}.", "own-archive"),
        ("John Roe", f"{COPIED}.", "unattributed"),
        ("Reuters", f"HARBOUR CITY (Reuters) - {COPIED}.", "unattributed"),
    ],
)
def test_what_the_author_wrote_before_is_own_but_an_agency_is_no_author(
    author: str, text: str, judged: str, tmp_path: Path
) -> None:
    writer = author if author == "Reuters" else "jane doe"
    dedup.Index(tmp_path / "x.dedup").add([Document("old", text, outlet="Other Paper", author=writer)])
    [passage] = dedup.check(Document("new", f"{COPIED}.", author=author), tmp_path / "x.dedup").passages
    assert passage.judgement == judged


def test_a_marked_source_comes_before_the_own_archive(index: Path) -> None:
    found = dedup.check(f"{OWN}.", index, rules=dedup.CheckRules(own_outlets=frozenset({"The Daily"})))
    assert [p.judgement for p in found.passages] == ["marked-source"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("licensed", "AP"),
        ("licensed", None),
        ("own_outlets", {1}),
        ("ignore_sources", b"wire"),
        ("ignore_phrases", "harbour"),
        ("ignore_phrases", ["harbour"]),
        ("min_words", "8"),
        ("min_words", True),
        ("quote_words", 4.0),
        ("fragment_words", -1),
        ("label_characters", None),
    ],
)
def test_a_rule_of_a_wrong_type_is_refused_by_the_name_of_the_argument(name: str, value: object) -> None:
    with pytest.raises(dedup.UsageError, match=f"^{name}: give "):
        dedup.CheckRules(**{name: value})  # type: ignore[arg-type] # wrong on purpose


def test_rules_take_any_collection_of_names_and_can_be_compared() -> None:
    rules = dedup.CheckRules(licensed=["AP", "AP"], ignore_phrases=[re.compile("x")])  # type: ignore[arg-type] # as from JSON
    assert rules == dedup.CheckRules(licensed={"AP"}, ignore_phrases=(re.compile("x"),))
    assert hash(rules)


def test_the_numbers_of_the_rules_shape_the_judgements(index: Path) -> None:
    words = len(SPOKEN.split())

    def judged(**numbers: int) -> list[str]:
        rules = dedup.CheckRules(**numbers)  # type: ignore[arg-type] # only numbers are given
        return [p.judgement for p in dedup.check(f"“{SPOKEN},” the mayor said.", index, rules=rules).passages]

    assert judged(quote_words=words) == ["quoted-attributed"]
    assert judged(quote_words=words + 1) == ["unattributed"]
    assert judged(min_words=words + 3) == ["quoted-attributed"]  # with the three words behind the quotation
    assert judged(min_words=words + 4) == []


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ('He said "one two" and "three".', ["one two", "three"]),
        ("“One ‘two’ three” four", ["One ‘two’ three"]),
        ("„Eins ‚zwei‘ drei“ vier", ["Eins ‚zwei‘ drei"]),
        ("«Un deux» trois »quatre«", ["Un deux", "quatre"]),
        ("›Eins zwei‹ drei ‹quatre›", ["Eins zwei", "quatre"]),
        ("Back in the ‘90s, ‘one two’ was the boys’ rule", ["one two"]),
        ("‘하나 둘’이라고 셋", ["하나 둘"]),
        ("它说「一 二」三", ["一 二"]),
        ("don't 'one two' the ministers' plan", ["one two"]),
        ("“One two\n“Three four” five", ["One two", "Three four"]),
        ('"One two', ["One two"]),
        ('A 6" pipe, no more', []),
    ],
)
def test_quotation_marks_of_many_languages(text: str, inside: list[str]) -> None:
    assert [text[q.start : q.end].strip() for q in attributed_quotations(text)] == inside


@pytest.mark.parametrize(
    ("file", "passages", "right"), [("check", 268, 266), ("check2", 133, 133), ("check3", 77, 76), ("check4", 178, 172)]
)
def test_labelled_passages_are_judged_as_their_labels_say(file: str, passages: int, right: int) -> None:
    found = judgements.judged(judgements.LABELLED.with_name(f"{file}.json"))
    assert len(found) == passages
    assert sum(label == judgement for _, label, judgement in found) >= right


@pytest.mark.parametrize(
    "line",
    [
        "(Reuters; own research)",
        "Credit: Reuters",
        "Additional reporting by Reuters.",
        "REUTERS | KABANDI | Friday",
        "Redacción / Reuters",
        "mit Material von Reuters",
        "Von unserer Redaktion und Reuters",
        "(Reuters/red.)",
        "– Reuters and staff reports",
        "Text: Reuters | Foto: dpa",
        "© Reuters",
    ],
)
def test_a_line_of_items_is_a_credit(line: str) -> None:
    prose = "The council met on Monday evening to talk about the future of the old swimming pool in the park."
    for text in (f"A headline\n\n{line}\n\n{prose}", f"A headline\n\n{prose}\n\n{line}"):
        assert line_credits(text, agencies()) == {"Reuters"}


@pytest.mark.parametrize(
    "line",
    [
        "Photo: Reuters",
        "REUTERS/Jane Doe",
        "Bild: Reuters",
        "Reuters said it had no comment.",
        "Das meldet Reuters am Abend.",
        "Reuters shares fell sharply.",
        "He once worked for Reuters in Moscow.",
        "A spokesman did not answer questions from Reuters.",
    ],
)
def test_a_photo_or_a_sentence_is_no_credit(line: str) -> None:
    prose = "The council met on Monday evening to talk about the future of the old swimming pool in the park."
    assert not line_credits(f"A headline\n\n{prose}\n\n{line}", agencies())


WORDS = "we have waited for eleven long years and nobody has come to look at it"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Ada Finlay shrugged. “{}.” The lift went down.", True),
        ("Ada Finlay came in. The lift was slow. “{}.” The lift went down.", False),
        ("“{}.” That was Viktor Tamm's verdict.", True),
        ("“{}.” She laughed.", True),
        ("“So far,” by the army, he added. “{}.” It rained.", True),
        ("“{},” Keane, 54, said.", True),
        ("“{}”, kritisiert der Verband.", True),
        ("„{}“, so Sendelbach.", True),
        ("“{}.”\n— Ada Finlay, nurse", True),
        ("De burgemeester: “{}.”", True),
        ("Per il sindaco «{}».", True),
        ("In einer Mitteilung heißt es: „{}“.", True),
        ("« {} », tient à préciser Marcel Ansquer.", True),
        ("As the Coastal Times put it, “{}.”", True),
        ("The nurse put it like this:\n\n> {}.\n\nNobody replied.", True),
        ("– {}, répond Marcel Ansquer.", True),
        ("—{} —contesta Remedios Alba.", True),
        ("“{},” she snapped.", True),
        ("“{}!” the crowd chanted.", True),
        ("The report by the audit office concludes that “{}”.", True),
        ("Joint par téléphone, le préfet se veut rassurant : « {} ».", True),
        ("«{}», reza el cartel de la entrada.", False),
        ("„{}“ steht auf der Rückseite des Bierdeckels.", False),
        ("On the wall somebody has written: “{}.”", False),
        ("Auf dem Plakat mit Anna Keller steht: „{}“. Es ist blau.", False),
        ("En la fachada se lee «{}».", False),
        ("The T-shirts say “{}”.", False),
        ("It was the joke of the week: “{}.”", False),
    ],
)
def test_who_is_the_speaker_of_a_quotation(text: str, named: bool) -> None:
    [quotation] = [q for q in attributed_quotations(text.format(WORDS)) if q.end - q.start > 20]
    assert bool(quotation.speaker) is named


@settings(deadline=None)
@given(st.text(alphabet="ab ,.:!\n-–—>\"'’‘“”„‚«»‹›「」", max_size=80))
def test_quotations_are_in_order_and_apart_whatever_the_marks(text: str) -> None:
    found = attributed_quotations(text)
    assert all(0 <= q.start <= q.end <= len(text) for q in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
    assert isinstance(line_credits(text, {"ab": "AB"}), set)


def test_many_marks_that_nothing_closes_cost_no_more_than_their_number() -> None:
    assert attributed_quotations("'a " * 30_000) == []


def test_a_bullet_is_no_dialogue() -> None:
    assert attributed_quotations(f"- {WORDS}, which is long\n- and nobody, it seems, Ada Finlay included") == []


def test_a_box_is_boilerplate_in_the_briefs_of_one_outlet_though_it_is_half_of_each() -> None:
    box = "Want more stories like this one? Our weekend newsletter brings the best of the valley to your inbox every Saturday."
    briefs = [COPIED, SPOKEN, OWN]
    archive = [
        Document(str(n), f"{brief}.\n\n{box}", outlet="The Daily", published=datetime(2025, 3 * n + 1, 1, tzinfo=UTC))
        for n, brief in enumerate(briefs)
    ]
    found = dedup.scan([*archive, Document("draft", f"Bells ring on Tuesdays.\n\n{box}", outlet="The Daily")])
    assert [family.kind for family in found.families] == ["boilerplate"]


def run(*words: str, cwd: Path, code: int) -> str:
    done = subprocess.run([DEDUP, "check", *words], capture_output=True, text=True, check=False, cwd=cwd)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


def test_the_command(tmp_path: Path, index: Path) -> None:
    draft = tmp_path / "draft.txt"
    draft.write_text(f"News.\n\n{COPIED}.\n", encoding="utf-8")
    found = json.loads(run("draft.txt", "--against", str(index), "--format", "json", cwd=tmp_path, code=1))
    assert found["schema"] == "dedup.check/1"
    [one] = found["drafts"]
    assert one["id"] == "draft.txt"
    assert one["shared"] == {"unattributed": pytest.approx(0.947, abs=0.01)}
    assert one["passages"][0]["sources"][0]["doc"] == "wire"
    assert "file=draft.txt,line=3" in run("draft.txt", "--against", str(index), "--format", "github", cwd=tmp_path, code=1)
    sarif = json.loads(run("draft.txt", "--against", str(index), "--format", "sarif", cwd=tmp_path, code=1))
    assert sarif["runs"][0]["results"][0]["ruleId"] == "unattributed"
    assert "<h1 " in run("draft.txt", "--against", str(index), "--format", "html", cwd=tmp_path, code=1)
    assert "unattributed reuse" in run("draft.txt", "--against", str(index), cwd=tmp_path, code=1)
    run("draft.txt", "--against", str(index), "--licensed", "Reuters", cwd=tmp_path, code=0)
    run("draft.txt", "--against", str(index), "--licensed", "Reuters", "--fail-on", "credit-missing", cwd=tmp_path, code=1)
    run("draft.txt", "--against", str(index), "--fail-on", "19w", cwd=tmp_path, code=0)
    run("draft.txt", "--against", str(index), "--fail-on", "90%", cwd=tmp_path, code=1)
    assert "20%" in run("draft.txt", "--against", str(index), "--fail-on", "much", cwd=tmp_path, code=2)
    assert "no such file" in run("nowhere.txt", "--against", str(index), cwd=tmp_path, code=2)


class Watched:
    """`dedup check --watch` at work, and the lines that it says on stderr."""

    def __init__(self, cwd: Path, index: Path) -> None:
        asked = [DEDUP, "check", "draft.txt", "--against", str(index), "--watch"]
        self.process = subprocess.Popen(asked, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.lines: queue.Queue[str] = queue.Queue()
        self.reader = threading.Thread(target=self._read)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.lines.put(line)

    def wait_for(self, words: str) -> None:
        while words not in (line := self.lines.get(timeout=60)):
            assert "Traceback" not in line

    def stop(self) -> tuple[int, str]:
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(60)
        self.reader.join()
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        self.process.stderr.close()
        with self.process.stdout as stream:
            return code, stream.read()


def test_a_watched_draft_is_checked_again_when_it_is_written_replaced_or_back(tmp_path: Path, index: Path) -> None:
    draft = tmp_path / "draft.txt"
    draft.write_text("Words of our own, and of nobody else in this world.", encoding="utf-8")
    watched = Watched(tmp_path, index)
    watched.wait_for("watching draft.txt")
    draft.write_text(f"{COPIED}.", encoding="utf-8")  # written in place
    watched.wait_for("watching draft.txt")
    draft.unlink()
    watched.wait_for("draft.txt: not there; waiting for it")
    (tmp_path / "new").write_text(f"“{SPOKEN},” the mayor said.", encoding="utf-8")
    (tmp_path / "new").rename(draft)
    watched.wait_for("watching draft.txt")
    (tmp_path / "new").write_text(f"Once more. {COPIED}.", encoding="utf-8")
    (tmp_path / "new").rename(draft)  # as editors save
    watched.wait_for("watching draft.txt")
    code, shown = watched.stop()
    assert code == 1  # that of the last check
    firsts = re.findall(r"^draft.txt: (.*)$", shown, re.MULTILINE)
    assert firsts == [
        "nothing in it occurs elsewhere",
        "1 finding to look at: 1 unattributed reuse",
        "nothing is left to do",
        "1 finding to look at: 1 unattributed reuse",
    ]


def test_only_files_are_watched(tmp_path: Path, index: Path) -> None:
    assert "only files can be watched" in run("-", "--against", str(index), "--watch", cwd=tmp_path, code=2)


def sarif_schema() -> dict[str, object]:
    """The public schema of SARIF 2.1.0, as the crate serde-sarif holds it."""
    home = Path(os.environ.get("CARGO_HOME", Path.home() / ".cargo"))
    named = os.environ.get("DEDUP_SARIF_SCHEMA")
    found = [Path(named)] if named else sorted(home.glob("registry/src/*/serde-sarif-*/src/schema.json"))
    if not found:
        pytest.skip("no schema of SARIF here: cargo fetch serde-sarif 0.8.0, or name a file in DEDUP_SARIF_SCHEMA")
    schema: dict[str, object] = json.loads(found[-1].read_text(encoding="utf-8"))
    assert schema["title"] == "Static Analysis Results Format (SARIF) Version 2.1.0 JSON Schema"
    return schema


def test_sarif_follows_its_public_schema(index: Path) -> None:
    schema = sarif_schema()
    drafts = [
        Document("a", f"News.\n{COPIED}.", path="with space/é:1.txt"),
        Document("b", f"“{SPOKEN}.” {OWN}."),
        Document("c", "Nothing."),
    ]
    checked = [dedup.check(draft, index) for draft in drafts]
    found = json.loads(to_sarif(checked))
    jsonschema.Draft7Validator(schema, format_checker=jsonschema.Draft7Validator.FORMAT_CHECKER).validate(found)
    results = found["runs"][0]["results"]
    assert {result["ruleId"] for result in results} <= {rule["id"] for rule in found["runs"][0]["tool"]["driver"]["rules"]}
    place = results[0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "with%20space/%C3%A9%3A1.txt"
    assert (place["region"]["startLine"], place["region"]["startColumn"]) == (2, 1)
    assert place["region"]["endColumn"] == len(COPIED) + 1
    assert json.loads(to_sarif([]))["runs"][0]["results"] == []


class Page(HTMLParser):
    """A page's tags, attributes and text; tags must be balanced."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.scripts: list[str] = []
        self.feed(page)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in {"meta", "br", "input"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "script" in self.open:
            self.scripts.append(data)
        elif not {"style", "title"} & {*self.open}:
            self.text += data


EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>&amp;\x00\x1b[31m"


def test_a_page_holds_the_draft_its_notes_and_its_sources(index: Path) -> None:
    draft = f"News.\n\n{COPIED.replace('seven', 'nine')}. “{SPOKEN}.”\n\n“{SPOKEN},” the mayor said."
    page = Page(checked_page([dedup.check(Document("draft.txt", draft), index)]))
    ids = [values["id"] for _, values in page.tags if "id" in values]
    assert len(set(ids)) == len(ids)
    links = [values["href"] or "" for tag, values in page.tags if tag == "a"]
    assert links
    assert {link.removeprefix("#") for link in links} <= set(ids)
    assert not {"img", "link", "iframe"} & {tag for tag, _ in page.tags}
    assert page.scripts == [script_text("check.js")]
    words = " ".join(page.text.split())
    for part in ("unattributed reuse", "reuters.com", "Facts to verify", "seven", "nine", "finding to look at"):
        assert part in words
    marked = "".join(re.findall(r"<mark[^>]*>([^<]*)</mark>", checked_page([dedup.check(draft, index)])))
    assert COPIED.split(maxsplit=1)[0] in marked


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=60), st.integers(0, 40), st.integers(0, 40), st.sampled_from(JUDGEMENTS))
def test_nothing_in_a_page_escapes(text: str, start: int, end: int, judgement: Judgement) -> None:
    text = f"{EVIL}\n{text}"
    first, last = sorted((min(start, len(text)), min(end, len(text))))
    source = Document(EVIL, text, outlet=EVIL)
    change = Change("replace", Extent(first, last), Extent(first, last), ("name",))
    passage = Judged(first, last, judgement, EVIL, (Sourced(EVIL, 0, len(text), 1.0),), (change,))
    checked = Checked(Document(EVIL, text, outlet=EVIL), 10, (passage,), {judgement: 0.5}, (source,))
    page = Page(checked_page([checked, checked]))
    assert {tag for tag, _ in page.tags} <= set(
        "html head meta title style body main section header h1 h2 h3 h4 p div span ul ol li b mark a article details"
        " summary del ins table thead tbody tr th td bdi br script svg rect fieldset legend label input button".split()
    )
    assert page.scripts == [script_text("check.js")]
    assert not any(name.startswith("on") for _, values in page.tags for name in values)
    assert not {"\x00", "\x1b"} & {*page.text}


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=80), st.lists(st.integers(0, 80), max_size=8))
def test_a_page_shows_every_word_of_a_draft_once(text: str, cuts: list[int]) -> None:
    places = sorted({min(cut, len(text)) for cut in cuts})
    passages = tuple(Judged(a, b, "unattributed", "") for a, b in zip(places[::2], places[1::2], strict=False))
    page = checked_page([Checked(Document("d", text), 1, passages, {})])
    lines = re.findall(
        r'<h1 class="headline prose line"[^>]*>(.*?)</h1>|<p dir="auto"(?: class="spaced")?>(.*?)</p>', page, re.DOTALL
    )
    body = re.sub(r'<a class="ref.*?</a>', "", "".join(first + line for first, line in lines))
    shown = html.unescape(re.sub(r"<[^>]*>", "", body))
    unseen = {c for c in text if unicodedata.category(c) == "Cf"} - {*"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"}
    plain = "".join(c if c.isprintable() or c.isspace() or c in unseen else "\ufffd" for c in text)
    assert "".join(shown.split()) == "".join(plain.split())


def test_settings(tmp_path: Path, index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "draft.txt").write_text(f"{COPIED}.", encoding="utf-8")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DEDUP_FAIL_ON", "any")
    words = ("draft.txt", "--against", str(index))
    run(*words, cwd=tmp_path, code=1)
    (tmp_path / "pyproject.toml").write_text(
        '[tool.dedup]\nlicensed = ["Reuters"]\nfail-on = "unattributed"\n', encoding="utf-8"
    )
    run(*words, cwd=tmp_path, code=0)  # stronger than the environment
    (tmp_path / "pyproject.toml").write_text('[tool.dedup]\nlicenced = ["Reuters"]\n', encoding="utf-8")
    assert "did you mean 'licensed'" in run(*words, cwd=tmp_path, code=2)
    (tmp_path / "pyproject.toml").write_text("[tool.dedup]\nmin-words = 'many'\n", encoding="utf-8")
    assert "a whole number" in run(*words, cwd=tmp_path, code=2)
    (tmp_path / "pyproject.toml").unlink()
    (tmp_path / "dedup.toml").write_text('ignore-phrases = ["/harbour.*piers/"]\n', encoding="utf-8")
    run(*words, cwd=tmp_path, code=0)
    (tmp_path / "dedup.toml").write_text('ignore-phrases = ["/(/"]\n', encoding="utf-8")
    assert "not a regular expression" in run(*words, cwd=tmp_path, code=2)


# Where drafts are checked by machines.


def git(*words: str, cwd: Path) -> None:
    name = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main"]
    subprocess.run(["git", *name, *words], cwd=cwd, check=True, capture_output=True)


def test_the_hook_runs_under_pre_commit(tmp_path: Path, index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hooks, site = tmp_path / "hooks", tmp_path / "site"
    for folder in (hooks, site):
        folder.mkdir()
        git("init", cwd=folder)
    (hooks / ".pre-commit-hooks.yaml").write_bytes((ROOT / ".pre-commit-hooks.yaml").read_bytes())
    git("add", ".", cwd=hooks)
    git("commit", "-m", "hooks", cwd=hooks)
    revision = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=hooks, check=True, capture_output=True, text=True
    ).stdout.strip()
    # What is installed is tested; pre-commit would build it once more.
    hook = f"{{id: dedup-check, language: system, entry: {DEDUP} check, args: [--against={index}]}}"
    config = f"repos: [{{repo: {hooks}, rev: {revision}, hooks: [{hook}]}}]"
    (site / ".pre-commit-config.yaml").write_text(config, encoding="utf-8")
    (site / "good.txt").write_text("Words of our own, and of nobody else in this world.", encoding="utf-8")
    git("add", ".", cwd=site)
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "home"))
    command = [sys.executable, "-m", "pre_commit", "run", "--files"]
    passed = subprocess.run([*command, "good.txt"], cwd=site, capture_output=True, text=True, check=False)
    assert passed.returncode == 0, passed.stdout + passed.stderr
    (site / "bad.txt").write_text(f"{COPIED}.", encoding="utf-8")
    git("add", ".", cwd=site)
    failed = subprocess.run([*command, "bad.txt"], cwd=site, capture_output=True, text=True, check=False)
    assert failed.returncode == 1
    assert "unattributed reuse" in failed.stdout


def test_the_steps_of_the_action_run_as_they_stand(tmp_path: Path, index: Path) -> None:
    (tmp_path / "bad.txt").write_text(f"{COPIED}.", encoding="utf-8")
    steps = re.findall(r"^      run: (.*)$", (ROOT / "action.yml").read_text(encoding="utf-8"), re.MULTILINE)
    path = f"{sysconfig.get_path('scripts')}:/usr/bin:/bin"
    env = {"PATH": path, "DEDUP_SOURCE": str(ROOT), "DEDUP_DRAFTS": "*.txt", "DEDUP_AGAINST": str(index), "DEDUP_LIMIT": "any"}
    asked = [["bash", "-ec", step] for step in steps]
    done = [subprocess.run(a, cwd=tmp_path, env=env, capture_output=True, text=True, check=False) for a in asked]
    assert [one.returncode for one in done] == [0, 1]
    assert done[1].stdout.startswith("::error file=bad.txt,line=1")
