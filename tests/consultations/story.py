"""Consultations in the story: all that they write and ask of the table, once."""

from chalicelib.consultations import feeds, line, line_store, plans, service, staff, store, timers
from chalicelib.consultations.input_models import CancelBooking, FindSlots, JoinLine, Reschedule, StaffStep
from chalicelib.photos import service as photos
from chalicelib.portal import Portal
from tests.consultations.factories import SATURDAY, book, hours, make_plan
from tests.factories import NOW, People, make_key

DAY = SATURDAY.date()


def consult(portal: Portal, people: People) -> None:
    """Hours, booking with a plan's photo, moving, waiting, offers, answers, feeds, and what the clock does."""
    owner, neighbour, designer = people.owner, people.neighbour, people.designer
    make_plan(portal=portal, people=people)
    plan = make_plan(portal=portal, people=people, daily_limit=1)
    photo = photos.start_plain(portal, owner, NOW)
    once = make_key(of=owner)
    first = book(portal=portal, by=owner, of=plan, once=once, photo_ids=[photo])
    book(portal=portal, by=owner, of=plan, once=once, photo_ids=[photo])
    for person in (neighbour, people.cedar_owner):
        line.join(portal, person, JoinLine(consultant_id=designer.id, service_id="talk", day=DAY), NOW)
    moved = Reschedule(starts_at=SATURDAY + hours(24), version=1)
    service.reschedule(portal, owner, first.id, moved, make_key(of=owner), NOW)
    (waiting,) = line_store.own(portal.db, portal.keys, neighbour.id, DAY)
    book(portal=portal, by=neighbour, of=plan, starts_at=waiting.offer)
    (other,) = line_store.own(portal.db, portal.keys, people.cedar_owner.id, DAY)
    line.leave(portal, people.cedar_owner, designer.id, DAY, other.id, NOW)
    line.join(portal, owner, JoinLine(consultant_id=designer.id, service_id="talk", day=DAY), NOW)
    asked = book(portal=portal, by=owner, of=plan, service_id="visit", starts_at=SATURDAY + hours(49))
    store.asked(portal.db, designer.id)
    yes = StaffStep(to="confirmed", version=1)
    done = staff.step(portal, designer, asked.id, yes, make_key(of=designer), NOW)
    off = StaffStep(to="cancelled_by_staff", version=done.version, note="抱歉")
    staff.step(portal, people.manager, asked.id, off, None, NOW)
    book(portal=portal, by=owner, of=plan, service_id="visit", starts_at=SATURDAY + hours(145))
    last = book(portal=portal, by=owner, of=plan, starts_at=SATURDAY + hours(120))
    service.cancel(portal, owner, last.id, CancelBooking(version=1), None, NOW)
    _read(portal, people)
    for after in (2.1, 23, 47, 170):
        timers.run_due(portal, NOW + hours(after))


def _read(portal: Portal, people: People) -> None:
    owner, designer = people.owner, people.designer
    for person in (owner, designer):
        feeds.renew(portal, person)
        feeds.read(portal, feeds.code(portal, person) or "", NOW)
    plans.consultants(portal, "maple", None, NOW)
    plans.works_for(portal, owner, designer.id)
    query = FindSlots.model_validate({"service_id": "talk", "from": DAY, "to": DAY})
    plans.free(portal, owner, designer.id, query, NOW)
    page = store.own(portal.db, owner.id, 1)
    store.own(portal.db, owner.id, 1, after=page.items[0]["SK"].removeprefix("BOOKING#"))
