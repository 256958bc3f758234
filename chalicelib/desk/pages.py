"""The desk's pages of one issue: its forms."""

from collections.abc import Callable
from datetime import datetime

from chalice.app import Response

from chalicelib.answers import flash_words
from chalicelib.communities import store as communities
from chalicelib.desk import service, talking, undo, undo_note
from chalicelib.desk.issue_page import issue_page
from chalicelib.desk.models import Assign, StaffMessage, Transition, Undo
from chalicelib.desk.page_routes import routes
from chalicelib.errors import N_, Invalid
from chalicelib.inputs import from_form
from chalicelib.issues import access
from chalicelib.once import once, sent_once
from chalicelib.pages import go, safe_path, stay, typed, values, whole_number
from chalicelib.web import DESK, Call, url

DONE = flash_words("desk_done", "success", N_("Done. The owner has been told."))
ASSIGNED = flash_words("desk_assigned", "success", N_("Handed over. They and the owner have been told."))
CLAIMED = flash_words("desk_claimed", "success", N_("It is yours. The owner has been told."))
NOTED = flash_words("desk_noted", "success", N_("Saved. Owners don't see it."))
SENT = flash_words("desk_sent", "success", N_("Sent to the owner."))
UNDONE = flash_words("desk_undone", "success", N_("Taken back. The owner is told what holds."))


@routes.page("/desk/issues/{issue_id}", DESK, "One issue at the desk")
def show(call: Call, issue_id: str) -> Response:
    """An issue with what staff may see and do."""
    fields = typed(call, url(f"/desk/issues/{issue_id}"))
    if fields and not values(fields).get("to") and call.query.get("form") == "resolved":
        fields = {**fields, "to": ["resolved"]}
    return issue_page(call, issue_id, fields)


def _form(call: Call, issue_id: str, work: Callable[[], Response]) -> Response:
    return stay(lambda error: issue_page(call, issue_id, call.form, error=error), work)


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
        file, at = service.transition(call.portal, call.person, issue_id, body, key, call.now)
        return go(_back(call, issue_id), undo_note.done(DONE, file, at))

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
        file, at = service.assign(call.portal, call.person, issue_id, body, key, call.now)
        return go(_back(call, issue_id), undo_note.done(ASSIGNED, file, at))

    return _form(call, issue_id, work)


@routes.form("/desk/issues/{issue_id}/claim", DESK, "Take an issue", on="/desk/issues/{issue_id}")
def claim(call: Call, issue_id: str) -> Response:
    """Take what nobody has."""

    def work() -> Response:
        version = whole_number(call.field("version"), "version")
        body = from_form(Assign, assignee_id=call.person.id, version=version)
        key = once(call.person.id, _key(call, "claim", version), f"desk/{issue_id}/assign", body)
        file, at = service.assign(call.portal, call.person, issue_id, body, key, call.now)
        return go(_back(call, issue_id), undo_note.done(CLAIMED, file, at))

    return _form(call, issue_id, work)


@routes.form(
    "/desk/issues/{issue_id}/undo", DESK, "Take back one's own last step", on="/desk/issues/{issue_id}"
)
def take_back(call: Call, issue_id: str) -> Response:
    """Undo; when that is not possible, the issue's page says why."""

    def work() -> Response:
        body = from_form(Undo, version=whole_number(call.field("version"), "version"))
        key = once(call.person.id, _key(call, "undo", body.version), f"desk/{issue_id}/undo", body)
        undo.undo(call.portal, call.person, issue_id, body.version, key, call.now)
        return go(_back(call, issue_id), UNDONE)

    return _form(call, issue_id, work)


@routes.form(
    "/desk/issues/{issue_id}/message", DESK, "Write to the owner, or a note", on="/desk/issues/{issue_id}"
)
def message(call: Call, issue_id: str) -> Response:
    """Add a message or an internal note; with `insert`, only fill in a reply, to be read before it is sent."""
    if call.field("insert"):
        return issue_page(call, issue_id, call.form, insert=True)

    def work() -> Response:
        internal = bool(call.field("internal"))
        body = from_form(
            StaffMessage, text=call.field("text"), internal=internal, photo_ids=call.form.get("photo_ids", [])
        )
        key = sent_once(call, f"desk/{issue_id}/messages", body)
        talking.message(call.portal, call.person, issue_id, body, key, call.now)
        return go(_back(call, issue_id), NOTED if internal else SENT)

    return _form(call, issue_id, work)


@routes.form("/desk/issues/{issue_id}/contact", DESK, "Show whom to call", on="/desk/issues/{issue_id}")
def contact(call: Call, issue_id: str) -> Response:
    """Show the full name and number once; the look is recorded."""
    found = talking.contact(call.portal, call.person, issue_id, call.now)
    return issue_page(call, issue_id, {}, contact=found)
