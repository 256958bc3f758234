"""The portal as Lambda and the local runner see it: wiring only."""

import gc

# Importing makes no garbage worth looking for, and looking took a tenth of a cold start. On again at the end.
gc.disable()

import time
from typing import Any

from chalice.app import Chalice, Rate

from chalicelib import logs
from chalicelib.features import NAMES, ROUTES_FILE, Features
from chalicelib.portal import portal
from chalicelib.routes import middleware
from chalicelib.settings import settings
from chalicelib.times import this_moment


class OwnersPortal(Chalice):
    """The app, which finds the routes that the gateway has no places for (`chalicelib/gathered.py`)."""

    def __call__(self, event: Any, context: Any) -> Any:
        """Answer one request."""
        if event.get("resource", "").endswith("{proxy+}"):
            from chalicelib import gathered

            if refusal := gathered.led(event):
                return refusal
        return super().__call__(event, context)


app = OwnersPortal(app_name="owner-portal")
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
features = Features(app)
if ROUTES_FILE.is_file():
    app.register_middleware(features.when_asked, "http")
else:
    features.load(NAMES)


@app.lambda_function(name="deliver_outbox")
def deliver_outbox(event: dict[str, Any], context: Any) -> dict[str, int]:
    """The table's stream: deliver what was announced, count what earns points, clear away what forgotten photos left
    in storage."""
    from chalicelib.inbox import outbox  # here and below: calls of the API need none of these
    from chalicelib.photos import service as photos
    from chalicelib.points import intake as points

    delivered = outbox.handle_stream(portal(), event)
    counted = points.handle_stream(portal(), event, this_moment())
    return {"delivered": delivered, "counted": counted, "cleared": photos.clear_removed(portal(), event)}


@app.lambda_function(name="send_messages")
def send_messages(event: dict[str, Any], context: Any) -> dict[str, int]:
    """The table's stream and the clock: tell people outside of the portal, by the channels that they chose."""
    from chalicelib.messages import worker

    return worker.handle(portal(), event, this_moment(), time.monotonic)


@app.lambda_function(name="photo_arrived")
def photo_arrived(event: dict[str, Any], context: Any) -> dict[str, str]:
    """A storage event: take in the photo that a phone has uploaded."""
    entry = event["detail"]["object"]
    from chalicelib.photos import intake  # with the decoders, which only this function and the next need

    return {"status": intake.take_in(portal(), entry["key"], entry["size"], this_moment())}


@app.lambda_function(name="photo_failed")
def photo_failed(event: dict[str, Any], context: Any) -> None:
    """A photo that could not be processed, however often it was tried."""
    from chalicelib.photos import intake

    intake.give_up(portal(), event["detail"]["object"]["key"], this_moment())


@app.schedule(Rate(1, unit=Rate.MINUTES), name="tick")
def tick(event: Any) -> dict[str, int]:
    """The clock: deliver what the stream missed, handle what is due of issues, complaints, consultations and points."""
    from chalicelib.complaints import timers as complaints
    from chalicelib.consultations import timers as consultations
    from chalicelib.due import clock
    from chalicelib.inbox import outbox
    from chalicelib.issues import timers
    from chalicelib.points import intake
    from chalicelib.points import timers as points

    now = this_moment()
    return clock.run(
        {
            "delivered": lambda: outbox.sweep(portal(), now),
            "handled": lambda: timers.run_due(portal(), now).total(),
            "complaints": lambda: complaints.run_due(portal(), now),
            "consultations": lambda: consultations.run_due(portal(), now),
            "counted": lambda: intake.sweep(portal(), now),
            "points": lambda: points.run_due(portal(), now),
        }
    )


# What has been imported stays: neither this collection nor any later one looks at it again.
gc.freeze()
# A page makes thousands of objects that live as long as it does. Looking for garbage among them after each 700 found
# none, and took a twentieth of a warm page.
gc.set_threshold(10_000)
gc.enable()
