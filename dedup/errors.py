"""What can go wrong, as a tree:

    DedupError
    ├── UsageError        what was asked for cannot be: an unknown option value, nothing to read
    ├── SourceError       a path that is missing, unreadable, or not what it claims to be
    └── ReportError       a report that cannot be used: another schema, or its files have changed

Libraries raise, commands print once. Each message says what, where, why, and how to get out.
"""  # noqa: D400 the tree is the summary

DISTRIBUTION = "dedup-news"
"""The name under which pip installs this package. The name `dedup` on the public index belongs to another package."""


def install_hint(what: str, extra: str) -> str:
    """Return the message that `what` is missing, and the command that installs the `extra` which brings it.

    >>> install_hint("pyarrow", "parquet")
    "needs pyarrow: pip install 'dedup-news[parquet]'"
    """
    return f"needs {what}: pip install '{DISTRIBUTION}[{extra}]'"


class DedupError(Exception):
    """The root of all errors that dedup raises on purpose."""


class UsageError(DedupError):
    """What was asked for cannot be done as asked."""


class SourceError(DedupError):
    """A path that cannot be read."""


class ReportError(DedupError):
    """A report that cannot be used."""
