"""Web pages: the article's text, and what the page states about it (trafilatura finds both)."""

import logging
from collections.abc import Iterator
from typing import Any, BinaryIO

from dedup.sources import limits, markup
from dedup.sources.common import File, MissingExtra, Position, ReadContext, Record, suffix
from dedup.sources.declared import decode_page
from dedup.sources.encoding import replace_surrogates
from dedup.sources.fields import make_record, registered_domain, time_or_notice
from dedup.sources.page_dates import PageDate, page_date
from dedup.sources.streams import read_up_to

for _name in ("trafilatura", "htmldate", "courlan"):
    logging.getLogger(_name).addHandler(logging.NullHandler())  # our notices name the bad pages; these loggers add nothing
_NO_DATES = {"outputformat": "none"}
"""Makes trafilatura look for no date: it takes those of footers and of other stories. `page_date` takes the article's own."""


class Html:
    """A web page, which is one article."""

    name = "html"
    suffixes = frozenset({".html", ".htm", ".xhtml"})

    def accepts(self, name: str, head: bytes) -> bool:
        """Return whether the suffix or the first bytes are those of a web page."""
        return suffix(name) in self.suffixes or markup.starts_page(head)

    def records(self, file: File, stream: BinaryIO, context: ReadContext) -> Iterator[Record]:
        """Yield the page's article."""
        if record := article(read_up_to(stream, limits.PAGE_BYTES + 1), Position(file, context)):
            yield record


def article(page: bytes, at: Position, url: str | None = None, charset: str | None = None) -> Record | None:
    """Return the article of `page`; None, with a notice, if there is none. Raise `MissingExtra` without trafilatura.

    `url` is the page's address, if it is known from elsewhere; it is then also the record's id. `charset` is the encoding that
    its server stated.
    """
    try:
        import trafilatura  # noqa: PLC0415 an extra
    except ImportError as error:
        raise MissingExtra("html", error) from error
    if len(page) > limits.PAGE_BYTES:
        at.skip("too-large", f"a page of more than {limits.PAGE_BYTES >> 20} MiB; save its article as a text file")
        return None
    found: Any = None
    date: PageDate | None = None
    reason = "no article in this page; save it as a text file if there is one"
    try:
        fast = at.context.params.extraction == "fast"
        text = markup.without_endless_tags(decode_page(page, at.warn, charset, at.context.params.encoding))
        tree = trafilatura.load_html(text)
        if tree is not None:
            date = page_date(tree, url)
            if markup.is_untidy(text):
                markup.tidy(tree)
            found = trafilatura.bare_extraction(
                tree, url=url, fast=fast, include_comments=False, with_metadata=True, date_extraction_params=_NO_DATES
            )
    except (ValueError, TypeError, AttributeError, KeyError, LookupError, RecursionError, AssertionError) as error:
        reason = f"a damaged page ({type(error).__name__})"  # lxml raises any of these
    if found is None or not any(map(str.isalnum, found.text or "")):
        at.skip("no-article", reason)
        return None
    stated = {
        "title": found.title,
        "author": found.author,
        "url": url or found.url,
        "published": date and time_or_notice(date.value, at),
    }
    fields = {field: replace_surrogates(value) if isinstance(value, str) else value for field, value in stated.items() if value}
    origins = dict.fromkeys(fields, "page")
    if date and "published" in fields:
        origins["published"] = date.rule
    address = fields.get("url")
    if found.sitename and not (address and registered_domain(address)):
        fields["outlet"], origins["outlet"] = replace_surrogates(found.sitename), "page"
    return make_record(found.text, fields, origins, at, url, dated_text=False)


HTML = Html()
