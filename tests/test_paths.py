"""`dedup why`: the path between two passages."""

import json
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from test_cli import SEEDS, dedup

from dedup.pipeline import paths as links
from dedup.types import Change, Extent, Match, Span

spans = st.builds(
    lambda doc, start, size: Span(doc, start, start + size),
    st.sampled_from("abcd"),
    st.integers(0, 12),
    st.integers(1, 8),
)
joined = st.builds(
    lambda a, b, bits: Match(a, b, "near", 0.9, float(bits)),
    spans,
    spans,
    st.integers(40, 60),
).filter(lambda m: m.a.doc != m.b.doc)


def meet(x: Span, y: Span) -> bool:
    shared = min(x.end, y.end) - max(x.start, y.start)
    return x.doc == y.doc and shared > 0 and 2 * shared >= min(x.end - x.start, y.end - y.start)


def widest(matches: list[Match], first: Span, last: Span) -> float | None:
    """The most that the weakest match of any walk carries that never goes straight back."""
    for least in sorted({m.bits for m in matches}, reverse=True):
        strong = [m for m in matches if m.bits >= least]
        sides = [(n, here, there) for n, m in enumerate(strong) for here, there in ((m.a, m.b), (m.b, m.a))]
        reached = [side for side in sides if meet(first, side[1])]
        for number, _, there in reached:
            reached += [s for s in sides if s not in reached and s[0] != number and meet(there, s[1])]
        if any(meet(there, last) for _, _, there in reached):
            return least
    return None


@given(st.lists(joined, max_size=8), spans, spans)
def test_no_path_has_a_stronger_weakest_link(matches: list[Match], first: Span, last: Span) -> None:
    found = links.path(matches, first, last)
    assert min((m.bits for m in found), default=None) == widest(matches, first, last)
    if found:
        assert meet(found[0].a, first)
        assert meet(found[-1].b, last)
        assert all(meet(x.b, y.a) for x, y in pairwise(found))


def test_a_match_that_is_walked_backwards_is_turned() -> None:
    match = Match(Span("a", 0, 9), Span("b", 0, 9), "near", 0.9, 50.0, None, (Change("insert", Extent(3, 3), Extent(3, 5)),))
    (turned,) = links.path([match], Span("b", 0, 9), Span("a", 0, 9))
    assert (turned.a.doc, turned.b.doc) == ("b", "a")
    assert turned.changes == (Change("delete", Extent(3, 5), Extent(3, 3)),)


def test_why_shows_the_way_and_the_weakest_link() -> None:
    ends = ("000_16766f05b5cc8635.txt:1796-1847", "004_be81285fb7b3f189.txt", "--in", SEEDS)
    out = dedup("why", *ends).stdout.decode()
    assert "bits" in out
    found = json.loads(dedup("why", *ends, "--format", "json").stdout)
    assert found["schema"] == "dedup.why/1"
    assert found["path"][0]["a"]["doc"] == "000_16766f05b5cc8635.txt"
    assert found["path"][-1]["b"]["doc"] == "004_be81285fb7b3f189.txt"


def test_why_says_that_nothing_joins_two_documents() -> None:
    lines = "\n".join(json.dumps({"id": n, "text": t}) for n, t in (("a", "one text"), ("b", "another thing")))
    done = dedup("why", "a", "b", "--in", "-", stdin=lines.encode())
    assert b"Nothing joins a and b." in done.stdout


def test_why_names_what_is_not_there() -> None:
    for name in ("nothing", "000_16766f05b5cc8635.txt:5-999999", "000_16766f05b5cc8635.txt:9-9"):
        done = dedup("why", name, "004_be81285fb7b3f189.txt", "--in", SEEDS)
        assert done.returncode == 2
        assert name.split(":")[0].encode() in done.stderr
        assert b"Traceback" not in done.stderr
