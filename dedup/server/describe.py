"""How OpenAPI describes each route: its bodies with examples, and every answer that it gives."""

from typing import Any

from dedup.server.asked import EXAMPLE_TEXT, AskedCheck, AskedDocuments
from dedup.server.problems import PROBLEM_TYPE, status_title

DESCRIPTION = """Judge the passages of a draft that occur in an archive, and trace the stories of the archive.

Errors are problem details (RFC 9457). A request with `Accept: text/event-stream` to a check or a story gets its progress as
server-sent events: `progress`, and then one `result` or `problem`; to close the stream cancels the work."""
_OBJECT = {"type": "object", "required": ["schema"], "properties": {"schema": {"type": "string"}}}
_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "request_id": {"type": "string"},
    },
}
_PASSAGE = {
    "start": 0,
    "end": 98,
    "judgement": "unattributed",
    "reason": "Not in quotation marks, and no credit.",
    "sources": [],
}
_CHECKED = {"schema": "dedup.check/1", "drafts": [{"id": "draft", "passages": [_PASSAGE], "findings": []}], "warnings": []}
_DOCUMENT = {"id": "d1", "outlet": "The Daily", "text": EXAMPLE_TEXT}
_STORY = {
    "schema": "dedup.report/1",
    "documents": [],
    "matches": [],
    "families": [],
    "provenance": {"edges": [], "stories": []},
}


def _file_form(*fields: str) -> dict[str, Any]:
    """A form with a file, and short texts beside it."""
    properties: dict[str, Any] = {"file": {"type": "string", "format": "binary", "description": "Text, HTML, DOCX or PDF."}}
    properties |= {name: {"type": "string", "maxLength": 1000} for name in fields}
    return {"schema": {"type": "object", "required": ["file"], "properties": properties}}


def _json_body(model: Any) -> dict[str, Any]:
    return {"schema": model.model_json_schema(by_alias=True, ref_template="#/components/schemas/{model}")}


def _route(
    summary: str, example: object, problems: tuple[int, ...], *, schema: object = None, events: bool = False
) -> dict[str, Any]:
    content: dict[str, Any] = {"application/json": {"schema": schema or _OBJECT, "example": example}}
    if events:
        content["text/event-stream"] = {"schema": {"type": "string"}}
    problem = {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    responses: dict[int | str, Any] = {200: {"description": summary, "content": content}}
    for status in sorted({401, 403, 421, 429, 503, *problems}):
        responses[status] = {"description": status_title(status), "content": problem}
    return {"summary": summary, "responses": responses, "response_model": None}


def _body(model: Any, *fields: str) -> dict[str, Any]:
    return {
        "requestBody": {
            "required": True,
            "content": {"application/json": _json_body(model), "multipart/form-data": _file_form(*fields)},
        }
    }


_BODY = (400, 408, 413, 415, 422)
CHECK = _route("Check a draft", _CHECKED, _BODY, events=True) | {"openapi_extra": _body(AskedCheck, "outlet")}
ADD = _route("Add documents", {"schema": "dedup.index/1", "added": 1, "replaced": 0, "passed_over": 0}, _BODY) | {
    "openapi_extra": _body(AskedDocuments, "id")
}
READ = _route("Read a document", _DOCUMENT, (404, 422), schema={"type": "object", "required": ["id", "text"]})
REMOVE = _route("Remove a document", {"schema": "dedup.index/1", "removed": 1}, (404, 422))
STORY = _route("Trace the story of a document", _STORY, (404, 422), events=True)


def with_shared_parts(schema: dict[str, Any]) -> dict[str, Any]:
    """Return FastAPI's description with the parts that routes refer to, and the way to send a token."""
    parts = schema.setdefault("components", {})
    schemas = parts.setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas["Problem"] = _PROBLEM
    for path in schema["paths"].values():
        for route in path.values():
            for content in route.get("requestBody", {}).get("content", {}).values():
                schemas |= content["schema"].pop("$defs", {})
    parts["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    schema["security"] = [{}, {"token": []}]
    return schema
