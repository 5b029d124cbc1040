"""The sentences of a story on the page of a tree: its headline, its origins, how sure they are, its drawings aloud."""

from collections import Counter
from collections.abc import Sequence

from markupsafe import Markup

from dedup.language.counting import counted
from dedup.report.tree_axis import span_in_words
from dedup.report.tree_common import CONFIDENCE_WORDS, in_words
from dedup.report.tree_items import Item, Items, early, isolated
from dedup.report.tree_layout import Block, outlets_of
from dedup.report.tree_panels import source_named
from dedup.types import NewsStory, Origin

_NAMED = 4
"""Origins that the sentence of a story names."""


def ordered(found: NewsStory) -> list[Origin]:
    """Return the origins of a story, the one with most documents first."""
    return sorted(found.origins, key=lambda origin: (-len(origin.documents), origin.id))


def headline(found: NewsStory, origins: Sequence[Origin], items: Items) -> str:
    """The headline that most documents of the largest origin have; of several, the one of the earliest document."""
    names = origins[0].documents if origins and len(origins[0].documents) > 1 else found.documents
    return _most([items[name] for name in names])


def _most(among: Sequence[Item]) -> str:
    """The headline that most of `among` have, without unseen sources; of several, the one of the earliest document."""
    documents = sorted((item for item in among if not item.hidden), key=early)
    most = Counter(item.label.headline for item in documents).most_common(1)
    return most[0][0] if most else ""


def sentence(found: NewsStory, origins: Sequence[Origin], items: Items, outlets: int) -> Markup:
    """Return what a story is on top: its articles, its `outlets`, and its independent sources with how sure they are."""
    counts = counted(len(found.documents), "article") + (f" of {counted(outlets, 'outlet')}" if outlets else "")
    texts, held = Counter[str](), Counter[str]()
    for origin in origins:
        name = source_named(origin.id, items)
        texts[name] += 1
        held[name] += len(origin.documents)
    best = held.most_common(_NAMED)
    named = [_origins_named(name, texts[name], number, first=not n) for n, (name, number) in enumerate(best)]
    more = len(origins) - sum(texts[name] for name, _ in best)
    rest = f" and {more:,} more" if more else ""
    start = f"{counts} · {counted(len(origins), 'independent source')} ({_sure(origins)}): "
    return Markup("{}{}{}").format(start, Markup(", ").join(named), rest)


def _origins_named(name: str, texts: int, documents: int, *, first: bool) -> Markup:
    """How a sentence names the origins that have one name, and the number of articles that have their text from them."""
    count = counted(documents, "article") if first else f"{documents:,}"
    if texts == 1:
        return Markup("{} ({})").format(isolated(name), count)
    kind, of, agency = name.partition(" of ") if name.startswith("an unseen ") else ("a text", " of ", name)
    several = counted(texts, kind.removeprefix("an ").removeprefix("a "))
    held = "" if texts == documents else f" ({count})"
    return Markup("{}{}{}{}").format(several, of, isolated(agency), held)


def _sure(origins: Sequence[Origin]) -> str:
    """How sure it is that the origins are independent, in words."""
    words = Counter(in_words(origin.confidence) for origin in origins)
    order = [word for _, word in CONFIDENCE_WORDS] + [in_words(0)]
    if len(words) == 1:
        return next(iter(words))
    return ", ".join(f"{words[word]:,} {word}" for word in order if words[word])


def name_of(origin: Origin, shown: Sequence[Item], items: Items) -> Markup:
    """Return the heading of what has its text from `origin`: its name, and how many articles `shown` are."""
    top = items[origin.id]
    name = top.marked
    if top.hidden:
        name = Markup("{}, printed as “{}”").format(_capital(top.label.headline), isolated(_most(shown)))
    counts = f"{counted(len(origin.documents), 'article')} of {counted(len(outlets_of(shown)), 'outlet')}"
    return Markup("{}: {}").format(name, counts)


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def caption(blocks: Sequence[Block]) -> str:
    """Return from when to when a drawing is; "" if it has no times."""
    times = [item.time for block in blocks for one in block.items for item in (one, *one.updates) if item.time]
    return span_in_words(times) if times else ""


def said(blocks: Sequence[Block]) -> str:
    """Return what a drawing shows, for those who cannot see it."""
    names = "; ".join(block.name for block in blocks)
    return f"Who copied whom, over time, a lane for each outlet. {names}. The table below says the same."


def tied(group: Sequence[str], items: Items) -> Markup:
    """Return who has the same statement: the outlets of `group`."""
    names = Counter(source_named(name, items) for name in group)
    shown = [
        Markup("{}{}").format(isolated(name), f" ({number:,})" if number > 1 else "") for name, number in names.most_common(12)
    ]
    rest = f" and {len(names) - 12:,} more" if len(names) > 12 else ""
    return Markup("{}: {}{}").format(counted(len(group), "report"), Markup(", ").join(shown), rest)
