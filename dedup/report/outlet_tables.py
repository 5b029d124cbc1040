"""The rows of the tables of outlets: the records of `Outlets`, which hold all that their JSON holds."""

from dataclasses import astuple

from dedup.outlet_types import Outlets
from dedup.report.report_tables import warning_columns
from dedup.report.table_schema import ResultTables


def outlet_tables(found: Outlets) -> ResultTables:
    """Return the tables of what each outlet starts, carries, copies and follows.

    >>> list(outlet_tables(Outlets((), (), (), ())).rows)
    ['outlets', 'copied', 'rules', 'articles', 'warnings']
    """
    rows = {
        "outlets": lambda: map(astuple, found.outlets),
        "copied": lambda: map(astuple, found.copied),
        "rules": lambda: map(astuple, found.rules),
        "articles": lambda: map(astuple, found.articles),
        "warnings": lambda: map(warning_columns, found.notices),
    }
    return ResultTables(rows, {"params": found.params, "without_outlet": found.without_outlet})
