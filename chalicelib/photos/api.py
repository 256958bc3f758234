"""Photos over the JSON API."""

from chalice.app import Response

from chalicelib.accounts.models import DESK_ROLES
from chalicelib.answers import json_answer
from chalicelib.errors import NotFound
from chalicelib.ids import is_id
from chalicelib.issues import photos as issue_photos
from chalicelib.issues.access import may_see
from chalicelib.issues.store import load
from chalicelib.once import asked_once
from chalicelib.photos import service, store
from chalicelib.photos.models import PhotoStarted, PhotoView, StartPhoto
from chalicelib.routes import Routes
from chalicelib.web import SIGNED_IN, Call

routes = Routes(__name__, "photos")


@routes.api(
    "POST",
    "/api/v1/photos",
    SIGNED_IN,
    "Begin the upload of a photo",
    body=StartPhoto,
    answer=PhotoStarted,
    status=201,
    once=True,
)
def start(call: Call) -> PhotoStarted:
    """Begin an upload; the file then goes straight to storage."""
    body = call.read(StartPhoto)
    key = asked_once(call, "photos", body)
    return service.start(call.portal, call.person, body, call.storage_origin, key, call.now)


@routes.api("GET", "/api/v1/photos/{photo_id}", SIGNED_IN, "A photo and how far it is", answer=PhotoView)
def show(call: Call, photo_id: str) -> PhotoView:
    """One's own photo, or one of an issue or complaint that one may see."""
    photo = store.get(call.portal.db, photo_id) if is_id(photo_id) else None
    if photo is None:
        raise NotFound
    if photo.owner_id != call.person.id and photo.complaint_id:
        from chalicelib.complaints.access import may_see as sees_complaint  # few photos are a complaint's

        if not sees_complaint(call.portal, call.person, photo.complaint_id):
            raise NotFound
    elif photo.owner_id != call.person.id:
        file = load(call.portal.db, call.portal.keys, photo.issue_id) if photo.issue_id else None
        if file is None or not may_see(call.person, file):
            raise NotFound
        internal = file.photos.get(photo_id, {}).get("internal")
        if internal and not call.person.roles_in(file.issue.community_id) & DESK_ROLES:
            raise NotFound
    return service.view(call.portal, photo, call.storage_origin, call.now)


@routes.api("DELETE", "/api/v1/photos/{photo_id}", SIGNED_IN, "Take back a photo for good", status=204)
def remove(call: Call, photo_id: str) -> Response:
    """Remove one's own photo."""
    issue_photos.remove(call.portal, call.person, photo_id, call.now)
    return json_answer(None, 204)
