"""Reporting an issue in three steps: what it is about; what and where; photos, check and send."""

from datetime import datetime
from typing import Any

from chalice.app import Response

from chalicelib.answers import page, redirect
from chalicelib.communities import store as communities
from chalicelib.company import company
from chalicelib.dispatch.outage_views import outage_cards
from chalicelib.errors import N_, Invalid, PortalError
from chalicelib.inputs import from_form
from chalicelib.issues import drafts, emergency_pages, page_views, similar_views
from chalicelib.issues.drafts import Draft
from chalicelib.issues.models import ReportIssue
from chalicelib.issues.policy import CATEGORIES, MAX_PHOTOS
from chalicelib.issues.tree import CategoryView
from chalicelib.page_words import DEFAULT_ZONE, Speech, gettext, speak
from chalicelib.pages import Fields, said, stay, typed, values
from chalicelib.photos import service as photos
from chalicelib.photos import store as photo_store
from chalicelib.routes import Routes
from chalicelib.times import rfc3339
from chalicelib.web import SIGNED_IN, Call, url

routes = Routes(__name__, "issues")
_LOST = N_(
    "A photo could not be used or is not here any more; it was taken off the list. Add it again if you like."
)


@routes.page("/issues/new", SIGNED_IN, "Report an issue: what it is about, then what and where")
def new(call: Call) -> Response:
    """Without a category the choice of one, else the form; an earlier draft comes back filled."""
    fields = typed(call, url("/issues/new"))
    if draft_id := call.query.get("draft"):
        draft = drafts.get(call.portal, call.person, draft_id)
        if draft.report.place_id:
            return redirect(_change_url(draft))
        fields = _fields_of(draft)
    category = CATEGORIES.get(call.query.get("category") or values(fields).get("category_id", ""))
    if category is None or not call.person.units:
        return _categories(call)
    if category.emergency:
        place = emergency_pages.typed_place(call, fields)
        return emergency_pages.form(call, category, fields, place)
    return _form(call, CategoryView.of(category, call.locale), fields)


def _change_url(draft: Draft) -> str:
    """Where a draft's words are changed: one that began at a place's poster goes on there."""
    place_id = draft.report.place_id
    return url(f"/p/{place_id}" if place_id else "/issues/new", draft=draft.id)


def _categories(call: Call) -> Response:
    offered = CATEGORIES.values() if call.person.units else ()
    context = {
        "categories": [CategoryView.of(category, call.locale) for category in offered],
        "emergency_phone": company().emergency_phone,
    }
    return page(call, "issues/categories.html", context)


def _fields_of(draft: Draft) -> Fields:
    report = draft.report.model_dump(mode="json")
    return {
        "draft_id": [draft.id],
        **{n: [report[n] or ""] for n in ("category_id", "unit_id", "area", "location", "description")},
        "windows": [_window_value(w.start, w.end) for w in draft.report.visit_windows],
    }


def _window_value(start: datetime, end: datetime) -> str:
    return f"{rfc3339(start)}/{rfc3339(end)}"


def _form(call: Call, category: CategoryView, fields: Fields, error: PortalError | None = None) -> Response:
    units = [
        {"id": u.id, "label": u.label, "community_name": communities.get(call.portal.db, u.community_id).name}
        for u in call.person.units
    ]
    zone = communities.get(call.portal.db, call.person.units[0].community_id).zone
    speak(Speech(call.now, zone, call.locale))
    given: dict[str, Any] = values(fields)
    given["windows"] = page_views.windows(call.now, zone, call.locale, set(fields.get("windows", [])))
    context = {
        "category": category,
        "units": units,
        "values": given,
        "errors": said(error) if error else [],
        "draft_id": given.get("draft_id") or None,
    }
    return page(call, "issues/new.html", context, error.status if error else 200, zone)


@routes.form("/issues/new", SIGNED_IN, "Keep the report as a draft and go on to photos", on="/issues/new")
def create(call: Call) -> Response:
    """Keep what was typed; nothing is sent yet."""
    category = CATEGORIES.get(call.field("category_id"))
    if category is None or not call.person.units:
        return _categories(call)

    def work() -> Response:
        report = _read_report(call)
        _check_home(call, report)
        if draft_id := call.field("draft_id"):
            draft = drafts.keep(call.portal, call.person, draft_id, report, call.now)
        else:
            draft = drafts.begin(call.portal, call.person, report, call.now)
        return redirect(url(f"/issues/new/{draft.id}"))

    def again(error: PortalError) -> Response:
        return _form(call, CategoryView.of(category, call.locale), call.form, error)

    return stay(again, work)


def _read_report(call: Call) -> ReportIssue:
    windows = [text.split("/", 1) for text in call.form.get("windows", []) if "/" in text]
    area = call.field("area") or "unit"
    report = from_form(
        ReportIssue,
        unit_id=call.field("unit_id"),
        category_id=call.field("category_id"),
        description=call.field("description"),
        location=call.field("location"),
        area=area,
        visit_windows=[{"start": start, "end": end} for start, end in windows],
    )
    if area == "public" and not report.location:
        raise Invalid.field("location", "missing", N_("Say which place it is, so that we find it."))
    return report


def _check_home(call: Call, report: ReportIssue) -> None:
    """Raises Invalid for a home that is not one's own, before a draft is kept."""
    if call.person.unit(report.unit_id) is None:
        raise Invalid.field("unit_id", "not_yours", N_("Choose one of your homes."))


@routes.page("/issues/new/{draft_id}", SIGNED_IN, "Add photos, check and send")
def check(call: Call, draft_id: str) -> Response:
    """The last step. Storage leads back here with the photo that it has got."""
    draft = drafts.get(call.portal, call.person, draft_id)
    if draft.issue_id:
        return redirect(url(f"/issues/{draft.issue_id}"))
    if photo_id := call.query.get("photo"):
        photos.own_photo(call.portal, call.person, photo_id)
        drafts.add_photo(call.portal, call.person, draft_id, photo_id, call.now)
        return redirect(url(f"/issues/new/{draft_id}"))
    return _check(call, draft)


def _check(call: Call, draft: Draft, error: PortalError | None = None) -> Response:
    report = draft.report
    unit = call.person.unit(report.unit_id)
    zone = communities.get(call.portal.db, unit.community_id).zone if unit else DEFAULT_ZONE
    speak(Speech(call.now, zone, call.locale))
    shown = _draft_photos(call, draft)
    where = report.location or ""
    home = unit.label if unit else ""
    context = {
        "draft": {
            "id": draft.id,
            "change_url": _change_url(draft),
            # What the forms call the words that they keep on the device, until the page after sending.
            "typed": _typed_as(report),
            "shared": report.area == "public",
            "category": page_views.category_view(report.category_id, call.locale),
            "place": where if report.area == "public" else " · ".join(p for p in (home, where) if p),
            "description": report.description,
            "report": report.model_dump_json(exclude={"photo_ids"}),
            "windows": [
                page_views.window_label(w, call.now, zone, call.locale) for w in report.visit_windows
            ],
        },
        "similar": _similar(call, draft, unit.community_id) if unit else [],
        "outages": outage_cards(call, report.unit_id, report.category_id),
        "photos": shown,
        "max_photos": MAX_PHOTOS,
        "photo_status": "" if len(shown) == len(report.photo_ids) else gettext(_LOST),
        "errors": said(error) if error else [],
    }
    return page(call, "issues/check.html", context, error.status if error else 200, zone)


def _typed_as(report: ReportIssue) -> str:
    at_place = f" report-{report.place_id}-{report.category_id}" if report.place_id else ""
    return f"report-{report.category_id}{at_place}"


def _similar(call: Call, draft: Draft, community_id: str) -> list[dict[str, Any]]:
    """What neighbours have reported already; nothing where it is at home."""
    report = draft.report
    if report.area != "public":
        return []
    return similar_views.cards(call, community_id, report.category_id, report.place_id, report.location)


def _draft_photos(call: Call, draft: Draft) -> list[dict[str, Any]]:
    ids = draft.report.photo_ids
    rows = call.portal.db.batch_get([photo_store.photo_key(photo_id) for photo_id in ids]) if ids else []
    usable = [row for row in rows if row and row["owner_id"] == call.person.id]
    views = [photos.view(call.portal, row, call.storage_origin, call.now) for row in usable]
    return [page_views.photo(view, call.person.id, call.person, "") for view in views]


@routes.form(
    "/issues/new/{draft_id}/photos", SIGNED_IN, "Put a photo to a draft", on="/issues/new/{draft_id}"
)
def add_photo(call: Call, draft_id: str) -> Response:
    """Keep a photo with the draft as soon as it is uploaded."""
    photo_id = call.field("photo_id")
    photos.own_photo(call.portal, call.person, photo_id)
    drafts.add_photo(call.portal, call.person, draft_id, photo_id, call.now)
    return redirect(url(f"/issues/new/{draft_id}"))


@routes.form(
    "/issues/new/{draft_id}/order", SIGNED_IN, "Put a draft's photos in order", on="/issues/new/{draft_id}"
)
def order_photos(call: Call, draft_id: str) -> Response:
    """All of them in a new order; or, from a page without scripts, one of them a place earlier or later."""
    ids = call.form.get("photo_ids", [])
    for step, name in ((-1, "earlier"), (1, "later")):
        if (moved := call.field(name)) in ids:
            at = ids.index(moved)
            ids = ids[:at] + ids[at + 1 :]
            ids.insert(max(0, at + step), moved)
    drafts.order_photos(call.portal, call.person, draft_id, ids, call.now)
    return redirect(url(f"/issues/new/{draft_id}"))


@routes.form("/issues/new/{draft_id}/send", SIGNED_IN, "Send the report", on="/issues/new/{draft_id}")
def send(call: Call, draft_id: str) -> Response:
    """Send. Tapping twice, or going back and sending again, makes one issue."""
    draft = drafts.get(call.portal, call.person, draft_id)
    usable = {photo["id"] for photo in _draft_photos(call, draft) if photo["status"] != "rejected"}
    gone = set(draft.report.photo_ids) - usable
    if gone and not draft.issue_id:
        draft = drafts.drop_photos(call.portal, call.person, draft_id, gone, call.now)

    def work() -> Response:
        issue_id = drafts.send(call.portal, call.person, draft, call.now)
        return redirect(url(f"/issues/{issue_id}", sent=1))

    return stay(lambda error: _check(call, draft, error), work)
