"""Nearly alike documents in a stream: the pairs that exact similarity names, aligned as a scan aligns them."""

import json
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dedup
from dedup.pipeline import stream
from dedup.report.scan_json import to_json
from dedup.sources import reader as sources
from dedup.sources.common import Notices

WORDS = (
    "harbour crane quay pier ship mayor inquiry insurer euro storm Tuesday net fish engineer loss report bridge tide".split()
)


def story(seed: int, length: int = 90) -> str:
    rng = random.Random(seed)
    return " ".join(f"{rng.choice(WORDS)}{rng.randrange(40)}" for _ in range(length))


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 60)), max_size=12))
def test_all_nearly_alike_documents_are_found_and_no_others(made: list[tuple[int, int]]) -> None:
    documents = []
    for number, (seed, cut) in enumerate(made):
        words = story(seed).split()
        documents.append(dedup.Document(f"d{number:02}", " ".join([*words[:cut], "other", "words", *words[cut:]])))
    report = stream.scan_stream(documents, Notices())
    found = {frozenset((m.a.doc, m.b.doc)) for m in report.matches}
    assert {d.id for d in report.documents} == {d.id for d in documents}
    for n, a in enumerate(documents):
        for b in documents[:n]:
            near = dedup.jaccard(a.text, b.text) >= 0.7
            assert (frozenset((a.id, b.id)) in found) == near
    assert "".join(to_json(stream.scan_stream(documents[::-1], Notices()))) == "".join(to_json(report))


def test_the_matches_are_those_of_a_scan_and_documents_can_be_shown(tmp_path: Path) -> None:
    texts = {f"{n}{copy}": story(n) + f" the end {copy * 3}" for n in range(30) for copy in "ab"}
    (tmp_path / "a.jsonl").write_text("".join(json.dumps({"id": i, "text": t}) + "\n" for i, t in texts.items()))
    documents = dedup.read(tmp_path / "a.jsonl")
    report = stream.scan_stream(sources.Reader(tmp_path / "a.jsonl").documents(), Notices())
    whole = dedup.scan(documents)
    assert [(m.a, m.b, m.kind, m.changes) for m in report.matches] == [(m.a, m.b, m.kind, m.changes) for m in whole.matches]
    assert [f.passages for f in report.families] == [f.passages for f in whole.families]
    assert report.shared == {name: share for name, share in whole.shared.items() if share}
    assert [d.text for d in report.documents[:3]] == [d.text for d in whole.documents[:3]]


def test_ids_that_repeat_are_named_as_they_are_when_all_is_read(tmp_path: Path) -> None:
    rows = [("n", story(1)), ("m", story(2)), ("n", story(3)), ("n", story(1)), ("m", story(2)), ("k", story(1) + " more")]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps({"id": i, "text": t}) + "\n" for i, t in rows))
    read = dedup.read(tmp_path / "a.jsonl")
    reader = sources.Reader(tmp_path / "a.jsonl")
    report = stream.scan_stream(reader.documents(), reader.notices)
    assert [d.id for d in report.documents] == sorted(d.id for d in read)
    assert {n.message for n in report.notices} == {n.message for n in read.notices}
    assert len(report.matches) == 1


def test_a_threshold_that_is_none_is_refused() -> None:
    with pytest.raises(dedup.UsageError):
        stream.scan_stream([], Notices(), threshold=0)
    assert stream.scan_stream([], Notices()).matches == ()


def test_a_stream_in_any_order_gives_the_same_report(monkeypatch: pytest.MonkeyPatch) -> None:
    draw = random.Random(7)
    words = [f"word{n}" for n in range(900)]

    def paragraph(size: int) -> str:
        return " ".join(draw.choice(words) for _ in range(size)).capitalize() + "."

    base = [paragraph(45) for _ in range(6)]
    documents = []
    for number in range(80):
        chosen = draw.sample(base, draw.randrange(1, 5))
        documents.append(dedup.Document(f"d{number}", "\n\n".join([*chosen, paragraph(draw.randrange(1, 20))])))
    monkeypatch.setattr(stream, "_COUNTED", 30)
    reports = []
    for seed in range(3):
        random.Random(seed).shuffle(documents)
        reports.append(stream.scan_stream(documents, Notices()))
    assert reports[0].matches
    for report in reports[1:]:
        assert report.matches == reports[0].matches
        assert report.families == reports[0].families
        assert report.shared == reports[0].shared
