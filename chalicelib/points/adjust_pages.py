"""Points given or taken by hand, as a manager's page."""

from typing import Any

from chalice.app import Response

from chalicelib.accounts import store as accounts
from chalicelib.accounts.rules import mask_name, mask_phone
from chalicelib.answers import flash_words, page
from chalicelib.errors import N_, Invalid, PortalError
from chalicelib.inputs import from_form
from chalicelib.managing.page_flow import Place, place, staff_of, tabs
from chalicelib.once import sent_once
from chalicelib.page_words import gettext
from chalicelib.pages import go, said, stay, values
from chalicelib.points import adjusting
from chalicelib.points.desk_models import Adjustment, AskAdjustment
from chalicelib.points.page_routes import routes
from chalicelib.points.policy import ALONE
from chalicelib.web import MANAGERS, Call

PATH = "/desk/points/adjustments"
DONE = flash_words("points_changed", "success", N_("Done, and they have been told."))
WAITS = flash_words("points_wait", "info", N_("So many points wait until a second person agrees."))
REFUSED = flash_words("points_refused", "info", N_("Refused. Nothing was changed."))
_WHOLE = N_("Please give a whole number here.")
_SOMEBODY = N_("somebody who has left")


@routes.page(PATH, MANAGERS, "Points given or taken by hand")
def show(call: Call) -> Response:
    """What waits, the form, and what was done."""
    return _show(place(call, PATH, call.query.get("community_id")))


def _show(here: Place, error: PortalError | None = None) -> Response:
    call = here.call
    found = adjusting.newest(call.portal, here.community.id)
    names = _names(here, found)
    rows = [_row(here, one, names) for one in found]
    context = {
        **tabs(here),
        "waiting": [row for row in rows if row["state"] == "waits"],
        "done": [row for row in rows if row["state"] != "waits"],
        "alone": ALONE,
        "values": values(call.form_if_any if error else {}),
        "errors": said(error) if error else [],
    }
    return page(call, "points/adjustments.html", context, error.status if error else 200, here.community.zone)


def _names(here: Place, found: list[Adjustment]) -> dict[str, str]:
    """Names of the staff, and in masked form those whose points they are: two round trips."""
    keys, db = here.call.portal.keys, here.call.portal.db
    staff = {member.id: member.name for member in staff_of(here)}
    wanted = list(dict.fromkeys(one.account_id for one in found))
    profiles = db.batch_get([accounts.profile_key(one) for one in wanted]) if wanted else []
    people = [accounts.from_item(one, keys) for one in profiles if one]
    return {one.id: f"{mask_name(one.name)} · {mask_phone(one.phone)}" for one in people} | staff


def _row(here: Place, one: Adjustment, names: dict[str, str]) -> dict[str, Any]:
    nobody = gettext(_SOMEBODY)
    return {
        "id": one.id,
        "name": names.get(one.account_id, nobody),
        "points": one.points,
        "reason": one.reason,
        "asked_by": names.get(one.asked_by, nobody),
        "decided_by": names.get(one.decided_by, nobody) if one.decided_by else "",
        "at": one.at,
        "state": one.state,
        "mine": here.call.person.id in (one.asked_by, one.account_id),
    }


@routes.form(PATH, MANAGERS, "Give or take points", on=PATH)
def ask(call: Call) -> Response:
    """At once, or once a second person agrees."""
    here = place(call, PATH, call.field("community_id"))

    def work() -> Response:
        body = from_form(
            AskAdjustment,
            community_id=here.community.id,
            phone=call.field("phone"),
            points=_whole(call.field("points")),
            reason=call.field("reason"),
        )
        key = sent_once(call, "desk/points/adjustments", body)
        done = adjusting.ask(call.portal, call.person, body, key, call.now)
        return go(here.address, WAITS if done.state == "waits" else DONE)

    return stay(lambda error: _show(here, error), work)


def _whole(text: str) -> int:
    """A number with or without a sign, whichever minus was typed."""
    plain = text.replace("−", "-").replace("－", "-").removeprefix("+")
    if not plain.isascii() or not plain.removeprefix("-").isdigit() or len(plain) > 7:
        raise Invalid.field("points", "not_a_number", _WHOLE)
    return int(plain)


@routes.form(PATH + "/{adjustment_id}", MANAGERS, "Decide about points as the second person", on=PATH)
def judge(call: Call, adjustment_id: str) -> Response:
    """Agree, or do not."""
    here = place(call, PATH, call.field("community_id"))

    def work() -> Response:
        approve = bool(call.field("approve"))
        adjusting.judge(call.portal, call.person, here.community.id, adjustment_id, approve, call.now)
        return go(here.address, DONE if approve else REFUSED)

    return stay(lambda error: _show(here, error), work)
