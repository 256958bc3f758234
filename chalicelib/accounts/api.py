"""Sign-in and one's own account over the JSON API."""

from chalice.app import Response

from chalicelib.accounts import service
from chalicelib.accounts.models import CodeRequest, CodeSent, Me, Session, SignIn, UnitView
from chalicelib.accounts.rules import mask_phone
from chalicelib.answers import json_answer
from chalicelib.routes import Routes
from chalicelib.web import PUBLIC, SIGNED_IN, Call

routes = Routes(__name__, "me")


@routes.api(
    "POST", "/api/v1/auth/code", PUBLIC, "Send a sign-in code", body=CodeRequest, answer=CodeSent, status=202
)
def send_code(call: Call) -> CodeSent:
    """Send a code by text message."""
    body = call.read(CodeRequest)
    return CodeSent(
        retry_after_s=service.send_code(call.portal, body.phone, call.address, call.locale, call.now)
    )


@routes.api(
    "POST", "/api/v1/auth/session", PUBLIC, "Sign in with a code", body=SignIn, answer=Session, status=201
)
def sign_in(call: Call) -> Session:
    """Trade a code for a token."""
    body = call.read(SignIn)
    return service.sign_in(call.portal, body.phone, body.code, call.now)


@routes.api("DELETE", "/api/v1/auth/session", SIGNED_IN, "Sign out; the token is dead at once", status=204)
def sign_out(call: Call) -> Response:
    """End this session."""
    service.sign_out(call.portal, call.person)
    return json_answer(None, 204)


@routes.api("DELETE", "/api/v1/auth/sessions", SIGNED_IN, "Sign out everywhere", status=204)
def sign_out_everywhere(call: Call) -> Response:
    """End all of one's sessions."""
    service.sign_out_everywhere(call.portal, call.person)
    return json_answer(None, 204)


@routes.api("GET", "/api/v1/me", SIGNED_IN, "Who is signed in", answer=Me)
def me(call: Call) -> Me:
    """One's own account."""
    person = call.person
    return Me(
        id=person.id,
        name=person.name,
        phone_masked=mask_phone(person.phone),
        locale=call.locale,
        roles=sorted(person.roles),
        grants=person.grants,
        units=[UnitView(id=u.id, community_id=u.community_id, label=u.label) for u in person.units],
    )
