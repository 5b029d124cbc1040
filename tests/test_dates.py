"""Dates: the same string means the same in every format, and a page has only the date of its own article."""

import email.utils
import json
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from babel.dates import format_date
from hypothesis import given
from hypothesis import strategies as st

import dedup
from dedup.language.hosts import readable_host
from dedup.sources.fields import outlet_name, registered_domain
from dedup.sources.times import parse_time, time_or_reason

ZONES = st.sampled_from([-570, -420, -240, 0, 60, 120, 330, 345, 720]).map(lambda minutes: timezone(timedelta(minutes=minutes)))
TIMES = st.datetimes(datetime(1971, 1, 2), datetime(2025, 12, 31)).map(lambda t: t.replace(microsecond=0))
ZONED_TIMES = st.builds(lambda time, zone: time.replace(tzinfo=zone), TIMES, ZONES)
FORMATS = {
    "%Y-%m-%dT%H:%M:%S%z": 1,
    "%Y-%m-%d %H:%M:%S %z": 1,
    "%Y/%m/%d %H:%M:%S %z": 1,
    "%a, %d %b %Y %H:%M:%S %z": 1,
    "%a %b %d %Y %H:%M:%S GMT%z (Somewhere Standard Time)": 1,
    "%a %b %d %H:%M:%S %z %Y": 1,
    "%d/%b/%Y:%H:%M:%S %z": 1,
    "%A, %d %B %Y at %I.%M%p %z": 60,
    "%B %d, %Y, %I:%M %p UTC%z": 60,
    "%Y.%m.%d. %H:%M UTC%z": 60,
    "%d. %B %Y, %H.%M Uhr %z": 60,
    "%d %b %Y %Hh%M %z": 60,
    "%Y年%m月%d日 %H時%M分%S秒 %z": 1,
    "%d-%b-%Y": 86400,
    "%Y%m%d": 86400,
    "%G-W%V-%u": 86400,
}
"""Usual formats, and the seconds to which they state a time."""
LANGUAGES = (
    "ar",
    "cs",
    "da",
    "de",
    "el",
    "es",
    "fi",
    "fr",
    "he",
    "hi",
    "hu",
    "it",
    "ja",
    "ko",
    "nl",
    "pl",
    "pt",
    "ro",
    "ru",
    "sv",
    "uk",
    "zh",
)


@given(time=ZONED_TIMES, form=st.sampled_from(list(FORMATS)))
def test_a_time_in_every_usual_format_is_that_time(time: datetime, form: str) -> None:
    unit = FORMATS[form]
    if unit == 86400:
        expected = datetime(time.year, time.month, time.day, tzinfo=UTC)
    else:
        expected = (time if unit == 1 else time.replace(second=0)).astimezone(UTC)
    assert time_or_reason(time.strftime(form)) == expected


@given(time=ZONED_TIMES)
def test_a_time_is_read_as_the_mail_library_reads_it(time: datetime) -> None:
    assert parse_time(email.utils.format_datetime(time)) == time


@given(time=TIMES, unit=st.sampled_from([1, 10**3, 10**6, 10**9]), kind=st.sampled_from([int, str]))
def test_seconds_since_1970_and_their_parts_are_that_time(time: datetime, unit: int, kind: type) -> None:
    seconds = int(time.replace(tzinfo=UTC).timestamp())
    value = max(seconds, 10**8) * unit
    assert parse_time(kind(value)) == datetime.fromtimestamp(value // unit, UTC) or len(str(value)) in {8, 12, 14}


@given(
    day=st.dates(date(1970, 1, 2), date(2025, 12, 31)),
    language=st.sampled_from(LANGUAGES),
    width=st.sampled_from(["long", "full"]),
)
def test_a_date_in_the_words_of_a_language_is_that_day_or_unknown(day: date, language: str, width: str) -> None:
    found = parse_time(format_date(day, width, language))
    two_months = language == "pl" and day.month == 11  # listopada is October in Zagreb
    assert found == (None if two_months else datetime(day.year, day.month, day.day, tzinfo=UTC))


@given(
    day=st.dates(date(1970, 1, 2), date(2025, 12, 31)),
    sign=st.sampled_from("/.-"),
    first=st.sampled_from(["%d{0}%m", "%m{0}%d"]),
)
def test_a_numeric_date_is_ambiguous_only_if_it_can_be_two_days(day: date, sign: str, first: str) -> None:
    found = time_or_reason(day.strftime(first.format(sign) + sign + "%Y"))
    if day.day <= 12 and day.day != day.month:
        assert isinstance(found, str)
        assert found.startswith("ambiguous")
    else:
        assert found == datetime(day.year, day.month, day.day, tzinfo=UTC)


@given(st.text(max_size=40) | st.text("0123456789 :.-/+apmzhtju", max_size=24))
def test_no_text_breaks_the_reader_of_dates(value: str) -> None:
    assert isinstance(time_or_reason(value), datetime | str)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("6 August 2019 7.05pm", "2019-08-06T19:05:00+00:00"),
        ("Tue Aug 06 2019 19:05:00 GMT-0300", "2019-08-06T22:05:00+00:00"),
        ("2019-08-06 07:05 PDT", "2019-08-06T14:05:00+00:00"),
        ("August 6, 2019 7:05 p.m. ET", "2019-08-06T23:05:00+00:00"),
        ("January 6, 2019 7:05 p.m. ET", "2019-01-07T00:05:00+00:00"),
        ("2019-08-06 09:05 Europe/Vilnius", "2019-08-06T06:05:00+00:00"),
        ("2019-08-06 09:05:00 +0000 UTC", "2019-08-06T09:05:00+00:00"),
        ("2019-08-06+03:00", "2019-08-05T21:00:00+00:00"),
        ("mar. 6 août 2019, 19h05", "2019-08-06T19:05:00+00:00"),
        ("Tue  6 Aug 09:05:00 CEST 2019", "2019-08-06T07:05:00+00:00"),
        ("2019-08-06T24:00:00Z", "2019-08-07T00:00:00+00:00"),
        ("٦ أغسطس ٢٠١٩", "2019-08-06T00:00:00+00:00"),
        (20190806, "2019-08-06T00:00:00+00:00"),
        (20190806.0, "2019-08-06T00:00:00+00:00"),
        (201908060705, "2019-08-06T07:05:00+00:00"),
        (1565075100000000, "2019-08-06T07:05:00+00:00"),
        ("6/8/2019", "ambiguous"),
        ("06/08/19", "ambiguous"),
        (2019, "without day"),
        (201908, "without day"),
        (43683, "neither a day"),
        ("3 hours ago", "not a readable time"),
        ("gestern, 9 Uhr", "not a readable time"),
        ("2019-08-06 09:05 IST", "not a readable time"),
        ("2019-08-06 09:05 Etc/GMT+2", "not a readable time"),
        ("6 August 2019 9:05 CEST+0300", "not a readable time"),
        ("6 August 2019 or later", "not a readable time"),
        ("2019-13-06", "not a readable time"),
    ],
)
def test_a_date_is_read_whole_or_not_at_all(value: object, expected: str) -> None:
    found = time_or_reason(value)
    assert found.isoformat() == expected if isinstance(found, datetime) else expected in found


@pytest.mark.parametrize(
    "value", ["6 August 2019 7.05pm BST", "06 Aug 2019 19:05:00 CEST", "2019/08/06 9:05", "2019", "6/8/2019", "3 hours ago"]
)
def test_a_date_means_the_same_in_a_feed_a_page_a_table_and_a_text(tmp_path: Path, value: str) -> None:
    story = "The lighthouse on the cape was sold to a fisherman, the harbour master said on the quay this morning. " * 2
    files = {
        "a.jsonl": json.dumps({"text": story, "date": value}),
        "b.csv": f'text,date\n"{story}",{value}\n',
        "c.rss": "<?xml version='1.0'?><rss version='2.0'><channel><title>C</title><item><title>t</title>"
        f"<pubDate>{value}</pubDate><description>{story}</description></item></channel></rss>",
        "d.html": f"<!DOCTYPE html><head><meta name='pubdate' content='{value}'></head><body><p>{story}</p></body>",
        "e.md": f"---\ndate: '{value}'\n---\n{story}",
    }
    found = []
    for name, content in files.items():
        (tmp_path / name).write_text(content)
        documents = dedup.read(tmp_path / name)
        found.append((documents[0].published, [n.code for n in documents.notices]))
    expected = parse_time(value)
    assert found == [(expected, [] if expected else ["invalid-time"])] * len(files)


def test_the_line_of_publication_counts_before_that_of_a_change(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(
        "Sold\nUpdated: 8 August 2019\nPublished 6 August 2019, 7.05pm\n\nThe lighthouse was sold.\n"
    )
    (tmp_path / "b.txt").write_text("Sold\n6/8/2019\n\nThe lighthouse on the cape was sold.\n")
    found = dedup.read(tmp_path)
    assert [d.published for d in found] == [datetime(2019, 8, 6, 19, 5, tzinfo=UTC), None]
    assert [n.code for n in found.notices] == ["invalid-time"]


PARAGRAPH = "The lighthouse on the cape was sold to a fisherman, the harbour master said on the quay this morning, {}."
PROSE = "".join(
    f"<p>{PARAGRAPH.format(end)}</p>" for end in ("to loud applause", "and nobody knew for how much", "in the rain")
)
OWN, DAY = "2019-08-06T19:05:00-03:00", "2019-08-06"


def article(top: str = "", below: str = "") -> str:
    return f"<article><h1>Lighthouse sold</h1>{top}{PROSE}{below}</article>"


def data(*things: object) -> str:
    return "".join(f"<script type='application/ld+json'>{json.dumps(thing)}</script>" for thing in things)


def published(tmp_path: Path, head: str, body: str) -> tuple[str | None, str | None]:
    path = tmp_path / "page.html"
    path.write_text(
        f"<!DOCTYPE html><html><head><title>Lighthouse sold | Cape Post</title>{head}</head><body>{body}</body></html>"
    )
    (document,) = dedup.read(path)
    return document.published.isoformat() if document.published else None, dict(document.origins).get("published")


MICRODATA = "itemscope itemtype='https://schema.org/"
STATED = {
    "an article in a graph": (
        data(
            {"@graph": [{"@type": "WebSite", "datePublished": "2001-01-01"}, {"@type": ["NewsArticle"], "datePublished": OWN}]}
        ),
        article(),
        "json-ld",
    ),
    "of two articles the one with the headline": (
        data(
            {"@type": "Article", "headline": "Whale seen", "datePublished": "2001-01-01"},
            {"@type": "Article", "headline": "Lighthouse sold", "datePublished": OWN},
        ),
        article(),
        "json-ld",
    ),
    "a live blog with entries": (
        data(
            {
                "@type": "LiveBlogPosting",
                "liveBlogUpdate": [{"@type": "BlogPosting", "datePublished": "2020-01-01"}],
                "datePublished": OWN,
            }
        ),
        article(),
        "json-ld",
    ),
    "the day there, the time here": (
        data({"@type": "Report", "datePublished": DAY}) + f"<meta name=parsely-pub-date content={OWN}>",
        article(),
        "meta",
    ),
    "a tag in capitals": (f"<META NAME='DC.Date.Issued' CONTENT='{OWN}'>", article(), "meta"),
    "microdata with a comment": (
        "",
        f"<div {MICRODATA}NewsArticle'><h1 itemprop=headline>Lighthouse sold</h1><div itemprop=comment {MICRODATA}Comment'>"
        f"<meta itemprop=datePublished content=2020-01-01>x</div><i itemprop=datePublished content={OWN}>6</i>{PROSE}</div>",
        "microdata",
    ),
    "a time beside a later one": (
        "",
        article(f"<p><time datetime={OWN}>6</time> Last updated on <time datetime=2019-08-09>9</time></p>"),
        "time",
    ),
    "a marked time": ("", article(f"<time datetime=2019-08-01>x</time><time pubdate datetime={OWN}>6</time>"), "time"),
    "a line below the headline": ("", article("<p>By Ann Lee</p><div>Tuesday 6 August 2019, 11.05pm BST</div>"), "date line"),
}
NOT_STATED = {
    "a table of facts": (
        "",
        article("<table><tr><td>Built<td><b>2001-01-01</b></tr><tr><td>Height<td>31 m</tr></table>"),
    ),
    "the beginning of an event": ("", article("<dl><dt>Starts</dt><dd>1 January 2001</dd></dl>")),
    "a line about a change": ("", article("<div>Last updated January 1, 2001</div>")),
    "a time about a change": ("", article("<time datetime=2001-01-01>Actualizado 1 de enero de 2001</time>")),
    "a line that nobody sees": ("", article("<p>founded <span style='display:none'><b>2001-01-01</b></span></p>")),
    "a teaser below": (
        "",
        f"<h1>Lighthouses</h1><p>{PROSE}</p><h2><a href=/x>Whale seen</a></h2><time datetime=2001-01-01>1 January 2001</time>",
    ),
    "words and a time that differ": ("", article("<time datetime=2001-01-09>Publié le 1 janvier 2001</time>")),
    "a video": (data({"@type": "VideoObject", "datePublished": "2001-01-01"}), article()),
    "another article": (data({"@type": "NewsArticle", "headline": "Whale seen", "datePublished": "2001-01-01"}), article()),
    "articles that nothing tells apart": (
        data(
            [{"@type": "NewsArticle", "datePublished": "2001-01-01"}, {"@type": "NewsArticle", "datePublished": "2002-01-01"}]
        ),
        article(),
    ),
    "a review of a product": (
        data({"@type": "Product", "review": {"@type": "Review", "datePublished": "2001-01-01"}}),
        article(),
    ),
    "a change": (
        "<meta property=article:modified_time content=2019-08-09>",
        article("<p>Updated <time datetime=2019-08-09>9</time></p>"),
    ),
    "a footer": ("<meta name=copyright content=2015>", article() + "<footer>Copyright 6 August 2015</footer>"),
    "a comment": (
        "",
        article() + "<div id=comments><article><time datetime=2020-01-01>x</time><p>Well done!</p></article></div>",
    ),
    "a list of stories": (
        "",
        article()
        + "<div class=related><ul><li><a href=/w>Whale off the cape seen</a> <time datetime=2012-06-03>3</time></ul></div>",
    ),
    "a day of which the prose tells": (
        "",
        article(f"<p>It was built by <time datetime=1999-05-05>5 May 1999</time>. {PARAGRAPH.format('again')}</p>"),
    ),
    "the day of the visit": ("", f"<header><span>Monday 3 June 2019</span></header>{article()}"),
    "the page's address": ("<link rel=canonical href=https://cape.example/2019/08/06/lighthouse>", article()),
}


@pytest.mark.parametrize("kind", STATED)
def test_a_page_has_the_date_that_it_states_of_its_article(tmp_path: Path, kind: str) -> None:
    head, body, rule = STATED[kind]
    assert published(tmp_path, head, body) == ("2019-08-06T22:05:00+00:00", f"page: {rule}")


@pytest.mark.parametrize("kind", NOT_STATED)
def test_a_page_that_states_no_date_of_its_article_has_none(tmp_path: Path, kind: str) -> None:
    assert published(tmp_path, *NOT_STATED[kind]) == (None, None)


def test_broken_json_ld_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    for script in (
        f'<!-- {{"@type":"Article","datePublished":"{OWN}",}} -->',
        f'{{"@type":"Article","x":"a\nb","datePublished":"{OWN}"}};',
    ):
        head = f"<script type='application/ld+json'>{script}</script><script type='application/ld+json'>{{oops</script>"
        assert published(tmp_path, head, article())[1] == "page: json-ld"


LABELS = st.text(st.characters(categories=["Ll", "Lo"]), min_size=1, max_size=12)


@given(LABELS)
def test_a_host_and_its_code_are_one_outlet(label: str) -> None:
    plain = readable_host(label)
    coded = plain if plain.isascii() else f"xn--{plain.encode('punycode').decode()}"
    spellings = (f"https://www.{coded}.example/a", f"HTTP://u:p@{plain}.example.:8080/b", f"//{coded.upper()}.Example")
    assert {registered_domain(address) for address in spellings} == {f"{plain}.example"}


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("lighthouse-3.htm", None),
        ("2019.08/lighthouse.html", None),
        ("../b.php?x=https://cape.example/", None),
        ("mailto:ann@cape.example", None),
        ("README.md", None),
        ("http://300.2.3.4/", None),
        ("http://1.2.3/", None),
        ("http://cape..example/", None),
        ("http://not a host/", None),
        ("cape.example:8080/x", "cape.example"),
        ("http://[2001:db8::1]:80/x", "2001:db8::1"),
        ("https://news.cape.co.uk./", "cape.co.uk"),
    ],
)
def test_only_an_address_with_a_host_names_an_outlet(address: str, expected: str | None) -> None:
    assert registered_domain(address) == expected


def test_an_address_in_place_of_an_outlets_name_is_its_domain() -> None:
    names = ("https://user@www.Cape.example:80/news", "www.cape.example", "The Cape", "Cape.com")
    assert [outlet_name(name) for name in names] == ["cape.example", "cape.example", "The Cape", "Cape.com"]
