"""The desk's ledger of complaints, the weekly list of hard cases, and the responsibility matrix, as pages."""

import csv
import io
from typing import Any

from chalice.app import Response

from chalicelib import time_words
from chalicelib.accounts.managing import managed
from chalicelib.answers import Headers, flash_words, page
from chalicelib.communities import store as communities
from chalicelib.complaints import access, listing, matrix, page_views, policy, words
from chalicelib.complaints.bodies import DeskQuery, SetMatrix
from chalicelib.complaints.models import Complaint, Stage
from chalicelib.complaints.page_routes import routes
from chalicelib.cursors import give, scope, take
from chalicelib.errors import N_, PortalError
from chalicelib.inputs import from_form
from chalicelib.page_words import Speech, gettext, speak
from chalicelib.pages import go, next_url, said, stay, values, whole_number
from chalicelib.times import rfc3339
from chalicelib.web import COMPLAINTS, MANAGERS, Call, url

SAVED = flash_words("departments_saved", "success", N_("Saved. From now on this is proposed."))
_TABS: tuple[Stage, ...] = (
    "accepted", "investigating", "opinion", "replied", "mediation", "arbitration", "litigation", "received", "answered",
    "closed", "withdrawn",
)  # fmt: skip


@routes.page("/desk/complaints", COMPLAINTS, "The ledger of complaints")
def ledger(call: Call) -> Response:
    """A page of it, by stage, with the call-back rate."""
    asked = {name: call.query[name] for name in ("community_id", "stage", "cursor") if call.query.get(name)}
    late = bool(call.query.get("overdue"))
    query = from_form(DeskQuery, **asked, overdue=late)
    place = _speaking(call, access.communities_of(call.person, query.community_id)[0])
    of = scope("desk/complaints", **query.model_dump(exclude={"limit", "cursor"}))
    after = take(call.portal.keys, call.person, of, query.cursor)
    before = call.now if late else None
    found, last = listing.desk(call.portal, place["id"], query.stage, query.limit, after, before)
    by = listing.terms(call.portal, place["id"], call.now)
    kept = {"community_id": query.community_id, "stage": query.stage, "overdue": 1 if late else None}
    context = {
        **_frame(call, place["id"]),
        "items": [page_views.desk_row(one, by, call.now) for one in found],
        "next_url": next_url("/desk/complaints", give(call.portal.keys, call.person, of, last), **kept),
        "stage": query.stage,
        "overdue": late,
        "tabs": [(one, gettext(words.STAGES[one])) for one in _TABS],
        "percent": listing.call_back_percent(call.portal, place["id"]),
        "goal": by.call_back_percent,
    }
    return page(call, "desk/complaints.html", context, zone=place["zone"])


def _speaking(call: Call, community_id: str) -> dict[str, Any]:
    here = communities.get(call.portal.db, community_id)
    speak(Speech(call.now, here.zone, call.locale))
    return {"id": here.id, "zone": here.zone}


def _frame(call: Call, community_id: str, roles: frozenset[str] = access.READERS) -> dict[str, Any]:
    """What these pages share: which community, which others there are, and whether it is managed."""
    theirs = [communities.get(call.portal.db, one) for one in call.person.communities(roles)]
    return {
        "communities": [(one.id, one.name) for one in theirs],
        "community": next(one for one in theirs if one.id == community_id),
        "manages": community_id in call.person.communities(matrix.MANAGER),
    }


@routes.page("/desk/complaints/hard", MANAGERS, "The weekly list of hard cases")
def hard(call: Call) -> Response:
    """Open for long, or of several departments."""
    place = _speaking(call, managed(call.person, call.query.get("community_id")))
    found = listing.hard(call.portal, place["id"], call.now)
    by = listing.terms(call.portal, place["id"], call.now)
    context = {
        **_frame(call, place["id"], matrix.MANAGER),
        "items": [page_views.desk_row(one, by, call.now) for one in found],
        "length": time_words.span(by.hard_after, call.locale),
        "many": by.hard_departments,
    }
    return page(call, "desk/hard.html", context, zone=place["zone"])


@routes.page("/desk/complaints/hard.csv", MANAGERS, "The same as a file")
def hard_csv(call: Call) -> Response:
    """One line for each case, without names and words of whoever sent it."""
    place = _speaking(call, managed(call.person, call.query.get("community_id")))
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(
        ["number", "category", "stage", "departments", "created_at", "due_at", "days_open", "overdue"]
    )
    for one in listing.hard(call.portal, place["id"], call.now):
        table.writerow(_line(call, one))
    # As plain text: the gateway takes CSV for bytes, which it hands out only to who asks for bytes.
    headers: Headers = {
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Disposition": f'attachment; filename="hard-cases-{call.now:%Y-%m-%d}.csv"',
    }
    return Response("\ufeff" + out.getvalue(), headers, 200)


def _line(call: Call, one: Complaint) -> list[str]:
    card = page_views.card(one, call.now, desk=True)
    due = rfc3339(one.due_at) if one.due_at else ""
    days = str((call.now - one.created_at).days)
    late = "1" if card["overdue"] else "0"
    return [
        one.number, card["category"], card["badge"]["words"], card["departments"],
        rfc3339(one.created_at), due, days, late,
    ]  # fmt: skip


@routes.page("/desk/complaints/departments", MANAGERS, "Which departments answer for what")
def departments(call: Call) -> Response:
    """The responsibility matrix of a community."""
    return _departments(call, managed(call.person, call.query.get("community_id")))


def _departments(call: Call, community_id: str, error: PortalError | None = None) -> Response:
    place = _speaking(call, community_id)
    kept = matrix.get(call.portal, community_id)
    sent = call.form if error else {}
    context = {
        **_frame(call, place["id"], matrix.MANAGER),
        "version": kept.version,
        "departments": [(one, gettext(name)) for one, name in policy.DEPARTMENTS.items()],
        "rows": [
            {"id": one.id, "words": gettext(one.words), "hint": gettext(one.hint),
             "chosen": sent.get(one.id, []) if error else kept.of(one.id)}
            for one in policy.CATEGORIES.values()
        ],
        "values": values(sent),
        "errors": said(error) if error else [],
    }  # fmt: skip
    return page(call, "desk/departments.html", context, error.status if error else 200, place["zone"])


@routes.form(
    "/desk/complaints/departments",
    MANAGERS,
    "Change which departments answer for what",
    on="/desk/complaints/departments",
)
def set_departments(call: Call) -> Response:
    """Change the matrix."""
    community_id = managed(call.person, call.field("community_id"))

    def work() -> Response:
        version = whole_number(call.field("version"), "version")
        chosen = {name: call.form.get(name, []) for name in policy.CATEGORIES}
        body = from_form(SetMatrix, community_id=community_id, version=version, **chosen)
        matrix.save(call.portal, call.person, body, call.now)
        return go(url("/desk/complaints/departments", community_id=community_id), SAVED)

    return stay(lambda error: _departments(call, community_id, error), work)
