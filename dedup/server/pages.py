"""The pages for people: a form for a draft, the page of its check, kept results, and the archive.

They are made by the templates of `dedup.report`: the page of a check is that of `dedup check --format html`, a story is that of
`dedup tree --format html`. Every form works without scripts.
"""

import html
import re
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Query, Request
from markupsafe import Markup
from starlette.responses import HTMLResponse, RedirectResponse, Response

from dedup.errors import DedupError, UsageError
from dedup.language.counting import counted
from dedup.report.check_html import checked_page
from dedup.report.labels import headline_of, label_of
from dedup.report.page import Site, environment, page
from dedup.report.tree_html import tree_page
from dedup.server.access import COOKIE, TokenCheck
from dedup.server.asked import checked_text
from dedup.server.forms import read_form
from dedup.server.problems import Problem, problem_of, status_title
from dedup.server.server_file import ServerFile, days_from_now, new_key
from dedup.server.service import Service
from dedup.server.uploads import ACCEPTED, uploaded
from dedup.server.work import Workroom
from dedup.sources.times import parse_time
from dedup.types import Checked, Document, Notice, Report

_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">')
_OPENING = 220
"""Characters of a text that a search shows."""
_WORDS = 200
"""Characters of a search."""
_SESSION = 12 * 3600
"""Seconds for which a browser stays logged in."""
_HIDDEN = ("id", "title", "author", "outlet")
"""Fields of a draft that the form to keep its result carries, beside its text and time."""


def bar(home: str, here: str = "", **values: object) -> Markup:
    """Return the links that stand above every page; `home` leads to the start page from there."""
    known: dict[str, object] = {"keep": None, "days": 0, "until": "", "key": "", "leave": False}
    return Markup(environment().get_template("serve_bar.html").render(known | {"home": home, "here": here} | values))


def html_answer(text: str, status: int = 200, headers: Mapping[str, str] | None = None) -> HTMLResponse:
    """Return a page as an answer: its Content-Security-Policy is a header too, where it can also forbid frames."""
    stated = _POLICY.search(text)
    policy = html.unescape(stated[1]) if stated else "default-src 'none'"
    return HTMLResponse(text, status, {"Content-Security-Policy": f"{policy}; frame-ancestors 'none'", **(headers or {})})


def problem_page(problem: Problem, home: str, request_id: str) -> HTMLResponse:
    """Return a problem as a page."""
    title = status_title(problem.status)
    text = page(
        "serve_problem.html", site=Site(bar(home)), title=title, detail=problem.detail, home=home, request_id=request_id
    )
    return html_answer(text, problem.status, problem.headers)


class Pages:
    """What the pages show, without HTTP."""

    def __init__(self, service: Service) -> None:
        """Keep the index and the options."""
        self.service, self.options, self.limits = service, service.options, service.options.limits
        self.beside = ServerFile(service.options.index)

    def start(self, values: Mapping[str, str] | None = None, problem: str = "") -> str:
        """Return the form, with what was given and what was wrong with it."""
        given = {"text": "", "outlet": "", "licensed": ""} | dict(values or {})
        return page(
            "serve_start.html",
            scripts=["serve.js"],
            site=Site(bar("./", "check", leave=self.options.token)),
            title="Check a draft",
            home="./",
            values=given,
            problem=problem,
            documents=counted(len(self.service.index), "document"),
            characters=f"{self.limits.characters:,}",
            accepted=ACCEPTED,
            outlet=self.options.outlet or "",
            licensed=sorted(self.options.settings.get("licensed", [])),
            days=self.limits.keep_days,
        )

    def check(self, form: Mapping[str, str], file: tuple[bytes, str] | None, *, keep: bool) -> tuple[str, str]:
        """Return the page of a check, and its key if it is kept."""
        draft, notices = uploaded(*file, self.limits) if file else (_pasted(form), [])
        checked_text(draft, self.limits)
        settings = _settings(form)
        checked = self.service.check(draft, form.get("outlet") or None, settings)
        if not keep:
            return self._result(checked, notices, form), ""
        key, expires = new_key(), days_from_now(self.limits.keep_days)
        site = Site(bar("../", until=f"{expires:%Y-%m-%d}", key=key))
        try:
            self.beside.keep(key, checked_page([checked], notices=notices, site=site), expires, self.limits.kept_bytes)
        except UsageError as error:
            raise Problem(507, str(error)) from error
        return "", key

    def _result(self, checked: Checked, notices: list[Notice], form: Mapping[str, str]) -> str:
        draft = checked.draft
        hidden = {name: value for name in _HIDDEN if (value := getattr(draft, name))}
        hidden |= {"text": draft.text, "outlet": form.get("outlet", ""), "licensed": form.get("licensed", "")}
        if draft.published:
            hidden["published"] = draft.published.isoformat()
        above = bar("./", keep=hidden, days=self.limits.keep_days)
        return checked_page([checked], notices=notices, site=Site(above))

    def archive(self, query: str) -> str:
        """Return the page of a search."""
        found = self.service.index.search(query, most=self.limits.found_documents, seconds=self.limits.search_seconds)
        count = counted(len(found.documents), "document")
        said = f"The last {count} of many" if found.more else f"{count}"
        if found.cut:
            said = f"{count} in the part of the archive that could be searched in {self.limits.search_seconds:g} seconds"
        return page(
            "serve_archive.html",
            site=Site(bar("./", "archive", leave=self.options.token)),
            title="Archive",
            home="./",
            query=query,
            said=f"{said}:" if found.documents else "No document has all these words.",
            documents=counted(len(self.service.index), "document"),
            found=[(label_of(one), one.id, _opening(one)) for one in found.documents],
        )

    def document(self, name: str) -> str:
        """Return the page of a document."""
        found = self.service.document(name)
        label = label_of(found)
        values = {"label": label, "id": name, "author": found.author or "", "text": found.text}
        return page("serve_document.html", site=Site(bar("./")), title=label.headline, home="./", **values)

    def story(self, name: str) -> str:
        """Return the page of a document's story, with its outlets."""
        report = self.service.story(name)
        return tree_page(report, site=Site(bar("./"), outlet_table(report)))


def outlet_table(report: Report) -> Markup:
    """Return the outlets of a story as a table."""
    from dedup.pipeline.outlets import outlets  # noqa: PLC0415 only stories need it

    found = outlets(report)
    rows = []
    for row in found.outlets:
        shares = [f"{share:.0%}" for share in (row.original, row.copied, row.unknown, row.quoted)]
        rows.append((row, shares, [one.source or "an unseen source" for one in found.copied if one.outlet == row.outlet]))
    without = counted(found.without_outlet, "article") if found.without_outlet else ""
    return Markup(environment().get_template("serve_outlets.html").render(rows=rows, without=without))


def _opening(document: Document) -> str:
    """Return the start of a text, without its headline."""
    text = " ".join(document.text[: 4 * _OPENING].split()).removeprefix(headline_of(document)).strip()
    return text if len(text) <= _OPENING else text[:_OPENING].rsplit(" ", 1)[0] + " …"


def _pasted(form: Mapping[str, str]) -> Document:
    """Return the draft that a form holds. Browsers send line ends as CR LF."""
    text = form.get("text", "").replace("\r\n", "\n").strip("\n")
    if not text.strip():
        raise Problem(422, "There is no draft yet: paste a text, or choose a file.")
    known: dict[str, Any] = {name: form[name] for name in ("title", "author") if form.get(name)}
    return Document(form.get("id") or "draft", text, published=parse_time(form.get("published")), **known)


def _settings(form: Mapping[str, str]) -> dict[str, Any] | None:
    licensed = [name.strip() for name in form.get("licensed", "").split(",") if name.strip()]
    return {"licensed": licensed} if licensed else None


def pages(service: Service, room: Workroom, tokens: TokenCheck) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(include_in_schema=False)
    shown = Pages(service)
    _add_sessions(routes, service, tokens)
    _add_check_pages(routes, shown, room)
    _add_archive_pages(routes, shown, room)
    return routes


def _add_check_pages(routes: APIRouter, shown: Pages, room: Workroom) -> None:
    """Add the form, the page of its check, and kept results."""

    @routes.get("/")
    async def start(request: Request) -> Response:
        return html_answer(await room.run(request, lambda _: shown.start()))

    @routes.get("/check")
    async def check_again() -> Response:
        return RedirectResponse("./", 303)

    @routes.post("/check")
    async def check(request: Request) -> Response:
        form, file = await read_form(request, shown.limits.body)
        keep = form.get("keep") == "yes"
        try:
            text, key = await room.run(request, lambda _: shown.check(form, file, keep=keep))
        except DedupError as error:
            problem = problem_of(error)
            return html_answer(shown.start(form, problem.detail), problem.status, problem.headers)
        return RedirectResponse(f"./kept/{key}", 303) if key else html_answer(text)

    @routes.get("/kept/{key}")
    async def kept(key: str) -> Response:
        text = shown.beside.kept(key)
        if text is None:
            raise Problem(
                404, "This result is not kept any more: its time is over, it was deleted, or the address is incomplete."
            )
        return html_answer(text)

    @routes.post("/forget")
    async def forget(request: Request) -> Response:
        form, _ = await read_form(request, shown.limits.body)
        shown.beside.forget(form.get("key", ""))
        return RedirectResponse("./", 303)


def _add_archive_pages(routes: APIRouter, shown: Pages, room: Workroom) -> None:
    """Add the search, a document and a story."""

    @routes.get("/archive")
    async def archive(request: Request, q: str = Query("", max_length=_WORDS)) -> Response:
        return html_answer(await room.run(request, lambda _: shown.archive(" ".join(q.split()))))

    @routes.get("/document")
    async def document(request: Request, id: str = Query("")) -> Response:  # noqa: A002 as the address has it
        return html_answer(await room.run(request, lambda _: shown.document(id)))

    @routes.get("/story")
    async def story(request: Request, id: str = Query("")) -> Response:  # noqa: A002 as the address has it
        return html_answer(await room.run(request, lambda _: shown.story(id)))


def _add_sessions(routes: APIRouter, service: Service, tokens: TokenCheck) -> None:
    """Add how a browser logs in: a token, in a cookie that no script reads and that no page of another site can send."""

    def form(problem: str = "") -> str:
        return page("serve_login.html", site=Site(Markup("")), title="Log in", home="./", problem=problem)

    @routes.get("/login")
    async def login_form() -> Response:
        return html_answer(form())

    @routes.post("/login")
    async def login(request: Request) -> Response:
        given, _ = await read_form(request, service.options.limits.body)
        token = given.get("token", "").strip()
        peer = request.client.host if request.client else "?"
        if tokens.scope_of(token, peer) is None:
            return html_answer(form("There is no such token, or it was revoked."), 401)
        answer = RedirectResponse("./", 303)
        path = service.options.root_path or "/"
        secure = request.url.scheme == "https"
        answer.set_cookie(COOKIE, token, max_age=_SESSION, path=path, secure=secure, httponly=True, samesite="strict")
        return answer

    @routes.post("/logout")
    async def logout() -> Response:
        answer = RedirectResponse("./login", 303)
        answer.delete_cookie(COOKIE, path=service.options.root_path or "/", httponly=True, samesite="strict")
        return answer
