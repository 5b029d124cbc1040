"""Who copied whom, as one page for a browser: the stories by size, each with a drawing, a table and panels on demand."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from dedup.language.counting import counted
from dedup.report.page import Site, environment, page
from dedup.report.tree_common import CONFIDENCE_WORDS, in_words, unseen_sources
from dedup.report.tree_items import Items, stories_of
from dedup.report.tree_stories import Story, fill, summary
from dedup.types import NewsStory, PassageTree, Report

_SIZE = 1_800_000
"""Characters of stories that a page shows in full. The largest is shown in any case."""
_DRAWN = 150
"""Stories that a page shows in full."""
_LISTED = 600
"""Further stories that a page lists."""


def tree_page(report: Report, *, site: Site | None = None) -> str:
    """Return the page: each story with its drawing, the largest first; as many as fit, then a list of the others."""
    items = Items(report)
    found = stories_of(items)
    trees = _passages(report, found)
    shown, rest, size = list[str](), list[Story](), 0
    template = environment().get_template("tree_story.html")
    for number, one in enumerate(found, 1):
        story = summary(number, one, items)
        if len(shown) >= _DRAWN or size >= _SIZE or rest:
            if len(rest) < _LISTED:
                rest.append(story)
            continue
        text = template.render(story=fill(story, one, items, trees[one.id]))
        if shown and size + len(text) > _SIZE:
            rest.append(story)
            continue
        shown.append(text)
        size += len(text)
    return page(
        "tree.html",
        scripts=["tree.js"],
        site=site,
        title="Who copied whom",
        counts=_counts(report, found),
        stories=shown,
        rest=rest,
        unlisted=len(found) - len(shown) - len(rest),
        outlets=sorted({document.outlet for document in report.documents if document.outlet}),
        levels=[(f"{least:g}", word) for least, word in CONFIDENCE_WORDS],
        unsure=in_words(0),
        left_out=_left_out(report, found),
        warnings=len(report.notices),
    )


def _counts(report: Report, found: Sequence[NewsStory]) -> list[str]:
    origins = sum(len(story.origins) for story in found)
    known = {source.id for source in report.provenance.sources}  # the edges of an origin may have been filtered out
    unseen = {source.id for source in unseen_sources(report)} | {
        o.id for story in found for o in story.origins if o.id in known
    }
    of_passages = len(report.provenance.sources) - len(unseen)
    beside = f" (and {of_passages:,} of single passages)" if of_passages else ""
    return [
        counted(len(report.documents), "document"),
        counted(len(found), "story", "stories"),
        counted(origins, "independent source"),
        counted(len(unseen), "unseen source") + beside,
    ]


def _left_out(report: Report, found: Sequence[NewsStory]) -> list[str]:
    """What was found or read, and is in no story."""
    held = {name for story in found for name in story.documents}
    alone = sum(document.id not in held for document in report.documents)
    kinds = Counter("furniture" if family.kind == "boilerplate" else family.content for family in report.families)
    out = []
    if alone:
        out.append(f"{counted(alone, 'document')} without any text in common with another that would show a source")
    if kinds["phrase"]:
        out.append(f"{counted(kinds['phrase'], 'shared phrase')}, which nobody owns")
    if kinds["furniture"]:
        out.append(f"{counted(kinds['furniture'], 'form')} of a page, such as menus and notices")
    return out


def _passages(report: Report, found: Sequence[NewsStory]) -> dict[str, list[PassageTree]]:
    """The passage trees of each story, in the order of the text."""
    story_of = {name: story.id for story in found for name in story.documents}
    families = {family.id: family for family in report.families}
    out = defaultdict[str, list[PassageTree]](list)
    for tree in report.provenance.passages:
        family = families[tree.family]
        for name in {story_of.get(span.doc or "", "") for span in family.passages} - {""}:
            out[name].append(tree)
    for trees in out.values():
        trees.sort(key=lambda tree: families[tree.family].canonical)
    return out
