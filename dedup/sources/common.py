"""What a format receives and returns: the file, the record, where it is, and notices about it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, BinaryIO, NamedTuple, Protocol

from dedup.errors import SourceError, install_hint
from dedup.params import Reading
from dedup.sources.encoding import escape_undecodable
from dedup.sources.limits import NOTICES_LISTED
from dedup.types import Notice

STDIN = "-"
"""The path that means standard input."""

ALWAYS_TEXT = frozenset({".txt", ".md"})
"""Suffixes of files that are plain texts even if they start like JSON or CSV."""


class File(NamedTuple):
    """A file to read, on disk or inside another file."""

    path: str
    """The file on disk, as the user named it or as it was found in a folder."""
    name: str
    """The name that the ids of its documents start with: relative to the folder that the user named."""
    part: str | None = None
    """Its name inside the file `path`, if that is an archive or compressed."""
    size: int | None = None
    """Its size in bytes; None if that is unknown, as of a pipe."""
    metadata: Mapping[str, object] = {}
    """Its row in the `metadata.csv` beside it."""
    named: bool = False
    """Whether the user named it, so that `Reading.format` applies to it."""

    @property
    def label(self) -> str:
        """Its name in messages."""
        return self.path if self.part is None else f"{self.path}/{self.part}"

    @property
    def own_name(self) -> str:
        """The name whose suffix hints at its format."""
        return self.part or self.path

    def member(self, part: str, *, metadata: Mapping[str, object] = {}) -> "File":
        """Return the file `part` inside this archive."""
        # The name of an archive is empty if it is the only path that the user named: ids are then relative to it.
        prefix = f"{self.name}/" if self.name else ""
        inner = part if self.part is None else f"{self.part}/{part}"
        return File(self.path, prefix + escape_undecodable(part), inner, None, metadata)


@dataclass(frozen=True, slots=True)
class Record:
    """One document as its format states it."""

    text: str
    file_name: str
    """`File.name`; it is the id of a document that has no other."""
    number: int = 0
    """Its 0-based number in the file on disk."""
    line: int | None = None
    """Its 1-based line, row or entry in a file of many records; it is then part of an id that is made from `file_name`."""
    id: str | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    """The other fields of a `Document`, by name."""
    origins: Mapping[str, str] = field(default_factory=dict)
    """By field, where its value was found, if not under the field's own name."""
    row: Mapping[str, Any] | bytes | None = None
    """All that the input states of it, if it is a row or an object: its line of JSON Lines, or its values by name."""


class Notices(list[Notice]):
    """Notices in the order of their causes; of one code about one path, the first ten and a count of the rest."""

    def __init__(self) -> None:
        super().__init__()
        self._counts: Counter[tuple[str, str | None]] = Counter()
        self.total = 0
        """The number of notices, including those that are only counted."""

    def add(
        self, code: str, message: str, *, path: str | None = None, line: int | None = None, document: str | None = None
    ) -> None:
        """Append a notice; if there are ten of its `code` about `path`, only count it in a last notice about them."""
        self.total += 1
        self._counts[code, path] += 1
        count = self._counts[code, path]
        if count <= NOTICES_LISTED:
            self.append(Notice(code, message, path, line, document))
            return
        about = f"{path}: " if path else ""
        summary = Notice(code, f"{about}{count - NOTICES_LISTED:,} more warnings of this kind ({code})", path)
        if count == NOTICES_LISTED + 1:
            self.append(summary)
        else:
            last = next(i for i in range(len(self) - 1, -1, -1) if self[i].code == code and self[i].path == path)
            self[last] = summary

    def state(self) -> "NoticesState":
        """Return what `restore` needs to take back all that is added from now on."""
        return NoticesState(list(self), Counter(self._counts), self.total)

    def restore(self, state: "NoticesState") -> None:
        """Take back all notices that were added since `state`."""
        self[:], self._counts, self.total = state.listed, Counter(state.counts), state.total

    def codes_since(self, state: "NoticesState") -> set[str]:
        """Return the codes of the notices that were added since `state`."""
        return {code for code, _ in self._counts - state.counts}

    def count_of(self, code: str) -> int:
        """Return the number of notices of `code`, including those that are only counted."""
        return sum(n for (c, _), n in self._counts.items() if c == code)


class NoticesState(NamedTuple):
    """The notices at one moment."""

    listed: list[Notice]
    counts: Counter[tuple[str, str | None]]
    total: int


class ReadContext(Protocol):
    """What a format may use of the reader that calls it."""

    params: Reading
    notices: Notices
    expand_lists: bool
    """Whether a text file that lists paths is replaced by the files that it lists."""
    whole_rows: bool
    """Whether the rows of a table are read with all of their columns, not only those that hold fields."""

    def parse(self, file: File, stream: BinaryIO) -> Iterator[Record]:
        """Yield the records of a file inside another file, in any format."""

    def claims(self, name: str) -> bool:
        """Return whether a format claims the suffix of `name`. Only such files are read in folders and archives."""

    def count_unpacked(self, count: int) -> None:
        """Add `count` bytes to those that the file on disk unpacked to. Raise `TooLarge` above the limits."""


class Position(NamedTuple):
    """A file, or a record in it, that notices are about."""

    file: File
    context: ReadContext
    number: int = 0
    """The record's 0-based number."""
    line: int | None = None
    """The record's 1-based line, row or entry, in a file of many records."""

    @property
    def label(self) -> str:
        """Its name in messages: the file, and the line if there is one."""
        return self.file.label if self.line is None else f"{self.file.label}:{self.line}"

    def warn(self, code: str, message: str) -> None:
        """Add a notice about it."""
        self.context.notices.add(code, f"{self.label}: {message}", path=self.file.path, line=self.line)

    def skip(self, code: str, reason: str, consequence: str | None = None) -> None:
        """Add the notice that it is left out for `reason`; or that `consequence` follows, if only a part is left out."""
        self.warn(code, f"{reason}; {consequence or ('skipped' if self.line is None else 'line skipped')}")

    def stop(self, code: str, reason: str) -> None:
        """Add the notice that the rest of the file is left out for `reason`."""
        self.skip(code, reason, "what comes before is read, the rest is left out")


class Format(Protocol):
    """A file format. To add one: write its class in a file of its own, and list an instance in `formats.FORMATS`."""

    name: str
    """What `Reading.format` and `--from` call it."""
    suffixes: frozenset[str]
    """The suffixes, in small letters and with their dot, of files that are read in folders and archives."""

    def accepts(self, name: str, head: bytes) -> bool:
        """Return whether a file called `name` whose first bytes are `head` has this format."""

    def records(self, file: File, stream: BinaryIO, context: ReadContext) -> Iterator[Record]:
        """Yield the records of `file`. Raise `MissingExtra` if the package for this format is not installed."""


class MissingExtra(SourceError):  # noqa: N818 as the user sees it
    """A format's package is not installed; installing dedup with the extra `extra` brings it."""

    def __init__(self, extra: str, error: ImportError) -> None:
        super().__init__(install_hint(error.name or str(error), extra))


@lru_cache(64)
def suffix(name: str) -> str:
    """Return the last suffix of a file name, in small letters and with its dot; an empty string if there is none."""
    base = name.rsplit("/", 1)[-1].rsplit("\\", 1)[-1]
    return f".{base.rsplit('.', 1)[1].lower()}" if "." in base[1:] else ""


def is_hidden(name: str) -> bool:
    """Return whether a file or folder called `name` (without its path) is hidden, and so not read."""
    return name.startswith(".")
