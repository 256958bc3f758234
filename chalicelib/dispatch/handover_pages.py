"""The page on which the work of somebody who is away goes to others."""

from chalice.app import Response

from chalicelib.answers import flash_words, page
from chalicelib.communities import store as communities
from chalicelib.dispatch import handover, service, store
from chalicelib.dispatch.models import ChosenHandOver
from chalicelib.dispatch.page_routes import routes
from chalicelib.errors import N_, NotFound, PortalError
from chalicelib.inputs import from_form
from chalicelib.issues import page_views
from chalicelib.once import once
from chalicelib.page_words import Speech, speak
from chalicelib.pages import go, said, stay, whole_number
from chalicelib.web import OFFICE, Call, url

HANDED = flash_words("handed_over", "success", N_("Handed over. They and the owner have been told."))


@routes.page("/desk/people/{account_id}/handover", OFFICE, "Hand over the work of somebody who is away")
def show(call: Call, account_id: str) -> Response:
    """Each open job with who could take it."""
    return _show(call, account_id, service.office_of(call.person, call.query.get("community_id")))


def _show(call: Call, account_id: str, community_id: str, error: PortalError | None = None) -> Response:
    community = communities.get(call.portal.db, community_id)
    speak(Speech(call.now, community.zone, call.locale))
    who = communities.staff_member(call.portal.db, call.portal.keys, community_id, account_id)
    if who is None:
        raise NotFound
    away = handover.away(store.worker(call.portal.db, community_id, account_id), call.now)
    found = handover.offers(call.portal, community_id, account_id, call.locale, call.now) if away else []
    context = {
        "community": community,
        "who": who,
        "away": away,
        "offers": [
            {"issue": page_views.card(one.issue, call.locale, call.now), "people": one.people}
            for one in found
        ],
        "errors": said(error) if error else [],
    }
    return page(call, "desk/handover.html", context, error.status if error else 200, community.zone)


@routes.form(
    "/desk/people/{account_id}/handover", OFFICE, "Give one job to somebody else",
    on="/desk/people/{account_id}/handover",
)  # fmt: skip
def hand(call: Call, account_id: str) -> Response:
    """One job, one tap."""
    community_id = service.office_of(call.person, call.field("community_id"))

    def work() -> Response:
        version = whole_number(call.field("version"), "version")
        body = from_form(
            ChosenHandOver,
            issue_id=call.field("issue_id"),
            version=version,
            assignee_id=call.field("assignee_id"),
        )
        key = once(call.person.id, f"hand-{version}-{body.issue_id}", "desk/handover", body)
        handover.hand(call.portal, call.person, community_id, account_id, body, key, call.locale, call.now)
        return go(url(f"/desk/people/{account_id}/handover", community_id=community_id), HANDED)

    return stay(lambda error: _show(call, account_id, community_id, error), work)
