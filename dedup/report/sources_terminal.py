"""How many independent origins each story has, for a person at a terminal."""

from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from dedup.language.counting import counted
from dedup.params import TOP_FAMILIES
from dedup.report.about import NOTHING_LEFT, filters_in_words, outlet_and_time, title_of
from dedup.report.orders import ORDERS
from dedup.report.printable import flowing
from dedup.report.ranking import ranked_stories
from dedup.report.tree_common import in_words, source_name
from dedup.types import NewsStory, Origin, Report

_TITLE = 60
"""Characters of a title."""


def render_sources(report: Report, console: Console, *, top: int | None = None, order: str | None = None) -> None:
    """Print the first `top` stories in the order `order`: origins, the documents of each, and who prints the same words."""
    top = TOP_FAMILIES if top is None else top
    stories = ranked_stories(report, order or ORDERS["sources"][0])
    counts = (
        counted(len(report.documents), "document"),
        counted(len(stories), "story", "stories"),
        counted(sum(len(story.origins) for story in stories), "independent origin"),
    )
    console.print(Text(" · ".join(counts), "bold"))
    if line := filters_in_words(report.params):
        console.print(Text(line, "dim"))
    if not stories:
        console.print(NOTHING_LEFT if line else "No two of these documents report one event in the same words.")
    names = {source.id: source_name(source) for source in report.provenance.sources}
    about = {
        d.id: "".join(f" · {part}" for part in (title_of(d, _TITLE), *outlet_and_time(d)) if part) for d in report.documents
    }
    for number, story in enumerate(stories[:top], 1):
        console.print()
        console.print(_story(number, story, names, about))
    if len(stories) > top:
        console.print(f"\n{counted(len(stories) - top, 'more story', 'more stories')}; --top {len(stories)} shows all.")


def _story(number: int, story: NewsStory, names: dict[str, str], about: dict[str, str]) -> Tree:
    origins = counted(len(story.origins), "independent origin")
    tree = Tree(Text(f"{number} · {counted(len(story.documents), 'document')} · {origins}", "bold"))
    for origin in sorted(story.origins, key=lambda origin: (-len(origin.documents), origin.id)):
        branch = tree.add(_label(origin, names, about))
        for name in origin.documents:
            if name != origin.id:
                branch.add(Text.assemble((flowing(name), "cyan"), flowing(about[name])))
    for group in story.same_statement:
        tree.add(Text(f"the same words of a third: {', '.join(map(flowing, group))}", "dim"))
    return tree


def _label(origin: Origin, names: dict[str, str], about: dict[str, str]) -> Text:
    if origin.id in names:
        label = Text(f"╌ {flowing(names[origin.id])}", "italic magenta")
    else:
        label = Text.assemble((flowing(origin.id), "bold cyan"), flowing(about[origin.id]))
    return label.append(f" · {in_words(origin.confidence)}", "dim")
