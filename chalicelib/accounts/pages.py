"""Signing in, and one's own page."""

import contextlib

from chalice.app import Response

from chalicelib import i18n
from chalicelib.accounts import service
from chalicelib.accounts.models import Session
from chalicelib.accounts.rules import mask_phone, parse_phone
from chalicelib.accounts.sessions import person_of
from chalicelib.answers import cookie, flash_words, page, redirect
from chalicelib.communities import store as communities
from chalicelib.errors import N_, Invalid, PortalError, TooLarge, TooMany
from chalicelib.page_words import DEFAULT_ZONE, Speech, speak
from chalicelib.pages import Fields, go, keep_form, safe_path, said, with_query
from chalicelib.routes import Routes
from chalicelib.settings import settings
from chalicelib.web import PUBLIC, SIGNED_IN, Call, url

routes = Routes(__name__, "me")

SIGNED_OUT = flash_words("signed_out", "success", N_("You are signed out."))
SIGNED_OUT_ALL = flash_words("signed_out_all", "success", N_("You are signed out on all devices."))
LANGUAGE = flash_words("language", "success", N_("This language stays, on every device."))
_SESSIONS = N_("You stay signed in on this device for %(days)s days.")


def _resumed(call: Call) -> Fields:
    return {name[7:]: given for name, given in call.form.items() if name.startswith("resume.")}


def _login(
    call: Call, step: str, status: int = 200, error: PortalError | None = None, **more: object
) -> Response:
    speak(Speech(call.now, DEFAULT_ZONE, call.locale))
    posted = call.route.path == "/login" and call.route.method == "POST"
    context: dict[str, object] = {
        "step": step,
        "values": {},
        "errors": said(error) if error else [],
        "phone": "",
        "phone_shown": "",
        "retry_after_s": 0,
        "next": safe_path(call.field("next") if posted else call.query.get("next"), ""),
        "resume": _resumed(call) if posted else {},
    }
    return page(call, "accounts/login.html", {**context, **more}, status)


def ask_again(call: Call) -> Response:
    """The answer to a page without a session: sign in, then go on there; a form's contents come along."""
    if call.route.method == "GET":
        return redirect(url("/login", next=url(call.path, **call.query)))
    here = call.route.stands_on.format(**(call.request.uri_params or {}))
    return _login(call, "phone", 401, next=here, resume=call.form_if_any)


@routes.page("/login", PUBLIC, "Sign in")
def login(call: Call) -> Response:
    """The first step: a phone number. Somebody already signed in goes on."""
    if call.maybe_person:
        return redirect(url(safe_path(call.query.get("next"), _start(call))))
    return _login(call, "phone")


def _start(call: Call) -> str:
    person = call.maybe_person
    return person.desk_start if person and person.is_staff and not person.units else "/"


@routes.form("/login", PUBLIC, "Ask for a code, or sign in with it", on="/login")
def log_in(call: Call) -> Response:
    """Either step of signing in, or back to the first one; what another page's form carried stays."""
    if "another" in call.form:
        return _login(call, "phone")
    if call.field("step") == "code" and "resend" not in call.form:
        return _with_code(call)
    return _send_code(call)


def _send_code(call: Call) -> Response:
    typed_phone = call.field("phone")
    again = call.field("step") == "code"
    try:
        wait = service.send_code(call.portal, typed_phone, call.address, call.locale, call.now)
        return _code_step(call, wait)
    except TooMany as error:
        # A code was sent a moment ago: it may just be on its way.
        wait = error.retry_after_s or 60
        if again or wait <= settings().code_resend_seconds:
            return _code_step(call, wait)
        return _login(call, "phone", 429, error, values={"phone": typed_phone})
    except Invalid as error:
        return _login(call, "phone", 422, error, values={"phone": typed_phone})


def _code_step(call: Call, wait: int, status: int = 200, error: PortalError | None = None) -> Response:
    typed_phone = call.field("phone")
    shown = mask_phone(parse_phone(typed_phone))
    return _login(call, "code", status, error, phone=typed_phone, phone_shown=shown, retry_after_s=wait)


def _with_code(call: Call) -> Response:
    try:
        digits = "".join(call.field("code").split())
        session = service.sign_in(call.portal, call.field("phone"), digits, call.now)
    except PortalError as error:
        if error.code == "wrong_code":
            beside = Invalid.field("code", error.code, error.detail)
            return _code_step(call, 0, 422, beside)
        if error.status == 422:
            return _login(call, "phone", 422, error, values={"phone": call.field("phone")})
        raise
    return _enter(call, session)


def _enter(call: Call, session: Session) -> Response:
    person = person_of(call.portal, session.token, call.now)
    assert person is not None, "a session just made is valid"
    hours = settings().staff_session_hours if person.is_staff else settings().owner_session_hours
    line = cookie(settings().cookie_name, session.token, hours * 3600)
    otherwise = person.desk_start if person.is_staff and not person.units else "/"
    target = safe_path(call.field("next"), otherwise)
    if resume := _resumed(call):
        with contextlib.suppress(TooLarge):  # signing in matters more than what can't be kept
            keep_form(call.portal.db, call.portal.keys, person.id, target, resume, call.now)
        target = with_query(target, {"kept": "1"})
    return go(url(target), None, line)


@routes.page("/me", SIGNED_IN, "One's own page")
def me(call: Call) -> Response:
    """Name, homes, language, signing out."""
    person = call.person
    homes = [
        {"id": u.id, "label": u.label, "community_name": communities.get(call.portal.db, u.community_id).name}
        for u in person.units
    ]
    days = settings().owner_session_hours // 24
    note = i18n.translations(call.locale).gettext(_SESSIONS) % {"days": days}
    context = {
        "name": person.name,
        "phone_masked": mask_phone(person.phone),
        "units": homes,
        "roles": sorted(person.roles),
        "sessions_note": "" if person.is_staff else note,
    }
    return page(call, "me.html", context)


@routes.form("/me/language", SIGNED_IN, "Choose a language", on="/me")
def language(call: Call) -> Response:
    """Keep a language with the account."""
    chosen = i18n.pick_locale(call.field("locale"), None, None)
    service.choose_locale(call.portal, call.person, chosen)
    return go(url("/me"), LANGUAGE, cookie("lang", "", 0, http_only=False))


def _out(flash: str) -> Response:
    return go(url("/login"), flash, cookie(settings().cookie_name, "", 0))


@routes.form("/me/sign-out", SIGNED_IN, "Sign out", on="/me")
def sign_out(call: Call) -> Response:
    """End this session."""
    service.sign_out(call.portal, call.person)
    return _out(SIGNED_OUT)


@routes.form("/me/sign-out-everywhere", SIGNED_IN, "Sign out on all devices", on="/me")
def sign_out_everywhere(call: Call) -> Response:
    """End all sessions."""
    service.sign_out_everywhere(call.portal, call.person)
    return _out(SIGNED_OUT_ALL)


@routes.page("/privacy", PUBLIC, "What is kept of people, and why")
def privacy(call: Call) -> Response:
    """The privacy notice, with the way back that fits who reads it."""
    _ = call.maybe_person
    return page(call, "privacy.html", {})
