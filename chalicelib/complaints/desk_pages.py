"""One complaint at the desk: its page and its forms."""

from collections.abc import Callable

from chalice.app import Response

from chalicelib.answers import flash_words, page, redirect
from chalicelib.communities import store as communities
from chalicelib.complaints import access, handling, letters, listing, matrix, page_views, policy, words
from chalicelib.complaints.api import reader
from chalicelib.complaints.bodies import CalledBack, Give, Link, Step, Words
from chalicelib.complaints.models import ComplaintFile
from chalicelib.complaints.page_routes import routes
from chalicelib.complaints.rules import MOVES
from chalicelib.complaints.rules import OFFICE as OFFICE_ROLES
from chalicelib.desk.models import Contact
from chalicelib.errors import N_, PortalError, VersionConflict
from chalicelib.inputs import checked_key, from_form
from chalicelib.once import Once, once
from chalicelib.page_words import Speech, gettext, speak
from chalicelib.pages import Fields, go, said, stay, typed, values, whole_number
from chalicelib.web import COMPLAINTS, OFFICE, Call, Model, url

DONE = flash_words("complaint_step", "success", N_("Done. Whoever sent it sees where it stands."))
GIVEN = flash_words("complaint_given", "success", N_("Saved. Whoever has it now has been told."))
NOTED = flash_words("complaint_noted", "success", N_("Saved. Whoever sent it does not see it."))
LINKED = flash_words("complaint_linked", "success", N_("Linked."))
CALLED = flash_words("complaint_called", "success", N_("Saved: it was called back."))


@routes.page("/desk/complaints/{complaint_id}", COMPLAINTS, "One complaint at the desk")
def show(call: Call, complaint_id: str) -> Response:
    """What the office may see and do."""
    return _show(call, complaint_id, typed(call, url(f"/desk/complaints/{complaint_id}")))


def _show(
    call: Call,
    complaint_id: str,
    fields: Fields,
    *,
    error: PortalError | None = None,
    contact: Contact | None = None,
    preview: bool = False,
) -> Response:
    file, roles = access.for_desk(call.portal, call.person, complaint_id)
    complaint = file.complaint
    community = communities.get(call.portal.db, complaint.community_id)
    speak(Speech(call.now, community.zone, call.locale))
    by = listing.terms(call.portal, community.id, call.now)
    repeats = listing.repeats(call.portal, complaint)
    view = reader(call).desk_view(file, roles, repeats, by)
    given = values(fields)
    moved = isinstance(error, VersionConflict)
    context = {
        "complaint": page_views.at_desk(file, view, repeats, call.person, call.now),
        "steps": [_step(call, file, name) for name in view.allowed_actions if name in MOVES],
        "departments": [(one, gettext(said_)) for one, said_ in policy.DEPARTMENTS.items()],
        "chosen": fields.get("departments", []) or _proposed(call, file, roles),
        "staff": _staff(call, community.id) if roles & OFFICE_ROLES else [],
        "values": given,
        "letter": letters.lines(call.portal, complaint, given["text"], call.now) if preview else None,
        "contact": contact,
        "may_act": bool(roles & OFFICE_ROLES),
        "errors": said(error) if error and not moved else [],
        "conflict": moved,
        "back": url("/desk/complaints", community_id=community.id),
    }
    return page(call, "desk/complaint.html", context, error.status if error else 200, community.zone)


def _step(call: Call, file: ComplaintFile, name: str) -> dict[str, str]:
    label, asks, hint = words.DO[name]
    draft = letters.draft(call.portal, file.complaint) if name == "reply" else ""
    return {
        "name": name,
        "label": gettext(label),
        "asks": gettext(asks) if asks else "",
        "hint": gettext(hint) if hint else "",
        "draft": draft,
    }


def _proposed(call: Call, file: ComplaintFile, roles: frozenset[str]) -> list[str]:
    """The departments that are ticked: those that have it, else what the community's matrix proposes."""
    complaint = file.complaint
    if complaint.departments or not roles & OFFICE_ROLES:
        return list(complaint.departments)
    return list(matrix.get(call.portal, complaint.community_id).of(complaint.category)[:1])


def _staff(call: Call, community_id: str) -> list[tuple[str, str]]:
    found = communities.staff(call.portal.db, call.portal.keys, community_id)
    return [(one.id, one.name) for one in found if set(one.roles) & OFFICE_ROLES]


def _form(call: Call, complaint_id: str, work: Callable[[], Response]) -> Response:
    return stay(lambda error: _show(call, complaint_id, call.form, error=error), work)


def _key(call: Call, complaint_id: str, what: str, body: Model) -> Once | None:
    """A double tap sends the same form twice; the second one gets the first one's answer."""
    name = checked_key(call.field("key") or None)
    return once(call.person.id, name, f"desk/complaints/{complaint_id}/{what}", body)


def _back(complaint_id: str, flash: str) -> Response:
    return go(url(f"/desk/complaints/{complaint_id}"), flash)


@routes.form(
    "/desk/complaints/{complaint_id}/step", OFFICE, "Take a step", on="/desk/complaints/{complaint_id}"
)
def step(call: Call, complaint_id: str) -> Response:
    """Take a step; with `preview` the reply is only shown as the letter that it would be."""
    if call.field("preview"):
        return _show(call, complaint_id, call.form, preview=True)

    def work() -> Response:
        body = from_form(
            Step,
            step=call.field("step"),
            version=whole_number(call.field("version"), "version"),
            text=call.field("text") or None,
            decision=call.field("decision") or None,
        )
        key = _key(call, complaint_id, "step", body)
        handling.step(call.portal, call.person, complaint_id, body, key, call.now)
        return _back(complaint_id, DONE)

    return _form(call, complaint_id, work)


@routes.form(
    "/desk/complaints/{complaint_id}/assign", OFFICE, "Give it on", on="/desk/complaints/{complaint_id}"
)
def assign(call: Call, complaint_id: str) -> Response:
    """Give it to departments and somebody."""

    def work() -> Response:
        version = whole_number(call.field("version"), "version")
        chosen = call.form.get("departments", [])
        body = from_form(
            Give, version=version, departments=chosen, handler_id=call.field("handler_id") or None
        )
        key = _key(call, complaint_id, "assign", body)
        handling.assign(call.portal, call.person, complaint_id, body, key, call.now)
        return _back(complaint_id, GIVEN)

    return _form(call, complaint_id, work)


@routes.form(
    "/desk/complaints/{complaint_id}/note", OFFICE, "Add a note", on="/desk/complaints/{complaint_id}"
)
def note(call: Call, complaint_id: str) -> Response:
    """Write down what was found out."""

    def work() -> Response:
        body = from_form(Words, text=call.field("text"))
        key = _key(call, complaint_id, "notes", body)
        handling.note(call.portal, call.person, complaint_id, body, key, call.now)
        return _back(complaint_id, NOTED)

    return _form(call, complaint_id, work)


@routes.form("/desk/complaints/{complaint_id}/link", OFFICE, "Link it", on="/desk/complaints/{complaint_id}")
def link(call: Call, complaint_id: str) -> Response:
    """Link it with another one."""

    def work() -> Response:
        version = whole_number(call.field("version"), "version")
        body = from_form(Link, version=version, number=call.field("number"))
        key = _key(call, complaint_id, "link", body)
        handling.link(call.portal, call.person, complaint_id, body, key, call.now)
        return _back(complaint_id, LINKED)

    return _form(call, complaint_id, work)


@routes.form(
    "/desk/complaints/{complaint_id}/call-back",
    OFFICE,
    "It was called back",
    on="/desk/complaints/{complaint_id}",
)
def call_back(call: Call, complaint_id: str) -> Response:
    """Write down a call-back."""

    def work() -> Response:
        version = whole_number(call.field("version"), "version")
        body = from_form(
            CalledBack,
            version=version,
            satisfied=call.field("satisfied") or None,
            text=call.field("text") or None,
        )
        key = _key(call, complaint_id, "call-back", body)
        handling.call_back(call.portal, call.person, complaint_id, body, key, call.now)
        return _back(complaint_id, CALLED)

    return _form(call, complaint_id, work)


@routes.form(
    "/desk/complaints/{complaint_id}/contact",
    OFFICE,
    "Show whom to call",
    on="/desk/complaints/{complaint_id}",
)
def contact(call: Call, complaint_id: str) -> Response:
    """Show the full name and number once; the look is recorded."""
    found = handling.contact(call.portal, call.person, complaint_id, call.now)
    return _show(call, complaint_id, {}, contact=found)


@routes.page("/desk/complaints/{complaint_id}/letter", OFFICE, "The written reply as a letter")
def letter(call: Call, complaint_id: str) -> Response:
    """On to the letter, by a link that is good for half an hour."""
    file, _ = access.for_desk(call.portal, call.person, complaint_id)
    return redirect(letters.url(call.portal.storage, file.complaint, call.storage_origin, call.now))
