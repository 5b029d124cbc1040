"""A scan as one page: its passages, who shares them with whom, every copy of each, and articles side by side.

Everything is in the page as HTML, and can be read without scripts. `templates/scan.js` filters and sorts the list, and
`templates/pair.js` puts articles side by side.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import zip_longest

from markupsafe import Markup

from dedup.language.counting import counted
from dedup.params import SHOWN, PageLimits
from dedup.report.contents import counted_content, left_out_words
from dedup.report.embedded import Embedded
from dedup.report.labels import titled
from dedup.report.matrix import matrix
from dedup.report.page import environment, page
from dedup.report.ranking import ranked
from dedup.report.scan_matrix import Table, table_of
from dedup.report.scan_passages import Brief, PassageViews
from dedup.report.variants import matches_by_pair
from dedup.types import CONTENTS, Content, Document, Family, Report, utc

_SCRIPTS = ("pair.js", "scan.js")


def report_page(report: Report, *, shown: Collection[Content] = SHOWN, limits: PageLimits | None = None) -> str:
    """Return the page of a scan, with the kinds of text `shown`."""
    limits = limits or PageLimits()
    matches = matches_by_pair(report)
    documents = titled(report.documents, lambda: [(m.a.doc, m.b.doc) for m in report.matches if m.content in SHOWN])
    families: dict[Content, list[Family]] = {content: [] for content in CONTENTS}
    for family in ranked(report, shown):
        families[family.content].append(family)
    kinds = [content for content in CONTENTS if families[content]]
    embedded = Embedded(documents, matches, shown, limits)
    made = PassageViews(documents, matches, embedded, limits)
    cards, sections, listed = _fragments(families, made, limits)
    briefs = _briefs(families, listed, made)
    tables = list(_tables(report, documents, families, embedded, limits))
    return page(
        "scan.html",
        scripts=_SCRIPTS,
        data=embedded.data() | {"outlets": list(made.outlets), "opened": limits.opened, "briefs": briefs},
        title=f"dedup scan: {counted(len(documents), 'document')}",
        facts=_facts(report, shown),
        kinds=kinds,
        counts=[counted_content(len(families[content]), content) for content in kinds],
        held=[
            f"{listed[content]:,} of {counted_content(len(families[content]), content)}"
            for content in kinds
            if listed[content] < len(families[content])
        ],
        briefs=len(briefs),
        left_out=left_out_words(report, shown),
        cards=cards,
        sections=sections,
        tables=tables,
        texts=len(embedded),
        outlets=sorted(made.outlets),
        dated=any(d.published for d in report.documents),
        limits=limits,
        notices=[notice.message for notice in report.notices],
        documents=counted(len(documents), "document"),
    )


def _fragments(
    families: Mapping[Content, Sequence[Family]], made: PassageViews, limits: PageLimits
) -> tuple[list[Markup], list[Markup], Counter[Content]]:
    """The cards and the sections of the passages for which there is room, and their number by kind of text."""
    parts = environment().get_template("scan_parts.html").module
    cards, sections, listed = list[Markup](), list[Markup](), Counter[Content]()
    used = 0
    kinds = [content for content in CONTENTS if families[content]]
    for content in kinds:
        room = limits.passages_bytes * (1 - limits.least_share if content == kinds[0] and len(kinds) > 1 else 1)
        for family in families[content]:
            passage = made.passage(len(cards) + 1, family)
            card, section = parts.card(passage), parts.copies(passage)  # type: ignore[attr-defined] # macros
            used += len(f"{card}{section}".encode("utf-8", "replace"))
            if used > room and listed[content]:
                break
            cards.append(card)
            sections.append(section)
            listed[content] += 1
    return cards, sections, listed


def _briefs(families: Mapping[Content, Sequence[Family]], listed: Counter[Content], made: PassageViews) -> list[Brief]:
    """The passages for which there is no room with their copies, those of all kinds in turn."""
    rest = [families[content][listed[content] :] for content in CONTENTS if families[content]]
    return list(made.briefs(family for turn in zip_longest(*rest) for family in turn if family))


def _tables(
    report: Report,
    documents: Mapping[str, Document],
    families: Mapping[Content, Sequence[Family]],
    embedded: Embedded,
    limits: PageLimits,
) -> Iterator[Table]:
    kinds = [content for content in CONTENTS if families[content]]
    for content in kinds:
        found = matrix(report, families[content], content, limits.outlets)
        if found.cells:
            yield table_of(found, content, documents, embedded, limits, tables=len(kinds))


def _facts(report: Report, shown: Collection[Content]) -> list[tuple[str, str, str]]:
    """The name, value and explanation of each fact on top of the page."""
    documents = report.documents
    outlets = {d.outlet for d in documents if d.outlet}
    unknown = sum(not d.outlet for d in documents)
    sharing = sum(report.shared.get(d.id, 0.0) > 0 for d in documents)
    facts = [
        ("documents", f"{len(documents):,}", f"{sharing:,} share a passage"),
        ("outlets", f"{len(outlets):,}" if outlets else "unknown", _unknown(unknown) if outlets else ""),
        ("published", *_period(documents)),
    ]
    for content, shares in (("narration", report.narration), ("quotation", report.quotation)):
        if content in shown:
            facts.append((f"shared {content}", _share(documents, shares), "of all text"))
    return facts


def _period(documents: Sequence[Document]) -> tuple[str, str]:
    times = [utc(d.published) for d in documents if d.published]
    if not times:
        return "unknown", "so who was first is unknown too"
    first, last = f"{min(times):%Y-%m-%d}", f"{max(times):%Y-%m-%d}"
    note = _unknown(len(documents) - len(times)) or "all times are in UTC"
    return (first if first == last else f"{first} – {last}"), note


def _unknown(number: int) -> str:
    return f"unknown of {counted(number, 'document')}" if number else ""


def _share(documents: Sequence[Document], shares: Mapping[str, float]) -> str:
    whole = sum(len(d.text) for d in documents)
    part = sum(len(d.text) * shares.get(d.id, 0.0) for d in documents) / max(whole, 1)
    return f"{part:.0%}" if part >= 0.01 or not part else "< 1%"
