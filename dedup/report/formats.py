"""All formats in which a result can be written. A command takes its choices from here and loads only the one that it needs."""

from collections.abc import Callable
from importlib import import_module
from typing import Any, NamedTuple


class Format(NamedTuple):
    """A format: its `name`, what it is for, and the function that writes it.

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
FORMATS: dict[str, tuple[Format, ...]] = {
    "scan": (
        Format("rich", _PEOPLE, "scan_terminal", "render_report", ("top", "boilerplate"), terminal=True),
        Format("json", _PROGRAMS, "scan_json", "to_json", ("with_text", "boilerplate")),
    ),
    "show": (
        Format("rich", _PEOPLE, "show_terminal", "render_pair", terminal=True),
        Format("json", _PROGRAMS, "scan_json", "to_json"),
    ),
    "why": (
        Format("rich", _PEOPLE, "why_terminal", "render_chain", terminal=True),
        Format("json", _PROGRAMS, "why_json", "to_json"),
    ),
    "tree": (
        Format("rich", _PEOPLE, "tree_terminal", "render_tree", ("only",), terminal=True),
        Format("json", _PROGRAMS, "scan_json", "to_json"),
        Format("html", _BROWSER, "tree_html", "to_html"),
        Format("dot", _GRAPHS, "tree_graph", "to_dot"),
        Format("mermaid", _GRAPHS, "tree_graph", "to_mermaid"),
        Format("graphml", _GRAPHS, "tree_graph", "to_graphml"),
        Format("gexf", _GRAPHS, "tree_graph", "to_gexf"),
    ),
    "check": (
        Format("rich", _PEOPLE, "check_terminal", "render_check", terminal=True),
        Format("json", _PROGRAMS, "check_json", "to_json", ("notices",)),
        Format("sarif", "code scanners", "check_sarif", "to_sarif"),
        Format("github", "GitHub Actions", "check_github", "to_github"),
        Format("html", _BROWSER, "check_html", "to_html"),
    ),
    "read": (
        Format("rich", _PEOPLE, "read_terminal", "render_documents", ("top",), terminal=True),
        Format("jsonl", "all documents with their texts", "read_jsonl", "to_jsonl"),
    ),
    "export": (Format("jsonl", "all documents with their texts", "read_jsonl", "to_jsonl"),),
    "outcome": (
        Format("rich", _PEOPLE, "index_terminal", "outcome_text"),
        Format("json", _PROGRAMS, "index_json", "outcome_json"),
    ),
    "unverified": (
        Format("rich", _PEOPLE, "index_terminal", "unverified_text"),
        Format("json", _PROGRAMS, "index_json", "unverified_json"),
    ),
}
"""By kind of result, its formats; the first is the default."""


def names(result: str) -> tuple[str, ...]:
    """Return the names of the formats of a kind of result.

    >>> names("why")
    ('rich', 'json')
    """
    return tuple(form.name for form in FORMATS[result])


def named(result: str, name: str) -> Format:
    """Return the format `name` of a kind of result."""
    return next(form for form in FORMATS[result] if form.name == name)


def purposes(result: str) -> str:
    """Return what each format of a kind of result is for.

    >>> purposes("why")
    'rich for reading, json for programs'
    """
    by_purpose: dict[str, list[str]] = {}
    for form in FORMATS[result]:
        by_purpose.setdefault(form.purpose, []).append(form.name)
    return ", ".join(f"{_listed(formats)} for {purpose}" for purpose, formats in by_purpose.items())


def _listed(formats: list[str]) -> str:
    return formats[0] if len(formats) == 1 else f"{', '.join(formats[:-1])} or {formats[-1]}"
