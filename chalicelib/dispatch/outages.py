"""Outages: the desk begins one, tells news, ends it; everybody who lives there is told each time."""

from datetime import datetime
from itertools import count

from chalicelib.accounts.models import Person, UnitRef
from chalicelib.audit import store as audit
from chalicelib.communities import store as communities
from chalicelib.db import Op
from chalicelib.dispatch import outage_store, service
from chalicelib.dispatch.outage_models import BeginOutage, ChangeOutage, Outage
from chalicelib.dispatch.policy import OUTAGE_KINDS
from chalicelib.due import rows as due_rows
from chalicelib.errors import N_, Forbidden, Invalid, NotFound, VersionConflict
from chalicelib.ids import new_id
from chalicelib.inbox import outbox
from chalicelib.inbox.models import OFFICE, Event
from chalicelib.issues import access, policy, reporting, rules, spot_store, store
from chalicelib.issues.commit import Change, Filed, attempt, commit, entry, snapshot
from chalicelib.issues.models import Actor, Handoff, Issue, IssueFile
from chalicelib.issues.notices import moved_counts, notice, owners_of
from chalicelib.once import Once
from chalicelib.portal import Portal

_NO_KIND = N_("Choose water, electricity, the lift, gas, or a public area.")
_NO_HOMES = N_("Choose the buildings or homes that it is about.")
_PAST = N_("This time is over. Choose a later one.")
_NO_NEWS = N_("Write what is new, or choose another time.")


def begin(portal: Portal, person: Person, body: BeginOutage, once: Once | None, now: datetime) -> Filed:
    """Open the master issue of an outage and tell everybody who lives there. Raises NotFound, Invalid."""
    if body.community_id not in person.communities(service.OFFICE):
        raise NotFound
    homes = _homes(portal, body, now)
    digits = count(policy.NUMBER_DIGITS)

    def work() -> IssueFile:
        number = reporting.draw_number(portal, body.community_id, next(digits), now)
        file = reporting.begun(portal, _master(person, body, homes, number, now), now)
        issue = file.issue
        outage = Outage(
            issue_id=issue.id, number=number, community_id=issue.community_id, category_id=issue.category_id,
            homes=homes, text=body.text, since=now, until=body.until,
        )  # fmt: skip
        first = [once.put(snapshot(file, now), now)] if once else []
        act = audit.Act(issue.community_id, person.id, "outage", issue.id, "begun")
        portal.db.write(
            *first, *_new(portal, file), outage_store.put(outage), _spread(issue, outage, "outage", now),
            audit.add(act, now),
        )  # fmt: skip
        return file

    return attempt(portal, once, work, now)


def _homes(portal: Portal, body: BeginOutage, now: datetime) -> list[str]:
    """The buildings and homes concerned; raises Invalid."""
    if body.category_id not in OUTAGE_KINDS:
        raise Invalid.field("category_id", "unknown_category", _NO_KIND)
    if body.until is not None and body.until <= now:
        raise Invalid.field("until", "past", _PAST)
    known = communities.get(portal.db, body.community_id).buildings
    buildings = list(dict.fromkeys(one for one in body.buildings if one in known))
    keys = [communities.unit_key(body.community_id, one) for one in dict.fromkeys(body.unit_ids)]
    units = [item for item in portal.db.batch_get(keys) if item] if keys else []
    homes = buildings + [
        f"{one['building']}#{one['id']}" for one in units if one["building"] not in buildings
    ]
    if not homes:
        raise Invalid.field("buildings", "missing", _NO_HOMES)
    return homes


def _master(person: Person, body: BeginOutage, homes: list[str], number: str, now: datetime) -> IssueFile:
    """The master issue: a public matter of the office's, acknowledged as it is opened."""
    role = access.role_in(person, body.community_id)
    actor = Actor.model_validate({"id": person.id, "name": person.name, "role": role})
    handoff = Handoff(id=new_id(now), stage="dispatch", holder=None, started_at=now)
    buildings = list(dict.fromkeys(home.split("#")[0] for home in homes))
    issue = Issue(
        id=new_id(now),
        number=number,
        community_id=body.community_id,
        unit_id="",  # it is about no one home; nothing else is without
        unit_label="",
        building=buildings[0] if len(buildings) == 1 else "",
        area="public",
        category_id=body.category_id,
        description=body.text,
        location=", ".join(buildings)[:120],
        status="acknowledged",
        created_at=now,
        promised_at=now,  # until the plan says
        reporter=actor,
        handoff=handoff.id,
    )
    row = entry(now, "status", actor, to="acknowledged")
    return IssueFile(issue=issue, timeline=[row], handoffs=[handoff], photos={}, followers=[])


def _new(portal: Portal, file: IssueFile) -> list[Op]:
    issue, now = file.issue, file.issue.created_at
    told = notice(issue, "reported", roles=(OFFICE,), counts=moved_counts(None, issue))
    return [
        *store.add(issue, portal.keys),
        *spot_store.moved(None, issue, portal.keys),
        *due_rows.moved(issue.id, None, issue.next_moment),
        store.add_entry(issue.id, file.timeline[0], portal.keys),
        store.start_handoff(issue.id, file.handoffs[0], portal.keys),
        outbox.add(told, now),
    ]


def _spread(issue: Issue, outage: Outage, event: Event, now: datetime, owners: tuple[str, ...] = ()) -> Op:
    """The notice for everybody who lives there, and for `owners` besides; each is told once."""
    over = event == "outage_over"
    until = None if over else outage.until
    return outbox.add(notice(issue, event, owners=owners, homes=tuple(outage.homes), visit_at=until), now)


def change(
    portal: Portal, person: Person, issue_id: str, body: ChangeOutage, once: Once | None, now: datetime
) -> Filed:
    """Tell news of an outage, or that it is over. Raises NotFound, Forbidden, Invalid, VersionConflict."""

    def work() -> IssueFile:
        file, roles = access.for_staff(portal, person, issue_id)
        if not roles & service.OFFICE:
            raise Forbidden
        before = outage_store.get(portal.db, file.issue.community_id, issue_id)
        if before is None:
            raise NotFound
        if before.version != body.version:
            raise VersionConflict
        after = _changed(before, body, now)
        event: Event = "outage_over" if body.over else "outage_news"
        actor = access.as_staff(person, file.issue)
        rows = [entry(now, "message", actor, text=body.text)] if body.text else []
        kept = outage_store.drop(before) if body.over else outage_store.put(after, before)
        told = _spread(file.issue, after, event, now, owners_of(file, person.id))
        act = audit.Act(file.issue.community_id, person.id, "outage", issue_id, event)
        ops = [kept, told]
        return commit(portal, Change(file, file.issue, rows, [], act, ops), now, once)

    return attempt(portal, once, work, now)


def _changed(before: Outage, body: ChangeOutage, now: datetime) -> Outage:
    if not body.over and not body.text and body.until == before.until:
        raise Invalid.field("text", "missing", _NO_NEWS)
    if body.until is not None and body.until <= now and not body.over:
        raise Invalid.field("until", "past", _PAST)
    wanted = {"text": body.text or before.text, "until": body.until, "version": before.version + 1}
    return before.model_copy(update=wanted)


def when_done(portal: Portal, before: Issue, after: Issue, now: datetime) -> list[Op]:
    """What goes along with the end of the work on a master issue: the outage ends, and everybody is told."""
    if before.unit_id or after.status in rules.WORK:
        return []
    outage = outage_store.get(portal.db, after.community_id, after.id)
    return [outage_store.drop(outage), _spread(after, outage, "outage_over", now)] if outage else []


def of_home(portal: Portal, unit: UnitRef, category_id: str | None = None) -> list[Outage]:
    """The outages that a home suffers from: one query."""
    found = outage_store.running(portal.db, unit.community_id)
    return [
        one
        for one in found
        if concerns(one, unit) and (category_id is None or category_id in _also(one.category_id))
    ]


def concerns(outage: Outage, unit: UnitRef) -> bool:
    """Whether an outage is about a home."""
    return unit.building in outage.homes or f"{unit.building}#{unit.id}" in outage.homes


def _also(category_id: str) -> frozenset[str]:
    """Kinds under which people report an outage of this kind."""
    return frozenset({category_id, *OUTAGE_KINDS[category_id]})


def buildings(outage: Outage) -> list[str]:
    """The buildings concerned."""
    return list(dict.fromkeys(home.split("#")[0] for home in outage.homes))
