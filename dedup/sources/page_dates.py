"""When a web page was published: only where the page states the date of its own article.

Looked at in this order: the article's JSON-LD; tags for machines in the head; the article's microdata or RDFa; and in the
article's own head, below its headline, a `time` or a line that holds only a date. A date of a list, a comment, a
video or another story, one in the prose, in a footer, or in the page's address, is none: who copied whom is decided by such
dates. Where two dates that are equally good differ, there is none.
"""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from dedup.sources import markup
from dedup.sources.times import stated_time, time_or_reason
from dedup.sources.written import AMBIGUOUS, Written, ends_with_update, is_update

_META = frozenset(
    """
    articlepublishedtime ogpublishedtime ogarticlepublishedtime articlepublished publishedtime datepublished rnewsdatepublished
    parselypubdate parselypagepubdate sailthrudate dcdateissued dctermsissued dcdate dctermsdate dateissued issuedate pubdate
    publishdate publisheddate publicationdate publishtime pubtime publishedat published datepublication dateposted posteddate
    articledateoriginal originalpublicationdate firstpublished firstpublishedat articlepubdate articlepublishdate
    articlepublicationdate newspublishdate btpubdate cxenseparserecspublishtime prismpublicationdate citationpublicationdate
    citationonlinedate shareaholicarticlepublishedtime vrpublishedtime
    """.split()  # noqa: SIM905 reads better
)
"""Names of tags in which pages state when they were published, without the signs in them."""
_WEAK_META = frozenset({"date", "citationdate"})
"""Names that some programs use for another time; they count if no other is there."""
_PAGES = frozenset({"webpage", "itempage"})
_LISTS = frozenset({"collectionpage", "searchresultspage", "profilepage", "itemlist"})
"""Types of schema.org whose main entities are other pages."""
_ELSEWHERE = re.compile(
    r"comment|related|recommend|sidebar|teaser|most-?(?:read|popular)|trending|read-?(?:more|next)|promo|footer|copyright"
    r"|repl(?:y|ies)\b|disqus|more-(?:stories|news|from|on)|further",
    re.IGNORECASE,
)
"""Classes and ids of parts of a page that are not its article."""
_PUBLISHED = re.compile(r"publish|dt-published|entry-date|pub-?date|posted", re.IGNORECASE)
_CHANGED = re.compile(r"updat|modif", re.IGNORECASE)
_PROSE, _LINE = 100, 60
"""Characters from which a paragraph is prose, and up to which an element may be a line that holds only a date."""
_FACTS = 2000
"""Characters of a table up to which it holds facts. A longer one may be the layout of the page."""
_HEAD_PARAGRAPHS = 2
"""Paragraphs of prose before which the head of an article ends: a standfirst, and the first of the text."""
_ALIKE = 0.3
"""Share of the words of the shorter of two headlines from which they are of one story; sites shorten and vary them."""
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_YEAR = re.compile(r"\d{4}|'\d\d")
_TRAILING_COMMA = re.compile(r",\s*([}\]])")


class PageDate(NamedTuple):
    """A date that a page states, as it is written there, and by which rule it was found."""

    value: object
    rule: str


class _Thing(NamedTuple):
    """A date that something described in a page has, and how well that is known to be the page's own article."""

    value: object
    likeness: int


class _Page:
    """What of a page says which article it is."""

    def __init__(self, tree: Any, url: str | None) -> None:
        self.tree = tree
        addresses = [url, *tree.xpath("//link[@rel='canonical']/@href"), *tree.xpath("//meta[@property='og:url']/@content")]
        self.paths = set(filter(None, map(_path, addresses)))
        titles = [*tree.xpath("//h1"), *tree.xpath("//head/title")]
        self.titles = [
            words
            for text in (*(each.text_content() for each in titles), *tree.xpath("//meta[@property='og:title']/@content"))
            if (words := _words(text))
        ]

    def likeness(self, headline: str | None, addresses: Iterable[object]) -> int:
        """Return how well a headline and addresses are the page's: 3 by an address, 1 or 2 by the headline, -1 not."""
        paths = set(filter(None, map(_path, addresses)))
        if paths & self.paths:
            return 3
        words = _words(headline or "")
        if words and self.titles:
            shared = max(len(words & title) / min(len(words), len(title)) for title in self.titles)
            return 2 if words in self.titles else 1 if shared >= _ALIKE else -1
        return -1 if paths and self.paths else 0


def page_date(tree: Any, url: str | None) -> PageDate | None:
    """Return the date of the article of a page, which lxml has parsed; None if the page states none. `url` is its address.

    The date may be one that is ambiguous or no date, if there is no better: then a notice is due.
    """
    page = _Page(tree, url)
    found = [
        PageDate(value, f"page: {rule}")
        for rule, values in (
            ("json-ld", _json_ld(page)),
            ("meta", _meta(tree)),
            ("microdata", _microdata(page)),
            *_in_head(page),
        )
        for value in values
    ]
    good = [each for each in found if isinstance(time_or_reason(each.value), datetime)]
    return _exactest(good) if good else next(iter(found), None)


def _exactest(found: list[PageDate]) -> PageDate:
    """The first of `found`, or the first other that states the same day, and more: the time, or its zone."""
    first = _written(found[0].value)
    for each in found:
        other = _written(each.value)
        if (other.time.date(), True) != (first.time.date(), other.has_time):
            continue
        same_clock = not first.has_time or other.time.replace(tzinfo=None) == first.time.replace(tzinfo=None)
        if same_clock and (other.has_time, other.time.tzinfo is not None) > (first.has_time, first.time.tzinfo is not None):
            return each
    return found[0]


def _written(value: object) -> Written:
    found = stated_time(value)
    assert isinstance(found, Written)  # `page_date` has tried it
    return found


def _agreed(things: Iterable[_Thing]) -> list[object]:
    """The dates of those that are best known to be the page's article; none if they are of several days."""
    things = [each for each in things if each.likeness >= 0 and each.value]
    best = max((each.likeness for each in things), default=0)
    values = [each.value for each in things if each.likeness == best]
    days = {stated.time.date() for value in values if isinstance(stated := stated_time(value), Written)}
    return values if len(days) < 2 else []


def _json_ld(page: _Page) -> list[object]:
    """The dates of the article in the page's JSON-LD; of the page itself if there is no article."""
    articles, pages = list[_Thing](), list[_Thing]()
    for script in page.tree.xpath("//script[contains(@type, 'ld+json')]"):
        for thing in _main_things(_parsed(script.text or "")):
            kinds = _kinds(thing.get("@type"))
            if "datePublished" not in thing or not (any(map(_is_article, kinds)) or kinds & _PAGES):
                continue
            headline = thing.get("headline") or thing.get("name")
            addresses = [thing.get("url"), thing.get("@id"), _address(thing.get("mainEntityOfPage"))]
            likeness = page.likeness(headline if isinstance(headline, str) else None, addresses)
            (articles if any(map(_is_article, kinds)) else pages).append(_Thing(thing["datePublished"], likeness))
    return _agreed(articles) or _agreed(pages)


def _main_things(data: object) -> Iterator[dict[str, Any]]:
    """Yield the things that JSON-LD describes, but not what is part of them: comments, videos, items of lists."""
    todo = [data]
    while todo:
        thing = todo.pop(0)
        if isinstance(thing, list):
            todo[:0] = thing
        elif isinstance(thing, dict):
            yield thing
            todo.append(thing.get("@graph"))
            if not _kinds(thing.get("@type")) & _LISTS:
                todo += [thing.get("mainEntity"), thing.get("mainEntityOfPage")]


def _parsed(script: str) -> object:
    """The JSON in a script; None if there is none. Comments around it, and commas behind the last item, do no harm."""
    text = script.strip().removeprefix("<!--").removeprefix("//<![CDATA[").removeprefix("<![CDATA[").strip()
    for candidate in (text, _TRAILING_COMMA.sub(r"\1", text)):
        try:
            return json.JSONDecoder(strict=False).raw_decode(candidate)[0]
        except (ValueError, RecursionError):
            continue
    return None


def _kinds(kind: object) -> set[str]:
    """The types of schema.org of a thing, in small letters and without their address."""
    kinds = kind if isinstance(kind, list) else str(kind or "").split()
    return {re.split(r"[/#:]", str(each))[-1].lower() for each in kinds}


def _is_article(kind: str) -> bool:
    return kind.endswith(("article", "posting")) or kind in {"report", "review", "criticreview"}


def _address(thing: object) -> object:
    return thing.get("@id") or thing.get("url") if isinstance(thing, dict) else thing


def _path(address: object) -> str | None:
    """The part of an address that names a page of a site, whatever the host; None for the start page and for no address."""
    try:
        parts = urlsplit(address.strip()) if isinstance(address, str) else None
    except ValueError:
        return None
    if parts is None or (parts.path.strip("/") == "" and not parts.query):
        return None
    return re.sub(r"/(?:amp|index\.html?)$", "", parts.path.rstrip("/")) + (
        f"?{parts.query}" if parts.path.strip("/") == "" else ""
    )


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text.casefold()))


def _meta(tree: Any) -> list[object]:
    """The dates in the page's tags for machines: the first of a good name, or else of a weak one."""
    weak = []
    for tag in tree.xpath("//meta[@content]"):
        if not tag.get("content").strip() or (tag.get("itemprop") and not tag.get("property") and not tag.get("name")):
            continue
        for attribute in ("property", "name"):
            name = re.sub(r"[\W_]", "", tag.get(attribute) or "").lower()
            if name in _META and not _is_elsewhere(tag, frozenset()):
                return [tag.get("content")]
            if name in _WEAK_META:
                weak.append(tag.get("content"))
    return weak[:1]


def _microdata(page: _Page) -> list[object]:
    """The dates of the article in the page's microdata or RDFa."""
    above = _above_headline(page.tree)
    articles, others = list[_Thing](), list[_Thing]()
    for name, scope, kind in (("itemprop", "itemscope", "itemtype"), ("property", "typeof", "typeof")):
        for tag in page.tree.xpath(f"//*[contains(@{name}, 'ublished')]"):
            if "datepublished" not in _kinds(tag.get(name)) or _is_elsewhere(tag, above):
                continue
            owners = [each for each in tag.iterancestors() if each.get(scope) is not None]
            value = tag.get("content") or tag.get("datetime") or tag.text_content().strip()
            if not owners or owners[0].tag in {"html", "body"}:
                others.append(_Thing(value, 0))
                continue
            kinds = _kinds(owners[0].get(kind))
            if any(any(map(_is_article, _kinds(each.get(kind)))) or _kinds(each.get(kind)) & _LISTS for each in owners[1:]):
                continue  # a part of an article, or an item of a list
            if any(map(_is_article, kinds)):
                headline = next(iter(owners[0].xpath(f".//*[@{name}='headline']")), None)
                addresses = owners[0].xpath(
                    f".//*[@{name}='mainEntityOfPage' or @{name}='url']/@*[name()='href' or name()='content']"
                )
                text = headline.get("content") or headline.text_content() if headline is not None else None
                articles.append(_Thing(value, page.likeness(text, addresses)))
            elif kinds & _PAGES:
                others.append(_Thing(value, 0))
    return _agreed(articles) or _agreed(others)


def _in_head(page: _Page) -> list[tuple[str, list[object]]]:
    """The dates in the head of the article: those of elements for times, and those of lines that hold only a date."""
    article, headline = _article(page.tree)
    published, times, lines = list[_Thing](), list[_Thing](), list[_Thing]()
    if article is None:
        return []
    above, paragraphs, open_ = _above_headline(page.tree), 0, headline is None
    for tag in article.iter():
        open_ = open_ or tag is headline or article.tag == "article"
        if not open_ or not isinstance(tag.tag, str):
            continue
        if tag.tag in _HEADINGS and tag is not headline and article.tag != "article":
            # Without an element for the article, other headings may be those of other stories; links are.
            paragraphs += _HEAD_PARAGRAPHS if _is_link(tag) else 1
        if tag.tag == "p" and len(tag.text_content().strip()) >= _PROSE and not tag.xpath(".//time[@datetime]"):
            paragraphs += 1
        is_time = tag.tag == "time" or (tag.tag in {"abbr", "span"} and _PUBLISHED.search(tag.get("class") or ""))
        value = (tag.get("datetime") or tag.get("title")) if is_time else None
        in_head = paragraphs < _HEAD_PARAGRAPHS
        if not in_head and not (value and article.tag == "article"):
            continue
        if value is None and (not in_head or len(tag) > 3 or not _is_line(tag)):
            continue
        if _is_elsewhere(tag, above) or _is_changed(tag) or _in_prose(tag) or _in_other_article(tag, article):
            continue
        marked = tag.get("pubdate") is not None or _PUBLISHED.search(f"{tag.get('class')} {tag.get('itemprop')}")
        if not marked and _in_facts(tag):
            continue
        if value is None:
            if tag.tag not in _HEADINGS and not markup.is_unseen(tag) and (stated := _stated_line(tag)):
                lines.append(_Thing(stated, 0))
        elif isinstance(stated_time(value), Written) and not _contradicts(tag, value):
            (published if marked else times).append(_Thing(value, 1 if in_head else 0))
    return [("time", _agreed(published) or _agreed(times)), ("date line", _agreed(lines))]


def _article(tree: Any) -> tuple[Any, Any]:
    """The element of the page's article, and its headline; None if they are not clear."""
    headlines = [each for each in tree.iter("h1") if each.text_content().strip()]
    whole = [each for each in tree.iter("article") if next(each.iterancestors("article"), None) is None]
    with_headline = [each for each in whole if next(each.iter("h1"), None) is not None]
    for found in (with_headline, whole):
        if len(found) == 1 and not _is_elsewhere(found[0], frozenset(found)):
            if found is whole and len(headlines) == 1 and not with_headline:
                break  # the headline may be above it
            return found[0], next(found[0].iter("h1"), None)
    if len(headlines) != 1 or len(whole) > 1:
        return None, None
    for above in headlines[0].iterancestors():
        if any(len(each.text_content().strip()) >= _LINE for each in above.iter("p")):
            return above, headlines[0]
    return None, None


def _above_headline(tree: Any) -> frozenset[Any]:
    """The elements around the page's headline: their classes say what else the page has, not what they are."""
    return frozenset(above for headline in tree.iter("h1") for above in headline.iterancestors())


def _is_elsewhere(tag: Any, above: frozenset[Any]) -> bool:
    """Whether an element is in a part of the page that is not its article."""
    for each in (tag, *tag.iterancestors()):
        if each.tag in {"html", "body", "main"} or each in above:
            continue
        if each.tag in {"aside", "footer", "nav", "figure", "blockquote"}:
            return True
        if each.tag == "header" and next(each.iterancestors("article"), None) is None:
            return True  # the site's, with the day on which it was called up
        if each.tag == "li" and any(len(link.text_content().strip()) >= 20 for link in each.iter("a")):
            return True  # of a list of stories
        if _ELSEWHERE.search(f"{each.get('class') or ''} {each.get('id') or ''} {each.get('itemprop') or ''}"):
            return True
    return False


def _in_other_article(tag: Any, article: Any) -> bool:
    """Whether an element is in an article within the article."""
    nearest = next(tag.iterancestors("article"), article)
    return nearest is not article and article.tag == "article"


def _in_prose(tag: Any) -> bool:
    """Whether an element is within a paragraph that says more."""
    block = next(tag.iterancestors("p", "li", "dd", "td"), None)
    return block is not None and len(block.text_content()) - len(tag.text_content()) > _LINE + 20


def _is_link(heading: Any) -> bool:
    return next(heading.iter("a"), None) is not None or next(heading.iterancestors("a"), None) is not None


def _in_facts(tag: Any) -> bool:
    """Whether an element is in a list or a table of facts, such as when a game was released or when an event begins."""
    if next(tag.iterancestors("dl"), None) is not None:
        return True
    table = next(tag.iterancestors("table"), None)
    return table is not None and len(table.xpath(".//tr")) > 1 and len(table.text_content()) <= _FACTS


def _contradicts(tag: Any, value: object) -> bool:
    """Whether the words of an element for a time state another day than its `value`; a day apart may be due to zones."""
    here, there = stated_time(" ".join(tag.text_content().split())), stated_time(value)
    if not isinstance(here, Written) or not isinstance(there, Written):
        return False
    return abs((here.time.date() - there.time.date()).days) > 1


def _is_changed(tag: Any) -> bool:
    """Whether the time of an element is that of a later change, by its class, its words, or those before it."""
    around = tag.getparent()
    names = f"{tag.get('class') or ''} {tag.get('itemprop') or ''} {tag.get('id') or ''}"
    if _CHANGED.search(names):
        return not _PUBLISHED.search(names)
    if is_update(" ".join(tag.text_content().split())):
        return True
    before = tag.getprevious()
    text = (around.text if before is None else before.tail or before.text_content()) if around is not None else ""
    return ends_with_update(text or "")


def _is_line(tag: Any) -> bool:
    text = "".join(tag.itertext())
    return len(text) < _LINE * 4 and len(text.strip()) <= _LINE and _YEAR.search(text) is not None


def _stated_line(tag: Any) -> str | None:
    """The text of an element that holds only a date, also one that is ambiguous."""
    text = " ".join(tag.text_content().split())
    stated = stated_time(text)
    return text if stated == AMBIGUOUS or (isinstance(stated, Written) and not text.isdigit()) else None
