"""The running portal against its own OpenAPI document: made-up calls, and what must hold of every answer."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from bench.client import Client
from bench.live import LivePortal
from chalicelib.openapi import document

CHECKS = [
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
    content_type_conformance,
]
made_up = settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.generate],
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
everything = schemathesis.openapi.from_dict(document())
#: What is made up once is sent by each of them: making it up takes more than three times the work of a call.
PEOPLE = ("nobody", "owner", "technician", "manager")
#: Signing out, here or everywhere, would leave the rest of the tests without a session.
SIGN_OUT = "/api/v1/auth/session"
Real = dict[str, Any]


def test_the_running_portal_shows_this_document(live: LivePortal) -> None:
    assert httpx.get(f"{live.url}/api/openapi.json").json() == document()


@pytest.fixture(scope="module")
def real(live: LivePortal, tokens: dict[str, str | None]) -> Real:
    """What made-up calls name in place of a made-up id: without it all of them would end in 404."""
    owner = Client(live.url, tokens["owner"])
    issues = owner.call("list", "GET", "/api/v1/issues").json["items"]
    begun = {"content_type": "image/jpeg", "size_bytes": 10}
    photo = owner.call("photo", "POST", "/api/v1/photos", begun, expect=(201,)).json
    owner.close()
    return {
        "issue_id": [issue["id"] for issue in issues],
        "photo_id": [photo["photo_id"]],
        "community_id": ["maple"],
        "unit_id": ["maple-1-101"],
        "category_id": ["plumbing"],
        "version": list(range(1, 8)),
        "merge_into": [issue["number"] for issue in issues],
    }


#: Headers that say how a request is framed: with them the client would promise a body and send none, and wait.
_FRAMING = {"content-length", "transfer-encoding", "connection", "expect", "upgrade", "te", "trailer"}


def well_framed(case: schemathesis.Case[Any]) -> None:
    """Leave the framing to the client; what broken framing does is tried in `test_any_input`."""
    for name in [name for name in case.headers or {} if name.lower() in _FRAMING]:
        del case.headers[name]


def made_real(case: schemathesis.Case[Any], real: Real) -> None:
    """Put real ids into most of the calls, by what the call says otherwise."""
    roll = zlib.crc32(repr((case.path_parameters, case.body)).encode())
    if roll % 4 == 0:
        return
    body = case.body if isinstance(case.body, dict) else {}
    for fields in (case.path_parameters or {}, body):
        for name, found in real.items():
            if name in fields:
                fields[name] = found[roll % len(found)]


@everything.parametrize()
@made_up
def test_every_answer_is_as_the_document_says(
    case: schemathesis.Case[Any], live: LivePortal, tokens: dict[str, str | None], real: Real
) -> None:
    made_real(case, real)
    well_framed(case)
    ends_sessions = case.method.upper() == "DELETE" and case.path.startswith(SIGN_OUT)
    for who in PEOPLE[:1] if ends_sessions else PEOPLE:
        headers = {"Authorization": f"Bearer {tokens[who]}"} if tokens[who] else None
        with said_by(who):
            case.call_and_validate(base_url=live.url, headers=headers, checks=CHECKS, timeout=20)


@contextmanager
def said_by(who: str) -> Iterator[None]:
    """A failure within it says who was signed in."""
    try:
        yield
    except BaseException as failure:
        failure.add_note(f"Sent by: {who}")
        raise


def test_everybody_is_still_signed_in(live: LivePortal, tokens: dict[str, str | None]) -> None:
    for who in PEOPLE[1:]:
        client = Client(live.url, tokens[who])
        client.call("me", "GET", "/api/v1/me")
        client.close()
