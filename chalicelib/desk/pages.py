"""The desk's pages of one issue: what it shows, and its forms."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from chalice.app import Response

from chalicelib.accounts import service as accounts
from chalicelib.answers import flash_words, page
from chalicelib.communities import store as communities
from chalicelib.desk import page_views, service
from chalicelib.desk.models import Assign, Contact, StaffMessage, Transition
from chalicelib.desk.today_pages import routes
from chalicelib.errors import N_, Conflict, Invalid, PortalError
from chalicelib.inputs import checked_key, from_form
from chalicelib.issues import access
from chalicelib.issues.api import reader
from chalicelib.issues.pages import ready_photos
from chalicelib.issues.rules import ASSIGNEE_ROLES
from chalicelib.once import once
from chalicelib.page_words import Speech, speak
from chalicelib.pages import Fields, go, safe_path, said, stay, typed, values, whole_number
from chalicelib.web import DESK, Call, url

__all__ = ["routes"]

DONE = flash_words("desk_done", "success", N_("Done. The owner has been told."))
ASSIGNED = flash_words("desk_assigned", "success", N_("Handed over. They and the owner have been told."))
CLAIMED = flash_words("desk_claimed", "success", N_("It is yours. The owner has been told."))
NOTED = flash_words("desk_noted", "success", N_("Saved. Owners don't see it."))
SENT = flash_words("desk_sent", "success", N_("Sent to the owner."))
_PAUSES = ("waiting_owner", "waiting_parts", "appointment")


@routes.page("/desk/issues/{issue_id}", DESK, "One issue at the desk")
def show(call: Call, issue_id: str) -> Response:
    """An issue with what staff may see and do."""
    fields = typed(call, url(f"/desk/issues/{issue_id}"))
    if fields and not values(fields).get("to") and call.query.get("form") == "resolved":
        fields = {**fields, "to": ["resolved"]}
    return _show(call, issue_id, fields)


def _show(
    call: Call,
    issue_id: str,
    fields: Fields,
    *,
    error: PortalError | None = None,
    contact: Contact | None = None,
) -> Response:
    file, roles = access.for_staff(call.portal, call.person, issue_id)
    community = communities.get(call.portal.db, file.issue.community_id)
    speak(Speech(call.now, community.zone, call.locale))
    view = reader(call).desk_view(file, roles)
    account = None if "auditor" in roles else accounts.account_of(call.portal, file.issue.reporter.id)
    staff = communities.staff(call.portal.db, call.portal.keys, community.id)
    quicker = page_views.who_was_quicker(file, call.person) if isinstance(error, Conflict) else None
    phone = account.phone if account else ""
    context = {
        "issue": page_views.shown(file, view, call.person, call.locale, phone, contact),
        "actions": view.allowed_actions,
        "may_call": bool(roles & ASSIGNEE_ROLES),
        "assignees": _choices(call, [m for m in staff if set(m.roles) & ASSIGNEE_ROLES], roles),
        "values": values(fields),
        "errors": said(error) if error and not quicker else [],
        "conflict": quicker,
        "photos_ready": ready_photos(call, fields.get("photo_ids", [])),
        "pause_reasons": _PAUSES,
        "asked": call.query.get("open", ""),
        "offset": call.now.astimezone(community.zone).isoformat()[-6:],
        "back": url("/desk", community_id=community.id),
    }
    return page(call, "desk/issue.html", context, error.status if error else 200, community.zone)


def _choices(call: Call, staff: list[Any], roles: frozenset[str]) -> list[Any]:
    """Whom one may give an issue to: technicians only themselves, by the button for it."""
    return staff if roles & {"front_line", "manager"} else []


def _form(call: Call, issue_id: str, work: Callable[[], Response]) -> Response:
    return stay(lambda error: _show(call, issue_id, call.form, error=error), work)


def _back(call: Call, issue_id: str) -> str:
    return url(safe_path(call.field("back"), f"/desk/issues/{issue_id}"))


@routes.form("/desk/issues/{issue_id}/transition", DESK, "Move an issue on", on="/desk/issues/{issue_id}")
def transition(call: Call, issue_id: str) -> Response:
    """Take a step."""

    def work() -> Response:
        body = from_form(
            Transition,
            to=call.field("to"),
            version=whole_number(call.field("version"), "version"),
            note=call.field("note") or None,
            photo_ids=call.form.get("photo_ids", []),
            visit_at=_local_time(call, issue_id),
            pause_reason=call.field("pause_reason") or None,
            merge_into=call.field("merge_into") or None,
        )
        key = once(call.person.id, _key(call, body.to, body.version), f"desk/{issue_id}/transition", body)
        service.transition(call.portal, call.person, issue_id, body, key, call.now)
        return go(_back(call, issue_id), DONE)

    return _form(call, issue_id, work)


def _key(call: Call, what: str, version: int) -> str:
    """A double tap sends the same form twice; the second one gets the first one's answer."""
    issue_id = (call.request.uri_params or {})["issue_id"]
    return f"desk-{what}-{version}-{issue_id}"


def _local_time(call: Call, issue_id: str) -> str | None:
    """A visit's time as the form's field has it, which is in the community's zone."""
    text = call.field("visit_at")
    if not text:
        return None
    file, _ = access.for_staff(call.portal, call.person, issue_id)
    zone = communities.get(call.portal.db, file.issue.community_id).zone
    try:
        return datetime.fromisoformat(text).replace(tzinfo=zone).isoformat()
    except ValueError as error:
        raise Invalid.field("visit_at", "not_a_time", N_("Please give a date and time.")) from error


@routes.form(
    "/desk/issues/{issue_id}/assign", DESK, "Give an issue to somebody", on="/desk/issues/{issue_id}"
)
def assign(call: Call, issue_id: str) -> Response:
    """Assign or hand over."""

    def work() -> Response:
        version = whole_number(call.field("version"), "version")
        body = from_form(Assign, assignee_id=call.field("assignee_id"), version=version)
        key = once(call.person.id, _key(call, "assign", version), f"desk/{issue_id}/assign", body)
        service.assign(call.portal, call.person, issue_id, body, key, call.now)
        return go(_back(call, issue_id), ASSIGNED)

    return _form(call, issue_id, work)


@routes.form("/desk/issues/{issue_id}/claim", DESK, "Take an issue", on="/desk/issues/{issue_id}")
def claim(call: Call, issue_id: str) -> Response:
    """Take what nobody has."""

    def work() -> Response:
        version = whole_number(call.field("version"), "version")
        body = from_form(Assign, assignee_id=call.person.id, version=version)
        key = once(call.person.id, _key(call, "claim", version), f"desk/{issue_id}/assign", body)
        service.assign(call.portal, call.person, issue_id, body, key, call.now)
        return go(_back(call, issue_id), CLAIMED)

    return _form(call, issue_id, work)


@routes.form(
    "/desk/issues/{issue_id}/message", DESK, "Write to the owner, or a note", on="/desk/issues/{issue_id}"
)
def message(call: Call, issue_id: str) -> Response:
    """Add a message or an internal note."""

    def work() -> Response:
        internal = bool(call.field("internal"))
        body = from_form(
            StaffMessage, text=call.field("text"), internal=internal, photo_ids=call.form.get("photo_ids", [])
        )
        key = once(call.person.id, checked_key(call.field("key") or None), f"desk/{issue_id}/messages", body)
        service.message(call.portal, call.person, issue_id, body, key, call.now)
        return go(_back(call, issue_id), NOTED if internal else SENT)

    return _form(call, issue_id, work)


@routes.form("/desk/issues/{issue_id}/contact", DESK, "Show whom to call", on="/desk/issues/{issue_id}")
def contact(call: Call, issue_id: str) -> Response:
    """Show the full name and number once; the look is recorded."""
    found = service.contact(call.portal, call.person, issue_id, call.now)
    return _show(call, issue_id, {}, contact=found)
