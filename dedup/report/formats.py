"""All formats in which a result can be written. A command takes its choices from here and loads only the one that it needs."""

from collections.abc import Callable
from importlib import import_module
from typing import Any, NamedTuple


class View(NamedTuple):
    """One way to write a result: its `name`, what it is for, and the function that writes it.

    The function takes the result, the keyword arguments named in `options`, and returns the text, whole or in pieces. One for a
    `terminal` takes the result and a rich console, and prints on it.
    """

    name: str
    purpose: str
    module: str
    function: str
    options: tuple[str, ...] = ()
    terminal: bool = False

    def load(self) -> Callable[..., Any]:
        """Import the module of the function, and what that needs, and return the function."""
        function: Callable[..., Any] = getattr(import_module(f"dedup.report.{self.module}"), self.function)
        return function


_PEOPLE, _PROGRAMS, _BROWSER, _GRAPHS = "reading", "programs", "a browser", "graph tools"
VIEWS: dict[str, tuple[View, ...]] = {
    "scan": (
        View("rich", _PEOPLE, "scan_terminal", "render_report", ("top", "shown", "order"), terminal=True),
        View("json", _PROGRAMS, "scan_json", "to_json", ("with_text", "shown")),
    ),
    "show": (
        View("rich", _PEOPLE, "show_terminal", "render_pair", terminal=True),
        View("json", _PROGRAMS, "scan_json", "to_json", ("shown",)),
    ),
    "why": (
        View("rich", _PEOPLE, "why_terminal", "render_chain", terminal=True),
        View("json", _PROGRAMS, "why_json", "chain_json"),
    ),
    "sources": (
        View("rich", _PEOPLE, "sources_terminal", "render_sources", ("top", "order"), terminal=True),
        View("json", _PROGRAMS, "scan_json", "to_json"),
    ),
    "tree": (
        View("rich", _PEOPLE, "tree_terminal", "render_tree", ("only", "top", "order"), terminal=True),
        View("json", _PROGRAMS, "scan_json", "to_json"),
        View("html", _BROWSER, "tree_html", "tree_page"),
        View("dot", _GRAPHS, "tree_graph", "to_dot"),
        View("mermaid", _GRAPHS, "tree_graph", "to_mermaid"),
        View("graphml", _GRAPHS, "tree_graph", "to_graphml"),
        View("gexf", _GRAPHS, "tree_graph", "to_gexf"),
    ),
    "outlets": (
        View("rich", _PEOPLE, "outlets_terminal", "render_outlets", ("top",), terminal=True),
        View("json", _PROGRAMS, "outlets_json", "outlets_json"),
    ),
    "check": (
        View("rich", _PEOPLE, "check_terminal", "render_check", terminal=True),
        View("line", "one line a draft", "check_line", "to_line"),
        View("json", _PROGRAMS, "check_json", "checked_json", ("notices",)),
        View("sarif", "code scanners", "check_sarif", "to_sarif"),
        View("github", "GitHub Actions", "check_github", "to_github"),
        View("html", _BROWSER, "check_html", "checked_page"),
    ),
    "read": (
        View("rich", _PEOPLE, "read_terminal", "render_documents", ("top",), terminal=True),
        View("jsonl", "all documents with their texts", "read_jsonl", "to_jsonl"),
    ),
    "export": (View("jsonl", "all documents with their texts", "read_jsonl", "to_jsonl"),),
    "outcome": (
        View("rich", _PEOPLE, "index_terminal", "outcome_text"),
        View("json", _PROGRAMS, "index_json", "outcome_json"),
    ),
    "unverified": (
        View("rich", _PEOPLE, "index_terminal", "unverified_text"),
        View("json", _PROGRAMS, "index_json", "unverified_json"),
    ),
}
"""By kind of result, its formats; the first is the default."""


def view_names(result: str) -> tuple[str, ...]:
    """Return the names of the formats of a kind of result.

    >>> view_names("why")
    ('rich', 'json')
    """
    return tuple(form.name for form in VIEWS[result])


def view_named(result: str, name: str) -> View:
    """Return the format `name` of a kind of result."""
    return next(form for form in VIEWS[result] if form.name == name)


def view_purposes(result: str) -> str:
    """Return what each format of a kind of result is for.

    >>> view_purposes("why")
    'rich for reading, json for programs'
    """
    by_purpose: dict[str, list[str]] = {}
    for form in VIEWS[result]:
        by_purpose.setdefault(form.purpose, []).append(form.name)
    return ", ".join(f"{_listed(formats)} for {purpose}" for purpose, formats in by_purpose.items())


def _listed(formats: list[str]) -> str:
    return formats[0] if len(formats) == 1 else f"{', '.join(formats[:-1])} or {formats[-1]}"
