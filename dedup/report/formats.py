"""All formats in which a result can be written. A command takes its choices from here and loads only the one that it needs."""

from collections.abc import Callable
from importlib import import_module
from typing import Any, NamedTuple

from dedup.errors import install_hint


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
    folder: bool = False
    tables: str = ""
    needs: tuple[str, str] | None = None

    def load(self) -> Callable[..., Any]:
        """Import the module of the function, and what that needs, and return the function."""
        function: Callable[..., Any] = getattr(import_module(f"dedup.report.{self.module}"), self.function)
        if not self.tables:
            return function
        made: Callable[..., Any] = getattr(import_module(f"dedup.report.{self.tables}"), self.tables)
        return lambda result, **options: function(made(result, **options))


_PEOPLE, _PROGRAMS, _BROWSER, _GRAPHS = "reading", "programs", "a browser", "graph tools"
_TABLES, _ARROW = "tables in a folder", ("pyarrow", "parquet")


def _tables(tables: str, *options: str) -> tuple[View, ...]:
    """The formats of the tables that the function and module `tables` makes of a result."""
    return (
        View("csv", _TABLES, "tables_csv", "to_csv", options, folder=True, tables=tables),
        View("parquet", _TABLES, "tables_parquet", "to_parquet", options, folder=True, tables=tables, needs=_ARROW),
        View("jsonl", "all rows of the tables", "tables_jsonl", "to_json_lines", options, tables=tables),
    )


VIEWS: dict[str, tuple[View, ...]] = {
    "scan": (
        View("rich", _PEOPLE, "scan_terminal", "render_report", ("top", "shown", "order"), terminal=True),
        View("json", _PROGRAMS, "scan_json", "to_json", ("with_text", "shown")),
        View("html", _BROWSER, "scan_html", "report_page", ("shown",)),
        *_tables("report_tables", "with_text", "shown"),
        View("passim", "tools that read passim", "passim_json", "to_passim", ("shown",), folder=True),
    ),
    "query": (
        View("rich", _PEOPLE, "scan_terminal", "render_report", ("top", "shown"), terminal=True),
        View("json", _PROGRAMS, "scan_json", "to_json", ("with_text", "shown")),
    ),
    "show": (
        View("rich", _PEOPLE, "show_terminal", "render_pair", terminal=True),
        View("json", _PROGRAMS, "scan_json", "to_json", ("shown",)),
        View("html", _BROWSER, "show_html", "pair_page"),
    ),
    "why": (
        View("rich", _PEOPLE, "why_terminal", "render_chain", terminal=True),
        View("json", _PROGRAMS, "why_json", "chain_json"),
    ),
    "sources": (
        View("rich", _PEOPLE, "sources_terminal", "render_sources", ("top", "order"), terminal=True),
        View("json", _PROGRAMS, "scan_json", "to_json"),
        *_tables("report_tables"),
    ),
    "tree": (
        View("rich", _PEOPLE, "tree_terminal", "render_tree", ("only", "top", "order"), terminal=True),
        View("json", _PROGRAMS, "scan_json", "to_json"),
        View("html", _BROWSER, "tree_html", "tree_page"),
        View("dot", _GRAPHS, "tree_graph", "to_dot"),
        View("mermaid", _GRAPHS, "tree_graph", "to_mermaid"),
        View("graphml", _GRAPHS, "tree_graph", "to_graphml"),
        View("gexf", _GRAPHS, "tree_graph", "to_gexf"),
        *_tables("report_tables"),
    ),
    "outlets": (
        View("rich", _PEOPLE, "outlets_terminal", "render_outlets", ("top",), terminal=True),
        View("json", _PROGRAMS, "outlets_json", "outlets_json"),
        *_tables("outlet_tables"),
    ),
    "check": (
        View("rich", _PEOPLE, "check_terminal", "render_check", terminal=True),
        View("line", "one line a draft", "check_line", "to_line"),
        View("json", _PROGRAMS, "check_json", "checked_json", ("notices",)),
        View("sarif", "code scanners", "check_sarif", "to_sarif", ("files",)),
        View("github", "GitHub Actions", "check_github", "to_github", ("files",)),
        View("html", _BROWSER, "check_html", "checked_page", ("notices",)),
        *_tables("check_tables", "notices"),
    ),
    "read": (
        View("rich", _PEOPLE, "read_terminal", "render_documents", ("top",), terminal=True),
        View("jsonl", "all documents with their texts", "read_jsonl", "to_jsonl"),
    ),
    "dedupe": (
        View("rich", _PEOPLE, "dedupe_terminal", "render_counts", terminal=True),
        View("json", _PROGRAMS, "dedupe_json", "counts_json"),
    ),
    "doctor": (
        View("rich", _PEOPLE, "doctor_terminal", "render_conditions", terminal=True),
        View("json", _PROGRAMS, "doctor_json", "conditions_json"),
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


FOLDER_FORMATS = frozenset(form.name for listed in VIEWS.values() for form in listed if form.folder)
"""The names of the formats that are a folder of files, whatever the result."""


def view_names(result: str) -> tuple[str, ...]:
    """Return the names of the formats of a kind of result.

    >>> view_names("why")
    ('rich', 'json')
    """
    return tuple(form.name for form in VIEWS[result])


def view_named(result: str, name: str) -> View:
    """Return the format `name` of a kind of result."""
    return next(form for form in VIEWS[result] if form.name == name)


def missing_package(name: str) -> str:
    """Return how to install the package that the format `name` needs; "" if nothing is missing.

    >>> missing_package("json")
    ''
    """
    needs = next((form.needs for listed in VIEWS.values() for form in listed if form.name == name and form.needs), None)
    try:
        import_module(needs[0] if needs else "dedup")
    except ImportError:
        return install_hint(*needs) if needs else ""
    return ""


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
