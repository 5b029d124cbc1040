"""What requests hold, as pydantic checks it and OpenAPI describes it, and what it makes of it: documents and rules."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dedup.errors import UsageError
from dedup.judge.settings import check_rules, check_setting, is_regular
from dedup.params import CheckRules
from dedup.server.limits import Limits
from dedup.server.options import ServerOptions
from dedup.server.problems import Problem
from dedup.sources.encoding import is_readable
from dedup.sources.times import time_or_reason
from dedup.types import Document

_NAME = 1_000
"""Characters of an id, an outlet or another short field."""
Name = Annotated[str, Field(max_length=_NAME)]
Id = Annotated[str, Field(min_length=1, max_length=_NAME)]
EXAMPLE_TEXT = "So far, more than 270 square km have been fully captured on Syrian land, the army said on Sunday."


class AskedSettings(BaseModel):
    """Settings of a newsroom for one check, under the names that `dedup.toml` has."""

    model_config = ConfigDict(extra="forbid", strict=True)
    licensed: list[Name] | None = Field(None, description="Whose copy may be printed with its credit.", examples=[["Reuters"]])
    own_outlets: list[Name] | None = Field(None, alias="own-outlets", description="Outlets whose texts are your own.")
    ignore_phrases: list[Name] | None = Field(None, alias="ignore-phrases", description="Literal phrases to ignore.")
    ignore_sources: list[Name] | None = Field(None, alias="ignore-sources", description="Ids or outlets to ignore.")
    min_words: int | None = Field(None, alias="min-words", ge=0, le=1_000_000, description="Shorter passages are not judged.")
    quote_limit: int | None = Field(None, alias="quote-limit", ge=0, le=1_000_000, description="Words of a named source.")


class AskedCheck(BaseModel):
    """A draft to check."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={"examples": [{"text": EXAMPLE_TEXT, "outlet": "The Daily", "settings": {"licensed": ["Reuters"]}}]},
    )
    text: str = Field(min_length=1, description="The draft, as plain text.")
    id: Id = Field("draft", description="What the draft is called in the answer.")
    outlet: Name | None = Field(None, description="The outlet that publishes the draft.")
    title: Name | None = None
    author: Name | None = None
    published: Name | None = Field(None, description="When it was or will be published.", examples=["2018-07-15 09:30"])
    settings: AskedSettings | None = None


class AskedDocument(BaseModel):
    """A document to add, with the fields that `dedup read` writes."""

    model_config = ConfigDict(extra="forbid", strict=True)
    id: Id
    text: str = Field(min_length=1)
    outlet: Name | None = None
    title: Name | None = None
    published: Name | None = Field(None, examples=["2018-07-15T09:30:00Z"])
    url: Annotated[str, Field(max_length=4_096)] | None = None
    kind: Name | None = None
    agency: Name | None = None
    author: Name | None = None


class AskedDocuments(BaseModel):
    """Documents to add: all of them or none."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={"examples": [{"documents": [{"id": "d1", "text": EXAMPLE_TEXT, "outlet": "The Daily"}]}]},
    )
    documents: list[AskedDocument] = Field(min_length=1)


Asked = AskedCheck | AskedDocuments


def parsed(model: type[BaseModel], body: bytes) -> Any:
    """Return the body of a request as `model`. Problem 422 names what is wrong, and quotes no text."""
    try:
        return model.model_validate_json(body, by_alias=True)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        told = [f"{'.'.join(map(str, one['loc'])) or 'the body'}: {one['msg']}" for one in found[:5]]
        more = f"; and {len(found) - 5} more" if len(found) > 5 else ""
        raise Problem(422, "; ".join(told) + more) from None


def document_in(asked: AskedCheck | AskedDocument, limits: Limits) -> Document:
    """Return the document that a request states. Problem 413 for a text that is too long, 422 for one that is no text."""
    fields = {name: value for name, value in asked.model_dump(exclude={"settings", "published"}).items() if value is not None}
    document = Document(**fields)
    if asked.published:
        time = time_or_reason(asked.published)
        if isinstance(time, str):
            raise Problem(422, f"published: {asked.published!r} is {time}")
        document = replace(document, published=time)
    return checked_text(document, limits)


def checked_text(document: Document, limits: Limits) -> Document:
    """Return a document whose text is one, and not too long. Problem 413 or 422 for any other."""
    if len(document.text) > limits.characters:
        raise Problem(
            413, f"{document.id}: {len(document.text):,} characters, more than {limits.characters:,}; send a part at a time"
        )
    if not is_readable(document.text):
        raise Problem(422, f"{document.id}: no text that can be read: it has no word, or it is no text at all")
    return document


def rules_for(asked: Mapping[str, Any] | None, outlet: str | None, options: ServerOptions) -> CheckRules:
    """Return the rules of one check: what the request states, and the settings of the server for the rest.

    Problem 422 for a regular expression: one can be made that never ends.
    """
    stated = dict(asked or {})
    for name, value in stated.items():
        if name in {"against", "fail-on"}:
            raise Problem(422, f"settings: {name} has no meaning here")
        check_setting(name, value, "settings")
        if isinstance(value, list) and len(value) > options.limits.settings:
            raise Problem(413, f"settings: {name} has more than {options.limits.settings:,} items")
    if any(map(is_regular, stated.get("ignore-phrases", []))):
        raise Problem(422, "settings: ignore-phrases: a regular expression can only be set where the server is started")
    own = [outlet] if outlet and "own-outlets" not in stated else stated.get("own-outlets")
    values = {**options.settings, **stated, **({"own-outlets": own} if own is not None else {})}
    try:
        return check_rules(values)
    except UsageError as error:
        raise Problem(422, f"settings: {error}") from error
