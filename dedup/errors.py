"""What can go wrong, as a tree:

    DedupError
    ├── UsageError            what was asked for cannot be done: an unknown value of an option, nothing to read
    ├── SourceError           a path that is missing, cannot be read or written, or is not what it claims to be
    │   ├── DamagedError      an index whose stored bytes have changed
    │   ├── LockedError       an index that another process writes to
    │   └── VersionError      an index of another version, or made with other parameters
    └── ReportError           a report that cannot be used: another schema, or its files have changed

Libraries raise them, commands print them once. Each message says what went wrong, where, why, and the way out.
"""  # noqa: D400 the tree is the summary

from pathlib import Path

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
    """A path that cannot be used; `path` is the path where one is known."""

    def __init__(self, message: str, *, path: str | Path | None = None) -> None:
        """Keep `path` beside the message."""
        super().__init__(message)
        self.path = None if path is None else str(path)


class DamagedError(SourceError):
    """A file whose stored bytes have changed; `damage` says which part of it."""

    def __init__(self, message: str, *, path: str | Path | None = None, damage: str = "") -> None:
        """Keep `damage` beside the message."""
        super().__init__(message, path=path)
        self.damage = damage


class LockedError(SourceError):
    """An index that another process writes to."""


class VersionError(SourceError):
    """A file of another version: `field` has the value `found`, and this dedup needs `expected`."""

    def __init__(self, message: str, *, path: str | Path | None = None, field: str, expected: object, found: object) -> None:
        """Keep both values beside the message."""
        super().__init__(message, path=path)
        self.field, self.expected, self.found = field, expected, found


class ReportError(DedupError):
    """A report that cannot be used."""
