"""Plain text and Markdown: one file, one document; its front matter states its fields."""

from collections.abc import Iterator
from typing import Any, BinaryIO

from dedup.params import FENCES, FRONT_MATTER
from dedup.sources import limits
from dedup.sources.common import ALWAYS_TEXT, File, Position, ReadContext, Record
from dedup.sources.encoding import decode
from dedup.sources.fields import FieldFinder, make_record, stated_fields
from dedup.sources.streams import read_up_to


class PlainText:
    """A text. Every file that no other format accepts is read as one."""

    name = "text"
    suffixes = ALWAYS_TEXT | {".text", ".markdown"}

    def accepts(self, name: str, head: bytes) -> bool:  # noqa: ARG002 the protocol's
        """Return True."""
        return True

    def records(self, file: File, stream: BinaryIO, context: ReadContext) -> Iterator[Record]:
        """Yield the file as one record. Front matter stays in the text, so that offsets are those in the file."""
        at = Position(file, context)
        data = read_up_to(stream, limits.TEXT_BYTES + 1)
        if len(data) > limits.TEXT_BYTES:
            at.skip(
                "too-large", f"a text of more than {limits.TEXT_BYTES >> 20:,} MiB; split it into one file for each article"
            )
            return
        text = decode(data, at.warn, context.params.encoding)
        if not text.strip():
            at.skip("empty-file", "the file holds only white space", "nothing to read")
            return
        row = _front_matter(text, at)
        keys = FieldFinder(context.params).keys_by_field(row)
        fields, origins = stated_fields(row, keys, at, origin="front matter")
        origins |= {field: f"front matter {field}" for field in fields if field not in origins}
        # A date in the front matter that cannot be read was told of; the text has it once more.
        yield make_record(text, fields, origins, at, dated_text=not keys["published"])


def _front_matter(text: str, at: Position) -> dict[str, Any]:
    """The values in the front matter of `text`; empty if it has none, and, with a notice, if it is invalid."""
    found = FRONT_MATTER.match(text) if text.startswith(FENCES) else None
    if not found:
        return {}
    import tomllib  # noqa: PLC0415 few texts have front matter

    import yaml  # noqa: PLC0415

    try:
        # Aliases can make a few lines of YAML expand to gigabytes, and front matter needs none.
        if found["fence"] == "---" and any(isinstance(e, yaml.AliasEvent) for e in yaml.parse(found["rows"])):
            raise ValueError("it has an alias")
        row = yaml.safe_load(found["rows"]) if found["fence"] == "---" else tomllib.loads(found["rows"])
    except (yaml.YAMLError, ValueError, LookupError, AttributeError, TypeError, RecursionError) as error:
        # PyYAML raises any of these errors at a tag that does not fit its value, such as `!!int ""`.
        misfit = isinstance(error, LookupError | AttributeError | TypeError)
        reason = "a value does not fit its tag" if misfit else str(error).splitlines()[0]
        at.skip("invalid-front-matter", f"invalid front matter: {reason}", "it is read as part of the text only")
        return {}
    return {str(key): value for key, value in row.items()} if isinstance(row, dict) else {}


TEXT = PlainText()
