"""Waiting for a day that is full: whoever is first in line gets what is freed kept for two hours, then the next."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from chalicelib.accounts.models import Person
from chalicelib.communities import store as communities
from chalicelib.consultations import due_store, line_store, rules, states
from chalicelib.consultations.commit import Step, until_settled
from chalicelib.consultations.diary import Diary
from chalicelib.consultations.input_models import JoinLine
from chalicelib.consultations.models import Hold, Plan, Slot, Waiting
from chalicelib.consultations.notices import to_waiting
from chalicelib.consultations.policy import GRACE
from chalicelib.db import Op
from chalicelib.errors import N_, Invalid, NotFound
from chalicelib.ids import is_id, new_id
from chalicelib.inbox import outbox
from chalicelib.inbox.models import Notice
from chalicelib.kept import made
from chalicelib.once import Once, settled
from chalicelib.photos.service import daily_cap
from chalicelib.portal import Portal

_BAD_DAY = N_("Choose a day from today on, not more than 60 days ahead.")
_NO_SERVICE = N_("This designer does not offer that any more. Please choose again.")


@dataclass
class Freed:
    """What goes along with freeing time: the offers to those in line."""

    ops: list[Op] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)


def join(portal: Portal, person: Person, body: JoinLine, now: datetime, once: Once | None = None) -> Waiting:
    """Wait for a day of a designer's. Raises NotFound, Invalid, TooMany, InLine for somebody who does already."""
    done, _ = settled(
        portal.db,
        once,
        lambda: _join(portal, person, body, now, once),
        lambda kept: (Waiting.model_validate(kept), now),
        now,
    )
    return done


def _join(portal: Portal, person: Person, body: JoinLine, now: datetime, once: Once | None) -> Waiting:
    community_id, name = _designer_of(portal, person, body.consultant_id)
    diary = Diary.read(portal, body.consultant_id, [now])
    service = diary.plan.service(body.service_id)
    if service is None:
        raise Invalid.field("service_id", "unknown_service", _NO_SERVICE)
    today = rules.day_of(diary.plan, now)
    if not today <= body.day <= rules.day_of(diary.plan, now + timedelta(days=diary.plan.horizon)):
        raise Invalid.field("day", "bad_day", _BAD_DAY)
    one = Waiting(
        id=new_id(now), consultant_id=body.consultant_id, consultant_name=name, account_id=person.id,
        community_id=community_id, service_id=service.id, service_name=service.name, day=body.day,
    )  # fmt: skip
    cap = daily_cap(person.id, "bookings", portal.settings.bookings_per_day, now)
    kept = [once.put(one.model_dump(mode="json"), now)] if once else []
    portal.db.write(*kept, *line_store.join(one, portal.keys), cap)
    return one


def _designer_of(portal: Portal, person: Person, consultant_id: str) -> tuple[str, str]:
    """In which of somebody's communities a designer works, and their name; raises NotFound."""
    for community_id in sorted({unit.community_id for unit in person.units}):
        found = communities.staff_member(portal.db, portal.keys, community_id, consultant_id)
        if found and "designer" in found.roles:
            return community_id, found.name
    raise NotFound


def hand_on(portal: Portal, diary: Diary, freed_at: datetime, now: datetime, but: str = "") -> Freed:
    """Keep what the diary has free, and had not when it was read, for those in that day's line, `but` for whoever has
    just given it up: one round trip."""
    day = rules.day_of(diary.plan, freed_at)
    freed = Freed()
    for one in line_store.in_line(portal.db, portal.keys, diary.plan.consultant_id, day):
        slot = None if one.offer or one.account_id == but else _freed_for(diary, one, now)
        if slot:
            _offer(portal, diary, one, slot, freed, now)
    return freed


def _freed_for(diary: Diary, one: Waiting, now: datetime) -> Slot | None:
    """The first slot that somebody could have now and could not before."""
    service = diary.plan.service(one.service_id)
    if service is None:
        return None
    where = rules.place_of(service, one.community_id, None)  # which home it will be for is not asked yet

    def free(holds: list[Hold]) -> list[Slot]:
        return rules.free_slots(
            diary.plan, service, [one.day], holds, now, where=where, account_id=one.account_id
        )

    # An offer that has ended was in the way up to now, however late the clock is.
    ended = [hold for hold in diary.as_read if hold.until and hold.until <= now]
    kept = [hold.model_copy(update={"until": None}) if hold in ended else hold for hold in diary.as_read]
    before = {slot.starts_at for slot in free(kept)}
    found = (slot for slot in free(diary.holds) if slot.starts_at not in before)
    return next((slot for slot in found if states.kept_until(diary.plan, slot.starts_at, now) > now), None)


def _offer(portal: Portal, diary: Diary, one: Waiting, slot: Slot, freed: Freed, now: datetime) -> None:
    service = diary.plan.service(one.service_id)
    assert service is not None, "has just been found"
    until = states.kept_until(diary.plan, slot.starts_at, now)
    where = rules.place_of(service, one.community_id, None)
    hold = rules.hold_of(service, slot.starts_at, id=one.id, account_id=one.account_id, where=where)
    diary.put(hold.model_copy(update={"until": until + GRACE}))
    after = one.model_copy(update={"offer": slot.starts_at, "until": until})
    key = {"consultant_id": one.consultant_id, "day": str(one.day), "waiting_id": one.id}
    freed.ops += [
        line_store.offered(one, after, portal.keys),
        due_store.add(until, "offer", one.id, **key),
    ]
    freed.notices.append(to_waiting(one, "booking_offered", slot.starts_at, portal.keys))


def freeing(portal: Portal, step: Step, now: datetime, diary: Diary | None = None) -> Step:
    """The step with its booking's time freed, and offered to the line."""
    assert step.before is not None, "what is freed was booked before"
    diary = diary or Diary.read(portal, step.before.consultant_id, [step.before.starts_at])
    diary.drop(step.before.id)
    freed = hand_on(portal, diary, step.before.starts_at, now, but=step.before.owner_id)
    return replace(
        step, diary=diary, notices=[*step.notices, *freed.notices], extra=[*step.extra, *freed.ops]
    )


def done_waiting(plan: Plan, kept: Hold) -> list[Op]:
    """The writes that end somebody's waiting once they have booked what was kept for them."""
    if not is_id(kept.id):  # kept for somebody whom we had to cancel, who stands in no line
        return []
    day = rules.day_of(plan, kept.starts_at)
    one = made(Waiting, id=kept.id, consultant_id=plan.consultant_id, account_id=kept.account_id, day=day)
    return line_store.leave(one)


def leave(
    portal: Portal, person: Person, consultant_id: str, day: date, waiting_id: str, now: datetime
) -> None:
    """Leave a line; what was kept goes to the next. Raises NotFound; leaving twice changes nothing."""

    def work() -> None:
        one = line_store.get(portal.db, portal.keys, consultant_id, day, waiting_id)
        if one and one.account_id != person.id:
            raise NotFound
        if one:
            _out(portal, one, now)

    until_settled(portal, work)


def lapse(portal: Portal, consultant_id: str, day: date, waiting_id: str, now: datetime) -> bool:
    """Take an offer back that nobody took in time, and make it to the next; gives back whether there was one."""

    def work() -> bool:
        one = line_store.get(portal.db, portal.keys, consultant_id, day, waiting_id)
        if one is None or one.until is None or one.until > now:
            return False
        _out(portal, one, now, [to_waiting(one, "booking_lapsed", one.offer or now, portal.keys)])
        return True

    done: bool = until_settled(portal, work)
    return done


def _out(portal: Portal, one: Waiting, now: datetime, notices: list[Notice] | None = None) -> None:
    ops, notices = line_store.leave(one), notices or []
    if one.offer:
        diary = Diary.read(portal, one.consultant_id, [one.offer])
        diary.drop(one.id)
        freed = hand_on(portal, diary, one.offer, now)
        ops += [*freed.ops, *diary.ops(now)]
        notices = [*notices, *freed.notices]
    portal.db.write(*ops, *[outbox.add(notice, now) for notice in notices])
