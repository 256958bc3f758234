"""What the contestants of `bench/warm.py` and `bench/cold.py` do: a small town on a real engine, and one request a row,
recorded as it reaches the engine."""

import json
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.replay import Replay
from chalicelib.accounts import store as accounts
from chalicelib.accounts.models import Person
from chalicelib.accounts.sessions import new_session
from chalicelib.communities import store as communities
from chalicelib.crypto import Keyring
from chalicelib.desk import service as desk
from chalicelib.desk import talking
from chalicelib.desk.models import Assign, StaffMessage, Transition
from chalicelib.importing import service as importing
from chalicelib.issues import reporting, service
from chalicelib.issues.models import ReportIssue, WriteMessage
from chalicelib.portal import Portal, connect
from chalicelib.settings import read_settings, settings
from local.engines import start
from local.setup import set_up

_PEOPLE = """community_id,community,building,unit,unit_id,name,phone,role
maple,枫林苑,1,101,maple-1-101,王秀英,+8613800000001,owner
maple,枫林苑,,,,李静,+8613900000001,front_line
maple,枫林苑,,,,王师傅,+8613900000002,technician
"""
_WORDS = "厨房水槽下面一直在漏水，柜子里面已经湿了，麻烦尽快安排师傅上门看看"
#: More than a page holds, so that each list has a next one.
_ISSUES = 24
_REQUEST_ID = "b6f3d5c0-0000-4000-8000-000000000000"


@contextmanager
def prepared(folder: Path) -> Iterator[tuple[Replay, Path]]:
    """The stand-in, ready to answer, and the file with each row's event and calls."""
    engine = start(folder, auth=True, durable=False)
    try:
        replay = Replay(engine.url, Keyring.generate().to_json().encode())
        os.environ.update(
            AWS_ACCESS_KEY_ID=engine.access_key, AWS_SECRET_ACCESS_KEY=engine.secret_key, AWS_REGION="us-east-1",
            AWS_DEFAULT_REGION="us-east-1", AWS_ENDPOINT_URL=replay.url, PORTAL_STAGE="prod", TABLE_NAME="portal",
            MEDIA_BUCKET="media", KEYRING_CIPHERTEXT="AAAA", REPORTS_PER_DAY="1000",
            PUBLIC_ORIGIN="https://portal.example", BENCH_PLAN=str(folder / "plan.json"),
        )  # fmt: skip
        settings.cache_clear()  # whoever packaged the portal before has read others
        set_up(engine, "portal", "media")
        plan = Path(os.environ["BENCH_PLAN"])
        plan.write_text(json.dumps(_recorded(replay, _events(connect(read_settings(dict(os.environ)))))))
        replay.stop_recording()
        yield replay, plan
    finally:
        engine.stop()


def _events(portal: Portal) -> dict[str, dict[str, Any]]:
    """One API Gateway event a row, on a portal with people and issues."""
    now = datetime.now(UTC) - timedelta(minutes=5)
    everything = importing.Importer("bench", None)
    importing.run(portal, everything, _PEOPLE.encode(), "en", now, preview=False)
    owner, clerk, technician = (_person(portal, f"+861{n}") for n in (3800000001, 3900000001, 3900000002))
    ids = [_report(portal, owner, n, now) for n in range(_ISSUES)]
    for issue_id in ids[::2]:
        _work(portal, issue_id, (owner, clerk, technician), now)
    asks = {person.id: _token(portal, person, now) for person in (owner, clerk)}
    step = {"to": "acknowledged", "version": 1, "note": "师傅今天下午会来，请留意电话"}
    key = {"Idempotency-Key": secrets.token_hex(8)}
    return {
        "get": _event("GET", "/api/v1/issues/{issue_id}", asks[owner.id], {"issue_id": ids[0]}),
        "list": _event("GET", "/api/v1/issues", asks[owner.id], query={"limit": "20"}),
        "queue": _event("GET", "/api/v1/desk/issues", asks[clerk.id], query={"limit": "20"}),
        "transaction": _event("POST", "/api/v1/desk/issues/{issue_id}/transition", asks[clerk.id],
                              {"issue_id": ids[1]}, body=step, more=key),
        "page": _event("GET", "/issues", asks[owner.id]),
    }  # fmt: skip


def _person(portal: Portal, phone: str) -> Person:
    account = accounts.find_by_phone(portal.db, portal.keys, phone)
    assert account is not None, "imported"
    return Person.model_construct(**dict(account), session="SESSION#bench")


def _token(portal: Portal, person: Person, now: datetime) -> str:
    token, _, write = new_session(portal, person, now)
    portal.db.write(write)
    return token


def _report(portal: Portal, owner: Person, number: int, now: datetime) -> str:
    given = {
        "unit_id": "maple-1-101",
        "category_id": "plumbing",
        "description": f"第{number}处：{_WORDS}",
        "location": "厨房",
    }
    at = now - timedelta(hours=number)
    return reporting.report(portal, owner, ReportIssue.model_validate(given), None, at)[0].issue.id


def _work(portal: Portal, issue_id: str, people: tuple[Person, Person, Person], now: datetime) -> None:
    """Acknowledged, assigned, begun, with a message from each side: five more rows of the timeline."""
    owner, clerk, technician = people
    first = Transition(to="acknowledged", version=1)
    desk.transition(portal, clerk, issue_id, first, None, now)
    desk.assign(portal, clerk, issue_id, Assign(assignee_id=technician.id, version=2), None, now)
    desk.transition(portal, technician, issue_id, Transition(to="in_progress", version=3), None, now)
    service.message(portal, owner, issue_id, WriteMessage(text="下午两点以后家里有人"), None, now)
    talking.message(
        portal, clerk, issue_id, StaffMessage(text="好的，师傅两点半到", visibility="owner"), None, now
    )


def _event(
    method: str,
    resource: str,
    token: str,
    ids: dict[str, str] | None = None,
    query: dict[str, str] | None = None,
    body: Any = None,
    more: dict[str, str] | None = None,
) -> dict[str, Any]:
    """A request as API Gateway hands it to Lambda."""
    path = resource.format(**(ids or {}))
    api = path.startswith("/api")
    who = {"Authorization": f"Bearer {token}"} if api else {"Cookie": f"__Host-session={token}"}
    headers = {"Host": "portal.example", "Accept": "*/*", "Accept-Language": "zh-CN", **who, **(more or {})}
    if body is not None:
        headers["Content-Type"] = "application/json"
    context = {
        "resourcePath": resource, "path": path, "httpMethod": method, "requestId": _REQUEST_ID,
        "stage": "api", "apiId": "bench", "accountId": "123456789012", "protocol": "HTTP/1.1", "requestTimeEpoch": 0,
        "domainName": "portal.example", "identity": {"sourceIp": "192.0.2.1", "userAgent": "bench"},
    }  # fmt: skip
    return {
        "resource": resource, "path": path, "httpMethod": method, "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": query,
        "multiValueQueryStringParameters": {name: [value] for name, value in query.items()} if query else None,
        "pathParameters": ids, "stageVariables": None, "requestContext": context,
        "body": json.dumps(body) if body is not None else None, "isBase64Encoded": False,
    }  # fmt: skip


def _recorded(replay: Replay, events: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Each row with its event and the calls that the portal makes for it, answers remembered by the stand-in."""
    from app import app

    communities._kept.clear()
    app(events["page"], None)  # once before: what the process remembers is no part of a request
    rows = {}
    for name, event in events.items():
        replay.record()
        answer = app(event, None)
        assert answer["statusCode"] < 300, answer
        calls = [
            [re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower(), body] for operation, body in replay.calls
        ]
        rows[name] = {"event": event, "calls": calls}
    return rows
