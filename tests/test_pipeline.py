"""The stages in order: what holds for the whole."""

import json
import random
import tempfile
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dedup
from dedup import _native
from dedup.report.scan_json import from_json
from dedup.report.scan_json import to_json as pieces
from dedup.types import CONTENTS


def to_json(report: dedup.Report, *, with_text: bool = False) -> str:
    return "".join(pieces(report, with_text=with_text, shown=CONTENTS))


PIECES = [
    "Lebanese soldiers captured by militants three years ago were buried near the border town of Arsal.",
    "Washington supplied sizeable military equipment worth several hundred million dollars annually.",
    "The “frontier battle” was nearing a very big victory, Nasrallah told supporters in a televised speech!",
    "Al-Ikhbariya, a Syrian station, said 1,200 fighters boarded buses towards Deir el-Zour province.",
    "Prime Minister Saad al-Hariri criticised Hezbollah's role in the six-year conflict next door.",
]


@st.composite
def corpora(draw: st.DrawFn) -> list[dedup.Document]:
    out = []
    for n in range(draw(st.integers(0, 6))):
        chosen = draw(st.lists(st.sampled_from(PIECES), max_size=4))
        words = " ".join(chosen).split()
        for at in draw(st.lists(st.integers(0, 60), max_size=4)):
            if at < len(words):
                words[at] = draw(st.sampled_from(["no", "340", "Reuters", "", "и"]))
        days = draw(st.none() | st.integers(0, 3))
        published = None if days is None else datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days)
        outlet = draw(st.sampled_from([None, "one", "two"]))
        out.append(dedup.Document(f"d{n}", " ".join(words), outlet=outlet, published=published))
    return out


@settings(max_examples=60)
@given(corpora(), st.randoms(use_true_random=False), st.integers(1, 3))
def test_same_documents_give_the_same_bytes_in_any_order_and_with_any_number_of_threads(
    documents: list[dedup.Document], rng: random.Random, threads: int
) -> None:
    _native.set_threads(1)
    expected = to_json(dedup.scan(documents), with_text=True)
    rng.shuffle(documents)
    _native.set_threads(threads)
    assert to_json(dedup.scan(documents), with_text=True) == expected
    _native.set_threads(0)


@settings(max_examples=60)
@given(corpora())
def test_a_report_keeps_its_promises(documents: list[dedup.Document]) -> None:
    report = dedup.scan(documents)
    texts = {d.id: d.text for d in documents}
    times = {d.id: d.published for d in documents}
    families = {f.id: f for f in report.families}
    for match in report.matches:
        a, b = match.a, match.b
        assert a.doc is not None
        assert b.doc is not None
        assert a.doc != b.doc
        earlier, later = times[a.doc], times[b.doc]
        assert earlier <= later if earlier and later else a.doc < b.doc
        if earlier == later:
            assert a.doc < b.doc
        assert 0 <= a.start < a.end <= len(texts[a.doc])
        assert 0 <= b.start < b.end <= len(texts[b.doc])
        assert 0 < match.identity <= 1
        assert match.bits > 0
        assert families[match.family or ""].kind == "reuse"
        assert (match.kind == "verbatim") == (match.identity == 1) == (not match.changes)
        at = [a.start, b.start]
        for change in match.changes:
            assert at[0] <= change.a.start <= change.a.end <= a.end
            assert at[1] <= change.b.start <= change.b.end <= b.end
            assert (change.type == "insert") == (change.a.start == change.a.end)
            assert (change.type == "delete") == (change.b.start == change.b.end)
            at = [change.a.end, change.b.end]
    for family in report.families:
        assert family.canonical in family.passages
        assert len({p.doc for p in family.passages}) > 1
        assert list(family.passages) == sorted(set(family.passages))
    assert set(report.shared) == set(texts)
    assert all(0 <= share <= 1 for share in report.shared.values())


@settings(max_examples=30)
@given(corpora())
def test_a_report_with_its_texts_can_be_read_back(documents: list[dedup.Document]) -> None:
    written = to_json(dedup.scan(documents), with_text=True)
    back, names = from_json(written, lambda row, _: pytest.fail(f"asked for the text of {row}"))
    assert to_json(back, with_text=True) == written
    assert names == [d.id for d in back.documents]


@st.composite
def described(draw: st.DrawFn) -> list[dedup.Document]:
    """Documents that share passages, with any metadata."""
    known = st.none() | st.sampled_from(["Reuters", "AP", "reuters.com", "\ud800 \0 «x»"]) | st.text(max_size=9)
    ids = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=9)
    out = []
    for name in draw(st.lists(ids, max_size=5, unique=True)):
        chosen = draw(st.lists(st.sampled_from([*PIECES, "(Reuters)", "\ud800"]), max_size=5))
        time = draw(st.none() | st.datetimes(datetime(1990, 1, 1), datetime(2030, 1, 1)))
        more: dict[str, Any] = {f: draw(known) for f in ("path", "outlet", "title", "url", "kind", "agency", "author")}
        more |= {"record": draw(st.integers(0, 3)), "published": time}
        origins = draw(st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=2))
        text = "\n\n".join(chosen)
        out.append(dedup.Document(name, text, origins=tuple(origins.items()), **more))
    return out


@settings(max_examples=60)
@given(described())
def test_a_saved_report_is_loaded_as_it_was_and_traced_alike(documents: list[dedup.Document]) -> None:
    report = dedup.scan(documents)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.json"
        report.save(path)
        loaded = dedup.load(path)
        assert loaded == report
        traced = dedup.trace(loaded)
        assert traced == dedup.trace(documents)
        traced.save(path)
        assert dedup.load(path) == traced


def test_a_saved_report_keeps_boilerplate_and_warnings(tmp_path: Path) -> None:
    footer = "Reproduction of photographs needs the written consent of the Qalamoun Gazette and licensors worldwide."
    texts = [" ".join(f"x{n}y{i}" for i in range(60)) + f". {footer}" for n in range(3)]
    documents = [dedup.Document(f"d{n}", text, outlet="gazette") for n, text in enumerate(texts)]
    report = dedup.scan([*documents, dedup.Document("e", PIECES[1].replace("Washington", "W\u0430shingt\u043en"))])
    assert [family.kind for family in report.families] == ["boilerplate"]
    assert report.notices
    report.save(tmp_path / "report.json")
    assert dedup.load(tmp_path / "report.json") == report


def test_what_cannot_be_saved_or_loaded_is_named(tmp_path: Path) -> None:
    report = dedup.scan([])
    with pytest.raises(dedup.SourceError, match=r"cannot write .*No such file"):
        report.save(tmp_path / "no" / "report.json")
    with pytest.raises(dedup.SourceError, match="no such file"):
        dedup.load(tmp_path / "report.json")
    with pytest.raises(dedup.SourceError, match="not a file"):
        dedup.load(tmp_path)
    (tmp_path / "a.txt").write_text("One story.")
    with pytest.raises(dedup.ReportError, match="not a report"):
        dedup.load(tmp_path / "a.txt")


def test_a_failed_save_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text("old")
    with pytest.raises(ValueError, match="JSON"):
        dedup.Report((), (), (), params={"jump": float("inf")}).save(path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_report_of_an_earlier_version_that_holds_infinity_is_read() -> None:
    written = to_json(dedup.scan([])).replace('"near_jump_cost":null', '"near_jump_cost":Infinity')
    assert "Infinity" in written
    assert from_json(written, lambda *_: "")[0].params["near_jump_cost"] is None


def test_no_number_of_a_report_is_outside_of_json() -> None:
    for preset in ("news", "rewritten"):
        json.loads(to_json(dedup.scan([], preset=preset)), parse_constant=pytest.fail)


def test_a_report_has_the_published_shape() -> None:
    documents = [dedup.Document("a", PIECES[0]), dedup.Document("b", PIECES[0].replace("three", "four"))]
    report = json.loads(to_json(dedup.scan(documents)))
    assert list(report) == [
        "schema", "version", "params", "documents", "matches", "families", "left_out", "provenance", "warnings",
    ]  # fmt: skip
    assert report["schema"] == "dedup.report/1"
    assert report["provenance"] == {"edges": [], "versions": [], "sources": [], "passages": [], "stories": []}
    assert list(report["documents"][0]) == [
        "id", "path", "record", "sha256", "outlet", "title", "published", "url", "kind", "agency", "author", "origins",
        "length", "shared", "narration", "quotation",
    ]  # fmt: skip
    (match,) = report["matches"]
    assert list(match) == ["a", "b", "kind", "identity", "bits", "family", "content", "parts", "changes"]
    assert (match["content"], report["documents"][0]["narration"]) == ("narration", 1.0)
    (part,) = match["parts"]
    assert part == {
        "a": {"start": 0, "end": len(PIECES[0])}, "b": {"start": 0, "end": len(PIECES[0]) - 1}, "content": "narration",
        "bits": match["bits"],
    }  # fmt: skip
    assert match["a"] == {"doc": "a", "start": 0, "end": len(PIECES[0])}
    (change,) = match["changes"]
    assert change == {
        "type": "replace", "a": {"start": 40, "end": 45}, "b": {"start": 40, "end": 44}, "flags": ["number"],
    }  # fmt: skip
    (family,) = report["families"]
    assert list(family) == ["id", "kind", "content", "canonical", "passages"]
    assert match["family"] == family["id"]


def test_two_documents_with_one_id_are_refused() -> None:
    with pytest.raises(dedup.UsageError, match="'a'"):
        dedup.scan([dedup.Document("a", "x"), dedup.Document("a", "y")])


def test_a_time_without_a_zone_is_utc() -> None:
    times = [datetime(2020, 1, 1, 0), datetime(2020, 1, 1, 1, tzinfo=timezone(timedelta(hours=2)))]
    documents = [dedup.Document(f"d{n}", PIECES[0], published=time) for n, time in enumerate(times)]
    report = dedup.scan(documents)
    assert [d["published"] for d in json.loads(to_json(report))["documents"]] == [
        "2020-01-01T00:00:00Z",
        "2019-12-31T23:00:00Z",
    ]
    assert report.matches[0].a.doc == "d1"


def test_a_preset_joins_in_a_scan_as_in_a_comparison() -> None:
    a, b = (f"{PIECES[0]} {' '.join(f'{side}{n}' for n in range(40))} {PIECES[1]}" for side in ("left", "right"))
    report = dedup.scan([dedup.Document("a", a), dedup.Document("b", b)], preset="rewritten")
    assert len(report.matches) == len(dedup.compare(a, b, preset="rewritten")) == 1


def test_a_report_with_fields_of_a_later_version_can_be_read() -> None:
    row = json.loads(to_json(dedup.scan([dedup.Document("a", PIECES[0]), dedup.Document("b", PIECES[0])]), with_text=True))
    row["warnings"].append({"code": "c", "message": "m", "path": None, "line": None, "document": None, "hint": "new"})
    row["matches"][0]["a"]["page"] = 3
    assert from_json(json.dumps(row), lambda *_: "")[0].notices[0].code == "c"


@pytest.mark.parametrize(
    "data", ["[]", '{"schema": "dedup.report/2"}', '{"schema": "dedup.report/1"}', "[" * 100_000, "nonsense"]
)
def test_what_is_no_report_is_refused(data: str) -> None:
    with pytest.raises(dedup.ReportError, match="not a report"):
        from_json(data, lambda *_: "")


def test_no_documents_make_an_empty_report() -> None:
    report = dedup.scan([])
    assert (report.documents, report.matches, report.families) == ((), (), ())


def test_words_that_mix_scripts_match_and_are_told_of() -> None:
    disguised = PIECES[1].replace("Washington", "W\u0430shingt\u043en")
    report = dedup.scan([dedup.Document("a", PIECES[1]), dedup.Document("b", disguised)])
    assert [m.kind for m in report.matches] == ["verbatim"]
    assert [(n.code, n.document) for n in report.notices] == [("mixed-scripts", "b")]


@pytest.mark.parametrize(
    "sentence",
    [
        "黎巴嫩军队星期日宣布在叙利亚边境地区对极端组织发动的军事行动已经取得胜利并且停火",
        "أعلن الجيش اللبناني يوم الأحد وقف إطلاق النار في المعركة ضد تنظيم الدولة الإسلامية على الحدود مع سوريا",
        "กองทัพเลบานอนประกาศหยุดยิงเมื่อวันอาทิตย์หลังการสู้รบกับกลุ่มรัฐอิสลามบริเวณชายแดนซีเรีย",
    ],
    ids=["Chinese", "Arabic", "Thai"],
)
def test_a_sentence_copied_in_any_script_is_found(sentence: str) -> None:
    documents = [dedup.Document(f"d{n}", f"text{n} {sentence} end{n}") for n in range(2)]
    (match,) = dedup.scan(documents).matches
    assert match.kind == "verbatim"
    assert documents[0].text[match.a.start : match.a.end] == sentence


def test_wrong_arguments_are_usage_errors_that_name_the_argument() -> None:
    document = dedup.Document("a", "The army took the last hill on the border.")
    for call, said in (
        (lambda: dedup.scan(["text"]), r"documents\[0\] is a str"),  # type: ignore[list-item] # the test
        (lambda: dedup.scan("text"), "documents is one str"),  # type: ignore[arg-type] # the test
        (lambda: dedup.trace(["a"]), r"documents\[0\] is a str"),  # type: ignore[list-item] # the test
        (lambda: dedup.scan([document], threads=-1), "threads is -1"),
        (lambda: dedup.compare("a", b"b"), "b is a bytes"),  # type: ignore[arg-type] # the test
        (lambda: dedup.check("a text", against=[7]), "against is neither"),  # type: ignore[arg-type] # the test
        (lambda: dedup.check([7], against=[document]), "draft:1 is a int"),  # type: ignore[list-item] # the test
        (lambda: dedup.near_duplicates(["a"], 7.0), "threshold is 7.0"),
    ):
        with pytest.raises(dedup.UsageError, match=said):
            call()


def test_a_draft_is_checked_against_an_index_paths_or_documents(tmp_path: Path) -> None:
    text = "So far, more than 270 square km have been fully captured on Syrian land, the army said on Sunday in Beirut."
    (tmp_path / "wire.txt").write_text(text, encoding="utf-8")
    documents = dedup.read(tmp_path / "wire.txt")
    with dedup.Index(tmp_path / "x.dedup") as index:
        index.add(documents)
        ways = (index, tmp_path / "x.dedup", str(tmp_path / "wire.txt"), [tmp_path / "wire.txt"], documents)
        found = [dedup.check(f"{text} The end.", against=way).passages for way in ways]
    assert len(found[0]) == 1
    assert all(one == found[0] for one in found)
    one, two = dedup.check([text, dedup.Document("mine", "Another text.")], against=documents)
    assert (one.draft.id, two.draft.id, two.passages) == ("draft:1", "mine", ())


def test_threads_change_no_answer() -> None:
    documents = dedup.read(Path(__file__).parents[1] / "seeds")
    assert dedup.scan(documents, threads=1) == dedup.scan(documents, threads=3) == dedup.scan(documents)
