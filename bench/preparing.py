"""How each of the portal's main actions is made ready to be measured: one request of one person, or one event."""

import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bench.inside import Caller
from bench.world import World
from chalicelib.complaints import timers as complaints
from chalicelib.consultations import timers as consultations
from chalicelib.due import rows as due_rows
from chalicelib.due import walk
from chalicelib.due.look import look_at
from chalicelib.inbox import outbox
from chalicelib.issues import timers
from chalicelib.messages.notifier import MemoryNotifier
from chalicelib.photos import service as photos
from chalicelib.points import intake
from chalicelib.points import timers as points

#: What is measured of an action; gives back how long its answer is, in bytes.
Work = Callable[[], int]


@dataclass(frozen=True)
class Action:
    """`prepare` makes what the action needs, which is not measured, and gives back the action itself."""

    name: str
    prepare: Callable[[World], Work]
    #: The same request in `tests/test_budgets.py`: who, and which path.
    budget: tuple[str, str] | None = None


def get(name: str, who: str, path: str, **told: Any) -> Action:
    """A request that reads; `budget` names the same one in the tests of round trips."""

    def prepare(world: World) -> Work:
        caller = world.caller(who)
        wanted = path.format(issue=_issue(world) if "{issue}" in path else "", place=world.place_id)
        return lambda: len(caller.call("GET", wanted).body)

    return Action(name, prepare, (who, told["budget"]) if "budget" in told else None)


def _issue(world: World) -> str:
    return world.bring_to("resolved").issue.id


def post(
    name: str, who: str, status: str, path: str, body: Callable[[World, int], Any], **told: Any
) -> Action:
    """A request with a key that changes an issue which is in `status`."""

    def prepare(world: World) -> Work:
        issue = world.bring_to(status).issue
        caller, method = world.caller(who), told.get("method", "POST")
        wanted, content = path.format(issue=issue.id), body(world, issue.version)
        key = None if method == "PUT" else f"bench-{secrets.token_hex(8)}"
        return lambda: len(caller.call(method, f"/api/v1{wanted}", content, key=key).body)

    return Action(name, prepare)


def report(photos_with_it: int) -> Callable[[World], Work]:
    """A report of so many photos that are still being taken in."""

    def prepare(world: World) -> Work:
        person, caller = world.people["owner"], world.caller("owner")
        now = datetime.now(UTC)
        ids = [photos.start_plain(world.portal, person, now) for _ in range(photos_with_it)]
        body = {"unit_id": person.units[0].id, "category_id": "plumbing", "description": "厨房水槽下面漏水"}
        key = f"bench-{secrets.token_hex(8)}"
        return lambda: len(caller.call("POST", "/api/v1/issues", {**body, "photo_ids": ids}, key=key).body)

    return prepare


def begin_photo(world: World) -> Work:
    """The form for one photo."""
    caller, body = world.caller("owner"), {"content_type": "image/jpeg", "size_bytes": 400_000}
    return lambda: len(caller.call("POST", "/api/v1/photos", body, key=f"bench-{secrets.token_hex(8)}").body)


def settle_photo(world: World) -> Work:
    """What the table is told once a photo's pictures are made."""
    from chalicelib.photos import intake

    photo_id = photos.start_plain(world.portal, world.people["owner"], datetime.now(UTC))

    def settle() -> int:
        intake.settle(world.portal, photo_id, "ready", None, datetime.now(UTC))
        return 0

    return settle


def ask_for_code(world: World) -> Work:
    """A code for a number that was never asked for."""
    phone = f"+86137{secrets.randbelow(10**8):08d}"
    return lambda: len(Caller().call("POST", "/api/v1/auth/code", {"phone": phone}).body)


def sign_in(world: World) -> Work:
    """The code of a moment ago, traded for a session."""
    phone, notifier = world.people["owner"].phone, world.portal.notifier
    assert isinstance(notifier, MemoryNotifier)
    if not notifier.sent or notifier.sent[-1].to != phone:
        Caller().call("POST", "/api/v1/auth/code", {"phone": phone})
    body = {"phone": phone, "code": notifier.sent.pop().code}
    world.table.forget(f"PHONE#{world.portal.keys.hash('phone', phone)}", "THROTTLE")
    return lambda: len(Caller().call("POST", "/api/v1/auth/session", body).body)


def live(changed: bool) -> Callable[[World], Work]:
    """What an open page of the desk asks every 15 s, with or without news since."""

    def prepare(world: World) -> Work:
        world.deliver()
        caller, path = world.caller("clerk"), "/desk/live?rows=1"
        tag = caller.call("GET", path).headers["etag"]
        if changed:
            world.report("reporter")
            world.deliver()
        return lambda: len(caller.call("GET", path, **{"If-None-Match": tag}).body)

    return prepare


def deliver(category: str) -> Callable[[World], Work]:
    """The stream's event of one report: to its owner, and in an emergency to everybody on duty."""

    def prepare(world: World) -> Work:
        world.deliver()
        world.report("owner", category_id=category)
        rows = [row for n in range(outbox.SHARDS) for row in world.portal.db.query(outbox.outbox_pk(n)).items]
        return lambda: _nothing(outbox.deliver_all(world.portal, rows))

    return prepare


def tick(world: World) -> Work:
    """The clock, when nothing is due and nothing was left behind."""
    now = datetime.now(UTC)
    due = [timers.run_due, complaints.run_due, consultations.run_due, points.run_due]
    for run_due in due:
        run_due(world.portal, now)
    world.deliver()
    sweeps = [outbox.sweep, intake.sweep]
    return lambda: _nothing([part(world.portal, now) for part in (*sweeps, *due)])


def close_quiet(world: World) -> Work:
    """A resolved issue that has been quiet for eight days, as the tick finds it in its shard."""
    now = datetime.now(UTC)
    issue = world.bring_to("resolved", now - timedelta(days=8)).issue
    asked = look_at(world.portal, issue.id, now - timedelta(days=2)).after
    assert asked.next_moment is not None, "it closes by itself"
    row = due_rows.key_at(issue.id, asked.next_moment)
    return lambda: _nothing(walk._shard(world.portal, timers._CLOCK, row.pk, now, Counter()))


def follow(world: World) -> Work:
    """A new report at a public place, followed by a neighbour."""
    file = world.report("reporter", category_id="lift", area="public", place_id=world.place_id)
    caller, key = world.caller("neighbour"), f"bench-{secrets.token_hex(8)}"
    path = f"/api/v1/issues/{file.issue.id}/follow"
    return lambda: len(caller.call("POST", path, {}, key=key).body)


def undo(world: World) -> Work:
    """Taking back one's own acknowledgement."""
    issue, caller = world.bring_to("submitted").issue, world.caller("clerk")
    path = f"/api/v1/desk/issues/{issue.id}"
    caller.call("POST", f"{path}/transition", {"to": "acknowledged", "version": 1})
    key = f"bench-{secrets.token_hex(8)}"
    return lambda: len(caller.call("POST", f"{path}/undo", {"version": 2}, key=key).body)


def _nothing(done: object) -> int:
    return 0
