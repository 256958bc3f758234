"""The portal as Lambda and the local runner see it: wiring only."""

from datetime import UTC, datetime
from typing import Any

from chalice.app import Chalice, Rate

from chalicelib import health, logs, look_pages, offline, static_files
from chalicelib.accounts import api as accounts_api
from chalicelib.accounts import pages as accounts_pages
from chalicelib.desk import all_pages as desk_pages
from chalicelib.desk import api as desk_api
from chalicelib.inbox import api as inbox_api
from chalicelib.inbox import outbox
from chalicelib.inbox import pages as inbox_pages
from chalicelib.issues import all_pages as issues_pages
from chalicelib.issues import api as issues_api
from chalicelib.issues import timers
from chalicelib.photos import api as photos_api
from chalicelib.photos import pages as photos_pages
from chalicelib.places import api as places_api
from chalicelib.places import desk_pages as places_desk_pages
from chalicelib.places import pages as places_pages
from chalicelib.portal import portal
from chalicelib.routes import middleware
from chalicelib.settings import settings

app = Chalice(app_name="owner-portal")
# Bodies that the gateway must hand on as bytes: files, CSV in whatever encoding, and icons. For answers it goes by the
# first type that a browser accepts, which for pictures is one of these.
_PICTURES = ["image/png", "image/avif", "image/webp"]
app.api.binary_types = [
    "multipart/form-data",
    "text/csv",
    "application/csv",
    "application/vnd.ms-excel",
    *_PICTURES,
]
logs.set_up(settings().log_level)
app.register_middleware(middleware, "http")

_FEATURES = (
    health,
    static_files,
    offline,
    look_pages,
    accounts_api,
    accounts_pages,
    issues_api,
    issues_pages,
    photos_api,
    photos_pages,
    inbox_api,
    inbox_pages,
    desk_api,
    desk_pages,
    places_api,
    places_pages,
    places_desk_pages,
)
for feature in _FEATURES:
    app.register_blueprint(feature.routes.blueprint)


@app.lambda_function(name="deliver_outbox")
def deliver_outbox(event: dict[str, Any], context: Any) -> dict[str, int]:
    """The table's stream: deliver what was announced."""
    return {"delivered": outbox.handle_stream(portal(), event)}


@app.lambda_function(name="photo_arrived")
def photo_arrived(event: dict[str, Any], context: Any) -> dict[str, str]:
    """A storage event: take in the photo that a phone has uploaded."""
    entry = event["detail"]["object"]
    from chalicelib.photos import intake  # with the decoders, which only this function and the next need

    return {"status": intake.take_in(portal(), entry["key"], entry["size"], datetime.now(UTC))}


@app.lambda_function(name="photo_failed")
def photo_failed(event: dict[str, Any], context: Any) -> None:
    """A photo that could not be processed, however often it was tried."""
    from chalicelib.photos import intake

    intake.give_up(portal(), event["detail"]["object"]["key"], datetime.now(UTC))


@app.schedule(Rate(1, unit=Rate.MINUTES), name="tick")
def tick(event: Any) -> dict[str, int]:
    """The clock: deliver what the stream missed, close what has been quiet for long."""
    now = datetime.now(UTC)
    return {"delivered": outbox.sweep(portal(), now), "closed": timers.run_due(portal(), now)}
