"""The desk's pages: queue, board, one issue and its forms."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from chalice.app import Response

from chalicelib.accounts import service as accounts
from chalicelib.answers import flash_words, json_answer, page, redirect
from chalicelib.communities import store as communities
from chalicelib.cursors import give, scope, take
from chalicelib.desk import page_views, queue, service
from chalicelib.desk.import_pages import routes
from chalicelib.desk.models import Assign, Contact, CountsQuery, Queue, StaffMessage, Transition
from chalicelib.errors import N_, Conflict, Invalid, PortalError
from chalicelib.inputs import checked_key, from_form
from chalicelib.issues import access, store
from chalicelib.issues.api import reader
from chalicelib.issues.pages import ready_photos
from chalicelib.issues.policy import CATEGORIES
from chalicelib.issues.rules import ASSIGNEE_ROLES
from chalicelib.issues.tree import CategoryView
from chalicelib.once import once
from chalicelib.page_words import DEFAULT_ZONE, Speech, speak
from chalicelib.pages import Fields, go, next_url, safe_path, said, stay, typed, values, whole_number
from chalicelib.web import DESK, Call, url

__all__ = ["routes"]

DONE = flash_words("desk_done", "success", N_("Done. The owner has been told."))
ASSIGNED = flash_words("desk_assigned", "success", N_("Handed over. They and the owner have been told."))
CLAIMED = flash_words("desk_claimed", "success", N_("It is yours. The owner has been told."))
NOTED = flash_words("desk_noted", "success", N_("Saved. Owners don't see it."))
SENT = flash_words("desk_sent", "success", N_("Sent to the owner."))
_PAUSES = ("waiting_owner", "waiting_parts", "appointment")
_BOARD = ("submitted", "acknowledged", "assigned", "in_progress", "paused", "resolved", "reopened")
_BOARD_ROWS = 20


def _community(call: Call) -> str | None:
    """The community whose page this is: the one asked for, else the first of one's own."""
    theirs = access.communities_of(call.person, call.query.get("community_id"))
    return theirs[0] if theirs else None


@routes.page("/desk", DESK, "The queue")
def show_queue(call: Call) -> Response:
    """A page of the queue, with its filters and live numbers."""
    if number := call.query.get("number", "").strip():
        found = store.id_of_number(call.portal.db, number)
        issue = store.get(call.portal.db, call.portal.keys, found) if found else None
        if issue and issue.community_id in call.person.communities():
            return redirect(url(f"/desk/issues/{issue.id}"))
    community_id = _community(call)
    query = _query(call, community_id)
    of = scope("desk", **query.model_dump(exclude={"limit", "cursor"}))
    after = take(call.portal.keys, call.person, of, query.cursor)
    issues, place = queue.read(call.portal, call.person, query, after, call.now)
    if number:
        issues, place = [], None
    zone = _zone(call, community_id)
    speak(Speech(call.now, zone, call.locale))
    asked = {n: v for n, v in call.query.items() if n not in ("cursor", "lang")}
    cursor = give(call.portal.keys, call.person, of, place)
    context = {
        "items": [page_views.row(issue, call.person, call.locale, call.now) for issue in issues],
        "counts": _counts(call, community_id),
        "next_url": next_url("/desk", cursor, **asked),
        "selected": None,
        **_filters(call, community_id),
    }
    return page(call, "desk/queue.html", context, zone=zone)


def _query(call: Call, community_id: str | None) -> Queue:
    names = {"status": "status", "category": "category_id", "building": "building", "cursor": "cursor"}
    given: dict[str, Any] = {new: call.query[old] for old, new in names.items() if call.query.get(old)}
    assignee = call.query.get("assignee")
    if assignee:
        given["assignee_id"] = call.person.id if assignee == "me" else assignee
    if call.query.get("overdue"):
        given["overdue"] = True
    return from_form(Queue, **given, community_id=community_id)


def _filters(call: Call, community_id: str | None) -> dict[str, Any]:
    names = ("status", "assignee", "category", "building", "number")
    chosen: dict[str, Any] = {name: call.query.get(name, "") for name in names}
    places = [communities.get(call.portal.db, name) for name in call.person.communities()]
    here = next((place for place in places if place.id == community_id), None)
    staff = communities.staff(call.portal.db, call.portal.keys, community_id) if community_id else []
    return {
        "filters": {**chosen, "community_id": community_id, "overdue": bool(call.query.get("overdue"))},
        "communities": [{"id": place.id, "name": place.name} for place in places],
        "categories": [CategoryView.of(category, call.locale) for category in CATEGORIES.values()],
        "buildings": [{"id": name, "label": name} for name in (here.buildings if here else ())],
        "staff": [m for m in staff if set(m.roles) & ASSIGNEE_ROLES and m.id != call.person.id],
    }


def _zone(call: Call, community_id: str | None) -> ZoneInfo:
    return communities.get(call.portal.db, community_id).zone if community_id else DEFAULT_ZONE


def _counts(call: Call, community_id: str | None) -> dict[str, Any]:
    found = queue.counts(call.portal, call.person, community_id, call.now).model_dump()
    if found["overdue"] >= queue.OVERDUE_COUNTED:
        return {**found, "overdue": f"{queue.OVERDUE_COUNTED - 1}+"}
    return found


@routes.page("/desk/counts", DESK, "Live numbers for the queue's tabs")
def live_counts(call: Call) -> Response:
    """The numbers as JSON, for the page's script."""
    return json_answer(_counts(call, call.read_query(CountsQuery).community_id))


@routes.page("/desk/board", DESK, "All states side by side")
def board(call: Call) -> Response:
    """The first issues of each state, and how many there are."""
    community_id = _community(call)
    zone = _zone(call, community_id)
    speak(Speech(call.now, zone, call.locale))
    numbers = _counts(call, community_id)
    columns = []
    for status in _BOARD:
        query = Queue(community_id=community_id, status=status, limit=_BOARD_ROWS)
        issues, _ = queue.read(call.portal, call.person, query, None, call.now)
        rows = [page_views.row(issue, call.person, call.locale, call.now) for issue in issues]
        columns.append({"status": status, "count": max(numbers[status], len(rows)), "items": rows})
    here = communities.get(call.portal.db, community_id) if community_id else None
    return page(call, "desk/board.html", {"columns": columns, "community": here}, zone=zone)


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
