"""What people do about who works when: cards, absences, a community's rules."""

from collections.abc import Callable
from datetime import datetime

from chalicelib.accounts.models import Person
from chalicelib.audit import store as audit
from chalicelib.communities import store as communities
from chalicelib.db import Op
from chalicelib.dispatch import store
from chalicelib.dispatch.models import AddAbsence, Rules, SaveRules, SaveWorker, Worker
from chalicelib.dispatch.policy import MAX_ABSENCES
from chalicelib.errors import N_, Forbidden, Invalid, NotFound, VersionConflict
from chalicelib.issues.models import Window
from chalicelib.issues.rules import ASSIGNEE_ROLES, DISPATCH_ROLES
from chalicelib.once import Once, settled
from chalicelib.portal import Portal

MANAGER = frozenset({"manager"})
OFFICE = DISPATCH_ROLES
_OVER = N_("This time is over already.")
_ORDER = N_("The end comes before the start.")
_FULL = N_("These are more absences than can be kept. Take back one that is not needed first.")
_TRIES = 5
_Change = Callable[[list[Window]], list[Window]]


def office_of(person: Person, wanted: str | None) -> str:
    """The community whose people are asked for: one in which this person has the desk; raises NotFound."""
    theirs = person.communities(OFFICE)
    if not theirs or (wanted and wanted not in theirs):
        raise NotFound
    return wanted or theirs[0]


def of_member(person: Person, account_id: str, wanted: str | None) -> str:
    """The community in which somebody's card is looked at: their own, or one of the office; raises NotFound."""
    found = [one for one in person.communities(ASSIGNEE_ROLES) if may_tell(person, one, account_id)]
    if not found or (wanted and wanted not in found):
        raise NotFound
    return wanted or found[0]


def save_worker(portal: Portal, person: Person, account_id: str, body: SaveWorker, now: datetime) -> Worker:
    """Write a card. Raises NotFound for another community or nobody of its staff, VersionConflict."""
    if body.community_id not in person.communities(MANAGER):
        raise NotFound
    member(portal, body.community_id, account_id)
    before = store.worker(portal.db, body.community_id, account_id)
    wanted = body.model_dump(include={"skills", "certificates", "shifts", "rate_fen"})
    after = Worker.model_validate({**before.model_dump(), **wanted})
    if after == before:
        return before  # sent twice
    if before.version != body.version:
        raise VersionConflict
    act = audit.Act(body.community_id, person.id, "worker_changed", account_id)
    portal.db.write(store.save_worker(before, after), audit.add(act, now))
    return after.model_copy(update={"version": before.version + 1})


def member(portal: Portal, community_id: str, account_id: str) -> None:
    """Raises NotFound when this is nobody of a community's staff."""
    if communities.staff_member(portal.db, portal.keys, community_id, account_id) is None:
        raise NotFound


def may_tell(person: Person, community_id: str, account_id: str) -> bool:
    """Who may say that somebody is away: they themselves, and the office."""
    roles = person.roles_in(community_id)
    return bool(roles & OFFICE) or (person.id == account_id and bool(roles))


def add_absence(
    portal: Portal,
    person: Person,
    community_id: str,
    account_id: str,
    body: AddAbsence,
    once: Once | None,
    now: datetime,
) -> Worker:
    """Say that somebody is away from … to …; the same twice counts once. Gives back the card, by a key that was used
    the one of then. Raises NotFound, Invalid."""

    def work() -> Worker:
        _admit(portal, person, community_id, account_id)
        if body.end <= body.start:
            raise Invalid.field("end", "before_start", _ORDER)
        if body.end <= now:
            raise Invalid.field("end", "past", _OVER)
        return _absences(portal, person, community_id, account_id, _added(body, now), now, once)

    return settled(portal.db, once, work, lambda kept: (Worker.model_validate(kept["card"]), now), now)[0]


def _added(body: AddAbsence, now: datetime) -> _Change:
    wanted = Window(start=body.start, end=body.end)

    def change(absences: list[Window]) -> list[Window]:
        kept = [one for one in absences if one.end > now and one != wanted]
        if len(kept) >= MAX_ABSENCES:
            raise Invalid.field("start", "too_many", _FULL)
        return sorted([*kept, wanted], key=lambda one: one.start)

    return change


def drop_absence(
    portal: Portal, person: Person, community_id: str, account_id: str, start: datetime, now: datetime
) -> Worker:
    """Take an absence back; one that is not there is gone already. Raises NotFound."""
    _admit(portal, person, community_id, account_id)
    return _absences(
        portal,
        person,
        community_id,
        account_id,
        lambda all_: [one for one in all_ if one.start != start],
        now,
    )


def _admit(portal: Portal, person: Person, community_id: str, account_id: str) -> None:
    if not person.roles_in(community_id):
        raise NotFound
    if not may_tell(person, community_id, account_id):
        raise Forbidden
    member(portal, community_id, account_id)


def _absences(
    portal: Portal,
    person: Person,
    community_id: str,
    account_id: str,
    change: _Change,
    now: datetime,
    once: Once | None = None,
) -> Worker:
    """Change somebody's absences; judged anew when somebody else changes the card at this moment."""
    for attempt in range(_TRIES):
        before = store.worker(portal.db, community_id, account_id)
        after = before.model_copy(update={"absences": change(before.absences)})
        ops: list[Op] = []
        if after.absences != before.absences:
            act = audit.Act(community_id, person.id, "absence_changed", account_id)
            ops = [store.save_worker(before, after), audit.add(act, now)]
            after = after.model_copy(update={"version": before.version + 1})
        first = [once.put({"card": after.model_dump(mode="json")}, now)] if once else []
        try:
            if first or ops:
                portal.db.write(*first, *ops)
        except VersionConflict:
            portal.db.pause(attempt)
            continue
        return after
    raise VersionConflict


def save_rules(portal: Portal, person: Person, community_id: str, body: SaveRules, now: datetime) -> Rules:
    """Write a community's rules of dispatch. Raises NotFound or VersionConflict."""
    if community_id not in person.communities(MANAGER):
        raise NotFound
    order = list(dict.fromkeys(filter(None, body.order)))
    after = Rules(auto=body.auto, order=order, callbacks=body.callbacks, version=body.version)
    act = audit.Act(community_id, person.id, "dispatch_rules", community_id, "auto" if body.auto else "")
    portal.db.write(store.save_rules(portal.db, community_id, after), audit.add(act, now))
    return after.model_copy(update={"version": body.version + 1})
