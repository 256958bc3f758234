"""What a poster's QR code opens: reporting for that place, also for somebody who is not signed in yet.

The phone number comes last: what was typed is checked first, goes along through signing in, and becomes a draft.
"""

from typing import Any

from chalice.app import Response

from chalicelib.accounts.models import Person
from chalicelib.answers import page, redirect
from chalicelib.communities import store as communities
from chalicelib.company import company
from chalicelib.errors import NotSignedIn, PortalError
from chalicelib.ids import is_id
from chalicelib.inputs import from_form
from chalicelib.issues import access, drafts, emergency_pages, similar_views
from chalicelib.issues.models import ReportIssue
from chalicelib.issues.policy import CATEGORIES, HOME_ONLY, Category
from chalicelib.issues.tree import CategoryView
from chalicelib.page_words import Speech, speak
from chalicelib.pages import Fields, said, stay, typed, values
from chalicelib.places import service
from chalicelib.places.models import AtPlace, Place
from chalicelib.routes import Routes
from chalicelib.web import PUBLIC, Call, url

routes = Routes(__name__, "places")


@routes.page("/p/{code}", PUBLIC, "Report at a public place: what its poster's QR code opens")
def show(call: Call, code: str) -> Response:
    """Without a category the choice of one, else the form. Right after signing in, on to the photos."""
    place = service.at(call.portal, code)
    if place is None:
        return page(call, "places/gone.html", {}, 404)
    fields = _typed(call, place)
    category = _category(call.query.get("category") or values(fields)["category_id"])
    if category is None:
        return _categories(call, place)
    if category.emergency:
        return emergency_pages.form(call, category, fields, place)
    if call.maybe_person and "kept" in call.query and fields:
        return _go_on(call, place, category, fields)
    return _form(call, place, category, fields)


def _typed(call: Call, place: Place) -> Fields:
    """What was typed before signing in, or stands in a draft that is to be changed."""
    person = call.maybe_person
    if person is None:
        return {}
    if draft_id := call.query.get("draft"):
        report = drafts.get(call.portal, person, draft_id).report
        kept = {"category_id": report.category_id, "description": report.description, "draft_id": draft_id}
        return {name: [value] for name, value in kept.items()}
    return typed(call, url(f"/p/{place.id}"))


def _category(category_id: str) -> Category | None:
    return None if category_id in HOME_ONLY else CATEGORIES.get(category_id)


def _about(call: Call, place: Place) -> dict[str, Any]:
    """The place, and how the caller stands to it: not signed in, at home there, or of another community."""
    person = call.maybe_person
    return {
        "place": place,
        "community": communities.get(call.portal.db, place.community_id),
        "at_home": person is not None and access.lives_in(person, place.community_id),
        "emergency_phone": company().emergency_phone,
    }


def _categories(call: Call, place: Place) -> Response:
    about = _about(call, place)
    offered = [one for one in CATEGORIES.values() if one.id not in HOME_ONLY]
    return page(
        call,
        "places/at.html",
        {**about, "categories": [CategoryView.of(one, call.locale) for one in offered]},
    )


def _form(
    call: Call, place: Place, category: Category, fields: Fields, error: PortalError | None = None
) -> Response:
    about = _about(call, place)
    zone = about["community"].zone
    speak(Speech(call.now, zone, call.locale))
    given = values(fields)
    context = {
        **about,
        "category": CategoryView.of(category, call.locale),
        "similar": similar_views.cards(call, place.community_id, category.id, place.id, None)
        if about["at_home"]
        else [],
        "values": given,
        "draft_id": given["draft_id"] or None,
        "errors": said(error) if error else [],
    }
    return page(call, "places/form.html", context, error.status if error else 200, zone)


@routes.form("/p/{code}", PUBLIC, "Keep the report as a draft and go on to photos", on="/p/{code}")
def create(call: Call, code: str) -> Response:
    """Check what was typed, then ask who it is, then go on to photos; nothing is sent yet."""
    place = service.at(call.portal, code)
    if place is None:
        return page(call, "places/gone.html", {}, 404)
    category = _category(call.field("category_id"))
    if category is None or category.emergency:
        return _categories(call, place)
    return _go_on(call, place, category, call.form)


def _go_on(call: Call, place: Place, category: Category, fields: Fields) -> Response:
    def work() -> Response:
        given = values(fields)
        body = from_form(AtPlace, category_id=category.id, description=given["description"])
        if call.maybe_person is None:
            raise NotSignedIn
        home = _home(call.person, place)
        if home is None:
            return _form(call, place, category, fields)  # which says whom to call, and keeps the words
        report = ReportIssue(
            unit_id=home, category_id=category.id, description=body.description, location=place.name,
            area="public", place_id=place.id,
        )  # fmt: skip
        return redirect(url(f"/issues/new/{_draft(call, given['draft_id'], report)}"))

    return stay(lambda error: _form(call, place, category, fields, error), work)


def _home(person: Person, place: Place) -> str | None:
    """The home that the report hangs on: any in the community, it says who can be asked."""
    return next((unit.id for unit in person.units if unit.community_id == place.community_id), None)


def _draft(call: Call, draft_id: str, report: ReportIssue) -> str:
    """The draft of a form: its id was made with the form, so that two taps and a reload make one draft."""
    if is_id(draft_id):
        return drafts.keep(call.portal, call.person, draft_id, report, call.now).id
    return drafts.begin(call.portal, call.person, report, call.now).id
