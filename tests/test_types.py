"""What users hold: one definition of a document's fields in every file, judgements in one table, short texts of objects."""

import json
import sqlite3
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dedup
from dedup.judge.limits import check_limit
from dedup.params import FIELD_NAMES
from dedup.report.read_jsonl import document_json
from dedup.sources.common import Notices
from dedup.sources.spool import Spool
from dedup.storage import rows
from dedup.types import (
    DOCUMENT_FIELDS,
    JUDGEMENT_KINDS,
    JUDGEMENTS,
    LIMITS,
    READ_FIELDS,
    Change,
    Checked,
    Document,
    Extent,
    Judged,
    Judgement,
    Match,
    Provenance,
    Span,
    utc,
)

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
known = st.none() | words
zones = st.sampled_from([None, UTC, timezone(timedelta(hours=-7)), timezone(timedelta(hours=5, minutes=45))])
times = st.none() | st.builds(
    lambda time, zone: time.replace(tzinfo=zone), st.datetimes(datetime(1800, 1, 1), datetime(2200, 1, 1)), zones
)
documents = st.builds(
    Document,
    id=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20),
    text=words,
    path=known,
    record=st.integers(0, 2**40),
    outlet=known,
    title=known,
    published=times,
    url=known,
    kind=known,
    agency=known,
    author=known,
    origins=st.dictionaries(words, words, max_size=3).map(lambda d: tuple(d.items())),
)


def in_utc(document: Document) -> Document:
    """The document as every file gives it back: a time without a zone is UTC."""
    row = {name: getattr(document, name) for name in DOCUMENT_FIELDS}
    return Document(**row | {"published": utc(document.published) if document.published else None})


@given(documents)
def test_a_row_keeps_every_field(document: Document) -> None:
    row = document.as_row()
    assert tuple(row) == DOCUMENT_FIELDS
    assert Document.from_row(row | {"a later field": 1}) == in_utc(document)


@given(documents)
def test_a_line_of_json_keeps_every_field_that_an_input_can_state(document: Document) -> None:
    row = json.loads(document_json(document))
    assert set(row) <= set(READ_FIELDS)
    back = in_utc(document)
    assert {name: row.get(name) for name in READ_FIELDS} == {name: back.as_row()[name] for name in READ_FIELDS}


@settings(max_examples=30)
@given(st.lists(documents, max_size=4, unique_by=lambda d: d.id))
def test_a_spool_keeps_every_field(given_documents: list[Document]) -> None:
    spool = Spool()
    for document in given_documents:
        spool.append(document)
    spool.name(Notices())
    assert list(map(in_utc, spool.read())) == list(map(in_utc, given_documents))


@settings(max_examples=15)
@given(document=documents)
def test_an_index_keeps_every_field_but_where_guesses_were_found(
    document: Document, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("index") / "news.dedup"
    with dedup.Index(path) as index:
        index.add([document])
        [found] = index.documents()
    assert found.as_row() == document.as_row() | {"origins": {}}


def test_every_field_has_a_place_in_every_file() -> None:
    assert set(FIELD_NAMES) == set(READ_FIELDS)
    assert {*rows._FIELDS, "text", "origins"} == set(DOCUMENT_FIELDS)


@pytest.mark.parametrize("wrong", [{"id": None}, {"outlet": 5}, {"text": None}, {"record": "x"}, {"origins": []}])
def test_a_row_with_a_value_of_another_type_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(TypeError, match=next(iter(wrong))):
        Document.from_row(Document("a", "x").as_row() | wrong)


def test_a_damaged_row_of_an_index_is_named(tmp_path: Path) -> None:
    with dedup.Index(tmp_path / "news.dedup") as index:
        index.add([Document("a", "One story.", published=datetime(2020, 1, 1, tzinfo=UTC))])
    connection = sqlite3.connect(tmp_path / "news.dedup")
    with connection:
        connection.execute("UPDATE documents SET published = 'no time'")
    connection.close()
    with dedup.Index(tmp_path / "news.dedup") as index, pytest.raises(dedup.SourceError, match=r"document 1 \('a'\)"):
        list(index.documents())


def test_what_is_turned_twice_is_as_it_was() -> None:
    changes = (Change("insert", Extent(3, 3), Extent(3, 5), ("name",)), Change("replace", Extent(7, 8), Extent(9, 9)))
    match = Match(Span("a", 0, 9), Span("b", 0, 9), "near", 0.9, 50.0, None, changes)
    assert match.turned().changes[0] == Change("delete", Extent(3, 5), Extent(3, 3), ("name",))
    assert match.turned().a == match.b
    assert match.turned().turned() == match


def test_the_table_of_judgements_has_each_once() -> None:
    assert get_args(Judgement) == JUDGEMENTS
    assert len({kind.words for kind in JUDGEMENT_KINDS.values()}) == len(JUDGEMENTS)
    assert {kind.name for kind in JUDGEMENT_KINDS.values() if kind.level != "note"} == {
        "quoted-unattributed",
        "licensed-uncredited",
        "credited-unquoted",
        "unattributed",
    }


def checked(*judgements: Judgement, words: int = 100, share: float = 0.2) -> Checked:
    return Checked(
        Document("d", "x"),
        words,
        tuple(Judged(n, n + 1, judgement, "") for n, judgement in enumerate(judgements)),
        dict.fromkeys(judgements, share),
    )


@pytest.mark.parametrize(
    ("judgements", "failing"),
    [
        ([], []),
        (["boilerplate"], []),
        (["quoted-attributed", "own-archive", "marked-source", "licensed-credited"], []),
        (["quoted-unattributed"], ["any", "20%", "20w"]),
        (["licensed-uncredited"], ["credit-missing", "credited", "any", "20%", "20w"]),
        (["credited-unquoted"], ["credited", "any", "20%", "20w"]),
        (["unattributed"], ["unattributed", "credit-missing", "credited", "any", "20%", "20w"]),
        (["quoted-unattributed", "licensed-uncredited"], ["credit-missing", "credited", "any", "20%", "20w", "40%", "40w"]),
    ],
)
def test_a_check_fails_from_its_limit_on(judgements: list[Judgement], failing: list[str]) -> None:
    one = checked(*judgements)
    assert [limit for limit in (*LIMITS, "20%", "20w", "40%", "40w", "90%") if one.fails(limit)] == failing
    assert one.fails() == ("unattributed" in judgements)


@pytest.mark.parametrize("limit", ["much", "", "20", "-1%", "2000%", "w", "Any"])
def test_a_wrong_limit_is_named(limit: str) -> None:
    with pytest.raises(dedup.UsageError, match=r"limit .*--fail-on"):
        checked().fails(limit)
    with pytest.raises(dedup.UsageError, match=r"limit .*--fail-on"):
        check_limit(limit)


def test_a_limit_that_is_no_text_is_a_usage_error() -> None:
    with pytest.raises(dedup.UsageError, match="limit 20"):
        checked().fails(20)  # type: ignore[arg-type] # the mistake


def test_the_repr_of_large_objects_is_short_and_names_counts() -> None:
    long = "x" * 10_000
    copies = [
        Document(f"{long}{n}", "The harbour authority closed two of its seven piers. " * 500, outlet=long) for n in range(3)
    ]
    found = dedup.trace(copies)
    report = dedup.Documents(copies)
    many = Checked(copies[0], 5, tuple(Judged(0, 1, "unattributed", long) for _ in range(99)), {}, tuple(copies))
    shown = [found, copies[0], report, many, many.passages[0], found.matches[0], found.families[0], found.provenance]
    assert all(len(repr(one)) < 300 for one in shown)
    assert f"documents=3 matches={len(found.matches)} families={len(found.families)}" in repr(found)
    assert "passages=99 sources=3" in repr(many)
    assert repr(Provenance()) == "<Provenance edges=0 versions=0 sources=0>"
    assert "characters=26500" in repr(copies[0])
