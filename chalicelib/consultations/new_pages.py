"""Booking: what and with whom, each with its first free time; then the day, the time, the home and the topic."""

from datetime import date, timedelta
from typing import Any

from chalice.app import Response

from chalicelib.answers import flash_words, page
from chalicelib.communities import store as communities
from chalicelib.consultations import line, page_views, plans, service
from chalicelib.consultations.input_models import FindSlots, JoinLine, NewBooking
from chalicelib.consultations.models import Booking, Plan, Service, Slot
from chalicelib.consultations.page_routes import routes
from chalicelib.consultations.policy import MOST_PHOTOS
from chalicelib.errors import N_, NotFound, PortalError
from chalicelib.inputs import from_form
from chalicelib.once import sent_once
from chalicelib.page_words import Speech, speak
from chalicelib.pages import Fields, go, said, stay, typed, values
from chalicelib.photos.picked import picked
from chalicelib.times import rfc3339
from chalicelib.web import SIGNED_IN, Call, url

BOOKED = flash_words(
    "consultation_booked",
    "success",
    N_("Booked. We remind you a day and an hour before; you can change it up to 4 hours before."),
)
ASKED = flash_words(
    "consultation_asked",
    "success",
    N_("Asked for. The time is kept for you; you get a message as soon as the designer has answered."),
)
WAITING = flash_words(
    "consultation_waiting",
    "success",
    N_("You are in line. As soon as a time gets free, we keep it for you for 2 hours and tell you."),
)


@routes.page("/consultations/new", SIGNED_IN, "Book a consultation: what and with whom, then when")
def new(call: Call) -> Response:
    """Without a designer the choice of one, else the form, filled as far as it is known."""
    fields = typed(call, url("/consultations/new"))
    asked: Fields = {
        name: [call.query[name]]
        for name in ("consultant_id", "service_id", "starts_at")
        if name in call.query
    }
    given = values({**fields, **asked})
    if not given["consultant_id"] or not call.person.units:
        return _choose(call)
    return _form(call, {**fields, **asked})


def _community(call: Call) -> str:
    """The community asked for, else the one of one's first home."""
    theirs = [unit.community_id for unit in call.person.units]
    wanted = call.query.get("community_id", "")
    return wanted if wanted in theirs else theirs[0]


def _choose(call: Call) -> Response:
    if not call.person.units:
        return page(
            call, "consultations/start.html", {"offers": [], "homes": [], "community_id": "", "zone": ""}
        )
    community_id = _community(call)
    zone = page_views.zone_of(call, community_id)
    speak(Speech(call.now, zone, call.locale))
    found = plans.consultants(call.portal, community_id, call.storage_origin, call.now)
    today = call.now.astimezone(zone).date()
    free = plans.free_of_several(call.portal, call.person, found, today, call.now)
    offers: dict[str, dict[str, Any]] = {}
    for one in found:
        for offered in one.plan.services:
            kind = offers.setdefault(offered.name, {**page_views.service_view(offered), "people": []})
            slots = free.get((one.id, offered.id), [])
            first = slots[0].starts_at if slots else None
            person = {
                "id": one.id,
                "name": one.name,
                "words": one.plan.words,
                "rated": one.rated,
                "rating": one.rating,
            }
            picture = one.portrait.thumb if one.portrait else ""
            kind["people"].append({**person, "first": first, "service_id": offered.id, "picture": picture})
    homes = {u.community_id: communities.get(call.portal.db, u.community_id).name for u in call.person.units}
    context = {"offers": list(offers.values()), "homes": list(homes.items()), "community_id": community_id}
    context["zone"] = zone.key
    return page(call, "consultations/start.html", context, zone=zone)


def _form(call: Call, fields: Fields, error: PortalError | None = None) -> Response:
    given = values(fields)
    consultant_id = given["consultant_id"]
    community_id = plans.works_for(call.portal, call.person, consultant_id)
    zone = page_views.zone_of(call, community_id)
    speak(Speech(call.now, zone, call.locale))
    wanted = given["starts_at"]
    day = page_views.read_day(call.query.get("day", ""))
    first = page_views.first_shown(call, zone, page_views.day_at(wanted, zone))
    plan, chosen, slots = free_ahead(call, consultant_id, given["service_id"], first)
    if day is None and wanted:
        day = next((s.starts_at.astimezone(zone).date() for s in slots if _same(s, wanted)), None)
    member = communities.staff_member(call.portal.db, call.portal.keys, community_id, consultant_id)
    units = [
        (u.id, f"{communities.get(call.portal.db, u.community_id).name} · {u.label}")
        for u in call.person.units
        if u.community_id == community_id
    ]
    context = {
        "name": member.name if member else "",
        "words": plan.words,
        "service": page_views.service_view(chosen),
        "consultant_id": consultant_id,
        "strip": page_views.strip(call, slots, zone, first, day),
        "units": units,
        "photos": picked(call, fields.get("photo_ids", [])),
        "max_photos": MOST_PHOTOS,
        "values": given,
        "errors": said(error) if error else [],
    }
    return page(call, "consultations/new.html", context, error.status if error else 200, zone)


def _same(slot: Slot, wanted: str) -> bool:
    return rfc3339(slot.starts_at) == wanted


def free_ahead(
    call: Call, consultant_id: str, service_id: str, first: date
) -> tuple[Plan, Service, list[Slot]]:
    """A designer's free times of the days that the strip shows; raises NotFound for what is not offered."""
    day = timedelta(days=1)  # wherever the designer lives
    days = {"from": str(first - day), "to": str(first + page_views.STRIP * day)}
    query = from_form(FindSlots, service_id=service_id or "-", **days)
    plan, slots = plans.free(call.portal, call.person, consultant_id, query, call.now)
    chosen = plan.service(service_id)
    if chosen is None:
        raise NotFound
    return plan, chosen, slots


@routes.form("/consultations/new", SIGNED_IN, "Book a time", on="/consultations/new")
def create(call: Call) -> Response:
    """Book. Tapping twice makes one booking."""

    def work() -> Response:
        body = from_form(
            NewBooking,
            consultant_id=call.field("consultant_id"),
            service_id=call.field("service_id"),
            starts_at=call.field("starts_at"),
            unit_id=call.field("unit_id"),
            topic=call.field("topic"),
            photo_ids=call.form.get("photo_ids", []),
        )
        key = sent_once(call, "consultations/new", body)
        booking: Booking = service.book(call.portal, call.person, body, key, call.now)
        done = ASKED if booking.status == "requested" else BOOKED
        return go(url(f"/consultations/{booking.id}"), done)

    return stay(lambda error: _form(call, call.form, error), work)


@routes.form("/consultations/line", SIGNED_IN, "Wait for a day that is full", on="/consultations/new")
def wait(call: Call) -> Response:
    """Join a day's line."""

    def work() -> Response:
        day = call.field("day")
        body = from_form(
            JoinLine, consultant_id=call.field("consultant_id"), service_id=call.field("service_id"), day=day
        )
        line.join(call.portal, call.person, body, call.now)
        return go(url("/consultations"), WAITING)

    return stay(lambda error: _form(call, call.form, error), work)
