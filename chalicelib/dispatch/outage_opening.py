"""An outage begins: its master issue is opened, once for each kind and home, and everybody who lives there is told."""

from datetime import datetime
from itertools import count

from chalicelib.accounts.models import Person
from chalicelib.audit import store as audit
from chalicelib.communities import store as communities
from chalicelib.db import Op
from chalicelib.dispatch import outage_store, service
from chalicelib.dispatch.outage_answers import Pair, Told, answered, kept
from chalicelib.dispatch.outage_ends import spread
from chalicelib.dispatch.outage_models import BeginOutage, Outage
from chalicelib.dispatch.outage_rules import PAST, meets
from chalicelib.dispatch.policy import OUTAGE_KINDS
from chalicelib.due import rows as due_rows
from chalicelib.errors import N_, Conflict, FieldError, Invalid, NotFound
from chalicelib.ids import new_id
from chalicelib.inbox import outbox
from chalicelib.inbox.models import OFFICE
from chalicelib.inputs import unknown
from chalicelib.issues import access, policy, reporting, spot_store, store
from chalicelib.issues.commit import entry, snapshot
from chalicelib.issues.models import Actor, Handoff, Issue, IssueFile
from chalicelib.issues.notices import moved_counts, notice
from chalicelib.once import Once
from chalicelib.portal import Portal

_NO_KIND = N_("Choose water, electricity, the lift, gas, or a public area.")
_NO_HOMES = N_("Choose the buildings or homes that it is about.")
_RUNS = N_("There is an outage of this kind already: %(limit)s. Tell there what is new.")


class OutageRuns(Conflict):
    """409: an outage of this kind and some of these homes runs already; its number is named."""

    code = "outage_runs"
    title = N_("This outage runs already")
    detail = N_("An outage of this kind runs for some of these homes already. Tell there what is new.")

    def __init__(self, number: str) -> None:
        super().__init__(errors=(FieldError("buildings", "outage_runs", _RUNS, number),))


def begin(portal: Portal, person: Person, body: BeginOutage, once: Once | None, now: datetime) -> Told:
    """Open the master issue of an outage and tell everybody who lives there. Raises NotFound, Invalid, or OutageRuns
    where one of this kind runs for some of these homes already."""
    if body.community_id not in person.communities(service.OFFICE):
        raise NotFound
    digits = count(policy.NUMBER_DIGITS)

    def work() -> Pair:
        homes = _homes(portal, body, now)
        gate = _alone(portal, body, homes)
        number = reporting.draw_number(portal, body.community_id, next(digits), now)
        file = reporting.begun(portal, _master(person, body, homes, number, now), now)
        issue = file.issue
        outage = Outage(
            issue_id=issue.id, number=number, community_id=issue.community_id, category_id=issue.category_id,
            homes=homes, text=body.text, since=now, until=body.until,
        )  # fmt: skip
        first = [once.put(snapshot(file, now) | kept(outage), now)] if once else []
        act = audit.Act(issue.community_id, person.id, "outage", issue.id, "begun")
        portal.db.write(
            *first, gate, *_new(portal, file), outage_store.put(outage), spread(issue, outage, "outage", now),
            audit.add(act, now),
        )  # fmt: skip
        return file, outage

    return answered(portal, once, work, now)


def _alone(portal: Portal, body: BeginOutage, homes: list[str]) -> Op:
    """The write that holds only while no other outage of this kind begins; raises OutageRuns for one that runs."""
    gate = outage_store.gate(portal.db, body.community_id, body.category_id)
    other = meets(homes, outage_store.of_kind(portal.db, body.community_id, body.category_id))
    if other:
        raise OutageRuns(other.number)
    return gate


def _homes(portal: Portal, body: BeginOutage, now: datetime) -> list[str]:
    """The buildings and homes concerned; raises Invalid, also when any of them is not there."""
    if body.category_id not in OUTAGE_KINDS:
        raise Invalid.field("category_id", "unknown_category", _NO_KIND)
    if body.until is not None and body.until <= now:
        raise Invalid.field("until", "past", PAST)
    buildings, units = list(dict.fromkeys(body.buildings)), list(dict.fromkeys(body.unit_ids))
    if not buildings and not units:
        raise Invalid.field("buildings", "missing", _NO_HOMES)
    known = communities.get(portal.db, body.community_id).buildings
    found = communities.buildings_of(portal.db, body.community_id, units)
    missing = [one for one in buildings if one not in known]
    errors = unknown("buildings", missing) + unknown("unit_ids", [one for one in units if one not in found])
    if errors:
        raise Invalid(errors=errors)
    single = [f"{building}#{one}" for one, building in found.items() if building not in buildings]
    return buildings + single


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
    # In words for staff; whoever began it knows.
    told = notice(
        issue, "outage", roles=(OFFICE,), but=(issue.reporter.id,), counts=moved_counts(None, issue)
    )
    return [
        *store.add(issue, portal.keys),
        *spot_store.moved(None, issue, portal.keys),
        *due_rows.moved(issue.id, None, issue.next_moment),
        store.add_entry(issue.id, file.timeline[0], portal.keys),
        store.start_handoff(issue.id, file.handoffs[0], portal.keys),
        outbox.add(told, now),
    ]
