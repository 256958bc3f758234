"""One issue's page, and what its forms do."""

from typing import Any

from chalice.app import Response

from chalicelib.answers import flash_words, page, redirect
from chalicelib.dispatch import links
from chalicelib.errors import N_, Conflict, IllegalTransition, Invalid, NotFound, PortalError, VersionConflict
from chalicelib.ids import is_id
from chalicelib.inputs import from_form
from chalicelib.issues import access, emergency_pages, page_views, service
from chalicelib.issues.api import reader
from chalicelib.issues.models import OwnerStep, RateIssue, WriteMessage
from chalicelib.once import once, sent_once
from chalicelib.page_words import Speech, speak
from chalicelib.pages import go, said, stay, typed, values, whole_number
from chalicelib.photos import service as photos
from chalicelib.photos import store as photo_store
from chalicelib.routes import Routes
from chalicelib.web import SIGNED_IN, Call, url

routes = Routes(__name__, "issues")
SENT_MESSAGE = flash_words(
    "message_sent",
    "success",
    N_("Sent. Whoever has it reads it; the answer stands here, and you get a message."),
)
URGED = flash_words(
    "urged",
    "success",
    N_("We have told them that it is urgent for you. You get a message as soon as something happens."),
)
URGED_BEFORE = flash_words(
    "urged_before", "info", N_("They know already. You can ask once in 4 hours, while it is open.")
)
CANCELLED = flash_words(
    "cancelled", "success", N_("Cancelled. Nobody will come. You can report it again at any time.")
)
CONFIRMED = flash_words(
    "confirmed",
    "success",
    N_("Thank you! It is closed; should it come back, open it again within 7 days. How was the repair?"),
)
REOPENED = flash_words(
    "reopened",
    "success",
    N_(
        "It is open again. Next: the office will send someone again, and you'll get a message with the name "
        "and the time."
    ),
)
RATED = flash_words("rated", "success", N_("Thank you for your rating. You can change it for 7 days."))


@routes.page("/issues/{issue_id}", SIGNED_IN, "One issue")
def show(call: Call, issue_id: str) -> Response:
    """An issue with its timeline and what can be done."""
    asked = {"message", "reopen", "rate", "cancel", "again"} & call.query.keys()
    fields = typed(call, url(f"/issues/{issue_id}"))
    opened = next(iter(asked), None) or ("message" if fields else None)
    try:
        return _show(call, issue_id, fields, opened=opened, sent="sent" in call.query)
    except NotFound:
        from chalicelib.dispatch.outage_views import of_my_homes  # hardly ever needed

        if not of_my_homes(call, issue_id):
            raise
        return redirect(url(f"/outages/{issue_id}"))  # a message about an outage leads here


def _show(
    call: Call,
    issue_id: str,
    fields: dict[str, list[str]],
    *,
    opened: str | None = None,
    sent: bool = False,
    error: PortalError | None = None,
) -> Response:
    file, relation = access.for_owner(call.portal, call.person, issue_id)
    zone = page_views.zone_of(call.portal, file.issue.community_id)
    speak(Speech(call.now, zone, call.locale))
    view = reader(call).owner_view(file, relation)
    moved = isinstance(error, Conflict)
    context = {
        "issue": page_views.shown(file, view, call.person, call.locale),
        "actions": view.allowed_actions,
        "values": values(fields),
        "errors": said(error) if error and not isinstance(error, VersionConflict) else [],
        "conflict": moved,
        "sent": sent,
        "known_already": sent and emergency_pages.known_already(call, file),
        "photos_ready": ready_photos(call, fields.get("photo_ids", [])),
        "open_form": opened,
        "next_step": page_views.next_step(file.issue, relation),
        # Other owners' issues, which the desk links, are nobody's business here.
        "parts": [one for one in links.of(file) if one.kind != "related"] if relation == "reporter" else [],
    }
    return page(call, "issues/show.html", context, error.status if error else 200, zone)


def ready_photos(call: Call, photo_ids: list[str]) -> list[dict[str, Any]]:
    """Photos that were uploaded for a form which is not sent yet; those not there any more are left out."""
    ids = [photo_id for photo_id in dict.fromkeys(photo_ids) if is_id(photo_id)]
    keys = [photo_store.photo_key(photo_id) for photo_id in ids[:9]]
    rows = call.portal.db.batch_get(keys) if keys else []
    mine = [row for row in rows if row and row["owner_id"] == call.person.id]
    free = [row for row in mine if not row.get("issue_id") and not row.get("complaint_id")]
    found = [row for row in free if row["status"] != "rejected"]
    views = [photos.view(call.portal, row, call.storage_origin, call.now) for row in found]
    return [page_views.photo(view, call.person.id, call.person, "") for view in views]


def _form(call: Call, issue_id: str, opened: str, work: Any) -> Response:
    def again(error: PortalError) -> Response:
        return _show(call, issue_id, call.form, opened=opened, error=error)

    return stay(again, work)


def _step(call: Call, issue_id: str, action: str, flash: str | None, **then: int) -> Response:
    """Take a step; `then` says what the page shows next."""

    def work() -> Response:
        version = whole_number(call.field("version"), "version")
        body = from_form(OwnerStep, version=version, reason=call.field("reason")[:2000] or None)
        # A double tap sends the same version twice: the second one gets the first one's answer.
        key = once(call.person.id, f"page-{action}-{version}-{issue_id}", f"issues/{issue_id}/{action}", body)
        service.step(call.portal, call.person, issue_id, action, body, key, call.now)
        return go(url(f"/issues/{issue_id}", **then), flash)

    return _form(call, issue_id, action, work)


@routes.form("/issues/{issue_id}/confirm", SIGNED_IN, "It is fixed", on="/issues/{issue_id}")
def confirm(call: Call, issue_id: str) -> Response:
    """Close a resolved issue; the rating is what the page asks for next."""
    return _step(call, issue_id, "confirm", CONFIRMED, rate=1)


@routes.form("/issues/{issue_id}/reopen", SIGNED_IN, "It is not fixed", on="/issues/{issue_id}")
def reopen(call: Call, issue_id: str) -> Response:
    """Reopen, with a reason that whoever comes can read; from the list with one tap, and the page asks for it."""
    if call.field("at_once"):
        return _step(call, issue_id, "reopen", None, again=1)
    if not call.field("reason"):
        missing = Invalid.field(
            "reason", "missing", N_("Please write what is still wrong, so that it gets fixed.")
        )
        return _show(call, issue_id, call.form, opened="reopen", error=missing)
    return _step(call, issue_id, "reopen", REOPENED)


@routes.form("/issues/{issue_id}/cancel", SIGNED_IN, "Cancel", on="/issues/{issue_id}")
def cancel(call: Call, issue_id: str) -> Response:
    """Cancel before work starts."""
    return _step(call, issue_id, "cancel", CANCELLED)


@routes.form("/issues/{issue_id}/urge", SIGNED_IN, "Ask to hurry", on="/issues/{issue_id}")
def urge(call: Call, issue_id: str) -> Response:
    """Urge."""

    def work() -> Response:
        try:
            service.urge(call.portal, call.person, issue_id, call.now)
        except IllegalTransition:
            return go(url(f"/issues/{issue_id}"), URGED_BEFORE)
        return go(url(f"/issues/{issue_id}"), URGED)

    return _form(call, issue_id, "urge", work)


@routes.form("/issues/{issue_id}/message", SIGNED_IN, "Write to the staff", on="/issues/{issue_id}")
def message(call: Call, issue_id: str) -> Response:
    """Add a message."""

    def work() -> Response:
        body = from_form(WriteMessage, text=call.field("text"), photo_ids=call.form.get("photo_ids", []))
        key = sent_once(call, f"issues/{issue_id}/messages", body)
        service.message(call.portal, call.person, issue_id, body, key, call.now)
        return go(url(f"/issues/{issue_id}"), SENT_MESSAGE)

    return _form(call, issue_id, "message", work)


@routes.form("/issues/{issue_id}/rating", SIGNED_IN, "Rate the repair", on="/issues/{issue_id}")
def rating(call: Call, issue_id: str) -> Response:
    """Rate."""

    def work() -> Response:
        marks = {n: call.field(n) or None for n in ("professionalism", "attitude", "efficiency")}
        body = from_form(RateIssue, **marks, comment=call.field("comment"))
        service.rate(call.portal, call.person, issue_id, body, call.now)
        return go(url(f"/issues/{issue_id}"), RATED)

    return _form(call, issue_id, "rate", work)
