"""Photos without JavaScript: begin, send straight to storage, come back; and taking one back."""

import contextlib

from chalice.app import Response

from chalicelib.answers import flash_words, page, redirect
from chalicelib.errors import N_, NotFound
from chalicelib.issues import photos as issue_photos
from chalicelib.pages import go, keep_form, safe_path, with_query, without_query
from chalicelib.photos import service
from chalicelib.routes import Routes
from chalicelib.web import SIGNED_IN, Call, url

routes = Routes(__name__, "photos")
REMOVED = flash_words("photo_removed", "success", N_("The photo is deleted for good."))


@routes.form("/photos", SIGNED_IN, "Begin the upload of one photo", on="/")
def begin(call: Call) -> Response:
    """Begin an upload. What else was typed into the form is kept, and is there again afterwards."""
    back = safe_path(call.field("back"))
    fields = {name: given for name, given in call.form.items() if name != "back"}
    keep_form(call.portal.db, call.portal.keys, call.person.id, without_query(back), fields, call.now)
    photo_id = service.start_plain(call.portal, call.person, call.now)
    number = len(fields.get("photo_ids", [])) + 1
    return redirect(url(f"/photos/{photo_id}/upload", back=back, number=number))


@routes.page("/photos/{photo_id}/upload", SIGNED_IN, "Send one photo")
def upload(call: Call, photo_id: str) -> Response:
    """The form that goes straight to storage, which then leads back."""
    back = safe_path(call.query.get("back"))
    target = call.origin + url(with_query(back, {"photo": photo_id}))
    form = service.plain_form(call.portal, call.person, photo_id, call.storage_origin, target, call.now)
    number = call.query.get("number", "1")
    context = {
        "upload": {"url": form.url, "fields": form.fields},
        "back": url(with_query(back, {"kept": "1"})),
        "number": int(number) if number.isascii() and number.isdigit() and len(number) < 3 else 1,
    }
    return page(call, "photos/upload.html", context)


@routes.page("/photos/{photo_id}/remove", SIGNED_IN, "Ask before a photo is deleted")
def ask_remove(call: Call, photo_id: str) -> Response:
    """Removing can't be undone, so it is asked first."""
    photo = service.own_photo(call.portal, call.person, photo_id)
    view = service.view(call.portal, photo, call.storage_origin, call.now)
    shown = {**view.model_dump(), "mine": True, "alt": ""}
    return page(call, "photos/remove.html", {"photo": shown, "back": url(safe_path(call.query.get("back")))})


@routes.form(
    "/photos/{photo_id}/remove", SIGNED_IN, "Delete a photo for good", on="/photos/{photo_id}/remove"
)
def remove(call: Call, photo_id: str) -> Response:
    """Delete it."""
    back = safe_path(call.field("back"))
    with contextlib.suppress(NotFound):  # a second tap: it is gone, which is what was wanted
        issue_photos.remove(call.portal, call.person, photo_id, call.now)
    return go(url(back), REMOVED)
