"""The desk's list of call-backs, and the form for one call."""

from datetime import datetime
from typing import Any

from chalice.app import Response

from chalicelib.accounts.rules import mask_name
from chalicelib.answers import flash_words, page
from chalicelib.communities import store as communities
from chalicelib.dispatch import callbacks, service
from chalicelib.dispatch.callback_models import RecordCall
from chalicelib.dispatch.page_routes import routes
from chalicelib.errors import N_, NotFound, PortalError
from chalicelib.inputs import from_form
from chalicelib.issues import page_views
from chalicelib.once import once
from chalicelib.page_words import Speech, speak
from chalicelib.pages import Fields, go, said, stay, values
from chalicelib.times import moment, rfc3339
from chalicelib.web import OFFICE, Call, url

_FLASHES = {
    "good": flash_words("called_good", "success", N_("Noted: the owner is satisfied.")),
    "reopened": flash_words(
        "called_reopened", "wait", N_("It is open again; everybody concerned has been told.")
    ),
    "recovery": flash_words("called_recovery", "wait", N_("Noted; the managers have been told.")),
    "again": flash_words("called_again", "info", N_("Noted. It is on the list again tomorrow.")),
    "not_reached": flash_words("called_nobody", "info", N_("Noted. Nobody is called about it any more.")),
}


@routes.page("/desk/callbacks", OFFICE, "Whom to call back after a repair")
def show(call: Call) -> Response:
    """The list, the soonest first, and the share of the last 30 days."""
    community_id = service.office_of(call.person, call.query.get("community_id"))
    community = communities.get(call.portal.db, community_id)
    speak(Speech(call.now, community.zone, call.locale))
    found = callbacks.calls(call.portal, community_id, call.now)
    theirs = [communities.get(call.portal.db, one) for one in call.person.communities(service.OFFICE)]
    context = {
        "communities": [(one.id, one.name) for one in theirs],
        "community": community,
        "calls": [
            {"issue": page_views.card(issue, call.locale, call.now), "due": task.due, "tries": task.tries,
             "overdue": task.due <= call.now, "key": rfc3339(task.due)}
            for task, issue in found.tasks
        ],
        "done": found.done,
        "due": found.due,
        "share": round(100 * found.done / found.due) if found.due else None,
    }  # fmt: skip
    return page(call, "desk/callbacks.html", context, zone=community.zone)


def _due(text: str) -> datetime:
    try:
        found = moment(text)
    except ValueError as error:
        raise NotFound from error
    if found.tzinfo is None:
        raise NotFound
    return found


@routes.page("/desk/callbacks/{issue_id}", OFFICE, "One call after a repair")
def show_one(call: Call, issue_id: str) -> Response:
    """The form that is gone through on the phone."""
    return _form(call, issue_id, call.query.get("due", ""), {})


def _form(call: Call, issue_id: str, due: str, fields: Fields, error: PortalError | None = None) -> Response:
    task, file = callbacks.task_of(call.portal, call.person, issue_id, _due(due))
    community = communities.get(call.portal.db, task.community_id)
    speak(Speech(call.now, community.zone, call.locale))
    context = {
        "issue": page_views.card(file.issue, call.locale, call.now),
        "community": community,
        "name": mask_name(file.issue.reporter.name),
        "resolved_at": file.issue.resolved_at,
        "tries": task.tries,
        "due": due,
        "values": values(fields),
        "errors": said(error) if error else [],
    }
    return page(call, "desk/callback.html", context, error.status if error else 200, community.zone)


@routes.form("/desk/callbacks/{issue_id}", OFFICE, "Write down a call", on="/desk/callbacks/{issue_id}")
def record(call: Call, issue_id: str) -> Response:
    """What came of it."""
    due = call.field("due")

    def work() -> Response:
        body = from_form(
            RecordCall,
            due=due,
            reached=_yes(call, "reached") or False,
            satisfied=_yes(call, "satisfied"),
            fixed=_yes(call, "fixed"),
            wants_contact=bool(call.field("wants_contact")),
            words=call.field("words") or None,
        )
        key = once(call.person.id, f"call-{issue_id}-{int(_due(due).timestamp())}", "desk/callbacks", body)
        outcome, filed = callbacks.record(call.portal, call.person, issue_id, body, key, call.now)
        return go(url("/desk/callbacks", community_id=filed[0].issue.community_id), _FLASHES[outcome])

    return stay(lambda error: _form(call, issue_id, due, call.form, error), work)


def _yes(call: Call, name: str) -> Any:
    return {"yes": True, "no": False}.get(call.field(name))
