"""Views: what each shows of a text, and how it counts."""

import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

import dedup
from dedup.language.counting import counted
from dedup.report import formats
from dedup.report.about import outlet_and_time
from dedup.report.diff import Piece
from dedup.report.index_terminal import unverified_text
from dedup.report.json_values import dumps
from dedup.report.labels import headline_of, marked_diff, titled
from dedup.report.printable import flowing, kept_places, on_page
from dedup.report.tree_html import tree_page
from dedup.report.tree_terminal import render_tree
from dedup.report.word_counts import word_counts
from dedup.text.tokens import tokenise
from dedup.types import Document


def test_a_line_above_different_texts_of_an_outlet_is_no_headline() -> None:
    texts = ("Our World\n\nFerry sails.", "Our World\n\nTrain departs.", "Our World\n\nFerry sails again.")
    documents = [Document(str(n), text, outlet="The Daily") for n, text in enumerate(texts)]
    assert [headline_of(one) for one in titled(documents).values()] == ["Ferry sails.", "Train departs.", "Ferry sails again."]
    copies = titled(documents, lambda: [("0", "hidden:1"), ("1", "hidden:1"), ("2", "0")])
    assert {headline_of(one) for one in copies.values()} == {"Our World"}  # it may be the headline of what they have in common
    given = [Document("a", texts[0], outlet="The Daily", title="Its own"), Document("b", texts[1])]
    assert list(titled(given).values()) == given


def test_no_space_comes_behind_an_opening_sign_of_a_diff() -> None:
    parts = [Piece("", "more than [", (), equal=True), Piece("270", "", (), equal=False), Piece("", "or", (), equal=True)]
    assert [part.gap for part in marked_diff(parts)] == [False, False, False]
    parts[0] = Piece("", "more than", (), equal=True)
    assert [part.gap for part in marked_diff(parts)] == [False, True, False]


@given(st.text())
def test_nothing_that_a_line_of_a_terminal_shows_can_control_it(text: str) -> None:
    shown = flowing(text)
    assert all(c.isprintable() or c in "\u200c\u200d" for c in shown)
    assert [c for c in shown if c != " "] == [c for c in text if c in "\u200c\u200d" or (c.isprintable() and c != " ")]


@given(st.text(), st.data())
def test_a_place_in_a_text_is_found_again_in_what_is_shown(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text)))
    assert kept_places(text)[at] == len(flowing(text[:at]))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("co\u00adoperate", "cooperate"),
        ("zero\u200bwidth\u2060\ufeff", "zerowidth"),
        ("a\u202eb", "ab"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("one\ntwo\x1b[31m", "one two [31m"),
    ],
)
def test_characters_without_width_take_none(text: str, shown: str) -> None:
    assert flowing(text) == shown


@given(st.text())
def test_a_page_holds_no_control_character_and_no_mark_that_reorders(text: str) -> None:
    shown = on_page(text)
    assert len(shown) == len(text)
    assert not any(unicodedata.category(c) in {"Cc", "Cs"} and not c.isspace() for c in shown)
    assert not {*"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"} & {*shown}
    assert on_page("co\u00adoperate می\u200cخواهم") == "co\u00adoperate می\u200cخواهم"


@given(st.lists(st.text(), max_size=4))
def test_words_are_those_that_a_scan_compares(texts: list[str]) -> None:
    assert word_counts(texts) == [len(tokenise([text]).ids) for text in texts]


@pytest.mark.parametrize(
    ("number", "shown"), [(0, "0 matches"), (1, "1 match"), (2, "2 matches"), (1_234_567, "1,234,567 matches")]
)
def test_a_number_has_the_noun_that_fits_it(number: int, shown: str) -> None:
    assert counted(number, "match", "matches") == shown


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_no_number_outside_of_json_is_written(number: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        dumps({"identity": number})


def test_the_purposes_of_formats_are_listed_together() -> None:
    assert formats.view_purposes("tree") == (
        "rich for reading, json for programs, html for a browser, dot, mermaid, graphml or gexf for graph tools, "
        "csv or parquet for tables in a folder, jsonl for all rows of the tables"
    )
    assert formats.view_names("unverified") == formats.view_names("query")  # one command writes both
    assert formats.view_names("outcome") == formats.view_names("query")


def test_views_count_in_words_that_fit(capsys: pytest.CaptureFixture[str]) -> None:
    report = dedup.trace([Document("a", "One story.")])
    render_tree(report, Console(width=80))
    assert "1 document · 0 trees · 0 unseen sources" in capsys.readouterr().out
    assert "1 document · 0 stories · 0 independent sources · 0 unseen sources" in tree_page(report)
    row = {"a": {"doc": None, "start": 0, "end": 9}, "b": {"doc": "b", "start": 1, "end": 9}}
    assert unverified_text([row]).splitlines()[-1].startswith("1 passage shares fingerprints")
    assert unverified_text([row, row]).splitlines()[-1].startswith("2 passages share fingerprints")


def test_what_is_unknown_of_a_document_is_left_out() -> None:
    time = datetime(2018, 7, 15, 9, 30, tzinfo=UTC)
    assert outlet_and_time(Document("a", "x", outlet="The Daily", published=time)) == ["The Daily", "2018-07-15 09:30"]
    assert outlet_and_time(Document("a", "x")) == []
