"""Declaring routes and running their views: guards before, errors rendered after, in one place."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from chalice.app import Blueprint, Request, Response
from pydantic import BaseModel

from chalicelib import answers
from chalicelib.errors import CrossSite, MethodNotAllowed, NotFound, NotSignedIn, PortalError
from chalicelib.logs import log, log_failure
from chalicelib.portal import portal
from chalicelib.requests import current_request, serving
from chalicelib.settings import settings
from chalicelib.times import this_moment
from chalicelib.web import PUBLIC, ROUTES, Access, Call, Route, View, url

SAFE = {"GET", "HEAD", "OPTIONS"}
_ANY = ["*/*"]


class Routes:
    """One feature's routes; `blueprint` is what app.py registers."""

    def __init__(self, import_name: str, tag: str) -> None:
        self.blueprint = Blueprint(import_name)
        self._tag = tag

    def api(
        self,
        method: str,
        path: str,
        access: Access,
        summary: str,
        *,
        body: type[BaseModel] | None = None,
        query: type[BaseModel] | None = None,
        answer: Any = None,
        status: int = 200,
        once: bool = False,
        accepts: str = "application/json",
    ) -> Callable[[View], View]:
        """A JSON call: `body`, `query` and `answer` are the models of what goes in and out, `once` says that
        it takes an Idempotency-Key. The view gets the call and path parameters; it gives back the answer."""
        return self._declare(
            Route(method, path, "api", access, summary, self._tag, body, query, answer, status, once, accepts)
        )

    def page(self, path: str, access: Access, summary: str) -> Callable[[View], View]:
        """A page. The view gives back a Response."""
        return self._declare(Route("GET", path, "page", access, summary, self._tag))

    def form(self, path: str, access: Access, summary: str, *, on: str) -> Callable[[View], View]:
        """What a page's form sends; `on` is that page. The view gives back a Response."""
        return self._declare(Route("POST", path, "page", access, summary, self._tag, stands_on=on))

    def _declare(self, route: Route) -> Callable[[View], View]:
        def declare(view: View) -> View:
            declared = Route(**{**route.__dict__, "view": view})
            ROUTES.append(declared)
            register = self.blueprint.route(route.path, methods=[route.method], content_types=_ANY)
            register(_runner(declared))
            return view

        return declare


def _runner(route: Route) -> View:
    def run(**params: str) -> Response:
        return answer(Call(current_request(), portal(), route, this_moment()), params)

    run.__name__ = f"{route.method.lower()}_{route.view.__module__.rsplit('.', 2)[-2]}_{route.view.__name__}"
    return run


def answer(call: Call, params: dict[str, str]) -> Response:
    """Run one request to its answer, whatever happens; logs one line."""
    started = time.perf_counter()
    try:
        response = _admitted(call, params)
    except PortalError as error:
        response = error_answer(call, error)
    except Exception:
        log_failure("unexpected_failure", request_id=call.request_id, route=call.route.path)
        response = error_answer(call, PortalError())
    took_ms = round((time.perf_counter() - started) * 1000, 1)
    log("request", request_id=call.request_id, method=call.route.method, route=call.route.path,
        status=response.status_code, ms=took_ms)  # fmt: skip
    return response


def _admitted(call: Call, params: dict[str, str]) -> Response:
    guard_origin(call)
    if not call.route.access.public:
        call.route.access.admit(call.maybe_person)
    call.remember_language()
    result = call.route.view(call, **params)
    if isinstance(result, Response):
        return result
    return answers.json_answer(result, call.route.status)


def guard_origin(call: Call) -> None:
    """Refuse what another site's page sends in a person's name; raises CrossSite.

    Browsers say where a request comes from; a program that says nothing carries no one's cookies.
    """
    if call.route.method in SAFE or (call.header("authorization") or "").lower().startswith("bearer "):
        return
    site = call.header("sec-fetch-site")
    if site is not None:
        if site not in ("same-origin", "none"):
            raise CrossSite
        return
    origin = call.header("origin")
    if origin is not None and (_host(origin) is None or _host(origin) != _host(call.origin)):
        raise CrossSite


def _host(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:  # such as "http://["
        return None


def error_answer(call: Call, error: PortalError) -> Response:
    """An error as the caller reads errors: problem details for the API, a page for people."""
    if call.route.kind == "api":
        return answers.problem(error, call.locale, call.request_id)
    try:
        if isinstance(error, NotSignedIn):
            from chalicelib.accounts.pages import ask_again  # a feature, which needs this module

            return ask_again(call)
        return error_page(call, error)
    except Exception:
        # The page of an error must not fail itself: plain words are better than nothing.
        log_failure("error_page_failed", request_id=call.request_id, route=call.route.path)
        return Response(error.detail, {"Content-Type": "text/plain; charset=utf-8"}, error.status)


def error_page(call: Call, error: PortalError) -> Response:
    """A page that says what happened and what to do next."""
    from chalicelib.page_words import DEFAULT_ZONE, Speech, gettext, speak

    speak(Speech(call.now, DEFAULT_ZONE, call.locale))
    again = error.status >= 500 or error.status == 429
    is_get = call.route.method == "GET"
    context = {
        "status": error.status,
        "title": gettext(error.title),
        "detail": gettext(error.detail),
        "retry_url": url(call.path, **call.query) if again and is_get else None,
        # What was typed goes along, so that a failing server loses none of it.
        "retry_form": {"action": url(call.path), "fields": call.form_if_any}
        if again and not is_get
        else None,
    }
    response = answers.page(call, "error.html", context, error.status)
    response.headers.update(answers.error_headers(error))
    return response


def middleware(request: Request, get_response: Callable[[Request], Response]) -> Response:
    """Around every HTTP request: keeps the request for this thread, adds the headers that all answers carry."""
    with serving(request):
        response = get_response(request)
    path = str(request.context.get("path") or request.path)
    for name, value in answers.security_headers(path.removeprefix(settings().base_path)).items():
        response.headers.setdefault(name, value)
    response.headers["X-Request-Id"] = str(request.context.get("requestId", "-"))
    return response


def fallback(event: dict[str, Any], status: int) -> Response:
    """The answer to an address that is no route (404) or not for this method (405)."""
    path = event.get("path") or "/"
    kind: Any = "api" if path.startswith("/api/") else "page"
    route = Route(event["httpMethod"], path, kind, PUBLIC, "", "none")
    request = Request(event, None)
    call = Call(request, portal(), route, this_moment())
    allow = event.get("allow")
    error: PortalError = NotFound() if status == 404 else MethodNotAllowed(allow=allow)
    response = error_answer(call, error)
    for name, value in answers.security_headers(path).items():
        response.headers.setdefault(name, value)
    response.headers["X-Request-Id"] = call.request_id
    return response
