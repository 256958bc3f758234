"""The desk's page of one issue: what it shows, as it is or with a form that could not be sent."""

from typing import Any

from chalice.app import Response

from chalicelib.accounts.models import Account
from chalicelib.answers import page
from chalicelib.communities import store as communities
from chalicelib.desk import page_views, replies, undo_rules
from chalicelib.desk.models import Contact
from chalicelib.desk.replies import Ready
from chalicelib.dispatch import callbacks, costs, links, words
from chalicelib.dispatch.card_rules import write_yuan
from chalicelib.dispatch.cost_rules import WORKED
from chalicelib.dispatch.proposing import Picture, task_of
from chalicelib.due import page_views as sla_views
from chalicelib.errors import Conflict, PortalError
from chalicelib.issues import access, repeat_store
from chalicelib.issues.api import reader
from chalicelib.issues.issue_pages import ready_photos
from chalicelib.issues.models import IssueFile
from chalicelib.issues.policy import CATEGORIES
from chalicelib.issues.rules import ASSIGNEE_ROLES, CLAIMABLE, DISPATCH_ROLES, WORK
from chalicelib.page_words import Speech, speak
from chalicelib.pages import Fields, said, values
from chalicelib.sops.rules import may_tick
from chalicelib.times import moment
from chalicelib.web import Call, url

_PAUSES = ("waiting_owner", "waiting_parts", "appointment")


def issue_page(
    call: Call,
    issue_id: str,
    fields: Fields,
    *,
    error: PortalError | None = None,
    contact: Contact | None = None,
    insert: bool = False,
) -> Response:
    """The page; `fields` are what was typed, with `insert` the chosen reply is put behind it. Raises NotFound."""
    file, roles = access.for_staff(call.portal, call.person, issue_id)
    community = communities.get(call.portal.db, file.issue.community_id)
    speak(Speech(call.now, community.zone, call.locale))
    view = reader(call).desk_view(file, roles)
    account, ready = _around(call, file, roles)
    if "step" in call.query and not fields:
        fields = {"step_id": [call.query["step"]]}
    if insert:
        fields = _inserted(fields, ready)
    picture = Picture(call.portal, community.id, call.now)
    beaten = isinstance(error, Conflict) and not isinstance(error, undo_rules.CantUndo)
    quicker = page_views.who_was_quicker(file, call.person) if beaten else None
    context = {
        "issue": page_views.shown(
            file, view, call.person, call.locale, account.phone if account else "", contact
        ),
        "actions": view.allowed_actions,
        "may_call": bool(roles & ASSIGNEE_ROLES),
        "values": values(fields),
        "errors": said(error) if error and not quicker else [],
        "conflict": quicker,
        "photos_ready": ready_photos(call, fields.get("photo_ids", [])),
        "pause_reasons": _PAUSES,
        "asked": call.query.get("open", ""),
        "offset": call.now.astimezone(community.zone).isoformat()[-6:],
        "back": url("/desk", community_id=community.id),
        "replies": ready,
        "sla": sla_views.shown(view.sla, {member.id: member.name for member in picture.staff}),
        **_assignees(call, picture, file, roles),
        **_work(call, picture, file, roles),
    }
    return page(call, "desk/issue.html", context, error.status if error else 200, community.zone)


def _work(call: Call, picture: Picture, file: IssueFile, roles: frozenset[str]) -> dict[str, Any]:
    """What was done and can be done besides the issue's own steps: the SOP, calls, links, costs, undoing."""
    dispatches, open_ = bool(roles & DISPATCH_ROLES), file.issue.status in WORK
    return {
        "ticks": may_tick(file.issue, roles, call.person.id),
        "undo": _undo(call, file),
        "earlier": repeat_store.earlier(call.portal.db, file.issue) if open_ else [],
        "calls": list(reversed(callbacks.called(file))),
        "links": links.of(file),
        "categories": [(one.id, one.name(call.locale)) for one in CATEGORIES.values()],
        "may_split": dispatches and open_ and file.issue.unit_id != "",
        "may_link": dispatches,
        "costs": _costs(call, file, picture, roles),
    }


def _around(call: Call, file: IssueFile, roles: frozenset[str]) -> tuple[Account | None, list[Ready]]:
    """Who reported it, and the replies to choose from; neither for an auditor."""
    if not roles & ASSIGNEE_ROLES:
        return None, []
    found = replies.around(call.portal, call.person, file)
    zone = communities.get(call.portal.db, file.issue.community_id).zone
    return found.reporter, replies.ready(found, file, call.person, call.locale, zone, call.now)


def _inserted(fields: Fields, ready: list[Ready]) -> Fields:
    """What was typed, with the chosen reply behind it."""
    chosen = (fields.get("reply") or [""])[-1]
    text = next((one.text for one in ready if one.id == chosen), "")
    typed = (fields.get("text") or [""])[-1].replace("\r\n", "\n").strip()
    return {**fields, "text": ["\n\n".join(part for part in (typed, text) if part)]}


def _costs(call: Call, file: IssueFile, picture: Picture, roles: frozenset[str]) -> dict[str, Any] | None:
    """Labour and materials with names; None where there are none and this person enters none."""
    listed = costs.listed(file)
    may_add = bool(roles & ASSIGNEE_ROLES) and file.issue.status in WORKED
    if not listed.items and not may_add:
        return None
    names = {one.id: one.name for one in picture.staff}
    rows = [
        {"row": one, "name": names.get(one.person_id or "", one.name or ""), "cost": write_yuan(one.cost_fen, ","),
         "start": moment(one.start) if one.start else None, "end": moment(one.end) if one.end else None}
        for one in listed.items
    ]  # fmt: skip
    sums = {
        name: write_yuan(getattr(listed, name), ",") for name in ("labour_fen", "material_fen", "total_fen")
    }
    others = picture.takers if roles & DISPATCH_ROLES else []
    return {"rows": rows, "may_add": may_add, "minutes": listed.minutes, "others": others, **sums}


def _undo(call: Call, file: IssueFile) -> dict[str, Any] | None:
    left = undo_rules.seconds_left(file, call.person.id, call.now)
    return {"issue_id": file.issue.id, "version": file.issue.version, "left_s": left} if left > 0 else None


def _assignees(call: Call, picture: Picture, file: IssueFile, roles: frozenset[str]) -> dict[str, Any]:
    """Whom one may give an issue to: technicians only themselves, by the button for it. While nobody has it, the
    person proposed comes first; for handing over it is asked for, as it costs a look at everybody's jobs."""
    if not roles & DISPATCH_ROLES:
        return {"assignees": [], "proposals": None}
    if file.issue.status not in CLAIMABLE and "propose" not in call.query:
        return {"assignees": picture.takers, "proposals": None}
    holder = file.issue.assignee
    found = picture.propose(task_of(file.issue), but=holder.id if holder else None)
    return {
        "assignees": picture.takers,
        "proposals": [words.view(one, call.locale, call.now, picture.zone) for one in found],
    }
