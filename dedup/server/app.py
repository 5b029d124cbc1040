"""The application: the interface for programs, the pages for people, and what stands around both."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import JSONResponse
from starlette.types import ASGIApp

from dedup import __version__
from dedup.errors import DedupError
from dedup.pipeline.common import use_threads
from dedup.server.access import Access, TokenCheck
from dedup.server.api import api
from dedup.server.counters import Counters
from dedup.server.describe import DESCRIPTION, with_shared_parts
from dedup.server.guard import Guard, log_line, own_path
from dedup.server.options import ServerOptions
from dedup.server.pages import pages, problem_page
from dedup.server.problems import PROBLEM_TYPE, Problem, problem_of
from dedup.server.protocol import BoundedProtocol
from dedup.server.service import Service
from dedup.server.work import Cancelled, Workroom

_DETAILS = {404: "there is nothing at this address", 405: "this address does not take this method"}


def create_app(options: ServerOptions) -> ASGIApp:
    """Return the application for the index that `options` name, as ASGI servers run it."""
    counters = Counters(options.counters)
    tokens = TokenCheck(options)
    return around(routed(options, counters, tokens), options, counters, tokens)


def around(inner: ASGIApp, options: ServerOptions, counters: Counters, tokens: TokenCheck) -> ASGIApp:
    """Return an application behind the checks that every request passes."""
    app: ASGIApp = Access(inner, options, tokens)
    if options.origins:
        app = CORSMiddleware(
            app, options.origins, allow_methods=["GET", "POST", "DELETE"], allow_headers=["Authorization", "Content-Type"]
        )
    return Guard(app, options, counters)


def routed(options: ServerOptions, counters: Counters, tokens: TokenCheck) -> FastAPI:
    """Return the application without the checks around it."""
    service = Service(options)
    room = Workroom(options.threads, options.limits, lambda: counters.add("dedup_refused_total"))

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        use_threads(1)  # requests run side by side: more threads for each would only compete
        yield
        room.close()
        service.index.close()

    app = FastAPI(
        title="dedup",
        version=__version__,
        description=DESCRIPTION,
        docs_url=None,  # its pages load scripts from elsewhere
        redoc_url=None,
        lifespan=lifespan,
    )
    app.include_router(api(service, room, counters))
    app.include_router(pages(service, room, tokens))
    app.add_api_route("/health", _health(service), include_in_schema=False)
    app.add_api_route("/metrics", _metrics(counters), include_in_schema=False)
    app.add_exception_handler(DedupError, _on_dedup_error)
    app.add_exception_handler(RequestValidationError, _on_wrong_request)
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(Cancelled, _on_cancelled)
    app.openapi = lambda: _description(app)  # type: ignore[method-assign] # FastAPI's own way to change it
    return app


def _health(service: Service) -> Any:
    async def health() -> JSONResponse:
        return JSONResponse({"status": "ok", "documents": len(service.index), "version": __version__})

    return health


def _metrics(counters: Counters) -> Any:
    async def metrics() -> Response:
        return Response(counters.exposition(), media_type="text/plain; version=0.0.4; charset=utf-8")

    return metrics


def _description(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        found = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        app.openapi_schema = with_shared_parts(found)
    return app.openapi_schema


def _answered(problem: Problem, request: Request) -> Response:
    request_id = request.scope.get("state", {}).get("request_id", "")
    if "text/html" in request.headers.get("accept", "") and not own_path(request.scope).startswith("/v1/"):
        return problem_page(problem, f"{request.scope.get('root_path', '')}/", request_id)
    body = problem.body(request_id)
    return Response(body, problem.status, headers=problem.headers, media_type=PROBLEM_TYPE)


async def _on_dedup_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, DedupError)
    problem = problem_of(error)
    if problem.status == 503 and problem is not error:
        log_line(
            {"event": "problem", "request_id": request.state.request_id, "error": type(error).__name__, "detail": str(error)}
        )
    return _answered(problem, request)


async def _on_wrong_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    told = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()[:5]]
    return _answered(Problem(422, "; ".join(told)), request)


async def _on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _answered(Problem(error.status_code, _DETAILS.get(error.status_code, error.detail), headers=error.headers), request)


async def _on_cancelled(request: Request, _: Exception) -> Response:
    return _answered(Problem(408, "the client has left"), request)


def from_environment() -> ASGIApp:
    """Return the application of a worker process."""
    logging.basicConfig(level=logging.ERROR)  # the lines of the log are those of `guard`
    options = ServerOptions.from_environment()
    BoundedProtocol.limits = options.limits
    return create_app(options)
