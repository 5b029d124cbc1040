"""Plain text and Markdown: one file, one document; what its front matter says of it."""

from collections.abc import Iterator
from typing import Any, BinaryIO

from dedup.params import FENCES, FRONT_MATTER
from dedup.sources.common import At, File, Reader, Record, decode, suffix
from dedup.sources.fields import Fields, complete, described

_LARGEST = 1 << 30
"""Bytes of a text; a device may never end."""
SUFFIXES = frozenset({".txt", ".text", ".md", ".markdown"})


class Plain:
    """Takes any file that no other source takes."""

    name = "text"

    def claims(self, name: str) -> bool:
        """Whether the name ends like a text file's."""
        return suffix(name) in SUFFIXES

    def accepts(self, name: str, head: bytes) -> bool:  # noqa: ARG002 the protocol's
        """Take anything."""
        return True

    def records(self, file: File, stream: BinaryIO, reader: Reader) -> Iterator[Record]:
        """Yield the file as one record, with its front matter in the text, so that places are those in the file."""
        data = stream.read(_LARGEST + 1)
        if len(data) > _LARGEST:
            At(file, reader).skip("too-large", f"a text of more than {_LARGEST >> 20:,} MiB; is it one article?")
            return
        text = decode(data, file.place, reader.notices, path=file.path)
        if not text.strip():
            At(file, reader).skip("empty-file", "only white space", "nothing to read in it")
            return
        row = front_matter(text, file, reader)
        known: dict[str, Any] = {}
        origins: dict[str, str] = {}
        if row:
            known, origins = described(row, Fields(reader.params).plan(row), At(file, reader), origin="front matter")
        origins |= {field: f"front matter {field}" for field in known if field not in origins}
        yield complete(text, known, origins, At(file, reader))


def front_matter(text: str, file: File, reader: Reader) -> dict[str, Any]:
    """Return the fields above a text, in YAML between `---` or TOML between `+++`."""
    found = FRONT_MATTER.match(text) if text.startswith(FENCES) else None
    if not found:
        return {}
    import tomllib  # noqa: PLC0415 few texts have any

    import yaml  # noqa: PLC0415

    try:
        # An alias could make a few lines into gigabytes; no front matter needs one.
        if found["fence"] == "---" and any(isinstance(e, yaml.AliasEvent) for e in yaml.parse(found["rows"])):
            raise ValueError("an alias")
        row = yaml.safe_load(found["rows"]) if found["fence"] == "---" else tomllib.loads(found["rows"])
    except (yaml.YAMLError, ValueError, LookupError, AttributeError, TypeError, RecursionError) as error:
        # PyYAML meets a tag that does not fit its value, such as `!!int ""`, with whatever error comes of it.
        odd = isinstance(error, LookupError | AttributeError | TypeError)
        why = "a value that does not fit its tag" if odd else str(error).splitlines()[0]
        At(file, reader).skip("invalid-front-matter", f"front matter cannot be read: {why}", "read as text")
        return {}
    return {str(key): value for key, value in row.items()} if isinstance(row, dict) else {}


SOURCE = Plain()
