"""Outages as pages: the desk's list with its forms, and what somebody sees who lives there."""

from datetime import datetime

from chalice.app import Response

from chalicelib.answers import flash_words, page
from chalicelib.communities import store as communities
from chalicelib.dispatch import outage_opening, outage_store, outages, service
from chalicelib.dispatch.outage_models import BeginOutage, ChangeOutage
from chalicelib.dispatch.outage_views import shown
from chalicelib.dispatch.page_routes import routes
from chalicelib.dispatch.policy import OUTAGE_KINDS
from chalicelib.errors import N_, Invalid, NotFound, PortalError
from chalicelib.ids import is_id
from chalicelib.inputs import from_form
from chalicelib.issues.page_views import category_view
from chalicelib.once import once, sent_once
from chalicelib.page_words import Speech, speak
from chalicelib.pages import Fields, go, said, stay, values, whole_number
from chalicelib.web import OFFICE, SIGNED_IN, Call, url

BEGUN = flash_words("outage_begun", "success", N_("It runs. Everybody who lives there is being told."))
NEWS = flash_words("outage_news", "success", N_("Everybody who lives there is being told."))
OVER = flash_words(
    "outage_over", "success", N_("It is over, and everybody is being told. Report the repair as fixed too.")
)


@routes.page("/desk/outages", OFFICE, "Outages that run, and a new one")
def show(call: Call) -> Response:
    """The list and the form."""
    return _show(call, service.office_of(call.person, call.query.get("community_id")), {})


def _show(
    call: Call, community_id: str, fields: Fields, error: PortalError | None = None, at: str = ""
) -> Response:
    community = communities.get(call.portal.db, community_id)
    speak(Speech(call.now, community.zone, call.locale))
    theirs = [communities.get(call.portal.db, one) for one in call.person.communities(service.OFFICE)]
    found = outage_store.running(call.portal.db, community_id)
    context = {
        "communities": [(one.id, one.name) for one in theirs],
        "community": community,
        "outages": [shown(call, one) for one in found],
        "kinds": [(kind, category_view(kind, call.locale).name) for kind in OUTAGE_KINDS],
        "chosen": fields.get("buildings", []),
        "at": at,
        "values": values(fields),
        "errors": said(error) if error else [],
    }
    return page(call, "desk/outages.html", context, error.status if error else 200, community.zone)


@routes.form("/desk/outages", OFFICE, "Begin an outage", on="/desk/outages")
def begin(call: Call) -> Response:
    """A new one; sent twice it begins once."""
    community_id = service.office_of(call.person, call.field("community_id"))

    def work() -> Response:
        body = from_form(
            BeginOutage,
            community_id=community_id,
            category_id=call.field("category_id") or "-",
            buildings=call.form.get("buildings", []),
            text=call.field("text"),
            until=_until(call, community_id),
        )
        key = sent_once(call, "desk/outages", body)
        outage_opening.begin(call.portal, call.person, body, key, call.now)
        return go(url("/desk/outages", community_id=community_id), BEGUN)

    return stay(lambda error: _show(call, community_id, call.form, error), work)


def _until(call: Call, community_id: str) -> str | None:
    text = call.field("until")
    if not text:
        return None
    zone = communities.get(call.portal.db, community_id).zone
    try:
        return datetime.fromisoformat(text).replace(tzinfo=zone).isoformat()
    except ValueError as error:
        raise Invalid.field("until", "not_a_time", N_("Please give a date and time.")) from error


@routes.form("/desk/outages/{issue_id}", OFFICE, "News of an outage", on="/desk/outages")
def change(call: Call, issue_id: str) -> Response:
    """Other words, another time, or the end."""
    community_id = service.office_of(call.person, call.field("community_id"))
    over = bool(call.field("over"))

    def work() -> Response:
        version = whole_number(call.field("version"), "version")
        # The form says what is promised until when: an empty field takes that away.
        until = {} if over else {"until": _until(call, community_id) or ""}
        body = from_form(ChangeOutage, version=version, text=call.field("text"), over=over, **until)
        key = once(call.person.id, f"outage-{version}-{issue_id}", "desk/outages", body)
        outages.change(call.portal, call.person, issue_id, body, key, call.now)
        return go(url("/desk/outages", community_id=community_id), OVER if over else NEWS)

    return stay(lambda error: _show(call, community_id, call.form, error, issue_id), work)


@routes.page("/outages/{issue_id}", SIGNED_IN, "An outage, for somebody who lives there")
def show_mine(call: Call, issue_id: str) -> Response:
    """What is known, until when, and following it with one tap; once it has ended, when and how. The messages of one
    that goes on in another lead to that."""
    outage = outages.of_ones_own(call.portal, call.person, issue_id, call.now) if is_id(issue_id) else None
    if outage is None:
        raise NotFound
    zone = communities.get(call.portal.db, outage.community_id).zone
    speak(Speech(call.now, zone, call.locale))
    return page(call, "issues/outage.html", {"outage": shown(call, outage)}, zone=zone)
