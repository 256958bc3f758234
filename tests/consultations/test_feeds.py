"""Private calendar feeds: what stands in them."""

from icalendar import Calendar

from chalicelib.consultations import feeds, plans, service
from chalicelib.consultations.input_models import CancelBooking, SavePlan
from chalicelib.portal import Portal
from tests.consultations.factories import SATURDAY, TALK, WEEK, book, hours, make_plan
from tests.factories import NOW, People, import_people


def test_a_feed_of_what_was_called_off_says_so_event_by_event(portal: Portal, people: People) -> None:
    booking = book(portal=portal, by=people.owner, of=make_plan(portal=portal, people=people))
    service.cancel(portal, people.owner, booking.id, CancelBooking(version=1), None, NOW)
    feed = Calendar.from_ical(feeds.read(portal, feeds.renew(portal, people.owner), NOW))
    assert (feed["METHOD"], [one["STATUS"] for one in feed.events]) == ("PUBLISH", ["CANCELLED"])


def test_a_designer_who_lives_here_has_their_own_appointments_in_their_feed_too(
    portal: Portal, people: People
) -> None:
    head = "community_id,community,building,unit,unit_id,name,phone,role"
    home = "maple,枫林苑,1,1-109,maple-1-109,陈设计,+8613900000003,owner"
    import_people(portal=portal, text=f"{head}\n{home}\nmaple,枫林苑,,,,李设计,+8613900000203,designer\n")
    both = People(portal)
    plan = make_plan(portal=portal, people=both)
    book(portal=portal, by=both.owner, of=plan)
    (other,) = {one.id for one in plans.designers(portal, "maple")} - {plan.consultant_id}
    body = SavePlan.model_validate({"version": 0, "services": [TALK], "week": WEEK})
    theirs = plans.save(portal, both.manager, other, body, NOW)
    book(portal=portal, by=both.designer, of=theirs, starts_at=SATURDAY + hours(4))
    feed = Calendar.from_ical(feeds.read(portal, feeds.renew(portal, both.designer), NOW))
    assert [one["SUMMARY"] for one in feed.events] == ["方案沟通 · 1-101", "方案沟通 · 李设计"]
