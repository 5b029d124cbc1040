"""The interface for programs, `/v1`: checks, documents and stories. JSON is that of the command line."""

import dataclasses
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Query, Request, Response

from dedup.report.check_json import checked_json
from dedup.report.read_jsonl import document_json
from dedup.report.scan_json import to_json
from dedup.server import describe
from dedup.server.asked import AskedCheck, AskedDocuments, checked_text, document_in, parsed
from dedup.server.counters import Counters
from dedup.server.forms import file_of, read_form
from dedup.server.problems import Problem
from dedup.server.service import Service, outcome_row_text
from dedup.server.uploads import uploaded
from dedup.server.work import Workroom
from dedup.types import Document, Notice, Progress

_EVENTS = "text/event-stream"


def api(service: Service, room: Workroom, counters: Counters) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix="/v1")
    _add_check(routes, service, room)
    _add_documents(routes, service, room, counters)
    _add_stories(routes, service, room)
    return routes


def _add_check(routes: APIRouter, service: Service, room: Workroom) -> None:
    @routes.post("/check", **describe.CHECK)
    async def check_draft(request: Request) -> Response:
        """Judge every passage of a draft that occurs in the index: what `dedup check --format json` writes."""
        read, outlet, settings = await _draft(request, service)

        def task(progress: Progress) -> str:
            progress("reading")
            draft, notices = read()
            checked_text(draft, service.options.limits)
            progress("checking")
            checked = service.check(draft, outlet, settings)
            progress("writing")
            return checked_json([checked], notices=notices)

        return await _answer(request, room, task)


def _add_documents(routes: APIRouter, service: Service, room: Workroom, counters: Counters) -> None:
    @routes.post("/documents", **describe.ADD)
    async def add_documents(
        request: Request, replace: bool = Query(False, description="Replace documents that have the same id.")
    ) -> Response:
        """Add documents to the index, all or none: what `dedup index add --format json` writes."""
        read = await _documents(request, service)
        found = await room.run(request, lambda _: read())  # not in the one thread that writes
        row = await room.run(request, lambda _: service.add(found, replacing=replace), write=True)
        counters.add("dedup_documents_added_total", row["added"] + row["replaced"])
        return _json_answer(outcome_row_text(row))

    @routes.get("/documents/{id:path}", **describe.READ)
    async def read_document(request: Request, id: str) -> Response:  # noqa: A002 as the address has it
        """Return a document with its text: what `dedup index export` writes of it."""
        return _json_answer(await room.run(request, lambda _: document_json(service.document(id))))

    @routes.delete("/documents/{id:path}", **describe.REMOVE)
    async def remove_document(request: Request, id: str) -> Response:  # noqa: A002 as the address has it
        """Remove a document and erase its text: what `dedup index remove --format json` writes."""
        row = await room.run(request, lambda _: service.remove(id), write=True)
        counters.add("dedup_documents_removed_total")
        return _json_answer(outcome_row_text(row))


def _add_stories(routes: APIRouter, service: Service, room: Workroom) -> None:
    @routes.get("/stories/{id:path}", **describe.STORY)
    async def trace_document(request: Request, id: str) -> Response:  # noqa: A002 as the address has it
        """Trace the story of a document: what `dedup tree --format json` writes of the documents that share passages with it.

        `provenance.stories` has its independent sources, `provenance.edges` who copied whom.
        """
        if _EVENTS in request.headers.get("accept", ""):
            service.must_have(id)  # a stream has begun before a problem could be told by its status
        return await _answer(request, room, lambda progress: "".join(to_json(service.story(id, progress))))


async def _answer(request: Request, room: Workroom, task: Callable[[Progress], str]) -> Response:
    """Return the JSON that a task makes, as one object or, if the client asks for it, after a stream of its progress."""
    if _EVENTS in request.headers.get("accept", ""):
        return room.stream(task)
    return _json_answer(await room.run(request, task))


def _json_answer(text: str) -> Response:
    return Response(text.encode("utf-8", "backslashreplace"), media_type="application/json")


def _kind(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().casefold()


async def _json(request: Request) -> bytes:
    if _kind(request) != "application/json":
        raise Problem(415, "send application/json, or a form (multipart/form-data) with the field file")
    return await request.body()


Draft = tuple[Callable[[], tuple[Document, list[Notice]]], str | None, dict[str, Any] | None]
"""A function that reads the draft, the outlet that publishes it, and the settings of the request."""


async def _draft(request: Request, service: Service) -> Draft:
    limits = service.options.limits
    if _kind(request) == "multipart/form-data":
        form = await read_form(request, limits.body)
        data, name = file_of(form)
        return lambda: uploaded(data, name, limits), form.texts.get("outlet") or None, None
    asked: AskedCheck = parsed(AskedCheck, await _json(request))
    draft = document_in(asked, limits)
    settings = asked.settings.model_dump(by_alias=True, exclude_none=True) if asked.settings else None
    return lambda: (draft, []), asked.outlet, settings


async def _documents(request: Request, service: Service) -> Callable[[], list[Document]]:
    """Return a function that reads the documents of a request."""
    limits = service.options.limits
    if _kind(request) == "multipart/form-data":
        form = await read_form(request, limits.body)
        data, name = file_of(form)
        wanted = form.texts.get("id")

        def of_file() -> list[Document]:
            document, _ = uploaded(data, name, limits)
            return [checked_text(dataclasses.replace(document, id=wanted or document.id), limits)]

        return of_file
    body = await _json(request)

    def of_json() -> list[Document]:
        asked: AskedDocuments = parsed(AskedDocuments, body)
        if len(asked.documents) > limits.documents:
            raise Problem(413, f"{len(asked.documents):,} documents, more than {limits.documents:,}; send a part at a time")
        return [document_in(one, limits) for one in asked.documents]

    return of_json
