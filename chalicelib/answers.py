"""What goes out: JSON, problems, pages, redirects, cookies, and the headers that all of them carry."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from chalice.app import Response
from pydantic import BaseModel

from chalicelib import i18n
from chalicelib.errors import PortalError
from chalicelib.page_words import DEFAULT_ZONE, Speech, environment, frame, speak
from chalicelib.settings import settings

if TYPE_CHECKING:
    from chalicelib.web import Call

Headers = dict[str, Any]

#: What a page may tell the next one: the code in the cookie, the kind, the words.
FLASHES: dict[str, tuple[str, str]] = {}


def flash_words(code: str, kind: str, msgid: str) -> str:
    """Register a message that a page may show after a redirect; gives back its code."""
    FLASHES[code] = (kind, msgid)
    return code


def json_answer(value: Any, status: int = 200) -> Response:
    """A model, or anything JSON can say."""
    if status == 204:
        return Response("", {"Content-Type": "application/json"}, 204)
    body = (
        value.model_dump_json(by_alias=True)
        if isinstance(value, BaseModel)
        else json.dumps(value, ensure_ascii=False)
    )
    return Response(body, {"Content-Type": "application/json; charset=utf-8"}, status)


def problem(error: PortalError, locale: str, request_id: str) -> Response:
    """An error as RFC 9457 problem details."""
    say = i18n.translations(locale).gettext
    body: dict[str, Any] = {
        "type": f"urn:problem:{error.code}",
        "title": say(error.title),
        "status": error.status,
        "detail": say(error.detail),
        "code": error.code,
        "request_id": request_id,
    }
    if error.errors:
        body["errors"] = [
            {"field": row.field, "code": row.code, "message": row.said(say)} for row in error.errors
        ]
    headers = {"Content-Type": "application/problem+json; charset=utf-8", **error_headers(error)}
    return Response(json.dumps(body, ensure_ascii=False), headers, error.status)


def error_headers(error: PortalError) -> Headers:
    """Headers that an error brings: when to try again, what is allowed, how to sign in."""
    headers: Headers = {}
    if error.retry_after_s is not None:
        headers["Retry-After"] = str(error.retry_after_s)
    if error.allow:
        headers["Allow"] = error.allow
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return headers


def redirect(location: str, *cookies: str) -> Response:
    """Go and GET another page (303), setting cookies on the way."""
    if any(ord(letter) < 32 for letter in location):
        raise ValueError("control character in a redirect")
    headers: Headers = {"Location": location, "Content-Type": "text/plain; charset=utf-8"}
    return Response("", with_cookies(headers, cookies), 303)


def with_cookies(headers: Headers, cookies: Sequence[str]) -> Headers:
    """The headers with `Set-Cookie` lines; several go as a list, whose values Chalice does not check."""
    if any(ord(letter) < 32 for cookie in cookies for letter in cookie):
        raise ValueError("control character in a cookie")
    return {**headers, "Set-Cookie": list(cookies)} if cookies else headers


def cookie(name: str, value: str, max_age_s: int | None, *, http_only: bool = True) -> str:
    """A first-party cookie line; `max_age_s` 0 removes it, None keeps it until the browser closes."""
    parts = [f"{name}={value}", "Path=/", "SameSite=Lax"]
    if max_age_s is not None:
        parts.append(f"Max-Age={max_age_s}")
    if http_only:
        parts.append("HttpOnly")
    if not settings().is_local:
        parts.append("Secure")
    return "; ".join(parts)


def page(
    call: "Call",
    template: str,
    context: Mapping[str, Any],
    status: int = 200,
    zone: ZoneInfo = DEFAULT_ZONE,
) -> Response:
    """A page in the caller's language, with times in a community's zone."""
    speak(Speech(call.now, zone, call.locale))
    shown = {**frame(call), "flash": _flash(call), **context}
    html = environment().get_template(template).render(shown)
    if shown.get("errors"):
        from chalicelib.summaries import with_names  # nothing that goes well needs it

        html = with_names(html)
    headers: Headers = {"Content-Type": "text/html; charset=utf-8", "Content-Language": call.locale}
    return Response(html, with_cookies(headers, call.new_cookies), status)


def _flash(call: "Call") -> dict[str, str] | None:
    """What the page before wanted said once; only codes from our own list are shown. What a phone fetches ahead, to
    keep it, nobody reads: it is left for the page that comes."""
    if call.header("purpose") == "prefetch":
        return None
    code = call.cookies.get("flash", "").split("~")[0]
    if code not in FLASHES:
        return None
    call.new_cookies.append(cookie("flash", "", 0))
    kind, msgid = FLASHES[code]
    return {"kind": kind, "text": i18n.translations(call.locale).gettext(msgid)}


def security_headers(path: str) -> Headers:
    """Headers of every answer: nothing from elsewhere, nothing framed, nothing kept by shared caches."""
    media = "" if settings().storage_behind_portal else f" https://{settings().media_bucket}.s3.{_s3_host()}"
    csp = (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
        f"img-src 'self' blob: data:{media}; connect-src 'self'{media}; form-action 'self'{media}; "
        "manifest-src 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    headers = {
        "Content-Security-Policy": csp,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cache-Control": "no-store",
    }
    if not settings().is_local:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    if path.startswith("/static/"):
        del headers["Cache-Control"]
    return headers


def _s3_host() -> str:
    region = settings().aws_region
    return f"{region}.amazonaws.com" + (".cn" if region.startswith("cn-") else "")
