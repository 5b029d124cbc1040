"""Counts in sentences."""

import pytest

from dedup.language.counting import counted, inflected


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 copies"), (1, "1 copy"), (2, "2 copies"), (11, "11 copies"), (1000, "1,000 copies")]
)
def test_a_count_has_the_noun_in_its_form(number: int, text: str) -> None:
    assert counted(number, "copy", "copies") == text


def test_the_plural_is_the_singular_with_an_s_unless_it_is_given() -> None:
    assert [counted(n, "sentence") for n in (1, 2)] == ["1 sentence", "2 sentences"]
    assert [inflected(n, "is", "are") for n in (0, 1, 2)] == ["are", "is", "are"]
