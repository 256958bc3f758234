"""The portal's main actions, each as one request of one person or one event behind the scenes."""

from collections.abc import Callable
from typing import Any

from bench.preparing import (
    Action,
    ask_for_code,
    begin_photo,
    close_quiet,
    deliver,
    follow,
    get,
    live,
    post,
    report,
    settle_photo,
    sign_in,
    tick,
    undo,
)
from bench.world import HERE, World


def _to(to: str) -> Callable[[World, int], Any]:
    return lambda world, version: {"to": to, "version": version, "note": "更换了角阀和软管，没有再漏。"}


_STEP = "/desk/issues/{issue}/transition"
_MARKS = {"professionalism": 5, "attitude": 5, "efficiency": 4, "comment": "谢谢师傅"}
_SIMILAR = f"/api/v1/issues/similar?community_id={HERE}&category_id=lift&place_id={{place}}"

ACTIONS: list[Action] = [
    get("is it up (healthz)", "owner", "/healthz"),
    Action("ask for a sign-in code", ask_for_code),
    Action("sign in with the code", sign_in),
    get("who is signed in (part of each row below)", "owner", "/api/v1/me", budget="/api/v1/me"),
    get("owner: home", "owner", "/", budget="/"),
    get("owner: list of 20", "owner", "/api/v1/issues", budget="/api/v1/issues"),
    get("owner: one issue with everything", "owner", "/issues/{issue}", budget="/issues/{resolved}"),
    get("owner: inbox", "owner", "/api/v1/inbox", budget="/api/v1/inbox"),
    get("owner: similar at a public place", "neighbour", _SIMILAR),
    Action("owner: follow a neighbour's issue", follow),
    Action("owner: report", report(0)),
    Action("owner: report with two photos", report(2)),
    Action("owner: begin a photo", begin_photo),
    post("owner: message", "owner", "resolved", "/issues/{issue}/messages", lambda w, v: {"text": "师傅几点到？"}),
    post("owner: confirm", "owner", "resolved", "/issues/{issue}/confirm", lambda w, v: {"version": v}),
    post("owner: reopen", "owner", "resolved", "/issues/{issue}/reopen", lambda w, v: {"version": v}),
    post("owner: rate", "owner", "resolved", "/issues/{issue}/rating", lambda w, v: _MARKS, method="PUT"),
    post("owner: urge", "owner", "assigned", "/issues/{issue}/urge", lambda w, v: {}),
    get("desk: queue page", "clerk", "/desk", budget="/desk"),
    get("desk: queue of 20", "clerk", "/api/v1/desk/issues", budget="/api/v1/desk/issues"),
    get("desk: queue of one building (reads on)", "clerk", "/api/v1/desk/issues?building=1"),
    get("desk: closed issues, first page", "clerk", "/api/v1/desk/issues?status=closed"),
    get("desk: board", "clerk", "/desk/board", budget="/desk/board"),
    get("desk: issue page", "clerk", "/desk/issues/{issue}", budget="/desk/issues/{resolved}"),
    Action("desk: live poll, nothing new", live(False)),
    Action("desk: live poll, something new", live(True)),
    get("desk: today's jobs", "technician", "/desk/today", budget="/desk/today"),
    post("desk: acknowledge", "clerk", "submitted", _STEP, _to("acknowledged")),
    post("desk: assign", "clerk", "acknowledged", "/desk/issues/{issue}/assign",
          lambda w, v: {"assignee_id": w.people["technician"].id, "version": v}),
    post("desk: start", "technician", "assigned", _STEP, _to("in_progress")),
    post("desk: resolve", "technician", "in_progress", _STEP, _to("resolved")),
    post("desk: message", "clerk", "in_progress", "/desk/issues/{issue}/messages",
          lambda w, v: {"text": "师傅明天上午九点过来，请留人在家。"}),
    Action("desk: take a step back", undo),
    Action("behind: deliver a notice to one person", deliver("plumbing")),
    Action("behind: deliver an alarm to all on duty", deliver("gas")),
    Action("behind: a photo is ready", settle_photo),
    Action("behind: tick, nothing due", tick),
    Action("behind: close a quiet issue (each, in a tick)", close_quiet),
]  # fmt: skip
