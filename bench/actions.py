"""The portal's main actions, each as one request of one person or one event behind the scenes."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bench.inside import Caller
from bench.world import HERE, World
from chalicelib.db import Put
from chalicelib.inbox import outbox
from chalicelib.inbox.notifier import MemoryNotifier
from chalicelib.issues import store, timers
from chalicelib.photos import service as photos

#: What is measured of an action; gives back how long its answer is, in bytes.
Work = Callable[[], int]


@dataclass(frozen=True)
class Action:
    """`prepare` makes what the action needs, which is not measured, and gives back the action itself."""

    name: str
    prepare: Callable[[World], Work]
    #: The same request in `tests/test_budgets.py`: who, and which path.
    budget: tuple[str, str] | None = None


def _get(name: str, who: str, path: str, **told: Any) -> Action:
    def prepare(world: World) -> Work:
        caller = world.caller(who)
        wanted = path.format(issue=_issue(world) if "{issue}" in path else "", place=world.place_id)
        return lambda: len(caller.call("GET", wanted).body)

    return Action(name, prepare, (who, told["budget"]) if "budget" in told else None)


def _issue(world: World) -> str:
    return world.bring_to("resolved").issue.id


def _post(
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


def _report(photos_with_it: int) -> Callable[[World], Work]:
    def prepare(world: World) -> Work:
        person, caller = world.people["owner"], world.caller("owner")
        now = datetime.now(UTC)
        ids = [photos.start_plain(world.portal, person, now) for _ in range(photos_with_it)]
        body = {"unit_id": person.units[0].id, "category_id": "plumbing", "description": "厨房水槽下面漏水"}
        key = f"bench-{secrets.token_hex(8)}"
        return lambda: len(caller.call("POST", "/api/v1/issues", {**body, "photo_ids": ids}, key=key).body)

    return prepare


def _begin_photo(world: World) -> Work:
    caller, body = world.caller("owner"), {"content_type": "image/jpeg", "size_bytes": 400_000}
    return lambda: len(caller.call("POST", "/api/v1/photos", body, key=f"bench-{secrets.token_hex(8)}").body)


def _settle_photo(world: World) -> Work:
    from chalicelib.photos import intake

    photo_id = photos.start_plain(world.portal, world.people["owner"], datetime.now(UTC))

    def settle() -> int:
        intake.settle(world.portal, photo_id, "ready", None, datetime.now(UTC))
        return 0

    return settle


def _ask_for_code(world: World) -> Work:
    phone = f"+86137{secrets.randbelow(10**8):08d}"
    return lambda: len(Caller().call("POST", "/api/v1/auth/code", {"phone": phone}).body)


def _sign_in(world: World) -> Work:
    phone, notifier = world.people["owner"].phone, world.portal.notifier
    assert isinstance(notifier, MemoryNotifier)
    if not notifier.sent or notifier.sent[-1].to != phone:
        Caller().call("POST", "/api/v1/auth/code", {"phone": phone})
    body = {"phone": phone, "code": notifier.sent.pop().code}
    world.table.forget(f"PHONE#{world.portal.keys.hash('phone', phone)}", "THROTTLE")
    return lambda: len(Caller().call("POST", "/api/v1/auth/session", body).body)


def _live(changed: bool) -> Callable[[World], Work]:
    def prepare(world: World) -> Work:
        world.deliver()
        caller, path = world.caller("clerk"), "/desk/live?rows=1"
        tag = caller.call("GET", path).headers["etag"]
        if changed:
            world.report("reporter")
            world.deliver()
        return lambda: len(caller.call("GET", path, **{"If-None-Match": tag}).body)

    return prepare


def _deliver(category: str) -> Callable[[World], Work]:
    """The stream's event of one report: to its owner, and in an emergency to everybody on duty."""

    def prepare(world: World) -> Work:
        world.deliver()
        world.report("owner", category_id=category)
        rows = [row for n in range(outbox.SHARDS) for row in world.portal.db.query(outbox.outbox_pk(n)).items]
        return lambda: _nothing(outbox.deliver_all(world.portal, rows))

    return prepare


def _tick(world: World) -> Work:
    now = datetime.now(UTC)
    timers.run_due(world.portal, now)
    world.deliver()
    return lambda: _nothing((outbox.sweep(world.portal, now), timers.run_due(world.portal, now)))


def _close_quiet(world: World) -> Work:
    """A resolved issue that has been quiet for eight days, as the tick finds it in its shard."""
    now, issue = datetime.now(UTC), world.bring_to("resolved").issue
    long_ago = now - timedelta(days=8)
    quiet = issue.model_copy(update={"resolved_at": long_ago, "quiet_since": long_ago})
    timer = store.set_timer(issue.id, now - timedelta(minutes=1))
    assert isinstance(timer, Put), "a timer is put"
    world.portal.db.write(store.change(issue, quiet, world.portal.keys), timer)
    return lambda: _nothing(timers._shard(world.portal, timer.item["PK"], now))


def _follow(world: World) -> Work:
    file = world.report("reporter", category_id="lift", area="public", place_id=world.place_id)
    caller, key = world.caller("neighbour"), f"bench-{secrets.token_hex(8)}"
    path = f"/api/v1/issues/{file.issue.id}/follow"
    return lambda: len(caller.call("POST", path, {}, key=key).body)


def _undo(world: World) -> Work:
    issue, caller = world.bring_to("submitted").issue, world.caller("clerk")
    path = f"/api/v1/desk/issues/{issue.id}"
    caller.call("POST", f"{path}/transition", {"to": "acknowledged", "version": 1})
    key = f"bench-{secrets.token_hex(8)}"
    return lambda: len(caller.call("POST", f"{path}/undo", {"version": 2}, key=key).body)


def _nothing(done: object) -> int:
    return 0


def _to(to: str) -> Callable[[World, int], Any]:
    return lambda world, version: {"to": to, "version": version, "note": "更换了角阀和软管，没有再漏。"}


_STEP = "/desk/issues/{issue}/transition"
_MARKS = {"professionalism": 5, "attitude": 5, "efficiency": 4, "comment": "谢谢师傅"}
_SIMILAR = f"/api/v1/issues/similar?community_id={HERE}&category_id=lift&place_id={{place}}"

ACTIONS: list[Action] = [
    _get("is it up (healthz)", "owner", "/healthz"),
    Action("ask for a sign-in code", _ask_for_code),
    Action("sign in with the code", _sign_in),
    _get("who is signed in (part of each row below)", "owner", "/api/v1/me", budget="/api/v1/me"),
    _get("owner: home", "owner", "/", budget="/"),
    _get("owner: list of 20", "owner", "/api/v1/issues", budget="/api/v1/issues"),
    _get("owner: one issue with everything", "owner", "/issues/{issue}", budget="/issues/{resolved}"),
    _get("owner: inbox", "owner", "/api/v1/inbox", budget="/api/v1/inbox"),
    _get("owner: similar at a public place", "neighbour", _SIMILAR),
    Action("owner: follow a neighbour's issue", _follow),
    Action("owner: report", _report(0)),
    Action("owner: report with two photos", _report(2)),
    Action("owner: begin a photo", _begin_photo),
    _post("owner: message", "owner", "resolved", "/issues/{issue}/messages", lambda w, v: {"text": "师傅几点到？"}),
    _post("owner: confirm", "owner", "resolved", "/issues/{issue}/confirm", lambda w, v: {"version": v}),
    _post("owner: reopen", "owner", "resolved", "/issues/{issue}/reopen", lambda w, v: {"version": v}),
    _post("owner: rate", "owner", "resolved", "/issues/{issue}/rating", lambda w, v: _MARKS, method="PUT"),
    _post("owner: urge", "owner", "assigned", "/issues/{issue}/urge", lambda w, v: {}),
    _get("desk: queue page", "clerk", "/desk", budget="/desk"),
    _get("desk: queue of 20", "clerk", "/api/v1/desk/issues", budget="/api/v1/desk/issues"),
    _get("desk: queue of one building (reads on)", "clerk", "/api/v1/desk/issues?building=1"),
    _get("desk: closed issues, first page", "clerk", "/api/v1/desk/issues?status=closed"),
    _get("desk: board", "clerk", "/desk/board", budget="/desk/board"),
    _get("desk: issue page", "clerk", "/desk/issues/{issue}", budget="/desk/issues/{resolved}"),
    Action("desk: live poll, nothing new", _live(False)),
    Action("desk: live poll, something new", _live(True)),
    _get("desk: today's jobs", "technician", "/desk/today", budget="/desk/today"),
    _post("desk: acknowledge", "clerk", "submitted", _STEP, _to("acknowledged")),
    _post("desk: assign", "clerk", "acknowledged", "/desk/issues/{issue}/assign",
          lambda w, v: {"assignee_id": w.people["technician"].id, "version": v}),
    _post("desk: start", "technician", "assigned", _STEP, _to("in_progress")),
    _post("desk: resolve", "technician", "in_progress", _STEP, _to("resolved")),
    _post("desk: message", "clerk", "in_progress", "/desk/issues/{issue}/messages",
          lambda w, v: {"text": "师傅明天上午九点过来，请留人在家。"}),
    Action("desk: take a step back", _undo),
    Action("behind: deliver a notice to one person", _deliver("plumbing")),
    Action("behind: deliver an alarm to all on duty", _deliver("gas")),
    Action("behind: a photo is ready", _settle_photo),
    Action("behind: tick, nothing due", _tick),
    Action("behind: close a quiet issue (each, in a tick)", _close_quiet),
]  # fmt: skip
