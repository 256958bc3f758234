"""Danger to life: the number to call first, then one short form that is sent at once, with nothing in between."""

from typing import Any

from chalice.app import Response

from chalicelib.accounts.models import UnitRef
from chalicelib.answers import page, redirect
from chalicelib.base import Base
from chalicelib.communities import store as communities
from chalicelib.errors import N_, Invalid, PortalError
from chalicelib.inputs import from_form
from chalicelib.issues import following, reporting
from chalicelib.issues.models import FindSimilar, IssueFile, ReportIssue
from chalicelib.issues.policy import CATEGORIES, Category, category_of
from chalicelib.issues.tree import CategoryView
from chalicelib.once import sent_once
from chalicelib.page_words import DEFAULT_ZONE, Speech, speak
from chalicelib.pages import Fields, said, stay, values
from chalicelib.places import service as places
from chalicelib.places.models import Place
from chalicelib.routes import Routes
from chalicelib.web import SIGNED_IN, Call, url

routes = Routes(__name__, "issues")
_NO_HOME = N_("This number has no home there, so we can't send it for you. Call: that is the quickest.")
_WHICH_HOME = N_("Choose one of your homes.")
#: Where: a shared place; behind an @ that of the community meant, as whoever is on duty there must come.
_PUBLIC = "public"


class _Nothing(Base):
    """No part of a request."""


def form(
    call: Call, category: Category, fields: Fields, place: Place | None, error: PortalError | None = None
) -> Response:
    """The number to call, and the short form below it. For somebody who is not signed in it is about a place."""
    person = call.maybe_person
    units = person.units if person else []
    names = {u.community_id: communities.get(call.portal.db, u.community_id).name for u in units}
    speak(Speech(call.now, DEFAULT_ZONE, call.locale))
    given = values(fields)
    context = {
        "category": CategoryView.of(category, call.locale),
        "homes": [(u.id, u.label, names[u.community_id]) for u in units],
        "shared": [(f"{_PUBLIC}@{one}", name) for one, name in names.items()]
        if len(names) > 1
        else [(_PUBLIC, "")],
        "place": place,
        "community": communities.get(call.portal.db, place.community_id) if place else None,
        "values": given,
        # One key for as long as this form is on its way: two taps make one report.
        "send_key": given["key"] or None,
        "errors": said(error) if error else [],
    }
    return page(call, "issues/emergency.html", context, error.status if error else 200)


@routes.form("/issues/emergency", SIGNED_IN, "Tell the staff on duty at once", on="/issues/new")
def send(call: Call) -> Response:
    """Make the issue at once: no photos and no check before. Tapping twice makes one."""
    category = category_of(call.field("category_id"))
    if not category.emergency:
        return redirect(url("/issues/new"))
    place = places.at(call.portal, call.field("place_id"))

    def work() -> Response:
        body = _read(call, category, place)
        # The words are no part of the key: the second tap of somebody in danger gets the first one's issue.
        key = sent_once(call, "emergency", _Nothing())
        file, _ = reporting.report(call.portal, call.person, body, key, call.now)
        return redirect(url(f"/issues/{file.issue.id}", sent=1))

    return stay(lambda error: form(call, category, call.form, place, error), work)


def _read(call: Call, category: Category, place: Place | None) -> ReportIssue:
    home = _home(call, place)
    shared = call.field("where").partition("@")[0] == _PUBLIC
    return from_form(
        ReportIssue,
        unit_id=home.id,
        category_id=category.id,
        description=call.field("description") or category.name(call.locale),
        location=call.field("location"),
        area="public" if shared else "unit",
        place_id=place.id if place else None,
    )


def _home(call: Call, place: Place | None) -> UnitRef:
    """The home that it is for, or that says in which community the place is; raises Invalid."""
    units = call.person.units
    where, _, community_id = call.field("where").partition("@")
    community_id = place.community_id if place else community_id
    if community_id:
        units = [unit for unit in units if unit.community_id == community_id]
    if not units:
        raise Invalid(_NO_HOME)
    if place or where in ("", _PUBLIC):
        return units[0]
    home = call.person.unit(where)
    if home is None:
        raise Invalid.field("where", "not_yours", _WHICH_HOME)
    return home


def typed_place(call: Call, fields: Fields) -> Place | None:
    """The place of a form that comes back after signing in."""
    return places.at(call.portal, values(fields)["place_id"])


def known_already(call: Call, file: IssueFile) -> bool:
    """Whether somebody else had reported the same danger at the same public place."""
    issue = file.issue
    if issue.category_id not in CATEGORIES or not category_of(issue.category_id).emergency:
        return False
    asked: dict[str, Any] = {"community_id": issue.community_id, "category_id": issue.category_id}
    find = FindSimilar(**asked, place_id=issue.place_id, location=issue.location or "")
    if issue.area != "public":
        return False
    return any(one.issue.id < issue.id for one in following.similar(call.portal, call.person, find))
